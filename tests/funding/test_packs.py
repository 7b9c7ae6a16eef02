"""Packs: where schemes are found besides those that come with the program."""

import os
import sys

import pytest
from conftest import run
from small import HEAD, rule

from ipcalc import library
from ipcalc.inputs.diagnostics import Refused

SCHEME = HEAD.replace("xx/small", "my/grant") + rule("x", require="project.grant > 0")


def pack(folder, name="my/grant", text=SCHEME):
    path = folder / "funding" / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return folder


@pytest.fixture(autouse=True)
def _no_packs_afterwards():
    yield
    library.use(())
    library.find.cache_clear()


@pytest.fixture
def packs(monkeypatch):
    """The packs of the environment, looked up anew."""

    def use(*folders):
        monkeypatch.setenv("IPCALC_SCHEMES", os.pathsep.join(map(str, folders)))
        library.find.cache_clear()
        return library.find("funding")

    return use


def test_packs_of_the_environment(packs, tmp_path):
    one, other = pack(tmp_path / "one"), pack(tmp_path / "other", "my/other")
    found = packs(one, other)
    assert found["my/grant"] == one / "funding" / "my" / "grant.toml"
    assert {"my/other", "hk/raise-plus"} < set(found)
    assert list(found) == sorted(found)


def test_an_id_means_one_file(packs, tmp_path):
    with pytest.raises(Refused) as caught:
        packs(pack(tmp_path, "hk/raise-plus"))
    [one] = caught.value.diagnostics
    assert (one.code, one.args["value"]) == ("S209", "hk/raise-plus")


def test_a_pack_that_is_named_twice_is_one(packs, tmp_path):
    assert "my/grant" in packs(pack(tmp_path), tmp_path)


def test_an_option_of_every_command(tmp_path):
    pack(tmp_path)
    done = run("schemes", "list", "--schemes", tmp_path)
    assert (done.code, "my/grant" in done.out) == (0, True)
    assert "my/grant" not in run("schemes", "list").out


def test_a_pack_that_is_not_there(tmp_path):
    done = run("schemes", "list", "--schemes", tmp_path / "nothing")
    assert (done.code, done.out) == (2, "")
    assert "C310" in done.error and "nothing" in done.error


def test_packs_of_installed_packages(tmp_path, monkeypatch):
    pack(tmp_path / "my_pack")
    (tmp_path / "my_pack" / "__init__.py").touch()
    about = tmp_path / "my_pack-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: my-pack\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[ipcalc.schemes]\nmine = my_pack\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    library.find.cache_clear()
    assert library.find("funding")["my/grant"].parts[-4:] == ("my_pack", "funding", "my", "grant.toml")
