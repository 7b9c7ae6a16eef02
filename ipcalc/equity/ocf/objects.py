"""A package's objects, each checked by itself, and where it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from ipcalc import quantity
from ipcalc.equity.ocf.shape import (
    PASSED_OVER,
    TRANSACTIONS,
    Manifest,
    Stakeholder,
    StockClass,
    StockPlan,
    VestingTerms,
)
from ipcalc.inputs import shapes
from ipcalc.inputs.diagnostics import Diagnostic, Refused, refuse
from ipcalc.inputs.package import Package
from ipcalc.inputs.toml import Document

if TYPE_CHECKING:
    from ipcalc.inputs import locate

MANIFEST = "manifest.ocf.json"
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
        return self.document.problem(code, (*self.path, *key), near, at_key=False, within=None, **args)

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
                member, digest = _member(package, document, (key, i, "filepath"), base)
                found[key] += _items(member, file_type, kinds, problems)
            except Refused as refused:
                problems += refused.diagnostics
                continue
            if file.get("md5", digest).lower() != digest:
                changed.append(file["filepath"])
    by_id = [_by_id(found[key], problems) for key in _FILES]
    if problems:
        raise Refused(problems)
    item = Item("MANIFEST", {**manifest, "id": ""}, document, ())
    return Objects(item, *by_id[:4], tuple(by_id[4].values()), tuple(changed))


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
    package: Package, manifest: Document, path: locate.Path, base: str
) -> tuple[Document, str]:
    """A file that the manifest names at a path, and its checksum."""
    name: Any = manifest.data
    for part in path:
        name = name[part]
    try:
        member = package.document(name, base)
    except Refused as refused:
        if all(one.place.line for one in refused.diagnostics):
            raise
        # the file itself can't be had: that is said where it is named
        raise Refused(
            one._replace(place=manifest.place(path)) for one in refused.diagnostics
        ) from None
    digest = hashlib.md5(member.text.encode(), usedforsecurity=False).hexdigest()
    return _without_nulls(member), digest


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
    stated, items = document.data.get("file_type"), document.data.get("items")
    if stated != file_type:
        if "file_type" not in document.data:
            problems.append(document.problem("F101", (), key_name="file_type"))
        else:
            args = {"key": "file_type", "value": str(stated)[:80], "allowed": file_type}
            problems.append(document.problem("F107", ("file_type",), **args))
        return
    if not isinstance(items, list):
        code = "F103" if "items" in document.data else "F101"
        args = {"key": "items", "wanted": "array", "got": quantity.type_name(items)}
        path = ("items",) if code == "F103" else ()
        problems.append(document.problem(code, path, **(args if path else {"key_name": "items"})))
        return
    for i, raw in enumerate(items):
        path = ("items", i)
        kind = raw.get("object_type") if isinstance(raw, dict) else None
        if not isinstance(kind, str):
            missing = isinstance(raw, dict) and kind is None
            args = {"key": f"items[{i}]", "wanted": "table", "got": quantity.type_name(raw)}
            if not missing and isinstance(raw, dict):
                path = (*path, "object_type")
                args = {"key": "object_type", "wanted": "text", "got": quantity.type_name(kind)}
            said = {"key_name": "object_type"} if missing else args
            problems.append(document.problem("F101" if missing else "F103", path, **said))
        elif kind in kinds:
            try:
                yield Item(kind, shapes.check(shapes.shape(kinds[kind]), document, path), document, path)
            except Refused as refused:
                problems += refused.diagnostics
        elif kind not in PASSED_OVER:
            near = quantity.nearest(kind, kinds)
            problems.append(document.problem("E604", (*path, "object_type"), near, value=kind[:80]))


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
