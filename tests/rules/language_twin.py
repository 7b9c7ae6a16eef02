"""The rule language a second time, as plainly as can be: Python's own tree over plain data, None for unknown.

Written from the language's description, to hold the real reader and evaluator against it.
"""

from __future__ import annotations

import ast
import calendar
import datetime
from fractions import Fraction
from typing import Any

import small_language as small

from ipcalc.quantity import Duration


class Range:
    """A count that isn't known: from ``low`` to ``high``, or without an end."""

    def __init__(self, low: int, high: int | None) -> None:
        self.low, self.high = low, high

    def numbers(self, up_to: int) -> range:
        """Every number it may be; of an endless one, enough."""
        return range(self.low, (up_to if self.high is None else self.high) + 1)


def twin(text: str, data: dict[str, Any]) -> Any:
    """What a text is worth in a project: None or a pair ``(low, high)`` where that isn't known."""
    found = walk(ast.parse(f"({text}\n)", mode="eval").body, data, {})
    return (found.low, found.high) if isinstance(found, Range) else found


def known(value: Any) -> Any:
    return None if isinstance(value, Range) else value


def both(truths: list[Any]) -> Any:
    if any(truth is False for truth in truths):
        return False
    return None if any(truth is None for truth in truths) else True


def negate(truth: Any) -> Any:
    return None if truth is None else not truth


def either(truths: list[Any]) -> Any:
    return negate(both([negate(truth) for truth in truths]))


def derived(name: tuple[str, str], data: dict[str, Any], record: Any) -> Any:
    local = {"phase": record} if name[0] == "phase" else {}
    return walk(ast.parse(small.DERIVED[name], mode="eval").body, data, local)


def attribute(owner: Any, name: str, data: dict[str, Any]) -> Any:
    if ("phase", name) in small.DERIVED:
        return derived(("phase", name), data, owner)
    return owner.get(name)


def walk(at: Any, data: dict[str, Any], local: dict[str, Any]) -> Any:
    def go(below: Any) -> Any:
        return walk(below, data, local)

    if isinstance(at, ast.Constant):
        return at.value
    if isinstance(at, ast.Name):
        if at.id in ("true", "false"):
            return at.id == "true"
        if at.id in local:
            return local[at.id]
        if ("scheme", at.id) in small.DERIVED:
            return derived(("scheme", at.id), data, None)
        for place in (small.GIVEN, small.GROUPS, small.RESERVED):
            if at.id in place:
                return place[at.id]
        return data.get(at.id)
    if isinstance(at, ast.Attribute):
        path = ast.unparse(at)
        if ("project", path) in small.DERIVED:
            return derived(("project", path), data, None)
        if path in small.RESERVED:
            return small.RESERVED[path]
        if isinstance(at.value, ast.Name) and at.value.id in local:
            return attribute(local[at.value.id], at.attr, data)
        if at.attr == "year":
            day = go(at.value)
            return None if day is None else day.year
        return data.get(path)
    if isinstance(at, ast.BoolOp):
        truths = [go(value) for value in at.values]
        return both(truths) if isinstance(at.op, ast.And) else either(truths)
    if isinstance(at, ast.UnaryOp):
        value = known(go(at.operand))
        if isinstance(at.op, ast.Not):
            return negate(value)
        return None if value is None else -value
    if isinstance(at, ast.BinOp):
        return arithmetic(type(at.op).__name__, known(go(at.left)), known(go(at.right)))
    if isinstance(at, ast.Compare):
        values = [go(one) for one in (at.left, *at.comparators)]
        return both(
            [compare(type(op).__name__, a, b) for op, a, b in zip(at.ops, values, values[1:], strict=False)]
        )
    if isinstance(at, ast.IfExp):
        test, then, otherwise = go(at.test), go(at.body), go(at.orelse)
        return None if test is None else then if test else otherwise
    if isinstance(at, ast.List):
        return [go(item) for item in at.elts]
    if isinstance(at, ast.Subscript):
        keys = [go(key) for key in (at.slice.elts if isinstance(at.slice, ast.Tuple) else [at.slice])]
        return small.TABLES[at.value.id].get(tuple(keys))
    assert isinstance(at, ast.Call)
    name = at.func.id
    if isinstance(at.args[0], ast.GeneratorExp):
        return quantify(name, at.args[0], data, local)
    values = [go(arg) for arg in at.args]
    if name == "length":
        return None if None in values else ("period", *values)
    if name == "count":
        if isinstance(at.args[0], ast.Name | ast.Call) and small_list(at.args[0]):
            if values[0] is None:
                return None
            items, more = listed(values[0])
            return counted([True] * len(items), more)
        return counted(values, False)
    return extreme(name, values)


def small_list(at: Any) -> bool:
    """Whether a list stands there, not a truth."""
    return at.id in ("people", "phases") if isinstance(at, ast.Name) else at.func.id == "distinct"


def listed(value: Any) -> tuple[list[Any], bool]:
    return (value, False) if isinstance(value, list) else (value["items"], value["open"])


def counted(truths: list[Any], more: bool) -> Any:
    low, maybe = sum(truth is True for truth in truths), sum(truth is None for truth in truths)
    return Range(low, None if more else low + maybe) if maybe or more else low


def extreme(name: str, values: list[Any]) -> Any:
    values = [known(value) for value in values]
    units = {value.unit for value in values if isinstance(value, Duration)}
    if not values or None in values or len(units) > 1:
        return None
    return min(values) if name == "min" else max(values)


def quantify(name: str, at: Any, data: dict[str, Any], local: dict[str, Any]) -> Any:
    (clause,) = at.generators
    source = walk(clause.iter, data, local)
    if source is None:
        return None
    items, more = listed(source)
    pairs = []
    for item in items:
        inner = {**local, clause.target.id: item}
        truth = both([walk(condition, data, inner) for condition in clause.ifs])
        value = walk(at.elt, data, inner)
        pairs.append((truth, True if isinstance(value, dict) else value))
    if name == "any":
        return either([both([c, v]) for c, v in pairs] + [None] * more)
    if name == "all":
        return both([either([negate(c), v]) for c, v in pairs] + [None] * more)
    if name == "count":
        return counted([both([c, v]) for c, v in pairs], more)
    taken = [known(v) for c, v in pairs if c is not False]
    surely = all(c is not None for c, _ in pairs)
    if name == "distinct":
        return {"items": list(dict.fromkeys(taken)), "open": more} if surely and None not in taken else None
    if more or not surely:
        return None
    if name == "sum":
        return None if None in taken else sum(taken)
    return extreme(name, taken)


def arithmetic(name: str, a: Any, b: Any) -> Any:
    if a is None or b is None:
        return None
    if isinstance(b, Duration):
        sign = 1 if name == "Add" else -1
        if isinstance(a, Duration):
            return Duration(a.number + sign * b.number, a.unit) if a.unit == b.unit else None
        return moved(a, sign * b.number, b.unit)
    if name == "Div":
        return None if b == 0 else Fraction(a) / b
    return {"Add": lambda: a + b, "Sub": lambda: a - b, "Mult": lambda: a * b}[name]()


def moved(day: datetime.date, number: int, unit: str) -> datetime.date:
    if unit == "days":
        return day + datetime.timedelta(days=number)
    months = day.year * 12 + day.month - 1 + number
    year, month = months // 12, months % 12 + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


RELATIONS = {
    "Lt": lambda a, b: a < b, "LtE": lambda a, b: a <= b, "Gt": lambda a, b: a > b,
    "GtE": lambda a, b: a >= b, "Eq": lambda a, b: a == b, "NotEq": lambda a, b: a != b,
}  # fmt: skip


def compare(name: str, a: Any, b: Any) -> Any:
    if name in ("In", "NotIn"):
        found = contained(a, b)
        return found if name == "In" else negate(found)
    if a is None or b is None:
        return None
    if isinstance(a, Range) or isinstance(b, Range):
        most = 3 + max(int(x.high or x.low) if isinstance(x, Range) else int(x) for x in (a, b))
        results = {
            RELATIONS[name](one, other)
            for one in (a.numbers(most) if isinstance(a, Range) else [a])
            for other in (b.numbers(most) if isinstance(b, Range) else [b])
        }
        return results.pop() if len(results) == 1 else None
    if isinstance(a, Duration) and isinstance(b, Duration):
        return RELATIONS[name](a.number, b.number) if a.unit == b.unit else None
    if isinstance(b, Duration):  # a lasts until the day before the one that b leads to
        _, first, last = a
        return RELATIONS[name](last, moved(first, b.number, b.unit) - datetime.timedelta(days=1))
    if isinstance(a, Duration):
        _, first, last = b
        return RELATIONS[name](moved(first, a.number, a.unit) - datetime.timedelta(days=1), last)
    return RELATIONS[name](a, b)


def contained(a: Any, b: Any) -> Any:
    if b is None:
        return None
    items, more = listed(list(b) if isinstance(b, tuple) else b)
    return either([compare("Eq", known(a), item) for item in items] + [None] * more)
