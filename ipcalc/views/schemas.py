"""The JSON Schemas of the files that people write and of the results that machines read."""

from __future__ import annotations

import importlib
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILES = {
    "scheme": "ipcalc.funding.shape:SchemeTable",
    "policy": "ipcalc.ip.shape:PolicyTable",
    "captable": "ipcalc.equity.shape:CapTableFile",
}
RESULTS = {
    "check": "ipcalc.views.check:CheckDocument",
    "match": "ipcalc.views.match:MatchDocument",
    "split": "ipcalc.views.split:SplitDocument",
    "equity": "ipcalc.views.equity_document:EquityDocument",
    "compare": "ipcalc.views.compare:CompareDocument",
    "explain": "ipcalc.views.explain:ExplainDocument",
    "schemes-list": "ipcalc.views.schemes:ListDocument",
    "schemes-test": "ipcalc.views.schemes:TestDocument",
}


def schema(name: str) -> dict[str, Any]:
    """The schema of a file (``project`` or one of ``FILES``) or of a result (``RESULTS``)."""
    if name in RESULTS:
        from pydantic import TypeAdapter

        made = TypeAdapter(_named(RESULTS[name])).json_schema()
    else:
        from ipcalc.funding import project, vocabulary
        from ipcalc.inputs import shapes

        whole = name == "project"
        core = project.shape(vocabulary.shipped()).schema if whole else shapes.core_of(_named(FILES[name]))
        made = shapes.json_schema(core)
        if whole:
            made["properties"]["answers"]["properties"] = _answers()
    return {"$schema": DIALECT, **made, "title": f"ipcalc {name}"}


def _answers() -> dict[str, Any]:
    """What each scheme that comes with the program asks of its own, by the scheme's id."""
    from ipcalc import library
    from ipcalc.funding import project, scheme
    from ipcalc.inputs import shapes

    loaded = [scheme.load(name) for name in library.find("funding")]
    answers = {one.id: project.answers_shape(one.reading.own, one.vocabulary) for one in loaded}
    return {name: shapes.json_schema(shape.schema) for name, shape in answers.items()}


def _named(path: str) -> Any:
    module, _, attribute = path.partition(":")
    return getattr(importlib.import_module(module), attribute)
