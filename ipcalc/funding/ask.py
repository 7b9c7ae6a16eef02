"""The interview: from what a project states, the questions; from an answer, the project that states it.

Everything here is a value: an answer gives a new interview, and the old one is what *back* returns to. A
question is asked only while it can still settle something; what is skipped stays unknown and is not asked
again.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ipcalc.funding import reply
from ipcalc.funding.check import STATED, Checker, Result, wanted
from ipcalc.funding.model import Scheme
from ipcalc.funding.project import read
from ipcalc.funding.question import SUBMITTED, TITLE, Asking, Question, at_last
from ipcalc.inputs.diagnostics import Diagnostic, Place, Refused
from ipcalc.inputs.toml import Document
from ipcalc.quantity import Unreadable
from ipcalc.rules import tree
from ipcalc.rules.settle import truth
from ipcalc.rules.values import Missing

if TYPE_CHECKING:
    from ipcalc.inputs.locate import Path

UNTITLED = "–"  # stands for a title until one is given


class Interview(NamedTuple):
    """What is known so far, and what the schemes say of it. ``last`` was answered or skipped last."""

    schemes: tuple[Scheme, ...]
    as_of: datetime.date | None
    data: Mapping[str, Any]
    skipped: frozenset[Path]
    last: Path
    results: tuple[Result, ...]
    before: Interview | None

    @property
    def asking(self) -> Asking:
        """What its questions are asked of."""
        return Asking(self.data, self.schemes)


def begin(
    data: Mapping[str, Any], schemes: Sequence[Scheme], as_of: datetime.date | None = None
) -> Interview:
    """The interview that starts from a project's data. Raises ``Refused``."""
    return _judged(Interview(tuple(schemes), as_of, data, frozenset(), (), (), None))


def _judged(interview: Interview) -> Interview:
    """The interview with what its schemes say of its data."""
    stated = {"title": UNTITLED, **interview.data["project"]}
    document = Document("", "", {**interview.data, "project": stated})
    project = read(document, interview.schemes[0].vocabulary)
    checkers = (Checker(project, scheme, interview.as_of) for scheme in interview.schemes)
    results = tuple(checker.result(mend=False) for checker in checkers)
    return interview._replace(results=results)


def answer(interview: Interview, question: Question, text: str) -> Interview:
    """The interview after an answer. Raises ``Refused`` with the one message that a file would get."""
    try:
        data = reply.put(interview.data, question, reply.value(question, text, interview.data))
        return _judged(interview._replace(data=data, last=question.path, before=interview))
    except Unreadable as error:
        args = {"key": str(question.path[-1]), **error.args_of_message}
        said = Diagnostic(error.code, args, Place(question.key), args.pop("near", ""))
    except Refused as error:  # all was good before: what is wrong is wrong by this answer
        said = error.diagnostics[0]._replace(place=Place(question.key), also=None)
    raise Refused([said])


def skip(interview: Interview, question: Question) -> Interview:
    """The interview in which a question stays open for good."""
    skipped = interview.skipped | {question.path}
    return interview._replace(skipped=skipped, last=question.path, before=interview)


def back(interview: Interview) -> Interview:
    """The interview before the last answer; the same one where there was none."""
    return interview.before or interview


# -- what to ask --------------------------------------------------------------------------------------


class _Open(NamedTuple):
    """A question that could still settle something, and how much."""

    question: Question
    behind: bool
    leads: bool
    place: int

    @property
    def record(self) -> Path:
        """The record that it is a fact of; what is of none stands by itself."""
        path, ends = (
            self.question.path,
            [i for i, part in enumerate(self.question.path) if isinstance(part, int)],
        )
        return path[: ends[-1] + 1] if ends else path

    @property
    def weight(self) -> tuple[int, int]:
        """The least settles most."""
        return -len(self.question.reasons), self.place


def questions(interview: Interview) -> tuple[Question, ...]:
    """All that could still settle something, in the order in which it is asked.

    Conditions stand before consequences; then what is asked of the same records as before; then facts before
    lists, each of which brings more questions; then the records and facts that most findings hang on, and of
    one record first what its other facts hang on. Before all stand a title, which decides nothing and is only
    asked for where something else is, and the date, which decides what the rules are.
    """
    found: dict[Path, _Open] = {}
    for result in interview.results:
        for one in _open(interview, result):
            known = found.get(one.question.path, one._replace(question=one.question._replace(reasons=())))
            reasons = (*known.question.reasons, *one.question.reasons)
            found[one.question.path] = _Open(
                one.question._replace(reasons=reasons),
                known.behind and one.behind,
                known.leads or one.leads,
                min(known.place, one.place),
            )
    last = at_last(interview.data, interview.last)
    asked = [one for one in _ordered(list(found.values()), last) if one.path != SUBMITTED]
    asked = [*_date(interview), *asked]
    if asked and "title" not in interview.data["project"] and TITLE not in interview.skipped:
        asked.insert(0, interview.asking.at(TITLE))
    return tuple(asked)


def _ordered(found: list[_Open], last: Path) -> list[Question]:
    records: dict[Path, list[_Open]] = {}
    for one in found:
        records.setdefault(one.record, []).append(one)
    weights = {record: (min(one.weight for one in of), i) for i, (record, of) in enumerate(records.items())}

    def rank(one: _Open) -> tuple[Any, ...]:
        near, listed = _together(one.question.path, last), one.question.kind == "list"
        return one.behind, -near, listed, weights[one.record], not one.leads, one.weight

    return [one.question for one in sorted(found, key=rank)]


def _open(interview: Interview, result: Result) -> Iterator[_Open]:
    """What one scheme wants to know; not what was skipped, or what nobody can be asked."""
    made: dict[Missing, Question | None] = {}
    skipped = {at_last(interview.data, path) for path in interview.skipped}

    def asked(missing: Missing) -> bool:
        if missing not in made:
            made[missing] = _question(interview, result.scheme, missing)
        question = made[missing]
        return question is not None and question.path not in skipped

    for one in wanted(result.findings, asked):
        if question := made[one.missing]:
            reasons = tuple((result, finding) for finding in one.findings)
            yield _Open(question._replace(reasons=reasons), one.behind, one.leads, one.place)
    if result.classified and result.classified.missing:
        settling = truth(result.classified.traces[-1], asked).either or ()
        for place, missing in enumerate(result.classified.missing):
            if missing in settling and (question := made[missing]):
                yield _Open(question._replace(reasons=((result, None),)), False, False, place)


def _question(interview: Interview, scheme: Scheme, missing: Missing) -> Question | None:
    """The question for something that is missing, if a project can state it."""
    if missing.kind not in (*STATED, "rate"):
        return None
    try:
        return interview.asking.missing(scheme, missing)
    except Refused:  # it is worked out from others, and nobody states it
        return None


def _together(one: Path, other: Path) -> int:
    """How many records two paths lie in together."""
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += isinstance(a, int)
    return shared


def _date(interview: Interview) -> Iterator[Question]:
    """The date of application, where it could matter; or its time of day, where that decides."""
    if SUBMITTED in interview.skipped or interview.as_of is not None:
        return
    question = interview.asking.at(SUBMITTED)
    if "submitted" not in interview.data["project"].get("dates", {}):
        if any(_dated(scheme) for scheme in interview.schemes):
            yield question
    elif any(result.open.why == "time" for result in interview.results):
        yield question._replace(kind="time")


def _dated(scheme: Scheme) -> bool:
    """Whether what a scheme says hangs on a date."""
    versions = [v for dated in (*scheme.values.values(), *scheme.tables.values()) for v in dated.versions]
    nodes = (node for rule in scheme.rules for root in rule.trees for node in tree.walk(root))
    return bool(
        scheme.calls
        or scheme.suspended
        or any(rule.first or rule.until for rule in scheme.rules)
        or any(version.first or version.until or version.call for version in versions)
        or any(isinstance(node, tree.Reserved) for node in nodes)
    )
