"""Positions in TOML texts: what stands at a span, read alone, is the value at that path."""

import math
from decimal import Decimal

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from ipcalc.inputs import locate


def paths(data, path=()):
    """Every path of parsed data with its value, tables and lists included."""
    if path:
        yield path, data
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from paths(value, (*path, key))


def same(a, b):
    return a == b or (isinstance(a, float) and math.isnan(a) and math.isnan(b))


def hold(text):
    """The spans of a text are the paths of its data, and each value reads back from its own."""
    data = tomli.loads(text)
    found = locate.spans(text)
    wanted = dict(paths(data))
    assert set(found) == set(wanted)
    for path, span in found.items():
        value = wanted[path]
        key = text[span.key : span.key_end]
        if isinstance(path[-1], str) and "\n" not in key:
            assert next(iter(tomli.loads(f"{key} = 1"))) == path[-1]
        if not isinstance(value, dict | list) or (
            text[span.start : span.start + 1] in "[{" and span.end > span.start
        ):
            assert same(tomli.loads(f"x = {text[span.start : span.end]}")["x"], value), path


TEXTS = {
    "pairs": "a = 1\nb= 'x' # c\n\tc\t=\ttrue\n",
    "quoted keys": '"a.b" = 1\n\'c "d"\' = 2\n"é\\u4e2d\\t" = 3\n"" = 4\n',
    "dotted keys": 'a.b.c = 1\na . "b.x" . d = 2\n[t]\nu.v = 3\n',
    "inline tables": "a = { b = 1, c.d = [1, { e = 'x' }], f = {} }\n",
    "inline tables of TOML 1.1": "a = {\n  b = 1, # one\n  c = { d = 2, },\n}\n",
    "lists": "a = [\n  1, # one ]\n  # [\n  'two, ]',\n  [3, [4]],\n  { x = 5 },\n]\nb = []\n",
    "strings": 'a = "q\\"]\\\\"\nb = \'c:\\\'\nc = """\nx"y""z\n"""\nd = \'\'\'\nit\'s\n\'\'\'\n',
    "quotes at the end": 'a = """x"""""\nb = """x""""\nc = \'\'\'x\'\'\'\'\'\nd = """"""\ne = \'\'\n',
    "escapes": 'a = "\\b\\t\\n\\f\\r\\e\\"\\\\\\x41\\u4e2d\\U0001F600"\n',
    "numbers": "a = +1_000\nb = 0xff\nc = 1e3\nd = -inf\ne = nan\nf = 3.14 # pi\n",
    "dates": "a = 2026-04-01\nb = 2026-04-01 10:00:00\nc = [2026-04-01T10:00Z, 10:00:00.5]\nd = 10:00\n",
    "tables": "[a]\nb = 1\n[a.c]\nd = 2\n[ e . 'f.g' ]\nh = 3\n",
    "lists of tables": "[[a]]\nb = 1\n[a.c]\nd = 2\n[[a]]\n[a.c]\nd = 3\n[[a.e]]\nf = 4\n[[a.e]]\nf = 5\n",
    "a table below its part": "[a.b.c]\nx = 1\n[a]\ny = 2\n",
    "Chinese": 'title = "示範" # 註\n"鍵" = { "子鍵" = ["甲", "乙"] }\n',
    "nothing": "",
    "a comment": "# nothing\n",
    "no line end": "a = 1",
}


@pytest.mark.parametrize("name", TEXTS)
def test_every_value_reads_back(name):
    hold(TEXTS[name])


@pytest.mark.parametrize("name", TEXTS)
def test_windows_line_ends_move_nothing(name):
    """The spans of a text with CRLF are those of LF, moved by the returns before them."""
    windows = TEXTS[name].replace("\n", "\r\n")
    hold(windows)
    moved = {
        path: tuple(offset - windows.count("\r", 0, offset) for offset in span)
        for path, span in locate.spans(windows).items()
    }
    assert moved == {path: tuple(span) for path, span in locate.spans(TEXTS[name]).items()}


def test_places_by_hand():
    text = "[[a]]\nb = [ 'x', { c = 1 } ]\n"
    found = locate.spans(text)
    span = found[("a", 0, "b", 1, "c")]
    assert text[span.key : span.key_end] == "c"
    assert text[span.start : span.end] == "1"
    assert text[slice(*found[("a", 0, "b", 0)][2:])] == "'x'"
    assert text[slice(*found[("a", 0)][:2])] == "a"


# -- generated documents ------------------------------------------------------------------------------

visible = st.characters(exclude_categories=["Cs", "Cc"])
words = st.text(visible, max_size=6)
bare = st.text("abcXYZ019_-", min_size=1, max_size=5)


def basic(text):
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n"}
    return '"' + "".join(escapes.get(c, c) for c in text) + '"'


keys = st.one_of(bare, words.map(basic), words.filter(lambda w: "'" not in w).map(lambda w: f"'{w}'"))
scalars = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.booleans().map(lambda b: str(b).lower()),
    st.dates().map(str),
    st.datetimes().map(lambda d: d.isoformat(" ")),
    st.sampled_from(
        ["1e6", "-0.5", "0b101", "inf", "07:32", '"""\n a "" b\\\n   c"""', "'''it's\n'''", '"\\x41\\e"']
    ),
    words.map(basic),
)
gaps = st.sampled_from(["", " ", "\n", " # ]},\n", "\t\n\n"])


def lists(values):
    return st.lists(st.tuples(gaps, values, gaps), max_size=4).map(
        lambda items: "[" + ",".join(a + v + b for a, v, b in items) + "]"
    )


def tables(values):
    pairs = st.lists(st.tuples(gaps, keys, values, gaps), max_size=4)
    return pairs.map(lambda items: "{" + ",".join(f"{a}{k} = {v}{b}" for a, k, v, b in items) + "}")


values = st.recursive(scalars, lambda inner: st.one_of(lists(inner), tables(inner)), max_leaves=6)
dotted = st.lists(keys, min_size=1, max_size=3).map(" . ".join)
lines = st.one_of(
    st.tuples(dotted, values).map(lambda p: f"{p[0]} = {p[1]}\n"),
    dotted.map(lambda k: f"[{k}]\n"),
    dotted.map(lambda k: f"[[ {k} ]] # head\n"),
    st.just("# [x]\n\n"),
)


@given(st.lists(lines, max_size=8).map("".join))
def test_generated_documents(text):
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError:  # a key stands twice
        return
    hold(text)
    hold(text.replace("\n", "\r\n"))


# -- strings ------------------------------------------------------------------------------------------

literals = st.one_of(
    words.map(basic),
    words.filter(lambda w: "'" not in w).map(lambda w: f"'{w}'"),
    st.lists(
        st.sampled_from(
            [
                "a",
                "中",
                "😀",
                "\\n",
                "\\u4e2d",
                "\\U0001F600",
                "\\x41",
                "\\e",
                '\\"',
                "\\\\",
                "\n",
                "\\\n  ",
                '"',
            ]
        ),
        max_size=8,
    ).map(lambda parts: '"""' + "".join(parts) + 'x"""'),
    st.lists(st.sampled_from(["a", "\n", "\\", "'", "中"]), max_size=8).map(
        lambda p: "'''" + "".join(p) + "x'''"
    ),
)


@given(literals, st.booleans())
def test_decode_maps_each_character_to_its_place(raw, windows):
    raw = raw.replace("\n", "\r\n") if windows else raw
    try:
        wanted = tomli.loads(f"x = {raw}")["x"]
    except tomli.TOMLDecodeError:  # three quotes inside
        return
    text, offsets = locate.decode(raw)
    assert text == wanted
    assert len(offsets) == len(text) + 1
    assert offsets == sorted(set(offsets))
    for char, at in zip(text, offsets, strict=False):
        if raw[at] != "\\" and not raw.startswith("\r\n", at):
            assert raw[at] == char


def test_decode_by_hand():
    assert locate.decode('"a\\u4e2db"') == ("a中b", [1, 2, 8, 9])
    assert locate.decode("'a\\n'") == ("a\\n", [1, 2, 3, 4])
    assert locate.decode('"""\n a\\\n  b"""') == (" ab", [4, 5, 10, 11])
    assert locate.decode('""') == ("", [1])


# -- limits -------------------------------------------------------------------------------------------


def test_deep_texts_are_walked_and_kept_to_the_depth_limit():
    for text in (
        "x = " + "[" * 390 + "]" * 390,
        "x = " + "{a = " * 300 + "1" + "}" * 300,
        ".".join("a" * 999) + " = 1",
    ):
        tomli.loads(text, parse_float=Decimal)
        assert max(map(len, locate.spans(text))) == locate.DEPTH


def test_what_is_beyond_the_longest_list_is_not_kept():
    found = locate.spans("x = [" + "1," * (locate.ITEMS + 50) + "]\ny = 1\n")
    assert len(found) == locate.ITEMS + 3
    assert ("y",) in found
