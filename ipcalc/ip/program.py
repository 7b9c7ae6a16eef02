"""A policy's steps as functions: compiled once for a case, for one kind of number."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from ipcalc.arithmetic import Arithmetic, Number
from ipcalc.inputs.diagnostics import Refused
from ipcalc.ip import model, sharing
from ipcalc.ip.case import Case
from ipcalc.ip.engine import Claim, Claims, Flow, Frame, Program, Step
from ipcalc.ip.model import (
    INVENTORS,
    Cap,
    Hold,
    Limit,
    Mark,
    Recover,
    Scope,
    Share,
    Take,
    Version,
    paid,
)
from ipcalc.quantity import Unreadable

if TYPE_CHECKING:
    from ipcalc.inputs import locate


class Member(NamedTuple):
    """One of those in a scope: the key it is counted under, its part of what is counted, its name."""

    key: tuple[object, ...]
    part: Number | None  # None: all of it
    name: str


def compile_version(case: Case, version: Version, arithmetic: Arithmetic, epoch: int = 0) -> Program:
    """The steps of a version that are for a case. Raises ``Refused`` (P407, P411) and ``Unreadable``."""
    return Compiler(case, version, arithmetic, epoch).program()


class Compiler:
    """Compiles one version; ``epoch`` sets apart what was counted before a version that doesn't continue."""

    def __init__(self, case: Case, version: Version, arithmetic: Arithmetic, epoch: int) -> None:
        self.case = case
        self.version = version
        self.arithmetic = arithmetic
        self.epoch = epoch
        self.people = case.sharing(version)
        self.flow = ""

    def program(self) -> Program:
        """All steps, those of parts that are divided further after those that pay them."""
        number = self.version.number
        found = self.steps("", self.version.steps or (), ("versions", number, "steps"))
        parties = list(dict.fromkeys(self.paid))
        for party, steps in self.version.within.items():
            if party not in parties or steps is None:
                continue
            inner = self.steps(party, steps, ("versions", number, "within", party))
            found += [((party, "enter"), _enter(party)), *inner, ((party, "leave"), _leave)]
            place = parties.index(party)
            parties = list(dict.fromkeys([*parties[:place], *self.paid, *parties[place + 1 :]]))
        undivided = frozenset(party for party, steps in self.version.within.items() if steps is None)
        return Program(tuple(found), tuple(parties), undivided)

    def steps(
        self, flow: str, steps: Sequence[model.Step], at: locate.Path
    ) -> list[tuple[tuple[str, str], Step]]:
        """The steps of one flow, by their keys; what they pay is then in ``paid``."""
        self.flow = flow
        chosen = [(i, step) for i, step in enumerate(steps) if self.case.holds(step.only)]
        self.chosen = [step for _, step in chosen]
        document = self.case.policy.document
        if not any(isinstance(step, Share) for step in self.chosen):
            raise Refused([document.problem("P411", at, at_key=True)])
        marks = {"gross", "left"}
        for i, step in chosen:
            for key, base in _bases(step):
                if base not in marks:  # its mark is not for this case
                    raise Refused([document.problem("P407", (*at, i, key), value=base)])
            if isinstance(step, Mark):
                marks.add(step.name)
        self.paid = [party for step in self.chosen for party in paid(step)]
        found = [((flow, _key(step)), self.step(step)) for step in self.chosen]
        if reverts := self.reverting(set(self.paid)):
            self.paid += [to for _, to in reverts]
            found.append(((flow, "revert"), self.revert(reverts)))
        return found

    def step(self, step: model.Step) -> Step:
        """A step's function."""
        if isinstance(step, Take):
            return self.take(step)
        if isinstance(step, Recover):
            return self.recover(step)
        if isinstance(step, Hold):
            return self.hold(step)
        if isinstance(step, Mark):
            return self.mark(step)
        if isinstance(step, Limit):
            return self.limit(step)
        return sharing.compile_share(self, step)

    # -- what steps are counted under

    def members(self, key: str, scope: Scope) -> list[Member]:
        """Those who count in a scope, for this case. Raises ``Unreadable`` (P423) where it isn't known."""
        start = (self.case.policy.id, self.epoch, self.flow, key, scope.per)
        if scope.per == "inventor":
            if not self.people:
                raise Unreadable("P423", value=scope.per)
            constant = self.arithmetic.constant
            return [Member((*start, one.name), constant(part), one.name) for one, part in self.people]
        name = "" if scope.per == "portfolio" else self.case.scopes.get(scope.per)
        if name is None:
            raise Unreadable("P423", value=scope.per)
        return [Member((*start, name), None, "")]

    def amount(self, term: model.Term) -> Number:
        """A term's number in this arithmetic."""
        return self.arithmetic.constant(self.case.exact(term))

    def capped(self, key: str, caps: Sequence[Cap]) -> Callable[[Frame, Number], Capped]:
        """What of an amount a step may move, by its caps; the least wins, and its room is used up."""
        rates = [(self.amount(cap.rate), cap.of) for cap in caps if cap.rate]
        amounts = [
            (self.amount(cap.amount), self.members(f"{key}/{i}", cap.scope), cap.scope.over)
            for i, cap in enumerate(caps)
            if cap.amount
        ]
        arithmetic = self.arithmetic

        def run(frame: Frame, amount: Number) -> Capped:
            for rate, of in rates:
                amount = arithmetic.least(amount, rate * frame.flow.base(of))
            used: list[tuple[Sequence[tuple[Member, Number]], Number, str]] = []
            for most, members, over in amounts:
                claims = [
                    Claim(
                        in_period(frame, member, over),
                        part_of(amount, member),
                        arithmetic.greatest(
                            most - frame.state.used.get(in_period(frame, member, over), 0), 0
                        ),
                    )
                    for member in members
                ]
                got = (yield claims) if claims else []
                amount = sum(got[1:], got[0])
                used.append((list(zip(members, got, strict=True)), amount, over))
            people: dict[str, Number] = {}
            for each, together, over in used:
                part = 1 if amount is together else arithmetic.ratio(amount, together)
                for member, got_one in each:
                    spent = amount if len(each) == 1 else got_one * part
                    place = in_period(frame, member, over)
                    frame.state.used[place] = frame.state.used.get(place, 0) + spent
                    if member.name:
                        people[member.name] = spent
            return amount, people

        return run

    # -- the steps

    def take(self, step: Take) -> Step:
        """A rate of a base, for a party."""
        rate, capped, beyond = self.amount(step.rate), self.capped(step.key, step.caps), self.beyond(step)
        owing = (self.case.policy.id, self.flow, step.key)
        exact_rate, arithmetic = self.case.exact(step.rate), self.arithmetic
        within = step.of == "left" and not step.carry

        def run(frame: Frame) -> Claims:
            flow, state = frame.flow, frame.state
            base = flow.base(step.of)
            if beyond is not None:
                base = yield from beyond(frame, base)
            due = base * rate
            owed = (frame.stream, *owing)
            if step.carry:
                before = state.owed.get(owed, 0)
                (arrears,) = yield [Claim(("owed", *owed), flow.left, before)]
                due = due + arrears
                state.owed[owed] = state.owed.get(owed, 0) - arrears
            # a part of what is left is never more than that
            payable = due if within else arithmetic.least(due, flow.left)
            got, people = yield from capped(frame, payable)
            if step.carry:
                state.owed[owed] = state.owed[owed] + due - got
            flow.pay(step.party, got)
            if step.party == INVENTORS:
                for name, amount in people.items():
                    flow.pay_inventor(name, amount)
            flow.left = flow.left - got
            if step.counts != "extra":
                flow.count(got)
            if step.covers is not None:
                account = (frame.stream, step.covers)
                frame.settle(step.covers, "covered", step.party, state.accounts.get(account, 0))
                state.accounts[account] = 0
            frame.show("take", step.name, step.party, step.of, base, exact_rate, step.rate.text, got)

        return run

    def beyond(
        self, step: Take
    ) -> Callable[[Frame, Number], Generator[list[Claim], list[Number], Number]] | None:
        """The part of a base that is beyond the amount that a take starts above."""
        if step.above is None:
            return None
        edge, arithmetic, over = self.amount(step.above), self.arithmetic, step.scope.over
        members = self.members(f"{step.key}/above", step.scope)

        def above(counter: Number) -> Number:
            return arithmetic.greatest(counter - edge, 0)

        def run(frame: Frame, base: Number) -> Generator[list[Claim], list[Number], Number]:
            claims = [Claim(in_period(frame, member, over), part_of(base, member)) for member in members]
            found: Number = 0
            for claim, (start, total) in zip(claims, (yield claims), strict=True):
                part = above(start + total) - above(start)
                if total is not claim.amount:
                    part = part * arithmetic.ratio(claim.amount, total)
                found = found + part
            return found

        return run

    def recover(self, step: Recover) -> Step:
        """The balances of accounts, one after the other."""
        capped = self.capped(step.key, step.caps)

        def run(frame: Frame) -> Claims:
            flow, state = frame.flow, frame.state
            balances = {name: state.accounts.get((frame.stream, name), 0) for name, _ in step.accounts}
            allowed = flow.left
            if step.caps:
                owed = sum(list(balances.values())[1:], balances[step.accounts[0][0]])
                (wanted,) = yield [Claim(("accounts", frame.stream, *balances), allowed, owed)]
                allowed, _ = yield from capped(frame, wanted)
            for i, (name, party) in enumerate(step.accounts):
                account = (frame.stream, name)
                (got,) = yield [Claim(("account", *account), allowed, balances[name])]
                if i + 1 < len(step.accounts):
                    allowed = allowed - got
                state.accounts[account] = state.accounts.get(account, 0) - got
                frame.settle(name, "paid", party, got)
                flow.pay(party, got)
                flow.left = flow.left - got
                frame.show("recover", step.name, party, name, balances[name], None, "", got)
            if not step.carry:
                yield []  # when every receipt has had its part
                for name, party in step.accounts:
                    account = (frame.stream, name)
                    frame.settle(name, "written off", party, state.accounts[account])
                    state.accounts[account] = 0

        return run

    def hold(self, step: Hold) -> Step:
        """A reserve, filled or drained to its level."""
        level, arithmetic, name = self.amount(step.level), self.arithmetic, step.account

        def run(frame: Frame) -> Claims:
            flow, account = frame.flow, (frame.stream, name)
            before = frame.state.accounts.get(account, 0)
            wants: dict[str, Number] = {"left": flow.left, "gross": flow.gross, "number": 1}
            answers = yield [Claim(("reserve", name, *account), amount) for name, amount in wants.items()]
            left, gross, number = (total for _, total in answers)
            after = arithmetic.least(before + left, level)
            kept = after - before
            if number != 1:  # several receipts of one case fill one reserve by what they have, and drain it
                mine = arithmetic.where(gross > 0, arithmetic.ratio(flow.gross, gross), Fraction(1, number))
                kept = kept * arithmetic.where(kept > 0, arithmetic.ratio(flow.left, left), mine)
            frame.state.accounts[account] = frame.state.accounts.get(account, 0) + kept
            frame.reserves[name] = frame.reserves.get(name, 0) + kept
            flow.left = flow.left - kept
            frame.show("hold", None, "", name, before, None, "", kept)

        return run

    def mark(self, step: Mark) -> Step:
        """A name for what is left."""

        def run(frame: Frame) -> Claims:
            flow = frame.flow
            flow.mark(step.name)
            frame.show("mark", None, "", step.name, flow.left, None, "", flow.left)
            return
            yield []

        return run

    def limit(self, step: Limit) -> Step:
        """What a party holds beyond its caps, moved to another."""
        capped, arithmetic = self.capped(step.key, step.caps), self.arithmetic

        def run(frame: Frame) -> Claims:
            flow = frame.flow
            if step.party not in flow.held:
                return
            held = flow.held[step.party]
            allowed, people = yield from capped(frame, held)
            if step.party == INVENTORS and (people or flow.own):
                part = arithmetic.ratio(allowed, held)
                flow.own = people or {name: amount * part for name, amount in flow.own.items()}
            flow.held[step.party] = allowed
            flow.pay(step.to, held - allowed)
            frame.show("limit", None, step.to, step.party, held, None, "", held - allowed)

        return run

    def reverting(self, parties: set[str]) -> list[tuple[str, str]]:
        """The parties of a flow whose part goes to another for inventors who have left."""
        rule = self.version.inventors
        if not rule or not rule.reverts or not self.case.leaving(self.version):
            return []
        return [(party, to) for party, to in rule.reverts.items() if party in parties]

    def revert(self, parties: Sequence[tuple[str, str]]) -> Step:
        """The part of inventors who have left, moved from one party to another."""
        exact = self.case.leaving(self.version)
        part = self.arithmetic.constant(exact)

        def run(frame: Frame) -> Claims:
            flow = frame.flow
            for party, to in parties:
                held = flow.held.get(party, 0)
                flow.held[party] = held - held * part
                flow.pay(to, held * part)
                frame.show("revert", None, to, party, held, exact, "", held * part)
            return
            yield []

        return run


Capped = Generator[list[Claim], list[Number], tuple[Number, dict[str, Number]]]


def in_period(frame: Frame, member: Member, over: str) -> tuple[object, ...]:
    """The key of a scope in a period: for a distribution, one of its own."""
    if over == "lifetime":
        return member.key
    return (*member.key, frame.year if over == "year" else frame)


def part_of(amount: Number, member: Member) -> Number:
    """A member's part of an amount."""
    return amount if member.part is None else amount * member.part


def _key(step: model.Step) -> str:
    """What receipts wait for each other at."""
    if isinstance(step, Hold):
        return f"hold {step.account}"
    if isinstance(step, Mark):
        return f"mark {step.name}"
    return f"share {step.key}" if isinstance(step, Share) else step.key


def _bases(step: model.Step) -> Iterable[tuple[str, str]]:
    """The bases that a step needs, with the keys that name them."""
    if isinstance(step, Take):
        yield "of", step.of
    if isinstance(step, Share):
        yield "by", step.by
    yield from (("at_most", cap.of) for cap in model.caps_of(step) if cap.rate)


def _enter(party: str) -> Step:
    def run(frame: Frame) -> Claims:
        frame.outer.append(frame.flow)
        frame.flow = Flow(party, frame.flow.held.pop(party, 0))
        return
        yield []

    return run


def _leave(frame: Frame) -> Claims:
    inner, frame.flow = frame.flow, frame.outer.pop()
    for party, amount in inner.held.items():
        frame.flow.pay(party, amount)
    for name, amount in inner.own.items():
        frame.flow.pay_inventor(name, amount)
    return
    yield []
