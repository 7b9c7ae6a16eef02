"""The interview, drawn: question by question for people, whole for machines."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from ipcalc import texts
from ipcalc.funding import ask
from ipcalc.funding.ask import Interview
from ipcalc.funding.check import Result
from ipcalc.funding.findings import Finding
from ipcalc.funding.question import SUBMITTED, TITLE, Part, Question, get, parts_of
from ipcalc.funding.vocabulary import fold
from ipcalc.rules.types import NAMED
from ipcalc.texts import choose, say
from ipcalc.views import check
from ipcalc.views.check import View
from ipcalc.views.page import Block, Line, Page, Span, heading, line
from ipcalc.views.project import called, words

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = 2  # rules that are named with a question; the rest are counted
SHORT = 16  # letters of all words to choose from, up to which they stand on one line
MANY = 12  # words to choose from, beyond which they stand in a row, too, and names only where asked for
COMMANDS = ("skip", "back", "stop")

# -- the document -------------------------------------------------------------------------------------


class ChoiceDocument(TypedDict):
    """One of the words that answer a question."""

    id: str
    label: str


class PartDocument(TypedDict):
    """A record that a question is about: which of how many, and what it is called, as far as is known."""

    label: str
    number: int
    of: int
    name: str | None


class ReasonDocument(TypedDict):
    """A rule that an answer could settle; without one, of which of the scheme's classes the project is."""

    scheme: str
    rule: str | None
    scope: str | None
    title: str


class QuestionDocument(TypedDict):
    """A question; ``path`` is what ``--answer`` takes, ``hint`` how an answer is written."""

    path: str
    kind: str
    many: bool
    label: str
    ask: str
    help: str | None
    hint: str | None
    choices: list[ChoiceDocument]
    within: list[PartDocument]
    reasons: list[ReasonDocument]


class FailureDocument(TypedDict):
    """A rule that stands in the way."""

    rule: str
    scope: str | None
    title: str
    because: str


class StandingDocument(TypedDict):
    """What a scheme says so far; where one of the ``questions`` is for a list, more will follow."""

    scheme: str
    name: str
    verdict: str
    met: int
    unknown: int
    fails: list[FailureDocument]
    questions: int


class AskDocument(TypedDict):
    """``ipcalc ask`` without a terminal: what is still to be asked, in that order."""

    kind: str
    version: int
    schemes: list[StandingDocument]
    questions: list[QuestionDocument]


def document(interview: Interview, lang: str) -> AskDocument:
    """The interview for machines."""
    asked = ask.questions(interview)
    return {
        "kind": "ipcalc/ask",
        "version": 1,
        "schemes": [_standing(result, asked, lang) for result in interview.results],
        "questions": [_question(question, lang) for question in asked],
    }


def _standing(result: Result, asked: Sequence[Question], lang: str) -> StandingDocument:
    view = View(result, lang)
    return {
        "scheme": result.scheme.id,
        "name": choose(result.scheme.name, lang),
        "verdict": result.verdict,
        "met": len(_of(result, "pass")),
        "unknown": len(_of(result, "unknown")),
        "fails": [
            {
                "rule": finding.rule.id,
                "scope": finding.scope,
                "title": view.title(finding),
                "because": view.because(finding),
            }
            for finding in _of(result, "fail")
        ],
        "questions": len(_about(result, asked)),
    }


def _question(question: Question, lang: str) -> QuestionDocument:
    return {
        "path": question.key,
        "kind": question.kind,
        "many": question.many,
        "label": choose(question.label, lang),
        "ask": choose(question.ask, lang),
        "help": choose(question.help, lang) if question.help else None,
        "hint": _hint(question, lang) or None,
        "choices": [{"id": one.id, "label": choose(one.names, lang)} for one in question.choices],
        "within": [
            {"label": choose(p.label, lang), "number": p.number, "of": p.of, "name": called(p, lang) or None}
            for p in question.within
        ],
        "reasons": [
            {
                "scheme": result.scheme.id,
                "rule": finding.rule.id if finding else None,
                "scope": finding.scope if finding else None,
                "title": _title(result, finding, lang),
            }
            for result, finding in question.reasons
        ],
    }


def _of(result: Result, verdict: str) -> list[Finding]:
    return [finding for finding in result.findings if finding.verdict == verdict]


def _about(result: Result, asked: Sequence[Question]) -> list[Question]:
    """The questions that could settle something of a scheme."""
    return [one for one in asked if any(other is result for other, _ in one.reasons)]


# -- a question ---------------------------------------------------------------------------------------


def greeting(interview: Interview, lang: str) -> Page:
    """What the interview is about, and what can be typed."""
    names = (choose(result.scheme.name, lang) for result in interview.results)
    return [*(heading(name, 1) for name in names), line(_say("begin", lang, **_commands(lang)))]


def question_page(interview: Interview, question: Question, lang: str, *, whole: bool = False) -> Page:
    """A question as it is put to a person; ``whole`` with its help and all that it could settle."""
    number, earlier = 1, interview.before
    while earlier:
        earlier, number = earlier.before, number + 1
    return list(_asked(interview, question, number, lang, whole=whole))


def _asked(
    interview: Interview, question: Question, number: int, lang: str, *, whole: bool
) -> Iterator[Block]:
    if within := _within(question, lang):
        yield line(within, "dim")
    yield line(choose(question.ask, lang), "strong", mark=f"{number}.")
    if question.help and whole:
        yield line(choose(question.help, lang), depth=1)
    titles = _titles(interview, question, lang)
    if whole and titles:
        yield line(_say("all_rules", lang), "dim", 1)
        yield from (line(title, "dim", 1, "-") for title in titles)
    elif reason := _why(question, titles, lang):
        yield line(reason, "dim", 1)
    yield from _choices(question, lang, whole=whole)
    if hint := _hint(question, lang):
        yield line(hint, "dim", 1)


def _choices(question: Question, lang: str, *, whole: bool) -> Iterator[Line]:
    """The words to choose from by their numbers, each on a line; few short ones, or many, in a row."""
    labels = [choose(choice.names, lang) for choice in question.choices]
    named = question.kind in NAMED
    if named and len(labels) > MANY and not whole:
        return
    if named or (sum(map(len, labels)) > SHORT and len(labels) <= MANY):
        width = len(str(len(labels)))
        yield from (line(label, depth=1, mark=f"{i:>{width}}") for i, label in enumerate(labels, 1))
    elif labels:
        yield line(" · ".join(f"{i} {label}" for i, label in enumerate(labels, 1)), depth=1)


def _titles(interview: Interview, question: Question, lang: str) -> list[str]:
    """The rules that a question could settle, each once; of several schemes, with the scheme."""
    titles = ((result.scheme.id, _title(result, finding, lang)) for result, finding in question.reasons)
    several = len(interview.schemes) > 1
    return list(dict.fromkeys(f"{name}: {title}" if several else title for name, title in titles))


def _title(result: Result, finding: Finding | None, lang: str) -> str:
    return View(result, lang).title(finding) if finding else _say("class", lang)


def _why(question: Question, titles: list[str], lang: str) -> str:
    if question.path in (TITLE, SUBMITTED) and not titles:
        return _say("why_title" if question.path == TITLE else "why_date", lang)
    shown = say("words.then", lang).join(titles[:SHOWN])
    more = _say("more", lang, n=len(titles) - SHOWN) if len(titles) > SHOWN else ""
    return _say("why", lang, rules=f"{shown}{more}") if titles else ""


def _hint(question: Question, lang: str) -> str:
    """How an answer is written, where it is not a word that is shown."""
    if question.many:
        return _say("several", lang)
    if question.kind in NAMED and len(question.choices) > MANY:
        return _say("named", lang)
    if question.choices or question.kind == "text":
        return ""
    kind = {"list": "count", "rate": "exchange"}.get(question.kind, question.kind)
    return choose(texts.catalogue("codes")["words"][kind], lang)


def _within(question: Question, lang: str) -> str:
    return " › ".join(_part(part, lang) for part in question.within)


def _part(part: Part, lang: str) -> str:
    text = _say("part", lang, label=choose(part.label, lang), number=part.number, of=part.of)
    name = called(part, lang)
    return say("words.beside", lang, text=text, more=name) if name else text


def _say(key: str, lang: str, **args: object) -> str:
    return say(f"ask.{key}", lang, **args)


# -- what a person types ------------------------------------------------------------------------------


def _commands(lang: str) -> dict[str, str]:
    return {name: choose(texts.catalogue("interface")["ask"][name], lang) for name in COMMANDS}


def command(text: str) -> str:
    """Which command a text is, by its word in any language: skip, back, stop, why; or none."""
    said = {fold(word): name for lang in texts.LANGUAGES for name, word in _commands(lang).items()}
    return {**said, "?": "why"}.get(fold(text), "")


def unquoted(text: str) -> str:
    """An answer without the quotes that keep it from being taken for a command."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def advice(typed: str, lang: str) -> Page:
    """What to type, or that nothing comes before."""
    return [line(_say("first" if typed else "empty", lang, **_commands(lang)), depth=1)]


def where(lang: str) -> Page:
    """The question which file the answers go into."""
    return [line(_say("where", lang), "strong")]


def verdicts(results: Sequence[Result], lang: str) -> Page:
    """What each scheme says in the end, in a line."""
    said = ((result.scheme.id, result.verdict) for result in results)
    return [
        Line((Span(f"{name} · "), Span(say(f"check.verdict.{verdict}", lang), check.STYLES[verdict])))
        for name, verdict in said
    ]


def kept(interview: Interview, target: Path | None, names: Sequence[str], lang: str) -> Page:
    """Where the answers are and how to go on, or that they were not kept."""
    if target is None:
        return [line(_say("not_written", lang), "open")]
    said = [line(_say("written", lang, file=target), "good")]
    if interview.skipped or ask.questions(interview):
        stated = interview.data["project"].get("schemes", ())
        words = () if set(names) <= set(stated) else names
        again = ["ipcalc", "ask", *words, "--project", str(target), "-o", str(target), "--force"]
        said.append(line(_say("resume", lang, command=shlex.join(again))))
    return said


# -- what is known so far -----------------------------------------------------------------------------


def after(interview: Interview, lang: str) -> Page:
    """How the last answer was understood, and what each scheme says now."""
    return [_read_back(interview, lang), *_progress(interview, lang)]


def nothing_more(lang: str) -> Page:
    """That the interview is at its end."""
    return [line(_say("done", lang), "strong")]


def _read_back(interview: Interview, lang: str) -> Line:
    question = interview.asking.at(parts_of(interview.data, interview.last))
    label = choose(question.label, lang)
    if interview.last in interview.skipped:
        return line(_say("skipped", lang, label=label), "dim", 1)
    value = words(interview, question, lang) or _plain(interview, question)
    return line(say("words.is", lang, name=label, value=value), "dim", 1)


def _plain(interview: Interview, question: Question) -> str:
    """An answer that is no word: how many records there are, an amount with its currency, what was typed."""
    found = get(interview.data, question.path)
    if question.kind == "list":
        return str(len(found))
    if isinstance(found, dict):
        return ", ".join(map(str, found.values()))
    if isinstance(found, int):
        currency = f"{interview.data['project']['currency']} " if question.kind == "money" else ""
        return f"{currency}{found:,}"
    return str(found)


def _progress(interview: Interview, lang: str) -> Iterator[Block]:
    """What each scheme says; what stands in its way by the last answer, with the reason."""
    asked = ask.questions(interview)
    earlier = interview.before.results if interview.before else ()
    known = [(r.scheme.id, f.rule.id, f.scope) for r in earlier for f in _of(r, "fail")]
    for result in interview.results:
        style, words = _verdict(result, lang)
        about = _about(result, asked)
        counts = [_say("met", lang, n=len(_of(result, "pass")))]
        if about:
            listed = any(question.kind == "list" for question in about)
            counts.append(_say("open", lang, n=len(_of(result, "unknown"))))
            counts.append(_say("left_more" if listed else "left", lang, n=len(about)))
        rest = "".join(f" · {count}" for count in counts)
        yield Line((Span(f"{result.scheme.id} · ", "dim"), Span(words, style), Span(rest, "dim")), 1)
        new = [f for f in _of(result, "fail") if (result.scheme.id, f.rule.id, f.scope) not in known]
        view = View(result, lang)
        for finding in new:
            yield line(f"{view.title(finding)}{check.scope(finding)}", "bad", 2, "x")
            yield line(view.because(finding), depth=3)
        first = interview.before and not any(name == result.scheme.id for name, _, _ in known)
        if new and about and first:
            yield line(_say("settled", lang, **_commands(lang)), depth=2)


def _verdict(result: Result, lang: str) -> tuple[str, str]:
    if result.verdict == "undetermined":
        return "good", _say("so_far", lang)
    return check.STYLES[result.verdict], say(f"check.verdict.{result.verdict}", lang)


def page(interview: Interview, lang: str) -> Page:
    """All open questions, as a page to be read and filled in elsewhere."""
    return list(_page(interview, lang))


def _page(interview: Interview, lang: str) -> Iterator[Block]:
    yield from (heading(choose(result.scheme.name, lang), 1) for result in interview.results)
    yield from _progress(interview, lang)
    for number, question in enumerate(ask.questions(interview), 1):
        yield heading(f"{number}. {choose(question.ask, lang)}", 2)
        parts = (
            _within(question, lang),
            _why(question, _titles(interview, question, lang), lang),
            " · ".join(choose(choice.names, lang) for choice in question.choices),
            _hint(question, lang),
            question.key,
        )
        yield from (line(text, depth=1) for text in parts if text)
