"""Schemes, drawn: the list of them, and what their examples gave."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import TypedDict

from ipcalc.funding.examples import Tested
from ipcalc.funding.model import Scheme
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


class ListDocument(TypedDict):
    """``ipcalc schemes list --format json``."""

    kind: str
    version: int
    schemes: list[SchemeDocument]


class WrongDocument(TypedDict):
    """A verdict that an example should have given."""

    what: str
    expected: str
    found: str


class ExampleDocument(TypedDict):
    """An example and what it gave wrong."""

    title: str
    wrong: list[WrongDocument]


class TestedDocument(TypedDict):
    """A scheme's examples, and the verdicts they show of each rule."""

    scheme: str
    passed: bool
    examples: list[ExampleDocument]
    shown: dict[str, list[str]]


class TestDocument(TypedDict):
    """``ipcalc schemes test --format json``."""

    kind: str
    version: int
    results: list[TestedDocument]


def list_page(schemes: Sequence[Scheme], lang: str) -> Page:
    """The schemes as a table."""
    keys = ("id", "name", "authority", "reviewed")
    columns = [(say(f"schemes.{key}", lang), False) for key in keys]
    rows = [(s.id, choose(s.name, lang), choose(s.authority, lang), s.reviewed.isoformat()) for s in schemes]
    return [Table(columns, rows)]


def list_document(schemes: Sequence[Scheme], lang: str) -> ListDocument:
    """The schemes for machines."""
    listed: list[SchemeDocument] = [
        {
            "id": scheme.id,
            "name": choose(scheme.name, lang),
            "authority": choose(scheme.authority, lang),
            "currency": scheme.currency,
            "reviewed": scheme.reviewed.isoformat(),
            "rules": len(scheme.rules),
            "calls": [call.id for call in scheme.calls],
        }
        for scheme in schemes
    ]
    return {"kind": "ipcalc/schemes", "version": 1, "schemes": listed}


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
        rows = [(rule, ", ".join(sorted(verdicts)) or "–") for rule, verdicts in one.shown.items()]
        blocks.append(Table([(say("schemes.rule", lang), False), (say("schemes.shown", lang), False)], rows))
    return blocks


def test_document(tested: Sequence[Tested], lang: str) -> TestDocument:
    """What examples gave, for machines."""
    del lang  # ids and verdicts are never translated
    results: list[TestedDocument] = [
        {
            "scheme": one.scheme,
            "passed": one.passed,
            "examples": [
                {
                    "title": outcome.title,
                    "wrong": [{"what": w, "expected": e, "found": f} for w, e, f in outcome.wrong],
                }
                for outcome in one.outcomes
            ],
            "shown": {rule: sorted(verdicts) for rule, verdicts in one.shown.items()},
        }
        for one in tested
    ]
    return {"kind": "ipcalc/schemes-test", "version": 1, "results": results}
