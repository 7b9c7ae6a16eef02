"""The types of the rule language, and the names a rule may use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ipcalc.rules.tree import Node

QUANTITIES = ("money", "share", "ratio", "number", "count")
FUNCTIONS = ("sum", "count", "any", "all", "min", "max", "distinct", "length")
RESERVED = ("on", "call", "scheme")
OTHER = "other"  # a body or place that is none of the list: two of them may be the same or not
NAMED = ("body", "place")  # kinds whose words are looked up in a list of names


class Type(NamedTuple):
    """A type: its kind; the words a choice may be; the items of a list. ``unit`` is a duration's, or, for a
    choice whose words each scheme lists, the scheme's list: ``stages`` or ``roles``.

    Kinds: truth, money, number, share, ratio, count, duration, period, date, choice, text, body, place,
    group,
    record, list, zero and one (the two numbers that a rule may write), error (already reported).
    """

    kind: str
    choices: tuple[str, ...] | None = None
    unit: str = ""
    item: Type | None = None
    record: RecordType | None = None

    @property
    def number(self) -> bool:
        """Whether values of this type are numbers."""
        return self.kind in QUANTITIES or self.kind in ("zero", "one")


TRUTH, ERROR = Type("truth"), Type("error")


class Fact(NamedTuple):
    """A fact that a project can state. ``adjustable``: something a team could change to fit a rule."""

    path: str  # "applicant.type", or "phase.start" for a fact of a record
    type: Type
    label: Mapping[str, str]
    ask: Mapping[str, str]
    labels: Mapping[str, Mapping[str, str]]  # of its choices
    adjustable: bool = True
    help: Mapping[str, str] | None = None


class RecordType:
    """A kind of record: its facts, its lists of further records, and facts worked out from these.

    ``ask`` is the question of how many there are.
    """

    def __init__(
        self, name: str, list_name: str, label: Mapping[str, str], ask: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.list_name = list_name
        self.label = label
        self.ask = ask or {}
        self.facts: dict[str, Fact] = {}
        self.records: dict[str, RecordType] = {}
        self.derived: dict[str, Derived] = {}


class Derived:
    """A fact worked out from others. ``tree`` is set once its text is read."""

    def __init__(
        self,
        name: str,
        owner: RecordType | None,
        label: Mapping[str, str],
        *,
        adjustable: bool = False,
        shown: bool = False,
    ) -> None:
        self.name = name
        self.owner = owner
        self.label = label
        self.adjustable = adjustable
        self.shown = shown  # an answer shows what it comes to
        self.type = ERROR
        self.tree: Node | None = None


class TableType(NamedTuple):
    """A table of a scheme: the types of its keys, and of its cells."""

    keys: tuple[Type, ...]
    cell: Type


class Scope:
    """Every name a rule may use. ``project`` holds the facts of the root, by ``section.name``."""

    def __init__(self, project: RecordType) -> None:
        self.project = project
        self.values: dict[str, Type] = {}
        self.tables: dict[str, TableType] = {}
        self.groups: dict[str, Mapping[str, str]] = {}
        self.derived: dict[str, Derived] = {}
        self.own: dict[str, Fact] = {}  # the scheme's own facts, by "own.name"
        self.named: dict[str, tuple[str, ...]] = {}  # the ids of bodies and of places
        self.meant: dict[str, str] = {}  # what trees write for names that stand in a file another uses
        self.listed: dict[str, tuple[str, ...]] = {}  # the scheme's stages and roles

    def full(self, name: str) -> str:
        """A name of a value, table or group as a tree writes it."""
        return self.meant.get(name, name)

    def sections(self) -> set[str]:
        """The sections of the project's facts."""
        return {path.partition(".")[0] for path in (*self.project.facts, *self.project.derived, *self.own)}

    def bare_names(self) -> set[str]:
        """The names that stand alone in a rule."""
        return {*self.values, *self.tables, *self.groups, *self.derived, *self.project.records, *RESERVED}
