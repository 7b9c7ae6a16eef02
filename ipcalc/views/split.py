"""The split of receipts, drawn: a page for people (``document`` is for machines)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from ipcalc import quantity
from ipcalc.ip.case import Choice
from ipcalc.ip.engine import Move
from ipcalc.ip.findings import Finding
from ipcalc.ip.model import COSTS, INVENTORS, NOT_FOUND, Equity, Only, Policy, Source
from ipcalc.ip.split import Split
from ipcalc.quantity import Exact
from ipcalc.texts import choose, say
from ipcalc.views import chart
from ipcalc.views.page import Block, Page, Table, heading, line
from ipcalc.views.split_document import SplitDocument, document, label, money

__all__ = ["SplitDocument", "document", "page"]
ACROSS = 4  # parties beside each other in a table by period


def page(result: Split, lang: str, *, steps: bool = False, drawn: bool = False) -> Page:
    """The result for people; with ``steps``, the money on its way down; ``drawn``, a chart of it."""
    blocks: list[Block] = [
        heading(choose(result.policy.name, lang), 1),
        line(_when(result, lang), "dim"),
        line(said(result, lang), "strong"),
        *body(result, lang, steps=steps, drawn=drawn),
        heading(say("split.sources", lang)),
        *sources(result.sources, lang),
    ]
    return [*blocks, line(""), line(receipt(result, lang), "dim")]


def body(
    result: Split, lang: str, *, steps: bool = False, drawn: bool = False, filed: bool = False
) -> Iterable[Block]:
    """What a split says but for its title, its sources and its receipt; where a file asked for it
    (``filed``), without its gaps, too.
    """
    yield from _notes(result, lang)
    yield heading(say("split.parties", lang))
    yield _parties(result, lang)
    if drawn:
        yield chart.bars(
            [(label(result.policy, one.party, lang), one.amount) for one in result.parties if one.amount]
        )
    if result.people:
        yield heading(say("split.people", lang))
        yield _people(result, lang)
        yield from (
            line(say("split.waived", lang, name=one.name, to=one.to), depth=1)
            for one in result.people
            if one.to
        )
    if len(result.periods) > 1:
        yield from _periods(result, lang, drawn=drawn)
    if _moving(result):
        yield heading(say("split.accounts", lang))
        yield _accounts(result, lang)
    if result.findings or result.outside:
        yield heading(say("split.floors", lang))
        yield from (_finding(result, one, lang) for one in result.findings)
        yield from _outside(result, lang)
    if steps:
        yield heading(say("split.steps", lang))
        for division in result.periods:
            if len(result.periods) > 1:
                yield line(division.period, "strong")
            yield _steps(result, division.steps, lang)
    if result.choices or result.given:
        yield heading(say("split.readings", lang))
        yield from _readings(result, lang, filed=filed)
    if result.equity:
        yield heading(say("split.equity", lang))
        yield from (line(words, depth=1) for words in equity(result.equity, result.currency, lang))
    if not filed:
        yield from gaps([result], lang)


def _amount(result: Split, minor: Exact) -> str:
    """An amount for a column."""
    return quantity.money_column(minor, result.currency)


def _when(result: Split, lang: str) -> str:
    words = [say("split.as_of", lang, day=result.as_of), *only(result.version.only, lang)]
    return say("split.comma", lang).join(words)


def only(found: Only, lang: str) -> Iterable[str]:
    """The dates that a version is for, in words."""
    for kind, (first, last) in found.dates.items():
        if first and last:
            yield say(f"split.{kind}_between", lang, first=first, last=last)
        elif first:
            yield say(f"split.{kind}_from", lang, day=first)
        elif last:
            yield say(f"split.{kind}_until", lang, day=last)


def said(result: Split, lang: str) -> str:
    """What the inventors get, in a sentence; of a law, that it only says what is due at least."""
    if result.policy.kind == "law":
        return say("split.law", lang, id=result.policy.id)
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
    if missing := result.amount(NOT_FOUND):
        amount = _amount(result, missing)
        yield line(say("split.owner_unknown", lang, currency=result.currency, amount=amount), "open")
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
        (label(result.policy, payee.party, lang), _amount(result, payee.amount), _share(result, payee.amount))
        for payee in result.parties
    ]
    if kept := sum(one.after - one.before for one in result.balances if _reserve(result, one.account)):
        rows.append((say("split.kept", lang), _amount(result, kept), _share(result, kept)))
    total = (say("split.total", lang), _amount(result, result.receipts), _share(result, result.receipts))
    return Table(columns, [*rows, total])


def _reserve(result: Split, account: str) -> bool:
    return any(move.kind == "hold" and move.base == account for move in result.steps)


def _people(result: Split, lang: str) -> Table:
    columns = (
        (say("split.name", lang), False),
        (say("split.weight", lang), True),
        (say("split.amount", lang, currency=result.currency), True),
    )
    rows = [(one.name, quantity.plain(one.weight), _amount(result, one.amount)) for one in result.people]
    return Table(columns, rows)


# -- by period -----------------------------------------------------------------------------------------


def _periods(result: Split, lang: str, *, drawn: bool) -> Iterable[Block]:
    """Tables by period: first of the parties, then of the people, a few beside each other."""
    yield heading(say("split.by_period", lang))
    parties = [(one.party, label(result.policy, one.party, lang)) for one in result.parties if one.amount]
    amounts = [{one.party: one.amount for one in period.parties} for period in result.periods]
    yield from _by_period(result, parties, amounts, lang)
    if drawn:
        rows = [
            (period.period, [found.get(party, 0) for party, _ in parties])
            for period, found in zip(result.periods, amounts, strict=True)
        ]
        yield chart.stacked(rows, [name for _, name in parties])
    people = [(one.name, one.name) for one in result.people]
    amounts = [{one.name: one.amount for one in period.people} for period in result.periods]
    if people:
        yield from _by_period(result, people, amounts, lang)


def _by_period(
    result: Split, names: Sequence[tuple[str, str]], amounts: Sequence[dict[str, int]], lang: str
) -> Iterable[Table]:
    for i in range(0, len(names), ACROSS):
        here = names[i : i + ACROSS]
        columns = [(say("split.period", lang), False), (say("split.received", lang), True)]
        columns += [(name, True) for _, name in here]
        rows = [
            [
                period.period,
                _amount(result, period.receipts),
                *(_amount(result, found.get(key, 0)) for key, _ in here),
            ]
            for period, found in zip(result.periods, amounts, strict=True)
        ]
        totals = [sum(found.get(key, 0) for found in amounts) for key, _ in here]
        rows.append(
            [
                say("split.total", lang),
                _amount(result, result.receipts),
                *(_amount(result, t) for t in totals),
            ]
        )
        yield Table(columns, rows)


def _moving(result: Split) -> bool:
    """Whether accounts say more than that all costs were paid back or not at once."""
    several = len(result.periods) > 1
    return any(any(one[1:]) and (several or one.account != COSTS or one.covered) for one in result.balances)


def _accounts(result: Split, lang: str) -> Table:
    keys = ("before", "posted", "paid", "covered", "written_off", "after")
    found = [one for one in result.balances if any(one[1:])]
    shown = [key for key in keys if key in ("posted", "after") or any(getattr(one, key) for one in found)]
    columns = [
        (say("split.account", lang), False),
        *((say(f"split.account_{key}", lang), True) for key in shown),
    ]
    return Table(
        columns, [[one.account, *(_amount(result, getattr(one, key)) for key in shown)] for one in found]
    )


def _finding(result: Split, one: Finding, lang: str) -> Block:
    """A floor and whether it is met."""
    owner = one.law or result.policy
    words = say(
        f"split.floor_{one.status}",
        lang,
        party=label(result.policy, one.floor.party, lang),
        rate=quantity.percent(one.rate),
        of=one.floor.of,
        required=_amount(result, one.required),
        got="–" if one.got is None else _amount(result, one.got),
        currency=result.currency,
    )
    where = choose(owner.name, lang) if one.law else ""
    parts = [part for part in (where, one.period, words) if part]
    cited = f" [{', '.join(one.floor.sources)}]" if one.floor.sources else ""
    style = {"met": "good", "short": "bad", "unknown": "open"}[one.status]
    return line(": ".join(parts) + cited, style, depth=1)


def _outside(result: Split, lang: str) -> Iterable[Block]:
    """The laws that are not for some of the receipts, or for none."""
    for law, minor in result.outside:
        amount = _amount(result, minor)
        yield line(
            say("split.outside", lang, law=choose(law.name, lang), currency=result.currency, amount=amount),
            "open",
            depth=1,
        )


# -- the money on its way ------------------------------------------------------------------------------


def _steps(result: Split, moves: Sequence[Move], lang: str) -> Table:
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
            label(result.policy, move.party, lang) if move.party else move.base,
            _amount(result, move.base_amount),
            _rate(move, lang),
            _amount(result, move.amount),
            _amount(result, move.left),
        )
        for move in moves
    ]
    return Table(columns, rows)


def _step(result: Split, move: Move, lang: str) -> str:
    words = choose(move.name, lang) if move.name else say(f"split.step_{move.kind}", lang)
    if move.up_to is not None:
        words = say("split.step_to", lang, step=words, edge=quantity.money(move.up_to, result.currency))
    return f"{label(result.policy, move.flow, lang)}: {words}" if move.flow else words


def _rate(move: Move, lang: str) -> str:
    if move.rate is None:
        return ""
    if move.written in ("rest", "unknown"):
        return f"{say(f'split.{move.written}', lang)} ({quantity.percent(move.rate)})"
    return move.written if "/" in move.written else quantity.percent(move.rate)


# -- what the answer rests on --------------------------------------------------------------------------


def _readings(result: Split, lang: str, *, filed: bool) -> Iterable[Block]:
    for choice in result.choices:
        yield line(reading(choice, lang), depth=1)
        if choice.alternatives():
            name, value = choice.option.id, choice.alternatives()[0]
            other = f'[options] "{name}" = "{value}"' if filed else f"--option '{name}={value}'"
            yield line(say("split.change", lang, option=other), "dim", depth=2)
    for one in result.given:
        value = (
            quantity.percent(one.value)
            if one.input.kind == "share"
            else f"{result.currency} {quantity.money(one.value, result.currency)}"
        )
        yield line(say("split.given", lang, name=one.input.name, value=value), depth=1)


def reading(choice: Choice, lang: str) -> str:
    """How an option was read, what else it could be, and by which sources."""
    option = choice.option
    words = say(
        f"split.{option.kind}",
        lang,
        label=choose(option.label, lang) if option.label else option.id,
        value=choice.value,
        others=say("split.or", lang).join(choice.alternatives()),
    )
    return f"{words} [{', '.join(option.sources)}]"


def equity(found: Equity, currency: str, lang: str) -> Iterable[str]:
    """What an institution asks of a start-up that licenses, in words."""
    cited = f" [{', '.join(found.sources)}]" if found.sources else ""
    words = say("split.stake_unknown", lang)
    if found.stake and found.most:
        words = say("split.stake_range", lang, stake=found.stake.text, most=found.most.text)
    elif found.stake:
        words = say("split.stake", lang, stake=found.stake.text)
    elif found.amount is not None:
        words = say(
            "split.stake_amount", lang, currency=currency, amount=quantity.money(found.amount, currency)
        )
    yield words + cited
    if found.exit_share:
        yield say("split.exit_share", lang, share=found.exit_share.text)
    if found.undiluted:
        raised, note = found.undiluted
        if raised:
            amounts = "–".join(quantity.money(amount, currency) for amount in raised if amount is not None)
            yield say("split.undiluted", lang, currency=currency, amount=amounts)
        if note:
            yield choose(note, lang)
    if found.note:
        yield choose(found.note, lang)


def gaps(results: Sequence[Split], lang: str) -> Iterable[Block]:
    """What the files of policies and laws say they lack, each once; of several, each by its name."""
    found: dict[str, list[str]] = {}
    for result in results:
        for policy in (result.policy, *result.laws):
            said = found.setdefault(choose(policy.name, lang), [])
            said += [words for words in _gaps(result, policy, lang) if words not in said]
    yield from [heading(say("split.gaps", lang))] if any(found.values()) else ()
    for name, words in found.items():
        if len(found) > 1 and words:
            yield line(name, depth=1)
        yield from (line(one, depth=1 + (len(found) > 1)) for one in words)


def _gaps(result: Split, policy: Policy, lang: str) -> Iterable[str]:
    """What one file lacks, and each part that its policy divides further in a way it doesn't say."""
    affected = {name for gap in policy.gaps for name in gap.affects}
    for payee in result.parties if policy is result.policy else ():
        if not payee.divided and payee.party not in affected:
            yield say("split.further", lang, label=label(policy, payee.party, lang))
    for gap in policy.gaps:
        yield f"[{', '.join(gap.affects)}] {choose(gap.about, lang)}"


def sources(found: Iterable[Source], lang: str) -> Iterable[Block]:
    """Where figures stand."""
    for source in found:
        dated = f", {source.dated}" if source.dated else ""
        yield line(f"[{source.id}] {source.title}{dated}", depth=1)
        if source.url:
            yield line(source.url, "dim", depth=2)
        if source.note:
            yield line(choose(source.note, lang), depth=2)


CSV_COLUMNS = (
    "case", "institution", "period", "first", "last", "currency", "of", "id", "name", "to", "amount",
)  # fmt: skip


def rows(result: Split, lang: str, case: str = "", institution: str = "") -> Iterator[Sequence[str | Exact]]:
    """Who gets what in each period, a row each, under ``CSV_COLUMNS``; they add up to what was received.

    ``of`` is party, inventor (in the place of the inventors' part, where inventors are named) or reserve;
    ``to`` is who gets what an inventor waives.
    """
    for one in result.periods:
        head = (case, institution, one.period, one.first.isoformat(), one.last.isoformat(), result.currency)
        for payee in one.parties:
            if payee.party == INVENTORS and one.people:
                continue
            name = label(result.policy, payee.party, lang)
            yield *head, "party", payee.party, name, "", _major(result, payee.amount)
        for person in one.people:
            yield *head, "inventor", person.name, person.name, person.to or "", _major(result, person.amount)
        for account in one.balances:
            if _reserve(result, account.account):
                kept = account.after - account.before
                yield *head, "reserve", account.account, account.account, "", _major(result, kept)


def _major(result: Split, minor: int) -> Exact:
    return quantity.to_major(minor, result.currency)


def receipt(result: Split, lang: str) -> str:
    """What the answer was worked out from, on a line."""
    found = result.receipt
    words = say(
        "split.receipt",
        lang,
        program=f"ipcalc {found.ipcalc}",
        policy=found.policy,
        sha256=found.policy_hash[:12],
        day=found.as_of,
        reviewed=result.policy.reviewed,
    )
    return " ".join([words, *_asked(result), *found.settings])


def _asked(result: Split) -> Iterable[str]:
    """What was asked, as a command line asks it."""
    receipt = result.receipt
    yield f"--receipts {money(result, receipt.receipts)}"
    if receipt.costs is not None:
        yield f"--costs {money(result, receipt.costs)}"
    for account, amount in receipt.accounts.items():
        yield shlex.join(["--account", f"{account}={money(result, amount)}"])
    for name, weight in receipt.inventors.items():
        yield shlex.join(["--inventor", f"{name}={quantity.plain(weight)}"])
    for name, value in receipt.options.items():
        yield shlex.join(["--option", f"{name}={value}"])
    for name, value in receipt.inputs.items():
        yield shlex.join(["--input", f"{name}={value}"])
    for kind, day in receipt.dates.items():
        yield shlex.join(["--date", f"{kind}={day}"])
    for law in receipt.laws:
        yield shlex.join(["--law", law])
