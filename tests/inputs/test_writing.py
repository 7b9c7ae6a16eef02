"""Writing: the old file stays until the new one is whole."""

import os
import stat

import pytest

from ipcalc.inputs import writing
from ipcalc.inputs.diagnostics import Refused


def refusal(*args, **kwargs):
    with pytest.raises(Refused) as caught:
        writing.write(*args, **kwargs)
    (only,) = caught.value.diagnostics
    assert only.message("zh-Hant")
    return only.code


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file(tmp_path):
    target = tmp_path / "示範.txt"
    before = os.umask(0o027)
    try:
        writing.write(target, "一\n二\n")
    finally:
        os.umask(before)
    assert target.read_bytes() == "一\n二\n".encode()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert names(tmp_path) == ["示範.txt"]


def test_bytes_are_written_as_they_are(tmp_path):
    writing.write(tmp_path / "a", b"\xff\r\n\0")
    assert (tmp_path / "a").read_bytes() == b"\xff\r\n\0"


def test_an_old_file_only_with_force(tmp_path):
    target = tmp_path / "a"
    target.write_text("old")
    target.chmod(0o604)
    assert refusal(target, "new") == "C304"
    assert target.read_text() == "old"
    writing.write(target, "new", force=True)
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o604
    assert names(tmp_path) == ["a"]


def test_what_could_not_be_written_is_known_before(tmp_path):
    def checked(*args, **options):
        with pytest.raises(Refused) as caught:
            writing.check(*args, **options)
        return [(one.code, one.place.source) for one in caught.value.diagnostics]

    old = tmp_path / "old"
    old.write_text("old")
    assert checked(old) == [("C304", str(old))]
    assert checked(old, force=True, sources=[old]) == [("C305", str(old))]
    assert checked(tmp_path) == [("C306", str(tmp_path))]
    assert checked(tmp_path / "no" / "file") == [("C306", str(tmp_path / "no" / "file"))]
    assert checked(tmp_path / "\0") == [("C306", str(tmp_path / "\0"))]
    writing.check(old, force=True)
    writing.check(tmp_path / "new", sources=[old])
    assert names(tmp_path) == ["old"]
    assert old.read_text() == "old"


def test_never_over_an_input(tmp_path):
    source = tmp_path / "in.toml"
    source.write_text("in")
    (tmp_path / "link").symlink_to(source)
    os.link(source, tmp_path / "twin")
    for target in ("in.toml", "link", "twin", "../" + tmp_path.name + "/in.toml"):
        for force in (False, True):
            assert refusal(tmp_path / target, "x", force=force, sources=["-", str(source)]) == "C305"
    assert refusal(source, "x", force=True, sources=[tmp_path / "link"]) == "C305"
    assert source.read_text() == "in"
    writing.write(tmp_path / "out", "x", sources=[source, "-", "no such file"])


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    assert refusal(tmp_path / "link", "new") == "C304"
    writing.write(tmp_path / "link", "new", force=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_only_regular_files_are_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        assert refusal(tmp_path / name, "x", force=True) == "C306"
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.parametrize("name", ["none/a", "file/a", "n" * 300, "a\0b"])
def test_places_that_can_not_be_written(tmp_path, name):
    (tmp_path / "file").write_text("x")
    assert refusal(tmp_path / name, "x", force=True, sources=[tmp_path / "file"]) == "C306"
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_on_the_way_changes_nothing(tmp_path, monkeypatch, step, error):
    target = tmp_path / "a"
    target.write_text("old")

    def fail(*_args):
        raise error

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(Refused if isinstance(error, OSError) else KeyboardInterrupt):
        writing.write(target, "new", force=True)
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a"]
