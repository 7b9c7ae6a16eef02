"""Where the shipped data files are."""

from __future__ import annotations

import functools
from pathlib import Path


@functools.cache
def root() -> Path:
    """The folder of the shipped data: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "schemes"
    return inside if inside.is_dir() else package.parent / "schemes"
