"""L104: a file can't have been held against a source that is younger than its review."""

from __future__ import annotations

from collections.abc import Iterator

from ipcalc.inputs.diagnostics import Diagnostic
from ipcalc.inputs.lints.tables import Linted


def lint(one: Linted) -> Iterator[Diagnostic]:
    """Sources that are dated after the review."""
    reviewed = one.document.data["reviewed"]
    for name, source in one.document.data["sources"].items():
        if source.get("dated", reviewed) > reviewed:
            path, value = ("sources", name, "dated"), str(source["dated"])
            yield one.document.problem("L104", path, also=("reviewed",), value=value, reviewed=str(reviewed))
