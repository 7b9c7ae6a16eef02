"""Licences: published terms worked out by hand, dates, workings, and what is refused."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from licences import CREDIT, HEAD, TIERS, by_year, read, years

from ipcalc import texts
from ipcalc.inputs.diagnostics import Refused
from ipcalc.ip.receipts import account, receipts
from ipcalc.views import console
from ipcalc.views import licence as view
from ipcalc.views.page import Table


def paid(body, head=HEAD):
    """Each payment as ``kind amount on the day it is paid``."""
    return [
        f"{one.kind} {one.amount / 100:.2f} {one.on}"
        for one in account(*read(body, head)).payments
        if one.amount
    ]


def sold(*amounts, first=2024, more=""):
    return years(*(f"net_sales = {amount}\n{more}" for amount in amounts), first=first)


# -- published terms: the amounts are worked out by hand ------------------------------------------------


def test_a_start_up_package_with_every_common_term_once():
    """lic-fau-package

    Florida Atlantic University, 2020 Startup Guide, page 16: an issue fee of $1,000, 3% of net sales, 10%
    of non-royalty sublicence income, 1% at an exit, all patent costs paid back.
    https://dorsrv1.fau.edu/OTD/otd-2020-startup-guide/files/basic-html/page16.html
    """
    body = """
upfront = [{ on = 2024-01-01, amount = 1_000 }]
royalty = { rate = "3%" }
sublicence = { share = "10%" }
exit = { fee = "1%", on = ["merger", "ipo"] }
patent_costs = { licensee = "100%" }
[sales.2024]
net_sales = 200_000
sublicence_income = 50_000
exit = { on = 2024-06-01, kind = "merger", value = 10_000_000 }
patent_costs = 12_000
"""
    assert paid(body) == [
        "upfront 1000.00 2024-01-01",
        "exit 100000.00 2024-07-01",
        "royalty 6000.00 2025-03-01",
        "sublicence 5000.00 2025-03-01",
        "patent-costs 12000.00 2025-03-01",
    ]
    found = account(*read(body))
    assert sum(one.amount for one in found.payments) == 124_000_00
    assert sum(one.amount for one in receipts(*read(body))) == 112_000_00  # costs paid back are no income
    assert found.costs == ()


@pytest.mark.parametrize(("rate", "royalty"), [("2%", 20_000_00), ("1%", 10_000_00)])
def test_an_express_licence(rate, royalty):
    """lic-unc-rates, eq-unc-exit

    UNC's Carolina Express License: 2% for what needs the FDA's approval, 1% for the rest, and 0.75% of the
    company's fair value at an IPO or merger. Chronicle of Higher Education, December 2009,
    https://www.chronicle.com/article/inventors-hop-aboard-the-carolina-express-license/
    """
    body = f"""
royalty = {{ rate = "{rate}" }}
exit = {{ fee = "0.75%", on = ["ipo", "merger"] }}
[sales.2024]
net_sales = 1_000_000
exit = {{ on = 2024-12-31, kind = "ipo", value = 40_000_000 }}
"""
    assert by_year(body, "royalty") == {2024: royalty}
    assert by_year(body, "exit") == {2024: 300_000_00}


def test_a_combination_product_counts_by_its_part():
    """lic-combination-product

    Net sales × A/(A+B): Upstart Life Sciences, http://blog.upstartlifesci.com/ (the figures are ours)."""
    body = """
royalty = { rate = "3%" }
combination = { formula = "A/(A+B)" }
[sales.2024]
net_sales = 0
combinations = [{ net_sales = 1_000_000, A = 80, B = 40 }]
"""
    [royalty] = account(*read(body)).payments
    assert (royalty.amount, royalty.exact) == (20_000_00, 20_000_00)
    assert [(one.kind, one.amounts["amount"]) for one in royalty.workings] == [
        ("combination", Fraction(200_000_000, 3)),
        ("sales", 20_000_00),
    ]


def test_a_credit_for_royalties_to_others_is_capped_and_carried():
    """Half of what third parties are paid is deducted, but never more than half of the royalty; the rest
    is carried forward. https://www.lawinsider.com/clause/reduction-due-to-royalty-stacking

    2024: 5% of 10m is 500,000; half of 1.2m is 600,000, of which 250,000 are deducted. 2025: 5% of 20m is
    1,000,000; the 350,000 that are left are deducted whole.
    """
    assert by_year(CREDIT, "royalty") == {2024: 250_000_00, 2025: 650_000_00}
    assert account(*read(CREDIT)).standing.credit == 0
    forfeited = CREDIT.replace("carry = true", "carry = false")
    assert by_year(forfeited, "royalty") == {2024: 250_000_00, 2025: 1_000_000_00}


@pytest.mark.parametrize(
    ("floor", "others", "royalty"),
    [
        ("2.5%", 70_000, 50_000_00),  # 5% and 7% are 12%: no reduction
        ("2.5%", 90_000, 30_000_00),  # 14%: 2 points too many
        ("2.5%", 110_000, 25_000_00),  # 16% would leave 1%: the floor
        ("1.25%", 110_000, 12_500_00),
        ("1.25%", 105_000, 15_000_00),
    ],
)
def test_an_aggregate_rate_with_a_floor(floor, others, royalty):
    """Rockefeller to ContraFect: where all royalties together exceed 12%, its own gives way, down to 2.5% on
    patent products and 1.25% on others. https://www.lawinsider.com/clause/stacking-protection/_1 (the rate of
    5% and the sales are ours).
    """
    body = f"""
royalty = {{ rate = "5%" }}
stacking = {{ aggregate = "12%", floor = "{floor}", of = "net sales" }}
[sales.2024]
net_sales = 1_000_000
third_party_royalties = {others}
"""
    assert by_year(body, "royalty") == {2024: royalty}


@pytest.mark.parametrize(
    ("apply", "sales", "royalty"),
    [
        ("marginal", 10_000_000, 0),
        ("marginal", 20_000_000, 700_000_00),
        ("marginal", 25_000_000, 1_200_000_00),  # 7% of 10m and 10% of 5m
        ("whole", 10_000_000, 0),
        ("whole", 20_000_000, 1_400_000_00),  # an up_to is in its tier
        ("whole", 20_000_000.01, 2_000_000_00),  # 2,000,000.001, rounded
        ("whole", 25_000_000, 2_500_000_00),
    ],
)
def test_tiers_of_a_contract_year(apply, sales, royalty):
    """Nothing below $10m of a contract year from 1 April to 31 March, 7% between 10 and 20m, 10% above:
    https://lawinsider.com/clause/royalty-amounts. The clause leaves open which of the two ways it means.
    """
    head = HEAD.replace('"01-01"', '"04-01"').replace('"60 days"', '"45 days"')
    body = TIERS.replace("APPLY", apply) + sold(sales)
    assert by_year(body, "royalty", head) == {2024: royalty}
    wanted = [] if not royalty else [date(2025, 5, 15)]  # 45 days after 31 March
    assert [one.on for one in receipts(*read(body, head))] == wanted


def test_tiers_over_the_life_of_a_licence():
    """3% of the first $25 million, 2% of all beyond: https://lawinsider.com/clause/royalty-rate"""
    body = """
[licence.royalty]
tiers = [{ up_to = 25_000_000, rate = "3%" }, { rate = "2%" }]
apply = "marginal"
over = "lifetime"
""" + sold(20_000_000, 10_000_000, 1_000_000)
    assert by_year(body, "royalty") == {2024: 600_000_00, 2025: 250_000_00, 2026: 20_000_00}
    yearly = body.replace("lifetime", "year")
    assert by_year(yearly, "royalty") == {2024: 600_000_00, 2025: 300_000_00, 2026: 30_000_00}
    whole = body.replace("marginal", "whole")  # the tier that the total has reached, on the year's sales
    assert by_year(whole, "royalty") == {2024: 600_000_00, 2025: 200_000_00, 2026: 20_000_00}


MINIMUM = """
royalty = { rate = "5%" }
minimum = { from = { 2024 = 10_000, 2026 = 25_000, 2028 = 50_000 }, creditable = true, paid = "arrears" }
"""


def test_a_minimum_that_rises():
    """$10,000 in the first two years, 25,000 in the next two, 50,000 from the fifth:
    https://lawinsider.com/dictionary/minimum-annual-royalties; credited against the royalty of the same year,
    as in https://www.markettransfer.info/clause/minimum-royalty-payments (the 5% and the sales are ours).
    """
    body = MINIMUM + sold(0, 100_000, 500_000, 800_000, 2_000_000)
    earned = {2024: 0, 2025: 5_000_00, 2026: 25_000_00, 2027: 40_000_00, 2028: 100_000_00}
    assert by_year(body, "royalty") == earned
    assert by_year(body, "minimum") == {2024: 10_000_00, 2025: 5_000_00, 2026: 0, 2027: 0, 2028: 0}
    early = body.replace("arrears", "advance")
    assert by_year(early, "minimum") == {
        2024: 10_000_00, 2025: 10_000_00, 2026: 25_000_00, 2027: 25_000_00, 2028: 50_000_00,
    }  # fmt: skip
    assert by_year(early, "royalty") == {2024: 0, 2025: 0, 2026: 0, 2027: 15_000_00, 2028: 50_000_00}
    assert [one.on for one in receipts(*read(early))][:2] == [date(2024, 1, 1), date(2025, 1, 1)]
    beside = body.replace("creditable = true", "creditable = false")
    assert by_year(beside, "royalty") == earned
    assert by_year(beside, "minimum") == by_year(early, "minimum")


def test_a_minimum_after_years_without_a_royalty():
    """ETH Zurich: CHF 5,000 a year, after five royalty-free years. https://transfer.ethz.ch/founders/license.html"""
    body = """
royalty = { rate = "1%", from = 2029 }
minimum = { from = { 2029 = 5_000 }, creditable = true, paid = "arrears" }
""" + sold(900_000, 900_000, 900_000, 900_000, 900_000, 100_000, 900_000)
    assert paid(body, HEAD.replace("USD", "CHF")) == [
        "royalty 1000.00 2030-03-01",
        "minimum 4000.00 2030-03-01",
        "royalty 9000.00 2031-03-01",
    ]


def test_a_royalty_that_is_deferred_and_ends():
    """Carnegie Mellon defers royalties for three years: http://www.cmu.edu/startups/go/index.html"""
    body = 'royalty = { rate = "2%", from = 2027, until = 2028 }\n' + sold(*[1_000_000] * 6)
    assert {year for year, amount in by_year(body, "royalty").items() if amount} == {2027, 2028}
    [kind] = {one.kind for one in account(*read(body)).payments[0].workings}
    assert kind == "no-royalty"


def test_milestones_of_sales():
    """Vertex pays CFFT $13.3m once cumulative net sales reach $100m, and again at $200m:
    https://www.lawinsider.com/clause/additional-royalty
    """
    body = """
milestones = [
  { name = "first", amount = 13_300_000, sales = 100_000_000, over = "lifetime" },
  { name = "second", amount = 13_300_000, sales = 200_000_000, over = "lifetime" },
  { name = "a good year", amount = 1_000_000, sales = 100_000_000, over = "year" },
]
""" + sold(99_999_999.99, 0.01, 100_000_000, 150_000_000)
    assert paid(body) == [
        "milestone 13300000.00 2026-03-01",
        "milestone 13300000.00 2027-03-01",
        "milestone 1000000.00 2027-03-01",
    ]
    assert account(*read(body)).waiting == ()
    at_once = receipts(*read(body[: body.index("[sales")] + sold(50_000_000, 160_000_000)))
    reached = [one.workings[0].amounts for one in at_once]
    assert [amounts["sales"] // 100 for amounts in reached] == [210_000_000, 210_000_000, 160_000_000]
    assert [amounts["level"] // 100 for amounts in reached] == [100_000_000, 200_000_000, 100_000_000]


# -- terms of our own -----------------------------------------------------------------------------------


def test_milestones_by_date_and_by_event():
    body = """
milestones = [
  { name = "signing", amount = 1, on = 2024-02-29 },
  { name = "trial", amount = 2.50, event = "first patient" },
  { name = "approval", amount = 3, event = "approval" },
]
[sales.2024]
[sales.2025]
events = { "first patient" = 2025-12-31 }
"""
    assert paid(body) == ["milestone 1.00 2024-02-29", "milestone 2.50 2026-01-30"]
    assert [one.name for one in account(*read(body)).waiting] == ["approval"]


def test_sublicence_income_by_stage():
    body = """
sublicence = { stages = { early = "40%", late = "1/3" } }
[sales.2024]
sublicence_income = [{ amount = 100, stage = "early" }, { amount = 100, stage = "late" }]
"""
    assert paid(body) == ["sublicence 40.00 2025-03-01", "sublicence 33.33 2025-03-01"]
    found = receipts(*read(body))
    assert [(one.name, one.exact) for one in found] == [("early", 40_00), ("late", Fraction(10_000, 3))]


def test_a_royalty_and_its_top_up_make_the_minimum_to_the_cent():
    """A third of a cent less royalty than 1.67: rounded both up, they would make a cent too much."""
    body = """
royalty = { rate = "1/3" }
minimum = { from = { 2024 = 10 }, creditable = true, paid = "arrears" }
""" + sold("5.015")
    with pytest.raises(Refused):
        read(body)  # half a cent of sales
    assert paid(body.replace("5.015", "5.00")) == ["royalty 1.67 2025-03-01", "minimum 8.33 2025-03-01"]


def test_patent_costs_are_shared():
    body = """
patent_costs = { licensee = "50%" }
[sales.2024]
patent_costs = 0.01
[sales.2025]
patent_costs = 30_000
"""
    found = account(*read(body))
    assert [(one.amount, one.income) for one in found.payments] == [(1, False), (15_000_00, False)]
    assert [(cost.on, cost.amount) for cost in found.costs] == [(date(2025, 12, 31), 15_000_00)]
    borne = account(*read(body.replace("50%", "0%")))
    assert [cost.amount for cost in borne.costs] == [1, 30_000_00]
    assert receipts(*read(body)) == ()


def test_shares_in_lieu_of_fees():
    body = 'equity = { stake = "5%", on = 2024-01-01, in_lieu_of = ["upfront", "royalty"] }\n'
    assert account(*read(body)).payments == ()
    valued = body.replace("in_lieu_of", "agreed_value = 200_000, in_lieu_of")
    assert paid(valued) == ["shares 200000.00 2024-01-01"]
    [shares] = receipts(*read(valued.replace("on = ", 'options = { received_as = "shares" }, on = ')))
    assert shares.options == {"received_as": "shares"}


def test_the_yen_has_no_minor_unit():
    [royalty] = receipts(*read('royalty = { rate = "0.5%" }\n' + sold(101), HEAD.replace("USD", "JPY")))
    assert (royalty.exact, royalty.amount) == (Fraction(101, 200), 1)


def test_a_licence_year_can_begin_on_any_day():
    head = HEAD.replace('"01-01"', '"07-01"')
    terms, _ = read('royalty = { rate = "1%" }\n' + sold(1, first=2024), head)
    assert terms.bounds(2024) == (date(2024, 7, 1), date(2025, 6, 30))
    assert [terms.year_of(date(2025, month, 1)) for month in (6, 7)] == [2024, 2025]


# -- what is shown --------------------------------------------------------------------------------------


def test_the_document_says_how_each_payment_was_worked_out():
    found = view.document(account(*read(CREDIT)))
    first, second = found["payments"]
    assert (first["kind"], first["amount"], first["on"]) == ("royalty", "250000.00", "2025-03-01")
    steps = ["sales", "credit", "floor-royalty", "reduced", "carried"]
    assert [one["step"] for one in first["workings"]] == steps
    assert first["workings"][-1]["amounts"] == {"amount": "350000.00"}
    amounts = {"third": "0.00", "carried": "350000.00", "amount": "350000.00"}
    assert second["workings"][1]["amounts"] == amounts
    assert [one["step"] for one in second["workings"]] == ["sales", "credit", "reduced"]
    assert (found["years"], found["carried"]) == ([2024, 2025], "0.00")


EVERYTHING = """
upfront = [{ on = 2024-03-01, amount = 50_000 }]
milestones = [
  { name = "filing", amount = 25_000, on = 2024-09-30 },
  { name = "trial", amount = 250_000, event = "first patient" },
  { name = "approval", amount = 1_000_000, event = "approval" },
  { name = "10 million", amount = 500_000, sales = 10_000_000, over = "lifetime" },
  { name = "5 million a year", amount = 100_000, sales = 5_000_000, over = "year" },
  { name = "a billion", amount = 100_000, sales = 1_000_000_000, over = "lifetime" },
  { name = "a billion a year", amount = 100_000, sales = 1_000_000_000, over = "year" },
]
minimum = { from = { 2024 = 50_000 }, creditable = true, paid = "arrears" }
sublicence = { stages = { early = "40%", late = "20%" } }
stacking = { credit = "50%", floor = "50%", of = "royalty", carry = true }
combination = { formula = "A/(A+B)" }
exit = { fee = "1%", on = ["ipo", "merger"] }
equity = { stake = "5%", on = 2024-03-01, agreed_value = 40_000, in_lieu_of = [] }
patent_costs = { licensee = "50%" }
royalty = { rate = "3%", from = 2025 }

[sales.2024]
net_sales = 300_000
third_party_royalties = 0
sublicence_income = [{ amount = 100_000, stage = "early" }]
events = { "first patient" = 2024-05-04 }
patent_costs = 30_000.01

[sales.2025]
net_sales = 6_000_000
combinations = [{ net_sales = 1_000_000, A = 80, B = 40 }]
third_party_royalties = 800_000
sublicence_income = []
patent_costs = 0

[sales.2026]
net_sales = 8_000_000
third_party_royalties = 0
sublicence_income = []
patent_costs = 0
exit = { on = 2026-11-01, kind = "ipo", value = 40_000_000 }
"""
OTHERWISE = (
    EVERYTHING.replace('credit = "50%", floor', 'aggregate = "5%", floor')
    .replace('of = "royalty", carry = true', 'of = "net sales"')
    .replace("arrears", "advance")
    .replace("agreed_value = 40_000, in_lieu_of = []", 'in_lieu_of = ["upfront"]')
    .replace("upfront = [{ on = 2024-03-01, amount = 50_000 }]\n", "")
)


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_every_line_is_said_in_every_language(lang):
    """Each sentence about a payment stands on the page, its blanks filled in."""
    pages = [[*view.blocks(account(*read(body)), lang, steps=True)] for body in (EVERYTHING, OTHERWISE)]
    shown = "\n".join(console.draw(page, width=400) for page in pages)
    for group in ("how", "kind"):
        for key, text in texts.catalogue("interface")["licence"][group].items():
            parts = re.split(r"\{\w+\}", text[lang])
            pattern = ".+".join(map(re.escape, parts))
            assert re.search(pattern, shown) or key in ("milestones",), key
    assert not re.search(r"[{}]", shown)


def test_the_guide_shows_a_licence():
    """By hand: 360,000 of net sales at 2% are 7,200; half of 10,000 is 5,000, but 3,600 is the floor."""
    guide = (Path(__file__).parents[2] / "schemes" / "README.md").read_text()
    [shown] = re.findall(r"(?ms)^```toml\n(\[licence\].*?)^```$", guide)
    found = account(*read(shown, ""))
    assert [(one.kind, one.amount) for one in found.payments if one.amount] == [
        ("upfront", 50_000_00),
        ("milestone", 25_000_00),
        ("milestone", 250_000_00),
        ("royalty", 3_600_00),
        ("minimum", 6_400_00),
        ("sublicence", 40_000_00),
        ("patent-costs", 30_000_00),
    ]
    assert found.standing.credit == 1_400_00


def test_the_page_adds_up():
    [table] = [block for block in view.blocks(account(*read(EVERYTHING)), "en") if isinstance(block, Table)]
    *rows, (_, _, total, whole) = table.rows
    cells = [Decimal(row[2].replace(",", "")) for row in rows]
    years = [Decimal(row[3].replace(",", "")) for row in rows if row[3]]
    assert sum(cells) == sum(years) == Decimal(total.replace(",", "")) == Decimal(whole.replace(",", ""))
    assert [row[0] for row in rows if row[0]] == ["2024", "2025", "2026"]


def test_nothing_is_said_where_nothing_was_paid():
    body = 'equity = { stake = "5%", on = 2024-01-01, in_lieu_of = ["upfront"] }\n'
    shown = console.draw([*view.blocks(account(*read(body)), "en", steps=True)])
    assert shown.split("\n")[1:] == [
        "  No payment yet.",
        "  From 2024-01-01 the licensor holds 5% of the licensee's shares, in lieu of:",
        "  upfront fee.",
        "  No value was agreed for the shares, so they are no amount here.",
        "",
    ]
