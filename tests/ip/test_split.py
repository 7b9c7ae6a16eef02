"""The split of receipts: cases with known answers, the laws it keeps, what it refuses, what it prints."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from fractions import Fraction

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from ipcalc import library, quantity
from ipcalc.cli.main import ipcalc
from ipcalc.inputs import toml
from ipcalc.inputs.diagnostics import Refused
from ipcalc.ip import policy as policies
from ipcalc.ip.examples import check_examples
from ipcalc.ip.model import Policy
from ipcalc.ip.split import Split, split, stake
from ipcalc.quantity import Unreadable
from ipcalc.views import split as view

HEAD = """\
id = "x/test"
name = { en = "Test" }
institution = "test"
currency = "HKD"
reviewed = 2025-01-01
sources.s = { title = "S", kind = "report" }
"""


def cents(text: str) -> int:
    return quantity.to_minor(Fraction(text), "HKD")


def made(body: str) -> Policy:
    return policies.read(toml.parse("policy.toml", HEAD + body))


def flow(steps: str) -> Policy:
    return made(f'[[versions]]\nsource = "s"\nsteps = [{steps}]\n')


def amounts(result: Split) -> dict[str, str]:
    return {payee.party: quantity.money_plain(payee.amount, result.currency) for payee in result.parties}


def people(result: Split) -> dict[str, str]:
    return {name: quantity.money_plain(amount, result.currency) for name, _, amount, *_ in result.people}


BEFORE, AFTER = date(2022, 1, 1), date(2024, 1, 1)
THIRD = {"former share": "1/3"}
CASES = {  # id: policy, receipts, costs, as of, options → costs paid back, inventors, university
    "own-hku-before-33.3": ("hk/hku", "1000000", "0", BEFORE, {}, ("0.00", "333000.00", "667000.00")),
    "own-hku-before-one-third": ("hk/hku", "1000000", "0", BEFORE, THIRD, ("0.00", "333333.33", "666666.67")),
    "own-hku-three-equal": ("hk/hku", "100", "0", AFTER, {}, ("0.00", "70.00", "30.00")),
    "own-hku-zero": ("hk/hku", "0", "0", AFTER, {}, ("0.00", "0.00", "0.00")),
    "own-hku-one-cent": ("hk/hku", "0.01", "0", AFTER, {}, ("0.00", "0.01", "0.00")),
    "own-hku-unequal": ("hk/hku", "250000", "50000", AFTER, {}, ("50000.00", "140000.00", "60000.00")),
    "own-hkust-before": ("hk/hkust", "11700000", "0", BEFORE, {}, ("0.00", "5850000.00", "5850000.00")),
    "own-hkust-after": ("hk/hkust", "11700000", "0", AFTER, {}, ("0.00", "8190000.00", "3510000.00")),
    # by hand: 1,000 of costs against 999.99 leave nothing to divide, and 0.01 unpaid
    "costs above receipts": ("hk/hku", "999.99", "1000", AFTER, {}, ("999.99", "0.00", "0.00")),
}


@pytest.mark.parametrize(("name", "receipts", "costs", "day", "options", "wanted"), CASES.values(), ids=CASES)
def test_known_cases(
    name: str, receipts: str, costs: str, day: date, options: dict[str, str], wanted: tuple[str, ...]
) -> None:
    result = split(policies.load(name), cents(receipts), cents(costs), None, day, options)
    assert amounts(result) == dict(zip(("cost-recovery", "inventors", "university"), wanted, strict=True))
    assert list(amounts(result)) == ["cost-recovery", "inventors", "university"]


@pytest.mark.parametrize(
    ("receipts", "costs", "weights", "wanted"),
    [
        ("100", "0", {"A": 1, "B": 1, "C": 1}, {"A": "23.34", "B": "23.33", "C": "23.33"}),
        ("0", "0", {"A": 1, "B": 1, "C": 1}, {"A": "0.00", "B": "0.00", "C": "0.00"}),
        ("250000", "50000", {"A": 50, "B": 30, "C": 20}, {"A": "70000.00", "B": "42000.00", "C": "28000.00"}),
        # 0.01 of receipts is one cent for the inventors; of three, the first listed gets it
        ("0.01", "0", {"C": 1, "A": 1, "B": 1}, {"C": "0.01", "A": "0.00", "B": "0.00"}),
        # 70.00 by a half and a third: 42.00 and 28.00
        ("100", "0", {"A": Fraction(1, 2), "B": Fraction(1, 3)}, {"A": "42.00", "B": "28.00"}),
        ("100", "0", {"A": 0, "B": 1}, {"A": "0.00", "B": "70.00"}),
    ],
)
def test_inventors(receipts: str, costs: str, weights: dict, wanted: dict) -> None:
    result = split(policies.load("hk/hku"), cents(receipts), cents(costs), weights, AFTER)
    assert people(result) == wanted
    assert list(people(result)) == list(wanted)


HALVES = '{ share = { inventors = "50%", university = "50%" } }'
COSTS = '{ recover = "costs", for = "costs" }'
FLOWS = {  # steps, receipts, costs, what each party gets, costs not paid back
    # own-dayton-fee-then-costs, its first period: 20% of 30,000 first, then what costs can be paid
    "fee, then costs": (
        f'{{ take = "20%", of = "gross", for = "fee" }}, {COSTS}, {HALVES}', "30000", "30000",
        "fee 6000.00, costs 24000.00, inventors 0.00, university 0.00", "6000.00",
    ),
    # the same rate on either side of the costs: 72,000 to divide here, 70,000 below
    "costs, then fee": (
        f'{COSTS}, {{ take = "10%", for = "fee" }}, {HALVES}', "100000", "20000",
        "costs 20000.00, fee 8000.00, inventors 36000.00, university 36000.00", "0.00",
    ),
    "fee of gross": (
        f'{{ take = "10%", of = "gross", for = "fee" }}, {COSTS}, {HALVES}', "100000", "20000",
        "fee 10000.00, costs 20000.00, inventors 35000.00, university 35000.00", "0.00",
    ),
    # own-cmu-odd-cent: a tie of half cents goes to the party listed first
    "odd cent": (
        f"{COSTS}, {HALVES}", "10000", "3333.33",
        "costs 3333.33, inventors 3333.34, university 3333.33", "0.00",
    ),
    "own-cmu-one-cent": (f"{HALVES}", "0.01", "0", "inventors 0.01, university 0.00", "0.00"),
    "own-cornell-90k": (
        '{ share = { inventors = "1/3", foundation = "1/3", unit = "1/5", university = "2/15" } }',
        "90000", "0",
        "inventors 30000.00, foundation 30000.00, unit 18000.00, university 12000.00", "0.00",
    ),
    # 30% of the 90.00 that were left at the mark, not of the 72.00 that are left then
    "mark": (
        '{ take = "10%", for = "a" }, { mark = "net" }, { take = "20%", for = "b" }, '
        '{ take = "30%", of = "net", for = "c" }, { share = { d = "100%" } }',
        "100", "0", "a 10.00, b 18.00, c 27.00, d 45.00", "0.00",
    ),
    "no more than is left": (
        '{ take = "80%", for = "a" }, { take = "80%", of = "gross", for = "b" }, { share = { c = "rest" } }',
        "100", "0", "a 80.00, b 20.00, c 0.00", "0.00",
    ),
    "an unknown part": (
        '{ share = { inventors = "30%", lab = "unknown" } }',
        "100", "0", "inventors 30.00, (not found) 70.00", "0.00",
    ),
    "an unknown share": (
        '{ take = "10%", for = "a" }, { share = "unknown" }',
        "100", "0", "a 10.00, (not found) 90.00", "0.00",
    ),
    "no step pays costs back": (
        '{ share = { inventors = "rest" } }', "100", "40", "inventors 100.00", "40.00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "receipts", "costs", "wanted", "unrecovered"), FLOWS.values(), ids=FLOWS)
def test_steps(steps: str, receipts: str, costs: str, wanted: str, unrecovered: str) -> None:
    result = split(flow(steps), cents(receipts), cents(costs))
    assert ", ".join(f"{party} {amount}" for party, amount in amounts(result).items()) == wanted
    assert quantity.money_plain(result.unrecovered, "HKD") == unrecovered


def test_a_part_is_divided_further_in_its_place() -> None:
    # Harvard's old rule in small: the university's 65.00 of 100.00, less 15%, in thirteenths
    policy = made(
        '[[versions]]\nsource = "s"\nsteps = [{share={university="65%", inventors="35%"}}]\n'
        'within.university = [{take="15%", for="central"}, {share={school="3/13", lab="10/13"}}]\n'
    )
    result = split(policy, cents("100"))
    # 65 × 15% = 9.75; 55.25 × 3/13 = 12.75, × 10/13 = 42.50
    assert amounts(result) == {"central": "9.75", "school": "12.75", "lab": "42.50", "inventors": "35.00"}
    assert list(amounts(result)) == ["central", "school", "lab", "inventors"]
    assert [move.flow for move in result.steps] == ["", "", "university", "university", "university"]


def test_a_part_is_divided_after_all_who_pay_it_whatever_the_order_of_the_file() -> None:
    flows = (
        'within.unit = [{share={lab="50%", staff="50%"}}]\n',
        'within.university = [{share={unit="50%", fund="50%"}}]\n',
    )
    head = '[[versions]]\nsource = "s"\nsteps = [{share={university="60%", unit="10%", inventors="30%"}}]\n'
    # the unit has 10 of its own and 30 of the university's 60
    wanted = {"lab": "20.00", "staff": "20.00", "fund": "30.00", "inventors": "30.00"}
    for order in (flows, flows[::-1]):
        assert amounts(split(made(head + "".join(order)), cents("100"))) == wanted


def test_money_that_comes_back_to_the_same_party_is_added() -> None:
    policy = made(
        '[[versions]]\nsource = "s"\nsteps = [{share={university="60%", inventors="40%"}}]\n'
        'within.university = [{share={inventors="10%", university="rest"}}]\n'
    )
    assert amounts(split(policy, cents("100"))) == {"inventors": "46.00", "university": "54.00"}


def test_one_day_decides() -> None:
    policy = policies.load("hk/hku")
    assert split(policy, 100_00, as_of=date(2023, 6, 4)).amount("inventors") == 33_30
    assert split(policy, 100_00, as_of=date(2023, 6, 5)).amount("inventors") == 70_00
    hkust = policies.load("hk/hkust")
    assert split(hkust, 100_00, as_of=date(2022, 7, 31)).amount("inventors") == 50_00
    assert split(hkust, 100_00, as_of=date(2022, 8, 1)).amount("inventors") == 70_00


def test_without_a_date_the_day_of_review_stands_and_is_stated() -> None:
    policy = policies.load("hk/hku")
    result = split(policy, 100)
    assert result.as_of == result.receipt.as_of == policy.reviewed


def test_a_stated_option_that_is_not_in_play_is_refused() -> None:
    with pytest.raises(Unreadable) as error:
        split(policies.load("hk/hku"), 100, as_of=AFTER, options=THIRD)
    assert (error.value.code, error.value.args_of_message["value"]) == ("P414", "former share")


def test_an_unknown_kind_of_date_is_refused() -> None:
    with pytest.raises(Unreadable) as error:
        split(policies.load("hk/hku"), 100, dates={"recieved": AFTER})
    assert error.value.code == "P404"
    assert error.value.args_of_message == {"value": "recieved", "near": "received"}


def test_the_receipt_holds_what_was_asked() -> None:
    policy = policies.load("hk/hku")
    asked = [
        split(policy, 5, as_of=BEFORE),
        split(policy, 9, as_of=BEFORE),
        split(policy, 5, 0, as_of=BEFORE),
        split(policy, 5, None, {"Ada": 2, "Bo": 1}, BEFORE),
        split(policy, 5, None, {"Bo": 1, "Ada": 2}, BEFORE),
        split(policy, 5, as_of=BEFORE, options=THIRD),
        split(policy, 5, as_of=BEFORE, dates={"received": AFTER}),
    ]
    for draw in (
        lambda one: json.dumps(view.document(one, "en")["receipt"]),
        lambda one: view.receipt(one, "en"),
    ):
        assert len({draw(one) for one in asked}) == len(asked)


def test_a_reading_is_in_play_only_where_it_changes_something() -> None:
    policy = policies.load("hk/hku")
    (choice,) = split(policy, 100, as_of=BEFORE).choices
    assert (choice.option.id, choice.value, choice.alternatives()) == ("former share", "33.3%", ("1/3",))
    assert not choice.stated
    assert split(policy, 100, as_of=AFTER).choices == ()
    assert split(policy, 100, as_of=BEFORE, options=THIRD).choices[0].stated


def test_equity_is_dated_like_the_version() -> None:
    stakes = {
        (name, day): split(policies.load(name), 0, as_of=day).equity.stake
        for name in ("hk/hku", "hk/hkust")
        for day in (BEFORE, AFTER)
    }
    assert {key: stake and str(stake) for key, stake in stakes.items()} == {
        ("hk/hku", BEFORE): "10%",
        ("hk/hku", AFTER): "5%",
        ("hk/hkust", BEFORE): "3%",
        ("hk/hkust", AFTER): None,
    }


def test_a_fact_that_decides_only_the_stake_is_in_play() -> None:
    oxford = policies.load("gb/oxford")
    result = split(oxford, 100)
    assert "founders" in {choice.option.id for choice in result.choices}
    assert result.equity and str(result.equity.stake) == "20%"
    assert "equity-old" not in {one.id for one in result.sources}
    reduced = split(oxford, 100, options={"founders": "students using university IP"})
    assert reduced.equity and str(reduced.equity.stake) == "10%"
    before = split(oxford, 100, as_of=date(2020, 1, 1))  # half then, whoever founds
    assert before.equity and str(before.equity.stake) == "50%"
    assert "founders" not in {choice.option.id for choice in before.choices}
    assert "equity-old" in {one.id for one in before.sources}


def test_a_stake_is_known_where_shares_of_income_are_not() -> None:
    ucl = policies.load("gb/ucl")
    found = stake(ucl, {"portico": "founder-driven"}, date(2024, 1, 1))
    assert found and str(found.stake) == "5%"
    none = stake(ucl, {}, date(2024, 1, 1))
    assert none and none.stake is None
    for options, code in (({"portico": "x"}, "F107"), ({"x": "y"}, "P404")):
        with pytest.raises(Unreadable) as caught:
            stake(ucl, options, date(2024, 1, 1))
        assert caught.value.code == code
    with pytest.raises(Unreadable) as caught:
        stake(policies.load("gb/oxford"), {"founders": "researchers"}, date(2020, 1, 1))
    assert caught.value.code == "P414"


@pytest.mark.parametrize("name", library.find("ip"))
def test_the_examples_of_every_shipped_policy_hold(name: str) -> None:
    policy = policies.load(name)
    assert policy.examples or all(version.steps is None for version in policy.versions)
    assert check_examples(policy) == ()


def test_a_wrong_example_is_found() -> None:
    body = '[[versions]]\nsource = "s"\nsteps = [{share={inventors="70%", university="rest"}}]\n'
    policy = made(body + '[[examples]]\ntitle = "e"\nreceipts = 10\ngives = { inventors = 6, lab = 1 }\n')
    assert [tuple(wrong) for wrong in check_examples(policy)] == [
        ("e", "inventors", 600, 700),
        ("e", "lab", 100, None),
    ]


# -- laws ----------------------------------------------------------------------------------------------

POLICIES = [
    policies.load("hk/hku"),
    flow('{take="1/7", of="gross", for="fee"}, {recover="costs", for="costs"}, {mark="net"}, '
         '{take="1/3", of="net", for="lab"}, {share={inventors="2/3", a="1/9", b="rest"}}'),
    flow('{take="1/3", for="university"}, {recover="costs", for="university"}, '
         '{share={inventors="33.3%", university="rest"}}'),
]  # fmt: skip
money = st.integers(min_value=0, max_value=10**12)
weight = st.fractions(min_value=0, max_value=100, max_denominator=100)
team = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), weight, min_size=1, max_size=5).filter(
    lambda weights: any(weights.values())
)
day = st.dates(date(2000, 1, 1), date(2030, 1, 1))


@given(st.sampled_from(POLICIES), money, money, team, day)
def test_conservation(policy: Policy, receipts: int, costs: int, weights: dict, on: date) -> None:
    result = split(policy, receipts, costs, weights, on)
    assert sum(payee.amount for payee in result.parties) == receipts
    assert sum(payee.exact for payee in result.parties) == receipts
    assert sum(person.amount for person in result.people) == result.amount("inventors")
    assert all(payee.amount >= 0 and abs(payee.amount - payee.exact) < 1 for payee in result.parties)
    assert 0 <= result.unrecovered <= costs


@given(st.sampled_from(POLICIES), money, money)
def test_what_is_paid_back_and_what_is_not_are_the_costs(policy: Policy, receipts: int, costs: int) -> None:
    result = split(policy, receipts, costs)
    recovered = sum(move.amount for move in result.steps if move.kind == "recover")
    assert abs(costs - result.unrecovered - recovered) < 1
    if receipts >= 2 * costs:
        assert result.unrecovered == 0


@given(money, money, team, st.randoms())
def test_order_and_names_of_inventors_change_no_other_party(
    receipts: int, costs: int, weights: dict, random: object
) -> None:
    policy = policies.load("hk/hku")
    plain = split(policy, receipts, costs)
    names = list(weights)
    random.shuffle(names)
    turned = split(policy, receipts, costs, {f"{name}'": weights[name] for name in names})
    assert turned.parties == plain.parties
    straight = split(policy, receipts, costs, weights)
    assert all(
        abs(person.amount - other.amount) <= 1
        for person in straight.people
        for other in turned.people
        if other.name == f"{person.name}'"
    )


@given(st.sampled_from(POLICIES), money, money, st.integers(1, 1000), day)
def test_scaling(policy: Policy, receipts: int, costs: int, factor: int, on: date) -> None:
    one = split(policy, receipts, costs, as_of=on)
    many = split(policy, receipts * factor, costs * factor, as_of=on)
    assert [payee.exact for payee in many.parties] == [payee.exact * factor for payee in one.parties]


def test_no_float_anywhere() -> None:
    def floats(value: object) -> bool:
        if isinstance(value, dict):
            return any(map(floats, [*value, *value.values()]))
        if isinstance(value, tuple | list):
            return any(map(floats, value))
        return isinstance(value, float)

    for policy in POLICIES:
        assert not floats(split(policy, 123_456_789, 1_234, {"A": Fraction(1, 3), "B": 2}, BEFORE))


# -- refusals ------------------------------------------------------------------------------------------

TWO = """\
[options.route]
kind = "fact"
choices = ["in", "out"]
source = "s"
[[versions]]
only = { received = { from = 2020-01-01, until = 2020-12-31 }, route = "in" }
source = "s"
steps = [{ share = { inventors = "rest" } }]
[[versions]]
only = { received = { from = 2020-12-31 } }
source = "s"
steps = [
  { mark = "net", only = { route = "out" } },
  { take = "10%", of = "net", for = "fee", only = { reported = { from = 2022-01-01 } } },
  { share = { inventors = "rest" }, only = { route = "in" } },
]
"""


@pytest.mark.parametrize(
    ("on", "route", "code", "line", "column"),
    [
        (date(2019, 12, 31), "in", "P405", 11, 3),
        (date(2020, 6, 1), "out", "P405", 11, 3),
        (date(2020, 12, 31), "in", "P408", 15, 3),
        (date(2021, 1, 1), "out", "P411", 18, 1),
        (date(2022, 1, 1), "in", "P407", 20, 24),
    ],
)
def test_a_policy_that_cannot_answer(on: date, route: str, code: str, line: int, column: int) -> None:
    with pytest.raises(Refused) as refused:
        split(made(TWO), 100, as_of=on, options={"route": route})
    (problem,) = refused.value.diagnostics
    assert (problem.code, problem.place.line, problem.place.column) == (code, line, column)
    if code == "P408":
        assert problem.also is not None and problem.also.line == 11


def test_a_date_of_its_own_wins_over_as_of() -> None:
    with pytest.raises(Refused, match="P407"):
        split(made(TWO), 100, as_of=date(2022, 1, 1), options={"route": "in"})
    result = split(
        made(TWO), 100, as_of=date(2022, 1, 1), options={"route": "in"}, dates={"reported": date(2021, 1, 1)}
    )
    assert result.dates == {"received": date(2022, 1, 1), "reported": date(2021, 1, 1)}
    assert amounts(result) == {"inventors": "1.00"}


def test_a_case_that_cannot_be_used() -> None:
    policy = made(TWO)
    equal = made(
        '[[versions]]\nsource = "s"\nsteps = [{share={inventors="rest"}}]\ninventors.split = "equal"\n'
    )
    for code, call in {
        "P409": lambda: split(policy, 100, as_of=date(2021, 1, 1)),
        "P404": lambda: split(policy, 100, options={"rout": "in"}),
        "F107": lambda: split(policy, 100, options={"route": "inn"}),
        "P406": lambda: split(equal, 100, inventors={}),
        "P410": lambda: split(equal, 100, inventors={"A": 1, "B": 2}),
    }.items():
        with pytest.raises(Unreadable) as refused:
            call()
        assert refused.value.code == code
    with pytest.raises(Unreadable, match="P406"):
        split(equal, 100, inventors={"A": 0, "B": 0})
    with pytest.raises(Unreadable, match="P406"):
        split(equal, 100, inventors={"A": 2, "B": -1})
    assert people(split(equal, 100, inventors={"A": 2, "B": 2})) == {"A": "0.50", "B": "0.50"}
    with pytest.raises(ValueError, match="negative"):
        split(equal, -1)


# -- the command line ----------------------------------------------------------------------------------


def run(*args: str, **kwargs: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(ipcalc, ["split", *args], catch_exceptions=False, **kwargs)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(("day", "wanted"), [("2022-01-01", "333000.00"), ("2024-01-01", "700000.00")])
def test_the_json_document(day: str, wanted: str) -> None:
    code, out, err = run(
        "hk/hku", "--receipts", "1000000", "--as-of", day, "--format", "json", "--lang", "en"
    )
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["kind"] == "ipcalc/split" and document["version"] == 1
    assert {party["party"]: party["amount"] for party in document["parties"]}["inventors"] == wanted
    assert document["as_of"] == day and document["currency"] == "HKD" and document["receipts"] == "1000000.00"
    TypeAdapter(view.SplitDocument).validate_python(document, strict=True)


def test_the_json_document_says_where_a_cent_was_rounded() -> None:
    policy = policies.load("hk/hku")
    document = view.document(split(policy, 1_000_000_00, 0, {"A": 2, "B": 1}, BEFORE, THIRD), "en")
    costs, inventors, university = document["parties"]
    assert "exact" not in costs
    assert (inventors["amount"], inventors["exact"]) == ("333333.33", "1000000/3")
    assert (university["amount"], university["exact"]) == ("666666.67", "2000000/3")
    assert university["divided"] is False
    assert [tuple(person.values()) for person in document["people"]] == [
        ("A", "2", "222222.22"),
        ("B", "1", "111111.11"),
    ]
    assert document["readings"][0]["alternatives"] == ["33.3%"]
    assert [(step["step"], step["rate"], step["amount"], step["left"]) for step in document["steps"]] == [
        ("recover", None, "0.00", "1000000.00"),
        ("share", "1/3", "1000000/3", "2000000/3"),
        ("share", "2/3", "2000000/3", "0.00"),
    ]
    assert document["policy"]["dates"] == {"received": {"from": None, "until": "2023-06-04"}}
    assert len(document["receipt"]["policy_hash"]) == 64


def test_keys_and_codes_are_the_same_in_every_language() -> None:
    result = split(policies.load("hk/hku"), 100_00, as_of=BEFORE)

    def skeleton(value: object) -> object:
        words = ("name", "label", "about", "note")
        if isinstance(value, dict):
            return {key: "" if key in words and part else skeleton(part) for key, part in value.items()}
        return [skeleton(part) for part in value] if isinstance(value, list) else value

    english, chinese = view.document(result, "en"), view.document(result, "zh-Hant")
    assert english != chinese
    assert skeleton(english) == skeleton(chinese)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            [
                "Of HKD 100.00, the inventors get 33.30 (33.30%).",
                "another reading: 1/3",
                "University and its units",
            ],
        ),
        ("zh-Hant", ["收入 HKD 100.00 中，發明人得 33.30（33.30%）。", "另一理解：1/3", "大學及其單位"]),
        ("zh-Hans", ["收入 HKD 100.00 中，发明人得 33.30（33.30%）。", "另一理解：1/3", "大学及其单位"]),
    ],
)
def test_the_page(lang: str, words: list[str]) -> None:
    args = ("--receipts", "100", "--as-of", "2022-01-01", "--lang", lang, "--steps", "--inventor", "陳大文=2")
    code, out, _ = run("hk/hku", *args, "--inventor", "B")
    assert code == 0
    assert all(word in out for word in words), out
    from rich.cells import cell_len

    lines = out.splitlines()
    assert max(map(cell_len, lines)) <= 80
    rows = [line for line in lines if line.endswith(("22.20", "11.10"))]
    assert len(rows) == 2 and len({cell_len(row) for row in rows}) == 1
    assert "stnn-2023" in out and "ipcalc" in lines[-2] + lines[-1]


def test_two_runs_are_the_same() -> None:
    args = (
        "hk/hku",
        "--receipts",
        "HKD 1.5 million",
        "--inventor",
        "A=1/3",
        "--inventor",
        "B=50%",
        "--format",
    )
    for form in ("table", "json", "md"):
        assert run(*args, form) == run(*args, form)
        assert run(*args, form)[0] == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--receipts", "x"), ["--receipts: F104:"]),
        (("--receipts", "-5"), ["--receipts: F106:", "≥ 0"]),
        (("--receipts", "0.001"), ["--receipts: F105:"]),
        (("--receipts", "USD 5"), ["--receipts: F118:", "HKD", "USD"]),
        (("--receipts", "5", "--costs", "1e3"), ["--costs: F104:"]),
        (("--receipts", "5", "--inventor", "A=two"), ["--inventor: F104:"]),
        (("--receipts", "5", "--inventor", "A=-1"), ["--inventor: F106:"]),
        (("--receipts", "5", "--inventor", "A=0"), ["--inventor: P406:"]),
        (("--receipts", "5", "--inventor", "=1"), ["--inventor: F109:"]),
        (("--receipts", "5", "--inventor", "A", "--inventor", "A=2"), ["--inventor: F112:", "'A'"]),
        (("--receipts", "5", "--option", "former shar=1/3"), ["--option: P404:", "'former share'"]),
        (("--receipts", "5", "--option", "former share=1/4"), ["--option: F107:", "33.3%, 1/3"]),
        (("--receipts", "5", "--set", "versions.1.steps.1.share.inventors=80"), ["--set", "F106:"]),
    ],
)
def test_what_the_command_line_refuses(args: tuple[str, ...], words: list[str]) -> None:
    code, out, err = run("hk/hku", *args, "--lang", "en")
    assert (code, out) == (2, "")
    assert all(word in err for word in words), err


def test_an_unknown_policy_names_the_nearest() -> None:
    code, _, err = run("hk/hkuu", "--receipts", "5", "--lang", "en")
    assert code == 2
    assert "S206" in err and "'hk/hku'" in err


def test_a_setting_changes_the_answer_and_is_on_the_receipt() -> None:
    setting = "versions.1.steps.1.share.inventors=80%"
    args = ("hk/hku", "--receipts", "100", "--as-of", "2024-01-01", "--set", setting, "--format", "json")
    document = json.loads(run(*args)[1])
    assert document["parties"][1]["amount"] == "80.00"
    assert document["receipt"]["settings"] == [f"--set {setting}"]


def test_a_policy_from_standard_input() -> None:
    body = HEAD + '[[versions]]\nsource = "s"\nsteps = [{share={inventors="1/3", university="rest"}}]\n'
    code, out, _ = run("-", "--receipts", "1", "--format", "json", input=body)
    assert code == 0
    assert [party["amount"] for party in json.loads(out)["parties"]] == ["0.33", "0.67"]


def test_completion_knows_the_policies_and_loads_little() -> None:
    code = (
        "import sys, ipcalc.cli.split as command\n"
        "print([*command.ids_of('ip')(None, None, 'hk/hkus')])\n"
        "print([name for name in ('rich', 'pydantic_core', 'tomli', 'ipcalc.ip') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.splitlines() == ["['hk/hkust']", "[]"]
