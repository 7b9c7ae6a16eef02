"""The shapes of the files of schemes, of the vocabulary and of bodies: what is a key where."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from ipcalc.inputs import shapes
from ipcalc.texts import Language, Text

OneOrMore = shapes.Name | list[shapes.Name]


class FactTable(TypedDict):
    """A fact's declaration."""

    type: Literal[
        "truth", "money", "share", "ratio", "number", "count", "duration", "date", "choice", "text", "body",
        "place",
    ]  # fmt: skip
    choices: NotRequired[dict[str, Text]]
    choices_from: NotRequired[Literal["stages", "roles"]]
    many: NotRequired[bool]
    unit: NotRequired[Literal["months", "days"]]
    label: Text
    ask: Text
    help: NotRequired[Text]


class SubRecordTable(TypedDict):
    """A kind of record inside a record. ``ask`` is how many there are."""

    list: shapes.Name
    label: Text
    ask: Text
    facts: dict[str, FactTable]


class RecordTable(TypedDict):
    """A kind of record: a list in the project. ``ask`` is how many there are."""

    list: shapes.Name
    label: Text
    ask: Text
    facts: dict[str, FactTable]
    records: NotRequired[dict[str, SubRecordTable]]


class DerivedTable(TypedDict):
    """A fact worked out from others, in the rule language."""

    value: shapes.Expression
    label: NotRequired[Text]
    adjustable: NotRequired[bool]
    shown: NotRequired[bool]


class DateTable(TypedDict):
    """A named date of a project."""

    label: Text
    ask: Text


class WorkedOutTable(TypedDict):
    """What a prepared fact is called."""

    type: NotRequired[Literal["count", "money", "date"]]
    label: Text


class VocabularyTable(TypedDict):
    """``vocabulary.toml``."""

    dates: dict[str, DateTable]
    facts: dict[str, dict[str, FactTable]]
    records: dict[str, RecordTable]
    derived: dict[str, dict[str, DerivedTable]]
    prepared: dict[str, WorkedOutTable]


class BodyTable(TypedDict):
    """An organisation."""

    type: shapes.Name
    place: NotRequired[shapes.Ident]
    name: Text
    also: NotRequired[list[shapes.Name]]
    source: OneOrMore


MemberTable = TypedDict(
    "MemberTable",
    {
        "id": NotRequired[shapes.Name],
        "group": NotRequired[shapes.Name],
        "from": NotRequired[shapes.Day],
        "until": NotRequired[shapes.Day],
    },
)


GroupTable = TypedDict(
    "GroupTable",
    {
        "label": Text,
        "from": NotRequired[shapes.Day],
        "members": list[MemberTable],
        "source": OneOrMore,
    },
)


class PlaceTable(TypedDict):
    """A country, region or city; ``within`` is the place that it lies in."""

    name: Text
    also: NotRequired[list[shapes.Name]]
    within: NotRequired[shapes.Name]


class PlacesTable(TypedDict):
    """``places.toml``."""

    places: dict[str, PlaceTable]


class BodiesTable(TypedDict):
    """``bodies.toml``."""

    sources: dict[str, shapes.SourceTable]
    bodies: dict[str, BodyTable]
    groups: dict[str, GroupTable]


FORMAT = 1


class CallTable(TypedDict):
    """A window for applications; each end is a day, or a time of day in the scheme's zone.

    Of one whose end no source states, ``seen`` is the last day on which it was seen open; one whose beginning
    no source states has no ``opens``.
    """

    id: shapes.Ident
    opens: NotRequired[shapes.Anything]
    closes: NotRequired[shapes.Anything]
    seen: NotRequired[shapes.Day]
    source: OneOrMore
    note: NotRequired[Text]


SuspensionTable = TypedDict(
    "SuspensionTable",
    {
        "from": shapes.Day,
        "until": NotRequired[shapes.Day],
        "on": NotRequired[shapes.Name],
        "source": OneOrMore,
        "note": NotRequired[Text],
    },
)


class ReadingTable(TypedDict):
    """One of the readings of a figure that sources state differently."""

    value: shapes.Anything
    source: OneOrMore


VersionTable = TypedDict(
    "VersionTable",
    {
        "from": NotRequired[shapes.Day],
        "until": NotRequired[shapes.Day],
        "call": NotRequired[shapes.Ident],
        "value": NotRequired[shapes.Anything],
        "either": NotRequired[list[ReadingTable]],
        "source": NotRequired[OneOrMore],
        "note": NotRequired[Text],
    },
)


ValueType = Literal["truth", "money", "share", "ratio", "number", "count", "duration", "date", "text"]


ValueTable = TypedDict(
    "ValueTable",
    {
        "label": Text,
        "type": NotRequired[ValueType],
        "at": NotRequired[list[VersionTable]],
        "from": NotRequired[shapes.Day],
        "until": NotRequired[shapes.Day],
        "value": NotRequired[shapes.Anything],
        "either": NotRequired[list[ReadingTable]],
        "source": NotRequired[OneOrMore],
        "note": NotRequired[Text],
    },
)


GridVersionTable = TypedDict(
    "GridVersionTable",
    {
        "from": NotRequired[shapes.Day],
        "until": NotRequired[shapes.Day],
        "rows": dict[str, shapes.Anything],
        "source": OneOrMore,
    },
)


class GridTable(TypedDict):
    """Figures by one or more keys."""

    label: Text
    keys: list[shapes.Name]
    type: NotRequired[ValueType]
    at: list[GridVersionTable]


RuleTable = TypedDict(
    "RuleTable",
    {
        "id": shapes.Ident,
        "title": Text,
        "each": NotRequired[shapes.Expression],
        "when": NotRequired[shapes.Expression],
        "require": NotRequired[shapes.Expression],
        "prefer": NotRequired[shapes.Expression],
        "judge": NotRequired[Text],
        "with": NotRequired[dict[str, shapes.Anything]],
        "source": OneOrMore,
        "from": NotRequired[shapes.Day],
        "until": NotRequired[shapes.Day],
        "on": NotRequired[shapes.Name],
        "evidence": NotRequired[list[shapes.Name]],
        "note": NotRequired[Text],
    },
)


class ClassTable(TypedDict):
    """A kind that a project can be of."""

    id: shapes.Ident
    title: Text
    when: shapes.Expression
    source: OneOrMore
    note: NotRequired[Text]


class PreparedTable(TypedDict):
    """Facts that are worked out before any rule is read, and their terms."""

    kind: Literal["owners", "ultimate-owners", "consolidation", "working-days"]
    linked_above: NotRequired[shapes.Share]
    partner_from: NotRequired[shapes.Share]
    exempt: NotRequired[list[shapes.Name]]
    after: NotRequired[shapes.Name]
    days: NotRequired[shapes.Count]
    holidays: NotRequired[list[shapes.Day]]
    source: OneOrMore
    note: NotRequired[Text]


GapTable = TypedDict(
    "GapTable",
    {
        "about": Text,
        "affects": NotRequired[list[shapes.Name]],
        "from": NotRequired[shapes.Day],
        "until": NotRequired[shapes.Day],
    },
)


class LabelTable(TypedDict):
    """A stage or a role of the scheme."""

    label: Text


class ExampleTable(TypedDict):
    """A project, or changes to the scheme's example project, and the verdicts it must get."""

    title: shapes.Name
    project: NotRequired[dict[str, shapes.Anything]]
    set: NotRequired[list[shapes.Name]]
    without: NotRequired[list[shapes.Name]]
    as_of: NotRequired[shapes.Day]
    gives: dict[str, shapes.Name]
    shows: NotRequired[dict[str, shapes.Anything]]


class SchemeTable(TypedDict):
    """A scheme's file."""

    format: NotRequired[shapes.format_up_to(FORMAT)]  # type: ignore[valid-type]
    id: shapes.Ident
    kind: NotRequired[Literal["scheme", "definition"]]
    name: Text
    authority: Text
    place: NotRequired[shapes.Ident]
    currency: shapes.Currency
    zone: NotRequired[shapes.Name]
    initiative: Literal["supply-led", "demand-led", "two-way"]
    reviewed: shapes.Day
    languages: NotRequired[list[Language]]
    uses: NotRequired[list[shapes.Ident]]
    prepared: NotRequired[dict[str, PreparedTable]]
    sources: dict[str, shapes.SourceTable]
    calls: NotRequired[list[CallTable]]
    suspended: NotRequired[list[SuspensionTable]]
    stages: NotRequired[dict[str, LabelTable]]
    roles: NotRequired[dict[str, LabelTable]]
    groups: NotRequired[dict[str, GroupTable]]
    facts: NotRequired[dict[str, FactTable]]
    derived: NotRequired[dict[str, DerivedTable]]
    values: NotRequired[dict[str, ValueTable]]
    tables: NotRequired[dict[str, GridTable]]
    available: NotRequired[shapes.Expression]
    rules: NotRequired[list[RuleTable]]
    classes: NotRequired[list[ClassTable]]
    gaps: NotRequired[list[GapTable]]
    example: NotRequired[dict[str, shapes.Anything]]
    examples: NotRequired[list[ExampleTable]]


class JudgementTable(TypedDict):
    """What a human decided of a rule that is not for a program to decide."""

    scheme: shapes.Ident
    rule: shapes.Ident
    verdict: Literal["pass", "fail"]
    by: shapes.Name
    on: shapes.Day
    note: NotRequired[shapes.Name]


class EvidenceTable(TypedDict):
    """Where a stated fact can be seen."""

    fact: shapes.Name
    ref: shapes.Name


class RateTable(TypedDict):
    """An exchange rate: under ``"EUR/HKD"``, the HKD that one EUR is."""

    value: shapes.Number
    on: shapes.Day
    source: shapes.Name


class IncompleteTable(TypedDict):
    """Lists that are stated only in part."""

    lists: list[shapes.Name]
