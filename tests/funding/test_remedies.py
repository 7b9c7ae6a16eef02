"""Remedies: each, applied to the project, makes the finding pass, and one step short of it does not."""

import copy
import datetime
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small import DAY, checked, read_scheme, rule, verdicts

from ipcalc.funding import check, project, scheme
from ipcalc.inputs import toml
from ipcalc.inputs.toml import Document
from ipcalc.views import check as view

LABEL = 'label = { en = "L" }\n'
RAISE = scheme.load("hk/raise-plus")
EXAMPLE = toml.load(RAISE.document.name).data["example"]


def on(data, found=RAISE):
    return check.check(project.read(Document("data", "", copy.deepcopy(data))), found)


def mended(data, finding, remedy, value, found=RAISE):
    """The finding's verdict with the remedy's fact at a value. A sum of money is moved by its first line."""
    changed = copy.deepcopy(data)
    *where, last = remedy.path.split(".")
    node = changed
    for part in where:
        ids = [str(item.get("id", i)) for i, item in enumerate(node)] if isinstance(node, list) else []
        node = node[ids.index(part)] if ids else node.setdefault(part, {})
    if remedy.fact is None:
        move(changed if where == ["project"] else node, last, value)
    else:
        exact = isinstance(value, int | Fraction) and not isinstance(value, bool)
        node[last] = amount(value) if remedy.type.kind == "money" else str(value) if exact else value
        if remedy.type.kind == "count":
            node[last] = value
    result = on(changed, found)
    return next(f for f in result.findings if (f.rule.id, f.scope) == (finding.rule.id, finding.scope))


def amount(minor):
    assert minor >= 0 and Fraction(minor).denominator == 1
    return f"{minor // 100}.{minor % 100:02}"


LINES = {
    "grant": {"payer": "scheme", "form": "cash"},
    "industry": {"payer": "industry", "form": "cash"},
    "university": {"payer": "university", "form": "cash"},
    "matching_cash": {"payer": "university", "form": "cash"},
    "matching_in_kind": {"payer": "university", "form": "in-kind"},
}
BELONGS = {
    "grant": lambda f: f["payer"] == "scheme",
    "industry": lambda f: f["payer"] == "industry",
    "university": lambda f: f["payer"] == "university",
    "matching_cash": lambda f: f["payer"] != "scheme" and f["form"] == "cash",
    "matching_in_kind": lambda f: f["payer"] != "scheme" and f["form"] == "in-kind",
}


def move(node, name, value):
    """Make a derived sum a value: its lines give way to one."""
    phases = node.get("phases", [node])
    for phase in phases:
        phase["funding"] = [line for line in phase["funding"] if not BELONGS[name](line)]
    phases[0]["funding"].append(LINES[name] | {"amount": amount(value)})


def step(remedy):
    """One step from a remedy's value towards what the project has."""
    value, back = remedy.values[0], -1 if remedy.bound == "at-least" else 1
    if isinstance(value, datetime.date):
        return value + datetime.timedelta(days=back)
    unit = 1 if remedy.type.kind in ("money", "count") else Fraction(1, 10**6)
    return value + back * unit


def holds_exactly(data, found=RAISE):
    """Every remedy of a project's findings mends, and stops short of nothing."""
    seen = 0
    for finding in on(data, found).findings:
        for remedy in finding.remedies:
            if not remedy.alone:
                continue
            for value in remedy.values:
                assert mended(data, finding, remedy, value, found).verdict == "pass", (remedy.path, value)
                seen += 1
            if remedy.bound in ("at-least", "at-most"):
                short = mended(data, finding, remedy, step(remedy), found)
                assert short.verdict != "pass", (remedy.path, step(remedy))
    return seen


def changed(**changes):
    data = copy.deepcopy(EXAMPLE)
    for path, value in changes.items():
        stage, line = path.split("_")
        data["phases"][int(stage[1]) - 1]["funding"][int(line)]["amount"] = value
    return data


def words(result):
    [found] = view.document([result], "en")["results"]
    return {
        (f["rule"], r["fact"]): r["words"] for f in found["findings"] for r in f["remedies"]
    }  # fmt: skip


# -- by hand ------------------------------------------------------------------------------------------


def test_matching_at_two_to_one():
    """40m against 12m of industry and 6m of the university: at most 2 × 18m."""
    data = changed(s1_0=40_000_000, s1_1=12_000_000)
    said = words(on(data))
    rule_ = "stage-1-match"
    assert said[rule_, "phases.stage-1.grant"] == "lower grant asked for [stage-1] to HKD 36,000,000 or less"
    assert said[rule_, "phases.stage-1.industry"] == (
        "raise industry's contribution [stage-1] to HKD 14,000,000 or more"
    )
    assert said[rule_, "phases.stage-1.university"] == (
        "raise university's contribution [stage-1] to HKD 8,000,000 or more"
    )
    assert holds_exactly(data) == 3


def test_a_cent_over():
    data = changed(s1_0="24_000_000.01")
    said = words(on(data))
    assert said["stage-1-match", "phases.stage-1.grant"].endswith("HKD 24,000,000 or less")
    # half a cent does not exist: the next whole one
    assert said["stage-1-match", "phases.stage-1.industry"].endswith("HKD 6,000,000.01 or more")
    holds_exactly(data)


def test_strict_comparisons():
    """More than nothing is a cent."""
    data = copy.deepcopy(EXAMPLE)
    data["phases"][0]["funding"][2]["payer"] = "industry"
    [finding] = [f for f in on(data).findings if f.verdict == "fail"]
    assert finding.rule.id == "stage-1-both-contribute"
    assert [(r.path, r.bound, r.values) for r in finding.remedies] == [
        ("phases.stage-1.university", "at-least", (1,))
    ]
    holds_exactly(data)


def test_a_share():
    data = copy.deepcopy(EXAMPLE)
    data["ip"]["inventor_share"] = "1/3"
    [finding] = [f for f in on(data).findings if f.verdict == "fail"]
    [remedy] = finding.remedies
    assert (remedy.path, remedy.bound, remedy.values) == ("ip.inventor_share", "at-least", (Fraction(7, 10),))
    assert words(on(data))["ip-share", "ip.inventor_share"].endswith("to 70% or more")
    assert holds_exactly(data) == 1


@pytest.mark.parametrize(
    ("first", "last", "ends", "starts"),
    [
        (DAY(2026, 4, 1), DAY(2029, 4, 1), DAY(2029, 3, 31), DAY(2026, 4, 2)),
        (DAY(2026, 4, 1), DAY(2035, 1, 1), DAY(2029, 3, 31), DAY(2032, 1, 2)),
        (DAY(2024, 2, 29), DAY(2027, 2, 28), DAY(2027, 2, 27), DAY(2024, 3, 1)),
        (DAY(2025, 8, 31), DAY(2028, 8, 31), DAY(2028, 8, 30), DAY(2025, 9, 1)),
        (DAY(2026, 3, 1), DAY(2029, 2, 28), None, None),
    ],
)
def test_dates(first, last, ends, starts):
    """The latest end and the earliest start of three years."""
    data = copy.deepcopy(EXAMPLE)
    data["phases"] = [data["phases"][1] | {"start": first, "end": last}]
    data["answers"]["hk/raise-plus"]["maturity"] = "finished"
    [finding] = [f for f in on(data).findings if f.rule.id == "stage-2-only-length"]
    found = {r.path: (r.bound, r.values[0]) for r in finding.remedies}
    if ends is None:
        assert (finding.verdict, found) == ("pass", {})
        return
    assert found == {
        "phases.stage-2.end": ("at-most", ends),
        "phases.stage-2.start": ("at-least", starts),
    }
    holds_exactly(data)


def test_a_choice():
    data = copy.deepcopy(EXAMPLE)
    data["phases"][0]["funding"][1]["instrument"] = "loan"
    [finding] = [f for f in on(data).findings if f.verdict == "review"]
    by_path = {remedy.path: set(remedy.values) for remedy in finding.remedies}
    kept = {"grant", "sponsorship", "donation", "investment", "other"}
    assert by_path["phases.stage-1.funding.1.instrument"] == kept
    assert holds_exactly(data) > 0


def test_what_is_allowed_of_bodies():
    data = copy.deepcopy(EXAMPLE)
    data["team"][1]["body"] = "cuhk"
    [finding] = [f for f in on(data).findings if f.verdict == "fail"]
    assert ("team.1.body", ("hku",)) in [(r.path, r.values) for r in finding.remedies]


def test_two_parts_at_once():
    data = copy.deepcopy(EXAMPLE)
    data["applicant"] = {"type": "company", "body": "other"}
    [finding] = [f for f in on(data).findings if f.rule.id == "applicant"]
    assert [(r.path, r.alone) for r in finding.remedies] == [
        ("applicant.type", False),
        ("applicant.body", False),
    ]
    assert finding.remedies[0].values == ("university",)
    assert set(finding.remedies[1].values) == {member.id for member in RAISE.groups["ugc_funded"].members}


def test_joint_remedies_mend_together():
    text = rule("x", require="project.grant >= least and ip.inventor_share >= half",
                with_='{ least = "HKD 5", half = "1/2" }')  # fmt: skip
    given_ = '[[phases]]\nfunding = [{ payer = "scheme", amount = 4 }]\n[ip]\ninventor_share = "40%"\n'
    [finding] = checked(text, given_).findings
    assert [(r.path, r.values, r.alone) for r in finding.remedies] == [
        ("project.grant", (500,), False),
        ("ip.inventor_share", (Fraction(1, 2),), False),
    ]
    after = given_.replace("amount = 4", "amount = 5").replace("40%", "50%")
    assert verdicts(checked(text, after)) == {"x": "pass"}


def test_a_lever_that_serves_both_parts_is_enough_alone():
    text = rule("x", require="project.grant >= low and project.grant >= high",
                with_='{ low = "HKD 5", high = "HKD 6" }')  # fmt: skip
    [finding] = checked(text, '[[phases]]\nfunding = [{ payer = "scheme", amount = 4 }]\n').findings
    assert [(r.path, r.values, r.alone) for r in finding.remedies] == [("project.grant", (600,), True)]


def test_nothing_is_offered_where_nothing_helps():
    text = rule("x", require="project.grant >= low and project.grant <= high",
                with_='{ low = "HKD 6", high = "HKD 5" }')  # fmt: skip
    [finding] = checked(text, '[[phases]]\nfunding = [{ payer = "scheme", amount = 4 }]\n').findings
    assert (finding.verdict, finding.remedies) == ("fail", ())


def test_disputes_and_judgements_have_no_remedies():
    text = (
        f'[values.most]\n{LABEL}either = [{{ value = "HKD 10", source = "a" }}, '
        '{ value = "HKD 20", source = "b" }]\n'
    )
    text += rule("cap", require="project.grant <= most") + rule("j", judge='{ en = "?" }')
    result = checked(text, '[[phases]]\nfunding = [{ payer = "scheme", amount = 15 }]\n')
    assert {f.verdict for f in result.findings} == {"review"}
    assert not any(f.remedies for f in result.findings)


def test_finding_remedies_leaves_the_project_as_it_was():
    data = changed(s1_0=40_000_000)
    checker = check.Checker(project.read(Document("data", "", data)), RAISE)
    first, second = checker.result(), checker.result()
    assert [f[:3] for f in first.findings] == [f[:3] for f in second.findings]
    assert [f.remedies for f in first.findings] == [f.remedies for f in second.findings]


# -- over generated projects --------------------------------------------------------------------------

CENTS = st.integers(0, 10**12)


@given(st.tuples(CENTS, CENTS, CENTS, CENTS, CENTS), st.booleans())
@settings(max_examples=80, deadline=None)
def test_money(cents, cash):
    data = changed(**dict(zip(("s1_0", "s1_1", "s1_2", "s2_0", "s2_1"), map(amount, cents), strict=True)))
    data["phases"][0]["funding"][2]["form"] = "cash" if cash else "in-kind"
    del data["judgements"]
    holds_exactly(data)


@given(st.dates(DAY(2000, 1, 1), DAY(2060, 1, 1)), st.integers(0, 4000))
@settings(max_examples=80, deadline=None)
def test_periods(first, days):
    data = copy.deepcopy(EXAMPLE)
    last = first + datetime.timedelta(days=days)
    data["phases"] = [data["phases"][1] | {"start": first, "end": last}]
    data["answers"]["hk/raise-plus"]["maturity"] = "finished"
    result = on(data)
    [finding] = [f for f in result.findings if f.rule.id == "stage-2-only-length"]
    if finding.verdict == "fail":
        assert {r.path for r in finding.remedies} == {"phases.stage-2.start", "phases.stage-2.end"}
    holds_exactly(data)


@given(st.integers(0, 1000), st.integers(0, 10**4))
@settings(max_examples=60, deadline=None)
def test_shares_and_counts(thousandths, count):
    data = copy.deepcopy(EXAMPLE)
    data["ip"]["inventor_share"] = f"{thousandths}/1000"
    data["answers"]["hk/raise-plus"]["university_applications"] = count
    by_rule = {f.rule.id: f for f in on(data).findings}
    assert by_rule["ip-share"].verdict == ("pass" if thousandths >= 700 else "fail")
    if thousandths < 700:
        assert [(r.bound, r.values) for r in by_rule["ip-share"].remedies] == [
            ("at-least", (Fraction(7, 10),))
        ]
    if count > 15:
        [remedy] = by_rule["quota"].remedies
        assert (remedy.path, remedy.bound, remedy.values) == ("own.university_applications", "at-most", (15,))


@given(st.sampled_from(["<", "<=", ">", ">="]), st.integers(1, 50), st.integers(1, 50), st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_every_relation(relation, over, under, cents):
    text = f'[values.rate]\n{LABEL}value = "{over}:{under}"\nsource = "a"\n'
    text += f'[values.base]\n{LABEL}value = "HKD 1234.56"\nsource = "a"\n'
    small = read_scheme(text + rule("x", require=f"project.grant {relation} rate * base"))
    data = {
        "project": {"title": "T", "currency": "HKD"},
        "phases": [{"funding": [{"payer": "scheme", "form": "cash", "amount": amount(cents)}]}],
    }
    [finding] = on(data, small).findings
    assume(finding.verdict == "fail")
    possible = relation != "<" or over * 123456 > 0
    assert bool(finding.remedies) == possible
    holds_exactly(data, small)


def test_no_phase_is_mended_to_end_before_it_begins():
    text = '[values.longest]\nlabel = { en = "L" }\nvalue = "24 months"\nsource = "a"\n' + rule(
        "x", require="project.length <= longest"
    )
    phases = (
        '[[phases]]\nid = "a"\nstart = 2026-04-01\nend = 2029-03-31\n'
        '[[phases]]\nid = "b"\nstart = 2029-04-01\nend = 2031-03-31\n'
    )
    # phase b alone lasts 24 months: no day on which a, as it ends, could begin leaves it in time
    [finding] = checked(text, phases).findings
    assert (finding.verdict, finding.remedies) == ("fail", ())
