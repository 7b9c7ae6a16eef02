"""Explanations, drawn: the page of an error code, a scheme in words, one of its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ipcalc.funding.model import Dated, Rule, Scheme
from ipcalc.inputs.diagnostics import page as page_of
from ipcalc.texts import choose, say
from ipcalc.views.page import Block, Code, Page, heading, line


def code_page(code: str, lang: str) -> Page:
    """What an error code means, with an example where a file shows it."""
    about: Any = page_of(code)
    blocks: list[Block] = [heading(f"{code}: {choose(about['title'], lang)}", 1)]
    blocks.append(line(choose(about["page"], lang)))
    if "hint" in about:
        blocks.append(line(choose(about["hint"], lang), depth=1, mark="-"))
    if "example" in about:
        blocks.append(heading(say("explain.example", lang)))
        blocks += [
            Code(about["example"]["text"].strip("\n")),
            Code(""),
            Code(about["example"]["shows"].strip("\n")),
        ]
    return blocks


def code_document(code: str, lang: str) -> dict[str, Any]:
    """An error code for machines."""
    about: Any = page_of(code)
    texts = {key: choose(about[key], lang) for key in ("title", "message", "page", "hint") if key in about}
    return {"kind": "ipcalc/explain", "version": 1, "code": code, **texts, "example": about.get("example")}


def scheme_page(scheme: Scheme, rules: tuple[Rule, ...], lang: str) -> Page:
    """Rules of a scheme with their texts, figures and sources; the scheme's gaps where it is whole."""
    return list(_scheme_blocks(scheme, rules, lang))


def _scheme_blocks(scheme: Scheme, rules: tuple[Rule, ...], lang: str) -> Iterator[Block]:
    yield heading(choose(scheme.name, lang), 1)
    reviewed = say("explain.reviewed", lang, reviewed=scheme.reviewed)
    yield line(f"{scheme.id} · {choose(scheme.authority, lang)} · {reviewed}")
    for rule in rules:
        strength = say(f"explain.strength.{rule.strength}", lang)
        yield heading(f"{rule.id}: {_filled(scheme, rule, rule.title, lang)} ({strength})")
        for name, text in _texts(scheme, rule).items():
            yield line(f"{name}: {text}", depth=1)
        if rule.question:
            yield line(_filled(scheme, rule, rule.question, lang), depth=1)
        if dates := _dates(rule, lang):
            yield line(dates, depth=1)
        for name in sorted(rule.reads):
            yield from _figure(name, (scheme.values.get(name) or scheme.tables[name]), lang)
        if rule.note:
            yield line(_filled(scheme, rule, rule.note, lang), depth=1)
        for source in rule.sources:
            about = scheme.sources[source]
            yield line(f"{say('check.source', lang)}: {about['title']} {about.get('url', '')}", "dim", 1)
    if len(rules) == len(scheme.rules) and scheme.gaps:
        yield heading(say("check.gaps", lang))
        for gap in scheme.gaps:
            yield line(choose(gap.about, lang), depth=1, mark="-")


def _figure(name: str, dated: Dated, lang: str) -> Iterator[Block]:
    for version in dated.versions:
        texts = [
            say("explain.unknown", lang) if text == "unknown" else text for _, _, text in version.readings
        ]
        said = " / ".join(filter(None, texts)) or say("explain.by_table", lang)
        when = say("explain.call", lang, call=version.call) if version.call else ""
        when = when or (say("explain.since", lang, first=version.first) if version.first else "")
        label = choose(dated.label, lang)
        yield line(
            f"{name} = {said} ({when}): {label}" if when else f"{name} = {said}: {label}", depth=1, mark="-"
        )


def _dates(rule: Rule, lang: str) -> str:
    """When a rule holds, in words; nothing, if always."""
    key = {(True, False): "from_on", (False, True): "until_on", (True, True): "from_until"}
    found = key.get((rule.first is not None, rule.until is not None))
    return say(f"explain.{found}", lang, first=rule.first, last=rule.until) if found else ""


def _filled(scheme: Scheme, rule: Rule, text: Mapping[str, str], lang: str) -> str:
    """A text of a rule, with the latest text of each figure in its blanks."""
    latest = {
        name: dated.versions[-1].readings[0][2] if dated.versions and dated.versions[-1].readings else "?"
        for name, dated in scheme.values.items()
    }
    return choose(text, lang).format_map({**latest, **rule.constant_texts})


def _texts(scheme: Scheme, rule: Rule) -> Mapping[str, str]:
    """The rule's own expressions, as they stand in the file."""
    raw = next(r for r in scheme.document.data["rules"] if r["id"] == rule.id)
    return {key: raw[key] for key in ("each", "when", "require", "prefer") if key in raw}


def scheme_document(scheme: Scheme, rules: tuple[Rule, ...], lang: str) -> dict[str, Any]:
    """Rules of a scheme for machines."""
    return {
        "kind": "ipcalc/explain",
        "version": 1,
        "scheme": scheme.id,
        "name": choose(scheme.name, lang),
        "reviewed": scheme.reviewed.isoformat(),
        "rules": [
            {
                "rule": rule.id,
                "title": _filled(scheme, rule, rule.title, lang),
                "strength": rule.strength,
                "texts": dict(_texts(scheme, rule)),
                "from": rule.first.isoformat() if rule.first else None,
                "until": rule.until.isoformat() if rule.until else None,
                "values": sorted(rule.reads),
                "sources": list(rule.sources),
            }
            for rule in rules
        ],
    }
