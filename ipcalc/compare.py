"""Results set side by side: what each measures, row by row, and how they differ.

A share stands alone here and is rounded half up when it is drawn; in a column of a cap table, shares go by
largest remainder so that they add up to 100%. The last digit may differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc import equity, texts
from ipcalc.equity import preference
from ipcalc.equity.preference import Stretch
from ipcalc.funding import check
from ipcalc.funding.findings import Finding
from ipcalc.inputs.diagnostics import Refused
from ipcalc.ip import split
from ipcalc.ip.case import Choice
from ipcalc.ip.crossings import Crossings, crossings
from ipcalc.ip.model import INVENTORS, NOT_FOUND, Policy
from ipcalc.quantity import Exact
from ipcalc.rules.evaluate import comparisons
from ipcalc.rules.tree import Compare, Node

Label = str | Mapping[str, str]


class Measure(NamedTuple):
    """One thing a result measures. ``unit``: money (minor units), share, shares, number or word.

    ``of`` is the comparison that a margin is of: margins of different ones are not set side by side.
    """

    key: str
    label: tuple[Label, ...]
    unit: str
    value: Exact | str
    of: Node | None = None


class Row(NamedTuple):
    """A measure of every side, None where a side has none; ``difference`` is the last less the first."""

    key: str
    label: tuple[Label, ...]
    unit: str
    values: tuple[Exact | str | None, ...]
    difference: Exact | None


class Preference(NamedTuple):
    """Which of two sides pays a holder more at an exit (None: of the command line), by its proceeds."""

    exit: str | None
    holder: str
    stretches: tuple[Stretch, ...]


class Comparison(NamedTuple):
    """Sides of one kind (``check``, ``split`` or ``equity``), by name, and their rows.

    ``preferences`` are of two cap tables: where each holder would rather have the other.
    """

    kind: str
    currencies: tuple[str, ...]
    sides: tuple[str, ...]
    rows: tuple[Row, ...]
    crossings: Crossings | None = None  # of policies in one currency
    preferences: tuple[Preference, ...] = ()
    readings: tuple[tuple[Choice, ...], ...] = ()  # of policies: how each was read


Result = check.Result | split.Split | equity.Result


def compare(sides: Sequence[tuple[str, Result]], party: str = INVENTORS) -> Comparison:
    """Two results or more of one kind, aligned by what they measure, in the order of the first that has it.

    Of policies, ``party`` is whose part says which of them pays more. Raises ``ValueError`` if there are
    fewer than two, or of several kinds.
    """
    kinds = {_KINDS[type(result)][0] for _, result in sides}
    if len(sides) < 2 or len(kinds) != 1:
        raise ValueError("a comparison needs two results or more of one kind")
    kind = kinds.pop()
    currencies = tuple(_currency(result) for _, result in sides)
    schemes = {result.scheme.id for _, result in sides if isinstance(result, check.Result)}
    measured = [{m.key: m for m in _KINDS[type(result)][1](result, len(schemes) > 1)} for _, result in sides]
    keys = dict.fromkeys(key for measures in measured for key in measures)
    one_currency = len(set(currencies)) == 1
    rows = tuple(_row(key, measured, one_currency) for key in keys if _alike(key, measured))
    splits = [result for _, result in sides if isinstance(result, split.Split)]
    order = crossings(splits, party) if splits and one_currency else None
    preferred = _preferences([result for _, result in sides]) if one_currency else ()
    names = tuple(name for name, _ in sides)
    readings = tuple(tuple(one.choices) for one in splits)
    return Comparison(kind, currencies, names, rows, order, tuple(preferred), readings)


def _currency(result: Result) -> str:
    return result.scheme.currency if isinstance(result, check.Result) else result.currency


def _alike(key: str, measured: Sequence[Mapping[str, Measure]]) -> bool:
    """Whether all who have a measure have it of the same comparison."""
    first, *others = (measures[key].of for measures in measured if key in measures)
    return all(other == first for other in others)


def _row(key: str, measured: Sequence[Mapping[str, Measure]], one_currency: bool) -> Row:
    found = [measures.get(key) for measures in measured]
    shown = next(measure for measure in found if measure is not None)
    values = tuple(None if measure is None else measure.value for measure in found)
    first, last = values[0], values[-1]
    difference = None
    comparable = shown.unit != "money" or one_currency
    if comparable and isinstance(first, int | Fraction) and isinstance(last, int | Fraction):
        difference = last - first
    return Row(key, shown.label, shown.unit, values, difference)


def _words(key: str) -> Mapping[str, str]:
    found: Any = texts.catalogue("interface")["compare"]["label"][key]
    return dict(found)


def _of_check(result: check.Result, several: bool) -> Iterator[Measure]:
    """Rules of ``several`` schemes are apart, whatever their ids."""
    yield Measure("verdict", (_words("verdict"),), "word", result.verdict)
    yield Measure("open", (_words("open"),), "word", result.open.status)
    for finding in result.findings:
        scope = f"[{finding.scope}]" if finding.scope is not None else ""
        name = f"{finding.rule.id}{scope}"
        key, label = (f"{result.scheme.id}:{name}",) * 2 if several else (name, name)
        yield Measure(key, (label,), "word", finding.verdict)
        node = _comparison(finding)
        if finding.measured and node:
            kind = finding.measured.type.kind
            unit = kind if kind in ("money", "share") else "number"
            yield Measure(f"{key}.margin", (label, _words("margin")), unit, finding.measured.margin, node)


def _comparison(finding: Finding) -> Node | None:
    """The one comparison of numbers that a finding was worked out from; None where there are several."""
    if finding.trace is None:
        return None
    nodes = [trace.node for trace in comparisons(finding.trace)]
    of_numbers = [
        node
        for node in nodes
        if isinstance(node, Compare) and (node.left.type.number or node.right.type.number)
    ]
    return of_numbers[0] if len(of_numbers) == 1 else None


def _of_split(result: split.Split, _several: bool) -> Iterator[Measure]:
    yield Measure("receipts", (_words("receipts"),), "money", result.receipts)
    for payee in result.parties:
        yield Measure(f"party.{payee.party}", (_party(payee.party, result.policy),), "money", payee.amount)
    for person in result.people:
        yield Measure(f"person.{person.name}", (person.name,), "money", person.amount)
    yield Measure("unrecovered", (_words("unrecovered"),), "money", result.unrecovered)


def _party(party: str, policy: Policy) -> Label:
    if party in policy.parties:
        return dict(policy.parties[party])  # type: ignore[arg-type]
    own = {INVENTORS: "inventors", NOT_FOUND: "not_found"}
    return _words(own[party]) if party in own else party


def _of_equity(result: equity.Result, _several: bool) -> Iterator[Measure]:
    several = len({h.share_class for step in result.events for h in step.holdings}) > 1
    for step in result.events:
        for holding in step.holdings:
            who = f"holder.{holding.holder}" if holding.holder else f"plan.{holding.plan}"
            kind = "" if holding.kind in ("shares", "reserve") else f".{holding.kind}"
            key = f"{step.id}.{who}.{holding.instrument or holding.share_class}{kind}"
            owner = holding.holder or _plan(str(holding.plan), result)
            name: tuple[Label, ...] = (step.id, owner)
            if kind:
                name = (*name, holding.instrument or _security(holding.kind, holding.share_class))
            elif several:
                name = (*name, holding.share_class)
            yield Measure(f"{key}.shares", (*name, _words("shares")), "shares", holding.shares)
            if holding.fully_diluted:
                part = holding.fully_diluted
                yield Measure(f"{key}.fully_diluted", (*name, _words("fully_diluted")), "share", part)
    yield from _of_exits(result)


def _plan(name: str, result: equity.Result) -> Label:
    """A plan's name, marked as one where a stakeholder has it too."""
    if name not in result.table.stakeholders:
        return name
    words: Mapping[str, str] = texts.catalogue("interface")["equity"]["pool"]
    return {lang: text.replace("{plan}", name) for lang, text in words.items()}


def _security(kind: str, share_class: str) -> Label:
    """What rights of a kind to a class are called."""
    words: Mapping[str, str] = texts.catalogue("interface")["equity"]["security"][kind]
    return {lang: text.replace("{name}", share_class) for lang, text in words.items()}


def _of_exits(result: equity.Result) -> Iterator[Measure]:
    """Each exit by its id, or its place among those of the command line, and its proceeds by their place."""
    asked = 0
    places: Counter[str] = Counter()
    ids = Counter(exit_.id for exit_ in result.exits)
    for exit_ in result.exits:
        if exit_.id is None:
            asked += 1
            exit_id = name = f"--exit {asked}"
        else:
            exit_id = name = exit_.id
            places[exit_id] += 1
            if ids[exit_id] > 1:
                name = f"{exit_id} ({places[exit_id]})"
        key = f"exit.{exit_id}.{places[exit_id] or 1}"
        label = (_words("exit"), name)
        yield Measure(f"{key}.proceeds", (*label, _words("proceeds")), "money", exit_.proceeds)
        by_holder: Counter[str] = Counter()
        for payout in exit_.payouts:
            by_holder[payout.holder] += payout.entitled
        for holder, entitled in by_holder.items():
            yield Measure(f"{key}.holder.{holder}", (*label, holder), "money", entitled)


def _preferences(results: Sequence[Result]) -> Iterator[Preference]:
    """For each exit that both of two cap tables have: at which proceeds each holder's preference changes."""
    found = [result.exits for result in results if isinstance(result, equity.Result)]
    if len(found) != 2:
        return
    first, second = ({exit_.id: exit_.schedule for exit_ in reversed(exits)} for exits in found)
    for exit_id in dict.fromkeys(exit_.id for exit_ in found[0]):
        one, other = first[exit_id], second.get(exit_id)
        if one is None or other is None:
            continue
        try:
            stretches = preference.preferences(one, other)
        except Refused:  # at some proceeds no division holds
            continue
        for holder, parts in stretches.items():
            yield Preference(exit_id, holder, parts)


_KINDS: dict[type, tuple[str, Callable[[Any, bool], Iterator[Measure]]]] = {
    check.Result: ("check", _of_check),
    split.Split: ("split", _of_split),
    equity.Result: ("equity", _of_equity),
}
