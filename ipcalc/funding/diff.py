"""What changed in a scheme from one day to another, or from one scheme to the next: value by value."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from ipcalc.changes import Side, Thing
from ipcalc.funding.model import Dated, Rule, Scheme
from ipcalc.funding.vocabulary import between, members_on
from ipcalc.funding.world import opening
from ipcalc.quantity import Duration, money, percent, plain
from ipcalc.rules.types import Type
from ipcalc.texts import fill


def side(scheme: Scheme, day: datetime.date | None) -> Side:
    """A scheme as it stands on a day, or else on that of its last review."""
    day = day or scheme.reviewed
    return Side(scheme.id, day, tuple(_things(scheme, day)))


def _things(scheme: Scheme, day: datetime.date) -> Iterator[Thing]:
    """What holds on the day, as the sources write it."""
    now = opening(scheme, day, {"submitted": day})
    stated: dict[str, str] = {}
    for name, dated in scheme.values.items():
        if (said := _said(dated, day, now.call)) is not None:
            stated[name] = said
            yield Thing("value", name, dated.label, said)
    for name, dated in scheme.tables.items():
        version = dated.on(day, now.call)
        for keys, cell in version.readings[0][0].items() if version else ():
            text = _cell(cell, dated.type, scheme.currency)
            yield Thing("table", f"{name}[{', '.join(keys)}]", dated.label, text)
    own = scheme.document.data.get("groups", {})
    for name, group in scheme.groups.items():
        if name in own:
            members = members_on(scheme.groups, name, day)
            text = "unknown" if members is None else ", ".join(sorted(members))
            yield Thing("group", name, group.label, text)
    shapes = {shape["id"]: shape for shape in scheme.document.data.get("rules", ())}
    for rule in scheme.rules:
        if rule.in_force(day):
            blanks = dict.fromkeys(scheme.values, "?") | stated | dict(rule.constant_texts)
            title = {lang: fill(text, blanks) for lang, text in rule.title.items()}
            yield Thing("rule", rule.id, title, _rule(rule, shapes[rule.id]))
    for shape in scheme.document.data.get("classes", ()):
        yield Thing("class", shape["id"], shape["title"], shape["when"])
    for one in scheme.suspended:
        if between(one.first, one.until, day):
            yield Thing("open", "suspended", scheme.name, f"{one.first} – {one.until or '…'}")
    ends = f" ({now.opens} – {now.closes or '…'})" if now.opens else ""
    yield Thing("open", "status", scheme.name, now.status + ends)


def _said(dated: Dated, day: datetime.date, call: str | None) -> str | None:
    version = dated.on(day, call)
    return " / ".join(text for _, _, text in version.readings) if version else None


def _cell(cell: Any, kind: Type, currency: str) -> str:
    if isinstance(cell, Duration):
        return f"{cell.number} {cell.unit}"
    if kind.kind == "money":
        return money(cell, currency)
    return percent(cell) if kind.kind == "share" else plain(cell) if kind.number else str(cell)


def _rule(rule: Rule, shape: Mapping[str, Any]) -> str:
    """What a rule asks: its clause, its condition and its requirement, and its own figures."""
    parts = [f"each {shape['each']}"] if "each" in shape else []
    parts += [f"when {shape['when']}"] if "when" in shape else []
    parts += [f"{key} {shape[key]}" for key in ("require", "prefer") if key in shape]
    parts += ["judge"] if "judge" in shape else []
    parts += [f"{name} = {text}" for name, text in rule.constant_texts.items()]
    return "; ".join(parts)
