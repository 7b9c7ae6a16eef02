"""Putting values into the text of a TOML file, and leaving all else in it as it stands, to the letter.

New tables get headers of their own; what is below them stands on their lines, lists of tables one a line.
(tomlkit would do for most of it, but it takes the comment above a header for the end of the table before, and
so would put new keys of that table below the comment of the next.)
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from ipcalc.inputs import locate
from ipcalc.inputs.locate import Path

Comment = Callable[[Path], str]
_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_COMMA = re.compile(r"[ \t]*,[ \t]*(?:#[^\n]*)?\n")  # what stands behind an item that has a line to itself
_MARKED = 10_000  # from here on, the thousands of a number are set apart
_LINES, _BELOW, _ITEMS, _TABLES = range(4)  # what goes in first where several things go into one place


def edited(text: str, old: Mapping[str, Any], new: Mapping[str, Any], comment: Comment) -> str:
    """The text of a file whose data is ``old``, with what makes its data ``new``; no key is taken away.

    ``comment`` gives what to say behind the value at a path.
    """
    editor = _Editor(text, comment)
    editor.table((), old, new)
    return editor.result()


def literal(value: Any) -> str:
    """A value as TOML, on one line."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{_name(key)} = {literal(below)}" for key, below in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:_}" if value >= _MARKED else str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _name(key: str) -> str:
    return key if _BARE.fullmatch(key) else literal(key)


def _dotted(path: Path) -> str:
    return ".".join(_name(part) for part in path if isinstance(part, str))


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


class _Editor:
    """A text, and what goes in where: offset, end of what it replaces, rank, words."""

    def __init__(self, text: str, comment: Comment) -> None:
        self.text = text if text.endswith("\n") or not text else f"{text}\n"
        self.comment = comment
        self.spans = locate.spans(self.text)
        self.headers = {path: span.start for path, span in self.spans.items() if span.start < span.key}
        self.pairs = {path: span for path, span in self.spans.items() if span.key < span.start < span.end}
        self.splices: list[tuple[int, int, int, str]] = []

    def result(self) -> str:
        """The text with all that goes in."""
        parts, at = [], 0
        for start, end, _, words in sorted(self.splices, key=lambda splice: (splice[0], splice[2])):
            parts += [self.text[at:start], words]
            at = end
        found = "".join([*parts, self.text[at:]])
        return found if self.text else found.lstrip("\n")

    # -- where it goes --------------------------------------------------------------------------------

    def table(self, path: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Put in what a table has more, or otherwise."""
        if not old and self.in_braces(path):
            self.replace(path, new)
            return
        for key, value in new.items():
            here = (*path, key)
            if key not in old:
                self.add(path, key, value)
            elif isinstance(value, dict):
                self.table(here, old[key], value)
            elif _tables(old[key]):
                self.items(here, old[key], value)
            elif value != old[key]:
                self.replace(here, value)

    def items(self, path: Path, old: list[Any], new: list[Any]) -> None:
        """Put in what the tables of a list have more, and the tables that it has more."""
        for i, item in enumerate(old):
            self.table((*path, i), item, new[i])
        last = (*path, len(old) - 1)
        for i in range(len(old), len(new)):
            if path in self.headers:
                block = self.block((*path, i), new[i], f"[[{_dotted(path)}]]")
                self.insert(self.end(last), _ITEMS, block)
            elif comma := _COMMA.match(self.text, self.spans[last].end):
                self.insert(comma.end(), _ITEMS, self.row((*path, i), new[i]))
            else:
                self.insert(self.spans[last].end, _ITEMS, f", {literal(new[i])}")

    def add(self, path: Path, key: str, value: Any) -> None:
        """Put a new key into a table, in the way the table is written."""
        base = path
        while base and base not in self.headers and not self.in_braces(base):
            base = base[:-1]
        name = _dotted((*path[len(base) :], key))
        if self.in_braces(base):
            at = max(span.end for other, span in self.pairs.items() if other[: len(base)] == base != other)
            self.insert(at, _LINES, f", {name} = {literal(value)}")
            return
        beside = self.beside(base)
        near = [end for other, end in beside.items() if other[: len(path)] == path]
        if path != base and not near:
            self.tables(path, {key: value})
        elif isinstance(value, dict) and not (path and near):
            self.tables((*path, key), value)
        elif _tables(value) and not path:
            for i, item in enumerate(value):
                self.insert(len(self.text), _TABLES, self.block((key, i), item, f"[[{name}]]"))
        else:
            at = max(near, default=self.headers.get(path, -1))
            self.insert(self.line_end(at), _LINES, "".join(self.pair((*path, key), name, value)))

    def tables(self, path: Path, table: Mapping[str, Any]) -> None:
        """Put a table at the end, of the text or of the item it lies in, under a header.

        One that has only tables needs no header of its own.
        """
        if table and all(isinstance(value, dict) for value in table.values()):
            for key, value in table.items():
                self.tables((*path, key), value)
            return
        block = self.block(path, table, f"[{_dotted(path)}]")
        if numbers := [i for i, part in enumerate(path) if isinstance(part, int)]:
            self.insert(self.end(path[: numbers[-1] + 1]), _BELOW, block)
        else:
            self.insert(len(self.text), _TABLES, block)

    def replace(self, path: Path, value: Any) -> None:
        span = self.spans[path]
        self.splices.append((span.start, span.end, _LINES, literal(value)))

    def insert(self, at: int, rank: int, words: str) -> None:
        self.splices.append((at, at, rank, words))

    def in_braces(self, path: Path) -> bool:
        """Whether a table stands in braces."""
        span = self.spans.get(path)
        return (
            span is not None
            and path not in self.headers
            and span.start < span.end
            and self.text[span.start] == "{"
        )

    def beside(self, path: Path) -> dict[Path, int]:
        """The pairs that stand under a table's header, or before any, and where each ends."""
        first = self.headers.get(path, -1)
        stop = min((start for start in self.headers.values() if start > first), default=len(self.text))
        return {other: span.end for other, span in self.pairs.items() if first < span.key < stop}

    def end(self, path: Path) -> int:
        """Where the line begins behind all that lies in an item."""
        ends = [span.end for other, span in self.spans.items() if other[: len(path)] == path]
        return self.line_end(max(ends))

    def line_end(self, at: int) -> int:
        """Where the line behind an offset begins; of none, where the text does."""
        return self.text.find("\n", at) + 1 if at >= 0 else 0

    # -- how it is written ----------------------------------------------------------------------------

    def block(self, path: Path, table: Mapping[str, Any], header: str) -> str:
        """A table under its header."""
        lines = (line for key, value in table.items() for line in self.pair((*path, key), _name(key), value))
        return "".join(["\n", header, "\n", *lines])

    def pair(self, path: Path, name: str, value: Any) -> Iterator[str]:
        """The lines of a key and its value."""
        if not _tables(value):
            yield self.line(f"{name} = {literal(value)}", path, value)
            return
        yield f"{name} = [\n"
        for i, item in enumerate(value):
            yield self.row((*path, i), item)
        yield "]\n"

    def row(self, path: Path, item: Mapping[str, Any]) -> str:
        """A table of a list, on a line of its own."""
        return self.line(f"  {literal(item)},", path, item)

    def line(self, words: str, path: Path, value: Any) -> str:
        comment = " · ".join(filter(None, self.said(path, value)))
        return f"{words}  # {comment}\n" if comment else f"{words}\n"

    def said(self, path: Path, value: Any) -> Iterator[str]:
        """What is said of a value, or of all that a table has."""
        if not isinstance(value, dict):
            yield self.comment(path)
            return
        for key, below in value.items():
            yield from self.said((*path, key), below)
