"""The reading that evaluates a tree: three-valued (Kleene), exact, with a trace of every part.

A tree is compiled once into functions; each takes an ``Env`` and gives a ``Trace``. Nothing is
short-circuited but the branch of a conditional that isn't taken, so that a trace shows every part.
"""

from __future__ import annotations

import datetime
import functools
import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc.quantity import Duration, Period, compare_period, shift
from ipcalc.rules import tree
from ipcalc.rules.tree import Node
from ipcalc.rules.types import NAMED, OTHER
from ipcalc.rules.values import Items, Missing, Record, Spread, Unknown, unknown


class Trace(NamedTuple):
    """A node, what it is worth, and the traces of its parts.

    The parts of a quantifier are, for each item, its condition's trace (if it has one) and, unless that is
    false, its own.
    """

    node: Node
    value: Any
    parts: tuple[Trace, ...] = ()


# traces are made by the hundred for each project: this is how a named tuple is made fastest
_trace: Callable[[tuple[Any, ...]], Trace] = functools.partial(tuple.__new__, Trace)

_VAGUE = frozenset((Unknown, Spread))


class Env:
    """What names stand for while a rule is evaluated."""

    __slots__ = ("cache", "groups", "local", "project", "reserved", "tables", "values")

    def __init__(
        self,
        project: Record,
        values: Mapping[str, Any],
        tables: Mapping[str, Mapping[tuple[Any, ...], Any]],
        groups: Mapping[str, frozenset[str]],
        reserved: Mapping[str, Any],
    ) -> None:
        self.project = project
        self.values = values
        self.tables = tables
        self.groups = groups
        self.reserved = reserved
        self.local: dict[str, Any] = {}
        self.cache: dict[tuple[int, int], Trace] = {}


Run = Callable[[Env], Trace]
_RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


class Formula:
    """A tree that is evaluated; it is compiled when it is first asked."""

    __slots__ = ("_run", "tree")

    def __init__(self, node: Node) -> None:
        self.tree = node
        self._run: Run | None = None

    def __call__(self, env: Env) -> Trace:
        """The tree's trace in an environment."""
        if self._run is None:
            self._run = compile(self.tree)
        return self._run(env)

    def __reduce__(self) -> tuple[type[Formula], tuple[Node]]:
        return Formula, (self.tree,)


def compile(node: Node) -> Run:
    """The function that evaluates a tree."""
    maker: Callable[[Any], Run] = _MAKERS[type(node)]
    return maker(node)


def comparisons(trace: Trace) -> Iterator[Trace]:
    """The comparisons in a trace, outermost first."""
    if isinstance(trace.node, tree.Compare):
        yield trace
    for part in trace.parts:
        yield from comparisons(part)


def paired(trace: Trace) -> list[tuple[Trace | None, Trace | None]]:
    """A quantifier's items, each with its condition's trace; no item where the condition is false."""
    node = trace.node
    assert isinstance(node, tree.Quantify)
    found: list[tuple[Trace | None, Trace | None]] = []
    condition: Trace | None = None
    for part in trace.parts:
        if part.node is node.item:
            found.append((condition, part))
        elif part.value is False:
            found.append((part, None))
        else:
            condition = part
    return found


# -- leaves -------------------------------------------------------------------------------------------


def _constant(node: tree.Constant) -> Run:
    trace = _trace((node, node.value, ()))
    return lambda env: trace


def _listing(node: tree.Listing) -> Run:
    trace = _trace((node, Items(node.words), ()))
    return lambda env: trace


def _value(node: tree.Value) -> Run:
    name = node.name
    return lambda env: _trace((node, env.values[name], ()))


def _reserved(node: tree.Reserved) -> Run:
    name = node.name
    return lambda env: _trace((node, env.reserved[name], ()))


def _group(node: tree.Group) -> Run:
    name = node.name
    return lambda env: _trace((node, env.groups[name], ()))


def _fact(node: tree.Fact) -> Run:
    name, owner = node.name, node.owner

    def run(env: Env) -> Trace:
        record = env.project if owner is None else env.local[owner]
        value = record.facts.get(name)
        return _trace((node, record.fact(name) if value is None else value, ()))

    return run


def _local(node: tree.Local) -> Run:
    name = node.name
    return lambda env: _trace((node, env.local[name], ()))


def _list_of(node: tree.Records) -> Run:
    name, owner = node.name, node.owner
    if owner is None:
        return lambda env: _trace((node, env.project.list(name), ()))
    return lambda env: _trace((node, env.local[owner].list(name), ()))


def _derived(node: tree.Derived) -> Run:
    derived, owner = node.derived, node.owner
    made: list[Formula] = []  # a derived fact's tree may be read after this one

    def run(env: Env) -> Trace:
        record = env.project if owner is None else env.local[owner]
        key = (id(record), id(derived))
        found = env.cache.get(key)
        if found is None:
            if not made:
                assert derived.tree is not None
                made.append(Formula(derived.tree))
            before = env.local
            env.local = {derived.owner.name: record} if derived.owner else {}
            found = made[0](env)
            env.local = before
            env.cache[key] = found
        return _trace((node, found.value, (found,)))

    return run


# -- logic --------------------------------------------------------------------------------------------


def _not(node: tree.Not) -> Run:
    of = compile(node.of)

    def run(env: Env) -> Trace:
        part = of(env)
        value = part.value
        return _trace((node, value if isinstance(value, Unknown) else not value, (part,)))

    return run


def conjunction(values: list[Any], *, settles: bool) -> Any:
    """Kleene's ``and`` (``settles`` False) or ``or`` (``settles`` True): one settling value decides."""
    vague = False
    for value in values:
        if value is settles:
            return settles
        vague = vague or type(value) is Unknown
    return unknown(values) if vague else not settles


def _logic(node: tree.Logic) -> Run:
    runs = [compile(part) for part in node.parts]
    settles = node.operator == "or"

    def run(env: Env) -> Trace:
        parts = tuple([part(env) for part in runs])
        return _trace((node, conjunction([part[1] for part in parts], settles=settles), parts))

    return run


def _compare(node: tree.Compare) -> Run:
    left, right = compile(node.left), compile(node.right)
    relation = _RELATIONS[node.operator]
    kinds = {node.left.type.kind, node.right.type.kind}
    if "duration" in kinds:
        relation = functools.partial(_compare_lengths, relation)
    elif len(kinds) == 1 and not kinds.isdisjoint(NAMED):
        relation = functools.partial(_compare_named, relation, _SOME[kinds.pop()])
    counts = not kinds.isdisjoint(("count", "number"))

    def run(env: Env) -> Trace:
        first, second = left(env), right(env)
        a, b = first[1], second[1]
        value: Any
        if type(a) is Unknown or type(b) is Unknown:
            value = unknown((a, b))
        elif counts and (type(a) is Spread or type(b) is Spread):
            value = compare_counts(node.operator, a, b)
        else:
            value = relation(a, b)
        return _trace((node, value, (first, second)))

    return run


_SOME = {kind: Unknown((Missing(kind, OTHER),)) for kind in NAMED}


def _compare_named(relation: Callable[[Any, Any], bool], some: Unknown, a: Any, b: Any) -> Any:
    return some if a == b == OTHER else relation(a, b)


def _compare_lengths(relation: Callable[[Any, Any], bool], a: Any, b: Any) -> Any:
    if isinstance(a, Duration) and isinstance(b, Duration):
        if a.unit != b.unit:
            return Unknown((Missing("units", f"{a.unit}/{b.unit}"),))
        return relation(a.number, b.number)
    try:
        if isinstance(a, Period):
            return relation(compare_period(a, b), 0)
        return relation(0, compare_period(b, a))
    except OverflowError:
        return Unknown((Missing("range", "date"),))


def compare_counts(symbol: str, a: Any, b: Any) -> Any:
    """A comparison of counts or ranges of them, which a range may settle."""
    if not isinstance(a, Spread) and not isinstance(b, Spread):
        return _RELATIONS[symbol](a, b)
    low_a, high_a = (a.sure, a.possible) if isinstance(a, Spread) else (a, a)
    low_b, high_b = (b.sure, b.possible) if isinstance(b, Spread) else (b, b)
    less = high_a is not None and high_a < low_b  # surely a < b
    more = high_b is not None and high_b < low_a
    not_more = high_a is not None and high_a <= low_b
    not_less = high_b is not None and high_b <= low_a
    settled: dict[str, tuple[bool, bool]] = {  # surely true, surely false
        "<": (less, not_less), ">": (more, not_more), "<=": (not_more, more), ">=": (not_less, less),
        "==": (False, less or more), "!=": (less or more, False),
    }  # fmt: skip
    true, false = settled[symbol]
    if symbol in ("==", "!=") and any(isinstance(x, Fraction) and x.denominator != 1 for x in (a, b)):
        return symbol == "!="  # no count is a part of one
    return True if true else False if false else unknown((a, b))


def _contains(node: tree.Contains) -> Run:
    item, container = compile(node.item), compile(node.container)
    negated = node.negated

    def run(env: Env) -> Trace:
        what, where = item(env), container(env)
        a, b = what.value, where.value
        missing: tuple[Missing, ...] = ()
        if type(b) is Items:
            b, missing = b
        value: Any
        if not b and not missing:
            value = negated  # nothing is in an empty list, whatever it is
        elif type(a) is Unknown or type(a) is Spread or type(b) is Unknown:
            value = unknown((a, b, Unknown(missing)))
        elif a in b:
            value = not negated
        else:
            value = Unknown(missing) if missing else negated
        return _trace((node, value, (what, where)))

    return run


def _choose(node: tree.Choose) -> Run:
    condition, then, otherwise = compile(node.condition), compile(node.then), compile(node.otherwise)

    def run(env: Env) -> Trace:
        test = condition(env)
        if isinstance(test.value, Unknown):
            one, other = then(env), otherwise(env)
            value = unknown((test.value, one.value, other.value))
            return _trace((node, value, (test, one, other)))
        chosen = then(env) if test.value else otherwise(env)
        return _trace((node, chosen.value, (test, chosen)))

    return run


# -- arithmetic ---------------------------------------------------------------------------------------


def _arithmetic(node: tree.Arithmetic) -> Run:
    left, right = compile(node.left), compile(node.right)
    operate = _move if node.type.kind == "moved" else _OPERATIONS[node.operator]
    if node.type.kind == "duration":
        operate = _add_durations if node.operator == "+" else _subtract_durations
    if node.type.kind == "moved" and node.operator == "-":
        operate = _move_back

    def run(env: Env) -> Trace:
        first, second = left(env), right(env)
        a, b = first[1], second[1]
        if type(a) in _VAGUE or type(b) in _VAGUE:
            return _trace((node, unknown((a, b)), (first, second)))
        return _trace((node, operate(a, b), (first, second)))

    return run


def _divide(a: Any, b: Any) -> Any:
    return Fraction(a) / b if b else Unknown((Missing("zero", "division"),))


def _move(a: datetime.date, b: Duration, sign: int = 1) -> Any:
    try:
        return shift(a, b, sign)
    except OverflowError:
        return Unknown((Missing("range", "date"),))


def _move_back(a: datetime.date, b: Duration) -> Any:
    return _move(a, b, -1)


def _add_durations(a: Duration, b: Duration) -> Any:
    if a.unit != b.unit:
        return Unknown((Missing("units", f"{a.unit}/{b.unit}"),))
    return Duration(a.number + b.number, a.unit)


def _subtract_durations(a: Duration, b: Duration) -> Any:
    return _add_durations(a, Duration(-b.number, b.unit))


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": _divide,
}  # fmt: skip


def _extreme(node: tree.Extreme) -> Run:
    runs = [compile(part) for part in node.parts]
    pick = min if node.function == "min" else max

    def run(env: Env) -> Trace:
        parts = tuple(part(env) for part in runs)
        return _trace((node, _pick(pick, [part.value for part in parts]), parts))

    return run


def _pick(pick: Callable[..., Any], values: list[Any]) -> Any:
    if any(isinstance(value, Unknown | Spread) for value in values):
        return unknown(values)
    if values and isinstance(values[0], Duration) and len(units := {value.unit for value in values}) > 1:
        return Unknown((Missing("units", "/".join(sorted(units))),))
    return pick(values) if values else Unknown((Missing("empty", "list"),))


def _tally(node: tree.Tally) -> Run:
    runs = [compile(part) for part in node.parts]

    def run(env: Env) -> Trace:
        parts = tuple(part(env) for part in runs)
        return _trace((node, _count([part.value for part in parts], ()), parts))

    return run


def _count(truths: list[Any], open_: tuple[Missing, ...]) -> Any:
    sure = sum(truth is True for truth in truths)
    maybe = [truth for truth in truths if isinstance(truth, Unknown)]
    if not maybe and not open_:
        return sure
    return Spread(sure, None if open_ else sure + len(maybe), unknown([*maybe, Unknown(open_)]).missing)


def _length(node: tree.Length) -> Run:
    first, last = compile(node.first), compile(node.last)

    def run(env: Env) -> Trace:
        start, end = first(env), last(env)
        if isinstance(start.value, Unknown) or isinstance(end.value, Unknown):
            return _trace((node, unknown((start.value, end.value)), (start, end)))
        return _trace((node, Period(start.value, end.value), (start, end)))

    return run


def _year(node: tree.Year) -> Run:
    of = compile(node.of)

    def run(env: Env) -> Trace:
        part = of(env)
        return _trace((node, part.value if isinstance(part.value, Unknown) else part.value.year, (part,)))

    return run


def _lookup(node: tree.Lookup) -> Run:
    runs = [compile(key) for key in node.keys]
    name = node.table

    def run(env: Env) -> Trace:
        parts = tuple(key(env) for key in runs)
        keys = tuple(part.value for part in parts)
        if any(isinstance(key, Unknown) for key in keys):
            return _trace((node, unknown(keys), parts))
        cell = env.tables[name].get(keys)
        if cell is None:
            cell = Unknown((Missing("cell", f"{name}[{', '.join(map(str, keys))}]"),))
        return _trace((node, cell, parts))

    return run


# -- quantifiers --------------------------------------------------------------------------------------


def _quantify(node: tree.Quantify) -> Run:
    source, item = compile(node.source), compile(node.item)
    condition = compile(node.condition) if node.condition is not None else None
    name, finish = node.name, _FINISH[node.function]
    if node.function == "distinct" and node.item.type.kind in NAMED:
        finish = functools.partial(_distinct_named, _SOME[node.item.type.kind])

    def run(env: Env) -> Trace:
        listed = source(env)
        if isinstance(listed.value, Unknown):
            return _trace((node, listed.value, (listed,)))
        local, parts, pairs = env.local, [], []
        for one in listed.value.items:
            local[name] = one
            truth: Any = True
            if condition is not None:
                tested = condition(env)
                parts.append(tested)
                truth = tested[1]
                if truth is False:
                    continue
            traced = item(env)
            parts.append(traced)
            pairs.append((truth, traced[1]))
        local.pop(name, None)
        return _trace((node, finish(pairs, listed.value.open), tuple(parts)))

    return run


def _sum(pairs: list[tuple[Any, Any]], open_: tuple[Missing, ...]) -> Any:
    total = 0
    for truth, value in pairs:
        if truth is not True or type(value) in _VAGUE:
            break
        total += value
    else:
        if not open_:
            return total
    return _all_missing(pairs, open_)


def _all_missing(pairs: list[tuple[Any, Any]], open_: tuple[Missing, ...]) -> Unknown:
    return unknown([*(part for pair in pairs for part in pair), Unknown(open_)])


def _any(pairs: list[tuple[Any, Any]], open_: tuple[Missing, ...]) -> Any:
    both = [conjunction([truth, value], settles=False) for truth, value in pairs]
    return conjunction([*both, Unknown(open_)] if open_ else both, settles=True)


def _all(pairs: list[tuple[Any, Any]], open_: tuple[Missing, ...]) -> Any:
    either = [
        True if value is True else value if truth is True else unknown((truth, value))
        for truth, value in pairs
    ]
    return conjunction([*either, Unknown(open_)] if open_ else either, settles=False)


def _count_items(pairs: list[tuple[Any, Any]], open_: tuple[Missing, ...]) -> Any:
    return _count([conjunction([truth, value], settles=False) for truth, value in pairs], open_)


def _distinct(pairs: list[tuple[Any, Any]], open_: tuple[Missing, ...]) -> Any:
    if any(isinstance(part, Unknown | Spread) for pair in pairs for part in pair):
        return _all_missing(pairs, open_)
    return Items(tuple(dict.fromkeys(value for _, value in pairs)), open_)


def _distinct_named(some: Unknown, pairs: list[tuple[Any, Any]], open_: tuple[Missing, ...]) -> Any:
    if [value for _, value in pairs].count(OTHER) > 1:
        return some
    return _distinct(pairs, open_)


def _least(pairs: list[tuple[Any, Any]], open_: tuple[Missing, ...]) -> Any:
    return _outermost(min, pairs, open_)


def _greatest(pairs: list[tuple[Any, Any]], open_: tuple[Missing, ...]) -> Any:
    return _outermost(max, pairs, open_)


def _outermost(pick: Callable[..., Any], pairs: list[tuple[Any, Any]], open_: tuple[Missing, ...]) -> Any:
    if open_ or any(truth is not True for truth, _ in pairs):
        return _all_missing(pairs, open_)
    return _pick(pick, [value for _, value in pairs])


_FINISH: dict[str, Callable[[list[tuple[Any, Any]], tuple[Missing, ...]], Any]] = {
    "sum": _sum, "any": _any, "all": _all, "count": _count_items, "distinct": _distinct,
    "min": _least, "max": _greatest,
}  # fmt: skip

_MAKERS: dict[type, Callable[[Any], Run]] = {
    tree.Constant: _constant, tree.Listing: _listing, tree.Value: _value, tree.Reserved: _reserved,
    tree.Group: _group, tree.Fact: _fact, tree.Derived: _derived, tree.Local: _local,
    tree.Records: _list_of, tree.Not: _not, tree.Logic: _logic, tree.Compare: _compare,
    tree.Contains: _contains, tree.Arithmetic: _arithmetic, tree.Choose: _choose, tree.Extreme: _extreme,
    tree.Tally: _tally, tree.Quantify: _quantify, tree.Length: _length, tree.Year: _year,
    tree.Lookup: _lookup,
}  # fmt: skip
