"""L105: an example says what it gives."""

from __future__ import annotations

from collections.abc import Iterator

from ipcalc.inputs.diagnostics import Diagnostic
from ipcalc.inputs.lints.tables import Linted

_SAID = ("gives", "shows", "balances", "floors")  # in an example, or in a period of it


def lint(one: Linted) -> Iterator[Diagnostic]:
    """Examples that nothing could prove wrong."""
    for i, example in enumerate(one.document.data.get("examples", ())):
        tables = (example, *example.get("periods", ()))
        if not any(table.get(key) for table in tables for key in _SAID):
            yield one.document.problem("L105", ("examples", i, "gives"), at_key=True, value=example["title"])
