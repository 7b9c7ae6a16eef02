"""L103: a source's address begins with https, unless its note speaks of http."""

from __future__ import annotations

from collections.abc import Iterator

from ipcalc.inputs.diagnostics import Diagnostic
from ipcalc.inputs.lints.tables import Linted


def lint(one: Linted) -> Iterator[Diagnostic]:
    """Addresses that anybody on the way could change."""
    for name, source in one.document.data["sources"].items():
        excused = any("http" in words.lower() for words in source.get("note", {}).values())
        if source.get("url", "").startswith("http:") and not excused:
            yield one.document.problem("L103", ("sources", name, "url"))
