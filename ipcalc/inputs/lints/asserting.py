"""L105: an example says what it gives."""

from __future__ import annotations

from collections.abc import Iterator

from ipcalc.inputs.diagnostics import Diagnostic
from ipcalc.inputs.lints.tables import Linted


def lint(one: Linted) -> Iterator[Diagnostic]:
    """Examples that nothing could prove wrong."""
    for i, example in enumerate(one.document.data.get("examples", ())):
        if not (example["gives"] or example.get("shows")):
            yield one.document.problem("L105", ("examples", i, "gives"), at_key=True, value=example["title"])
