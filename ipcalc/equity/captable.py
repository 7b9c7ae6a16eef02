"""A cap table: what is checked in its file, and the model that the fold works on.

Limits: 10,000 stakeholders, classes, events and exits each (``inputs.ITEMS``), 18 digits a share count.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ipcalc import quantity
from ipcalc.equity.shape import (
    LATER,
    CancelEvent,
    CapTableFile,
    EventTable,
    IssueEvent,
    PoolEvent,
    RoundEvent,
    TransferEvent,
    UniversityGrantEvent,
)
from ipcalc.inputs import shapes
from ipcalc.inputs.diagnostics import Diagnostic, Refused
from ipcalc.inputs.toml import Document
from ipcalc.quantity import Exact, Quantity, Unreadable

if TYPE_CHECKING:
    from ipcalc.inputs import locate

# -- the model ----------------------------------------------------------------------------------------


class Stakeholder(NamedTuple):
    """A stakeholder; ``name`` is the id where the file gives none."""

    id: str
    kind: str
    name: str


class ShareClass(NamedTuple):
    """A class of shares; ``preferred`` classes are paid first at an exit."""

    id: str
    name: str
    preferred: bool


class Rounding(NamedTuple):
    """``shares`` is exact, floor or half-up; ``price_places`` is None where prices are exact."""

    shares: str
    price_places: int | None


class Position(NamedTuple):
    """Where shares stand: with a holder, or (``holder`` None) unallocated in a plan."""

    holder: str | None
    share_class: str
    plan: str | None = None


class Issue(NamedTuple):
    """New shares at a price a share in minor units, if one was stated."""

    id: str
    kind: str
    date: datetime.date
    at: int  # its index in the file's events
    to: Position
    shares: Exact
    price: Exact | None


class Grant(NamedTuple):
    """The university's stake: a share of the fully diluted total after it, or a number of shares."""

    id: str
    kind: str
    date: datetime.date
    at: int
    percent: Exact | None
    shares: Exact | None
    to: tuple[tuple[Position, Exact], ...]  # each position's share of the grant; they sum to 1


class Pool(NamedTuple):
    """Plan shares: ``how`` is create or add (``amount`` in shares) or target (a share of the total after)."""

    id: str
    kind: str
    date: datetime.date
    at: int
    to: Position
    how: str
    amount: Exact


class Investment(NamedTuple):
    """An investor's money, in minor units."""

    to: Position
    amount: int


class Round(NamedTuple):
    """A priced round: ``value`` is its ``basis`` (pre_money, post_money, price) in minor units."""

    id: str
    kind: str
    date: datetime.date
    at: int
    convention: str
    basis: str
    value: Exact
    investors: tuple[Investment, ...]


class Split(NamedTuple):
    """Each share of a class becomes ``ratio`` shares."""

    id: str
    kind: str
    date: datetime.date
    at: int
    share_class: str
    ratio: Exact


class Transfer(NamedTuple):
    """Shares from one holder to another, at a price a share in minor units, if one was stated."""

    id: str
    kind: str
    date: datetime.date
    at: int
    giver: Position
    taker: Position
    shares: Exact
    price: Exact | None


class Cancel(NamedTuple):
    """Shares that cease to be, of those that the event ``given`` gave to a position."""

    id: str
    kind: str
    date: datetime.date
    at: int
    given: str
    of: Position
    shares: Exact


Event = Issue | Grant | Pool | Round | Split | Transfer | Cancel


class Sale(NamedTuple):
    """An exit of the file: proceeds in minor units."""

    id: str
    date: datetime.date
    at: int
    proceeds: tuple[int, ...]


class CapTable(NamedTuple):
    """A cap table that was checked, and the document it came from, for the positions of later errors."""

    company: str
    currency: str
    rounding: Rounding
    stakeholders: Mapping[str, Stakeholder]  # in file order
    classes: Mapping[str, ShareClass]  # in file order
    events: tuple[Event, ...]
    exits: tuple[Sale, ...]
    document: Document

    def refused(self, code: str, path: locate.Path, near: str = "", **args: str) -> Refused:
        """A problem at a path of the file, to raise."""
        return Refused(
            [self.document.problem(code, path, near, at_key=False, within=None, also=None, **args)]
        )


def read(document: Document) -> CapTable:
    """A document as a cap table. Raises ``Refused`` with all that is wrong with it (F and E codes)."""
    later = list(_later(document))
    try:
        file = shapes.validate(CapTableFile, document)
    except Refused as refused:
        raise Refused([*refused.diagnostics, *later]) from None
    reader = _Reader(document, file)
    table = reader.table()
    if problems := later + reader.problems:
        raise Refused(problems)
    return table


def _later(document: Document) -> Iterator[Diagnostic]:
    """Events whose name is known but which aren't built; the data may have any shape."""
    events = document.data.get("events")
    for i, event in enumerate(events if isinstance(events, list) else ()):
        word = event.get("event") if isinstance(event, dict) else None
        if isinstance(word, str) and word in LATER:
            yield document.problem("F113", ("events", i, "event"), key=word)


class _Reader:
    """Builds the model of a file that has the right shape, and collects what else is wrong with it."""

    def __init__(self, document: Document, file: CapTableFile) -> None:
        self.document = document
        self.file = file
        self.currency = file["company"]["currency"]
        self.rule = file["rounding"]["shares"]
        self.problems: list[Diagnostic] = []
        self.stakeholders = {
            s["id"]: Stakeholder(s["id"], s["kind"], s.get("name", s["id"])) for s in file["stakeholders"]
        }
        self.classes = {
            c["id"]: ShareClass(c["id"], c.get("name", c["id"]), c["kind"] == "preferred")
            for c in file["classes"]
        }
        self.received: dict[str, set[Position]] = {}  # event id → who it gave shares to

    def problem(
        self, code: str, path: locate.Path, near: str = "", *, also: locate.Path | None = None, **args: str
    ) -> None:
        """Collect a problem."""
        self.problems.append(
            self.document.problem(code, path, near, at_key=False, within=None, also=also, **args)
        )

    def table(self) -> CapTable:
        """The model; worth using only if there are no problems."""
        self.unique_ids()
        for i, price in enumerate(c.get("price") for c in self.file["classes"]):
            if isinstance(price, Quantity):
                self.minor(price, ("classes", i, "price"), whole=False)
        price_rule = self.file["rounding"]["price"]
        rounding = Rounding(self.rule, None if price_rule == "exact" else price_rule["places"])
        events = tuple(event for event in self.events() if event is not None)
        exits = tuple(self.exits())
        name = self.file["company"]["name"]
        return CapTable(
            name, self.currency, rounding, self.stakeholders, self.classes, events, exits, self.document
        )

    def unique_ids(self) -> None:
        """One id, one thing, across the whole file."""
        first: dict[str, locate.Path] = {}
        lists: tuple[tuple[str, Iterable[Mapping[str, Any]]], ...] = (
            ("stakeholders", self.file["stakeholders"]),
            ("classes", self.file["classes"]),
            ("events", self.file["events"]),
            ("exits", self.file.get("exits", [])),
        )
        for key, items in lists:
            for i, item in enumerate(items):
                path = (key, i, "id")
                if item.get("id") in first:
                    self.problem("F112", path, also=first[item["id"]], value=item["id"])
                elif "id" in item:
                    first[item["id"]] = path

    # -- parts ----------------------------------------------------------------------------------------

    def holder(self, name: str, path: locate.Path) -> str:
        """A stakeholder's id."""
        if name not in self.stakeholders:
            self.problem("E501", path, quantity.nearest(name, self.stakeholders), value=name)
        return name

    def share_class(self, name: str, path: locate.Path) -> str:
        """A class's id."""
        if name not in self.classes:
            self.problem("E502", path, quantity.nearest(name, self.classes), value=name)
        return name

    def minor(self, amount: Quantity, path: locate.Path, *, whole: bool = True) -> Exact:
        """Money of the file in minor units of the company's currency, whole ones unless it is a price."""
        assert not isinstance(amount.value, quantity.Duration)
        if amount.unit not in (None, self.currency):
            self.problem("E506", path, unit=str(amount.unit), currency=self.currency)
        try:
            if whole:
                return quantity.to_minor(amount.value, self.currency)
        except Unreadable as error:
            self.problem(error.code, path, also=None, **error.args_of_message)
        return whole_if(amount.value * 10 ** quantity.currencies()[self.currency])

    def shares(self, count: Quantity, path: locate.Path) -> Exact:
        """A number of shares, whole unless the rounding rule is exact."""
        assert not isinstance(count.value, quantity.Duration)
        if self.rule != "exact" and Fraction(count.value).denominator != 1:
            self.problem("E507", path, value=count.text, rule=self.rule)
        return count.value

    # -- events ---------------------------------------------------------------------------------------

    def events(self) -> Iterator[Event | None]:
        """The events, checked one by one; their dates must not go back."""
        before: tuple[datetime.date, locate.Path] | None = None
        for i, raw in enumerate(self.file["events"]):
            if raw["event"] in LATER:
                continue
            path = ("events", i)
            day: datetime.date = raw["date"]
            if before and day < before[0]:
                self.problem("E503", (*path, "date"), also=before[1], value=str(day), previous=str(before[0]))
            before = (day, (*path, "date"))
            event = self.event(raw, path)
            if event:
                self.received[event.id] = set(_receivers(event))
            yield event

    def event(self, raw: EventTable, path: locate.Path) -> Event | None:
        """One event, or None where it can't be built."""
        if raw["event"] == "issue":
            return self.issue(raw, path)
        if raw["event"] == "university-grant":
            return self.grant(raw, path)
        if raw["event"] == "pool":
            return self.pool(raw, path)
        if raw["event"] == "round":
            return self.round(raw, path)
        if raw["event"] == "split":
            name = self.share_class(raw["class"], (*path, "class"))
            return Split(raw["id"], "split", raw["date"], _index(path), name, _exact(raw["ratio"]))
        if raw["event"] == "transfer" or raw["event"] == "secondary":
            return self.transfer(raw, path)
        if raw["event"] == "cancel":
            return self.cancel(raw, path)
        return None

    def issue(self, raw: IssueEvent, path: locate.Path) -> Issue:
        """An issue."""
        to = Position(
            self.holder(raw["holder"], (*path, "holder")), self.share_class(raw["class"], (*path, "class"))
        )
        shares = self.shares(raw["shares"], (*path, "shares"))
        return Issue(
            raw["id"], "issue", raw["date"], _index(path), to, shares, self.price(raw.get("price"), path)
        )

    def price(self, price: Quantity | None, path: locate.Path) -> Exact | None:
        """A price a share that may be left out."""
        return None if price is None else self.minor(price, (*path, "price"), whole=False)

    def grant(self, raw: UniversityGrantEvent, path: locate.Path) -> Grant:
        """A university's stake."""
        name = self.share_class(raw["class"], (*path, "class"))
        to = raw["to"]
        if isinstance(to, str):
            parts: list[tuple[Position, Exact]] = [(Position(self.holder(to, (*path, "to")), name), 1)]
        else:
            parts = [
                (Position(self.holder(h, (*path, "to", h)), name), _exact(part)) for h, part in to.items()
            ]
            if (total := sum(Fraction(part) for _, part in parts)) != 1:
                self.problem("E509", (*path, "to"), total=quantity.percent(total))
        terms: Mapping[str, Any] = raw["grant"]
        percent = _exact(terms["percent"]) if "percent" in terms else None
        shares = self.shares(terms["shares"], (*path, "grant", "shares")) if "shares" in terms else None
        return Grant(raw["id"], "university-grant", raw["date"], _index(path), percent, shares, tuple(parts))

    def one_of(self, raw: Mapping[str, Any], keys: tuple[str, ...], path: locate.Path) -> str | None:
        """The one of some keys that is present; a problem if none is, or two are."""
        present = [key for key in keys if key in raw]
        if not present:
            self.problem("F114", path, allowed=", ".join(keys))
            return None
        for second in present[1:]:
            self.problem("E510", (*path, second), also=(*path, present[0]), first=present[0], second=second)
        return present[0]

    def pool(self, raw: PoolEvent, path: locate.Path) -> Pool | None:
        """Shares set aside for a plan."""
        to = Position(None, self.share_class(raw["class"], (*path, "class")), raw["plan"])
        how = self.one_of(raw, ("create", "add", "target"), path)
        if how is None:
            return None
        terms: Mapping[str, Any] = raw
        amount = _exact(terms[how]) if how == "target" else self.shares(terms[how], (*path, how))
        return Pool(raw["id"], "pool", raw["date"], _index(path), to, how, amount)

    def round(self, raw: RoundEvent, path: locate.Path) -> Round | None:
        """A priced round."""
        name = self.share_class(raw["class"], (*path, "class"))
        if not raw["investors"]:
            self.problem("E519", (*path, "investors"))
        investors = []
        for i, one in enumerate(raw["investors"]):
            at = (*path, "investors", i)
            to = Position(self.holder(one["holder"], (*at, "holder")), name)
            investors.append(Investment(to, int(self.minor(one["amount"], (*at, "amount")))))
        basis = self.one_of(raw, ("pre_money", "post_money", "price"), path)
        if basis is None:
            return None
        terms: Mapping[str, Any] = raw
        value = self.minor(terms[basis], (*path, basis), whole=basis != "price")
        return Round(
            raw["id"], "round", raw["date"], _index(path), raw["convention"], basis, value, tuple(investors)
        )  # fmt: skip

    def transfer(self, raw: TransferEvent, path: locate.Path) -> Transfer:
        """Shares that change hands."""
        name = self.share_class(raw["class"], (*path, "class"))
        giver = Position(self.holder(raw["from"], (*path, "from")), name)
        taker = Position(self.holder(raw["to"], (*path, "to")), name)
        shares = self.shares(raw["shares"], (*path, "shares"))
        price = self.price(raw.get("price"), path)
        return Transfer(raw["id"], raw["event"], raw["date"], _index(path), giver, taker, shares, price)

    def cancel(self, raw: CancelEvent, path: locate.Path) -> Cancel | None:
        """Shares that cease to be; ``of`` is an earlier event that gave shares to one holder or plan."""
        if raw["of"] not in self.received:
            self.problem("E518", (*path, "of"), quantity.nearest(raw["of"], self.received), value=raw["of"])
            return None
        found = self.received[raw["of"]]
        if len(found) != 1:
            self.problem("E520", (*path, "of"), value=raw["of"], n=str(len(found)))
            return None
        shares = self.shares(raw["shares"], (*path, "shares"))
        return Cancel(raw["id"], "cancel", raw["date"], _index(path), raw["of"], next(iter(found)), shares)

    def exits(self) -> Iterator[Sale]:
        """The exits of the file."""
        for i, raw in enumerate(self.file.get("exits", [])):
            proceeds = (self.minor(one, ("exits", i, "proceeds", k)) for k, one in enumerate(raw["proceeds"]))
            yield Sale(raw["id"], raw["date"], i, tuple(int(amount) for amount in proceeds))


def _index(path: locate.Path) -> int:
    return int(path[1])


def _exact(found: Quantity) -> Exact:
    assert not isinstance(found.value, quantity.Duration)
    return found.value


def _receivers(event: Event) -> Iterable[Position]:
    if isinstance(event, Issue | Pool):
        return (event.to,)
    if isinstance(event, Grant):
        return (position for position, _ in event.to)
    if isinstance(event, Round):
        return (investment.to for investment in event.investors)
    return (event.taker,) if isinstance(event, Transfer) else ()


def whole_if(number: Exact) -> Exact:
    """An exact number as an ``int`` where it is whole."""
    return number.numerator if number.denominator == 1 else number
