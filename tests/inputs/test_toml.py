"""The door for files: each thing that can be wrong is one clear refusal, quickly."""

import io
import os
import sys
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipcalc import inputs
from ipcalc.inputs import reading, toml
from ipcalc.inputs.diagnostics import Refused
from ipcalc.views import console, diagnostics


def refusals(read, *args):
    began = time.process_time()
    with pytest.raises(Refused) as caught:
        read(*args)
    assert time.process_time() - began < 2
    assert caught.value.exit_code == 2
    for lang in ("en", "zh-Hant", "zh-Hans"):
        assert console.draw(diagnostics.draw(caught.value.diagnostics, lang)).count("\n") < 80
    return caught.value.diagnostics


def refusal(read, *args):
    (only,) = refusals(read, *args)
    return only.code, only.place.line, only.place.column


def parse(text):
    return toml.parse("x.toml", text)


# -- files --------------------------------------------------------------------------------------------


def test_a_byte_order_mark_is_no_letter(tmp_path):
    file = tmp_path / "a.toml"
    file.write_bytes("\ufeffa = 1.50\n".encode())
    document = toml.load(file)
    assert document.data == {"a": Decimal("1.50")}
    assert document.place(("a",))[1:3] == (1, 5)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('title = "示範"\n'.encode("utf-16"), ("T105", 1, 1)),
        ('title = "x"\n'.encode("utf-16-be"), ("T107", 1, 1)),
        (b"\xfe\xff\x00a", ("T105", 1, 1)),
        (b'title = "ok"\nname = "a\xffb"\n', ("T106", 2, 10)),
        ('title = "示範'.encode() + b"\xe7\xa4", ("T106", 1, 12)),
        (b"a = 1\r\n\xff", ("T106", 2, 1)),
    ],
)
def test_encodings(tmp_path, raw, expected):
    file = tmp_path / "a.toml"
    file.write_bytes(raw)
    assert refusal(toml.load, file) == expected


def test_what_is_not_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "closed").write_text("")
    for name, code in [
        ("none", "T101"),
        ("", "T103"),
        ("pipe", "T103"),
        ("closed/x", "T102"),
        ("a\0b", "T102"),
        ("n" * 300, "T102"),
    ]:
        assert refusal(toml.load, f"{tmp_path}/{name}") == (code, 0, 0)
    assert refusal(toml.load, "/dev/zero") == ("T103", 0, 0)


def test_a_file_that_fails_while_it_is_read(tmp_path, monkeypatch):
    file = tmp_path / "a.toml"
    file.write_text("a = 1")

    def fail(*_args, **_kwargs):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdopen", fail)
    assert refusal(toml.load, file) == ("T102", 0, 0)


def test_size(tmp_path):
    file = tmp_path / "a.toml"
    file.write_text("#" * inputs.SIZE)
    assert toml.load(file).data == {}
    file.write_text("#" * (inputs.SIZE + 1))
    assert refusal(toml.load, file) == ("T104", 0, 0)
    file.write_text("tags = [" + '"a",' * 1_000_000 + "]\n")
    assert refusal(toml.load, file) == ("T104", 0, 0)


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a = 1\nb = x")))
    (only,) = refusals(toml.load, "-")
    assert only.place[:3] == ("<stdin>", 2, 5)
    monkeypatch.setattr(sys, "stdin", None)
    assert refusal(toml.load, "-") == ("T102", 0, 0)


def test_windows_line_ends():
    text = 'a = 1\nb = """\nx\n"""\n[t]\nc = "中" # d\n'
    unix, windows = parse(text), parse(text.replace("\n", "\r\n"))
    assert unix == windows
    for path in [("a",), ("b",), ("t",), ("t", "c")]:
        assert unix.place(path) == windows.place(path)
    assert refusal(parse, "a = 1\r\nb = 2\r\nc = x\r\n") == ("T107", 3, 5)


# -- texts made to do harm ----------------------------------------------------------------------------

BOMBS = {
    "deep lists": ("x = " + "[" * 300 + "]" * 300, ("T108", 1, 36)),
    "deeper lists": ("x = " + "[" * 9_000 + "]" * 9_000, ("T108", 0, 0)),
    "deep tables": ("y = 1\nx = " + "{a = " * 300 + "1" + "}" * 300, ("T108", 2, 156)),
    "lists that stay open": ("x = " + "[" * 100_000, ("T108", 0, 0)),
    "dotted key": (".".join("a" * 100) + " = 1", ("T108", 1, 63)),
    "long dotted key": (".".join("a" * 999) + " = 1", ("T108", 1, 1)),
    "longer dotted key": (".".join("a" * 200_000) + " = 1", ("T108", 1, 1)),
    "quoted dotted key": (" . ".join(['"a"'] * 5_000) + " = 1", ("T108", 1, 1)),
    "long header": ("[" + ".".join("a" * 2_000) + "]", ("T108", 1, 2)),
    "long integer": ("a = 1\nx = " + "1" * 5_000, ("T109", 2, 5)),
    "exponent": ("x = 1E+9999999999999999999", ("T109", 1, 6)),
    "tables": ("[[p]]\nn = 1\n" * 50_000, ("T110", 1, 3)),
    "items": ("t = [" + "1," * 500_000 + "]", ("T110", 1, 1)),
    "keys": ("".join(f"k{i} = 1\n" for i in range(10_001)), ("T110", 1, 1)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name):
    text, expected = BOMBS[name]
    assert refusal(parse, text) == expected


def test_many_long_keys_are_refused_before_they_are_read():
    text = "\n".join(".".join([f"k{i}", *"a" * 990]) + " = 1" for i in range(500))
    assert refusal(parse, text) == ("T108", 1, 1)


def test_long_words_and_many_dots_are_looked_through_quickly():
    began = time.process_time()
    parse('x = "' + "a" * 900_000 + '"')
    parse('x = "' + "a." * 120 + '"\ny = "' + "a . b" * 100 + "." * 400_000 + '"')
    assert time.process_time() - began < 1


def test_huge_integers_are_data_until_someone_reads_them():
    assert parse("x = 0x" + "f" * 9_000).data["x"] > 10**1000


def test_the_limits_themselves_are_allowed():
    parse("x = " + "[" * (inputs.DEPTH - 1) + "]" * (inputs.DEPTH - 1))
    assert refusal(parse, "x = " + "[" * inputs.DEPTH + "]" * inputs.DEPTH) == ("T108", 1, 36)
    parse("t = [" + "1," * inputs.ITEMS + "]")
    assert refusal(parse, "t = [" + "1," * (inputs.ITEMS + 1) + "]") == ("T110", 1, 1)


def test_every_list_that_is_too_long_is_named_in_order():
    long = "[" + "1," * 10_001 + "]"
    found = refusals(parse, f"a = {long}\nb = 1\nc = {long}\n")
    assert [(d.code, d.place.line) for d in found] == [("T110", 1), ("T110", 3)]


# -- what is not TOML ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "column", "hint"),
    [
        ("title = “sensor”", 1, 9, "quotes"),
        ('a = ["x", “y”]', 1, 11, "quotes"),
        ("title = 「甲」", 1, 9, "quotes"),
        ("budget = 1,000,000", 1, 11, "thousands"),
        ("budget = 007", 1, 11, "zero"),
        ("on = yes", 1, 6, "truth"),
        ("on = True", 1, 6, "truth"),
        ("n = １２", 1, 5, "wide"),
        ("n ＝ 1", 1, 3, "wide"),
        ("n = HK$100", 1, 5, "money"),
        ("n = $100", 1, 5, "money"),
        ("鍵 = 1", 1, 1, "key"),
        ("share = 70%", 1, 11, "percent"),
        ("【ip】", 1, 1, "wide"),
        ("\u3000start = 1", 1, 1, "wide"),
        ('payer："x"', 1, 6, "wide"),
        ("[answers.hk/raise-plus]", 1, 12, "key"),
        ("USD/HKD = 1", 1, 4, "key"),
        ("a = 1\nname = Acme Ltd", 2, 8, "bare"),
        ("a = [1,\n\n", 1, 5, "open"),
        ("a = { b = [1,\n2 }\n", 1, 11, "open"),
        ('# [ {\na = "["\nb = {x = 1', 3, 5, "open"),
        ('a = 1\nb = """x\ny\n', 2, 5, "open"),
        ('a = "x\nb = 1', 1, 7, "line"),
        ('a = "C:\\q"', 1, 8, "escape"),
        ("a = 2026-02-30", 1, 5, "day"),
        ("a = 1\n  a = 2\n", 2, 3, "twice"),
        ("[a]\nx = 1\n[a]\n", 3, 1, "twice"),
        ("a = { x = 1 }\na.y = 2\n", 2, 1, "twice"),
        ("a = 1 b = 2", 1, 7, "general"),
        ("a =", 1, 3, "general"),
        ("a", 1, 1, "general"),
    ],
)
def test_syntax(text, line, column, hint):
    (only,) = refusals(parse, text)
    assert (only.code, only.place.line, only.place.column, only.args["hint"]) == ("T107", line, column, hint)


@given(st.text(st.sampled_from("ab1[]{}=\"'.,#\n\r\\ 中“\0\u2028+-_:eE"), max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        document = parse(text)
    except Refused as error:
        console.draw(diagnostics.draw(error.diagnostics, "zh-Hant"))
        return
    assert document.place(("a", "b")).line in (0, 1, *range(text.count("\n") + 2))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw):
    try:
        toml.parse("x", reading.decode("x", raw))
    except Refused as error:
        console.draw(diagnostics.draw(error.diagnostics, "en"))


# -- places -------------------------------------------------------------------------------------------


def test_places():
    document = parse('a = "x中y"\n"b.c" = [1, { d = 2 }]\n[t]\ne = 1\n')
    assert document.place(("a",))[1:] == (1, 5, 'a = "x中y"', 5)
    assert document.place(("a",), at_key=True)[1:3] == (1, 1)
    assert document.place(("a",), within=(1, 2))[1:] == (1, 7, 'a = "x中y"', 1)
    assert document.place(("b.c", 1, "d"))[1:3] == (2, 19)
    assert document.place(("b.c", 1, "none"))[1:3] == (2, 13)
    assert document.place(("t", "none"))[1:3] == (3, 2)
    assert document.place(("none",))[1:3] == (1, 1)
    assert document.problem("F101", ("t",), also=("a",)).also == document.place(("a",))


def test_a_value_of_several_lines_is_marked_on_its_first():
    document = parse("a = [\n  1,\n  2,\n]\n")
    assert document.place(("a",)) == ("x.toml", 1, 5, "a = [", 1)
