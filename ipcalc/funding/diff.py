"""What changed in a scheme from one day to another, or from one scheme to the next: value by value."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ipcalc.funding.model import Dated, Rule, Scheme
from ipcalc.funding.vocabulary import between, members_on
from ipcalc.funding.world import opening
from ipcalc.quantity import Duration, money, percent, plain
from ipcalc.rules.types import Type
from ipcalc.texts import fill

KINDS = ("value", "table", "group", "rule", "class", "open")


class Side(NamedTuple):
    """A scheme on a day."""

    scheme: Scheme
    day: datetime.date

    @property
    def id(self) -> str:
        """The scheme's id."""
        return self.scheme.id


class Change(NamedTuple):
    """One difference; None where a side has nothing of that name. ``label`` is what people call it."""

    kind: str
    name: str
    label: Mapping[str, str]
    before: str | None
    after: str | None


class _Thing(NamedTuple):
    label: Mapping[str, str]
    text: str


def diff(before: Side, after: Side) -> tuple[Change, ...]:
    """Every difference between two sides, kind by kind, in the order of the files."""
    old, new = dict(_things(before)), dict(_things(after))
    found = []
    for key in dict.fromkeys((*old, *new)):
        one, other = old.get(key), new.get(key)
        if one is None or other is None or one.text != other.text:
            label = (other or one or _Thing({}, "")).label
            found.append(Change(*key, label, one and one.text, other and other.text))
    return tuple(sorted(found, key=lambda change: KINDS.index(change.kind)))


def _things(side: Side) -> Iterator[tuple[tuple[str, str], _Thing]]:
    """What holds on the day, by its kind and name, as the sources write it."""
    scheme, day = side
    now = opening(scheme, day, {"submitted": day})
    stated: dict[str, str] = {}
    for name, dated in scheme.values.items():
        if (said := _said(dated, day, now.call)) is not None:
            stated[name] = said
            yield ("value", name), _Thing(dated.label, said)
    for name, dated in scheme.tables.items():
        version = dated.on(day, now.call)
        for keys, cell in version.readings[0][0].items() if version else ():
            text = _cell(cell, dated.type, scheme.currency)
            yield ("table", f"{name}[{', '.join(keys)}]"), _Thing(dated.label, text)
    own = scheme.document.data.get("groups", {})
    for name, group in scheme.groups.items():
        if name in own:
            members = members_on(scheme.groups, name, day)
            text = "unknown" if members is None else ", ".join(sorted(members))
            yield ("group", name), _Thing(group.label, text)
    shapes = {shape["id"]: shape for shape in scheme.document.data.get("rules", ())}
    for rule in scheme.rules:
        if rule.in_force(day):
            blanks = dict.fromkeys(scheme.values, "?") | stated | dict(rule.constant_texts)
            title = {lang: fill(text, blanks) for lang, text in rule.title.items()}
            yield ("rule", rule.id), _Thing(title, _rule(rule, shapes[rule.id]))
    for shape in scheme.document.data.get("classes", ()):
        yield ("class", shape["id"]), _Thing(shape["title"], shape["when"])
    for one in scheme.suspended:
        if between(one.first, one.until, day):
            yield ("open", "suspended"), _Thing(scheme.name, f"{one.first} – {one.until or '…'}")
    ends = f" ({now.opens} – {now.closes or '…'})" if now.opens else ""
    yield ("open", "status"), _Thing(scheme.name, now.status + ends)


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
