"""What the READMEs show holds: their commands run, and the files they show can be read."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
SCHEMES = (ROOT / "schemes" / "README.md").read_text()


def blocks(text, language):
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", text)


# the first block of the README installs the program: .ci/run runs it
SHOWN = [line for block in blocks(README, "sh")[1:] + blocks(SCHEMES, "sh") for line in block.splitlines()]
INLINE = re.findall(r"`(ipcalc [^`]+)`", " ".join((README + SCHEMES).split()))


@pytest.mark.parametrize("line", SHOWN)
def test_a_command_that_is_shown_runs(line, ipcalc, monkeypatch):
    monkeypatch.chdir(ROOT)
    program, *words = shlex.split(line)
    result = ipcalc(*words)
    assert (program, result.error) == ("ipcalc", "")
    assert result.code in {0, 1, 3}
    assert result.out


def test_commands_are_found():
    assert len(SHOWN) > 10
    assert len(INLINE) > 5


@pytest.mark.parametrize("line", INLINE)
def test_a_command_in_a_sentence_is_one(line, ipcalc):
    """It names a command of the program; what follows may stand for something, as FILE and NAME do."""
    words = shlex.split(line)[1:]
    path = words[:2] if words[0] == "schemes" else words[:1]
    if path[0].islower():
        shown = ipcalc(*path, "--help")
        assert shown.code == 0
        assert all(word in shown.out for word in words if word.startswith("-"))


def test_the_project_is_one(ipcalc, tmp_path):
    [project] = blocks(README, "toml")
    (tmp_path / "project.toml").write_text(project)
    result = ipcalc("check", tmp_path / "project.toml")
    assert (result.code in {0, 1, 3}, result.error) == (True, "")


def test_the_scheme_is_one(ipcalc, tmp_path):
    [scheme, *_] = blocks(SCHEMES, "toml")
    (tmp_path / "scheme.toml").write_text(scheme)
    for command in ("explain", "schemes test", "schemes lint"):
        result = ipcalc(*command.split(), tmp_path / "scheme.toml")
        assert (result.code, result.error) == (0, "")
    [project] = blocks(README, "toml")
    (tmp_path / "project.toml").write_text(project)
    checked = ipcalc("check", tmp_path / "project.toml", "-s", tmp_path / "scheme.toml")
    assert (checked.code in {0, 1, 3}, checked.error) == (True, "")


def test_the_statement_is_one(ipcalc, tmp_path):
    [found] = [block for block in blocks(SCHEMES, "toml") if block.startswith("[statement]")]
    (tmp_path / "statement.toml").write_text(found)
    result = ipcalc("split", tmp_path / "statement.toml")
    assert (result.code, result.error) == (0, "")
