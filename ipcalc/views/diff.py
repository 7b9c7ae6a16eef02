"""What changed from one side to another of a scheme or a policy, drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Literal

from typing_extensions import TypedDict

from ipcalc.changes import Change, Side
from ipcalc.texts import choose, say
from ipcalc.views.page import Block, Page, heading, line


class SideDocument(TypedDict):
    """A scheme, or a policy, on a day."""

    id: str
    as_of: str


class ChangeDocument(TypedDict):
    """One difference: what kind of thing, its name and label; null where a side has none."""

    kind: str
    name: str
    label: str | None
    before: str | None
    after: str | None


class DiffDocument(TypedDict):
    """``ipcalc schemes diff --format json``, and that of policies."""

    kind: Literal["ipcalc/schemes-diff"]
    version: Literal[1]
    before: SideDocument
    after: SideDocument
    changes: list[ChangeDocument]


def document(before: Side, after: Side, found: Sequence[Change], lang: str) -> DiffDocument:
    """What changed, for machines."""
    return {
        "kind": "ipcalc/schemes-diff",
        "version": 1,
        "before": {"id": before.id, "as_of": before.day.isoformat()},
        "after": {"id": after.id, "as_of": after.day.isoformat()},
        "changes": [
            {
                "kind": one.kind,
                "name": one.name,
                "label": choose(one.label, lang) if one.label else None,
                "before": one.before,
                "after": one.after,
            }
            for one in found
        ],
    }


def page(before: Side, after: Side, found: Sequence[Change], lang: str) -> Page:
    """What changed, kind by kind: what was, and what is."""

    def side(one: Side) -> str:
        return f"{one.id} {one.day.isoformat()}"

    blocks: list[Block] = [heading(f"{side(before)} → {side(after)}", 1)]
    if not found:
        blocks.append(line(say("diff.same", lang), "good"))
    for kind, changes in groupby(found, lambda one: one.kind):
        blocks.append(heading(say(f"diff.{kind}", lang)))
        for one in changes:
            label = f": {choose(one.label, lang)}" if one.label else ""
            blocks.append(line(f"{one.name}{label}", depth=1, mark="-"))
            for text, style, mark in ((one.before, "bad", "-"), (one.after, "good", "+")):
                blocks.append(line(text if text is not None else say("diff.none", lang), style, 2, mark))
    return blocks
