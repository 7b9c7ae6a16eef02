"""Who holds what, three ways: of what is issued, fully diluted, and with open instruments converted, too."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from ipcalc.equity import rounds
from ipcalc.equity.book import Book
from ipcalc.equity.model import Position
from ipcalc.equity.reading import whole_if
from ipcalc.equity.rounds import Capitalization, Converting, Problem
from ipcalc.equity.state import Convertible
from ipcalc.quantity import Exact


class Holding(NamedTuple):
    """One position after an event: ``shares`` of its class, and as parts of three totals, as converted.

    ``kind`` is shares, options, promised, warrants, reserve (of a plan: no holder), or that of an open
    ``instrument``, whose ``shares`` are what it would become at its cap. Only shares are ``issued``.
    ``before`` is the part of the fully diluted total before the event.
    """

    kind: str
    holder: str | None
    share_class: str
    plan: str | None
    instrument: str | None
    shares: Exact
    issued: Exact
    fully_diluted: Exact
    with_unconverted: Exact
    before: Exact


class Unconverted(NamedTuple):
    """Open instruments as if they converted now, at their caps: the total with them, and each one's shares.

    ``uncounted`` are those without a cap, or with an election to make: nobody can say what they become.
    """

    total: Exact
    shares: Mapping[str, Exact]
    uncounted: tuple[str, ...]


class Snapshot(NamedTuple):
    """Shares by position: of their class, and as converted; and the total of the latter."""

    shares: Mapping[Position, Exact]
    positions: Mapping[Position, Exact]
    total: Exact


def positions(book: Book) -> dict[Position, Exact]:
    """Shares of its class by position, in the order of the file: holders', then plans' reserves."""
    holders = {name: i for i, name in enumerate(book.table.stakeholders)}
    classes = {name: i for i, name in enumerate(book.table.classes)}
    found: dict[Position, Exact] = {}
    for (holder, name), lots in book.lots.items():
        found[Position("shares", holder, name)] = sum(lot.shares for lot in lots)
    for option in book.options.values():
        if option.outstanding:
            kind = "promised" if option.promised else "options"
            at = Position(kind, option.holder, option.share_class, option.plan)
            found[at] = found.get(at, 0) + option.outstanding
    for warrant in book.warrants.values():
        if warrant.shares:
            at = Position("warrants", warrant.holder, warrant.share_class)
            found[at] = found.get(at, 0) + warrant.shares
    ordered = sorted(found, key=lambda one: (holders[str(one.holder)], classes[one.share_class]))
    owned = {position: whole_if(found[position]) for position in ordered}
    reserved = {
        Position("reserve", None, name, plan): whole_if(shares)
        for (plan, name), shares in book.reserves.items()
        if shares
    }
    return owned | reserved


def snapshot(book: Book) -> Snapshot:
    """The positions as they stand, as converted."""
    ratios = {name: book.ratio(name) for name in book.counts}
    shares = positions(book)
    converted = {one: number * ratios[one.share_class] for one, number in shares.items()}
    return Snapshot(shares, converted, book.total)


def holdings(book: Book, before: Snapshot, now: Snapshot, unconverted: Unconverted) -> tuple[Holding, ...]:
    """Every position after an event, then what open instruments would become."""
    issued, total = book.issued, now.total
    rows = []
    for position, shares in now.shares.items():
        converted = now.positions[position]
        was = Fraction(before.positions.get(position, 0)) / before.total if before.total else 0
        rows.append(
            Holding(
                position.kind,
                position.holder,
                position.share_class,
                position.plan,
                None,
                shares,
                whole_if(Fraction(converted) / issued) if position.kind == "shares" else 0,
                whole_if(Fraction(converted) / total),
                whole_if(Fraction(converted) / unconverted.total),
                whole_if(was),
            )
        )
    for name, shares in unconverted.shares.items():
        instrument = book.convertibles[name]
        for holder, part in instrument.to:
            own = whole_if(Fraction(shares) * part)
            of = whole_if(Fraction(own) / unconverted.total)
            rows.append(Holding(instrument.kind, holder, "", None, name, own, 0, 0, of, 0))
    return tuple(rows)


def unconverted(book: Book, on: datetime.date) -> Unconverted:
    """What open instruments would become on a day without a round: their caps' shares, solved together."""
    total = book.total
    counted = [one for one in book.convertibles.values() if not one.mfn and has_rate(one)]
    others = [name for name, one in book.convertibles.items() if one not in counted]
    if not counted or not total:
        return Unconverted(total, {}, tuple(book.convertibles))
    terms = tuple(converting(book, one, on) for one in counted)
    # no price: at one past all bounds, only caps give shares
    problem = Problem(Fraction(total), Fraction(0), "price", Fraction(10) ** 60, terms)
    try:
        solution = rounds.solve(problem._replace(converting=tuple(map(_at_rate_only, terms))))
    except rounds.Unsolvable:
        return Unconverted(total, {}, tuple(book.convertibles))
    shares = {one.id: whole_if(number) for one, number in zip(counted, solution.conversions, strict=True)}
    return Unconverted(whole_if(solution.total), shares, tuple(others))


def _at_rate_only(one: Converting) -> Converting:
    return one._replace(fixed=True)


def has_rate(one: Convertible) -> bool:
    """Whether an instrument says what part of a capitalization it is."""
    return one.conversion.cap is not None or one.conversion.percent is not None


def converting(book: Book, one: Convertible, on: datetime.date, outside: Exact = 0) -> Converting:
    """An instrument's terms on a day; ``outside`` are a stake's shares that no capitalization counts."""
    terms = one.conversion
    amount = Fraction(one.converting(on))
    if terms.percent is not None:
        return Converting(amount, Fraction(0), terms.percent * one.part, Capitalization(True), True)
    rate = None if terms.cap is None else amount / terms.cap
    return Converting(amount, Fraction(terms.discount), rate, _capitalization(book, one, outside))


def _capitalization(book: Book, one: Convertible, outside: Exact) -> Capitalization:
    counts = one.conversion.counts
    if one.conversion.basis != "pre-money":
        return Capitalization(True)
    if not isinstance(counts, frozenset):
        return Capitalization(False, Fraction(counts))
    shares = Fraction(book.total) - outside
    if "pool_unallocated" not in counts:
        shares -= book.counted("reserve")
    if "promised" not in counts:
        shares -= book.counted("promised")
    return Capitalization(False, shares, "pool_increase" in counts, "converting" in counts, True)


# -- why a holder's part changed ----------------------------------------------------------------------


class Move(NamedTuple):
    """A holder's, or a plan's, part of the fully diluted total before and after an event.

    ``because`` adds up to the difference: what each cause took from it, or gave it.
    """

    holder: str | None
    plan: str | None
    before: Exact
    after: Exact
    because: tuple[tuple[str, Exact], ...]


Owner = tuple[str | None, str | None]


def owner(position: Position) -> Owner:
    """Whose a position is: a holder's, or (a reserve) a plan's."""
    return (position.holder, None) if position.holder else (None, position.plan)


def moves(before: Snapshot, now: Snapshot, causes: Iterable[tuple[str, Position, Exact]]) -> tuple[Move, ...]:
    """Whose part an event changed, and why; ``causes`` are the as-converted shares that each cause added.

    A cause that adds d shares, e of them one's own, changes a part b by (e - b d) / T, T the total after it.
    """
    own: dict[Owner, dict[str, Exact]] = {}
    added: dict[str, Exact] = {}
    for cause, position, shares in causes:
        mine = own.setdefault(owner(position), {})
        mine[cause] = mine.get(cause, 0) + shares
        added[cause] = added.get(cause, 0) + shares
    was, has = _by_owner(before), _by_owner(now)
    found = []
    for who in has | was:
        part = Fraction(was.get(who, 0)) / before.total if before.total else Fraction(0)
        after = Fraction(has.get(who, 0)) / now.total if now.total else Fraction(0)
        mine = own.get(who, {})
        effects = (
            (cause, whole_if((mine.get(cause, 0) - part * shares) / Fraction(now.total or 1)))
            for cause, shares in added.items()
        )
        because = tuple((cause, effect) for cause, effect in effects if effect)
        if because:
            found.append(Move(*who, whole_if(part), whole_if(after), because))
    return tuple(found)


def _by_owner(one: Snapshot) -> dict[Owner, Exact]:
    found: dict[Owner, Exact] = {}
    for position, shares in one.positions.items():
        found[owner(position)] = found.get(owner(position), 0) + shares
    return found
