"""The shipped data is found in both layouts: beside the package in a checkout, inside it in a wheel."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tomli

import ipcalc as package
from ipcalc import data, library

ROOT = Path(package.__file__).parents[1]
SETTINGS = tomli.loads((ROOT / "pyproject.toml").read_text())


def test_the_wheel_carries_the_schemes():
    wheel = SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["ipcalc"]
    assert wheel["force-include"] == {"schemes": "ipcalc/schemes"}


def test_what_is_imported_is_declared():
    declared = {word.partition(">=")[0] for word in SETTINGS["project"]["dependencies"]}
    assert declared == {"click", "rich", "pydantic", "tomli", "typing-extensions"}
    assert SETTINGS["project"]["scripts"] == {"ipcalc": "ipcalc.__main__:main"}


def test_a_checkout():
    assert data.root() == ROOT / "schemes"
    assert {"hk/raise-plus"} <= set(library.find("funding"))
    assert {"hk/hku", "hk/hkust"} <= set(library.find("ip"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder as a wheel would fill it."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "ipcalc", folder / "ipcalc", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "schemes", folder / "ipcalc" / "schemes")
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ["check", "project.toml"],
        ["split", "hk/hku", "--receipts", "1000000"],
        ["schemes", "list"],
        ["explain", "T107"],
    ],
)
def test_a_wheel(command, installed, example, tmp_path, ipcalc, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(example("projects/separators.toml"), "project.toml")
    done = subprocess.run(
        [sys.executable, "-m", "ipcalc", *command, "--lang", "en"],
        env={"PYTHONPATH": str(installed), "PATH": ""},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == ipcalc(*command).raw
    where = "from ipcalc import data; print(data.root())"
    root = subprocess.run(
        [sys.executable, "-c", where], env={"PYTHONPATH": str(installed)}, capture_output=True, check=True
    )
    assert Path(root.stdout.decode().strip()) == installed / "ipcalc" / "schemes"


@pytest.mark.parametrize("path", sorted((ROOT / "ipcalc").rglob("*.toml")), ids=lambda path: path.stem)
def test_data_files_stand_in_the_package(path):
    # hatchling takes every file of the package that git does not ignore
    ignored = (ROOT / ".gitignore").read_text().splitlines() if (ROOT / ".gitignore").exists() else []
    assert not any(path.match(pattern) for pattern in ignored if pattern and not pattern.startswith("#"))
