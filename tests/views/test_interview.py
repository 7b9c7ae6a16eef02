"""How the interview looks: its questions, how answers are read back, what is said so far."""

import sys
from pathlib import Path

import pytest

from ipcalc.funding import ask, scheme, vocabulary
from ipcalc.inputs import toml
from ipcalc.views import ask as view
from ipcalc.views import console
from ipcalc.views import project as file

sys.path.append(str(Path(__file__).parents[1] / "funding"))
from small import HEAD, rule

TEXT = """
[facts.ready]
type = "truth"
label = { en = "Ready", zh-Hant = "就緒", zh-Hans = "就绪" }
ask = { en = "Is it ready?", zh-Hant = "是否就緒？", zh-Hans = "是否就绪？" }
help = { en = "A prototype runs.", zh-Hant = "原型能運作。", zh-Hans = "原型能运作。" }
[facts.kind]
type = "choice"
label = { en = "Kind" }
ask = { en = "Of which kind is it?" }
[facts.kind.choices]
early = { en = "in an early stage" }
late = { en = "in a late stage" }
[facts.tags]
type = "choice"
many = true
choices = { red = { en = "red", zh-Hant = "紅", zh-Hans = "红" }, green = { en = "green" } }
label = { en = "Tags" }
ask = { en = "Which tags?" }
"""
RULES = (
    rule("a", title="It is ready", require="own.ready")
    + rule("b", title="It is ready and late", require="own.ready and own.kind == 'late'")
    + rule("c", title="Ready or not", require="own.ready or 'red' in own.tags")
    + rule("d", title="Small", require="applicant.turnover < most")
)
MOST = '[values.most]\nlabel = { en = "Most" }\nvalue = "HKD 100"\nsource = "a"\n'


@pytest.fixture(scope="module")
def one():
    found = scheme.compile_scheme(toml.parse("scheme.toml", HEAD + TEXT + MOST + RULES), vocabulary.shipped())
    return ask.begin({"project": {"title": "T", "currency": "HKD"}}, [found])


def drawn(page, width=60):
    return console.draw(page, width=width)


def shown(one, path, lang="en", width=60, **options):
    return drawn(view.question_page(one, one.asking.at(path), lang, **options), width)


def say(one, path, text):
    return ask.answer(one, one.asking.at(path), text)


OWN = ("answers", "xx/small")


def test_a_question(one):
    (question, *_) = ask.questions(one)
    assert drawn(view.question_page(one, question, "en")) == (
        "1. Is it ready?\n"
        "  Why: It is ready; It is ready and late; and 1 more\n"
        "  1 yes · 2 no\n"
    )  # fmt: skip
    assert drawn(view.question_page(one, question, "en", whole=True)) == (
        "1. Is it ready?\n"
        "  A prototype runs.\n"
        "  What it could settle\n"
        "  - It is ready\n"
        "  - It is ready and late\n"
        "  - Ready or not\n"
        "  1 yes · 2 no\n"
    )  # fmt: skip
    assert drawn(view.question_page(one, question, "zh-Hant", whole=True), 30).startswith(
        "1. 是否就緒？\n  原型能運作。\n  可解決的規則\n"
    )


def test_words_to_choose_from(one):
    assert shown(one, (*OWN, "kind")) == (
        "1. Of which kind is it?\n  1 in an early stage\n  2 in a late stage\n"
    )
    assert shown(one, (*OWN, "tags")) == (
        "1. Which tags?\n  1 red · 2 green\n  several, with commas between; 0 for none\n"
    )
    types = shown(one, ("applicant", "type"))
    assert "  1 university · 2 research institute · 3 company" in types
    body = shown(one, ("applicant", "body"))
    assert "HKU" not in body and "? lists them" in body
    assert "\n   8 The University of Hong Kong\n" in shown(one, ("applicant", "body"), whole=True)
    assert shown(one, ("applicant", "place")).endswith("\n  a place\n")


def test_the_number_and_the_place_of_a_question(one):
    later = say(say(say(one, ("phases",), "2"), ("phases", "1", "funding"), "1"),
                ("phases", "1", "funding", "0", "payer"), "scheme")  # fmt: skip
    assert shown(later, ("phases", "1", "funding", "0", "amount")).startswith(
        "Phase 2 of 2 › Funding line 1 of 1 (scheme)\n4. How much?\n"
    )
    assert shown(later, ("phases", "1", "funding", "0", "amount"), "zh-Hant").startswith(
        "階段 2／2 › 資金項目 1／1（計劃）\n4. 金額是多少？\n"
    )


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ((*OWN, "ready"), "y", "Ready: yes"),
        ((*OWN, "tags"), "red,green", "Tags: red, green"),
        ((*OWN, "tags"), "0", "Tags: nothing listed"),
        (("applicant", "turnover"), "24000000", "Turnover of the last year: HKD 24,000,000"),
        (("applicant", "turnover"), "EUR 24 million", "Turnover of the last year: EUR 24 million"),
        (("applicant", "staff"), "1500", "Employees: 1,500"),
        (("applicant", "place"), "香港", "Where the applicant is established: Hong Kong"),
        (("phases",), "3", "Phase: 3"),
        (("rates", "EUR/HKD"), "9.1, 2025-10-01, ECB", "Exchange rate: 9.1, 2025-10-01, ECB"),
        (("project", "dates", "award"), "2025-10-01 10:00", "Date of award: 2025-10-01 10:00:00"),
    ],
)
def test_how_an_answer_was_read(one, path, text, said):
    first, *rest = drawn(view.after(say(one, path, text), "en"), 200).split("\n")
    assert first == f"  {said}"
    assert rest[0].startswith("  xx/small · ")


def test_what_is_said_so_far(one):
    def standing(one):
        return drawn(view.after(one, "en"), 100).split("\n")[1:-1]

    assert standing(ask.skip(one, ask.questions(one)[0])) == [
        "  xx/small · no obstacle so far · 0 met · 4 unknown · 3 to ask"
    ]
    ready = say(one, (*OWN, "ready"), "y")
    assert standing(ready) == ["  xx/small · no obstacle so far · 2 met · 2 unknown · 2 to ask"]
    failed = say(ready, (*OWN, "kind"), "early")
    assert standing(failed) == [
        "  xx/small · INELIGIBLE · 2 met · 1 unknown · 1 to ask",
        "    x It is ready and late",
        "      Kind: in an early stage, not in a late stage",
        "    No answer can change that any more. Go on to see what else stands in the way, or type stop.",
    ]
    assert standing(say(failed, ("applicant", "turnover"), "100")) == [
        "  xx/small · INELIGIBLE · 2 met",
        "    x Small",
        "      100 ≥ 100",
    ]
    met = say(say(ready, (*OWN, "kind"), "late"), ("applicant", "turnover"), "99")
    assert standing(met) == ["  xx/small · ELIGIBLE: no rule known to us stands in the way · 4 met"]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("skip", "skip"), ("Back", "back"), ("STOP", "stop"), ("略過", "skip"), ("略过", "skip"),
        ("返回", "back"), ("停止", "stop"), ("?", "why"), ("？", "why"), ("skip it", ""),
        ('"skip"', ""), ("", ""),
    ],
)  # fmt: skip
def test_commands(text, command):
    assert view.command(text) == command


@pytest.mark.parametrize(
    ("text", "answer"),
    [('"skip"', "skip"), ('""', ""), ('"', '"'), ("a", "a"), ('"a', '"a'), ('a"b"', 'a"b"')],
)
def test_quotes_keep_an_answer_from_being_a_command(text, answer):
    assert view.unquoted(text) == answer


def test_the_file(one):
    later = say(say(one, ("rates", "EUR/HKD"), "9.1, 2025-10-01, ECB"), (*OWN, "tags"), "red")
    later = ask.skip(later, later.asking.at((*OWN, "ready")))
    assert file.toml(later, "zh-Hant", "", {}) == """\
[project]
title = "T"  # 項目名稱
currency = "HKD"  # 沒有註明貨幣的金額以此為準

[rates."EUR/HKD"]
value = "9.1"
on = 2025-10-01
source = "ECB"

[answers."xx/small"]
tags = ["red"]  # Tags：紅

# 提問時未知：
#   answers."xx/small".ready：就緒
"""  # fmt: skip
