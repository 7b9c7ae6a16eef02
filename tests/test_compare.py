"""Results side by side: what is set beside what, and what the command refuses to ignore."""

from __future__ import annotations

import json
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from ipcalc.compare import compare
from ipcalc.inputs import toml
from ipcalc.ip import policy as policies
from ipcalc.ip.split import split
from ipcalc.views import compare as view

sys.path += [str(Path(__file__).with_name(folder)) for folder in ("equity", "funding")]

from captables import follow, issue, pool, table
from small import checked, rule

SALE = '[[exits]]\nid = "sale"\ndate = 2025-01-01\nkind = "sale"\nproceeds = {}'
HELD = (issue("ada", 600), issue("bo", 400))


def rows(*results):
    """Values by key."""
    compared = compare([(str(i), result) for i, result in enumerate(results)])
    for lang in ("en", "zh-Hant", "zh-Hans"):
        labels = [row["label"] for row in view.document(compared, lang)["rows"]]
        assert len(labels) == len(set(labels))
        assert view.page(compared, lang)
    return {row.key: row.values for row in compared.rows}


# -- cap tables


def test_a_stakeholder_and_a_plan_of_one_name_are_two():
    result = follow(table(*HELD, pool("create", 100, "ada")))
    found = rows(result, result)
    assert found["e2.holder.ada.common.shares"] == (600, 600)
    assert found["e2.plan.ada.common.shares"] == (100, 100)


def test_exits_of_other_proceeds_are_set_side_by_side():
    found = rows(*(follow(table(*HELD, more=SALE.format(proceeds))) for proceeds in ("[100]", "[300]")))
    assert found["exit.sale.1.proceeds"] == (100_00, 300_00)
    assert found["exit.sale.1.holder.ada"] == (60_00, 180_00)


def test_exits_of_the_command_line_go_by_their_place_among_them():
    texts = table(*HELD, more=SALE.format("[100, 200]")), table(*HELD)
    found = rows(*(follow(text, ["77", "78"]) for text in texts))
    assert found["exit.--exit 1.1.proceeds"] == (77_00, 77_00)
    assert found["exit.--exit 2.1.holder.bo"] == (31_20, 31_20)
    assert found["exit.sale.2.holder.bo"] == (80_00, None)


def test_people_read_no_fractions_and_what_an_exit_is_of(ipcalc, tmp_path):
    # a SAFE of a quarter beside 100 shares, or 110: 33 1/3 and 36 2/3
    safe = 'event = "safe"\nholder = "fund"\namount = 1\nbasis = "post-money"\ncap = 4'
    treated = '\n[exits.instruments.e1]\nat_exit = "cash"\nrank = "below-preferred"'
    path = tmp_path / "cap.toml"
    path.write_text(table(issue("ada", 100), safe, more=SALE.format("[9, 12]") + treated))
    settings = ("--set", "events.e0.shares=100", "--set", "events.e0.shares=110")
    said = {" ".join(line.split()) for line in ipcalc("compare", path, *settings).out.splitlines()}
    assert "e1 · fund · e1 · shares ≈ 33.33 ≈ 36.67 ≈ +3.33" in said
    assert {"Exit · sale (1) · proceeds 9 9", "Exit · sale (2) · proceeds 12 12"} <= {
        line.removesuffix(" 0") for line in said
    }


# -- projects


SHARES = '[ip]\ninventor_share = "{}"\nbackground_inventor_share = "{}"\n'
LOW = '{ low = "50%" }'


def test_rules_of_two_schemes_are_never_one_row():
    text = rule("r", require="ip.inventor_share >= low", with_=LOW)
    one, other = (checked(text, SHARES.format(share, "50%")) for share in ("60%", "40%"))
    found = rows(one, other)
    assert found["r"] == ("pass", "fail")
    assert found["r.margin"] == (Fraction(1, 10), Fraction(-1, 10))
    found = rows(one, other._replace(scheme=other.scheme._replace(id="xx/other")))
    assert found["verdict"] == ("eligible", "ineligible")
    assert (found["xx/small:r"], found["xx/other:r"]) == (("pass", None), (None, "fail"))
    assert found["xx/other:r.margin"] == (None, Fraction(-1, 10))


@pytest.mark.parametrize(
    "require",
    [
        "ip.inventor_share >= low and ip.background_inventor_share >= low",
        "ip.inventor_share >= low or ip.background_inventor_share >= low",
    ],
)
def test_margins_of_several_comparisons_are_left_out(require):
    text = rule("r", require=require, with_=LOW)
    found = rows(*(checked(text, SHARES.format(*shares)) for shares in (("60%", "40%"), ("40%", "60%"))))
    assert found["r"]
    assert "r.margin" not in found


def test_margins_of_other_comparisons_are_left_out():
    one, other = (
        checked(rule("r", require=f"ip.{share} >= low", with_=LOW), SHARES.format("60%", "70%"))
        for share in ("inventor_share", "background_inventor_share")
    )
    assert "r.margin" not in rows(one, other)


# -- policies


HEAD = """\
id = "x/test"
name = { en = "Test" }
institution = "test"
currency = "HKD"
reviewed = 2025-01-01
sources.s = { title = "S", kind = "report" }
[[versions]]
source = "s"
steps = [{ share = { inventors = "30%", lab = "unknown" } }]
"""


def test_what_was_not_found_is_said_in_the_readers_language():
    result = split(policies.read(toml.parse("policy.toml", HEAD)), 100_00)
    compared = compare([("a", result), ("b", result)])
    labels = [row["label"] for row in view.document(compared, "zh-Hant")["rows"]]
    assert labels[1:3] == ["發明人", "（未能查明）"]


# -- the command

HKU = ["compare", "hk/hku@2022-01-01", "hk/hku@2024-01-01", "--receipts", "100"]
PROJECT, CAPTABLE = "projects/separators.toml", "equity/separators.toml"


@pytest.mark.parametrize(
    ("subjects", "options", "said"),
    [
        ([PROJECT, PROJECT], ["--receipts", "1"], "--receipts is for policies; these are projects"),
        ([CAPTABLE, CAPTABLE], ["--costs", "1"], "--costs is for policies; these are cap tables"),
        ([PROJECT, PROJECT], ["--inventor", "A"], "--inventor is for policies"),
        ([PROJECT, PROJECT], ["--option", "a=b"], "--option is for policies"),
        ([PROJECT, PROJECT], ["--exit", "1"], "--exit is for cap tables"),
        ([CAPTABLE, CAPTABLE], ["-s", "hk/raise-plus"], "--scheme is for projects"),
        ([CAPTABLE, CAPTABLE], ["--set", "company.name=A"], "use --both"),
    ],
)
def test_what_would_change_nothing_is_refused(subjects, options, said, ipcalc, example):
    result = ipcalc("compare", *map(example, subjects), *options)
    assert (result.code, result.out) == (2, "")
    assert said in " ".join(result.error.split())


def test_an_option_goes_to_the_policies_that_ask_for_it(ipcalc):
    result = ipcalc(*HKU, "--option", "former share=1/3", "--format", "json")
    (inventors,) = (r for r in json.loads(result.out)["rows"] if r["key"] == "party.inventors")
    assert inventors["values"] == ["33.33", "70.00"]


@pytest.mark.parametrize(("option", "code"), [("former shar=1/3", "P404"), ("former share=1/4", "F107")])
def test_an_option_that_no_policy_asks_for(option, code, ipcalc):
    result = ipcalc(*HKU, "--option", option)
    assert (result.code, result.out) == (2, "")
    assert f"--option: {code}: " in result.error


def test_an_option_that_is_in_play_on_no_side(ipcalc):
    args = [arg.replace("2022", "2025") for arg in HKU]
    assert "--option: P414: " in ipcalc(*args, "--option", "former share=1/3").error
    one = ["split", "hk/hku", "--receipts", "100", "--option", "former share=1/3"]
    assert "--option: P414: " in ipcalc(*one).error
    assert ipcalc(*one, "--as-of", str(date(2022, 1, 1))).code == 0
