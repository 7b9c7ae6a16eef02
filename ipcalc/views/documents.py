"""JSON documents: how a result is written for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ipcalc.views.page import ACTIVE


def dump(document: Mapping[str, Any]) -> str:
    """A document as JSON text, keys in their written order, active characters as escapes."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return ACTIVE.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n"
