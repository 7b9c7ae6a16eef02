"""L101: every text in every language of the file; the file's are all of ours, unless it says which."""

from __future__ import annotations

from collections.abc import Iterator

from ipcalc.inputs.diagnostics import Diagnostic
from ipcalc.inputs.lints.tables import Linted, texts
from ipcalc.texts import LANGUAGES


def lint(one: Linted) -> Iterator[Diagnostic]:
    """Texts that are missing in a language."""
    wanted = one.document.data.get("languages", LANGUAGES)
    for path, text in texts(one.document):
        missing = [lang for lang in wanted if lang not in text]
        if missing:
            key, names = str(path[-1]), ", ".join(missing)
            yield one.document.problem("L101", path, at_key=True, key=key, languages=names)
