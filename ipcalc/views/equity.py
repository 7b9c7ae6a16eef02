"""A cap table followed through its events, as a page, a chart and a table of holdings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from ipcalc import quantity
from ipcalc.equity import Result
from ipcalc.equity.changes import Change
from ipcalc.equity.financing import RoundTerms
from ipcalc.equity.fold import Step
from ipcalc.equity.holdings import Move
from ipcalc.inputs.document import Document
from ipcalc.quantity import Exact
from ipcalc.texts import say
from ipcalc.views import exits
from ipcalc.views.agreed import agreed
from ipcalc.views.figures import money, near, percents
from ipcalc.views.page import Block, Code, Page, Table, heading, line

if TYPE_CHECKING:
    from ipcalc.inputs import locate

_GROWS = {"university-grant", "grant", "pool", "round"}  # events of which a page shows the parts before, too


def page(result: Result, lang: str, *, chart: bool = False, breakpoints: bool = False) -> Page:
    """The result for people: each event with a table of holders, then why parts changed, exits and the rest.

    Issues of one day that follow each other share one table.
    """
    title = say("equity.title", lang, company=result.company, currency=result.currency)
    blocks: list[Block] = [heading(title, 1)]
    if not result.events:
        blocks.append(line(say("equity.no_events", lang)))
    for number, step in enumerate(result.events, 1):
        after = result.events[number] if number < len(result.events) else None
        kind = say(f"equity.kind.{step.kind}", lang)
        blocks.append(heading(f"{step.date} · {step.id} · {kind}"))
        lines = *agreed(result.table, result.table.events[number - 1], lang), *_about(result, step, lang)
        blocks += [line(text, depth=1) for text in lines]
        if not (after and after.kind == step.kind == "issue" and after.date == step.date):
            blocks.append(_table(result, step, lang))
    blocks += _paths(result, lang)
    blocks += _chart(result, lang) if chart else []
    blocks += exits.page(result, lang, points=breakpoints, drawn=chart)
    blocks += [heading(say("equity.assumptions", lang))] if result.assumptions else []
    blocks += [line(say(f"equity.assumes.{key}", lang, **args), depth=1) for key, args in result.assumptions]
    blocks.append(heading(say("equity.receipt", lang)))
    receipt = result.receipt
    key = "equity.receipt_package" if result.table.document.origins else "equity.receipt_program"
    told = say(key, lang, version=receipt.ipcalc, sha256=receipt.captable_hash)
    asked = [f"--exit {amount}" for amount in receipt.exits]
    if receipt.at:
        asked.append(f"--at {receipt.at}")
    blocks += [line(text, "dim", 1) for text in (told, *receipt.settings, *asked)]
    return blocks


def file(source: Document, document: Document, lang: str) -> str:
    """A cap table's file with what was laid over it; of a package, with what was read into it as comments."""
    from ipcalc.inputs.edit import edited

    said: dict[locate.Path, str] = {}
    for path, key, args in document.remarks:
        told = (said.get(path, ""), say(f"equity.assumes.{key}", lang, **args))
        said[path] = " · ".join(filter(None, told))
    old = ("", {}) if source.origins else (source.text, source.data)
    return edited(*old, document.data, lambda path: "" if path in document.overlaid else said.get(path, ""))


def _about(result: Result, step: Step, lang: str) -> Iterator[str]:
    """What an event did, in lines."""
    if step.round:
        yield from _terms(result, step.round, lang)
    if step.target:
        asked, achieved = step.target
        reached = quantity.percent(asked) if asked == achieved else f"≈ {quantity.percent(achieved, 4)}"
        yield say("equity.target", lang, asked=quantity.percent(asked), achieved=reached)
    if step.closed and step.changes:
        paid, shares = (
            sum(of) for of in zip(*((one.paid or 0, one.shares) for one in step.changes), strict=True)
        )
        price = near(quantity.to_major(Fraction(paid) / shares, result.currency), 6)
        words = {"id": step.closed.instrument, "amount": money(paid, result.currency), "price": price}
        yield say("equity.converted", lang, **words, branch=say("equity.branch.stated", lang))
    if step.closed and (step.closed.left or not step.changes):
        closed, left = (money(one, result.currency) for one in (step.closed.amount, step.closed.left))
        yield say("equity.closed", lang, id=step.closed.instrument, amount=closed, left=left)
    if step.kind != "split":
        yield from (_changed(result, change, lang) for change in step.changes)
    for name, one in step.adjusted.items():
        prices = [near(quantity.to_major(price, result.currency), 6) for price in (one.before, one.after)]
        names = result.table.classes[name].name
        yield say("equity.adjusted", lang, name=names, before=prices[0], after=prices[1])
    if step.lost:
        key = "equity.lost" if step.lost > 0 else "equity.made"
        yield say(key, lang, shares=near(max(step.lost, -step.lost), 4))
    if step.unconverted and step.unconverted.uncounted:
        yield say("equity.uncounted", lang, list=say("words.comma", lang).join(step.unconverted.uncounted))


def _terms(result: Result, terms: RoundTerms, lang: str) -> Iterator[str]:
    """A round's terms, in lines."""
    currency = result.currency
    yield say(
        "equity.round",
        lang,
        price=near(quantity.to_major(terms.price, currency), 6),
        pre=money(terms.pre, currency),
        money=money(terms.new_money, currency),
        post=money(terms.post, currency),
    )
    for one in terms.converted:
        price = near(quantity.to_major(one.price, currency), 6)
        branch = say(f"equity.branch.{one.branch}", lang)
        words = {
            "id": one.instrument,
            "branch": branch,
            "price": price,
            "amount": money(one.amount, currency),
        }
        yield say("equity.converted", lang, **words)
        if one.interest:
            yield say("equity.interest_paid", lang, id=one.instrument, amount=money(one.interest, currency))
    for floor in terms.floors:
        shares, unprotected = near(floor.topup, 2), money(floor.unprotected, currency)
        words = {"id": floor.stake, "shares": shares, "protected": money(floor.protected, currency)}
        yield say("equity.floor", lang, **words, unprotected=unprotected)
    for right in terms.rights:
        words = {"id": right.of, "most": money(right.most, currency)}
        yield say("equity.right", lang, **words, exercised=money(right.exercised, currency))


def _changed(result: Result, change: Change, lang: str) -> str:
    words = {
        "holder": _name(result, change.to.holder, change.to.plan, lang),
        "shares": f"{'+' if change.shares > 0 else ''}{near(change.shares, 2)}",
        "name": _security(result, change.to.kind, change.to.share_class, lang),
    }
    if change.instrument is not None:
        return say("equity.change_of", lang, **words, id=change.instrument)
    if change.paid is None:
        return say("equity.change", lang, **words)
    return say("equity.change_paid", lang, **words, paid=money(change.paid, result.currency))


def _table(result: Result, step: Step, lang: str) -> Block:
    """The holdings after an event; each column of percentages adds up to 100.00%."""
    if not step.holdings:
        return line(say("equity.left_out" if step.shares else "equity.nothing", lang), "dim")
    holdings = step.holdings
    shown: list[tuple[str, Sequence[Exact], Sequence[object]]] = [
        ("issued", [one.issued for one in holdings], [one.kind == "shares" for one in holdings]),
        ("fully_diluted", [one.fully_diluted for one in holdings], [one.fully_diluted for one in holdings]),
    ]
    if any(one.instrument for one in holdings):
        with_ = [one.with_unconverted for one in holdings]
        shown.append(("with_unconverted", with_, with_))
    elif step.kind in _GROWS and any(one.before for one in holdings):
        before = [one.before for one in holdings]
        shown.append(("before", before, before))
    columns = [("holder", False), ("class", False), ("shares", True), *((key, True) for key, _, _ in shown)]
    # what converts, or would, need not be whole
    fine = 2 if result.table.rounding.shares == "exact" else 0
    rows = [
        [
            _name(result, one.holder, one.plan, lang),
            _security(result, one.kind, one.share_class, lang, one.instrument),
            near(one.shares, fine if one.instrument else 2),
        ]
        for one in holdings
    ]
    added = sum(one.shares for one in holdings if not one.instrument)
    what = "" if added == step.shares else say("equity.as_converted", lang)
    rows.append([say("equity.total", lang), what, near(step.shares, fine)])
    for _, parts, applies in shown:
        texts = percents(parts)
        for row, text, shows in zip(rows, texts, applies, strict=False):
            row.append(text if shows else "–")
        rows[-1].append("100.00%" if any(parts) else "–")
    return Table([(say(f"equity.{key}", lang), right) for key, right in columns], rows)


def _paths(result: Result, lang: str) -> list[Block]:
    """Why each part changed, from its first event."""
    if not any(len(path.moves) > 1 for path in result.paths):
        return []
    blocks: list[Block] = [heading(say("equity.paths", lang))]
    for path in result.paths:
        if path.moves:
            words = {"name": _name(result, path.holder, path.plan, lang)}
            key = "equity.path" if path.value is None else "equity.path_value"
            value = "" if path.value is None else money(path.value, result.currency)
            part = quantity.percent(path.moves[-1][1].after, 2)
            blocks.append(line(say(key, lang, **words, part=part, value=value), depth=1))
            blocks += [line(_moved(event, move, lang), "dim", 2) for event, move in path.moves]
    return blocks


def _moved(event: str, move: Move, lang: str) -> str:
    causes = say("words.comma", lang).join(
        f"{say(f'equity.cause.{cause}', lang)} {_points(part, lang)}" for cause, part in move.because
    )
    words = {
        "event": event,
        "before": quantity.percent(move.before, 2),
        "after": quantity.percent(move.after, 2),
    }
    return say("equity.moved", lang, **words, causes=causes)


def _points(part: Exact, lang: str) -> str:
    """A difference of two parts, with its sign."""
    text = say("compare.points", lang, n=quantity.percent(part, 2).removesuffix("%"))
    return f"+{text}" if part > 0 else text


def _name(result: Result, holder: str | None, plan: str | None, lang: str) -> str:
    if holder is None:
        return say("equity.pool", lang, plan=plan)
    return result.table.stakeholders[holder].label


def _security(result: Result, kind: str, share_class: str, lang: str, instrument: str | None = None) -> str:
    """What a position is of: a class's shares or reserve, rights to them, or an instrument."""
    if instrument is not None:
        return say(f"equity.security.{kind}", lang, id=instrument)
    name = result.table.classes[share_class].name
    return name if kind in ("shares", "reserve") else say(f"equity.security.{kind}", lang, name=name)


# -- the chart ----------------------------------------------------------------------------------------

_CELLS = 50  # of a bar
_MARKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _chart(result: Result, lang: str) -> list[Block]:
    """Ownership fully diluted after each round, and after the last event: a bar of letters, one an owner."""
    steps = [step for step in result.events if step.holdings and (step.round or step is result.events[-1])]
    owners: dict[tuple[str | None, str | None], str] = {}
    for step in steps:
        for holding in step.holdings:
            owner = (holding.holder, None) if holding.holder else (None, holding.plan)
            if owner not in owners and holding.fully_diluted:
                owners[owner] = _MARKS[len(owners)] if len(owners) < len(_MARKS) else "·"
    width = max((len(step.id) for step in steps), default=0)
    bars = [f"{step.id.ljust(width)} {_bar(step, owners)}" for step in steps]
    names = [f"{mark} {_name(result, *owner, lang)}" for owner, mark in owners.items()]
    title = heading(say("equity.chart", lang))
    return [title, Code("\n".join([*bars, *names]))] if bars else []


def _bar(step: Step, owners: dict[tuple[str | None, str | None], str]) -> str:
    parts = dict.fromkeys(owners, Fraction(0))
    for holding in step.holdings:
        owner = (holding.holder, None) if holding.holder else (None, holding.plan)
        if owner in parts:
            parts[owner] += holding.fully_diluted
    cells = quantity.allocate(_CELLS, list(parts.values()))
    return "".join(owners[owner] * number for owner, number in zip(parts, cells, strict=True))


# -- the table of holdings ----------------------------------------------------------------------------

CSV_COLUMNS = (
    "event", "date", "kind", "holder", "name", "class", "plan", "instrument", "shares", "issued",
    "fully_diluted", "with_unconverted",
)  # fmt: skip


def rows(result: Result) -> Iterator[Sequence[str | Exact]]:
    """The holdings after every event, a row each, under ``CSV_COLUMNS``."""
    yield CSV_COLUMNS
    for step in result.events:
        for one in step.holdings:
            name = result.table.stakeholders[one.holder].name if one.holder else ""
            yield (
                step.id, step.date.isoformat(), one.kind, one.holder or "", name, one.share_class,
                one.plan or "", one.instrument or "", one.shares, one.issued, one.fully_diluted,
                one.with_unconverted,
            )  # fmt: skip
