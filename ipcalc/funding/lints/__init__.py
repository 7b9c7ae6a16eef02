"""The lints of a scheme: those of files of every kind, and those here, one a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ipcalc.funding.lints import alive, calls, continuous, dated, emptiness, shown, spaced, used, worded
from ipcalc.funding.model import Scheme
from ipcalc.inputs import lints
from ipcalc.inputs.diagnostics import Diagnostic

LINTS: tuple[Callable[[Scheme], Iterator[Diagnostic]], ...] = (
    *lints.EVERY, dated.lint, continuous.lint, calls.lint, used.lint, alive.lint, shown.lint, worded.lint,
    emptiness.lint, spaced.lint,
)  # fmt: skip


def lint(scheme: Scheme) -> list[Diagnostic]:
    """What could be better in a scheme's file."""
    return lints.run(scheme, LINTS)
