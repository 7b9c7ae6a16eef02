"""One project against every scheme: which it fits, what is still asked, and what nearly fits."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ipcalc.funding.check import Checker, Result
from ipcalc.funding.findings import Finding, Remedy
from ipcalc.funding.model import Scheme
from ipcalc.funding.project import Project
from ipcalc.funding.remedies import single
from ipcalc.inputs.diagnostics import Diagnostic, Refused

# how a project stands with a scheme, the best first; nearly: one change would mend all that fails
STANDINGS = ("eligible", "review", "undetermined", "nearly", "ineligible")
SHUT = ("closed", "not-yet", "suspended")


class Match(NamedTuple):
    """How a project stands with one scheme.

    ``questions`` are the facts whose answers could settle it. Of what fails, ``first`` is the first rule, and
    ``mend`` the one change that would mend it all.
    """

    result: Result
    standing: str
    questions: tuple[str, ...]
    mend: Remedy | None
    first: Finding | None

    @property
    def scheme(self) -> Scheme:
        """The scheme."""
        return self.result.scheme

    @property
    def shut(self) -> bool:
        """Whether the scheme takes no applications on the date."""
        return self.result.open.status in SHUT


class Matches(NamedTuple):
    """How a project stands with every scheme, ranked; what kinds of project it is; what could not be read."""

    title: str
    as_of: datetime.date | None
    matches: tuple[Match, ...]
    classified: tuple[Result, ...]
    refused: Mapping[str, tuple[Diagnostic, ...]]

    def standing(self, name: str, *, shut: bool = False) -> list[Match]:
        """Those of one standing, among the schemes that may take applications or among those that don't."""
        return [one for one in self.matches if one.standing == name and one.shut == shut]

    def open(self) -> Matches:
        """Only those that are known to take applications on the date."""
        known = tuple(one for one in self.matches if one.result.open.status == "open")
        return self._replace(matches=known)

    def rest(self) -> dict[str, list[Match]]:
        """Those that don't fit, by the id of the first rule that fails, the most frequent first."""
        found: dict[str, list[Match]] = {}
        for one in self.matches:
            if one.standing == "ineligible" and one.first:
                found.setdefault(one.first.rule.id, []).append(one)
        return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))


def match(
    project: Project,
    schemes: Iterable[Scheme],
    as_of: datetime.date | None = None,
    refused: Mapping[str, tuple[Diagnostic, ...]] | None = None,
) -> Matches:
    """A project against schemes. What one of them refuses does not stop the others."""
    failed = dict(refused or {})
    found: list[Match] = []
    classified: list[Result] = []
    for scheme in schemes:
        try:
            checker = Checker(project, scheme, as_of)
            result = checker.result(mend=False, until=checker.beyond_help)
        except Refused as error:
            failed[scheme.id] = tuple(error.diagnostics)
            continue
        if scheme.kind == "scheme":
            found.append(_match(checker, result))
        elif result.classified is not None:
            classified.append(result)
    return Matches(project.title, as_of, tuple(sorted(found, key=_rank)), tuple(classified), failed)


def _match(checker: Checker, result: Result) -> Match:
    failing = [one for one in result.findings if one.verdict == "fail"]
    if not failing:
        return Match(result, result.verdict, result.ask_next, None, None)
    hopeless = checker.beyond_help(failing[0])
    mend = None if hopeless else single(result.findings, checker.worlds_of, checker.scheme)
    return Match(result, "nearly" if mend else "ineligible", (), mend, failing[0])


def _rank(one: Match) -> tuple[int, bool, int, str]:
    return STANDINGS.index(one.standing), one.shut, len(one.questions), one.scheme.id
