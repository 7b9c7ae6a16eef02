"""What classes, stakeholders and instruments say in either format: a package's words for the cap table's.

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


# -- SAFEs and notes ----------------------------------------------------------------------------------

RULES = {
    "pool_unallocated": "include_outstanding_unissued_options",
    "pool_increase": "include_additional_option_pool_topup",
    "promised": "include_option_pool_topup_for_promised_options",
    "converting": "include_other_converting_securities",
}
# what a post-money capitalization counts: what converts, options promised and unissued, not the increase
POST_MONEY = frozenset({"pool_unallocated", "promised", "converting"})
_PRE_MONEY = ("pool_unallocated",)  # what a pre-money one does unless the package says
DAY_COUNTS = {"ACTUAL_365": "actual/365", "30_360": "30/360"}
_INSTRUMENT = ("counts", "cap_counts", "interest", "maturity", "at_exit", "discount", "percent", "pro_rata")


class Instrument(NamedTuple):
    """A SAFE or note of the cap table, without its id, date and holder, and what was assumed of it."""

    table: Table
    assumed: tuple[Assumed, ...]


def instrument(item: Item, amount: int | str, event: str) -> Instrument:
    """A convertible as the cap table's SAFE or note. Raises ``Refused`` (E605) for what neither can say."""
    at, mechanism = _mechanism(item)
    key = ("conversion_triggers", at, "conversion_right", "conversion_mechanism")
    assumed: list[Assumed] = []
    name = {"id": event}
    if mechanism["type"] == "CONVERTIBLE_NOTE_CONVERSION":
        table = _note(item, mechanism, amount, key, assumed, name)
    elif mechanism["type"] == "SAFE_CONVERSION":
        table = _safe(item, mechanism, amount, key, assumed, name)
    elif mechanism["type"] == "FIXED_PERCENT_OF_CAPITALIZATION_CONVERSION":
        percent = number(Fraction(mechanism["converts_to_percent"]) * 100)
        table = {"event": "safe", "amount": amount, "basis": "fixed-percent", "percent": f"{percent}%"}
    else:
        item.refuse("E605", *key, "type", value=item.id, reason="mechanism")
    if item.table.get("pro_rata"):
        table["pro_rata"] = True
    said = own(item, _INSTRUMENT)
    return Instrument(table | said, tuple(one for one in assumed if one.about not in said))


def _mechanism(item: Item) -> tuple[int, Raw]:
    """The one way in which a convertible becomes shares, and of which trigger it is.

    Ways in words give way to others, and others to that of a later round. Raises ``Refused`` (E605).
    """
    triggers = [
        (i, one["conversion_right"]["conversion_mechanism"], one["conversion_right"])
        for i, one in enumerate(item.table["conversion_triggers"])
    ]
    kept = [one for one in triggers if one[1]["type"] != "CUSTOM_CONVERSION"] or triggers
    if len({str(one[1]) for one in kept}) > 1:
        kept = [one for one in kept if one[2].get("converts_to_future_round")] or kept
    if not kept:
        item.refuse("E605", "conversion_triggers", value=item.id, reason="no-mechanism")
    for i, mechanism, _ in kept[1:]:
        if mechanism != kept[0][1]:
            item.refuse("E605", "conversion_triggers", i, value=item.id, reason="several-mechanisms")
    return kept[0][0], kept[0][1]


def _counts(item: Item, mechanism: Raw, key: tuple[str | int, ...]) -> frozenset[str] | None:
    """What the capitalization that a cap is divided by counts; None where the package doesn't say."""
    rules = mechanism.get("capitalization_definition_rules")
    if rules is None:
        return None
    plain = rules["include_outstanding_shares"] and rules["include_outstanding_options"]
    if not plain or rules["include_new_money"]:
        item.refuse("E605", *key, "capitalization_definition_rules", value=item.id, reason="capitalization")
    if rules["include_this_security"] != rules["include_other_converting_securities"]:
        item.refuse("E605", *key, "capitalization_definition_rules", value=item.id, reason="capitalization")
    return frozenset(name for name, rule in RULES.items() if rules[rule])


def _cap(table: Table, mechanism: Raw) -> None:
    if "conversion_valuation_cap" in mechanism:
        table["cap"] = number(Fraction(mechanism["conversion_valuation_cap"]["amount"]))
    if mechanism.get("conversion_discount"):
        table["discount"] = f"{number(Fraction(mechanism['conversion_discount']) * 100)}%"


def _safe(
    item: Item,
    mechanism: Raw,
    amount: int | str,
    key: tuple[str | int, ...],
    assumed: list[Assumed],
    name: Mapping[str, str],
) -> Table:
    table: Table = {"event": "safe", "amount": amount}
    _cap(table, mechanism)
    if "exit_multiple" in mechanism:
        shown = _multiple(mechanism["exit_multiple"])
        assumed.append(Assumed("ocf-exit-multiple", "amount", {**name, "multiple": shown}))
    if mechanism["conversion_mfn"]:
        table["mfn"] = True
    if "cap" not in table:
        return table
    counts, timing = _counts(item, mechanism, key), mechanism.get("conversion_timing")
    if counts is None and timing is None:
        assumed.append(Assumed("ocf-post-money", "basis", name))
    if counts == POST_MONEY or (counts is None and timing != "PRE_MONEY"):
        table["basis"] = "post-money"
        return table
    if counts is None:
        assumed.append(Assumed("ocf-pre-money", "counts", name))
    return table | {"basis": "pre-money", "counts": sorted(_PRE_MONEY if counts is None else counts)}


def _note(
    item: Item,
    mechanism: Raw,
    amount: int | str,
    key: tuple[str | int, ...],
    assumed: list[Assumed],
    name: Mapping[str, str],
) -> Table:
    table: Table = {"event": "note", "principal": amount}
    _cap(table, mechanism)
    rates = mechanism["interest_rates"]
    if len(rates) > 1 or any("accrual_end_date" in rate for rate in rates):
        item.refuse("E605", *key, "interest_rates", value=item.id, reason="rates")
    compound = mechanism["compounding_type"] == "COMPOUNDING"
    if compound and rates and mechanism["interest_accrual_period"] != "ANNUAL":
        item.refuse("E605", *key, "interest_accrual_period", value=item.id, reason="compounding")
    table["interest"] = {
        "rate": f"{number(Fraction(rates[0]['rate'] if rates else 0) * 100)}%",
        "kind": "compound" if compound else "simple",
        "day_count": DAY_COUNTS[mechanism["day_count_convention"]],
        "on_conversion": "cash" if mechanism["interest_payout"] == "CASH" else "shares",
    }
    if rates and rates[0]["accrual_start_date"] != item.table["date"]:
        table["interest"]["from"] = rates[0]["accrual_start_date"]
    if "cap" in table:
        counts = _counts(item, mechanism, key)
        if counts is None:
            assumed.append(Assumed("ocf-pre-money", "cap_counts", name))
        table["cap_counts"] = sorted(_PRE_MONEY if counts is None else counts)
    maturity = [one["trigger_date"] for one in item.table["conversion_triggers"] if "trigger_date" in one]
    if maturity:
        table["maturity"] = max(maturity)
    elif "maturity" not in own(item, _INSTRUMENT):
        item.refuse("E605", "conversion_triggers", value=item.id, reason="maturity")
    if "exit_multiple" in mechanism:
        table["at_exit"] = {"multiple": _multiple(mechanism["exit_multiple"])}
    return table


def _multiple(ratio: Raw) -> str:
    return f"{quantity.plain(Fraction(ratio['numerator']) / Fraction(ratio['denominator']))}x"


def comments(said: Raw) -> Iterator[str]:
    """Comments that say in TOML what the format has no field for."""
    from ipcalc.inputs.edit import literal

    for key, value in said.items():
        yield f"{OWN}{key} = {literal(value)}"
