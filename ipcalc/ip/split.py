"""The split of receipts: who gets what under a policy, to the minor unit, with every step shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ipcalc import __version__, quantity
from ipcalc.ip.case import Case, Choice, Inventor, checked, choices, kinds
from ipcalc.ip.engine import Move
from ipcalc.ip.findings import Finding, Shadow, findings, shadow
from ipcalc.ip.ledger import Balance, Division, Ledger, Payee, Period, Person, Posted, Received, Stream
from ipcalc.ip.model import COSTS, PER, Equity, Gap, Hold, Input, Opening, Policy, Source, Version
from ipcalc.quantity import Exact, Unreadable

ONE = "split"  # the stream of a split that is one case's alone
NO_OPENING = Opening()


class Given(NamedTuple):
    """What a statement gives for something that a policy asks for."""

    input: Input
    value: Exact


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
    accounts: Mapping[str, int] = {}  # beside costs
    inputs: Mapping[str, str] = {}
    laws: Sequence[str] = ()


class Split(NamedTuple):
    """Who gets what of some receipts. Amounts are minor units of ``currency``; the parties' amounts sum to
    the receipts (less what reserves kept), and the people's to what the inventors get.
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
    balances: Sequence[Balance]
    periods: Sequence[Division]
    laws: Sequence[Policy]
    findings: Sequence[Finding]
    outside: Sequence[tuple[Policy, int]]  # laws, and what came in that each is not for
    given: Sequence[Given]
    choices: Sequence[Choice]
    equity: Equity | None
    sources: Sequence[Source]
    gaps: Sequence[Gap]
    receipt: Receipt

    @property
    def steps(self) -> Sequence[Move]:
        """The money's movements, period by period."""
        return [move for period in self.periods for move in period.steps]

    @property
    def in_play(self) -> set[str]:
        """The options and inputs that the answer took."""
        return {one.option.id for one in self.choices} | {one.input.name for one in self.given}

    def amount(self, party: str) -> int:
        """What a party gets; nothing where the policy doesn't name it."""
        return next((payee.amount for payee in self.parties if payee.party == party), 0)


class Asked(NamedTuple):
    """A question about one stream: its facts, what came in, and the laws to hold it against."""

    stream: Stream
    periods: Sequence[Period]
    laws: Sequence[Policy] = ()
    as_of: date | None = None


def split(
    policy: Policy,
    receipts: int,
    costs: int | None = None,
    inventors: Mapping[str, Exact] | Sequence[Inventor] | None = None,
    as_of: date | None = None,
    options: Mapping[str, str] | None = None,
    dates: Mapping[str, date] | None = None,
    *,
    accounts: Mapping[str, int] | None = None,
    inputs: Mapping[str, Exact] | None = None,
    laws: Sequence[Policy] = (),
    opening: Opening = NO_OPENING,
) -> Split:
    """Divide receipts, in minor units, as a policy says on a date.

    ``costs`` and ``accounts`` are what is to be recovered so far; ``inventors`` their weights by name.
    ``inputs`` are rates and amounts (in minor units) that the policy asks for. ``as_of`` is by default the
    day the policy was last reviewed; it stands for each kind of date that ``dates`` lacks.
    Raises ``Refused`` where the policy can't answer (P405, P407, P408, P411, P425), ``Unreadable`` where the
    case can't be used (P404, P406, P409, P410, P414, P415, P421,
    P428 and more), ``ValueError`` for a negative
    amount.
    """
    posted = {**({} if costs is None else {COSTS: costs}), **(accounts or {})}
    if receipts < 0 or any(amount < 0 for amount in posted.values()):
        raise ValueError("receipts and costs must not be negative")
    day = as_of or policy.reviewed
    if isinstance(inventors, Mapping):
        if not inventors:
            raise Unreadable("P406")
        inventors = [Inventor(name, weight) for name, weight in inventors.items()]
    for account in posted:
        if account not in policy.accounts():
            raise Unreadable("P404", value=account, near=quantity.nearest(account, policy.accounts()))
    scopes = dict.fromkeys(PER, "")
    case = Case(policy, day, options or {}, dates or {}, inputs or {}, {}, day, inventors or (), scopes)
    period = Period(
        str(day),
        [Received(ONE, (dates or {}).get("received", day), receipts)],
        [Posted(ONE, day, account, amount) for account, amount in posted.items()],
    )
    return alone(Asked(Stream(ONE, case, opening), [period], laws, day))


def stake(policy: Policy, options: Mapping[str, str], on: date) -> Equity | None:
    """What a policy asks of a start-up on a day, also where it doesn't say how income is divided.

    Raises ``Refused`` (P405, P408) and ``Unreadable`` (P404, P409, P414, F107).
    """
    checked(policy, options, {})
    case = Case(policy, on, options, as_of=on)
    version = case.version()
    choices(policy, options, case.asked(version))
    return case.equity(version)


def alone(asked: Asked) -> Split:
    """The split of one stream that shares nothing with others."""
    checked_case(asked)
    ledger = Ledger([asked.stream])
    return result(asked, [ledger.divide(period)[asked.stream.id] for period in asked.periods])


def checked_case(asked: Asked) -> None:
    """Raise ``Unreadable`` for facts that neither the policy nor a law knows."""
    case = asked.stream.case
    known = [case.policy, *asked.laws]
    for period in asked.periods:
        for received in period.received:
            _known({**case.options, **received.options}, known)
    _known(case.options, known)
    checked(case.policy, {}, case.dates)
    for law in asked.laws:
        if not any(version.floors for version in law.versions):
            raise Unreadable("P428", value=law.id)
    inputs = {name for policy in known for name in policy.inputs()}
    for name in case.inputs:
        if name not in inputs:
            raise Unreadable("P404", value=name, near=quantity.nearest(name, inputs))


def _known(options: Mapping[str, str], policies: Sequence[Policy]) -> None:
    for name, value in options.items():
        asking = [policy for policy in policies if name in policy.options]
        for policy in asking or policies[:1]:
            checked(policy, {name: value}, {})


def result(asked: Asked, periods: Sequence[Division], *, strict: bool = True) -> Split:
    """A stream's periods, with their totals and what stands behind them.

    Unless ``strict``, an option may be stated that is not in play.
    """
    case = asked.stream.case
    policy, last = case.policy, periods[-1].versions[-1]
    reserves = {
        step.account for version in policy.versions for _, step in version.flows() if isinstance(step, Hold)
    }
    balances = _balances(periods)
    cases = [one for period in periods for one in period.cases]
    shadows = [shadow(asked.stream, law, periods) for law in asked.laws]
    found = findings(shadows, periods)
    in_play = _in_play(policy, periods, strict=strict)
    for law, flows, *_ in shadows:
        in_play += _in_play(law, [flow for flow in flows if flow], strict=strict)
    received = sum(period.receipts for period in periods)
    costs = [posted.amount for period in asked.periods for posted in period.posted if posted.account == COSTS]
    as_of = asked.as_of or periods[-1].last
    given = _given(policy, periods)
    for law, flows, *_ in shadows:
        given += [one for one in _given(law, [flow for flow in flows if flow]) if one not in given]
    for name in case.inputs if strict else ():
        if name not in {one.input.name for one in given}:
            raise Unreadable("P414", value=name)
    equity = cases[-1].equity(last)
    versions = {version.number: version for period in periods for version in period.versions}
    return Split(
        policy=policy,
        version=last,
        as_of=as_of,
        dates={kind: cases[-1].day(kind) for kind in kinds(policy)},
        currency=policy.currency,
        receipts=received,
        costs=sum(costs) if costs else None,
        parties=_totals(periods),
        people=_people(periods),
        unrecovered=sum(one.after for one in balances if one.account not in reserves),
        balances=balances,
        periods=tuple(periods),
        laws=asked.laws,
        findings=found,
        outside=tuple((law, outside) for law, *_, outside in shadows if outside),
        given=given,
        choices=in_play,
        equity=equity,
        sources=_sources(policy, versions.values(), equity, in_play, shadows),
        gaps=[gap for one in (policy, *asked.laws) for gap in one.gaps],
        receipt=_receipt(asked, received, sum(costs) if costs else None, as_of),
    )


def _receipt(asked: Asked, received: int, costs: int | None, as_of: date) -> Receipt:
    case = asked.stream.case
    policy = case.policy
    inputs = policy.inputs()
    others: dict[str, int] = {}
    for period in asked.periods:
        for posted in period.posted:
            if posted.account != COSTS:
                others[posted.account] = others.get(posted.account, 0) + posted.amount
    return Receipt(
        __version__,
        policy.id,
        policy.sha256(),
        tuple(dict.fromkeys(policy.document.overlaid.values())),
        as_of,
        dict(case.dates),
        received,
        costs,
        {one.name: one.weight for one in case.inventors},
        dict(case.options),
        others,
        {name: case.shown(inputs[name], value) for name, value in case.inputs.items() if name in inputs},
        tuple(law.id for law in asked.laws),
    )


def _totals(periods: Sequence[Division]) -> tuple[Payee, ...]:
    """What each party gets in all periods."""
    found: dict[str, Payee] = {}
    for period in periods:
        for payee in period.parties:
            before = found.get(payee.party, Payee(payee.party, 0, 0))
            found[payee.party] = Payee(
                payee.party, before.exact + payee.exact, before.amount + payee.amount,
                before.divided and payee.divided,
            )  # fmt: skip
    return tuple(found.values())


def _people(periods: Sequence[Division]) -> tuple[Person, ...]:
    found: dict[str, Person] = {}
    for period in periods:
        for person in period.people:
            before = found.get(person.name)
            found[person.name] = person._replace(amount=person.amount + (before.amount if before else 0))
    return tuple(found.values())


def _balances(periods: Sequence[Division]) -> tuple[Balance, ...]:
    """The accounts over all periods: what they began and ended with, and what happened between."""
    found: dict[str, Balance] = {}
    for period in periods:
        for one in period.balances:
            if one.account not in found:
                found[one.account] = one
                continue
            was = found[one.account]
            found[one.account] = Balance(
                one.account, was.before, was.posted + one.posted, was.paid + one.paid,
                was.covered + one.covered, was.written_off + one.written_off, one.after,
            )  # fmt: skip
    return tuple(found.values())


def _in_play(policy: Policy, periods: Sequence[Division], *, strict: bool) -> tuple[Choice, ...]:
    """The options that a policy asked for. Raises ``Unreadable`` for one that is stated in vain (P414)."""
    used = [
        name
        for period in periods
        for case, version in zip(period.cases, period.versions, strict=True)
        for name in case.asked(version)
    ]
    stated = {
        name: value for period in periods for case in period.cases for name, value in case.options.items()
    }
    wanted = policy.options if strict else set(used)
    return choices(policy, {name: value for name, value in stated.items() if name in wanted}, used)


def _given(policy: Policy, periods: Sequence[Division]) -> list[Given]:
    """What was stated for the inputs that a policy took, as it was last."""
    asked = {
        name: one.inputs[name]
        for period in periods
        for one, version in zip(period.cases, period.versions, strict=True)
        for name in one.inputs_asked(version)
        if name in one.inputs
    }
    return [Given(one, asked[name]) for name, one in policy.inputs().items() if name in asked]


def _named(source: str, gaps: Iterable[Gap]) -> bool:
    """Whether gaps name a source, in brackets."""
    texts = (text for gap in gaps for text in gap.about.values())
    return any(
        source in found.split(", ") for text in texts for found in re.findall(r"\[([^\]]+)\]", str(text))
    )


def _sources(
    policy: Policy,
    versions: Iterable[Version],
    equity: Equity | None,
    in_play: Iterable[Choice],
    shadows: Iterable[Shadow],
) -> tuple[Source, ...]:
    """What the answer rests on: of the policy, then of the laws that it was held against."""
    versions = list(versions)
    found: dict[tuple[str, str], Source] = {}
    for known, used in (
        (policy, versions),
        *((law, [v for flow in flows if flow for v in flow.versions]) for law, flows, *_ in shadows),
    ):
        cited = [source for version in used for source in version.sources]
        cited += [source for choice in in_play if known.options.get(choice.option.id) is choice.option
                  for source in choice.option.sources]  # fmt: skip
        cited += equity.sources if equity and known is policy else ()
        cited += [source for version in used for floor in version.floors for source in floor.sources]
        cited += [source for source in known.sources if _named(source, known.gaps)]
        found |= {(known.id, source): known.sources[source] for source in cited}
    return tuple(found.values())
