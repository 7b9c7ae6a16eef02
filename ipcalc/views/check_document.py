"""What a scheme says of a project, in JSON: the shapes of its parts."""

from __future__ import annotations

from typing_extensions import TypedDict


class MeasuredDocument(TypedDict):
    """The comparison that decides: decimal strings, money in major units."""

    left: str
    relation: str
    right: str
    margin: str
    unit: str


class RemedyDocument(TypedDict):
    """A change that mends: the fact's path, the boundary value (or the allowed ones), and words."""

    fact: str
    bound: str
    to: str
    values: list[str]
    alone: bool
    words: str


class DisputeDocument(TypedDict):
    """A reading of figures that sources state differently, and the verdict under it."""

    reading: str
    verdict: str


class JudgementDocument(TypedDict):
    """What a human decided."""

    verdict: str
    by: str
    on: str
    note: str | None


class MissingDocument(TypedDict):
    """What would settle an unknown: its kind, its path or name, and the question to ask, if it is a fact."""

    kind: str
    key: str
    question: str | None


class FindingDocument(TypedDict):
    """What a rule says of a project or of one part of it."""

    rule: str
    scope: str | None
    strength: str
    verdict: str
    why: str
    title: str
    because: str
    measured: MeasuredDocument | None
    missing: list[MissingDocument]
    remedies: list[RemedyDocument]
    disputed: list[DisputeDocument]
    judgement: JudgementDocument | None
    note: str | None
    gaps: list[str]
    sources: list[str]


class OpeningDocument(TypedDict):
    """Whether the scheme takes applications."""

    status: str
    call: str | None
    opens: str | None
    closes: str | None
    seen: str | None


class SourceDocument(TypedDict):
    """Where a figure comes from."""

    title: str
    kind: str
    url: str | None
    dated: str | None
    note: str | None


class RateDocument(TypedDict):
    """An exchange rate that the project states: what one unit of the first currency is in the second."""

    pair: str
    value: str
    on: str
    source: str


class ReceiptDocument(TypedDict):
    """What the answer was made of."""

    ipcalc: str
    scheme: str
    as_of: str
    scheme_hash: str
    vocabulary_hash: str
    project_hash: str


class FigureDocument(TypedDict):
    """A figure that the scheme works out: a decimal string, money in major units; None where unknown."""

    name: str
    label: str
    value: str | None
    unit: str
    because: str


class ClassDocument(TypedDict):
    """The class that a project is of; ``id`` None where none is, or what is missing could decide."""

    id: str | None
    title: str | None
    because: list[str]
    missing: list[str]


class ResultDocument(TypedDict):
    """One scheme's result."""

    scheme: str
    name: str
    project: str
    as_of: str
    as_of_from: str
    reviewed: str
    verdict: str
    open: OpeningDocument
    findings: list[FindingDocument]
    figures: list[FigureDocument]
    available: FigureDocument | None
    classified: ClassDocument | None
    ask_next: list[str]
    rates: list[RateDocument]
    gaps: list[str]
    sources: dict[str, SourceDocument]
    receipt: ReceiptDocument


class CheckDocument(TypedDict):
    """``ipcalc check --format json``."""

    kind: str
    version: int
    results: list[ResultDocument]
