"""The split of receipts: who gets what under a policy, to the minor unit, with every step shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from ipcalc import __version__, quantity
from ipcalc.inputs.diagnostics import Refused
from ipcalc.ip.policy import (
    DATES,
    INVENTORS,
    Equity,
    Gap,
    Mark,
    Only,
    Option,
    Policy,
    Recover,
    Share,
    Source,
    Step,
    Take,
    Version,
    number,
)
from ipcalc.quantity import Exact, Unreadable
from ipcalc.texts import Text

if TYPE_CHECKING:
    from ipcalc.inputs import locate


class Move(NamedTuple):
    """One movement of money. ``flow`` is the party that is divided further, empty for the receipts.

    ``kind`` is the step's: take, recover, mark or share. ``base`` names what the rate is of (an account
    for recover). Amounts are exact minor units; ``left`` is what is left after the movement.
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


class Payee(NamedTuple):
    """What a party gets: exact, and in whole minor units. ``divided`` is False where the policy's sources
    say that it is divided further but not how.
    """

    party: str
    label: Text | None
    exact: Exact
    amount: int
    divided: bool = True


class Person(NamedTuple):
    """What an inventor gets of the inventors' part, in minor units."""

    name: str
    weight: Exact
    amount: int


class Choice(NamedTuple):
    """An option in play: its value, whether the case stated it, and what else it could be."""

    option: Option
    value: str
    stated: bool

    def alternatives(self) -> tuple[str, ...]:
        """The other choices."""
        return tuple(choice for choice in self.option.choices if choice != self.value)


class Receipt(NamedTuple):
    """What the answer was worked out from; the same receipt gives the same answer. Amounts in minor units."""

    ipcalc: str  # the program's version
    policy: str
    policy_hash: str  # sha256 of the file's text in UTF-8
    settings: Sequence[str]  # laid over it, as they were written
    as_of: date
    dates: Mapping[str, date]  # the kinds that were stated beside it
    receipts: int
    costs: int | None
    inventors: Mapping[str, Exact]  # weights, in the order that decides ties
    options: Mapping[str, str]  # stated


class Split(NamedTuple):
    """Who gets what of some receipts. Amounts are minor units of ``currency``; the parties' amounts sum to
    the receipts, and the people's to what the inventors get.
    """

    policy: Policy
    version: Version
    as_of: date
    dates: Mapping[str, date]
    currency: str
    receipts: int
    costs: int | None
    parties: Sequence[Payee]
    people: Sequence[Person]
    unrecovered: int
    steps: Sequence[Move]
    choices: Sequence[Choice]
    equity: Equity | None
    sources: Sequence[Source]
    gaps: Sequence[Gap]
    receipt: Receipt

    def amount(self, party: str) -> int:
        """What a party gets; nothing where the policy doesn't name it."""
        return next((payee.amount for payee in self.parties if payee.party == party), 0)


class _Case(NamedTuple):
    """The facts by which versions and steps are chosen."""

    policy: Policy
    options: Mapping[str, str]
    dates: Mapping[str, date]
    as_of: date

    def day(self, kind: str) -> date:
        return self.dates.get(kind, self.as_of)

    def in_time(self, only: Only) -> bool:
        return all(
            (first is None or first <= self.day(kind)) and (last is None or self.day(kind) <= last)
            for kind, (first, last) in only.dates.items()
        )

    def value(self, name: str) -> str:
        option = self.policy.options[name]
        value = self.options.get(name, option.default)
        if value is None:
            raise Unreadable("P409", value=name, allowed=", ".join(option.choices))
        return value

    def holds(self, only: Only) -> bool:
        return self.in_time(only) and all(self.value(name) in wanted for name, wanted in only.options.items())


def split(
    policy: Policy,
    receipts: int,
    costs: int | None = None,
    inventors: Mapping[str, Exact] | None = None,
    as_of: date | None = None,
    options: Mapping[str, str] | None = None,
    dates: Mapping[str, date] | None = None,
) -> Split:
    """Divide receipts, in minor units, as a policy says on a date.

    ``costs`` are what is to be recovered so far; ``inventors`` their weights by name. ``as_of`` is by
    default the day the policy was last reviewed; it stands for each kind of date that ``dates`` lacks.
    Raises ``Refused`` where the policy can't answer (P405, P407, P408, P411), ``Unreadable`` where the case
    can't be used (P404, P406, P409, P410, P414, F107), ``ValueError`` for a negative amount.
    """
    if receipts < 0 or (costs or 0) < 0:
        raise ValueError("receipts and costs must not be negative")
    case = _case(policy, options or {}, dates or {}, as_of or policy.reviewed)
    version, used = _version(case)
    weights = _weights(version, inventors)
    flow = _Flow(case, version, costs or 0)
    flow.run("", Fraction(receipts), version.steps, ("versions", version.number, "steps"))
    for party, steps in version.within.items():
        if steps is not None:
            flow.divide(party, steps)
    rounded = dict(zip(flow.held, quantity.apportion(list(flow.held.values())), strict=True))
    parties = tuple(
        Payee(party, policy.parties.get(party), _exact(exact), rounded[party], party not in version.within
              or version.within[party] is not None)
        for party, exact in flow.held.items()
    )  # fmt: skip
    people = _people(weights, rounded.get(INVENTORS, 0))
    choices = _choices(case, [*used, *flow.used])
    settings = tuple(dict.fromkeys(policy.document.overlaid.values()))
    return Split(
        policy=policy,
        version=version,
        as_of=case.as_of,
        dates={kind: case.day(kind) for kind in _kinds(policy)},
        currency=policy.currency,
        receipts=receipts,
        costs=costs,
        parties=parties,
        people=people,
        unrecovered=flow.unrecovered(rounded),
        steps=tuple(flow.moves),
        choices=choices,
        equity=version.equity,
        sources=_sources(policy, version, choices),
        gaps=policy.gaps,
        receipt=Receipt(
            __version__, policy.id, policy.sha256(), settings, case.as_of, dict(case.dates), receipts, costs,
            dict(weights), dict(case.options),
        ),
    )  # fmt: skip


# -- which version -------------------------------------------------------------------------------------


def _case(policy: Policy, options: Mapping[str, str], dates: Mapping[str, date], as_of: date) -> _Case:
    for name, value in options.items():
        if name not in policy.options:
            raise Unreadable("P404", value=name, near=quantity.nearest(name, policy.options))
        choices = policy.options[name].choices
        if value not in choices:
            allowed = ", ".join(choices)
            near = quantity.nearest(value, choices)
            raise Unreadable("F107", key=name, value=value, allowed=allowed, near=near)
    for kind in dates:
        if kind not in DATES:
            raise Unreadable("P404", value=kind, near=quantity.nearest(kind, DATES))
    return _Case(policy, options, dates, as_of)


def _version(case: _Case) -> tuple[Version, list[str]]:
    """The one version that holds, and the options that were asked to find it."""
    document = case.policy.document
    in_time = [version for version in case.policy.versions if case.in_time(version.only)]
    used = [name for version in in_time for name in version.only.options]
    found = [version for version in in_time if case.holds(version.only)]
    if not found:
        chosen = ", ".join(f"{name} = {case.value(name)}" for name in dict.fromkeys(used))
        about = f"{case.as_of}, {chosen}" if chosen else str(case.as_of)
        raise Refused([document.problem("P405", ("versions",), at_key=True, value=about)])
    if len(found) > 1:
        first, second = (("versions", version.number) for version in found[:2])
        problem = document.problem("P408", second, at_key=True, also=first, value=str(case.as_of))
        raise Refused([problem])
    return found[0], used


def _kinds(policy: Policy) -> Iterable[str]:
    """The kinds of dates that a policy's versions and steps ask for, in the order of the file."""
    flows = [[version.steps, *filter(None, version.within.values())] for version in policy.versions]
    onlys = [version.only for version in policy.versions]
    onlys += [step.only for flow in flows for steps in flow for step in steps]
    return dict.fromkeys(kind for only in onlys for kind in only.dates)


def _choices(case: _Case, used: Iterable[str]) -> tuple[Choice, ...]:
    """The options in play. Raises ``Unreadable`` for one that is stated and isn't (P414)."""
    in_play = set(used)
    for name in case.options:
        if name not in in_play:
            raise Unreadable("P414", value=name)
    return tuple(
        Choice(option, case.value(name), name in case.options)
        for name, option in case.policy.options.items()
        if name in in_play
    )


def _sources(policy: Policy, version: Version, choices: Iterable[Choice]) -> tuple[Source, ...]:
    cited = [*version.sources, *(source for choice in choices for source in choice.option.sources)]
    if version.equity:
        cited += version.equity.sources
    return tuple(policy.sources[source] for source in dict.fromkeys(cited))


# -- the money -----------------------------------------------------------------------------------------


class _Flow:
    """Money on its way down the steps of one version. ``held`` is in the order of the file."""

    def __init__(self, case: _Case, version: Version, costs: int) -> None:
        self.case = case
        self.version = version
        self.costs = costs
        self.balance = Fraction(costs)
        self.recovered: dict[str, Fraction] = {}
        self.held: dict[str, Fraction] = {}
        self.moves: list[Move] = []
        self.used: list[str] = []

    def run(self, flow: str, gross: Fraction, steps: Sequence[Step], at: locate.Path) -> None:
        """Send an amount down some steps."""
        bases = {"gross": gross, "left": gross}
        divided = False
        for i, step in enumerate(steps):
            if self.case.in_time(step.only):
                self.used += step.only.options
            if not self.case.holds(step.only):
                continue
            if isinstance(step, Share):
                self.share(flow, step, bases)
                divided = True
            elif isinstance(step, Mark):
                bases[step.name] = left = bases["left"]
                self.moves.append(Move(flow, "mark", None, "", step.name, left, None, "", left, left))
            elif isinstance(step, Take):
                if step.of not in bases:  # its mark is not for this case
                    problem = self.case.policy.document.problem("P407", (*at, i, "of"), value=step.of)
                    raise Refused([problem])
                self.take(flow, step, bases)
            else:
                self.recover(flow, step, bases)
        if not divided:
            raise Refused([self.case.policy.document.problem("P411", at, at_key=True)])

    def take(self, flow: str, step: Take, bases: dict[str, Fraction]) -> None:
        rate = number(step.rate)
        base = bases[step.of]
        amount = min(bases["left"], base * rate)
        self.pay(step.party, amount)
        bases["left"] -= amount
        self.moves.append(Move(flow, "take", step.name, step.party, step.of, _exact(base), rate,
                               step.rate.text, _exact(amount), _exact(bases["left"])))  # fmt: skip

    def recover(self, flow: str, step: Recover, bases: dict[str, Fraction]) -> None:
        balance = self.balance
        amount = min(bases["left"], balance)
        self.pay(step.party, amount)
        self.recovered[step.party] = self.recovered.get(step.party, Fraction()) + amount
        self.balance -= amount
        bases["left"] -= amount
        self.moves.append(Move(flow, "recover", None, step.party, step.account, _exact(balance), None, "",
                               _exact(amount), _exact(bases["left"])))  # fmt: skip

    def share(self, flow: str, step: Share, bases: dict[str, Fraction]) -> None:
        base = bases["left"]
        for part in step.parts:
            amount = base * part.rate
            self.pay(part.party, amount)
            bases["left"] -= amount
            self.moves.append(Move(flow, "share", None, part.party, "left", _exact(base), part.rate,
                                   part.text, _exact(amount), _exact(bases["left"])))  # fmt: skip

    def pay(self, party: str, amount: Fraction) -> None:
        self.held[party] = self.held.get(party, Fraction()) + amount

    def divide(self, party: str, steps: Sequence[Step]) -> None:
        """Send what a party holds down its own steps; those who are paid stand in its place."""
        if party not in self.held:
            return
        order = list(self.held)
        place = order.index(party)
        before = {name: self.held[name] for name in order[:place]}
        after = {name: self.held[name] for name in order[place + 1 :]}
        amount, self.held = self.held[party], {}
        self.run(party, amount, steps, ("versions", self.version.number, "within", party))
        inner = self.held
        self.held = {name: Fraction() for name in (*before, *inner, *after)}
        for amounts in (before, inner, after):
            for name, amount in amounts.items():
                self.held[name] += amount

    def unrecovered(self, rounded: Mapping[str, int]) -> int:
        """What is left of the costs, against the whole minor units that were paid to settle them."""
        paid = 0
        for party, amount in self.recovered.items():
            alone = amount == self.held.get(party)
            paid += rounded[party] if alone else (amount + Fraction(1, 2)).__floor__()
        return self.costs - min(paid, self.costs)


def _exact(amount: Fraction) -> Exact:
    return amount.numerator if amount.denominator == 1 else amount


# -- the people ----------------------------------------------------------------------------------------


def _weights(version: Version, inventors: Mapping[str, Exact] | None) -> Mapping[str, Exact]:
    if inventors is None:
        return {}
    if not any(inventors.values()) or min(inventors.values()) < 0:
        raise Unreadable("P406")
    rule = version.inventors
    if rule and "weights" not in rule.may and len(set(inventors.values())) > 1:
        raise Unreadable("P410")
    return inventors


def _people(weights: Mapping[str, Exact], total: int) -> tuple[Person, ...]:
    if not weights:
        return ()
    amounts = quantity.allocate(total, list(weights.values()))
    return tuple(
        Person(name, weight, amount) for (name, weight), amount in zip(weights.items(), amounts, strict=True)
    )


# -- the file's own examples ---------------------------------------------------------------------------


class Mismatch(NamedTuple):
    """A party that an example of a policy file pays otherwise than the policy does; in minor units."""

    example: str
    party: str
    wanted: int
    got: int | None


def check_examples(policy: Policy) -> tuple[Mismatch, ...]:
    """What the examples of a policy file say otherwise than its versions."""
    wrong = []
    for example in policy.examples:
        result = split(
            policy, example.receipts, example.costs, example.inventors, example.as_of, example.options
        )
        paid = {payee.party: payee.amount for payee in result.parties}
        for party, wanted in example.gives.items():
            if paid.get(party) != wanted:
                wrong.append(Mismatch(example.title, party, wanted, paid.get(party)))
    return tuple(wrong)
