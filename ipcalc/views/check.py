"""What a scheme says of a project, drawn: a page for people and a document for machines."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ipcalc import quantity
from ipcalc.funding.check import Classified, Figure, Result
from ipcalc.funding.findings import Finding, Measured, Remedy
from ipcalc.funding.model import Rule
from ipcalc.funding.world import Opening
from ipcalc.quantity import Duration
from ipcalc.rules.types import Type
from ipcalc.rules.values import Missing, Spread, Unknown
from ipcalc.rules.words import Words
from ipcalc.texts import choose, entry, fill, say
from ipcalc.views.check_document import (
    CheckDocument,
    ClassDocument,
    FigureDocument,
    FindingDocument,
    MeasuredDocument,
    OpeningDocument,
    RemedyDocument,
    ResultDocument,
    SourceDocument,
)
from ipcalc.views.page import Block, Line, Page, Span, heading, line

EXIT_CODES = {"eligible": 0, "classified": 0, "ineligible": 1, "undetermined": 3, "review": 3}
STYLES = {
    "eligible": "good",
    "classified": "good",
    "ineligible": "bad",
    "undetermined": "open",
    "review": "open",
}


def exit_code(results: Iterable[Result]) -> int:
    """How a command ends that gives these results: with the worst."""
    codes = {EXIT_CODES[result.verdict] for result in results}
    return next((code for code in (1, 3) if code in codes), 0)


def document(results: Sequence[Result], lang: str) -> CheckDocument:
    """The results for machines."""
    return {"kind": "ipcalc/check", "version": 1, "results": [View(r, lang).document() for r in results]}


def page(results: Sequence[Result], lang: str) -> Page:
    """The results for people, one scheme after another."""
    return [block for result in results for block in View(result, lang).page()]


class View:
    """One result in one language."""

    def __init__(self, result: Result, lang: str) -> None:
        self.result = result
        self.scheme = result.scheme
        self.lang = lang
        self.words = Words(lang, self.scheme.currency, self.scheme.names())

    def say(self, key: str, **args: object) -> str:
        """A sentence of the check, in the reader's language."""
        return say(f"check.{key}", self.lang, **args)

    def labelled(self, label: str, text: str) -> str:
        """A text behind its label."""
        return self.say("labelled", label=label, text=text)

    # -- words ----------------------------------------------------------------------------------------

    def title(self, finding: Finding) -> str:
        """The rule's title."""
        return self.filled(finding.rule.title, finding.rule)

    def filled(self, text: Mapping[str, str], rule: Rule) -> str:
        """A text of a rule, with the figures in force in its blanks."""
        stated = self.result.values.get(rule.on, {})
        values = {name: self.figure(name, value, said) for name, (value, said) in stated.items()}
        blanks = dict.fromkeys(self.scheme.values, "?") | values | dict(rule.constant_texts)
        return fill(choose(text, self.lang), blanks)

    def figure(self, name: str, value: Any, said: str) -> str:
        """A figure as its source writes it, but for what is written in English."""
        if said == "unknown":
            return self.words.say("unknown")
        if isinstance(value, Duration):
            return self.words.duration(value)
        kind = self.scheme.values[name].type
        if kind.kind == "money" and self.lang != "en" and isinstance(value, int):
            return f"{self.scheme.currency} {self.words.value(value, kind)}"
        return said

    def because(self, finding: Finding) -> str:
        """Why the verdict is what it is: the arithmetic, or who must decide or decided."""
        if finding.why == "dispute":
            said = self.words.say("then").join(
                self.labelled(reading, self.say(f"verdict.{verdict}"))
                for reading, verdict in finding.disputed
            )
            return self.say("disputed", readings=said)
        if finding.judgement:
            judged = finding.judgement
            note = f" ({judged.note})" if judged.note else ""
            return self.say("judged", by=judged.by, on=judged.on, note=note)
        if finding.why == "judge":
            return self.filled(finding.rule.question or finding.rule.title, finding.rule)
        text = self.words.statement(finding.trace) if finding.trace is not None else ""
        if finding.why == "evidence":
            return self.say("evidence", facts=", ".join(finding.rule.evidence), words=text)
        if finding.verdict == "unknown":
            needs = self.words.listed(dict.fromkeys(self.missing(m) for m in finding.missing))
            return self.say("needs", words=needs)
        return text

    def missing(self, missing: Missing) -> str:
        """What is missing, in words."""
        if missing.kind == "fact" and (fact := self.scheme.fact(missing.key)):
            return f"{choose(fact.label, self.lang)} [{self.path(missing.key)}]"
        scheme, key = self.scheme, missing.key
        named = scheme.values.get(key) or scheme.tables.get(key) or scheme.groups.get(key)
        name = choose(named.label, self.lang) if named else key
        return self.say(f"missing.{missing.kind}", name=name)

    def question(self, path: str) -> str | None:
        """The question that asks for a fact."""
        fact = self.scheme.fact(path)
        return choose(fact.ask, self.lang) if fact else None

    def path(self, path: str) -> str:
        """A fact's path in the project's file."""
        if path.startswith("own."):
            return f'answers."{self.scheme.id}".{path.removeprefix("own.")}'
        return path

    def remedy(self, remedy: Remedy) -> str:
        """A change in words: ``raise industry's contribution [stage-1] to HKD 12,000,000 or more``."""
        what = choose(remedy.label, self.lang)
        if self.lang == "en" and what[1:2].islower():  # a label stands inside a sentence here
            what = what[0].lower() + what[1:]
        if remedy.scope:
            what = f"{what} [{remedy.scope.partition('.')[2]}]"
        shown = self.words.listed(self.amount(value, remedy) for value in remedy.values)
        kind = f"date-{remedy.bound}" if isinstance(remedy.values[0], datetime.date) else remedy.bound
        return self.say(f"remedy.{kind}", what=what, value=shown)

    def available(self) -> Figure | None:
        """The most that the scheme would pay, as a figure."""
        found = self.result.available
        return Figure(entry("check.available"), found) if found is not None else None

    def amount(self, value: Any, remedy: Remedy) -> str:
        """A value of a change, with its currency."""
        labels = remedy.fact.labels if remedy.fact else None
        text = self.words.value(value, remedy.type, labels)
        return f"{self.scheme.currency} {text}" if remedy.type.kind == "money" else text

    def opening(self, opening: Opening) -> str:
        """Whether the scheme takes applications, in a sentence."""
        key = opening.status
        if key in ("open", "closed") and opening.opens is None:
            key = {"open": "open-until", "closed": "closed-since"}[key] if opening.closes else "unknown"
        if key == "unknown":
            key = opening.why or key
        elif key in ("open", "not-yet") and opening.closes is None:
            key = {"open": "open-ended", "not-yet": "not-yet-ended"}[key]
        ends = {"opens": opening.opens or "…", "closes": opening.closes or "…", "seen": opening.seen}
        return self.say(f"open.{key}", call=opening.call, **ends)

    def source(self, name: str) -> str:
        """A source in one line: title, date, how sure, address."""
        source = self.scheme.sources[name]
        about = [str(source["dated"])] if "dated" in source else []
        about.append(self.say(f"kind.{source['kind']}"))
        note = choose(source["note"], self.lang) if "note" in source else ""
        return " ".join(filter(None, [source["title"], f"({', '.join(about)})", source.get("url"), note]))

    # -- the page -------------------------------------------------------------------------------------

    def page(self) -> Iterator[Block]:
        """The page of the result."""
        result = self.result
        yield heading(choose(self.scheme.name, self.lang), 1)
        yield line(self.labelled(self.say("project"), result.title))
        verdict = Span(self.say(f"verdict.{result.verdict}"), STYLES[result.verdict])
        read = self.say(f"as_of.{result.date_from}", date=result.as_of, reviewed=self.scheme.reviewed)
        yield Line((verdict, Span(" · "), Span(read)))
        if self.scheme.kind == "scheme":
            yield line(self.opening(result.open), "" if result.open.status == "open" else "open")
        if not result.findings and not result.classified:
            yield line(self.say("no_rules"), "open")
        yield from self.classified()
        yield from self.figures()
        by = {
            v: [f for f in result.findings if f.verdict == v] for v in ("fail", "unknown", "review", "pass")
        }
        yield from self.failures(by["fail"])
        yield from self.unknowns(by["unknown"])
        yield from self.reviews(by["review"])
        yield from self.passes(by["pass"])
        yield from self.ending()

    def classified(self) -> Iterator[Block]:
        """Of which class the project is, and why."""
        found = self.result.classified
        if found is None:
            return
        yield heading(self.say("class"))
        if found.found:
            yield line(choose(found.found.title, self.lang), "good", 1, "+")
            yield line(self.words.statement(found.traces[-1]), depth=2)
            if found.found.note:
                yield line(choose(found.found.note, self.lang), depth=2)
            for name in found.found.sources:
                yield line(self.labelled(self.say("source"), self.source(name)), "dim", 2)
        elif found.missing:
            needs = self.words.listed(dict.fromkeys(map(self.missing, found.missing)))
            yield line(self.say("needs", words=needs), "open", 1, "?")
        else:
            yield line(self.say("no_class"), "open", 1, "–")

    def figures(self) -> Iterator[Block]:
        """What the scheme works out, and the most that it would pay."""
        shown = list(self.result.figures.values())
        if available := self.available():
            shown.append(available)
        if shown:
            yield heading(self.say("figures"))
        for figure in shown:
            text = self.labelled(choose(figure.label, self.lang), self.worth(figure))
            yield line(text, depth=1, mark="-")
            if self.settled(figure) and self.working(figure) not in (self.worth(figure), text):
                yield line(self.working(figure), "dim", 2)

    def settled(self, figure: Figure) -> bool:
        """Whether nothing is missing of a figure."""
        return not isinstance(figure.trace.value, Unknown | Spread)

    def working(self, figure: Figure) -> str:
        """How a figure comes about."""
        truth = figure.type.kind == "truth"
        return self.words.statement(figure.trace) if truth else self.words.side(figure.trace)

    def worth(self, figure: Figure) -> str:
        """What a figure comes to, or what it hangs on."""
        value = figure.trace.value
        if isinstance(value, Unknown):
            needs = self.words.listed(dict.fromkeys(map(self.missing, value.missing)))
            return self.say("needs", words=needs)
        text = self.words.value(value, figure.type)
        return f"{self.scheme.currency} {text}" if figure.type.kind == "money" else text

    def failures(self, findings: list[Finding]) -> Iterator[Block]:
        """What stands in the way."""
        if findings:
            yield heading(self.say("fails"), style="bad")
        for finding in findings:
            yield from self.whole(finding, "bad", "x")

    def whole(self, finding: Finding, style: str, mark: str) -> Iterator[Block]:
        """A finding with its arithmetic, its remedies, its note and its sources."""
        yield Line((Span(self.title(finding), style), Span(scope(finding), "dim")), 1, mark)
        if because := self.because(finding):
            yield line(because, depth=2)
        if measured := finding.measured:
            yield line(self.margin(measured), depth=2)
        for text in self.mending(finding.remedies):
            yield line(text, depth=2)
        if finding.why == "judge" or (finding.why == "rule" and finding.rule.strength == "soft"):
            yield line(self.say("record", scheme=self.scheme.id, rule=finding.rule.id), "dim", 2)
        if finding.rule.note:
            yield line(self.filled(finding.rule.note, finding.rule), depth=2)
        for name in finding.rule.sources:
            yield line(self.labelled(self.say("source"), self.source(name)), "dim", 2)

    def margin(self, measured: Measured) -> str:
        """By how much a comparison fails; two shares differ by percentage points."""
        size = abs(Fraction(measured.margin))
        text = self.words.number(size, measured.type)
        if measured.type.kind == "money":
            text = f"{self.scheme.currency} {text}"
        elif measured.type.kind == "share":
            text = self.say("points", n=quantity.grouped(size * 100))
        return self.say("short" if measured.relation in (">", ">=") else "over", amount=text)

    def mending(self, remedies: Sequence[Remedy]) -> Iterator[str]:
        """What would mend a finding."""
        if not remedies:
            return
        joint = self.say("or") if remedies[0].alone else self.say("and")
        yield self.labelled(self.say("mend"), joint.join(self.remedy(remedy) for remedy in remedies))

    def unknowns(self, findings: list[Finding]) -> Iterator[Block]:
        """What is not known yet, and the next question."""
        if not findings:
            return
        yield heading(self.say("unknown"), style="open")
        for finding in findings:
            yield Line((Span(self.title(finding)), Span(scope(finding), "dim")), 1, "?")
            yield line(self.because(finding), depth=2)
        if self.result.ask_next:
            path = self.result.ask_next[0]
            question = self.question(path) or self.say("ask_list", name=path)
            yield line(self.labelled(self.say("next"), f"{question} [{self.path(path)}]"), "strong", 1)

    def reviews(self, findings: list[Finding]) -> Iterator[Block]:
        """What a human must judge."""
        if findings:
            yield heading(self.say("review"), style="open")
        for finding in findings:
            yield from self.whole(finding, "open", "!")

    def passes(self, findings: list[Finding]) -> Iterator[Block]:
        """What is met."""
        if findings:
            yield heading(self.say("passes"), style="good")
        for finding in findings:
            because = self.because(finding)
            text = f": {because}" if because else ""
            yield Line((Span(self.title(finding)), Span(scope(finding), "dim"), Span(text, "dim")), 1, "+")

    def ending(self) -> Iterator[Block]:
        """What does not apply, rates, gaps and the receipt."""
        silent = dict.fromkeys(f"{f.rule.id}{scope(f)}" for f in self.result.findings if f.verdict == "n/a")
        if silent:
            yield heading(self.say("not_applicable"), style="dim")
            yield line(", ".join(silent), "dim", 1)
        if self.result.rates:
            yield heading(self.say("rates"))
            for pair, rate in self.result.rates:
                yield line(f"{pair} = {rate['value']} ({rate['on']}, {rate['source']})", depth=1, mark="-")
        if self.result.gaps:
            yield heading(self.say("gaps"))
            for gap in self.result.gaps:
                yield line(choose(gap.about, self.lang), depth=1, mark="-")
        receipt = self.result.receipt
        yield heading(self.say("receipt"), style="dim")
        parts = (
            f"ipcalc {receipt.ipcalc}",
            receipt.as_of.isoformat(),
            f"{receipt.scheme} {receipt.scheme_hash[:12]}",
            f"{self.say('vocabulary')} {receipt.vocabulary_hash[:12]}",
            f"{self.say('project')} {receipt.project_hash[:12]}",
        )
        yield line(" · ".join(parts), "dim", 1)

    # -- the document ---------------------------------------------------------------------------------

    def document(self) -> ResultDocument:
        """The result for machines."""
        result, receipt, available = self.result, self.result.receipt, self.available()
        used = dict.fromkeys(name for finding in result.findings for name in finding.rule.sources)
        return {
            "scheme": self.scheme.id,
            "name": choose(self.scheme.name, self.lang),
            "project": result.title,
            "as_of": result.as_of.isoformat(),
            "as_of_from": result.date_from,
            "reviewed": self.scheme.reviewed.isoformat(),
            "verdict": result.verdict,
            "open": opening_document(result.open),
            "findings": [self.finding(finding) for finding in result.findings],
            "figures": [self.figure_document(name, figure) for name, figure in result.figures.items()],
            "available": self.figure_document("available", available) if available else None,
            "classified": self.class_document(result.classified) if result.classified else None,
            "ask_next": [self.path(path) for path in result.ask_next],
            "rates": [
                {"pair": p, "value": str(r["value"]), "on": r["on"].isoformat(), "source": r["source"]}
                for p, r in result.rates
            ],
            "gaps": [choose(gap.about, self.lang) for gap in result.gaps],
            "sources": {name: self.source_document(name) for name in used},
            "receipt": {
                "ipcalc": receipt.ipcalc,
                "scheme": receipt.scheme,
                "as_of": receipt.as_of.isoformat(),
                "scheme_hash": receipt.scheme_hash,
                "vocabulary_hash": receipt.vocabulary_hash,
                "project_hash": receipt.project_hash,
            },
        }

    def figure_document(self, name: str, figure: Figure) -> FigureDocument:
        """A figure for machines."""
        value, kind = figure.trace.value, figure.type
        unsettled = not self.settled(figure)
        return {
            "name": name,
            "label": choose(figure.label, self.lang),
            "value": None if unsettled else self.plain(value, kind),
            "unit": self.scheme.currency if kind.kind == "money" else kind.kind,
            "because": self.worth(figure) if unsettled else self.working(figure),
        }

    def class_document(self, found: Classified) -> ClassDocument:
        """The class of the project, for machines."""
        return {
            "id": found.found.id if found.found else None,
            "title": choose(found.found.title, self.lang) if found.found else None,
            "because": [self.words.statement(trace) for trace in found.traces],
            "missing": [self.path(missing.key) for missing in found.missing],
        }

    def source_document(self, name: str) -> SourceDocument:
        """A source for machines."""
        source = self.scheme.sources[name]
        dated = source.get("dated")
        return {
            "title": source["title"],
            "kind": source["kind"],
            "url": source.get("url"),
            "dated": _iso(dated),
            "note": choose(source["note"], self.lang) if "note" in source else None,
        }

    def finding(self, finding: Finding) -> FindingDocument:
        """A finding for machines."""
        judged = finding.judgement
        return {
            "rule": finding.rule.id,
            "scope": finding.scope,
            "strength": finding.rule.strength,
            "verdict": finding.verdict,
            "why": finding.why,
            "title": self.title(finding),
            "because": self.because(finding),
            "measured": self.measured(finding.measured) if finding.measured else None,
            "missing": [
                {"kind": m.kind, "key": self.path(m.key), "question": self.question(m.key)}
                for m in finding.missing
            ],
            "remedies": [self.remedy_document(remedy) for remedy in finding.remedies],
            "disputed": [{"reading": reading, "verdict": v} for reading, v in finding.disputed],
            "judgement": {
                "verdict": judged.verdict, "by": judged.by, "on": judged.on.isoformat(), "note": judged.note,
            } if judged else None,
            "note": self.filled(finding.rule.note, finding.rule) if finding.rule.note else None,
            "gaps": [
                choose(gap.about, self.lang) for gap in self.result.gaps if finding.rule.id in gap.affects
            ],
            "sources": list(finding.rule.sources),
        }  # fmt: skip

    def plain(self, value: Any, kind: Type) -> str:
        """A value for machines."""
        if kind.kind == "money":
            return quantity.plain(quantity.to_major(value, self.scheme.currency))
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | Fraction):
            return quantity.plain(value)
        return value.isoformat() if isinstance(value, datetime.date) else str(value)

    def measured(self, measured: Measured) -> MeasuredDocument:
        """The deciding comparison for machines."""
        kind = measured.type
        return {
            "left": self.plain(measured.left, kind),
            "relation": measured.relation,
            "right": self.plain(measured.right, kind),
            "margin": self.plain(measured.margin, kind),
            "unit": self.scheme.currency if kind.kind == "money" else kind.kind,
        }

    def remedy_document(self, remedy: Remedy) -> RemedyDocument:
        """A change that mends, for machines."""
        values = [self.plain(value, remedy.type) for value in remedy.values]
        return {
            "fact": self.path(remedy.path),
            "bound": remedy.bound,
            "to": values[0],
            "values": values,
            "alone": remedy.alone,
            "words": self.remedy(remedy),
        }


def opening_document(opening: Opening) -> OpeningDocument:
    """Whether a scheme takes applications, for machines."""
    return {
        "status": opening.status,
        "call": opening.call,
        "opens": _iso(opening.opens),
        "closes": _iso(opening.closes),
        "seen": _iso(opening.seen),
    }


def scope(finding: Finding) -> str:
    """What of the project a finding is about, in brackets behind its title."""
    return f" [{finding.name}]" if finding.name is not None else ""


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
