"""The nodes of a rule's tree. Every node knows its type; readings dispatch on the node's class."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import NamedTuple

from ipcalc.rules import types
from ipcalc.rules.types import Type


class Constant(NamedTuple):
    """A word in quotes, ``true``, ``false``, 0 or 1."""

    type: Type
    value: str | bool | int


class Listing(NamedTuple):
    """A list of words in quotes."""

    type: Type
    words: tuple[str, ...]


class Value(NamedTuple):
    """A dated value of the scheme, or one of a rule's own."""

    type: Type
    name: str


class Reserved(NamedTuple):
    """``on``, ``call.id``, ``call.opens``, ``call.closes``, ``scheme.id``."""

    type: Type
    name: str


class Group(NamedTuple):
    """A group of organisations or places."""

    type: Type
    name: str


class Fact(NamedTuple):
    """A fact of the project (``owner`` None) or of the record that a local name stands for."""

    type: Type
    owner: str | None
    name: str
    fact: types.Fact


class Derived(NamedTuple):
    """A fact worked out from others, of the project, the scheme or a record."""

    type: Type
    owner: str | None
    derived: types.Derived


class Local(NamedTuple):
    """What a quantifier goes through, one at a time."""

    type: Type
    name: str


class Records(NamedTuple):
    """A list of records, of the project or of the record that a local name stands for."""

    type: Type
    owner: str | None
    name: str


class Not(NamedTuple):
    """Negation."""

    type: Type
    of: Node


class Logic(NamedTuple):
    """``and``, ``or``."""

    type: Type
    operator: str
    parts: tuple[Node, ...]


class Compare(NamedTuple):
    """A comparison of two: ``left operator right``; a chain is an ``and`` of these."""

    type: Type
    operator: str
    left: Node
    right: Node


class Contains(NamedTuple):
    """``item in container``; ``negated`` for ``not in``."""

    type: Type
    item: Node
    container: Node
    negated: bool


class Arithmetic(NamedTuple):
    """``+ - * /``."""

    type: Type
    operator: str
    left: Node
    right: Node


class Choose(NamedTuple):
    """``then if condition else otherwise``."""

    type: Type
    condition: Node
    then: Node
    otherwise: Node


class Extreme(NamedTuple):
    """``min`` or ``max`` of parts that are written out."""

    type: Type
    function: str
    parts: tuple[Node, ...]


class Tally(NamedTuple):
    """``count`` of truths that are written out."""

    type: Type
    parts: tuple[Node, ...]


class Quantify(NamedTuple):
    """``function(item for name in source if condition)``."""

    type: Type
    function: str
    item: Node
    name: str
    source: Node
    condition: Node | None


class Length(NamedTuple):
    """The period from a first day to a last, both included."""

    type: Type
    first: Node
    last: Node


class Year(NamedTuple):
    """The year of a date."""

    type: Type
    of: Node


class Lookup(NamedTuple):
    """A cell of a scheme's table."""

    type: Type
    table: str
    keys: tuple[Node, ...]


Node = (
    Constant | Listing | Value | Reserved | Group | Fact | Derived | Local | Records | Not | Logic | Compare
    | Contains | Arithmetic | Choose | Extreme | Tally | Quantify | Length | Year | Lookup
)  # fmt: skip


class Each(NamedTuple):
    """``name in source if condition``: what a rule is asked of, one at a time."""

    name: str
    source: Node
    condition: Node | None


_CLASSES = typing.get_args(Node)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node."""
    found: list[Node] = []
    for field in node:
        if isinstance(field, _CLASSES):
            found.append(field)
        elif isinstance(field, tuple) and field and isinstance(field[0], _CLASSES):
            found += field
    return tuple(found)


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, through the derived facts it names, each of these once."""
    waiting, seen = [node], set()
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, Derived) and one.derived.tree is not None and one.derived not in seen:
            seen.add(one.derived)
            waiting.append(one.derived.tree)
        waiting += children(one)


def values_read(node: Node) -> set[str]:
    """The scheme's values and tables that a tree reads."""
    return {n.name if isinstance(n, Value) else n.table for n in walk(node) if isinstance(n, Value | Lookup)}
