"""Whatever a file says, a command ends with an exit code: never with an exception."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ipcalc import library

EXAMPLES = Path(__file__).parents[1] / "examples"
PLAIN = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# what a hand, a bad copy or ill will might leave in a file
PIECES = [
    b"", b" ", b"\n", b"\x00", b"\xff", b"\xe9\xa6", "香".encode(), b'"', b"'", b"[", b"]", b"{", b"}", b"=",
    b".", b",", b"#", b"-", b"0", b"9" * 30, b"1e9999", b"nan", b"inf", b"true", b"1979-05-27", b"0001-01-01",
    b"9999-12-31", b"'1/0'", b'"-5%"', b'"1/3"', b'"HKD 1"', b'"USD 1"', b'"unknown"', b'"rest"', b"[]",
    b"{}", b'"36 months"', b'"x"', b"sum(", b" and ", b"\\u0000", b'"""', b"\xef\xbb\xbf", b"id",
    b"[[phases]]", b"*",
]  # fmt: skip


def mutated(text, data):
    """A text with a few of its bytes or lines deleted, doubled, exchanged or replaced."""
    raw = text.encode()
    for _ in range(data.draw(st.integers(1, 3))):
        lines = raw.splitlines(keepends=True) or [b""]
        i, j = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        line = lines[i]
        match data.draw(st.sampled_from(["delete", "double", "exchange", "value", "bytes", "join", "word"])):
            case "delete":
                del lines[i]
            case "double":
                lines.insert(j, line)
            case "exchange":
                lines[i], lines[j] = lines[j], lines[i]
            case "value" if b"=" in line:
                lines[i] = line.partition(b"=")[0] + b"= " + data.draw(st.sampled_from(PIECES)) + b"\n"
            case "join" if b"=" in line and b"=" in lines[j]:
                lines[i] = line.partition(b"=")[0] + b"=" + lines[j].partition(b"=")[2]
            case "word":
                words = line.split(b" ")
                words[data.draw(st.integers(0, len(words) - 1))] = data.draw(st.sampled_from(PIECES))
                lines[i] = b" ".join(words)
            case _:
                start = data.draw(st.integers(0, len(line)))
                stop = min(len(line), start + data.draw(st.integers(0, 4)))
                lines[i] = line[:start] + data.draw(st.sampled_from(PIECES)) + line[stop:]
        raw = b"".join(lines)
    return raw


def ended(result):
    """A result says something in one place, and in JSON it can be read."""
    assert result.code in {0, 1, 2, 3}
    assert bool(result.error) == (result.code == 2)
    assert bool(result.raw) == (result.code != 2)
    if result.raw:
        json.loads(result.raw)


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.rglob("*.toml")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_examples(path, ipcalc):
    command = {"equity": "equity", "statements": "split"}.get(path.parent.name, "check")

    @PLAIN
    @given(st.data())
    def holds(data):
        raw = mutated(path.read_text(), data)
        ended(ipcalc(command, "-", "--format", "json", stdin=raw))
        ipcalc(command, "-", "--lang", "zh-Hant", stdin=raw)

    holds()


@pytest.mark.parametrize("name", ["hk/raise-plus"])
def test_schemes(name, ipcalc, example, tmp_path):
    text, project = library.find("funding")[name].read_text(), example("projects/separators.toml")

    @settings(PLAIN, max_examples=40)
    @given(st.data())
    def holds(data):
        raw = mutated(text, data)
        ended(ipcalc("check", project, "-s", "-", "--format", "json", stdin=raw))
        (tmp_path / "scheme.toml").write_bytes(raw)
        ended(ipcalc("schemes", "lint", tmp_path / "scheme.toml", "--format", "json"))

    holds()


@pytest.mark.parametrize("name", ["hk/hku", "hk/hkust"])
def test_policies(name, ipcalc, tmp_path):
    text = library.find("ip")[name].read_text()

    @PLAIN
    @given(st.data())
    def holds(data):
        raw = mutated(text, data)
        ended(ipcalc("split", "-", "--receipts", "100", "--format", "json", stdin=raw))
        ipcalc("split", "-", "--receipts", "100", "--steps", "--as-of", "2020-01-01", stdin=raw)
        (tmp_path / "policy.toml").write_bytes(raw)
        ended(ipcalc("schemes", "lint", tmp_path / "policy.toml", "--format", "json"))

    holds()


@PLAIN
@given(st.text(max_size=30), st.sampled_from(PIECES))
def test_settings(ipcalc, example, path, value):
    for command, file in (("check", "projects/separators.toml"), ("equity", "equity/separators.toml")):
        laid = f"{path}={value.decode(errors='replace')}".replace("\0", "")
        ended(ipcalc(command, example(file), "--set", laid, "--format", "json"))


def leaves(node, path=()):
    """The path of every value of a file."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, below in items:
        here = (*path, f'"{key}"' if "/" in str(key) else str(key))
        yield here
        yield from leaves(below, here)


@pytest.mark.parametrize("command", ["check", "equity", "split"])
def test_every_value_replaced(command, ipcalc, example):
    import tomli

    files = {"check": example("projects/separators.toml"), "equity": example("equity/separators.toml")}
    path = files.get(command, library.find("ip")["hk/hku"])
    more = ["--receipts", "100"] if command == "split" else []
    chosen = random.Random(7)
    for leaf in leaves(tomli.loads(path.read_text())):
        for value in chosen.sample(PIECES, 4):
            laid = f"{'.'.join(leaf)}={value.decode(errors='replace')}"
            ended(ipcalc(command, path, *more, "--set", laid, "--format", "json"))
