"""Where each key and value of a TOML text stands.

tomli alone judges what is valid; this scanner walks a text that tomli has accepted, and only when there is
something to report. So it needs no error handling of its own.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ipcalc.inputs import DEPTH, ITEMS

Path = tuple[str | int, ...]


class Span(NamedTuple):
    """Offsets in characters: the key, and the value from its first to behind its last character."""

    key: int
    key_end: int
    start: int
    end: int


_GAP = re.compile(r"[ \t\r\n]*(?:#[^\n]*[ \t\r\n]*)*")
_COMMA = re.compile(rf"{_GAP.pattern}(?:,{_GAP.pattern})?")
_BLANK = re.compile(r"[ \t]*")
_BARE = re.compile(r"[^\s\"'=.\[\]{},#]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")
_STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"""(?:"{1,2}(?!"))?', re.DOTALL),
    re.compile(r"'''.*?'''(?:'{1,2}(?!'))?", re.DOTALL),
    re.compile(r'"(?:[^"\\]|\\.)*"'),
    re.compile(r"'[^']*'"),
)


def spans(text: str) -> dict[Path, Span]:
    """The span of every table, key and array item of a valid TOML text, by its path."""
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, Span] = {}
        self.counts: dict[Path, int] = {}

    def run(self) -> dict[Path, Span]:
        base: Path = ()
        while True:
            self.skip(_GAP)
            if self.at >= len(self.text):
                return self.found
            if self.text[self.at] == "[":
                base = self.header()
            else:
                self.pair(base)

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def note(self, path: Path, span: Span, *, first: bool = False) -> None:
        if len(path) <= DEPTH and not (first and path in self.found):
            self.found[path] = span

    def header(self) -> Path:
        start = self.at
        array = self.text.startswith("[[", start)
        self.at += 2 if array else 1
        path: Path = ()
        parts = self.key()
        for i, (part, key, key_end) in enumerate(parts):
            path = (*path, part)
            last = i == len(parts) - 1
            if last and array:
                index = self.counts.get(path, 0)
                self.counts[path] = index + 1
                self.note(path, Span(key, key_end, start, start), first=True)
                path = (*path, index)
                self.note(path, Span(key, key_end, start, start))
            elif last:
                self.note(path, Span(key, key_end, start, start))
            else:
                self.note(path, Span(key, key_end, key, key_end), first=True)
                if path in self.counts:
                    path = (*path, self.counts[path] - 1)
        self.at += 2 if array else 1
        return path

    def key(self) -> list[tuple[str, int, int]]:
        parts = []
        while True:
            self.skip(_BLANK)
            start = self.at
            if self.text[start] in "\"'":
                name = self.string()
            else:
                self.skip(_BARE)
                name = self.text[start : self.at]
            parts.append((name, start, self.at))
            self.skip(_BLANK)
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def pair(self, base: Path) -> None:
        path = base
        parts = self.key()
        self.at += 1  # the equals sign
        self.skip(_BLANK)
        start = self.at
        for part, key, key_end in parts:
            path = (*path, part)
            self.note(path, Span(key, key_end, start, start), first=True)
        self.value(path)
        self.note(path, Span(parts[-1][1], parts[-1][2], start, self.at))

    def value(self, path: Path) -> None:
        opening = self.text[self.at]
        if opening in "\"'":
            self.string()
        elif opening == "[":
            self.items(path)
        elif opening == "{":
            self.at += 1
            while self.more("}"):
                self.pair(path)
        else:
            start = self.at
            self.skip(_SCALAR)
            self.at = start + len(self.text[start : self.at].rstrip())

    def items(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self.more("]"):
            start = self.at
            item = (*path, index)
            self.value(item)
            self.note(item, Span(start, self.at, start, self.at))
            index = min(index + 1, ITEMS)

    def more(self, closing: str) -> bool:
        self.skip(_COMMA)
        if self.text[self.at] == closing:
            self.at += 1
            return False
        return True

    def string(self) -> str:
        for pattern in _STRINGS:
            if match := pattern.match(self.text, self.at):
                start, self.at = self.at, match.end()
                return decode(self.text[start : self.at])[0]
        raise AssertionError("the parser accepted a string that this scanner can't read")


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|([btnfre\"\\])|[ \t\r\n]+)")
_SHORT = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}


def decode(raw: str) -> tuple[str, list[int]]:
    """The text of a string literal, and for each of its characters (and the end) the offset in ``raw``."""
    quote = raw[:3] if raw.startswith(('"""', "'''")) else raw[:1]
    at, end = len(quote), len(raw) - len(quote)
    if len(quote) == 3:
        at += 2 if raw.startswith("\r\n", 3) else raw.startswith("\n", 3)
    out: list[str] = []
    offsets: list[int] = []
    while at < end:
        step = 1
        char = raw[at]
        if raw.startswith("\r\n", at):
            char, step = "\n", 2
        if quote[0] == '"' and char == "\\":
            match = _ESCAPE.match(raw, at)
            assert match is not None
            step = match.end() - at
            code = match[1] or match[2] or match[3]
            char = chr(int(code, 16)) if code else _SHORT.get(match[4] or "", "")
        if char:
            out.append(char)
            offsets.append(at)
        at += step
    return "".join(out), [*offsets, end]
