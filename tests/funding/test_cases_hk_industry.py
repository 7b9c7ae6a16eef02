"""Cases of Hong Kong's schemes for industry and start-ups that were derived by hand from their sources.

Each has its facts as a person would list them and the verdict of each rule. The mappings to a project see the
facts alone.
"""

import pytest
from cases import check_case, day, result_of, verdict_of

TVP = "non-listed company, HK operation for 6 months, 20 staff"
BUD = "non-listed, business registration, substantive HK operation"

# id and title, scheme, facts, overall, verdict by rule
CASES = [
    ("tsssu-01: a spin-off of Lingnan", "hk/tsssu",
     {"university": "Lingnan University", "company_registration": "2024-06-01",
      "application_deadline": "2025-02-01", "amount_hkd": 1500000, "track": "O"},
     "fail", {"university": "fail", "company_age": "pass", "cap_per_year": "pass"}),
    ("tsssu-02b: two years and a day at the deadline", "hk/tsssu",
     {"university": "HKBU", "track": "O", "company_registration": "2023-01-31",
      "application_deadline": "2025-02-01"},
     "fail", {"company_age": "fail"}),
    ("tsssu-03: less private investment than asked for", "hk/tsssu-plus",
     {"university": "PolyU", "company_registration": "2020-01-15", "application_deadline": "2025-02-01",
      "private_investment_hkd": 1200000, "amount_hkd": 1500000, "track": "+"},
     "fail", {"company_age": "pass", "private_investment": "fail", "cap_per_year": "pass"}),
    ("tsssu-05: TSSSU-O asked for after TSSSU+", "hk/tsssu",
     {"university": "HKUST", "earlier_funding": ["TSSSU+ 2023-24"], "track": "O",
      "company_registration": "2024-01-10", "application_deadline": "2025-02-01", "amount_hkd": 1000000},
     "fail", {"order": "fail", "cap_per_year": "pass"}),
    ("nifs-01a: a third of the cost is just the ceiling", "hk/nifs",
     {"application_date": "2025-01-15", "cost_hkd": 45000000, "request_hkd": 15000000},
     "pass", {"cap": "pass"}),
    ("nifs-01b: above the ceiling, below a third", "hk/nifs",
     {"application_date": "2025-01-15", "cost_hkd": 60000000, "request_hkd": 16000000},
     "fail", {"cap": "fail"}),
    ("nifs-01c: a third is not rounded up", "hk/nifs",
     {"application_date": "2025-01-15", "cost_hkd": 20000000, "request_hkd": 6666667},
     "fail", {"cap": "fail"}),
    ("nias-01: a project of just 300 million", "hk/nias",
     {"application_date": "2025-03-01", "sector": "life and health technology", "cost_hkd": 300000000,
      "government_hkd": 100000000, "enterprise_hkd": 200000000},
     "pass", {"min_cost": "pass", "min_enterprise": "pass", "cap": "pass", "match": "pass"}),
    ("nias-02: 110 million of 300 million", "hk/nias",
     {"application_date": "2025-03-01", "sector": "AI and data science", "cost_hkd": 300000000,
      "government_hkd": 110000000, "enterprise_hkd": 190000000},
     "fail", {"min_cost": "pass", "min_enterprise": "fail", "cap": "fail"}),
    ("nias-04: a third of 700 million", "hk/nias",
     {"application_date": "2025-03-01", "sector": "advanced manufacturing", "cost_hkd": 700000000,
      "government_hkd": 233333333, "enterprise_hkd": 466666667},
     "fail", {"cap": "fail", "min_cost": "pass", "match": "pass"}),
    ("tvp-01b: in March 2018", "hk/tvp",
     {"applicant": TVP, "cost_hkd": 300000, "request_hkd": 225000, "cumulative_before_hkd": 0,
      "application_date": "2018-03-01"},
     "fail", {"ratio": "fail"}),
    ("tvp-01c: in March 2019", "hk/tvp",
     {"applicant": TVP, "cost_hkd": 300000, "request_hkd": 225000, "cumulative_before_hkd": 0,
      "application_date": "2019-03-01"},
     "fail", {"ratio": "fail"}),
    ("tvp-01d: on the first day of 3:1", "hk/tvp",
     {"applicant": TVP, "cost_hkd": 300000, "request_hkd": 225000, "cumulative_before_hkd": 0,
      "application_date": "2020-04-01"},
     "pass", {"ratio": "pass"}),
    ("bud-01a: half and half, in the last minute of 1:1", "hk/bud",
     {"applicant": BUD, "received": "2025-03-13T23:59", "government_hkd": 500000, "enterprise_hkd": 500000},
     "pass", {"match": "pass"}),
    ("bud-01b: half and half, in the first moment of 1:3", "hk/bud",
     {"applicant": BUD, "received": "2025-03-14T00:00", "government_hkd": 500000, "enterprise_hkd": 500000},
     "fail", {"match": "fail"}),
    ("bud-03: after the merger of 2026", "hk/bud",
     {"received": "2026-08-01", "request_hkd": 200000, "enterprise_hkd": 600000},
     "unknown", {"match": "unknown"}),
    ("itvf-01c: 300 million beside 900 million", "hk/itvf-enhanced",
     {"application_date": "2025-02-01", "raised_hkd": 900000000, "government_hkd": 300000000},
     "fail", {"range": "fail"}),
    ("accel-01c: a day late", "hk/it-accelerator",
     {"date": "2026-05-01", "gov_hkd": 20000000, "own_hkd": 40000000},
     "fail", {"window": "fail"}),
]  # fmt: skip
CYBERPORT = {"intake": "Dec 2025", "applications": ["CCMF", "CIP"], "same_project": True}  # ccmf-02

RULES = {  # a case's rules as ours, where they are not called the same
    "hk/tsssu": {"company_age": ["company-age"], "cap_per_year": ["year-most"]},
    "hk/tsssu-plus": {
        "company_age": ["company-age"], "cap_per_year": ["year-most"],
        "private_investment": ["private-investment"],
    },
    "hk/nifs": {"cap": ["cost-share", "most"]},
    "hk/nias": {"min_cost": ["least-cost"], "min_enterprise": ["least-own"], "cap": ["cost-share", "most"]},
    "hk/tvp": {"ratio": ["match", "ceiling"]},
    "hk/itvf-enhanced": {"range": ["least", "most"]},
    "hk/it-accelerator": {"window": ["window"]},
}  # fmt: skip
SECTORS = {
    "life and health technology": "life-health",
    "AI and data science": "ai-data",
    "advanced manufacturing": "manufacturing-energy",
}
TRACKS = {"TSSSU+ 2023-24": "hk/tsssu-plus"}


def money(grant, others, payer="applicant"):
    """One phase, paid by the scheme and one other."""
    lines = [{"payer": "scheme", "form": "cash", "amount": grant}]
    lines += [{"payer": payer, "form": "cash", "amount": others}] if others is not None else []
    return {"phases": [{"id": "project", "funding": lines}]}


def submitted(text):
    return {"project": {"dates": {"submitted": day(text)}}}


def applicant(text):
    """An applicant as the cases put it in words."""
    words = [word.strip() for word in text.split(",")]
    found = {"listed": not any(word.startswith("non-listed") for word in words)}
    found["operating"] = any("operation" in word for word in words)
    for word in words:
        if word.endswith(" staff"):
            found["staff"] = int(word.split()[0])
        if word == "business registration":
            found["business_registration"] = True
    return {"applicant": found}


def tsssu(facts):
    own = {"university": facts["university"], "deadline": day(facts["application_deadline"])}
    data = {
        "applicant": {"incorporated": day(facts["company_registration"])},
        "awards": [{"scheme": TRACKS[one], "outcome": "awarded"} for one in facts.get("earlier_funding", ())],
        "answers": {{"O": "hk/tsssu", "+": "hk/tsssu-plus"}[facts["track"]]: own},
    }
    if "amount_hkd" in facts:
        data |= money(facts["amount_hkd"], None)
    if "private_investment_hkd" in facts:
        data["investments"] = [{"kind": "other", "amount": facts["private_investment_hkd"]}]
    return data


def by_cost(facts):
    """A project of which the whole cost is stated; the applicant pays what the scheme doesn't."""
    cost, grant = facts["cost_hkd"], facts["request_hkd"]
    return submitted(facts["application_date"]) | money(grant, cost - grant)


def nias(facts):
    assert facts["cost_hkd"] == facts["government_hkd"] + facts["enterprise_hkd"]
    return {
        **submitted(facts["application_date"]),
        **money(facts["government_hkd"], facts["enterprise_hkd"]),
        "answers": {"hk/nias": {"sector": SECTORS[facts["sector"]]}},
    }


def tvp(facts):
    assert facts["cumulative_before_hkd"] == 0
    return by_cost(facts) | applicant(facts["applicant"]) | {"awards": []}


def bud(facts):
    data = submitted(facts["received"])
    data |= money(facts.get("government_hkd", facts.get("request_hkd")), facts["enterprise_hkd"])
    return data | (applicant(facts["applicant"]) if "applicant" in facts else {})


def itvf(facts):
    return submitted(facts["application_date"]) | money(facts["government_hkd"], facts["raised_hkd"], "other")


def accelerator(facts):
    return submitted(facts["date"]) | money(facts["gov_hkd"], facts["own_hkd"])


DATA = {
    "hk/tsssu": tsssu, "hk/tsssu-plus": tsssu, "hk/nifs": by_cost, "hk/nias": nias, "hk/tvp": tvp,
    "hk/bud": bud, "hk/itvf-enhanced": itvf, "hk/it-accelerator": accelerator,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "facts", "overall", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_cases(name, facts, overall, expected):
    as_of = day(facts["application_deadline"]) if "application_deadline" in facts else None
    result = result_of(name, DATA[name](facts), as_of)
    check_case(result, expected, RULES.get(name, {}), overall)


def test_of_two_cyberport_applications_one_is_considered():
    """ccmf-02: of one project in one intake, CIP is considered and CCMF is not; CIP isn't shut as well."""
    both = {"CCMF", "CIP"} <= set(CYBERPORT["applications"]) and CYBERPORT["same_project"]
    data = {"answers": {"hk/ccmf": {"cip_same_intake": both}}}
    check_case(result_of("hk/ccmf", data), {"ccmf_considered": "fail"}, {"ccmf_considered": ["not-cip"]},
               "fail")  # fmt: skip
    considered = result_of("hk/cip", data)
    rules = [rule.id for rule in considered.scheme.rules]
    assert "fail" not in [verdict_of(considered, [rule]) for rule in rules]


def test_moments_are_read_in_hong_kong():
    """The last minute before the change of 2025, and the change itself, as told by a clock at Greenwich."""
    for text, verdict in (("2025-03-13T15:59:00+00:00", "pass"), ("2025-03-13T16:00:00+00:00", "fail")):
        result = result_of("hk/bud", submitted(text) | money(500_000, 500_000))
        assert verdict_of(result, ["match"]) == verdict
