"""Every scheme there is, compiled; kept in the user's cache, so that asking all of them starts quickly.

What is kept goes by the hash of the program, of every scheme's file and of the vocabulary: a change in any of
them makes another. It is read only where it is the user's own, whole, and made of this
program's own classes; anything else is as good as absent, and made anew.
"""

from __future__ import annotations

import datetime
import gc
import hashlib
import io
import os
import pickle
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from ipcalc import __version__, data, library
from ipcalc.funding import scheme as schemes
from ipcalc.funding import vocabulary
from ipcalc.funding.model import Scheme
from ipcalc.funding.vocabulary import Vocabulary
from ipcalc.inputs import writing
from ipcalc.inputs.diagnostics import Diagnostic, Refused
from ipcalc.inputs.toml import Document

_KEPT = "schemes-"  # what our files in the cache begin with
_OTHERS = {("fractions", "Fraction"): Fraction, ("datetime", "date"): datetime.date,
           ("datetime", "datetime"): datetime.datetime, ("builtins", "frozenset"): frozenset}  # fmt: skip


class Shelf(NamedTuple):
    """The schemes that could be read, by id, and why the others could not; the vocabulary that they share."""

    vocabulary: Vocabulary
    schemes: Mapping[str, Scheme]
    refused: Mapping[str, tuple[Diagnostic, ...]]


def every() -> Shelf:
    """Every known scheme. Their documents and examples are left out: of one alone, ask ``scheme.load``."""
    files = library.find("funding")
    key = _key(files)
    place = _folder() / f"{_KEPT}{key}"
    found = _read(place)
    if found is None:
        found = _compile(files)
        _write(place, found)
    return found


def _compile(files: Mapping[str, Path]) -> Shelf:
    words = vocabulary.shipped()
    made: dict[str, Scheme] = {}
    refused: dict[str, tuple[Diagnostic, ...]] = {}
    for name in files:
        try:
            scheme = schemes.load(name, words)
        except Refused as error:
            refused[name] = tuple(error.diagnostics)
        else:
            made[name] = scheme._replace(document=Document(scheme.document.name, "", {}), shown=())
    return Shelf(words, made, refused)


def _key(files: Mapping[str, Path]) -> str:
    digest = hashlib.sha256(f"{__version__} {sys.version}".encode())
    for module in sorted(Path(__file__).parents[1].rglob("*.py")):  # what is kept is made of its classes
        about = module.stat()
        digest.update(f"\0{module}\0{about.st_size}\0{about.st_mtime_ns}".encode())
    for path in (*(data.root() / f"{n}.toml" for n in vocabulary.FILES), *files.values()):
        try:
            text = path.read_bytes()
        except OSError:  # reading it again says why
            text = b""
        digest.update(f"\0{path}\0{len(text)}\0".encode())
        digest.update(text)
    return digest.hexdigest()


# -- the cache ----------------------------------------------------------------------------------------


def _folder() -> Path:
    """The user's folder for what can be made anew."""
    if stated := os.environ.get("IPCALC_CACHE") or os.environ.get("XDG_CACHE_HOME"):
        return Path(stated, "ipcalc")
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home()), "ipcalc", "cache")
    return Path(os.environ.get("HOME", "/nonexistent"), ".cache", "ipcalc")


class _Reader(pickle.Unpickler):
    """Makes objects of this program's classes and of a few plain ones, and calls nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """A class that may be made."""
        if (module, name) in _OTHERS:
            return _OTHERS[module, name]
        if module.startswith("ipcalc.") and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def _read(place: Path) -> Shelf | None:
    """What is kept, if it is ours and whole."""
    try:
        with place.open("rb") as file:
            about = os.fstat(file.fileno())
            if os.name != "nt" and (about.st_uid != os.geteuid() or about.st_mode & 0o022):
                return None
            digest, kept = file.read(32), file.read()
        if hashlib.sha256(kept).digest() != digest:
            return None
        gc.disable()  # hundreds of thousands of parts, all of which stay
        try:
            found = _Reader(io.BytesIO(kept)).load()
        finally:
            gc.enable()
    except Exception:  # whatever stands there, it is not what we kept
        return None
    return found if type(found) is Shelf else None


def _write(place: Path, shelf: Shelf) -> None:
    """Keep a shelf, and nothing older; where that can't be done, it is made again the next time."""
    kept = pickle.dumps(shelf, protocol=5)
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        writing.put(place, hashlib.sha256(kept).digest() + kept)
        for older in place.parent.glob(f"{_KEPT}*"):
            if older != place:
                older.unlink()
    except OSError:
        pass
