"""A scheme's own examples: run them, and count what they show of each rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ipcalc.funding import check, project
from ipcalc.funding.model import Scheme
from ipcalc.inputs.diagnostics import Diagnostic, Refused
from ipcalc.quantity import nearest


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


VERDICTS = {
    "overall": ("eligible", "ineligible", "undetermined", "review"),
    "open": ("open", "not-yet", "closed", "suspended", "unknown"),
}
OF_A_RULE = ("pass", "fail", "review", "unknown", "n/a")


def _misspelt(scheme: Scheme) -> Iterator[Diagnostic]:
    """What examples expect of rules that there aren't, and verdicts that there aren't."""
    rules = [*VERDICTS, *(rule.id for rule in scheme.rules)]
    for i, example in enumerate(scheme.shown):
        for what, expected in example["gives"].items():
            path, rule = ("examples", i, "gives", what), what.partition("[")[0]
            allowed = VERDICTS.get(what, OF_A_RULE)
            if rule not in rules:
                near = nearest(rule, rules)
                yield scheme.document.problem("F115", path, near, at_key=True, what="rule", value=rule)
            elif expected not in allowed:
                near, names = nearest(expected, allowed), ", ".join(allowed)
                yield scheme.document.problem("F107", path, near, key=what, value=expected, allowed=names)


def run(scheme: Scheme) -> Tested:
    """Check every example of a scheme. Raises ``Refused`` if one is not a project."""
    if problems := list(_misspelt(scheme)):
        raise Refused(problems)
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
        for what in example.gives:
            shown.get(what.partition("[")[0], set()).add(found.get(what, "–"))
        outcomes.append(Outcome(example.title, wrong))
    return Tested(scheme.id, tuple(outcomes), {rule: frozenset(v) for rule, v in shown.items()})
