"""The reading that says what could still settle a truth, of all that is not known.

What is asked for can become known; all else that is missing (a figure of the scheme, what a person skipped)
never will. So ``a and b`` can still become false by ``a`` where ``b`` is never known, but not true; and a
comparison with what is never known can become neither, whatever is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc.rules import tree
from ipcalc.rules.evaluate import Trace, compare_counts, paired
from ipcalc.rules.values import Missing, Spread, Unknown

Keys = frozenset[Missing]
Asked = Callable[[Missing], bool]
_KNOWN: Keys = frozenset()
_BOOLEAN = (tree.Derived, tree.Not, tree.Logic, tree.Choose, tree.Quantify)  # truths made of truths


class Could(NamedTuple):
    """What could make a truth true, and what false: empty where it is, None where nothing can."""

    true: Keys | None
    false: Keys | None

    @property
    def either(self) -> Keys | None:
        """What could make it known."""
        return some([self.true, self.false])


def every(keys: Iterable[Keys | None]) -> Keys | None:
    """What could bring about all of several things; None where one of them can't be."""
    found = list(keys)
    known = [one for one in found if one is not None]
    return _KNOWN.union(*known) if len(known) == len(found) else None


def some(keys: Iterable[Keys | None]) -> Keys | None:
    """What could bring about one of several things; None where none of them can be."""
    known = [one for one in keys if one is not None]
    return _KNOWN.union(*known) if known else None


def conjunction(parts: Iterable[Could]) -> Could:
    """``and``: true where all are, false where one is."""
    found = list(parts)
    return Could(every(part.true for part in found), some(part.false for part in found))


def _negation(part: Could) -> Could:
    return Could(part.false, part.true)


def _disjunction(parts: Iterable[Could]) -> Could:
    return _negation(conjunction(map(_negation, parts)))


def truth(trace: Trace, asked: Asked) -> Could:
    """What could make a truth true, and what false; a record counts as true."""
    if not isinstance(trace.value, Unknown):
        return Could(None, _KNOWN) if trace.value is False else Could(_KNOWN, None)
    node, parts = trace.node, trace.parts
    if isinstance(node, tree.Derived):
        return truth(parts[0], asked)
    if isinstance(node, tree.Not):
        return _negation(truth(parts[0], asked))
    if isinstance(node, tree.Logic):
        joined = _disjunction if node.operator == "or" else conjunction
        return joined(truth(part, asked) for part in parts)
    if isinstance(node, tree.Choose):
        return _chosen(parts, asked)
    if isinstance(node, tree.Quantify) and not _unlisted(trace):
        return _quantified(trace, asked)
    if isinstance(node, tree.Compare) and any(isinstance(part.value, Spread) for part in parts):
        return _counts(trace, node.operator, asked)
    keys = known(trace, asked)
    return Could(keys, keys)


def _chosen(parts: tuple[Trace, ...], asked: Asked) -> Could:
    if len(parts) == 2:  # the condition is known
        return truth(parts[1], asked)
    condition, then, otherwise = (truth(part, asked) for part in parts)
    return Could(
        some([every([condition.true, then.true]), every([condition.false, otherwise.true])]),
        some([every([condition.true, then.false]), every([condition.false, otherwise.false])]),
    )


def _counts(trace: Trace, operator: str, asked: Asked) -> Could:
    """A comparison with counts: what each may come to, if all is known that can be, may settle it."""
    sides = [_inside(part) for part in trace.parts]
    keys = every(_nearer(side, asked) for side in sides)
    left, right = (_range(side, asked) for side in sides)
    if keys is None or left is None or right is None:
        return Could(keys, keys)
    may = {compare_counts(operator, a, b) for a in left for b in right}
    return Could(keys if True in may else None, keys if False in may else None)


def _inside(trace: Trace) -> Trace:
    """The count itself, of a derived fact or of a choice that is made."""
    while isinstance(trace.node, tree.Derived | tree.Choose) and isinstance(trace.value, Spread):
        trace = trace.parts[-1]
    return trace


def _nearer(trace: Trace, asked: Asked) -> Keys | None:
    """What could make a count known, or its range smaller."""
    if not isinstance(trace.value, Spread):
        return known(trace, asked)
    return some([*_own(trace, asked), *(could.either for could in _counted(trace, asked))])


def _range(trace: Trace, asked: Asked) -> list[Any] | None:
    """What a number may come to: a count, or a range of counts where some truths are never known; None where
    that can't be told.
    """
    value = trace.value
    if isinstance(value, int | Fraction):
        return [value]
    if not isinstance(value, Spread) or value.possible is None:
        return None
    open_ = sum(could.either is not None for could in _counted(trace, asked))
    never = value.possible - value.sure - open_
    return [Spread(n, n + never, ()) if never else n for n in range(value.sure, value.sure + open_ + 1)]


def _counted(trace: Trace, asked: Asked) -> list[Could]:
    """What could decide each of the truths that a count counts and that are not decided."""
    tally = isinstance(trace.node, tree.Tally)
    truths = (truth(part, asked) for part in trace.parts) if tally else _items(trace, asked)
    return [could for could in truths if _KNOWN not in (could.true, could.false)]


def _unlisted(trace: Trace) -> bool:
    """Whether what a quantifier goes through is itself not known."""
    node = trace.node
    return isinstance(node, tree.Quantify) and bool(trace.parts) and trace.parts[0].node is node.source


def _quantified(trace: Trace, asked: Asked) -> Could:
    """An ``any`` or ``all``; of a list that is stated in part, the rest counts as one item more."""
    assert isinstance(trace.node, tree.Quantify)
    negated = trace.node.function == "all"
    rest = (Could(keys, keys) for keys in _own(trace, asked))
    found = _disjunction([*rest, *_items(trace, asked, negated=negated)])
    return _negation(found) if negated else found


def _items(trace: Trace, asked: Asked, *, negated: bool = False) -> Iterator[Could]:
    """Of each item of a quantifier: that it meets the condition and holds, or ``negated`` does not hold."""
    for met, item in paired(trace):
        if item is not None:
            holds = truth(item, asked)
            holds = _negation(holds) if negated else holds
            yield holds if met is None else conjunction([truth(met, asked), holds])


def _own(trace: Trace, asked: Asked) -> list[Keys | None]:
    """What is missing at a node and at none of its parts: a fact, a list's rest, a divisor but zero."""
    below = {
        one for part in trace.parts if isinstance(part.value, Unknown | Spread) for one in part.value.missing
    }
    found = [one for one in trace.value.missing if one not in below]
    return [frozenset([one]) if asked(one) else None for one in found]


def known(trace: Trace, asked: Asked) -> Keys | None:
    """What could make a value known: empty where it is, None where nothing can."""
    if not isinstance(trace.value, Unknown | Spread):
        return _KNOWN
    node, own = trace.node, _own(trace, asked)
    if node.type.kind == "truth" and isinstance(node, _BOOLEAN) and not _unlisted(trace):
        return truth(trace, asked).either
    if isinstance(trace.value, Spread):
        return every([*own, *(could.either for could in _counted(_inside(trace), asked))])
    if isinstance(node, tree.Choose) and len(trace.parts) == 3:
        condition, (then, otherwise) = truth(trace.parts[0], asked), trace.parts[1:]
        branches = ((condition.true, then), (condition.false, otherwise))
        return some(every([holds, known(branch, asked)]) for holds, branch in branches)
    if isinstance(node, tree.Quantify) and not _unlisted(trace):
        return _gathered(trace, own, asked)
    return every([*own, *(known(part, asked) for part in trace.parts)])


def _gathered(trace: Trace, own: list[Keys | None], asked: Asked) -> Keys | None:
    """The items of a sum or a list, each of which counts that meets the condition."""
    needed = list(own)
    for met, item in paired(trace):
        if item is not None:
            holds = truth(met, asked) if met else Could(_KNOWN, None)
            needed.append(some([every([holds.true, known(item, asked)]), holds.false]))
    return every(needed)
