"""Pages as Markdown: a CommonMark reader finds the text, and no markup that came from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ipcalc.views import markdown
from ipcalc.views.page import Code, Line, Span, Table, heading, inert, line, on_one_line

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
MARKUP = {
    "link_open",
    "image",
    "html_inline",
    "html_block",
    "code_inline",
    "em_open",
    "s_open",
    "strong_open",
    "softbreak",
    "hardbreak",
}


def inline(text):
    """The inline tokens of a Markdown text, and its block tokens' types."""
    tokens = READER.parse(text)
    return [child for token in tokens for child in token.children or ()], [token.type for token in tokens]


def said(children):
    return "".join(child.content for child in children)


TEXTS = [
    "![x](https://example.invalid/a.png)",
    "[x](javascript:alert(1))",
    "[x][y]",
    "<script>alert(1)</script>",
    "<https://example.invalid>",
    "https://example.invalid",
    "a@example.invalid",
    "&lt; &#60; &amp;",
    "**x** _y_ ~~z~~ `c`",
    "# not a heading",
    "- not a list",
    "+ x",
    "1. not a list",
    "1) x",
    "> x",
    "===",
    "---",
    "| a | b |",
    "a | b \\| c \\\\| d",
    "```",
    "~~~",
    "    four spaces",
    "[^1]: x",
    "a\\",
    "$x$",
    "x\ny",
    "x\r\n# y",
    "\u2028# x",
    "<!-- x",
    "&",
    "",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_line_is_only_text(text):
    children, blocks = inline(markdown.draw([line(text)]))
    assert set(blocks) <= {"paragraph_open", "inline", "paragraph_close"}
    assert not MARKUP & {child.type for child in children}
    assert said(children) == on_one_line(text).strip()


@given(
    st.lists(st.one_of(st.sampled_from(TEXTS), st.text(max_size=12)), min_size=1, max_size=4).map(" ".join)
)
def test_any_line_is_only_text(text):
    children, blocks = inline(markdown.draw([line(text)]))
    assert set(blocks) <= {"paragraph_open", "inline", "paragraph_close"}
    assert not MARKUP & {child.type for child in children}


cells = st.one_of(st.sampled_from(TEXTS), st.text(st.sampled_from("ab|\\`<>&\n\r *_"), max_size=12))


@given(st.lists(st.tuples(cells, cells), max_size=4))
def test_a_table_row_is_a_row(rows):
    text = markdown.draw([Table([("a|b", False), ("n", True)], rows)])
    children, blocks = inline(text)
    assert text.count("\n") == len(rows) + 2
    assert blocks.count("tr_open") == len(rows) + 1
    assert blocks.count("td_open") == 2 * len(rows)
    assert not MARKUP & {child.type for child in children}


@pytest.mark.parametrize("text", TEXTS)
def test_cells_say_what_they_hold(text):
    children, _ = inline(markdown.draw([Table([("t", False)], [[f"x{text}x"]])]))
    assert said(children) == f"t{on_one_line(f'x{text}x')}"


@given(st.text(st.sampled_from("`ab\n~\x1b"), max_size=30))
def test_code_stays_in_its_fence(text):
    tokens = READER.parse(markdown.draw([Code(text), line("after")]))
    assert [token.type for token in tokens][:1] == ["fence"]
    assert tokens[0].content == inert(text) + "\n"
    assert len(tokens) == 4


def test_by_hand():
    page = [
        heading("Project *x*", 1),
        line("fits", "good"),
        Line((Span("HKD 1.5"), Span(" at www.example.org", "dim"))),
        line("one", depth=1),
        line("two", depth=2),
        Table([("Name", False), ("Amount", True)], [["A", "1.00"]]),
    ]
    assert markdown.draw(page) == (
        "# Project \\*x\\*\n\n**fits**\n\nHKD 1.5 at www\\.example.org\n\n- one\n  - two\n\n"
        "| Name | Amount |\n| --- | ---: |\n| A | 1.00 |\n"
    )
