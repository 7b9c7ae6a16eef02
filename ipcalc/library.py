"""Where the shipped data files are, and which schemes and policies exist.

An id is the path of its file below its kind's folder, without the ending: ``funding/hk/raise-plus.toml``
is ``hk/raise-plus``. Ids are looked up among the files that were found, never joined to a path.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path


@functools.cache
def root() -> Path:
    """The folder of the shipped data: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "schemes"
    return inside if inside.is_dir() else package.parent / "schemes"


@functools.cache
def find(kind: str) -> dict[str, Path]:
    """The files of one kind (``funding`` or ``ip``) by id, sorted; links are not followed."""
    top = root() / kind
    found: dict[str, Path] = {}
    for folder, _, names in os.walk(top):
        for name in names:
            path = Path(folder, name)
            if name.endswith(".toml") and not path.is_symlink():
                found[path.relative_to(top).with_suffix("").as_posix()] = path
    return dict(sorted(found.items()))
