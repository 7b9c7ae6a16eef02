"""Statements whose receipts a licence makes: who gets what of them, by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

FEES = """
[licence]
currency = "HKD"
signed = 2024-03-01
year_starts = "01-01"
due = { year = "60 days", event = "30 days" }
upfront = [{ on = 2024-03-01, amount = 50_000 }]
royalty = { rate = "3%" }
minimum = { from = { 2025 = 10_000 }, creditable = true, paid = "arrears" }
exit = { fee = "1%", on = ["ipo"] }
patent_costs = { licensee = "50%" }

[sales.2024]
net_sales = 100_000
patent_costs = 20_000

[sales.2025]
net_sales = 200_000
patent_costs = 0
exit = { on = 2025-06-30, kind = "ipo", value = 1_000_000 }
"""
HKU = '[statement]\npolicy = "hk/hku"\nperiods = "year"\n' + FEES
YALE = """
[statement]
policy = "us/yale"
[dates]
disclosed = 2020-05-01
[licence]
currency = "USD"
signed = 2021-03-01
year_starts = "01-01"
upfront = [{ on = 2021-03-01, amount = 150_000 }]
equity = { stake = "5%", on = 2021-03-01, agreed_value = 100_000, in_lieu_of = [], options = OPTIONS }
"""
SHARES = '{ "received as" = "shares with an agreed value" }'


@pytest.fixture
def split(ipcalc, tmp_path, monkeypatch):
    """The document of a statement's text, or what is said against it, on one line."""
    monkeypatch.chdir(tmp_path)

    def run(text):
        (tmp_path / "s.toml").write_text(text)
        done = ipcalc("split", "s.toml", "--format", "json")
        return json.loads(done.raw) if not done.error else " ".join(done.error.split())

    return run


def amounts(part):
    return {one["party"]: one["amount"] for one in part["split"]["parties"] if one["amount"] != "0.00"}


def test_a_licences_receipts_are_divided(split):
    """50,000 in 2024; in 2025 3,000 of royalty for 2024 and 10,000 at the exit; in 2026 6,000 of royalty and
    4,000 to the minimum: 73,000. The 10,000 of patent costs that stay with the university are its own on 31
    December 2024, so what 2025 brings pays them back.
    """
    found = split(HKU)
    [part] = found["parts"]
    assert part["split"]["receipts"] == "73000.00"
    assert amounts(part) == {
        "cost-recovery": "10000.00",
        "inventors": "44100.00",  # 70% of 63,000
        "university": "18900.00",
    }
    assert [(one["period"], one["receipts"]) for one in part["split"]["periods"]] == [
        ("2024", "50000.00"),
        ("2025", "13000.00"),
        ("2026", "10000.00"),
    ]
    kinds = [one["kind"] for one in found["licence"]["payments"] if one["income"]]
    assert kinds == ["upfront", "royalty", "exit", "royalty", "minimum"]
    assert [one["amount"] for one in found["licence"]["payments"] if not one["income"]] == ["10000.00"]


def test_the_example(ipcalc):
    """2026: 3m of 4.5m in whole cells count; after 3m in 2025, 17m of 24m bear 2% and 7m bear 3%: 550,000.
    Half of 500,000 is set against it, down to 60%: 330,000. Of 1,760,000 in all, 110,000 pay patent costs
    back; the inventors get 70% of the rest, 1,155,000, and Ada two thirds of it.
    """
    path = Path(__file__).parents[1] / "examples" / "statements" / "separators.toml"
    found = json.loads(ipcalc("split", path, "--format", "json").raw)
    royalties = [one["amount"] for one in found["licence"]["payments"] if one["kind"] == "royalty"]
    assert royalties == ["0.00", "60000.00", "330000.00"]
    [part] = found["parts"]
    assert part["split"]["receipts"] == "1760000.00"
    assert [one["amount"] for one in part["split"]["people"]] == ["770000.00", "385000.00"]


def test_a_licence_of_two_inventions(split):
    """Each payment is divided to the cent: a third of 50,000, of 3,000, of 10,000, of 6,000 and of 4,000."""
    cases = """
[[cases]]
id = "cell"
of_licence = "1/3"
[[cases]]
id = "separator"
of_licence = "2/3"
"""
    found = split(HKU + cases)
    assert [part["split"]["receipts"] for part in found["parts"]] == ["24333.33", "48666.67"]
    assert [part["split"]["costs"] for part in found["parts"]] == ["3333.33", "6666.67"]
    assert split(HKU + cases.replace("2/3", "1/3")).startswith("s.toml:25:3: P401:")


WARF = """
[statement]
policy = "us/warf"
[licence]
currency = "USD"
signed = DAY
year_starts = "01-01"
due = { year = "60 days" }
royalty = { rate = "3%" }
[sales.2010]
net_sales = 1_000_000
"""


def test_a_licence_says_when_it_was_signed(split):
    """WARF: the laboratory has 70% of the first $100,000 of a licence signed to June 2008, later nothing."""
    kind = '[options]\n"kind of IP" = "patent or other technology"\n'
    [early] = split(WARF.replace("DAY", "2008-06-30") + kind)["parts"]
    assert amounts(early)["laboratory"] == "21000.00"
    [late] = split(WARF.replace("DAY", "2008-07-01"))["parts"]
    assert amounts(late) == {"inventors": "6000.00", "department": "4500.00", "campus": "19500.00"}
    said = split(WARF.replace("DAY", "2008-07-01") + "[dates]\nlicence_signed = 2008-06-30\n")
    assert said.startswith("s.toml:13:18: F118: 'licence_signed' is 2008-06-30 here, but 2008-07-01")


def test_shares_with_a_value_are_banded_after_the_cash(split):
    """Yale: of 150,000 in cash the office has a tenth; then 50% of 100,000 and 40% of 35,000; of shares worth
    100,000 nothing is kept: 40% of the next 65,000 and 30% of the rest. In all 64,000 + 36,500.
    """
    [part] = split(YALE.replace("OPTIONS", SHARES))["parts"]
    assert amounts(part)["inventors"] == "100500.00"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ('{ "receivd as" = "cash" }', "P404: this policy does not ask for 'receivd as'"),
        ('{ "received as" = "sharez" }', "F107: 'sharez' is not one of"),
    ],
)
def test_what_a_licence_states_for_a_policy_is_refused_where_it_stands(split, options, said):
    found = split(YALE.replace("OPTIONS", options))
    assert found.startswith("s.toml:11:")
    assert said in found


def test_a_licence_in_another_currency_than_the_policys(split):
    found = split(HKU.replace('currency = "HKD"', 'currency = "USD"'))
    assert found.startswith("s.toml:6:12: F118: 'currency' is USD here, but HKD by hk/hku")


def test_sales_without_a_licence(split):
    found = split('[statement]\npolicy = "hk/hku"\n[sales.2024]\nnet_sales = 1\n')
    assert "F101: 'licence' is missing" in found


def test_errors_of_a_licence_stand_beside_each_other(split):
    found = split(HKU.replace("net_sales = 200_000\n", "").replace('"3%"', '"3%", from = 2024, until = 2023'))
    assert all(code in found for code in ("P503", "F116"))
