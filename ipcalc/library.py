"""Which schemes and policies exist: the shipped ones, and packs of others.

An id is the path of its file below its kind's folder, without the ending: ``funding/hk/raise-plus.toml``
is ``hk/raise-plus``. Ids are looked up among the files that were found, never joined to a path. A pack is a
folder with such folders in it: named by ``--schemes``, by ``IPCALC_SCHEMES`` (several apart as in ``PATH``),
or by an installed package's entry point in the group ``ipcalc.schemes``, whose value is a package that holds
them.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ipcalc.data import root

ENTRY_POINTS = "ipcalc.schemes"
_asked: list[Path] = []  # the packs of this run's --schemes


def use(folders: Sequence[str]) -> None:
    """Look for more files in these packs, and in no others that were asked for before."""
    if folders or _asked:
        _asked[:] = map(Path, folders)
        find.cache_clear()


@functools.cache
def find(kind: str) -> dict[str, Path]:
    """The files of one kind (``funding`` or ``ip``) by id, sorted; links are not followed.

    Raises ``Refused``: C310 where a pack is no folder, S209 where two packs have the same id.
    """
    found: dict[str, Path] = {}
    for pack in (root(), *_packs()):
        for name, path in _files(pack / kind):
            if name in found and found[name] != path:
                from ipcalc.inputs.diagnostics import refuse

                raise refuse("S209", str(path), value=name, other=str(found[name]))
            found[name] = path
    return dict(sorted(found.items()))


def _files(top: Path) -> Iterator[tuple[str, Path]]:
    for folder, _, names in os.walk(top):
        for name in names:
            path = Path(folder, name)
            if name.endswith(".toml") and not path.is_symlink():
                yield path.relative_to(top).with_suffix("").as_posix(), path


def _packs() -> Iterator[Path]:
    named = filter(None, os.environ.get("IPCALC_SCHEMES", "").split(os.pathsep))
    for pack in (*_asked, *map(Path, named)):
        if not pack.is_dir():
            from ipcalc.inputs.diagnostics import refuse

            raise refuse("C310", str(pack))
        yield pack
    if any(map(_offers_schemes, sys.path)):
        from importlib import metadata, util  # slow to import: only where some package has a pack

        for entry in metadata.entry_points(group=ENTRY_POINTS):
            found = util.find_spec(entry.value)
            yield from map(Path, (found and found.submodule_search_locations) or ())


def _offers_schemes(folder: str) -> bool:
    """Whether a package installed in a folder of Python's path has an entry point for packs."""
    for path in Path(folder).glob("*.dist-info/entry_points.txt"):
        try:
            if f"[{ENTRY_POINTS}]".encode() in path.read_bytes():
                return True
        except OSError:
            continue
    return False
