"""Where each key and value of a JSON text stands.

Like the locator of TOML, this walks only a text that the parser has accepted, and only when there is
something to report. The inside of an object or list is looked through when something in it is asked for:
the memory is that of what is reported, not of the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ipcalc.inputs import ITEMS
from ipcalc.inputs.locate import Path, Span

_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SPACE = re.compile(r"[ \t\r\n]*")
_KEY = re.compile(_STRING)
_SCALAR = re.compile(rf"{_STRING}|[^ \t\r\n,\]}}]+")
_BRACKETS = re.compile(rf"{_STRING}|[\[\]{{}}]")
_KEYS = re.compile(rf"({_STRING})[ \t\r\n]*+:|{_STRING}|[\[\]{{}}]")
_WORDS = re.compile(rf'{_STRING}|[^ \t\r\n"\[\]{{}},:]+')


class Spans:
    """The spans of a valid JSON text by path."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.known: dict[int, dict[str | int, Span]] = {}  # by the offset of the object or list

    def get(self, path: Path) -> Span | None:
        """Where a path stands, if the text has it."""
        start = self.gap(0)
        span: Span | None = Span(start, start, start, len(self.text.rstrip(" \t\r\n")))
        for part in path:
            if span is None:
                return None
            if span.start not in self.known:
                self.known[span.start] = self.inside(span.start)
            span = self.known[span.start].get(part)
        return span

    def gap(self, at: int) -> int:
        """The offset of what comes after blanks."""
        match = _SPACE.match(self.text, at)
        assert match is not None
        return match.end()

    def inside(self, start: int) -> dict[str | int, Span]:
        """The spans of what an object or list holds; nothing, for another value."""
        found: dict[str | int, Span] = {}
        closing = {"{": "}", "[": "]"}.get(self.text[start])
        at = self.gap(start + 1) if closing else start
        while closing and self.text[at] != closing and len(found) <= ITEMS:
            part: str | int = len(found)
            key = key_end = at
            if closing == "}":
                match = _KEY.match(self.text, at)
                assert match is not None
                part, key_end = decode(match[0])[0], match.end()
                at = self.gap(self.gap(key_end) + 1)  # behind the colon
            end = self.end(at)
            found[part] = Span(key, key_end if closing == "}" else end, at, end)
            at = self.gap(end)
            if self.text[at] == ",":
                at = self.gap(at + 1)
        return found

    def end(self, start: int) -> int:
        """The offset behind a value."""
        if self.text[start] not in "[{":
            match = _SCALAR.match(self.text, start)
            assert match is not None
            return match.end()
        depth = 0
        for token in _BRACKETS.finditer(self.text, start):
            depth += _step(self.text[token.start()])
            if not depth:
                return token.end()
        raise AssertionError("the parser accepted a bracket that is not closed")


def _step(char: str) -> int:
    return 1 if char in "[{" else -1 if char in "]}" else 0


def too_deep(text: str, limit: int) -> int | None:
    """The offset of the first bracket that opens a level beyond a limit."""
    depth = 0
    for token in _BRACKETS.finditer(text):
        depth += _step(text[token.start()])
        if depth > limit:
            return token.start()
    return None


def left_open(text: str) -> int | None:
    """The offset of the innermost bracket that is not closed."""
    waiting: list[int] = []
    for token in _BRACKETS.finditer(text):
        step = _step(text[token.start()])
        if step > 0:
            waiting.append(token.start())
        elif step and waiting:
            waiting.pop()
    return waiting[-1] if waiting else None


def word(text: str, wanted: str) -> tuple[int, int]:
    """Where a word or number first stands outside of strings."""
    return next(token.span() for token in _WORDS.finditer(text) if token[0] == wanted)


class Repeated(NamedTuple):
    """A key that stands twice in one object, and the offsets of both."""

    key: str
    first: tuple[int, int]
    second: tuple[int, int]


def repeated(text: str) -> Repeated:
    """The first key that stands twice in one object of a text that has such a key."""
    waiting: list[dict[str, tuple[int, int]]] = []
    for token in _KEYS.finditer(text):
        step = _step(text[token.start()])
        if step > 0:
            waiting.append({})
        elif step < 0:
            waiting.pop()
        elif token[1]:
            key = decode(token[1])[0]
            if key in waiting[-1]:
                return Repeated(key, waiting[-1][key], token.span(1))
            waiting[-1][key] = token.span(1)
    raise AssertionError("no key stands twice")


_LONE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)


def half(text: str) -> tuple[int, int] | None:
    """Where an escape stands for half of a character, its other half not beside it."""
    return next((escape.span() for escape in _LONE.finditer(text) if escape[1]), None)


_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))"
)
_SHORT = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


def decode(raw: str) -> tuple[str, Sequence[int]]:
    """The text of a string literal, and for each of its characters (and the end) the offset in ``raw``."""
    if "\\" not in raw:
        return raw[1:-1], range(1, len(raw))
    out: list[str] = []
    offsets: list[int] = []
    at, end = 1, len(raw) - 1
    while at < end:
        offsets.append(at)
        if raw[at] != "\\":
            out.append(raw[at])
            at += 1
            continue
        escape = _ESCAPE.match(raw, at)
        assert escape is not None
        high, low, code, short = escape.groups()
        if high:
            out.append(chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00))
        else:
            out.append(chr(int(code, 16)) if code else _SHORT.get(short, short))
        at = escape.end()
    return "".join(out), [*offsets, end]
