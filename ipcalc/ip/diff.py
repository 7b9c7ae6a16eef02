"""What changed in a policy from one day to another, or from one policy to the next: part by part."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ipcalc import quantity
from ipcalc.ip.model import (
    Band,
    Cap,
    Hold,
    Limit,
    Only,
    Policy,
    Recover,
    Scope,
    Share,
    Step,
    Take,
    Term,
    caps_of,
)
from ipcalc.texts import Text

KINDS = ("take", "recover", "hold", "share", "limit", "floor", "equity", "inventors")


class Side(NamedTuple):
    """A policy on a day."""

    policy: Policy
    day: datetime.date

    @property
    def id(self) -> str:
        """The policy's id."""
        return self.policy.id


class Change(NamedTuple):
    """One difference; None where a side has nothing of that name. ``label`` is what people call the party."""

    kind: str
    name: str
    label: Mapping[str, str]
    before: str | None
    after: str | None


def diff(before: Side, after: Side) -> tuple[Change, ...]:
    """Every difference between two sides, kind by kind, in the order of the files."""
    old, new = dict(_things(before)), dict(_things(after))
    labels = {**before.policy.parties, **after.policy.parties}
    found = []
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            kind, name, party = key
            label: Text | Mapping[str, str] = labels.get(party, {})
            found.append(Change(kind, name, label, old.get(key), new.get(key)))  # type: ignore[arg-type]
    return tuple(sorted(found, key=lambda change: KINDS.index(change.kind)))


Key = tuple[str, str, str]  # kind, name, party


def _things(side: Side) -> Iterator[tuple[Key, str]]:
    """What holds on the day, by its kind and name, as the file writes it."""
    policy = side.policy
    versions = [version for version in policy.versions if _on(version.only, side.day)]
    for version in versions:
        route = ", ".join(f"{name} = {' / '.join(values)}" for name, values in version.only.options.items())
        head = f"{route}: " if route and len(versions) > 1 else ""
        for flow, step in version.flows():
            choice = _choice(side, step.only)
            if choice is None:
                continue
            start = f"{head}{flow}: " if flow else head
            for kind, name, party, text in _of_step(policy, step):
                yield (kind, f"{start}{name} ({choice})" if choice else f"{start}{name}", party), text
        for floor in version.floors:
            yield ("floor", f"{head}{floor.party}", floor.party), f"{floor.at_least.text} of {floor.of}"
        for equity in version.equity:
            stake = equity.stake.text if equity.stake else "unknown"
            yield ("equity", f"{head}stake", ""), f"{stake} – {equity.most.text}" if equity.most else stake
        if version.inventors:
            yield ("inventors", f"{head}may", ""), ", ".join(version.inventors.may) or "–"


def _on(only: Only, day: datetime.date) -> bool:
    return all(
        (first is None or first <= day) and (last is None or day <= last)
        for first, last in only.dates.values()
    )


def _choice(side: Side, only: Only) -> str | None:
    """For which facts a step is, in words; None if it isn't for the day, or for the default of a reading."""
    if not _on(only, side.day):
        return None
    facts = []
    for name, values in only.options.items():
        default = side.policy.options[name].default
        if default is None:
            facts.append(f"{name} = {' / '.join(values)}")
        elif default not in values:
            return None
    return ", ".join(facts)


def _of_step(policy: Policy, step: Step) -> Iterator[tuple[str, str, str, str]]:
    """A step's parts: kind, name, party, text."""
    caps = "".join(f", {_cap(policy, cap)}" for cap in caps_of(step))
    if isinstance(step, Take):
        above = f", above {_term(policy, step.above)} ({_scope(step.scope)})" if step.above else ""
        more = "" if step.counts == "extra" else f", {step.counts}"
        covers = f", covers {step.covers}" if step.covers else ""
        yield "take", step.party, step.party, f"{step.rate.text} of {step.of}{above}{caps}{more}{covers}"
    elif isinstance(step, Recover):
        for i, (account, party) in enumerate(step.accounts):
            yield "recover", account, party, f"for {party}, {i + 1} of {len(step.accounts)}{caps}"
    elif isinstance(step, Hold):
        yield "hold", step.account, "", f"to {_term(policy, step.level)}"
    elif isinstance(step, Limit):
        yield "limit", step.party, step.party, f"to {step.to}{caps}"
    elif isinstance(step, Share):
        for band in step.bands:
            edge = _edge(policy, band, step)
            for part in band.parts:
                text = part.text if band.at_most is None or part.text == "rest" else (
                    f"{part.text}, at most {quantity.money(band.at_most, policy.currency)}"
                )  # fmt: skip
                yield "share", f"{part.party}{edge}", part.party, text


def _edge(policy: Policy, band: Band, step: Share) -> str:
    if len(step.bands) == 1:
        return ""
    scope = "" if step.scope == Scope() and step.by == "left" else f" ({step.by}, {_scope(step.scope)})"
    if band.up_to is None:
        return f", beyond{scope}"
    return f", to {quantity.money(band.up_to, policy.currency)}{scope}"


def _cap(policy: Policy, cap: Cap) -> str:
    if cap.amount:
        return f"at most {_term(policy, cap.amount)} ({_scope(cap.scope)})"
    assert cap.rate is not None
    return f"at most {cap.rate.text} of {cap.of}"


def _term(policy: Policy, term: Term) -> str:
    return term.text if term.exact is None else quantity.money(term.exact, policy.currency)


def _scope(scope: Scope) -> str:
    return f"per {scope.per}, over {scope.over}"
