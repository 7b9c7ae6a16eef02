"""Sources, and the days between which something holds: what a scheme and a policy show alike."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from ipcalc.inputs import shapes
from ipcalc.texts import choose, say
from ipcalc.views.documents import SourceDocument
from ipcalc.views.page import Block, heading, line

Source = tuple[str, shapes.SourceTable]


def document(sources: Iterable[Source], lang: str) -> list[SourceDocument]:
    """Sources for machines."""
    return [
        {
            "id": name,
            "title": about["title"],
            "kind": about["kind"],
            "url": about.get("url"),
            "dated": iso(about.get("dated")),
            "note": choose(about["note"], lang) if "note" in about else None,
        }
        for name, about in sources
    ]


def blocks(sources: Iterable[Source], lang: str) -> Iterator[Block]:
    """Sources for people: title, date, how sure, address."""
    yield heading(say("split.sources", lang))
    for name, about in sources:
        dated = f", {about['dated']}" if "dated" in about else ""
        kind = say(f"check.kind.{about['kind']}", lang)
        yield line(f"[{name}] {say('words.beside', lang, text=about['title'] + dated, more=kind)}", depth=1)
        if "url" in about:
            yield line(about["url"], "dim", 2)
        if "note" in about:
            yield line(choose(about["note"], lang), depth=2)


def names(ids: Iterable[str], lang: str) -> Block:
    """The ids of sources, behind the word for them."""
    return line(say("check.labelled", lang, label=say("check.source", lang), text=", ".join(ids)), "dim", 1)


def between(first: datetime.date | None, until: datetime.date | None, lang: str) -> str:
    """When something holds, in words; nothing, if always."""
    key = {(True, False): "from_on", (False, True): "until_on", (True, True): "from_until"}
    found = key.get((first is not None, until is not None))
    return say(f"explain.{found}", lang, first=first, last=until) if found else ""


def iso(day: datetime.date | None) -> str | None:
    """A day for machines."""
    return day.isoformat() if day else None
