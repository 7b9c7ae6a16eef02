"""The figures of a scheme: its values and tables, each dated, sourced, and possibly disputed."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ipcalc.funding.model import Dated, Version
from ipcalc.funding.part import Part, text_of
from ipcalc.funding.shape import ValueTable
from ipcalc.inputs import shapes
from ipcalc.quantity import Duration, Quantity, Unreadable, read, to_minor, type_name
from ipcalc.rules.types import ERROR, TableType, Type

if TYPE_CHECKING:
    from ipcalc.inputs import locate


class Figures(Part):
    """Reads the values and tables of a file."""

    def values(self) -> dict[str, Dated]:
        """The dated values, by the names that trees write."""
        found = {}
        for name, shape in self.shape.get("values", {}).items():
            self.name(("values", name), name)
            value = found[self.named(name)] = self.value(name, shape)
            self.scope.values[name] = value.type
        return found

    def value(self, name: str, shape: ValueTable) -> Dated:
        """One value: its versions, their readings, and its type."""
        path: locate.Path = ("values", name)
        single = {k: v for k, v in shape.items() if k not in ("label", "type", "at", "note")}
        if "at" in shape and single:
            self.problem("F102", (*path, next(iter(single))), at_key=True, key_name=next(iter(single)))
        stated: Any = shape.get("at", [single])
        kind: str | None = shape.get("type")
        versions: list[Version] = []
        for i, version in enumerate(stated):
            at = (*path, "at", i) if "at" in shape else path
            readings = []
            self.ordered(version, at)
            for where, raw, source in self.stated(version, at):
                kind = kind or kind_of(raw)
                value = self.figure(raw, kind, where)
                readings.append((value, source, str(raw) if not isinstance(raw, bool) else str(raw).lower()))
            if not readings:
                continue
            versions.append(
                Version(version.get("from"), version.get("until"), version.get("call"), tuple(readings))
            )
            if version.get("call") and version["call"] not in {c["id"] for c in self.shape.get("calls", ())}:
                self.problem("F115", (*at, "call"), what="call", value=version["call"])
        self.overlaps(versions, path)
        figures = [figure for version in versions for figure, _, _ in version.readings]
        unit = next((figure.unit for figure in figures if isinstance(figure, Duration)), "")
        return Dated(text_of(shape["label"]), self.type_of(kind, path, unit), tuple(versions))

    def type_of(self, kind: str | None, path: locate.Path, unit: str = "") -> Type:
        """The type of figures of a kind; of none, where what is wrong with them has been said."""
        if kind in (None, "figure"):
            if kind is None and not self.problems:
                self.problem("F101", path, at_key=True, key_name="type")
            return ERROR
        return Type(str(kind), unit=unit)

    def stated(self, version: Any, at: locate.Path) -> Iterator[tuple[locate.Path, Any, tuple[str, ...]]]:
        """The readings of a version: one, or those of a dispute."""
        if not self.one_of(version, ("value", "either"), at):
            return
        if "value" in version:
            source: tuple[str, ...] = ()
            if "source" in version:
                source = self.sources(version["source"], (*at, "source"))
            else:
                self.problem("F101", at, at_key=True, key_name="source")
            yield (*at, "value"), version["value"], source
        elif len(version["either"]) < 2:
            self.problem("F106", (*at, "either"), key="either", limit="≥ 2")
        else:
            for i, one in enumerate(version["either"]):
                below = (*at, "either", i)
                yield (*below, "value"), one["value"], self.sources(one["source"], (*below, "source"))

    def figure(self, raw: Any, kind: str | None, path: locate.Path) -> Any:
        """A figure as rules use it; None where the source's own figure is unknown."""
        if raw == "unknown" or kind is None:
            return None
        wanted = {"truth": bool, "date": datetime.date, "text": str}.get(kind)
        try:
            if kind == "figure":
                raise Unreadable("F104", kind=kind, value=raw)
            if wanted:
                if not isinstance(raw, wanted):
                    raise Unreadable("F103", wanted=kind, got=type_name(raw))
                return shapes.day(raw) if kind == "date" else raw
            quantity: Quantity = read(kind, raw)
            if kind == "money":
                if quantity.unit not in (None, self.shape["currency"]):
                    raise Unreadable("F119", value=str(quantity.unit), known=self.shape["currency"])
                assert not isinstance(quantity.value, tuple)
                return to_minor(quantity.value, self.shape["currency"])
            return quantity.value
        except Unreadable as error:
            self.problems.append(self.document.unreadable(path, error))
            return None

    def overlaps(self, versions: list[Version], path: locate.Path) -> None:
        """Two dated versions in force on one day would be a figure in the dark."""
        for (_, a), (j, b) in itertools.combinations(enumerate(versions), 2):
            if a.call != b.call:
                continue
            dated = [(v.first or datetime.date.min, v.until) for v in (a, b)]
            early, late = sorted(dated, key=lambda version: version[0])
            if early[0] == late[0] or (early[1] is not None and early[1] >= late[0]):
                self.problem("S204", (*path, "at", j), at_key=True, value=str(path[-1]))

    def tables(self) -> dict[str, Dated]:
        """The dated tables, by the names that trees write."""
        found = {}
        for name, shape in self.shape.get("tables", {}).items():
            path: locate.Path = ("tables", name)
            self.name(path, name)
            kind: str | None = shape.get("type")
            versions: list[Version] = []
            for i, version in enumerate(shape["at"]):
                self.ordered(version, (*path, "at", i))
                cells: dict[tuple[str, ...], Any] = {}
                for keys, raw in _cells(version["rows"]):
                    where = (*path, "at", i, "rows", *keys)
                    if len(keys) != len(shape["keys"]):
                        self.problem(
                            "R208", where, at_key=True, function=name, wanted=str(len(shape["keys"]))
                        )
                        continue
                    kind = kind or kind_of(raw)
                    value = self.figure(raw, kind, where)
                    if value is not None:
                        cells[keys] = value
                source = self.sources(version["source"], (*path, "at", i, "source"))
                versions.append(
                    Version(version.get("from"), version.get("until"), None, ((cells, source, ""),))
                )
            self.overlaps(versions, path)
            table = Dated(text_of(shape["label"]), self.type_of(kind, path), tuple(versions))
            found[self.named(name)] = table
            self.scope.tables[name] = TableType((Type("text"),) * len(shape["keys"]), table.type)
        return found


_KINDS = (
    ("share", re.compile(r"%$|^\d+ ?/ ?\d+$")),
    ("ratio", re.compile(r"^[\d.,_]+ ?: ?[\d.,_]+$")),
    ("duration", re.compile(r"^\d+ (day|week|month|year)s?$")),
    ("money", re.compile(r"^[A-Za-z$£€¥]{1,5} ?\d")),
)


def kind_of(raw: Any) -> str | None:
    """The kind of figure that a raw value is, where its type isn't stated; None where it can't tell.

    A text must be stated to be one: else it is a figure that is written wrongly.
    """
    if raw == "unknown":
        return None
    if isinstance(raw, bool):
        return "truth"
    if isinstance(raw, datetime.date):
        return "date"
    if isinstance(raw, str):
        return next((kind for kind, sign in _KINDS if sign.search(raw)), "figure")
    return "number"


def _cells(rows: Mapping[str, Any], keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, below in rows.items():
        if isinstance(below, dict):
            yield from _cells(below, (*keys, key))
        else:
            yield (*keys, key), below
