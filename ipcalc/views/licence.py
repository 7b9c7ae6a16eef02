"""A licence's payments, drawn: by year and kind, one by one with their arithmetic, and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NotRequired

from typing_extensions import TypedDict

from ipcalc import quantity
from ipcalc.ip.licence import Milestone
from ipcalc.ip.receipts import PATENT_COSTS, SHARES, Account, Payment, Working
from ipcalc.quantity import Exact
from ipcalc.texts import say
from ipcalc.views.page import Block, Table, heading, line

# -- the document --------------------------------------------------------------------------------------


class WorkingDocument(TypedDict):
    """One line of a payment's arithmetic: exact amounts, which may be fractions, and other words."""

    step: str
    amounts: dict[str, str]
    words: dict[str, str]


class PaymentDocument(TypedDict):
    """What the licensee pays. ``year`` is the licence year it is for; ``exact`` stands where it differs from
    ``amount``; ``income`` is false for costs that are paid back, which no policy divides.
    """

    year: int
    on: str
    kind: str
    name: str | None
    amount: str
    exact: NotRequired[str]
    income: bool
    workings: list[WorkingDocument]


class PatentCostDocument(TypedDict):
    """Patent costs that stay with the licensor."""

    year: int
    on: str
    amount: str


class WaitingDocument(TypedDict):
    """A milestone that isn't paid yet, and what it waits for: an event, or net sales of an amount."""

    name: str
    amount: str
    event: str | None
    sales: str | None
    over: str | None


class StakeDocument(TypedDict):
    """Shares of the licensee, and the terms they stand in place of."""

    stake: str
    on: str
    agreed_value: str | None
    in_lieu_of: list[str]


class LicenceDocument(TypedDict):
    """What a licence pays for some licence years; ``carried`` are third-party royalties not yet set off."""

    currency: str
    signed: str
    years: list[int]
    payments: list[PaymentDocument]
    costs: list[PatentCostDocument]
    waiting: list[WaitingDocument]
    carried: str
    shares: StakeDocument | None


def document(account: Account) -> LicenceDocument:
    """The part of a statement's document that says how its receipts came about."""
    terms = account.terms
    stake = terms.equity
    return {
        "currency": terms.currency,
        "signed": str(terms.signed),
        "years": [year.year for year in account.years],
        "payments": [_payment_document(account, payment) for payment in account.payments],
        "costs": [
            {"year": cost.year, "on": str(cost.on), "amount": _plain(account, cost.amount)}
            for cost in account.costs
        ],
        "waiting": [_waiting_document(account, one) for one in account.waiting],
        "carried": _plain(account, account.standing.credit),
        "shares": stake
        and {
            "stake": stake.share.text,
            "on": str(stake.on),
            "agreed_value": None if stake.agreed_value is None else _plain(account, stake.agreed_value),
            "in_lieu_of": list(stake.in_lieu_of),
        },
    }


def _plain(account: Account, minor: Exact) -> str:
    return quantity.money_exact(minor, account.terms.currency)


def _payment_document(account: Account, payment: Payment) -> PaymentDocument:
    found: PaymentDocument = {
        "year": payment.year,
        "on": str(payment.on),
        "kind": payment.kind,
        "name": payment.name or None,
        "amount": _plain(account, payment.amount),
        "income": payment.income,
        "workings": [
            {
                "step": working.kind,
                "amounts": {name: _plain(account, amount) for name, amount in working.amounts.items()},
                "words": dict(working.words),
            }
            for working in payment.workings
        ],
    }
    if payment.exact != payment.amount:
        found["exact"] = _plain(account, payment.exact)
    return found


def _waiting_document(account: Account, one: Milestone) -> WaitingDocument:
    return {
        "name": one.name,
        "amount": _plain(account, one.amount),
        "event": one.event,
        "sales": None if one.sales is None else _plain(account, one.sales),
        "over": None if one.sales is None else _over(one),
    }


def _over(one: Milestone) -> str:
    return "lifetime" if one.lifetime else "year"


# -- the page ------------------------------------------------------------------------------------------


_KINDS = ("upfront", "milestone", "royalty", "minimum", "sublicence", "exit", SHARES, PATENT_COSTS)


def blocks(account: Account, lang: str, *, steps: bool = False) -> Iterable[Block]:
    """The licence's part of a statement's page; with ``steps``, each payment with its arithmetic."""
    yield heading(say("licence.title", lang))
    paid = [payment for payment in account.payments if payment.amount]
    yield _by_year(account, paid, lang) if paid else line(say("licence.none", lang), depth=1)
    yield from (line(note, depth=1) for note in _notes(account, lang))
    if steps and account.payments:
        yield heading(say("licence.payments", lang))
        for payment in account.payments:
            yield line(_payment(account, payment, lang), depth=1)
            yield from (line(_working(account, one, lang), "dim", depth=2) for one in payment.workings)


def _by_year(account: Account, paid: Iterable[Payment], lang: str) -> Table:
    """Each licence year's payments by kind, with the year's total beside the last of them."""
    found: dict[int, dict[str, int]] = {}
    for payment in sorted(paid, key=lambda payment: (payment.year, _KINDS.index(payment.kind))):
        row = found.setdefault(payment.year, {})
        row[payment.kind] = row.get(payment.kind, 0) + payment.amount
    columns = (
        (say("licence.year", lang), False),
        (say("licence.for", lang), False),
        (say("split.amount", lang, currency=account.terms.currency), True),
        (say("licence.in_year", lang), True),
    )
    rows: list[Sequence[str]] = []
    for year, amounts in found.items():
        first, last = next(iter(amounts)), list(amounts)[-1]
        total = _amount(account, sum(amounts.values()))
        for kind, amount in amounts.items():
            what = say(f"licence.kind.{kind}", lang)
            ends = (str(year) if kind == first else "", total if kind == last else "")
            rows.append((ends[0], what, _amount(account, amount), ends[1]))
    whole = _amount(account, sum(sum(amounts.values()) for amounts in found.values()))
    return Table(columns, [*rows, (say("split.total", lang), "", whole, whole)])


def _amount(account: Account, minor: Exact) -> str:
    return quantity.money_column(minor, account.terms.currency)


def _payment(account: Account, payment: Payment, lang: str) -> str:
    what = say(f"licence.kind.{payment.kind}", lang)
    if payment.name:
        what = say("licence.named", lang, what=what, name=payment.name)
    amount, currency = _amount(account, payment.amount), account.terms.currency
    return say(
        "licence.payment",
        lang,
        day=payment.on,
        year=payment.year,
        what=what,
        currency=currency,
        amount=amount,
    )


def _working(account: Account, working: Working, lang: str) -> str:
    amounts = {name: _amount(account, amount) for name, amount in working.amounts.items()}
    return say(f"licence.how.{working.kind}", lang, **amounts, **working.words)


def _notes(account: Account, lang: str) -> Iterable[str]:
    """What is not in the table: costs, what isn't paid yet, what is carried over, shares."""
    terms, currency = account.terms, account.terms.currency
    if any(not payment.income for payment in account.payments):
        yield say("licence.not_income", lang)
    for cost in account.costs:
        yield say(
            "licence.cost", lang, year=cost.year, currency=currency, amount=_amount(account, cost.amount)
        )
    for one in account.waiting:
        key = "event" if one.event else _over(one)
        level = "" if one.sales is None else _amount(account, one.sales)
        amount = _amount(account, one.amount)
        yield say(
            f"licence.waiting_{key}", lang, name=one.name, currency=currency, amount=amount,
            event=one.event or "", level=level,
        )  # fmt: skip
    if account.standing.credit:
        yield say(
            "licence.carried", lang, currency=currency, amount=_amount(account, account.standing.credit)
        )
    if stake := terms.equity:
        key = "stake_in_lieu" if stake.in_lieu_of else "stake"
        names = say("split.comma", lang).join(say(f"licence.kind.{term}", lang) for term in stake.in_lieu_of)
        yield say(f"licence.{key}", lang, day=stake.on, stake=stake.share.text, terms=names)
        if stake.agreed_value is None:
            yield say("licence.stake_no_value", lang)
