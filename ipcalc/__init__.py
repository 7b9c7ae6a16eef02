"""Does a project fit a funding scheme's rules, and who gets what when the invention earns money?

The public API, loaded when it is used::

    project = read_project(load("project.toml"))
    result = check(project, load_scheme("hk/raise-plus"))
    result.verdict

Input that can't be used raises ``Refused``, whose ``diagnostics`` say what and where.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing takes longer to import than --version may
if TYPE_CHECKING:
    from typing import Any

    from ipcalc.equity import follow as follow
    from ipcalc.funding.check import check as check
    from ipcalc.funding.match import match as match
    from ipcalc.funding.project import read as read_project
    from ipcalc.funding.scheme import load as load_scheme
    from ipcalc.funding.shelf import every as load_schemes
    from ipcalc.inputs.diagnostics import Refused as Refused
    from ipcalc.inputs.overlay import overlay as overlay
    from ipcalc.inputs.toml import load as load
    from ipcalc.ip.policy import load as load_policy
    from ipcalc.ip.split import split as split

__version__ = "0.1.0"
__all__ = [
    "Refused", "check", "follow", "load", "load_policy", "load_scheme", "load_schemes", "match", "overlay",
    "read_project", "split",
]  # fmt: skip

_HOMES = {
    "Refused": "inputs.diagnostics:Refused",
    "check": "funding.check:check",
    "follow": "equity:follow",
    "load": "inputs.toml:load",
    "load_policy": "ip.policy:load",
    "load_scheme": "funding.scheme:load",
    "load_schemes": "funding.shelf:every",
    "match": "funding.match:match",
    "overlay": "inputs.overlay:overlay",
    "read_project": "funding.project:read",
    "split": "ip.split:split",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ipcalc' has no attribute {name!r}")
    from importlib import import_module

    module, _, attribute = _HOMES[name].partition(":")
    return getattr(import_module(f"ipcalc.{module}"), attribute)
