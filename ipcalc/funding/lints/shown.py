"""L111: the examples show each side of a rule."""

from __future__ import annotations

from collections.abc import Iterator

from ipcalc.funding.examples import sides
from ipcalc.funding.model import Scheme
from ipcalc.inputs.diagnostics import Diagnostic


def lint(scheme: Scheme) -> Iterator[Diagnostic]:
    """Rules of which no example asserts one side, or either."""
    shown: dict[str, set[str]] = {rule.id: set() for rule in scheme.rules}
    for example in scheme.shown:
        for what, expected in example["gives"].items():
            shown.get(what.partition("[")[0], set()).add(expected)
    for i, rule in enumerate(scheme.rules):
        if missing := sides(scheme, rule) - shown[rule.id]:
            path, names = ("rules", i, "id"), ", ".join(sorted(missing))
            yield scheme.document.problem("L111", path, value=rule.id, missing=names)
