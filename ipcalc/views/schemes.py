"""Schemes and policies, drawn: the list of them, and what their examples gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from typing_extensions import TypedDict

from ipcalc.funding.examples import Tested
from ipcalc.funding.listing import Listed
from ipcalc.ip.model import Policy
from ipcalc.texts import choose, say
from ipcalc.views.check import opening_document
from ipcalc.views.check_document import OpeningDocument
from ipcalc.views.page import Block, Page, Table, heading, line


class SchemeDocument(TypedDict):
    """A scheme in the list; ``open`` is there where a date was asked about."""

    id: str
    kind: str
    name: str
    authority: str
    place: str | None
    initiative: str
    currency: str
    reviewed: str
    rules: int
    calls: list[str]
    open: OpeningDocument | None


class PolicyDocument(TypedDict):
    """A policy on IP income in the list."""

    id: str
    kind: str
    name: str
    institution: str
    currency: str
    reviewed: str
    versions: int


class ListDocument(TypedDict):
    """``ipcalc schemes list --format json``."""

    kind: Literal["ipcalc/schemes-list"]
    version: Literal[1]
    schemes: list[SchemeDocument]
    policies: list[PolicyDocument]


class WrongDocument(TypedDict):
    """A verdict, or a party's amount, that an example should have given."""

    what: str
    expected: str
    found: str


class ExampleDocument(TypedDict):
    """An example and what it gave wrong."""

    title: str
    wrong: list[WrongDocument]


class TestedDocument(TypedDict):
    """The examples of a scheme or policy, and the verdicts they show of each rule; a policy has no rules.

    ``missing`` has, of each rule, the sides of its boundary that no example shows.
    """

    id: str
    passed: bool
    examples: list[ExampleDocument]
    shown: dict[str, list[str]]
    missing: dict[str, list[str]]


class TestDocument(TypedDict):
    """``ipcalc schemes test --format json``."""

    kind: Literal["ipcalc/schemes-test"]
    version: Literal[1]
    results: list[TestedDocument]


def list_page(found: Sequence[Listed], policies: Sequence[Policy], lang: str) -> Page:
    """The schemes, the definitions that they use, and the policies, each kind as a table."""
    dated = any(one.open for one in found)
    keys = ("id", "name", "status") if dated else ("id", "name", "reviewed")
    columns = [(say(f"schemes.{key}", lang), False) for key in keys]
    blocks: list[Block] = []
    for kind, title in (("scheme", "schemes.funding"), ("definition", "schemes.definitions")):
        rows = [
            (one.scheme.id, choose(one.scheme.name, lang), _status(one, lang))
            for one in found
            if one.scheme.kind == kind
        ]
        if rows:
            blocks += [heading(say(title, lang)), Table(columns, rows)]
    for kind, title in (("policy", "schemes.policies"), ("law", "schemes.laws")):
        rows = [
            (one.id, choose(one.name, lang), one.reviewed.isoformat()) for one in policies if one.kind == kind
        ]
        if rows:
            blocks += [heading(say(title, lang)), Table(columns, rows)]
    return blocks or [line(say("schemes.nothing", lang))]


def _status(one: Listed, lang: str) -> str:
    """Whether a scheme takes applications, with the day until which; or when its file was last reviewed."""
    if one.open is None:
        return one.scheme.reviewed.isoformat()
    status = one.open.status
    if status == "open" and one.open.closes is None:
        return say("schemes.is.seen", lang, seen=one.open.seen)
    word = say(f"schemes.is.{status}", lang)
    ends = {"open": one.open.closes, "not-yet": one.open.opens, "closed": one.open.closes}.get(
        one.open.status
    )
    return f"{word} {ends.isoformat()}" if ends else word


def list_document(found: Sequence[Listed], policies: Sequence[Policy], lang: str) -> ListDocument:
    """The schemes and the policies for machines."""
    return {
        "kind": "ipcalc/schemes-list",
        "version": 1,
        "schemes": [
            {
                "id": one.scheme.id,
                "kind": one.scheme.kind,
                "name": choose(one.scheme.name, lang),
                "authority": choose(one.scheme.authority, lang),
                "place": one.scheme.place,
                "initiative": one.scheme.initiative,
                "currency": one.scheme.currency,
                "reviewed": one.scheme.reviewed.isoformat(),
                "rules": len(one.scheme.rules),
                "calls": [call.id for call in one.scheme.calls],
                "open": opening_document(one.open) if one.open else None,
            }
            for one in found
        ],
        "policies": [
            {
                "id": one.id,
                "kind": one.kind,
                "name": choose(one.name, lang),
                "institution": one.institution,
                "currency": one.currency,
                "reviewed": one.reviewed.isoformat(),
                "versions": len(one.versions),
            }
            for one in policies
        ],
    }


def test_page(tested: Sequence[Tested], lang: str) -> Page:
    """What examples gave, and which verdicts they show of each rule."""
    blocks: list[Block] = []
    for one in tested:
        good = sum(not outcome.wrong for outcome in one.outcomes)
        blocks.append(heading(one.scheme, 1))
        words = say("schemes.passed", lang, good=good, all=len(one.outcomes))
        blocks.append(line(words, "good" if one.passed else "bad"))
        for outcome in one.outcomes:
            for what, expected, found in outcome.wrong:
                text = say("schemes.wrong", lang, what=what, expected=expected, found=found)
                blocks.append(line(f"{outcome.title}: {text}", "bad", 1, "x"))
        if one.shown:
            covered = len(one.shown) - len(one.missing)
            words = say("schemes.covered", lang, n=covered, all=len(one.shown))
            blocks.append(line(words, "open" if one.missing else "good"))
        rows = [
            (rule, ", ".join(sorted(verdicts)) or "–", ", ".join(sorted(one.missing.get(rule, ()))))
            for rule, verdicts in one.shown.items()
        ]
        columns = [(say(f"schemes.{key}", lang), False) for key in ("rule", "shown", "lacking")]
        blocks += [Table(columns, rows)] if rows else []
    return blocks


def test_document(tested: Sequence[Tested], lang: str) -> TestDocument:
    """What examples gave, for machines."""
    del lang  # ids and verdicts are never translated
    results: list[TestedDocument] = [
        {
            "id": one.scheme,
            "passed": one.passed,
            "examples": [
                {
                    "title": outcome.title,
                    "wrong": [{"what": w, "expected": e, "found": f} for w, e, f in outcome.wrong],
                }
                for outcome in one.outcomes
            ],
            "shown": {rule: sorted(verdicts) for rule, verdicts in one.shown.items()},
            "missing": {rule: sorted(verdicts) for rule, verdicts in one.missing.items()},
        }
        for one in tested
    ]
    return {"kind": "ipcalc/schemes-test", "version": 1, "results": results}
