"""SAFEs, notes and universities' fixed amounts: a package's convertibles as the cap table's, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, NoReturn

from ipcalc import quantity
from ipcalc.equity.captable import CapTable
from ipcalc.equity.ocf import numbers, terms
from ipcalc.equity.ocf.numbers import money, number
from ipcalc.equity.ocf.objects import Item
from ipcalc.equity.ocf.terms import Assumed
from ipcalc.equity.state import Conversion, Convertible, Interest
from ipcalc.quantity import Exact

Raw = Mapping[str, Any]
Table = dict[str, Any]
NEXT_ROUND = "next-round"  # the trigger of every convertible that is written
_MATURITY = "maturity"
_KINDS = {"safe": "SAFE", "note": "NOTE", "university": "CONVERTIBLE_SECURITY"}
_MECHANISMS = (
    "SAFE_CONVERSION",
    "CONVERTIBLE_NOTE_CONVERSION",
    "FIXED_PERCENT_OF_CAPITALIZATION_CONVERSION",
)
_RULES = {
    "pool_unallocated": "include_outstanding_unissued_options",
    "pool_increase": "include_additional_option_pool_topup",
    "promised": "include_option_pool_topup_for_promised_options",
    "converting": "include_other_converting_securities",
}
# what a post-money capitalization counts: what converts, options promised and unissued, not the increase
_POST_MONEY = frozenset({"pool_unallocated", "promised", "converting"})
_PRE_MONEY = frozenset({"pool_unallocated"})  # what a pre-money one does unless the package says
_DAY_COUNTS = {"ACTUAL_365": "actual/365", "30_360": "30/360"}
# what comments may say
_SAID = ("counts", "cap_counts", "interest", "maturity", "at_exit", "discount", "percent", "pro_rata")


# -- read ---------------------------------------------------------------------------------------------


class Instrument(NamedTuple):
    """A SAFE or note of the cap table, without its id, date and holder, and what was assumed of it."""

    table: Table
    assumed: tuple[Assumed, ...]


def read(item: Item, amount: int | str) -> Instrument:
    """A convertible as the cap table's SAFE or note. Raises ``Refused`` (E605) for what neither can say."""
    reading = _Reading(item)
    said = terms.own(item, _SAID)
    table = reading.instrument(amount, stated="maturity" in said)
    if item.table.get("pro_rata"):
        table["pro_rata"] = True
    return Instrument(table | said, tuple(one for one in reading.assumed if one.about not in said))


def without_terms(amount: int | str) -> Instrument:
    """An instrument of which only the amount is known, and what it became."""
    return Instrument({"event": "safe", "amount": amount}, (Assumed("ocf-terms", "amount", {}),))


class _Reading:
    """The one way in which a convertible becomes shares, and what was assumed of it."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.assumed: list[Assumed] = []
        at, self.mechanism = self.chosen()
        self.key = ("conversion_triggers", at, "conversion_right", "conversion_mechanism")

    def chosen(self) -> tuple[int, Raw]:
        """How it converts, and by which trigger: ways in words give way to others, those to a round's."""
        rights = [
            (i, one["conversion_right"]) for i, one in enumerate(self.item.table["conversion_triggers"])
        ]
        ways = [(i, one["conversion_mechanism"], one.get("converts_to_future_round")) for i, one in rights]
        kept = [one for one in ways if one[1]["type"] != "CUSTOM_CONVERSION"] or ways
        if any(one[1] != kept[0][1] for one in kept):
            kept = [one for one in kept if one[2]] or kept
        if not kept:
            self.item.refuse("E605", "conversion_triggers", value=self.item.id, reason="no-mechanism")
        for i, mechanism, _ in kept[1:]:
            if mechanism != kept[0][1]:
                self.item.refuse(
                    "E605", "conversion_triggers", i, value=self.item.id, reason="several-mechanisms"
                )
        return kept[0][:2]

    def refuse(self, key: str, reason: str) -> NoReturn:
        """Refuse a part of how it converts."""
        self.item.refuse("E605", *self.key, key, value=self.item.id, reason=reason)

    def assume(self, key: str, about: str, **args: str) -> None:
        """Assume something, and keep that it was."""
        self.assumed.append(Assumed(key, about, args))

    def instrument(self, amount: int | str, *, stated: bool) -> Table:
        """The cap table's event; ``stated`` if a comment says when it matures."""
        kind = self.mechanism["type"]
        if kind not in _MECHANISMS:
            self.refuse("type", "mechanism")
        if kind == "CONVERTIBLE_NOTE_CONVERSION":
            return {"event": "note", "principal": amount} | self.note(stated=stated)
        if kind == "SAFE_CONVERSION":
            return {"event": "safe", "amount": amount} | self.safe()
        percent = _percent(self.mechanism["converts_to_percent"])
        return {"event": "safe", "amount": amount, "basis": "fixed-percent", "percent": percent}

    def safe(self) -> Table:
        """A SAFE's terms."""
        table = self.priced()
        if "exit_multiple" in self.mechanism:
            multiple = _multiple(self.mechanism["exit_multiple"])
            self.assume("ocf-exit-multiple", "amount", multiple=multiple)
        if self.mechanism["conversion_mfn"]:
            table["mfn"] = True
        if "cap" not in table:
            return table
        counts, timing = self.counts(), self.mechanism.get("conversion_timing")
        if counts is None and timing is None:
            self.assume("ocf-post-money", "basis")
        if counts == _POST_MONEY or (counts is None and timing != "PRE_MONEY"):
            return table | {"basis": "post-money"}
        return table | {"basis": "pre-money", "counts": self.counted(counts, "counts")}

    def note(self, *, stated: bool) -> Table:
        """A note's terms, and its interest."""
        table = self.priced() | {"interest": self.interest()}
        if "cap" in table:
            table["cap_counts"] = self.counted(self.counts(), "cap_counts")
        triggers = self.item.table["conversion_triggers"]
        maturity = [one["trigger_date"] for one in triggers if "trigger_date" in one]
        if maturity:
            table["maturity"] = max(maturity)
        elif not stated:
            self.item.refuse("E605", "conversion_triggers", value=self.item.id, reason="maturity")
        if "exit_multiple" in self.mechanism:
            table["at_exit"] = {"multiple": _multiple(self.mechanism["exit_multiple"])}
        return table

    def priced(self) -> Table:
        """The cap and the discount."""
        table: Table = {}
        if "conversion_valuation_cap" in self.mechanism:
            table["cap"] = number(Fraction(self.mechanism["conversion_valuation_cap"]["amount"]))
        if self.mechanism.get("conversion_discount"):
            table["discount"] = _percent(self.mechanism["conversion_discount"])
        return table

    def counts(self) -> frozenset[str] | None:
        """What the capitalization that a cap is divided by counts; None where the package doesn't say."""
        rules = self.mechanism.get("capitalization_definition_rules")
        if rules is None:
            return None
        plain = rules["include_outstanding_shares"] and rules["include_outstanding_options"]
        alike = rules["include_this_security"] == rules["include_other_converting_securities"]
        if not plain or not alike or rules["include_new_money"]:
            self.refuse("capitalization_definition_rules", "capitalization")
        return frozenset(name for name, rule in _RULES.items() if rules[rule])

    def counted(self, counts: frozenset[str] | None, about: str) -> list[str]:
        """What a pre-money capitalization counts, if it is stated; else what is assumed of it."""
        if counts is None:
            self.assume("ocf-pre-money", about)
        return sorted(_PRE_MONEY if counts is None else counts)

    def interest(self) -> Table:
        """A note's interest: one rate, from one day on."""
        rates = self.mechanism["interest_rates"]
        if len(rates) > 1 or any("accrual_end_date" in rate for rate in rates):
            self.refuse("interest_rates", "rates")
        compound = self.mechanism["compounding_type"] == "COMPOUNDING"
        if compound and rates and self.mechanism["interest_accrual_period"] != "ANNUAL":
            self.refuse("interest_accrual_period", "compounding")
        table: Table = {
            "rate": _percent(rates[0]["rate"] if rates else 0),
            "kind": "compound" if compound else "simple",
            "day_count": _DAY_COUNTS[self.mechanism["day_count_convention"]],
            "on_conversion": "cash" if self.mechanism["interest_payout"] == "CASH" else "shares",
        }
        if rates and rates[0]["accrual_start_date"] != self.item.table["date"]:
            table["from"] = rates[0]["accrual_start_date"]
        return table


def _percent(share: Decimal | int) -> str:
    return f"{number(Fraction(share) * 100)}%"


def _multiple(ratio: Raw) -> str:
    return f"{quantity.plain(Fraction(ratio['numerator']) / Fraction(ratio['denominator']))}x"


# -- written ------------------------------------------------------------------------------------------


def write(one: Convertible, amount: Exact, table: CapTable) -> tuple[Table, Table]:
    """The keys of an issuance that say what a convertible of an amount is, and what they can't say."""
    said: Table = {}
    mechanism = _written(one, table.currency, said)
    triggers = [
        {
            "type": "AUTOMATIC_ON_CONDITION",
            "trigger_id": NEXT_ROUND,
            "trigger_condition": "The company sells shares in a priced round.",
            "conversion_right": _right(mechanism) | {"converts_to_future_round": True},
        }
    ]
    if one.maturity:
        triggers.append(
            {
                "type": "AUTOMATIC_ON_DATE",
                "trigger_id": _MATURITY,
                "trigger_date": one.maturity.isoformat(),
                "conversion_right": _right(mechanism),
            }
        )
    if one.pro_rata:
        said["pro_rata"] = True
    keys = {
        "investment_amount": money(amount, table.currency),
        "convertible_type": _KINDS[one.kind],
        "conversion_triggers": triggers,
        "seniority": 1,
    }
    return keys, said


def _right(mechanism: Table) -> Table:
    return {"type": "CONVERTIBLE_CONVERSION_RIGHT", "conversion_mechanism": mechanism}


def _written(one: Convertible, currency: str, said: Table) -> Table:
    """How it converts; what the format has no field for is added to ``said``."""
    conversion = one.conversion
    if conversion.percent is not None:
        if not numbers.fits(conversion.percent):
            said["percent"] = quantity.percent(conversion.percent)
        percent = numbers.rounded(conversion.percent)
        return {"type": "FIXED_PERCENT_OF_CAPITALIZATION_CONVERSION", "converts_to_percent": percent}
    found: Table = {}
    if conversion.discount:
        found["conversion_discount"] = numbers.rounded(conversion.discount)
        if not numbers.fits(conversion.discount):
            said["discount"] = quantity.percent(conversion.discount)
    if conversion.cap is not None:
        found["conversion_valuation_cap"] = money(conversion.cap, currency)
        found |= _capitalization(conversion, said)
    if one.interest is None:
        return {"type": "SAFE_CONVERSION", "conversion_mfn": one.mfn, **found}
    found.pop("conversion_timing", None)
    if isinstance(one.at_exit, int | Fraction):
        found["exit_multiple"] = numbers.ratio(one.at_exit)
    elif one.at_exit is not None:
        said["at_exit"] = one.at_exit
    return {"type": "CONVERTIBLE_NOTE_CONVERSION", **found, **_interest(one, one.interest, said)}


def _capitalization(conversion: Conversion, said: Table) -> Table:
    """What the cap is divided by."""
    if isinstance(conversion.counts, int | Fraction):
        said["cap_counts"] = number(conversion.counts)
        return {}
    post_money = conversion.basis == "post-money"
    counts: Iterable[str] = _POST_MONEY if post_money else conversion.counts
    rules = {rule: name in counts for name, rule in _RULES.items()}
    rules |= {
        "include_outstanding_shares": True,
        "include_outstanding_options": True,
        "include_this_security": rules["include_other_converting_securities"],
        "include_new_money": False,
    }
    timing = "POST_MONEY" if post_money else "PRE_MONEY"
    return {"conversion_timing": timing, "capitalization_definition_rules": rules}


def _interest(one: Convertible, interest: Interest, said: Table) -> Table:
    """A note's interest."""
    plain = interest.on_conversion != "forfeited" and interest.day_count in _DAY_COUNTS.values()
    if not plain or not numbers.fits(interest.rate):
        said["interest"] = {
            "rate": quantity.percent(interest.rate),
            "kind": interest.kind,
            "day_count": interest.day_count,
            "on_conversion": interest.on_conversion,
            **({"from": interest.start} if interest.start else {}),
        }
    count = next((key for key, ours in _DAY_COUNTS.items() if ours == interest.day_count), "ACTUAL_365")
    return {
        "interest_rates": [
            {
                "rate": numbers.rounded(interest.rate),
                "accrual_start_date": (interest.start or one.date).isoformat(),
            }
        ],
        "day_count_convention": count,
        "interest_payout": "CASH" if interest.on_conversion == "cash" else "DEFERRED",
        "interest_accrual_period": "ANNUAL",
        "compounding_type": "COMPOUNDING" if interest.kind == "compound" else "SIMPLE",
    }
