"""What a page is made of, whatever draws it, and the door that makes text from files inert."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

# Characters that could steer a terminal or reorder what is read: C0 but newline and tab, DEL, C1,
# bidi controls, line and paragraph separators, other invisible format characters (but the joiners that
# emoji and scripts need), and lone surrogates.
ACTIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


def inert(text: str) -> str:
    """Text with every active character shown as its escape, ``\\x1b``."""
    return ACTIVE.sub(_escape, text)


def on_one_line(text: str) -> str:
    """Inert text in which a line's end or a tab is a space: what a span or a cell is drawn as."""
    return inert(text.replace("\n", " ").replace("\t", " "))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


class Span(NamedTuple):
    """A piece of a line. ``style`` is one of: good, bad, open, dim, strong, or empty."""

    text: str
    style: str = ""


class Heading(NamedTuple):
    """A heading; level 1 is the page's title."""

    line: Sequence[Span]
    level: int = 2


class Line(NamedTuple):
    """A line of text, at a depth of indentation. With a ``mark`` before it, wrapped lines hang below it."""

    line: Sequence[Span]
    depth: int = 0
    mark: str = ""


class Code(NamedTuple):
    """Lines that are shown as they are."""

    text: str


class Chart(NamedTuple):
    """Lines that are drawn to fit into a width, in cells, and shown as they are."""

    draw: Callable[[int], str]


class Table(NamedTuple):
    """Columns (title, right-aligned or not) and rows of cells."""

    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[str]]


Block = Heading | Line | Code | Chart | Table
Page = Sequence[Block]


def line(text: str, style: str = "", depth: int = 0, mark: str = "") -> Line:
    """A line in one style."""
    return Line((Span(text, style),), depth, mark)


def heading(text: str, level: int = 2, style: str = "strong") -> Heading:
    """A heading in one style."""
    return Heading((Span(text, style),), level)
