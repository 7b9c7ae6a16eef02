"""When a scheme takes applications: its calls, its suspensions, its time zone."""

from __future__ import annotations

import contextlib
import datetime
import re
from typing import TYPE_CHECKING, Any

from ipcalc.funding import vocabulary as words
from ipcalc.funding.figures import Figures
from ipcalc.funding.model import Call, Suspension
from ipcalc.funding.vocabulary import day_of
from ipcalc.inputs import shapes
from ipcalc.inputs.diagnostics import Refused
from ipcalc.quantity import Unreadable, nearest

if TYPE_CHECKING:
    from ipcalc.inputs import locate

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)", re.ASCII)


class Windows(Figures):
    """Reads the calls and suspensions of a file."""

    def date_name(self, name: str, path: locate.Path) -> str:
        """The name of a project's date, which must be one it can state."""
        if name not in self.vocabulary.dates:
            self.problem("F115", path, nearest(name, self.vocabulary.dates), what="date", value=name)
        return name

    def zone(self, calls: tuple[Call, ...]) -> None:
        """Where a call opens or closes at a time of day, its time zone must be one that is known."""
        name = self.shape.get("zone", "")
        if name and any(isinstance(end, datetime.datetime) for c in calls for end in (c.opens, c.closes)):
            try:
                words.zone_of(name)
            except Refused as error:
                near = error.diagnostics[0].near
                self.problem("F115", ("zone",), near, what="zone", value=name)

    def calls(self) -> tuple[Call, ...]:
        """The calls, in the order of the file."""
        found = []
        self.unique(self.shape.get("calls", ()), "calls")
        for i, call in enumerate(self.shape.get("calls", ())):
            path: locate.Path = ("calls", i)
            source = self.sources(call["source"], (*path, "source"))
            self.one_of(call, ("closes", "seen"), path)
            opens = self.moment(call["opens"], (*path, "opens")) if "opens" in call else None
            closes = self.moment(call["closes"], (*path, "closes")) if "closes" in call else None
            last, key = (closes, "closes") if "closes" in call else (call.get("seen"), "seen")
            if last is None or ("opens" in call and opens is None):
                continue
            if opens is not None and backwards(opens, last):
                self.problem("F116", (*path, key), first=str(opens), last=str(last))
            found.append(Call(call["id"], opens, closes, call.get("seen"), source))
        return tuple(found)

    def moment(self, raw: Any, path: locate.Path) -> datetime.date | None:
        """A day, or ``"2024-04-24 11:00"`` in the scheme's zone; None where it is neither."""
        read: Any = raw
        if isinstance(raw, str) and (match := _MOMENT.fullmatch(raw)):
            if "zone" not in self.shape:
                self.problem("F101", (), key_name="zone")
            with contextlib.suppress(ValueError):
                read = datetime.datetime.fromisoformat(f"{match[1]} {match[2]}")
        try:
            return shapes.day(raw) if read is raw else shapes.moment(read)
        except Unreadable as error:
            self.problems.append(self.document.unreadable(path, error))
            return None

    def suspensions(self) -> tuple[Suspension, ...]:
        """The suspensions, in the order of the file."""
        found = []
        for i, shape in enumerate(self.shape.get("suspended", ())):
            path = ("suspended", i)
            self.sources(shape["source"], (*path, "source"))
            self.ordered(shape, path)
            on = self.date_name(shape.get("on", "submitted"), (*path, "on"))
            found.append(Suspension(shape["from"], shape.get("until"), on))
        return tuple(found)


def backwards(first: datetime.date, last: datetime.date) -> bool:
    """Whether an end comes before its beginning; either may carry a time of day."""
    if isinstance(first, datetime.datetime) and isinstance(last, datetime.datetime):
        return last < first
    return day_of(last) < day_of(first)
