"""What could be better in a file that can be read: lints, one a module.

A lint is a function from what a file was read as (a scheme, a policy) to diagnostics. Those here look at
files of every kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from ipcalc.inputs.diagnostics import Diagnostic, in_order
from ipcalc.inputs.lints import asserting, cited, languages, reviewed, secure
from ipcalc.inputs.lints.tables import Linted

T = TypeVar("T")
EVERY: tuple[Callable[[Linted], Iterator[Diagnostic]], ...] = (
    languages.lint, cited.lint, secure.lint, reviewed.lint, asserting.lint,
)  # fmt: skip


class Report(NamedTuple):
    """What was found in a file; without an id where it can't be read."""

    name: str
    id: str | None
    findings: Sequence[Diagnostic]


def run(one: T, lints: Iterable[Callable[[T], Iterator[Diagnostic]]]) -> list[Diagnostic]:
    """What lints have to say, in file order."""
    return in_order(finding for lint in lints for finding in lint(one))
