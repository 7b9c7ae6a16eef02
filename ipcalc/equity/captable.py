"""A cap table: its file, checked, as the model that the fold works on.

Limits: 10,000 stakeholders, classes, events and exits each (``inputs.ITEMS``), 18 digits a share count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ipcalc.equity import exit_terms
from ipcalc.equity.events import EventReader
from ipcalc.equity.exit_terms import Sale
from ipcalc.equity.model import (
    AntiDilution,
    Cap,
    Dividend,
    Event,
    Preferred,
    Rounding,
    ShareClass,
    Stakeholder,
)
from ipcalc.equity.reading import Reader, exact
from ipcalc.equity.reading import whole_if as whole_if
from ipcalc.equity.shape import CapTableFile
from ipcalc.inputs import shapes
from ipcalc.inputs.diagnostics import Refused
from ipcalc.inputs.toml import Document
from ipcalc.quantity import Exact, Quantity

if TYPE_CHECKING:
    from ipcalc.inputs import locate

Raw = Mapping[str, Any]


class CapTable(NamedTuple):
    """A cap table that was checked, and the document it came from, for the positions of later errors."""

    company: str
    currency: str
    rounding: Rounding
    stakeholders: Mapping[str, Stakeholder]  # in file order
    classes: Mapping[str, ShareClass]  # in file order
    events: tuple[Event, ...]
    exits: tuple[Sale, ...]
    document: Document

    def refused(self, code: str, path: locate.Path, near: str = "", **args: str) -> Refused:
        """A problem at a path of the file, to raise."""
        return Refused(
            [self.document.problem(code, path, near, at_key=False, within=None, also=None, **args)]
        )


def read(document: Document) -> CapTable:
    """A document as a cap table. Raises ``Refused`` with all that is wrong with it (F and E codes)."""
    file = shapes.validate(CapTableFile, document)
    reader = EventReader(document, file)
    _unique_ids(reader, file)
    classes = {one["id"]: _class(reader, one, ("classes", i)) for i, one in enumerate(file["classes"])}
    events = tuple(reader.events())
    exits = tuple(exit_terms.read(reader, file.get("exits", [])))
    if reader.problems:
        raise Refused(reader.problems)
    company, price = file["company"], file["rounding"]["price"]
    places, to = (None, "half-up") if price == "exact" else (price["places"], price["to"])
    money = file["rounding"].get("money", "largest-remainder")
    rounding = Rounding(reader.rule, places, to, money)
    return CapTable(
        company["name"],
        company["currency"],
        rounding,
        reader.stakeholders,
        classes,
        events,
        exits,
        document,
    )


def _unique_ids(reader: Reader, file: CapTableFile) -> None:
    """One id, one thing, across the whole file."""
    first: dict[str, locate.Path] = {}
    lists: tuple[tuple[str, Iterable[Raw]], ...] = (
        ("stakeholders", file["stakeholders"]),
        ("classes", file["classes"]),
        ("events", file["events"]),
        ("exits", file.get("exits", [])),
    )
    for key, items in lists:
        for i, item in enumerate(items):
            path = (key, i, "id")
            if item["id"] in first:
                reader.problem("F112", path, also=first[item["id"]], value=item["id"])
            else:
                first[item["id"]] = path


# -- classes ------------------------------------------------------------------------------------------


def _class(reader: Reader, raw: Raw, path: locate.Path) -> ShareClass:
    name = raw.get("name", raw["id"])
    if raw["kind"] == "common":
        return ShareClass(raw["id"], name, None, None, None)
    multiple, amount = _multiple_or_amount(reader, raw["preference"], (*path, "preference"))
    if raw["participation"] == "capped" and "cap" not in raw:
        reader.missing("cap", path)
    if raw["participation"] != "capped":
        reader.idle("cap", raw, path, f"participation = {raw['participation']}")
    terms = Preferred(
        multiple,
        amount,
        exact(raw["seniority"]).numerator,
        raw["participation"],
        _cap(reader, raw["cap"], (*path, "cap")) if "cap" in raw else None,
        _dividend(reader, raw["dividend"], (*path, "dividend")) if "dividend" in raw else None,
        _anti_dilution(reader, raw["anti_dilution"], (*path, "anti_dilution"))
        if "anti_dilution" in raw
        else None,
    )
    price = reader.price(raw, "price", path)
    conversion_price = reader.price(raw, "conversion_price", path)
    if price is None:
        reader.idle("conversion_price", raw, path, "no price")
    return ShareClass(raw["id"], name, terms, price, price if conversion_price is None else conversion_price)


def _multiple_or_amount(reader: Reader, raw: Any, path: locate.Path) -> tuple[Exact | None, int | None]:
    return (None, reader.money(raw, "amount", path)) if isinstance(raw, dict) else (raw, None)


def _cap(reader: Reader, raw: Raw, path: locate.Path) -> Cap:
    return Cap(raw.get("multiple"), reader.money(raw, "amount", path), raw.get("of", "total"))


def _dividend(reader: Reader, raw: Raw, path: locate.Path) -> Dividend:
    return Dividend(
        raw["kind"],
        reader.price(raw, "per_share", path),
        exact(raw["rate"]) if "rate" in raw else None,
        raw.get("accrual", ""),
        raw.get("day_count", ""),
        raw["from"],
        raw["on_conversion"],
        raw["in_cap"],
    )


def _anti_dilution(reader: Reader, raw: Raw, path: locate.Path) -> AntiDilution:
    base = raw.get("base")
    if base is None and raw["kind"] != "ratchet":
        reader.missing("base", path)
    if raw["kind"] == "ratchet":
        reader.idle("base", raw, path, "kind = ratchet")
    counted = exact(base) if isinstance(base, Quantity) else frozenset(base or ())
    return AntiDilution(
        raw["kind"],
        counted,
        frozenset(raw["issued_counts"]) if "issued_counts" in raw else None,
        frozenset(raw["exempt"]) if "exempt" in raw else None,
    )
