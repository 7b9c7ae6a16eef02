"""A package's objects, each checked by itself, and where it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from ipcalc import quantity
from ipcalc.equity import MANIFEST
from ipcalc.equity.ocf.shape import (
    PASSED_OVER,
    TRANSACTIONS,
    Manifest,
    ObjectsFile,
    Stakeholder,
    StockClass,
    StockPlan,
    VestingTerms,
)
from ipcalc.inputs import json, shapes
from ipcalc.inputs.diagnostics import Diagnostic, Refused, refuse
from ipcalc.inputs.document import Document
from ipcalc.inputs.package import Package
from ipcalc.quantity import Unreadable

if TYPE_CHECKING:
    from ipcalc.inputs import locate

# by the manifest's key: what kind of file it names, and the shape of its objects by object type
_FILES: Mapping[str, tuple[str, Mapping[str, type]]] = {
    "stakeholders_files": ("OCF_STAKEHOLDERS_FILE", {"STAKEHOLDER": Stakeholder}),
    "stock_classes_files": ("OCF_STOCK_CLASSES_FILE", {"STOCK_CLASS": StockClass}),
    "stock_plans_files": ("OCF_STOCK_PLANS_FILE", {"STOCK_PLAN": StockPlan}),
    "vesting_terms_files": ("OCF_VESTING_TERMS_FILE", {"VESTING_TERMS": VestingTerms}),
    "transactions_files": ("OCF_TRANSACTIONS_FILE", TRANSACTIONS),
}


class Item(NamedTuple):
    """An object of a package: what it says, in its shape, and where."""

    kind: str  # its object type
    table: Mapping[str, Any]
    document: Document
    path: locate.Path

    @property
    def id(self) -> str:
        """Its id."""
        found: str = self.table["id"]
        return found

    def problem(self, code: str, *key: str | int, near: str = "", **args: str) -> Diagnostic:
        """A problem with a part of it."""
        return _problem(self.document, code, (*self.path, *key), near, **args)

    def refuse(self, code: str, *key: str | int, near: str = "", **args: str) -> NoReturn:
        """Refuse the package for a part of it."""
        raise Refused([self.problem(code, *key, near=near, **args)])


class Objects(NamedTuple):
    """What a package holds: its objects by id, in the order of the manifest."""

    manifest: Item
    stakeholders: Mapping[str, Item]
    classes: Mapping[str, Item]
    plans: Mapping[str, Item]
    vesting: Mapping[str, Item]
    transactions: tuple[Item, ...]
    changed: tuple[str, ...]  # files that are not what the manifest's checksums say

    def named(self, kind: str, item: Item, *key: str | int) -> Item:
        """The object whose id stands at a key of another. Raises ``Refused`` (E603)."""
        known: Mapping[str, Item] = getattr(self, kind)
        name = item.table
        for part in key:
            name = name[part]  # type: ignore[index]
        if str(name) not in known:
            item.refuse("E603", *key, near=quantity.nearest(str(name), known), value=str(name))
        return known[str(name)]


def read(package: Package) -> Objects:
    """The objects of a package. Raises ``Refused`` with everything that is wrong with them."""
    base, document = _manifest(package)
    manifest = shapes.validate(Manifest, document)
    problems: list[Diagnostic] = []
    changed: list[str] = []
    found: dict[str, list[Item]] = {key: [] for key in _FILES}
    for key, (file_type, kinds) in _FILES.items():
        for i, file in enumerate(manifest[key]):  # type: ignore[literal-required]
            try:
                member, digest = _member(package, document, file["filepath"], (key, i, "filepath"), base)
                found[key] += _items(member, file_type, kinds, problems)
            except Refused as refused:
                problems += refused.diagnostics
                continue
            if file.get("md5", digest).lower() != digest:
                changed.append(file["filepath"])
    people, classes, plans, vesting, transactions = (_by_id(found[key], problems) for key in _FILES)
    if problems:
        raise Refused(problems)
    item = Item("MANIFEST", {**manifest, "id": ""}, document, ())
    return Objects(item, people, classes, plans, vesting, tuple(transactions.values()), tuple(changed))


def _manifest(package: Package) -> tuple[str, Document]:
    """The manifest and its folder: of the files with its name, the one that lies highest."""
    found = sorted(
        (name.count("/"), name) for name in package.members if name.lower().split("/")[-1] == MANIFEST
    )
    if not found:
        raise refuse("E601", package.name)
    if len(found) > 1 and found[0][0] == found[1][0]:
        raise refuse("E602", package.name, first=found[0][1], second=found[1][1])
    name = found[0][1]
    return name.rpartition("/")[0], _without_nulls(package.document(name))


def _member(
    package: Package, manifest: Document, name: str, path: locate.Path, base: str
) -> tuple[Document, str]:
    """A file that the manifest names at a path, and its checksum."""
    try:
        member = package.resolve(name, base)
    except Unreadable as error:
        raise Refused([manifest.unreadable(path, error)]) from None
    raw = package.read(member)
    digest = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    return _without_nulls(json.parse(package.shown(member), raw)), digest


def _without_nulls(document: Document) -> Document:
    """The document, where null stands for a key that isn't there, as some programs write it."""

    def kept(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: kept(value) for key, value in node.items() if value is not None}
        return [kept(value) for value in node] if isinstance(node, list) else node

    return document._replace(data=kept(document.data))


def _items(
    document: Document, file_type: str, kinds: Mapping[str, type], problems: list[Diagnostic]
) -> Iterator[Item]:
    """The objects of a file that are in their shapes; what is wrong with the others is collected."""
    file = shapes.validate(ObjectsFile, document)
    if file["file_type"] != file_type:
        args = {"key": "file_type", "value": file["file_type"][:80], "allowed": file_type}
        raise Refused([_problem(document, "F107", ("file_type",), **args)])
    for i, item in enumerate(file["items"]):
        kind, path = item["object_type"], ("items", i)
        if kind in kinds:
            try:
                yield Item(kind, shapes.check(shapes.shape(kinds[kind]), document, path), document, path)
            except Refused as refused:
                problems += refused.diagnostics
        elif kind not in PASSED_OVER:
            near = quantity.nearest(kind, kinds)
            problems.append(_problem(document, "E604", (*path, "object_type"), near, value=kind[:80]))


def _problem(document: Document, code: str, path: locate.Path, near: str = "", **args: str) -> Diagnostic:
    return document.problem(code, path, near, at_key=False, within=None, also=None, **args)


def _by_id(items: list[Item], problems: list[Diagnostic]) -> dict[str, Item]:
    """Objects by their ids, each of which names one."""
    found: dict[str, Item] = {}
    for item in items:
        if item.id in found:
            first = found[item.id]
            place = first.document.place((*first.path, "id"))
            problems.append(item.problem("F112", "id", value=item.id)._replace(also=place))
        found.setdefault(item.id, item)
    return found
