"""A plain exit: the proceeds divided over the issued shares, to the smallest unit of the currency."""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ipcalc import quantity
from ipcalc.equity.captable import CapTable, whole_if
from ipcalc.equity.fold import LINES, Holding, Step
from ipcalc.inputs.diagnostics import Place, Refused, refuse
from ipcalc.quantity import Exact, Unreadable

if TYPE_CHECKING:
    from ipcalc.inputs import locate


class Payout(NamedTuple):
    """What one holder gets for all issued shares, in minor units."""

    holder: str
    shares: Exact
    amount: int


class Exit(NamedTuple):
    """One amount of proceeds divided; ``id`` and ``date`` are None for one asked for on the command line.

    The payouts sum to the proceeds.
    """

    id: str | None
    date: datetime.date | None
    proceeds: int
    shares: Exact  # issued
    payouts: tuple[Payout, ...]


class Asked(NamedTuple):
    """An exit to work out: ``after`` counts the events before it; ``where`` is its path or its option."""

    id: str | None
    date: datetime.date | None
    proceeds: tuple[int, ...]
    after: int
    where: locate.Path | Place


def amount(text: str, currency: str) -> int:
    """An ``--exit`` amount in minor units, not negative. Raises ``Refused`` (F103 to F108, E506)."""
    place = Place(f"--exit {text}")
    try:
        found = quantity.read("money", text)
        assert not isinstance(found.value, quantity.Duration)
        if found.unit not in (None, currency):
            raise Unreadable("E506", unit=str(found.unit), currency=currency)
        if found.value < 0:
            raise Unreadable("F106", limit="≥ 0")
        return quantity.to_minor(found.value, currency)
    except Unreadable as error:
        near = error.args_of_message.pop("near", "")
        raise refuse(error.code, place, near, **{"key": "--exit"} | error.args_of_message) from None


def asked(table: CapTable, amounts: Sequence[str], at: datetime.date | None) -> tuple[Asked, ...]:
    """The file's exits (until ``at``), then those of the command line, after the last event until ``at``.

    Raises ``Refused`` as ``amount`` does, and E516 (too many holders at too many moments).
    """
    days = [event.date for event in table.events]
    last = len(days) if at is None else bisect.bisect_right(days, at)
    found = [
        Asked(sale.id, sale.date, sale.proceeds, bisect.bisect_right(days, sale.date), ("exits", sale.at))
        for sale in table.exits
        if at is None or sale.date <= at
    ]
    found += [
        Asked(None, None, (amount(text, table.currency),), last, Place(f"--exit {text}")) for text in amounts
    ]
    kept = {sale.after for sale in found}
    if len(kept) > 1 and len(kept) * len(table.stakeholders) > LINES:
        raise _refused(table, "E516", found[0].where, limit=f"{LINES}")
    return tuple(found)


def pay(table: CapTable, steps: Sequence[Step], sales: Sequence[Asked]) -> tuple[Exit, ...]:
    """Each exit paid out pro rata to issued shares; the steps they fall after must have kept their holdings.

    Raises ``Refused``: E504 (nothing is issued), E505 (preferred shares are outstanding), E516 (too long).
    """
    lines = 0
    exits = []
    for sale in sales:
        holdings = steps[sale.after - 1].holdings if sale.after else ()
        owners = _owners(table, holdings)
        lines += len(owners) * len(sale.proceeds)
        if lines > LINES:
            raise _refused(table, "E516", sale.where, limit=f"{LINES}")
        if not owners:
            raise _refused(table, "E504", sale.where, value=sale.id or "--exit")
        weights = list(owners.values())
        for proceeds in sale.proceeds:
            shared = zip(owners.items(), quantity.allocate(proceeds, weights), strict=True)
            payouts = tuple(Payout(holder, shares, part) for (holder, shares), part in shared)
            exits.append(Exit(sale.id, sale.date, proceeds, whole_if(sum(weights)), payouts))
    return tuple(exits)


def _owners(table: CapTable, holdings: Sequence[Holding]) -> dict[str, Exact]:
    """Issued shares by holder, in the file's order of holders."""
    owners: dict[str, Exact] = {}
    for holding in holdings:
        if holding.holder is None:
            continue
        if table.classes[holding.share_class].preferred:
            index = list(table.classes).index(holding.share_class)
            raise table.refused("E505", ("classes", index, "id"), value=holding.share_class)
        owners[holding.holder] = whole_if(owners.get(holding.holder, 0) + holding.shares)
    return owners


def _refused(table: CapTable, code: str, where: locate.Path | Place, **args: str) -> Refused:
    return refuse(code, where, **args) if isinstance(where, Place) else table.refused(code, where, **args)
