"""A project's file, as an interview writes it, with what each value is called in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ipcalc import texts
from ipcalc.funding.ask import Interview
from ipcalc.funding.project import shape
from ipcalc.funding.question import Part, Question, get, parts_of
from ipcalc.funding.vocabulary import fold
from ipcalc.inputs.diagnostics import Refused
from ipcalc.inputs.edit import edited
from ipcalc.rules.types import NAMED
from ipcalc.texts import choose, say
from ipcalc.views.page import on_one_line

if TYPE_CHECKING:
    from ipcalc.inputs.locate import Path


def toml(interview: Interview, lang: str, text: str, data: Mapping[str, Any]) -> str:
    """The file: ``text``, whose data is ``data``, with all answers; at its end what was skipped."""
    stated = {"title": say("ask.untitled", lang), **interview.data["project"]}
    schema = shape(interview.schemes[0].vocabulary).schema
    whole = _in_order({**interview.data, "project": stated}, schema)
    found = edited(_without_skipped(text), data, whole, lambda path: _comment(interview, path, lang))
    skipped = "".join(f"#   {one}\n" for one in _skipped(interview, lang))
    return f"{found}\n# {say('ask.unknown', lang)}\n{skipped}" if skipped else found


def _without_skipped(text: str) -> str:
    """A file's text without the list of what was skipped when it was written."""
    said = "|".join(re.escape(words) for words in texts.catalogue("interface")["ask"]["unknown"].values())
    return re.sub(rf"\n# (?:{said})\n(?:#   [^\n]*\n)*\Z", "", text)


def _skipped(interview: Interview, lang: str) -> list[str]:
    asked = (
        interview.asking.at(parts_of(interview.data, path)) for path in sorted(interview.skipped, key=str)
    )
    named = (say("words.is", lang, name=one.key, value=choose(one.label, lang)) for one in asked)
    return [on_one_line(words) for words in named]


def _in_order(data: Any, schema: Any) -> Any:
    """A project's data with its keys as the shape of a project has them, ids first."""
    if schema["type"] == "list" and isinstance(data, list):
        return [_in_order(item, schema["items_schema"]) for item in data]
    if schema["type"] != "typed-dict":
        return data
    fields = schema["fields"]
    names = dict.fromkeys(name for name in ("id", *fields) if name in data)
    return {name: _in_order(data[name], fields[name]["schema"]) for name in names}


def _comment(interview: Interview, path: Path, lang: str) -> str:
    """What a value of the file is called, and what it says where that is a word."""
    if path in (("project", "currency"), ("project", "schemes")):
        return say(f"ask.{path[1]}", lang)
    try:
        question = interview.asking.at(parts_of(interview.data, path))
    except Refused:  # part of what no question asks for by itself, such as a rate's source
        return ""
    label, said = choose(question.label, lang), words(interview, question, lang)
    return on_one_line(say("words.is", lang, name=label, value=said) if said else label)


def words(interview: Interview, question: Question, lang: str) -> str:
    """What an answer says, where it is made of words that have names."""
    if question.path[-1] == "id":
        return called(question.within[-1], lang)
    found = get(interview.data, question.path)
    known = {choice.id: choice.names for choice in question.choices}
    if question.kind in NAMED:
        named = interview.schemes[0].vocabulary.named[question.kind]
        known = {one.id: one.name for one in named.ids.values()} | known
        found = named.names[fold(found)]
    elif question.kind == "truth":
        found = "yes" if found else "no"
    ids = found if isinstance(found, list) else [found]
    if question.many and not ids:
        return say("words.none", lang)
    return say("words.comma", lang).join(choose(known[one], lang) for one in ids if known and one in known)


def called(part: Part, lang: str) -> str:
    """What a record is called, as far as is known."""
    return say("words.comma", lang).join(choose(name, lang) for name in part.names)
