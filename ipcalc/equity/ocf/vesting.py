"""Vesting: a package's conditions as the cap table's schedule, and the other way round.

A schedule of equal tranches with a cliff is kept as one; anything else becomes the days on which shares vest.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc import quantity
from ipcalc.equity.ocf.numbers import number
from ipcalc.equity.ocf.objects import Item
from ipcalc.equity.reading import whole_if
from ipcalc.equity.vesting import ALLOCATIONS, DatedVesting, Vesting
from ipcalc.quantity import Duration, Exact

START = "start"  # the condition with which a schedule that is written begins
SAME_DAY = "VESTING_START_DAY_OR_LAST_DAY_OF_MONTH"
_DAYS = {f"{day:02}": day for day in range(1, 29)} | {
    f"{day}_OR_LAST_DAY_OF_MONTH": day for day in (29, 30, 31)
}
Raw = Mapping[str, Any]


class Happened(NamedTuple):
    """What transactions say of a security's vesting: when which condition was met, and what was hastened."""

    started: datetime.date | None
    met: Mapping[str, datetime.date]
    accelerated: Sequence[tuple[datetime.date, Decimal]]


def read(terms: Item, shares: Decimal, happened: Happened) -> dict[str, Any]:
    """The cap table's ``vesting`` of a grant of ``shares`` under these terms.

    Raises ``Refused`` (E605) for an allocation of unequal tranches that the format leaves open.
    """
    table = terms.table
    if happened.started and not happened.met and not happened.accelerated:
        regular = _regular(table["vesting_conditions"])
        if regular:
            return {"start": happened.started, **regular, "allocation": table["allocation_type"]}
    return by_dates(_hastened(_tranches(terms, Fraction(shares), happened), shares, happened.accelerated))


def by_dates(tranches: Sequence[tuple[datetime.date, Exact]]) -> dict[str, Any]:
    """A schedule by its days: those of one day together, in order."""
    days: dict[datetime.date, Fraction] = {}
    for day, shares in tranches:
        days[day] = days.get(day, Fraction(0)) + shares
    return {"tranches": [{"date": day, "shares": number(days[day])} for day in sorted(days) if days[day]]}


# -- equal tranches -----------------------------------------------------------------------------------

Monthly = list[tuple[int, Fraction]]  # after how many months which part of a grant vests


def _equal(months: int, cliff: int, every: int) -> Monthly:
    """What a schedule of equal tranches lets vest; those that lie before the cliff do so with it."""
    whole, first = months // every, cliff // every
    at_cliff = [(cliff, Fraction(first, whole))] if first else []
    return at_cliff + [(tranche * every, Fraction(1, whole)) for tranche in range(first + 1, whole + 1)]


def _regular(conditions: Sequence[Raw]) -> dict[str, int] | None:
    """The months of a schedule of equal tranches, perhaps behind a cliff; None for any other."""
    found = _monthly(_chain(conditions))
    if not found or not 0 < found[-1][0] <= quantity.MOST_MONTHS:
        return None
    months, before = found[-1][0], found[-2][0] if len(found) > 1 else 0
    every = months - before
    for cliff in (0, found[0][0]):
        if every > 0 and months % every == 0 and _equal(months, cliff, every) == found:
            return {"months": months, "cliff": cliff, "every": every}
    return None


def _monthly(chain: Sequence[Raw]) -> Monthly:
    """The tranches of a chain of conditions of months and parts; none where it has others."""
    after: dict[str, int] = {}
    found: Monthly = []
    for one in chain:
        trigger = one["trigger"]
        if trigger["type"] == "VESTING_START_DATE" and not one.get("quantity") and not _portion(one):
            after[one["id"]] = 0
            continue
        if trigger["type"] != "VESTING_SCHEDULE_RELATIVE" or "portion" not in one:
            return []
        period, since = trigger["period"], after.get(trigger["relative_to_condition_id"])
        plain = period["type"] == "MONTHS" and period.get("day_of_month", SAME_DAY) == SAME_DAY
        if since is None or not plain or one["portion"].get("remainder"):
            return []
        months = [since + period["length"] * times for times in range(1, period["occurrences"] + 1)]
        found += [(month, _portion(one)) for month in months]
        after[one["id"]] = months[-1] if months else since
    return found


def _chain(conditions: Sequence[Raw]) -> list[Raw]:
    """The conditions one after another from the start, where each has one that follows; else none."""
    by_id = {one["id"]: one for one in conditions}
    starts = [one for one in conditions if one["trigger"]["type"] == "VESTING_START_DATE"]
    chain = starts[:1]
    while chain and chain[-1]["next_condition_ids"] and len(chain) <= len(conditions):
        follows = chain[-1]["next_condition_ids"]
        if len(follows) != 1 or follows[0] not in by_id:
            return []
        chain.append(by_id[follows[0]])
    return chain if len(chain) == len(conditions) else []


def _portion(condition: Raw) -> Fraction:
    stated = condition.get("portion")
    return Fraction(stated["numerator"]) / Fraction(stated["denominator"]) if stated else Fraction(0)


# -- any other ----------------------------------------------------------------------------------------


def _tranches(terms: Item, shares: Fraction, happened: Happened) -> list[tuple[datetime.date, Fraction]]:
    """The days on which shares vest, and how many, as far as the days are known."""
    due = [one for one in _due(terms, happened) if _portion(one[1]) or one[1].get("quantity")]
    allocation = terms.table["allocation_type"]
    parts = {part for _, condition in due if (part := _portion(condition))}
    equal = len(parts) == 1 and not any("quantity" in c and c["quantity"] for _, c in due)
    cumulative = allocation in ("CUMULATIVE_ROUNDING", "CUMULATIVE_ROUND_DOWN", "FRACTIONAL")
    if not cumulative and not (equal and next(iter(parts)).numerator == 1) and len(due) > 1:
        terms.refuse("E605", "allocation_type", value=terms.id, reason="allocation")
    found: list[tuple[datetime.date, Fraction]] = []
    part = stated = given = Fraction(0)  # the portions so far, the numbers so far, and what has vested
    for tranche, (day, condition) in enumerate(due, 1):
        if "portion" in condition:
            rest = condition["portion"].get("remainder", False)
            part += _portion(condition) * ((shares - given) / shares if rest and shares else 1)
        else:
            stated += Fraction(condition["quantity"])
        if cumulative or not equal:
            exact = min(part, Fraction(1)) * shares
            total = stated + Fraction(ALLOCATIONS[allocation](exact, 1, 1) if cumulative else exact)
        else:
            total = Fraction(ALLOCATIONS[allocation](shares, tranche, next(iter(parts)).denominator))
        total = min(total, shares)
        found.append((day, total - given))
        given = total
    return found


def _due(terms: Item, happened: Happened) -> Iterator[tuple[datetime.date, Raw]]:
    """The conditions that are met, each on its day: after each the first of those that may follow."""
    by_id = {one["id"]: one for one in terms.table["vesting_conditions"]}
    days: dict[str, datetime.date] = {}
    waiting = [one for one in by_id.values() if one["trigger"]["type"] == "VESTING_START_DATE"][:1]
    while waiting:
        known = [
            (when[0], place, one, when)
            for place, one in enumerate(waiting)
            if one["id"] not in days and (when := _days(one, days, happened))
        ]
        if not known:
            return
        _, _, chosen, when = min(known, key=lambda one: one[:2])
        yield from ((day, chosen) for day in when)
        days[chosen["id"]] = when[-1]
        waiting = [by_id[name] for name in chosen["next_condition_ids"] if name in by_id]


def _days(condition: Raw, days: Mapping[str, datetime.date], happened: Happened) -> list[datetime.date]:
    """The days on which a condition is met; none where that isn't known."""
    trigger = condition["trigger"]
    met = happened.met.get(condition["id"])
    if trigger["type"] == "VESTING_START_DATE":
        return [happened.started] if happened.started else []
    if trigger["type"] == "VESTING_EVENT":
        return [met] if met else []
    if trigger["type"] == "VESTING_SCHEDULE_ABSOLUTE":
        return [trigger["date"]]
    since, period = days.get(trigger["relative_to_condition_id"]), trigger["period"]
    if since is None:
        return []
    return [
        _after(since, period, times, happened.started or since)
        for times in range(1, period["occurrences"] + 1)
    ]


def _after(since: datetime.date, period: Raw, times: int, start: datetime.date) -> datetime.date:
    """So many periods after a day; months on the day of the month that the terms state."""
    if period["type"] == "DAYS":
        return quantity.shift(since, Duration(period["length"] * times, "days"))
    found = quantity.shift(since, Duration(period["length"] * times, "months"))
    stated = period.get("day_of_month", SAME_DAY)
    day = _DAYS.get(stated, start.day)
    last = (quantity.shift(found.replace(day=1), Duration(1, "months")) - datetime.timedelta(1)).day
    return found.replace(day=min(day, last))


def _hastened(
    tranches: Sequence[tuple[datetime.date, Fraction]],
    shares: Decimal,
    accelerated: Sequence[tuple[datetime.date, Decimal]],
) -> list[tuple[datetime.date, Fraction]]:
    """With shares that vested earlier: the last of the later tranches give way."""
    found = sorted([*tranches, *((day, Fraction(number)) for day, number in accelerated)])
    left, kept = Fraction(shares), []
    for day, part in found:
        kept.append((day, min(part, left)))
        left -= kept[-1][1]
    return kept


# -- the other way round ------------------------------------------------------------------------------


def conditions(vesting: Vesting) -> list[dict[str, Any]]:
    """A schedule of months as conditions: of the first tranche, of the next, and of all that follow it."""
    tranches = _equal(vesting.months, vesting.cliff, vesting.every)
    chain: list[dict[str, Any]] = [
        {"id": START, "quantity": "0", "trigger": {"type": "VESTING_START_DATE"}, "next_condition_ids": []}
    ]
    parts = [("first", tranches[:1], START), ("next", tranches[1:2], START), ("then", tranches[2:], "next")]
    for name, several, since in parts:
        if not several:
            break
        period = {
            "length": vesting.every if since != START else several[0][0],
            "type": "MONTHS",
            "occurrences": len(several),
            "day_of_month": SAME_DAY,
        }
        part = several[0][1]
        chain[-1]["next_condition_ids"] = [name]
        chain.append(
            {
                "id": name,
                "portion": {"numerator": str(part.numerator), "denominator": str(part.denominator)},
                "trigger": {
                    "type": "VESTING_SCHEDULE_RELATIVE",
                    "period": period,
                    "relative_to_condition_id": since,
                },
                "next_condition_ids": [],
            }
        )
    return chain


def days(
    reached: Callable[[datetime.date], Exact], schedule: Vesting | DatedVesting
) -> Iterator[tuple[datetime.date, Exact]]:
    """On which days of a schedule how many shares vest, of those that have vested by a day."""
    if isinstance(schedule, DatedVesting):
        dates = [day for day, _ in schedule.tranches]
    else:
        ends = range(schedule.every, schedule.months + 1, schedule.every)
        months = (Duration(max(end, schedule.cliff), "months") for end in ends)
        dates = [quantity.shift(schedule.start, length) for length in months]
    given: Exact = 0
    for day in dates:
        if reached(day) > given:
            yield day, whole_if(Fraction(reached(day)) - given)
        given = reached(day)
