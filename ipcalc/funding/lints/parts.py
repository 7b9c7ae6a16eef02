"""Where in a scheme's file the parts stand that several lints look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ipcalc.funding.model import Scheme, Version
from ipcalc.rules import reader

if TYPE_CHECKING:
    from ipcalc.inputs import locate


class Figure(NamedTuple):
    """A version of a value or table: as it was read, as it stands, and whether a note stands beside it."""

    path: locate.Path
    version: Version
    table: Mapping[str, Any]
    noted: bool


def figures(scheme: Scheme) -> Iterator[tuple[str, list[Figure]]]:
    """The file's values and tables by name, each with its versions in file order."""
    for section, known in (("values", scheme.values), ("tables", scheme.tables)):
        for name, whole in scheme.document.data.get(section, {}).items():
            found = []
            for i, version in enumerate(known[name].versions):
                path: locate.Path = (section, name, "at", i) if "at" in whole else (section, name)
                table = whole["at"][i] if "at" in whole else whole
                found.append(Figure(path, version, table, "note" in whole or "note" in table))
            yield name, found


class Expression(NamedTuple):
    """A text of the rule language, where it stands, and every node of it with its characters."""

    path: locate.Path
    text: str
    nodes: Mapping[ast.expr, tuple[int, int]]

    def names(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Every name it reads, such as ``most`` and ``own.maturity``, with its characters."""
        for node, span in self.nodes.items():
            if isinstance(node, ast.Name):
                yield node.id, span
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield f"{node.value.id}.{node.attr}", span


def of_rule(scheme: Scheme, index: int) -> list[Expression]:
    """The texts of a rule."""
    rule = scheme.document.data["rules"][index]
    keys = [key for key in ("each", "when", "require", "prefer") if key in rule]
    return [_expression(("rules", index, key), rule[key]) for key in keys]


def expressions(scheme: Scheme) -> Iterator[Expression]:
    """The texts of the file's rules, of its classes, of its derived facts, and of what is available."""
    data = scheme.document.data
    for i in range(len(scheme.rules)):
        yield from of_rule(scheme, i)
    for i, one in enumerate(data.get("classes", ())):
        yield _expression(("classes", i, "when"), one["when"])
    for name, derived in data.get("derived", {}).items():
        yield _expression(("derived", name, "value"), derived["value"])
    if "available" in data:
        yield _expression(("available",), data["available"])


def _expression(path: locate.Path, text: str) -> Expression:
    return Expression(path, text, reader.syntax(text, clause=path[-1] == "each"))
