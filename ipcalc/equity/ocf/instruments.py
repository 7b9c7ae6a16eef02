"""SAFEs, notes and universities' fixed amounts as a package's convertibles."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from ipcalc import quantity
from ipcalc.equity.captable import CapTable
from ipcalc.equity.ocf import numbers, terms
from ipcalc.equity.ocf.numbers import money, number
from ipcalc.equity.state import Conversion, Convertible, Interest
from ipcalc.quantity import Exact

Table = dict[str, Any]
NEXT_ROUND = "next-round"  # the trigger of every convertible
MATURITY = "maturity"
_KINDS = {"safe": "SAFE", "note": "NOTE", "university": "CONVERTIBLE_SECURITY"}


def write(one: Convertible, amount: Exact, table: CapTable) -> tuple[Table, Table]:
    """The keys of an issuance that say what a convertible of an amount is, and what they can't say."""
    said: Table = {}
    mechanism = _mechanism(one, table.currency, said)
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
                "trigger_id": MATURITY,
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


def _mechanism(one: Convertible, currency: str, said: Table) -> Table:
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
    counts: Iterable[str] = terms.POST_MONEY if post_money else conversion.counts
    rules = {rule: name in counts for name, rule in terms.RULES.items()}
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
    plain = interest.on_conversion != "forfeited" and interest.day_count in terms.DAY_COUNTS.values()
    if not plain or not numbers.fits(interest.rate):
        said["interest"] = {
            "rate": quantity.percent(interest.rate),
            "kind": interest.kind,
            "day_count": interest.day_count,
            "on_conversion": interest.on_conversion,
            **({"from": interest.start} if interest.start else {}),
        }
    count = next((key for key, ours in terms.DAY_COUNTS.items() if ours == interest.day_count), "ACTUAL_365")
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
