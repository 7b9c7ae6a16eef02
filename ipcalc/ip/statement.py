"""A statement: what came in of one case or several, period by period, and who gets what of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from ipcalc import quantity
from ipcalc.inputs import shapes
from ipcalc.inputs.diagnostics import Refused
from ipcalc.inputs.toml import Document
from ipcalc.ip import policy, receipts
from ipcalc.ip import statement_shape as shape
from ipcalc.ip.ledger import Division, Ledger, Period, Stream
from ipcalc.ip.split import Asked, Split, checked_case, result
from ipcalc.ip.statement_reader import Facts, StatementReader
from ipcalc.quantity import Exact, Unreadable


class Discount(NamedTuple):
    """A yearly rate and the day of the present values: whole years compound, days of a year count simply."""

    rate: Exact
    text: str
    on: date

    def present(self, amount: Exact, day: date) -> Exact:
        """An amount of one day in the money of the day of the present values, exact."""
        early, late = min(day, self.on), max(day, self.on)
        years, days = _years(early, late)
        factor = (1 + Fraction(self.rate)) ** years * (1 + Fraction(self.rate) * days / 365)
        return amount / factor if day >= self.on else amount * factor


class Part(NamedTuple):
    """A case's part with one institution, and how its money is divided."""

    case: str
    title: str
    institution: str | None  # None where one institution has it all
    share: Exact
    split: Split


class Taker(NamedTuple):
    """What a person gets of all cases, in minor units, by stream of money."""

    name: str
    amount: int
    by_part: Mapping[int, int]  # by the number of the part
    to: str | None


class Statement(NamedTuple):
    """Who gets what of all that a statement lists. ``account`` is of the licence that paid it."""

    title: str
    currency: str
    parts: Sequence[Part]
    people: Sequence[Taker]
    discount: Discount | None
    account: receipts.Account | None
    document: Document

    def present(self, part: Part) -> Mapping[str, int]:
        """The present value of what each party of a part gets, rounded once."""
        assert self.discount is not None
        found: dict[str, Exact] = {}
        for period in part.split.periods:
            for payee in period.parties:
                now = self.discount.present(payee.amount, period.last)
                found[payee.party] = found.get(payee.party, 0) + now
        return {party: quantity.nearest_unit(amount) for party, amount in found.items()}


def divide(document: Document) -> Statement:
    """What a document's receipts come to, for everybody. Raises ``Refused`` with what is wrong with it."""
    table = shapes.validate(shape.StatementTable, document)
    reader = StatementReader(document, table)
    facts = reader.cases()
    streams = reader.streams(facts)
    account = reader.account()
    periods = reader.periods(facts, account)
    if reader.problems:
        raise Refused(reader.problems)
    head = table["statement"]
    try:
        return _answer(reader, facts, streams, periods, account, head)
    except Unreadable as error:
        raise Refused([document.unreadable(reader.place_of(error), error)]) from None


def _answer(
    reader: StatementReader,
    facts: Sequence[Facts],
    streams: Mapping[str, Stream],
    periods: Sequence[Period],
    account: receipts.Account | None,
    head: shape.HeadTable,
) -> Statement:
    laws = reader.laws()
    reader.options()
    asked = {
        name: Asked(stream, [_only(period, name) for period in periods], laws)
        for name, stream in streams.items()
    }
    for question in asked.values():
        checked_case(question)
    ledger = Ledger(streams.values())
    divisions: dict[str, list[Division]] = {name: [] for name in streams}
    for period in periods:
        for name, division in ledger.divide(period).items():
            divisions[name].append(division)
    parts = []
    for one in facts:
        for name, found, share, own, _ in one.parts:
            if divisions[name]:
                title = one.table.get("title", one.id)
                institution = found.institution if own else None
                split = result(asked[name], divisions[name], strict=False)
                parts.append(Part(one.id, title, institution, share, split))
    reader.in_vain({name for part in parts for name in part.split.in_play})
    currency = next(iter(streams.values())).case.policy.currency
    discount = head.get("discount")
    return Statement(
        head.get("title", reader.document.name),
        currency,
        tuple(parts),
        _takers(parts),
        Discount(policy.number(discount["rate"]), discount["rate"].text, discount["on"])
        if discount
        else None,
        account,
        reader.document,
    )


def _only(period: Period, stream: str) -> Period:
    return period._replace(
        received=[one for one in period.received if one.stream == stream],
        posted=[one for one in period.posted if one.stream == stream],
    )


def _takers(parts: Sequence[Part]) -> tuple[Taker, ...]:
    """The people of all parts, each once."""
    found: dict[str, Taker] = {}
    for i, part in enumerate(parts):
        for person in part.split.people:
            before = found.get(person.name, Taker(person.name, 0, {}, None))
            found[person.name] = Taker(
                person.name, before.amount + person.amount, {**before.by_part, i: person.amount},
                person.to or before.to,
            )  # fmt: skip
    return tuple(found.values())


def _years(early: date, late: date) -> tuple[int, int]:
    """Whole years from one day to a later one, and the days beyond them."""
    months, _ = quantity.months_and_days(quantity.Period(early, late - timedelta(days=1)))
    years = months // 12
    return years, (late - quantity.shift(early, quantity.Duration(12 * years, "months"))).days
