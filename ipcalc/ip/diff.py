"""What changed in a policy from one day to another, or from one policy to the next: part by part."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

from ipcalc import quantity
from ipcalc.changes import Side, Thing
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


def side(policy: Policy, day: datetime.date | None) -> Side:
    """A policy as it stands on a day, or else on that of its last review."""
    day = day or policy.reviewed
    return Side(policy.id, day, tuple(_things(policy, day)))


def _things(policy: Policy, day: datetime.date) -> Iterator[Thing]:
    """What holds on the day, as the file writes it."""

    def label(party: str) -> Text | Mapping[str, str]:
        return policy.parties.get(party, {})

    versions = [version for version in policy.versions if _on(version.only, day)]
    for version in versions:
        route = ", ".join(f"{name} = {' / '.join(values)}" for name, values in version.only.options.items())
        head = f"{route}: " if route and len(versions) > 1 else ""
        for flow, step in version.flows():
            choice = _choice(policy, day, step.only)
            if choice is None:
                continue
            start = f"{head}{flow}: " if flow else head
            for kind, name, party, text in _of_step(policy, step):
                name = f"{start}{name} ({choice})" if choice else f"{start}{name}"
                yield Thing(kind, name, label(party), text)
        for floor in version.floors:
            text = f"{floor.at_least.text} of {floor.of}"
            yield Thing("floor", f"{head}{floor.party}", label(floor.party), text)
        for equity in version.equity:
            stake = equity.stake.text if equity.stake else "unknown"
            text = f"{stake} – {equity.most.text}" if equity.most else stake
            yield Thing("equity", f"{head}stake", {}, text)
        if version.inventors:
            yield Thing("inventors", f"{head}may", {}, ", ".join(version.inventors.may) or "–")


def _on(only: Only, day: datetime.date) -> bool:
    return all(
        (first is None or first <= day) and (last is None or day <= last)
        for first, last in only.dates.values()
    )


def _choice(policy: Policy, day: datetime.date, only: Only) -> str | None:
    """For which facts a step is, in words; None if it isn't for the day, or for the default of a reading."""
    if not _on(only, day):
        return None
    facts = []
    for name, values in only.options.items():
        default = policy.options[name].default
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
