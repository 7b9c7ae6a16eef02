"""A file that was read, whatever its format: its data, and the place of each value in its text."""

from __future__ import annotations

import array
import bisect
import functools
import itertools
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from ipcalc.inputs import DEPTH, ITEMS
from ipcalc.inputs.diagnostics import Diagnostic, Place, Refused
from ipcalc.quantity import Unreadable

if TYPE_CHECKING:
    from ipcalc.inputs import locate

Format = Literal["toml", "json"]


class Fault(NamedTuple):
    """A problem in a text: its code, where in it (characters), and what the message needs."""

    code: str
    start: int
    end: int
    args: Mapping[str, str]
    near: str = ""


class Spans(Protocol):
    """The spans of a text by path."""

    def get(self, path: locate.Path, /) -> locate.Span | None:
        """Where a path stands, if the text has it."""


class Remark(NamedTuple):
    """Something that data made from another document rests on: at its path, a key of the catalogue."""

    path: locate.Path
    key: str
    args: Mapping[str, str]


class Document(NamedTuple):
    """A file that was read: its name, its text, its data, and the values that ``--set`` laid over it.

    Data that was made from other documents says by path which document's path each part came from: such a
    document's own text need not contain them. Its remarks say what was read into them.
    """

    name: str
    text: str
    data: dict[str, Any]
    overlaid: Mapping[locate.Path, str] = {}
    format: Format = "toml"
    origins: Mapping[locate.Path, tuple[Document, locate.Path]] = {}
    remarks: tuple[Remark, ...] = ()

    def place(
        self, path: locate.Path, *, at_key: bool = False, within: tuple[int, int] | None = None
    ) -> Place:
        """Where a value stands (or its key), or where the nearest table above it does.

        ``within`` is a range of characters inside a string value.
        """
        for above in range(len(path), -1, -1):
            if path[:above] in self.overlaid:
                return Place(self.overlaid[path[:above]])
            if path[:above] in self.origins:
                document, origin = self.origins[path[:above]]
                return document.place(origin, at_key=at_key)
        found = _spans(self.text, self.format)
        whole = path
        while path and not (span := found.get(path)):
            path, at_key = path[:-1], True
        if not path or not span:
            return position(self.name, self.text, 0, 1 if whole else 0)
        if at_key or span.start == span.end:
            return position(self.name, self.text, span.key, span.key_end)
        if within and self.text[span.start] in "\"'":
            offsets = _offsets(self.text[span.start : span.end], self.format)
            start, end = (offsets[min(i, len(offsets) - 1)] for i in within)
            return position(self.name, self.text, span.start + start, span.start + max(end, start + 1))
        return position(self.name, self.text, span.start, span.end)

    def problem(
        self,
        code: str,
        path: locate.Path,
        near: str = "",
        *,
        at_key: bool = False,
        within: tuple[int, int] | None = None,
        also: locate.Path | None = None,
        **args: str,
    ) -> Diagnostic:
        """A diagnostic at a path of this document, with a second place where there are two."""
        second = self.place(also) if also is not None else None
        return Diagnostic(code, args, self.place(path, at_key=at_key, within=within), near, second)

    def unreadable(self, path: locate.Path, error: Unreadable) -> Diagnostic:
        """The diagnostic of a value that could not be read."""
        args = {"key": str(path[-1]) if path else "", **error.args_of_message}
        return Diagnostic(error.code, args, self.place(path), args.pop("near", ""))

    def fault(self, path: locate.Path, fault: Fault) -> Diagnostic:
        """The diagnostic of a fault in a text that stands at a path, at the characters it is about."""
        place = self.place(path, within=(fault.start, fault.end))
        return Diagnostic(fault.code, fault.args, place, fault.near)


# only what is reported needs a place: the locators are imported then


@functools.lru_cache(maxsize=8)
def _spans(text: str, form: Format) -> Spans:
    if form == "json":
        from ipcalc.inputs import locate_json

        return locate_json.Spans(text)
    from ipcalc.inputs import locate

    return locate.spans(text)


def _offsets(literal: str, form: Format) -> Sequence[int]:
    """The offset in a string literal of each character that it stands for, and of its end."""
    if form == "json":
        from ipcalc.inputs import locate_json

        return locate_json.decode(literal)[1]
    from ipcalc.inputs import locate

    return locate.decode(literal)[1]


def position(name: str, text: str, start: int, end: int) -> Place:
    """Offsets of a text as a place: line and column from 1, the line itself, the width on that line."""
    starts = _line_starts(text)
    line = bisect.bisect_right(starts, start)
    first = starts[line - 1]
    stop = starts[line] - 1 if line < len(starts) else len(text)
    width = max(1, min(end, stop) - start)
    return Place(name, line, start - first + 1, _line(text, first, stop), width)


@functools.lru_cache(maxsize=8)
def _line_starts(text: str) -> array.array[int]:
    return array.array("L", itertools.chain([0], (match.end() for match in re.finditer("\n", text))))


@functools.lru_cache(maxsize=8)
def _line(text: str, first: int, stop: int) -> str:
    """A line, which may be all of the text and is shared by all places on it."""
    return text[first:stop].rstrip("\r")


def within_limits(document: Document) -> Document:
    """The document, if it is not too deep and no list or table in it is too long; else raises ``Refused``.

    Without recursion: the data may be as deep as the parser allows.
    """
    problems: list[Diagnostic] = []
    deep: dict[locate.Path, locate.Path] = {}  # the first of each key of the file
    waiting: list[tuple[locate.Path, Any]] = [((), document.data)]
    while waiting:
        path, node = waiting.pop()
        if len(path) >= DEPTH:
            deep[path[:1]] = path
        elif len(node) > ITEMS:
            problems.append(document.problem("T110", path, at_key=True, limit=str(ITEMS)))
        else:
            items = node.items() if isinstance(node, dict) else enumerate(node)
            last = len(path) == DEPTH - 1  # an empty one is looked at only where it is too deep
            waiting += [
                ((*path, key), value)
                for key, value in items
                if isinstance(value, dict | list) and (value or last)
            ]
    for path in deep.values():
        problems.append(document.problem("T108", path, at_key=True, limit=str(DEPTH)))
    if problems:
        raise Refused(problems)
    return document
