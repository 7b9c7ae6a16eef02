"""A scheme as it stands on a day: the values, tables and groups in force, and whether it is open."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from ipcalc.funding.model import Call, Dated, Scheme, Suspension
from ipcalc.funding.vocabulary import Group, between, day_of, local, members_on
from ipcalc.rules.evaluate import Env
from ipcalc.rules.values import Missing, Record, Unknown


class Opening(NamedTuple):
    """Whether the scheme takes applications on the date: open, not-yet, closed, suspended or unknown.

    ``why`` it is unknown: time (a call opens or closes on that day), opening (it is not known when the call
    opens), suspension (one may hold, on a date
    that isn't stated), seen (it was open on an earlier day, no source says until when), or empty. ``seen``
    is the last day on which a call without a stated end was seen open.
    """

    status: str
    call: str | None
    opens: datetime.date | None
    closes: datetime.date | None
    why: str = ""
    seen: datetime.date | None = None


class World:
    """A scheme on a day, under one reading of each disputed value: what names stand for."""

    def __init__(
        self,
        scheme: Scheme,
        project: Record,
        day: datetime.date,
        opening: Opening,
        chosen: Mapping[str, int],
    ) -> None:
        self.day = day
        self.disputed: dict[str, tuple[tuple[Any, tuple[str, ...], str], ...]] = {}
        self.stated: dict[str, tuple[Any, str]] = {}  # each value, and how its source writes it
        self.no_call = (Missing("call", scheme.id),) if opening.why == "time" else ()
        call = opening.call
        values = {name: self._value(name, dated, call, chosen) for name, dated in scheme.values.items()}
        tables = {name: self._table(dated) for name, dated in scheme.tables.items()}
        groups = _Groups(scheme.groups, day)
        self.env = Env(project, values, tables, groups, _reserved(scheme, day, opening))

    def _value(self, name: str, dated: Dated, call: str | None, chosen: Mapping[str, int]) -> Any:
        if self.no_call and any(version.call for version in dated.versions):
            return Unknown(self.no_call)  # which call it is hangs on the time of day
        version = dated.on(self.day, call)
        if version is None:
            return Unknown((Missing("value", name),))
        value, _, text = version.readings[chosen.get(name, 0)]
        self.stated[name] = value, text
        if len(version.readings) > 1:
            self.disputed[name] = version.readings
            if name not in chosen:
                self.stated[name] = None, " / ".join(said for _, _, said in version.readings)
        return Unknown((Missing("value", name),)) if value is None else value

    def _table(self, dated: Dated) -> Mapping[tuple[Any, ...], Any]:
        version = dated.on(self.day, None)
        found: Mapping[tuple[Any, ...], Any] = version.readings[0][0] if version else {}
        return found


class _Groups(dict[str, Any]):
    """The members of each group that is asked for, on a day."""

    def __init__(self, groups: Mapping[str, Group], day: datetime.date) -> None:
        super().__init__()
        self.known, self.day = groups, day

    def __missing__(self, name: str) -> Any:
        members = members_on(self.known, name, self.day)
        self[name] = Unknown((Missing("value", name),)) if members is None else members
        return self[name]


def _reserved(scheme: Scheme, day: datetime.date, opening: Opening) -> dict[str, Any]:
    no_call = Unknown((Missing("call", scheme.id),))
    known = opening.call is not None and opening.why != "time"
    return {
        "on": day,
        "scheme.id": scheme.id,
        "call.id": opening.call if known else no_call,
        "call.opens": opening.opens if known and opening.opens else no_call,
        "call.closes": opening.closes if known and opening.closes else no_call,
    }


# -- open or shut -------------------------------------------------------------------------------------


def opening(scheme: Scheme, moment: datetime.date | None, dates: Mapping[str, datetime.date]) -> Opening:
    """Whether the scheme takes applications at a moment. A bare date is the whole day, both ends included."""
    current, status, why = _current(scheme, moment) if moment else (None, "unknown", "")
    if any(_suspends(s, moment, dates, scheme.zone) for s in scheme.suspended):
        status = "suspended"
    elif moment is None:
        return Opening("unknown", None, None, None)
    elif any(s.on != "submitted" and s.on not in dates for s in scheme.suspended):
        status, why = "unknown", why or "suspension"
    if current is None and scheme.calls and status == "unknown" and not why:
        assert moment is not None
        return _shut(scheme, moment)
    if current is None:
        return Opening(status, None, None, None, why)
    opens, closes = (day_of(end) if end else None for end in (current.opens, current.closes))
    return Opening(status, current.id, opens, closes, why, current.seen)


def _current(scheme: Scheme, moment: datetime.date) -> tuple[Call | None, str, str]:
    """The call at a moment, whether it is open, and why that isn't known."""
    current: Call | None = None
    status, why = "unknown", ""
    for call in scheme.calls:
        last = call.closes or call.seen
        assert last is not None
        begun = _compare(call.opens, moment, scheme.zone) if call.opens else ""
        ended = _compare(last, moment, scheme.zone)
        if begun == "after":
            continue
        if not begun and ended == "after" and current is None:
            current, status, why = call, "unknown", "opening"  # it may not have begun
        elif ended != "before" and (begun or ended != "after"):
            current = call
            status, why = ("unknown", "time") if "same" in (begun, ended) else ("open", "")
        elif call.closes is None and status != "open":
            current, why = call, "seen"
    return current, status, why


def _shut(scheme: Scheme, moment: datetime.date) -> Opening:
    later = [
        (day_of(call.opens), call.closes and day_of(call.closes))
        for call in scheme.calls
        if call.opens and _compare(call.opens, moment, scheme.zone) == "after"
    ]
    if later:
        return Opening("not-yet", None, *min(later, key=lambda pair: pair[0]))
    ended = [(call, day_of(call.closes)) for call in scheme.calls if call.closes]
    last, closed = max(ended, key=lambda pair: pair[1])
    return Opening("closed", None, last.opens and day_of(last.opens), closed)


def _suspends(
    suspension: Suspension, moment: datetime.date | None, dates: Mapping[str, datetime.date], zone: str | None
) -> bool:
    day = moment if suspension.on == "submitted" else dates.get(suspension.on)
    return day is not None and between(suspension.first, suspension.until, day_of(day, zone))


def _compare(end: datetime.date, moment: datetime.date, zone: str | None) -> str:
    """Whether an end is before, at or after a moment; ``same`` where only a time of day would tell.

    A bare date as an end is the whole day: an application on it is in time.
    """
    if not isinstance(end, datetime.datetime):
        day = day_of(moment, zone)
        return "before" if end < day else "after" if end > day else "at"
    if not isinstance(moment, datetime.datetime):
        return "before" if end.date() < moment else "after" if end.date() > moment else "same"
    there = local(moment, zone).replace(tzinfo=None)
    return "before" if end < there else "after" if end > there else "at"
