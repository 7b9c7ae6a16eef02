"""What differs between two sides, each a file of the library on a day: thing by thing."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ipcalc.texts import Text

# of schemes, then of policies; in this order changes are told
KINDS = (
    *("value", "table", "group", "rule", "class", "open"),
    *("take", "recover", "hold", "share", "limit", "floor", "equity", "inventors"),
)


class Thing(NamedTuple):
    """What holds on a side, in words: its kind, its name in the file, and what people call it."""

    kind: str
    name: str
    label: Text | Mapping[str, str]
    text: str


class Side(NamedTuple):
    """A scheme or a policy, by its id, on a day; its things in the order of its file."""

    id: str
    day: datetime.date
    things: tuple[Thing, ...]


class Change(NamedTuple):
    """One difference; None where a side has nothing of that kind and name."""

    kind: str
    name: str
    label: Text | Mapping[str, str]
    before: str | None
    after: str | None


def changes(before: Side, after: Side) -> tuple[Change, ...]:
    """Every difference between two sides, kind by kind, in the order of the files."""
    old, new = dict(_keyed(before)), dict(_keyed(after))
    found = []
    for key in dict.fromkeys((*old, *new)):
        one, other = old.get(key), new.get(key)
        if (one and one.text) != (other and other.text):
            label = (other or old[key]).label
            found.append(Change(*key[:2], label, one and one.text, other and other.text))
    return tuple(sorted(found, key=lambda change: KINDS.index(change.kind)))


def _keyed(side: Side) -> Iterator[tuple[tuple[str, str, int], Thing]]:
    """Things by kind and name; those that share both are told apart by their order."""
    seen: Counter[tuple[str, str]] = Counter()
    for thing in side.things:
        yield (thing.kind, thing.name, seen[thing.kind, thing.name]), thing
        seen[thing.kind, thing.name] += 1
