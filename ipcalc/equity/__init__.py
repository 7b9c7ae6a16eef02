"""Cap tables: who holds what of a company after each event, and who is paid what at an exit."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ipcalc import __version__
from ipcalc.equity import captable, exits
from ipcalc.equity.captable import CapTable, Grant, Pool, Round
from ipcalc.equity.exits import Exit
from ipcalc.equity.fold import Step, fold
from ipcalc.inputs.toml import Document


class Assumption(NamedTuple):
    """Something the answer rests on: a key of ``equity.assumes`` in the catalogue, and its blanks."""

    key: str
    args: Mapping[str, str]


class Receipt(NamedTuple):
    """What the answer was worked out from; the same receipt gives the same answer."""

    ipcalc: str  # the program's version
    captable_hash: str  # sha256 of the file's text in UTF-8
    settings: tuple[str, ...]  # laid over it, as they were written
    at: datetime.date | None  # where the events were stopped
    exits: tuple[str, ...]  # asked for beside the file's


class Result(NamedTuple):
    """A cap table followed through its events to its exits. Money in minor units; shares exact."""

    company: str
    currency: str
    table: CapTable
    events: tuple[Step, ...]
    exits: tuple[Exit, ...]
    assumptions: tuple[Assumption, ...]
    receipt: Receipt


def follow(document: Document, amounts: Sequence[str] = (), at: datetime.date | None = None) -> Result:
    """Fold a cap table's events (until ``at``, included) and pay its exits, and one for each of ``amounts``.

    ``amounts`` are money as people write it. Raises ``Refused`` with everything that is wrong with the file,
    or with the first event or exit that can't be worked out.
    """
    table = captable.read(document)
    sales = exits.asked(table, amounts, at)
    steps = fold(table, at, frozenset(sale.after - 1 for sale in sales))
    paid = exits.pay(table, steps, sales)
    settings = tuple(dict.fromkeys(document.overlaid.values()))
    digest = hashlib.sha256(document.text.encode()).hexdigest()
    receipt = Receipt(__version__, digest, settings, at, tuple(amounts))
    return Result(
        table.company, table.currency, table, steps, paid, assumptions(table, steps, paid, at), receipt
    )


def assumptions(
    table: CapTable, steps: Sequence[Step], paid: Sequence[Exit], at: datetime.date | None
) -> tuple[Assumption, ...]:
    """What these events and exits rest on, each said once."""
    rule, places = table.rounding
    events = table.events[: len(steps)]
    held = {change.to.share_class for step in steps for change in step.changes}
    said: tuple[tuple[str, object, dict[str, str]], ...] = (
        (f"shares-{rule}", steps, {}),
        ("price-exact" if places is None else "price-rounded", _any(events, Round), {"places": str(places)}),
        ("round", _any(events, Round), {}),
        ("stake", any(isinstance(event, Grant) and event.percent is not None for event in events), {}),
        ("pool-target", any(isinstance(event, Pool) and event.how == "target" for event in events), {}),
        ("preferred", any(table.classes[name].preferred for name in held), {}),
        ("exit", paid, {}),
        ("exit-pool", paid and _any(events, Pool), {}),
        ("cents", paid, {}),
        ("stopped", at, {"date": str(at), "n": str(len(table.events) - len(steps))}),
        ("last-only", not all(step.holdings for step in steps if step.shares), {}),
    )
    return tuple(Assumption(key, args) for key, holds, args in said if holds)


def _any(events: Sequence[captable.Event], kind: type) -> bool:
    return any(isinstance(event, kind) for event in events)
