"""Pages in a terminal: aligned, inert, and the caret under the fault."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ipcalc.inputs import toml
from ipcalc.inputs.diagnostics import Diagnostic, Place, Refused
from ipcalc.views import console, diagnostics
from ipcalc.views.page import Code, Heading, Line, Span, Table, heading, inert, line

HARM = {
    "ESC": "\x1b[31m",
    "OSC link": "\x1b]8;;https://example.invalid\x1b\\x",
    "C1": "\u009b31m",
    "NUL": "a\0b",
    "BEL": "\x07",
    "BS": "a\b",
    "CR": "a\rb",
    "DEL": "\x7f",
    "bidi": "\u202eabc\u202c\u2066\u061c\u200f",
    "separators": "a\u2028b\u2029c\u0085d",
    "surrogate": "a\udc80b",
    "zero width": "a\u200bb\ufeffc\u00add",
    "tags": "\U000e0041",
}
ALLOWED = re.compile(r"[\n\x20-\x7e\u00a0-\uffff\U00010000-\U0010ffff]*")
ACTIVE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def page_of(text):
    return [
        heading(text),
        line(text, "bad", 1),
        Line((Span(text), Span(text, "strong"))),
        Code(text),
        Table([(text, False), ("n", True)], [[text, text], ["x", text]]),
    ]


@pytest.mark.parametrize("name", HARM)
@pytest.mark.parametrize("width", [20, 80])
def test_nothing_active_reaches_the_terminal(name, width):
    drawn = console.draw(page_of(HARM[name]), width=width)
    assert not ACTIVE.search(drawn)
    assert drawn.encode()


@given(st.text(st.characters(), max_size=60), st.sampled_from([20, 33, 80]))
def test_no_text_is_active(text, width):
    assert not ACTIVE.search(console.draw(page_of(text), width=width))


def test_escapes_are_visible():
    assert inert("\x1b\u009b\u202e\U000e0041\udc80") == "\\x1b\\x9b\\u202e\\U000e0041\\udc80"
    assert inert("中文 é 😀 👩\u200d🔬") == "中文 é 😀 👩\u200d🔬"


@pytest.mark.parametrize(
    "text",
    [
        "[bold]x[/bold]",
        "[link=https://example.invalid]guide[/link]",
        ":skull: :white_check_mark:",
        "[/]",
        "\\[x]",
    ],
)
def test_markup_and_emoji_codes_stay_literal(text):
    for part in console.draw(page_of(text), width=200).strip().split("\n"):
        assert text in part or part.split() == ["x", text]


def test_a_text_can_not_forge_a_line():
    drawn = console.draw([line("title: x\nVerdict: eligible"), Table([("a", False)], [["x\ny"]])])
    assert drawn == "title: x Verdict: eligible\na\nx y\n"


@pytest.mark.parametrize("width", [0, 1, 2, 20, 1000])
def test_any_width(width):
    table = Table(
        [("名稱", False), ("amount", True), ("c", True)],
        [["一二三四五六七八九十" * 3, "1,000,000", "x" * 50]],
    )
    drawn = console.draw(
        [heading("標題" * 30, 1), line("x" * 100, depth=3), table, Code("y" * 150)], width=width
    )
    assert drawn.count("x") == 150
    assert drawn.count("一") == 3
    assert "y" * 150 in drawn


def test_columns_align_in_cells():
    rows = [["香港大學", "1"], ["HKU", "20,000"], ["混 mixed（）", "3"], ["👍", "4"]]
    drawn = console.draw(
        [Table([("機構", False), ("金額 HKD", True), ("end", False)], [[*row, "|"] for row in rows])]
    )
    ends = {cell_len(part.partition("|")[0]) for part in drawn.split("\n")[1:-1]}
    assert len(ends) == 1
    assert drawn.split("\n")[0].rstrip().endswith("end")


def test_colour_only_when_asked(monkeypatch):
    page = [line("x", "bad")]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert console.draw(page) == "x\n"
    monkeypatch.setenv("NO_COLOR", "1")
    assert console.draw(page, colour=True) == "\x1b[1;31mx\x1b[0m\n"


def test_depth_and_headings():
    drawn = console.draw([Heading((Span("A"),), 1), line("b", depth=1), heading("C"), line("d", depth=2)])
    assert drawn == "A\n  b\n\nC\n    d\n"


# -- errors -------------------------------------------------------------------------------------------


def drawn(text, path, near="", width=80, **kwargs):
    document = toml.parse("f.toml", text)
    problem = document.problem("F102", path, near, key_name="k", **kwargs)
    return console.draw(diagnostics.draw([problem], "en"), width=width).split("\n")


def caret(parts):
    """The cells of the excerpt that stand above the caret."""
    above, below = parts[1], parts[2]
    start = below.index("^")
    marked, at = "", 0
    for char in above:
        if start <= at < start + below.count("^"):
            marked += char
        at += cell_len(char)
    return marked


def test_an_error_by_hand():
    assert drawn("[aplicant]\n", ("aplicant",), "applicant", at_key=True) == [
        "f.toml:1:2: F102: 'k' is not a key here",
        "    1 | [aplicant]",
        "      |  ^^^^^^^^ did you mean 'applicant'?",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ('"示範" = { a = "中" }', '"中"'),
        ('\t\ta\t= "x"', None),
        ("x = { a = 'é' }", "'é'"),
        ('x = { "\\u0000" = 1, a = "👍" }', '"👍"'),
    ],
)
def test_the_caret_stands_under_the_fault(text, marked):
    data = toml.parse("f", text).data
    path = ("a",) if "a" in data else (next(iter(data)), "a")
    assert caret(drawn(text, path)) == (marked or '"x"')


@given(
    st.text(st.sampled_from("ab中文　é"), max_size=90),
    st.text(st.sampled_from("xy中"), min_size=1, max_size=90),
)
def test_long_lines_are_shown_around_the_fault(before, fault):
    parts = drawn(f'"{before}" = {{ v = "{fault}", w = "{before}" }}', (before, "v"), "something near")
    assert all(cell_len(part) <= 80 for part in parts)
    assert f'"{fault}"'.startswith(caret(parts))
    assert "".join(parts).endswith("did you mean 'something near'?")


def test_what_stands_in_a_name_or_a_value_can_not_forge_an_error():
    page = diagnostics.draw(
        [Diagnostic("F109", {"key": "a\nf.toml:1:1: F101"}, Place("x\ny.toml", 1, 1, "a"))], "en"
    )
    text = console.draw(page, width=200)
    assert text.split("\n")[0] == "x y.toml:1:1: F109: 'a f.toml:1:1: F101' is blank"


def test_a_second_place():
    document = toml.parse("f.toml", "a = 1\nb = 2\n")
    text = console.draw(diagnostics.draw([document.problem("F112", ("b",), also=("a",), value="x")], "en"))
    assert text.split("\n") == [
        "f.toml:2:5: F112: the id 'x' stands twice",
        "    2 | b = 2",
        "      |     ^",
        "  f.toml:1:5: also here",
        "    1 | a = 1",
        "      |     ^",
        "",
    ]


@given(st.text(max_size=80), st.integers(0, 1000))
def test_any_broken_text_is_drawn_inert(text, width):
    try:
        toml.parse("f.toml", text)
    except Refused as error:
        assert not ACTIVE.search(console.draw(diagnostics.draw(error.diagnostics, "zh-Hant"), width=width))
