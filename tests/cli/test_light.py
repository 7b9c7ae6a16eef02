"""What a command imports: help, completion and --version stay light."""

import json
import os
import subprocess
import sys

import pytest

from ipcalc.cli.main import _COMMANDS

HEAVY = {"rich", "pydantic", "pydantic_core", "jsonschema", "asyncio"}
ENGINE = {"ipcalc.funding", "ipcalc.ip", "ipcalc.equity", "ipcalc.rules", "ipcalc.inputs", "ipcalc.views"}
# runs the program as its script does, and says what was imported by the end
PROGRAM = """
import json, sys
sys.argv[0] = "ipcalc"
before = set(sys.modules)
from ipcalc.__main__ import main
try:
    main()
finally:
    sys.stderr.write(json.dumps(sorted(set(sys.modules) - before)))
"""


def imported(*args, **environment):
    """The output of a command, and the modules that it imported."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *args],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout, set(json.loads(done.stderr))


def complete(line):
    """What bash would offer for a line, the last word of which is being typed."""
    words = line.split(" ")
    modules = {"_IPCALC_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    out, found = imported(**modules)
    return [row.partition(",")[2] for row in out.splitlines()], found


def test_version_imports_nothing():
    out, modules = imported("--version")
    assert out.startswith("ipcalc ")
    assert {name for name in modules if name.partition(".")[0] in {"ipcalc", "click", *HEAVY}} == {
        "ipcalc",
        "ipcalc.__main__",
    }


@pytest.mark.parametrize("args", [[], *([name] for name in _COMMANDS), ["schemes", "list"]])
def test_help_is_light(args):
    out, modules = imported(*args, "--help")
    assert out.startswith("Usage: ipcalc")
    assert not modules & (HEAVY | ENGINE | {"tomli"})


@pytest.mark.parametrize(
    ("line", "some"),
    [
        ("ipcalc ", {"check", "ask", "split", "equity", "compare", "schemes", "explain"}),
        ("ipcalc che", {"check"}),
        ("ipcalc check --for", {"--format", "--force"}),
        ("ipcalc check p.toml -s hk/raise", {"hk/raise-plus"}),
        ("ipcalc ask hk/raise", {"hk/raise-plus"}),
        ("ipcalc split hk/hk", {"hk/hku", "hk/hkust"}),
        ("ipcalc compare hk/hku hk/", {"hk/hku", "hk/hkust"}),
        ("ipcalc schemes t", {"test"}),
        ("ipcalc schemes test hk/", {"hk/raise-plus", "hk/hku"}),
        ("ipcalc schemes lint hk/", {"hk/raise-plus", "hk/hku"}),
        ("ipcalc schemes schema cap", {"captable"}),
        ("ipcalc explain F10", {"F101", "F102"}),
        ("ipcalc explain hk/", {"hk/raise-plus", "hk/hku"}),
        ("ipcalc explain hk/raise-plus:stage-1-m", {"hk/raise-plus:stage-1-match"}),
    ],
)
def test_completion_is_light(line, some):
    offered, modules = complete(line)
    assert some <= set(offered)
    assert all(word.startswith(line.rpartition(" ")[2]) for word in offered)
    assert not modules & (HEAVY | ENGINE)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["hk/raise-plus", ":", "stage-1-m"], ["stage-1-match"]),
        (["hk/raise-plus", ":"], ["applicant", "stage-1-match"]),
        (["hk/raise-p"], ["hk/raise-plus"]),
        (["hk/raise-plus:stage-1-m"], ["hk/raise-plus:stage-1-match"]),
    ],
)
def test_bash_breaks_words_at_colons(words, offered):
    """What it gives us then, and what it is to put in place of the last part."""
    line = ["ipcalc", "explain", *words]
    out, _ = imported(
        _IPCALC_COMPLETE="bash_complete", COMP_WORDS="\n".join(line), COMP_CWORD=str(len(line) - 1)
    )
    assert {f"plain,{word}" for word in offered} <= set(out.splitlines())


def test_a_toml_file_needs_nothing_of_other_formats(example):
    _, modules = imported("equity", str(example("equity/sale.toml")))
    assert "ipcalc.inputs.toml" in modules
    others = {f"ipcalc.inputs.{name}" for name in ("json", "locate_json", "package")}
    assert not modules & {*others, "zipfile"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_is_told_how(shell):
    out, modules = imported(_IPCALC_COMPLETE=f"{shell}_source")
    assert "_IPCALC_COMPLETE" in out
    assert not modules & (HEAVY | ENGINE)
