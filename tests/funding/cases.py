"""Cases that were worked out apart from the schemes' files: a project is checked, verdict by verdict.

A mapping sees a case's facts alone. ``rules`` says which of our rules a case's rule is; of several rules and
parts, the worst verdict counts. ``window`` is whether the scheme takes applications.
"""

import datetime
from fractions import Fraction

from ipcalc.funding import check, project, scheme
from ipcalc.inputs.toml import Document
from ipcalc.quantity import to_major

WORST = ("fail", "unknown", "review", "pass", "n/a")
WINDOW = {"open": "pass", "closed": "fail", "not-yet": "fail", "suspended": "fail", "unknown": "unknown"}
OVERALL = {  # the worst of the rules that a case lists, as both kinds of case call it
    "fail": ("fail", "ineligible"), "unknown": ("unknown", "review"), "review": ("review",),
    "pass": ("pass", "eligible"), "n/a": ("pass", "eligible"),
}  # fmt: skip


def day(text):
    """A date, or a moment where a time of day is stated."""
    return datetime.datetime.fromisoformat(text) if "T" in text else datetime.date.fromisoformat(text)


def result_of(scheme_id, data, as_of=None):
    """The result of a project, given as data, under a scheme."""
    data = {**data, "project": {"title": "A case", "currency": "HKD", **data.get("project", {})}}
    return check.check(project.read(Document("case", "", data)), scheme.load(scheme_id), as_of)


def verdict_of(result, ids):
    """The worst verdict of several rules' findings; ``window`` is the scheme's opening."""
    if ids == ["window"]:
        return WINDOW[result.open.status]
    known = {rule.id for rule in result.scheme.rules}
    assert known.issuperset(ids), f"no such rule: {set(ids) - known}"
    return min((f.verdict for f in result.findings if f.rule.id in ids), key=WORST.index, default="n/a")


def check_case(result, expected, rules, overall):
    """A case's verdicts, rule by rule, and their worst."""
    found = {name: verdict_of(result, rules.get(name, [name])) for name in expected}
    assert found == expected
    worst = min(found.values(), key=WORST.index)
    shut = {"not_open"} if "window" in (rules.get(name, [name])[0] for name in expected) else set()
    assert overall in {*OVERALL[worst], *(shut if worst == "fail" else ())}


def figure(result, name):
    """A figure that the scheme works out, or ``available``: money in whole units, else as it is."""
    trace = result.available if name == "available" else result.figures[name].trace
    if trace.node.type.kind == "money" and isinstance(trace.value, int | Fraction):
        return to_major(trace.value, result.scheme.currency)
    return trace.value
