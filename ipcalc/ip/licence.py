"""A licence: the model of its terms and of what happened under it, and how a file becomes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ipcalc import quantity
from ipcalc.inputs.diagnostics import Diagnostic
from ipcalc.ip import licence_shape as shape
from ipcalc.ip.policy import minor_units, number
from ipcalc.quantity import Duration, Exact, Quantity, Unreadable

if TYPE_CHECKING:
    from ipcalc.inputs import locate
    from ipcalc.inputs.toml import Document

# -- the model: amounts in minor units of the licence's currency ----------------------------------------


class Rate(NamedTuple):
    """A share, and how it was written."""

    rate: Exact
    text: str


class Upfront(NamedTuple):
    """A fee on a date."""

    on: date
    amount: int


class Milestone(NamedTuple):
    """Paid on a date, or once an event happens, or once net sales (all, or a year's) reach an amount."""

    name: str
    amount: int
    on: date | None = None
    event: str | None = None
    sales: int | None = None
    lifetime: bool = False


class Tier(NamedTuple):
    """A rate, as it was written too, of net sales up to an amount, ``None`` for no end."""

    up_to: int | None
    rate: Exact
    text: str


class Royalty(NamedTuple):
    """A running royalty. ``whole``: the rate of the tier reached holds for all sales of the year;
    ``lifetime``: tiers fill over all years. ``first`` and ``last`` are licence years, both included.
    """

    tiers: Sequence[Tier]
    whole: bool = False
    lifetime: bool = False
    first: int | None = None
    last: int | None = None

    def runs(self, year: int) -> bool:
        """Whether a licence year's sales bear a royalty."""
        return (self.first is None or self.first <= year) and (self.last is None or year <= self.last)


class Minimum(NamedTuple):
    """A minimum annual royalty: the amount from each licence year on, in order of years."""

    steps: Sequence[tuple[int, int]]
    creditable: bool
    advance: bool
    last: int | None = None

    def of(self, year: int) -> int:
        """The minimum for a licence year; 0 where there is none."""
        if self.last is not None and year > self.last:
            return 0
        return next((amount for first, amount in reversed(self.steps) if first <= year), 0)


class Stacking(NamedTuple):
    """How a royalty gives way to royalties to third parties: by a share of them (``credit``), or until all
    together are a share of net sales. ``floor`` is a share of the royalty (``of_royalty``) or of net sales;
    what is left to give is carried to the next year, or not.
    """

    credit: bool
    share: Rate
    floor: Rate
    of_royalty: bool
    carry: bool = False


class ExitFee(NamedTuple):
    """A share of the company's value at an exit of one of some kinds."""

    fee: Rate
    kinds: Sequence[str]


class Stake(NamedTuple):
    """Shares of the licensee, a value for them if one was agreed, the terms they stand in place of, and the
    options of a policy that are stated for this receipt.
    """

    share: Rate
    on: date
    agreed_value: int | None
    in_lieu_of: Sequence[str]
    options: Mapping[str, str] = {}


class Terms(NamedTuple):
    """The terms of a licence. ``sublicence`` is the share by stage, under ``None`` where there are no stages;
    ``due_year`` and ``due_event`` are how long after a licence year's end or an event is paid.
    """

    currency: str
    signed: date
    year_starts: tuple[int, int]
    due_year: Duration | None = None
    due_event: Duration | None = None
    upfront: Sequence[Upfront] = ()
    milestones: Sequence[Milestone] = ()
    royalty: Royalty | None = None
    minimum: Minimum | None = None
    sublicence: Mapping[str | None, Rate] = {}
    stacking: Stacking | None = None
    combination: bool = False
    exit: ExitFee | None = None
    equity: Stake | None = None
    patent_costs: Rate | None = None  # the licensee's share

    def bounds(self, year: int) -> quantity.Period:
        """The first and last day of a licence year, which is named by the calendar year it begins in."""
        return quantity.Period(
            date(year, *self.year_starts), date(year + 1, *self.year_starts) - timedelta(days=1)
        )

    def year_of(self, day: date) -> int:
        """The licence year in which a day lies."""
        return day.year - ((day.month, day.day) < self.year_starts)


class Combination(NamedTuple):
    """Net sales of a combination product, and the A and B of the licence's formula."""

    net_sales: Any
    a: Exact
    b: Exact

    @property
    def part(self) -> Exact:
        """A/(A+B)."""
        return Fraction(self.a) / (self.a + self.b)


class Income(NamedTuple):
    """Sublicence income at a stage; ``None`` where the licence has no stages."""

    amount: Any
    stage: str | None


class Exit(NamedTuple):
    """An exit of the licensee."""

    on: date
    kind: str
    value: int


class Year(NamedTuple):
    """What happened in a licence year. Its sales, royalties to others and income may be arrays."""

    year: int
    net_sales: Any = 0
    combinations: Sequence[Combination] = ()
    third_party: Any = 0
    sublicence: Sequence[Income] = ()
    events: Mapping[str, date] = {}
    exit: Exit | None = None
    patent_costs: int = 0


# -- reading ------------------------------------------------------------------------------------------


def read(
    licence: shape.LicenceTable,
    sales: Mapping[str, shape.SalesTable],
    document: Document,
    problems: list[Diagnostic],
) -> tuple[Terms, Sequence[Year]]:
    """The terms and years of a document's tables ``licence`` and ``sales``, which have their shapes already.

    What is wrong is added to ``problems`` (P501 to P508 and others); then the result is of no use.
    """
    reader = _Reader(document, problems, licence["currency"])
    terms = reader.terms(licence)
    return terms, reader.years(terms, sales)


class _Reader:
    def __init__(self, document: Document, problems: list[Diagnostic], currency: str) -> None:
        self.document = document
        self.problems = problems
        self.currency = currency

    def problem(self, code: str, path: locate.Path, near: str = "", **more: Any) -> None:
        self.problems.append(self.document.problem(code, path, near, **more))

    def minor(self, money: Quantity, *path: str | int) -> int:
        try:
            return minor_units(money, self.currency, "licence.currency")
        except Unreadable as error:
            self.problems.append(self.document.unreadable(path, error))
            return 0

    # -- terms

    def terms(self, table: shape.LicenceTable) -> Terms:
        due = table.get("due", {})
        self.due(table, due)
        self.apart(table)
        sublicence: Mapping[str | None, Rate] = {}
        if shares := table.get("sublicence"):
            by_stage = cast(Mapping[str | None, Quantity], shares.get("stages", {None: shares.get("share")}))
            sublicence = {stage: _rate(share) for stage, share in by_stage.items()}
        costs = table.get("patent_costs")
        return Terms(
            currency=self.currency,
            signed=table["signed"],
            year_starts=table["year_starts"],
            due_year=_duration(due.get("year")),
            due_event=_duration(due.get("event")),
            upfront=tuple(
                Upfront(fee["on"], self.minor(fee["amount"], "licence", "upfront", i, "amount"))
                for i, fee in enumerate(table.get("upfront", []))
            ),
            milestones=self.milestones(table.get("milestones", [])),
            royalty=self.royalty(table["royalty"]) if "royalty" in table else None,
            minimum=self.minimum(table["minimum"]) if "minimum" in table else None,
            sublicence=sublicence,
            stacking=_stacking(table["stacking"]) if "stacking" in table else None,
            combination="combination" in table,
            exit=self.exit_fee(table["exit"]) if "exit" in table else None,
            equity=self.stake(table["equity"]) if "equity" in table else None,
            patent_costs=_rate(costs["licensee"]) if costs else None,
        )

    def due(self, table: shape.LicenceTable, due: shape.DueTable) -> None:
        """What is paid by the year or after an event needs to say when."""
        milestones = table.get("milestones", [])
        by_year = {"royalty", "minimum", "sublicence", "patent_costs"} & set(table)
        needed = {
            "year": by_year or any("sales" in one for one in milestones),
            "event": "exit" in table or any("event" in one for one in milestones),
        }
        for key, need in needed.items():
            if need and key not in due:
                self.problem("F101", ("licence", "due"), at_key=True, key_name=key if due else f"due.{key}")

    def apart(self, table: shape.LicenceTable) -> None:
        """Terms that need another, and terms that another stands in place of."""
        for term in ("stacking", "combination"):
            if term in table and "royalty" not in table:
                self.problem("P507", ("licence", term), at_key=True, value=term)
        for i, term in enumerate(table.get("equity", {}).get("in_lieu_of", [])):
            if term in table:
                path = ("licence", "equity", "in_lieu_of", i)
                self.problem("P506", path, also=("licence", term), value=term)

    def milestones(self, tables: Sequence[shape.MilestoneTable]) -> Sequence[Milestone]:
        places: dict[str, int] = {}
        for i, table in enumerate(tables):
            if (first := places.setdefault(table["name"], i)) < i:
                path, also = (("licence", "milestones", k, "name") for k in (i, first))
                self.problem("F112", path, also=also, value=table["name"])
        return tuple(self.milestone(i, table) for i, table in enumerate(tables))

    def milestone(self, index: int, one: shape.MilestoneTable) -> Milestone:
        path = ("licence", "milestones", index)
        level = one.get("sales")
        if level is not None and not number(cast(Quantity, level)):
            self.problem("F106", (*path, "sales"), key="sales", limit="> 0")
        return Milestone(
            one["name"],
            self.minor(one["amount"], *path, "amount"),
            cast(date | None, one.get("on")),
            cast(str | None, one.get("event")),
            None if level is None else self.minor(cast(Quantity, level), *path, "sales"),
            one.get("over") == "lifetime",
        )

    def royalty(self, table: shape.RoyaltyTable) -> Royalty:
        first, last = table.get("from"), table.get("until")
        self.in_order(first, last, "royalty")
        if "rate" in table:
            rate = cast(shape.FlatRoyalty, table)["rate"]
            return Royalty((Tier(None, number(rate), rate.text),), first=first, last=last)
        tiers = tuple(self.tier(i, tier) for i, tier in enumerate(table["tiers"]))
        path = ("licence", "royalty", "tiers")
        if not tiers or tiers[-1].up_to is not None:
            self.problem("P501", (*path, len(tiers) - 1) if tiers else path)
        reached = 0
        for i, tier in enumerate(tiers[:-1]):
            if tier.up_to is None or tier.up_to <= reached:
                self.problem("P501", (*path, i) if tier.up_to is None else (*path, i, "up_to"))
            reached = tier.up_to or reached
        return Royalty(tiers, table["apply"] == "whole", table["over"] == "lifetime", first, last)

    def tier(self, index: int, tier: shape.TierTable) -> Tier:
        up_to = tier.get("up_to")
        path = ("licence", "royalty", "tiers", index, "up_to")
        return Tier(
            None if up_to is None else self.minor(up_to, *path), number(tier["rate"]), tier["rate"].text
        )

    def minimum(self, table: shape.MinimumTable) -> Minimum:
        steps = []
        for key, money in table["from"].items():
            path = ("licence", "minimum", "from", key)
            if (year := self.year(key, path)) is not None:
                steps.append((year, self.minor(money, *path)))
        if not table["from"]:
            self.problem("F109", ("licence", "minimum", "from"), key="from")
        steps.sort()
        self.in_order(steps[0][0] if steps else None, table.get("until"), "minimum")
        return Minimum(tuple(steps), table["creditable"], table["paid"] == "advance", table.get("until"))

    def exit_fee(self, table: shape.ExitTable) -> ExitFee:
        if not table["on"]:
            self.problem("F109", ("licence", "exit", "on"), key="on")
        return ExitFee(_rate(table["fee"]), tuple(table["on"]))

    def stake(self, table: shape.EquityTable) -> Stake:
        value = table.get("agreed_value")
        agreed = None if value is None else self.minor(value, "licence", "equity", "agreed_value")
        in_lieu_of, options = tuple(table["in_lieu_of"]), table.get("options", {})
        return Stake(_rate(table["stake"]), table["on"], agreed, in_lieu_of, options)

    def in_order(self, first: int | None, last: int | None, term: str) -> None:
        if first is not None and last is not None and first > last:
            self.problem("F116", ("licence", term, "until"), first=str(first), last=str(last))

    def year(self, key: str, path: locate.Path) -> int | None:
        try:
            return shape.year(key)
        except Unreadable as error:
            where = self.document.place(path, at_key=True)
            self.problems.append(Diagnostic(error.code, {"key": key, **error.args_of_message}, where))
            return None

    # -- sales

    def years(self, terms: Terms, sales: Mapping[str, shape.SalesTable]) -> Sequence[Year]:
        found = {
            year: self.sales(terms, year, key, table)
            for key, table in sales.items()
            if (year := self.year(key, ("sales", key))) is not None
        }
        order = sorted(found)
        for before, year in pairwise(order):
            if year > before + 1:
                self.problem(
                    "P502", ("sales", str(year)), at_key=True, value=str(before + 1), before=str(before)
                )
        self.once(found, order)
        if order and terms.bounds(order[0]).last < terms.signed:
            first, last = str(terms.signed), str(terms.bounds(order[0]).last)
            path = ("sales", str(order[0]))
            self.problem("F116", path, at_key=True, also=("licence", "signed"), first=first, last=last)
        return tuple(found[year] for year in order)

    def once(self, found: Mapping[int, Year], order: Sequence[int]) -> None:
        """An event happens once, and the exit fee is paid once."""
        places: dict[str, locate.Path] = {}
        exits: list[locate.Path] = []
        for year in order:
            for event in found[year].events:
                path = ("sales", str(year), "events", event)
                if event in places:
                    self.problem("F112", path, at_key=True, also=places[event], value=event)
                places[event] = path
            if found[year].exit:
                exits.append(("sales", str(year), "exit"))
                if len(exits) > 1:
                    self.problem("P508", exits[-1], at_key=True, also=exits[0])

    def sales(self, terms: Terms, year: int, key: str, table: shape.SalesTable) -> Year:
        at = ("sales", key)
        self.asked(terms, key, table)
        bounds = terms.bounds(year)
        self.settled(bounds.last, terms.due_year, at, at_key=True)
        income = table.get("sublicence_income", [])
        items = cast(Sequence[Any], income if isinstance(income, list) else [income])
        events = table.get("events", {})
        for event, day in events.items():
            known = [one.event for one in terms.milestones if one.event]
            if event not in known:
                near, allowed = quantity.nearest(event, known), ", ".join(known)
                path = (*at, "events", event)
                self.problem("F107", path, near, at_key=True, key="events", value=event, allowed=allowed)
            self.within(day, bounds, (*at, "events", event))
            self.settled(day, terms.due_event, (*at, "events", event))
        return Year(
            year,
            self.amount(table, key, "net_sales"),
            tuple(self.combination(key, i, one) for i, one in enumerate(table.get("combinations", []))),
            self.amount(table, key, "third_party_royalties"),
            tuple(self.income(terms, (*at, "sublicence_income"), i, one) for i, one in enumerate(items)),
            events,
            self.exit(terms, key, table["exit"], bounds) if "exit" in table else None,
            self.amount(table, key, "patent_costs"),
        )

    def amount(self, table: shape.SalesTable, year: str, key: str) -> int:
        money = cast(Quantity | None, table.get(key))
        return 0 if money is None else self.minor(money, "sales", year, key)

    def asked(self, terms: Terms, key: str, table: shape.SalesTable) -> None:
        """A year states what the licence depends on, and nothing that changes nothing."""
        milestones = terms.milestones
        reasons = {
            "net_sales": terms.royalty is not None or any(one.sales is not None for one in milestones),
            "third_party_royalties": terms.stacking is not None,
            "sublicence_income": bool(terms.sublicence),
            "patent_costs": terms.patent_costs is not None,
        }
        may = {
            **reasons,
            "combinations": terms.combination,
            "events": any(one.event for one in milestones),
            "exit": terms.exit is not None,
        }
        for name, needed in reasons.items():
            if needed and name not in table:
                self.problem("P503", ("sales", key), at_key=True, value=name)
        for name in table:
            if not may[name]:
                self.problem("P504", ("sales", key, name), at_key=True, value=name)

    def within(self, day: date, bounds: quantity.Period, path: locate.Path) -> None:
        if not bounds.first <= day <= bounds.last:
            first, last = str(bounds.first), str(bounds.last)
            self.problem("P505", path, value=str(day), first=first, last=last)

    def settled(self, day: date, due: Duration | None, path: locate.Path, *, at_key: bool = False) -> None:
        """The day on which something is paid must be one of the calendar's."""
        try:
            quantity.shift(day, due or Duration(0, "days"))
        except OverflowError:
            limit = f"{quantity.FIRST_YEAR} … {quantity.LAST_YEAR}"
            self.problem("F106", path, at_key=at_key, key=str(path[-1]), limit=limit)

    def combination(self, year: str, index: int, one: shape.CombinationSales) -> Combination:
        path = ("sales", year, "combinations", index)
        a, b = number(one["A"]), number(one["B"])
        if not a + b:
            self.problem("F106", path, key="A + B", limit="> 0")
        return Combination(self.minor(one["net_sales"], *path, "net_sales"), a, b)

    def income(self, terms: Terms, path: locate.Path, index: int, one: Any) -> Income:
        """One amount for the year where one share holds for all; else each with its stage."""
        staged = terms.sublicence and None not in terms.sublicence
        if isinstance(one, Quantity):
            if staged:
                self.problem("F101", path, at_key=True, key_name="stage")
            return Income(self.minor(one, *path), None)
        item, at = cast(shape.SublicenceIncome, one), (*path, index)
        stage, stages = item["stage"], [stage for stage in terms.sublicence if stage is not None]
        if staged and stage not in stages:
            near, allowed = quantity.nearest(stage, stages), ", ".join(stages)
            self.problem("F107", (*at, "stage"), near, key="stage", value=stage, allowed=allowed)
        elif terms.sublicence and not staged:
            self.problem("P504", (*at, "stage"), at_key=True, value="stage")
        return Income(self.minor(item["amount"], *at, "amount"), stage)

    def exit(self, terms: Terms, year: str, one: shape.ExitEvent, bounds: quantity.Period) -> Exit:
        path = ("sales", year, "exit")
        self.within(one["on"], bounds, (*path, "on"))
        self.settled(one["on"], terms.due_event, (*path, "on"))
        kinds = terms.exit.kinds if terms.exit else ()
        if kinds and one["kind"] not in kinds:
            near, allowed = quantity.nearest(one["kind"], kinds), ", ".join(kinds)
            self.problem("F107", (*path, "kind"), near, key="kind", value=one["kind"], allowed=allowed)
        return Exit(one["on"], one["kind"], self.minor(one["value"], *path, "value"))


def _stacking(table: shape.StackingTable) -> Stacking:
    credit = "credit" in table
    share = cast(Quantity, table.get("credit" if credit else "aggregate"))
    return Stacking(
        credit, _rate(share), _rate(table["floor"]), table["of"] == "royalty", bool(table.get("carry"))
    )


def _rate(share: Quantity) -> Rate:
    return Rate(number(share), share.text)


def _duration(length: Quantity | None) -> Duration | None:
    return None if length is None else cast(Duration, length.value)
