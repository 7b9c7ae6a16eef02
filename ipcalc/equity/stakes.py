"""Who has a claim on the proceeds of an exit: a company's securities as claims of the waterfall.

Shares of a class that are alike are one stake, options of a plan with one strike, too; a SAFE, a note or a
warrant is one by itself. Where a class's dividends accrue from each issue, each date of issue is one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from ipcalc import quantity
from ipcalc.equity import accrual
from ipcalc.equity.exit_terms import Rank, Sale
from ipcalc.equity.model import Preferred
from ipcalc.equity.reading import whole_if
from ipcalc.equity.state import Convertible, Lot, Option, State
from ipcalc.equity.waterfall import Claim, nothing, over
from ipcalc.inputs.diagnostics import Place, Refused, refuse
from ipcalc.quantity import Exact

if TYPE_CHECKING:
    from ipcalc.equity.captable import CapTable
    from ipcalc.inputs import locate

Tier = tuple[int, ...]  # sorts as it is paid
Series = tuple[str, datetime.date | None, str | None]
BELOW_PREFERRED, AHEAD_OF_COMMON = (2,), (3,)


class Stake(NamedTuple):
    """Claims that are alike, and what part of them each holder has, by weight. ``kind`` is common, preferred,
    option, warrant, safe, note, university or debt. ``strike`` is minor units a share.
    """

    id: str
    kind: str
    claim: Claim
    parts: tuple[tuple[str, Exact], ...]
    share_class: str | None = None
    strike: Exact | None = None
    converting: bool = False  # whether it may become shares that count in a capitalization
    seen: Exact = 0  # shares that count in a capitalization whoever converts
    own_price: bool = False  # whether its preference is of the price at which an instrument converted
    series: Series | None = None  # what stays the same between exits, where the id may not


class Received(NamedTuple):
    """What a stake got in earlier dividends, in minor units: of its preference, of its accrued dividends by
    day, and toward its cap; and its shares then, as the file counts them.
    """

    preference: Exact = 0
    dividends: tuple[tuple[datetime.date, Exact], ...] = ()
    toward_cap: Exact = 0
    shares: Exact = 0

    def on(self, shares: Exact) -> Received:
        """What of it was paid on so many shares, where others are gone."""
        if shares >= self.shares:
            return self
        part = Fraction(shares) / self.shares
        dividends = tuple((day, amount * part) for day, amount in self.dividends)
        return Received(self.preference * part, dividends, self.toward_cap * part, shares)


class Scene(NamedTuple):
    """An exit to be paid: the cap table, what is outstanding, the exit's terms, its day, and what earlier
    dividends paid, by stake. ``where`` is the exit's path in the file, or the option that asked for it.
    """

    table: CapTable
    state: State
    sale: Sale
    day: datetime.date
    received: Mapping[Series, Received]
    where: locate.Path | Place
    order: Mapping[str, int]  # of stakeholders in the file
    instruments: frozenset[str]  # the SAFEs, notes and fixed amounts of the file

    def refused(self, code: str, *key: str | int, **args: str) -> Refused:
        """A problem with the exit, at one of its keys where it stands in the file."""
        return refused(self.table, self.where, code, *key, **args)

    def refused_class(self, code: str, name: str, key: str) -> Refused:
        """A problem with a class, at one of its keys."""
        path = ("classes", list(self.table.classes).index(name), key)
        return self.table.refused(code, path, value=name)


def refused(table: CapTable, where: locate.Path | Place, code: str, *key: str | int, **args: str) -> Refused:
    """A problem with an exit, at one of its keys, or with the option that asked for it."""
    return (
        refuse(code, where, **args)
        if isinstance(where, Place)
        else table.refused(code, (*where, *key), **args)
    )


class Stack(NamedTuple):
    """All stakes of an exit, in the order they are listed, and the tiers that pay them."""

    stakes: tuple[Stake, ...]
    tiers: tuple[Tier, ...]

    @property
    def origin(self) -> int:
        """The height above the last tier."""
        return len(self.tiers)

    def is_debt(self, stake: Stake) -> bool:
        """Whether a stake is paid among the debts."""
        return stake.claim.tier is not None and self.tiers[stake.claim.tier][0] == 0


Ranked = tuple[Tier | None, Stake]  # a stake, and the tier that pays it first


def fixed(scene: Scene) -> tuple[Ranked, ...]:
    """The stakes of an exit whose shares do not depend on who converts: all but open instruments.

    Raises ``Refused``: E568 to E570.
    """
    return (*_debts(scene), *_shares(scene), *_rights(scene))


def stack(scene: Scene, others: tuple[Ranked, ...], converts: frozenset[str] | None = None) -> Stack:
    """All stakes of an exit: ``others``, and its open instruments. ``converts`` are those whose shares a cap
    counts that is divided by what converts only; None counts all.

    Raises ``Refused``: E572, E573, F101 (what a contract must say).
    """
    found = [*others, *_convertibles(scene, [stake for _, stake in others], converts)]
    used = {tier for tier, stake in found if tier is not None}
    if any(not nothing(stake.claim.last) for _, stake in found):
        used.add(AHEAD_OF_COMMON)
    tiers = tuple(sorted(used))
    index = {tier: i for i, tier in enumerate(tiers)}
    stakes = (
        stake if tier is None else stake._replace(claim=stake.claim._replace(tier=index[tier]))
        for tier, stake in found
    )
    return Stack(tuple(stakes), tiers)


# -- debts and shares ---------------------------------------------------------------------------------


def _debts(scene: Scene) -> Iterator[Ranked]:
    for debt in scene.sale.debts:
        yield (0, debt.rank), Stake(debt.id, "debt", Claim(held=debt.amount), ((debt.holder, 1),))


class _Series(NamedTuple):
    """Lots of a class that are alike: what a share's preference is measured by, and since when its dividends
    accrue (None: not at all).

    ``event`` is the SAFE or note that they came of: such shares are measured by their own price. ``given`` is
    the recorded conversion of it, if one made them.
    """

    share_class: str
    price: Exact | None
    since: datetime.date | None
    event: str | None
    given: str = ""

    @property
    def key(self) -> Series:
        """What stays the same when a split moves the price."""
        return self.share_class, self.since, self.given or self.event


def _shares(scene: Scene) -> Iterator[Ranked]:
    """A stake for each class, or each series of it, in the order of the file."""
    lots: dict[_Series, list[tuple[str, Exact]]] = {}
    totals: dict[str, Exact] = {}
    for lot in scene.state.lots:
        shares = _surviving(scene, lot)
        if not nothing(shares):
            lots.setdefault(_series(scene, lot), []).append((lot.holder, shares))
            totals[lot.share_class] = totals.get(lot.share_class, 0) + shares
    order = {name: i for i, name in enumerate(scene.table.classes)}
    ranked = sorted(lots, key=lambda one: (order[one.share_class], one.since or datetime.date.min))
    for series in ranked:
        parts = _by_holder(scene, lots[series])
        shares = sum((part for _, part in parts), 0)
        terms = scene.table.classes[series.share_class].preferred
        if terms is None:
            claim = Claim(shares, room=None)
            yield None, Stake(series.share_class, "common", claim, parts, series.share_class, seen=shares)
            continue
        name = _named(series, [one for one in ranked if one.share_class == series.share_class])
        claim = _preferred(scene, series, shares, over(shares, totals[series.share_class]))
        free = claim.room is not None and scene.sale.kind != "dividend"
        seen = 0 if free else claim.shares
        own, key = series.event is not None, series.key
        stake = Stake(name, "preferred", claim, parts, series.share_class, None, free, seen, own, key)
        yield (1, -terms.seniority, 0), stake


def _named(series: _Series, all_of_class: list[_Series]) -> str:
    """The class's id, with what sets the series apart from the others of its class."""
    if series.event is not None:
        alone = sum(one.event == series.event for one in all_of_class) == 1
        return f"{series.share_class}[{series.event if alone else series.given or series.event}]"
    several = len({one.since for one in all_of_class if one.event is None}) > 1
    return f"{series.share_class}[{series.since}]" if several else series.share_class


def _by_holder(scene: Scene, held: list[tuple[str, Exact]]) -> tuple[tuple[str, Exact], ...]:
    """What each holder has, in the file's order of stakeholders."""
    totals: dict[str, Exact] = {}
    for holder, shares in held:
        totals[holder] = totals.get(holder, 0) + shares
    order = scene.order
    return tuple(sorted(totals.items(), key=lambda item: order[item[0]]))


def _series(scene: Scene, lot: Lot) -> _Series:
    terms = scene.table.classes[lot.share_class].preferred
    if terms is None:
        return _Series(lot.share_class, None, None, None)
    own = lot.event in scene.instruments
    price = scene.state.terms[lot.share_class].price
    dividend = terms.dividend
    since = None
    if dividend is not None:
        since = dividend.start or (lot.issued if dividend.kind == "cumulative" else datetime.date.min)
    if own:
        return _Series(lot.share_class, lot.paid, since, lot.event, lot.given)
    return _Series(lot.share_class, lot.paid if price is None else price, since, None)


def _surviving(scene: Scene, security: Lot | Option) -> Exact:
    """What of a holding takes part in the exit: what is unvested lapses, or vests, as the exit says."""
    if isinstance(security, Lot) and scene.sale.kind == "dividend":
        return security.shares
    if isinstance(security, Option) and security.promised:
        return 0
    whole = security.outstanding if isinstance(security, Option) else security.shares
    if security.vesting is None:
        return whole
    vested = security.vested(scene.day)
    unvested = whole - vested
    if not unvested:
        return whole
    how = scene.sale.unvested
    if how is None:
        name = security.id if isinstance(security, Option) else security.event
        raise scene.refused("E568", value=name, date=str(scene.day))
    if how == "as-agreed":
        more = unvested * security.vesting.accelerate
        return vested + (more if scene.table.rounding.shares == "exact" else more // 1)
    return whole if how == "accelerate" else vested


# -- what preferred shares are owed -------------------------------------------------------------------


def _preferred(scene: Scene, series: _Series, shares: Exact, whole: Exact) -> Claim:
    """The claim of preferred shares; ``whole`` is their part of the class."""
    terms = scene.table.classes[series.share_class].preferred
    assert terms is not None
    got = scene.received.get(series.key, Received())
    if terms.amount is None:  # an amount is for the class, however many shares it has
        got = got.on(_of_file(scene, series, shares))
    ratio = scene.state.terms[series.share_class].ratio
    as_converted = shares * ratio
    dividend = _accrued(scene, series, terms, shares, got)
    if scene.sale.kind == "dividend":
        return Claim(as_converted, held=dividend, room=None)
    preference = _stated(scene, series, terms.multiple, terms.amount, shares, whole)
    room, held = _room(scene, series, (preference, dividend, got), shares, whole)
    becomes = terms.dividend.on_conversion if terms.dividend else "forfeited"
    if becomes == "shares" and dividend:
        as_converted += dividend * ratio / Fraction(_price(scene, series))
    kept = min(dividend, held) if becomes == "cash" else 0
    return Claim(whole_if(as_converted), held=whole_if(held), room=room, kept=kept)


def _of_file(scene: Scene, series: _Series, shares: Exact) -> Exact:
    """Shares as the file counts them: those that splits have made these."""
    return whole_if(shares / Fraction(scene.state.terms[series.share_class].split))


def _price(scene: Scene, series: _Series) -> Exact:
    """The price a share that multiples and dividends are measured by."""
    if series.price is None:
        raise scene.refused_class("E569", series.share_class, "id")
    return series.price


def _stated(
    scene: Scene, series: _Series, multiple: Exact | None, amount: Exact | None, shares: Exact, whole: Exact
) -> Exact:
    """A multiple of the issue price, or a part of an amount for the class, in minor units."""
    if multiple is not None:
        return multiple * shares * _price(scene, series)
    assert amount is not None
    return amount * whole


def _accrued(scene: Scene, series: _Series, terms: Preferred, shares: Exact, got: Received) -> Exact:
    """Dividends that are due on the day and not paid yet, in minor units."""
    dividend = terms.dividend
    if dividend is None or series.since is None or series.since > scene.day:
        return 0
    if dividend.per_share is not None:
        whole = dividend.per_share * _of_file(scene, series, shares)
        return max(whole - sum(amount for _, amount in got.dividends), 0)
    assert dividend.rate is not None
    rule = dividend.rate, dividend.accrual, dividend.day_count
    return accrual.due(shares * _price(scene, series), rule, series.since, scene.day, got.dividends)


def _room(
    scene: Scene, series: _Series, owed: tuple[Exact, Exact, Received], shares: Exact, whole: Exact
) -> tuple[Exact | None, Exact]:
    """How much it may take beside common shares (None: no limit), and what its tier pays.

    Earlier dividends may have reduced the preference, and count toward the cap, where the exit said so.
    """
    preference, dividend, got = owed
    terms = scene.table.classes[series.share_class].preferred
    assert terms is not None
    left = max(preference - got.preference, 0)
    if terms.cap is None:
        return (0 if terms.participation == "none" else None), left + dividend
    limit = _stated(scene, series, terms.cap.multiple, terms.cap.amount, shares, whole)
    if terms.cap.of == "participation":
        limit += preference
    if limit < preference:
        raise scene.refused_class("E570", series.share_class, "cap")
    limit = max(limit - got.toward_cap, 0)
    inside = dividend if terms.dividend and terms.dividend.in_cap else 0
    paid = min(left + inside, limit)
    return whole_if(limit - paid), paid + dividend - inside


# -- options and warrants -----------------------------------------------------------------------------


def _rights(scene: Scene) -> Iterator[Ranked]:
    """Options by plan, class and strike, then warrants; nobody is paid a dividend on either."""
    if scene.sale.kind == "dividend":
        return
    grants: dict[tuple[str | None, str, Exact], list[tuple[str, Exact]]] = {}
    for option in scene.state.options:
        shares = _surviving(scene, option)
        if not nothing(shares):
            kind = (option.plan, option.share_class, option.strike)
            grants.setdefault(kind, []).append((option.holder, shares))
    one_class = len({name for _, name, _ in grants}) == 1
    for (plan, name, strike), held in grants.items():
        at = quantity.plain(quantity.to_major(strike, scene.table.currency))
        mark = f"{plan or 'option'}@{at}" if one_class else f"{plan or 'option'}@{at}/{name}"
        yield _right(scene, Stake(mark, "option", Claim(), _by_holder(scene, held), name, strike), None)
    for warrant in scene.state.warrants:
        if warrant.live(scene.day) and not nothing(warrant.shares):
            parts = ((warrant.holder, warrant.shares),)
            stake = Stake(warrant.id, "warrant", Claim(), parts, warrant.share_class, warrant.strike)
            yield _right(scene, stake, warrant.dividend_from)


def _right(scene: Scene, stake: Stake, since: datetime.date | None) -> Ranked:
    """A right to buy shares of a class: preferred ones have the class's preference, dividends ``since``."""
    assert stake.share_class is not None
    assert stake.strike is not None
    shares = sum((part for _, part in stake.parts), 0)
    cost = whole_if(shares * Fraction(stake.strike))
    terms = scene.table.classes[stake.share_class].preferred
    if terms is None:
        return None, stake._replace(claim=Claim(shares, room=None, cost=cost), seen=shares)
    series = _Series(stake.share_class, scene.state.terms[stake.share_class].price, since, stake.id)
    outstanding = sum((lot.shares for lot in scene.state.lots if lot.share_class == stake.share_class), 0)
    # an amount for the class is so much a share outstanding; without any, it is theirs
    claim = _preferred(scene, series, shares, over(shares, outstanding or shares))._replace(cost=cost)
    return (1, -terms.seniority, 0), stake._replace(claim=claim, seen=claim.shares)


# -- SAFEs and notes ----------------------------------------------------------------------------------


class _Open(NamedTuple):
    """An open instrument at an exit: what it is owed, what converts, and at what part of a capitalization.

    It becomes ``part`` of the whole (``of`` all-as-converted or converting-only), or ``shares``.
    """

    convertible: Convertible
    held: Exact
    converting: Exact
    kept: Exact
    rank: Rank | None
    converts: bool
    part: Fraction
    counts_others: bool
    of: str | Exact | None


def _convertibles(scene: Scene, others: list[Stake], converts: frozenset[str] | None) -> Iterator[Ranked]:
    """A stake for each open SAFE, note and fixed amount, with its shares worked out first."""
    found = [_open(scene, one) for one in scene.state.convertibles]
    shares = _converted(scene, found, others, converts)
    for one in found:
        convertible = one.convertible
        name, discount = convertible.id, convertible.conversion.discount
        last: Exact = 0
        if one.converts and discount:
            # at a discount alone it is worth the same whatever a share is: once common shares get anything
            last = max(Fraction(one.converting) / (1 - discount) + one.kept - one.held, Fraction(0))
        claim = Claim(shares[name], held=one.held, last=last, kept=one.kept)
        if scene.sale.kind == "dividend":
            claim = Claim(shares[name], room=None)
        parts = tuple((holder, part) for holder, part in convertible.to)
        tier = _tier(scene, one.rank) if one.rank else None
        stake = Stake(name, convertible.kind, claim, parts, converting=one.converts and bool(one.part))
        if tier is not None or not nothing(shares[name]):
            yield tier, stake


def _open(scene: Scene, convertible: Convertible) -> _Open:
    """What the exit, or else the note itself, says of an open instrument."""
    said = scene.sale.instruments.get(convertible.id)
    if said is None:
        raise scene.refused("E572", value=convertible.id)
    multiple, converts = said.multiple, said.converts
    if multiple is None:
        own = convertible.at_exit
        if own is None:
            raise scene.refused("F101", "instruments", convertible.id, key_name="at_exit")
        multiple = own if isinstance(own, int | Fraction) else 1
        converts = own == "greater-of"
    day = scene.day
    interest = convertible.interest_on(day)
    held = convertible.amount * multiple + (interest if multiple else 0)
    terms = convertible.conversion
    kept = interest if convertible.interest and convertible.interest.on_conversion == "cash" else 0
    converting = convertible.converting(day)
    part = Fraction(0)
    if converts and terms.percent is not None:
        part = terms.percent * convertible.part
    elif converts and terms.cap is not None:
        part = Fraction(converting) / terms.cap
    of = terms.counts if isinstance(terms.counts, int | Fraction) else said.capitalization
    if part and of is None:
        raise scene.refused("F101", "instruments", convertible.id, key_name="capitalization")
    alone = (
        isinstance(terms.counts, frozenset)
        and terms.basis == "pre-money"
        and "converting" not in terms.counts
    )
    return _Open(
        convertible, whole_if(held), converting, kept, said.rank, bool(converts), part, not alone, of
    )


def _converted(
    scene: Scene, found: list[_Open], others: list[Stake], converts: frozenset[str] | None
) -> dict[str, Exact]:
    """The shares that each instrument becomes; those that count only what converts become none unless they
    are among it.
    """
    stated = {
        one.convertible.id: whole_if(one.part * one.of) for one in found if isinstance(one.of, int | Fraction)
    }
    shares = _solved(scene, found, _counted(others, None), stated)
    if converts is None:
        return shares
    only = [one for one in found if one.of == "converting-only"]
    names = {one.convertible.id for one in only}
    firm = {name: number for name, number in shares.items() if name not in names}
    among = {name: number for name, number in firm.items() if name in converts}
    inside = [one for one in only if one.convertible.id in converts]
    some = _solved(scene, inside, _counted(others, converts), among)
    return {name: firm.get(name, some.get(name, 0)) for name in shares}


def _counted(others: list[Stake], converts: frozenset[str] | None) -> Fraction:
    """The shares that count in a capitalization, beside what instruments become."""
    free = (stake for stake in others if stake.converting and (converts is None or stake.id in converts))
    return sum((stake.claim.shares for stake in free), Fraction(0)) + sum(stake.seen for stake in others)


def _solved(scene: Scene, found: list[_Open], base: Fraction, known: Mapping[str, Exact]) -> dict[str, Exact]:
    """The shares of instruments that become parts of a capitalization B that they are themselves in:
    B = (base + those known) / (1 - Σ p), over the parts p of those that count the others.
    """
    shares = dict(known)
    for one in found:
        if not one.counts_others:
            shares.setdefault(one.convertible.id, whole_if(one.part * base))
    rest = [one for one in found if one.convertible.id not in shares]
    parts = sum((one.part for one in rest), Fraction(0))
    if parts >= 1:
        raise scene.refused("E573", "instruments", total=quantity.percent(parts, 2))
    whole = (base + sum(shares.values())) / (1 - parts)
    return shares | {one.convertible.id: whole_if(one.part * whole) for one in rest}


def _tier(scene: Scene, rank: Rank) -> Tier:
    """The tier of an instrument."""
    if rank.how == "debt":
        return 0, rank.debt
    if rank.how == "below-preferred":
        return BELOW_PREFERRED
    terms: Preferred | None = scene.table.classes[rank.share_class].preferred
    assert terms is not None
    return 1, -terms.seniority, -1 if rank.how == "above" else 0
