"""Errors as people read them: ``file:line:col: CODE: message``, the line, a caret, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from ipcalc import texts
from ipcalc.inputs.diagnostics import SHOWN, Diagnostic, Place, page
from ipcalc.views.page import Code, Line, Page, Span, on_one_line


def draw(diagnostics: Sequence[Diagnostic], lang: str) -> Page:
    """The first errors in file order, and a count of the rest."""
    blocks: list[Line | Code] = []
    for diagnostic in diagnostics[:SHOWN]:
        where = Span(f"{_where(diagnostic.place)}: ", "strong")
        blocks.append(Line((where, Span(f"{diagnostic.code}: ", "bad"), Span(diagnostic.message(lang)))))
        advice = _advice(diagnostic, lang)
        if diagnostic.place.excerpt:
            blocks.append(Code(_excerpt(diagnostic.place, advice)))
        elif advice:
            blocks.append(Line((Span(advice),), 1))
        if diagnostic.also:
            blocks.append(Line((Span(f"{_where(diagnostic.also)}: {texts.say('error.also', lang)}"),), 1))
            blocks.append(Code(_excerpt(diagnostic.also, "")))
    if (more := len(diagnostics) - SHOWN) > 0:
        blocks.append(Line((Span(texts.say("error.more", lang, n=more), "strong"),)))
    return blocks


def _where(place: Place) -> str:
    return f"{place.source}:{place.line}:{place.column}" if place.line else place.source


def _advice(diagnostic: Diagnostic, lang: str) -> str:
    if diagnostic.near:
        return texts.say("error.near", lang, word=diagnostic.near)
    about = page(diagnostic.code)
    if "hints" in about:
        return texts.choose(about["hints"][diagnostic.args["hint"]], lang)  # type: ignore[literal-required]
    return texts.choose(about["hint"], lang) if "hint" in about else ""


WIDTH = 72  # cells of a line that are shown


def _excerpt(place: Place, advice: str) -> str:
    """The line with a caret below the fault; columns are cells, so a wide character counts two.

    A long line is shown around the fault, and advice that does not fit beside the caret stands below it.
    """
    from rich.cells import cell_len, set_cell_size

    start, far = place.column - 1, 4 * WIDTH  # a line may be megabytes: what is far away is never looked at
    stop = start + place.width
    around = (max(start - far, 0), start), (start, min(stop, start + far)), (stop, stop + far)
    parts = (place.excerpt[first:last] for first, last in around)
    before, marked, after = (on_one_line(part) for part in parts)
    while before and cell_len(before) + min(cell_len(marked), WIDTH // 2) > WIDTH:
        before = before[max(1, (cell_len(before) - WIDTH // 2) // 2) :]
    line = before + marked + after
    shown = set_cell_size(line, WIDTH) if cell_len(line) > WIDTH else line
    indent = cell_len(before)
    caret = "^" * max(1, min(cell_len(marked), WIDTH - indent))
    pad = f"{'':5} | "
    beside = indent + len(caret) + 1 + cell_len(advice) <= WIDTH
    below = f" {advice}" if beside or not advice else f"\n{pad}{advice}"
    return f"{place.line:>5} | {shown}\n{pad}{' ' * indent}{caret}{below}".rstrip()
