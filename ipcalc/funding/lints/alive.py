"""L110: what a rule reads is known on some day on which the rule holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ipcalc.funding.lints.parts import of_rule
from ipcalc.funding.model import Scheme
from ipcalc.inputs.diagnostics import Diagnostic

if TYPE_CHECKING:
    from ipcalc.inputs import locate


def lint(scheme: Scheme) -> Iterator[Diagnostic]:
    """Rules that read a figure which has no version as long as they hold."""
    known = {**scheme.values, **scheme.tables}
    for i, rule in enumerate(scheme.rules):
        for name in sorted(rule.reads):
            if not known[name].during(rule.first, rule.until):
                path, within = _place(scheme, i, name)
                yield scheme.document.problem("L110", path, within=within, value=rule.id, other=name)


def _place(scheme: Scheme, index: int, name: str) -> tuple[locate.Path, tuple[int, int] | None]:
    """Where a rule reads a figure: the word itself, or the rule's id where a derived fact reads it."""
    for expression in of_rule(scheme, index):
        for word, span in expression.names():
            if word == name:
                return expression.path, span
    return ("rules", index, "id"), None
