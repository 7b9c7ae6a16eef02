"""Statements: cases, institutions, people, licences, present values; what they refuse, and where."""

# ruff: noqa: E501  # a policy, or a case, a line

from __future__ import annotations

import csv
import io
import json
from datetime import date
from fractions import Fraction
from hashlib import sha256
from math import ceil
from pathlib import Path

import pytest
from policies import HEAD

from ipcalc.inputs import toml
from ipcalc.inputs.diagnostics import Refused
from ipcalc.ip import statement
from ipcalc.ip.statement import Discount, Statement
from ipcalc.quantity import money_plain

HALF = """[[versions]]
source = "s"
steps = [{ recover = "costs", for = "costs" }, { share = { inventors = "50%", university = "rest" } }]
"""
MORE = """[parties]
university = { label = { en = "University" } }
lab = { label = { en = "Lab" } }
school = { label = { en = "School" } }
costs = { label = { en = "Costs" } }
fee = { label = { en = "Fee" } }
[options.proceeds]
kind = "fact"
choices = ["cash", "shares"]
default = "cash"
source = "s"
"""
NESTED = """[[versions]]
source = "s"
steps = [{ recover = "costs", for = "costs" }, { share = { inventors = "40%", lab = "30%", school = "rest" } }]
inventors = { split = "equal", may = ["weights", "waive to lab"], reverts = { lab = "school" }, excluded = { founder = { proceeds = "shares" } } }
"""


@pytest.fixture
def divided(tmp_path: Path):
    """Writes policies and a statement beside them, and divides it."""

    def run(text: str, **policies: str) -> Statement:
        for name, (body, more) in {"half": (HALF, ""), "nested": (NESTED, MORE)}.items():
            policies.setdefault(name, HEAD.format(currency="USD", more=more) + body)
        for name, policy in policies.items():
            (tmp_path / f"{name}.toml").write_text(policy)
        (tmp_path / "statement.toml").write_text(text)
        return statement.divide(toml.load(tmp_path / "statement.toml"))

    return run


def paid(found: Statement, part: int = 0, period: int | None = None) -> dict[str, str]:
    split = found.parts[part].split
    parties = split.parties if period is None else split.periods[period].parties
    return {one.party: money_plain(one.amount, found.currency) for one in parties}


def people(found: Statement) -> dict[str, str]:
    return {one.name: money_plain(one.amount, found.currency) for one in found.people}


ONE = '[statement]\npolicy = "half.toml"\n'
MONEY = "[[receipts]]\non = 2024-03-01\namount = 100\n"


def test_periods_follow_each_other_and_costs_wait(divided) -> None:
    found = divided(
        ONE + '[[costs]]\non = 2023-05-01\namount = 150\n' + MONEY + MONEY.replace("2024", "2025")
        + '[[costs]]\non = 2026-01-01\namount = 7\n'
    )  # fmt: skip
    assert [period.period for period in found.parts[0].split.periods] == [
        "2024-03-01",
        "2025-03-01",
        "2026-01-01",
    ]
    assert paid(found, period=0) == {"costs": "100.00", "inventors": "0.00", "university": "0.00"}
    assert paid(found, period=1) == {"costs": "50.00", "inventors": "25.00", "university": "25.00"}
    assert found.parts[0].split.unrecovered == 7_00  # spent after the last receipt: still owed


@pytest.mark.parametrize(
    ("periods", "wanted"),
    [
        ("date", ["2024-03-01", "2024-09-30", "2025-02-01"]),
        ("quarter", ["2024 Q1", "2024 Q3", "2025 Q1"]),
        ("year", ["2023/24", "2024/25"]),
    ],
)
def test_periods(divided, periods: str, wanted: list[str]) -> None:
    policy = HEAD.format(currency="USD", more='year_starts = "09-01"') + HALF
    rows = "".join(
        f"[[receipts]]\non = {day}\namount = 100\n" for day in ("2024-03-01", "2024-09-30", "2025-02-01")
    )
    found = divided(f'[statement]\npolicy = "half.toml"\nperiods = "{periods}"\n' + rows, half=policy)
    assert [period.period for period in found.parts[0].split.periods] == wanted


def test_weights_waivers_exclusions_and_who_has_left(divided) -> None:
    text = (
        '[statement]\npolicy = "nested.toml"\n'
        '[[inventors]]\nname = "Ada"\nweight = 2\ngrounds = ["founder"]\n'
        '[[inventors]]\nname = "Bo"\nwaives_to = "Bo\'s lab"\n'
        '[[inventors]]\nname = "Cy"\nleft = 2024-06-01\n'
        "[[receipts]]\non = 2024-03-01\namount = 100\n"
        '[[receipts]]\non = 2025-03-01\namount = 100\noptions = { proceeds = "shares" }\n'
    )
    found = divided(text)
    # cash: weights 2, 1, 1 of 40, nobody has left
    assert paid(found, period=0) == {"costs": "0.00", "inventors": "40.00", "lab": "30.00", "school": "30.00"}
    # shares: Ada, a founder, is left out; Cy, half of the others, has left, so half the lab's 30 is the school's
    assert paid(found, period=1) == {"costs": "0.00", "inventors": "40.00", "lab": "15.00", "school": "45.00"}
    assert people(found) == {"Ada": "20.00", "Bo": "30.00", "Cy": "30.00"}
    assert {one.name: one.to for one in found.people} == {"Ada": None, "Bo": "Bo's lab", "Cy": None}


def test_two_institutions_each_with_its_policy(divided) -> None:
    text = (
        '[statement]\ntitle = "Joint"\n[[cases]]\nid = "x"\ninstitutions = [\n'
        '{ id = "north", policy = "half.toml", share = "2/3" }, { id = "south", policy = "nested.toml", share = "1/3" }]\n'
        'inventors = [{ name = "Ada", institution = "north" }, { name = "Bo", institution = "south" }]\n'
        "[[receipts]]\non = 2024-03-01\namount = 100\n[[costs]]\non = 2024-01-01\namount = 10\n"
    )
    found = divided(text)
    # 66.67 and 33.33; costs 6.67 and 3.33; a half of 60.00, four tenths of 30.00
    assert [part.split.receipts for part in found.parts] == [66_67, 33_33]
    assert paid(found, 0) == {"costs": "6.67", "inventors": "30.00", "university": "30.00"}
    assert paid(found, 1) == {"costs": "3.33", "inventors": "12.00", "lab": "9.00", "school": "9.00"}
    assert people(found) == {"Ada": "30.00", "Bo": "12.00"}


def test_cases_share_a_budget(divided) -> None:
    fee = (
        '[[versions]]\nsource = "s"\nsteps = [{ take = "10%", for = "fee", at_most = { amount = { input = "budget" },'
        ' per = "portfolio", over = "year" } }, { share = { inventors = "50%", university = "rest" } }]\n'
    )
    text = (
        '[statement]\npolicy = "fee.toml"\nperiods = "year"\n[inputs]\n'
        "budget = [{ from = 2024-01-01, value = 80 }, { from = 2025-01-01, value = 1_000 }]\n"
        '[[cases]]\nid = "x"\n[[cases]]\nid = "y"\n'
        '[[receipts]]\non = 2024-03-01\namount = 300\ncase = "x"\n[[receipts]]\non = 2024-09-01\namount = 700\ncase = "y"\n'
        '[[receipts]]\non = 2025-03-01\namount = 300\ncase = "x"\n'
    )
    found = divided(text, fee=HEAD.format(currency="USD", more="") + fee)
    # fees of 30 and 70 against 80: 24 and 56; the next year there is room for all
    assert paid(found, 0, 0)["fee"] == "24.00" and paid(found, 1, 0)["fee"] == "56.00"
    assert paid(found, 0, 1)["fee"] == "30.00"


def test_a_licence_makes_the_receipts(divided) -> None:
    text = (
        ONE
        + """[licence]
currency = "USD"
signed = 2024-01-01
year_starts = "01-01"
due = { year = "60 days" }
upfront = [{ on = 2024-01-15, amount = 1_000 }]
royalty = { rate = "3%" }
patent_costs = { licensee = "50%" }
[sales.2024]
net_sales = 200_000
patent_costs = 400
"""
    )
    found = divided(text)
    # 1,000 on signing; 3% of 200,000 sixty days after the year's end; 200 of the costs stay with the university
    assert [(p.period, p.receipts) for p in found.parts[0].split.periods] == [
        ("2024-01-15", 1_000_00), ("2025-03-01", 6_000_00),
    ]  # fmt: skip
    assert paid(found) == {"costs": "200.00", "inventors": "3400.00", "university": "3400.00"}
    assert found.account is not None and [one.amount for one in found.account.receipts] == [
        1_000_00,
        6_000_00,
    ]


@pytest.mark.parametrize(
    ("day", "factor"),
    [
        (date(2024, 1, 1), Fraction(1)),
        (date(2026, 1, 1), Fraction(100, 121)),  # two years at 10%
        (date(2026, 3, 15), Fraction(100, 121) / (1 + Fraction(73, 3650))),  # and a fifth of a year, simply
        (date(2023, 1, 1), Fraction(11, 10)),  # a year earlier is worth more
    ],
)
def test_present_values(day: date, factor: Fraction) -> None:
    assert Discount(Fraction(1, 10), "10%", date(2024, 1, 1)).present(100, day) == 100 * factor


def test_present_values_stand_beside_the_nominal_ones(divided) -> None:
    found = divided(ONE + 'discount = { rate = "10%", on = 2023-03-01 }\n' + MONEY)
    assert found.present(found.parts[0]) == {"costs": 0, "inventors": 45_45, "university": 45_45}


REFUSED = {  # text, code, line, column
    "no receipts": (ONE, "P427", 1, 2),
    "no policy": ("[statement]\n" + MONEY, "F101", 1, 2),
    "no inventor": (ONE.replace("[statement]", "inventors = []\n[statement]") + MONEY, "P406", 1, 13),
    "an inventor twice": (ONE + '[[inventors]]\nname = "A"\n[[inventors]]\nname = "A"\n' + MONEY, "F112", 6, 8),
    "no such case": (ONE + '[[cases]]\nid = "x"\n' + MONEY + 'case = "y"\n', "F115", 8, 8),
    "which case": (ONE + '[[cases]]\nid = "x"\n[[cases]]\nid = "y"\n' + MONEY, "F101", 7, 3),
    "no such account": (ONE + MONEY + '[[costs]]\non = 2024-01-01\namount = 1\naccount = "cots"\n', "F115", 9, 11),
    "no such option": (ONE + '[options]\nproceds = "cash"\n' + MONEY, "P404", 4, 1),
    "no such choice": (
        '[statement]\npolicy = "nested.toml"\n[options]\nproceeds = "cahs"\n' + MONEY, "F107", 4, 12,
    ),
    "other currency": (ONE + MONEY.replace("100", '"EUR 5"'), "F118", 5, 10),
    "no such input": (ONE + "[inputs]\nbudget = 5\n" + MONEY, "P404", 4, 1),
    "an input in vain": (
        '[statement]\npolicy = "fee.toml"\n[inputs]\nrate = "5%"\nother = 5\n' + MONEY, "P414", 5, 1,
    ),
    "an input out of bounds": ('[statement]\npolicy = "fee.toml"\n[inputs]\nrate = "60%"\n' + MONEY, "F106", 4, 8),
    "parts that don't add up": (
        '[statement]\n[[cases]]\nid = "x"\ninstitutions = [{ id = "n", policy = "half.toml", share = "60%" }]\n' + MONEY,
        "P401", 4, 1,
    ),
    "a waiver that is not permitted": (
        '[statement]\npolicy = "strict.toml"\n[[inventors]]\nname = "A"\nwaives_to = "L"\n' + MONEY, "P422", 3, 3,
    ),
    "no such policy": (ONE.replace("half.toml", "half") + MONEY, "S206", 2, 10),
    "no such file": (ONE.replace("half.toml", "hlaf.toml") + MONEY, "T101", 2, 10),
    "no such law": (ONE + 'laws = ["cn/x"]\n' + MONEY, "S206", 3, 9),
    "a law without floors": (ONE + 'laws = ["nested.toml"]\n' + MONEY, "P428", 3, 8),
    "a date that is not stated": ('[statement]\npolicy = "dated.toml"\n' + MONEY, "P419", 1, 2),
    "a counter that is not there": (
        ONE + '[[cases]]\nid = "x"\nopening = { counters = { nett = 5 } }\n' + MONEY, "P426", 1, 2,
    ),
}  # fmt: skip


FEE = """[options.fee]
kind = "fact"
choices = ["a rate", "an amount"]
default = "a rate"
source = "s"
[[versions]]
source = "s"
steps = [
  { take = { input = "rate", from = "0%", to = "50%" }, for = "inventors", only = { fee = "a rate" } },
  { take = "100%", for = "inventors", at_most = { amount = { input = "other" } }, only = { fee = "an amount" } },
  { share = "unknown" },
]
"""
LAW = """kind = "law"
[[versions]]
only = {{ received = {{ from = 2024-07-01 }} }}
source = "s"
steps = [{{ recover = "costs", for = "costs" }}, {{ mark = "net" }}, {{ share = {{ university = "100%" }} }}]
floors = [{{ party = "{party}", at_least = "{rate}", of = "net" }}]
"""


@pytest.mark.parametrize(("party", "rate", "got"), [("inventors", "1/2", Fraction(1, 2)), ("inventors/main", "1/4", Fraction(1, 6)), ("university", "50.01%", Fraction(1, 2))])  # fmt: skip
@pytest.mark.parametrize(("periods", "net"), [("date", 100_00), ("quarter", 100_00), ("year", 70_00)])
def test_a_law_is_for_the_receipts_of_its_days(divided, periods: str, net: int, party: str, rate: str, got: Fraction) -> None:  # fmt: skip
    """The law came between two receipts of 100. Costs of 60 are paid by the first, or by both if they are
    divided together.
    """
    text = (
        f'{ONE}laws = ["law.toml"]\nperiods = "{periods}"\n[[inventors]]\nname = "A"\nmain = true\n[[inventors]]\nname = "B"\nweight = 2\n'
        + "[[costs]]\non = 2024-01-01\namount = 60\n" + MONEY + MONEY.replace("03-01", "10-01")
    )  # fmt: skip
    law = HEAD.format(currency="USD", more="") + LAW.format(party=party, rate=rate)
    split = divided(text, law=law).parts[0].split
    (found,) = (one for one in split.findings if one.period is None)
    share = Fraction(rate) if "/" in rate else Fraction("0.5001")
    assert (found.base, found.required, found.got) == (net, ceil(net * share), round(net * got))
    assert found.status == ("met" if got >= share else "short")
    assert [amount for _, amount in split.outside] == [100_00]


def test_a_law_that_is_for_no_receipt_says_so(divided, ipcalc, tmp_path: Path, monkeypatch) -> None:
    law = HEAD.format(currency="USD", more="") + LAW.format(party="inventors", rate="50%")
    assert divided(ONE + 'laws = ["law.toml"]\n' + MONEY, law=law).parts[0].split.findings == ()
    monkeypatch.chdir(tmp_path)
    shown = " ".join(ipcalc("split", "statement.toml").out.split())
    assert "not for USD 100.00 of what was received" in shown
    document = json.loads(ipcalc("split", "statement.toml", "--format", "json").out)
    assert [one["receipts"] for one in document["parts"][0]["split"]["outside"]] == ["100.00"]


@pytest.mark.parametrize(("text", "code", "line", "column"), REFUSED.values(), ids=REFUSED)
def test_what_a_statement_refuses(divided, text: str, code: str, line: int, column: int) -> None:
    head = HEAD.format(currency="USD", more="")
    strict = head + HALF + 'inventors = { split = "equal" }\n'
    fee = head + FEE
    dated = head + HALF + "only = { disclosed = { from = 2020-01-01 } }\n"
    with pytest.raises(Refused) as refused:
        divided(text, strict=strict, dated=dated, fee=fee)
    problem = refused.value.diagnostics[0]
    assert (problem.code, problem.place.line, problem.place.column) == (code, line, column)


def test_the_command_draws_it_in_every_language_and_as_json(
    divided, ipcalc, tmp_path: Path, monkeypatch
) -> None:
    divided(
        ONE
        + 'discount = { rate = "10%", on = 2023-03-01 }\n[[inventors]]\nname = "Ada"\n'
        + MONEY
        + MONEY.replace("2024", "2025")
    )
    monkeypatch.chdir(tmp_path)
    for lang in ("en", "zh-Hant", "zh-Hans"):
        shown = ipcalc("split", "statement.toml", "--steps", "--chart", "--lang", lang)
        assert (shown.code, shown.error) == (0, "")
        assert "2025-03-01" in shown.out and "86.78" in shown.out and "█" in shown.out
    found = json.loads(ipcalc("split", "statement.toml", "--format", "json").out)
    assert found["kind"] == "ipcalc/split-statement"
    assert found["people"] == [{"name": "Ada", "amount": "100.00"}]
    assert [one["receipts"] for one in found["parts"][0]["split"]["periods"]] == ["100.00", "100.00"]
    refused = ipcalc("split", "statement.toml", "--receipts", "5")
    assert refused.code == 2 and "--set" in refused.error
    changed = ipcalc("split", "statement.toml", "--set", "receipts.0.amount=300", "--format", "json")
    assert json.loads(changed.out)["parts"][0]["split"]["receipts"] == "400.00"


def test_as_csv_it_adds_up_to_what_was_received(divided, ipcalc, tmp_path: Path, monkeypatch) -> None:
    text = (
        ONE.replace("half.toml", "nested.toml") + 'periods = "year"\n' + MONEY + MONEY.replace("2024", "2025")
    )
    people = '[[inventors]]\nname = "=Ada"\nwaives_to = "Lab"\n[[inventors]]\nname = "Bo"\n'
    divided(text + people)
    monkeypatch.chdir(tmp_path)
    shown = ipcalc("split", "statement.toml", "--format", "csv", "--lang", "zh-Hant")
    rows = list(csv.DictReader(io.StringIO(shown.out)))
    assert [(one["period"], one["of"], one["id"], one["to"], one["amount"]) for one in rows[:5]] == [
        ("2024", "party", "costs", "", "0"), ("2024", "party", "lab", "", "30"),
        ("2024", "party", "school", "", "30"), ("2024", "inventor", "'=Ada", "Lab", "20"),
        ("2024", "inventor", "Bo", "", "20"),
    ]  # fmt: skip
    assert sum(Fraction(one["amount"]) for one in rows) == 200
    alone = ipcalc("split", "hk/hku", "--receipts", "100.01", "--format", "csv").out
    assert sum(Fraction(one["amount"]) for one in csv.DictReader(io.StringIO(alone))) == Fraction("100.01")


def test_a_statement_says_what_it_was_worked_out_from(divided, ipcalc, tmp_path: Path, monkeypatch) -> None:
    divided(ONE + 'laws = ["law.toml"]\n' + MONEY, law=HEAD.format(currency="USD", more="").replace("x/test", "x/law") + LAW.format(party="inventors", rate="50%"))  # fmt: skip
    monkeypatch.chdir(tmp_path)
    settings = ("--set", "receipts.0.amount=50")
    receipt = json.loads(ipcalc("split", "statement.toml", *settings, "--format", "json").out)["receipt"]
    assert receipt["statement_hash"] == sha256((tmp_path / "statement.toml").read_bytes()).hexdigest()
    assert receipt["settings"] == ["--set receipts.0.amount=50"]
    assert [one["id"] for one in receipt["policies"]] == ["x/test", "x/law"]
    shown = ipcalc("split", "statement.toml", *settings).out
    assert f"statement statement.toml ({receipt['statement_hash'][:12]})" in shown
    assert f"Policy x/law ({receipt['policies'][1]['hash'][:12]})" in shown


def test_what_a_policy_and_its_law_lack_is_said_once(divided, ipcalc, tmp_path: Path, monkeypatch) -> None:
    def gap(words: str) -> str:
        return f'[[gaps]]\nabout = {{ en = "{words}" }}\naffects = ["versions"]\n'

    half = HEAD.format(currency="USD", more='sources.told = { title = "As told", kind = "report" }\n') + HALF + gap("Not known [told, s].")  # fmt: skip
    law = HEAD.format(currency="USD", more="").replace("x/test", "x/law").replace("Test", "Law") + LAW.format(party="inventors", rate="50%") + gap("Of the law.")  # fmt: skip
    cases = "".join(f'[[cases]]\nid = "{name}"\n' for name in "ab")
    money = "".join(MONEY + f'case = "{name}"\n' for name in "ab")
    found = divided(ONE + 'laws = ["law.toml"]\n' + cases + money, half=half, law=law)
    assert {source.id for source in found.parts[0].split.sources} == {"s", "told"}
    monkeypatch.chdir(tmp_path)
    shown = ipcalc("split", "statement.toml").out
    assert [shown.count(words) for words in ("Not known [told, s].", "Of the law.", "As told")] == [1, 1, 1]
    document = json.loads(ipcalc("split", "statement.toml", "--format", "json").out)
    assert [one["about"] for one in document["parts"][1]["split"]["gaps"]] == [
        "Not known [told, s].",
        "Of the law.",
    ]
