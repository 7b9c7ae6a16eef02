"""Schemes that are kept compiled: the same answers, and nothing that isn't ours."""

import hashlib
import os
import pickle

import pytest

from ipcalc import library
from ipcalc.funding import check, project, scheme, shelf
from ipcalc.inputs import toml


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A cache of its own, with a small library."""
    monkeypatch.setenv("IPCALC_CACHE", str(tmp_path / "cache"))
    whole = library.find("funding")
    monkeypatch.setattr(library, "find", lambda kind: {"hk/raise-plus": whole["hk/raise-plus"]})
    shelf.every()
    [file] = (tmp_path / "cache" / "ipcalc").iterdir()
    return file


def compiled(monkeypatch):
    """How often a shelf is compiled anew from now on."""
    times = []
    before = shelf._compile
    monkeypatch.setattr(shelf, "_compile", lambda files: times.append(1) or before(files))
    return times


def findings(found, example):
    made = project.read(toml.load(example("projects/separators.toml")), found.vocabulary)
    result = check.check(made, found)
    return [(f.rule.id, f.scope, f.verdict, f.measured) for f in result.findings], result.receipt


def test_what_is_kept_gives_the_same_answer(kept, example, monkeypatch):
    times = compiled(monkeypatch)
    found = shelf.every().schemes["hk/raise-plus"]
    assert times == []
    assert findings(found, example) == findings(scheme.load("hk/raise-plus"), example)


def test_nobody_else_can_read_it(kept):
    if os.name != "nt":
        assert kept.stat().st_mode & 0o077 == 0


class Evil:
    """What a pickle that is not ours would do."""

    def __reduce__(self):
        return os.mkdir, ("evil",)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"short",
        b"x" * 100_000,
        hashlib.sha256(b"nonsense").digest() + b"nonsense",
        *(hashlib.sha256(raw).digest() + raw for raw in (pickle.dumps(Evil()), pickle.dumps({"a": 1}))),
    ],
    ids=["empty", "short", "noise", "no pickle", "a call", "no shelf"],
)
def test_what_is_broken_or_foreign_is_made_anew(kept, content, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    kept.write_bytes(content)
    kept.chmod(0o600)
    times = compiled(monkeypatch)
    assert list(shelf.every().schemes) == ["hk/raise-plus"]
    assert times == [1]
    assert not (tmp_path / "evil").exists()
    assert len(kept.read_bytes()) > 1_000  # whole again


def test_one_changed_byte(kept, monkeypatch):
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(bytes(content))
    times = compiled(monkeypatch)
    shelf.every()
    assert times == [1]


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX's")
def test_what_others_could_have_written_is_not_read(kept, monkeypatch):
    kept.chmod(0o622)
    times = compiled(monkeypatch)
    shelf.every()
    assert times == [1]


def test_a_changed_file_is_read(kept, monkeypatch, tmp_path):
    changed = tmp_path / "raise.toml"
    text = library.find("funding")["hk/raise-plus"].read_text()
    changed.write_text(text.replace('value = "HKD 100 million"', 'value = "HKD 99 million"'))
    monkeypatch.setattr(library, "find", lambda kind: {"hk/raise-plus": changed})
    assert shelf.every().schemes["hk/raise-plus"].values["most"].versions[0].readings[0][0] == 9_900_000_000
    assert len(list(kept.parent.iterdir())) == 1  # the older one is gone


def test_a_file_that_cannot_be_read_stops_no_other(kept, monkeypatch, tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("id = \n")
    known = library.find("funding")
    monkeypatch.setattr(library, "find", lambda kind: {**known, "xx/broken": broken})
    for _ in range(2):  # compiled, and kept
        found = shelf.every()
        assert list(found.schemes) == ["hk/raise-plus"]
        assert [one.code for one in found.refused["xx/broken"]] == ["T107"]


def test_where_nothing_can_be_kept(kept, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("IPCALC_CACHE", str(tmp_path / "file"))
    assert list(shelf.every().schemes) == ["hk/raise-plus"]
