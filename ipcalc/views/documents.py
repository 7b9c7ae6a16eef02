"""JSON documents: how a result is written for machines, and the parts that several share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from ipcalc.views.page import ACTIVE


class SourceDocument(TypedDict):
    """Where a figure or a rule stands; ``kind`` says how sure we are of it."""

    id: str
    title: str
    kind: str
    url: str | None
    dated: str | None
    note: str | None


class GapDocument(TypedDict):
    """What a scheme's or a policy's file does not say, and which of its parts that touches."""

    about: str
    affects: list[str]


def dump(document: Mapping[str, Any]) -> str:
    """A document as JSON text, keys in their written order, active characters as escapes."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return ACTIVE.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n"
