"""Anti-dilution: a lower price moves what a protected class converts into, never its preference.

Every class is adjusted from what was outstanding before the issue, so their order does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from ipcalc.equity.book import Book
from ipcalc.equity.model import AntiDilution, Event
from ipcalc.equity.reading import whole_if
from ipcalc.equity.rounds import Problem, ProtectedTerm, Solution
from ipcalc.equity.state import Convertible
from ipcalc.inputs.diagnostics import Refused
from ipcalc.quantity import Exact

NEW_MONEY = frozenset(["new-money"])
_KINDS = {"safe": "safes", "note": "notes"}


class Adjustment(NamedTuple):
    """A class's conversion price before and after, in minor units; ``base`` and ``issued`` are A and C of a
    weighted average, None for a ratchet; ``shares`` the as-converted shares that it adds.
    """

    before: Exact
    after: Exact
    base: Exact | None
    issued: Exact | None
    shares: Exact


def rule(book: Book, name: str) -> AntiDilution:
    """The protection of a class that has one."""
    preferred = book.table.classes[name].preferred
    assert preferred is not None and preferred.anti_dilution is not None
    return preferred.anti_dilution


def protected(book: Book, issuing: str = "") -> tuple[str, ...]:
    """The classes with a protection and shares, but one that is itself being issued."""
    return tuple(
        name
        for name, one in book.table.classes.items()
        if one.preferred
        and one.preferred.anti_dilution
        and name != issuing
        and book.of_class(name)
        and book.terms[name].conversion_price is not None
    )


def outstanding(book: Book, of: str) -> Fraction:
    """The A of a class's weighted average: a number, or what is counted of what is outstanding."""
    found, stated = rule(book, of), book.terms[of].base
    if stated is not None:
        return Fraction(stated)
    assert isinstance(found.base, frozenset)
    total = Fraction(0)
    for name, counts in book.counts.items():
        preferred = book.table.classes[name].preferred is not None
        kinds = {"options": ("options", "promised"), "warrants": ("warrants",), "pool": ("reserve",)}
        counted = [kind for word, own in kinds.items() if word in found.base for kind in own]
        if ("preferred-as-converted" if preferred else "common") in found.base:
            counted.append("shares")
        total += sum(counts[kind] for kind in counted) * Fraction(book.ratio(name))
    return total


# -- in a round ---------------------------------------------------------------------------------------


def term(book: Book, name: str, instruments: Sequence[Convertible]) -> ProtectedTerm:
    """A class's protection as a term of a round."""
    found, terms = rule(book, name), book.terms[name]
    assert terms.price is not None and terms.conversion_price is not None
    counts = NEW_MONEY if found.counts is None else found.counts
    return ProtectedTerm(
        Fraction(book.of_class(name)),
        Fraction(terms.price),
        Fraction(terms.conversion_price),
        None if found.kind == "ratchet" else outstanding(book, name),
        "new-money" in counts,
        tuple(_KINDS.get(one.kind) in counts for one in instruments),
    )


def triggered(one: ProtectedTerm, problem: Problem, solution: Solution) -> bool:
    """Whether a round's prices, solved without protection, are below a class's conversion price."""
    counted = zip(solution.conversions, problem.converting, one.conversions, strict=True)
    issues = [(shares, instrument.amount) for shares, instrument, counts in counted if counts]
    if one.new_money:
        issues.append((solution.new_shares, problem.new_money))
    if one.base is None:
        return any(shares * one.conversion_price > money for shares, money in issues)
    issued, paid = (sum(column) for column in zip(*issues, strict=True)) if issues else (0, 0)
    return bool(issued * one.conversion_price > paid)


def adjust(
    book: Book, names: Sequence[str], terms: Sequence[ProtectedTerm], solution: Solution
) -> Mapping[str, Adjustment]:
    """Move the conversion prices of protected classes to what a round's solution says."""
    found = {}
    for name, one, more in zip(names, terms, solution.protections, strict=True):
        if not more:
            continue
        ratio = one.price / one.conversion_price
        exact = one.price * one.shares / (one.shares * ratio + more)
        issued = solution.new_shares if one.new_money else Fraction(0)
        issued += sum(
            shares for shares, counts in zip(solution.conversions, one.conversions, strict=True) if counts
        )
        found[name] = _moved(book, name, exact, one.base, issued)
    return found


def _moved(book: Book, name: str, exact: Exact, base: Exact | None, issued: Exact) -> Adjustment:
    found = moved(book, name, book.rounded_price(exact))
    return found if base is None else found._replace(base=whole_if(base), issued=whole_if(issued))


def moved(book: Book, name: str, after: Exact) -> Adjustment:
    """Another conversion price for a class that has one."""
    terms, before = book.terms[name], book.of_class(name) * book.ratio(name)
    assert terms.conversion_price is not None
    book.terms[name] = terms._replace(conversion_price=after)
    more = whole_if(book.of_class(name) * book.ratio(name) - before)
    return Adjustment(terms.conversion_price, after, None, None, more)


# -- in any other event -------------------------------------------------------------------------------


def issued(
    book: Book, event: Event, shares: Exact, paid: Exact | None, issuing: str = ""
) -> Mapping[str, Adjustment]:
    """Adjust for shares, or rights to them, that an event gives for ``paid`` minor units, before it does.

    A class that an instrument becomes shares of (``issuing``) is left alone, as in a round.

    Raises ``Refused``: E558 (no price is stated), E556 (a class does not say whether the event is exempt),
    E555 (a ratchet, at no price).
    """
    found = {}
    moves: list[tuple[str, Fraction, Fraction | None]] = []
    for name in protected(book, issuing):
        one, terms = rule(book, name), book.terms[name]
        assert terms.price is not None and terms.conversion_price is not None
        if one.exempt is not None and event.kind in one.exempt:
            continue
        if paid is None:
            raise book.refused("E558", event, value=name)
        if shares * terms.conversion_price <= paid:
            continue
        if one.exempt is None:
            raise unstated(book, name, "exempt")
        if one.kind == "ratchet":
            if not paid:
                raise book.refused("E555", event, value=name)
            moves.append((name, Fraction(paid) / shares, None))
        else:
            a, bought = outstanding(book, name), Fraction(paid) / terms.conversion_price
            moves.append((name, terms.conversion_price * (a + bought) / (a + shares), a))
    for name, exact, base in moves:  # all from what was outstanding before
        found[name] = _moved(book, name, exact, base, shares)
    return found


def unstated(book: Book, name: str, key: str) -> Refused:
    """A refusal: a class does not say what it must, now that its protection matters."""
    at = list(book.table.classes).index(name)
    return book.table.refused("E556", ("classes", at, "anti_dilution"), value=name, key=key)
