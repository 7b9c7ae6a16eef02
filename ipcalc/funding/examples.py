"""A scheme's own examples: run them, and count what they show of each rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ipcalc.funding import check, project
from ipcalc.funding.model import Scheme


class Outcome(NamedTuple):
    """What an example gave beside what it should: ``wrong`` has (what, expected, found)."""

    title: str
    wrong: tuple[tuple[str, str, str], ...]


class Tested(NamedTuple):
    """A scheme's examples, and for each rule the verdicts that some example asserts of it."""

    scheme: str
    outcomes: tuple[Outcome, ...]
    shown: Mapping[str, frozenset[str]]

    @property
    def passed(self) -> bool:
        """Whether every example gave what it should."""
        return not any(outcome.wrong for outcome in self.outcomes)


def run(scheme: Scheme) -> Tested:
    """Check every example of a scheme. Raises ``Refused`` if one is not a project."""
    shown: dict[str, set[str]] = {rule.id: set() for rule in scheme.rules}
    outcomes = []
    for example in scheme.examples():
        result = check.check(project.read(example.document, scheme.vocabulary), scheme, example.as_of)
        found = {"overall": result.verdict, "open": result.open.status}
        for finding in result.findings:
            scope = f"[{finding.scope}]" if finding.scope is not None else ""
            found[f"{finding.rule.id}{scope}"] = finding.verdict
        wrong = tuple(
            (what, expected, found.get(what, "–"))
            for what, expected in example.gives.items()
            if found.get(what) != expected
        )
        for what, expected in example.gives.items():
            shown.get(what.partition("[")[0], set()).add(expected)
        outcomes.append(Outcome(example.title, wrong))
    return Tested(scheme.id, tuple(outcomes), {rule: frozenset(v) for rule, v in shown.items()})
