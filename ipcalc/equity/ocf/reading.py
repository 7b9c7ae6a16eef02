"""An Open Cap Format package as a cap table's document, with the place of everything in the package."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ipcalc.equity import captable
from ipcalc.equity.book import Book
from ipcalc.equity.fold import walk
from ipcalc.equity.ocf import objects, terms
from ipcalc.equity.ocf.history import History
from ipcalc.equity.ocf.names import Names
from ipcalc.equity.ocf.objects import Item, Objects
from ipcalc.equity.ocf.plans import Made
from ipcalc.equity.ocf.terms import Assumed
from ipcalc.inputs.diagnostics import Refused
from ipcalc.inputs.document import Document, Remark, within_limits
from ipcalc.inputs.edit import edited
from ipcalc.inputs.package import Package

if TYPE_CHECKING:
    from ipcalc.inputs import locate

Table = dict[str, Any]
_ROUNDING = ("rounding",)


def read(package: Package) -> Document:
    """A package as a document of the cap-table format, whose text is such a file.

    Raises ``Refused`` where the package is broken or contradicts itself, or where the cap table can't say
    what it says (F and E codes).
    """
    found = objects.read(package)
    names = Names()
    stakeholders = [_stakeholder(item, names) for item in found.stakeholders.values()]
    for item in found.classes.values():
        names.classes[item.id] = names.free((item.id, item.table["name"]), "class")
    classes = [terms.share_class(item, names.classes[item.id]) for item in found.classes.values()]
    for item in found.plans.values():
        names.plans[item.id] = names.free((item.id, item.table["plan_name"]), "plan")
    rounding, assumed = _rounding(found)
    prices = {one.table["id"]: one.price for one in classes}
    history = History(found, names, prices, rounding["shares"])
    made = history.read()
    data: Table = {
        "company": _company(found),
        "rounding": rounding,
        "stakeholders": stakeholders,
        "classes": [one.table for one in classes],
        "events": [one.table for one in made],
    }
    remarks = [
        *(Remark(("rounding", one.about), one.key, one.args) for one in assumed),
        *_remarks("classes", (one.assumed for one in classes)),
        *_remarks("events", (one.assumed for one in made)),
        *(Remark((), "ocf-checksum", {"name": name}) for name in found.changed),
    ]
    document = Document(
        package.name,
        edited("", {}, data, lambda _: ""),
        data,
        origins=_origins(found, made),
        remarks=tuple(remarks),
    )
    _agrees(within_limits(document), history, found)
    return document


def _stakeholder(item: Item, names: Names) -> Table:
    name = item.table["name"]["legal_name"]
    names.stakeholders[item.id] = names.free((item.id, name), "holder")
    return {"id": names.stakeholders[item.id], "kind": terms.kind(item), "name": name}


def _company(found: Objects) -> Table:
    issuer = found.manifest.table["issuer"]
    return {
        "name": issuer["legal_name"],
        "currency": _currency(found),
        "formed": issuer["formation_date"],
        "country": issuer["country_of_formation"],
    }


def _currency(found: Objects) -> str:
    """The one currency of all amounts. Raises ``Refused`` (E506, E613)."""
    first = ""
    for item in (*found.classes.values(), *found.transactions):
        for path, currency in _currencies(item.table):
            first = first or currency
            if currency != first:
                item.refuse("E506", *path, unit=currency, currency=first)
    if not first:
        found.manifest.refuse("E613")
    return first


def _currencies(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The currencies in an object, each at its path."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "currency":
                yield (*path, key), value
            else:
                yield from _currencies(value, (*path, key))
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from _currencies(value, (*path, i))


def _rounding(found: Objects) -> tuple[Table, list[Assumed]]:
    """How shares are rounded: as the package's conversions are, or exact where it has parts of shares."""
    said = terms.own(found.manifest, _ROUNDING).get("rounding", {})
    rules = {
        terms.ROUNDING[right["conversion_mechanism"]["rounding_type"]]
        for item in found.classes.values()
        for right in item.table.get("conversion_rights", [])
    }
    parts = any(Fraction(one.table.get("quantity", 0)).denominator != 1 for one in found.transactions)
    rule = "exact" if parts else (min(rules) if len(rules) == 1 else "floor")
    table = {"shares": rule, "price": "exact"} | said
    stated = "shares" in said or (len(rules) == 1 and not parts)
    return table, [] if stated else [Assumed("ocf-rounding", "shares", {"rule": rule})]


def _remarks(key: str, assumed: Iterator[tuple[Assumed, ...]]) -> Iterator[Remark]:
    for i, several in enumerate(assumed):
        for one in several:
            yield Remark((key, i, one.about), one.key, one.args)


def _origins(found: Objects, made: list[Made]) -> dict[locate.Path, tuple[Document, locate.Path]]:
    """Where each part of the cap table stands in the package."""
    manifest = found.manifest
    origins: dict[locate.Path, tuple[Document, locate.Path]] = {
        (): (manifest.document, ()),
        ("company",): (manifest.document, ("issuer",)),
    }
    lists = (
        ("stakeholders", found.stakeholders.values()),
        ("classes", found.classes.values()),
        ("events", (one.item for one in made)),
    )
    for key, items in lists:
        for i, item in enumerate(items):
            origins[(key, i)] = (item.document, item.path)
    return origins


def _agrees(document: Document, history: History, found: Objects) -> None:
    """Refuse a package whose securities are not what its transactions lead to (E612)."""
    table = captable.read(document)
    book = Book(table)
    for _, _, last_book in walk(table):
        book = last_book
    leads = {key: sum((Fraction(lot.shares) for lot in lots), Fraction(0)) for key, lots in book.lots.items()}
    stated: dict[tuple[str, str], Fraction] = {}
    last: dict[tuple[str, str], str] = {}
    for name, one in history.open.items():
        if one.kind == "stock":
            key = (one.holder, one.share_class)
            stated[key] = stated.get(key, Fraction(0)) + one.left
            last[key] = name
    for key in dict.fromkeys(itertools.chain(stated, leads)):
        if stated.get(key, 0) != leads.get(key, 0):
            item = history.issuances[last[key]] if key in last else found.manifest
            numbers = {name: str(one.get(key, 0)) for name, one in (("stated", stated), ("due", leads))}
            raise Refused([item.problem("E612", value=key[0], name=key[1], **numbers)])
