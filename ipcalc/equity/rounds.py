"""A priced round, solved in closed form: price, conversions, pool, top-ups and protection together.

Fix the fully diluted total T after the round. On every branch the price's inverse and all new shares are
affine in T, so what is left of T once they are taken is piecewise affine. Every piece is walked; each must
rise, and so there is one root. Numbers are ``Fraction``; ``solve_many`` does the same over arrays of floats,
for terms that vary. Money and prices are in one unit of account.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd
from typing import Any, NamedTuple

Number = Any  # Fraction, or an array of floats; int where it is exact


class Capitalization(NamedTuple):
    """What a cap is divided by.

    ``post`` is all shares after the round but new money, the pool's increase and stakes outside it.
    Otherwise ``shares``, and the pool's increase, all conversions and top-ups inside it where they count.
    """

    post: bool
    shares: Number = 0
    pool_increase: bool = False
    converting: bool = False
    topups: bool = False


class Converting(NamedTuple):
    """An instrument: ``amount`` becomes shares at the price less ``discount``, or (if that gives more) as
    ``rate`` of a capitalization: amount / cap. Where it is ``fixed``, ``rate`` alone decides.
    """

    amount: Number
    discount: Number = 0
    rate: Number | None = None
    of: Capitalization = Capitalization(True)
    fixed: bool = False


class PoolTerm(NamedTuple):
    """New reserve: ``how`` is add (shares), add_percent (a slice of T) or target (of T, ``existing`` in it).

    ``post`` is placed after the money, diluting all; else before it.
    """

    how: str
    amount: Number
    existing: Number = 0
    post: bool = False


class FloorTerm(NamedTuple):
    """A stake of ``held`` shares made good to ``percent`` of T less what is unprotected.

    Unprotected is what ``money`` buys, and of each instrument's conversion the part in ``conversions``.
    ``inside``: the whole stake counts in a SAFE's capitalization.
    """

    percent: Number
    held: Number
    inside: bool
    money: Number = 0
    conversions: tuple[Number, ...] = ()


class ProtectedTerm(NamedTuple):
    """A class protected against a lower price: ``shares`` of it at ``conversion_price`` of ``price``.

    ``base`` is the A of a weighted average, None for a ratchet. ``new_money`` and ``conversions`` say what
    counts as issued.
    """

    shares: Number
    price: Number
    conversion_price: Number
    base: Number | None
    new_money: bool
    conversions: tuple[bool, ...] = ()


class Problem(NamedTuple):
    """A round's terms. ``value`` is, by ``measure``: ``price``; ``pre``, of the shares before it, conversions
    out; or ``post``, of all shares after it but what is placed outside.
    """

    outstanding: Number
    new_money: Number
    measure: str
    value: Number
    converting: tuple[Converting, ...] = ()
    pool: PoolTerm | None = None
    floors: tuple[FloorTerm, ...] = ()
    protected: tuple[ProtectedTerm, ...] = ()
    outside: bool = False  # protection outside the valuation


class Solution(NamedTuple):
    """A round solved; ``shares_per_unit`` is the inverse of the price."""

    total: Number
    shares_per_unit: Number
    new_shares: Number
    pool: Number
    conversions: tuple[Number, ...]
    topups: tuple[Number, ...]
    protections: tuple[Number, ...]  # as-converted shares more, by protected class
    capitalizations: tuple[Number, ...]  # what each instrument's cap is divided by
    at_cap: tuple[Any, ...]  # whether each instrument converts at its rate


class Unsolvable(ValueError):
    """There is no total at which the terms hold, or perhaps a second one."""


# -- the equations ------------------------------------------------------------------------------------
# A quantity is affine in the unknowns: its coefficients of 1, T, y = 1 / price, each top-up, and (where a
# capitalization counts them) the sum of conversions. Exact ones are ``int`` over one denominator, seldom
# reduced: sums and products of those are much faster than of fractions. Floats are over 1.


class Vector(NamedTuple):
    """Coefficients, all over one whole number above zero."""

    parts: list[Number]
    over: int


class Line(NamedTuple):
    """A quantity as affine in T: (constant + slope · T) / over."""

    constant: Number
    slope: Number
    over: Number

    def at(self, total: Number) -> Number:
        """The quantity at a total that is a ``Fraction``, or an array."""
        return (self.constant + self.slope * total) / self.over


class _Node(NamedTuple):
    """A maximum of several vectors, and which of them is chosen."""

    alternatives: tuple[Vector, ...]
    choice: Any


class _System(NamedTuple):
    """Equations that are linear under one set of choices: each vector is zero."""

    total: Vector  # what is left of T
    others: list[Vector]  # as many as there are unknowns besides T
    nodes: list[_Node]
    new: Vector
    pool: Vector
    conversions: list[Vector]
    protections: list[Vector]
    capitalizations: list[Vector]


def _nothing(number: Number) -> bool:
    return type(number) is int and number == 0


def _over(a: Number, b: Number) -> Number:
    """``a / b``, exact where both are ``int``."""
    return Fraction(a, b) if type(a) is int and type(b) is int else a / b


def _each(terms: Any, change: Callable[[Number], Number]) -> Any:
    """Terms with each number changed, in the tuples that they are made of."""
    if isinstance(terms, tuple):
        items = [_each(one, change) for one in terms]
        return type(terms)(*items) if hasattr(terms, "_fields") else tuple(items)
    return terms if terms is None or isinstance(terms, str | bool) else change(terms)


def _whole_if(number: Number) -> Number:
    """An ``int`` where a number is whole: sums of those are fast."""
    return number.numerator if number.denominator == 1 else number


def _scaled(vector: Vector, by: Number) -> Vector:
    over = vector.over
    if type(by) is Fraction:
        by, over = by.numerator, over * by.denominator
    return Vector([0 if _nothing(part) else part * by for part in vector.parts], over)


def _sum(*vectors: Vector) -> Vector:
    total, over = vectors[0]
    for parts, other in vectors[1:]:
        total, over = _added(total, over, parts, other, 1)
    return Vector(total, over)


def _less(vector: Vector, *others: Vector) -> Vector:
    total, over = vector
    for parts, other in others:
        total, over = _added(total, over, parts, other, -1)
    return Vector(total, over)


def _added(a: list[Number], over: int, b: list[Number], other: int, sign: int) -> Vector:
    """a / over + sign · b / other."""
    if over == other:
        return Vector([x if _nothing(y) else x + sign * y for x, y in zip(a, b, strict=True)], over)
    common = gcd(over, other)
    left, right = other // common, sign * (over // common)
    return Vector([x * left + y * right for x, y in zip(a, b, strict=True)], over * left)


class _Equations:
    """Writes a problem's equations for a set of choices."""

    def __init__(self, problem: Problem, select: Callable[[Any, tuple[Vector, ...]], Vector]) -> None:
        self.problem = problem
        self.select = select
        self.counted = any(one.of.converting for one in problem.converting)
        self.at_price = [_over(one.amount, 1 - one.discount) for one in problem.converting]
        self.size = 3 + len(problem.floors) + self.counted
        self.zero = Vector([0] * self.size, 1)

    def unknown(self, place: int, by: Number = 1) -> Vector:
        """An unknown alone, times a number."""
        parts = list(self.zero.parts)
        parts[place], over = (by.numerator, by.denominator) if type(by) is Fraction else (by, 1)
        return Vector(parts, over)

    def constant(self, number: Number) -> Vector:
        """A number."""
        return self.unknown(0, number)

    def write(self, choices: Sequence[Any]) -> _System:
        """The equations, where each maximum is what ``choices`` say (in order; the first where they end)."""
        problem, nodes = self.problem, list[_Node]()

        def most(*alternatives: Vector) -> Vector:
            choice = choices[len(nodes)] if len(nodes) < len(choices) else 0
            nodes.append(_Node(alternatives, choice))
            return self.select(choice, alternatives)

        whole, price = self.unknown(1), self.unknown(2)
        new = _scaled(price, problem.new_money)
        pool = self.pool(most)
        topups = [self.unknown(3 + i) for i in range(len(problem.floors))]
        stakes = zip(topups, problem.floors, strict=True)
        hidden = [_sum(up, self.constant(floor.held)) for up, floor in stakes if not floor.inside]
        post = _less(whole, new, pool, *hidden)
        bases = [self.base(one.of, post, pool, topups) for one in problem.converting]
        conversions = [
            self.conversion(one, base, _scaled(price, shares), most)
            for one, base, shares in zip(problem.converting, bases, self.at_price, strict=True)
        ]
        protections = [self.protection(one, price, conversions, most) for one in problem.protected]
        taken = [self.constant(problem.outstanding), new, pool, *topups, *protections, *conversions]
        others = [self.price(pool, topups, protections)]
        for i, floor in enumerate(problem.floors):
            measured = _less(whole, _scaled(price, floor.money))
            for part, conversion in zip(floor.conversions, conversions, strict=False):
                measured = _less(measured, _scaled(conversion, part))
            short = _less(_scaled(measured, floor.percent), self.constant(floor.held))
            others.append(_less(topups[i], most(self.zero, short)))
        if self.counted:
            others.append(_less(self.unknown(self.size - 1), *conversions))
        return _System(_less(whole, *taken), others, nodes, new, pool, conversions, protections, bases)

    def pool(self, most: Callable[..., Vector]) -> Vector:
        """The reserve's increase."""
        term = self.problem.pool
        if term is None:
            return self.zero
        if term.how == "add":
            return self.constant(term.amount)
        part = self.unknown(1, term.amount)
        return (
            part if term.how == "add_percent" else most(self.zero, _less(part, self.constant(term.existing)))
        )

    def base(self, of: Capitalization, post: Vector, pool: Vector, topups: list[Vector]) -> Vector:
        """What a cap is divided by."""
        if of.post:
            return post
        parts = [self.constant(of.shares)]
        if of.pool_increase and self.problem.pool and not self.problem.pool.post:
            parts.append(pool)
        if of.topups:
            inside = zip(topups, self.problem.floors, strict=True)
            parts += [up for up, floor in inside if floor.inside]
        if of.converting:
            parts.append(self.unknown(self.size - 1))
        return _sum(*parts)

    def conversion(
        self, one: Converting, base: Vector, at_price: Vector, most: Callable[..., Vector]
    ) -> Vector:
        """The shares of one instrument."""
        if one.fixed:
            return _scaled(base, one.rate)
        return at_price if one.rate is None else most(at_price, _scaled(base, one.rate))

    def protection(
        self, one: ProtectedTerm, price: Vector, conversions: list[Vector], most: Callable[..., Vector]
    ) -> Vector:
        """The as-converted shares more of a protected class.

        Weighted average: price' = price (A + money / price) / (A + issued); ratchet: the lowest new price.
        """
        problem = self.problem
        counted = [
            (conversion, instrument.amount)
            for conversion, instrument, counts in zip(
                conversions, problem.converting, one.conversions, strict=False
            )
            if counts
        ]
        if one.new_money:
            counted.append((_scaled(price, problem.new_money), problem.new_money))
        ratio = _over(one.price, one.conversion_price)
        if one.base is None:
            now = self.constant(one.shares * ratio)
            lower = [_less(_scaled(c, _over(one.shares * one.price, money)), now) for c, money in counted]
            return most(self.zero, *lower)
        bought = _over(sum(money for _, money in counted), one.conversion_price)
        more = _less(_sum(self.zero, *(c for c, _ in counted)), self.constant(bought))
        return most(self.zero, _scaled(more, _over(one.shares * ratio, one.base + bought)))

    def price(self, pool: Vector, topups: list[Vector], protections: list[Vector]) -> Vector:
        """What makes the price: the value over the shares that it is of."""
        problem = self.problem
        placed_after = problem.pool is not None and problem.pool.post
        if problem.measure == "price":
            return _less(self.unknown(2), self.constant(_over(1, problem.value)))
        if problem.measure == "pre":
            before = _sum(self.constant(problem.outstanding), *topups)
            if not placed_after:
                before = _sum(before, pool)
            if not problem.outside:
                before = _sum(before, *protections)
            return _less(self.unknown(2, problem.value), before)
        outside = [pool] if placed_after else []
        outside += protections if problem.outside else []
        return _less(self.unknown(2, problem.value), _less(self.unknown(1), *outside))


# -- solving ------------------------------------------------------------------------------------------


class _Piece(NamedTuple):
    """The unknowns besides T, and what is left of T, as affine in T.

    What an unknown is ``over`` is what it takes of itself; not above zero, none is large enough.
    """

    unknowns: list[Line]
    left: Line

    def line(self, vector: Vector) -> Line:
        """A quantity as affine in T."""
        return _line(vector, self.unknowns)


def _line(vector: Vector, unknowns: list[Line]) -> Line:
    """A quantity as affine in T, once the unknowns are."""
    (constant, slope, *rest), over = vector
    scale: Number = 1  # of the vector's parts, by the unknowns taken so far
    for own, part in zip(unknowns, rest, strict=True):
        if not _nothing(part):
            constant = constant * own.over + part * scale * own.constant
            slope = slope * own.over + part * scale * own.slope
            scale = scale * own.over
    return Line(constant, slope, over * scale)


def _eliminate(system: _System) -> _Piece:
    """The unknowns in terms of T. Equations are of zero: what their vectors are over does not matter."""
    rows = [list(row.parts) for row in system.others]
    for i in range(len(rows)):
        pivot = rows[i][2 + i]
        for k in range(len(rows)):
            factor = rows[k][2 + i]
            if k != i and not _nothing(factor):
                rows[k] = [a * pivot - b * factor for a, b in zip(rows[k], rows[i], strict=True)]
    unknowns = [Line(-row[0], -row[1], row[2 + i]) for i, row in enumerate(rows)]
    return _Piece(unknowns, _line(system.total, unknowns))


def solve(problem: Problem) -> Solution:
    """The one solution of a round in exact numbers. Raises ``Unsolvable``.

    Starts at the shares that are outstanding, the least that T can be, and walks up through every piece.
    """
    problem = _each(problem, _whole_if)
    equations = _Equations(problem, lambda choice, alternatives: alternatives[choice])
    at = Fraction(problem.outstanding)
    choices, system, piece, lines = _settle(equations, at)
    found: tuple[Number, _Piece, _System] | None = None
    for _ in range(8 * len(choices) + 8):
        constant, slope, _over = piece.left
        turn = _next(lines, choices, at)
        if slope <= 0:
            raise Unsolvable
        if found is None and (turn is None or _sign(piece.left, turn[0]) >= 0):
            found = Fraction(-constant, slope), piece, system
        if turn is None:
            assert found is not None
            return _solution(problem, *found)
        at, node, alternative = turn
        choices[node] = alternative
        system = equations.write(choices)
        piece = _reduce(system)
        lines = _lines(piece, system)
    raise Unsolvable


def _sign(line: Line, total: Fraction) -> Number:
    """A number of the sign that a quantity has at a total."""
    return line.constant * total.denominator + line.slope * total.numerator


def _reduce(system: _System) -> _Piece:
    piece = _eliminate(system)
    if min(unknown.over for unknown in piece.unknowns) <= 0:
        raise Unsolvable
    return piece


Lines = list[list[Line]]


def _lines(piece: _Piece, system: _System) -> Lines:
    """Each node's alternatives as affine in T."""
    return [[piece.line(one) for one in node.alternatives] for node in system.nodes]


def _settle(equations: _Equations, at: Fraction) -> tuple[list[int], _System, _Piece, Lines]:
    """The choices that agree with themselves at a total, and what follows from them."""
    choices: list[int] = []
    for _ in range(100):
        system = equations.write(choices)
        piece = _reduce(system)
        lines = _lines(piece, system)
        now = [
            _largest(alternatives, node.choice, at)
            for node, alternatives in zip(system.nodes, lines, strict=True)
        ]
        if now == [node.choice for node in system.nodes]:
            return now, system, piece, lines
        choices = now
    raise Unsolvable


def _largest(alternatives: list[Line], choice: int, at: Fraction) -> int:
    """Which of several is largest at a total; of equals the one chosen already, else the first."""
    for i, other in enumerate(alternatives):
        chosen = alternatives[choice]
        if _sign(other, at) * chosen.over > _sign(chosen, at) * other.over:
            choice = i
    return choice


def _next(lines: Lines, choices: Sequence[int], at: Fraction) -> tuple[Fraction, int, int] | None:
    """The next total, from ``at`` on, at which an alternative overtakes the one chosen, and which."""
    first: tuple[Fraction, int, int] | None = None
    for node, alternatives in enumerate(lines):
        constant, slope, over = alternatives[choices[node]]
        for other, (c, s, o) in enumerate(alternatives):
            if (gain := s * over - slope * o) > 0:
                where = max(Fraction(constant * o - c * over, gain), at)
                if first is None or where < first[0]:
                    first = where, node, other
    return first


def _solution(problem: Problem, total: Number, piece: _Piece, system: _System) -> Solution:
    def at(vector: Vector) -> Number:
        return piece.line(vector).at(total)

    unknowns = [unknown.at(total) for unknown in piece.unknowns]
    nodes = iter(system.nodes[1:] if problem.pool and problem.pool.how == "target" else system.nodes)
    at_cap = tuple(
        one.fixed or (False if one.rate is None else next(nodes).choice == 1) for one in problem.converting
    )
    return Solution(
        total,
        unknowns[0],
        at(system.new),
        at(system.pool),
        tuple(map(at, system.conversions)),
        tuple(unknowns[1 : 1 + len(problem.floors)]),
        tuple(map(at, system.protections)),
        tuple(map(at, system.capitalizations)),
        at_cap,
    )


# -- many at once -------------------------------------------------------------------------------------

_FAR = 1e9  # times the shares outstanding: beyond every turn that matters


def solve_many(problem: Problem) -> Solution:
    """The same over arrays of floats (any of the problem's numbers): not a number where there is no solution.

    Newton's method on the pieces: solve under the choices, choose again, until they agree. What is left of T
    rises on every piece where it rises far out, since each maximum only makes it flatter.
    """
    import numpy as np

    problem = _each(problem, lambda number: number * 1.0)
    equations = _Equations(problem, _pick)
    with np.errstate(all="ignore"):
        far, _, settled = _agree(equations, lambda _: problem.outstanding * _FAR)
        rises = np.logical_and.reduce(np.broadcast_arrays(settled, far.left.slope > 0, *_determined(far)))
        piece, system, settled = _agree(equations, _root)
        total = _root(piece)
        solved = np.logical_and.reduce(np.broadcast_arrays(rises, settled, total > 0, *_determined(piece)))
        return _solution(problem, np.where(solved, total, np.nan), piece, system)


def _root(piece: _Piece) -> Number:
    return -piece.left.constant / piece.left.slope


def _determined(piece: _Piece) -> list[Number]:
    return [unknown.over > 0 for unknown in piece.unknowns]


def _pick(choice: Any, alternatives: tuple[Vector, ...]) -> Vector:
    """What each row chose of the alternatives."""
    import numpy as np

    if type(choice) is int:
        return alternatives[choice]
    chosen = [
        0 if all(map(_nothing, column)) else np.choose(choice, np.broadcast_arrays(*column))
        for column in zip(*(one.parts for one in alternatives), strict=True)
    ]
    return Vector(chosen, 1)  # floats have no denominators


def _agree(equations: _Equations, total_of: Callable[[_Piece], Number]) -> tuple[_Piece, _System, Number]:
    """The piece, its equations, and in which rows the choices agree with the total that they give."""
    import numpy as np

    choices: list[Any] = []
    for tried in itertools.count():
        system = equations.write(choices)
        piece = _eliminate(system)
        total = total_of(piece)
        now = []
        for node in system.nodes:
            reached = [piece.line(one).at(total) for one in node.alternatives]
            now.append(np.argmax(np.broadcast_arrays(*reached), axis=0))
        same = [old == new for old, new in zip(choices, now, strict=False)]
        settled = np.logical_and.reduce(np.broadcast_arrays(True, *same)) if same or not now else False
        if np.all(settled) or tried > 4 * len(now) + 4:
            break
        choices = now
    return piece, system, settled
