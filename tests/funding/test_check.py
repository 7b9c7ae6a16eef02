"""Verdicts: how they add up, what is unknown, dates, disputes, windows, and what to ask next."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import (
    DAY,
    HEAD,
    PROJECT,
    checked,
    missing,
    read_project,
    read_scheme,
    refused,
    rule,
    said,
    verdicts,
)

from ipcalc.funding import check
from ipcalc.funding.vocabulary import members_on
from ipcalc.views import check as view
from ipcalc.views import console

LABEL = 'label = { en = "L" }\n'
TRUTHS = "".join(
    f'[facts.{name}]\ntype = "truth"\nlabel = {{ en = "{name}" }}\nask = {{ en = "{name}?" }}\n'
    for name in ("one", "two", "three", "four")
)
WORDS = {True: "true", False: "false"}


def answers(**facts):
    """Answers to the scheme's own facts; None is not stated."""
    return '[answers."xx/small"]\n' + "".join(
        f"{name} = {WORDS[fact]}\n" for name, fact in facts.items() if fact is not None
    )


# -- how verdicts add up ------------------------------------------------------------------------------

HARD, SOFT = rule("hard", require="own.one"), rule("soft", prefer="own.two")
JUDGED = rule("judged", judge='{ en = "Is it good?" }')


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (True, True, "eligible"),
        (True, False, "review"),
        (True, None, "undetermined"),
        (None, True, "undetermined"),
        (None, False, "undetermined"),
        (False, True, "ineligible"),
        (False, None, "ineligible"),
        (False, False, "ineligible"),
    ],
)
def test_the_worst_of_the_findings(one, two, expected):
    assert checked(TRUTHS + HARD + SOFT, answers(one=one, two=two)).verdict == expected
    # the order of the rules changes nothing
    assert checked(TRUTHS + SOFT + HARD, answers(one=one, two=two)).verdict == expected


@pytest.mark.parametrize(
    "rules",
    [
        rule("x", when="false", require="true"),
        SOFT,
        rule("x", require="true", from_="2026-01-01"),
        rule("x", require="true", until="2024-12-31"),
        "rules = []\n",
    ],
)
def test_where_no_hard_rule_applies_nobody_is_eligible(rules):
    head = "" if rules.startswith("rules") else TRUTHS + rules
    text = answers(two=True) if head else ""
    result = check.check(
        read_project(text), read_scheme(head, rules + HEAD if not head else HEAD), DAY(2025, 6, 1)
    )
    assert result.verdict == "undetermined"


def test_a_judgement_alone_makes_nobody_eligible():
    text = (
        '[[judgements]]\nscheme = "xx/small"\nrule = "judged"\nverdict = "pass"\nby = "B"\non = 2025-01-01\n'
    )
    assert verdicts(checked(JUDGED, text)) == {"judged": "pass"}
    assert checked(JUDGED, text).verdict == "undetermined"


KLEENE = {  # when, require: a rule is "not when or require"; what is not known is not known
    (True, True): "pass", (True, False): "fail", (True, None): "unknown",
    (False, True): "n/a", (False, False): "n/a", (False, None): "n/a",
    (None, True): "pass", (None, False): "unknown", (None, None): "unknown",
}  # fmt: skip


@pytest.mark.parametrize(("when", "require"), KLEENE)
@pytest.mark.parametrize("kind", ["require", "prefer"])
def test_when_and_require(when, require, kind):
    text = TRUTHS + rule("x", when="own.one", **{kind: "own.two"})
    expected = KLEENE[when, require]
    found = verdicts(checked(text, answers(one=when, two=require)))["x"]
    assert found == ("review" if (expected, kind) == ("fail", "prefer") else expected)


@pytest.mark.parametrize(("when", "require"), KLEENE)
def test_the_condition_of_each_and_when(when, require):
    """A clause's condition counts as part of ``when``, but what it excludes has no finding."""
    text = TRUTHS + rule("x", each="p in phases if own.one", require="own.two")
    found = verdicts(checked(text, '[[phases]]\nid = "p"\n' + answers(one=when, two=require)))
    expected = KLEENE[when, require]
    assert found == ({} if expected == "n/a" else {"x[p]": expected})
    text = TRUTHS + rule("x", each="p in phases if own.one", when="own.three", require="own.two")
    for third in (True, False, None):
        found = verdicts(
            checked(text, '[[phases]]\nid = "p"\n' + answers(one=when, two=require, three=third))
        )
        both = False if False in (when, third) else None if None in (when, third) else True
        assert found == ({} if when is False else {"x[p]": KLEENE[both, require]})


@pytest.mark.parametrize(("when", "expected"), [(True, "review"), (False, "n/a"), (None, "unknown")])
def test_a_judgement_with_a_condition(when, expected):
    text = TRUTHS + rule("x", when="own.one", judge='{ en = "?" }')
    assert verdicts(checked(text, answers(one=when))) == {"x": expected}


# -- lists --------------------------------------------------------------------------------------------

EACH = rule("x", each="p in phases", require="p.grant > 0")


def test_a_list_that_is_not_stated_is_one_finding():
    result = checked(EACH)
    assert verdicts(result) == {"x": "unknown"}
    assert missing(result) == [("x", None, ["phases"])]


def test_a_stated_list_may_be_empty():
    assert verdicts(checked(EACH, head='phases = []\n[project]\ntitle = "T"\ncurrency = "HKD"\n')) == {}


def test_of_the_rest_of_an_incomplete_list_nothing_is_known():
    text = '[[phases]]\nid = "a"\nfunding = [{ payer = "scheme", amount = 1 }]\n'
    assert checked(EACH, text).verdict == "eligible"
    result = checked(EACH, text + '[incomplete]\nlists = ["phases"]\n')
    assert verdicts(result) == {"x[a]": "pass", "x": "unknown"}
    assert result.verdict == "undetermined"
    assert result.ask_next == ("phases",)


def test_scopes_are_ids_and_else_numbers():
    text = '[[phases]]\n[[phases]]\nid = "b"\n[[phases]]\n'
    assert list(verdicts(checked(EACH, text))) == ["x[0]", "x[b]", "x[2]"]


def test_an_each_over_what_is_no_record():
    text = rule("x", each="c in distinct(p.place for p in participants)", require="c == 'hk'")
    people = "".join(f'[[participants]]\nplace = "{c}"\n' for c in ("hk", "cn", "Hong Kong"))
    assert verdicts(checked(text, people)) == {"x[hk]": "pass", "x[cn]": "fail"}
    result = checked(text, people + '[[participants]]\nname = "N"\n')
    assert verdicts(result) == {"x": "unknown"}
    assert missing(result) == [("x", None, ["participants.3.place"])]


# -- stages -------------------------------------------------------------------------------------------

STAGED = (
    f"[stages.first]\n{LABEL}[stages.second]\n{LABEL}"
    + rule("x", each="p in phases", when="p.stage == 'first'", require="p.grant > 0")
    + rule("y", each="p in phases", when="p.stage == 'second'", require="p.industry > 0")
)
LINE = 'funding = [{ payer = "other", amount = 1 }]\n'


@pytest.mark.parametrize(
    ("phase", "more", "expected"),
    [
        ("first", "", ("fail", "n/a")),
        ("second", "", ("n/a", "fail")),
        ("build", "", ("unknown", "unknown")),
        ("build", '[answers."xx/small".phases.build]\nstage = "first"\n', ("fail", "n/a")),
        ("first", '[answers."xx/small".phases.first]\nstage = "second"\n', ("n/a", "fail")),
        ("build", '[answers."xx/other".phases.build]\nstage = "first"\n', ("unknown", "unknown")),
    ],
)
def test_phases_are_mapped_to_stages(phase, more, expected):
    result = checked(STAGED, f'[[phases]]\nid = "{phase}"\n{LINE}{more}')
    assert tuple(verdicts(result).values()) == expected
    assert result.verdict == ("undetermined" if "unknown" in expected else "ineligible")


def test_another_scheme_s_stage_is_no_stage_of_this_one():
    assert set(verdicts(checked(STAGED, f'[[phases]]\nstage = "phase-9"\n{LINE}')).values()) == {"unknown"}


def test_answers_lie_over_any_record_by_id_or_number():
    text = rule("x", each="p in phases", require="p.start >= on", source="a")
    project = '[[phases]]\nid = "a"\nstart = 2020-01-01\n[[phases]]\nstart = 2020-01-01\n'
    over = '[answers."xx/small".phases]\na = { start = 2030-01-01 }\n1 = { start = 2030-01-01 }\n'
    assert set(verdicts(checked(text.replace('source = "a"\n', "", 1), project)).values()) == {"fail"}
    assert set(verdicts(checked(text.replace('source = "a"\n', "", 1), project + over)).values()) == {"pass"}


# -- evidence and judgements --------------------------------------------------------------------------

SHOWN = TRUTHS + rule("x", require="own.one", evidence='["own.one"]')
EVIDENCE = '[[evidence]]\nfact = "own.one"\nref = "annex 3"\n'


@pytest.mark.parametrize(
    ("fact", "evidence", "expected"),
    [
        (True, EVIDENCE, ("pass", "rule")),
        (True, "", ("review", "evidence")),
        (True, EVIDENCE.replace("own.one", "own.two"), ("review", "evidence")),
        (False, EVIDENCE, ("fail", "rule")),
        (False, "", ("fail", "rule")),
        (None, EVIDENCE, ("unknown", "rule")),
    ],
)
def test_evidence(fact, evidence, expected):
    [finding] = checked(SHOWN, evidence + answers(one=fact)).findings
    assert (finding.verdict, finding.why) == expected


def judgement(name, verdict="pass", scheme="xx/small"):
    return (
        f'[[judgements]]\nscheme = "{scheme}"\nrule = "{name}"\n'
        f'verdict = "{verdict}"\nby = "Panel"\non = 2025-01-01\n'
    )


@pytest.mark.parametrize("decided", ["pass", "fail"])
@pytest.mark.parametrize("name", ["soft", "judged"])
def test_a_human_s_verdict(name, decided):
    text = TRUTHS + HARD + SOFT + JUDGED
    result = checked(text, judgement(name, decided) + answers(one=True, two=False))
    [finding] = [f for f in result.findings if f.rule.id == name]
    assert (finding.verdict, finding.why) == (decided, "judged")
    assert finding.judgement is not None and finding.judgement.by == "Panel"
    assert result.verdict == ("ineligible" if decided == "fail" else "review")


def test_a_human_decides_only_what_is_left_to_humans():
    text = TRUTHS + HARD + SOFT + JUDGED
    # a human may find against a soft rule that the facts meet; one that is unknown stays so
    for fact, said_, expected in ((True, "fail", "fail"), (True, "pass", "pass"), (None, "fail", "unknown")):
        result = checked(text, judgement("soft", said_) + answers(one=True, two=fact))
        assert verdicts(result)["soft"] == expected
    twice = judgement("soft", "fail") + judgement("soft", "pass") + answers(one=True, two=False)
    [found] = refused(checked, text, twice)
    assert (found.code, found.args["value"], found.also is not None) == ("F112", "soft", True)
    other = judgement("judged", scheme="xx/other")
    assert verdicts(checked(text, other + answers(one=True)))["judged"] == "review"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("hard", ("F120", '"hard"', "")), ("sofd", ("F115", '"sofd"', "soft"))],
)
def test_judgements_that_are_refused(name, expected):
    text = judgement(name) + answers(one=True)
    found = refused(checked, TRUTHS + HARD + SOFT, text)
    assert said(found, '[project]\ntitle = "Small"\ncurrency = "HKD"\n' + text) == [expected]


# -- dates --------------------------------------------------------------------------------------------


def test_a_date_that_is_not_stated_is_named():
    text = rule("x", require="true") + rule(
        "y", on="award", require="on >= p_day", with_="{ p_day = 2025-01-01 }"
    )
    result = checked(text)
    assert verdicts(result) == {"x": "pass", "y": "unknown"}
    assert result.ask_next == ("project.dates.award",)
    head = '[project]\ntitle = "T"\ncurrency = "HKD"\ndates = {{ award = {} }}\n'
    assert verdicts(checked(text, head=head.format("2025-01-01")))["y"] == "pass"
    assert verdicts(checked(text, head=head.format("2024-12-31")))["y"] == "fail"


def dated(*at):
    listed = ",\n".join(f'{{ {one}, source = "a" }}' for one in at)
    return f"[values.most]\n{LABEL}at = [{listed}]\n"


SUBMITTED = '[project]\ntitle = "T"\ncurrency = "HKD"\ndates = {{ submitted = {} }}\n'
GRANT = '[[phases]]\nfunding = [{{ payer = "scheme", amount = {} }}]\n'
CAP = rule("cap", require="project.grant <= most", title="at most {most}")


def test_values_in_force_by_date():
    text = dated(
        'value = "HKD 10", from = 2024-01-01', 'value = "HKD 20", from = 2025-01-01, until = 2025-12-31'
    )
    text = (
        text.replace('"HKD 10", from = 2024-01-01', '"HKD 10", from = 2024-01-01, until = 2024-12-31') + CAP
    )
    for day, expected in (
        ("2023-12-31", "unknown"), ("2024-01-01", "fail"), ("2024-12-31", "fail"),
        ("2025-01-01", "pass"), ("2025-12-31", "pass"), ("2026-01-01", "unknown"),
    ):  # fmt: skip
        result = checked(text, GRANT.format(15), head=SUBMITTED.format(day))
        assert verdicts(result) == {"cap": expected}, day
        assert (str(result.as_of), result.date_from) == (day, "submitted")
        asked = checked(text, GRANT.format(15), DAY.fromisoformat(day), head=SUBMITTED.format("2024-06-01"))
        assert (verdicts(asked), asked.date_from) == ({"cap": expected}, "as-of")


def test_a_figure_that_is_not_known_is_named():
    text = dated('value = "unknown", from = 2020-01-01').replace(LABEL, LABEL + 'type = "money"\n')
    result = checked(text + CAP, GRANT.format(5))
    assert verdicts(result) == {"cap": "unknown"}
    assert missing(result) == [("cap", None, ["most"])]
    assert result.ask_next == ()  # nobody who applies can answer that


CALLS = (
    '[[calls]]\nid = "c1"\nopens = 2024-01-10\ncloses = 2024-01-20\nsource = "a"\n'
    '[[calls]]\nid = "c2"\nopens = 2025-01-10\ncloses = 2025-01-20\nsource = "a"\n'
)


def test_values_by_call():
    text = CALLS + dated('value = "HKD 10"', 'value = "HKD 20", call = "c2"') + CAP
    for day, expected in (("2024-01-15", "fail"), ("2025-01-15", "pass"), ("2025-01-25", "fail")):
        assert verdicts(checked(text, GRANT.format(15), head=SUBMITTED.format(day))) == {"cap": expected}
        assert verdicts(checked(text, GRANT.format(15), DAY.fromisoformat(day))) == {"cap": expected}


def test_a_call_s_value_with_dates_holds_only_then():
    text = CALLS + dated('value = "HKD 10"', 'value = "HKD 20", call = "c2", from = 2025-01-15') + CAP
    for day, expected in (("2025-01-14", "fail"), ("2025-01-15", "pass")):
        assert verdicts(checked(text, GRANT.format(15), head=SUBMITTED.format(day))) == {"cap": expected}


def test_which_call_it_is():
    text = CALLS + rule("x", require="call.id == 'c2'") + rule("y", require="call.opens < on")
    assert verdicts(checked(text, as_of=DAY(2025, 1, 10))) == {"x": "pass", "y": "fail"}
    assert verdicts(checked(text, as_of=DAY(2024, 1, 11))) == {"x": "fail", "y": "pass"}
    assert verdicts(checked(text, as_of=DAY(2024, 6, 1))) == {"x": "unknown", "y": "unknown"}


def test_rules_in_force_by_date():
    text = rule("x", require="true", from_="2024-01-01", until="2024-12-31")
    for day, holds in (("2023-12-31", 0), ("2024-01-01", 1), ("2024-12-31", 1), ("2025-01-01", 0)):
        assert len(checked(text, as_of=DAY.fromisoformat(day)).findings) == holds


def test_a_title_has_the_figure_of_the_rule_s_own_date():
    from ipcalc.views import check as view

    text = dated('value = "HKD 10", until = 2024-12-31', 'value = "HKD 20", from = 2025-01-01')
    text += CAP + CAP.replace('"cap"', '"later"').replace("[[rules]]", '[[rules]]\non = "award"')
    head = SUBMITTED.format("2024-06-01, award = 2025-06-01")
    [result] = view.document([checked(text, GRANT.format(1), head=head)], "en")["results"]
    assert [finding["title"] for finding in result["findings"]] == ["at most HKD 10", "at most HKD 20"]


# -- disputes -----------------------------------------------------------------------------------------

DISPUTED = (
    f"[values.most]\n{LABEL}either = ["
    '{ value = "HKD 10", source = "a" }, { value = "HKD 20", source = "b" }]\n'
)


@pytest.mark.parametrize(("grant", "expected"), [(10, "pass"), (11, "review"), (20, "review"), (21, "fail")])
def test_figures_that_sources_dispute(grant, expected):
    result = checked(DISPUTED + CAP, GRANT.format(grant))
    [finding] = result.findings
    assert finding.verdict == expected
    readings = (("most = HKD 10 [a]", "fail"), ("most = HKD 20 [b]", "pass"))
    assert finding.disputed == (readings if expected == "review" else ())
    assert result.verdict == {"pass": "eligible", "review": "review", "fail": "ineligible"}[expected]


def test_a_dispute_over_a_fact_that_is_not_stated():
    assert verdicts(checked(DISPUTED + CAP)) == {"cap": "unknown"}


BOTH = (
    f'[values.both]\n{LABEL}type = "truth"\n'
    "at = [{ from = 2021-10-01, either = ["
    '{ value = true, source = "a" }, { value = false, source = "b" }] }]\n'
    + TRUTHS
    + rule("x", require="(own.one and own.two) if both else (own.one or own.two)")
)


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (True, True, "pass"), (False, False, "fail"), (True, False, "review"), (None, None, "unknown"),
        (True, None, "review"), (False, None, "review"),
    ],
)  # fmt: skip
def test_a_dispute_about_logic(one, two, expected):
    result = checked(BOTH, answers(one=one, two=two), as_of=DAY(2025, 1, 1))
    assert verdicts(result) == {"x": expected}
    if (one, two) == (True, False):
        assert result.findings[0].disputed == (("both = true [a]", "fail"), ("both = false [b]", "pass"))


def test_before_there_is_a_figure_there_is_no_dispute():
    result = checked(BOTH, answers(one=True, two=False), as_of=DAY(2021, 9, 30))
    assert verdicts(result) == {"x": "unknown"}
    assert missing(result) == [("x", None, ["both"])]


def test_a_dispute_over_what_a_rule_is_asked_of():
    text = DISPUTED + rule("x", each="p in phases if p.grant > most", require="p.industry > 0")
    phases = "".join(
        f'[[phases]]\nid = "p{n}"\nfunding = [{{ payer = "scheme", amount = {n} }}]\n' for n in (5, 15, 25)
    )
    assert verdicts(checked(text, phases)) == {"x[p15]": "review", "x[p25]": "fail"}


def test_a_dispute_over_whether_to_judge():
    text = DISPUTED + rule("x", when="project.grant > most", judge='{ en = "?" }') + CAP
    found = {n: verdicts(checked(text, GRANT.format(n)))["x"] for n in (10, 15, 25)}
    assert found == {10: "n/a", 15: "review", 25: "review"}
    [finding, _] = checked(text, GRANT.format(15)).findings
    assert (finding.why, [v for _, v in finding.disputed]) == ("dispute", ["review", "n/a"])


# -- groups, tables, constants ------------------------------------------------------------------------

GROUPS = f"""\
[groups.shenzhen]
{LABEL}members = [{{ id = "futian" }}, {{ id = "bay", from = 2010-08-26 }}]
source = "a"
[groups.guangdong]
{LABEL}members = [{{ group = "shenzhen", from = 1980-01-01 }},
 {{ id = "gz", from = 2000-01-01, until = 2009-12-31 }}]
source = "a"
[groups.later]
{LABEL}from = 2020-01-01
members = [{{ id = "futian" }}]
source = "a"
[groups.around]
{LABEL}members = [{{ group = "later", from = 2015-01-01 }}, {{ id = "gz" }}]
source = "a"
"""


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("1979-12-31", set()),
        ("1980-01-01", {"futian"}),
        ("1999-12-31", {"futian"}),
        ("2000-01-01", {"futian", "gz"}),
        ("2009-12-31", {"futian", "gz"}),
        ("2010-01-01", {"futian"}),
        ("2010-08-26", {"futian", "bay"}),
    ],
)
def test_members_on_a_date(day, expected):
    found = read_scheme(GROUPS + rule("x", require="true"))
    assert members_on(found.groups, "guangdong", DAY.fromisoformat(day)) == expected


def test_a_group_that_is_not_known_yet():
    text = GROUPS + rule("x", each="p in participants", require="p.name in around")
    people = '[[participants]]\nname = "futian"\n'
    for day, expected in (("2014-12-31", "fail"), ("2019-12-31", "unknown"), ("2020-01-01", "pass")):
        assert verdicts(checked(text, people, DAY.fromisoformat(day))) == {"x[0]": expected}, day


TABLE = f"""\
[tables.intensity]
{LABEL}keys = ["type", "state"]
at = [
  {{ until = 2019-12-31, source = "a", rows = {{ company = {{ yes = "10%", no = "unknown" }} }} }},
  {{ from = 2020-01-01, source = "a", rows = {{ company = {{ yes = "45%" }} }} }},
]
[facts.state]
type = "choice"
{LABEL}ask = {{ en = "?" }}
choices = {{ yes = {{ en = "yes" }}, no = {{ en = "no" }} }}
""" + rule("x", require="ip.inventor_share <= intensity[applicant.type, own.state]")


@pytest.mark.parametrize(
    ("day", "kind", "state", "expected"),
    [
        ("2019-12-31", "company", "yes", ("fail", [])),
        ("2020-01-01", "company", "yes", ("pass", [])),
        ("2020-01-01", "company", "no", ("unknown", ["intensity[company, no]"])),
        ("2019-12-31", "company", "no", ("unknown", ["intensity[company, no]"])),
        ("2020-01-01", "hospital", "yes", ("unknown", ["intensity[hospital, yes]"])),
        ("2020-01-01", "company", None, ("unknown", ["own.state"])),
    ],
)
def test_tables(day, kind, state, expected):
    own = f'[answers."xx/small"]\nstate = "{state}"\n' if state else ""
    text = f'[ip]\ninventor_share = "40%"\n[applicant]\ntype = "{kind}"\n{own}'
    result = checked(TABLE, text, DAY.fromisoformat(day))
    assert verdicts(result) == {"x": expected[0]}
    assert [m.key for m in result.findings[0].missing] == expected[1]


def test_a_rule_s_own_constants():
    text = rule("x", require="ip.inventor_share >= half", with_='{ half = "1/2" }', title="half is {half}")
    text += rule("y", each="p in phases", require="p.grant <= limit", with_='{ limit = "HKD 5" }')
    project = '[ip]\ninventor_share = "{}"\n' + GRANT.format(5)
    assert verdicts(checked(text, project.replace("{}", "50%"))) == {"x": "pass", "y[0]": "pass"}
    assert verdicts(checked(text, project.replace("{}", "49.9%")))["x"] == "fail"


# -- windows and look-backs ---------------------------------------------------------------------------

YEARLY = f"[values.per_year]\n{LABEL}value = 2\nsource = \"a\"\n" + rule(
    "x", require="count(a for a in awards if a.scheme == scheme.id and a.on.year == on.year) < per_year"
)  # fmt: skip


def award(day, scheme="xx/small"):
    return f'[[awards]]\nscheme = "{scheme}"\non = {day}\n'


@pytest.mark.parametrize(
    ("awards", "expected"),
    [
        ("awards = []\n", "pass"),
        (award("2025-01-01"), "pass"),
        (award("2025-01-01") + award("2025-12-31"), "fail"),
        (award("2025-01-01") + award("2024-12-31"), "pass"),
        (award("2025-01-01") + award("2025-03-03", "xx/other"), "pass"),
        (award("2025-01-01") + '[[awards]]\nscheme = "xx/small"\n', "unknown"),
        (award("2024-01-01") + '[[awards]]\nscheme = "xx/small"\n', "pass"),  # at most one: it can't matter
        ("", "unknown"),
        (award("2025-01-01") + '[incomplete]\nlists = ["awards"]\n', "unknown"),
        (award("2025-01-01") * 2 + '[incomplete]\nlists = ["awards"]\n', "fail"),
    ],
)
def test_awards_a_year(awards, expected):
    top = awards if awards.startswith("awards =") else ""
    head = top + '[project]\ntitle = "T"\ncurrency = "HKD"\ndates = { submitted = 2025-06-01 }\n'
    assert verdicts(checked(YEARLY, "" if top else awards, head=head)) == {"x": expected}


# -- open or shut -------------------------------------------------------------------------------------

PLAIN = rule("x", require="true")


def opened(scheme_text, moment, head=HEAD, award=""):
    line = f"dates = {{ submitted = {moment}{award} }}\n" if moment else ""
    project = read_project(head=f'[project]\ntitle = "T"\ncurrency = "HKD"\n{line}')
    return check.check(project, read_scheme(scheme_text, head)).open


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-01-09", ("not-yet", None)),
        ("2024-01-10", ("open", "c1")),
        ("2024-01-20", ("open", "c1")),
        ("2024-01-21", ("not-yet", None)),
        ("2025-01-20", ("open", "c2")),
        ("2025-01-21", ("closed", None)),
        ("", ("unknown", None)),
    ],
)
def test_calls(day, expected):
    found = opened(CALLS + PLAIN, day)
    assert (found.status, found.call) == expected
    if expected[0] == "not-yet":
        following = DAY(2025, 1, 10) if day > "2024-01-20" else DAY(2024, 1, 10)
        assert found.opens == following


def test_without_calls_it_is_not_known():
    assert opened(PLAIN, "2024-01-10").status == "unknown"


def test_suspensions():
    stop = '[[suspended]]\nfrom = 2024-01-12\nuntil = 2024-01-13\nsource = "a"\n'
    found = [opened(CALLS + stop + PLAIN, f"2024-01-{day}").status for day in (11, 12, 13, 14)]
    assert found == ["open", "suspended", "suspended", "open"]
    for_good = stop.replace("until = 2024-01-13\n", "")
    assert opened(CALLS + for_good + PLAIN, "2025-01-15").status == "suspended"
    assert opened(for_good + PLAIN, "2025-01-15").status == "suspended"  # also without calls
    by_award = stop.replace("[[suspended]]", '[[suspended]]\non = "award"')
    assert opened(CALLS + by_award + PLAIN, "2024-01-12", award=", award = 2024-02-12").status == "open"
    assert opened(CALLS + by_award + PLAIN, "2024-01-15", award=", award = 2024-01-13").status == "suspended"
    assert opened(CALLS + by_award + PLAIN, "2024-01-15").status == "unknown"  # the date isn't stated


TIMED = '[[calls]]\nid = "c"\nopens = "2024-04-02 09:00"\ncloses = "2024-04-24 11:00"\nsource = "a"\n' + PLAIN
LONDON = 'zone = "Europe/London"\n' + HEAD


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2024-04-01", "not-yet"),
        ("2024-04-02", "unknown"),
        ("2024-04-02T08:59:59", "not-yet"),
        ("2024-04-02T09:00:00", "open"),
        ("2024-04-23", "open"),
        ("2024-04-24", "unknown"),  # the time of day decides
        ("2024-04-24T11:00:00", "open"),
        ("2024-04-24T11:00:01", "closed"),
        ("2024-04-24T10:00:00Z", "open"),  # summer time: 11:00 in London
        ("2024-04-24T10:00:01Z", "closed"),
        ("2024-04-24T18:00:00+08:00", "open"),
        ("2024-04-24T18:00:01+08:00", "closed"),
        ("2024-04-25", "closed"),
    ],
)
def test_times_of_day(moment, expected):
    assert opened(TIMED, moment, LONDON).status == expected


def test_the_day_of_a_moment_is_that_of_the_scheme_s_zone():
    """23:30 in Honolulu is the next day in Hong Kong: for the window and for the rules alike."""
    head = 'zone = "Asia/Hong_Kong"\n' + HEAD
    text = CALLS + rule("x", require="true", from_="2024-01-21")
    project = read_project(head=SUBMITTED.format("2024-01-20T23:30:00-10:00"))
    result = check.check(project, read_scheme(text, head))
    assert (str(result.as_of), result.open.status) == ("2024-01-21", "not-yet")
    assert verdicts(result) == {"x": "pass"}
    local = check.check(read_project(head=SUBMITTED.format("2024-01-20T23:30:00")), read_scheme(text, head))
    assert (str(local.as_of), local.open.status, verdicts(local)) == ("2024-01-20", "open", {})


def test_a_moment_without_a_zone_to_read_it_in():
    """The day is the one that is written: nothing shifts it."""
    for moment in ("2024-01-20T23:59:59", "2024-01-20T23:59:59-10:00", "2024-01-20T00:00:01+14:00"):
        assert opened(CALLS + PLAIN, moment).status == "open"


def test_shut_is_not_ineligible():
    head = SUBMITTED.format("2030-01-01")
    result = checked(CALLS + PLAIN, head=head)
    assert (result.verdict, result.open.status) == ("eligible", "closed")


# -- what to ask next ---------------------------------------------------------------------------------


def test_conditions_before_consequences():
    text = (
        TRUTHS
        + rule("x", when="own.one", require="own.three")
        + rule("y", when="own.two", require="own.three")
    )
    assert checked(text).ask_next == ("own.one", "own.two", "own.three")
    assert checked(text, answers(one=False)).ask_next == ("own.two", "own.three")
    assert checked(text, answers(one=True)).ask_next == ("own.three", "own.two")
    assert checked(text, answers(one=False, two=False)).ask_next == ()


def test_what_settles_most_comes_first():
    text = TRUTHS + "".join(
        rule(f"r{i}", require=f"own.{a} and own.{b}")
        for i, (a, b) in enumerate((("one", "four"), ("two", "four"), ("three", "four")))
    )
    assert checked(text).ask_next == ("own.four", "own.one", "own.two", "own.three")


def test_what_no_longer_matters_is_not_asked():
    text = TRUTHS + f'[values.need]\n{LABEL}value = 2\nsource = "a"\n'
    text += rule("x", require="count(own.one, own.two, own.three) >= need")
    assert checked(text, answers(one=True)).ask_next == ("own.two", "own.three")
    assert checked(text, answers(one=True, two=True)).ask_next == ()
    assert checked(text, answers(one=False, two=False)).ask_next == ()


RULES = st.lists(
    st.tuples(
        st.sampled_from([None, "own.one", "not own.two", "own.one or own.three", "own.two and own.four"]),
        st.sampled_from(["own.three", "own.one and own.two", "own.two or not own.four", "not own.four"]),
        st.sampled_from(["require", "prefer"]),
    ),
    min_size=1,
    max_size=4,
)


@given(RULES, st.fixed_dictionaries(dict.fromkeys(("one", "two", "three", "four"), st.booleans())))
@settings(max_examples=60, deadline=None)
def test_answering_what_is_asked_ends_in_no_unknown(rules, truth):
    made = [
        rule(f"r{i}", **({"when": when} if when else {}), **{kind: text})
        for i, (when, text, kind) in enumerate(rules)
    ]
    small = read_scheme(TRUTHS + "".join(made))
    told = {}
    while (result := check.check(read_project(answers(**told)), small)).ask_next:
        name = result.ask_next[0].removeprefix("own.")
        assert name not in told
        told[name] = truth[name]
    assert "unknown" not in verdicts(result).values()
    # and what was not asked would have changed nothing, but that a rule is met or does not apply
    everything = verdicts(check.check(read_project(answers(**truth)), small))
    assert {k: v.replace("n/a", "pass") for k, v in everything.items()} == {
        k: v.replace("n/a", "pass") for k, v in verdicts(result).items()
    }


# -- receipts -----------------------------------------------------------------------------------------


def test_receipts():
    project, text = GRANT.format(5), dated('value = "HKD 10"') + CAP
    first = checked(text, project)
    assert checked(text, project).receipt == first.receipt
    assert checked(text, project.replace("5", "6")).receipt.project_hash != first.receipt.project_hash
    assert checked(text, project + "# more\n").receipt.project_hash != first.receipt.project_hash
    assert checked(text + "# more\n", project).receipt.scheme_hash != first.receipt.scheme_hash
    crlf = project.replace("\n", "\r\n")
    assert checked(text, crlf, head=SUBMITTED.format("2025-01-01").replace("\n", "\r\n")).receipt == (
        checked(text, project, head=SUBMITTED.format("2025-01-01")).receipt
    )


def test_the_same_receipt_gives_the_same_answer():
    """Settings in another order may give other data: then the hash is another."""
    settings_ = ["applicant.type=company", "applicant.type=university"]
    one, other = (read_project(settings=order) for order in itertools.permutations(settings_))
    assert one.data["applicant"] != other.data["applicant"]
    assert one.hash != other.hash
    assert read_project(settings=settings_).hash in (one.hash, other.hash)
    assert read_project().hash not in (one.hash, other.hash)


# -- findings of a review -----------------------------------------------------------------------------


def test_two_bodies_that_are_not_listed_may_be_the_same_or_not():
    text = rule("same", each="m in team", require="m.body == applicant.body") + rule(
        "two", require="count(distinct(m.body for m in team)) > 1"
    )
    other = '[applicant]\nbody = "other"\n[[team]]\nbody = "other"\n[[team]]\nbody = "hku"\n'
    assert verdicts(checked(text, other)) == {"same[0]": "unknown", "same[1]": "fail", "two": "pass"}
    both = other.replace('"hku"', '"other"')
    assert verdicts(checked(text, both))["two"] == "unknown"


def test_which_call_it_is_may_hang_on_the_time_of_day():
    text = (
        '[[calls]]\nid = "c1"\nopens = 2025-10-01\ncloses = "2025-10-20 12:00"\nsource = "a"\n'
        '[[calls]]\nid = "c2"\nopens = "2025-10-20 12:01"\ncloses = 2025-11-20\nsource = "a"\n'
        '[values.least]\nlabel = { en = "Least" }\n'
        'at = [{ call = "c1", value = "10%", source = "a" }, { call = "c2", value = "90%", source = "a" }]\n'
    ) + rule("x", require="ip.inventor_share >= least")
    head = 'zone = "Asia/Hong_Kong"\n' + HEAD
    project_ = read_project(
        '[ip]\ninventor_share = "65%"\n', head=PROJECT + "[project.dates]\nsubmitted = 2025-10-20\n"
    )
    result = check.check(project_, read_scheme(text, head))
    assert (result.open.status, result.open.why, result.verdict) == ("unknown", "time", "undetermined")
    assert result.ask_next[0] == "project.dates.submitted"


def test_a_suspension_is_read_in_the_scheme_s_zone():
    text = (
        '[[calls]]\nid = "c"\nopens = 2025-10-01\ncloses = 2025-11-20\nsource = "a"\n'
        '[[suspended]]\nfrom = 2025-11-01\nsource = "a"\n'
    ) + rule("x", require="true")
    head = 'zone = "Asia/Hong_Kong"\n' + HEAD
    moment = PROJECT + "[project.dates]\nsubmitted = 2025-10-31T20:00:00Z\n"  # 4 in the morning, 1 November
    assert check.check(read_project(head=moment), read_scheme(text, head)).open.status == "suspended"


def test_a_judged_rule_still_needs_its_evidence():
    text = (
        '[facts.letters]\ntype = "truth"\nlabel = { en = "L" }\nask = { en = "L?" }\n'
        + rule("j", judge='{ en = "Is it?" }', evidence='["own.letters"]')
        + rule("hard", require="true")
    )
    said_ = judgement("j")
    assert verdicts(checked(text, said_))["j"] == "review"
    shown = said_ + '[[evidence]]\nfact = "own.letters"\nref = "letter.pdf"\n'
    assert verdicts(checked(text, shown))["j"] == "pass"


def test_what_mends_a_disputed_figure_mends_it_under_every_reading():
    text = (
        '[values.least]\nlabel = { en = "Least" }\n'
        'either = [{ value = "60%", source = "a" }, { value = "70%", source = "b" }]\n'
    ) + rule("x", require="ip.inventor_share >= least")
    [finding] = checked(text, '[ip]\ninventor_share = "50%"\n').findings
    assert finding.verdict == "fail"
    assert [remedy.values for remedy in finding.remedies] == [(Fraction(7, 10),)]


def test_two_versions_of_one_day_are_refused():
    text = (
        '[values.least]\nlabel = { en = "Least" }\nat = [\n'
        '  { from = 2024-01-01, value = 1, source = "a" },\n'
        '  { from = 2024-01-01, until = 2024-12-31, value = 2, source = "a" },\n]\n'
    ) + rule("x", require="true")
    assert [one.code for one in refused(read_scheme, text)] == ["S204"]


def test_the_deciding_part_of_an_or_is_measured():
    text = rule("x", require="ip.inventor_share >= low or ip.background_inventor_share >= low",
                with_='{ low = "50%" }')  # fmt: skip
    [finding] = checked(text, '[ip]\ninventor_share = "40%"\nbackground_inventor_share = "60%"\n').findings
    assert finding.measured.margin == Fraction(1, 10)


def test_a_rule_s_own_figures_can_be_used_in_its_clause():
    text = rule("x", each="p in phases if p.start >= first", require="p.end >= first",
                with_="{ first = 2025-01-01 }")  # fmt: skip
    phases = "".join(
        f'[[phases]]\nid = "p{year}"\nstart = {year}-01-01\nend = {year}-12-31\n' for year in (2024, 2025)
    )
    assert verdicts(checked(text, phases)) == {"x[p2025]": "pass"}


def test_shares_differ_by_percentage_points():
    text = rule("x", require="ip.inventor_share >= least", with_='{ least = "70%" }')
    page = console.draw(view.page([checked(text, '[ip]\ninventor_share = "2/3"\n')], "en"))
    assert "short by 10/3 percentage points" in page  # 70 less 66 2/3
