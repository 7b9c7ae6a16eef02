"""The reading that puts a trace into words, in the reader's language.

``24,000,000 ≤ 2 × (6,000,000 + 6,000,000) = 24,000,000``: the values that were there, the relation that
holds between them, and what each side comes to.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from ipcalc import quantity, texts
from ipcalc.quantity import Duration, Period
from ipcalc.rules import tree
from ipcalc.rules.evaluate import Trace, paired
from ipcalc.rules.types import Type
from ipcalc.rules.values import Items, Record, Spread, Unknown

_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}
_COMPOSITE = (tree.Arithmetic, tree.Extreme, tree.Length)
_NAMED = (tree.Fact, tree.Derived)
_SHOWN = 3  # items of a list that are put into words; the rest are counted


class Words:
    """How values are written for one reader: the language, the currency, the names of words and groups."""

    def __init__(self, lang: str, currency: str, names: Mapping[str, Mapping[str, str]]) -> None:
        self.lang = lang
        self.currency = currency
        self.names = names

    def say(self, key: str, **args: object) -> str:
        """A phrase of the catalogue."""
        return texts.say(f"words.{key}", self.lang, **args)

    def listed(self, words: Iterable[str]) -> str:
        """Words as a list."""
        return self.say("comma").join(words)

    # -- values ---------------------------------------------------------------------------------------

    def value(self, value: Any, kind: Type, labels: Mapping[str, Mapping[str, str]] | None = None) -> str:
        """A value as people write it; ``labels`` are the names of a choice's words."""
        if isinstance(value, Unknown):
            return self.say("unknown")
        if isinstance(value, Spread):
            most = "…" if value.possible is None else str(value.possible)
            return f"{value.sure}–{most}"
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if isinstance(value, Items | frozenset):
            items = list(value.items if isinstance(value, Items) else sorted(value))
            return self.listed(self.value(item, kind.item or kind, labels) for item in items)
        if isinstance(value, Record):
            return value.id
        if isinstance(value, str):
            named = kind.kind != "text"  # a text is no id, though it be written like one
            found = (labels or {}).get(value) or (self.names.get(value) if named else None)
            return texts.choose(found, self.lang) if found else value
        if isinstance(value, datetime.date):
            return value.isoformat()
        if isinstance(value, Duration):
            return self.duration(value)
        if isinstance(value, Period):
            return self.period(value)
        return self.number(value, kind)

    def number(self, value: int | Fraction, kind: Type) -> str:
        """A number by its kind: money in major units, a share in per cent, a ratio as a factor."""
        if kind.kind == "money":
            return quantity.money(value, self.currency)
        if kind.kind == "share":
            return quantity.percent(value)
        return quantity.grouped(value)

    def duration(self, value: Duration) -> str:
        """A duration: ``36 months``."""
        return self.count(value.number, value.unit)

    def count(self, number: int, unit: str) -> str:
        """``1 day``, ``36 months``."""
        return self.say(unit.removesuffix("s") if number == 1 else unit, n=number)

    def period(self, value: Period) -> str:
        """A period's length: ``36 months and 1 day``."""
        if value.last < value.first:
            return f"{value.first} – {value.last}"
        months, days = quantity.months_and_days(value)
        if not days:
            return self.count(months, "months")
        rest = self.count(days, "days")
        return self.say("months_days", months=self.count(months, "months"), days=rest) if months else rest

    # -- expressions ----------------------------------------------------------------------------------

    def expression(self, trace: Trace, strength: int = 0) -> str:
        """An expression with its values filled in; brackets only where they are needed."""
        node, parts = trace.node, trace.parts
        if isinstance(node, tree.Arithmetic):
            mine = _STRENGTH[node.operator]
            sign = {"*": "×", "-": "−", "/": "÷"}.get(node.operator, node.operator)
            left = self.expression(parts[0], mine)
            right = self.expression(parts[1], mine + (node.operator in "-/"))
            if right.startswith("-") or (node.operator == "/" and "/" in right and right[0] != "("):
                right = f"({right})"
            return f"({left} {sign} {right})" if mine < strength else f"{left} {sign} {right}"
        if isinstance(node, tree.Extreme):
            inner = ", ".join(self.expression(part) for part in parts)
            return f"{self.say(node.function)}({inner})"
        if isinstance(node, tree.Choose) and len(parts) == 2:
            return self.expression(parts[1], strength)
        if isinstance(node, tree.Length) and isinstance(trace.value, Period):
            return self.say("from_to", first=trace.value.first, last=trace.value.last)
        if isinstance(trace.value, Unknown):
            return f"[{self.name(trace)}]"
        if isinstance(node, tree.Derived) and isinstance(trace.value, Period):
            return self.say("from_to", first=trace.value.first, last=trace.value.last)
        return self.value(trace.value, node.type, _labels(node))

    def name(self, trace: Trace) -> str:
        """What an expression is called: the label of its fact, or of the first unknown one in it."""
        node = trace.node
        if isinstance(node, tree.Fact):
            return texts.choose(node.fact.label, self.lang)
        if isinstance(node, tree.Derived):
            return texts.choose(node.derived.label, self.lang)
        if isinstance(node, tree.Group):
            return self.value(node.name, node.type)
        for part in trace.parts:
            if isinstance(part.value, Unknown):
                return self.name(part)
        if isinstance(node, tree.Records | tree.Quantify):
            return self.list_name(node)
        if isinstance(node, tree.Value | tree.Reserved):
            return node.name
        return node.table if isinstance(node, tree.Lookup) else self.say("unknown")

    def list_name(self, node: tree.Node) -> str:
        """What the records of a list are called."""
        kind = node.source.type if isinstance(node, tree.Quantify) else node.type
        record = kind.item and kind.item.record
        return texts.choose(record.label, self.lang) if record else self.say("unknown")

    def unstated(self, trace: Trace) -> str:
        """``Applicant type: not stated``; of what no project states, ``unknown``."""
        node = trace.node
        for part in () if isinstance(node, tree.Fact | tree.Derived) else trace.parts:
            if isinstance(part.value, Unknown):
                return self.unstated(part)
        project = isinstance(node, tree.Fact | tree.Derived | tree.Records)
        return self.say("is", name=self.name(trace), value=self.say("not_stated" if project else "unknown"))

    def side(self, trace: Trace) -> str:
        """One side of a comparison: the expression, and what it comes to where that is not the same."""
        while isinstance(trace.node, tree.Choose) and len(trace.parts) == 2:
            trace = trace.parts[1]
        shown = self.expression(trace)
        total = self.value(trace.value, trace.node.type)
        if isinstance(trace.value, Unknown) or shown == total:
            return shown
        if isinstance(trace.value, Period):
            return self.say("beside", text=shown, more=total)
        return f"{shown} = {total}" if isinstance(trace.node, _COMPOSITE) else shown

    # -- statements -----------------------------------------------------------------------------------

    def statement(self, trace: Trace) -> str:
        """A truth as a sentence that holds: a comparison that fails is said with the relation that is so."""
        say = _SENTENCES.get(type(trace.node), Words.truth)
        return say(self, trace)

    def truth(self, trace: Trace) -> str:
        """A yes-or-no fact: ``Commitment letter signed: no``."""
        if isinstance(trace.value, Unknown):
            return self.unstated(trace)
        if isinstance(trace.node, tree.Derived):
            return self.statement(trace.parts[0])
        shown = self.value(trace.value, trace.node.type)
        return shown if isinstance(trace.node, tree.Constant) else self.named(trace, shown)

    def named(self, trace: Trace, shown: str) -> str:
        """``name: value``."""
        return self.say("is", name=self.name(trace), value=shown)

    def choice(self, trace: Trace) -> str:
        """An ``if … else``: its condition and the branch taken; both branches where it isn't known."""
        parts = trace.parts if len(trace.parts) == 2 else trace.parts[1:]
        if isinstance(trace.value, Unknown):
            parts = tuple(part for part in trace.parts if isinstance(part.value, Unknown))
        return self.joined(parts)

    def joined(self, parts: Iterable[Trace]) -> str:
        """Several truths, each once."""
        return self.say("then").join(dict.fromkeys(self.statement(part) for part in parts))

    def comparison(self, trace: Trace) -> str:
        """``left relation right``, as it is."""
        node = trace.node
        assert isinstance(node, tree.Compare)
        left, right = trace.parts
        holds = node.operator if trace.value is not False else _OPPOSITE[node.operator]
        if node.operator in ("==", "!=") and not node.left.type.number:
            known, wanted = not isinstance(trace.value, Unknown), node.operator == "=="
            return self.equality(left, right, equal=holds == "==", known=known, wanted=wanted)
        sign = _SIGNS[holds] if not isinstance(trace.value, Unknown) else f"{_SIGNS[holds]}?"
        return f"{self.side(left)} {sign} {self.side(right)}"

    def equality(self, left: Trace, right: Trace, *, equal: bool, known: bool, wanted: bool) -> str:
        """``Applicant type: company, not university``."""
        if isinstance(right.node, _NAMED) and not isinstance(left.node, _NAMED):
            left, right = right, left
        gap = next((side for side in (left, right) if isinstance(side.value, Unknown)), None)
        if gap is not None:
            return self.unstated(gap)
        if not known or not isinstance(left.node, _NAMED):
            sign = _SIGNS["==" if equal else "!="]
            return f"{self.side(left)} {sign if known else sign + '?'} {self.side(right)}"
        labels = _labels(left.node) or _labels(right.node)
        found = self.value(left.value, left.node.type, labels)
        if equal or not wanted:  # what it is says enough, unless it should be something else
            return self.named(left, found)
        kind = left.node.type if isinstance(right.node, tree.Constant) else right.node.type
        other = self.value(right.value, kind, labels)
        if found == other:  # two that share a name
            found, other = str(left.value), str(right.value)
        return self.say("is_not", name=self.name(left), value=found, other=other)

    def membership(self, trace: Trace) -> str:
        """``The University of Hong Kong: one of UGC-funded universities``."""
        node = trace.node
        assert isinstance(node, tree.Contains)
        item, container = trace.parts
        labels = _labels(node.item) or _labels(node.container)
        if isinstance(trace.value, Unknown):
            return self.unstated(item if isinstance(item.value, Unknown) else container)
        if isinstance(node.container, tree.Group):
            where = self.name(container)
        else:
            listing = isinstance(node.container, tree.Listing)
            where = self.value(container.value, item.node.type if listing else container.node.type, labels)
        what = f"[{self.name(item)}]" if isinstance(item.value, Unknown) else ""
        quoted = isinstance(node.item, tree.Constant)
        what = what or self.value(item.value, container.node.type if quoted else item.node.type, labels)
        inside = trace.value is not node.negated
        return self.say("one_of" if inside else "not_one_of", value=what, list=where or "–")

    def junction(self, trace: Trace) -> str:
        """The parts of an ``and`` or ``or`` that decide it; all of them where none does alone."""
        settles = isinstance(trace.node, tree.Logic) and trace.node.operator == "or"
        if isinstance(trace.value, Unknown):
            deciding = [part for part in trace.parts if isinstance(part.value, Unknown)]
        elif trace.value is settles:
            deciding = [part for part in trace.parts if part.value is settles]
        else:
            deciding = list(trace.parts)
        return self.joined(deciding)

    def negation(self, trace: Trace) -> str:
        """What stands under a ``not`` is said as it is: its truth shows there."""
        return self.statement(trace.parts[0])

    def quantified(self, trace: Trace) -> str:
        """An ``any`` or ``all``: the items that decide it, the first few in words."""
        node = trace.node
        assert isinstance(node, tree.Quantify)
        if trace.parts and trace.parts[0].node is node.source:
            return self.unstated(trace.parts[0])
        deciding = _deciding(trace, node.function == "any")
        said = list(dict.fromkeys(self.statement(part) for part in deciding))
        shown = said[:_SHOWN]
        if len(said) > _SHOWN:
            shown.append(self.say("more", n=len(said) - _SHOWN))
        if isinstance(trace.value, Unknown) and not any(isinstance(part.value, Unknown) for part in deciding):
            shown.append(self.say("is", name=self.list_name(node), value=self.say("unknown")))
        return self.say("then").join(shown) or self.say("none")


def _deciding(trace: Trace, settles: bool) -> list[Trace]:
    """What decides an ``any`` (``settles`` True) or ``all``: its items, or the conditions that none meets."""
    pairs = paired(trace)
    if isinstance(trace.value, Unknown):
        undecided = [pair for pair in pairs if pair[1] and pair[1].value is not (not settles)]
        unknown = [part for pair in undecided for part in pair if part and isinstance(part.value, Unknown)]
        if unknown:
            return unknown
    if trace.value is settles:
        found = [(met, item) for met, item in pairs if item and item.value is settles]
        return [item for met, item in found if item and (met is None or met.value is True)]
    return [item for _, item in pairs if item] or [met for met, _ in pairs if met]


def _labels(node: tree.Node) -> Mapping[str, Mapping[str, str]] | None:
    if isinstance(node, tree.Choose):
        return _labels(node.then) or _labels(node.otherwise)
    return node.fact.labels if isinstance(node, tree.Fact) else None


_SENTENCES: dict[type, Callable[[Words, Trace], str]] = {
    tree.Choose: Words.choice,
    tree.Compare: Words.comparison,
    tree.Contains: Words.membership,
    tree.Logic: Words.junction,
    tree.Not: Words.negation,
    tree.Quantify: Words.quantified,
}
