"""A cap table followed through its events, as a page, a JSON document, a chart and a table of holdings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from ipcalc import quantity
from ipcalc.equity import Path, Receipt, Result
from ipcalc.equity.changes import Change
from ipcalc.equity.financing import Converted, RoundTerms
from ipcalc.equity.fold import Step
from ipcalc.equity.holdings import Holding, Move
from ipcalc.equity.protection import Adjustment
from ipcalc.quantity import Exact
from ipcalc.texts import say
from ipcalc.views import exits
from ipcalc.views.figures import amount, money, near, percents, plain_price
from ipcalc.views.page import Block, Code, Page, Table, heading, line

_GROWS = {"university-grant", "grant", "pool", "round"}  # events of which a page shows the parts before, too

# -- the document -------------------------------------------------------------------------------------
# Shares, parts of a total and prices are decimal strings, or "n/d" where no decimal is exact; money has all
# its minor digits. A key that does not apply is left out.


class StakeholderDocument(TypedDict):
    """A stakeholder of the file."""

    id: str
    kind: str
    name: str


_OfClass = TypedDict("_OfClass", {"class": str})
_MayHaveClass = TypedDict("_MayHaveClass", {"class": NotRequired[str]})


class _OwnerDocument(TypedDict):
    """A holder, a plan (what is unallocated), or both (options)."""

    holder: NotRequired[str]
    plan: NotRequired[str]


class ChangeDocument(_OwnerDocument, _OfClass):
    """What an event did to one position, and why; ``exact`` is before rounding."""

    kind: str
    cause: str
    instrument: NotRequired[str]
    shares: str
    exact: str
    paid: NotRequired[str]


class HoldingDocument(_OwnerDocument, _MayHaveClass):
    """A position after an event, as parts of what is issued, fully diluted, and with open instruments."""

    kind: str
    instrument: NotRequired[str]
    shares: str
    issued: str
    fully_diluted: str
    with_unconverted: str
    fully_diluted_before: str


class NewSharesDocument(TypedDict):
    """What one investor paid, and got."""

    holder: str
    amount: str
    shares: str
    exact: str


class ConvertedDocument(TypedDict):
    """An instrument that became shares: what converted, at which price, and what its cap was divided by."""

    instrument: str
    branch: Literal["cap", "price", "fixed"]
    amount: str
    price: str
    exact_price: str
    capitalization: NotRequired[str]
    shares: str
    interest_paid: NotRequired[str]


class CapitalizationDocument(TypedDict):
    """All shares before the round with the pool's increase, and after it without that and new money."""

    pre: str
    post: str


class FloorDocument(TypedDict):
    """The shares that made a stake good, and the new money that it was protected against, or not."""

    topup: str
    protected: str
    unprotected: str


class AdjustmentDocument(TypedDict):
    """A class's conversion price before and after, and the A and C of a weighted average."""

    before: str
    after: str
    shares: str
    A: NotRequired[str]
    C: NotRequired[str]


class RightDocument(TypedDict):
    """A right to buy part of a round: the most it gives, and what was exercised."""

    of: str
    most: str
    exercised: str


class RoundDocument(TypedDict):
    """A round's terms; ``exact_price`` is before rounding."""

    convention: str
    price: str
    exact_price: str
    pre: str
    post: str
    new_money: str
    pool_increase: str
    new_shares: list[NewSharesDocument]
    branch: dict[str, str]
    conversions: list[ConvertedDocument]
    capitalization: CapitalizationDocument
    floor: dict[str, FloorDocument]
    anti_dilution: dict[str, AdjustmentDocument]
    rights: list[RightDocument]


class TargetDocument(TypedDict):
    """The share of the fully diluted total an event asked for, and reached in whole shares."""

    asked: str
    achieved: str


class EventDocument(TypedDict):
    """An event and the holdings after it; ``lost`` is what rounding took, negative where it gave.

    ``uncounted`` are the open instruments that nobody can say the shares of yet.
    """

    id: str
    kind: str
    date: str
    shares: str
    issued: str
    changes: list[ChangeDocument]
    lost: str
    target: NotRequired[TargetDocument]
    round: NotRequired[RoundDocument]
    anti_dilution: NotRequired[dict[str, AdjustmentDocument]]
    holdings: list[HoldingDocument]
    uncounted: NotRequired[list[str]]


class CauseDocument(TypedDict):
    """What one cause took from a part, or gave it."""

    cause: str
    part: str


class PathStepDocument(TypedDict):
    """A part of the fully diluted total before and after an event; ``because`` adds up to the difference."""

    event: str
    before: str
    after: str
    because: list[CauseDocument]


class PathDocument(_OwnerDocument):
    """How a holder's, or a plan's, part came about, and what it is worth at the last round's price."""

    steps: list[PathStepDocument]
    value_at_round_price: NotRequired[str]


class AssumptionDocument(TypedDict):
    """Something the answer rests on: its key, and its words in the reader's language."""

    key: str
    text: str


class ReceiptDocument(TypedDict):
    """What the answer was worked out from."""

    ipcalc: str
    captable_hash: str
    settings: list[str]
    at: NotRequired[str]
    exits: list[str]


class EquityDocument(TypedDict):
    """The result of ``ipcalc equity``."""

    kind: Literal["ipcalc/equity"]
    version: Literal[1]
    company: str
    currency: str
    stakeholders: list[StakeholderDocument]
    events: list[EventDocument]
    paths: list[PathDocument]
    exits: list[exits.ExitDocument]
    breakpoints: list[exits.BreakpointDocument]
    assumptions: list[AssumptionDocument]
    receipt: ReceiptDocument


def document(result: Result, lang: str) -> EquityDocument:
    """The result as a JSON document; only the assumptions' words depend on the language."""
    currency = result.currency
    return {
        "kind": "ipcalc/equity",
        "version": 1,
        "company": result.company,
        "currency": currency,
        "stakeholders": [
            {"id": s.id, "kind": s.kind, "name": s.name} for s in result.table.stakeholders.values()
        ],
        "events": [_event(step, currency) for step in result.events],
        "paths": [_path(path, currency) for path in result.paths],
        "exits": exits.documents(result),
        "breakpoints": exits.breakpoints(result, lang),
        "assumptions": [
            {"key": key, "text": say(f"equity.assumes.{key}", lang, **args)}
            for key, args in result.assumptions
        ],
        "receipt": _receipt(result.receipt),
    }


def _owner(holder: str | None, plan: str | None) -> dict[str, str]:
    return {key: value for key, value in (("holder", holder), ("plan", plan)) if value is not None}


def _event(step: Step, currency: str) -> EventDocument:
    plain = quantity.plain
    entry: EventDocument = {
        "id": step.id,
        "kind": step.kind,
        "date": step.date.isoformat(),
        "shares": plain(step.shares),
        "issued": plain(step.issued),
        "changes": [_change(change, currency) for change in step.changes],
        "lost": plain(step.lost),
        "holdings": [_holding(holding) for holding in step.holdings],
    }
    if step.target:
        entry["target"] = {"asked": plain(step.target.asked), "achieved": plain(step.target.achieved)}
    if step.round:
        entry["round"] = _round(step.round, step, currency)
    elif step.adjusted:
        entry["anti_dilution"] = _adjusted(step, currency)
    if step.unconverted and step.unconverted.uncounted:
        entry["uncounted"] = list(step.unconverted.uncounted)
    return entry


def _change(change: Change, currency: str) -> ChangeDocument:
    entry: ChangeDocument = {
        **_owner(change.to.holder, change.to.plan),  # type: ignore[typeddict-item]
        "kind": change.to.kind,
        "class": change.to.share_class,
        "cause": change.cause,
        "shares": quantity.plain(change.shares),
        "exact": quantity.plain(change.exact),
    }
    if change.instrument is not None:
        entry["instrument"] = change.instrument
    if change.paid is not None:
        entry["paid"] = amount(change.paid, currency)
    return entry


def _holding(holding: Holding) -> HoldingDocument:
    entry: HoldingDocument = {
        **_owner(holding.holder, holding.plan),  # type: ignore[typeddict-item]
        "kind": holding.kind,
        "shares": quantity.plain(holding.shares),
        "issued": quantity.plain(holding.issued),
        "fully_diluted": quantity.plain(holding.fully_diluted),
        "with_unconverted": quantity.plain(holding.with_unconverted),
        "fully_diluted_before": quantity.plain(holding.before),
    }
    if holding.instrument is not None:
        entry["instrument"] = holding.instrument
    else:
        entry["class"] = holding.share_class
    return entry


def _round(terms: RoundTerms, step: Step, currency: str) -> RoundDocument:
    plain = quantity.plain
    return {
        "convention": terms.convention,
        "price": plain_price(terms.price, currency),
        "exact_price": plain_price(terms.exact_price, currency),
        "pre": amount(terms.pre, currency),
        "post": amount(terms.post, currency),
        "new_money": amount(terms.new_money, currency),
        "pool_increase": plain(terms.pool_increase),
        "new_shares": [
            {
                "holder": str(change.to.holder),
                "amount": amount(change.paid or 0, currency),
                "shares": plain(change.shares),
                "exact": plain(change.exact),
            }
            for change in step.changes
            if change.cause == "new-money"
        ],
        "branch": {one.instrument: one.branch for one in terms.converted},
        "conversions": [_converted(one, currency) for one in terms.converted],
        "capitalization": {"pre": plain(terms.pre_capitalization), "post": plain(terms.post_capitalization)},
        "floor": {
            one.stake: {
                "topup": plain(one.topup),
                "protected": amount(one.protected, currency),
                "unprotected": amount(one.unprotected, currency),
            }
            for one in terms.floors
        },
        "anti_dilution": _adjusted(step, currency),
        "rights": [
            {
                "of": one.of,
                "most": amount(one.most, currency),
                "exercised": amount(one.exercised, currency),
            }
            for one in terms.rights
        ],
    }


def _converted(one: Converted, currency: str) -> ConvertedDocument:
    entry: ConvertedDocument = {
        "instrument": one.instrument,
        "branch": one.branch,  # type: ignore[typeddict-item]
        "amount": amount(one.amount, currency),
        "price": plain_price(one.price, currency),
        "exact_price": plain_price(one.exact_price, currency),
        "shares": quantity.plain(one.shares),
    }
    if one.capitalization is not None:
        entry["capitalization"] = quantity.plain(one.capitalization)
    if one.interest:
        entry["interest_paid"] = amount(one.interest, currency)
    return entry


def _adjusted(step: Step, currency: str) -> dict[str, AdjustmentDocument]:
    return {name: _adjustment(one, currency) for name, one in step.adjusted.items()}


def _adjustment(one: Adjustment, currency: str) -> AdjustmentDocument:
    entry: AdjustmentDocument = {
        "before": plain_price(one.before, currency),
        "after": plain_price(one.after, currency),
        "shares": quantity.plain(one.shares),
    }
    if one.base is not None and one.issued is not None:
        entry["A"], entry["C"] = quantity.plain(one.base), quantity.plain(one.issued)
    return entry


def _path(path: Path, currency: str) -> PathDocument:
    plain = quantity.plain
    entry: PathDocument = {
        **_owner(path.holder, path.plan),  # type: ignore[typeddict-item]
        "steps": [
            {
                "event": event,
                "before": plain(move.before),
                "after": plain(move.after),
                "because": [{"cause": cause, "part": plain(part)} for cause, part in move.because],
            }
            for event, move in path.moves
        ],
    }
    if path.value is not None:
        entry["value_at_round_price"] = amount(path.value, currency)
    return entry


def _receipt(receipt: Receipt) -> ReceiptDocument:
    entry: ReceiptDocument = {
        "ipcalc": receipt.ipcalc,
        "captable_hash": receipt.captable_hash,
        "settings": list(receipt.settings),
        "exits": list(receipt.exits),
    }
    if receipt.at:
        entry["at"] = receipt.at.isoformat()
    return entry


# -- the page -----------------------------------------------------------------------------------------


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
        blocks += [line(text, depth=1) for text in _about(result, step, lang)]
        if not (after and after.kind == step.kind == "issue" and after.date == step.date):
            blocks.append(_table(result, step, lang))
    blocks += _paths(result, lang)
    blocks += _chart(result, lang) if chart else []
    blocks += exits.page(result, lang, points=breakpoints, drawn=chart)
    blocks.append(heading(say("equity.assumptions", lang)))
    blocks += [line(say(f"equity.assumes.{key}", lang, **args), depth=1) for key, args in result.assumptions]
    blocks.append(heading(say("equity.receipt", lang)))
    receipt = result.receipt
    told = say("equity.receipt_program", lang, version=receipt.ipcalc, sha256=receipt.captable_hash)
    asked = [f"--exit {amount}" for amount in receipt.exits]
    if receipt.at:
        asked.append(f"--at {receipt.at}")
    blocks += [line(text, "dim", 1) for text in (told, *receipt.settings, *asked)]
    return blocks


def _about(result: Result, step: Step, lang: str) -> Iterator[str]:
    """What an event did, in lines."""
    if step.round:
        yield from _terms(result, step.round, lang)
    if step.target:
        asked, achieved = step.target
        reached = quantity.percent(asked) if asked == achieved else f"≈ {quantity.percent(achieved, 4)}"
        yield say("equity.target", lang, asked=quantity.percent(asked), achieved=reached)
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
            _security(result, one.kind, one.share_class, lang),
            near(one.shares, fine if one.instrument else 2),
        ]
        for one in holdings
    ]
    rows.append([say("equity.total", lang), "", near(step.shares, fine)])
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
    return result.table.stakeholders[holder].name


def _security(result: Result, kind: str, share_class: str, lang: str) -> str:
    """What a position is of: a class's shares or reserve, rights to them, or an instrument."""
    if kind in ("safe", "note", "university"):
        return say(f"equity.security.{kind}", lang)
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
