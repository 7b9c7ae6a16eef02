"""A policy on IP income, explained: each version's steps in words, and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NotRequired

from typing_extensions import TypedDict

from ipcalc import quantity
from ipcalc.ip import model as ip
from ipcalc.quantity import Exact
from ipcalc.texts import choose, say
from ipcalc.views import split as split_page
from ipcalc.views.documents import GapDocument, SourceDocument
from ipcalc.views.page import Block, heading, line
from ipcalc.views.split_document import PeriodDocument, label, source_document

# -- the document --------------------------------------------------------------------------------------


class BandDocument(TypedDict):
    """The parts of one band or slab, up to an amount (null: beyond all others)."""

    up_to: str | None
    parts: dict[str, str]
    at_most: NotRequired[str]


class StepDocument(TypedDict):
    """A step that money flows down, and when it applies.

    ``flow`` is the party that is divided, null for the receipts; ``of`` the base or the account; ``mark`` the
    name that is given to what is left; ``parts`` the rate of each party as written, or unknown, or rest; null
    for a party that an account or a cap pays. ``terms`` are the step's other keys, as written.
    """

    flow: str | None
    step: str
    mark: str | None
    of: str | None
    parts: dict[str, str | None]
    bands: NotRequired[list[BandDocument]]
    terms: NotRequired[dict[str, str]]
    dates: dict[str, PeriodDocument]
    options: dict[str, list[str]]


class StakeDocument(TypedDict):
    """The stake asked of a start-up that licenses; null where it isn't known. ``terms`` in words."""

    stake: str | None
    terms: NotRequired[list[str]]
    sources: list[str]


class FloorDocument(TypedDict):
    """The least that a party should have."""

    party: str
    at_least: str
    of: str
    sources: list[str]


class VersionDocument(TypedDict):
    """A policy on some dates, or on one route. ``undivided``: parties divided further, it isn't known how;
    ``known`` is false where the sources don't give the shares.
    """

    dates: dict[str, PeriodDocument]
    options: dict[str, list[str]]
    known: bool
    steps: list[StepDocument]
    undivided: list[str]
    floors: list[FloorDocument]
    equity: StakeDocument | None
    sources: list[str]


class PartyDocument(TypedDict):
    """A party that is paid."""

    party: str
    label: str


class OptionDocument(TypedDict):
    """A fact that a case states, or a point on which the sources can be read in several ways."""

    id: str
    kind: str
    label: str
    choices: list[str]
    default: str | None
    sources: list[str]


class InputDocument(TypedDict):
    """A rate or an amount that a statement states, with its bounds."""

    input: str
    kind: str
    least: str | None
    most: str | None


class PolicyDocument(TypedDict):
    """A policy on IP income, or a law for it."""

    id: str
    kind: str
    name: str
    institution: str
    currency: str
    reviewed: str
    parties: list[PartyDocument]
    options: list[OptionDocument]
    inputs: list[InputDocument]
    versions: list[VersionDocument]
    sources: list[SourceDocument]
    gaps: list[GapDocument]


def document(policy: ip.Policy, lang: str) -> PolicyDocument:
    """A policy for machines."""
    return {
        "id": policy.id,
        "kind": policy.kind,
        "name": choose(policy.name, lang),
        "institution": policy.institution,
        "currency": policy.currency,
        "reviewed": policy.reviewed.isoformat(),
        "parties": [{"party": party, "label": choose(text, lang)} for party, text in policy.parties.items()],
        "options": [
            {
                "id": option.id,
                "kind": option.kind,
                "label": choose(option.label, lang) if option.label else option.id,
                "choices": list(option.choices),
                "default": option.default,
                "sources": list(option.sources),
            }
            for option in policy.options.values()
        ],
        "inputs": [
            {"input": one.name, "kind": one.kind, "least": _bound(policy, one, one.first),
             "most": _bound(policy, one, one.last)}
            for one in policy.inputs().values()
        ],
        "versions": [_version_document(policy, version, lang) for version in policy.versions],
        "sources": [source_document(source, lang) for source in policy.sources.values()],
        "gaps": [{"about": choose(gap.about, lang), "affects": list(gap.affects)} for gap in policy.gaps],
    }  # fmt: skip


def _version_document(policy: ip.Policy, version: ip.Version, lang: str) -> VersionDocument:
    equity = version.equity[0] if version.equity else None
    stake: StakeDocument | None = None
    if equity:
        stake = {"stake": equity.stake.text if equity.stake else None, "sources": list(equity.sources)}
        words = [text for one in version.equity for text in split_page.equity(one, policy.currency, lang)]
        if len(words) > 1:
            stake["terms"] = words
    return {
        "dates": _dates(version.only),
        "options": _options(version.only),
        "known": version.steps is not None,
        "steps": [_step_document(policy, flow, step) for flow, step in version.flows()],
        "undivided": [party for party, steps in version.within.items() if steps is None],
        "floors": [
            {"party": one.party, "at_least": one.at_least.text, "of": one.of, "sources": list(one.sources)}
            for one in version.floors
        ],
        "equity": stake,
        "sources": list(version.sources),
    }


def _step_document(policy: ip.Policy, flow: str, step: ip.Step) -> StepDocument:
    kind, of, parts = _said(step)
    found: StepDocument = {
        "flow": flow or None,
        "step": kind,
        "mark": step.name if isinstance(step, ip.Mark) else None,
        "of": of or None,
        "parts": parts,
        "dates": _dates(step.only),
        "options": _options(step.only),
    }
    if isinstance(step, ip.Share) and len(step.bands) > 1:
        found["bands"] = [_band_document(policy, band) for band in step.bands]
    if terms := {key: _plain(policy, value) for key, value in _terms(step)}:
        found["terms"] = terms
    return found


def _band_document(policy: ip.Policy, band: ip.Band) -> BandDocument:
    found: BandDocument = {
        "up_to": None if band.up_to is None else _plain(policy, band.up_to),
        "parts": {part.party: part.text for part in band.parts},
    }
    if band.at_most is not None:
        found["at_most"] = _plain(policy, band.at_most)
    return found


def _plain(policy: ip.Policy, value: Exact | str) -> str:
    """An amount in minor units, or a word."""
    if isinstance(value, str):
        return value
    return quantity.plain(quantity.to_major(value, policy.currency))


def _bound(policy: ip.Policy, asked: ip.Input, bound: Exact | None) -> str | None:
    if bound is None:
        return None
    return quantity.plain(bound) if asked.kind == "share" else _plain(policy, bound)


def _dates(only: ip.Only) -> dict[str, PeriodDocument]:
    return {
        kind: {"from": first.isoformat() if first else None, "until": last.isoformat() if last else None}
        for kind, (first, last) in only.dates.items()
    }


def _options(only: ip.Only) -> dict[str, list[str]]:
    return {name: list(values) for name, values in only.options.items()}


# -- the page ------------------------------------------------------------------------------------------


def blocks(policy: ip.Policy, lang: str) -> Iterator[Block]:
    """A policy for people, but for its sources."""
    yield heading(choose(policy.name, lang), 1)
    reviewed = say("explain.reviewed", lang, reviewed=policy.reviewed)
    yield line(f"{policy.id} · {policy.institution} · {policy.currency} · {reviewed}")
    for version in policy.versions:
        yield heading(_when(version.only, lang) or say("explain.always", lang))
        yield from _version(policy, version, lang)
        words = say("check.labelled", lang, label=say("check.source", lang), text=", ".join(version.sources))
        yield line(words, "dim", 1)
    if policy.options:
        yield heading(say("split.readings", lang))
        for option in policy.options.values():
            choices = f"{option.id} = {say('split.or', lang).join(option.choices)}"
            name = choose(option.label, lang) if option.label else ""
            words = say("check.labelled", lang, label=name, text=choices) if name else choices
            yield line(f"{words} [{', '.join(option.sources)}]", depth=1, mark="-")
    if policy.gaps:
        yield heading(say("split.gaps", lang))
        for gap in policy.gaps:
            yield line(f"[{', '.join(gap.affects)}] {choose(gap.about, lang)}", depth=1, mark="-")


def _version(policy: ip.Policy, version: ip.Version, lang: str) -> Iterator[Block]:
    if version.steps is None:
        yield line(say("split.unknown_shares", lang), "open", depth=1, mark="-")
    for flow, step in version.flows():
        when = _when(step.only, lang)
        for i, words in enumerate(_step(policy, step, lang)):
            if flow:
                words = say("check.labelled", lang, label=label(policy, flow, lang), text=words)
            if when and not i:
                words = say("words.beside", lang, text=words, more=when)
            yield line(words, depth=1 if i == 0 else 2, mark="-" if i == 0 else "")
    for party, steps in version.within.items():
        if steps is None:
            words = say("split.further", lang, label=label(policy, party, lang))
            yield line(words, "open", depth=1, mark="-")
    for floor in version.floors:
        words = say(
            "split.floor", lang, party=label(policy, floor.party, lang), rate=floor.at_least.text, of=floor.of
        )
        yield line(words, depth=1, mark="-")
    for equity in version.equity:
        first, *others = split_page.equity(equity, policy.currency, lang)
        words = say("check.labelled", lang, label=say("split.equity", lang), text=first)
        when = _when(equity.only, lang)
        yield line(say("words.beside", lang, text=words, more=when) if when else words, depth=1, mark="-")
        yield from (line(text, depth=2) for text in others)


def _when(only: ip.Only, lang: str) -> str:
    """The dates and options that a version or a step is for, in words; nothing, if all."""
    words = [*split_page.only(only, lang)]
    either = say("split.or", lang)
    words += [f"{name} = {either.join(values)}" for name, values in only.options.items()]
    return say("split.comma", lang).join(words)


def _step(policy: ip.Policy, step: ip.Step, lang: str) -> Iterator[str]:
    """A step in words: what is done, of what, each party's part; then its bands."""
    kind, of, parts = _said(step)
    what = choose(step.name, lang) if isinstance(step, ip.Take | ip.Recover) and step.name else ""
    what = what or say(f"split.step_{kind}", lang)
    named = of or (step.name if isinstance(step, ip.Mark) else "")
    what = f"{what} ({named})" if named else what
    comma = say("words.comma", lang)
    banded = isinstance(step, ip.Share) and len(step.bands) > 1
    details = [*_details(policy, step, lang)]
    if parts and not banded:
        what = say("check.labelled", lang, label=what, text=_parts(policy, parts.items(), lang))
    yield comma.join([what, *details])
    if isinstance(step, ip.Share) and banded:
        for band in step.bands:
            edge = say("split.beyond", lang)
            if band.up_to is not None:
                edge = say("split.up_to", lang, amount=quantity.money(band.up_to, policy.currency))
            words = _parts(policy, [(part.party, part.text) for part in band.parts], lang)
            if band.at_most is not None:
                most = say("split.at_most", lang, amount=quantity.money(band.at_most, policy.currency))
                words = say("words.beside", lang, text=words, more=most)
            yield say("check.labelled", lang, label=edge, text=words)


def _parts(policy: ip.Policy, parts: Iterable[tuple[str, str | None]], lang: str) -> str:
    rates = {word: say(f"split.{word}", lang) for word in ("rest", "unknown")}
    words = (
        f"{label(policy, party, lang)} {rates.get(rate, rate)}" if rate else label(policy, party, lang)
        for party, rate in parts
    )
    return say("words.comma", lang).join(words)


def _details(policy: ip.Policy, step: ip.Step, lang: str) -> Iterator[str]:
    """A step's caps, thresholds and scope in words."""
    if isinstance(step, ip.Take) and step.above:
        scope = _scope(step.scope, lang)
        yield say("split.above", lang, amount=_term(policy, step.above), scope=scope)
    if isinstance(step, ip.Hold):
        yield say("split.level", lang, amount=_term(policy, step.level))
    for cap in ip.caps_of(step):
        if cap.amount:
            yield say(
                "split.at_most_in", lang, amount=_term(policy, cap.amount), scope=_scope(cap.scope, lang)
            )
        elif cap.rate:
            yield say("split.at_most_of", lang, rate=cap.rate.text, of=cap.of)
    if isinstance(step, ip.Take) and step.counts != "extra":
        yield say(f"split.{step.counts}", lang)
    if isinstance(step, ip.Take) and step.covers:
        yield say("split.covers", lang, account=step.covers)
    if isinstance(step, ip.Share) and len(step.bands) > 1:
        yield say("split.measured", lang, by=step.by, scope=_scope(step.scope, lang))
        if step.slabs:
            yield say("split.slabs", lang)
        if step.indexed:
            yield say("split.indexed", lang, series=step.indexed.series, day=step.indexed.first)


def _term(policy: ip.Policy, term: ip.Term) -> str:
    """An amount, or the name of what is stated for it."""
    return term.text if term.exact is None else quantity.money(term.exact, policy.currency)


def _scope(scope: ip.Scope, lang: str) -> str:
    return say(
        "split.scope",
        lang,
        per=say(f"split.per_{scope.per}", lang),
        over=say(f"split.over_{scope.over}", lang),
    )


# -- what both show ------------------------------------------------------------------------------------


def _said(step: ip.Step) -> tuple[str, str, dict[str, str | None]]:
    """A step, whatever its kind: of what, and each party's part as written."""
    if isinstance(step, ip.Take):
        return "take", step.of, {step.party: step.rate.text}
    if isinstance(step, ip.Recover):
        return (
            "recover",
            ", ".join(name for name, _ in step.accounts),
            dict.fromkeys(p for _, p in step.accounts),
        )
    if isinstance(step, ip.Hold):
        return "hold", step.account, {}
    if isinstance(step, ip.Mark):
        return "mark", "", {}
    if isinstance(step, ip.Limit):
        return "limit", step.party, {step.to: None}
    parts = {} if len(step.bands) > 1 else {part.party: part.text for part in step.bands[0].parts}
    return "share", "", dict(parts)


def _terms(step: ip.Step) -> Iterator[tuple[str, Exact | str]]:
    """The keys of a step beyond its parts."""
    if isinstance(step, ip.Hold):
        yield "level", _value(step.level)
    if isinstance(step, ip.Take) and step.above:
        yield "above", _value(step.above)
    if isinstance(step, ip.Take) and step.counts != "extra":
        yield "as", step.counts
    if isinstance(step, ip.Take) and step.covers:
        yield "covers", step.covers
    if isinstance(step, ip.Take | ip.Recover) and step.carry is not isinstance(step, ip.Recover):
        yield "carry", str(step.carry).lower()
    for i, cap in enumerate(ip.caps_of(step)):
        key = "at_most" if not i else f"at_most.{i}"
        if cap.amount:
            yield key, _value(cap.amount)
            yield f"{key}.per", cap.scope.per
            yield f"{key}.over", cap.scope.over
        elif cap.rate:
            yield f"{key}.rate", cap.rate.text
            yield f"{key}.of", cap.of
    if isinstance(step, ip.Share) and step.key:
        yield from (("by", step.by), ("name", step.key), ("per", step.scope.per), ("over", step.scope.over))
        if step.slabs:
            yield "whole", "true"
        if step.indexed:
            yield "series", step.indexed.series


def _value(term: ip.Term) -> Exact | str:
    return term.text if term.exact is None else term.exact
