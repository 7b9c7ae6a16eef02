"""The split of receipts, drawn: a page for people and a document for machines."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from ipcalc import quantity
from ipcalc.ip.policy import INVENTORS, NOT_FOUND, Only, Source
from ipcalc.ip.split import Choice, Move, Payee, Split
from ipcalc.quantity import Exact
from ipcalc.texts import choose, say
from ipcalc.views.documents import GapDocument, SourceDocument
from ipcalc.views.page import Block, Page, Table, heading, line

# -- the document --------------------------------------------------------------------------------------

PeriodDocument = TypedDict("PeriodDocument", {"from": str | None, "until": str | None})


class PolicyDocument(TypedDict):
    """Which policy, and which of its versions: the options and dates that the version is for."""

    id: str
    name: str
    institution: str
    reviewed: str
    dates: dict[str, PeriodDocument]
    options: dict[str, list[str]]


class PartyDocument(TypedDict):
    """What a party gets. ``exact`` is the amount before rounding, where it differs; ``divided`` is false
    where the party's part is divided further in a way that isn't known.
    """

    party: str
    label: str
    amount: str
    exact: NotRequired[str]
    divided: bool


class PersonDocument(TypedDict):
    """What an inventor gets."""

    name: str
    weight: str
    amount: str


class StepDocument(TypedDict):
    """One movement of money; exact amounts, which may be fractions. ``flow`` is the party that is divided."""

    flow: str | None
    step: str
    party: str | None
    base: str
    base_amount: str
    rate: str | None
    written: str | None
    amount: str
    left: str


class ReadingDocument(TypedDict):
    """An option in play, and what else it could be."""

    option: str
    kind: str
    label: str
    value: str
    stated: bool
    alternatives: list[str]
    sources: list[str]


class EquityDocument(TypedDict):
    """The stake asked of a start-up that licenses; null where it isn't known."""

    stake: str | None
    sources: list[str]


class WeightDocument(TypedDict):
    """An inventor's weight, as it was asked."""

    name: str
    weight: str


class ReceiptDocument(TypedDict):
    """What the answer was worked out from; the same receipt gives the same answer. ``dates`` and
    ``options`` are those that were stated, ``inventors`` in the order that decides ties.
    """

    ipcalc: str
    policy: str
    policy_hash: str
    settings: list[str]
    as_of: str
    dates: dict[str, str]
    receipts: str
    costs: str | None
    inventors: list[WeightDocument]
    options: dict[str, str]


class SplitDocument(TypedDict):
    """Who gets what. Amounts are decimal strings in ``currency``; the parties' sum to ``receipts``."""

    kind: Literal["ipcalc/split"]
    version: Literal[1]
    policy: PolicyDocument
    as_of: str
    dates: dict[str, str]
    currency: str
    receipts: str
    costs: str | None
    parties: list[PartyDocument]
    people: list[PersonDocument]
    unrecovered: str
    readings: list[ReadingDocument]
    equity: EquityDocument | None
    steps: list[StepDocument]
    sources: list[SourceDocument]
    gaps: list[GapDocument]
    receipt: ReceiptDocument


def document(result: Split, lang: str) -> SplitDocument:
    """The result for machines; only labels, names and gaps are in the reader's language."""
    receipt = result.receipt
    return {
        "kind": "ipcalc/split",
        "version": 1,
        "policy": _policy_document(result, lang),
        "as_of": str(result.as_of),
        "dates": {kind: str(day) for kind, day in result.dates.items()},
        "currency": result.currency,
        "receipts": _money(result, result.receipts),
        "costs": None if result.costs is None else _money(result, result.costs),
        "parties": [_party_document(result, payee, lang) for payee in result.parties],
        "people": [
            {"name": name, "weight": quantity.plain(weight), "amount": _money(result, amount)}
            for name, weight, amount in result.people
        ],
        "unrecovered": _money(result, result.unrecovered),
        "readings": [_reading_document(choice, lang) for choice in result.choices],
        "equity": _equity_document(result),
        "steps": [_step_document(result, move) for move in result.steps],
        "sources": [_source_document(source, lang) for source in result.sources],
        "gaps": [{"about": choose(gap.about, lang), "affects": list(gap.affects)} for gap in result.gaps],
        "receipt": {
            "ipcalc": receipt.ipcalc,
            "policy": receipt.policy,
            "policy_hash": receipt.policy_hash,
            "settings": list(receipt.settings),
            "as_of": str(receipt.as_of),
            "dates": {kind: str(day) for kind, day in receipt.dates.items()},
            "receipts": _money(result, receipt.receipts),
            "costs": None if receipt.costs is None else _money(result, receipt.costs),
            "inventors": [
                {"name": name, "weight": quantity.plain(weight)} for name, weight in receipt.inventors.items()
            ],
            "options": dict(receipt.options),
        },
    }


def _money(result: Split, minor: int) -> str:
    return quantity.money_plain(minor, result.currency)


def _exact(result: Split, minor: Exact) -> str:
    """An exact amount: all minor digits where it is whole, a longer decimal or a fraction where not."""
    if isinstance(minor, int):
        return _money(result, minor)
    return quantity.plain(quantity.to_major(minor, result.currency))


def _policy_document(result: Split, lang: str) -> PolicyDocument:
    policy, only = result.policy, result.version.only
    return {
        "id": policy.id,
        "name": choose(policy.name, lang),
        "institution": policy.institution,
        "reviewed": str(policy.reviewed),
        "dates": {
            kind: {"from": _day(first), "until": _day(last)} for kind, (first, last) in only.dates.items()
        },
        "options": {name: list(values) for name, values in only.options.items()},
    }


def _day(day: date | None) -> str | None:
    return None if day is None else str(day)


def _party_document(result: Split, payee: Payee, lang: str) -> PartyDocument:
    found: PartyDocument = {
        "party": payee.party,
        "label": _label(result, payee.party, lang),
        "amount": _money(result, payee.amount),
        "divided": payee.divided,
    }
    if payee.exact != payee.amount:
        found["exact"] = _exact(result, payee.exact)
    return found


def _reading_document(choice: Choice, lang: str) -> ReadingDocument:
    option = choice.option
    return {
        "option": option.id,
        "kind": option.kind,
        "label": choose(option.label, lang) if option.label else option.id,
        "value": choice.value,
        "stated": choice.stated,
        "alternatives": list(choice.alternatives()),
        "sources": list(option.sources),
    }


def _equity_document(result: Split) -> EquityDocument | None:
    if result.equity is None:
        return None
    stake, sources = result.equity
    return {"stake": stake.text if stake else None, "sources": list(sources)}


def _step_document(result: Split, move: Move) -> StepDocument:
    return {
        "flow": move.flow or None,
        "step": move.kind,
        "party": move.party or None,
        "base": move.base,
        "base_amount": _exact(result, move.base_amount),
        "rate": None if move.rate is None else quantity.plain(move.rate),
        "written": move.written or None,
        "amount": _exact(result, move.amount),
        "left": _exact(result, move.left),
    }


def _source_document(source: Source, lang: str) -> SourceDocument:
    return {
        "id": source.id,
        "title": source.title,
        "kind": source.kind,
        "url": source.url,
        "dated": _day(source.dated),
        "note": choose(source.note, lang) if source.note else None,
    }


# -- the page ------------------------------------------------------------------------------------------


def page(result: Split, lang: str, *, steps: bool = False) -> Page:
    """The result for people; with ``steps``, the money on its way down."""
    blocks: list[Block] = [
        heading(choose(result.policy.name, lang), 1),
        line(_when(result, lang), "dim"),
        line(_summary(result, lang), "strong"),
        *_notes(result, lang),
        heading(say("split.parties", lang)),
        _parties(result, lang),
    ]
    if result.people:
        blocks += [heading(say("split.people", lang)), _people(result, lang)]
    if steps:
        blocks += [heading(say("split.steps", lang)), _steps(result, lang)]
    if result.choices:
        blocks += [heading(say("split.readings", lang)), *_readings(result, lang)]
    if result.equity:
        blocks += [heading(say("split.equity", lang)), line(_equity(result, lang), depth=1)]
    if gaps := [*_gaps(result, lang)]:
        blocks += [heading(say("split.gaps", lang)), *(line(gap, depth=1) for gap in gaps)]
    blocks += [heading(say("split.sources", lang)), *_sources(result.sources, lang)]
    return [*blocks, line(""), line(_receipt(result, lang), "dim")]


def _amount(result: Split, minor: int) -> str:
    """Minor units for a column: every amount with all its decimals."""
    places = quantity.currencies()[result.currency]
    return quantity.grouped(quantity.to_major(minor, result.currency), places)


def _label(result: Split, party: str, lang: str) -> str:
    if party in result.policy.parties:
        return choose(result.policy.parties[party], lang)
    if party == INVENTORS:
        return say("split.inventors", lang)
    return say("split.not_found", lang) if party == NOT_FOUND else party


def _when(result: Split, lang: str) -> str:
    words = [say("split.as_of", lang, day=result.as_of), *_only(result.version.only, lang)]
    return say("split.comma", lang).join(words)


def _only(only: Only, lang: str) -> Iterable[str]:
    for kind, (first, last) in only.dates.items():
        if first:
            yield say(f"split.{kind}_from", lang, day=first)
        if last:
            yield say(f"split.{kind}_until", lang, day=last)


def _summary(result: Split, lang: str) -> str:
    amount = result.amount(INVENTORS)
    return say(
        "split.summary",
        lang,
        currency=result.currency,
        receipts=_amount(result, result.receipts),
        amount=_amount(result, amount),
        share=_share(result, amount),
    )


def _notes(result: Split, lang: str) -> Iterable[Block]:
    if result.costs is None:
        yield line(say("split.no_costs", lang))
    if result.unrecovered:
        amount = _amount(result, result.unrecovered)
        yield line(say("split.unrecovered", lang, currency=result.currency, amount=amount), "open")


def _share(result: Split, minor: int) -> str:
    return quantity.percent(Fraction(minor, result.receipts), 2) if result.receipts else "–"


def _parties(result: Split, lang: str) -> Table:
    columns = (
        (say("split.party", lang), False),
        (say("split.amount", lang, currency=result.currency), True),
        (say("split.share", lang), True),
    )
    rows = [
        (_label(result, payee.party, lang), _amount(result, payee.amount), _share(result, payee.amount))
        for payee in result.parties
    ]
    total = (say("split.total", lang), _amount(result, result.receipts), _share(result, result.receipts))
    return Table(columns, [*rows, total])


def _people(result: Split, lang: str) -> Table:
    columns = (
        (say("split.name", lang), False),
        (say("split.weight", lang), True),
        (say("split.amount", lang, currency=result.currency), True),
    )
    rows = [(name, quantity.plain(weight), _amount(result, amount)) for name, weight, amount in result.people]
    return Table(columns, rows)


def _steps(result: Split, lang: str) -> Table:
    columns = (
        (say("split.step", lang), False),
        (say("split.party", lang), False),
        (say("split.base", lang), True),
        (say("split.rate", lang), True),
        (say("split.amount", lang, currency=result.currency), True),
        (say("split.left", lang), True),
    )
    rows = [
        (
            _step(result, move, lang),
            _label(result, move.party, lang) if move.party else move.base,
            _about(result, move.base_amount),
            _rate(move, lang),
            _about(result, move.amount),
            _about(result, move.left),
        )
        for move in result.steps
    ]
    return Table(columns, rows)


def _step(result: Split, move: Move, lang: str) -> str:
    words = choose(move.name, lang) if move.name else say(f"split.step_{move.kind}", lang)
    return f"{_label(result, move.flow, lang)}: {words}" if move.flow else words


def _rate(move: Move, lang: str) -> str:
    if move.rate is None:
        return ""
    if move.written in ("rest", "unknown"):
        return f"{say(f'split.{move.written}', lang)} ({quantity.percent(move.rate)})"
    return quantity.percent(move.rate) if "/" not in move.written else move.written


def _about(result: Split, minor: Exact) -> str:
    """An exact amount for a column; a finer one is shown in whole minor units, marked."""
    if isinstance(minor, int):
        return _amount(result, minor)
    return f"≈{_amount(result, (minor + Fraction(1, 2)).__floor__())}"


def _readings(result: Split, lang: str) -> Iterable[Block]:
    for choice in result.choices:
        option = choice.option
        words = say(
            f"split.{option.kind}",
            lang,
            label=choose(option.label, lang) if option.label else option.id,
            value=choice.value,
            others=say("split.or", lang).join(choice.alternatives()),
        )
        yield line(f"{words} [{', '.join(option.sources)}]", depth=1)
        if choice.alternatives():
            other = f"--option '{option.id}={choice.alternatives()[0]}'"
            yield line(say("split.change", lang, option=other), "dim", depth=2)


def _equity(result: Split, lang: str) -> str:
    assert result.equity is not None
    stake, sources = result.equity
    if stake is None:
        return say("split.stake_unknown", lang)
    return f"{say('split.stake', lang, stake=stake.text)} [{', '.join(sources)}]"


def _gaps(result: Split, lang: str) -> Iterable[str]:
    """What the file says it lacks, and each part that is divided further in a way it doesn't say."""
    affected = {name for gap in result.gaps for name in gap.affects}
    for payee in result.parties:
        if not payee.divided and payee.party not in affected:
            yield say("split.further", lang, label=_label(result, payee.party, lang))
    for gap in result.gaps:
        yield f"[{', '.join(gap.affects)}] {choose(gap.about, lang)}"


def _sources(sources: Iterable[Source], lang: str) -> Iterable[Block]:
    for source in sources:
        dated = f", {source.dated}" if source.dated else ""
        yield line(f"[{source.id}] {source.title}{dated}", depth=1)
        if source.url:
            yield line(source.url, "dim", depth=2)
        if source.note:
            yield line(choose(source.note, lang), depth=2)


def _receipt(result: Split, lang: str) -> str:
    receipt = result.receipt
    words = say(
        "split.receipt",
        lang,
        program=f"ipcalc {receipt.ipcalc}",
        policy=receipt.policy,
        sha256=receipt.policy_hash[:12],
        day=receipt.as_of,
        reviewed=result.policy.reviewed,
    )
    return " ".join([words, *_asked(result), *receipt.settings])


def _asked(result: Split) -> Iterable[str]:
    """What was asked, as a command line asks it; a kind of date, which none can, by its name."""
    receipt = result.receipt
    yield f"--receipts {_money(result, receipt.receipts)}"
    if receipt.costs is not None:
        yield f"--costs {_money(result, receipt.costs)}"
    for name, weight in receipt.inventors.items():
        yield f"--inventor {shlex.quote(f'{name}={quantity.plain(weight)}')}"
    for name, value in receipt.options.items():
        yield f"--option {shlex.quote(f'{name}={value}')}"
    for kind, day in receipt.dates.items():
        yield f"{kind} {day}"
