"""Cases of RAISe+ that were derived by hand from its sources, apart from the scheme's file.

Each has its facts as a person would list them, the verdict of each rule, and the figures that decide it. The
mapping to a project sees the facts alone.
"""

import datetime

import pytest

from ipcalc.funding import check, project, scheme
from ipcalc.inputs.toml import Document

RAISE = scheme.load("hk/raise-plus")
HKUST = {"name": "The Hong Kong University of Science and Technology", "type": "university"}
COMMON = {
    "application_date": "2025-10-15",
    "applicant": HKUST,
    "team": ["professor", "postgraduate"],
    "entry_stage": 1,
    "ip_benefit_share_team_pct": 70,
}


def stage(
    number, government, industry_cash, industry_in_kind=0, university_cash=0, university_in_kind=0, **dates
):
    """A stage's money in whole dollars."""
    return {
        "stage": number,
        "government": government,
        "lines": {
            ("industry", "cash"): industry_cash,
            ("industry", "in-kind"): industry_in_kind,
            ("university", "cash"): university_cash,
            ("university", "in-kind"): university_in_kind,
        },
        **dates,
    }


# id, facts, overall, {rule: (verdict, left, relation, right)}; the figures are None where a case states none
M = 1_000_000
PLAIN = stage(1, 20 * M, 6 * M, university_cash=4 * M)
CASES = [
    ("raise-07: in kind is 80% of the match but 27% of the project",
     COMMON | {"stages": [stage(1, 20 * M, 1 * M, 6 * M, 1 * M, 2 * M)]}, "fail",
     {"in_kind_stage1": ("fail", 8 * M, "<=", 5 * M), "match_stage1": ("pass", 20 * M, "<=", 20 * M)}),
    ("raise-10: each stage under 100m, the project above",
     COMMON | {"stages": [stage(1, 60 * M, 20 * M, university_cash=10 * M), stage(2, 50 * M,
      50 * M)]}, "fail",
     {"match_stage1": ("pass", 60 * M, "<=", 60 * M), "match_stage2": ("pass", 50 * M, "<=", 50 * M),
      "funding_range": ("fail", 110 * M, "<=", 100 * M)}),
    ("raise-14: stage 2 alone, one day over",
     COMMON | {"entry_stage": 2, "maturity": "R&D completed",
               "stages": [stage(2, 30 * M, 30 * M, start="2026-04-01", end="2029-04-01")]}, "fail",
     {"duration_stage2_only": ("fail", None), "match_stage2": ("pass", 30 * M, "<=", 30 * M)}),
    ("raise-15: stage 1 one day over three years",
     COMMON | {"stages": [
         stage(1, 20 * M, 6 * M, university_cash=4 * M, start="2026-04-01", end="2029-04-01"),
         stage(2, 10 * M, 10 * M, start="2029-04-02", end="2031-03-31")]}, "review",
     {"match_stage1": ("pass", 20 * M, "<=", 20 * M), "match_stage2": ("pass", 10 * M, "<=", 10 * M),
      "duration_stage1": ("review", None), "duration_total": ("pass", None)}),
    ("raise-20: background IP at the old 33.3%, project IP at 70%",
     COMMON | {"stages": [PLAIN], "background_share_pct": 33.3}, "pass",
     {"match_stage1": ("pass", 20 * M, "<=", 20 * M), "ip_share": ("pass", None)}),
    ("raise-22: the IP share not stated",
     COMMON | {"stages": [PLAIN], "ip_benefit_share_team_pct": None}, "unknown",
     {"match_stage1": ("pass", 20 * M, "<=", 20 * M), "ip_share": ("unknown", None)}),
    ("raise-23: the start-up applies itself",
     COMMON | {"applicant": {"name": "Example Deep Tech Ltd", "type": "company"},
               "stages": [stage(1, 20 * M, 10 * M)]}, "fail",
     {"applicant": ("fail", None), "both_contribute_stage1": ("fail", 0, ">", 0)}),
    ("raise-24: the applicant by its Chinese name",
     COMMON | {"applicant": {"name": "香港教育大學", "type": "university"},
               "stages": [stage(1, 10 * M, 3 * M, university_cash=2 * M)]}, "pass",
     {"applicant": ("pass", None), "match_stage1": ("pass", 10 * M, "<=", 10 * M),
      "funding_range": ("pass", 10 * M, ">=", 10 * M)}),
    ("raise-25: a self-financing university",
     COMMON | {"applicant": {"name": "The Hang Seng University of Hong Kong", "type": "university"},
               "stages": [PLAIN]}, "fail",
     {"applicant": ("fail", None), "match_stage1": ("pass", 20 * M, "<=", 20 * M)}),
    ("raise-26b: the last day of round 1", {"application_date": "2023-11-30"}, "pass",
     {"window": ("pass", None)}),
    ("raise-26d: a university's own deadline", {"application_date": "2024-03-25"}, "fail",
     {"window": ("fail", None)}),
    ("raise-26i: the first day of round 3", {"application_date": "2025-09-11"}, "pass",
     {"window": ("pass", None)}),
    ("raise-26k: the day after round 3", {"application_date": "2025-11-01"}, "fail",
     {"window": ("fail", None)}),
    ("raise-28c: 15 now, and 15 in the exercise before",
     {"ordinal_of_university": 15, "previous": 15}, "pass",
     {"quota": ("pass", 15, "<=", 15)}),
]  # fmt: skip
RULES = {  # their rules as ours; the worst of several, and of several phases
    "in_kind_stage1": ["stage-1-in-kind"],
    "match_stage1": ["stage-1-match"],
    "match_stage2": ["stage-2-match"],
    "funding_range": ["funding-most", "funding-least"],
    "duration_stage1": ["stage-1-length"],
    "duration_total": ["project-length"],
    "duration_stage2_only": ["stage-2-only-length"],
    "both_contribute_stage1": ["stage-1-both-contribute"],
    "ip_share": ["ip-share"],
    "applicant": ["applicant"],
    "quota": ["quota"],
}
WORST = ["fail", "unknown", "review", "pass", "n/a"]
MATURITY = {"R&D completed": "finished"}


def data_of(facts):
    """The project that the facts of a case describe."""
    made = {"project": {"title": "A case", "currency": "HKD"}}
    if "application_date" in facts:
        made["project"]["dates"] = {"submitted": datetime.date.fromisoformat(facts["application_date"])}
    if "applicant" in facts:
        name, kind = facts["applicant"]["name"], facts["applicant"]["type"]
        known = scheme.words.fold(name) in RAISE.vocabulary.named["body"].names
        made["applicant"] = {"name": name, "type": kind, "body": name if known else "other"}
        made["team"] = [{"kind": kind, "body": made["applicant"]["body"]} for kind in facts["team"]]
    if "stages" in facts:
        made["phases"] = [phase(one) for one in facts["stages"]]
    if facts.get("ip_benefit_share_team_pct") is not None:
        made["ip"] = {"inventor_share": f"{facts['ip_benefit_share_team_pct']}%"}
    if "background_share_pct" in facts:
        made.setdefault("ip", {})["background_inventor_share"] = f"{facts['background_share_pct']}%"
    own = {}
    if "maturity" in facts:
        own["maturity"] = MATURITY[facts["maturity"]]
    if "ordinal_of_university" in facts:  # the count starts anew in each exercise
        own["university_applications"] = facts["ordinal_of_university"]
    if own:
        made["answers"] = {"hk/raise-plus": own}
    return made


def phase(one):
    lines = [{"payer": "scheme", "form": "cash", "amount": one["government"]}]
    lines += [{"payer": p, "form": f, "amount": amount} for (p, f), amount in one["lines"].items()]
    dates = {key: datetime.date.fromisoformat(one[key]) for key in ("start", "end") if key in one}
    return {"id": f"stage-{one['stage']}", "funding": lines, **dates}


def worst(verdicts):
    return min(verdicts, key=WORST.index)


@pytest.mark.parametrize(("facts", "overall", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_cases(facts, overall, expected):
    result = check.check(project.read(Document("case", "", data_of(facts))), RAISE)
    found = {}
    for name, (verdict, *figures) in expected.items():
        if name == "window":
            found[name] = "pass" if result.open.status == "open" else "fail"
            assert result.open.status in ("open", "closed", "not-yet")
            continue
        findings = [finding for finding in result.findings if finding.rule.id in RULES[name]]
        found[name] = worst([finding.verdict for finding in findings])
        if figures != [None]:
            scale = 1 if name == "quota" else 100  # money is in cents
            left, relation, right = figures
            measured = [f.measured for f in findings if f.verdict == verdict and f.measured]
            assert (left * scale, relation, right * scale) in [m[:3] for m in measured]
    assert found == {name: verdict for name, (verdict, *_) in expected.items()}
    assert worst(found.values()) == overall


def test_the_last_allowed_day_of_stage_2_alone():
    facts = next(facts for name, facts, *_ in CASES if name.startswith("raise-14"))
    result = check.check(project.read(Document("case", "", data_of(facts))), RAISE)
    [finding] = [finding for finding in result.findings if finding.rule.id == "stage-2-only-length"]
    ends = [remedy for remedy in finding.remedies if remedy.path == "phases.stage-2.end"]
    assert [(r.bound, r.values) for r in ends] == [("at-most", (datetime.date(2029, 3, 31),))]
