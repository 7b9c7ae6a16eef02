"""Schemes and policies, drawn: the list of them, and what their examples gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from typing_extensions import TypedDict

from ipcalc.funding.examples import Tested
from ipcalc.funding.model import Scheme
from ipcalc.ip.policy import Policy
from ipcalc.texts import choose, say
from ipcalc.views.page import Block, Page, Table, heading, line


class SchemeDocument(TypedDict):
    """A scheme in the list."""

    id: str
    name: str
    authority: str
    currency: str
    reviewed: str
    rules: int
    calls: list[str]


class PolicyDocument(TypedDict):
    """A policy on IP income in the list."""

    id: str
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


def list_page(found: Sequence[Scheme | Policy], lang: str) -> Page:
    """The schemes and the policies, each kind as a table."""
    keys = ("id", "name", "reviewed")
    columns = [(say(f"schemes.{key}", lang), False) for key in keys]
    blocks: list[Block] = []
    for kind, title in ((Scheme, "schemes.funding"), (Policy, "schemes.policies")):
        rows = [
            (one.id, choose(one.name, lang), one.reviewed.isoformat())
            for one in found
            if isinstance(one, kind)
        ]
        if rows:
            blocks += [heading(say(title, lang)), Table(columns, rows)]
    return blocks


def list_document(found: Sequence[Scheme | Policy], lang: str) -> ListDocument:
    """The schemes and the policies for machines."""
    schemes: list[SchemeDocument] = [
        {
            "id": one.id,
            "name": choose(one.name, lang),
            "authority": choose(one.authority, lang),
            "currency": one.currency,
            "reviewed": one.reviewed.isoformat(),
            "rules": len(one.rules),
            "calls": [call.id for call in one.calls],
        }
        for one in found
        if isinstance(one, Scheme)
    ]
    policies: list[PolicyDocument] = [
        {
            "id": one.id,
            "name": choose(one.name, lang),
            "institution": one.institution,
            "currency": one.currency,
            "reviewed": one.reviewed.isoformat(),
            "versions": len(one.versions),
        }
        for one in found
        if isinstance(one, Policy)
    ]
    return {"kind": "ipcalc/schemes-list", "version": 1, "schemes": schemes, "policies": policies}


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
