"""A page in a terminal, through rich, or in plain text where there is none."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from ipcalc.views.page import Chart, Code, Heading, Line, Page, Span, Table, inert, on_one_line

if TYPE_CHECKING:
    from rich.table import Table as Grid

_STYLES = {"good": "green", "bad": "bold red", "open": "yellow", "dim": "dim", "strong": "bold", "": ""}


def draw(page: Page, *, width: int = 80, colour: bool = False) -> str:
    """The page as text for a terminal of ``width`` cells, with colour codes only if asked."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=max(width, 20),
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )
    lines: list[Text] = []
    for i, block in enumerate(page):
        if i and isinstance(block, Heading):
            lines.append(Text())
        if isinstance(block, Table):
            _print(console, lines)
            console.print(_grid(block))
        elif isinstance(block, Code | Chart):  # what stands in columns already is neither wrapped nor cut
            shown = block.text if isinstance(block, Code) else block.draw(console.width)
            lines += Text(inert(shown)).split("\n", allow_blank=True)
        else:
            lines += _wrapped(console, block)
    _print(console, lines)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _print(console: Console, lines: list[Text]) -> None:
    """Print lines that are wrapped already, and forget them."""
    if lines:
        console.print(Text("\n").join(lines), soft_wrap=True)
        lines.clear()


def _wrapped(console: Console, block: Heading | Line) -> list[Text]:
    """A line at its depth, behind its mark; what is wrapped hangs below its first word."""
    depth, mark = (0, "") if isinstance(block, Heading) else (block.depth, block.mark)
    first = "  " * depth + (f"{mark} " if mark else "")
    whole = _text(block.line)
    wrapped = whole.divide(_breaks(whole.plain, max(console.width - len(first), 10)))
    for text in wrapped:
        text.rstrip()
    return [Text(first if i == 0 else " " * len(first)) + text for i, text in enumerate(wrapped)]


# what stays together on a line: a word; or one Chinese character with its opening and closing marks
_HAN = "\u2e80-\u303f\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff"
_OPEN, _CLOSE = "（「『《【", "，。、；：？！）」』》】"
_CHUNK = re.compile(rf"\s*(?:[{_OPEN}]*(?:[{_HAN}]|[^\s{_HAN}]+)[{_CLOSE}]*)\s*|\s+")


def _breaks(text: str, width: int) -> list[int]:
    """Where to break a text into lines: between words or Chinese characters, within only what is too long."""
    breaks: list[int] = []
    used = 0
    for chunk in _CHUNK.finditer(text):
        need = cell_len(chunk[0].rstrip())
        if used and used + need > width:
            breaks.append(chunk.start())
            used = 0
        if need <= width:
            used += cell_len(chunk[0])
            continue
        for i, character in enumerate(chunk[0], chunk.start()):
            cells = cell_len(character)
            if used + cells > width:
                breaks.append(i)
                used = 0
            used += cells
    return breaks


def _text(line: Sequence[Span]) -> Text:
    text = Text()
    for span in line:
        text.append(on_one_line(span.text), _STYLES[span.style])
    return text


def _grid(table: Table) -> Grid:
    from rich.table import Table as Grid

    grid = Grid(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for title, right in table.columns:
        grid.add_column(Text(on_one_line(title)), justify="right" if right else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*(Text(on_one_line(cell)) for cell in row))
    return grid
