"""L106: a figure has a date, its own or its source's, unless a note says why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ipcalc.funding.lints.parts import figures
from ipcalc.funding.model import Scheme
from ipcalc.inputs.diagnostics import Diagnostic


def lint(scheme: Scheme) -> Iterator[Diagnostic]:
    """Figures of which nobody can tell when they held."""

    def known(sources: Iterable[str]) -> bool:
        return any("dated" in scheme.sources[name] or "note" in scheme.sources[name] for name in sources)

    for name, versions in figures(scheme):
        for path, version, table, noted in versions:
            own = version.first or version.until or version.call or noted
            if not own and not known(source for _, sources, _ in version.readings for source in sources):
                stated = next(key for key in ("value", "either", "rows") if key in table)
                yield scheme.document.problem("L106", (*path, stated), value=name)
    for i, rule in enumerate(scheme.rules):
        if not (rule.first or rule.until or rule.note or known(rule.sources)):
            for name in rule.constants:
                yield scheme.document.problem("L106", ("rules", i, "with", name), value=name)
