"""A package of JSON files, a folder or a zip: read without trusting it, and written as a zip.

Limits: 1,000 files in a zip, or as many JSON files and 10,000 entries in a folder; 64 MiB for the zip and for
what is unpacked or read from it in all; 16 MiB a file; beyond its first MiB a file unpacks to at most 100
times its packed size; 500 characters a name. What a zip says of its sizes can only lead to a refusal: the
bytes are counted while they are unpacked.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ipcalc.inputs import ITEMS, JSON_SIZE, reading, writing
from ipcalc.inputs.diagnostics import refuse
from ipcalc.quantity import Unreadable, nearest

if TYPE_CHECKING:
    import zipfile

    from ipcalc.inputs.document import Document

MEMBERS = 1_000  # files of a package
UNPACKED = 1 << 26  # bytes in all
RATIO, FREE = 100, 1 << 20  # how many times its size a file unpacks to, beyond the first bytes
NAME = 500  # characters of a name with its folders

_SIGNATURES = (b"PK\3\4", b"PK\5\6", b"PK\7\b")
_ENTRY = b"PK\1\2"  # begins each entry of a zip's directory
_METHODS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd", 99: "AES"}


class Package(NamedTuple):
    """The JSON files of a folder or a zip, by their paths in it."""

    name: str
    members: tuple[str, ...]  # sorted, with slashes
    read: Callable[[str], bytes]  # one member
    folder: bool

    def shown(self, member: str) -> str:
        """What messages call a member."""
        return str(Path(self.name, member)) if self.folder else f"{self.name}:{member}"

    def resolve(self, path: str, base: str = "") -> str:
        """The member that a path names, from the folder ``base`` of the package.

        Raises ``Unreadable`` (T122, T129): who reads the path from a file says where it stands there.
        """
        if reason := _unsafe(path):
            raise Unreadable("T122", member=path[:80], reason=reason)
        wanted = posixpath.normpath(posixpath.join(base, path))
        if _leads_out(wanted):
            raise Unreadable("T122", member=path[:80], reason="name-out")
        for member in self.members:
            if unicodedata.normalize("NFC", member) == unicodedata.normalize("NFC", wanted):
                return member
        raise Unreadable("T129", member=wanted, near=nearest(wanted, self.members))

    def document(self, path: str, base: str = "") -> Document:
        """Read a member by its path from the folder ``base`` of the package. Raises ``Refused``."""
        from ipcalc.inputs import json

        try:
            member = self.resolve(path, base)
        except Unreadable as error:
            args = dict(error.args_of_message)
            raise refuse(error.code, self.name, args.pop("near", ""), **args) from None
        return json.parse(self.shown(member), self.read(member))


def is_package(source: str | Path) -> bool:
    """Whether a name is that of a folder, or of a regular file that begins as a zip does."""
    try:
        mode = 0 if source == "-" else os.stat(source).st_mode  # noqa: PTH116 - an empty name is no folder
        if not stat.S_ISREG(mode):
            return stat.S_ISDIR(mode)
        with Path(source).open("rb") as file:
            return file.read(4) in _SIGNATURES
    except (OSError, ValueError):
        return False


def load(source: str | Path) -> Package:
    """The package of a folder or a zip. Raises ``Refused``; of a zip, all JSON files are unpacked."""
    name = str(source)
    try:
        if Path(source).is_dir():
            folder = _Folder(name)
            return Package(name, tuple(sorted(folder.files)), folder.read, folder=True)
    except (OSError, ValueError) as error:
        where = getattr(error, "filename", None) or name
        raise refuse("T102", where, reason=getattr(error, "strerror", None) or "invalid name") from None
    content = _unzip(name, reading.read(name, source, UNPACKED))
    return Package(name, tuple(sorted(content)), content.__getitem__, folder=False)


def write(
    target: Path, files: Mapping[str, bytes], *, force: bool = False, sources: Iterable[str | Path] = ()
) -> None:
    """Write files into a zip, in the order given and with the same bytes each time. Raises ``Refused``."""
    import io
    import zipfile

    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)  # dated 1980-01-01
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, content)
    writing.write(target, raw.getvalue(), force=force, sources=sources)


# -- names --------------------------------------------------------------------------------------------


def _unsafe(name: str) -> str:
    """Why a text can't be a path in a package, if it can't: a name of the catalogue's reasons."""
    if not name or len(name) > NAME:
        return "name-long" if name else "name-empty"
    if "\\" in name:
        return "name-backslash"
    if name.startswith("/") or re.match("[A-Za-z]:", name):
        return "name-absolute"
    categories = {unicodedata.category(char) for char in name}
    if "Cs" in categories:
        return "name-encoding"
    return "name-invisible" if categories & {"Cc", "Cf", "Zl", "Zp"} else ""


def _leads_out(path: str) -> bool:
    return path in (".", "..") or path.startswith(("../", "/"))


def _is_member(path: str) -> bool:
    """Whether a file is one of the package's JSON files, not one that a system hides beside them."""
    parts = path.split("/")
    return path.lower().endswith(".json") and not any(_hidden(part) for part in parts)


def _hidden(part: str) -> bool:
    return part.startswith(".") or part == "__MACOSX"


class _Names:
    """The names met in a package, no two of which may be the same file anywhere."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.met: dict[str, str] = {}

    def take(self, name: str) -> str:
        """The path of a name in the package. Raises ``Refused`` (T122, T123)."""
        reason = _unsafe(name)
        path = posixpath.normpath(name)
        if not reason and _leads_out(path):
            reason = "name-out"
        if reason:
            raise refuse("T122", self.package, member=name[:80], reason=reason)
        form = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
        if form in self.met:
            raise refuse("T123", self.package, member=path, other=self.met[form])
        self.met[form] = path
        return path


# -- folders ------------------------------------------------------------------------------------------


class _Folder:
    """The JSON files of a folder: which there are, and one after the other their bytes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.files: dict[str, str] = {}  # a member's own file, by its path in the folder
        self.read_bytes: dict[str, int] = {}
        self.root = os.path.realpath(name)
        names = _Names(name)
        for count, (path, real) in enumerate(self.walk(), 1):
            if real:
                self.files[names.take(path)] = real
            for number, limit in ((count, ITEMS), (len(self.files), MEMBERS)):
                if number > limit:
                    raise refuse("T126", name, limit=str(limit))

    def walk(self) -> Iterator[tuple[str, str]]:
        """Each entry that isn't hidden, with the file it is, if it is a JSON file. Raises ``OSError``."""

        def fail(error: OSError) -> None:
            raise error

        for folder, folders, files in os.walk(self.root, onerror=fail):
            folders[:] = sorted(part for part in folders if not _hidden(part))
            above = Path(folder).relative_to(self.root)
            for part in folders:
                if Path(folder, part).is_symlink():
                    raise refuse("T130", self.name, member=(above / part).as_posix())
                yield (above / part).as_posix(), ""
            for part in sorted(files):
                path = (above / part).as_posix()
                yield path, self.real(path) if _is_member(path) else ""

    def real(self, path: str) -> str:
        """The regular file in the folder that a path leads to. Raises ``Refused`` (T130)."""
        real = Path(os.path.realpath(Path(self.root, path)))
        if not real.is_relative_to(self.root) or not real.is_file():
            raise refuse("T130", self.name, member=path)
        return str(real)

    def read(self, member: str) -> bytes:
        """The bytes of a member."""
        shown = str(Path(self.name, member))
        raw = reading.read(shown, self.files[member], JSON_SIZE)
        self.read_bytes[member] = len(raw)
        if sum(self.read_bytes.values()) > UNPACKED:
            raise refuse("T127", shown, limit=f"{UNPACKED >> 20} MiB")
        return raw


# -- zips ---------------------------------------------------------------------------------------------


def _unzip(name: str, raw: bytes) -> dict[str, bytes]:
    """The JSON files of a zip by their paths. Raises ``Refused``."""
    import io
    import zipfile

    if not raw.startswith(_SIGNATURES):
        raise refuse("T121", name, reason="zip-other")
    if raw.count(_ENTRY) > MEMBERS:  # before anything is made of them
        raise refuse("T126", name, limit=str(MEMBERS))
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw), metadata_encoding="utf-8")
    except UnicodeDecodeError as error:
        member = error.object.decode(errors="backslashreplace")
        raise refuse("T122", name, member=member[:80], reason="name-encoding") from None
    except Exception:  # zipfile raises whatever it stumbles on
        raise refuse("T121", name, reason="zip-broken") from None
    entries = archive.infolist()
    members = _members(name, entries)
    _apart(name, entries, archive.start_dir)
    content: dict[str, bytes] = {}
    total = 0
    for path, info in members.items():
        content[path] = _unpacked(f"{name}:{path}", archive, info, UNPACKED - total)
        total += len(content[path])
    return content


def _members(name: str, entries: Iterable[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The entries that are JSON files, by their paths; and nothing is wrong with any entry's own account."""
    names = _Names(name)
    found: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for info in entries:
        if info.filename != info.orig_filename:  # cut at a NUL, or told twice
            raise refuse("T122", name, member=info.orig_filename[:80], reason="name-invisible")
        path = names.take(info.filename)
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise refuse("T130", name, member=path)
        shown = f"{name}:{path}"
        total += info.file_size
        _within(shown, info.file_size, info.compress_size, UNPACKED - total + info.file_size)
        if info.is_dir() or not _is_member(path):
            continue
        if info.flag_bits & 0x2041:  # encrypted, strongly encrypted, masked
            raise refuse("T124", shown)
        if info.compress_type not in (0, 8):
            method = _METHODS.get(info.compress_type, str(info.compress_type))
            raise refuse("T125", shown, method=method)
        found[path] = info
    return found


def _within(shown: str, size: int, packed: int, left: int) -> None:
    """Raise ``Refused`` for a file of so many bytes (T104, T127, T128)."""
    if size > FREE and size > RATIO * packed:
        raise refuse("T128", shown, limit=str(RATIO))
    if size > JSON_SIZE:
        raise refuse("T104", shown, limit=f"{JSON_SIZE >> 20} MiB")
    if size > left:
        raise refuse("T127", shown, limit=f"{UNPACKED >> 20} MiB")


def _apart(name: str, entries: Iterable[zipfile.ZipInfo], directory: int) -> None:
    """Raise ``Refused`` (T121) if a byte of the zip belongs to two entries, or stands before the first."""
    end = 0
    for info in sorted(entries, key=lambda info: info.header_offset):
        if info.header_offset < end or (not end and info.header_offset):
            raise refuse("T121", name, reason="zip-overlap")
        end = info.header_offset + 30 + len(info.orig_filename.encode()) + info.compress_size
    if end > directory:
        raise refuse("T121", name, reason="zip-overlap")


def _unpacked(shown: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    """The bytes of an entry, counted as they come. Raises ``Refused``."""
    parts: list[bytes] = []
    size, told = 0, info.file_size
    info.file_size = 2 * JSON_SIZE  # read to the end of what is packed, not to the end that is told
    for part in _parts(shown, archive, info):
        size += len(part)
        _within(shown, size, info.compress_size, left)
        parts.append(part)
    if size != told:
        raise refuse("T121", shown, reason="zip-broken")
    return b"".join(parts)


def _parts(shown: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(info) as file:
            while part := file.read(1 << 16):
                yield part
    except Exception:  # zipfile raises whatever it stumbles on
        raise refuse("T121", shown, reason="zip-broken") from None
