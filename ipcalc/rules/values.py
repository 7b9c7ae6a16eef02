"""What a rule's parts are worth: exact values, and three kinds of not knowing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple


class Missing(NamedTuple):
    """Something that is not known: what kind of thing, and which.

    ``fact`` a project's fact (key is its path), ``list`` a list that is absent or incomplete, ``value`` a
    figure of the scheme, ``cell`` of a table, ``rate`` an exchange rate, ``call`` which call this is,
    ``empty`` the least or greatest of nothing, ``zero`` a division by zero, ``range`` a date out of range.
    """

    kind: str
    key: str


class Unknown(NamedTuple):
    """A value that is not known, and what would have to be."""

    missing: tuple[Missing, ...]


class Spread(NamedTuple):
    """A count that is at least ``sure`` and at most ``possible`` (None: no limit)."""

    sure: int
    possible: int | None
    missing: tuple[Missing, ...]


class Items(NamedTuple):
    """The items of a list that is stated; ``open`` names what is missing where it isn't complete."""

    items: tuple[Any, ...]
    open: tuple[Missing, ...] = ()


class Record:
    """A record of a project: its facts by name, its lists by name. ``path`` names it in messages."""

    __slots__ = ("facts", "id", "kind", "lists", "path")

    def __init__(
        self, kind: str, id: str, path: str, facts: dict[str, Any], lists: dict[str, Items | Unknown]
    ) -> None:
        self.kind = kind
        self.id = id
        self.path = path
        self.facts = facts
        self.lists = lists

    def fact(self, name: str) -> Any:
        """A fact, unknown where the project doesn't state it."""
        value = self.facts.get(name)
        return Unknown((Missing("fact", f"{self.path}{name}"),)) if value is None else value

    def list(self, name: str) -> Items | Unknown:
        """A list of records, unknown where the project doesn't state it."""
        return self.lists.get(name) or Unknown((Missing("list", f"{self.path}{name}"),))


def unknown(values: Iterable[Any]) -> Unknown:
    """The unknown that several values make: all that is missing, each thing once."""
    missing: dict[Missing, None] = {}
    for value in values:
        if isinstance(value, Unknown | Spread):
            missing.update(dict.fromkeys(value.missing))
    return Unknown(tuple(missing))
