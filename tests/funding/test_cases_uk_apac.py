"""Cases of British, Singaporean, Canadian and Australian schemes, derived by hand apart from their files.

The facts are as a case lists them; a mapping to a project sees these alone.
"""

import datetime
from fractions import Fraction

import pytest
from cases import check_case, figure, result_of

M = 1_000_000
DEADLINE = datetime.date(2026, 3, 12)


def months(count, first):
    """The first and the last day of so many months."""
    ahead = first.month - 1 + count
    end = datetime.date(first.year + ahead // 12, ahead % 12 + 1, first.day)
    return {"start": first, "end": end - datetime.timedelta(days=1)}


def money(scheme=None, **others):
    """Funding lines: what the scheme pays and what others do, in cash but where a name says in kind."""
    lines = [] if scheme is None else [{"payer": "scheme", "form": "cash", "amount": scheme}]
    for name, amount in others.items():
        payer = name.removesuffix("_in_kind")
        lines.append({"payer": payer, "form": "cash" if payer == name else "in-kind", "amount": amount})
    return lines


# -- projects from facts ------------------------------------------------------------------------------


def eurostars(facts):
    """In pounds, at a rate that the ratios don't depend on."""
    first = DEADLINE.year * 12 + DEADLINE.month - 1 - facts["months_trading"]
    return {
        "project": {"currency": "GBP"},
        "rates": {"EUR/GBP": {"value": "0.8", "on": datetime.date(2026, 3, 1), "source": "any"}},
        "applicant": {"staff": facts["employees"], "turnover": facts["turnover_gbp"]},
        "answers": {
            "gb/eurostars-uk": {
                "rd_spend": facts["rd_spend_gbp"],
                "fte": facts["employees"],
                "rd_fte": facts["rd_fte"],
                "rd_full_time": facts["rd_fte"],
                "trading_since": datetime.date(first // 12, first % 12 + 1, DEADLINE.day),
                "deadline": DEADLINE,
                "live_projects": facts["live_eurostars"],
            }
        },
    }


def innovate(facts):
    parts = [{"type": "university", "cost": cost} for cost in facts["research_participants_gbp"]]
    parts.append({"type": "company", "cost": facts["business_gbp"]})
    assert sum(part["cost"] for part in parts) == facts["total_eligible_gbp"]
    return {"project": {"currency": "GBP"}, "participants": parts}


def ktp(facts):
    cost = facts["duration_months"] * facts["monthly_cost_gbp"]
    asked = facts["grant_request_gbp"]
    whole = months(facts["duration_months"], datetime.date(2026, 9, 1))
    return {
        "project": {"currency": "GBP"},
        "participants": [{"type": "company", "size": facts["size"]}],
        "phases": [{"id": "whole", **whole, "funding": money(asked, industry=cost - asked)}],
        "answers": {
            "gb/ktp": {
                "partner_full_time": facts["full_time_employees"],
                "monthly_cost": facts["monthly_cost_gbp"],
            }
        },
    }


def linkage(facts):
    """The partners' contributions stand in the first year; no exemption is claimed."""
    years = [
        {"id": f"year-{i}", "funding": money(asked)}
        for i, asked in enumerate(facts["arc_request_per_year_aud"], 1)
    ]
    partners = {"industry": facts["partner_cash_aud"], "industry_in_kind": facts["partner_in_kind_aud"]}
    years[0]["funding"] += money(**partners)
    return {
        "project": {"currency": "AUD"},
        "participants": [{"type": "company"}] * facts["partners"],
        "phases": years,
        "answers": {"au/arc-linkage": {"cash_exempt": False}},
    }


def ignite(facts):
    grant, abroad = facts["grant_aud"], facts["overseas_aud"]
    costs = [
        {"category": "other", "amount": grant - abroad, "place": "au"},
        {"category": "other", "amount": abroad, "place": "other"},
    ]
    whole = months(facts["duration_months"], datetime.date(2023, 7, 1))
    return {
        "project": {"currency": "AUD"},
        "work": {"trl_start": facts["trl"]},
        "participants": [{"type": "company"}] if facts["industry_partner"] else [],
        "phases": [{"id": "whole", **whole, "funding": money(grant), "costs": costs}],
        "answers": {"au/aea-ignite": {"priority": facts["nrf_priority"]}},
    }


def mitacs(facts):
    return {
        "project": {"currency": "CAD"},
        "phases": [{"id": "whole", "funding": money(industry=facts["partner_cash_cad"])}],
        "answers": {
            "ca/mitacs-accelerate": {
                "units": facts["units"],
                "stipend": facts["stipend_per_unit_cad"],
                "postdoc_model": facts["postdoc_model"],
            }
        },
    }


def edg(facts):
    """Whoever holds the rest, of the applicant and of the holding company, is no citizen."""
    entities = [
        {"id": "holding", "kind": "company", "place": "sg"},
        {"id": "citizens", "kind": "person", "place": "sg"},
        {"id": "others", "kind": "person", "place": "us"},
    ]
    held = [
        ("holding", "applicant", facts["holding_share_percent"]),
        ("citizens", "applicant", facts["direct_citizens_percent"]),
        ("citizens", "holding", facts["citizens_in_holding_percent"]),
    ]
    for of in ("applicant", "holding"):
        held.append(("others", of, 100 - sum(share for _, what, share in held if what == of)))
    return {
        "project": {"currency": "SGD"},
        "entities": entities,
        "holdings": [{"holder": who, "of": of, "share": f"{share}%"} for who, of, share in held if share],
        "applicant": {"type": "company", "place": "sg" if facts["registered_sg"] else "other"},
        "answers": {
            "sg/edg": {
                "group_turnover": facts["group_turnover_sgd"],
                "group_staff": facts["group_employees"],
            }
        },
    }


# scheme, mapping, the case's rules as ours, and the day where the scheme's rules are of a time
SCHEMES = {
    "eurostars": ("gb/eurostars-uk", eurostars, {
        "rd_sme_any_of": ["rd-sme"], "one_project": ["one-project"],
    }, None),
    "innovate": ("gb/innovate-uk", innovate, {
        "research_share": ["research-share"], "business_share": ["business-share"],
    }, None),
    "ktp": ("gb/ktp", ktp, {"duration": ["length-least", "length-most"]}, None),
    "linkage": ("au/arc-linkage", linkage, {"annual_band": ["annual-band"], "duration": ["years"]}, None),
    "seed": ("au/aea-ignite", ignite, {
        "duration": ["length-least", "length-most"], "trl": ["readiness"], "industry_partner": [],
    }, datetime.date(2023, 5, 5)),
    "mitacs": ("ca/mitacs-accelerate", mitacs, {
        "partner_floor": ["partner-floor"], "stipend_floor": ["stipend-floor"],
    }, None),
    "edg": ("sg/edg", edg, {"local_shareholding": ["local-share"]}, None),
}  # fmt: skip

# id, scheme, facts, overall, verdicts, figures
CASES = [
    ("uk-eurostars-rd-sme-third-limb: five researchers of 80", "eurostars",
     {"employees": 80, "turnover_gbp": 5 * M, "rd_spend_gbp": 400_000, "rd_fte": 5, "months_trading": 12,
      "live_eurostars": 0}, "eligible",
     {"rd_sme_any_of": "pass", "trading": "pass", "one_project": "pass"},
     {"rd_turnover": "2/25", "rd_fte_share": "1/16"}),
    ("uk-eurostars-rd-sme-none: none of the four limbs", "eurostars",
     {"employees": 120, "turnover_gbp": 9 * M, "rd_spend_gbp": 540_000, "rd_fte": 8, "months_trading": 40,
      "live_eurostars": 0}, "ineligible",
     {"rd_sme_any_of": "fail"}, {"rd_turnover": "3/50", "rd_fte_share": "1/15"}),
    ("uk-iuk-ro-share-over: two research participants share the limit", "innovate",
     {"total_eligible_gbp": M, "research_participants_gbp": [180_000, 125_000], "business_gbp": 695_000},
     "ineligible", {"research_share": "fail", "business_share": "fail"},
     {"research_part": "61/200", "business_part": "139/200"}),
    ("uk-ktp-large: a large firm is paid half", "ktp",
     {"size": "large", "full_time_employees": 900, "duration_months": 24, "monthly_cost_gbp": 8_500,
      "grant_request_gbp": 110_000}, "ineligible",
     {"rate": "fail", "duration": "pass"}, {"max_grant": 102_000}),
    ("au-arc-lp-cash-short: a dollar short in cash", "linkage",
     {"arc_request_per_year_aud": [310_000, 200_000], "partner_cash_aud": 127_499,
      "partner_in_kind_aud": 400_000, "partners": 1}, "ineligible",
     {"annual_band": "fail", "duration": "pass", "match": "pass", "cash": "fail"},
     {"request": 510_000, "cash_floor": 127_500}),
    ("au-aea-seed-overseas: over a tenth abroad", "seed",
     {"grant_aud": 500_000, "duration_months": 12, "trl": 4, "overseas_aud": 52_500, "nrf_priority": True,
      "industry_partner": False}, "ineligible",
     {"cap": "pass", "duration": "pass", "trl": "pass", "overseas": "fail", "priority": "pass",
      "industry_partner": "n/a"}, {"overseas_share": "21/200"}),
    ("ca-mitacs-three-units: three units", "mitacs",
     {"units": 3, "partner_cash_cad": 22_500, "stipend_per_unit_cad": 10_000, "postdoc_model": False},
     "eligible", {"partner_floor": "pass", "stipend_floor": "pass"},
     {"award": 45_000, "mitacs_most": 22_500}),
    ("ca-mitacs-stipend-low: the intern gets too little", "mitacs",
     {"units": 1, "partner_cash_cad": 7_500, "stipend_per_unit_cad": 9_500, "postdoc_model": False},
     "ineligible", {"partner_floor": "pass", "stipend_floor": "fail"}, {}),
    ("sg-edg-lookthrough-30: half of three fifths", "edg",
     {"registered_sg": True, "holding_share_percent": 50, "citizens_in_holding_percent": 60,
      "direct_citizens_percent": 0, "group_turnover_sgd": 140 * M, "group_employees": 180}, "eligible",
     {"local_shareholding": "pass", "sme": "pass"}, {"local_share": "3/10"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "facts", "overall", "expected", "figures"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_cases(name, facts, overall, expected, figures):
    scheme, data_of, rules, day = SCHEMES[name]
    result = result_of(scheme, data_of(facts), day)
    without = {rule for rule, ours in rules.items() if not ours}  # what the scheme has no rule of
    assert all(verdict == "n/a" for rule, verdict in expected.items() if rule in without)
    check_case(result, {k: v for k, v in expected.items() if k not in without}, rules, overall)
    assert {key: figure(result, key) for key in figures} == {k: Fraction(v) for k, v in figures.items()}
