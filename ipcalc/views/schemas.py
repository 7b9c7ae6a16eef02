"""The JSON Schemas of the files that people write and of the results that machines read."""

from __future__ import annotations

import importlib
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILES = {
    "scheme": "ipcalc.funding.shape:SchemeTable",
    "policy": "ipcalc.ip.shape:PolicyTable",
    "captable": "ipcalc.equity.shape:CapTableFile",
    "statement": "ipcalc.ip.statement_shape:StatementTable",
}
RESULTS = {
    "check": "ipcalc.views.check_document:CheckDocument",
    "match": "ipcalc.views.match:MatchDocument",
    "ask": "ipcalc.views.ask:AskDocument",
    "split": "ipcalc.views.split_document:SplitDocument",
    "split-statement": "ipcalc.views.statement:StatementDocument",
    "equity": "ipcalc.views.equity_document:EquityDocument",
    "compare": "ipcalc.views.compare:CompareDocument",
    "explain": "ipcalc.views.explain:ExplainDocument",
    "schemes-list": "ipcalc.views.schemes:ListDocument",
    "schemes-test": "ipcalc.views.schemes:TestDocument",
    "schemes-diff": "ipcalc.views.diff:DiffDocument",
    "schemes-lint": "ipcalc.views.lint:LintDocument",
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
            _add_answers(made)
    return {"$schema": DIALECT, **made, "title": f"ipcalc {name}"}


def _add_answers(made: dict[str, Any]) -> None:
    """Add what each known scheme asks of its own, by its id; what it lays over records stands once."""
    from ipcalc.funding import project, shelf
    from ipcalc.inputs import shapes

    every = shelf.every()
    over = shapes.json_schema(project.answers_shape({}, every.vocabulary).schema)["properties"]
    made.setdefault("$defs", {}).update({f"answers.{name}": schema for name, schema in over.items()})
    references = {name: {"$ref": f"#/$defs/answers.{name}"} for name in over}
    properties = {}
    for scheme in every.schemes.values():
        own = shapes.json_schema(project.answers_shape(scheme.reading.own, every.vocabulary).schema)
        properties[scheme.id] = {**own, "properties": {**own["properties"], **references}}
    made["properties"]["answers"]["properties"] = properties


def _named(path: str) -> Any:
    module, _, attribute = path.partition(":")
    return getattr(importlib.import_module(module), attribute)
