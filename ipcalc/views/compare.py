"""Results side by side, drawn: a page for people and a document for machines."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NotRequired

from typing_extensions import TypedDict

from ipcalc import quantity
from ipcalc.compare import Comparison, Preference, Row
from ipcalc.ip.crossings import Crossings
from ipcalc.ip.model import INVENTORS
from ipcalc.texts import choose, say
from ipcalc.views import split, split_document
from ipcalc.views.figures import near
from ipcalc.views.page import Block, Page, Table, heading, line
from ipcalc.views.split_document import ReadingDocument


class RowDocument(TypedDict):
    """One measure of every side: decimal strings, fractions as n/d; null where a side has none."""

    key: str
    label: str
    unit: str
    values: list[str | None]
    difference: NotRequired[str]


class StretchDocument(TypedDict):
    """Receipts for which one order holds: from just above ``first`` to ``last`` (null: without end), or one
    amount that is both. ``order`` has the sides, by number from 0, from the best to the worst; those that pay
    the same stand together. Amounts may be fractions n/d.
    """

    first: str
    last: str | None
    order: list[list[int]]


class CrossingsDocument(TypedDict):
    """Which side pays a party more, for all receipts; ``approximate`` where that was found by bisection.

    Sides that are ``unknown`` pay money whose owner was not found: the party could get it.
    """

    party: str
    approximate: bool
    unknown: list[int]
    stretches: list[StretchDocument]


class PreferredDocument(TypedDict):
    """From these proceeds on, the side that pays more: ``A`` or ``B``; null where both pay the same."""

    proceeds: str
    better: str | None


class PreferenceDocument(TypedDict):
    """Which of two cap tables pays a holder more at an exit, by its proceeds."""

    exit: NotRequired[str]
    holder: str
    stretches: list[PreferredDocument]


class CompareDocument(TypedDict):
    """``ipcalc compare --format json``; ``of`` is the kind of the results compared. ``readings`` are of
    policies, by side.
    """

    kind: str
    version: int
    of: str
    currencies: list[str]
    sides: list[str]
    rows: list[RowDocument]
    crossings: NotRequired[CrossingsDocument]
    preferences: NotRequired[list[PreferenceDocument]]
    readings: NotRequired[list[list[ReadingDocument]]]


def document(comparison: Comparison, lang: str) -> CompareDocument:
    """A comparison for machines."""
    rows: list[RowDocument] = []
    for row in comparison.rows:
        found: RowDocument = {
            "key": row.key,
            "label": _label(row, lang),
            "unit": row.unit,
            "values": [
                _plain(v, row.unit, c) for v, c in zip(row.values, comparison.currencies, strict=True)
            ],
        }
        if row.difference is not None:
            found["difference"] = _plain(row.difference, row.unit, comparison.currencies[0]) or ""
        rows.append(found)
    made: CompareDocument = {
        "kind": "ipcalc/compare",
        "version": 1,
        "of": f"ipcalc/{comparison.kind}",
        "currencies": list(comparison.currencies),
        "sides": list(comparison.sides),
        "rows": rows,
    }
    if comparison.crossings:
        made["crossings"] = _crossings_document(comparison.crossings, comparison.currencies[0])
    if comparison.readings:
        made["readings"] = [
            [split_document.reading(one, lang) for one in choices] for choices in comparison.readings
        ]
    if comparison.preferences:
        made["preferences"] = [_preference(one, comparison.currencies[0]) for one in comparison.preferences]
    return made


def _crossings_document(found: Crossings, currency: str) -> CrossingsDocument:
    return {
        "party": found.party,
        "approximate": found.approximate,
        "unknown": list(found.unknown),
        "stretches": [
            {
                "first": _plain(one.first, "money", currency) or "",
                "last": _plain(one.last, "money", currency),
                "order": [list(group) for group in one.order],
            }
            for one in found.stretches
        ],
    }


def _preference(one: Preference, currency: str) -> PreferenceDocument:
    entry: PreferenceDocument = {
        "holder": one.holder,
        "stretches": [
            {
                "proceeds": _plain(stretch.proceeds, "money", currency) or "",
                "better": None if stretch.better is None else _letter(stretch.better),
            }
            for stretch in one.stretches
        ],
    }
    return entry if one.exit is None else {"exit": one.exit, **entry}


def page(comparison: Comparison, lang: str) -> Page:
    """A comparison for people: a column a side, and the difference where there are two."""
    two = len(comparison.sides) == 2
    blocks: list[Block] = [heading(say("compare.title", lang), 1)]
    blocks += [line(f"{_letter(i)}: {side}", depth=1) for i, side in enumerate(comparison.sides)]
    columns = [(say("compare.measure", lang), False)]
    columns += [(_letter(i), True) for i in range(len(comparison.sides))]
    if two:
        columns.append((say("compare.difference", lang), True))
    rows = []
    shown = [row for row in comparison.rows if not _unchanged(row, comparison)]
    for row in shown:
        cells = [_cell(v, row.unit, c, lang) for v, c in zip(row.values, comparison.currencies, strict=True)]
        if two:
            cells.append(_signed(row, comparison.currencies[0], lang))
        rows.append([_label(row, lang), *cells])
    blocks.append(Table(columns, rows))
    same = [_label(row, lang) for row in comparison.rows if row not in shown and row.unit == "word"]
    others = len(comparison.rows) - len(shown)
    if others and not same:
        blocks.append(line(say("compare.same_count", lang, n=others), "dim"))
    if same:
        blocks += [heading(say("compare.same", lang)), line(", ".join(same), depth=1)]
    if comparison.crossings:
        blocks += _crossings(comparison.crossings, comparison.currencies[0], lang)
    elif comparison.kind == "split":
        blocks.append(line(say("crossings.currencies", lang), "dim"))
    blocks += _preferred(comparison, lang)
    blocks += _readings(comparison, lang)
    return blocks


def _readings(comparison: Comparison, lang: str) -> Iterator[Block]:
    """How each policy was read, and where its sources stand."""
    if any(comparison.readings):
        yield heading(say("split.readings", lang))
    for i, choices in enumerate(comparison.readings):
        yield from (line(f"{_letter(i)}: {split.reading(one, lang)}", depth=1) for one in choices)
    if comparison.kind == "split":
        yield line(say("compare.more", lang), "dim")


def _crossings(found: Crossings, currency: str, lang: str) -> Iterable[Block]:
    """The order of the sides, from no receipts upwards."""
    party = say("split.inventors", lang) if found.party == INVENTORS else found.party
    yield heading(say("crossings.title", lang, party=party))
    if found.approximate:
        yield line(say("crossings.approximate", lang), "open", depth=1)
    if found.unknown:
        sides = say("split.comma", lang).join(map(_letter, found.unknown))
        yield line(say("crossings.unknown", lang, sides=sides, party=party), "open", depth=1)
    stretches = [one for one in found.stretches if one.last != 0]
    for one in stretches:
        more, same = say("crossings.more", lang), say("crossings.same", lang)
        order = more.join(same.join(map(_letter, sorted(group))) for group in one.order)
        key = "on" if one.last is None else "at" if one.first == one.last else "to"
        ends = {"first": _about(one.first, currency), "last": _about(one.last or 0, currency)}
        yield line(say(f"crossings.{key}", lang, currency=currency, order=order, **ends), depth=1)


def _about(minor: quantity.Exact, currency: str) -> str:
    """An amount to the minor unit, marked where it is finer."""
    whole = quantity.nearest_unit(minor)
    return quantity.money(whole, currency) if whole == minor else f"≈{quantity.money(whole, currency)}"


def _preferred(comparison: Comparison, lang: str) -> Iterator[Block]:
    """For each exit, from which proceeds which side pays each holder more."""
    for exit_id, several in itertools.groupby(comparison.preferences, key=lambda one: one.exit):
        yield heading(say("compare.preferred", lang, id=exit_id or "--exit"))
        for one in several:
            parts = [
                say(
                    f"compare.{'same_from' if better is None else 'better_from'}",
                    lang,
                    proceeds=_proceeds(proceeds, comparison.currencies[0]),
                    **({} if better is None else {"side": _letter(better)}),
                )
                for proceeds, better in one.stretches
            ]
            yield line(say("compare.prefers", lang, holder=one.holder, parts="; ".join(parts)), depth=1)


def _proceeds(proceeds: quantity.Exact, currency: str) -> str:
    return near(quantity.to_major(proceeds, currency), quantity.currencies()[currency])


def _unchanged(row: Row, comparison: Comparison) -> bool:
    """Whether a row says nothing: of results with many measures, one that is the same on every side."""
    many = comparison.kind != "split" and row.key not in ("verdict", "open")
    of_others = row.key.startswith("exit.") and row.key.endswith(".proceeds")  # what its payouts are of
    return many and not of_others and len(set(row.values)) == 1


def _letter(index: int) -> str:
    return chr(ord("A") + index) if index < 26 else str(index + 1)


def _label(row: Row, lang: str) -> str:
    return " · ".join(part if isinstance(part, str) else choose(part, lang) for part in row.label)


def _plain(value: quantity.Exact | str | None, unit: str, currency: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if unit != "money":
        return quantity.plain(value)
    major = quantity.to_major(value, currency)
    whole = Fraction(value).denominator == 1
    return quantity.plain(major, quantity.currencies()[currency]) if whole else quantity.plain(major)


def _cell(value: quantity.Exact | str | None, unit: str, currency: str, lang: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return say(f"compare.word.{value}", lang)
    if unit == "money":
        return quantity.money(value, currency)
    if unit == "share":
        return quantity.percent(value, 2)
    return near(value, 2) if unit == "shares" else quantity.grouped(value)


def _signed(row: Row, currency: str, lang: str) -> str:
    if row.difference is None:
        return say("compare.differs", lang) if len(set(row.values)) > 1 else ""
    if row.unit == "share":  # two shares differ by percentage points
        text = say("compare.points", lang, n=quantity.percent(row.difference, 2).removesuffix("%"))
    else:
        text = _cell(row.difference, row.unit, currency, lang)
    if row.difference <= 0:
        return text
    return f"≈ +{text[2:]}" if text.startswith("≈ ") else f"+{text}"
