"""Exit codes, and what a command says when it can't answer."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ipcalc import library

PROJECT = "projects/separators.toml"
CAPTABLE = "equity/separators.toml"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ([], 0),
        (["ip.inventor_share=60%"], 1),
        (["judgements=[]"], 3),
        (["ip={}"], 3),
        (["ip={}", "phases.stage-1.funding=[]"], 1),
        (["ip.inventor_share=170%"], 2),
    ],
)
def test_check(settings, code, ipcalc, example):
    laid = [word for setting in settings for word in ("--set", setting)]
    result = ipcalc("check", example(PROJECT), *laid)
    assert result.code == code
    assert bool(result.error) == (code == 2)
    answered = ipcalc("check", example(PROJECT), *laid, "--exit-zero")
    assert answered.code == (2 if code == 2 else 0)
    assert answered.raw == result.raw


def test_the_worst_of_several_schemes(ipcalc, example, tmp_path):
    shipped = library.find("funding")["hk/raise-plus"].read_text()
    other = tmp_path / "other.toml"
    other.write_text(shipped.replace('value = "70%"', 'value = "75%"').split("[[examples]]")[0])
    assert ipcalc("check", example(PROJECT), "-s", other).code == 1
    both = ipcalc("check", example(PROJECT), "-s", other, "-s", "hk/raise-plus")
    assert both.code == 1
    assert both.out.count("Receipt") == 2


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["check"], "Missing argument 'PROJECT'"),
        (["check", "no.toml"], "no.toml: T101"),
        (["check", "."], ".: T103"),
        (["check", PROJECT, "-s", "hk/raise"], "hk/raise: S201"),
        (["check", PROJECT, "-s", "no.toml"], "no.toml: T101"),
        (["check", PROJECT, "--format", "yaml"], "'table', 'json', 'md'"),
        (["check", PROJECT, "--as-of", "soon"], "'soon' is not a date"),
        (["check", PROJECT, "--as-of", "2025-02-30"], "'2025-02-30' is not a date"),
        (["check", PROJECT, "--as-of", "9999-01-01"], "1900 to 2200"),
        (["check", PROJECT, "--as-of", ""], "'' is not a date"),
        (["check", PROJECT, "--set", "x"], "C301"),
        (["check", PROJECT, "--set", "project.title.x=1"], "C302"),
        (["check", PROJECT, "--set", "phases.stage-3.start=2026-04-01"], "C303"),
        (["check", PROJECT, "--color", "blue"], "'auto', 'always', 'never'"),
        (["check", PROJECT, PROJECT], "unexpected extra argument"),
        (["check", PROJECT, "--bogus"], "No such option"),
        (["chek", PROJECT], "Did you mean 'check'?"),
        (["split", "hk/hku"], "what is to be divided? --receipts AMOUNT"),
        (["split", "hk/hkk", "--receipts", "1"], "hk/hkk: S206"),
        (["split", "hk/hku", "--receipts", "lots"], "--receipts: F104"),
        (["split", "hk/hku", "--receipts", "-1"], "--receipts: F106"),
        (["split", "hk/hku", "--receipts", "1", "--set", "versions.9.source=x"], "C303"),
        (["split", "hk/hku", "--receipts", "1", "--as-of", "x"], "is not a date"),
        (["split", "hk/hku@2022-01-01", "--receipts", "1", "--as-of", "2022-01-01"], "leave --as-of out"),
        (["split", "hk/hku", "--receipts", "9", "--account", "costs=5", "--costs", "3"], "--account: F112"),
        (["split", "hk/hku", "--receipts", "9", "--account", "cots=5"], "--account: P404"),
        (["split", "hk/hku", "--receipts", "9", "--date", "x=2022-01-01"], "--date: P404"),
        (["split", "hk/hku", "--receipts", "9", "--law", "de/arbnerfg-42"], "--law: F118"),
        (["split", "hk/hku", "--receipts", "9", "--law", "hk/hkust"], "--law: P428"),
        (["split", "us/yale@2020-01-01", "--receipts", "9", "--input", "approved office budget=5"],
         "--input: P414"),
        (["split", "jp/hokkaido@2010-01-01", "--receipts", "9", "--input", "laboratory share=30%"],
         "--input: F106: 'laboratory share' is out of bounds: 0% … 20%"),
        (["compare", "gb/cambridge", "gb/bristol", "--receipts", "9", "--account", "sponsr=5"],
         "did you mean 'sponsor'?"),
        (["compare", "us/yale", "us/mit", "--receipts", "9", "--input", "office budget=5"],
         "did you mean 'approved office budget'?"),
        (["equity", CAPTABLE, "--exit", "USD 1"], "--exit USD 1: E506"),
        (["equity", CAPTABLE, "--at", "x"], "is not a date"),
        (["equity", CAPTABLE, "--set", "events.stake.grant.percent=x"], "F104"),
        (["compare", "hk/hku"], "C309"),
        (["compare", "hk/hku", "hk/hkust"], "--receipts AMOUNT"),
        (["compare", CAPTABLE, PROJECT], "C309"),
        (["compare", PROJECT, "--set", "project.schemes=[]", "--set", "ip={}"], "C307"),
        (["compare", PROJECT, "--set", 'project.schemes=["hk/x"]', "--set", "ip={}"], "S201"),
        (["compare", "hk/hku@2025-13-01", "hk/hku", "--receipts", "1"], "F104"),
        (["policies", "diff", "hk/hku", "2022-01-01"], "name two dates, or one other of its kind"),
        (["explain", "F999"], "F999: C308"),
        (["explain", "hk/raise-plus:stage-1"], "C308"),
        (["explain", "hk/hku:stage-1-match"], "C308"),
        (["schemes", "schema", "checks"], "is not one of"),
        (["schemes", "test", "hk/x"], "S206"),
        (["schemes", "lint", "hk/x"], "S206"),
        (["schemes", "lint", "no.toml"], "T101"),
    ],
)  # fmt: skip
def test_no_answer_is_2(args, said, ipcalc, example):
    args = [example(arg) if arg in (PROJECT, CAPTABLE) else arg for arg in args]
    result = ipcalc(*args)
    assert (result.code, result.out) == (2, "")
    assert said in " ".join(result.error.split())


def test_a_rule_that_is_meant(ipcalc):
    assert "did you mean 'stage-1-match'?" in ipcalc("explain", "hk/raise-plus:stage-1-mach").error


def test_a_shipped_scheme_of_another_id(ipcalc, example, tmp_path, monkeypatch):
    path = tmp_path / "scheme.toml"
    path.write_text(library.find("funding")["hk/raise-plus"].read_text())
    monkeypatch.setattr(library, "find", lambda kind: {"hk/other": path})
    result = ipcalc("check", example(PROJECT), "-s", "hk/other")
    assert result.code == 2
    assert "S202: the id is 'hk/raise-plus'" in result.error


def test_a_shipped_policy_of_another_id(ipcalc, tmp_path, monkeypatch):
    path = tmp_path / "policy.toml"
    path.write_text(library.find("ip")["hk/hku"].read_text())
    monkeypatch.setattr(library, "find", lambda kind: {"hk/other": path})
    result = ipcalc("split", "hk/other", "--receipts", "1")
    assert result.code == 2
    assert "S202: the id is 'hk/hku'" in result.error


def test_standard_input(ipcalc, example):
    text = example(PROJECT).read_text()
    assert ipcalc("check", "-", stdin=text).raw == ipcalc("check", example(PROJECT)).raw
    broken = ipcalc("check", "-", stdin='[project]\ntitle = "x"\ncurrency = "HKS"\n')
    assert broken.error.startswith("<stdin>:3:12: F108: ")
    assert ipcalc("equity", "-", stdin=example(CAPTABLE).read_text()).code == 0
    assert ipcalc("equity", "-", stdin="[company]\n").error.startswith("<stdin>")
    policy = library.find("ip")["hk/hku"].read_text()
    assert ipcalc("split", "-", "--receipts", "100", stdin=policy).code == 0


def test_a_name_with_a_hyphen(ipcalc, example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(example(PROJECT), "-x.toml")
    assert ipcalc("check", "--", "-x.toml").code == 0
    shutil.copy(example(CAPTABLE), "-y.toml")
    assert ipcalc("equity", "--", "-y.toml").code == 0


# -- in a process of its own --------------------------------------------------------------------------


def start(*args, **more):
    return subprocess.Popen([sys.executable, "-m", "ipcalc", *map(str, args)], stderr=subprocess.PIPE, **more)


def test_a_reader_that_goes(example):
    read, written = os.pipe()
    os.close(read)  # before a byte is written
    process = start("check", example(PROJECT), stdout=written)
    os.close(written)
    _, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write to")
@pytest.mark.parametrize("form", ["table", "json"])
def test_a_full_disk(form, example):
    with Path("/dev/full").open("wb") as full:
        process = start("check", example(PROJECT), "--format", form, stdout=full)
        _, error = process.communicate(timeout=60)
    assert process.returncode == 2
    assert b"C306" in error
    assert b"Traceback" not in error


def test_an_interruption():
    process = start("check", "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    # it waits for its input once it has read nothing; a byte tells us that it is there
    process.stdin.write(b"#")
    process.stdin.flush()
    try:
        process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in error


def test_without_a_home(example):
    kept = {key: value for key, value in os.environ.items() if key != "HOME" and not key.startswith("XDG")}
    process = start("check", example(PROJECT), stdout=subprocess.PIPE, env=kept)
    _, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (0, b"")


@pytest.mark.parametrize("form", ["table", "json", "md"])
def test_same_input_same_bytes(form, example):
    commands = (
        ["check", example(PROJECT), "--set", "ip={}", "--format", form],
        ["compare", example(CAPTABLE), "--set", "events.stake.grant.percent=5%", "--format", form],
    )
    for command in commands:
        seeds = ("0", "1", "random")
        started = [
            start(*command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONHASHSEED": seed})
            for seed in seeds
        ]
        assert len({process.communicate(timeout=60)[0] for process in started}) == 1
