"""What every reader of a part of a scheme's file shares: problems, names, sources, expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ipcalc.funding import vocabulary as words
from ipcalc.funding.shape import SchemeTable
from ipcalc.funding.vocabulary import Vocabulary
from ipcalc.inputs.diagnostics import Diagnostic
from ipcalc.inputs.toml import Document, Fault
from ipcalc.quantity import nearest
from ipcalc.rules import reader, tree
from ipcalc.rules.types import Type
from ipcalc.texts import Text

if TYPE_CHECKING:
    from ipcalc.inputs import locate


class Part:
    """A part of a file whose shape is right; collects every further problem before it gives up.

    ``prefix`` stands before the names of what another file uses of this one: ``eu_sme.``.
    """

    def __init__(self, document: Document, vocabulary: Vocabulary, shape: SchemeTable, prefix: str) -> None:
        self.document = document
        self.vocabulary = vocabulary
        self.shape = shape
        self.prefix = prefix
        self.problems: list[Diagnostic] = []
        self.scope = vocabulary.scope()

    def named(self, name: str) -> str:
        """A bare name of this file, as trees write it."""
        full = self.prefix + name
        self.scope.meant[name] = full
        return full

    def problem(
        self, code: str, path: locate.Path, near: str = "", *, at_key: bool = False, **args: Any
    ) -> None:
        """Note a problem at a path of the file."""
        self.problems.append(self.document.problem(code, path, near, at_key=at_key, **args))

    def unique(self, items: Any, name: str) -> None:
        """Ids must not stand twice."""
        first: dict[str, int] = {}
        for i, item in enumerate(items):
            j = first.setdefault(item["id"], i)
            if j != i:
                path, also = (name, i, "id"), (name, j, "id")
                self.problems.append(self.document.problem("F112", path, value=item["id"], also=also))

    def name(self, path: locate.Path, name: str, *, bare: bool = True) -> None:
        """A name that rules use must be one they can."""
        reason = reader.check_name(name)
        if not reason and bare and name in self.scope.bare_names() | self.scope.sections():
            reason = "taken"
        if reason:
            self.problem("R209", path, at_key=True, value=name, reason=reason)

    def sources(self, names: Any, path: locate.Path) -> tuple[str, ...]:
        """Source ids, each of which must be defined; with this file's prefix."""
        found = words.sources(names)
        if not found:
            self.problem("F101", path, key_name="source")
        for i, name in enumerate(found):
            if name not in self.shape["sources"]:
                at = path if isinstance(names, str) else (*path, i)
                self.problem("F115", at, nearest(name, self.shape["sources"]), what="source", value=name)
        return tuple(self.prefix + name for name in found)

    def ordered(self, shape: Mapping[str, Any], path: locate.Path) -> None:
        """A range of dates must not end before it begins."""
        first, until = shape.get("from"), shape.get("until")
        if first and until and until < first:
            self.problem("F116", (*path, "until"), first=str(first), last=str(until))

    def one_of(self, shape: Mapping[str, Any], keys: tuple[str, ...], path: locate.Path) -> bool:
        """Exactly one of some keys must be there."""
        stated = [key for key in keys if key in shape]
        if len(stated) != 1:
            code = "F121" if stated else "F114"
            self.problem(code, path, at_key=True, allowed=", ".join(stated or keys))
        return len(stated) == 1

    def expression(
        self, text: str, path: locate.Path, wanted: str | None = None, local: Mapping[str, Type] | None = None
    ) -> tree.Node:
        """The tree of an expression; what is wrong with it is noted."""
        node, faults = reader.expression(text, self.scope, wanted, local)
        self.faults(faults, path)
        return node

    def faults(self, faults: list[Fault], path: locate.Path) -> None:
        """Note the faults of a text at its path."""
        self.problems += (self.document.fault(path, fault) for fault in faults)

    def facts_and_derived(self) -> list[str]:
        """What a gap may affect besides rules: facts and derived facts, those of a record by its name."""
        project = self.scope.project
        found = [*self.scope.own, *self.scope.derived, *project.facts, *project.derived]
        for record in project.records.values():
            found += (f"{record.name}.{name}" for name in (*record.facts, *record.derived))
        return found


def text_of(text: Text) -> Mapping[str, str]:
    """A text in each of its languages."""
    return text  # type: ignore[return-value]
