"""One project against many schemes: standings, their order, what one change would mend."""

import datetime

import pytest
from small import HEAD, read_project, read_scheme, rule

from ipcalc.funding import listing, match, vocabulary

LIMITS = """\
[values.most]
label = { en = "Most" }
value = "HKD 10"
source = "a"
[values.least]
label = { en = "Least" }
value = "HKD 5"
source = "a"
"""
PROJECT = """\
[applicant]
type = "university"
place = "hk"
[[phases]]
id = "p"
start = 2026-01-01
end = 2026-12-31
funding = [
  { payer = "scheme", form = "cash", amount = 11 },
  { payer = "industry", form = "cash", amount = 4 },
]
"""
MOST = rule("most", require="project.grant <= most")
LEAST = rule("least", require="project.industry >= least")


def made(name, text, head=""):
    return read_scheme(text, head + HEAD.replace("xx/small", name))


def found(*schemes, project=PROJECT, as_of=None):
    return match.match(read_project(project), schemes, as_of)


def standing(*texts, **options):
    [one] = found(made("xx/a", "".join(texts)), **options).matches
    return one


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rule("x", require="project.grant > 0"), "eligible"),
        (rule("x", require="project.grant > 0") + rule("y", judge='{ en = "?" }'), "review"),
        (rule("x", require="applicant.staff > 0"), "undetermined"),
        (LIMITS + MOST, "nearly"),
        (rule("x", require="applicant.type == 'company'"), "ineligible"),  # another applicant is no change
        (LIMITS + MOST + LEAST, "ineligible"),  # no one change mends both
    ],
)
def test_standings(text, expected):
    assert standing(text).standing == expected


def test_one_change_is_the_exact_boundary():
    one = standing(LIMITS, MOST)
    assert (one.mend.path, one.mend.bound, one.mend.values) == ("project.grant", "at-most", (1000,))
    assert one.first.rule.id == "most"


def test_a_change_that_mends_two_rules_at_once():
    # at most 10, and less than 10: what just mends the first is not enough for the second
    strict = rule("y", require="project.grant < most")
    assert standing(LIMITS, MOST, strict).standing == "ineligible"
    # at most 10, and less than 10 + 0.50: it is enough for both
    looser = rule("y", require="project.grant < most + half", with_='{ half = "HKD 0.50" }')
    assert standing(LIMITS, MOST, looser).mend.values == (1000,)


def test_a_change_that_breaks_another_rule_is_none():
    more = rule("y", require="project.grant > most")
    assert standing(LIMITS, MOST, more).standing == "ineligible"


def test_giving_up_the_grant_is_no_change():
    text = LIMITS + rule("x", require="project.grant <= project.own")
    assert (
        standing(text, project=PROJECT.replace('"industry"', '"university"')).standing == "nearly"
    )  # own money
    assert standing(LIMITS, rule("x", require="project.grant < project.grant")).standing == "ineligible"


def test_the_order():
    asks = rule("x", require="applicant.staff > 0")
    more = asks + rule("y", require="applicant.turnover > 0")
    schemes = [
        made("xx/none", rule("x", require="project.grant < 0")),
        made("xx/more", more),
        made("xx/asks", asks),
        made("xx/near", LIMITS + MOST),
        made("xx/fits", rule("x", require="project.grant > 0")),
    ]
    result = found(*schemes)
    order = [(one.scheme.id, len(one.questions)) for one in result.matches]
    assert order == [("xx/fits", 0), ("xx/asks", 1), ("xx/more", 2), ("xx/near", 0), ("xx/none", 0)]
    assert found(*reversed(schemes)).matches == result.matches or [
        one.scheme.id for one in found(*reversed(schemes)).matches
    ] == [name for name, _ in order]


CALL = '[[calls]]\nid = "1"\nopens = 2026-01-01\ncloses = 2026-01-31\nsource = "a"\n'


@pytest.mark.parametrize(("day", "shut"), [("2025-12-31", True), ("2026-01-31", False), ("2026-02-01", True)])
def test_calls_that_are_shut_stand_apart(day, shut):
    result = found(
        made("xx/a", rule("x", require="project.grant > 0") + CALL), as_of=datetime.date.fromisoformat(day)
    )
    assert len(result.standing("eligible", shut=shut)) == 1
    assert result.standing("eligible", shut=not shut) == []
    assert len(result.open().matches) == (not shut)


def test_the_rest_by_the_first_rule_that_fails():
    no = [made(f"xx/{i}", rule("applicant", require="applicant.type == 'company'")) for i in range(3)]
    other = made("xx/other", rule("place", require="applicant.place == 'de'"))
    rest = found(*no, other).rest()
    assert {name: len(many) for name, many in rest.items()} == {"applicant": 3, "place": 1}


def test_what_cannot_be_asked_stops_no_other():
    project = PROJECT + '[answers."xx/bad"]\nnothing = 1\n'
    result = found(
        made("xx/bad", rule("x", require="true")), made("xx/good", rule("x", require="true")), project=project
    )
    assert [one.scheme.id for one in result.matches] == ["xx/good"]
    assert [one.code for one in result.refused["xx/bad"]] == ["F102"]


KIND = """\
[[classes]]
id = "local"
title = { en = "Local" }
when = "applicant.place == 'hk'"
source = "a"
"""


def test_definitions_say_what_kind_it_is():
    result = found(made("xx/kinds", KIND, 'kind = "definition"\n'))
    assert result.matches == ()
    assert [one.classified.found.id for one in result.classified] == ["local"]


def test_schemes_within_a_place():
    words = vocabulary.shipped()
    assert {"cn", "cn-gd", "cn-hb"} <= listing.within("cn", words)
    assert "hk" not in listing.within("cn", words)
    assert listing.within("hk", words) == {"hk"}
