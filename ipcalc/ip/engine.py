"""Money on its way down the steps of policies: what is kept between periods, and how cases share limits.

All that is received in a period flows together, step by step. What several of them want of one thing (the
room under a cap, the balance of an account, the bands of one counter) they get in proportion to what they
want of it; so neither their order nor how a receipt is cut up changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable, Sequence
from typing import NamedTuple

from ipcalc.arithmetic import Arithmetic, Number
from ipcalc.quantity import Exact
from ipcalc.texts import Text

Key = Hashable


class Claim(NamedTuple):
    """What a step wants of something that others may want of, too.

    With a ``room``, the answer is what it gets. Without, the amount is counted: the answer is the counter
    before, and how much all count together; ``lead`` fills the counter before.
    """

    key: Key
    amount: Number
    room: Number | None = None
    lead: Number | None = None


Claims = Generator[list[Claim], list[Number], None]


class Move(NamedTuple):
    """One movement of money. ``flow`` is the party that is divided further, empty for the receipts.

    ``kind`` is the step's: take, recover, hold, mark, share or limit. ``base`` names what the rate is of (an
    account for recover and hold). Amounts are exact minor units; ``left`` is what is left after the movement,
    ``up_to`` the end of the band that it is in.
    """

    flow: str
    kind: str
    name: Text | None
    party: str
    base: str
    base_amount: Exact
    rate: Exact | None
    written: str
    amount: Exact
    left: Exact
    up_to: Exact | None = None


class State:
    """All that is kept between periods. Accounts and what is owed go by case; the rest by name and scope."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.arithmetic = arithmetic
        self.counters: dict[Key, Number] = {}  # money measured
        self.used: dict[Key, Number] = {}  # of caps
        self.accounts: dict[tuple[Key, str], Number] = {}  # balances
        self.owed: dict[Key, Number] = {}  # by takes that carry what they could not take
        self.below: dict[Key, tuple[Sequence[Number], Number, list[Number]]] = {}  # bands of a counter: kept

    def alone(self, claim: Claim) -> Number:
        """The answer to the one claim on a thing."""
        if claim.room is not None:
            return self.arithmetic.least(claim.amount, claim.room)
        start = self.counters.get(claim.key, 0)
        start = start if claim.lead is None else start + claim.lead
        self.counters[claim.key] = start + claim.amount
        return start, claim.amount

    def settle(self, claims: Sequence[Claim]) -> list[Number]:
        """The answers to all claims on one thing."""
        if len(claims) == 1:
            return [self.alone(claims[0])]
        first, total, lead = claims[0], claims[0].amount, claims[0].lead
        for claim in claims[1:]:
            total = total + claim.amount
            lead = claim.lead if lead is None else lead + (claim.lead or 0)
        if first.room is None:
            return [self.alone(Claim(first.key, total, None, lead))] * len(claims)
        part = self.arithmetic.least(1, self.arithmetic.ratio(first.room, total))
        return [claim.amount * part for claim in claims]


class Flow:
    """Money that is being divided: the receipts, or within them one party's part."""

    __slots__ = ("bases", "counted", "gross", "held", "left", "own", "party")

    def __init__(self, party: str, gross: Number) -> None:
        self.party = party
        self.gross = gross
        self.left = gross
        self.bases: dict[str, Number] = {}  # what was marked
        self.held: dict[str, Number] = {}  # by party
        self.own: dict[str, Number] = {}  # of the inventors' part, by inventor, where it is known
        self.counted: dict[
            str, Number
        ] = {}  # what was taken and counts in the bands, by the base it is not in

    def base(self, name: str) -> Number:
        """Gross, what is left, or a mark."""
        if name == "left":
            return self.left
        return self.gross if name == "gross" else self.bases[name]

    def mark(self, name: str) -> None:
        """Name what is left; what was counted is not in it."""
        self.bases[name] = self.left
        if "left" in self.counted:
            self.counted[name] = self.counted["left"]

    def count(self, amount: Number) -> None:
        """Count in the bands what was taken: it is no part of what is left, nor of what is marked later."""
        self.counted["left"] = self.counted["left"] + amount if "left" in self.counted else amount

    def pay(self, party: str, amount: Number) -> None:
        """Add to what a party holds."""
        self.held[party] = self.held[party] + amount if party in self.held else amount

    def pay_inventor(self, name: str, amount: Number) -> None:
        """Say whose an amount is that the inventors hold."""
        self.own[name] = self.own[name] + amount if name in self.own else amount


class Frame:
    """One receipt on its way; ``moves`` is None where nobody wants to see the steps."""

    __slots__ = ("amount", "flow", "moves", "outer", "reserves", "settled", "state", "stream", "year")

    def __init__(self, state: State, stream: Key, amount: Number, year: int, *, traced: bool = False) -> None:
        self.state = state
        self.stream = stream
        self.amount = amount
        self.year = year
        self.flow = Flow("", amount)
        self.outer: list[Flow] = []
        self.settled: dict[tuple[str, str], list[tuple[str, Number]]] = {}
        self.reserves: dict[str, Number] = {}  # by account: what went in, less what was released
        self.moves: list[Move] | None = [] if traced else None

    def show(
        self, kind: str, name: Text | None, party: str, base: str, base_amount: Number, rate: Exact | None,
        written: str, amount: Number, up_to: Exact | None = None,
    ) -> None:  # fmt: skip
        """Note a movement of money, where somebody wants to see it."""
        if self.moves is not None:
            of, moved, left = map(whole, (base_amount, amount, self.flow.left))
            flow = self.flow.party
            self.moves.append(Move(flow, kind, name, party, base, of, rate, written, moved, left, up_to))

    def settle(self, account: str, how: str, party: str, amount: Number) -> None:
        """Note that an account was paid (``paid``), settled (``covered``) or given up (``written off``)."""
        self.settled.setdefault((account, how), []).append((party, amount))


def whole(amount: Exact) -> Exact:
    """An exact amount, as an integer where it is one."""
    return amount.numerator if amount.denominator == 1 else amount


Step = Callable[[Frame], Claims]


class Program(NamedTuple):
    """A version's steps for a case, in one kind of number; ``parties`` in the order of the file.

    Each step has a key, the same in every version of the policy: receipts wait for each other there.
    """

    steps: Sequence[tuple[Key, Step]]
    parties: Sequence[str]
    undivided: frozenset[str]


def run(batch: Sequence[tuple[Frame, Program]]) -> None:
    """Send what was received in one period down its steps."""
    if len(batch) == 1:
        frame, program = batch[0]
        alone = frame.state.alone
        for _, step in program.steps:
            running = step(frame)
            claims = next(running, None)
            while claims is not None:
                try:
                    claims = running.send([alone(claim) for claim in claims])
                except StopIteration:
                    break
        return
    waiting = [(frame, list(program.steps)) for frame, program in batch]
    while waiting := [(frame, steps) for frame, steps in waiting if steps]:
        key = _next(steps for _, steps in waiting)
        here = [(frame, steps.pop(0)[1]) for frame, steps in waiting if steps[0][0] == key]
        _drive([step(frame) for frame, step in here], here[0][0].state)


def _next(programs: Iterable[Sequence[tuple[Key, Step]]]) -> Key:
    """The step to take next: the first that nobody has yet to come to, or else the first."""
    programs = list(programs)
    later = {key for steps in programs for key, _ in steps[1:]}
    fronts = [steps[0][0] for steps in programs]
    return next((key for key in fronts if key not in later), fronts[0])


def _drive(running: Sequence[Claims], state: State) -> None:
    """Run one step of several receipts together, from claim to claim."""
    waiting = [(one, claims) for one in running if (claims := next(one, None)) is not None]
    while waiting:
        by_key: dict[Key, list[Claim]] = {}
        for _, claims in waiting:
            for claim in claims:
                by_key.setdefault(claim.key, []).append(claim)
        answers = {key: iter(state.settle(claims)) for key, claims in by_key.items()}
        still = []
        for one, claims in waiting:
            try:
                still.append((one, one.send([next(answers[claim.key]) for claim in claims])))
            except StopIteration:
                continue
        waiting = still
