"""The ids of a cap table for a package's objects: their own where they can be, else made of their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from ipcalc.inputs import shapes

LENGTH = 64  # characters of an id
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24,}", re.ASCII)
_TAKEN = ("none", "issue", "all", "held")  # words of the cap table's own


class Names:
    """Ids by a package's ids: all different, those of plans among themselves."""

    def __init__(self) -> None:
        self.taken = {"plan": set(_TAKEN), "": set(_TAKEN)}
        self.stakeholders: dict[str, str] = {}
        self.classes: dict[str, str] = {}
        self.plans: dict[str, str] = {}

    def event(self, table: Mapping[str, Any], kind: str) -> str:
        """An id for what a transaction becomes."""
        return self.free((table["id"], table.get("custom_id", "")), kind)

    def free(self, wishes: Iterable[str], kind: str) -> str:
        """The first wish that can be an id and tells something; else one made of a wish, or of the kind."""
        told = [wish for wish in wishes if not _UUID.fullmatch(wish)]
        found = next((wish for wish in told if shapes.is_ident(wish) and "/" not in wish), None)
        base = found or next(filter(None, map(slug, told)), None) or kind
        name, number = base, 1
        taken = self.taken["plan" if kind == "plan" else ""]
        while name in taken:
            number += 1
            name = f"{base[: LENGTH - 6]}-{number}"
        taken.add(name)
        return name


def slug(text: str) -> str:
    """A text as an id: its letters and digits of ASCII, joined by hyphens; empty where it has none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LENGTH].strip("-")
    return found if found and shapes.is_ident(found) else ""
