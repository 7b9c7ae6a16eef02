"""The lints of a policy: those of files of every kind."""

from __future__ import annotations

from ipcalc.inputs import lints
from ipcalc.inputs.diagnostics import Diagnostic
from ipcalc.ip.model import Policy


def lint(policy: Policy) -> list[Diagnostic]:
    """What could be better in a policy's file."""
    return lints.run(policy, lints.EVERY)
