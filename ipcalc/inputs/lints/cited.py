"""L102: every source is cited, by a ``source``, or by its id in brackets in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ipcalc.inputs.diagnostics import Diagnostic
from ipcalc.inputs.lints.tables import Linted, tables, texts

_BRACKETS = re.compile(r"[(\[（［]([^()\[\]（）［］]*)[)\]）］]")
_NAME = re.compile(r"[^\s,;，、；]+")


def lint(one: Linted) -> Iterator[Diagnostic]:
    """Sources that nothing cites."""
    cited: set[str] = set()
    for _, table in tables(one.document):
        names = table.get("source", ())
        cited.update([names] if isinstance(names, str) else names)
    for _, text in texts(one.document):
        for words in text.values():
            cited.update(name for within in _BRACKETS.findall(words) for name in _NAME.findall(within))
    for name in one.document.data["sources"]:
        if name not in cited:
            yield one.document.problem("L102", ("sources", name), at_key=True, value=name)
