"""L109: what is declared is read or shown, unless a note says why not, or the file is for others to use."""

from __future__ import annotations

from collections.abc import Iterator

from ipcalc.funding.lints.parts import expressions, of_rule
from ipcalc.funding.model import Scheme
from ipcalc.funding.scheme import blanks
from ipcalc.inputs.diagnostics import Diagnostic

DECLARED = ("facts", "prepared", "derived", "values", "tables", "groups")


def lint(scheme: Scheme) -> Iterator[Diagnostic]:
    """Facts, figures, groups and derived facts that nothing reads."""
    data = scheme.document.data
    used = {name for expression in expressions(scheme) for name, _ in expression.names()}
    used.update(name for rule in scheme.rules for name in rule.evidence)
    used.update(one.group for group in scheme.groups.values() for one in group.members if one.group)
    for i, rule in enumerate(scheme.rules):
        texts = (text for text in (rule.title, rule.question, rule.note) if text)
        shown = {name for text in texts for words in text.values() for name in blanks(words)}
        used |= shown
        here = shown.union(name for one in of_rule(scheme, i) for name, _ in one.names())
        for name in rule.constants.keys() - here:
            yield scheme.document.problem("L109", ("rules", i, "with", name), at_key=True, value=name)
    for section in DECLARED if scheme.kind != "definition" else ():
        for name, table in data.get(section, {}).items():
            read = f"own.{name}" if section == "facts" else name
            if not (read in used or "note" in table or table.get("shown")):
                yield scheme.document.problem("L109", (section, name), at_key=True, value=name)
