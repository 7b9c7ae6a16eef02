"""Explanations, drawn: the page of an error code, a scheme in words, one of its rules, a policy."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Literal, cast

from typing_extensions import TypedDict

from ipcalc.funding import model as funding
from ipcalc.inputs import shapes
from ipcalc.inputs.diagnostics import page as page_of
from ipcalc.ip import model as ip
from ipcalc.texts import choose, say
from ipcalc.views import cited, scheme
from ipcalc.views import policy as policies
from ipcalc.views.page import Block, Code, Page, heading, line
from ipcalc.views.policy import PolicyDocument

# -- the document --------------------------------------------------------------------------------------


class ExampleDocument(TypedDict):
    """A file that raises an error code, and what is shown of it."""

    kind: str
    text: str
    shows: str


class CodeDocument(TypedDict):
    """An error code."""

    code: str
    title: str
    message: str
    page: str
    hint: str | None
    example: ExampleDocument | None


class ExplainDocument(TypedDict):
    """``ipcalc explain --format json``: what the name is, of these three; an id may be both of the last."""

    kind: Literal["ipcalc/explain"]
    version: Literal[1]
    code: CodeDocument | None
    scheme: scheme.SchemeDocument | None
    policy: PolicyDocument | None


Explained = Sequence[funding.Scheme | ip.Policy]


def document(found: Explained, wanted: str, lang: str, as_of: datetime.date | None = None) -> ExplainDocument:
    """A scheme (or its rule ``wanted``), a policy, or both, for machines."""
    schemes = [
        scheme.document(scheme.Shown(one, wanted, as_of, lang))
        for one in found
        if isinstance(one, funding.Scheme)
    ]
    documents = [policies.document(one, lang) for one in found if isinstance(one, ip.Policy)]
    return {
        "kind": "ipcalc/explain",
        "version": 1,
        "code": None,
        "scheme": next(iter(schemes), None),
        "policy": next(iter(documents), None),
    }


def code_document(code: str, lang: str) -> ExplainDocument:
    """An error code for machines."""
    about: Any = page_of(code)
    example: ExampleDocument | None = about.get("example")
    found: CodeDocument = {
        "code": code,
        "title": choose(about["title"], lang),
        "message": choose(about["message"], lang),
        "page": choose(about["page"], lang),
        "hint": choose(about["hint"], lang) if "hint" in about else None,
        "example": example,
    }
    return {"kind": "ipcalc/explain", "version": 1, "code": found, "scheme": None, "policy": None}


# -- the page ------------------------------------------------------------------------------------------


def code_page(code: str, lang: str) -> Page:
    """What an error code means, with an example where a file shows it."""
    about: Any = page_of(code)
    blocks: list[Block] = [heading(f"{code}: {choose(about['title'], lang)}", 1)]
    blocks.append(line(choose(about["page"], lang)))
    if "hint" in about:
        blocks.append(line(choose(about["hint"], lang), depth=1, mark="-"))
    if "example" in about:
        blocks.append(heading(say("explain.example", lang)))
        blocks += [
            Code(about["example"]["text"].strip("\n")),
            Code(""),
            Code(about["example"]["shows"].strip("\n")),
        ]
    return blocks


def page(found: Explained, wanted: str, lang: str, as_of: datetime.date | None = None) -> Page:
    """A scheme (or its rule ``wanted``) with its texts, figures and sources; a policy with its versions."""
    blocks: list[Block] = []
    for one in found:
        if isinstance(one, ip.Policy):
            blocks += policies.blocks(one, lang)
            blocks += cited.blocks(map(_policy_source, one.sources.values()), lang)
        else:
            blocks += scheme.blocks(scheme.Shown(one, wanted, as_of, lang))
    return blocks


def _policy_source(source: ip.Source) -> cited.Source:
    """A policy's source as the table that it stands in."""
    stated = {key: value for key, value in source._asdict().items() if key != "id" and value is not None}
    return source.id, cast(shapes.SourceTable, stated)
