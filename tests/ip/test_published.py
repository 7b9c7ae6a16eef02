"""Published policies and worked cases, to the cent. The arithmetic of each stands beside it."""

# ruff: noqa: E501  # a policy, or a case, a line

from __future__ import annotations

from datetime import date
from fractions import Fraction

import policies as p
import pytest

from ipcalc.ip.case import Case, Inventor
from ipcalc.ip.ledger import Ledger, Period, Posted, Received, Stream
from ipcalc.ip.model import COSTS, PER, Opening, Policy
from ipcalc.ip.split import Asked, Split, alone, split
from ipcalc.quantity import money_plain, to_minor

DAY = date(2024, 6, 1)


def minor(policy: Policy, amount: object) -> int:
    return to_minor(Fraction(str(amount).replace("_", "")), policy.currency)


def divided(
    policy: Policy,
    *periods: tuple,
    people: tuple[Inventor, ...] = (),
    prior: dict[str, object] | None = None,
    inputs: dict[str, Fraction] | None = None,
    options: dict[str, str] | None = None,
) -> Split:
    """Periods of (receipts, costs), one a year, under a policy."""
    case = Case(policy, DAY, options or {}, {}, inputs or {}, {}, DAY, people, dict.fromkeys(PER, ""))
    opening = Opening({name: minor(policy, amount) for name, amount in (prior or {}).items()})
    made = []
    for i, (gross, *costs) in enumerate(periods):
        on = DAY.replace(year=DAY.year + i)
        posted = [Posted("s", on, COSTS, minor(policy, cost)) for cost in costs]
        made.append(Period(str(i), [Received("s", on, minor(policy, gross))], posted))
    return alone(Asked(Stream("s", case, opening), made))


def amounts(result: Split, period: int | None = None) -> dict[str, str]:
    parties = result.parties if period is None else result.periods[period].parties
    return {payee.party: money_plain(payee.amount, result.currency) for payee in parties}


def nonzero(found: dict[str, str]) -> dict[str, str]:
    return {party: amount for party, amount in found.items() if Fraction(amount)}


CASES = {  # id: (policy, currency, what stands before and after), periods, what each party gets in each
    # 10,000 of gross; 8,000; 30% × 50,000; half of 17,000
    "pub-umbc-50000": (p.UMBC, [(50_000, 8_000)], [
        {"inventors": "18500.00", "project_costs": "8000.00", "general_costs": "15000.00", "university": "8500.00"}]),
    "own-stanford-at-edge": (p.STANFORD, [(3_000_000, 0)], [
        {"inventors": "1000200.00", "department": "739800.00", "school": "630000.00", "vpdor": "630000.00"}]),
    "own-yale-order-same-inputs": (p.YALE_WITHOUT_BUDGET, [(100_000, 20_000)], [
        {"cost_recovery": "20000.00", "office_fee": "8000.00", "inventors": "36000.00", "university": "36000.00"}]),
    "own-uc-current": (p.UC, [(100_000, 40_000)], [
        {"cost_recovery": "40000.00", "inventors": "21000.00", "research": "9000.00", "general_pool": "30000.00"}]),
    "own-uc-crossover-current": (p.UC, [(100_000, 50_000)], [
        {"cost_recovery": "50000.00", "inventors": "17500.00", "research": "7500.00", "general_pool": "25000.00"}]),
    # the same money under the rule before: half of 100,000 − 15,000 − 50,000
    "uc before, at the crossover": (p.UC_OLD, [(100_000, 50_000)], [
        {"fee": "15000.00", "cost_recovery": "50000.00", "inventors": "17500.00", "university": "17500.00"}]),
    "own-columbia-cross": (p.COLUMBIA, [(250_000, 0)], [
        {"university_expenses": "50000.00", "inventors": "75000.00", "research": "50000.00",
         "dept_faculty_university": "75000.00"}]),
    # 20% of 3,000,000; half of 100,000 and a quarter of 2,300,000; research 600,000, of which 100,000 go on
    "own-columbia-research-cap": (p.COLUMBIA, [(3_000_000, 0)], [
        {"university_expenses": "600000.00", "inventors": "625000.00", "research": "500000.00",
         "dept_faculty_university": "1175000.00", "university": "100000.00"}]),
    "own-michigan-edge": (p.MICHIGAN, [(200_000, 0)], [
        {"inventors": "100000.00", "department": "34000.00", "school": "36000.00", "central": "30000.00"}]),
    "own-michigan-500k": (p.MICHIGAN, [(500_000, 0)], [
        {"inventors": "190000.00", "department": "94000.00", "school": "111000.00", "central": "105000.00"}]),
    # beyond 2,000,000 the table was cut off: that money goes to nobody in particular
    "michigan above its table": (p.MICHIGAN, [(2_000_001, 0)], [
        {"inventors": "640000.00", "department": "394000.00", "school": "486000.00", "central": "480000.00",
         "(not found)": "1.00"}]),
    "own-gatech-floor-before-costs": (p.GATECH, [(22_500, 20_000)], [
        {"inventors": "2500.00", "cost_recovery": "20000.00"}]),
    "own-duke-300k": (p.DUKE, [(300_000, 0)], [
        {"inventors": "150000.00", "ost": "30000.00", "laboratory": "30000.00", "department": "30000.00",
         "research_support": "60000.00"}]),
    "own-jhu-lifetime-contrast": (p.HOPKINS.replace("{over}", "lifetime"), [(250_000, 0), (400_000, 0)], [
        {"inventors": "87500.00", "research": "37500.00", "department": "37500.00", "school": "75000.00",
         "university": "12500.00"},
        {"inventors": "140000.00", "research": "60000.00", "department": "60000.00", "school": "102500.00",
         "university": "37500.00"}]),
    # by the year: 300,000 at 30/5 and 100,000 at 25/10 in the second
    "hopkins by the year": (p.HOPKINS.replace("{over}", "year"), [(250_000, 0), (400_000, 0)], [
        {"inventors": "87500.00", "research": "37500.00", "department": "37500.00", "school": "75000.00",
         "university": "12500.00"},
        {"inventors": "140000.00", "research": "60000.00", "department": "60000.00", "school": "115000.00",
         "university": "25000.00"}]),
    "own-warf-150k-old": (p.WARF, [(150_000, 200_000)], [
        {"inventors": "30000.00", "laboratory": "70000.00", "campus_gift": "42500.00", "department": "7500.00"}]),
    "own-cmu-odd-cent": (f"{p.COSTS}, {p.HALVES}", [(10_000, "3333.33")], [
        {"cost_recovery": "3333.33", "inventors": "3333.34", "university": "3333.33"}]),
    "own-cmu-one-cent": (f"{p.COSTS}, {p.HALVES}", [("0.01", 0)], [{"inventors": "0.01"}]),
    # 85.7% of 35,000, as printed; 6/7 would be 30,000
    "own-oxford-50k-printed": (p.OXFORD, [(50_000, 0)], [
        {"inventors": "29995.00", "general_fund": "5005.00", "oui": "15000.00"}]),
    "own-imperial-1.2m": (p.IMPERIAL.replace("{per}", "invention"), [(1_200_000, 0)], [
        {"inventors": "930000.00", "others": "270000.00"}]),
    "own-llu-10pct-until-repaid": (p.LOMA_LINDA, [(90_000, 5_000)], [
        {"cost_recovery": "5000.00", "inventors": "28333.34", "school": "28333.33", "university": "28333.33"}]),
    "own-birmingham-annual": (p.BIRMINGHAM, [(200_000, 20_000), (200_000, 20_000)], [
        {"central_15": "30000.00", "cost_recovery": "20000.00", "inventors": "60000.00", "university": "45000.00",
         "school": "45000.00"}] * 2),
    "own-sheffield-150k": (p.SHEFFIELD, [(150_000, 0)], [
        {"university_ipgroup": "75000.00", "inventors": "57000.00", "faculty": "9000.00", "central": "9000.00"}]),
    "own-dayton-fee-then-costs": (p.DAYTON, [(30_000, 30_000), (100_000, 0)], [
        {"tco_fee": "6000.00", "cost_recovery": "24000.00"},
        {"tco_fee": "20000.00", "cost_recovery": "6000.00", "inventors": "37000.00", "university": "37000.00"}]),
    # 15% of gross, then costs, then a third: 65,000 are left; MIT's other two thirds were not found
    "own-mit-100k": (p.MIT, [(100_000, 20_000)], [
        {"fee": "15000.00", "cost_recovery": "20000.00", "inventors": "21666.67", "(not found)": "43333.33"}]),
    # 35% of 100,000; 15% of the other 65,000 is 9,750; 55,250 in thirteenths
    "harvard, reported before 2011": (p.HARVARD_OLD, [(100_000, 0)], [
        {"creator": "35000.00", "admin": "9750.00", "research": "12750.00", "department": "12750.00",
         "school": "17000.00", "president": "12750.00"}]),
    # nothing of the first 100,000 is charged; 15% of the 50,000 beyond
    "case western": (p.CASE_WESTERN, [(100_000, 0), (50_000, 0)], [
        {"inventors": "50000.00", "university": "50000.00"},
        {"charge": "7500.00", "inventors": "21250.00", "university": "21250.00"}]),
    # 20% of each distribution until 25,000 are repaid
    "ntu": (p.NTU, [(100_000, 25_000), (100_000,)], [
        {"cost_recovery": "20000.00", "inventors": "40000.00", "university": "40000.00"},
        {"cost_recovery": "5000.00", "inventors": "47500.00", "university": "47500.00"}]),
    # costs come out of the other 70% only
    "german s. 42 at TUM": (p.SECTION_42, [(100_000, 70_000)], [
        {"inventors": "30000.00", "cost_recovery": "70000.00"}]),
    # 4,000 first. Of 20,000 less 4,000 and 1,000: the others catch up with 1,714.29 (4,000/0.7 × 0.3), then
    # 70/15/15 of what is left of the first band (15,000 − 5,714.29), and 50/25/25 of 4,000 beyond 15,000
    "bristol": (p.BRISTOL, [(20_000, 1_000)], [
        {"inventors": "12500.00", "university costs": "1000.00", "department": "3250.00", "university": "3250.00"}]),
    # an advance alone: nothing is owed, nothing is taken back
    "bristol, small": (p.BRISTOL, [(3_000, 1_000), (1_500,)], [
        {"inventors": "3000.00"},
        {"inventors": "1000.00", "university costs": "500.00"}]),
}  # fmt: skip
AFTER = {"harvard, reported before 2011": p.HARVARD_WITHIN}
INPUTS = {"pool rate": Fraction(1, 5), "level": 0, "office budget": 10**9}


def policy_of(name: str) -> Policy:
    steps = CASES[name][0]
    return p.flow(steps, after=AFTER.get(name, ""))


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str) -> None:
    _, periods, wanted = CASES[name]
    policy = policy_of(name)
    inputs = {key: INPUTS[key] for key in policy.inputs()}
    result = divided(policy, *periods, inputs=inputs)
    for i, parties in enumerate(wanted):
        assert nonzero(amounts(result, i)) == parties
        assert sum(payee.amount for payee in result.periods[i].parties) == result.periods[i].receipts


def test_costs_that_wait_are_carried() -> None:
    first, second = divided(p.flow(p.DAYTON), *CASES["own-dayton-fee-then-costs"][1]).periods
    assert [balance.after for balance in first.balances] == [6_000_00]
    assert [balance.after for balance in second.balances] == [0]
    # WARF's shares are of gross: no step pays costs back, and none is lost
    (balance,) = divided(p.flow(p.WARF), (150_000, 200_000)).balances
    assert balance.after == 200_000_00


def test_totals_are_sums_of_periods() -> None:
    result = divided(p.flow(p.DAYTON), *CASES["own-dayton-fee-then-costs"][1])
    assert amounts(result) == {
        "tco_fee": "26000.00", "cost_recovery": "30000.00", "inventors": "37000.00", "university": "37000.00",
    }  # fmt: skip


def test_nested() -> None:
    result = divided(p.flow(p.CORNELL, after=p.CORNELL_WITHIN), (90_000, 0))
    assert nonzero(amounts(result)) == {
        "inventors": "30000.00", "foundation": "30000.00", "unit_research": "18000.00", "university": "12000.00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("gross", "inventors", "university"),
    [
        pytest.param(3_000_000, "1500000", "1500000", id="own-kitami-slab-3000000"),
        pytest.param(10_000_000, "4000000", "6000000", id="own-kitami-slab-10000000"),
        pytest.param(12_000_000, "4800000", "7200000", id="own-kitami-slab-12000000"),
    ],
)
def test_kitami_by_slab_in_yen(gross: int, inventors: str, university: str) -> None:
    result = divided(p.flow(p.KITAMI, "JPY"), (gross, 0))
    assert amounts(result) == {"inventors": inventors, "university": university}


def test_kitami_in_pieces_is_kitami_at_once() -> None:
    result = divided(p.flow(p.KITAMI, "JPY"), (1_900_000,), (1_100_000,), (9_000_000,))
    assert amounts(result) == {"inventors": "4800000", "university": "7200000"}


def test_waterloo_assisted() -> None:
    """own-waterloo-assisted."""
    result = divided(p.flow('{ share = { inventors = "75%", university = "25%" } }', "CAD"), (80_000,))
    assert amounts(result) == {"inventors": "60000.00", "university": "20000.00"}


def test_manchester_is_one_pool_a_bundle() -> None:
    """pub-manchester-bundle-30: 15% and 15% for the university."""
    result = divided(
        p.flow(
            f'{p.COSTS}, {{ name = "net", per = "bundle", share = {p.shares(inventors="70%", university="30%")} }}',
            "GBP",
        ),
        (110_000, 10_000),
    )
    assert amounts(result) == {"cost_recovery": "10000.00", "inventors": "70000.00", "university": "30000.00"}


def test_prior_money_stands_below() -> None:
    # pub-yale-27-effective: the top tier is 30% of the 90% that the office leaves, 27%
    policy = p.flow(p.YALE_WITHOUT_BUDGET)
    result = divided(policy, (1_000, 0), prior={"net": 200_000})
    assert nonzero(amounts(result)) == {"office_fee": "100.00", "inventors": "270.00", "university": "630.00"}
    # own-stanford-one-cent-over: one cent above 3,000,000: 0.3334 of it is the largest part
    result = divided(p.flow(p.STANFORD), ("0.01",), prior={"distributable": 3_000_000})
    assert nonzero(amounts(result)) == {"inventors": "0.01"}
    assert [payee.exact for payee in result.parties] == [
        Fraction(1667, 5000), Fraction(733, 5000), Fraction(13, 50), Fraction(13, 50),
    ]  # fmt: skip
    # own-yale-equity-valued: shares of an agreed value count after all cash: 50,000 at 40%, 50,000 at 30%
    result = divided(p.flow(p.YALE_BANDS), (100_000,), prior={"net": 150_000})
    assert nonzero(amounts(result)) == {"inventors": "35000.00", "university": "65000.00"}


def test_shares_without_a_value_are_divided_at_once() -> None:
    # own-yale-equity-unvalued: 10,000 shares, 32% whatever the tier
    result = divided(p.flow('{ share = { inventors = "32%", university = "rest" } }', "JPY"), (10_000,))
    assert amounts(result) == {"inventors": "3200", "university": "6800"}


def test_indexed_thresholds() -> None:
    """own-cambridge-rpi-edge, and what the pound beyond it pays."""
    policy = p.flow(p.CAMBRIDGE, "GBP", p.RPI)
    case = Case(policy, date(2019, 7, 31), scopes=dict.fromkeys(PER, ""), as_of=DAY)
    period = Period("", [Received("s", date(2019, 7, 31), 149_398_00)])
    result = alone(Asked(Stream("s", case), [period]))
    assert nonzero(amounts(result)) == {
        "inventors": "134458.20", "department": "7469.90", "cambridge_enterprise": "7469.90",
    }  # fmt: skip
    over = alone(Asked(Stream("s", case), [Period("", [Received("s", date(2019, 7, 31), 149_399_00)])]))
    assert over.amount("inventors") - result.amount("inventors") == 60  # 60% of the pound beyond the edge


def streams(policy: Policy, people: dict[str, str], **scopes: str) -> list[Stream]:
    """One case a stream, each of one inventor, with an invention of its own."""
    found = []
    for name, inventor in people.items():
        where = {**dict.fromkeys(PER, name), "portfolio": "", **scopes}
        found.append(
            Stream(name, Case(policy, DAY, as_of=DAY, inventors=(Inventor(inventor),), scopes=where))
        )
    return found


@pytest.mark.parametrize(("per", "wanted"), [("invention", 100_000), ("inventor", 90_000)])
def test_imperial_per_invention_or_inventor(per: str, wanted: int) -> None:
    """own-imperial-per-invention-v-inventor."""
    policy = p.flow(p.IMPERIAL.replace("{per}", per), "GBP")
    ledger = Ledger(streams(policy, {"X": "Ada", "Y": "Ada"}))
    found = ledger.divide(Period("", [Received(name, DAY, 50_000_00) for name in "XY"]))
    paid = sum(payee.amount for one in found.values() for payee in one.parties if payee.party == "inventors")
    assert paid == wanted * 100
    apart = Ledger(streams(policy, {"X": "Ada", "Y": "Ada"}))
    again = [apart.divide(Period(name, [Received(name, DAY, 50_000_00)]))[name] for name in "XY"]
    assert sum(payee.amount for one in again for payee in one.parties if payee.party == "inventors") == paid


def test_yale_refunds_what_is_beyond_the_budget_pro_rata() -> None:
    """own-yale-fee-cap-refund: of fees of 30,000 and 70,000 a budget of 80,000 keeps 24,000 and 56,000."""
    policy = p.flow(p.YALE)
    both = streams(policy, {"X": "Ada", "Y": "Bo"})
    for order in (both, both[::-1]):
        ledger = Ledger(order)
        period = Period("", [Received("X", DAY, 300_000_00), Received("Y", DAY, 700_000_00)],
                        inputs={"office budget": 80_000_00})  # fmt: skip
        found = ledger.divide(period)
        fees = {
            name: next(x.amount for x in one.parties if x.party == "office_fee")
            for name, one in found.items()
        }
        assert fees == {"X": 30_000_00 - 6_000_00, "Y": 70_000_00 - 14_000_00}


def test_a_lab_of_several_licences_has_one_cap() -> None:
    # WARF: 70,000 from each of four licences would be 280,000; the lab keeps 200,000 a year
    policy = p.flow(p.WARF)
    ledger = Ledger(streams(policy, dict.fromkeys("ABCD", "Ada"), lab="L"))
    period = Period("", [Received(name, DAY, 100_000_00) for name in "ABCD"])
    labs = [
        next(x.amount for x in one.parties if x.party == "laboratory")
        for one in ledger.divide(period).values()
    ]
    assert labs == [50_000_00] * 4
    # next year there is room again, but each licence has had its 50,000 of 70,000
    later = Period("", [Received("A", DAY.replace(year=2025), 100_000_00)])
    assert ledger.divide(later)["A"].parties[1].amount == 0  # the second 100,000 pay the lab nothing


def test_a_reserve_is_filled_and_released() -> None:
    policy = p.flow(p.MIT)
    case = Case(policy, DAY, as_of=DAY, scopes=dict.fromkeys(PER, ""))
    ledger = Ledger([Stream("s", case)])
    first = ledger.divide(Period("1", [Received("s", DAY, 100_00)], inputs={"level": 25_00}))["s"]
    # 15 for the fee, 25 of 85 kept, a third of 60
    assert {x.party: x.amount for x in first.parties} == {
        "fee": 15_00, "cost_recovery": 0, "inventors": 20_00, "(not found)": 40_00,
    }  # fmt: skip
    second = ledger.divide(Period("2", [Received("s", DAY, 0)], inputs={"level": 1_00}))["s"]
    assert {x.party: x.amount for x in second.parties}["inventors"] == 8_00  # a third of the 24 released
    assert [one.after for one in second.balances if one.account == "reserve"] == [1_00]


def test_people() -> None:
    hku = p.flow(f"{p.COSTS}, {{ share = {p.shares(inventors='70%', university_side='3/10')} }}", "HKD")
    three = divided(hku, (100, 0), people=tuple(map(Inventor, "ABC")))
    assert [person.amount for person in three.people] == [23_34, 23_33, 23_33]
    assert [person.amount for person in divided(hku, (0, 0), people=tuple(map(Inventor, "ABC"))).people] == [
        0
    ] * 3
    # own-hku-unequal-inventors
    agreed = divided(hku, (250_000, 50_000), people=(Inventor("A", 50), Inventor("B", 30), Inventor("C", 20)))
    assert [person.amount for person in agreed.people] == [70_000_00, 42_000_00, 28_000_00]


def test_main_contributors_get_half_of_the_half_at_least() -> None:
    """pub-cn-main-contributor-25."""
    law = p.made(
        'kind = "law"\n[[versions]]\nsource = "s"\n'
        'steps = [{ recover = "costs", for = "holder" }, { mark = "net income" }, { share = { holder = "100%" } }]\n'
        'floors = [{ party = "inventors", at_least = "50%", of = "net income" },'
        ' { party = "inventors/main", at_least = "50%", of = "inventors" }]\n',
        "CNY",
    )
    policy = p.flow(f"{p.COSTS}, {{ share = {p.shares(inventors='50%', university='50%')} }}", "CNY")
    people = [Inventor("main", 1, main=True), Inventor("other", 1)]
    found = split(policy, 100_00, None, people, DAY, laws=[law]).findings
    assert [(one.required, one.got, one.status) for one in found] == [
        (50_00, 50_00, "met"),
        (25_00, 25_00, "met"),
    ]
    short = split(policy, 100_01, None, [people[0], Inventor("other", 2)], DAY, laws=[law]).findings
    # half of 100.01 is 50.005: at least 50.01; of the 50.01 that are paid, at least 25.01 to the main one
    assert [(one.required, one.got, one.status) for one in short] == [
        (50_01, 50_01, "met"),
        (25_01, 16_67, "short"),
    ]
