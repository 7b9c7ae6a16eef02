"""Policy files: what the reader accepts, and where it says what is wrong."""

# ruff: noqa: E501  # a policy, or a case, a line

from __future__ import annotations

import typing
from datetime import date
from pathlib import Path

import pytest

from ipcalc import library
from ipcalc.inputs import shapes, toml
from ipcalc.inputs.diagnostics import Refused
from ipcalc.ip import policy as policies
from ipcalc.ip import shape
from ipcalc.ip.model import Policy, paid
from ipcalc.texts import LANGUAGES

HEAD = """\
id = "x/test"
name = { en = "Test" }
institution = "test"
currency = "HKD"
reviewed = 2025-01-01
sources.s1 = { title = "S", kind = "report" }
parties = { university = { label = { en = "University" } } }
[options.route]
kind = "fact"
choices = ["in", "out"]
source = "s1"
[[versions]]
source = "s1"
"""
FIRST = HEAD.count("\n") + 1  # the line of whatever follows the head
SHARE = 'steps = [{ share = { inventors = "70%", university = "rest" } }]\n'


def read(text: str) -> Policy:
    return policies.read(toml.parse("policy.toml", text))


def refused(text: str) -> list[tuple[str, int, int, str]]:
    with pytest.raises(Refused) as error:
        read(text)
    places = [problem.place for problem in error.value.diagnostics]
    assert all(place.source == "policy.toml" for place in places)
    return [
        (problem.code, problem.place.line - FIRST, problem.place.column, problem.near)
        for problem in error.value.diagnostics
    ]


def message(text: str) -> str:
    with pytest.raises(Refused) as error:
        read(text)
    return error.value.diagnostics[0].message("en")


BROKEN = {  # what follows the head → code, line after the head, column, what was perhaps meant
    # l-sum-over, l-negative-share, l-unknown-party, l-unknown-rounding, l-no-inventor of the bad inputs
    "sum over": ("steps = [{ share = { inventors = 0.5001, university = 0.5 } }]", "P401", 0, 12, ""),
    "sum under": ('steps = [{ share = { inventors = "1/3", university = "66%" } }]', "P401", 0, 12, ""),
    "share over 1": ("steps = [{ share = { inventors = 1.2, university = 0.1 } }]", "F106", 0, 34, ""),
    "negative share": ("steps = [{ share = { inventors = 0.2, university = -0.2 } }]", "F106", 0, 52, ""),
    "unknown party": (
        'steps = [{ share = { inventrs = "50%", university = "50%" } }]', "P403", 0, 22, "inventors",
    ),
    "unknown payee": (
        'steps = [{ take = "5%", for = "univrsity" },\n { share = "unknown" }]', "P403", 0, 31, "university",
    ),
    "bands out of order": (
        'steps = [{ bands = [{ up_to = 5, share = "unknown" }, { up_to = 5, share = "unknown" },\n{ share = "unknown" }] }]',
        "P416", 0, 65, "",
    ),
    "a last band with an end": ('steps = [{ bands = [{ up_to = 5, share = "unknown" }] }]', "P416", 0, 31, ""),
    "a band without an end before the last": (
        'steps = [{ bands = [{ share = "unknown" }, { share = "unknown" }] }]', "P416", 0, 21, "",
    ),
    "no bands": ("steps = [{ bands = [] }]", "P416", 0, 12, ""),
    "an unknown party in a band": (
        'steps = [{ bands = [{ share = { inventrs = "rest" } }] }]', "P403", 0, 33, "inventors",
    ),
    "shares of a band that don't add up": (
        'steps = [{ bands = [{ share = { inventors = "5%" } }] }]', "P401", 0, 23, "",
    ),
    "measured by what isn't defined": (
        'steps = [{ by = "net", bands = [{ share = "unknown" }] }]', "P407", 0, 17, "",
    ),
    "a cap of what isn't defined": (
        'steps = [{ take = "5%", for = "inventors", at_most = { rate = "5%", of = "net" } }, { share = "unknown" }]',
        "P407", 0, 74, "",
    ),
    "an account twice": (
        'steps = [{ recover = ["costs", "costs"], for = "inventors" }, { share = "unknown" }]', "F112", 0, 32, "",
    ),
    "an account without a payee": (
        'steps = [{ recover = ["costs", "dues"], for = { costs = "inventors" } }, { share = "unknown" }]',
        "F101", 0, 41, "",
    ),
    "a payee of no account": (
        'steps = [{ recover = ["costs"], for = { costs = "inventors", cots = "inventors" } }, { share = "unknown" }]',
        "F115", 0, 62, "costs",
    ),
    "a party's excess to itself": (
        'steps = [{ share = "unknown" }, { limit = "inventors", to = "inventors", at_most = { amount = 5 } }]',
        "F112", 0, 61, "",
    ),
    "an advance without an amount": (
        'steps = [{ take = "5%", for = "inventors", as = "advance" }, { share = "unknown" }]', "P417", 0, 49, "",
    ),
    "an advance that is counted otherwise": (
        'steps = [{ take = "5%", for = "inventors", as = "advance", at_most = { amount = 5, per = "licence" } },\n'
        '{ share = "unknown" }]', "P417", 0, 49, "",
    ),
    "a slab's cap of two": (
        'steps = [{ slabs = [{ up_to = 5, share = { inventors = "50%", university = "50%" }, at_most = 1 }, '
        '{ share = "unknown" }] }]', "P418", 0, 95, "",
    ),
    "slabs that fall": (
        'steps = [{ slabs = [{ up_to = 5, share = { inventors = "60%", university = "rest" } },\n'
        '{ share = { inventors = "40%", university = "rest" } }] }]', "P420", 0, 31, "",
    ),
    "an index of what is neither date": (
        'steps = [{ index = { series = "s", from = 2020-01-01, at = "recipt" }, bands = [{ share = "unknown" }] }]',
        "F107", 0, 60, "receipt",
    ),
    "a rate that is an amount elsewhere": (
        'steps = [{ take = { input = "x" }, for = "inventors", at_most = { amount = { input = "x" } } }, '
        '{ share = "unknown" }]', "F103", 0, 86, "",
    ),
    "an input's bounds": (
        'steps = [{ take = { input = "x", from = "9%", to = "5%" }, for = "inventors" }, { share = "unknown" }]',
        "F116", 0, 41, "",
    ),
    "rest beside inputs and unknown": (
        'steps = [{ share = { inventors = { input = "x" }, university = "unknown" } }]', "P402", 0, 64, "",
    ),
    "a floor of what isn't defined": (
        SHARE + 'floors = [{ party = "inventors", at_least = "5%", of = "nett" }]', "P407", 1, 56, "",
    ),
    "per without above": (
        'steps = [{ take = "5%", for = "inventors", per = "licence" }, { share = "unknown" }]', "F101", 0, 10, "",
    ),
    "a scope that counts nothing": (
        'steps = [{ share = { inventors = "rest" }, per = "licence" }]', "F101", 0, 10, "",
    ),
    "unknown within": (SHARE + 'within.universty = "unknown"', "P403", 1, 8, "university"),
    "a gap without words": (SHARE + "[[gaps]]\nabout = 1\naffects = []", "F103", 2, 9, ""),
    "no inventor": (SHARE + "inventors = []", "F103", 1, 13, ""),
    "nobody in an example": (
        SHARE + '[[examples]]\ntitle = "e"\nreceipts = 1\ninventors = {}\ngives = {}', "P406", 4, 1, "",
    ),
    "weights of nothing": (
        SHARE + '[[examples]]\ntitle = "e"\nreceipts = 1\ninventors = { A = 0 }\ngives = {}',
        "P406", 4, 1, "",
    ),
    "rest twice": ('steps = [{ share = { inventors = "rest", university = "rest" } }]', "P402", 0, 55, ""),
    "rest of nothing": (
        'steps = [{ share = { inventors = "100%", university = "rest" } }]', "P402", 0, 55, "",
    ),
    "rest of unknown": (
        'steps = [{ share = { inventors = "rest", university = "unknown" } }]', "P402", 0, 34, "",
    ),
    "undeclared option": ("only = { rout = 'in' }\n" + SHARE, "P404", 0, 10, "route"),
    "undeclared date": ("only = { recieved = { from = 2020-01-01 } }\n" + SHARE, "P404", 0, 10, "received"),
    "undeclared in a step": (
        'steps = [{ share = "unknown", only = { rout = "in" } }]', "P404", 0, 40, "route",
    ),
    "no such choice": ("only = { route = ['in', 'outt'] }\n" + SHARE, "F107", 0, 25, "out"),
    "a date for an option": ("only = { route = { from = 2020-01-01 } }\n" + SHARE, "F103", 0, 18, ""),
    "an option for a date": ("only = { received = 'in' }\n" + SHARE, "F103", 0, 21, ""),
    "from after until": (
        "only = { received = { from = 2021-01-01, until = 2020-01-01 } }\n" + SHARE, "F116", 0, 30, "",
    ),
    "undefined base": (
        'steps = [{ take = "5%", of = "lefft", for = "inventors" }, { mark = "net" }, { share = "unknown" }]',
        "P407", 0, 30, "left",
    ),
    "divided in a circle": (
        SHARE + 'within.inventors = [{ share = { university = "rest" } }]\n'
        'within.university = [{ share = { inventors = "rest" } }]',
        "P412", 1, 8, "",
    ),
    "take after a share": (
        'steps = [{ share = "unknown" }, { take = "5%", for = "inventors" }]', "P413", 0, 35, "",
    ),
    "recover after a share": (
        'steps = [{ share = "unknown" }, { recover = "costs", for = "inventors" }]', "P413", 0, 35, "",
    ),
    "share after a share": (
        'steps = [{ share = "unknown", only = { route = "in" } }, { share = "unknown" }]', "P413", 0, 60, "",
    ),
    "share after a share that may hold": (
        'steps = [{ share = "unknown", only = { route = "in" } },\n'
        '{ share = "unknown", only = { received = { from = 2020-01-01 } } }]', "P413", 1, 3, "",
    ),
    "mark twice": ('steps = [{ mark = "gross" }, { share = "unknown" }]', "F112", 0, 19, ""),
    "unknown source": (SHARE + 'equity = { stake = "5%", source = ["s1", "s1x"] }', "F115", 1, 42, "s1"),
    "stake without source": (SHARE + 'equity = { stake = "5%" }', "F101", 1, 1, ""),
    "bad amount": (
        SHARE + '[[examples]]\ntitle = "e"\nreceipts = 0.001\ngives = {}', "F105", 3, 12, "",
    ),
    "other currency": (
        SHARE + '[[examples]]\ntitle = "e"\nreceipts = "USD 5"\ngives = {}', "F118", 3, 12, "",
    ),
    "negative amount": (
        SHARE + '[[examples]]\ntitle = "e"\nreceipts = 5\ncosts = -1\ngives = {}', "F106", 4, 9, "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "code", "line", "column", "near"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_has_a_place(body: str, code: str, line: int, column: int, near: str) -> None:
    assert refused(HEAD + body + "\n") == [(code, line, column, near)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('route = "in"', 'route = "out"'),
        ("received = { until = 2019-12-31 }", "received = { from = 2020-01-01 }"),
    ],
)
def test_of_shares_that_exclude_each_other_one_may_follow_the_other(first: str, second: str) -> None:
    steps = (f'{{ share = "unknown", only = {{ {only} }} }}' for only in (first, second))
    assert len(read(HEAD + f"steps = [{', '.join(steps)}]\n").versions[0].steps) == 2


def test_the_total_is_said_as_a_percentage() -> None:
    assert "100.01%" in message(HEAD + "steps = [{ share = { inventors = 0.5001, university = 0.5 } }]\n")
    # a total that no decimal writes is said both ways: 1/3 + 66% = 149/150
    said = message(HEAD + 'steps = [{ share = { inventors = "1/3", university = "66%" } }]\n')
    assert "149/150" in said and "99.33%" in said


def test_an_unknown_rounding_lists_the_known() -> None:
    text = 'rounding = "bankers-ish"\n' + HEAD + SHARE
    with pytest.raises(Refused) as error:
        read(text)
    (problem,) = error.value.diagnostics
    assert (problem.code, problem.place.line, problem.place.column) == ("F107", 1, 12)
    assert "largest-remainder" in problem.message("en")


def test_all_that_is_wrong_is_said_at_once_in_file_order() -> None:
    body = (
        'steps = [{ take = "5%", of = "net", for = "lab" },\n{ share = { inventors = "5%", lab = "96%" } }]\n'
    )
    assert refused(HEAD + body) == [
        ("P407", 0, 30, ""),
        ("P403", 0, 43, ""),
        ("P401", 1, 3, ""),
        ("P403", 1, 31, ""),
    ]


def test_parties_may_go_undeclared() -> None:
    text = HEAD.replace("parties = ", "# ") + 'steps = [{ share = { inventors = "1%", anyone = "rest" } }]\n'
    version = read(text).versions[0]
    assert [party for step in version.steps for party in paid(step)] == ["inventors", "anyone"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("hk/hku", ("hk/hku", None)),
        ("hk/hku@2022-01-01", ("hk/hku", date(2022, 1, 1))),
        ("my@home.toml", ("my@home.toml", None)),
        ("my@home.toml@2024-02-29", ("my@home.toml", date(2024, 2, 29))),
        ("a@2022-01.toml", ("a@2022-01.toml", None)),
    ],
)
def test_a_reference_is_a_policy_and_perhaps_a_date(text: str, wanted: tuple[str, date | None]) -> None:
    assert policies.reference(text) == wanted


@pytest.mark.parametrize(
    ("text", "code"), [("hk/hku@2023-02-29", "F104"), ("hk/hku@2023", "F104"), ("hk/hku@1850-01-01", "F106")]
)
def test_a_reference_with_no_such_day(text: str, code: str) -> None:
    with pytest.raises(Refused) as error:
        policies.reference(text)
    assert [problem.code for problem in error.value.diagnostics] == [code]


def test_which_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + SHARE, encoding="utf-8")
    assert policies.load(str(path)).id == "x/test"
    assert policies.load("hk/hku").id == "hk/hku"
    for name in ("hk/hkuu", "../ip/hk/hku", "schemes/ip/hk/hku", ""):
        with pytest.raises(Refused) as error:
            policies.load(name)
        assert [problem.code for problem in error.value.diagnostics] == ["S206"]
    with pytest.raises(Refused) as error:
        policies.load(str(tmp_path / "none.toml"))
    assert [problem.code for problem in error.value.diagnostics] == ["T101"]


@pytest.mark.parametrize("name", library.find("ip"))
def test_shipped_policies_are_complete(name: str) -> None:
    policy = policies.load(name)
    assert policy.id == name
    texts = [policy.name, *policy.parties.values(), *(gap.about for gap in policy.gaps)]
    texts += [text for option in policy.options.values() if (text := option.label)]
    texts += [text for source in policy.sources.values() if (text := source.note)]
    assert all(set(text) == set(LANGUAGES) for text in texts)
    assert policy.gaps, "what the sources don't say must be said"


def test_the_hash_is_of_the_file_not_of_what_is_laid_over_it() -> None:
    plain = policies.load("hk/hku")
    laid = policies.load("hk/hku", ["versions.1.steps.1.share.inventors=80%"])
    assert laid.versions != plain.versions
    assert laid.sha256() == plain.sha256()


def test_the_shape_has_a_json_schema() -> None:
    schema = shapes.json_schema(shapes.core_of(shape.PolicyTable))
    assert set(schema["required"]) == {
        "id",
        "name",
        "institution",
        "currency",
        "reviewed",
        "sources",
    }
    assert set(schema["properties"]) == set(typing.get_type_hints(shape.PolicyTable))
