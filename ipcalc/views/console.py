"""A page in a terminal, through rich, or in plain text where there is none."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from ipcalc.views.page import Block, Code, Heading, Page, Span, Table, inert, on_one_line

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
    for i, block in enumerate(page):
        if i and isinstance(block, Heading):
            console.print()
        # what stands in columns already is neither wrapped nor cut
        console.print(_block(block), soft_wrap=isinstance(block, Code))
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _block(block: Block) -> Text | Padding | Grid:
    if isinstance(block, Heading):
        return _text(block.line)
    if isinstance(block, Code):
        return Text(inert(block.text))
    if isinstance(block, Table):
        return _grid(block)
    text: Text | Grid = _text(block.line)
    if block.mark:
        hanging = Grid.grid(padding=(0, 1, 0, 0))
        hanging.add_row(Text(block.mark), text)
        text = hanging
    return Padding(text, (0, 0, 0, 2 * block.depth)) if block.depth else text


def _text(line: Sequence[Span]) -> Text:
    text = Text()
    for span in line:
        text.append(on_one_line(span.text), _STYLES[span.style])
    return text


def _grid(table: Table) -> Grid:
    grid = Grid(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for title, right in table.columns:
        grid.add_column(Text(on_one_line(title)), justify="right" if right else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*(Text(on_one_line(cell)) for cell in row))
    return grid
