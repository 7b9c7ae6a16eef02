"""A cap table followed through its events, as a JSON document."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from ipcalc import quantity
from ipcalc.equity import Path, Receipt, Result
from ipcalc.equity.changes import Change
from ipcalc.equity.financing import Converted, RoundTerms
from ipcalc.equity.fold import Step
from ipcalc.equity.holdings import Holding
from ipcalc.equity.protection import Adjustment
from ipcalc.texts import say
from ipcalc.views import exits
from ipcalc.views.figures import amount, plain_price

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


class ClosedDocument(TypedDict):
    """What an event took of an open instrument, and what of it is still open."""

    instrument: str
    amount: str
    left: str


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
    closed: NotRequired[ClosedDocument]
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
    if step.closed:
        entry["closed"] = {
            "instrument": step.closed.instrument,
            "amount": amount(step.closed.amount, currency),
            "left": amount(step.closed.left, currency),
        }
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
