"""What is wrong with an input, as a value: a code, its words' arguments, and the place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ipcalc import texts

SHOWN = 20  # errors shown in one run; the rest are counted


class Place(NamedTuple):
    """A place in a source: line and column count from 1, in characters; ``line`` 0 is the whole source."""

    source: str
    line: int = 0
    column: int = 0
    excerpt: str = ""
    width: int = 1


class Diagnostic(NamedTuple):
    """One thing that is wrong. ``near`` is what was perhaps meant, or empty; ``also`` a second place."""

    code: str
    args: Mapping[str, str]
    place: Place
    near: str = ""
    also: Place | None = None

    def message(self, lang: str = "en") -> str:
        """The sentence that says what is wrong, in the reader's language."""
        blanks = {name: _word(name, value, lang) for name, value in self.args.items()}
        return texts.choose(page(self.code)["message"], lang).format_map(blanks)


def _word(name: str, value: str, lang: str) -> str:
    """A blank's value in the reader's language, where it is one of our own words; else as it is."""
    catalogue = texts.catalogue("codes")
    if name in ("wanted", "kind") and value in catalogue["words"]:
        return texts.choose(catalogue["words"][value], lang)
    if name == "what" and value in catalogue["things"]:
        return texts.choose(catalogue["things"][value], lang)
    if name in ("got", "left", "right") and value in catalogue["types"]:
        return texts.choose(catalogue["types"][value], lang)
    if name == "reason" and value in catalogue["reasons"]:
        return texts.choose(catalogue["reasons"][value], lang)
    if name == "limit":
        limits = catalogue["limits"]
        return re.sub(
            r"[a-z](?:[a-z ]*[a-z])?", lambda m: texts.choose(limits.get(m[0], {"en": m[0]}), lang), value
        )
    return value


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Diagnostics in file order, each once."""
    unique = {(d.code, d.place, d.near, str(d.args)): d for d in diagnostics}
    return sorted(unique.values(), key=lambda d: (d.place.source, d.place.line, d.place.column))


class Refused(Exception):
    """The input can't be used: every problem found, in file order. The program's exit code is 2."""

    exit_code = 2

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = in_order(diagnostics)
        super().__init__("; ".join(f"{d.code} {dict(d.args)}" for d in self.diagnostics[:SHOWN]))


def refuse(code: str, place: Place | str, near: str = "", /, **args: str) -> Refused:
    """One problem as an exception to raise."""
    where = Place(place) if isinstance(place, str) else place
    return Refused([Diagnostic(code, args, where, near)])


def page(code: str) -> dict[str, texts.Text]:
    """The page of a code: its ``title``, ``message`` and ``page``, each in every language."""
    found: dict[str, texts.Text] = texts.catalogue("codes")[code]
    return found
