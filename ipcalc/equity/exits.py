"""Exits: the proceeds divided over costs, debts, charges and stakes, to the smallest unit of the currency.

A dividend or a tender of the file has happened for the exits after it; sales and wind-ups are alternatives.
"""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from ipcalc import quantity
from ipcalc.equity import cents, decisions, deductions
from ipcalc.equity.captable import CapTable
from ipcalc.equity.decisions import Profiles, Settled
from ipcalc.equity.deductions import Pot
from ipcalc.equity.exit_terms import Sale, Tender
from ipcalc.equity.fold import LINES
from ipcalc.equity.model import Note, Safe, UniversityGrant
from ipcalc.equity.reading import whole_if
from ipcalc.equity.schedule import Schedule
from ipcalc.equity.stakes import Received, Scene, Series
from ipcalc.equity.state import State, sell
from ipcalc.inputs.diagnostics import Place, refuse
from ipcalc.quantity import Exact, Unreadable

if TYPE_CHECKING:
    from ipcalc.inputs import locate


class Payout(NamedTuple):
    """What a holder gets for one claim, in minor units: in all, and on each day (None: no day was stated)."""

    holder: str
    claim: str
    entitled: int
    paid_at: tuple[tuple[datetime.date | None, int], ...]


class Exit(NamedTuple):
    """One amount of proceeds divided; ``id`` and ``date`` are None for one asked for on the command line.

    ``costs`` and ``payouts`` add up to the proceeds, and ``excess``, which rounding up each line makes.
    ``others`` are further divisions in which none would gain by switching, with other payoffs.
    """

    id: str | None
    date: datetime.date | None
    kind: str
    proceeds: int
    costs: int
    payouts: tuple[Payout, ...]
    distributable: Exact  # what is left for those who are not lenders
    settled: Settled | None  # None for a tender
    others: tuple[Settled, ...]
    excess: int
    schedule: Schedule | None

    def of_claim(self, name: str) -> int:
        """What all holders of a claim get: the sum of their payouts."""
        return sum(payout.entitled for payout in self.payouts if payout.claim == name)


class Asked(NamedTuple):
    """An exit to work out: ``after`` counts the events before it; ``where`` is its path or its option."""

    sale: Sale
    after: int
    where: locate.Path | Place


# -- what is asked for --------------------------------------------------------------------------------


def amount(text: str, currency: str) -> int:
    """An ``--exit`` amount in minor units, not negative. Raises ``Refused`` (F103 to F108, E506)."""
    place = Place(f"--exit {text}")
    try:
        found = quantity.read("money", text.rpartition("=")[2])
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

    ``ID=AMOUNT`` asks for other proceeds of a sale or a wind-up of the file. Raises ``Refused`` as ``amount``
    does, and E577 (no such exit).
    """
    days = [event.date for event in table.events]
    found = [
        Asked(sale, bisect.bisect_right(days, sale.date), ("exits", sale.at))
        for sale in table.exits
        if sale.date is not None and (at is None or sale.date <= at)
    ]
    by_id = {one.sale.id: one for one in found if one.sale.kind in ("sale", "wind-up")}
    last = len(days) if at is None else bisect.bisect_right(days, at)
    for text in amounts:
        place = Place(f"--exit {text}")
        name = text.rpartition("=")[0].strip()
        proceeds = (amount(text, table.currency),)
        if not name:
            found.append(Asked(Sale(None, at, 0, "sale", proceeds), last, place))
        elif name in by_id:
            of = by_id[name]
            found.append(Asked(of.sale._replace(proceeds=proceeds), of.after, of.where))
        else:
            near = quantity.nearest(name, [str(one) for one in by_id])
            raise refuse("E577", place, near, value=name)
    return tuple(found)


# -- paying -------------------------------------------------------------------------------------------


def pay(table: CapTable, state_after: Callable[[int], State], asked: Sequence[Asked]) -> tuple[Exit, ...]:
    """Each exit paid out; ``state_after`` gives what is outstanding after so many events.

    Raises ``Refused``: E504 (nothing is issued), E516 (too long), and what ``stakes.stack``,
    ``decisions.compiled`` and ``deductions.pot`` do.
    """
    return tuple(_Cashier(table, state_after).exits(asked))


class _Cashier:
    """Pays exits one after the other, and remembers what dividends and tenders did."""

    def __init__(self, table: CapTable, state_after: Callable[[int], State]) -> None:
        self.table = table
        self.state_after = state_after
        self.order = {name: i for i, name in enumerate(table.stakeholders)}
        self.instruments = frozenset(
            event.id
            for event in table.events
            if isinstance(event, Safe | Note) or (isinstance(event, UniversityGrant) and event.amount)
        )
        self.received: dict[Series, Received] = {}
        self.tenders: list[tuple[Tender, tuple[Exact, ...]]] = []
        self.lines = 0

    def exits(self, asked: Sequence[Asked]) -> Iterator[Exit]:
        """The exits in their order; those that have happened before others go first in time."""
        in_time = sorted(range(len(asked)), key=lambda i: (asked[i].sale.date or datetime.date.max, i))
        paid: dict[int, list[Exit]] = {i: list(self.exit(asked[i])) for i in in_time}
        for i in range(len(asked)):
            yield from paid[i]

    def exit(self, asked: Asked) -> Iterator[Exit]:
        """One exit, for each of its proceeds."""
        scene = self.scene(asked)
        if asked.sale.kind == "tender":
            yield self.tender(scene)
            return
        profiles = decisions.compiled(scene)
        if not any(stake.claim.shares for stake in profiles.everyone.stakes):
            raise scene.refused("E504", value=asked.sale.id or "--exit")
        pot = deductions.pot(scene, profiles.everyone)
        schedule = Schedule(profiles, pot)
        for proceeds in asked.sale.proceeds:
            self.lines += sum(len(line.parts) for line in schedule.lines)
            if self.lines > LINES:
                raise scene.refused("E516", limit=f"{LINES}")
            yield self.divide(scene, profiles, pot, schedule, proceeds)

    def scene(self, asked: Asked) -> Scene:
        """What is outstanding on the day of an exit."""
        state = self.state_after(asked.after)
        day = asked.sale.date or state.at or datetime.date.min
        scene = Scene(
            self.table, state, asked.sale, day, self.received, asked.where, self.order, self.instruments
        )
        for tender, bought in self.tenders:
            scene = scene._replace(state=_tendered(scene, tender, bought))
        return scene

    def divide(self, scene: Scene, profiles: Profiles, pot: Pot, schedule: Schedule, proceeds: int) -> Exit:
        """One amount of proceeds of a sale, a wind-up or a dividend."""
        deducted = pot.deduct(proceeds)
        settled, *others = profiles.settle(deducted.amount)
        sale = scene.sale
        totals = cents.payments(sale, proceeds)
        units = cents.in_units(scene, profiles, pot, schedule.lines, [total for _, total in totals])
        payouts, costs = [], 0
        spots = iter(zip(*units, strict=True))
        for line in schedule.lines:
            if line.kind == "costs":
                costs = next(spots)[-1]
            for holder, _ in line.parts:
                so_far = next(spots)
                paid = tuple(
                    (day, now - before)
                    for (day, _), now, before in zip(totals, so_far, (0, *so_far), strict=False)
                )
                payouts.append(Payout(holder, line.id, so_far[-1], paid))
        lent = sum(
            d.take for d in settled.decisions if profiles.everyone.is_debt(d.stake) and d.action == "hold"
        )
        excess = costs + sum(payout.entitled for payout in payouts) - proceeds
        if sale.kind == "dividend":
            self.remember(scene, settled)
        return Exit(
            sale.id, sale.date, sale.kind, proceeds, costs, tuple(payouts), whole_if(deducted.amount - lent),
            settled, tuple(others), excess, schedule,
        )  # fmt: skip

    def remember(self, scene: Scene, settled: Settled) -> None:
        """What a dividend paid of each preferred stake's accrued dividends and, as it says, of its
        preference and toward its cap.
        """
        sale = scene.sale
        for decision in settled.decisions:
            stake = decision.stake
            if stake.series is None:
                continue
            kind = self.table.classes[stake.series[0]]
            assert kind.preferred is not None
            if kind.preferred.cap and sale.counts_toward_cap is None:
                raise scene.refused("F101", key_name="counts_toward_cap")
            accrued = min(decision.take, stake.claim.held)
            dividend = kind.preferred.dividend
            outside = accrued if dividend and not dividend.in_cap else 0
            split = Fraction(scene.state.terms[stake.series[0]].split)
            shares = sum(part for _, part in stake.parts) / split
            before = self.received.get(stake.series, Received())
            if kind.preferred.amount is None:
                before = before.on(shares)
            self.received[stake.series] = Received(
                before.preference + (decision.take - accrued if sale.reduces_preference else 0),
                (*before.dividends, (scene.day, accrued)),
                before.toward_cap + (decision.take - outside if sale.counts_toward_cap else 0),
                shares,
            )

    def tender(self, scene: Scene) -> Exit:
        """Shares bought for the proceeds, from all who offer them pro rata."""
        sale, tender = scene.sale, scene.sale.tender
        assert tender is not None
        (proceeds,) = sale.proceeds
        offered = [offer.shares for offer in tender.offers]
        bought = tuple(whole_if(Fraction(proceeds) * part / sum(offered) / tender.price) for part in offered)
        _tendered(scene, tender, bought)  # refuses what isn't held
        self.tenders.append((tender, bought))
        parts = quantity.allocate(proceeds, offered)
        payouts = tuple(
            Payout(offer.holder, offer.share_class, part, ((sale.date, part),))
            for offer, part in zip(tender.offers, parts, strict=True)
        )
        return Exit(sale.id, sale.date, sale.kind, proceeds, 0, payouts, proceeds, None, (), 0, None)


def _tendered(scene: Scene, tender: Tender, bought: Sequence[Exact]) -> State:
    """What is outstanding when shares have been bought: the oldest first; the company's are cancelled."""
    lots = list(scene.state.lots)
    for i, (offer, shares) in enumerate(zip(tender.offers, bought, strict=True)):
        own = [lot for lot in lots if (lot.holder, lot.share_class) == (offer.holder, offer.share_class)]
        held, vested = sum(lot.shares for lot in own), sum(lot.vested(scene.day) for lot in own)
        if shares > held:
            has = quantity.grouped(whole_if(held))
            raise scene.refused("E508", "offers", i, "shares", value=offer.holder, held=has)
        if vested < shares < held:
            most = quantity.grouped(whole_if(vested))
            raise scene.refused("E571", "offers", i, "shares", value=offer.holder, most=most)
        sold, left = sell(own, shares, scene.day)
        lots = [lot for lot in lots if lot not in own] + left
        lots += [lot._replace(holder=tender.buyer) for lot in sold if tender.buyer]
    return scene.state._replace(lots=tuple(lots))
