"""Where a result goes and how it looks: -o, forms, languages, colour, encodings, widths, inert text."""

import json
import os
import re
import subprocess
import sys

import pytest

from ipcalc import texts
from ipcalc.inputs import writing

PROJECT = "projects/separators.toml"
CAPTABLE = "equity/separators.toml"
COMMANDS = {
    "check": ["check", PROJECT, "--set", "ip.inventor_share=60%", "--exit-zero"],
    "unknown": ["check", PROJECT, "--set", "ip={}", "--set", "judgements=[]", "--exit-zero"],
    "split": [
        "split",
        "hk/hku",
        "--receipts",
        "1000000",
        "--inventor",
        "陳=2",
        "--inventor",
        "Bo",
        "--steps",
    ],
    "equity": ["equity", CAPTABLE, "--exit", "HKD 80 million"],
    "compare": ["compare", "hk/hku@2022-01-01", "hk/hku@2024-01-01", "--receipts", "100"],
    "schemes": ["schemes", "list"],
    "test": ["schemes", "test", "hk/raise-plus", "hk/hku"],
    "explain": ["explain", "hk/raise-plus:ip-share"],
    "policy": ["explain", "hk/hku"],
    "code": ["explain", "T107"],
}
BROKEN = '[project]\ntitle = "香港 😀"\ncurrency = "HKS"\n'


@pytest.fixture(params=COMMANDS)
def command(request, example):
    return [example(arg) if arg in (PROJECT, CAPTABLE) else arg for arg in COMMANDS[request.param]]


@pytest.fixture
def project(tmp_path, monkeypatch, example):
    """The name of a project in the folder of the test."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "project.toml").write_text(example(PROJECT).read_text())
    return "project.toml"


# -- a file -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["table", "json", "md"])
def test_to_a_file(command, form, ipcalc, tmp_path):
    shown = ipcalc(*command, "--format", form)
    written = ipcalc(*command, "--format", form, "-o", tmp_path / "out")
    assert (written.code, written.raw, written.error) == (shown.code, b"", "")
    assert (tmp_path / "out").read_bytes() == shown.raw
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_that_exists(project, ipcalc, tmp_path):
    (tmp_path / "out").write_text("mine")
    refused = ipcalc("check", project, "-o", "out")
    assert (refused.code, refused.out) == (2, "")
    assert refused.error == "out: C304: the file exists already\n  add --force to replace it\n"
    assert (tmp_path / "out").read_text() == "mine"
    assert ipcalc("check", project, "-o", "out", "--force").code == 0
    assert (tmp_path / "out").read_text().startswith("Research")


@pytest.mark.parametrize("force", [[], ["--force"]])
@pytest.mark.parametrize("target", ["project.toml", "./project.toml", "link.toml"])
def test_the_input_is_never_the_output(target, force, project, ipcalc, tmp_path):
    (tmp_path / "link.toml").symlink_to(tmp_path / "project.toml")
    before = (tmp_path / project).read_bytes()
    refused = ipcalc("check", project, "-o", target, *force)
    assert refused.code == 2
    assert "C305" in refused.error
    assert (tmp_path / project).read_bytes() == before


@pytest.mark.parametrize("target", ["scheme.toml"])
def test_the_scheme_is_an_input_too(target, project, ipcalc, tmp_path):
    from ipcalc import library

    text = library.find("funding")["hk/raise-plus"].read_text()
    (tmp_path / target).write_text(text)
    refused = ipcalc("check", project, "-s", target, "-o", target, "--force")
    assert "C305" in refused.error
    explained = ipcalc("explain", target, "-o", target, "--force")
    assert "C305" in explained.error
    tested = ipcalc("schemes", "test", target, "-o", target, "--force")
    assert "C305" in tested.error
    assert (tmp_path / target).read_text() == text


def test_a_missing_folder(project, ipcalc, tmp_path):
    refused = ipcalc("check", project, "-o", "no/such/out")
    assert refused.code == 2
    assert refused.error == "no/such/out: C306: the file can't be written: No such file or directory\n"
    assert not (tmp_path / "no").exists()


def test_a_failure_midway(project, ipcalc, tmp_path, monkeypatch):
    (tmp_path / "out").write_text("mine")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    refused = ipcalc("check", project, "-o", "out", "--force")
    assert refused.code == 2
    assert "C306: the file can't be written: No space left on device" in refused.error
    assert (tmp_path / "out").read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"out", project}


def test_an_interruption_midway(project, ipcalc, tmp_path, monkeypatch):
    def stop(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.os, "fsync", stop)
    assert ipcalc("check", project, "-o", "out").code == 130
    assert {path.name for path in tmp_path.iterdir()} == {project}


# -- languages ----------------------------------------------------------------------------------------

# what people read; all else is for machines and the same in every language
WORDS = {
    "title", "because", "words", "note", "question", "name", "gaps", "about", "label", "text", "authority",
    "message", "page", "hint", "reading",
}  # fmt: skip


def skeleton(node, key=""):
    """A document without its words."""
    if isinstance(node, dict):
        return {name: skeleton(below, name) for name, below in node.items()}
    if isinstance(node, list):
        return [skeleton(below, key) for below in node]
    return bool(node) if key in WORDS and isinstance(node, str) else node


def test_json_is_the_same_in_every_language(command, ipcalc):
    documents = [
        json.loads(ipcalc(*command, "--format", "json", "--lang", lang).raw) for lang in texts.LANGUAGES
    ]
    assert documents[0]["kind"].startswith("ipcalc/")
    assert documents[0]["version"] == 1
    for document in documents[1:]:
        assert skeleton(document) == skeleton(documents[0])


def test_people_read_their_language(command, ipcalc):
    drawn = {lang: ipcalc(*command, "--lang", lang) for lang in texts.LANGUAGES}
    assert len({run.code for run in drawn.values()}) == 1
    assert len({run.raw for run in drawn.values()}) == 3 or command[:2] == ["schemes", "test"]


@pytest.mark.parametrize(
    ("environment", "flags", "lang"),
    [
        ({}, [], "en"),
        ({"LANG": "zh_HK.UTF-8"}, [], "zh-Hant"),
        ({"LANG": "zh_HK.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, [], "zh-Hans"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_TW.UTF-8"}, [], "zh-Hant"),
        ({"LC_ALL": "C", "LANG": "zh_TW.UTF-8"}, [], "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "IPCALC_LANG": "zh-Hant"}, [], "zh-Hant"),
        ({"IPCALC_LANG": "zh-Hant"}, ["--lang", "zh_CN.UTF-8"], "zh-Hans"),
        ({"IPCALC_LANG": "zh-Hant"}, ["--lang", "en"], "en"),
        ({}, ["--lang", "zh-TW"], "zh-Hant"),
        ({}, ["--lang", "zh-Hant-HK"], "zh-Hant"),
        ({}, ["--lang", "ZH-cn"], "zh-Hans"),
        ({}, ["--lang", "klingon"], "en"),
        ({"IPCALC_LANG": "\udcff"}, [], "en"),
    ],
)
def test_which_language(environment, flags, lang, ipcalc):
    shown = ipcalc("explain", "C304", *flags, environment=environment)
    assert shown.out.startswith(f"C304: {texts.catalogue('codes')['C304']['title'][lang]}\n")
    refused = ipcalc("explain", "C999", *flags, environment=environment)
    assert "".join(texts.catalogue("codes")["C308"]["message"][lang].split("{value}")[:1]) in refused.error


# -- colour and width ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terminal", "environment", "flags", "coloured"),
    [
        (False, {}, [], False),
        (True, {}, [], True),
        (True, {"TERM": "dumb"}, [], False),
        (True, {"NO_COLOR": "1"}, [], False),
        (True, {"NO_COLOR": ""}, [], True),
        (False, {"FORCE_COLOR": "1"}, [], True),
        (False, {"FORCE_COLOR": ""}, [], False),
        (True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, [], False),
        (False, {"NO_COLOR": "1"}, ["--color", "always"], True),
        (True, {"FORCE_COLOR": "1"}, ["--color", "never"], False),
        (True, {"TERM": "dumb"}, ["--color", "always"], True),
    ],
)
def test_colour(terminal, environment, flags, coloured, ipcalc, example):
    settings = {"environment": environment, "terminal": terminal}
    shown = ipcalc("check", example(PROJECT), *flags, **settings)
    assert ("\x1b[" in shown.out) == coloured
    refused = ipcalc("check", "-", *flags, stdin=BROKEN, **settings)
    assert ("\x1b[" in refused.error) == coloured
    # a machine never reads colour, and help has none
    for form in ("json", "md"):
        drawn = ipcalc("check", example(PROJECT), "--format", form, *flags, **settings)
        assert "\x1b" not in drawn.out
    assert "\x1b" not in ipcalc("--help", **settings).out
    assert "\x1b" not in ipcalc("check", "--bogus", **settings).error
    plain = ipcalc("check", example(PROJECT), environment={"NO_COLOR": "1"}).out
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown.out) == plain


@pytest.mark.parametrize("columns", ["1", "0", "20", "80", "1000", "abc", "-5", "999999999999", ""])
def test_width(columns, command, ipcalc):
    settings = {"environment": {"COLUMNS": columns, "NO_COLOR": "1"}, "terminal": True}
    shown = ipcalc(*command, **settings)
    assert shown.code == 0
    everything = ipcalc(*command, environment={"NO_COLOR": "1"}).out
    assert "…" in everything or "…" not in shown.out  # nothing is cut
    if command[0] != "schemes":  # its cells of several lines are wrapped otherwise
        letters = sorted(re.sub(r"\s", "", everything))
        assert sorted(re.sub(r"\s", "", shown.out)) == letters  # nothing is lost
    assert ipcalc(*command, "--format", "json", **settings).raw == ipcalc(*command, "--format", "json").raw


def test_a_pipe_is_80_cells(command, ipcalc):
    from rich.cells import cell_len

    assert ipcalc(*command, environment={"COLUMNS": "200"}).raw == ipcalc(*command).raw
    for lang in texts.LANGUAGES:
        lines = ipcalc(*command, "--lang", lang).out.splitlines()
        assert [line for line in lines if cell_len(line) > 80] == []
        assert [line for line in lines if line != line.rstrip()] == []


def test_chinese_wraps_between_characters():
    from rich.cells import cell_len

    from ipcalc.views import console, page

    text = "「基數」為業界及大學的出資（2023 年 9 月起），而非項目總成本；HKD 100 million 是上限。"
    for width in range(20, 60):
        lines = console.draw([page.line(text, mark="-", depth=1)], width=width).splitlines()
        assert "".join(lines).replace(" ", "") == "-" + text.replace(" ", "")
        assert all(cell_len(line) <= width for line in lines)
        assert not any(line.strip()[0] in "，。；）」" for line in lines)
        assert all(cell_len(line) > width - 12 for line in lines[:-1])


# -- encodings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["ascii", "cp950", "gbk", "cp1252", "utf-8"])
def test_encodings(encoding, command, ipcalc):
    for lang in texts.LANGUAGES:
        drawn = ipcalc(*command, "--lang", lang, encoding=encoding)
        assert (drawn.code, drawn.error) == (0, "")
        drawn.raw.decode(encoding)
    document = ipcalc(*command, "--format", "json", encoding=encoding)
    assert document.raw == ipcalc(*command, "--format", "json").raw


@pytest.mark.parametrize("encoding", ["ascii", "cp950"])
def test_encodings_of_a_process(encoding, example):
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0"}
    for args, code in (
        (["check", example(PROJECT), "--lang", "zh-Hant"], 0),
        (["check", "香港.toml", "--lang", "zh-Hant"], 2),
        (["香港"], 2),
        (["check", "--format", "香"], 2),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ipcalc", *args], env=environment, capture_output=True, check=False
        )
        assert done.returncode == code
        assert b"Traceback" not in done.stderr
        (done.stdout + done.stderr).decode(encoding)


# -- text from a file is only text --------------------------------------------------------------------

STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
ACTIVE = [
    "\x1b[31mred", "\x1b]8;;http://x\x07link", "\x9b31m", "a\u202eb", "\u2066x\u2069", "a\rb", "a\x00b",
    "a\x7fb", "a\u2028b", "\ufeffx",
]  # fmt: skip
MARKUP = [
    "[bold]x[/bold]",
    "[/]",
    ":skull:",
    "[link=http://x]y[/link]",
    "<b>",
    "| a | b |",
    "**x**",
    "# x",
    "`",
]


@pytest.mark.parametrize("title", [*ACTIVE, *MARKUP, "two\nlines", "a\tb"])
def test_titles_are_inert(title, ipcalc, example):
    quoted = json.dumps(title).replace("\x7f", "\\u007f")
    laid = ["check", example(PROJECT), "--set", f"project.title={quoted}", "--exit-zero"]
    for flags in ([], ["--color", "always"], ["--format", "md"], ["--format", "json"]):
        shown = ipcalc(*laid, *flags)
        assert (shown.code, shown.error) == (0, "")
        text = re.sub(r"\x1b\[[0-9;]*m", "", shown.out) if "always" in flags else shown.out
        assert not STEERS.search(text)
        if title in MARKUP and flags in ([], ["--color", "always"]):
            assert f"Project: {title}" in text
    document = json.loads(ipcalc(*laid, "--format", "json").raw)
    assert document["results"][0]["project"] == title


@pytest.mark.parametrize("text", ACTIVE)
def test_errors_are_inert(text, ipcalc):
    quoted = json.dumps(text)
    for args, stdin in (
        (["check", "-"], f"[project]\ntitle = {quoted}\ncurrency = {quoted}\n"),
        (["check", "-"], f"[project]\n{quoted} = 1\n"),
        (["check", "-"], f"[project] # {text}\ntitle = 7\n"),
        (["check", f"{text}.toml"], ""),
        (["check", "-", "--set", f"{text}=1"], "[project]\n"),
        (["check", "-", "--as-of", text], "[project]\n"),
        (["check", "-", "--format", text], "[project]\n"),
        (["check", "-", f"--{text}"], "[project]\n"),
        (["check", "-", text], "[project]\n"),
        (["explain", text], ""),
        ([text], ""),
        (["split", text, "--receipts", text], ""),
    ):
        if any("\0" in arg for arg in args):
            continue  # no command line can hold it
        refused = ipcalc(*args, stdin=stdin)
        assert refused.code == 2
        assert not STEERS.search(refused.error), args
