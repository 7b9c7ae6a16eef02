"""L107: between two versions of a figure there is no day without one, unless a note says why."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from ipcalc.funding.lints.parts import figures
from ipcalc.funding.model import Scheme
from ipcalc.inputs.diagnostics import Diagnostic

DAY = datetime.timedelta(days=1)


def lint(scheme: Scheme) -> Iterator[Diagnostic]:
    """Versions that begin later than the day after all before them have ended."""
    for name, versions in figures(scheme):
        dated = [one for one in versions if one.version.call is None]
        dated.sort(key=lambda one: one.version.first or datetime.date.min)
        covered = datetime.date.max
        for i, (path, version, _, noted) in enumerate(dated):
            if i and version.first and version.first - DAY > covered and not noted:
                first, last = str(covered + DAY), str(version.first - DAY)
                yield scheme.document.problem("L107", (*path, "from"), value=name, first=first, last=last)
            until = version.until or datetime.date.max
            covered = max(covered, until) if i else until
