"""Open Cap Format through the commands: what is written, where, and what is refused."""

import zipfile

import pytest

from ipcalc import texts

SPIN_OUT = "equity/spin-out.toml"


@pytest.fixture
def spin_out(example, monkeypatch, tmp_path):
    """The path of a cap table; the working folder is empty."""
    monkeypatch.chdir(tmp_path)
    return example(SPIN_OUT)


def test_a_package_is_written_and_read(ipcalc, spin_out, tmp_path):
    done = ipcalc("equity", spin_out, "--format", "ocf", "-o", "company.ocf.zip")
    assert (done.code, done.out) == (0, "")
    assert done.error.splitlines() == [
        "not in the package: the floor of stake",
        "not in the package: the right of stake to buy part of later rounds",
    ]
    with zipfile.ZipFile(tmp_path / "company.ocf.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "Manifest.ocf.json"
    last = ipcalc("equity", "company.ocf.zip", "--format", "csv").out.splitlines()[-1]
    assert last.endswith(ipcalc("equity", spin_out, "--format", "csv").out.splitlines()[-1].split(",", 1)[1])


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_what_a_package_lacks_is_said_in_each_language(ipcalc, spin_out, lang):
    done = ipcalc("equity", spin_out, "--format", "ocf", "-o", "c.zip", "--lang", lang)
    assert done.error.splitlines()[0] == texts.say("equity.ocf.lost-floor", lang, list="stake")


def test_a_package_as_of_a_day(ipcalc, spin_out):
    """After the SAFE and before the note: nothing later is in it."""
    ipcalc("equity", spin_out, "--format", "ocf", "-o", "c.zip", "--at", "2024-06-30")
    shown = ipcalc("equity", "c.zip").out
    assert "angel-safe" in shown
    assert "angel-note" not in shown


def test_a_package_needs_a_file(ipcalc, spin_out):
    done = ipcalc("equity", spin_out, "--format", "ocf")
    assert (done.code, done.out) == (2, "")
    assert "--format ocf is a zip file: say where with -o FILE.zip" in done.error


def test_a_file_that_is_there_stays(ipcalc, spin_out, tmp_path):
    (tmp_path / "c.zip").write_text("mine")
    done = ipcalc("equity", spin_out, "--format", "ocf", "-o", "c.zip")
    assert (done.code, done.error.split(": ")[:2]) == (2, ["c.zip", "C304"])
    assert (tmp_path / "c.zip").read_text() == "mine"
    assert ipcalc("equity", spin_out, "--format", "ocf", "-o", "c.zip", "--force").code == 0
    again = ipcalc("equity", "c.zip", "--format", "ocf", "-o", "c.zip", "--force")
    assert (again.code, again.error.split(": ")[:2]) == (2, ["c.zip", "C305"])


@pytest.mark.parametrize("key", ["formed", "country"])
def test_what_the_format_requires_is_asked_for(ipcalc, spin_out, tmp_path, key):
    lines = spin_out.read_text().splitlines(keepends=True)
    (tmp_path / "c.toml").write_text("".join(line for line in lines if not line.startswith(f"{key} = ")))
    done = ipcalc("equity", "c.toml", "--format", "ocf", "-o", "c.zip")
    assert done.code == 2
    assert f"F101: '{key}' is missing" in done.error
    assert not (tmp_path / "c.zip").exists()


@pytest.mark.parametrize(
    ("option", "form"),
    [(["--exit", "1"], "toml"), (["--exit", "1"], "ocf"), (["--at", "2024-06-30"], "toml")],
)
def test_what_says_nothing_is_refused(ipcalc, spin_out, option, form):
    done = ipcalc("equity", spin_out, "--format", form, *option)
    assert done.code == 2
    assert f"{option[0]} says nothing to --format {form}" in done.error


def test_a_cap_table_with_a_setting_is_a_file(ipcalc, spin_out, tmp_path):
    """The file as it stands, comments and all, but for the value that was laid over it."""
    done = ipcalc("equity", spin_out, "--format", "toml", "--set", "company.country=HK")
    assert done.out == spin_out.read_text().replace('country = "US"', 'country = "HK"')


def test_a_package_is_compared_with_a_cap_table(ipcalc, spin_out, example):
    done = ipcalc("compare", example("equity/spin-out.ocf"), spin_out, "--format", "json")
    assert done.code == 0
    assert done.error == ""


def test_a_manifest_stands_for_its_package(ipcalc, spin_out, example):
    """Under the name of the file that a package begins with; any other of its files is no cap table."""
    folder = example("equity/spin-out.ocf")
    named = ipcalc("equity", folder / "Manifest.ocf.json", "--format", "csv")
    assert (named.code, named.out) == (0, ipcalc("equity", folder, "--format", "csv").out)
    compared = ipcalc("compare", folder / "Manifest.ocf.json", folder)
    assert (compared.code, compared.error) == (0, "")
    other = ipcalc("equity", folder / "Transactions.ocf.json")
    assert (other.code, "T107" in "".join(other.error.split())) == (2, True)
    assert "T101" in ipcalc("equity", "nowhere/Manifest.ocf.json").error


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_a_receipt_says_what_its_hash_is_of(ipcalc, spin_out, example, lang):
    """A package's is of the cap table that it became: the hash is no file's."""
    for path, key in ((spin_out, "receipt_program"), (example("equity/spin-out.ocf"), "receipt_package")):
        shown = ipcalc("equity", path, "--lang", lang).out
        before = texts.say(f"equity.{key}", lang, version="0", sha256="|").split("0", 1)[1].split("|")[0]
        assert "".join(before.split()) in "".join(shown.split())
