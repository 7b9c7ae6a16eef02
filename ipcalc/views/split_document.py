"""The split of receipts for machines."""

from __future__ import annotations

from datetime import date
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from ipcalc import quantity
from ipcalc.ip.case import Choice
from ipcalc.ip.engine import Move
from ipcalc.ip.findings import Finding
from ipcalc.ip.ledger import Balance, Division, Payee, Person
from ipcalc.ip.model import INVENTORS, NOT_FOUND, Equity, Policy, Source
from ipcalc.ip.split import Split
from ipcalc.quantity import Exact
from ipcalc.texts import choose, say
from ipcalc.views.documents import GapDocument, SourceDocument

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
    """What an inventor gets; ``to`` is who gets it instead, where they waived it."""

    name: str
    weight: str
    amount: str
    to: NotRequired[str]


class StepDocument(TypedDict):
    """One movement of money; exact amounts, which may be fractions. ``flow`` is the party that is divided,
    ``up_to`` the end of the band that the money is in, ``period`` when it came, where there are several.
    """

    flow: str | None
    step: str
    party: str | None
    base: str
    base_amount: str
    rate: str | None
    written: str | None
    amount: str
    left: str
    up_to: NotRequired[str]
    period: NotRequired[str]


class BalanceDocument(TypedDict):
    """An account: what it began with, what was added, paid, settled by a fee and given up, what is left."""

    account: str
    before: str
    posted: str
    paid: str
    covered: str
    written_off: str
    after: str


class DivisionDocument(TypedDict):
    """What came in in one period, divided."""

    period: str
    first: str
    last: str
    receipts: str
    parties: list[PartyDocument]
    people: list[PersonDocument]
    balances: list[BalanceDocument]


class FindingDocument(TypedDict):
    """A floor and whether it is met, in one period or (null) in all; ``law`` sets it, or the policy does."""

    party: str
    at_least: str
    of: str
    base: str
    law: str | None
    period: str | None
    required: str
    got: str | None
    status: Literal["met", "short", "unknown"]
    sources: list[str]


class GivenDocument(TypedDict):
    """A rate or an amount that the policy leaves to a decision, as it was stated."""

    input: str
    kind: Literal["share", "money"]
    value: str


class ReadingDocument(TypedDict):
    """An option in play, and what else it could be."""

    option: str
    kind: str
    label: str
    value: str
    stated: bool
    alternatives: list[str]
    sources: list[str]


class ProtectionDocument(TypedDict):
    """Until when a stake is not diluted: an amount raised, or a range of them."""

    raised: list[str]
    note: str | None


class EquityDocument(TypedDict):
    """The stake asked of a start-up that licenses; null where it isn't known, with ``most`` a range."""

    stake: str | None
    most: NotRequired[str]
    amount: NotRequired[str]
    exit_share: NotRequired[str]
    undiluted: NotRequired[ProtectionDocument]
    note: NotRequired[str]
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
    accounts: NotRequired[dict[str, str]]
    inputs: NotRequired[dict[str, str]]
    laws: NotRequired[list[str]]


class OutsideDocument(TypedDict):
    """A law, and what came in that it is not for."""

    law: str
    receipts: str


class SplitDocument(TypedDict):
    """Who gets what. Amounts are decimal strings in ``currency``; the parties' sum to ``receipts``, less what
    reserves kept.
    """

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
    balances: list[BalanceDocument]
    periods: list[DivisionDocument]
    findings: list[FindingDocument]
    outside: list[OutsideDocument]
    inputs: list[GivenDocument]
    readings: list[ReadingDocument]
    equity: EquityDocument | None
    steps: list[StepDocument]
    sources: list[SourceDocument]
    gaps: list[GapDocument]
    receipt: ReceiptDocument


def document(result: Split, lang: str) -> SplitDocument:
    """The result for machines; only labels, names and gaps are in the reader's language."""
    several = len(result.periods) > 1
    return {
        "kind": "ipcalc/split",
        "version": 1,
        "policy": _policy(result, lang),
        "as_of": str(result.as_of),
        "dates": {kind: str(day) for kind, day in result.dates.items()},
        "currency": result.currency,
        "receipts": money(result, result.receipts),
        "costs": None if result.costs is None else money(result, result.costs),
        "parties": [_party(result, payee, lang) for payee in result.parties],
        "people": [_person(result, person) for person in result.people],
        "unrecovered": money(result, result.unrecovered),
        "balances": [_balance(result, one) for one in result.balances],
        "periods": [_division(result, one, lang) for one in result.periods],
        "findings": [_finding(result, one) for one in result.findings],
        "outside": [{"law": law.id, "receipts": money(result, minor)} for law, minor in result.outside],
        "inputs": [
            {"input": one.input.name, "kind": "share" if one.input.kind == "share" else "money",
             "value": quantity.plain(one.value) if one.input.kind == "share" else exact(result, one.value)}
            for one in result.given
        ],
        "readings": [reading(choice, lang) for choice in result.choices],
        "equity": None if result.equity is None else _equity(result, result.equity, lang),
        "steps": [
            _step(result, move, division.period if several else None)
            for division in result.periods
            for move in division.steps
        ],
        "sources": [source_document(source, lang) for source in result.sources],
        "gaps": [{"about": choose(gap.about, lang), "affects": list(gap.affects)} for gap in result.gaps],
        "receipt": _receipt(result),
    }  # fmt: skip


def _receipt(result: Split) -> ReceiptDocument:
    receipt = result.receipt
    found: ReceiptDocument = {
        "ipcalc": receipt.ipcalc,
        "policy": receipt.policy,
        "policy_hash": receipt.policy_hash,
        "settings": list(receipt.settings),
        "as_of": str(receipt.as_of),
        "dates": {kind: str(day) for kind, day in receipt.dates.items()},
        "receipts": money(result, receipt.receipts),
        "costs": None if receipt.costs is None else money(result, receipt.costs),
        "inventors": [
            {"name": name, "weight": quantity.plain(weight)} for name, weight in receipt.inventors.items()
        ],
        "options": dict(receipt.options),
    }
    if receipt.accounts:
        found["accounts"] = {name: money(result, amount) for name, amount in receipt.accounts.items()}
    if receipt.inputs:
        found["inputs"] = dict(receipt.inputs)
    if receipt.laws:
        found["laws"] = list(receipt.laws)
    return found


def money(result: Split, minor: int) -> str:
    """Whole minor units of the policy's currency."""
    return quantity.money_plain(minor, result.currency)


def exact(result: Split, minor: Exact) -> str:
    """An exact amount, perhaps finer than the minor unit."""
    return quantity.money_exact(minor, result.currency)


def label(policy: Policy, party: str, lang: str) -> str:
    """A party's name for people."""
    if party in policy.parties:
        return choose(policy.parties[party], lang)
    own = {INVENTORS: "split.inventors", NOT_FOUND: "split.not_found", "inventors/main": "split.main"}
    return say(own[party], lang) if party in own else party


def _policy(result: Split, lang: str) -> PolicyDocument:
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


def _party(result: Split, payee: Payee, lang: str) -> PartyDocument:
    found: PartyDocument = {
        "party": payee.party,
        "label": label(result.policy, payee.party, lang),
        "amount": money(result, payee.amount),
        "divided": payee.divided,
    }
    if payee.exact != payee.amount:
        found["exact"] = exact(result, payee.exact)
    return found


def _person(result: Split, person: Person) -> PersonDocument:
    found: PersonDocument = {
        "name": person.name,
        "weight": quantity.plain(person.weight),
        "amount": money(result, person.amount),
    }
    if person.to is not None:
        found["to"] = person.to
    return found


def _balance(result: Split, one: Balance) -> BalanceDocument:
    return {
        "account": one.account,
        "before": money(result, one.before),
        "posted": money(result, one.posted),
        "paid": money(result, one.paid),
        "covered": money(result, one.covered),
        "written_off": money(result, one.written_off),
        "after": money(result, one.after),
    }


def _division(result: Split, one: Division, lang: str) -> DivisionDocument:
    return {
        "period": one.period,
        "first": str(one.first),
        "last": str(one.last),
        "receipts": money(result, one.receipts),
        "parties": [_party(result, payee, lang) for payee in one.parties],
        "people": [_person(result, person) for person in one.people],
        "balances": [_balance(result, balance) for balance in one.balances],
    }


def _finding(result: Split, one: Finding) -> FindingDocument:
    return {
        "party": one.floor.party,
        "at_least": quantity.plain(one.rate),
        "of": one.floor.of,
        "base": exact(result, one.base),
        "law": one.law.id if one.law else None,
        "period": one.period,
        "required": money(result, one.required),
        "got": None if one.got is None else money(result, one.got),
        "status": one.status,
        "sources": list(one.floor.sources),
    }


def reading(choice: Choice, lang: str) -> ReadingDocument:
    """How an option was read, and what else it could be."""
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


def _equity(result: Split, equity: Equity, lang: str) -> EquityDocument:
    found: EquityDocument = {
        "stake": equity.stake.text if equity.stake else None,
        "sources": list(equity.sources),
    }
    if equity.most:
        found["most"] = equity.most.text
    if equity.amount is not None:
        found["amount"] = exact(result, equity.amount)
    if equity.exit_share:
        found["exit_share"] = equity.exit_share.text
    if equity.undiluted:
        raised, note = equity.undiluted
        found["undiluted"] = {
            "raised": [exact(result, amount) for amount in raised or () if amount is not None],
            "note": choose(note, lang) if note else None,
        }
    if equity.note:
        found["note"] = choose(equity.note, lang)
    return found


def _step(result: Split, move: Move, period: str | None) -> StepDocument:
    found: StepDocument = {
        "flow": move.flow or None,
        "step": move.kind,
        "party": move.party or None,
        "base": move.base,
        "base_amount": exact(result, move.base_amount),
        "rate": None if move.rate is None else quantity.plain(move.rate),
        "written": move.written or None,
        "amount": exact(result, move.amount),
        "left": exact(result, move.left),
    }
    if move.up_to is not None:
        found["up_to"] = exact(result, move.up_to)
    if period is not None:
        found["period"] = period
    return found


def source_document(source: Source, lang: str) -> SourceDocument:
    """Where a figure stands, for machines."""
    return {
        "id": source.id,
        "title": source.title,
        "kind": source.kind,
        "url": source.url,
        "dated": _day(source.dated),
        "note": choose(source.note, lang) if source.note else None,
    }
