"""Receipts period by period: divided exactly, rounded once a period, posted to the accounts.

Bands and caps carry exact fractions from one period to the next; accounts post what was paid in whole minor
units. Each period's parties add up to what was received in it (and what reserves released).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from ipcalc import quantity
from ipcalc.arithmetic import EXACT
from ipcalc.ip import engine
from ipcalc.ip.case import Case
from ipcalc.ip.engine import Frame, Move, Program, State, whole
from ipcalc.ip.model import INVENTORS, Opening, Share, Take, Version
from ipcalc.ip.program import compile_version
from ipcalc.quantity import Exact, Unreadable


class Stream(NamedTuple):
    """What one institution receives of one case, and the facts of it; ``case.received`` is set a receipt."""

    id: str
    case: Case
    opening: Opening = Opening()


class Received(NamedTuple):
    """Money that came in, in minor units; ``options`` are facts of this receipt alone."""

    stream: str
    on: date
    amount: int
    options: Mapping[str, str] = {}


class Posted(NamedTuple):
    """What an account is owed from a day on, in minor units."""

    stream: str
    on: date
    account: str
    amount: int


class Period(NamedTuple):
    """What came in and was spent together; ``inputs`` hold from this period on."""

    label: str
    received: Sequence[Received]
    posted: Sequence[Posted] = ()
    inputs: Mapping[str, Exact] = {}


class Payee(NamedTuple):
    """What a party gets: exact, and in whole minor units. ``divided`` is False where the policy's sources
    say that it is divided further but not how.
    """

    party: str
    exact: Exact
    amount: int
    divided: bool = True


class Person(NamedTuple):
    """What an inventor gets of the inventors' part, in minor units; ``to`` is who gets it by a waiver."""

    name: str
    weight: Exact
    amount: int
    to: str | None = None
    main: bool = False


class Balance(NamedTuple):
    """An account in one period: before, what was added, what was paid, settled by a fee, given up, after.

    A reserve adds what is kept and pays what is released.
    """

    account: str
    before: int
    posted: int
    paid: int
    covered: int
    written_off: int
    after: int


class Piece(NamedTuple):
    """One receipt of a period: its bases, what each party holds of it, what it paid to settle accounts."""

    bases: Mapping[str, Exact]
    held: Mapping[str, Exact]
    settled: Mapping[str, Exact]


class Division(NamedTuple):
    """What came in of one stream in one period, divided. ``bases`` are the marks of the receipts' flow."""

    period: str
    first: date
    last: date
    receipts: int
    parties: Sequence[Payee]
    people: Sequence[Person]
    balances: Sequence[Balance]
    bases: Mapping[str, Exact]
    steps: Sequence[Move]
    versions: Sequence[Version]
    cases: Sequence[Case]  # one a receipt
    amounts: Sequence[int]  # one a receipt
    pieces: Sequence[Piece]  # one a receipt


class Ledger:
    """Divides what streams receive, period by period."""

    def __init__(self, streams: Iterable[Stream], *, traced: bool = True) -> None:
        self.streams = {stream.id: stream for stream in streams}
        self.state = State(EXACT)
        self.traced = traced
        self.first: dict[str, date] = {}
        self.epochs: dict[str, tuple[int, int]] = {}  # by stream: the version last used, and since which
        self.inputs: dict[str, Exact] = {}
        self.programs: dict[object, Program] = {}
        self.opened: set[str] = set()
        for stream in self.streams.values():
            for account, amount in stream.opening.accounts.items():
                self.state.accounts[stream.id, account] = amount

    def divide(self, period: Period) -> dict[str, Division]:
        """What each stream that received anything in a period pays, by its id, in the order of receipts.

        Raises ``Refused`` and ``Unreadable`` where a policy can't answer.
        """
        self.inputs.update(period.inputs)
        before = {(str(stream), str(name)): owed for (stream, name), owed in self.state.accounts.items()}
        for posted in period.posted:
            place = (posted.stream, posted.account)
            self.state.accounts[place] = self.state.accounts.get(place, 0) + posted.amount
        batch: list[tuple[Received, Case, Version, Frame, Program]] = []
        for received in period.received:
            case, version = self.case(received)
            program = self.program(received.stream, case, version)
            year = case.policy.year(received.on)
            frame = Frame(self.state, received.stream, received.amount, year, traced=self.traced)
            batch.append((received, case, version, frame, program))
        engine.run([(frame, program) for _, _, _, frame, program in batch])
        found = {}
        for stream in dict.fromkeys(received.stream for received in period.received):
            mine = [one for one in batch if one[0].stream == stream]
            posted_here = [one for one in period.posted if one.stream == stream]
            found[stream] = self.close(period.label, mine, posted_here, before)
        return found

    def case(self, received: Received) -> tuple[Case, Version]:
        """The facts of a receipt, and the version of the policy that is for it."""
        stream = self.streams[received.stream]
        first = self.first.setdefault(received.stream, received.on)
        case = stream.case._replace(
            received=received.on,
            options={**stream.case.options, **received.options},
            inputs={**stream.case.inputs, **self.inputs},
            first=first,
        )
        version = case.version()
        if version.steps is None:
            from ipcalc.inputs.diagnostics import Refused

            problem = case.policy.document.problem("P425", ("versions", version.number, "steps"))
            raise Refused([problem])
        return case, version

    def program(self, stream: str, case: Case, version: Version) -> Program:
        """The version's steps for a case, compiled once for all receipts that they are the same for."""
        number, epoch = self.epochs.get(stream, (version.number, 0))
        if version.number != number and not version.continues:
            epoch = version.number + 1
        self.epochs[stream] = version.number, epoch
        dated = any(
            step.only.dates or (isinstance(step, Share) and step.indexed) for _, step in version.flows()
        )
        leaves = version.inventors is not None and any(version.inventors.reverts)
        key = (stream, version.number, epoch, tuple(case.options.items()), tuple(case.inputs.items()),
               case.received if dated or leaves else None)  # fmt: skip
        if key not in self.programs:
            self.programs[key] = compile_version(case, version, EXACT, epoch)
            if stream not in self.opened:
                self.opened.add(stream)
                self.open(self.streams[stream], case, version)
        return self.programs[key]

    def open(self, stream: Stream, case: Case, version: Version) -> None:
        """What was counted before the first receipt. Raises ``Unreadable`` (P404) for an unknown counter."""
        from ipcalc.ip.program import Compiler

        compiler = Compiler(case, version, EXACT, 0)
        for name, amount in stream.opening.counters.items():
            steps = [
                (flow, name if isinstance(step, Share) else f"{name}/above", step.scope)
                for flow, step in version.flows()
                if isinstance(step, Share | Take) and step.key == name
            ]
            if not steps:
                keys = {
                    step.key for _, step in version.flows() if isinstance(step, Share | Take) and step.key
                }
                raise Unreadable("P426", value=name, near=quantity.nearest(name, keys))
            for flow, key, scope in steps:
                compiler.flow = flow
                for member in compiler.members(key, scope):
                    year = case.policy.year(case.received)
                    place = (*member.key, year) if scope.over == "year" else member.key
                    mine = amount if member.part is None else amount * member.part
                    self.state.counters[place] = self.state.counters.get(place, 0) + mine

    def close(
        self,
        label: str,
        batch: Sequence[tuple[Received, Case, Version, Frame, Program]],
        posted: Sequence[Posted],
        before: Mapping[tuple[str, str], Exact],
    ) -> Division:
        """Round what one stream pays in a period, and post it."""
        frames = [frame for _, _, _, frame, _ in batch]
        order = dict.fromkeys(party for *_, program in batch for party in program.parties)
        exact = {party: _sum(frame.flow.held.get(party, 0) for frame in frames) for party in order}
        reserved = dict.fromkeys(name for frame in frames for name in frame.reserves)
        reserves = {name: _sum(frame.reserves.get(name, 0) for frame in frames) for name in reserved}
        rounded = quantity.apportion([*exact.values(), *reserves.values()])
        paid = dict(zip(exact, rounded, strict=False))
        kept = dict(zip(reserves, rounded[len(exact) :], strict=True))
        undivided = {party for *_, program in batch for party in program.undivided}
        stream = batch[0][0].stream
        bases = {"gross": _sum(frame.amount for frame in frames)}
        for name in dict.fromkeys(name for frame in frames for name in frame.flow.bases):
            bases[name] = _sum(frame.flow.bases.get(name, 0) for frame in frames)
        days = [received.on for received, *_ in batch]
        return Division(
            label,
            min(days),
            max(days),
            sum(received.amount for received, *_ in batch),
            tuple(Payee(party, whole(exact[party]), paid[party], party not in undivided) for party in order),
            self.people(batch[-1][1], batch[-1][2], frames, exact.get(INVENTORS, 0), paid.get(INVENTORS, 0)),
            self.post(stream, frames, posted, before, (exact, paid, kept)),
            bases,
            tuple(move for frame in frames for move in frame.moves or ()),
            tuple(version for _, _, version, _, _ in batch),
            tuple(case for _, case, *_ in batch),
            tuple(received.amount for received, *_ in batch),
            tuple(map(_piece, frames)),
        )

    def post(
        self,
        stream: str,
        frames: Sequence[Frame],
        posted: Sequence[Posted],
        before: Mapping[tuple[str, str], Exact],
        amounts: tuple[Mapping[str, Exact], Mapping[str, int], Mapping[str, int]],
    ) -> tuple[Balance, ...]:
        """The accounts after a period, by what was paid in whole minor units."""
        exact, paid, kept = amounts
        names = dict.fromkeys([one.account for one in posted])
        names |= dict.fromkeys(account for where, account in before if where == stream)
        names |= dict.fromkeys(account for frame in frames for account, _ in frame.settled)
        found = []
        for name in dict.fromkeys([*names, *kept]):
            was = int(before.get((stream, name), 0))
            added = sum(one.amount for one in posted if one.account == name)
            owed = was + added
            out = min(owed, sum(
                _paid_whole(amount, exact.get(party), paid.get(party, 0))
                for party, amount in _paid(frames, name)
            ))  # fmt: skip
            if name in kept:
                added, out = added + max(kept[name], 0), out + max(-kept[name], 0)
            left = was + added - out
            covered, given_up = (
                any((name, how) in frame.settled for frame in frames) for how in ("covered", "written off")
            )
            self.state.accounts[stream, name] = after = 0 if covered or given_up else left
            found.append(Balance(name, was, added, out, left if covered else 0,
                                 left if given_up and not covered else 0, after))  # fmt: skip
        return tuple(found)

    def people(
        self, case: Case, version: Version, frames: Sequence[Frame], exact: Exact, total: int
    ) -> tuple[Person, ...]:
        """What each inventor gets of the inventors' part."""
        sharing = case.sharing(version)
        if not sharing:
            return ()
        own = {one.name: _sum(frame.flow.own.get(one.name, 0) for frame in frames) for one, _ in sharing}
        others = exact - sum(own.values())
        parts = [own[one.name] + others * part for one, part in sharing]
        amounts = quantity.allocate(total, parts if any(parts) else [part for _, part in sharing])
        return tuple(
            Person(one.name, one.weight, amount, one.waives_to, one.main)
            for (one, _), amount in zip(sharing, amounts, strict=True)
        )


def _piece(frame: Frame) -> Piece:
    accounts = dict.fromkeys(account for account, how in frame.settled if how == "paid")
    return Piece(
        {"gross": frame.amount, **frame.flow.bases},
        dict(frame.flow.held),
        {account: sum(amount for _, amount in _paid([frame], account)) for account in accounts},
    )


def _paid(frames: Sequence[Frame], account: str) -> Iterable[tuple[str, Exact]]:
    """What was paid to settle an account, by party."""
    found: dict[str, Exact] = {}
    for frame in frames:
        for party, amount in frame.settled.get((account, "paid"), ()):
            found[party] = found.get(party, 0) + amount
    return found.items()


def _paid_whole(amount: Exact, held: Exact | None, rounded: int) -> int:
    """What a party was paid for an account, in whole minor units: all that it got, where it got no more."""
    if amount == held:
        return rounded
    return quantity.nearest_unit(amount)


def _sum(amounts: Iterable[Exact]) -> Exact:
    return sum(amounts, Fraction())
