"""L115: a subtraction has spaces, so that nobody reads it as a name with a hyphen, or a name as it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ipcalc.funding.lints.parts import expressions
from ipcalc.funding.model import Scheme
from ipcalc.inputs.diagnostics import Diagnostic

_NAMES = re.compile(r"'[^']*'|\"[^\"]*\"|(?<!\w)([A-Za-z_]\w*(?:-\w+)+)", re.ASCII)


def lint(scheme: Scheme) -> Iterator[Diagnostic]:
    """What looks like a name with a hyphen, outside quotes."""
    for expression in expressions(scheme):
        for match in _NAMES.finditer(expression.text):
            if match[1]:
                path, within = expression.path, match.span()
                near = match[1].replace("-", " - ")
                yield scheme.document.problem("L115", path, near, within=within, value=match[1])
