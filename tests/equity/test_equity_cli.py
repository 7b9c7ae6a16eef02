"""``ipcalc equity`` as it is typed: the document, the page, the exit code."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from captables import event, issue, pool, priced, safe, stake, table
from click.testing import CliRunner

from ipcalc import __version__
from ipcalc.cli.main import ipcalc

EXAMPLE = Path(__file__).parent.parent / "examples" / "equity" / "separators.toml"


def run(*args, stdin=None):
    """Exit code, standard output and standard error."""
    result = CliRunner().invoke(ipcalc, ["equity", *args], input=stdin)
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def company(tmp_path):
    """A small file: 900 shares, a stake, a pool and a round."""
    path = tmp_path / "cap.toml"
    path.write_text(
        table(
            issue("ada", 900),
            stake("10%"),
            pool("target", "20%"),
            priced({"fund": "500.50"}, pre_money=2002),
            shares="floor",
        )
    )
    return path


def test_the_document(company):
    code, out, err = run(str(company), "--format", "json", "--exit", "1000.01")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert list(document) == [
        "kind", "version", "company", "currency", "stakeholders", "events", "paths", "exits", "breakpoints",
        "assumptions", "receipt",
    ]  # fmt: skip
    assert (document["kind"], document["version"], document["currency"]) == ("ipcalc/equity", 1, "USD")
    assert [event["kind"] for event in document["events"]] == ["issue", "university-grant", "pool", "round"]
    # 900 + 100, a pool of 250, then 500.50 at 2002 / 1250 = 1.6016: 312.5 shares
    last = document["events"][-1]
    assert last["round"] == {
        "convention": "pre-money",
        "price": "1.6016",
        "exact_price": "1.6016",
        "pre": "2002.00",
        "post": "2502.50",
        "new_money": "500.50",
        "pool_increase": "0",
        "new_shares": [{"holder": "fund", "amount": "500.50", "shares": "312", "exact": "312.5"}],
        "branch": {},
        "conversions": [],
        "capitalization": {"pre": "1250", "post": "1250"},
        "floor": {},
        "anti_dilution": {},
        "rights": [],
    }
    assert last["lost"] == "0.5"
    assert last["holdings"][-1] == {
        "kind": "reserve",
        "plan": "esop",
        "class": "common",
        "shares": "250",
        "issued": "0",
        "fully_diluted": "125/781",
        "with_unconverted": "125/781",
        "fully_diluted_before": "0.2",
    }
    assert document["events"][1]["target"] == {"asked": "0.1", "achieved": "0.1"}
    # 1000.01 over 900 + 100 + 312 issued: 685.98247…, 76.22027…, 237.80725…; the odd cent to the last
    (sale,) = document["exits"]
    assert sale["proceeds"] == "1000.01"
    payouts = {payout["holder"]: payout["entitled"] for payout in sale["payouts"]}
    assert payouts == {"ada": "685.98", "uni": "76.22", "fund": "237.81"}
    # fund: 312 of 1562, at 1.6016 each
    assert document["paths"] == [
        {
            "holder": "ada",
            "steps": [
                {"event": "e0", "before": "0", "after": "1", "because": [{"cause": "issue", "part": "1"}]},
                {
                    "event": "e1",
                    "before": "1",
                    "after": "0.9",
                    "because": [{"cause": "grant", "part": "-0.1"}],
                },
                {
                    "event": "e2",
                    "before": "0.9",
                    "after": "0.72",
                    "because": [{"cause": "pool", "part": "-0.18"}],
                },
                {
                    "event": "e3",
                    "before": "0.72",
                    "after": "450/781",
                    "because": [{"cause": "new-money", "part": "-2808/19525"}],
                },
            ],
            "value_at_round_price": "1441.44",
        },
        {
            "holder": "uni",
            "steps": [
                {
                    "event": "e1",
                    "before": "0",
                    "after": "0.1",
                    "because": [{"cause": "grant", "part": "0.1"}],
                },
                {
                    "event": "e2",
                    "before": "0.1",
                    "after": "0.08",
                    "because": [{"cause": "pool", "part": "-0.02"}],
                },
                {
                    "event": "e3",
                    "before": "0.08",
                    "after": "50/781",
                    "because": [{"cause": "new-money", "part": "-312/19525"}],
                },
            ],
            "value_at_round_price": "160.16",
        },
        {
            "plan": "esop",
            "steps": [
                {"event": "e2", "before": "0", "after": "0.2", "because": [{"cause": "pool", "part": "0.2"}]},
                {
                    "event": "e3",
                    "before": "0.2",
                    "after": "125/781",
                    "because": [{"cause": "new-money", "part": "-156/3905"}],
                },
            ],
            "value_at_round_price": "400.40",
        },
        {
            "holder": "fund",
            "steps": [
                {
                    "event": "e3",
                    "before": "0",
                    "after": "156/781",
                    "because": [{"cause": "new-money", "part": "156/781"}],
                }
            ],
            "value_at_round_price": "499.6992",
        },
    ]
    assert document["receipt"]["ipcalc"] == __version__
    assert document["receipt"]["exits"] == ["1000.01"]


def test_only_words_depend_on_the_language(company):
    english, chinese = (
        json.loads(run(str(company), "--format", "json", "--lang", lang)[1]) for lang in ("en", "zh-HK")
    )
    words = [[one.pop("text") for one in document["assumptions"]] for document in (english, chinese)]
    assert english == chinese
    assert all(a != b for a, b in zip(*words, strict=True))


def test_the_page_fits_eighty_columns_and_its_percentages_add_up(company):
    code, out, _ = run(str(company), "--exit", "1000")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    rows = [line.split() for line in out.split("e3 · round")[1].splitlines()]
    columns = [row[-3:] for row in rows if len(row) >= 6 and row[-2].endswith("%")]
    assert [row[-1] for row in columns] == ["72.00%", "8.00%", "–", "20.00%"]
    diluted = [round(float(row[1].rstrip("%")) * 100) for row in columns]
    assert sum(diluted) == 10_000


def test_settings_are_laid_over_and_named_in_the_receipt(company):
    _, out, _ = run(str(company), "--format", "json", "--set", "events.e1.grant.percent=5%")
    document = json.loads(out)
    assert document["events"][1]["target"]["asked"] == "0.05"
    assert document["receipt"]["settings"] == ["--set events.e1.grant.percent=5%"]


def test_a_refused_setting_is_named(company):
    code, out, err = run(str(company), "--set", "events.e0.shares=-5")
    assert (code, out) == (2, "")
    assert err.startswith("--set events.e0.shares=-5: F106: ")


def test_a_refused_file_is_said_with_its_place(tmp_path):
    path = tmp_path / "cap.toml"
    path.write_text(table(issue("adda", 5)))
    code, out, err = run(str(path))
    assert (code, out) == (2, "")
    assert "E501" in err
    assert "'ada'" in err
    assert 'holder = "adda"' in err


def test_standard_input_and_a_date(company):
    code, out, _ = run("-", "--format", "json", "--at", "2023-12-31", stdin=company.read_text())
    assert code == 0
    assert json.loads(out)["events"] == []


def test_text_from_a_file_is_inert(tmp_path):
    path = tmp_path / "cap.toml"
    text = table(issue("ada", 5)).replace('id = "ada"', 'id = "ada"\nname = "A\\u001b[31m|B\\u202e"')
    path.write_text(text, encoding="utf-8")
    for form in ("table", "md"):
        _, out, _ = run(str(path), "--format", form)
        assert "\x1b" not in out
        assert "\u202e" not in out


@pytest.mark.parametrize(("percent", "shares", "growth", "payout"), [
    ("10%", 1_111_111, "5.40%", "11,489,361.61"),
    ("5%", 526_315, "2.70%", "5,744,673.09"),
])  # fmt: skip
def test_the_example_compares_ten_with_five_percent(percent, shares, growth, payout):
    """10m founders' shares: a stake of p is 10m p / (1 - p), and a pool of a tenth, a fifth and a quarter of
    new money leave it p · 0.9 · 0.8 · 0.75 of all; the pool has 6%, paid nothing: over 0.94 of the sale.
    """
    setting = f"events.stake.grant.percent={percent}"
    code, out, _ = run(str(EXAMPLE), "--set", setting)
    assert code == 0
    lines = [" ".join(line.split()) for line in out.splitlines() if "The university" in line]
    assert lines[0] == f"The university: +{shares:,} ordinary"
    assert growth in lines[-2]
    assert lines[-1].endswith(payout)
    exact = 200_000_000 * float(percent.rstrip("%")) / 100 * 0.9 * 0.8 * 0.75 / 0.94
    assert float(payout.replace(",", "")) == pytest.approx(exact, rel=1e-5)


def test_before_the_first_event_nobody_holds_anything(ipcalc, example):
    path = example("equity/separators.toml")
    run = ipcalc("equity", path, "--at", "2020-01-01")
    assert run.code == 0
    assert "Ada Chan" not in run.out


def test_holdings_as_csv_are_inert(tmp_path):
    """c-cell-dde, c-cell-at, c-cell-fullwidth: a name is never a formula, and numbers stay numbers."""
    names = ["=cmd|' /C calc'!A0", "@SUM(1+1)", "＝1+1"]
    text = table(issue("ada", 1), issue("bo", 1), issue("uni", 1))
    for holder, name in zip(("ada", "bo", "uni"), names, strict=True):
        text = text.replace(f'id = "{holder}"\n', f'id = "{holder}"\nname = "{name}"\n')
    path = tmp_path / "cap.toml"
    path.write_text(text, encoding="utf-8")
    code, out, err = run(str(path), "--format", "csv")
    assert (code, err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 1 + 2 + 3
    assert [row["name"] for row in rows[-3:]] == [f"'{name}" for name in names]
    assert {row["fully_diluted"] for row in rows[-3:]} == {"0.333333333333"}
    assert {row["shares"] for row in rows} == {"1"}


COMMON = {"class": "common"}
DISCOUNTED = 'event = "safe"\nholder = "fund"\namount = 100_000\ndiscount = 1.0'


@pytest.mark.parametrize(
    ("events", "holders", "at_fault", "code"),
    [
        pytest.param([issue("ada", "0.5")], "", "shares = 0.5", "E507", id="c-fraction-share"),
        pytest.param([issue("ada", 0)], "", "shares = 0", "F106", id="c-zero-total"),
        pytest.param([issue("ada", -1)], "", "shares = -1", "F106", id="c-negative"),
        pytest.param([issue("ada", 10**30)], "", f"shares = {10**30}", "F106", id="c-1e30"),
        pytest.param([issue("ada", 9), DISCOUNTED], "", "discount = 1.0", "F106", id="c-discount-100"),
        pytest.param([issue("ada", 9)], "ada", 'id = "ada"', "F112", id="c-dup-holder"),
    ],
)
def test_a_bad_file_is_told_once_with_its_place(
    events, holders, at_fault, code, ipcalc, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    text = table(*events, holders=["ada", "fund", *holders.split()], shares="floor")
    (tmp_path / "cap.toml").write_text(text)
    line = len(text.splitlines()) - text.splitlines()[::-1].index(at_fault)
    column = at_fault.index("= ") + 3
    for form in ("table", "json", "csv", "md"):
        result = ipcalc("equity", "cap.toml", "--format", form)
        assert (result.code, result.out) == (2, "")
        assert result.error.startswith(f"cap.toml:{line}:{column}: {code}: ")
        assert (result.error.count(f": {code}: "), "\x1b" in result.error) == (1, False)


def page_of(tmp_path, text, *options):
    """The page of a cap table."""
    path = tmp_path / "cap.toml"
    path.write_text(text)
    code, out, err = run(str(path), *options)
    assert (code, err) == (0, "")
    return out


def test_an_event_says_what_was_agreed(tmp_path):
    interest = '{ rate = "6%", kind = "simple", day_count = "actual/365", on_conversion = "shares" }'
    note = event("note", holder="angel", principal=300, interest=interest, maturity=date(2026, 1, 1),
                 cap=900, cap_counts=1000, discount="15%")  # fmt: skip
    vesting = '{ start = 2024-01-01, months = 48, cliff = 12, every = 1, allocation = "FRACTIONAL" }'
    fee = '{ exit_fee = "1%", of = "proceeds" }'
    given = event("university-grant", grant=fee, to='{ uni = "70%", bo = "30%" }', **COMMON)
    out = page_of(tmp_path, table(
        issue("ada", 1000),
        safe(400, id="first", mfn="true"),
        safe(500, id="second", basis="post-money", cap=8000, discount="20%", pro_rata="true"),
        event("mfn-election", instrument="first", takes="second"),
        note, given,
        event("warrant", holder="fund", shares=5, strike="2.5", expires=date(2030, 1, 1), **COMMON),
        issue("bo", 48) + "\nprice = 1\nvesting = " + vesting,
    ))  # fmt: skip
    said = " ".join(out.split())
    for line in (
        "angel: 400 paid in, may take a later one's terms",
        "angel: 500 paid in, post-money cap of 8,000, discount of 20%, right to a pro-rata part of the round",
        "first takes the terms of second",
        "fund: strike of 2.5 a share, until 2030-01-01",
        "bo: vests over 48 months from 2024-01-01, nothing in the first 12",
        "angel: a loan of 300, 6% simple interest a year (actual/365), cap of 900 on 1,000 shares, "
        "discount of 15%, due on 2026-01-01",
        "uni: 70% of what is agreed, 1% of the proceeds of an exit, in place of shares",
    ):
        assert line in said


def test_holders_of_one_name_are_told_apart_by_their_ids(tmp_path):
    text = table(issue("ada", 900), issue("bo", 100), issue("uni", 200))
    for holder in ("ada", "bo"):
        text = text.replace(f'id = "{holder}"\n', f'id = "{holder}"\nname = "Lee"\n')
    out = page_of(tmp_path, text, "--exit", "1200", "--chart")
    lines = {" ".join(line.split()) for line in out.splitlines()}
    assert {"Lee (ada) common 900 75.00% 75.00%", "Lee (bo) common 100 8.33% 8.33%"} <= lines
    assert {"Lee (ada) common 75.00% 900.00", "A Lee (ada)"} <= lines
    assert "uni: 16.67%" in lines


def test_a_total_that_is_no_sum_of_the_shares_above_says_what_it_is_of(tmp_path):
    preferred = (
        '[[classes]]\nid = "a"\nkind = "preferred"\npreference = "1x"\nseniority = 1\n'
        'participation = "none"\nprice = 10\nconversion_price = 5'
    )
    made = table(issue("ada", 80), issue("fund", 10, "a"), classes=preferred)
    assert "Total as converted 100 " in " ".join(page_of(tmp_path, made).split())
    plain = table(issue("ada", 80), issue("fund", 10, "a"), classes=preferred.replace("= 5", "= 10"))
    assert "Total 90 " in " ".join(page_of(tmp_path, plain).split())


def test_nothing_to_rest_on_has_no_heading(tmp_path):
    text = "events = []\n" + table(issue("ada", 1)).partition("[[events]]")[0]
    out = page_of(tmp_path, text)
    assert "No event yet." in out
    assert "What this rests on" not in out


def test_a_chart_gives_each_owner_a_letter(company):
    _, out, _ = run(str(company), "--chart")
    drawn = out.split("Ownership by round")[1].splitlines()
    # 450, 50, 156 and 125 of 781 shares, of 50 cells: 28.8, 3.2, 10.0 and 8.0
    assert drawn[1] == "e3 " + "A" * 29 + "B" * 3 + "C" * 10 + "D" * 8
    assert drawn[2:6] == ["A ada", "B uni", "C fund", "D esop (unallocated)"]


def test_two_floors_are_compared_after_every_event():
    example = EXAMPLE.with_name("spin-out.toml")
    settings = [f"--set=events.stake.floor.percent={percent}" for percent in ("10%", "5%")]
    result = CliRunner().invoke(ipcalc, ["compare", str(example), *settings, "--format", "json"])
    rows = {row["key"]: row for row in json.loads(result.stdout)["rows"]}
    assert set(rows["stake.holder.uni.common.shares"]["values"]) == {"301726"}  # the floor matters in rounds
    more, less = rows["seed-round.holder.uni.common.shares"]["values"]
    assert int(more) > int(less)
    assert "angel-safe.holder.angel.angel-safe.safe.shares" in rows
