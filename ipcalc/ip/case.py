"""The facts of a case: which version of a policy is for it, which steps, and what its inputs are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from ipcalc import quantity
from ipcalc.inputs.diagnostics import Refused
from ipcalc.ip.model import (
    DATES,
    Equity,
    Index,
    Input,
    Only,
    Option,
    Policy,
    Series,
    Share,
    Term,
    Version,
    terms_of,
)
from ipcalc.quantity import Exact, Unreadable


class Inventor(NamedTuple):
    """An inventor: a weight, grounds on which a policy may leave them out, when they left, to whom they
    waive their part, and whether they are a main contributor.
    """

    name: str
    weight: Exact = 1
    grounds: Sequence[str] = ()
    left: date | None = None
    waives_to: str | None = None
    main: bool = False


class Choice(NamedTuple):
    """An option in play: its value, whether the case stated it, and what else it could be."""

    option: Option
    value: str
    stated: bool

    def alternatives(self) -> tuple[str, ...]:
        """The other choices."""
        return tuple(choice for choice in self.option.choices if choice != self.value)


class Case(NamedTuple):
    """The facts by which versions, steps and numbers are chosen, for money received on a day.

    ``dates`` are of other kinds; ``as_of`` stands for those that aren't stated, where there is one.
    ``scopes`` say which invention, licence, bundle and lab this is; ``first`` is the day of the case's first
    receipt. ``weights`` of inventors sum to one.
    """

    policy: Policy
    received: date
    options: Mapping[str, str] = {}
    dates: Mapping[str, date] = {}
    inputs: Mapping[str, Exact] = {}
    series: Mapping[str, Series] = {}
    as_of: date | None = None
    inventors: Sequence[Inventor] = ()
    scopes: Mapping[str, str] = {}
    first: date | None = None

    def day(self, kind: str) -> date:
        """The date of a kind. Raises ``Unreadable`` (P419) for one that the policy asks for in vain."""
        if kind in self.dates:
            return self.dates[kind]
        found = self.received if kind == "received" else self.as_of
        if found is None:
            raise Unreadable("P419", value=kind)
        return found

    def in_time(self, only: Only) -> bool:
        """Whether each date is in its range."""
        return all(
            (first is None or first <= self.day(kind)) and (last is None or self.day(kind) <= last)
            for kind, (first, last) in only.dates.items()
        )

    def value(self, name: str) -> str:
        """An option's value. Raises ``Unreadable`` (P409) for a fact that isn't stated."""
        option = self.policy.options[name]
        value = self.options.get(name, option.default)
        if value is None:
            raise Unreadable("P409", value=name, allowed=", ".join(option.choices))
        return value

    def holds(self, only: Only) -> bool:
        """Whether something is for this case."""
        return self.in_time(only) and all(self.value(name) in wanted for name, wanted in only.options.items())

    def exact(self, term: Term) -> Exact:
        """A term's number: the file's, or the one that is stated for it."""
        if term.input is None:
            assert term.exact is not None
            return term.exact
        return self.input(term.input)

    def input(self, asked: Input) -> Exact:
        """A stated rate or amount. Raises ``Unreadable``: P415 if it isn't, F106 out of bounds."""
        if asked.name not in self.inputs:
            raise Unreadable("P415", value=asked.name, kind=asked.kind)
        found = self.inputs[asked.name]
        below = asked.first is not None and found < asked.first
        if below or (asked.last is not None and found > asked.last):
            limit = f"{self.shown(asked, asked.first)} … {self.shown(asked, asked.last)}"
            raise Unreadable("F106", key=asked.name, limit=limit)
        return found

    def shown(self, asked: Input, bound: Exact | None) -> str:
        """A bound of an input in words."""
        if bound is None:
            return ""
        return (
            quantity.percent(bound) if asked.kind == "share" else quantity.money(bound, self.policy.currency)
        )

    def factor(self, index: Index) -> Exact:
        """By how much thresholds have moved. Raises ``Unreadable`` (P421) outside the series."""
        at = self.value(index.at) if index.at in self.policy.options else index.at
        day = self.received if at == "receipt" else self.first or self.received
        return Fraction(self.on(index.series, day)) / self.on(index.series, index.first)

    def on(self, name: str, day: date) -> Exact:
        """A series' value on a day."""
        series = self.series.get(name) or self.policy.series.get(name)
        if series is None:
            raise Unreadable("P415", value=name, kind="series")
        found = [value for first, value in series.values if first <= day]
        if not found or day > series.until:
            raise Unreadable("P421", value=name, day=str(day))
        return found[-1]

    # -- what is for this case

    def versions(self) -> Sequence[Version]:
        """The versions that are: one, where the policy is for this case and says so once."""
        return [version for version in self.policy.versions if self.holds(version.only)]

    def version(self) -> Version:
        """The one version that is. Raises ``Refused`` (P405, P408)."""
        document = self.policy.document
        found = self.versions()
        if not found:
            in_time = (version for version in self.policy.versions if self.in_time(version.only))
            used = dict.fromkeys(name for version in in_time for name in version.only.options)
            chosen = ", ".join(f"{name} = {self.value(name)}" for name in used)
            about = f"{self.received}, {chosen}" if chosen else str(self.received)
            at = ("versions",) if self.policy.versions else ("id",)
            raise Refused([document.problem("P405", at, at_key=True, value=about)])
        if len(found) > 1:
            first, second = (("versions", version.number) for version in found[:2])
            raise Refused(
                [document.problem("P408", second, at_key=True, also=first, value=str(self.received))]
            )
        return found[0]

    def asked(self, version: Version) -> Iterable[str]:
        """The options that were asked to find a version and its steps."""
        for one in self.policy.versions:
            if self.in_time(one.only):
                yield from one.only.options
        for _, step in version.flows():
            if self.in_time(step.only):
                yield from step.only.options
            index = step.indexed if isinstance(step, Share) else None
            if index and index.at in self.policy.options and self.holds(step.only):
                yield index.at
        onlys = [floor.only for floor in version.floors]
        onlys += version.inventors.excluded.values() if version.inventors else ()
        onlys += [equity.only for equity in self.stakes(version)]
        for only in onlys:
            yield from only.options

    def inputs_asked(self, version: Version) -> Iterable[str]:
        """The inputs that a version's steps and floors take for this case."""
        terms = [term for _, step in version.flows() if self.holds(step.only) for term in terms_of(step)]
        terms += [floor.at_least for floor in version.floors if self.holds(floor.only)]
        return (term.input.name for term in terms if term.input)

    def stakes(self, version: Version) -> Iterable[Equity]:
        """What may be asked of a start-up on the day, by its options; nothing that a fact is missing for."""
        for equity in version.equity:
            try:
                known = self.in_time(equity.only) and all(map(self.value, equity.only.options))
            except Unreadable:
                continue
            if known:
                yield equity

    def equity(self, version: Version) -> Equity | None:
        """What is asked of a start-up, where the case says enough to tell."""
        return next((equity for equity in self.stakes(version) if self.holds(equity.only)), None)

    def sharing(self, version: Version) -> Sequence[tuple[Inventor, Exact]]:
        """The inventors with their parts, which sum to one; none, if nobody was named.

        Raises ``Unreadable``: P406 if nobody is left to pay, P410 for what the policy doesn't permit.
        """
        if not self.inventors:
            return ()
        rule = version.inventors
        if min(one.weight for one in self.inventors) < 0:
            raise Unreadable("P406")
        for one in self.inventors:
            if one.waives_to is not None and rule and "waive to lab" not in rule.may:
                raise Unreadable("P422", value=one.name)
        if rule and "weights" not in rule.may and len({one.weight for one in self.inventors}) > 1:
            raise Unreadable("P410")
        out = {ground for ground, only in (rule.excluded.items() if rule else ()) if self.holds(only)}
        weights = [0 if out & set(one.grounds) else one.weight for one in self.inventors]
        whole = Fraction(sum(weights))
        if not whole:
            raise Unreadable("P406")
        return [(one, weight / whole) for one, weight in zip(self.inventors, weights, strict=True)]

    def leaving(self, version: Version) -> Exact:
        """The part of the inventors who had left when the money came."""
        return sum(
            (part for one, part in self.sharing(version) if one.left and one.left <= self.received),
            Fraction(),
        )


def checked(policy: Policy, options: Mapping[str, str], dates: Mapping[str, date]) -> None:
    """Raise ``Unreadable`` for an option or a kind of date that the policy doesn't know (P404, F107)."""
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


def choices(policy: Policy, options: Mapping[str, str], used: Iterable[str]) -> tuple[Choice, ...]:
    """The options in play. Raises ``Unreadable`` for one that is stated and isn't (P414)."""
    in_play = set(used)
    for name in options:
        if name not in in_play:
            raise Unreadable("P414", value=name)
    return tuple(
        Choice(option, options.get(name, option.default or ""), name in options)
        for name, option in policy.options.items()
        if name in in_play
    )


def kinds(policy: Policy) -> Iterable[str]:
    """The kinds of dates that a policy's versions and steps ask for, in the order of the file."""
    onlys = [version.only for version in policy.versions]
    onlys += [step.only for version in policy.versions for _, step in version.flows()]
    return dict.fromkeys(kind for only in onlys for kind in only.dates)
