"""``--set``: values laid over a document by their path."""

import copy
import datetime
from decimal import Decimal
from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipcalc.inputs import shapes, toml
from ipcalc.inputs.diagnostics import Refused
from ipcalc.inputs.overlay import overlay

TEXT = """
title = "x"
[ip]
inventor_share = "60%"
[answers."hk/raise-plus"]
maturity = "early"
[[phases]]
id = "one"
amount = 1
[[phases]]
id = "two"
amount = 2
funding = [{ form = "cash" }, { form = "in-kind" }]
"""


def lay(*settings):
    return overlay(toml.parse("p.toml", TEXT), settings)


def refusal(*settings):
    with pytest.raises(Refused) as caught:
        lay(*settings)
    (only,) = caught.value.diagnostics
    assert only.message("en")
    return only


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("ip.inventor_share=70%", ("ip", "inventor_share"), "70%"),
        ("phases.two.amount=5", ("phases", 1, "amount"), 5),
        ("phases.0.amount=1.50", ("phases", 0, "amount"), Decimal("1.50")),
        ("phases.two.funding.1.form=cash", ("phases", 1, "funding", 1, "form"), "cash"),
        ('answers."hk/raise-plus".maturity=finished', ("answers", "hk/raise-plus", "maturity"), "finished"),
        ("answers.hk/raise-plus.maturity=finished", ("answers", "hk/raise-plus", "maturity"), "finished"),
        ('"a=b.c".d=1', ("a=b.c", "d"), 1),
        ("new.table.key=true", ("new", "table", "key"), True),
        ("start=2026-04-01", ("start",), datetime.date(2026, 4, 1)),
        ('title="70%"', ("title",), "70%"),
        ("title=", ("title",), ""),
        ("title=a = b", ("title",), "a = b"),
        ("title=1\nother = 2", ("title",), "1\nother = 2"),
        ("title=示範", ("title",), "示範"),
        (" title = 5", ("title",), 5),
        ("phases=[]", ("phases",), []),
        ("ip={ a = 1 }", ("ip",), {"a": 1}),
        ("n=1_000", ("n",), 1000),
        ("n=1,000", ("n",), "1,000"),
        ("n=" + "1" * 5_000, ("n",), "1" * 5_000),
        ("n=nan%", ("n",), "nan%"),
    ],
)
def test_paths_and_values(setting, path, value):
    document = lay(setting)
    node = document.data
    for part in path:
        node = node[part]
    assert node == value
    assert type(node) is type(value)
    assert document.place(path).source == f"--set {setting}"


def test_the_document_itself_is_unchanged():
    document = toml.parse("p.toml", TEXT)
    before = copy.deepcopy(document)
    assert overlay(document, []) is document
    assert overlay(document, ["phases.two.funding.0.form=x", "a.b=1"]).data != document.data
    assert document == before


def test_the_last_of_two_settings_holds():
    document = lay("a.b=1", "a.b=2")
    assert document.data["a"]["b"] == 2
    assert document.place(("a", "b")).source == "--set a.b=2"


@pytest.mark.parametrize(
    "setting", ["", "title", "=5", ".a=1", "a..b=1", "a.=1", 'a"b=1', '"a=1', 'a."".b=1', "a b=1"]
)
def test_what_is_not_a_setting(setting):
    found = refusal(setting)
    assert (found.code, found.args) == ("C301", {"setting": setting})
    assert found.place.source == f"--set {setting}"


def test_a_path_through_a_value():
    found = refusal("title.sub=1")
    assert (found.code, dict(found.args)) == ("C302", {"part": "title", "got": "string"})
    assert refusal("phases.two.amount.x.y=1").args["part"] == "phases.1.amount"


@pytest.mark.parametrize("part", ["three", "2", "-1", "１", "0x1", "99999999999999999999"])
def test_an_item_that_is_not_there(part):
    found = refusal(f"phases.{part}.amount=1")
    assert found.code == "C303"
    assert found.args["part"] == part


def test_an_id_near_the_one_meant():
    assert refusal("phases.twoo.amount=1").near == "two"


def test_limits_hold_for_settings_too():
    assert refusal("a=" + "[" * 40 + "]" * 40).code == "T108"
    assert refusal("a.b.c=" + "[" * 100 + "]" * 100).place.source.startswith("--set")
    assert refusal(".".join("a" * 40) + "=1").code == "T108"
    assert refusal("a=[" + "1," * 10_001 + "]").code == "T110"


class Ip(TypedDict):
    inventor_share: shapes.Share


class File(TypedDict):
    ip: Ip


def errors(text, *settings):
    with pytest.raises(Refused) as caught:
        shapes.validate(File, overlay(toml.parse("p.toml", text), settings))
    return [(d.code, d.place.source, d.place.line) for d in caught.value.diagnostics]


def test_errors_name_the_setting():
    assert errors('[ip]\ninventor_share = "60%"', "ip.inventor_share=120%") == [
        ("F106", "--set ip.inventor_share=120%", 0)
    ]
    assert errors('[ip]\ninventor_share = "60%"', "ip.share=1") == [("F102", "--set ip.share=1", 0)]
    assert errors("", "ip.inventor_shar=1") == [("F102", "--set ip.inventor_shar=1", 0)]
    assert errors("", "ip.x=1") == [("F102", "--set ip.x=1", 0), ("F101", "--set ip.x=1", 0)]
    assert errors("x = 1", "ip.inventor_share=5") == [
        ("F106", "--set ip.inventor_share=5", 0),
        ("F102", "p.toml", 1),
    ]


@given(st.text(max_size=30))
def test_any_setting_is_laid_or_refused(setting):
    try:
        lay(setting)
    except Refused as error:
        assert error.diagnostics[0].code in ("C301", "C302", "C303", "T108", "T110")
