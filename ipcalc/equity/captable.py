"""A cap-table file: its shape, what is checked in it, and the model that the fold works on.

Limits: 10,000 stakeholders, classes, events and exits each (``inputs.toml.ITEMS``), 18 digits a share count.
What the format has and this version can't work with yet is declared ``Coming``: refused, never ignored.
"""

from __future__ import annotations

import datetime
import typing
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict

from ipcalc import quantity
from ipcalc.inputs import locate, shapes
from ipcalc.inputs.diagnostics import Diagnostic, Refused
from ipcalc.inputs.shapes import Anything, Coming, Currency, Day, Ident, Name, Via
from ipcalc.inputs.toml import Document
from ipcalc.quantity import Exact, Quantity, Unreadable

# -- values of this file ------------------------------------------------------------------------------


def _word(*built: str, coming: tuple[str, ...] = ()) -> Via:
    """One of a list of words, some of which are known but not built."""

    def read(raw: object) -> str:
        text = shapes.string(raw)
        if text in coming:
            raise Unreadable("F113", key=text)
        if text not in built:
            near = quantity.nearest(text, (*built, *coming))
            raise Unreadable("F107", value=text[:80], allowed=", ".join((*built, *coming)), near=near)
        return text

    return Via(read, {"enum": list(built)})


def _positive(kind: str) -> Via:
    """A quantity above zero."""
    whole = shapes.quantity_of(kind)

    def read(raw: object) -> Quantity:
        found: Quantity = whole.read(raw)
        if found.value <= 0:  # type: ignore[operator]  # no durations here
            raise Unreadable("F106", limit="> 0")
        return found

    return Via(read, whole.json)


def _price(raw: object) -> Quantity:
    """Money a share, above zero; unlike an amount it may be finer than the minor unit: ``"75/34"``."""
    try:
        found = quantity.read("number", raw)
    except Unreadable as error:
        if error.code != "F104":
            raise
        found = quantity.read("money", raw)
    if found.value <= 0:  # type: ignore[operator]
        raise Unreadable("F106", limit="> 0")
    return found


def _below_all(raw: object) -> Quantity:
    """A share of the total after the event: 100% of it would leave nothing for those who were there."""
    found = quantity.read("share", raw)
    if found.value == 1:
        raise Unreadable("F106", limit="0% … < 100%")
    return found


def _proceeds(raw: object) -> Quantity:
    found = quantity.read("money", raw)
    if found.value < 0:  # type: ignore[operator]
        raise Unreadable("F106", limit="≥ 0")
    return found


def _places(raw: object) -> int:
    found = quantity.read("count", raw).value
    if not isinstance(found, int) or found > quantity.PLACES:
        raise Unreadable("F106", limit=f"0 … {quantity.PLACES}")
    return found


def _multiple(raw: object) -> Exact:
    """A multiple of the issue price: ``"1x"``, ``"1.5x"``."""
    text = shapes.string(raw)
    if not text.endswith("x"):
        raise Unreadable("F104", kind="1x", value=text[:80])
    found = quantity.read("number", text[:-1]).value
    if isinstance(found, quantity.Duration) or found < 0:
        raise Unreadable("F106", limit="≥ 0x")
    return found


_MONEY_JSON = shapes.quantity_of("money").json
Shares = Annotated[Quantity, _positive("number")]
Amount = Annotated[Quantity, _positive("money")]
Price = Annotated[Quantity, Via(_price, _MONEY_JSON)]
Percent = Annotated[Quantity, Via(_below_all, shapes.quantity_of("share").json)]
Proceeds = Annotated[Quantity, Via(_proceeds, _MONEY_JSON)]

# -- the file's shape ---------------------------------------------------------------------------------


class CompanyTable(TypedDict):
    """The company, and the one currency of every amount."""

    name: Name
    currency: Currency


class PriceRounding(TypedDict):
    """Prices rounded to decimal places of the currency's major unit."""

    places: Annotated[int, Via(_places, {"type": "integer", "minimum": 0, "maximum": quantity.PLACES})]
    to: Literal["half-up"]


class RoundingTable(TypedDict):
    """How share counts, prices and money are rounded: a contract's facts; only the last has a default."""

    shares: Literal["exact", "floor", "half-up"]
    price: Literal["exact"] | PriceRounding
    money: NotRequired[Annotated[str, _word("largest-remainder", coming=("up-per-line",))]]


class StakeholderTable(TypedDict):
    """Someone who holds or may hold shares; ``name`` is how pages call them."""

    id: Ident
    kind: Literal["founder", "person", "inventor", "investor", "institution", "lender"]
    name: NotRequired[Name]


class CommonTable(TypedDict):
    """A class of ordinary shares."""

    id: Ident
    kind: Literal["common"]
    name: NotRequired[Name]


class PreferenceAmount(TypedDict):
    """A preference as an amount for the whole class."""

    amount: Amount


class PreferredTable(TypedDict):
    """A class with a preference at an exit."""

    id: Ident
    kind: Literal["preferred"]
    name: NotRequired[Name]
    price: NotRequired[Price]
    preference: Annotated[Exact, Via(_multiple, {"type": "string", "examples": ["1x"]})] | PreferenceAmount
    seniority: shapes.Count
    participation: Annotated[str, _word("none", "full", coming=("capped",))]
    cap: NotRequired[Coming]
    conversion_price: NotRequired[Coming]
    dividend: NotRequired[Coming]
    anti_dilution: NotRequired[Coming]


class _Event(TypedDict):
    id: Ident
    date: Day


_OfClass = TypedDict("_OfClass", {"class": Ident})
_FromTo = TypedDict("_FromTo", {"from": Ident, "to": Ident})


class IssueEvent(_Event, _OfClass):
    """New shares for one holder."""

    event: Literal["issue"]
    holder: Ident
    shares: Shares
    price: NotRequired[Price]
    vesting: NotRequired[Coming]


class GrantPercent(TypedDict):
    """So many shares that the grant is this share of the fully diluted total after it."""

    percent: Percent
    of: Literal["fully-diluted-after"]


class GrantShares(TypedDict):
    """A number of shares."""

    shares: Shares


class GrantLater(TypedDict, total=False):
    """What a university may take instead, not built yet."""

    amount: Coming
    exit_fee: Coming
    royalty: Coming
    converts: Anything
    of: Anything


_GRANTS = {
    "percent": "GrantPercent",
    "shares": "GrantShares",
    "amount": "GrantLater",
    "exit_fee": "GrantLater",
    "royalty": "GrantLater",
}


class UniversityGrantEvent(_Event, _OfClass):
    """The university's stake, and who gets it: one stakeholder, or several by their share of it."""

    event: Literal["university-grant"]
    grant: Annotated[GrantPercent | GrantShares | GrantLater, shapes.ByKey(_GRANTS)]
    to: Ident | dict[str, shapes.Share]
    floor: NotRequired[Coming]
    participation: NotRequired[Coming]


class PoolEvent(_Event, _OfClass):
    """Shares set aside for a plan: exactly one of ``create``, ``add`` and ``target``."""

    event: Literal["pool"]
    plan: Ident
    create: NotRequired[Shares]
    add: NotRequired[Shares]
    target: NotRequired[Percent]
    add_percent: NotRequired[Coming]
    measure: NotRequired[Coming]
    placed: NotRequired[Coming]


class InvestorTable(TypedDict):
    """One investor's money in a round."""

    holder: Ident
    amount: Amount


class RoundEvent(_Event, _OfClass):
    """A priced round: exactly one of ``pre_money``, ``post_money`` and ``price``."""

    event: Literal["round"]
    convention: Annotated[str, _word("pre-money", coming=("percentage-ownership", "dollars-invested"))]
    pre_money: NotRequired[Amount]
    post_money: NotRequired[Amount]
    price: NotRequired[Price]
    investors: list[InvestorTable]
    pool: NotRequired[Coming]
    exercised_rights: NotRequired[Coming]
    anti_dilution: NotRequired[Coming]


class SplitEvent(_Event, _OfClass):
    """New shares for old, the whole class: ``"2:1"`` is two for one."""

    event: Literal["split"]
    ratio: Annotated[Quantity, _positive("ratio")]


class TransferEvent(_Event, _OfClass, _FromTo):
    """Shares that change hands; none are new."""

    event: Literal["transfer", "secondary"]
    shares: Shares
    price: NotRequired[Price]


class CancelEvent(_Event):
    """Shares that cease to be: of the holder, or the plan, that event ``of`` gave shares to."""

    event: Literal["cancel"]
    of: Ident
    shares: Shares


Later = Literal[
    "option", "grant", "safe", "note", "warrant", "mfn-election", "exercise", "lapse", "convert", "vest"
]  # fmt: skip
_LATER = frozenset(typing.get_args(Later))
_LaterClass = TypedDict("_LaterClass", {"class": Anything}, total=False)


class _LaterEvent(_LaterClass):
    event: Later


class LaterEvent(_LaterEvent, total=False):
    """An event that isn't built yet, with whatever keys it has: the event itself is refused."""

    id: Anything
    date: Anything
    holder: Anything
    plan: Anything
    of: Anything
    shares: Anything
    percent: Anything
    batch: Anything
    strike: Anything
    vesting: Anything
    dividend_from: Anything
    expires: Anything
    amount: Anything
    basis: Anything
    cap: Anything
    discount: Anything
    mfn: Anything
    counts: Anything
    pro_rata: Anything
    instrument: Anything
    takes: Anything
    principal: Anything
    interest: Anything
    cap_counts: Anything
    maturity: Anything
    at_exit: Anything


class ExitTable(TypedDict):
    """A sale of the company, for each of the proceeds."""

    id: Ident
    date: Day
    kind: Annotated[str, _word("sale", coming=("dividend", "tender", "wind-up"))]
    proceeds: list[Proceeds]
    costs: NotRequired[Coming]
    debt: NotRequired[Coming]
    carve_out: NotRequired[Coming]
    holdback: NotRequired[Coming]
    unvested: NotRequired[Coming]
    instruments: NotRequired[Coming]


EventTable = (
    IssueEvent
    | UniversityGrantEvent
    | PoolEvent
    | RoundEvent
    | SplitEvent
    | TransferEvent
    | CancelEvent
    | LaterEvent
)


class CapTableFile(TypedDict):
    """A cap-table file."""

    company: CompanyTable
    rounding: RoundingTable
    stakeholders: list[StakeholderTable]
    classes: list[Annotated[CommonTable | PreferredTable, shapes.ByValue("kind")]]
    events: list[Annotated[EventTable, shapes.ByValue("event")]]
    exits: NotRequired[list[ExitTable]]


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
    """Shares that cease to be."""

    id: str
    kind: str
    date: datetime.date
    at: int
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
        if isinstance(word, str) and word in _LATER:
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
            if raw["event"] in _LATER:
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
        return Cancel(raw["id"], "cancel", raw["date"], _index(path), next(iter(found)), shares)

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
