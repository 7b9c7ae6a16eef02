"""L108: a day belongs to one call, unless a note says why two are open."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ipcalc.funding.model import Scheme
from ipcalc.funding.windows import backwards
from ipcalc.inputs.diagnostics import Diagnostic


def lint(scheme: Scheme) -> Iterator[Diagnostic]:
    """Calls that are open, or were seen open, on one day."""
    stated = scheme.document.data.get("calls", ())
    known = [
        (i, call, call.opens, last)
        for i, call in enumerate(scheme.calls)
        if call.opens and (last := call.closes or call.seen)
    ]
    for (i, a, first_of_a, last_of_a), (j, b, first_of_b, last_of_b) in itertools.combinations(known, 2):
        apart = backwards(first_of_a, last_of_b) or backwards(first_of_b, last_of_a)
        if not (apart or "note" in stated[i] or "note" in stated[j]):
            also = ("calls", i, "closes" if a.closes else "seen")
            yield scheme.document.problem("L108", ("calls", j, "opens"), also=also, value=b.id, other=a.id)
