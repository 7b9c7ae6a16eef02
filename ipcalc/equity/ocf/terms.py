"""What classes and stakeholders say in either format: a package's words for the cap table's.

What a package leaves open and the cap table requires is assumed, and said: each assumption is a key of
``equity.assumes`` in the catalogue, with its blanks and the key of the cap table that it is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc import quantity
from ipcalc.equity.ocf import numbers
from ipcalc.equity.ocf.numbers import number
from ipcalc.equity.ocf.objects import Item
from ipcalc.quantity import Exact

OWN = "ipcalc: "  # begins a comment that has, in TOML, what the format has no field for
Raw = Mapping[str, Any]
Table = dict[str, Any]


class Assumed(NamedTuple):
    """What was assumed of a part of the cap table, by a key of the catalogue."""

    key: str
    about: str  # the key of the table, such as ``participation``
    args: Mapping[str, str]


def own(item: Item, allowed: Sequence[str]) -> Table:
    """What the object's comments say in the cap table's own words. Raises ``Refused`` (E606)."""
    import tomli

    said: Table = {}
    for i, comment in enumerate(item.table.get("comments", [])):
        if not comment.startswith(OWN):
            continue
        try:
            found = tomli.loads(comment.removeprefix(OWN), parse_float=Decimal)
        except (ValueError, RecursionError):
            found = {"": None}
        if not set(found) <= set(allowed) or not all(_usable(*one) for one in found.items()):
            item.refuse("E606", "comments", i, value=comment[:80], allowed=", ".join(allowed))
        said |= found
    return said


def _usable(key: str, value: Any) -> bool:
    """Whether what a comment says can be reckoned with, before the cap table itself is checked."""
    if key == "rounding":
        return isinstance(value, dict) and value.get("shares", "exact") in tuple(ROUNDING_TYPES)
    if key != "price":
        return True
    try:
        return Fraction(str(value)) >= 0
    except (ValueError, ZeroDivisionError):
        return False


def comments(said: Raw) -> Iterator[str]:
    """Comments that say in TOML what the format has no field for."""
    from ipcalc.inputs.edit import literal

    for key, value in said.items():
        yield f"{OWN}{key} = {literal(value)}"


# -- who ----------------------------------------------------------------------------------------------

# what a stakeholder is in a package, by the cap table's kind
KINDS: Mapping[str, tuple[str, str | None]] = {
    "founder": ("INDIVIDUAL", "FOUNDER"),
    "person": ("INDIVIDUAL", None),
    "inventor": ("INDIVIDUAL", None),
    "investor": ("INSTITUTION", "INVESTOR"),
    "institution": ("INSTITUTION", None),
    "lender": ("INSTITUTION", None),
}


def kind(item: Item) -> str:
    """A stakeholder's kind in the cap table."""
    if "kind" in (said := own(item, ("kind",))):
        return str(said["kind"])
    return plain_kind(item.table["stakeholder_type"], item.table.get("current_relationship"))


def plain_kind(stakeholder_type: str, relation: str | None) -> str:
    """The kind of a stakeholder by what the format itself says."""
    known = {known: name for name, (_, known) in KINDS.items() if known}
    return known.get(relation or "") or ("person" if stakeholder_type == "INDIVIDUAL" else "institution")


# -- classes ------------------------------------------------------------------------------------------

# the cap table's rule of rounding share counts, by how a package's conversions round
ROUNDING = {"NORMAL": "half-up", "FLOOR": "floor", "CEILING": "ceiling"}
ROUNDING_TYPES = {"exact": "NORMAL"} | {ours: theirs for theirs, ours in ROUNDING.items()}
RECORDED = ["convert", "issue", "option", "warrant"]  # kinds of events that a package becomes
_CLASS = ("participation", "cap", "preference", "price", "conversion_price", "dividend", "anti_dilution")


class ClassTerms(NamedTuple):
    """A class of the cap table, and what was assumed of it. ``price`` is its issue price, exact."""

    table: Table
    assumed: tuple[Assumed, ...]
    price: Exact | None


def share_class(item: Item, name: str) -> ClassTerms:
    """A stock class as the cap table's class, without a preference where it is common."""
    raw = item.table
    table: Table = {"id": name, "kind": raw["class_type"].lower(), "name": raw["name"]}
    if raw["class_type"] == "COMMON":
        return ClassTerms(table, (), None)
    said = own(item, _CLASS)
    assumed: list[Assumed] = []
    price, conversion_price = _prices(item, said)
    table |= {
        key: number(value)
        for key, value in (("price", price), ("conversion_price", conversion_price))
        if value
    }
    multiple = raw.get("liquidation_preference_multiple")
    if multiple is None and "preference" not in said:
        assumed.append(Assumed("ocf-preference", "preference", {"name": raw["name"], "id": name}))
    table["preference"] = f"{quantity.plain(Fraction(1 if multiple is None else multiple))}x"
    if Fraction(raw["seniority"]).denominator != 1:
        item.refuse("E605", "seniority", value=item.id, reason="seniority")
    table["seniority"] = int(raw["seniority"])
    cap = raw.get("participation_cap_multiple")
    if cap:
        table["participation"] = "capped"
        table["cap"] = {"multiple": f"{quantity.plain(Fraction(cap))}x", "of": "total"}
        key, about = "ocf-cap", "cap"
    else:
        table["participation"] = "none"
        key, about = "ocf-participation", "participation"
    if "participation" not in said:
        assumed.append(Assumed(key, about, {"name": raw["name"], "id": name}))
    if said.get("participation", "capped") != "capped":
        table.pop("cap", None)
    if isinstance(said.get("anti_dilution"), dict):  # what it did so far, the package has recorded
        said["anti_dilution"] |= {"exempt": RECORDED}
        assumed.append(Assumed("ocf-exempt", "anti_dilution", {"name": raw["name"], "id": name}))
    table |= said
    stated = table.get("price")
    return ClassTerms(table, tuple(assumed), Fraction(str(stated)) if stated is not None else None)


def _prices(item: Item, said: Raw) -> tuple[Exact | None, Exact | None]:
    """A class's issue price and conversion price: from the ratio, where only that is stated."""
    raw = item.table
    price = Fraction(raw["price_per_share"]["amount"]) if "price_per_share" in raw else None
    rights = raw.get("conversion_rights", [])
    if not rights or "conversion_price" in said:
        return price or None, None
    mechanism = rights[0]["conversion_mechanism"]
    return converted(item, mechanism, price or None, "conversion_rights", 0, "conversion_mechanism")


def converted(
    item: Item, mechanism: Raw, price: Exact | None, *key: str | int
) -> tuple[Exact | None, Exact | None]:
    """The issue price and conversion price of a ratio; they must lead to it. Raises ``Refused`` (E607)."""
    stated = Fraction(mechanism["conversion_price"]["amount"])
    ratio = Fraction(mechanism["ratio"]["numerator"]) / Fraction(mechanism["ratio"]["denominator"])
    if not stated:
        return (price, price / ratio) if price else (None, None)
    if price is None:
        return stated * ratio, stated
    exact = price / ratio
    # the ratio holds where both prices may have been rounded to the places they are written with
    places = max(-int(mechanism["conversion_price"]["amount"].as_tuple().exponent), 2)
    if abs(exact - stated) > Fraction(1, 10**places):
        amounts = map(numbers.rounded, (price, stated, ratio))
        item.refuse(
            "E607", *key, "ratio", **dict(zip(("price", "conversion", "ratio"), amounts, strict=True))
        )
    return price, stated if exact == stated else exact
