"""Broken files, as a person would give them to the commands that read policies and statements.

Each name is an entry of the list of bad inputs. Every command refuses it: exit code 2, nothing on standard
output, each message with the file and, where there is one, the line and column.
"""

import os
import re
import time

import pytest

from ipcalc import library

STATEMENT = """\
[statement]
policy = "hk/hku"
title = "Separators"
[[inventors]]
name = "Ada"
weight = 2
[[receipts]]
on = 2024-06-30
amount = 100
"""
# whatever the file is for: bytes, and the codes and places of what is wrong with them
BROKEN = {
    "p-utf16": ('title = "示範"\n'.encode("utf-16"), ["1:1: T105"]),
    "p-bad-byte": (b'title = "ok"\nname = "a\xffb"\n', ["2:10: T106"]),
    "p-inline-extended": (b'applicant = { name = "x" }\napplicant.kind = "y"\n', ["2:1: T107"]),
    "p-curly-quotes": ("title = “sensor”\n".encode(), ["1:9: T107"]),
    "p-leading-zero": (b"budget = 007\n", ["1:11: T107"]),
    "p-thousands-comma": (b"budget = 1,000,000\n", ["1:11: T107"]),
    "p-yes-bool": (b"incorporated = yes\n", ["1:16: T107"]),
    "p-deep-array-300": (b"x = " + b"[" * 300 + b"]" * 300 + b"\n", ["1:36: T108"]),
    "p-dotted-999": (b".".join([b"a"] * 999) + b" = 1\n", ["1:1: T108"]),
    "p-1m-array": (b"tags = [" + b'"a",' * 1_000_000 + b"]\n", ["T104"]),
    "p-50k-tables": (b"[[partner]]\nnmae = 1\n" * 50_000, ["T104"]),
}  # fmt: skip
# a line of the statement, what stands there instead, and the code, place and words of the one message
CHANGED = {
    "p-fullwidth-digit-string": ("amount = 100", 'amount = "１２"', "9:10: F104", "not an amount of money"),
    "p-float-nan": ("amount = 100", "amount = nan", "9:10: F106", "not infinite"),
    "p-float-inf": ("amount = 100", "amount = inf", "9:10: F106", "not infinite"),
    "p-float-neg-inf": ("amount = 100", "amount = -inf", "9:10: F106", "not infinite"),
    "p-bool-as-int": ("weight = 2", "weight = true", "6:10: F103", "a number, not true or false"),
    "p-datetime-for-date": (
        "on = 2024-06-30", "on = 2026-01-01T23:30:00-11:00", "8:6: F103", "not a date with a time",
    ),
    "p-typo-enum": (
        'title = "Separators"', 'periods = "yeer"', "3:11: F107", "did you mean 'year'?",
    ),
    "p-blank-name": ('name = "Ada"', 'name = "　\u200b "', "5:8: F109", "blank"),
    "p-zero-width-id": ('policy = "hk/hku"', 'policy = "hk/hk\\u200bu"', "2:10: S206", "hk/hk\\u200bu"),
    "s-id-parent": ('policy = "hk/hku"', 'policy = "../../secret"', "2:10: S206", "'../../secret'"),
    "s-id-nul-dev": ('policy = "hk/hku"', 'policy = "nul"', "2:10: S206", "'nul'"),
    "s-id-nul-char": ('policy = "hk/hku"', 'policy = "a\\u0000b"', "2:10: S206", "'a\\x00b'"),
    "s-future-format": ('title = "Separators"', "format = 999", "3:1: F102", "'format' is not a key here"),
    "l-no-inventor": (
        '[[inventors]]\nname = "Ada"\nweight = 2', "inventors = []", "4:1: F102", "not a key here",
    ),
    "c-zero-total": ("weight = 2", "weight = 0", "4:3: P406", "no inventor to pay"),
    "c-negative": ("weight = 2", "weight = -1", "6:10: F106", "≥ 0"),
    "c-1e30": ("amount = 100", f"amount = 1{'0' * 30}", "9:10: F106", "18 digits"),
    "c-dup-holder": (
        "weight = 2", '[[inventors]]\nname = "Ada"', "7:8: F112", "stands twice",
    ),
    "c-fraction-share": ("[[receipts]]", "[[holder]]\nshares = 0.5\n[[receipts]]", "7:3: F102", "not a key"),
}  # fmt: skip
NOT_FOUND = 'share = "unknown"'
# a line of a library's policy, and the same
POLICIES = {
    "s-id-parent": ('id = "hk/hku"', 'id = "../../secret"', "2:6: F111", "U+002E"),
    "s-id-nul-dev": ('id = "hk/hku"', 'id = "nul"', "2:6: F111", "not an id"),
    "s-id-nul-char": ('id = "hk/hku"', 'id = "a\\u0000b"', "2:6: F111", "U+0000"),
    "p-zero-width-id": ('id = "hk/hku"', 'id = "hk/hk\\u200bu"', "2:6: F111", "U+200B"),
    "s-currency-unknown": ('currency = "HKD"', 'currency = "HKDD"', "5:12: F108", "did you mean 'HKD'?"),
    "s-future-format": ('institution = "hku"', 'institution = "hku"\nformat = 999', "5:1: F102", "format"),
    "p-blank-name": ('institution = "hku"', 'institution = "　"', "4:15: F109", "blank"),
    "s-tier-gap": (
        '{ share = { inventors = "70%", university = "rest" } }',
        f"{{ slabs = [{{ up_to = 9, {NOT_FOUND} }}, {{ up_to = 5, {NOT_FOUND} }}, {{ {NOT_FOUND} }}] }}",
        "54:58: P416", "bands go up",
    ),
}  # fmt: skip


def commands(path):
    """Every command that reads a policy."""
    return (
        ("split", path, "--receipts", "100"),
        ("split", "hk/hku", "--receipts", "100", "--law", path),
        ("compare", path, "hk/hku", "--receipts", "100"),
        ("policies", "show", path),
        ("policies", "test", path),
        ("policies", "diff", path, "hk/hku"),
        ("explain", path),
    )


def told(result):
    """The messages of a refusal, and that it is one."""
    assert (result.code, result.raw) == (2, b"")
    assert "Traceback" not in result.error
    return re.findall(r"(?m)^bad\.toml:((?:\d+:\d+: |\s*)[A-Z]\d{3}): ", result.error)


@pytest.fixture
def bad(tmp_path, monkeypatch):
    """Writes the file ``bad.toml`` where commands run."""
    monkeypatch.chdir(tmp_path)
    return (tmp_path / "bad.toml").write_bytes


@pytest.mark.parametrize("entry", BROKEN)
def test_what_is_no_toml(entry, ipcalc, bad):
    raw, found = BROKEN[entry]
    bad(raw)
    for command in (("split", "bad.toml"), *commands("bad.toml")):
        began = time.monotonic()
        assert [one.strip() for one in told(ipcalc(*command))] == found
        assert time.monotonic() - began < 10


@pytest.mark.parametrize(("entry", "raw"), [("p-empty", b""), ("p-comment-only", b"# nothing here yet\n")])
def test_what_says_nothing(entry, raw, ipcalc, bad):
    bad(raw)
    assert told(ipcalc("split", "bad.toml")) == ["1:1: F114"]
    for command in commands("bad.toml"):
        assert {one[:4] for one in told(ipcalc(*command))} == {"1:1:"}


@pytest.mark.parametrize("entry", CHANGED)
def test_statements(entry, ipcalc, bad):
    old, new, place, words = CHANGED[entry]
    assert old in STATEMENT
    bad(STATEMENT.replace(old, new).encode())
    result = ipcalc("split", "bad.toml")
    assert told(result) == [place]
    assert words in re.sub(r"\s*\n[\s\d|^]*", " ", result.error)


@pytest.mark.parametrize("entry", POLICIES)
def test_policies(entry, ipcalc, bad):
    old, new, place, words = POLICIES[entry]
    text = library.find("ip")["hk/hku"].read_text()
    assert old in text
    bad(text.replace(old, new, 1).encode())
    for command in commands("bad.toml"):
        result = ipcalc(*command)
        assert told(result) == [place]
        assert words in result.error


def test_all_errors_of_a_file_in_its_order(ipcalc, bad):
    """p-many-errors."""
    bad(
        STATEMENT.replace("on = 2024-06-30", 'on = "soon"')
        .replace("weight = 2", "wieght = 2\nx = 1")
        .encode()
    )
    assert told(ipcalc("split", "bad.toml")) == ["6:1: F102", "7:1: F102", "9:6: F103"]


def test_windows_line_ends_change_nothing(ipcalc, bad):
    """p-crlf."""
    answers = []
    for text in (STATEMENT, STATEMENT.replace("\n", "\r\n")):
        bad(text.encode())
        answers.append(ipcalc("split", "bad.toml").raw)
    assert answers[0] == answers[1] != b""


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        ("p-rich-link", "[link=https://example.invalid]official guide[/link]"),
        ("p-emoji-code", ":skull: :white_check_mark:"),
        ("p-osc-title", "\x1b]0;hacked\x07x"),
        ("p-emoji-zwj", "👩‍🔬 lab é"),
        ("p-attr-breakout", '" onmouseover="window.PWNED=1'),
    ],
)
def test_titles_are_shown_as_they_are(entry, title, ipcalc, bad):
    quoted = title.replace('"', '\\"').replace("\x1b", "\\u001b").replace("\x07", "\\u0007")
    bad(STATEMENT.replace("Separators", quoted).encode())
    for terminal in (False, True):
        shown = ipcalc("split", "bad.toml", terminal=terminal, environment={"COLUMNS": "200"})
        assert shown.code == 0
        assert not re.search(r"\x1b\]|\x07", shown.out)  # neither a link nor a window's title
        if title.isascii() and title.isprintable():
            assert title in shown.out


def test_a_title_does_not_break_markdown(ipcalc, bad):
    """p-markdown-cell."""
    bad(STATEMENT.replace("Ada", "a|b\\n| x | y |\\n![](https://example.invalid/p.png)<b>").encode())
    lines = ipcalc("split", "bad.toml", "--format", "md").out.splitlines()
    (row,) = (one for one in lines if "example.invalid" in one and one.startswith("|"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 4
    assert "![" not in row.replace("\\[", "") and "<b>" not in row


def test_one_cent_among_three(ipcalc, bad):
    """l-one-cent: to the one listed first, in every run."""
    people = "".join(f'[[inventors]]\nname = "{name}"\n' for name in "abc")
    bad(
        STATEMENT.replace('[[inventors]]\nname = "Ada"\nweight = 2\n', people).replace("100", "0.01").encode()
    )
    first, again = (ipcalc("split", "bad.toml") for _ in range(2))
    assert first.raw == again.raw
    assert re.findall(r"(?m)^([abc]) +1 +(\S+)$", first.out) == [("a", "0.01"), ("b", "0.00"), ("c", "0.00")]


def test_a_pipe_is_not_waited_for(ipcalc, tmp_path, monkeypatch):
    """s-fifo."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("bad.toml")
    for command in (("split", "bad.toml"), *commands("bad.toml")):
        assert [one.strip() for one in told(ipcalc(*command))] == ["T103"]


@pytest.mark.parametrize(
    ("text", "told_of"),
    [
        ('[statment]\npolicy = "hk/hku"\n', "bad.toml:1:2: F102: 'statment' is not a key here"),
        ('[[holder]]\nname = "A"\nshares = 1\n', "bad.toml:1:1: F114: one of these keys is missing"),
        ('[project]\ntitle = "x"\n', "bad.toml:1:1: F114: one of these keys is missing"),
    ],
)
def test_what_is_neither_policy_nor_statement(text, told_of, ipcalc, bad):
    bad(text.encode())
    assert ipcalc("split", "bad.toml").error.startswith(told_of)
