"""The arithmetic of one licence year, over exact numbers or arrays of scenarios: a year after a year.

Amounts are minor units of the licence's currency, not rounded. A year is worked out from what it states and
from ``Standing``, all that carries over from the years before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ipcalc.arithmetic import EXACT, Arithmetic, Number

if TYPE_CHECKING:
    from ipcalc.ip.licence import Royalty, Stacking, Terms, Year


class Standing(NamedTuple):
    """What carries over: net sales so far (all, those that bore a royalty, the best year's), and the
    third-party royalties that are still to be set against the licence's own.
    """

    sales: Number = 0
    borne: Number = 0
    best: Number = 0
    credit: Number = 0


class Earned(NamedTuple):
    """What one year earns on what stood ``before``. ``tiers`` are the net sales in each tier.

    The royalty is ``full`` before it gives way to others, for which ``claimed`` was asked and ``reduction``
    given, down to ``floor`` at most; ``royalty`` is what is paid of it besides the ``minimum`` (in advance)
    or the ``top_up`` (in arrears). ``sublicence`` is by item, ``milestones`` (of sales) in the terms' order.
    """

    before: Standing
    net_sales: Number
    tiers: Sequence[Number]
    full: Number
    floor: Number
    claimed: Number
    reduction: Number
    royalty: Number
    minimum: Number
    top_up: Number
    sublicence: Sequence[Number]
    milestones: Sequence[Number]

    @property
    def due(self) -> Number:
        """All that the year's sales and sublicences earn."""
        return _sum((self.royalty, self.minimum, self.top_up, *self.sublicence, *self.milestones))


def earn(terms: Terms, year: Year, before: Standing, on: Arithmetic = EXACT) -> tuple[Earned, Standing]:
    """What a licence year earns, and what stands after it."""
    sales = net_sales(year, on)
    royalty = terms.royalty
    bearing = sales if royalty and royalty.runs(year.year) else sales * 0
    tiers = in_tiers(royalty, before.borne, bearing, on) if royalty else ()
    rates = [on.constant(tier.rate) for tier in royalty.tiers] if royalty else []
    full = _sum(part * rate for part, rate in zip(tiers, rates, strict=True))
    floor, claimed, reduction = reduce(terms.stacking, full, bearing, year.third_party, before.credit, on)
    earned = full - reduction
    least = on.constant(terms.minimum.of(year.year)) if terms.minimum else 0
    credited = on.least(earned, least) if terms.minimum and terms.minimum.creditable else 0
    advance = terms.minimum is not None and terms.minimum.advance
    after = Standing(
        before.sales + sales,
        before.borne + bearing,
        on.greatest(before.best, sales),
        claimed - reduction if terms.stacking and terms.stacking.carry else 0,
    )
    found = Earned(
        before=before,
        net_sales=sales,
        tiers=tiers,
        full=full,
        floor=floor,
        claimed=claimed,
        reduction=reduction,
        royalty=earned - credited if advance else earned,
        minimum=least if advance else 0,
        top_up=0 if advance else least - credited,
        sublicence=[amount * on.constant(terms.sublicence[stage].rate) for amount, stage in year.sublicence],
        milestones=[
            on.constant(milestone.amount) * _reached(milestone.sales, milestone.lifetime, before, after, on)
            for milestone in terms.milestones
            if milestone.sales is not None
        ],
    )
    return found, after


def run(terms: Terms, years: Iterable[Year], on: Arithmetic = EXACT) -> tuple[Sequence[Earned], Standing]:
    """Year after year: what each earns, and what stands at the end."""
    standing = Standing()
    found = []
    for year in years:
        earned, standing = earn(terms, year, standing, on)
        found.append(earned)
    return found, standing


def net_sales(year: Year, on: Arithmetic = EXACT) -> Number:
    """A year's net sales; of a combination product, the part that the formula A/(A+B) gives."""
    return _sum((one.net_sales * on.constant(one.part) for one in year.combinations), year.net_sales)


def in_tiers(royalty: Royalty, before: Number, sales: Number, on: Arithmetic = EXACT) -> Sequence[Number]:
    """How much of a year's net sales falls into each tier; ``before`` is what earlier years sold."""
    start = before if royalty.lifetime else before * 0
    total = start + sales
    edges = [on.constant(tier.up_to) for tier in royalty.tiers if tier.up_to is not None]
    if royalty.whole:
        places = range(len(royalty.tiers))
        return [on.by_slab(total, edges, [sales if i == k else 0 for i in places]) for k in places]
    stretches = list(zip([0, *edges], [*edges, None], strict=True))
    return [_filled(total, low, high, on) - _filled(start, low, high, on) for low, high in stretches]


def reduce(
    stacking: Stacking | None, full: Number, sales: Number, third: Number, credit: Number, on: Arithmetic
) -> tuple[Number, Number, Number]:
    """The floor of a royalty, what is claimed against it for royalties to others, and what it gives way."""
    if stacking is None:
        return full, 0, 0
    base = full if stacking.of_royalty else sales
    floor = on.least(full, base * on.constant(stacking.floor.rate))
    share = on.constant(stacking.share.rate)
    if stacking.credit:
        claimed = third * share + credit
    else:
        claimed = on.greatest(0, full + third - sales * share)
    return floor, claimed, on.least(claimed, full - floor)


def _filled(sales: Number, low: Number, high: Number | None, on: Arithmetic) -> Number:
    """How much of some sales lies between two bounds."""
    return on.greatest(0, (sales if high is None else on.least(sales, high)) - low)


def _reached(amount: Number, lifetime: bool, before: Standing, after: Standing, on: Arithmetic) -> Number:
    """1 where sales reach an amount in this year for the first time, else 0."""
    level = on.constant(amount)
    then, now = (before.sales, after.sales) if lifetime else (before.best, after.best)
    return on.where(then < level, on.where(now >= level, 1, 0), 0)


def _sum(parts: Iterable[Number], first: Number = 0) -> Number:
    return sum(parts, first)
