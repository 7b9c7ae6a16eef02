"""The events of a cap table's file, read one by one: what each names must be there, and above it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ipcalc import quantity
from ipcalc.equity import university
from ipcalc.equity.model import (
    AdjustConversion,
    Cancel,
    CancelInstrument,
    Convert,
    ConvertInstrument,
    Election,
    Event,
    Exercise,
    Grant,
    Investment,
    Issue,
    Note,
    OptionGrant,
    Pool,
    Position,
    Round,
    Safe,
    Split,
    Transfer,
    UniversityGrant,
    WarrantIssue,
)
from ipcalc.equity.reading import Parts, Reader, exact
from ipcalc.equity.shape import CapTableFile
from ipcalc.equity.state import Conversion, Interest
from ipcalc.inputs.toml import Document
from ipcalc.quantity import Quantity

if TYPE_CHECKING:
    from ipcalc.inputs import locate

NO_PLAN = "none"
Raw = Mapping[str, Any]
POOL_KEYS = ("create", "add", "add_percent", "target")


class Known(NamedTuple):
    """An instrument that later events may name: its place in the file, whether with MFN, and whose it is."""

    at: int
    mfn: bool
    to: Parts


class EventReader(Reader):
    """Reads the events of a file, and remembers what later ones may name."""

    def __init__(self, document: Document, file: CapTableFile) -> None:
        super().__init__(document, file)
        self.raws: list[Raw] = [*file["events"]]
        self.gave: dict[str, tuple[Position, ...]] = {}  # by event: what a cancellation may name
        self.rights: dict[str, OptionGrant | WarrantIssue] = {}  # what may be exercised
        self.plans: dict[str, list[str]] = {}  # classes by plan
        self.instruments: dict[str, Known] = {}
        self.preemptive: dict[str, tuple[str, ...]] = {}  # who may exercise what an event gave
        self.batches: dict[str, int] = {}  # the last grant of each

    def events(self) -> Iterator[Event]:
        """The events that can be built, checked one by one; their dates must not go back."""
        before: tuple[datetime.date, locate.Path] | None = None
        for i, raw in enumerate(self.raws):
            path = ("events", i)
            day: datetime.date = raw["date"]
            if before and day < before[0]:
                self.problem("E503", (*path, "date"), also=before[1], value=str(day), previous=str(before[0]))
            before = (day, (*path, "date"))
            event = _READERS[raw["event"]](self, raw, path, (raw["id"], raw["event"], day, i))
            if event:
                self.gave[event.id] = tuple(self.received(event))
                yield event

    # -- shares ---------------------------------------------------------------------------------------

    def issue(self, raw: Raw, path: locate.Path, head: Head) -> Issue:
        """An issue."""
        to = self.position(raw, path)
        shares = self.shares(raw["shares"], (*path, "shares"))
        price = self.price(raw, "price", path)
        vesting = self.vesting(raw.get("vesting"), shares, (*path, "vesting"))
        return Issue(*head, to, shares, price, vesting)

    def position(self, raw: Raw, path: locate.Path) -> Position:
        """The shares of a holder in a class."""
        holder = self.holder(raw["holder"], (*path, "holder"))
        return Position("shares", holder, self.share_class(raw["class"], (*path, "class")))

    def grant(self, raw: Raw, path: locate.Path, head: Head) -> Grant:
        """A part of the total; the grants of a batch follow each other on one day."""
        batch = raw.get("batch", raw["id"])
        at = head[3]
        last = self.batches.get(batch)
        if last is not None and (last != at - 1 or self.raws[last]["date"] != raw["date"]):
            self.problem("E545", (*path, "batch"), also=("events", last, "batch"), value=batch)
        self.batches[batch] = at
        return Grant(*head, self.position(raw, path), exact(raw["percent"]), raw["of"], batch)

    def split(self, raw: Raw, path: locate.Path, head: Head) -> Split:
        """A split of a class."""
        return Split(*head, self.share_class(raw["class"], (*path, "class")), exact(raw["ratio"]))

    def transfer(self, raw: Raw, path: locate.Path, head: Head) -> Transfer:
        """Shares that change hands."""
        name = self.share_class(raw["class"], (*path, "class"))
        giver = Position("shares", self.holder(raw["from"], (*path, "from")), name)
        taker = Position("shares", self.holder(raw["to"], (*path, "to")), name)
        shares = self.shares(raw["shares"], (*path, "shares"))
        price, given = self.price(raw, "price", path), self.given(raw, path)
        return Transfer(*head, giver, taker, shares, price, given, raw.get("with_vesting", False))

    def given(self, raw: Raw, path: locate.Path) -> str | None:
        """The event, or the instrument, whose shares go first, if one is named."""
        if "of" not in raw:
            return None
        named = [name for name, to in self.gave.items() if to or name in self.instruments]
        if raw["of"] not in named:
            self.problem("E540", (*path, "of"), quantity.nearest(raw["of"], named), value=raw["of"])
        return str(raw["of"])

    def convert(self, raw: Raw, path: locate.Path, head: Head) -> Convert | ConvertInstrument | None:
        """Preferred shares that become common ones, or an instrument that becomes shares."""
        which = self.one_of(raw, ("holder", "instrument"), path)
        if which is None:
            return None
        if which == "instrument":
            return self.convert_instrument(raw, path, head)
        for key in ("amount", "price"):
            self.idle(key, raw, path, f"holder = {raw['holder']}")
        of = self.position(raw, path)
        if self.class_ids.get(of.share_class) == "common":
            self.problem("E543", (*path, "class"), value=of.share_class)
        common = [name for name, kind in self.class_ids.items() if kind == "common"]
        if "to" in raw:
            to = self.share_class(raw["to"], (*path, "to"))
            if self.class_ids.get(to) == "preferred":
                self.problem("E543", (*path, "to"), value=to)
        elif len(common) == 1:
            to = common[0]
        else:
            self.missing("to", path)
            return None
        shares = self.shares(raw["shares"], (*path, "shares"))
        return Convert(*head, of, of._replace(share_class=to), shares, self.given(raw, path))

    def convert_instrument(self, raw: Raw, path: locate.Path, head: Head) -> ConvertInstrument | None:
        """An instrument that became shares: how many is stated, and nothing is worked out."""
        name = raw["instrument"]
        for key in ("to", "of"):
            self.idle(key, raw, path, f"instrument = {name}")
        share_class = self.share_class(raw["class"], (*path, "class"))
        shares = self.shares(raw["shares"], (*path, "shares"))
        amount = self.money(raw, "amount", path)
        if name not in self.instruments:
            near = quantity.nearest(name, self.instruments)
            self.problem("E540", (*path, "instrument"), near, value=name)
            return None
        price = self.price(raw, "price", path)
        return ConvertInstrument(*head, name, self.instruments[name].to, share_class, shares, amount, price)

    def adjust(self, raw: Raw, path: locate.Path, head: Head) -> AdjustConversion:
        """A class's conversion price from a day."""
        name = self.share_class(raw["class"], (*path, "class"))
        if self.class_ids.get(name) == "common":
            self.problem("E543", (*path, "class"), value=name)
        price = self.minor(raw["conversion_price"], (*path, "conversion_price"), whole=False)
        return AdjustConversion(*head, name, price)

    def cancel(self, raw: Raw, path: locate.Path, head: Head) -> Cancel | CancelInstrument | None:
        """Shares that cease to be, of an earlier event that gave shares to one holder or plan; or a claim."""
        if raw["of"] in self.instruments:
            self.idle("shares", raw, path, f"of = {raw['of']}")
            return CancelInstrument(*head, raw["of"], self.money(raw, "amount", path))
        self.idle("amount", raw, path, f"of = {raw['of']}")
        if raw["of"] not in self.gave:
            self.problem("E518", (*path, "of"), quantity.nearest(raw["of"], self.gave), value=raw["of"])
            return None
        found = set(self.gave[raw["of"]])
        if len(found) != 1:
            self.problem("E520", (*path, "of"), value=raw["of"], n=str(len(found)))
            return None
        if "shares" not in raw:
            self.missing("shares", path)
            return None
        return Cancel(*head, raw["of"], found.pop(), self.shares(raw["shares"], (*path, "shares")))

    def received(self, event: Event) -> Iterator[Position]:
        """The shares, and plans' reserves, that a cancellation may be of."""
        if isinstance(event, Issue | Grant | Pool):
            yield event.to
        elif isinstance(event, UniversityGrant):
            if event.percent is not None or event.shares is not None:
                yield from (Position("shares", name, event.share_class) for name, _ in event.to)
        elif isinstance(event, Round):
            yield from (Position("shares", one.holder, event.share_class) for one in event.investors)
        elif isinstance(event, Transfer):
            yield event.taker
        elif isinstance(event, Convert):
            yield event.to
        elif isinstance(event, ConvertInstrument):
            yield from (Position("shares", name, event.share_class) for name, _ in event.to)
        elif isinstance(event, Exercise) and event.kind == "exercise":
            right = self.rights[event.of].to
            yield Position("shares", right.holder, right.share_class)

    # -- pools, options and warrants ------------------------------------------------------------------

    def pool(self, raw: Raw, path: locate.Path, head: Head) -> Pool | None:
        """Shares set aside for a plan."""
        share_class = self.share_class(raw["class"], (*path, "class"))
        return self.reserve(raw, path, head, share_class)

    def reserve(self, raw: Raw, path: locate.Path, head: Head, share_class: str) -> Pool | None:
        """A pool of a class, as an event or inside a round."""
        to = Position("reserve", None, share_class, raw["plan"])
        how = self.one_of(raw, POOL_KEYS, path)
        if how is None:
            return None
        classes = self.plans.get(raw["plan"], [])
        if how == "create" and share_class in classes:
            self.problem("E511", (*path, "plan"), value=raw["plan"])
        if how == "add" and share_class not in classes:
            near = "" if classes else quantity.nearest(raw["plan"], self.plans)
            self.problem("E512", (*path, "plan"), near, value=raw["plan"], name=share_class)
        if share_class not in classes:
            self.plans[raw["plan"]] = [*classes, share_class]
        amount = self.shares(raw[how], (*path, how)) if how in ("create", "add") else exact(raw[how])
        return Pool(*head, to, how, amount, raw.get("measure", "unallocated"), raw.get("placed", ""))

    def plan_class(self, raw: Raw, path: locate.Path) -> str | None:
        """The class that a plan is of, which may be stated and must be where there are several."""
        classes = self.plans.get(raw["plan"], [])
        if "class" in raw:
            return self.share_class(raw["class"], (*path, "class"))
        if len(classes) == 1:
            return classes[0]
        if not classes and raw["plan"] != NO_PLAN and raw.get("event") == "option":
            near = quantity.nearest(raw["plan"], [*self.plans, NO_PLAN])
            self.problem("E540", (*path, "plan"), near, value=raw["plan"])
        else:
            self.missing("class", path)
        return None

    def option(self, raw: Raw, path: locate.Path, head: Head) -> OptionGrant | None:
        """Options, from a plan's reserve or (promised, or of no plan) beside it."""
        holder = self.holder(raw["holder"], (*path, "holder"))
        shares = self.shares(raw["shares"], (*path, "shares"))
        strike = self.minor(raw["strike"], (*path, "strike"), whole=False)
        vesting = self.vesting(raw["vesting"], shares, (*path, "vesting"))
        share_class = self.plan_class(raw, path)
        if share_class is None:
            return None
        plan = None if raw["plan"] == NO_PLAN else raw["plan"]
        if plan and share_class not in self.plans.get(plan, []):
            near = quantity.nearest(plan, [*self.plans, NO_PLAN])
            self.problem("E540", (*path, "plan"), near if near != plan else "", value=plan)
        kind = "promised" if raw.get("promised") else "options"
        to, early = Position(kind, holder, share_class, plan), raw.get("early_exercise", False)
        found = OptionGrant(*head, to, shares, strike, vesting, early)
        self.rights[found.id] = found
        return found

    def warrant(self, raw: Raw, path: locate.Path, head: Head) -> WarrantIssue:
        """A warrant."""
        to = self.position(raw, path)._replace(kind="warrants")
        shares = self.shares(raw["shares"], (*path, "shares"))
        strike = self.minor(raw["strike"], (*path, "strike"), whole=False)
        found = WarrantIssue(*head, to, shares, strike, raw.get("dividend_from"), raw.get("expires"))
        self.rights[found.id] = found
        return found

    def exercise(self, raw: Raw, path: locate.Path, head: Head) -> Exercise | None:
        """Options or warrants that are exercised, or lapse."""
        shares = self.shares(raw["shares"], (*path, "shares"))
        right = self.rights.get(raw["of"])
        if right is None:
            self.problem("E540", (*path, "of"), quantity.nearest(raw["of"], self.rights), value=raw["of"])
            return None
        return Exercise(*head, raw["of"], shares)

    # -- the university -------------------------------------------------------------------------------

    def university_grant(self, raw: Raw, path: locate.Path, head: Head) -> UniversityGrant:
        """A university's stake."""
        found = university.read(self, raw, path, head)
        holders = tuple(name for name, _ in found.to)
        if found.participation:
            self.preemptive[found.id] = holders
        if found.amount is not None:
            self.instruments[found.id] = Known(found.at, False, found.to)
        return found

    # -- instruments ----------------------------------------------------------------------------------

    def safe(self, raw: Raw, path: locate.Path, head: Head) -> Safe:
        """A SAFE: with a basis it has a cap (or a percentage), without it neither."""
        holder = self.holder(raw["holder"], (*path, "holder"))
        amount = int(self.minor(raw["amount"], (*path, "amount")))
        conversion = self.conversion(raw, path, amount)
        mfn, pro_rata = raw.get("mfn", False), raw.get("pro_rata", False)
        self.instruments[raw["id"]] = Known(head[3], mfn, ((holder, 1),))
        if pro_rata:
            self.preemptive[raw["id"]] = (holder,)
        return Safe(*head, holder, amount, conversion, mfn, pro_rata)

    def cap(self, raw: Raw, path: locate.Path, amount: int) -> int | None:
        """A cap, which must be more than the amount: that would be the whole company."""
        cap = self.money(raw, "cap", path)
        if cap is not None and amount >= cap:
            shown, stated = (quantity.money(one, self.currency) for one in (amount, cap))
            self.problem("E551", (*path, "cap"), value=stated, amount=shown)
        return cap

    def conversion(self, raw: Raw, path: locate.Path, amount: int) -> Conversion:
        """How a SAFE, or a university's fixed amount, becomes shares."""
        basis = raw.get("basis")
        needs = {"fixed-percent": ("percent",), "pre-money": ("cap", "counts"), "post-money": ("cap",)}
        for key in needs.get(basis or "", ()):
            if key not in raw:
                self.missing(key, path)
        if basis is None and "cap" in raw:
            self.missing("basis", path)
        elif basis != "fixed-percent" or "cap" in raw:
            self.idle("percent", raw, path, f"basis = {basis or 'none'}")
        if basis == "fixed-percent":
            self.idle("cap", raw, path, "basis = fixed-percent")
            self.idle("discount", raw, path, "basis = fixed-percent")
        if basis != "pre-money":
            self.idle("counts", raw, path, f"basis = {basis or 'none'}")
        percent = exact(raw["percent"]) if "percent" in raw else None
        discount = exact(raw["discount"]) if "discount" in raw else 0
        cap = self.cap(raw, path, amount)
        return Conversion(basis, cap, percent, discount, frozenset(raw.get("counts", ())))

    def note(self, raw: Raw, path: locate.Path, head: Head) -> Note:
        """A convertible note."""
        holder = self.holder(raw["holder"], (*path, "holder"))
        principal = int(self.minor(raw["principal"], (*path, "principal")))
        if raw["maturity"] < raw["date"]:
            self.problem("F106", (*path, "maturity"), key="maturity", limit=f"{raw['date']} …")
        if "cap" in raw and "cap_counts" not in raw:
            self.missing("cap_counts", path)
        if "cap" not in raw:
            self.idle("cap_counts", raw, path, "no cap")
        interest = raw["interest"]
        rate = exact(interest["rate"])
        terms = Interest(
            rate, interest["kind"], interest["day_count"], interest["on_conversion"], interest.get("from")
        )
        counts = raw.get("cap_counts", ())
        counted = exact(counts) if isinstance(counts, Quantity) else frozenset(counts)
        discount = exact(raw["discount"]) if "discount" in raw else 0
        cap = self.cap(raw, path, principal)
        conversion = Conversion(None if cap is None else "pre-money", cap, None, discount, counted)
        self.instruments[raw["id"]] = Known(head[3], False, ((holder, 1),))
        at_exit = raw.get("at_exit")
        if isinstance(at_exit, dict):
            at_exit = at_exit["multiple"]
        return Note(*head, holder, principal, terms, conversion, raw["maturity"], at_exit)

    def election(self, raw: Raw, path: locate.Path, head: Head) -> Election | None:
        """An MFN election: of a later instrument as a whole, or none."""
        with_mfn = [name for name, one in self.instruments.items() if one.mfn]
        if raw["instrument"] not in with_mfn:
            near = quantity.nearest(raw["instrument"], with_mfn)
            self.problem("E540", (*path, "instrument"), near, value=raw["instrument"])
            return None
        if raw["takes"] == NO_PLAN:
            return Election(*head, raw["instrument"], None)
        mine = self.instruments[raw["instrument"]].at
        later = [name for name, one in self.instruments.items() if one.at > mine]
        if raw["takes"] not in later:
            near = quantity.nearest(raw["takes"], later)
            also = None
            if raw["takes"] in self.instruments:
                also = ("events", self.instruments[raw["takes"]].at, "id")
            self.problem("E542", (*path, "takes"), near, also=also, value=raw["takes"], mfn=raw["instrument"])
            return None
        return Election(*head, raw["instrument"], raw["takes"])

    # -- rounds ---------------------------------------------------------------------------------------

    def round(self, raw: Raw, path: locate.Path, head: Head) -> Round | None:
        """A priced round."""
        name = self.share_class(raw["class"], (*path, "class"))
        investors = [*self.investors(raw, path), *self.exercised(raw, path)]
        if not investors:
            self.problem("E519", (*path, "investors"))
        pool = self.round_pool(raw["pool"], (*path, "pool"), head) if "pool" in raw else None
        basis = self.one_of(raw, ("pre_money", "post_money", "price"), path)
        if basis is None:
            return None
        value = self.minor(raw[basis], (*path, basis), whole=basis != "price")
        return Round(
            *head, name, raw["convention"], basis, value, tuple(investors), pool, raw.get("anti_dilution")
        )

    def investors(self, raw: Raw, path: locate.Path) -> Iterator[Investment]:
        """The investors' money."""
        for i, one in enumerate(raw["investors"]):
            at = (*path, "investors", i)
            holder = self.holder(one["holder"], (*at, "holder"))
            yield Investment(holder, int(self.minor(one["amount"], (*at, "amount"))))

    def exercised(self, raw: Raw, path: locate.Path) -> Iterator[Investment]:
        """Rights that are exercised: each of an event that gave one, by one who got it."""
        for i, one in enumerate(raw.get("exercised_rights", [])):
            at = (*path, "exercised_rights", i)
            amount = int(self.minor(one["amount"], (*at, "amount")))
            holders = self.preemptive.get(one["of"])
            if holders is None:
                near = quantity.nearest(one["of"], self.preemptive)
                self.problem("E540", (*at, "of"), near, value=one["of"])
            elif "holder" in one and one["holder"] not in holders:
                near = quantity.nearest(one["holder"], holders)
                self.problem("E501", (*at, "holder"), near, value=one["holder"])
            elif "holder" not in one and len(holders) > 1:
                self.missing("holder", at)
            else:
                yield Investment(one.get("holder", holders[0]), amount, one["of"])

    def round_pool(self, raw: Raw, path: locate.Path, head: Head) -> Pool | None:
        """A pool inside a round."""
        share_class = self.plan_class(raw, path)
        if "target" in raw and "measure" not in raw:
            self.missing("measure", path)
        if "target" not in raw:
            self.idle("measure", raw, path, "no target")
        return self.reserve(raw, path, head, share_class) if share_class else None


Head = tuple[str, str, datetime.date, int]  # id, kind, date, place in the file
_READERS: dict[str, Callable[[EventReader, Raw, locate.Path, Head], Event | None]] = {
    "issue": EventReader.issue,
    "grant": EventReader.grant,
    "university-grant": EventReader.university_grant,
    "pool": EventReader.pool,
    "option": EventReader.option,
    "exercise": EventReader.exercise,
    "lapse": EventReader.exercise,
    "warrant": EventReader.warrant,
    "safe": EventReader.safe,
    "mfn-election": EventReader.election,
    "note": EventReader.note,
    "round": EventReader.round,
    "split": EventReader.split,
    "convert": EventReader.convert,
    "adjust-conversion": EventReader.adjust,
    "transfer": EventReader.transfer,
    "secondary": EventReader.transfer,
    "cancel": EventReader.cancel,
}
