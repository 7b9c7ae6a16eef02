"""What lints found, drawn: as errors are, file by file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from typing_extensions import TypedDict

from ipcalc.inputs.diagnostics import Diagnostic, Place
from ipcalc.inputs.lints import Report
from ipcalc.texts import say
from ipcalc.views import diagnostics
from ipcalc.views.page import Page, line


class PlaceDocument(TypedDict):
    """A place in a file: line and column from 1, ``width`` characters wide."""

    file: str
    line: int
    column: int
    width: int


class FindingDocument(TypedDict):
    """What could be better: what the message says, the place, and a second one where there are two."""

    code: str
    message: str
    arguments: dict[str, str]
    suggestion: str | None
    place: PlaceDocument
    also: PlaceDocument | None


class FileDocument(TypedDict):
    """What was found in a file; ``id`` is null where the file can't be read."""

    name: str
    id: str | None
    findings: list[FindingDocument]


class LintDocument(TypedDict):
    """``ipcalc schemes lint --format json``."""

    kind: Literal["ipcalc/schemes-lint"]
    version: Literal[1]
    clean: bool
    files: list[FileDocument]


def page(reports: Sequence[Report], lang: str) -> Page:
    """What was found in each file, or that nothing was."""
    found = [block for report in reports for block in diagnostics.draw(report.findings, lang)]
    return found or [line(say("schemes.clean", lang, n=len(reports)), "good")]


def document(reports: Sequence[Report], lang: str) -> LintDocument:
    """What was found, for machines."""
    files: list[FileDocument] = [
        {"name": one.name, "id": one.id, "findings": [_finding(finding, lang) for finding in one.findings]}
        for one in reports
    ]
    clean = not any(one.findings for one in reports)
    return {"kind": "ipcalc/schemes-lint", "version": 1, "clean": clean, "files": files}


def _finding(finding: Diagnostic, lang: str) -> FindingDocument:
    return {
        "code": finding.code,
        "message": finding.message(lang),
        "arguments": dict(finding.args),
        "suggestion": finding.near or None,
        "place": _place(finding.place),
        "also": _place(finding.also) if finding.also else None,
    }


def _place(place: Place) -> PlaceDocument:
    return {"file": place.source, "line": place.line, "column": place.column, "width": place.width}
