"""IP policies: the model of a policy, and how a file becomes one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, cast

from ipcalc import library, quantity
from ipcalc.inputs import overlay, shapes, toml
from ipcalc.inputs.diagnostics import Diagnostic, Refused, refuse
from ipcalc.inputs.toml import Document
from ipcalc.ip import shape
from ipcalc.quantity import Exact, Quantity, Unreadable
from ipcalc.texts import Text

if TYPE_CHECKING:
    from ipcalc.inputs import locate

INVENTORS = "inventors"
NOT_FOUND = "(not found)"  # the party that is paid what a policy's sources don't say
DATES = ("received", "disclosed", "reported", "licence_signed")


class Dates(NamedTuple):
    """From the first day to the last, both included; ``None`` is open."""

    first: date | None
    last: date | None


class Only(NamedTuple):
    """When a version or a step applies: each option one of its values, each date in its range."""

    options: Mapping[str, Sequence[str]] = {}
    dates: Mapping[str, Dates] = {}


class Take(NamedTuple):
    """A rate of a base, for one party."""

    rate: Quantity
    party: str
    of: str
    name: Text | None
    only: Only


class Recover(NamedTuple):
    """The balance of an account, for one party."""

    account: str
    party: str
    only: Only


class Mark(NamedTuple):
    """What is left gets a name, to be a base of later steps."""

    name: str
    only: Only


class Part(NamedTuple):
    """One party's part of a share; ``text`` is the rate as written, ``rest`` or ``unknown``."""

    party: str
    rate: Exact
    text: str


class Share(NamedTuple):
    """All that is left, divided; the parts sum to one."""

    parts: Sequence[Part]
    only: Only


Step = Take | Recover | Mark | Share


class Equity(NamedTuple):
    """The stake asked of a start-up that licenses; ``None`` where the sources don't say."""

    stake: Quantity | None
    sources: Sequence[str]


class Inventors(NamedTuple):
    """How inventors divide their part, and what a case may state instead."""

    split: str
    may: Sequence[str]


class Version(NamedTuple):
    """The policy in one period, or on one route.

    ``within`` is in the order in which parts are divided: a party after all who pay it. It is ``None`` for
    a party where it isn't known.
    """

    number: int
    only: Only
    steps: Sequence[Step]
    within: Mapping[str, Sequence[Step] | None]
    equity: Equity | None
    inventors: Inventors | None
    sources: Sequence[str]


class Source(NamedTuple):
    """Where a fact stands."""

    id: str
    title: str
    kind: str
    url: str | None
    dated: date | None
    note: Text | None


class Option(NamedTuple):
    """A fact (stated by a case) or a reading (of sources that disagree), with its choices."""

    id: str
    kind: str
    choices: Sequence[str]
    default: str | None
    label: Text | None
    sources: Sequence[str]


class Gap(NamedTuple):
    """What the file does not say, and the parties or topics that this touches."""

    about: Text
    affects: Sequence[str]


class Example(NamedTuple):
    """A split that the policy must give; amounts in minor units."""

    title: str
    receipts: int
    costs: int | None
    as_of: date | None
    options: Mapping[str, str]
    inventors: Mapping[str, Exact] | None
    gives: Mapping[str, int]


class Policy(NamedTuple):
    """An institution's policy on the income of inventions, read and checked."""

    id: str
    name: Text
    institution: str
    currency: str
    reviewed: date
    parties: Mapping[str, Text]
    options: Mapping[str, Option]
    versions: Sequence[Version]
    sources: Mapping[str, Source]
    gaps: Sequence[Gap]
    examples: Sequence[Example]
    document: Document

    def sha256(self) -> str:
        """The hash of the file's text, without what ``--set`` laid over it."""
        import hashlib

        return hashlib.sha256(self.document.text.encode()).hexdigest()


# -- reading ------------------------------------------------------------------------------------------


def reference(text: str) -> tuple[str, date | None]:
    """``hk/hku@2022-01-01`` as the policy and the date; a policy alone has no date. Raises ``Refused``."""
    match = re.fullmatch(r"(.+)@([0-9][0-9-]*)", text, re.ASCII | re.DOTALL)
    if not match:
        return text, None
    try:
        return match[1], shapes.day(date.fromisoformat(match[2]))
    except Unreadable as error:
        raise refuse(error.code, text, key=match[2], **error.args_of_message) from None
    except ValueError:
        raise refuse("F104", text, kind="date", value=match[2]) from None


def load(name: str, settings: Iterable[str] = ()) -> Policy:
    """The policy with an id, or in a file (a path that ends in ``.toml``, or ``-``). Raises ``Refused``."""
    known = library.find("ip")
    if name in known:
        source = str(known[name])
    elif name == "-" or name.endswith(".toml"):
        source = name
    else:
        raise refuse("S206", name, quantity.nearest(name, known), value=name)
    document = toml.load(source)
    stated = document.data.get("id")
    if name in known and stated != name:
        raise Refused([document.problem("S202", ("id",), value=str(stated), expected=name)])
    return read(overlay.overlay(document, settings))


def read(document: Document) -> Policy:
    """A document as a policy. Raises ``Refused`` with everything that is wrong with it."""
    table = shapes.validate(shape.PolicyTable, document)
    reader = _Reader(document, table)
    policy = reader.policy()
    if reader.problems:
        raise Refused(reader.problems)
    return policy


_HasOnly = shape.VersionTable | shape.TakeTable | shape.RecoverTable | shape.MarkTable | shape.ShareTable


class _Reader:
    """Builds the model of one file, and collects what is wrong with its meaning."""

    def __init__(self, document: Document, table: shape.PolicyTable) -> None:
        self.document = document
        self.table = table
        self.options = table.get("options", {})
        self.problems: list[Diagnostic] = []

    def problem(
        self,
        code: str,
        path: locate.Path,
        near: str = "",
        *,
        at_key: bool = False,
        also: locate.Path | None = None,
        **args: str,
    ) -> None:
        place = self.document.place(path, at_key=at_key)
        second = self.document.place(also) if also is not None else None
        self.problems.append(Diagnostic(code, args, place, near, second))

    def policy(self) -> Policy:
        table = self.table
        return Policy(
            table["id"],
            table["name"],
            table["institution"],
            table["currency"],
            table["reviewed"],
            {party: about["label"] for party, about in table.get("parties", {}).items()},
            {name: self.option(name, option) for name, option in self.options.items()},
            tuple(self.version(i, version) for i, version in enumerate(table["versions"])),
            {name: _source(name, source) for name, source in table["sources"].items()},
            tuple(Gap(gap["about"], tuple(gap["affects"])) for gap in table.get("gaps", [])),
            tuple(self.example(i, example) for i, example in enumerate(table.get("examples", []))),
            self.document,
        )

    def option(self, name: str, option: shape.OptionTable) -> Option:
        path: locate.Path = ("options", name)
        if name in DATES:
            self.problem("F112", path, at_key=True, value=name)
        default = option.get("default")
        if default is not None:
            self.one_of(default, option["choices"], (*path, "default"))
        sources = self.cited(option["source"], (*path, "source"))
        return Option(name, option["kind"], tuple(option["choices"]), default, option.get("label"), sources)

    def version(self, index: int, version: shape.VersionTable) -> Version:
        path: locate.Path = ("versions", index)
        within: dict[str, Sequence[Step] | None] = {}
        steps = self.steps(version["steps"], (*path, "steps"))
        for party, flow in version.get("within", {}).items():
            at = (*path, "within", party)
            self.party(party, at, at_key=True)
            within[party] = None if flow == "unknown" else self.steps(flow, at)
        only = self.only(version, path)
        self.nothing_left(steps, only, (*path, "steps"))
        for party, inner in within.items():
            self.nothing_left(inner or (), only, (*path, "within", party))
        return Version(
            index,
            only,
            steps,
            self.ordered(within, (*path, "within")),
            self.equity(version.get("equity"), (*path, "equity")),
            self.inventors(version.get("inventors"), (*path, "inventors")),
            self.cited(version["source"], (*path, "source")),
        )

    def equity(self, equity: shape.EquityTable | None, path: locate.Path) -> Equity | None:
        if equity is None:
            return None
        stake = equity["stake"]
        if "source" not in equity and isinstance(stake, Quantity):
            self.problem("F101", path, at_key=True, key_name="source")
        return Equity(
            stake if isinstance(stake, Quantity) else None,
            self.cited(equity.get("source", []), (*path, "source")),
        )

    def inventors(self, inventors: shape.InventorsTable | None, path: locate.Path) -> Inventors | None:
        if inventors is None:
            return None
        self.cited(inventors.get("source", []), (*path, "source"))
        return Inventors(inventors["split"], tuple(inventors.get("may", [])))

    # -- steps

    def steps(self, steps: Sequence[shape.StepTable], path: locate.Path) -> tuple[Step, ...]:
        bases = ["gross", "left"]
        return tuple(self.step(step, (*path, i), bases) for i, step in enumerate(steps))

    def step(self, step: shape.StepTable, path: locate.Path, bases: list[str]) -> Step:
        self.cited(cast(shape.Cites, step.get("source", [])), (*path, "source"))
        if "take" in step:
            return self.take(cast(shape.TakeTable, step), path, bases)
        if "recover" in step:
            recover = cast(shape.RecoverTable, step)
            self.party(recover["for"], (*path, "for"))
            return Recover(recover["recover"], recover["for"], self.only(recover, path))
        if "mark" in step:
            mark = cast(shape.MarkTable, step)
            if mark["mark"] in bases:
                self.problem("F112", (*path, "mark"), value=mark["mark"])
            bases.append(mark["mark"])
            return Mark(mark["mark"], self.only(mark, path))
        share = cast(shape.ShareTable, step)
        unknown = (Part(NOT_FOUND, 1, "unknown"),)
        parts = unknown if share["share"] == "unknown" else self.parts(share["share"], (*path, "share"))
        return Share(parts, self.only(share, path))

    def take(self, step: shape.TakeTable, path: locate.Path, bases: list[str]) -> Take:
        base = step.get("of", "left")
        if base not in bases:
            self.problem("P407", (*path, "of"), quantity.nearest(base, bases), value=base)
        self.party(step["for"], (*path, "for"))
        rate = cast(Quantity, step["take"])  # a rate that a case states is refused by the shape
        return Take(rate, step["for"], base, step.get("name"), self.only(step, path))

    def parts(self, parts: Mapping[str, Quantity | str], path: locate.Path) -> tuple[Part, ...]:
        for party in parts:
            self.party(party, (*path, party), at_key=True)
        total = Fraction(sum(number(rate) for rate in parts.values() if isinstance(rate, Quantity)))
        words = [party for party, rate in parts.items() if isinstance(rate, str)]
        rests = [party for party in words if parts[party] == "rest"]
        if total > 1 or (total < 1 and not words):
            self.problem("P401", path, at_key=True, total=_percent(total))
        elif rests and (total == 1 or len(words) > 1):
            other = next((party for party in words if party != rests[-1]), None)
            also = None if other is None else (*path, other)
            self.problem("P402", (*path, rests[-1]), also=also, total=_percent(total))
        found = []
        for party, rate in parts.items():
            if isinstance(rate, Quantity):
                found.append(Part(party, number(rate), rate.text))
            elif rate == "rest":
                found.append(Part(party, 1 - total, "rest"))
        if len(words) > len(rests):  # parts that aren't known are paid together to nobody in particular
            found.append(Part(NOT_FOUND, 1 - total, "unknown"))
        return tuple(found)

    def nothing_left(self, steps: Sequence[Step], version: Only, path: locate.Path) -> None:
        """Refuse a step that pays after a share that can hold in the same case: it would pay nothing."""
        shares: list[int] = []
        for i, step in enumerate(steps):
            if isinstance(step, Mark):
                continue
            before = next((k for k in shares if _together(version, steps[k].only, step.only)), None)
            if before is not None:
                word = type(step).__name__.lower()
                self.problem("P413", (*path, i, word), also=(*path, before, "share"), at_key=True, value=word)
            if isinstance(step, Share):
                shares.append(i)

    def ordered(
        self, within: Mapping[str, Sequence[Step] | None], path: locate.Path
    ) -> Mapping[str, Sequence[Step] | None]:
        """The parts that are divided further, each after all who pay it.

        A party that its own steps pay keeps that part.
        """
        from graphlib import CycleError, TopologicalSorter

        payers: dict[str, list[str]] = {party: [] for party in within}
        for payer, steps in within.items():
            for party in _paid(steps or ()) - {payer}:
                if party in payers:
                    payers[party].append(payer)
        try:
            return {party: within[party] for party in TopologicalSorter(payers).static_order()}
        except CycleError as error:
            circle = set(error.args[1])
            first, *_, last = (party for party in within if party in circle)
            self.problem("P412", (*path, first), also=(*path, last), at_key=True, value=first, other=last)
            return within

    # -- what is named must exist

    def party(self, party: str, path: locate.Path, *, at_key: bool = False) -> None:
        if "parties" not in self.table:
            if not party.strip():
                self.problem("F109", path, at_key=at_key, key="for")
            return
        known = [*self.table["parties"], INVENTORS]
        if party not in known:
            self.problem("P403", path, quantity.nearest(party, known), at_key=at_key, value=party)

    def cited(self, cites: shape.Cites, path: locate.Path) -> tuple[str, ...]:
        known = self.table["sources"]
        several = isinstance(cites, list)
        ids = cites if isinstance(cites, list) else [cites]
        for i, cite in enumerate(ids):
            if cite not in known:
                at = (*path, i) if several else path
                self.problem("F115", at, quantity.nearest(cite, known), what="source", value=cite)
        return tuple(ids)

    def one_of(self, value: str, choices: Sequence[str], path: locate.Path) -> None:
        if value not in choices:
            key = str(path[-1]) if isinstance(path[-1], str) else str(path[-2])
            near = quantity.nearest(value, choices)
            self.problem("F107", path, near, key=key, value=value, allowed=", ".join(choices))

    def only(self, table: _HasOnly, path: locate.Path) -> Only:
        options: dict[str, tuple[str, ...]] = {}
        dates: dict[str, Dates] = {}
        for key, wanted in table.get("only", {}).items():
            at = (*path, "only", key)
            if key not in DATES and key not in self.options:
                near = quantity.nearest(key, [*self.options, *DATES])
                self.problem("P404", at, near, at_key=True, value=key)
            elif (key in DATES) is not isinstance(wanted, dict):
                want = "table" if key in DATES else "choice"
                self.problem("F103", at, key=key, wanted=want, got=quantity.type_name(wanted))
            elif isinstance(wanted, dict):
                dates[key] = Dates(wanted.get("from"), wanted.get("until"))
                first, last = dates[key]
                if first and last and first > last:
                    self.problem("F116", (*at, "from"), also=(*at, "until"), first=str(first), last=str(last))
            else:
                values = wanted if isinstance(wanted, list) else [wanted]
                for i, value in enumerate(values):
                    place = (*at, i) if isinstance(wanted, list) else at
                    self.one_of(value, self.options[key]["choices"], place)
                options[key] = tuple(values)
        return Only(options, dates)

    # -- examples

    def example(self, index: int, example: shape.ExampleTable) -> Example:
        path: locate.Path = ("examples", index)
        costs = example.get("costs")
        people = example.get("inventors")
        weights = None if people is None else {name: number(read) for name, read in people.items()}
        if weights is not None and (not any(weights.values()) or min(weights.values()) < 0):
            self.problem("P406", (*path, "inventors"), at_key=True)
        self.cited(example.get("source", []), (*path, "source"))
        for name, value in example.get("options", {}).items():
            if name in self.options:
                self.one_of(value, self.options[name]["choices"], (*path, "options", name))
            else:
                self.problem("P404", (*path, "options", name), quantity.nearest(name, self.options),
                             at_key=True, value=name)  # fmt: skip
        return Example(
            example["title"],
            self.minor(example["receipts"], (*path, "receipts")),
            None if costs is None else self.minor(costs, (*path, "costs")),
            example.get("as_of"),
            example.get("options", {}),
            weights,
            {party: self.minor(money, (*path, "gives", party)) for party, money in example["gives"].items()},
        )

    def minor(self, money: Quantity, path: locate.Path) -> int:
        try:
            return minor_units(money, self.table["currency"], self.table["id"])
        except Unreadable as error:
            args = {"key": str(path[-1])} | error.args_of_message
            self.problems.append(Diagnostic(error.code, args, self.document.place(path)))
            return 0


def minor_units(money: Quantity, currency: str, source: str) -> int:
    """An amount that is not negative, in minor units of a policy's currency. Raises ``Unreadable``."""
    if money.unit not in (None, currency):
        raise Unreadable("F118", key="currency", stated=str(money.unit), known=currency, source=source)
    if number(money) < 0:
        raise Unreadable("F106", limit="≥ 0")
    return quantity.to_minor(number(money), currency)


def number(read: Quantity) -> Exact:
    """The value of a quantity that is not a duration."""
    assert not isinstance(read.value, quantity.Duration)
    return read.value


def _together(*onlys: Only) -> bool:
    """Whether a case can be one for all of these."""
    for name in {name for only in onlys for name in only.options}:
        if not set.intersection(*(set(only.options[name]) for only in onlys if name in only.options)):
            return False
    for kind in {kind for only in onlys for kind in only.dates}:
        ranges = [only.dates[kind] for only in onlys if kind in only.dates]
        first = max((dates.first for dates in ranges if dates.first), default=date.min)
        last = min((dates.last for dates in ranges if dates.last), default=date.max)
        if first > last:
            return False
    return True


def _paid(steps: Iterable[Step]) -> set[str]:
    """The parties that some steps pay, in one case or another."""
    found: set[str] = set()
    for step in steps:
        if isinstance(step, Share):
            found.update(part.party for part in step.parts)
        elif not isinstance(step, Mark):
            found.add(step.party)
    return found


def _percent(total: Fraction) -> str:
    text = quantity.percent(total)
    return text if text.endswith("%") else f"{text} (≈ {quantity.percent(total, 2)})"


def _source(name: str, source: shapes.SourceTable) -> Source:
    about = (source["title"], source["kind"], source.get("url"), source.get("dated"), source.get("note"))
    return Source(name, *about)
