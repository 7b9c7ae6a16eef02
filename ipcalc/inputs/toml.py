"""The one door for every TOML file: limits, encodings, the parser's exceptions, positions.

Limits: 1 MiB a file, 32 levels of tables and arrays, 10,000 items in a list.
"""

from __future__ import annotations

import bisect
import functools
import os
import re
import stat
import sys
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ipcalc.inputs import DEPTH, ITEMS, SIZE
from ipcalc.inputs.diagnostics import Diagnostic, Place, Refused, refuse
from ipcalc.quantity import Unreadable

if TYPE_CHECKING:
    from ipcalc.inputs import locate

KEY_PARTS = 4 * DEPTH


class Fault(NamedTuple):
    """A problem in a text: its code, where in it (characters), and what the message needs."""

    code: str
    start: int
    end: int
    args: Mapping[str, str]
    near: str = ""


class Document(NamedTuple):
    """A TOML file that was read: its name, its text, its data, and the values that ``--set`` laid over it."""

    name: str
    text: str
    data: dict[str, Any]
    overlaid: Mapping[locate.Path, str] = {}

    def place(
        self, path: locate.Path, *, at_key: bool = False, within: tuple[int, int] | None = None
    ) -> Place:
        """Where a value stands (or its key), or where the nearest table above it does.

        ``within`` is a range of characters inside a string value.
        """
        for above in range(len(path), 0, -1):
            if path[:above] in self.overlaid:
                return Place(self.overlaid[path[:above]])
        found = _spans(self.text)
        whole = path
        while path and path not in found:
            path, at_key = path[:-1], True
        if not path:
            return position(self.name, self.text, 0, 1 if whole else 0)
        span = found[path]
        if at_key or span.start == span.end:
            return position(self.name, self.text, span.key, span.key_end)
        if within and self.text[span.start] in "\"'":
            from ipcalc.inputs import locate

            _, offsets = locate.decode(self.text[span.start : span.end])
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


@functools.lru_cache(maxsize=8)
def _spans(text: str) -> dict[locate.Path, locate.Span]:
    from ipcalc.inputs import locate  # only what is reported needs a place

    return locate.spans(text)


def position(name: str, text: str, start: int, end: int) -> Place:
    """Offsets of a text as a place: line and column from 1, the line itself, the width on that line."""
    starts = _line_starts(text)
    line = bisect.bisect_right(starts, start)
    first = starts[line - 1]
    stop = starts[line] - 1 if line < len(starts) else len(text)
    width = max(1, min(end, stop) - start)
    return Place(name, line, start - first + 1, text[first:stop].rstrip("\r"), width)


@functools.lru_cache(maxsize=8)
def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def load(source: str | Path) -> Document:
    """Read a file, or standard input for ``-``. Raises ``Refused`` with everything that is wrong with it."""
    name = "<stdin>" if source == "-" else str(source)
    return parse(name, _decode(name, _bytes(name, source)))


def _bytes(name: str, source: str | Path) -> bytes:
    try:
        raw = sys.stdin.buffer.read(SIZE + 1) if source == "-" else _regular(name, source)
    except FileNotFoundError:
        raise refuse("T101", name) from None
    except (OSError, ValueError, AttributeError) as error:  # without standard input, sys.stdin is None
        raise refuse("T102", name, reason=getattr(error, "strerror", None) or "invalid name") from None
    if len(raw) > SIZE:
        raise refuse("T104", name, limit="1 MiB")
    return raw


def _regular(name: str, source: str | Path) -> bytes:
    # non-blocking, so that a pipe without a writer can't hold us up
    handle = os.open(source, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise refuse("T103", name)
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(SIZE + 1)
    finally:
        os.close(handle)


def _decode(name: str, raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise refuse("T105", Place(name, 1, 1), encoding="UTF-16")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        text = raw.decode(errors="replace")
        place = position(name, text, len(before), len(before) + 1)
        raise refuse("T106", place, byte=f"0x{raw[error.start]:02x}") from None


def parse(name: str, text: str) -> Document:
    """The text of a TOML file as a document. Raises ``Refused``."""
    import tomli

    text = text.replace("\r\n", "\n")  # as the parser does: its positions count a line's end as one
    if any(line.count(".") >= KEY_PARTS for line in text.split("\n")):
        _no_deep_key(name, text)
    try:
        data = tomli.loads(text, parse_float=Decimal)
    except tomli.TOMLDecodeError as error:
        from ipcalc.inputs import syntax

        start, end, hint = syntax.explain(text, error.msg, error.pos)
        raise refuse("T107", position(name, text, start, end), reason=error.msg, hint=hint) from None
    except RecursionError:
        raise refuse("T108", name, limit=str(DEPTH)) from None
    except (ValueError, InvalidOperation):
        long = re.search(r"[0-9][0-9_]{4000,}|0x[0-9A-Fa-f_]{3000,}|[eE][+-]?[0-9_]{10,}", text)
        raise refuse("T109", position(name, text, *long.span()) if long else name) from None
    return within_limits(Document(name, text, data))


def _no_deep_key(name: str, text: str) -> None:
    """Refuse a key of very many parts: the parser's time grows with the square of their number."""
    pattern = rf"(?<![\w\"'.-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){{{KEY_PARTS}}}"
    if deep := re.search(pattern, text):
        raise refuse("T108", position(name, text, deep.start(), deep.start() + 1), limit=str(DEPTH))


def within_limits(document: Document) -> Document:
    """The document, if it is not too deep and no list or table in it is too long; else raises ``Refused``.

    Without recursion: the data may be as deep as the parser allows.
    """
    problems: list[Diagnostic] = []
    waiting: list[tuple[locate.Path, Any]] = [((), document.data)]
    while waiting:
        path, node = waiting.pop()
        if len(path) >= DEPTH:
            problems.append(document.problem("T108", path[:1], at_key=True, limit=str(DEPTH)))
        elif len(node) > ITEMS:
            problems.append(document.problem("T110", path, at_key=True, limit=str(ITEMS)))
        else:
            items = node.items() if isinstance(node, dict) else enumerate(node)
            waiting += [((*path, key), value) for key, value in items if isinstance(value, dict | list)]
    if problems:
        raise Refused(problems)
    return document
