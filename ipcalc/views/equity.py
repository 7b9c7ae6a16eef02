"""A cap table followed through its events to its exits, as a page and as a JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from ipcalc import quantity
from ipcalc.equity import Receipt, Result
from ipcalc.equity.exits import Exit
from ipcalc.equity.fold import Change, Holding, Step, Terms
from ipcalc.quantity import Exact
from ipcalc.texts import say
from ipcalc.views.page import Block, Page, Table, heading, line

_GROWS = {"university-grant", "pool", "round"}  # events of which a page shows the shares before, too

# -- the document -------------------------------------------------------------------------------------
# Shares, shares of a total and prices are decimal strings, or "n/d" where no decimal is exact; money has all
# its minor digits. A key that does not apply is left out.


class StakeholderDocument(TypedDict):
    """A stakeholder of the file."""

    id: str
    kind: str
    name: str


_OfClass = TypedDict("_OfClass", {"class": str})


class ChangeDocument(_OfClass):
    """What an event did to one position; ``exact`` is before rounding."""

    holder: NotRequired[str]
    plan: NotRequired[str]
    shares: str
    exact: str
    paid: NotRequired[str]


class HoldingDocument(_OfClass):
    """A position after an event, as shares of all issued and of all fully diluted, and that before it."""

    holder: NotRequired[str]
    plan: NotRequired[str]
    shares: str
    issued: str
    fully_diluted: str
    fully_diluted_before: str


class DilutionDocument(TypedDict):
    """A holder's, or a plan's, share of the fully diluted total before and after a round."""

    holder: NotRequired[str]
    plan: NotRequired[str]
    before: str
    after: str


class NewSharesDocument(TypedDict):
    """What one investor paid, and got."""

    holder: str
    amount: str
    shares: str
    exact: str


class RoundDocument(TypedDict):
    """A round's terms; ``exact_price`` is before rounding."""

    convention: str
    price: str
    exact_price: str
    pre: str
    post: str
    new_money: str
    new_shares: list[NewSharesDocument]
    dilution: list[DilutionDocument]


class TargetDocument(TypedDict):
    """The share of the fully diluted total an event asked for, and reached in whole shares."""

    asked: str
    achieved: str


class EventDocument(TypedDict):
    """An event and the holdings after it; ``lost`` is what rounding took, negative where it gave."""

    id: str
    kind: str
    date: str
    shares: str
    issued: str
    changes: list[ChangeDocument]
    lost: str
    target: NotRequired[TargetDocument]
    round: NotRequired[RoundDocument]
    holdings: list[HoldingDocument]


class PayoutDocument(TypedDict):
    """What one holder gets at an exit."""

    holder: str
    shares: str
    amount: str


class ExitDocument(TypedDict):
    """An exit; the payouts add up to the proceeds."""

    id: NotRequired[str]
    date: NotRequired[str]
    proceeds: str
    payouts: list[PayoutDocument]


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
    exits: list[ExitDocument]
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
        "exits": [_exit(sale, currency) for sale in result.exits],
        "assumptions": [
            {"key": key, "text": say(f"equity.assumes.{key}", lang, **args)}
            for key, args in result.assumptions
        ],
        "receipt": _receipt(result.receipt),
    }


def _amount(minor: Exact, currency: str) -> str:
    """Money with all its minor digits; a price, or what follows from one, may need more."""
    if minor.denominator == 1:
        return quantity.money_plain(minor.numerator, currency)
    return quantity.plain(quantity.to_major(minor, currency))


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
        entry["round"] = _round(step.round, step.changes, currency)
    return entry


def _change(change: Change, currency: str) -> ChangeDocument:
    entry: ChangeDocument = {
        **_owner(change.to.holder, change.to.plan),  # type: ignore[typeddict-item]
        "class": change.to.share_class,
        "shares": quantity.plain(change.shares),
        "exact": quantity.plain(change.exact),
    }
    if change.paid is not None:
        entry["paid"] = _amount(change.paid, currency)
    return entry


def _holding(holding: Holding) -> HoldingDocument:
    return {
        **_owner(holding.holder, holding.plan),  # type: ignore[typeddict-item]
        "class": holding.share_class,
        "shares": quantity.plain(holding.shares),
        "issued": quantity.plain(holding.issued),
        "fully_diluted": quantity.plain(holding.fully_diluted),
        "fully_diluted_before": quantity.plain(holding.before),
    }


def _round(terms: Terms, changes: Sequence[Change], currency: str) -> RoundDocument:
    plain = quantity.plain
    return {
        "convention": terms.convention,
        "price": plain(quantity.to_major(terms.price, currency)),
        "exact_price": plain(quantity.to_major(terms.exact_price, currency)),
        "pre": _amount(terms.pre, currency),
        "post": _amount(terms.post, currency),
        "new_money": _amount(terms.new_money, currency),
        "new_shares": [
            {
                "holder": str(change.to.holder),
                "amount": _amount(change.paid or 0, currency),
                "shares": plain(change.shares),
                "exact": plain(change.exact),
            }
            for change in changes
        ],
        "dilution": [
            {**_owner(one.holder, one.plan), "before": plain(one.before), "after": plain(one.after)}  # type: ignore[typeddict-item]
            for one in terms.dilution
        ],
    }


def _exit(sale: Exit, currency: str) -> ExitDocument:
    entry: ExitDocument = {
        "proceeds": _amount(sale.proceeds, currency),
        "payouts": [
            {
                "holder": one.holder,
                "shares": quantity.plain(one.shares),
                "amount": _amount(one.amount, currency),
            }
            for one in sale.payouts
        ],
    }
    if sale.id is not None and sale.date is not None:
        return {"id": sale.id, "date": sale.date.isoformat(), **entry}
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


def page(result: Result, lang: str) -> Page:
    """The result for people: each event with a table of holders, then exits, assumptions and the receipt.

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
        blocks += _about(result, step, lang)
        if not (after and after.kind == step.kind == "issue" and after.date == step.date):
            blocks.append(_table(result, step, lang))
    for sale in result.exits:
        blocks += _paid_out(result, sale, lang)
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


def _about(result: Result, step: Step, lang: str) -> list[Block]:
    """What an event did, in lines."""
    told = []
    if step.round:
        told.append(
            say(
                "equity.round",
                lang,
                price=_near(quantity.to_major(step.round.price, result.currency), 6),
                pre=_money(step.round.pre, result.currency),
                money=_money(step.round.new_money, result.currency),
                post=_money(step.round.post, result.currency),
            )
        )
    if step.target:
        asked, achieved = step.target
        reached = quantity.percent(asked) if asked == achieved else f"≈ {quantity.percent(achieved, 4)}"
        told.append(say("equity.target", lang, asked=quantity.percent(asked), achieved=reached))
    if step.kind != "split":
        told += [_changed(result, change, lang) for change in step.changes]
    if step.lost:
        key = "equity.lost" if step.lost > 0 else "equity.made"
        told.append(say(key, lang, shares=_near(max(step.lost, -step.lost), 4)))
    return [line(text, depth=1) for text in told]


def _changed(result: Result, change: Change, lang: str) -> str:
    words = {
        "holder": _name(result, change.to.holder, change.to.plan, lang),
        "shares": f"{'+' if change.shares > 0 else ''}{_near(change.shares, 2)}",
        "name": result.table.classes[change.to.share_class].name,
    }
    if change.paid is None:
        return say("equity.change", lang, **words)
    return say("equity.change_paid", lang, **words, paid=_money(change.paid, result.currency))


def _table(result: Result, step: Step, lang: str) -> Block:
    """The holdings after an event; each column of percentages adds up to 100.00%."""
    if not step.holdings:
        return line(say("equity.left_out" if step.shares else "equity.nothing", lang), "dim")
    holdings = step.holdings
    issued = _percents([holding.issued for holding in holdings])
    diluted = _percents([holding.fully_diluted for holding in holdings])
    columns = [
        ("holder", False),
        ("class", False),
        ("shares", True),
        ("issued", True),
        ("fully_diluted", True),
    ]
    rows = [
        [
            _name(result, holding.holder, holding.plan, lang),
            result.table.classes[holding.share_class].name,
            _near(holding.shares, 2),
            issued[i] if holding.plan is None else "–",
            diluted[i],
        ]
        for i, holding in enumerate(holdings)
    ]
    whole = "100.00%"
    rows.append([say("equity.total", lang), "", _near(step.shares, 2), whole if step.issued else "–", whole])
    if step.kind in _GROWS and any(holding.before for holding in holdings):
        columns.append(("before", True))
        before = _percents([holding.before for holding in holdings])
        for row, was, holding in zip(rows, (*before, whole), (*holdings, None), strict=True):
            row.append(was if holding is None or holding.before else "–")
    return Table([(say(f"equity.{key}", lang), right) for key, right in columns], rows)


def _paid_out(result: Result, sale: Exit, lang: str) -> list[Block]:
    proceeds = _money(sale.proceeds, result.currency)
    if sale.id is None:
        title = say("equity.exit", lang, proceeds=proceeds)
    else:
        title = say("equity.exit_of", lang, id=sale.id, date=sale.date, proceeds=proceeds)
    parts = _percents([Fraction(one.shares) / sale.shares for one in sale.payouts])
    rows = [
        [
            _name(result, one.holder, None, lang),
            _near(one.shares, 2),
            part,
            _money(one.amount, result.currency),
        ]
        for one, part in zip(sale.payouts, parts, strict=True)
    ]
    rows.append(
        [say("equity.total", lang), _near(sale.shares, 2), "100.00%", _cents(sale.proceeds, result.currency)]
    )
    columns = [("holder", False), ("shares", True), ("part", True), ("amount", True)]
    return [heading(title), Table([(say(f"equity.{key}", lang), right) for key, right in columns], rows)]


def _name(result: Result, holder: str | None, plan: str | None, lang: str) -> str:
    if holder is None:
        return say("equity.pool", lang, plan=plan)
    return result.table.stakeholders[holder].name


def _percents(shares: Sequence[Exact]) -> list[str]:
    """Shares of a whole to two places of a percent, by largest remainder, so that they add up as they did."""
    whole = sum(shares, Fraction(0))
    if not whole:
        return [quantity.percent(0, 2) for _ in shares]
    return [quantity.percent(Fraction(part, 10_000), 2) for part in quantity.allocate(10_000, shares)]


def _near(number: Exact, places: int) -> str:
    """A number for people: as it is where that takes few places, else rounded half up, and marked so."""
    if (Fraction(number) * 10**places).denominator == 1:
        return quantity.grouped(number)
    sign = -1 if number < 0 else 1
    rounded = sign * ((abs(Fraction(number)) * 10**places * 2 + 1) // 2)
    return f"≈ {quantity.grouped(Fraction(rounded, 10**places), places)}"


def _money(minor: Exact, currency: str) -> str:
    if minor.denominator == 1:
        return quantity.money(minor, currency)
    return _near(quantity.to_major(minor, currency), quantity.currencies()[currency])


def _cents(minor: int, currency: str) -> str:
    """Money with all its minor digits, so that a column lines up."""
    return quantity.grouped(quantity.to_major(minor, currency), quantity.currencies()[currency])
