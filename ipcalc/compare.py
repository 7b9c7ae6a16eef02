"""Results set side by side: what each measures, row by row, and how they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc import equity, texts
from ipcalc.funding import check
from ipcalc.ip import split
from ipcalc.ip.policy import INVENTORS
from ipcalc.quantity import Exact

Label = str | Mapping[str, str]


class Measure(NamedTuple):
    """One thing a result measures. ``unit``: money (minor units), share, shares, number or word."""

    key: str
    label: tuple[Label, ...]
    unit: str
    value: Exact | str


class Row(NamedTuple):
    """A measure of every side, None where a side has none; ``difference`` is the last less the first."""

    key: str
    label: tuple[Label, ...]
    unit: str
    values: tuple[Exact | str | None, ...]
    difference: Exact | None


class Comparison(NamedTuple):
    """Sides of one kind (``check``, ``split`` or ``equity``), by name, and their rows."""

    kind: str
    currencies: tuple[str, ...]
    sides: tuple[str, ...]
    rows: tuple[Row, ...]


Result = check.Result | split.Split | equity.Result


def compare(sides: Sequence[tuple[str, Result]]) -> Comparison:
    """Two results or more of one kind, aligned by what they measure, in the order of the first that has it.

    Raises ``ValueError`` if there are fewer than two, or of several kinds.
    """
    kinds = {_KINDS[type(result)][0] for _, result in sides}
    if len(sides) < 2 or len(kinds) != 1:
        raise ValueError("a comparison needs two results or more of one kind")
    kind = kinds.pop()
    currencies = tuple(_currency(result) for _, result in sides)
    measured = [{m.key: m for m in _KINDS[type(result)][1](result)} for _, result in sides]
    keys = dict.fromkeys(key for measures in measured for key in measures)
    rows = tuple(_row(key, measured, len(set(currencies)) == 1) for key in keys)
    return Comparison(kind, currencies, tuple(name for name, _ in sides), rows)


def _currency(result: Result) -> str:
    return result.scheme.currency if isinstance(result, check.Result) else result.currency


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


def _of_check(result: check.Result) -> Iterator[Measure]:
    yield Measure("verdict", (_words("verdict"),), "word", result.verdict)
    yield Measure("open", (_words("open"),), "word", result.open.status)
    for finding in result.findings:
        scope = f"[{finding.scope}]" if finding.scope is not None else ""
        key = f"{finding.rule.id}{scope}"
        yield Measure(key, (key,), "word", finding.verdict)
        if finding.measured:
            kind = finding.measured.type.kind
            unit = kind if kind in ("money", "share") else "number"
            yield Measure(f"{key}.margin", (key, _words("margin")), unit, finding.measured.margin)


def _of_split(result: split.Split) -> Iterator[Measure]:
    yield Measure("receipts", (_words("receipts"),), "money", result.receipts)
    for payee in result.parties:
        yield Measure(f"party.{payee.party}", (_party(payee),), "money", payee.amount)
    for person in result.people:
        yield Measure(f"person.{person.name}", (person.name,), "money", person.amount)
    yield Measure("unrecovered", (_words("unrecovered"),), "money", result.unrecovered)


def _party(payee: split.Payee) -> Label:
    if payee.party == INVENTORS:
        return _words("inventors")
    return payee.label or payee.party  # type: ignore[return-value]


def _of_equity(result: equity.Result) -> Iterator[Measure]:
    several = len({h.share_class for step in result.events for h in step.holdings}) > 1
    for step in result.events:
        for holding in step.holdings:
            who = holding.holder or holding.plan or ""
            key = f"{step.id}.{who}.{holding.share_class}"
            name = (step.id, who, holding.share_class) if several else (step.id, who)
            yield Measure(f"{key}.shares", (*name, _words("shares")), "shares", holding.shares)
            yield Measure(
                f"{key}.fully_diluted", (*name, _words("fully_diluted")), "share", holding.fully_diluted
            )
    for number, exit_ in enumerate(result.exits):
        for payout in exit_.payouts:
            key = f"exit.{exit_.id or number}.{exit_.proceeds}.{payout.holder}"
            yield Measure(
                key, (_words("exit"), exit_.id or str(number + 1), payout.holder), "money", payout.amount
            )


_KINDS: dict[type, tuple[str, Callable[[Any], Iterator[Measure]]]] = {
    check.Result: ("check", _of_check),
    split.Split: ("split", _of_split),
    equity.Result: ("equity", _of_equity),
}
