"""How a project stands with every scheme, drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from typing_extensions import TypedDict

from ipcalc.funding.match import Match, Matches
from ipcalc.texts import choose, say
from ipcalc.views import check
from ipcalc.views.check import View
from ipcalc.views.check_document import ClassDocument, FigureDocument, OpeningDocument, RemedyDocument
from ipcalc.views.page import Block, Page, Span, heading, line
from ipcalc.views.page import Line as PageLine

_STYLES = {"eligible": "good", "review": "open", "undetermined": "open", "nearly": "open"}
_MARKS = {"eligible": "+", "review": "!", "undetermined": "?", "nearly": "~"}
_NAMED = 4  # schemes that are named behind a rule that rules them out


class FailsDocument(TypedDict):
    """The first rule that fails."""

    rule: str
    scope: str | None
    title: str
    because: str


class MatchedDocument(TypedDict):
    """How the project stands with one scheme; ``mend`` is the one change that would mend all that fails."""

    scheme: str
    name: str
    place: str | None
    standing: str
    open: OpeningDocument
    questions: list[str]
    next: str | None
    available: FigureDocument | None
    fails: FailsDocument | None
    mend: RemedyDocument | None


class ClassifiedDocument(TypedDict):
    """What kind of project a definition says it is."""

    scheme: str
    name: str
    classified: ClassDocument


class RefusedDocument(TypedDict):
    """A scheme that could not be read, or asked."""

    scheme: str
    messages: list[str]


class MatchDocument(TypedDict):
    """``ipcalc match --format json``."""

    kind: Literal["ipcalc/match"]
    version: Literal[1]
    project: str
    matches: list[MatchedDocument]
    classified: list[ClassifiedDocument]
    refused: list[RefusedDocument]


def document(found: Matches, lang: str) -> MatchDocument:
    """How a project stands, for machines."""
    return {
        "kind": "ipcalc/match",
        "version": 1,
        "project": found.title,
        "matches": [_matched(one, View(one.result, lang)) for one in found.matches],
        "classified": [
            {
                "scheme": one.scheme.id,
                "name": choose(one.scheme.name, lang),
                "classified": View(one, lang).class_document(one.classified),
            }
            for one in found.classified
            if one.classified
        ],
        "refused": [
            {"scheme": name, "messages": [f"{d.place}: {d.code}: {d.message(lang)}" for d in said]}
            for name, said in found.refused.items()
        ],
    }


def _matched(one: Match, view: View) -> MatchedDocument:
    available = view.available()
    return {
        "scheme": one.scheme.id,
        "name": choose(one.scheme.name, view.lang),
        "place": one.scheme.place,
        "standing": one.standing,
        "open": check.opening_document(one.result.open),
        "questions": [view.path(path) for path in one.questions],
        "next": view.question(one.questions[0]) if one.questions else None,
        "available": view.figure_document("available", available) if available else None,
        "fails": {
            "rule": one.first.rule.id,
            "scope": one.first.scope,
            "title": view.title(one.first),
            "because": view.because(one.first),
        } if one.first else None,
        "mend": view.remedy_document(one.mend) if one.mend else None,
    }  # fmt: skip


def page(found: Matches, lang: str, few: int | None = None) -> Page:
    """How a project stands, for people; of each standing no more than ``few``."""
    return list(_Page(found, lang, few).blocks())


class _Page:
    def __init__(self, found: Matches, lang: str, few: int | None) -> None:
        self.found, self.lang, self.few = found, lang, few

    def say(self, key: str, **args: object) -> str:
        return say(f"match.{key}", self.lang, **args)

    def blocks(self) -> Iterator[Block]:
        yield heading(self.say("title", title=self.found.title), 1)
        for standing in _MARKS:
            yield from self.some(self.found.standing(standing), standing)
        yield from self.some([one for s in _MARKS for one in self.found.standing(s, shut=True)], "shut")
        yield from self.rest()
        yield from self.kinds()
        if self.found.refused:
            yield heading(self.say("refused"), style="bad")
        for name, said in self.found.refused.items():
            yield line(
                f"{name}: {said[0].place}: {said[0].code}: {said[0].message(self.lang)}", "bad", 1, "x"
            )

    def some(self, matches: Sequence[Match], title: str) -> Iterator[Block]:
        """Those of one standing, the first few."""
        if not matches:
            return
        yield heading(self.say(title), style=_STYLES.get(title, "dim"))
        for one in matches[: self.few]:
            yield from self.one(one)
        if len(matches) > len(matches[: self.few]):
            yield line(self.say("more", n=len(matches[self.few :])), "dim", 1)

    def one(self, one: Match) -> Iterator[Block]:
        """How the project stands with one scheme."""
        view, style = View(one.result, self.lang), _STYLES[one.standing]
        spans = [Span(choose(one.scheme.name, self.lang), style), Span(f" [{one.scheme.id}]", "dim")]
        if one.shut:
            spans.append(Span(f" · {self.say(f'short.{one.standing}')}"))
        yield PageLine(spans, 1, _MARKS[one.standing])
        yield line(view.opening(one.result.open), depth=2)
        if one.questions:
            words = self.say("questions", n=len(one.questions))
            asked = view.question(one.questions[0]) or view.say("ask_list", name=one.questions[0])
            yield line(view.labelled(words, asked), depth=2)
        if one.first and one.mend:
            yield line(view.labelled(self.say("fails"), view.title(one.first)), depth=2)
            yield from (line(text, depth=2) for text in view.mending([one.mend]))
        available = view.available()
        if available and view.settled(available):
            yield line(view.labelled(choose(available.label, self.lang), view.worth(available)), depth=2)

    def rest(self) -> Iterator[Block]:
        """Those that don't fit, counted by the first rule that fails."""
        rest = self.found.rest()
        if not rest:
            return
        yield heading(self.say("rest", n=sum(map(len, rest.values()))), style="dim")
        for rule, matches in rest.items():
            ids = [one.scheme.id for one in matches]
            shown = ", ".join(ids[:_NAMED]) + (" …" if len(ids) > _NAMED else "")
            yield line(f"{rule} ({len(ids)}): {shown}", "dim", 1, "-")

    def kinds(self) -> Iterator[Block]:
        """What kind of project it is, by each definition that can tell."""
        told = [one for one in self.found.classified if one.classified and one.classified.found]
        if told:
            yield heading(self.say("kinds"))
        for one in told:
            assert one.classified and one.classified.found
            name, kind = one.scheme.name, one.classified.found.title
            text = View(one, self.lang).labelled(choose(name, self.lang), choose(kind, self.lang))
            yield line(text, depth=1, mark="-")
