"""Cases of schemes of Israel, Germany, Japan and Korea that were derived by hand from their sources.

Each has its facts as a person would list them, the verdict of each rule and the figures worked out. The
mappings to a project see the facts alone. A condition that is tested only after selection is for review here.
"""

import datetime
from fractions import Fraction

import pytest
from cases import check_case, day, figure, result_of

M = 1_000_000

# id and title, scheme, facts, overall, verdict by rule, figures
CASES = [
    ("il-generic-nested: one limb of two holds", "il/generic-rd",
     {"sales_usd": 65000000, "rd_staff_israel": 250, "rd_budget_usd": 21000000},
     "eligible", {"large": "pass"}, {"limb_a": False, "limb_b": True}),
    ("il-hybrid-seed-cap: 40% of the round is above the ceiling", "il/hybrid-seed",
     {"round_nis": 9000000, "raised_before_nis": 3400000, "term_sheet": True,
      "underrepresented_share_percent": 20, "periphery": False},
     "eligible", {"raised_limit": "pass", "term_sheet": "pass"},
     {"rate": Fraction(2, 5), "raw_nis": 3_600_000, "max_grant_nis": 3_500_000}),
    ("il-hybrid-seed-uplift: under-represented founders hold a third", "il/hybrid-seed",
     {"round_nis": 6000000, "raised_before_nis": 1000000, "term_sheet": True,
      "underrepresented_share_percent": 33, "periphery": False},
     "eligible", {"raised_limit": "pass", "term_sheet": "pass", "uplift": "pass"},
     {"rate": Fraction(1, 2), "max_grant_nis": 3_000_000}),
    ("de-zim-coop-young: cost counts up to the ceiling", "de/zim-cooperation",
     {"size": "small", "young": True, "weak_region": False, "cost_eur": 600000, "own_personnel_eur": 300000,
      "third_party_eur": 105000, "application": "2025-03-01"},
     "eligible", {"third_party": "pass", "personnel_half": "pass"},
     {"eligible_cost_eur": 560_000, "rate": Fraction(1, 2), "max_grant_eur": 280_000,
      "third_party_limit_eur": 105_000}),
    ("de-exist-student-majority: two of three are students", "de/exist-gruendungsstipendium",
     {"team": ["student", "student", "graduate"], "years_since_degree": [None, None, 1],
      "student_half_done": [True, True, None], "company_founded": False, "application": "2026-05-01"},
     "ineligible", {"team_size": "pass", "student_majority": "fail", "student_progress": "pass",
                    "not_founded": "pass", "window": "pass"}, {}),
    ("de-exist-two-exceptions: only one member may be older", "de/exist-gruendungsstipendium",
     {"team": ["graduate", "graduate", "phd"], "years_since_degree": [6, 7, 1], "company_founded": False,
      "application": "2026-05-01"},
     "ineligible", {"team_size": "pass", "five_year_rule": "fail"}, {}),
    ("jp-dtsu-sts-no-partner: the plain ceiling binds", "jp/nedo-dtsu-sts",
     {"subsidised_cost_jpy": 600000000, "request_jpy": 400000000, "operating_company_link": False,
      "overseas_trial": False, "listed": False, "sme": True, "incorporated_in_japan": True},
     "ineligible", {"rate": "pass", "cap": "fail"}, {"rate_limit_jpy": 400 * M, "cap_jpy": 300 * M}),
    ("jp-dtsu-sts-preincorporation: a legal person only after selection", "jp/nedo-dtsu-sts",
     {"subsidised_cost_jpy": 600000000, "request_jpy": 400000000, "operating_company_link": True,
      "incorporated_in_japan": False, "plan_incorporate_within_days_of_selection": 25, "sme": True,
      "listed": False},
     "review", {"rate": "pass", "cap": "pass", "legal_person": "review"}, {"cap_jpy": 500 * M}),
    ("kr-tips-operator-capital-2025: before the floor was raised", "kr/tips",
     {"region": "capital", "application": "2025-06-10", "operator_investment_krw": 120000000, "age_years": 4},
     "eligible", {"operator_investment": "pass"}, {"floor_krw": 100 * M, "max_rd_grant_krw": 500 * M}),
    ("kr-tips-linked-match: the whole share suffices, its parts do not", "kr/tips-link",
     {"total_cost_krw": 140000000, "government_krw": 98000000, "own_cash_krw": 12000000,
      "own_in_kind_krw": 30000000},
     "ineligible",
     {"grant_cap": "pass", "own_share": "pass", "cash_floor": "fail", "in_kind_ceiling": "fail"},
     {"own_share": Fraction(3, 10), "cash": Fraction(3, 35), "in_kind": Fraction(3, 14)}),
]  # fmt: skip
RULES = {  # their rules as ours
    "raised_limit": ["raised"],
    "term_sheet": ["term-sheet"],
    "third_party": ["third-party"],
    "personnel_half": ["personnel"],
    "team_size": ["team-size"],
    "student_majority": ["student-majority"],
    "student_progress": ["student-progress"],
    "not_founded": ["not-founded"],
    "five_year_rule": ["five-years"],
    "legal_person": ["legal-person", "legal-person-now"],
    "operator_investment": ["operator-money"],
    "grant_cap": ["grant-most"],
    "own_share": ["own-share"],
    "cash_floor": ["cash"],
    "in_kind_ceiling": ["in-kind"],
}
FIGURES = {  # theirs as ours
    "raw_nis": "uncapped",
    "max_grant_nis": "available",
    "eligible_cost_eur": "counted",
    "max_grant_eur": "available",
    "third_party_limit_eur": "third_party_most",
    "rate_limit_jpy": "rate_limit",
    "cap_jpy": "cap",
    "floor_krw": "floor",
    "max_rd_grant_krw": "available",
    "own_share": "own_part",
    "cash": "cash_part",
    "in_kind": "in_kind_part",
}
ROLES = {  # what a member of an EXIST team is
    "student": {"kind": "undergraduate"},
    "graduate": {"kind": "alumnus", "degree": "master"},
    "phd": {"kind": "alumnus", "degree": "doctor"},
}
PLACES = {"capital": "kr-capital", "elsewhere": "kr"}


def years_before(date, years):
    return date.replace(year=date.year - years)


def funded(name, *lines):
    """One phase with its funding lines: payer, form, amount."""
    return [{"id": name, "funding": [{"payer": p, "form": f, "amount": a} for p, f, a in lines]}]


def israel_generic(facts):
    return {
        "project": {"currency": "USD"},
        "applicant": {"turnover": facts["sales_usd"]},
        "own": {"rd_staff": facts["rd_staff_israel"], "rd_budget": facts["rd_budget_usd"]},
    }


def israel_hybrid(facts):
    return {
        "project": {"currency": "ILS"},
        "own": {
            "round": facts["round_nis"],
            "raised_before": facts["raised_before_nis"],
            "term_sheet": facts["term_sheet"],
            "under_represented_share": f"{facts['underrepresented_share_percent']}%",
            "development_area_a": facts["periphery"],
        },
    }


def zim(facts):
    applied = day(facts["application"])
    named = {"staff": facts["own_personnel_eur"], "subcontracting": facts["third_party_eur"]}
    costs = named | {"other": facts["cost_eur"] - sum(named.values())}
    return {
        "project": {"currency": "EUR", "dates": {"submitted": applied}},
        "applicant": {
            "size": facts["size"],
            "incorporated": years_before(applied, 5 if facts["young"] else 15),
        },
        "phases": [{"id": "part", "costs": [{"category": c, "amount": a} for c, a in costs.items()]}],
        "own": {"weak_region": facts["weak_region"]},
    }


def exist(facts):
    team = []
    for role, years in zip(facts["team"], facts["years_since_degree"], strict=True):
        since = {} if years is None else {"years_since_degree": years}
        team.append({**ROLES[role], "technical": False, **since})
    own = {"company_founded": facts["company_founded"]}
    if "student_half_done" in facts:
        own["students_half_done"] = all(half for half in facts["student_half_done"] if half is not None)
    return {
        "project": {"currency": "EUR", "dates": {"submitted": day(facts["application"])}},
        "team": team,
        "own": own,
    }


def nedo(facts):
    own = {"sme": facts["sme"], "operating_company_link": facts["operating_company_link"]}
    if "overseas_trial" in facts:
        own["overseas_trial"] = facts["overseas_trial"]
    if "plan_incorporate_within_days_of_selection" in facts:  # of whatever day
        selected = datetime.date(2026, 3, 10)
        days = facts["plan_incorporate_within_days_of_selection"]
        own["expected_selection"] = selected
        own["planned_incorporation"] = selected + datetime.timedelta(days)
    asked = facts["request_jpy"]
    return {
        "project": {"currency": "JPY"},
        "applicant": {
            "place": "jp",
            "legal_person": facts["incorporated_in_japan"],
            "listed": facts["listed"],
        },
        "phases": funded(
            "sts",
            ("scheme", "cash", asked),
            ("applicant", "cash", facts["subsidised_cost_jpy"] - asked),
        ),
        "own": own,
    }


def tips(facts):
    applied = day(facts["application"])
    return {
        "project": {"currency": "KRW", "dates": {"submitted": applied}},
        "applicant": {
            "place": PLACES[facts["region"]],
            "incorporated": years_before(applied, facts["age_years"]),
        },
        "investments": [{"kind": "operator", "amount": facts["operator_investment_krw"]}],
    }


def tips_link(facts):
    lines = [
        ("scheme", "cash", facts["government_krw"]),
        ("applicant", "cash", facts["own_cash_krw"]),
        ("applicant", "in-kind", facts["own_in_kind_krw"]),
    ]
    assert sum(amount for *_, amount in lines) == facts["total_cost_krw"]
    return {"project": {"currency": "KRW"}, "phases": funded("commercialisation", *lines)}


MAPPINGS = {
    "il/generic-rd": israel_generic,
    "il/hybrid-seed": israel_hybrid,
    "de/zim-cooperation": zim,
    "de/exist-gruendungsstipendium": exist,
    "jp/nedo-dtsu-sts": nedo,
    "kr/tips": tips,
    "kr/tips-link": tips_link,
}


def result(scheme, facts):
    """The result of a case; one without a date is checked as of the day the scheme was reviewed."""
    data = MAPPINGS[scheme](facts)
    own = data.pop("own", None)
    return result_of(scheme, data | ({"answers": {scheme: own}} if own else {}))


@pytest.mark.parametrize(
    ("scheme", "facts", "overall", "expected", "figures"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_cases(scheme, facts, overall, expected, figures):
    found = result(scheme, facts)
    check_case(found, expected, RULES, overall)
    assert {name: figure(found, FIGURES.get(name, name)) for name in figures} == figures


def test_a_condition_of_after_selection_is_named():
    facts = next(c[2] for c in CASES if c[0].startswith("jp-dtsu-sts-preincorporation"))
    found = result("jp/nedo-dtsu-sts", facts)
    [later] = [finding for finding in found.findings if finding.rule.id == "legal-person-now"]
    assert later.verdict == "review"
    assert "after the selection" in later.rule.note["en"]
