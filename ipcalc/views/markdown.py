"""A page as Markdown: text from files makes no markup, no link, no image and no HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ipcalc.views.page import Block, Chart, Code, Heading, Page, Span, Table, inert, on_one_line

WIDTH = 80  # of charts

# what can be markup; a point only behind a list's number, and in an address that would become a link
_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$:@=^-]|(?<=[0-9])\.(?=\s|$)|(?<=[Ww]{3})\.)")


def draw(page: Page) -> str:
    """The page as Markdown text."""
    return "\n".join(part for block in page for part in _block(block)).strip() + "\n"


def text(raw: str) -> str:
    """Text with everything that Markdown or HTML could read as markup escaped, on one line."""
    escaped = _MARKS.sub(r"\\\1", on_one_line(raw))
    return escaped.replace("\\<", "&lt;").replace("\\>", "&gt;").replace("\\&", "&amp;")


def _line(line: Sequence[Span]) -> str:
    words = "".join(text(span.text) for span in line).strip()
    strong = words and all(span.style in ("strong", "bad", "good") for span in line)
    return f"**{words}**" if strong else words


def _block(block: Block) -> list[str]:
    if isinstance(block, Heading):
        words = "".join(text(span.text) for span in block.line).strip()
        return ["", f"{'#' * block.level} {words}", ""]
    if isinstance(block, Code | Chart):
        shown = block.text if isinstance(block, Code) else block.draw(WIDTH)
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", shown)), 0)
        return ["", fence, *inert(shown).split("\n"), fence, ""]
    if isinstance(block, Table):
        titles = " | ".join(text(title) for title, _ in block.columns)
        rule = " | ".join("---:" if right else "---" for _, right in block.columns)
        rows = [f"| {' | '.join(text(cell) for cell in row)} |" for row in block.rows]
        return ["", f"| {titles} |", f"| {rule} |", *rows, ""]
    if not block.depth:
        return [f"{_line(block.line)}\n"]
    return [f"{'  ' * (block.depth - 1)}- {_line(block.line)}"]
