"""Packages from somebody else: nothing outside is read, nothing is unpacked without bounds."""

import binascii
import json
import os
import random
import stat
import struct
import subprocess
import sys
import time
import unicodedata
import zipfile
import zlib
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ipcalc.inputs import JSON_SIZE, package
from ipcalc.inputs.diagnostics import Refused
from ipcalc.quantity import Unreadable
from ipcalc.views import console, diagnostics

MANIFEST = b'{"file_type": "OCF_MANIFEST_FILE"}'
MIB = 1 << 20


class Entry(NamedTuple):
    """An entry of a zip as it is told in both of its headers; what isn't given is true."""

    name: str | bytes
    content: bytes = b"{}"
    method: int = 8
    flags: int = 0x800
    mode: int = 0
    extra: bytes = b""
    size: int | None = None
    packed: bytes | None = None
    packed_size: int | None = None
    crc: int | None = None
    offset: int | None = None
    local_name: bytes | None = None


def deflated(content):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def zipped(*entries, before=b"", count=None):
    """A zip by hand."""
    out, directory = bytearray(before), bytearray()
    for entry in entries:
        name = entry.name.encode() if isinstance(entry.name, str) else entry.name
        packed = entry.packed
        if packed is None:
            packed = deflated(entry.content) if entry.method == 8 else entry.content
        crc = binascii.crc32(entry.content) if entry.crc is None else entry.crc
        size = len(entry.content) if entry.size is None else entry.size
        packed_size = len(packed) if entry.packed_size is None else entry.packed_size
        told = (20, entry.flags, entry.method, 0, 33, crc)
        sizes = [min(packed_size, 0xFFFFFFFF), min(size, 0xFFFFFFFF)]
        extra = entry.extra
        big = [number for number in (size, packed_size) if number >= 0xFFFFFFFF]
        if big:
            extra += struct.pack("<HH", 1, 8 * len(big)) + b"".join(struct.pack("<Q", n) for n in big)
        offset = len(out) if entry.offset is None else entry.offset
        local = name if entry.local_name is None else entry.local_name
        out += struct.pack("<4s5HL", b"PK\3\4", *told) + struct.pack("<LLHH", *sizes, len(local), 0)
        out += local + packed
        directory += struct.pack("<4sH5HL", b"PK\1\2", 0x314, *told)
        directory += struct.pack(
            "<LLHHHHHLL", *sizes, len(name), len(extra), 0, 0, 0, entry.mode << 16, offset
        )
        directory += name + extra
    number = len(entries) if count is None else count
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, number, number, len(directory), len(out), 0)
    return bytes(out + directory + end)


@pytest.fixture
def refusal(tmp_path):
    """What is wrong with a zip: the code, the place behind the package's name, and what the message says."""

    def read(*entries, raw=None, **options):
        path = tmp_path / "x.zip"
        path.write_bytes(zipped(*entries, **options) if raw is None else raw)
        began = time.process_time()
        with pytest.raises(Refused) as caught:
            package.load(path)
        assert time.process_time() - began < 5
        return said(caught.value, str(path))

    return read


def said(error, name):
    """The one thing that an error says: its code, the member, its words."""
    for lang in ("en", "zh-Hant", "zh-Hans"):
        assert len(console.draw(diagnostics.draw(error.diagnostics, lang))) < 2_000
    (only,) = error.diagnostics
    assert only.place.source.startswith(name)
    return only.code, only.place.source.removeprefix(name).lstrip(":"), only.args


# -- what is a package --------------------------------------------------------------------------------


def test_what_is_a_package(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a.zip").write_bytes(zipped(Entry("a.json")))
    (tmp_path / "empty.zip").write_bytes(zipped())
    (tmp_path / "PK.toml").write_text('PK = "a key"\n')
    (tmp_path / "nothing").write_text("")
    for name, expected in [
        ("", True),
        ("a.zip", True),
        ("empty.zip", True),
        ("PK.toml", False),
        ("nothing", False),
        ("pipe", False),
        ("none", False),
        ("a.zip/x", False),
        ("a\0b", False),
        ("n" * 300, False),
    ]:
        assert package.is_package(tmp_path / name) is expected, name
        assert package.is_package(f"{tmp_path}/{name}") is expected, name
    assert not package.is_package("-")
    assert not package.is_package("")
    assert not package.is_package("/dev/zero")


FILES = {
    "Manifest.ocf.json": MANIFEST,
    "parts/Stakeholders.ocf.json": b'{"items": [\n {"id": 1, "id": 2}]}',
    "parts/示範.JSON": b'{"a": 1.50}',
}


@pytest.fixture(params=["folder", "zip"])
def company(request, tmp_path):
    """The path of one package as a folder and as a zip, with files that are not its own."""
    others = {".git/x.json": b"{", "__MACOSX/._Manifest.ocf.json": b"\0", "parts/readme.txt": b"x"}
    if request.param == "zip":
        path = tmp_path / "company.zip"
        path.write_bytes(
            zipped(
                *(Entry(name, content) for name, content in {**FILES, **others}.items()), Entry("empty/", b"")
            )
        )
        return path
    for name, content in {**FILES, **others}.items():
        file = tmp_path / "company" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return tmp_path / "company"


def shown(path, member):
    return f"{path}{'/' if path.is_dir() else ':'}{member}"


def test_members_and_documents(company):
    found = package.load(company)
    assert (found.name, found.members) == (str(company), tuple(sorted(FILES)))
    document = found.document("./示範.JSON", "parts")
    assert (document.name, document.data) == (shown(company, "parts/示範.JSON"), {"a": 1.5})
    assert found.document("../Manifest.ocf.json", "parts").data == json.loads(MANIFEST)
    assert found.document(unicodedata.normalize("NFD", "parts/示範.JSON")).data
    with pytest.raises(Refused) as caught:
        found.document("parts/Stakeholders.ocf.json")
    (only,) = caught.value.diagnostics
    assert (only.code, only.place[:3]) == ("T112", (shown(company, "parts/Stakeholders.ocf.json"), 2, 12))


def test_strings_name_packages_too(company, monkeypatch):
    monkeypatch.chdir(company.parent)
    found = package.load(company.name)
    assert found.document("Manifest.ocf.json").name == shown(company, "Manifest.ocf.json").removeprefix(
        f"{company.parent}/"
    )


@pytest.mark.parametrize(
    ("path", "base", "code", "reason"),
    [
        ("../x.json", "", "T122", "name-out"),
        ("../../Manifest.ocf.json", "parts", "T122", "name-out"),
        ("..", "", "T122", "name-out"),
        (".", "", "T122", "name-out"),
        ("/etc/passwd.json", "", "T122", "name-absolute"),
        ("C:x.json", "", "T122", "name-absolute"),
        ("c:/x.json", "", "T122", "name-absolute"),
        ("parts\\x.json", "", "T122", "name-backslash"),
        ("..\\x.json", "", "T122", "name-backslash"),
        ("Manifest.ocf.json\0", "", "T122", "name-invisible"),
        ("Manifest\u202e.json", "", "T122", "name-invisible"),
        ("", "", "T122", "name-empty"),
        ("x" * 501, "", "T122", "name-long"),
        ("\udcff", "", "T122", "name-encoding"),
        ("manifest.ocf.json", "", "T129", None),
        ("Stakeholders.ocf.json", "", "T129", None),
        ("parts/readme.txt", "", "T129", None),
        (".git/x.json", "", "T129", None),
    ],
)
def test_paths_that_are_not_in_the_package(company, path, base, code, reason):
    found = package.load(company)
    with pytest.raises(Unreadable) as caught:
        found.resolve(path, base)
    assert (caught.value.code, caught.value.args_of_message.get("reason")) == (code, reason)
    with pytest.raises(Refused) as refused:
        found.document(path, base)
    assert said(refused.value, str(company))[:2] == (code, "")


def test_what_was_meant_is_said(company):
    found = package.load(company)
    with pytest.raises(Refused) as caught:
        found.document("manifest.ocf.json")
    assert caught.value.diagnostics[0].near == "Manifest.ocf.json"


# -- names and kinds of entries -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../a.json", "name-out"),
        ("a/../../b.txt", "name-out"),
        ("/a.json", "name-absolute"),
        ("C:/a.json", "name-absolute"),
        ("a\\b.json", "name-backslash"),
        ("..\\b.json", "name-backslash"),
        ("a.json\0.txt", "name-invisible"),
        ("a\x1b[2J.json", "name-invisible"),
        ("", "name-empty"),
        ("a" * 600 + ".json", "name-long"),
        (b"\xb4\xfa.json", "name-encoding"),
        (b"a\xff.json", "name-encoding"),
    ],
)
@pytest.mark.parametrize("flags", [0, 0x800])
def test_names_that_lead_out_or_deceive(refusal, name, reason, flags):
    code, _, args = refusal(Entry("Manifest.ocf.json", MANIFEST), Entry(name, flags=flags))
    assert (code, args["reason"]) == ("T122", reason)


def test_a_second_name_in_the_extra_field_is_not_believed(tmp_path):
    name = "evil.json"
    body = struct.pack("<BL", 1, binascii.crc32(b"a.json")) + name.encode()
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(Entry("a.json", extra=struct.pack("<HH", 0x7075, len(body)) + body)))
    try:
        assert package.load(path).members == ("a.json",)
    except Refused as error:
        assert error.diagnostics[0].code == "T122"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("a.json", "a.json"),
        ("a.json", "A.JSON"),
        ("é.json", "e\u0301.json"),
        ("a.txt", "./a.txt"),
        ("ß.json", "SS.json"),
        ("a/b.json", "a//b.json"),
    ],
)
def test_two_files_of_one_name(refusal, one, two):
    code, member, args = refusal(Entry(one), Entry("b.json"), Entry(two))
    assert (code, member, args["other"]) == ("T123", "", one)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
@pytest.mark.parametrize("target", [b"/etc/passwd", b"b.json"])
def test_links_in_a_zip(refusal, kind, target):
    code, _, args = refusal(Entry("b.json"), Entry("a.json", target, mode=kind | 0o777))
    assert (code, args["member"]) == ("T130", "a.json")


@pytest.mark.parametrize("flags", [0x1, 0x41, 0x2001])
def test_locked(refusal, flags):
    assert refusal(Entry("b.json"), Entry("a.json", flags=flags))[:2] == ("T124", "a.json")


@pytest.mark.parametrize(
    ("method", "said"), [(9, "Deflate64"), (12, "bzip2"), (14, "LZMA"), (93, "Zstandard"), (1, "1")]
)
def test_other_ways_of_packing(refusal, method, said):
    code, member, args = refusal(Entry("a.json", method=method))
    assert (code, member, args["method"]) == ("T125", "a.json", said)


def test_what_is_stored_is_read(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(Entry("a.json", b'{"a": 1}', method=0, flags=0, mode=stat.S_IFREG | 0o600)))
    assert package.load(path).document("a.json").data == {"a": 1}


# -- sizes --------------------------------------------------------------------------------------------


def zeros(mebibytes, filler=b"\0"):
    """A deflated stream of so many MiB of one character, made without unpacking it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(filler * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * mebibytes + packer.flush()


LOAD = """
import sys
from ipcalc.inputs import package
from ipcalc.inputs.diagnostics import Refused
try:
    package.load(sys.argv[1])
except Refused as error:
    [only] = error.diagnostics
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(only.code, only.place.source.rpartition(":")[2], peak.split()[1])
"""


@pytest.mark.parametrize("told", [10 << 30, 100, 15 * MIB, 0xFFFFFFFF, 0], ids=str)
@pytest.mark.parametrize("name", ["Manifest.ocf.json", "big.json"])
def test_ten_gigabytes_of_zeros(tmp_path, told, name):
    """o-zip-bomb: whatever the zip says of its size, seconds and a few megabytes"""
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(Entry("a.json"), Entry(name, packed=zeros(10 << 10), size=told, crc=0)))
    assert path.stat().st_size < 11 * MIB
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", LOAD, str(path)], capture_output=True, text=True, check=True)
    assert time.monotonic() - began < 5
    code, member, kilobytes = done.stdout.split()
    assert (code, member) == ("T128" if told >= 0xFFFFFFFF else "T104", name)
    assert int(kilobytes) < 300 << 10


def test_a_bomb_that_is_no_member_is_refused_by_what_it_says(refusal):
    assert refusal(Entry("a.json"), Entry("b.bin", packed=zeros(1 << 10), size=1 << 30))[:2] == (
        "T128",
        "b.bin",
    )


def test_ratio(refusal, tmp_path):
    filler = b"{" + b" " * (2 * MIB) + b"}"
    assert refusal(Entry("a.json", filler))[:2] == ("T128", "a.json")
    lie = deflated(filler)
    assert refusal(Entry("a.json", packed=lie, size=JSON_SIZE, packed_size=len(lie)))[0] == "T128"
    small = b"{" + b" " * (MIB - 2) + b"}"
    (tmp_path / "y.zip").write_bytes(zipped(Entry("a.json", small)))
    assert package.load(tmp_path / "y.zip").document("a.json").data == {}


def noise(size):
    """Text that packs to about a tenth."""
    line = "".join(random.Random(1).choices("abcdef ", k=MIB // 10)).encode()
    return (line * (size // len(line) + 1))[:size]


def test_size_of_one_file(refusal):
    large = noise(JSON_SIZE + 1)
    code, member, args = refusal(Entry("a.json", large, method=0))
    assert (code, member, args["limit"]) == ("T104", "a.json", "16 MiB")


def test_size_of_all(refusal):
    part, packed = noise(13 * MIB), deflated(noise(13 * MIB))
    entries = [Entry(f"{i}.json", part, packed=packed) for i in range(5)]
    code, member, args = refusal(*entries)
    assert (code, member, args["limit"]) == ("T127", "4.json", "64 MiB")
    assert refusal(*(entry._replace(size=MIB) for entry in entries))[0] == "T121"


def test_size_of_the_zip(refusal):
    code, member, args = refusal(raw=b"PK\3\4" + b"\0" * package.UNPACKED)
    assert (code, member, args["limit"]) == ("T104", "", "64 MiB")


def test_number_of_files(refusal, tmp_path):
    entries = [Entry(f"{i}.json") for i in range(package.MEMBERS)]
    (tmp_path / "y.zip").write_bytes(zipped(*entries))
    assert len(package.load(tmp_path / "y.zip").members) == package.MEMBERS
    code, _, args = refusal(*entries, Entry("x.txt"))
    assert (code, args["limit"]) == ("T126", "1000")
    assert refusal(*entries, Entry("x.txt"), count=1)[0] == "T126"
    assert refusal(raw=b"PK\3\4" + b"PK\1\2" * (15 * MIB))[0] == "T126"


@pytest.mark.parametrize("told", [0, 1, 50, JSON_SIZE])
def test_sizes_that_are_lies(refusal, told):
    good = Entry("a.json", b'{"a": "%s"}' % (b"x" * 100))
    code = "T128" if told == JSON_SIZE else "T121"
    assert refusal(good._replace(size=told))[:2] == (code, "a.json")
    assert refusal(good._replace(packed_size=told), Entry("b.json"))[0] == "T121"
    assert refusal(good._replace(method=0, size=told), Entry("b.json"))[0] == code
    assert refusal(Entry("a.json", b"", packed=deflated(b"{}"), crc=0, size=0))[0] == "T121"


def test_numbers_of_zip64_that_are_lies(refusal):
    assert refusal(Entry("a.json", packed_size=1 << 40))[0] == "T121"
    assert refusal(Entry("a.json", size=1 << 62))[0] == "T128"
    assert refusal(Entry("a.json", extra=struct.pack("<HH", 1, 900)))[0] == "T121"
    assert refusal(Entry("a.json", extra=struct.pack("<HHQ", 1, 8, 5), offset=0xFFFFFFFF))[0] == "T121"


def test_entries_that_share_bytes(refusal):
    core = Entry("a.json", noise(MIB))
    first = zipped(core)
    shared = [
        core,
        *(
            core._replace(
                name=f"{i}.json",
                offset=0,
                packed=b"",
                packed_size=len(deflated(core.content)),
                local_name=b"a.json",
            )
            for i in range(9)
        ),
    ]
    assert refusal(*shared)[::2] == ("T121", {"reason": "zip-overlap"})
    inside = Entry("b.json", packed=b"", packed_size=50, offset=40)
    assert refusal(core, inside)[0] == "T121"
    assert refusal(raw=first[:-22] + zipped(Entry("b.json")))[0] == "T121"
    behind = zipped(core._replace(packed_size=len(deflated(core.content)) + 60))
    assert refusal(raw=behind)[0] == "T121"


# -- what is damaged ----------------------------------------------------------------------------------


def test_what_is_damaged(refusal, tmp_path):
    whole = zipped(Entry("a.json", b'{"a": "%s"}' % noise(1000)), Entry("b.json"))
    for length in (4, 30, 200, len(whole) - 30, len(whole) - 1):
        assert refusal(raw=whole[:length])[0] == "T121"
    assert refusal(Entry("a.json", crc=1))[:2] == ("T121", "a.json")
    assert refusal(Entry("a.json", packed=b"\xff\xff\xff"))[:2] == ("T121", "a.json")
    assert refusal(Entry("a.json", local_name=b"b.json"))[:2] == ("T121", "a.json")
    assert refusal(Entry("a.json"), before=b"PK\3\4" + b"\0" * 40)[0] == "T121"
    assert refusal(raw=b'a = "no zip"')[::2] == ("T121", {"reason": "zip-other"})
    assert refusal(raw=b"")[0] == "T121"


def test_what_the_system_refuses(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, code in [("none", "T101"), ("pipe", "T103"), ("a\0b", "T102"), ("n" * 300, "T102")]:
        with pytest.raises(Refused) as caught:
            package.load(tmp_path / name)
        assert said(caught.value, str(tmp_path / name))[:2] == (code, "")


def test_a_folder_that_the_system_refuses(tmp_path, monkeypatch):
    def fail(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", fail)
    with pytest.raises(Refused) as caught:
        package.load(tmp_path)
    assert said(caught.value, str(tmp_path))[::2] == ("T102", {"reason": "Permission denied"})


def test_a_file_that_goes_away(tmp_path):
    (tmp_path / "a.json").write_bytes(b"{}")
    found = package.load(tmp_path)
    (tmp_path / "a.json").unlink()
    with pytest.raises(Refused) as caught:
        found.document("a.json")
    assert said(caught.value, str(tmp_path / "a.json"))[0] == "T101"


VALID = zipped(*(Entry(name, content) for name, content in FILES.items()))
changes = st.lists(
    st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 3), st.binary(max_size=4)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes, st.integers(0, 20).map(lambda n: max(0, n - 15)))
def test_changed_bytes_are_read_or_refused(tmp_path, changes, cut):
    raw = bytearray(VALID)
    for at, gone, new in changes:
        raw[at : at + gone] = new
    path = tmp_path / "x.zip"
    path.write_bytes(raw[: len(raw) - cut])
    package.is_package(path)
    try:
        found = package.load(path)
    except Refused as error:
        said(error, str(path))
        return
    for member in found.members:
        try:
            found.document(member)
        except Refused as error:
            said(error, f"{path}:{member}")


# -- folders ------------------------------------------------------------------------------------------


def folder_refusal(path):
    with pytest.raises(Refused) as caught:
        package.load(path)
    return said(caught.value, str(path))


def test_links_in_a_folder(tmp_path):
    (tmp_path / "secret.json").write_text('{"secret": 1}')
    folder = tmp_path / "company"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "a.json").write_text('{"a": 1}')
    (folder / "within.json").symlink_to("parts/a.json")
    (folder / "notes.txt").symlink_to("/etc/passwd")
    found = package.load(folder)
    assert found.members == ("parts/a.json", "within.json")
    assert found.document("within.json").data == {"a": 1}
    for target in ("../secret.json", tmp_path / "secret.json", "none.json", "/dev/zero", "parts", "x.json"):
        (folder / "x.json").symlink_to(target)
        code, _, args = folder_refusal(folder)
        assert (code, args["member"]) == ("T130", "x.json")
        (folder / "x.json").unlink()
    os.mkfifo(folder / "x.json")
    assert folder_refusal(folder)[0] == "T130"
    (folder / "x.json").unlink()
    for target in ("..", tmp_path, "."):
        (folder / "parts" / "x").symlink_to(target)
        code, _, args = folder_refusal(folder)
        assert (code, args["member"]) == ("T130", "parts/x")
        (folder / "parts" / "x").unlink()
    (tmp_path / "link").symlink_to("company")
    assert package.load(tmp_path / "link").document("parts/a.json").name == f"{tmp_path}/link/parts/a.json"


def test_a_folder_named_as_another_begins(tmp_path):
    for name in ("company", "company-secret"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.json").write_text("{}")
    (tmp_path / "company" / "x.json").symlink_to("../company-secret/a.json")
    assert folder_refusal(tmp_path / "company")[0] == "T130"


def test_names_in_a_folder(tmp_path):
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "A.json").write_text("{}")
    assert folder_refusal(tmp_path)[0] == "T123"
    (tmp_path / "A.json").unlink()
    for name, reason in [
        ("b\\c.json", "name-backslash"),
        ("b\n.json", "name-invisible"),
        (os.fsdecode(b"\xff.json"), "name-encoding"),
    ]:
        (tmp_path / name).write_text("{}")
        code, _, args = folder_refusal(tmp_path)
        assert (code, args["reason"]) == ("T122", reason)
        (tmp_path / name).unlink()


def test_sizes_in_a_folder(tmp_path):
    for i in range(5):
        (tmp_path / f"{i}.json").write_bytes(b"{" + b" " * (13 * MIB) + b"}")
    (tmp_path / "5.json").write_bytes(b" " * (JSON_SIZE + 1))
    found = package.load(tmp_path)
    with pytest.raises(Refused) as caught:
        found.document("5.json")
    assert said(caught.value, str(tmp_path / "5.json"))[0] == "T104"
    for _ in range(3):
        for i in range(4):
            found.document(f"{i}.json")
    with pytest.raises(Refused) as caught:
        found.document("4.json")
    assert said(caught.value, str(tmp_path / "4.json"))[0] == "T127"


def test_numbers_in_a_folder(tmp_path):
    for i in range(package.MEMBERS):
        (tmp_path / f"{i}.json").touch()
    assert len(package.load(tmp_path).members) == package.MEMBERS
    (tmp_path / "x.json").touch()
    assert folder_refusal(tmp_path)[::2] == ("T126", {"limit": "1000"})
    other = tmp_path / "other"
    other.mkdir()
    for i in range(10_001):
        (other / str(i)).touch()
    assert folder_refusal(other)[::2] == ("T126", {"limit": "10000"})


# -- writing ------------------------------------------------------------------------------------------


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "company.zip"
    package.write(path, FILES)
    first = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == list(FILES)
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_DEFLATED}
        assert archive.testzip() is None
    found = package.load(path)
    assert {member: found.read(member) for member in found.members} == FILES
    package.write(path, FILES, force=True)
    assert path.read_bytes() == first
    assert [file.name for file in tmp_path.iterdir()] == ["company.zip"]


def test_what_is_there_is_not_replaced(tmp_path):
    path = tmp_path / "company.zip"
    package.write(path, {"a.json": b"{}"})
    before = path.read_bytes()
    for options, code in [({}, "C304"), ({"force": True, "sources": [path]}, "C305")]:
        with pytest.raises(Refused) as caught:
            package.write(path, FILES, **options)
        assert caught.value.diagnostics[0].code == code
        assert path.read_bytes() == before
