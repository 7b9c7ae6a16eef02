"""Cases of the schemes of the United States and of the European Union, worked out apart from their files."""

import datetime
from fractions import Fraction

import pytest
from cases import check_case, day, figure, result_of

# id, scheme, facts, verdict of each rule, overall, figures
CASES = [
    ("us-sttr-40-30-30: both floors to the point", "us/sttr-phase-1",
     {"effort": {"small_business": 40, "research_institutions": [30], "others": 30}},
     {"sbc_share": "pass", "single_ri_share": "pass"}, "eligible", {}),
    ("us-sttr-split-institutions: two that come to it together", "us/sttr-phase-2",
     {"effort": {"small_business": 60, "research_institutions": [20, 20], "others": 0}},
     {"sbc_share": "pass", "single_ri_share": "fail"}, "ineligible",
     {"largest_institution": Fraction(1, 5), "all_institutions": Fraction(2, 5)}),
    ("us-sbir-cap-plus-one: a dollar over", "us/sbir-phase-1",
     {"agency": "NIH", "total_costs_usd": 314364, "waiver_topic": False, "award_date": "2026-06-15"},
     {"hard_cap": "fail", "programme_open": "pass"}, "ineligible", {}),
    ("us-sbir-lapse-window: awarded while there was no law", "us/sbir-phase-2",
     {"award_date": "2025-12-01", "total_costs_usd": 1500000, "awardee_share": "3/5"},
     {"programme_open": "fail", "hard_cap": "pass", "work_share": "pass"}, "not_open", {}),
    ("us-sttr-multi-vc: several funds, which only SBIR takes", "us/sttr-phase-1",
     {"owners": [{"type": "vc", "share": 30}, {"type": "vc", "share": 30},
                 {"type": "us_individuals", "share": 40}], "employees_with_affiliates": 60},
     {"ownership_route1": "fail"}, "ineligible",
     {"us_small_business.us_share": Fraction(2, 5), "us_small_business.fund_share": Fraction(3, 5)}),
    ("us-sbir-501: one too many", "us/sbir-phase-1",
     {"employees_12m_average_with_affiliates": 501}, {"size": "fail"}, "ineligible", {}),
    ("us-sbir-pi-half-time: half is not more than half", "us/sbir-phase-1",
     {"pi_time_with_firm_percent": 50, "pi_other_full_time_job": False},
     {"pi_primary_employment": "fail"}, "ineligible", {}),
    ("us-sttr-pi-university: employed by the institution", "us/sttr-phase-1",
     {"pi_employer": "university", "pi_commitment_to_firm_percent": 10},
     {"pi_employment": "pass", "pi_commitment": "pass"}, "eligible", {}),
    ("eu-eic-acc-midcap-500: one too many", "eu/eic-accelerator",
     {"applicant": "small_midcap", "headcount": 500, "support": "equity_only"},
     {"applicant": "fail"}, "ineligible", {}),
    ("eu-eic-equity-2024: before the programme of 2025", "eu/eic-accelerator",
     {"applicant": "single_sme", "equity_request_eur": 12000000, "submitted": "2024-10-01"},
     {"equity": "pass"}, "eligible", {}),
    ("eu-eic-equity-2026: the same after it", "eu/eic-accelerator",
     {"applicant": "single_sme", "equity_request_eur": 12000000, "submitted": "2026-03-04"},
     {"equity": "fail"}, "ineligible", {}),
    ("eu-eic-three-strikes: three failures", "eu/eic-accelerator",
     {"applicant": "single_sme", "unsuccessful_submissions_same_proposal": 3},
     {"submission_limit": "fail"}, "ineligible", {}),
    ("eu-eic-transition-two-french: two countries for three", "eu/eic-transition",
     {"partners": ["DE", "FR", "FR"], "result_origin": "EIC Pathfinder", "trl_start": 3,
      "grant_eur": 2500000},
     {"partner_count": "pass", "country_mix": "fail", "origin": "pass", "trl": "pass", "cap": "pass"},
     "ineligible", {"distinct_countries": 2}),
    ("eu-eic-transition-de-fr-il: an affiliate abroad does not matter", "eu/eic-transition",
     {"partners": ["DE", "FR", "IL"], "affiliated_entities": ["US"], "result_origin": "ERC PoC",
      "trl_start": 3, "grant_eur": 2400000},
     {"partner_count": "pass", "country_mix": "pass", "origin": "pass", "trl": "pass", "cap": "pass"},
     "eligible", {"distinct_countries": 3}),
    ("eu-pathfinder-2026-3.6m: on the day of the deadline", "eu/eic-pathfinder-open",
     {"partners": ["DE", "IT", "NO"], "grant_eur": 3600000, "submitted": "2026-05-12"},
     {"country_mix": "pass", "cap": "pass", "deadline": "pass"}, "eligible", {"distinct_countries": 3}),
    ("eu-he-ia-university: all of it, the flat rate of a reduced base", "eu/horizon-ia",
     {"direct_cost_eur": 800000, "of_which_subcontracting_eur": 100000, "profit_status": "non_profit",
      "request_eur": 975000},
     {"rate": "pass"}, "eligible", {"max_grant": 975000}),
    ("eu-sme-or-balance: one of the two is enough", "eu/sme",
     {"headcount": 249, "turnover_eur": 55000000, "balance_sheet_eur": 42000000, "links": []},
     {"headcount": "pass", "finance_any_of": "pass"}, "eligible", {"class": "medium"}),
    ("eu-eurostars-50-70-exact: half and 70% to the euro", "eu/eurostars",
     {"total_budget_eur": 1000000,
      "participants": [
          {"name": "A", "type": "innovative_sme", "country": "DE", "budget_eur": 450000,
           "subcontract_eur": 40000},
          {"name": "B", "type": "sme", "country": "ES", "budget_eur": 90000, "subcontract_eur": 0},
          {"name": "C", "type": "university", "country": "DE", "budget_eur": 250000, "subcontract_eur": 0},
          {"name": "D", "type": "large", "country": "ES", "budget_eur": 210000, "subcontract_eur": 0},
      ], "lead": "A", "duration_months": 36, "civil": True},
     {"lead": "pass", "entities": "pass", "countries": "pass", "sme_share": "pass",
      "single_participant": "pass", "single_country": "pass", "duration": "pass", "civil": "pass"},
     "eligible", {"sme_share": Fraction(1, 2), "largest_participant": Fraction(9, 20),
                  "largest_country": Fraction(7, 10)}),
    ("eu-eurostars-71-now: a country over 70%", "eu/eurostars",
     {"total_budget_eur": 1000000, "country_share_percent": {"NO": 71, "PT": 29}, "sme_share_percent": 60,
      "duration_months": 30, "civil": True},
     {"single_country": "fail", "sme_share": "pass", "duration": "pass"}, "ineligible",
     {"largest_country": Fraction(71, 100), "sme_share": Fraction(3, 5)}),
]  # fmt: skip
RULES = {  # their rules as ours; the worst of several, and of several participants or countries
    "sbc_share": ["firm-share"],
    "single_ri_share": ["institution-share"],
    "hard_cap": ["cap"],
    "programme_open": ["window"],
    "work_share": ["work-share"],
    "ownership_route1": ["ownership"],
    "pi_primary_employment": ["pi-employment"],
    "pi_employment": ["pi-employer"],
    "pi_commitment": ["pi-commitment"],
    "equity": ["equity-most"],
    "submission_limit": ["submission-limit"],
    "partner_count": ["partner-count"],
    "country_mix": ["country-mix"],
    "origin": ["origin", "origin-named"],
    "trl": ["trl-start"],
    "deadline": ["window"],
    "finance_any_of": ["finance-any-of"],
    "sme_share": ["sme-share"],
    "single_participant": ["participant-share", "lead-share"],
    "single_country": ["country-share", "lead-country-share"],
}
OWNERS = {"vc": {"kind": "venture-capital"}, "us_individuals": {"kind": "person", "place": "us"}}
KINDS = {"university": {"type": "university"}, "large": {"type": "company", "size": "large"}}
SME = {"type": "company", "size": "medium"}


def percent(number):
    return f"{number}%"


# -- the United States ----------------------------------------------------------------------------------


def owners_of(facts):
    """Who owns the firm; a headcount with affiliates has them in it already."""
    if "owners" not in facts:
        return {"entities": [], "holdings": []}
    entities = [{"id": f"owner-{i}", **OWNERS[one["type"]]} for i, one in enumerate(facts["owners"])]
    shares = [percent(one["share"]) for one in facts["owners"]]
    holdings = [
        {"holder": one["id"], "of": "applicant", "share": share}
        for one, share in zip(entities, shares, strict=True)
    ]
    return {"entities": entities, "holdings": holdings}


def us(scheme_id, facts):
    """A firm that applies, and what it states; no deviation is approved where a case names none."""
    data = {"project": {"currency": "USD"}, "applicant": {}, **owners_of(facts)}
    own = {"pi_deviation": False, "work_deviation": False} if "sbir" in scheme_id else {}
    if "award_date" in facts:
        data["project"]["dates"] = {"award": day(facts["award_date"])}
    if "total_costs_usd" in facts:
        line = {"payer": "scheme", "amount": facts["total_costs_usd"]}
        data["phases"] = [{"id": "work", "funding": [line]}]
    for staff in ("employees_with_affiliates", "employees_12m_average_with_affiliates"):
        if staff in facts:
            data["applicant"]["staff"] = facts[staff]
    if "owners" in facts:
        own["legal_form"] = "corporation"  # it has shares
    if "agency" in facts:
        own["agency"] = facts["agency"].lower()
    if "waiver_topic" in facts:
        own["waiver"] = facts["waiver_topic"]
    if "awardee_share" in facts:
        own["firm_effort"] = facts["awardee_share"]
    if "effort" in facts:
        effort = facts["effort"]
        own["firm_effort"] = percent(effort["small_business"])
        shares = [(f"institution-{i}", ["institution"], part)
                  for i, part in enumerate(effort["research_institutions"])]  # fmt: skip
        data["participants"] = [
            {"id": name, "roles": roles, "effort": percent(part)}
            for name, roles, part in [*shares, ("others", [], effort["others"])]
        ]
    if "pi_time_with_firm_percent" in facts:
        own["pi_time"] = percent(facts["pi_time_with_firm_percent"])
        own["pi_elsewhere"] = facts["pi_other_full_time_job"]
    if "pi_employer" in facts:
        own["pi_employer"] = {"university": "institution"}[facts["pi_employer"]]
        own["pi_commitment"] = percent(facts["pi_commitment_to_firm_percent"])
    return {**data, "answers": {scheme_id: own}}


# -- the European Union ---------------------------------------------------------------------------------


def money(amount):
    """A project's money in one line of the scheme."""
    return [{"id": "work", "funding": [{"payer": "scheme", "amount": amount}]}]


def accelerator(scheme_id, facts):
    data = {"applicant": {"type": "company"}, "entities": [], "holdings": []}
    own = {"to_be_founded": False}
    if "headcount" in facts:
        data["applicant"]["staff"] = facts["headcount"]
    if facts.get("support") == "equity_only":
        data["phases"] = []
    if "equity_request_eur" in facts:
        own["equity"] = facts["equity_request_eur"]
    failures = facts.get("unsuccessful_submissions_same_proposal", 0)
    data["awards"] = [{"scheme": scheme_id, "outcome": "refused", "same_project": True}] * failures
    return {**data, "answers": {scheme_id: own}}


def consortium(scheme_id, facts):
    """The first partner applies, the others take part."""
    first, *others = facts["partners"]
    placed = [(place, False) for place in others]
    placed += [(place, True) for place in facts.get("affiliated_entities", ())]
    data = {
        "applicant": {"place": first.lower()},
        "participants": [{"place": place.lower(), "affiliated": only} for place, only in placed],
        "phases": money(facts["grant_eur"]),
    }
    if "trl_start" in facts:
        data["work"] = {"trl_start": facts["trl_start"]}
    if "result_origin" in facts:
        origin = {"EIC Pathfinder": "pathfinder", "ERC PoC": "erc-poc"}[facts["result_origin"]]
        data["answers"] = {scheme_id: {"origin": origin}}
    return data


def horizon(scheme_id, facts):
    subcontracting = facts["of_which_subcontracting_eur"]
    [phase] = money(facts["request_eur"])
    phase["costs"] = [
        {"category": "other", "amount": facts["direct_cost_eur"] - subcontracting},
        {"category": "subcontracting", "amount": subcontracting},
    ]
    return {
        "applicant": {"profit": facts["profit_status"].replace("_", "-")},
        "phases": [phase],
        "answers": {scheme_id: {"outside_base": 0}},
    }


def sme(_, facts):
    figures = {"staff": "headcount", "turnover": "turnover_eur", "balance": "balance_sheet_eur"}
    assert not facts["links"]
    return {
        "applicant": {name: facts[key] for name, key in figures.items()},
        "entities": [],
        "holdings": [],
    }


def members(facts):
    """The members of a consortium; of one that only its shares describe, the fewest that have them."""
    if "participants" in facts:
        return facts["participants"]
    found, total, smes = [], facts["total_budget_eur"], facts["sme_share_percent"]
    for place, part in facts["country_share_percent"].items():
        of_smes = min(part, smes)
        smes -= of_smes
        parts = [("innovative_sme", of_smes), ("large", part - of_smes)]
        found += [
            {"type": kind, "country": place, "budget_eur": total * share // 100, "subcontract_eur": 0}
            for kind, share in parts
            if share
        ]
    return found


def eurostars(scheme_id, facts):
    """The lead applies; the others take part with their budgets."""
    everybody = members(facts)
    lead = next(one for one in everybody if one.get("name") == facts.get("lead"))
    others = [one for one in everybody if one is not lead]
    last = datetime.date(2026 + (facts["duration_months"] - 1) // 12, facts["duration_months"] % 12 or 12, 1)
    last = (last + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)
    phase = {"id": "work", "start": datetime.date(2026, 1, 1), "end": last}
    return {
        "applicant": {"place": lead["country"].lower(), **KINDS.get(lead["type"], SME)},
        "participants": [
            {"place": one["country"].lower(), **KINDS.get(one["type"], SME), "affiliated": False,
             "cost": one["budget_eur"], "subcontracting": one["subcontract_eur"]}
            for one in others
        ],
        "phases": [{**phase, "funding": [{"amount": facts["total_budget_eur"]}]}],
        "work": {"civil": facts["civil"]},
        "answers": {scheme_id: {"innovative": lead["type"] == "innovative_sme",
                                "lead_subcontracting": lead["subcontract_eur"]}},
    }  # fmt: skip


MAPPINGS = {
    "eu/eic-accelerator": accelerator,
    "eu/eic-transition": consortium,
    "eu/eic-pathfinder-open": consortium,
    "eu/horizon-ia": horizon,
    "eu/sme": sme,
    "eu/eurostars": eurostars,
}


def checked(scheme_id, facts):
    """The result of a case on the day of its award or application."""
    data = MAPPINGS.get(scheme_id, us)(scheme_id, facts)
    data.setdefault("project", {"currency": "EUR"})
    stated = facts.get("award_date") or facts.get("submitted")
    return result_of(scheme_id, data, day(stated) if stated else None)


@pytest.mark.parametrize(
    ("scheme_id", "facts", "expected", "overall", "figures"),
    [case[1:] for case in CASES],
    ids=[c[0] for c in CASES],
)
def test_cases(scheme_id, facts, expected, overall, figures):
    result = checked(scheme_id, facts)
    check_case(result, expected, RULES, overall)
    found = {name: figure(result, name) for name in figures if name != "class"}
    assert found == {name: value for name, value in figures.items() if name != "class"}
    assert "class" not in figures or result.classified.found.id == figures["class"]


def test_the_route_of_several_funds_is_for_sbir_alone():
    facts = next(case[2] for case in CASES if case[0].startswith("us-sttr-multi-vc"))
    verdicts = {}
    for scheme_id in ("us/sttr-phase-1", "us/sbir-phase-1"):
        data = us(scheme_id, facts)
        if "sbir" in scheme_id:
            data["answers"][scheme_id]["funds_accepted"] = True
        result = result_of(scheme_id, data)
        [verdicts[scheme_id]] = [f.verdict for f in result.findings if f.rule.id == "ownership"]
    assert verdicts == {"us/sttr-phase-1": "fail", "us/sbir-phase-1": "pass"}


def test_each_countrys_share_of_a_eurostars_project():
    facts = next(case[2] for case in CASES if case[0].startswith("eu-eurostars-50-70"))
    findings = [f for f in checked("eu/eurostars", facts).findings if f.rule.id == "country-share"]
    shares = {f.scope: Fraction(f.measured.left, facts["total_budget_eur"] * 100) for f in findings}
    assert shares == {"es": Fraction(3, 10), "de": Fraction(7, 10)}
