"""Sentences: they say what is so, in the reader's language."""

from __future__ import annotations

import datetime
import re
from fractions import Fraction

import pytest
import small_language as small
from hypothesis import given
from hypothesis import strategies as st
from small_language import funding, people, phases, said, trace, value

from ipcalc.quantity import Duration
from ipcalc.rules.words import Words

APRIL = datetime.date(2026, 4, 1)
HKD = 100  # money is in minor units


SENTENCES = [
    # comparisons that hold, that fail, that aren't known
    ("org.grant <= limit", {"org.grant": 50 * HKD}, "50 ≤ 100"),
    ("org.grant <= limit", {"org.grant": 150 * HKD}, "150 > 100"),
    ("org.grant >= limit", {"org.grant": 50 * HKD}, "50 < 100"),
    ("org.grant < limit", {"org.grant": 100 * HKD}, "100 ≥ 100"),
    ("org.grant > limit", {"org.grant": 100 * HKD}, "100 ≤ 100"),
    ("org.grant == limit", {"org.grant": 50 * HKD}, "50 ≠ 100"),
    ("org.grant != limit", {"org.grant": 100 * HKD}, "100 = 100"),
    ("org.grant <= limit", {}, "[Grant] ≤? 100"),
    ("org.grant != limit", {}, "[Grant] ≠? 100"),
    ("org.grant > 0", {"org.grant": 1_234_567 * HKD + 50}, "1,234,567.50 > 0"),
    ("org.part >= half", {"org.part": Fraction(1, 3)}, "1/3 < 50%"),
    # arithmetic, with brackets where they are needed, and what it comes to
    (
        "org.grant <= twice * (org.cost + limit)",
        {"org.grant": 5 * HKD, "org.cost": 6 * HKD},
        "5 ≤ 2 × (6 + 100) = 212",
    ),
    (
        "org.grant <= limit - (org.cost - org.grant)",
        {"org.grant": 5 * HKD, "org.cost": 6 * HKD},
        "5 ≤ 100 − (6 − 5) = 99",
    ),
    (
        "org.grant <= limit - org.cost - org.grant",
        {"org.grant": 5 * HKD, "org.cost": 6 * HKD},
        "5 ≤ 100 − 6 − 5 = 89",
    ),
    (
        "org.grant / (org.staff * need) < limit",
        {"org.grant": 6 * HKD, "org.staff": 3},
        "6 ÷ (3 × 2) = 1 < 100",
    ),
    (
        "org.grant / org.score < limit",
        {"org.grant": 6 * HKD, "org.score": Fraction(2, 3)},
        "6 ÷ (2/3) = 9 < 100",
    ),
    ("org.score - org.level < need", {"org.score": 1, "org.level": -3}, "1 − (-3) = 4 ≥ 2"),
    ("-org.level < need", {"org.level": 3}, "0 − 3 = -3 < 2"),
    (
        "org.grant <= min(limit, half * org.cost)",
        {"org.grant": 5 * HKD, "org.cost": 6 * HKD},
        "5 > least of (100, 50% × 6) = 3",
    ),
    ("org.grant <= half * org.cost", {"org.grant": 5 * HKD}, "5 ≤? 50% × [Cost]"),
    (
        "org.grant <= (twice * limit if org.ready else limit)",
        {"org.grant": 500 * HKD, "org.ready": True},
        "500 > 2 × 100 = 200",
    ),
    ("org.grant / org.staff < limit", {"org.grant": 6 * HKD, "org.staff": 0}, "6 ÷ 0 <? 100"),
    ("1 - org.part >= half", {"org.part": Fraction(7, 10)}, "1 − 70% = 30% < 50%"),
    # choices, bodies, dates
    ("org.kind == 'uni'", {"org.kind": "uni"}, "Applicant type: university"),
    ("org.kind == 'uni'", {"org.kind": "company"}, "Applicant type: company, not university"),
    ("'uni' == org.kind", {"org.kind": "company"}, "Applicant type: company, not university"),
    ("org.kind != 'uni'", {"org.kind": "company"}, "Applicant type: company"),
    ("org.kind != 'uni'", {"org.kind": "uni"}, "Applicant type: university"),
    ("org.kind == 'uni'", {}, "Applicant type: not stated"),
    ("org.body == 'hku'", {"org.body": "mit"}, "Applicant: mit, not The University of Hong Kong"),
    ("org.start == on", {"org.start": APRIL}, "First day: 2026-04-01, not 2026-03-31"),
    ("on == org.start", {"org.start": APRIL}, "First day: 2026-04-01, not 2026-03-31"),
    ("on == deadline", {}, "2026-03-31 ≠ 2026-06-01"),
    ("on != deadline", {}, "2026-03-31 ≠ 2026-06-01"),
    ("org.start <= on", {"org.start": APRIL}, "2026-04-01 > 2026-03-31"),
    ("org.ready == org.signed", {"org.ready": True, "org.signed": False}, "Ready: yes, not no"),
    (
        "any(p.kind == org.kind for p in people)",
        {"people": people({"kind": "uni"})},
        "Applicant type: not stated",
    ),
    # membership
    ("org.kind in ['uni', 'person']", {"org.kind": "uni"}, "university is one of university, person"),
    ("org.kind in ['uni', 'person']", {"org.kind": "company"}, "company is none of university, person"),
    ("org.kind not in ['uni']", {"org.kind": "uni"}, "university is one of university"),
    ("org.kind not in ['uni']", {"org.kind": "person"}, "person is none of university"),
    ("org.kind in ['uni']", {}, "Applicant type: not stated"),
    ("org.body in near", {"org.body": "hku"}, "The University of Hong Kong is one of nearby bodies"),
    ("org.body in near", {"org.body": "mit"}, "mit is none of nearby bodies"),
    ("org.body in near", {}, "Applicant: not stated"),
    ("org.body in far", {"org.body": "mit"}, "far: unknown"),
    ("'uni' in org.tags", {"org.tags": ["person"]}, "university is none of person"),
    ("'uni' in org.tags", {"org.tags": []}, "university is none of –"),
    (
        "'uni' in distinct(p.kind for p in people)",
        {"people": people({"kind": "person"}, whole=False)},
        "Person: unknown",
    ),
    # truths
    ("org.ready", {"org.ready": False}, "Ready: no"),
    ("not org.ready", {"org.ready": False}, "Ready: no"),
    ("org.ready", {}, "Ready: not stated"),
    ("strict", {}, "strict: yes"),
    ("true", {}, "yes"),
    ("(org.ready if strict else org.signed)", {"org.ready": True}, "strict: yes; Ready: yes"),
    (
        "(org.grant > limit if org.ready else org.cost > limit)",
        {"org.ready": False, "org.cost": HKD},
        "Ready: no; 1 ≤ 100",
    ),
    ("(org.ready if strict else org.signed)", {}, "Ready: not stated"),
    # and, or: the parts that decide
    ("org.ready and org.grant <= limit", {"org.ready": True, "org.grant": 500 * HKD}, "500 > 100"),
    ("org.ready and org.grant <= limit", {"org.ready": True, "org.grant": HKD}, "Ready: yes; 1 ≤ 100"),
    ("org.ready or org.grant <= limit", {"org.ready": True, "org.grant": 500 * HKD}, "Ready: yes"),
    ("org.ready or org.grant <= limit", {"org.ready": False, "org.grant": 500 * HKD}, "Ready: no; 500 > 100"),
    ("org.ready and org.grant <= limit", {"org.ready": True}, "[Grant] ≤? 100"),
    ("limit <= org.grant <= org.cost", {"org.grant": 200 * HKD, "org.cost": 150 * HKD}, "200 > 150"),
    # any, all: the items that decide
    ("any(p.staff for p in people)", {"people": people({"staff": False}, {"staff": True})}, "Employed: yes"),
    ("any(p.age > 1 for p in people)", {"people": people({"age": 1}, {"age": 0})}, "1 ≤ 1; 0 ≤ 1"),
    (
        "all(p.age < need for p in people)",
        {"people": people(*({"age": n} for n in range(9)))},
        "2 ≥ 2; 3 ≥ 2; 4 ≥ 2; and 4 more",
    ),
    (
        "all(p.age < need for p in people if p.staff)",
        {"people": people({"age": 5}, {"age": 7, "staff": True}, {"age": 9, "staff": False})},
        "7 ≥ 2",
    ),
    ("any(p.age > need for p in people if p.staff)", {"people": people({"age": 5})}, "Employed: not stated"),
    (
        "any(p.age > need for p in people if p.staff)",
        {"people": people({"age": 5, "staff": False})},
        "Employed: no",
    ),
    ("all(p.age > need for p in people)", {"people": people()}, "nothing listed"),
    ("any(p.staff for p in people)", {}, "Person: not stated"),
    ("any(p.staff for p in people if p.age > 1)", {}, "Person: not stated"),
    ("any(p.staff for p in people)", {"people": people(whole=False)}, "Person: unknown"),
    (
        "any(p.staff for p in people)",
        {"people": people({"staff": False}, whole=False)},
        "Employed: no; Person: unknown",
    ),
    (
        "any(p.age > need for p in people if p.staff)",
        {"people": people({"staff": False}, whole=False)},
        "Employed: no; Person: unknown",
    ),
    ("any(p.staff for p in people)", {"people": people({}, {"staff": False})}, "Employed: not stated"),
    ("not any(p.staff for p in people)", {"people": people({"staff": True})}, "Employed: yes"),
    # counts
    (
        "count(org.ready, org.signed, org.open) >= need",
        {"org.ready": True, "org.signed": True, "org.open": False},
        "2 ≥ 2",
    ),
    ("count(org.ready, org.signed, org.open) >= need", {"org.ready": True, "org.signed": True}, "2–3 ≥ 2"),
    ("count(org.ready, org.signed, org.open) >= need", {"org.ready": True}, "1–3 ≥? 2"),
    ("count(org.ready, org.signed, org.open) == need", {"org.ready": False, "org.signed": False}, "0–1 ≠ 2"),
    ("count(people) < need", {"people": people({}, {}, whole=False)}, "2–… ≥ 2"),
    ("count(people) < need", {}, "[Person] <? 2"),
    # time
    (
        "length(org.start, org.end) <= longest",
        {"org.start": APRIL, "org.end": datetime.date(2029, 4, 1)},
        "2026-04-01 to 2029-04-01 (36 months and 1 day) > 36 months",
    ),
    (
        "length(org.start, org.end) <= longest",
        {"org.start": APRIL, "org.end": datetime.date(2029, 3, 31)},
        "2026-04-01 to 2029-03-31 (36 months) ≤ 36 months",
    ),
    ("length(org.start, org.end) <= longest", {"org.start": APRIL}, "[org.end] ≤? 36 months"),
    (
        "all(p.length <= longest for p in phases)",
        {"phases": phases({"start": APRIL, "end": datetime.date(2029, 5, 31)})},
        "2026-04-01 to 2029-05-31 (38 months) > 36 months",
    ),
    (
        "all(p.length == longest for p in phases)",
        {"phases": phases({"start": APRIL, "end": datetime.date(2029, 4, 1)})},
        "Length: 36 months and 1 day, not 36 months",
    ),
    ("all(p.paid <= limit for p in phases)", {"phases": phases({})}, "[Paid] ≤? 100"),
    (
        "all(p.paid <= limit for p in phases)",
        {"phases": phases({"funding": funding({"amount": 5 * HKD, "cash": True})})},
        "5 ≤ 100",
    ),
    ("overdue", {"phases": phases({"end": APRIL})}, "2026-04-01 ≤ 2026-06-01"),
    ("not overdue", {"phases": phases({"end": APRIL})}, "2026-04-01 ≤ 2026-06-01"),
    ("overdue", {}, "Overdue: not stated"),
    (
        "org.start + org.term > on",
        {"org.start": APRIL, "org.term": Duration(1, "months")},
        "2026-04-01 + 1 month = 2026-05-01 > 2026-03-31",
    ),
    (
        "org.delay > org.notice",
        {"org.delay": Duration(1, "days"), "org.notice": Duration(2, "days")},
        "1 day ≤ 2 days",
    ),
]


@pytest.mark.parametrize(("text", "data", "sentence"), SENTENCES)
def test_sentences(text, data, sentence):
    assert said(text, data, limit=100 * HKD) == sentence


@pytest.mark.parametrize(
    ("text", "data", "lang", "sentence"),
    [
        ("org.kind == 'uni'", {"org.kind": "company"}, "zh-Hant", "Applicant type：公司，並非大學"),
        ("org.kind == 'uni'", {"org.kind": "company"}, "zh-Hans", "Applicant type：公司，并非大学"),
        ("org.kind in ['uni']", {"org.kind": "uni"}, "zh-Hant", "大學屬於大學"),
        ("org.kind in ['uni']", {"org.kind": "company"}, "zh-Hans", "公司不属于大学"),
        ("org.ready", {}, "zh-Hant", "Ready：未有說明"),
        ("org.ready", {"org.ready": True}, "zh-Hans", "Ready：是"),
        ("org.grant <= limit", {"org.grant": 150 * HKD}, "zh-Hant", "150 > 100"),
        (
            "length(org.start, org.end) <= longest",
            {"org.start": APRIL, "org.end": datetime.date(2029, 4, 1)},
            "zh-Hant",
            "2026-04-01 至 2029-04-01（36 個月零1 日） > 36 個月",
        ),
        (
            "org.grant <= min(limit, org.cost)",
            {"org.grant": 0, "org.cost": 0},
            "zh-Hans",
            "0 ≤ 取最小(100, 0) = 0",
        ),
        ("all(p.staff for p in people)", {"people": people()}, "zh-Hant", "沒有列出任何項目"),
    ],
)
def test_other_languages(text, data, lang, sentence):
    assert said(text, data, lang, limit=100 * HKD) == sentence


# -- what a sentence says is so -----------------------------------------------------------------------

SIGNS = {
    "≤": lambda a, b: a <= b, "<": lambda a, b: a < b, "≥": lambda a, b: a >= b, ">": lambda a, b: a > b,
    "=": lambda a, b: a == b, "≠": lambda a, b: a != b,
}  # fmt: skip
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?%?")


def worked_out(side):
    """Every form of one side of a sentence, ``a + b = c``, as exact numbers."""
    found = []
    for form in side.split(" = "):
        form = re.sub(r"(least|greatest) of ", r"\1", form)
        form = NUMBER.sub(
            lambda m: f"F('{m[0]}')", form.replace("×", "*").replace("÷", "//").replace("−", "-")
        )
        form = re.sub(r"(F\('[\d,.%]+'\))/(F\('[\d,.%]+'\))", r"over(\1, \2)", form).replace("//", "/")
        names = {"F": read, "over": lambda a, b: a / b, "least": min, "greatest": max}
        found.append(eval(form, {"__builtins__": {}}, names))
    return found


def read(text):
    number = Fraction(text.rstrip("%").replace(",", ""))
    return number / 100 if text.endswith("%") else number


@pytest.mark.parametrize("kind", ["money", "number", "share"])
@given(data=st.data(), project=small.PROJECTS, sign=st.sampled_from(small.RELATIONS))
def test_the_sentence_of_a_comparison_is_true(kind, data, project, sign):
    left, right = (data.draw(small.expressions(kind, 2)) for _ in range(2))
    text = f"{left} {sign} {right}"
    truth, sentence = value(text, project), said(text, project)
    if truth is None:
        assert "?" in sentence
        return
    assert "?" not in sentence
    relation = next((relation for relation in "≤<≥>≠" if relation in sentence), "=")
    sides = sentence.split(f" {relation} ") if relation != "=" else [sentence, sentence]
    first, second = (worked_out(side) for side in sides)  # of ``a + b = c`` every form
    assert len(set(first)) == len(set(second)) == 1, sentence
    first, second = first[0], second[0]
    assert SIGNS[relation](first, second), sentence
    wanted = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}.get(sign, sign)
    assert (relation == wanted) is truth


@given(data=st.data(), project=small.PROJECTS, lang=st.sampled_from(["en", "zh-Hant", "zh-Hans"]))
def test_every_truth_has_a_sentence(data, project, lang):
    text = data.draw(small.expressions("truth"))
    sentence = said(text, project, lang)
    assert sentence
    assert not sentence.startswith((":", "："))
    assert "None" not in sentence
    assert "; ;" not in sentence
    if value(text, project) is not None:
        assert "?" not in sentence or "≠?" not in sentence
    else:
        assert any(mark in sentence for mark in ("?", "not stated", "unknown", "未")), (text, sentence)


@given(data=st.data(), project=small.PROJECTS)
def test_every_value_has_words(data, project):
    text = data.draw(
        small.expressions(data.draw(st.sampled_from(["money", "count", "date", "months", "choice"])))
    )
    found = trace(text, project)
    words = Words("en", "HKD", small.NAMES)
    assert words.side(found)
    if value(text, project) is not None:
        assert words.value(found.value, found.node.type)
