"""What an answer rests on, said once each: keys of ``equity.assumes`` in the catalogue, and their blanks."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ipcalc.equity.captable import CapTable
from ipcalc.equity.exits import Exit
from ipcalc.equity.fold import Step
from ipcalc.equity.model import (
    AdjustConversion,
    Cancel,
    CancelInstrument,
    Convert,
    ConvertInstrument,
    Event,
    Exercise,
    Issue,
    Note,
    OptionGrant,
    Pool,
    Round,
    Split,
    Transfer,
    UniversityGrant,
)
from ipcalc.equity.vesting import DatedVesting


class Assumption(NamedTuple):
    """Something the answer rests on."""

    key: str
    args: Mapping[str, str]


def assumptions(
    table: CapTable, steps: Sequence[Step], paid: Sequence[Exit], at: datetime.date | None
) -> tuple[Assumption, ...]:
    """What these events and exits rest on."""
    said = (
        *_of_rounding(table, steps),
        *_of_events(table, steps),
        *_of_rounds(table, steps),
        *_past_maturity(table, steps, paid),
        *_of_exits(paid),
    )
    found = [Assumption(key, args) for key, holds, args in said if holds]
    if at:
        left_out = len(table.events) - len(steps)
        found.append(Assumption("stopped", {"date": str(at), "n": str(left_out)}))
    if not all(step.holdings for step in steps if step.shares):
        found.append(Assumption("last-only", {}))
    return tuple(found)


Said = tuple[str, object, dict[str, str]]
OPEN = ("safe", "note", "university")  # kinds of instruments that may be open at an exit


def _of_rounding(table: CapTable, steps: Sequence[Step]) -> Iterator[Said]:
    events = table.events[: len(steps)]
    places = table.rounding.price_places
    yield f"shares-{table.rounding.shares}", steps, {}
    rounded = "price-rounded" if table.rounding.price_to == "half-up" else "price-rounded-up"
    key = "price-exact" if places is None else rounded
    yield key, _any(events, Round), {"places": str(places)}


def _of_events(table: CapTable, steps: Sequence[Step]) -> Iterator[Said]:
    events = table.events[: len(steps)]
    stakes = [event for event in events if isinstance(event, UniversityGrant)]
    yield "stake", any(event.percent is not None for event in stakes), {}
    for event in stakes:
        if event.policy is not None:
            policy, sources = event.policy
            words = {"policy": policy, "date": str(event.date), "id": event.id, "list": "; ".join(sources)}
            yield "stake-policy", True, words
    yield "royalty", any(event.royalty is not None for event in stakes), {}
    targets = (event.pool if isinstance(event, Round) else event for event in events)
    yield "pool-target", any(isinstance(one, Pool) and one.how == "target" for one in targets), {}
    classes = {change.to.share_class for step in steps for change in step.changes}
    yield "preferred", any(table.classes[name].preferred for name in classes), {}
    by_lot = any(event.given is None for event in events if isinstance(event, Transfer | Convert))
    yield "oldest-first", by_lot or _any(events, Cancel), {}
    yield "recorded", _any(events, ConvertInstrument, CancelInstrument, AdjustConversion), {}
    exercises = any(isinstance(event, Exercise) and event.kind == "lapse" for event in events)
    yield "lapse", exercises, {}
    options = [event for event in events if isinstance(event, OptionGrant) and event.vesting]
    yield "vesting", any(not event.early for event in options), {}
    yield "vesting-early", any(event.early for event in options), {}
    dated = [event.vesting for event in events if isinstance(event, Issue | OptionGrant)]
    unknown = (not one.tranches or one.tranches[-1][1] < 1 for one in dated if isinstance(one, DatedVesting))
    yield "vesting-unknown", any(unknown), {}
    yield (
        "compound",
        any(isinstance(event, Note) and event.interest.kind == "compound" for event in events),
        {},
    )


def _of_rounds(table: CapTable, steps: Sequence[Step]) -> Iterator[Said]:
    rounds = [event for event in table.events[: len(steps)] if isinstance(event, Round)]
    for convention in ("pre-money", "percentage-ownership", "dollars-invested"):
        stated = any(event.convention == convention and event.basis != "price" for event in rounds)
        yield f"round-{convention}", stated, {}
    terms = [step.round for step in steps if step.round]
    yield "conversion", any(one.converted for one in terms), {}
    capped = any(found.branch == "cap" for one in terms for found in one.converted)
    yield "capitalization", capped, {}
    yield "floor", any(one.floors for one in terms), {}
    adjusted = {name for step in steps if step.kind != "adjust-conversion" for name in step.adjusted}
    yield "anti-dilution", adjusted, {}
    stated = any(table.classes[name].stated_base is not None for name in adjusted)
    yield "stated-base", stated and _any(table.events[: len(steps)], Split), {}
    yield "unconverted", any(step.unconverted and step.unconverted.shares for step in steps), {}
    yield "open", steps and steps[-1].state and steps[-1].state.convertibles, {}
    yield "path", any(len(step.moves) > 1 for step in steps), {}


def _past_maturity(table: CapTable, steps: Sequence[Step], paid: Sequence[Exit]) -> Iterator[Said]:
    """The notes that convert, or are open at an exit, after the day they were due."""
    used = [(one.instrument, step.date) for step in steps if step.round for one in step.round.converted]
    settled = [(one.date, one.settled) for one in paid if one.settled and one.date]
    used += [(decision.stake.id, day) for day, each in settled for decision in each.decisions]
    last = dict(sorted(used, key=lambda pair: pair[1]))
    for event in table.events:
        if isinstance(event, Note) and event.id in last and event.maturity < last[event.id]:
            yield "past-maturity", True, {"id": event.id, "date": str(event.maturity)}


def _of_exits(paid: Sequence[Exit]) -> Iterator[Said]:
    settled = [(one, one.settled) for one in paid if one.settled]
    decisions = [decision for _, each in settled for decision in each.decisions]
    kinds = {decision.stake.kind for decision in decisions}
    yield "exit-pool", settled, {}
    yield "exit-plain", any(one.id is None for one in paid), {}
    yield "exit-choice", any(each.certificate.unilateral for _, each in settled), {}
    yield "exit-strike", kinds & {"option", "warrant"}, {}
    yield "exit-own-price", any(one.stake.own_price for one in decisions), {}
    yield "exit-capitalization", any(one.stake.converting and one.stake.kind in OPEN for one in decisions), {}
    charged = any(one.schedule and one.schedule.pot.charges and one.schedule.pot.debts for one in paid)
    yield "exit-charges", charged, {}
    yield "exit-dividend", any(one.kind == "dividend" for one in paid), {}
    yield "exit-up-per-line" if any(one.excess for one in paid) else "cents", paid, {}


def _any(events: Sequence[Event], *kinds: type) -> bool:
    return any(isinstance(event, kinds) for event in events)
