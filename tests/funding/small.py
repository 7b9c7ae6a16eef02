"""Small schemes and projects, written in the tests, and what checking one against the other gives."""

import copy
import datetime

import pytest

from ipcalc.funding import check, project, scheme, vocabulary
from ipcalc.inputs import toml
from ipcalc.inputs.diagnostics import Refused
from ipcalc.inputs.overlay import overlay

HEAD = """\
id = "xx/small"
name = { en = "Small" }
authority = { en = "Nobody" }
currency = "HKD"
initiative = "two-way"
reviewed = 2025-01-01

[sources.a]
title = "A"
kind = "official"

[sources.b]
title = "B"
kind = "press"
"""
PROJECT = """\
[project]
title = "Small"
currency = "HKD"
"""
DAY = datetime.date


def rule(name, *, title="A rule", **texts):
    """A rule of the source ``a``; a text that isn't a table or list of TOML is put in quotes."""
    lines = [f'[[rules]]\nid = "{name}"\ntitle = {{ en = "{title}" }}\nsource = "a"']
    for key, text in texts.items():
        key = key.rstrip("_")
        raw = not isinstance(text, str) or text.startswith(("{", "[")) or key in ("from", "until")
        lines.append(f"{key} = {text}" if raw else f'{key} = "{text}"')
    return "\n".join(lines) + "\n"


def read_scheme(text, head=HEAD, name="scheme.toml"):
    return scheme.compile_scheme(toml.parse(name, head + text), vocabulary.shipped())


def read_project(text="", head=PROJECT, settings=(), without=()):
    document = toml.parse("project.toml", head + text)
    return project.read(overlay(document, settings, without))


def checked(scheme_text, project_text="", as_of=None, **options):
    """The result of a project under a scheme, both as the text behind their usual beginnings."""
    return check.check(read_project(project_text, **options), read_scheme(scheme_text), as_of)


def verdicts(result):
    """Verdicts by ``rule[scope]``."""
    found = {}
    for finding in result.findings:
        scope = f"[{finding.scope}]" if finding.scope is not None else ""
        assert f"{finding.rule.id}{scope}" not in found, "a scope stands twice"
        found[f"{finding.rule.id}{scope}"] = finding.verdict
    return found


def missing(result):
    """What is missing, by rule and scope, in the findings' order."""
    return [(f.rule.id, f.scope, [m.key for m in f.missing]) for f in result.findings if f.missing]


def left_out(data, path):
    """A project's data without the fact or list at a path."""
    found = copy.deepcopy(data)
    node = found
    for part in path[:-1]:
        node = node[part]
    del node[path[-1]]
    return found


def refused(read, *args, **options):
    """The diagnostics of an input that must be refused."""
    with pytest.raises(Refused) as caught:
        read(*args, **options)
    return caught.value.diagnostics


def said(diagnostics, text):
    """Diagnostics as ``(code, the characters of the text they point at, what was meant)``."""
    lines = text.split("\n")
    found = []
    for one in diagnostics:
        place = one.place
        assert 1 <= place.line <= len(lines) and lines[place.line - 1] == place.excerpt, one
        start = place.column - 1
        found.append((one.code, place.excerpt[start : start + place.width], one.near))
    return found
