"""The door for JSON: what is wrong is one clear refusal at its place, and each value has a place."""

import json as standard
import time
from decimal import Decimal
from typing import NotRequired, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipcalc import inputs
from ipcalc.inputs import json, locate_json, shapes
from ipcalc.inputs.diagnostics import Refused
from ipcalc.inputs.document import Document
from ipcalc.views import console, diagnostics


def parse(text):
    return json.parse("x.json", text if isinstance(text, bytes) else text.encode())


def refused(text):
    """What is wrong with a text, and nothing else, quickly and in every language."""
    began = time.process_time()
    with pytest.raises(Refused) as caught:
        parse(text)
    assert time.process_time() - began < 3
    for lang in ("en", "zh-Hant", "zh-Hans"):
        drawn = console.draw(diagnostics.draw(caught.value.diagnostics, lang))
        assert "x.json" in drawn
        assert len(drawn) < 2_000
    assert time.process_time() - began < 4
    (only,) = caught.value.diagnostics
    assert only.place.source == "x.json"
    return only


def refusal(text):
    only = refused(text)
    return only.code, only.place.line, only.place.column


# -- what is read -------------------------------------------------------------------------------------


def test_numbers_are_exact():
    data = parse('{"a": 1, "b": 1.50, "c": 1e3, "d": -0, "e": 12345678901234567890.1}').data
    assert data == {"a": 1, "b": Decimal("1.50"), "c": 1000, "d": 0, "e": Decimal("12345678901234567890.1")}
    assert [type(value) for value in data.values()] == [int, Decimal, Decimal, int, Decimal]
    assert str(data["b"]) == "1.50"


def test_a_byte_order_mark_is_no_letter():
    document = parse('\ufeff{"a": 1}')
    assert document.data == {"a": 1}
    assert document.place(("a",))[1:] == (1, 7, '{"a": 1}', 1)


def test_places():
    document = parse('{"a": "x中y",\r\n "b.c": [1, {"d": 2}],\n "t": {"e": "\\ud83d\\ude00\\n="}\n}\n')
    assert document.format == "json"
    assert document.place(("a",))[1:] == (1, 7, '{"a": "x中y",', 5)
    assert document.place(("a",), at_key=True)[1:3] == (1, 2)
    assert document.place(("a",), within=(1, 2))[1:3] == (1, 9)
    assert document.place(("b.c", 1, "d"))[1:3] == (2, 19)
    assert document.place(("b.c", 1, "none"))[1:3] == (2, 13)
    assert document.place(("b.c", 7))[1:3] == (2, 2)
    assert document.place(("t", "e"), within=(2, 3))[1:] == (3, 28, ' "t": {"e": "\\ud83d\\ude00\\n="}', 1)
    assert document.place(("none",))[1:3] == (1, 1)
    assert document.problem("F101", ("t",), also=("a",)).also == document.place(("a",))


class Inner(TypedDict):
    d: bool


class File(TypedDict):
    a: shapes.Name
    b: list[Inner]
    c: NotRequired[shapes.Name]


def test_shapes_are_checked_as_of_other_files():
    document = parse('{"a": null,\n "b": [{"d": true}, {"d": 1}],\n "cc": 2}')
    with pytest.raises(Refused) as caught:
        shapes.validate(File, document)
    found = [(d.code, d.place.line, d.place.column, d.near) for d in caught.value.diagnostics]
    assert found == [("F103", 1, 7, ""), ("F103", 2, 27, ""), ("F102", 3, 2, "c")]
    assert "not null" in caught.value.diagnostics[0].message()


# -- what is not --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "column", "reason", "hint"),
    [
        ("", 1, 1, "empty", "empty"),
        ("\n \n", 2, 2, "empty", "empty"),
        ('{"a": 1} x', 1, 10, "more", "more"),
        ('{"a": 1}\n{"b": 2}', 2, 1, "more", "more"),
        ('{"a": 1,}', 1, 8, "key", "comma"),
        ('{"a": [1,\n\n]}', 1, 9, "value", "comma"),
        ('{"a": 1\n "b": 2}', 2, 2, "comma", "missing"),
        ("{a: 1}", 1, 2, "key", "bare"),
        ("{'a': 1}", 1, 2, "key", "quotes"),
        ('{“a”: "x"}', 1, 2, "key", "quotes"),
        ('{"a": 「x」}', 1, 7, "value", "quotes"),
        ('{"a": True}', 1, 7, "value", "truth"),
        ('{"a": None}', 1, 7, "value", "truth"),
        ('{"a": 007}', 1, 8, "comma", "zero"),
        ('{"a": 1,000}', 1, 9, "key", "thousands"),
        ('{"a": +1}', 1, 7, "value", "number"),
        ('{"a": .5}', 1, 7, "value", "number"),
        ('{"a": 1.}', 1, 8, "comma", "number"),
        ('{"a" 1}', 1, 6, "colon", "general"),
        ('{"a"： 1}', 1, 5, "colon", "wide"),
        ('{"a": 1，"b": 2}', 1, 8, "comma", "wide"),
        ('{"a": 1 // one\n}', 1, 9, "comma", "comments"),
        ('{"a":\n /* one */ 1}', 2, 2, "value", "comments"),
        ('{"a": [,]}', 1, 8, "value", "general"),
        ("}", 1, 1, "value", "general"),
        ('{"a": "x', 1, 7, "string", "open"),
        ('{"a": {"b": "]"}, "c": [1, 2', 1, 24, "end", "open"),
        ('{"a":', 1, 1, "end", "open"),
        ('{"a": "x\ny"}', 1, 9, "control", "line"),
        ('{"a": "x\0"}', 1, 9, "control", "line"),
        ('{"a": "C:\\q"}', 1, 10, "escape", "escape"),
        ('{"a": "\\u12"}', 1, 8, "escape", "escape"),
        ("\ufeff\ufeff{}", 1, 1, "value", "general"),
    ],
)
def test_syntax(text, line, column, reason, hint):
    only = refused(text)
    assert (only.code, only.place.line, only.place.column) == ("T111", line, column)
    assert (only.args["reason"], only.args["hint"]) == (f"json-{reason}", hint)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_not_finite(word):
    """o-json-nan"""
    items = f'"items": [{{"id": "1", "note": "{word}", "quantity": {word}}}]'
    only = refused(f'{{"file_type": "OCF_STAKEHOLDERS_FILE",\n {items}}}')
    assert (only.code, only.args["hint"]) == ("T111", "finite")
    assert only.place[1:3] == (2, 1 + 1 + items.index(f": {word}}}") + 2)
    assert only.place.width == len(word)
    assert "NaN and Infinity" in only.message()


@pytest.mark.parametrize(
    ("text", "key", "first", "second"),
    [
        ('{"a": 1, "b": {"a": 2},\n "a": 3, "b": 4}', "a", (1, 2), (2, 2)),
        ('{"x": [{"a": 1}, {"a": 1, "a": 1}]}', "a", (1, 19), (1, 27)),
        ('{"é": 1, "\\u00e9" : 2}', "é", (1, 2), (1, 10)),
        ('{"": ":", "b": "a\\":", "": 1}', "", (1, 2), (1, 24)),
    ],
)
def test_a_key_that_stands_twice(text, key, first, second):
    only = refused(text)
    assert (only.code, only.args["key"], only.also[1:3], only.place[1:3]) == ("T112", key, first, second)


@pytest.mark.parametrize(
    ("text", "column", "escape"),
    [
        ('{"a": "\\ud800"}', 8, "\\ud800"),
        ('{"a\\udfff": 1}', 4, "\\udfff"),
        ('{"a": "\\ud83d\\ude00 \\uDE00\\ud83d"}', 21, "\\uDE00"),
        ('{"a": "\\ud83d\\ud83d\\ude00"}', 8, "\\ud83d"),
        ('{"a": "\\\\ud800", "b": "\\\\\\ud800"}', 26, "\\ud800"),
    ],
)
def test_half_a_character(text, column, escape):
    only = refused(text)
    assert (only.code, only.place.column, only.args["escape"]) == ("T113", column, escape)


def test_pairs_of_halves_are_one_character():
    assert parse('{"a": "\\ud83d\\ude00 \\\\ud800"}').data == {"a": "😀 \\ud800"}


@pytest.mark.parametrize(
    ("text", "got"), [("[1]", "array"), (' "x"', "string"), ("null", "null"), ("1", "integer")]
)
def test_the_file_is_an_object(text, got):
    only = refused(text)
    assert (only.code, only.place.column, only.args["got"]) == ("T114", text.index(text.strip()) + 1, got)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('{"a": 1}'.encode("utf-16"), ("T105", 1, 1)),
        ('{"a": 1}'.encode("utf-16-le"), ("T105", 1, 1)),
        ('{"a": 1}'.encode("utf-16-be"), ("T105", 1, 1)),
        ('{"a": 1}'.encode("utf-32"), ("T105", 1, 1)),
        ('{"a": 1}'.encode("utf-32-be"), ("T105", 1, 1)),
        (b'{"a": 1,\r\n "b\xff": 2}', ("T106", 2, 4)),
        ('{"a": "中'.encode() + b"\xe4\xb8", ("T106", 1, 9)),
        (b'{"a": "\xed\xa0\x80"}', ("T106", 1, 8)),  # a half in UTF-8's own way
        (b"\0", ("T111", 1, 1)),
    ],
)
def test_encodings(raw, expected):
    assert refusal(raw) == expected


DEPTH, ITEMS = inputs.DEPTH, inputs.ITEMS
BOMBS = {
    "deep lists": ('{"a":\n' + "[" * DEPTH + "]" * DEPTH + "}", ("T108", 2, DEPTH)),
    "deeper lists": ('{"a": "[[["\n,"b":' + "[" * 100_000 + "]" * 100_000 + "}", ("T108", 2, 5 + DEPTH)),
    "deep objects": ('{"a":' * (DEPTH + 1) + "1" + "}" * (DEPTH + 1), ("T108", 1, 5 * DEPTH - 3)),
    "deeper objects": ('{"a":' * 90_000 + "1" + "}" * 90_000, ("T108", 1, 5 * DEPTH + 1)),
    "lists that stay open": ('{"a":' + "[" * 5_000_000, ("T108", 1, 5 + DEPTH)),
    "many that are deep": ('{"a":' + "[" * 31 + ",".join(["[]"] * 9_000) + "]" * 31 + "}", ("T108", 1, 37)),
    "long integer": ('{"a": "9", "b": ' + "9" * 501 + "}", ("T109", 1, 17)),
    "longer integer": ('{"a":\n-' + "9" * 10_000_000 + "}", ("T109", 2, 1)),
    "long decimal": ('{"a": 0.' + "1" * 499 + "}", ("T109", 1, 7)),
    "exponent": ('{"1e9999999999999999999": 1E+9999999999999999999}', ("T109", 1, 27)),
    "negative exponent": ('{"a": [1, -1e-9999999999999999999]}', ("T109", 1, 11)),
    "items": ('{"b": 1,\n"a": [' + "1," * ITEMS + "1]}", ("T110", 2, 1)),
    "many items": ('{"a": [' + "1," * 7_000_000 + "1]}", ("T110", 1, 2)),
    "items within items": ('{"a": [[' + "{}," * ITEMS + "1]]}", ("T110", 1, 8)),
    "keys": ("{" + "".join(f'"k{i}": 1,' for i in range(ITEMS)) + '"a": 1}', ("T110", 1, 1)),
    "size": ('{"a": 1}' + " " * inputs.JSON_SIZE, ("T104", 0, 0)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name):
    text, expected = BOMBS[name]
    assert refusal(text) == expected


def test_the_limits_themselves_are_allowed():
    parse('{"a":' + "[" * (DEPTH - 1) + "]" * (DEPTH - 1) + "}")
    parse('{"a": [' + "1," * (ITEMS - 1) + "1]}")
    parse('{"a": ' + "9" * json.DIGITS + "}")
    parse('{"a": 1}' + " " * (inputs.JSON_SIZE - 8))
    assert parse('{"a": 1e999999}').data["a"] == Decimal("1e999999")


def test_thousands_of_places_on_one_long_line_are_found_quickly():
    rows = ", ".join('{"id": "x", "quantity": "%s"}' % ("9" * 500) for _ in range(9_000))
    document = parse(f'{{"items": [{rows}]}}')
    began = time.process_time()
    places = [document.place(("items", i, "quantity")) for i in range(9_000)]
    found = [document.problem("F101", ("items", i), at_key=True, key_name="a") for i in range(9_000)]
    error = Refused(found)
    console.draw(diagnostics.draw(error.diagnostics, "en"))
    assert time.process_time() - began < 5
    assert len({place.column for place in places}) == 9_000


@given(st.text(st.sampled_from('ab10{}[]":,\\u-+.eEtrue\n /NaN中“\0\u2028'), max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        document = parse(text)
    except Refused as error:
        console.draw(diagnostics.draw(error.diagnostics, "zh-Hant"))
        return
    assert document.data == standard.loads(text, parse_float=Decimal)


# -- generated values ---------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
numbers = st.one_of(st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, words),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
    max_leaves=12,
)
objects = st.dictionaries(words, values, max_size=5)
layouts = st.fixed_dictionaries(
    {
        "ensure_ascii": st.booleans(),
        "indent": st.sampled_from([None, 0, 2, "\t"]),
        "separators": st.sampled_from([(",", ":"), (" ,", " : "), (",\r\n", ":\t")]),
    }
)


def paths(data, path=()):
    """Every path of parsed data with its value."""
    if path:
        yield path, data
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from paths(value, (*path, key))


@given(objects, layouts)
def test_what_is_written_is_read_and_every_value_has_its_place(data, layout):
    text = standard.dumps(data, **layout)
    document = parse(text)
    assert document.data == standard.loads(text, parse_float=Decimal)
    spans = locate_json.Spans(document.text)
    for path, value in paths(document.data):
        key, key_end, start, end = spans.get(path)
        assert standard.loads(text[start:end], parse_float=Decimal) == value
        if isinstance(path[-1], str):
            assert standard.loads(text[key:key_end]) == path[-1]
        else:
            assert (key, key_end) == (start, end)
        assert document.place(path).excerpt == text.split("\n")[document.place(path).line - 1].rstrip("\r")
        assert spans.get((*path, "none", 0)) is None or isinstance(value, dict)
        if isinstance(value, str):
            said, offsets = locate_json.decode(text[start:end])
            assert said == value
            assert len(offsets) == len(value) + 1
            for i in range(len(value)):
                part = text[start + offsets[i] : start + offsets[i + 1]]
                assert standard.loads(f'"{part}"') == value[i]


VALID = standard.dumps(
    {
        "file_type": "OCF_STAKEHOLDERS_FILE",
        "items": [{"id": "é\n", "n": "1.50", "x": [1, -2.5e3, None, True]}],
    },
    indent=1,
).encode()
changes = st.lists(
    st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 2), st.binary(min_size=1, max_size=3)),
    max_size=4,
)


@given(changes)
def test_changed_bytes_are_read_or_refused(changes):
    raw = bytearray(VALID)
    for at, gone, new in changes:
        raw[at : at + gone] = new
    try:
        document = parse(bytes(raw))
    except Refused as error:
        console.draw(diagnostics.draw(error.diagnostics, "en"))
        return
    for path, _ in paths(document.data):
        assert document.place(path).line


# -- data made of other documents ---------------------------------------------------------------------


def test_places_of_what_was_made_from_other_documents():
    one = json.parse("one.json", b'{"items": [{"id": "a"},\n {"id": "b", "n": 2}]}')
    two = json.parse("two.json", b'{"x": 1}')
    made = Document(
        "company.zip",
        "",
        {"events": [{"shares": 2, "to": "b"}], "name": "X", "rest": 1},
        {("events", 0, "to"): "--set events.0.to=c"},
        origins={
            ("events", 0): (one, ("items", 1)),
            ("events", 0, "shares"): (one, ("items", 1, "n")),
            ("name",): (two, ()),
        },
    )
    assert made.place(("events", 0, "shares"))[:3] == ("one.json", 2, 19)
    assert made.place(("events", 0, "shares"), at_key=True)[:3] == ("one.json", 2, 14)
    assert made.place(("events", 0, "price"))[:3] == ("one.json", 2, 2)
    assert made.place(("events", 0, "to")).source == "--set events.0.to=c"
    assert made.place(("name",))[:3] == ("two.json", 1, 1)
    assert made.place(("rest",))[:3] == ("company.zip", 1, 1)
    all_of_it = made._replace(origins={(): (two, ("x",))})
    assert all_of_it.place(("rest", 0))[:3] == ("two.json", 1, 7)
