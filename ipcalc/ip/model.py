"""What a policy on the income of inventions says, as values. Amounts are minor units of its currency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ipcalc.inputs.toml import Document
from ipcalc.quantity import Exact, Quantity
from ipcalc.texts import Text

INVENTORS = "inventors"
MAIN = "inventors/main"  # of the inventors, the main contributors
NOT_FOUND = "(not found)"  # the party that is paid what a policy's sources don't say
COSTS = "costs"  # the account that costs are posted to unless another is named
DATES = ("received", "disclosed", "reported", "licence_signed", "founded")
PER = ("invention", "licence", "bundle", "inventor", "lab", "portfolio")


class Dates(NamedTuple):
    """From the first day to the last, both included; ``None`` is open."""

    first: date | None
    last: date | None


class Only(NamedTuple):
    """When a version, a step or a floor applies: each option one of its values, each date in its range."""

    options: Mapping[str, Sequence[str]] = {}
    dates: Mapping[str, Dates] = {}


class Input(NamedTuple):
    """A rate or an amount that a statement states: its name, what it is, and its bounds."""

    name: str
    kind: str  # share or money
    first: Exact | None
    last: Exact | None


class Term(NamedTuple):
    """A rate or an amount: of the file (``exact``), or of a statement (``input``). ``text`` is as written."""

    exact: Exact | None
    text: str
    input: Input | None = None


class Scope(NamedTuple):
    """What is counted together (``per``), and for how long (``over``)."""

    per: str = "invention"
    over: str = "lifetime"


class Cap(NamedTuple):
    """The most that a step moves: an amount in a scope, or a rate of a base."""

    amount: Term | None
    scope: Scope
    rate: Term | None = None
    of: str = ""


class Take(NamedTuple):
    """A rate of a base, for one party.

    With ``above``, only of the base beyond that amount, counted in ``scope``. ``counts`` is ``extra``,
    ``counted`` (the amount fills the bands) or ``advance`` (it does, and is set against the party's share).
    ``covers`` is an account that the step settles. With ``carry``, what can't be taken is owed.
    """

    rate: Term
    party: str
    of: str
    above: Term | None
    scope: Scope
    caps: Sequence[Cap]
    counts: str
    covers: str | None
    carry: bool
    key: str
    name: Text | None
    only: Only


class Recover(NamedTuple):
    """The balances of accounts in the order of payment, each for a party; without ``carry``, the rest of
    them is written off.
    """

    accounts: Sequence[tuple[str, str]]
    caps: Sequence[Cap]
    carry: bool
    key: str
    name: Text | None
    only: Only


class Hold(NamedTuple):
    """A reserve: what is left goes into an account up to a level; what it has beyond that is released."""

    account: str
    level: Term
    only: Only


class Mark(NamedTuple):
    """What is left gets a name, to be a base of later steps."""

    name: str
    only: Only


class Part(NamedTuple):
    """One party's part of a share. ``rate`` is None where a statement states it, or for the rest beside
    such a part; ``text`` is the rate as written, ``rest`` or ``unknown``.
    """

    party: str
    rate: Exact | None
    text: str
    input: Input | None = None


class Band(NamedTuple):
    """The parts of what is measured up to an amount (``None``: of all of it, or of all beyond).

    ``at_most`` is, in a slab, the most that the one stated part may come to.
    """

    up_to: Exact | None
    parts: Sequence[Part]
    at_most: Exact | None = None


class Index(NamedTuple):
    """How thresholds move: a series' value on a date, over its value on the first."""

    series: str
    first: date
    at: str  # receipt, first receipt, or an option whose choices those are
    round: Exact | None  # in minor units


class Share(NamedTuple):
    """All that is left, divided: in bands (each by its part), or by slab (all of it by one).

    ``by`` is the base that is measured; ``key`` the name it is counted under, empty where nothing counts.
    """

    bands: Sequence[Band]
    slabs: bool
    by: str
    key: str
    scope: Scope
    indexed: Index | None
    only: Only


class Limit(NamedTuple):
    """A party's cap: what it holds beyond the caps goes to another."""

    party: str
    to: str
    caps: Sequence[Cap]
    key: str
    only: Only


Step = Take | Recover | Hold | Mark | Share | Limit


class Floor(NamedTuple):
    """A finding: whether a party has at least a rate of a base (gross, a mark, or another party)."""

    party: str
    at_least: Term
    of: str
    only: Only
    sources: Sequence[str]


class Protection(NamedTuple):
    """Until when a stake stays undiluted: an amount raised, in minor units, or the words of the source."""

    raised: tuple[Exact, Exact | None] | None
    note: Text | None


class Equity(NamedTuple):
    """What is asked of a start-up that licenses.

    ``stake`` is None where the sources don't say; a range has a ``most``. ``amount`` is a fixed sum that
    converts, ``exit_share`` a right to a share of the exit's value instead of shares.
    """

    stake: Quantity | None
    most: Quantity | None
    amount: Exact | None
    exit_share: Quantity | None
    undiluted: Protection | None
    only: Only
    note: Text | None
    sources: Sequence[str]


class Inventors(NamedTuple):
    """How inventors divide their part, and what a statement may say instead.

    ``excluded`` are grounds on which an inventor is left out, each with the cases it is for; ``reverts`` are
    parties whose part goes to another for an inventor who has left.
    """

    split: str
    may: Sequence[str]
    excluded: Mapping[str, Only]
    reverts: Mapping[str, str]


class Version(NamedTuple):
    """The policy in one period, or on one route. ``steps`` is None where the sources don't give the shares.

    ``within`` is in the order in which parts are divided: a party after all who pay it. It is ``None`` for
    a party where it isn't known. What was counted before a version that doesn't continue is forgotten.
    """

    number: int
    only: Only
    steps: Sequence[Step] | None
    within: Mapping[str, Sequence[Step] | None]
    floors: Sequence[Floor]
    continues: bool
    equity: Sequence[Equity]
    inventors: Inventors | None
    sources: Sequence[str]

    def flows(self) -> Iterator[tuple[str, Step]]:
        """The steps with the party that each divides, empty for the receipts."""
        for party, steps in (("", self.steps), *self.within.items()):
            for step in steps or ():
                yield party, step


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


class Series(NamedTuple):
    """An index: its values by the day each holds from, in order, until the last day that it covers."""

    values: Sequence[tuple[date, Exact]]
    until: date
    sources: Sequence[str]


class Gap(NamedTuple):
    """What the file does not say, and the parties or topics that this touches."""

    about: Text
    affects: Sequence[str]


class Opening(NamedTuple):
    """What was counted and owed before the first receipt, in minor units, by name."""

    counters: Mapping[str, int] = {}
    accounts: Mapping[str, int] = {}


class Sample(NamedTuple):
    """One period of an example, and what it must give; amounts in minor units."""

    on: date | None
    receipts: int
    accounts: Mapping[str, int]
    inputs: Mapping[str, Quantity]
    options: Mapping[str, str]
    gives: Mapping[str, int]
    balances: Mapping[str, int]
    floors: Mapping[str, int]  # what is required, by party


class Example(NamedTuple):
    """Splits that the policy must give; ``gives`` is in total, where the periods don't say it."""

    title: str
    periods: Sequence[Sample]
    as_of: date | None
    dates: Mapping[str, date]
    options: Mapping[str, str]
    inputs: Mapping[str, Quantity]
    inventors: Mapping[str, Exact] | None
    opening: Opening
    gives: Mapping[str, int]


class Policy(NamedTuple):
    """An institution's policy on the income of inventions, or a law's floors for it; read and checked."""

    id: str
    kind: str  # policy or law
    name: Text
    institution: str
    currency: str
    reviewed: date
    year_starts: tuple[int, int]  # month and day
    parties: Mapping[str, Text]
    options: Mapping[str, Option]
    series: Mapping[str, Series]
    versions: Sequence[Version]
    sources: Mapping[str, Source]
    gaps: Sequence[Gap]
    examples: Sequence[Example]
    document: Document

    def sha256(self) -> str:
        """The hash of the file's text, without what ``--set`` laid over it."""
        import hashlib

        return hashlib.sha256(self.document.text.encode()).hexdigest()

    def year(self, day: date) -> int:
        """The policy's year that a day is in, by the calendar year in which it begins."""
        return day.year - ((day.month, day.day) < self.year_starts)

    def inputs(self) -> Mapping[str, Input]:
        """What statements must state, by name, in the order of the file."""
        terms = (term for version in self.versions for _, step in version.flows() for term in terms_of(step))
        floors = (floor.at_least for version in self.versions for floor in version.floors)
        return {term.input.name: term.input for term in (*terms, *floors) if term.input}

    def accounts(self) -> set[str]:
        """The accounts that its steps know, and costs, which may always be stated."""
        found = {COSTS}
        for _, step in (flow for version in self.versions for flow in version.flows()):
            if isinstance(step, Recover):
                found.update(name for name, _ in step.accounts)
            elif isinstance(step, Hold):
                found.add(step.account)
            elif isinstance(step, Take) and step.covers:
                found.add(step.covers)
        return found


def caps_of(step: Step) -> Sequence[Cap]:
    """The caps of a step."""
    return step.caps if isinstance(step, Take | Recover | Limit) else ()


def terms_of(step: Step) -> Iterable[Term | Part]:
    """The rates and amounts of a step, wherever they stand."""
    if isinstance(step, Take):
        yield step.rate
        if step.above:
            yield step.above
    if isinstance(step, Hold):
        yield step.level
    if isinstance(step, Share):
        for band in step.bands:
            yield from band.parts
    for cap in caps_of(step):
        yield from filter(None, (cap.amount, cap.rate))


def paid(step: Step) -> Iterable[str]:
    """The parties that a step pays, in the order of the file."""
    if isinstance(step, Share):
        for band in step.bands:
            yield from (part.party for part in band.parts)
    elif isinstance(step, Take):
        yield step.party
    elif isinstance(step, Recover):
        yield from (party for _, party in step.accounts)
    elif isinstance(step, Limit):
        yield step.to
