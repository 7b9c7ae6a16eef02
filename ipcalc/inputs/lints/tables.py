"""What lints look at: something that was read from a file, and the file's tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from ipcalc.inputs.toml import Document

if TYPE_CHECKING:
    from ipcalc.inputs import locate


class Linted(Protocol):
    """What was read from a file, and knows it."""

    @property
    def document(self) -> Document:
        """The file."""


def tables(document: Document) -> Iterator[tuple[locate.Path, Mapping[str, Any]]]:
    """Every table of a file with its path, but not those of the projects in its examples."""
    waiting: list[tuple[locate.Path, Any]] = [((), document.data)]
    while waiting:
        path, node = waiting.pop()
        if path[:1] == ("example",) or (path[:1] == ("examples",) and path[2:] == ("project",)):
            continue
        if isinstance(node, dict):
            yield path, node
            waiting += (((*path, key), below) for key, below in node.items())
        elif isinstance(node, list):
            waiting += (((*path, i), below) for i, below in enumerate(node))


def texts(document: Document) -> Iterator[tuple[locate.Path, Mapping[str, str]]]:
    """Every text for people: a table of languages."""
    for path, table in tables(document):
        if isinstance(table.get("en"), str):
            yield path, table
