"""Cases of Hong Kong's research schemes that were derived by hand from their sources, apart from their files.

Each has its facts as a person would list them, and the verdict of each rule that it settles. The mappings to
a project see the facts alone. A case that states no date is one of the page it cites.
"""

import datetime

import pytest
from cases import check_case, result_of

PAGES = "2024-12-02"  # the round of ITSP that its page announces
LISTED = {"polyu", "hku", "hkust", "cuhk", "astri"}
DAY = datetime.timedelta(days=1)


def dated(facts, otherwise):
    stated = facts.get("application_date") or facts.get("first_submitted") or facts.get("date") or otherwise
    return {"project": {"dates": {"submitted": datetime.date.fromisoformat(stated)}}}


def applicant(name):
    return {"applicant": {"body": name if name.lower() in LISTED else "other"}}


def phase(months=None, **amounts):
    """A phase of whole months, and who pays what."""
    lines = [{"payer": payer, "form": "cash", "amount": amount} for payer, amount in amounts.items()]
    made = {"id": "research", "funding": lines}
    if months:
        year, month = divmod(months, 12)
        last = datetime.date(2025 + year, 1 + month, 1) - DAY
        made |= {"start": datetime.date(2025, 1, 1), "end": last}
    return {"phases": [made]}


def of_ess(facts):
    """A quotation, and the day of the first submission."""
    own = {"purchase_by_quotation": facts["quotation_hkd"]}
    return dated(facts, PAGES) | {"answers": {"hk/ess": own}}


def of_platform(facts):
    money = phase(facts["months"], scheme=facts["grant_hkd"], industry=facts["sponsor_hkd"])
    own = {"government_initiated": False}
    return dated(facts, PAGES) | applicant(facts["lead"]) | money | {"answers": {"hk/itsp-platform": own}}


def of_seed(facts):
    money = phase(facts["months"], scheme=facts["request_hkd"], industry=facts["sponsor_hkd"])
    return dated(facts, PAGES) | applicant(facts["lead"]) | money


def of_prp(facts):
    company = facts["company_hkd"]
    money = phase(facts["months"], scheme=facts["total_hkd"] - company, industry=company)
    partner = {"id": "partner", "type": "company", "place": "hk", "roles": ["co-applicant"]}
    assert facts["co_applicant"] == "HK company (Cap. 622)"
    own = {"mainland_work": f"{facts['mainland_work_pct']}%"}
    return (
        dated(facts, PAGES)
        | applicant(facts["lead"])
        | money
        | {"participants": [partner], "answers": {"hk/prp": own}}
    )


def of_mhkjfs(facts):
    """Sponsorship as a share: of a cost of 100."""
    sponsor = facts["sponsor_pct"]
    money = phase(facts["months"], scheme=100 - sponsor, industry=sponsor)
    own = {"kind": facts["type"], "filed_by_both": facts["mainland_application"]}
    return dated(facts, PAGES) | applicant(facts["lead"]) | money | {"answers": {"hk/mhkjfs": own}}


def of_rth(facts):
    """As many talents as the case counts, the first of them a doctor and a shareholder or not."""
    team = [{"related": False} for _ in range(facts["talents"])]
    team[0] |= {"related": facts["one_is_shareholder"], "degree": "doctor"}
    own = {
        "talents": facts["talents"],
        "longest_engagement": f"{facts['months_each']} months",
        "doctor_allowance": facts["phd_salary_request_hkd"],
        "living_allowance": facts["phd_living_hkd"],
    }
    return dated(facts, PAGES) | {"team": team, "answers": {"hk/rth-itf": own}}


def of_ftrss(facts):
    lines = [
        {"payer": payer, "form": "cash", "amount": facts[f"{stated}_{who}"], "purpose": purpose}
        for stated, purpose in (("pay", "staff"), ("other", "other"))
        for who, payer in (("gov", "scheme"), ("match", "university"))
        if f"{stated}_{who}" in facts
    ]
    if "gov_hkd" in facts:
        lines = [{"payer": "scheme", "form": "cash", "amount": facts["gov_hkd"]}]
    return (
        dated(facts, "2025-10-15")
        | applicant(facts["applicant"])
        | {"phases": [{"id": "research", "funding": lines}]}
    )


FTRSS = {"match": ["match-staff", "match-other", "least", "most"], "amount": ["least", "most"]}
CASES = [  # what it is of, its mapping, facts, overall, verdicts, which rules of ours its rules are
    ("ess-03b: a quotation on the day of the new limit", "hk/ess", of_ess,
     {"first_submitted": "2024-01-31", "quotation_hkd": 1380000}, "fail",
     {"quotation_limit": "fail"}, {"quotation_limit": ["quotation"]}),
    ("itsp-01b: a tenth of the grant, not of the cost", "hk/itsp-platform", of_platform,
     {"lead": "PolyU", "months": 24, "grant_hkd": 4500000, "sponsor_hkd": 450000}, "fail",
     {"sponsorship": "fail"}, {}),
    ("itsp-02a: the limit of an R&D Centre", "hk/itsp-seed", of_seed,
     {"months": 18, "sponsor_hkd": 0, "lead": "ASTRI", "type": "R&D Centre", "request_hkd": 2800000}, "pass",
     {"cap": "pass"}, {}),
    ("itsp-02b: the same grant for a university", "hk/itsp-seed", of_seed,
     {"months": 18, "sponsor_hkd": 0, "lead": "HKU", "type": "university", "request_hkd": 2800000}, "fail",
     {"cap": "fail"}, {}),
    ("prp-01: half from industry, half of the work in the Mainland", "hk/prp", of_prp,
     {"application_date": "2024-05-01", "lead": "HKUST", "co_applicant": "HK company (Cap. 622)",
      "total_hkd": 6000000, "company_hkd": 3000000, "months": 36, "mainland_work_pct": 50}, "pass",
     {"company_share": "pass", "duration": "pass", "mainland_work": "pass", "applicant": "pass"},
     {"company_share": ["industry-share"], "duration": ["length"], "mainland_work": ["mainland-work"],
      "applicant": ["lead", "co-applicant", "co-applicant-kind"]}),
    ("mhkjfs-01: one side alone files", "hk/mhkjfs", of_mhkjfs,
     {"application_date": "2024-06-15", "lead": "CUHK", "mainland_application": False, "type": "platform",
      "sponsor_pct": 10, "months": 24}, "fail",
     {"joint_submission": "fail", "window": "pass", "sponsorship": "pass", "duration": "pass"},
     {"joint_submission": ["joint-submission"], "duration": ["length"],
      "sponsorship": ["sponsorship-platform", "sponsorship-collaborative"]}),
    ("rth-01: four talents, one of them a shareholder", "hk/rth-itf", of_rth,
     {"date": "2024-11-01", "talents": 4, "months_each": 36, "one_is_shareholder": True,
      "phd_salary_request_hkd": 35000, "phd_living_hkd": 10000}, "fail",
     {"number": "pass", "months": "pass", "conflict": "fail", "allowance": "pass"},
     {"months": ["length"], "allowance": ["allowance-doctor", "allowance-living"]}),
    ("ftrss-01a: each class of cost within its ratio", "hk/ftrss", of_ftrss,
     {"applicant": "HKU", "pay_gov": 40000000, "pay_match": 40000000, "other_gov": 80000000,
      "other_match": 20000000}, "pass", {"match": "pass"}, FTRSS),
    ("ftrss-01b: pay over its ratio, the whole far below", "hk/ftrss", of_ftrss,
     {"applicant": "HKU", "pay_gov": 60000000, "pay_match": 15000000, "other_gov": 60000000,
      "other_match": 60000000}, "fail", {"match": "fail"}, FTRSS),
    ("ftrss-02a: a dollar below the least", "hk/ftrss", of_ftrss,
     {"applicant": "CUHK", "gov_hkd": 99999999}, "fail", {"amount": "fail"}, FTRSS),
    ("ftrss-02b: a company leads", "hk/ftrss", of_ftrss,
     {"applicant": "Example Ltd with CUHK as partner", "gov_hkd": 150000000}, "fail",
     {"applicant": "fail"}, FTRSS),
]  # fmt: skip


@pytest.mark.parametrize(
    ("scheme", "mapping", "facts", "overall", "expected", "rules"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_cases(scheme, mapping, facts, overall, expected, rules):
    check_case(result_of(scheme, mapping(facts)), expected, rules, overall)
