"""Cases of Mainland China's schemes and of the CMA report's classification, derived by hand from sources.

Each has its facts as a person would list them, the verdict of each rule, and the figures that decide it. The
mappings to a project see the facts alone; what is null stays unstated.
"""

import datetime
from fractions import Fraction

import pytest
from cases import check_case, day, figure, result_of

from ipcalc.quantity import Duration, shift

# id and title, scheme, facts, overall, verdict by rule, figures
CASES = [
    ("cn-gd18-conversion-outside-answerer: an enterprise of Hunan answers", "cn/gd-jiebang-conversion",
     {"kind": "成果轉化類",
      "poster": {"type": "research_institute", "province": "Beijing", "result_mature": True},
      "answerer": {"type": "enterprise", "province": "Hunan", "has_technical_demand": True,
                   "has_application_scene": True},
      "total_investment_cny": 20000000, "duration_months": 24},
     "ineligible",
     {"kind": "pass", "poster_role": "pass", "answerer_role": "fail", "min_total_investment": "pass",
      "max_duration": "pass"}, {}),
    ("cn-gd18-conversion-no-scene: the scene of use is not stated", "cn/gd-jiebang-conversion",
     {"kind": "成果轉化類",
      "poster": {"type": "university", "province": "Guangdong", "result_mature": True},
      "answerer": {"type": "enterprise", "province": "Guangdong", "has_technical_demand": True,
                   "has_application_scene": None},
      "total_investment_cny": 12000000, "duration_months": 30},
     "review",
     {"poster_role": "pass", "answerer_role": "unknown", "min_total_investment": "pass",
      "max_duration": "pass"}, {}),
    ("cn-hn-university-lead-no-firm: a university leads without an enterprise of Hunan", "cn/hunan-jiebang",
     {"lead_type": "university", "lead_province": "Hunan", "self_funds_cny": 3000000, "fiscal_cny": 3000000,
      "list_amount_cny": 3000000, "partners": ["university"], "basic_research": False,
      "results_used_in_hunan": True, "other_participants": 1},
     "ineligible",
     {"match_ratio": "pass", "hunan_firm_partner": "fail", "results_in_hunan": "pass"},
     {"ratio": 1}),
    ("cn-nanchang-tranche-ceiling: the ceiling takes in the start money", "cn/nanchang-jiebang",
     {"total_investment_cny": 32000000, "enterprise_self_cny": 25000000,
      "poster": {"prior_year_revenue_cny": 200000000, "rd_cny": 6000000, "leading": True},
      "contract_sum_cny": 30000000},
     "eligible",
     {"total_investment": "pass", "enterprise_self": "pass", "revenue": "pass", "rd_ratio": "pass"},
     {"start_money_cny": 1000000, "twenty_percent_cny": 6000000, "total_subsidy_cny": 5000000,
      "after_acceptance_cny": 4000000}),
    ("cn-wuhan-or-and-filter: income for projects, and small sets that don't count", "cn/pilot-wuhan-2024",
     {"registered": "Wuhan", "independent_legal_person": True, "on_record_list": True,
      "on_wuchuangtong": True, "projects_last_2y": 28, "service_income_last_2y_cny": 5200000,
      "instruments": [{"value_cny": 3200000, "count": 3}, {"value_cny": 499000, "count": 2}],
      "submitted": "2024-04-30"},
     "ineligible",
     {"registered": "pass", "record_list": "pass", "service_volume": "pass", "key_equipment": "fail",
      "window": "pass"},
     {"counted_equipment_cny": 9600000, "uncounted_equipment_cny": 998000}),
    ("cn-hunan-base-five-technicians: five technicians of twelve", "cn/pilot-hunan-2023",
     {"registered_years": 3, "independent_legal_person": True, "area_m2": 2600,
      "equipment_original_value_cny": 15000000, "has_pilot_line": True, "external_projects": 3,
      "full_time_staff": 12, "technical_staff": 5, "qualified_technical_staff": 5,
      "service_income_cny": 4000000, "revenue_cny": 10000000},
     "ineligible",
     {"area": "pass", "equipment": "pass", "line_or_projects": "pass", "staff_total": "pass",
      "staff_technical": "fail", "qualified_share": "fail", "service_income_share": "pass"},
     {"qualified_share": Fraction(5, 12)}),
    ("cn-shenzhen-poc-university-ceiling: a minute late", "cn/shenzhen-poc-centre",
     {"host_type": "public_university", "audited_spend_2y_cny": 9400000, "subsidies_in_spend_cny": 1000000,
      "submitted": "2024-10-30T18:01"},
     "ineligible", {"host": "pass", "window": "fail"},
     {"net_base_cny": 8400000, "max_subsidy_cny": 5000000}),
    ("cn-cma-table-association-sichuan: an association in Sichuan", "cn/pilot-sichuan",
     {"host_type": "industry_association", "independent_legal_person": True, "director_system": True,
      "safety_env_rules": True, "equipment_present": True, "team_mixed": True},
     "ineligible", {"funded_body": "fail", "legal_status": "pass"}, {}),
]  # fmt: skip
RULES = {  # their rules as ours; a case's rule that is named as ours is that
    "poster_role": ["poster", "poster-technology-sme", "mature"],
    "answerer_role": ["answerer", "demand", "scene"],
    "min_total_investment": ["investment"],
    "max_duration": ["length"],
    "match_ratio": ["match-enterprise", "match-public", "match-public-basic"],
    "hunan_firm_partner": ["hunan-firm"],
    "results_in_hunan": ["results-in-hunan"],
    "total_investment": ["investment"],
    "enterprise_self": ["own-funds"],
    "rd_ratio": ["rd-intensity"],
    "record_list": ["record-list", "service-platform"],
    "service_volume": ["service-volume"],
    "key_equipment": ["key-equipment"],
    "line_or_projects": ["line-or-projects"],
    "staff_total": ["staff"],
    "staff_technical": ["technical-staff"],
    "qualified_share": ["qualified-staff"],
    "service_income_share": ["service-income"],
    "funded_body": ["funded-body"],
    "legal_status": ["legal-status"],
}
FIGURES = {  # theirs as ours
    "start_money_cny": "start_money",
    "twenty_percent_cny": "contract_part",
    "total_subsidy_cny": "total_subsidy",
    "after_acceptance_cny": "after_acceptance",
    "counted_equipment_cny": "counted_equipment",
    "uncounted_equipment_cny": "uncounted_equipment",
    "net_base_cny": "net_base",
    "max_subsidy_cny": "available",
}
TYPES = {
    "research_institute": "research-institute",
    "university": "university",
    "public_university": "university",
    "enterprise": "company",
    "industry_association": "association",
}
KINDS = {"技術攻關類": "tackling", "成果轉化類": "conversion"}

# the classification: id and title, facts, class
CLASSES = [
    ("cn-classify-supply: every sign points upstream",
     {"impulse": "basic_research_breakthrough", "initiator": "university",
      "target_market_defined_at_start": False, "demand_side_in_all_stages": False,
      "technology_owner": "initiator"},
     "supply_led"),
]  # fmt: skip
IMPULSES = {
    "basic_research_breakthrough": "breakthrough",
    "downstream_need": "need",
    "both": "both",
    None: "unclear",
}
PURPOSES = {"initiator": "apply-own-technology"}


def known(facts):
    """What is stated, without what is null."""
    return {key: value for key, value in facts.items() if value is not None}


def lines(**amounts):
    """A phase whose funding is so much of each payer."""
    return [{"funding": [{"payer": payer, "amount": amount} for payer, amount in amounts.items()]}]


def guangdong(facts):
    poster, answerer = known(facts["poster"]), known(facts["answerer"])
    start = datetime.date(2019, 1, 1)
    after = shift(start, Duration(facts["duration_months"], "months"))
    [phase] = lines(other=facts["total_investment_cny"])
    own = {
        "kind": KINDS[facts["kind"]],
        "mature": poster.get("result_mature"),
        "demand": answerer.get("has_technical_demand"),
        "scene": answerer.get("has_application_scene"),
    }
    parties = {"poster": poster, "answerer": answerer}
    return {
        "participants": [
            {"type": TYPES[party["type"]], "place": party["province"], "roles": [role]}
            for role, party in parties.items()
        ],
        "phases": [{**phase, "start": start, "end": after - datetime.timedelta(days=1)}],
        "own": known(own),
    }


def hunan(facts):
    assert len(facts["partners"]) == facts["other_participants"]
    return {
        "applicant": {"type": TYPES[facts["lead_type"]], "place": facts["lead_province"]},
        "work": {"activity": "basic" if facts["basic_research"] else "other"},
        "participants": [{"type": TYPES[kind], "roles": ["answerer"]} for kind in facts["partners"]],
        "phases": lines(scheme=facts["fiscal_cny"], applicant=facts["self_funds_cny"]),
        "own": {
            "list_amount": facts["list_amount_cny"],
            "results_in_hunan": facts["results_used_in_hunan"],
        },
    }


def nanchang(facts):
    poster, total, own = facts["poster"], facts["total_investment_cny"], facts["enterprise_self_cny"]
    year = {"turnover": poster["prior_year_revenue_cny"], "rd_spend": poster["rd_cny"]}
    return {
        "project": {"dates": {"submitted": day("2022-06-01")}},
        "accounts": [{"ends": day("2021-12-31"), **year}],
        "phases": lines(applicant=own, other=total - own),
        "own": {"leading": poster["leading"], "contract_sum": facts["contract_sum_cny"]},
    }


def wuhan(facts):
    services = {
        "services": facts["projects_last_2y"],
        "service_income": facts["service_income_last_2y_cny"],
    }
    bought = day("2023-06-30")  # within the last two years, as the case says of all of it
    return {
        "project": {"dates": {"submitted": day(facts["submitted"])}},
        "applicant": {"place": facts["registered"], "legal_person": facts["independent_legal_person"]},
        "accounts": [{"ends": day("2023-12-31"), **services}],
        "equipment_list": [
            {"value": item["value_cny"], "sets": item["count"], "bought": bought, "major": False}
            for item in facts["instruments"]
        ],
        "own": {
            "on_record_list": facts["on_record_list"],
            "on_service_platform": facts["on_wuchuangtong"],
        },
    }


def hunan_base(facts):
    submitted = day("2023-12-01")
    registered = submitted.replace(year=submitted.year - facts["registered_years"])
    year = {"turnover": facts["revenue_cny"], "service_income": facts["service_income_cny"]}
    return {
        "project": {"dates": {"submitted": submitted}},
        "applicant": {"incorporated": registered, "legal_person": facts["independent_legal_person"]},
        "accounts": [{"ends": day("2022-12-31"), **year}],
        "equipment_list": [{"value": facts["equipment_original_value_cny"], "sets": 1}],
        "own": {
            "area": facts["area_m2"],
            "pilot_line": facts["has_pilot_line"],
            "external_projects": facts["external_projects"],
            "staff": facts["full_time_staff"],
            "technical_staff": facts["technical_staff"],
            "qualified_staff": facts["qualified_technical_staff"],
        },
    }


def shenzhen_poc(facts):
    return {
        "project": {"dates": {"submitted": day(facts["submitted"])}},
        "applicant": {"type": TYPES[facts["host_type"]]},
        "own": {
            "publicly_funded": facts["host_type"].startswith("public_"),
            "spend": facts["audited_spend_2y_cny"],
            "subsidies": facts["subsidies_in_spend_cny"],
        },
    }


def sichuan(facts):
    return {
        "applicant": {
            "type": TYPES[facts["host_type"]],
            "legal_person": facts["independent_legal_person"],
        },
        "own": {  # the kind of host that is stated is none of these two
            "leading_enterprise": False,
            "new_type_rd": False,
            "director_system": facts["director_system"],
            "safety_rules": facts["safety_env_rules"],
            "dedicated_equipment": facts["equipment_present"],
            "mixed_team": facts["team_mixed"],
        },
    }


MAPPINGS = {
    "cn/gd-jiebang-conversion": guangdong,
    "cn/hunan-jiebang": hunan,
    "cn/nanchang-jiebang": nanchang,
    "cn/pilot-wuhan-2024": wuhan,
    "cn/pilot-hunan-2023": hunan_base,
    "cn/shenzhen-poc-centre": shenzhen_poc,
    "cn/pilot-sichuan": sichuan,
}


def result(scheme, facts):
    """The result of a case; one without a date is checked as of the day the scheme was reviewed."""
    data = MAPPINGS[scheme](facts)
    own = data.pop("own")
    data["project"] = {"currency": "CNY", **data.get("project", {})}
    return result_of(scheme, {**data, "answers": {scheme: own}})


@pytest.mark.parametrize(
    ("scheme", "facts", "overall", "expected", "figures"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_cases(scheme, facts, overall, expected, figures):
    found = result(scheme, facts)
    check_case(found, expected, RULES, overall)
    assert {name: figure(found, FIGURES.get(name, name)) for name in figures} == figures


@pytest.mark.parametrize(("facts", "expected"), [c[1:] for c in CLASSES], ids=[c[0] for c in CLASSES])
def test_classes(facts, expected):
    stated = {
        "impulse": IMPULSES[facts["impulse"]],
        "initiator": facts["initiator"],
        "market_fixed": facts["target_market_defined_at_start"],
        "demand_side_throughout": facts["demand_side_in_all_stages"],
        "purpose": PURPOSES.get(facts["technology_owner"]),
    }
    found = result_of("cma/innovation-chain", {"innovation": known(stated)})
    assert found.classified.found.id.replace("-", "_") == expected
