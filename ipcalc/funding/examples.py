"""A scheme's own examples: run them, and count what they show of each rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ipcalc.funding import check, project
from ipcalc.funding.model import Example, Rule, Scheme
from ipcalc.inputs.diagnostics import Diagnostic, Refused
from ipcalc.quantity import nearest, plain, read, to_major
from ipcalc.rules.types import QUANTITIES
from ipcalc.rules.values import Unknown


class Outcome(NamedTuple):
    """What an example gave beside what it should: ``wrong`` has (what, expected, found)."""

    title: str
    wrong: tuple[tuple[str, str, str], ...]


class Tested(NamedTuple):
    """A scheme's examples, and for each rule the verdicts that some example asserts of it."""

    scheme: str
    outcomes: tuple[Outcome, ...]
    shown: Mapping[str, frozenset[str]]
    missing: Mapping[str, frozenset[str]]  # of each rule, the sides of its boundary that no example shows

    @property
    def passed(self) -> bool:
        """Whether every example gave what it should."""
        return not any(outcome.wrong for outcome in self.outcomes)


VERDICTS = {
    "overall": ("eligible", "ineligible", "undetermined", "review", "classified"),
    "class": (),
    "open": ("open", "not-yet", "closed", "suspended", "unknown"),
}
# the sides of a rule's boundary that examples must show
SIDES = {"hard": ("pass", "fail"), "soft": ("pass", "review"), "judgement": ("review",)}
OF_A_RULE = ("pass", "fail", "review", "unknown", "n/a")


def _misspelt(scheme: Scheme) -> Iterator[Diagnostic]:
    """What examples expect of rules that there aren't, and verdicts that there aren't."""
    rules = [*VERDICTS, *(rule.id for rule in scheme.rules)]
    allowed_classes = ("–", *(one.id for one in scheme.classes))
    shown = ["available"] if scheme.available else []
    shown += (name for name, derived in scheme.derived.items() if derived.shown)
    for i, example in enumerate(scheme.shown):
        for what in example.get("shows", {}):
            if what not in shown:
                path = ("examples", i, "shows", what)
                yield scheme.document.problem(
                    "F115", path, nearest(what, shown), at_key=True, what="value", value=what
                )
        for what, expected in example["gives"].items():
            path, rule = ("examples", i, "gives", what), what.partition("[")[0]
            allowed = allowed_classes if what == "class" else VERDICTS.get(what, OF_A_RULE)
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
        made = project.read(example.document, scheme.vocabulary)
        result = check.check(made, scheme, example.as_of, mend=False)
        found = {"overall": result.verdict, "open": result.open.status, "class": "–"}
        if result.classified and result.classified.found:
            found["class"] = result.classified.found.id
        for finding in result.findings:
            scope = f"[{finding.scope}]" if finding.scope is not None else ""
            found[f"{finding.rule.id}{scope}"] = finding.verdict
        wrong = tuple(
            (what, expected, found.get(what, "–"))
            for what, expected in example.gives.items()
            if found.get(what) != expected
        ) + tuple(_figures(example, result))
        for what in example.gives:
            shown.get(what.partition("[")[0], set()).add(found.get(what, "–"))
        outcomes.append(Outcome(example.title, wrong))
    missing = {rule.id: sides(scheme, rule) - shown[rule.id] for rule in scheme.rules}
    return Tested(
        scheme.id,
        tuple(outcomes),
        {rule: frozenset(v) for rule, v in shown.items()},
        {rule: frozenset(v) for rule, v in missing.items() if v},
    )


def sides(scheme: Scheme, rule: Rule) -> set[str]:
    """The verdicts that examples must show of a rule: those on each side of its boundary, and of a judgement
    that it need not be made.

    A figure that is unknown as long as the rule holds leaves it unknown. Where one is disputed, the rule is
    for review between what the sources say: that stands for the failure that it may be.
    """
    read = [scheme.values[name] for name in rule.reads if name in scheme.values]
    readings = [[version.readings for version in dated.during(rule.first, rule.until)] for dated in read]
    if any(all(one[0][0] is None for one in versions) for versions in readings):
        return {"unknown"}
    wanted = set(SIDES[rule.strength])
    if any(all(len(one) > 1 for one in versions) for versions in readings):
        wanted = {"review"} | (wanted & {"pass"})
    return wanted | {"n/a"} if rule.strength == "judgement" and rule.when else wanted


def _figures(example: Example, result: check.Result) -> Iterator[tuple[str, str, str]]:
    """The figures that an example shows and that came out otherwise."""
    traces = {name: figure.trace for name, figure in result.figures.items()}
    if result.available is not None:
        traces["available"] = result.available
    for name, raw in example.shows.items():
        trace = traces[name]
        kind = trace.node.type.kind
        if isinstance(trace.value, Unknown):
            found, expected = "unknown", str(raw)
        elif kind in QUANTITIES:
            quantity: Any = read(kind, raw).value
            money = kind == "money"
            found = plain(to_major(trace.value, result.scheme.currency) if money else trace.value)
            expected = plain(quantity)
        else:
            found, expected = str(trace.value), str(raw)
        if found != expected:
            yield name, expected, found
