"""What is published holds: results validate against their schemas, and so do the files that are shipped."""

import datetime
import json
from pathlib import Path

import jsonschema
import pytest
import tomli

from ipcalc import library
from ipcalc.cli.schemes import DESCRIBED

EXAMPLES = Path(__file__).parents[1] / "examples"
PROJECT = EXAMPLES / "projects" / "separators.toml"
CAPTABLE = EXAMPLES / "equity" / "separators.toml"
STATEMENT = EXAMPLES / "statements" / "separators.toml"
SALE = EXAMPLES / "equity" / "sale.toml"
CHECKS = {
    "eligible": [],
    "ineligible": ["--set", "ip.inventor_share=60%"],
    "unknown": ["--set", "ip={}", "--set", "phases=[]"],
    "nothing stated": ["--set", "applicant={}", "--set", "team=[]", "--set", "answers={}"],
    "to be judged": ["--set", "judgements=[]"],
    "too much": ["--set", "phases.stage-1.funding.0.amount=300_000_000"],
    "too late": ["--set", "phases.stage-2.end=2040-01-01"],
    "an earlier day": ["--as-of", "2023-11-01"],
    "in another currency": ["--set", "project.currency=USD"],
    "in Chinese": ["--lang", "zh-Hant"],
}
DISPUTE = """
[values.disputed]
label = { en = "Disputed" }
either = [{ value = "70%", source = "itc-2024" }, { value = "75%", source = "itc-2023" }]

[[rules]]
id = "disputed"
title = { en = "At least {disputed}" }
require = "ip.inventor_share >= disputed"
source = "itc-2024"

[[examples]]"""
OTHERS = [
    ("split", "hk/hku", "--receipts", "1000000"),
    ("split", "hk/hku", "--receipts", "1000000", "--costs", "2000000", "--as-of", "2022-01-01"),
    ("split", "hk/hkust", "--receipts", "99.99", "--inventor", "A=1/3", "--inventor", "B=2/3"),
    ("split", STATEMENT),
    ("split", STATEMENT, "--set", "licence.equity.agreed_value=1", "--set", "licence.exit.fee=1/3"),
    ("equity", CAPTABLE),
    ("equity", CAPTABLE, "--exit", "0", "--exit", "HKD 1.01", "--at", "2024-06-30"),
    ("equity", CAPTABLE, "--set", "rounding.shares=exact"),
    ("compare", "hk/hku@2022-01-01", "hk/hku@2024-01-01", "--receipts", "100"),
    ("compare", "hk/hku", "hk/hkust", "hk/hku@2022-01-01", "--receipts", "100"),
    ("compare", PROJECT, "--set", "ip={}"),
    ("compare", CAPTABLE, "--set", "events.stake.grant.percent=5%", "--exit", "HKD 1 million"),
    ("equity", SALE, "--exit", "sale=1"),
    ("equity", SALE, "--set", "exits.sale.instruments.bridge.capitalization=converting-only"),
    ("compare", SALE, "--set", "classes.b.participation=full"),
    ("explain", "F102"),
    ("explain", "C308"),
    ("explain", "hk/raise-plus"),
    ("explain", "hk/raise-plus:stage-1-match"),
    ("explain", "hk/hku"),
    ("schemes", "list"),
    ("schemes", "test"),
    ("schemes", "lint"),
]


@pytest.fixture(scope="module")
def validator(ipcalc):
    """A validator of a published schema, by name."""
    made = {}

    def get(name):
        if name not in made:
            schema = json.loads(ipcalc("schemes", "schema", name).raw)
            jsonschema.Draft202012Validator.check_schema(schema)
            formats = jsonschema.Draft202012Validator.FORMAT_CHECKER
            made[name] = jsonschema.Draft202012Validator(schema, format_checker=formats)
        return made[name]

    return get


def valid(validator, raw):
    """A result that is as its schema says, with every key that it has declared there."""
    document = json.loads(raw)
    validator(document["kind"].partition("/")[2]).validate(document)
    return document


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_schema_is_a_schema(name, validator):
    schema = validator(name).schema
    assert schema["title"] == f"ipcalc {name}"
    assert schema["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("flags", CHECKS.values(), ids=CHECKS)
def test_checks(flags, ipcalc, validator):
    document = valid(validator, ipcalc("check", PROJECT, "--format", "json", *flags).raw)
    assert document["results"][0]["scheme"] == "hk/raise-plus"


def test_checks_show_everything(ipcalc, validator, tmp_path):
    text = library.find("funding")["hk/raise-plus"].read_text()
    (tmp_path / "scheme.toml").write_text(text.replace("[[examples]]", DISPUTE, 1))
    laid = ["-s", tmp_path / "scheme.toml", "--set", "ip.inventor_share=72%", "--set", "answers={}"]
    more = ["--set", "phases.stage-1.funding.0.amount=30_000_000"]
    document = valid(validator, ipcalc("check", PROJECT, *laid, *more, "--format", "json").raw)
    findings = document["results"][0]["findings"]
    for key in ("disputed", "judgement", "missing", "remedies", "measured", "note"):
        assert any(finding[key] for finding in findings), key
    assert {finding["verdict"] for finding in findings} == {"pass", "fail", "review", "unknown", "n/a"}


ASKED = [
    [],
    ["--lang", "zh-Hant", "--answer", "applicant.body=hku", "--answer", "phases=1"],
    ["--answer", "phases=1", "--answer", "phases.0.funding=1", "--answer", "team=1"],
    ["--answer", "ip.inventor_share=69%", "--answer", "applicant.body=other"],
]


@pytest.mark.parametrize("answers", ASKED)
def test_questions(answers, ipcalc, validator):
    document = valid(validator, ipcalc("ask", "hk/raise-plus", *answers).raw)
    assert document["questions"]


@pytest.mark.parametrize("command", OTHERS, ids=lambda command: " ".join(map(str, command))[-60:])
def test_other_results(command, ipcalc, validator):
    result = ipcalc(*command, "--format", "json")
    assert (result.code, result.error) == (0, "")
    valid(validator, result.raw)


def test_findings(ipcalc, validator, tmp_path):
    text = library.find("ip")["hk/hku"].read_text()
    (tmp_path / "policy.toml").write_text(text.replace("reviewed = 2026-11-23", "reviewed = 2023-06-25"))
    (tmp_path / "scheme.toml").write_text(text.replace("reviewed = 2026-11-23", "reviwed = 2026-11-23"))
    files = tmp_path / "policy.toml", tmp_path / "scheme.toml"
    document = valid(validator, ipcalc("schemes", "lint", *files, "--format", "json").raw)
    findings = [finding for one in document["files"] for finding in one["findings"]]
    for key in ("also", "suggestion", "arguments"):
        assert any(finding[key] for finding in findings), key


def test_no_key_is_undeclared(ipcalc, validator):
    """Every table of a result declares its keys, so that a new one can't be forgotten."""

    def keys(schema, node):
        if "$ref" in schema:
            schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
        for branch in schema.get("anyOf", ()):
            if (branch.get("type") == "null") == (node is None):
                schema = root["$defs"][branch["$ref"].rpartition("/")[2]] if "$ref" in branch else branch
        if isinstance(node, list):
            for below in node:
                keys(schema["items"], below)
        elif isinstance(node, dict) and "properties" in schema:
            assert set(node) <= set(schema["properties"])
            for key, below in node.items():
                keys(schema["properties"][key], below)

    commands = [("check", PROJECT, *flags) for flags in CHECKS.values()]
    commands += [("ask", "hk/raise-plus", *answers) for answers in ASKED]
    for command in [*commands, *OTHERS]:
        document = json.loads(ipcalc(*command, "--format", "json").raw)
        root = validator(document["kind"].partition("/")[2]).schema
        keys(root, document)


# -- files --------------------------------------------------------------------------------------------

FILES = [
    *(("project", path) for path in (EXAMPLES / "projects").glob("*.toml")),
    *(("captable", path) for path in (EXAMPLES / "equity").glob("*.toml")),
    *(("statement", path) for path in (EXAMPLES / "statements").glob("*.toml")),
    *(("scheme", path) for path in library.find("funding").values()),
    *(("policy", path) for path in library.find("ip").values()),
]


def as_json(node):
    """What an editor makes of TOML before it looks at the schema: dates are texts."""
    if isinstance(node, dict):
        return {key: as_json(below) for key, below in node.items()}
    if isinstance(node, list):
        return [as_json(below) for below in node]
    return node.isoformat() if isinstance(node, datetime.date) else node


@pytest.mark.parametrize(("kind", "path"), FILES, ids=lambda value: getattr(value, "stem", value))
def test_files(kind, path, validator):
    validator(kind).validate(as_json(tomli.loads(path.read_text())))


def test_a_wrong_file_is_refused(validator):
    project = as_json(tomli.loads(PROJECT.read_text()))
    for path, value in ((("ip", "inventor_share"), []), (("project", "title"), 7), (("aplicant",), {})):
        broken = json.loads(json.dumps(project))
        node = broken
        for part in path[:-1]:
            node = node[part]
        node[path[-1]] = value
        assert not validator("project").is_valid(broken)
