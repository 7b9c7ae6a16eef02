"""Published exits, and others worked out by hand, as exact fractions; what was printed within its rounding,
and what was printed wrong not as printed. Each case of ``exit_cases.json`` names its source.
"""

from __future__ import annotations

import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from captables import follow
from exit_tables import company, does, exits_of, file, issue, pref, takes, toml

CASES = json.loads(Path(__file__).with_name("exit_cases.json").read_text())
ACTIONS = {
    "hold": "hold",
    "convert": "convert",
    "not exercised": "skip",
    "exercised": "exercise",
    "exercised, converts": "exercise-and-convert",
}
WATERFALLS = [case for case in CASES if case["exits"]]


def key(name):
    return name.lower().replace("_", "-")


def paid(case):
    """The case's exits by their proceeds."""
    sales = exits_of(case["classes"], case["exits"], costs=case.get("costs", 0), debt=case.get("debt", ()))
    return {sale.proceeds // 100: sale for sale in sales}


def values(case):
    """Each expected value: its proceeds, whose it is, the value, and whether it is a decision."""
    for name, value in case["values"].items():
        found = re.fullmatch(r"(?:@([0-9]+)\.)?(decision\.)?(.+)", name)
        yield int(found[1] or case["exits"][0]), key(found[3]), value, bool(found[2])


@pytest.mark.parametrize("case", WATERFALLS, ids=lambda case: case["id"])
def test_waterfalls(case):
    sales = paid(case)
    for proceeds, name, value, decision in values(case):
        sale = sales[proceeds]
        if decision:
            assert does(sale)[name] == ACTIONS[value], (proceeds, name)
        else:
            assert takes(sale)[name] == Fraction(value), (proceeds, name)
    for proceeds, sale in sales.items():
        assert sale.settled.certificate.holds
        assert sale.costs + sum(payout.entitled for payout in sale.payouts) == proceeds * 100


def shown(text):
    """A printed figure and half of its last digit, in units: "2.2M" is 2,200,000 ± 50,000."""
    number, letter = re.fullmatch(r"([0-9.,]+)(M?)", text).groups()
    number = number.replace(",", "")
    scale = 10**6 if letter else 1
    places = len(number.partition(".")[2])
    return Fraction(number) * scale, Fraction(scale, 2 * 10**places)


@pytest.mark.parametrize(
    "case", [case for case in WATERFALLS if "printed" in case], ids=lambda case: case["id"]
)
def test_what_was_printed(case):
    sales = paid(case)
    for name, (text, status) in case["printed"].items():
        at, who = re.fullmatch(r"(?:@([0-9]+)\.)?(.+)", name).groups()
        got = takes(sales[int(at or case["exits"][0])])[key(who)]
        printed, half = shown(text)
        assert (got == printed) == (status == "exact")
        assert (abs(got - printed) <= half) == (status != "wrong")


def points(text):
    """The distinct breakpoints of a file's exit, in major units."""
    schedule = follow(text).exits[0].schedule
    assert all(point.collinear for point in schedule.breakpoints)
    return {
        point.what + "." + ".".join(point.claims): Fraction(point.proceeds) / 100
        for point in schedule.breakpoints
    }


def test_a_fifth_or_twice_the_exit():
    # captablemath-exit-1: a preference of 2 on a fifth of the company, an exit of 1: all of it
    (sale,) = exits_of(
        [
            {"name": "others", "kind": "common", "shares": 4},
            {"name": "investor", "kind": "pref", "shares": 1, "pref": 2, "rank": 1},
        ],
        [1],
    )
    assert takes(sale) == {"others": 0, "investor": 1}


def test_breakpoints_with_options_and_preferred_warrants():
    (case,) = [one for one in CASES if one["id"] == "warrants-breakpoints"]
    found = points(file(case["classes"], [1]))
    assert found == {
        "filled.a": 1500,
        "exercises.option@0.2": 1700,
        "exercises.of-a-warrants": 3300,
        "converts.a": 4800,
    }


def on_preferred(proceeds):
    """As many common shares, Series A shares at 2 and warrants on these at 2: 800 of each."""
    warrant = {"event": "warrant", "holder": "uni", "class": "a", "shares": 800, "strike": 2}
    return company([issue(800), warrant], [pref(price=2)], proceeds=[proceeds])


def test_warrants_on_preferred_convert_with_it():
    assert points(on_preferred(1)) == {"filled.a": 1_600, "converts.a": 3_200, "exercises.e1": 3_200}
    (sale,) = follow(on_preferred(3_200)).exits
    assert takes(sale) == {"ada": 1_600, "fund": 1_600, "uni": 0}


def test_warrants_on_preferred_do_not_convert_below_their_strike():
    # algovalue-warrants-on-preferred: with a million of each, it prints conversion at 3m, and at 4m 2.667m
    # for Series A and the warrants, from 2/3 (X + 2 - 2) = 2. The strike is theirs: 2/3 (X + 2) is 2 + 2,
    # so X = 4m, where they have 2m. At 3m (here 2,400) a share were worth (3 + 2)/3: nobody pays 2 for it.
    (sale,) = follow(on_preferred(2_400)).exits
    assert does(sale) == {"ada": "share", "fund": "hold", "uni": "skip"}
    assert takes(sale) == {"ada": 800, "fund": 1_600, "uni": 0}


def test_four_tranches():
    # mercer-complexco: A is owed 1000 on 500 shares, B 1500 on 300, pari passu; 1500 common, 250 warrants
    classes = [
        {"name": "common", "kind": "common", "shares": 1500},
        {"name": "a", "kind": "pref", "shares": 500, "pref": 1000, "rank": 1},
        {"name": "b", "kind": "pref", "shares": 300, "pref": 1500, "rank": 1},
        {"name": "w", "kind": "option", "shares": 250, "strike": 10},
    ]
    assert points(file(classes, [1])) == {
        "filled.a.b": 2500,
        "converts.a": 5500,
        "converts.b": 11500,
        "exercises.option@10": 23000,
    }


FOUNDERS = {"name": "founders", "kind": "common", "shares": 8_000_000}
SERIES_A = {"name": "a", "kind": "pref", "shares": 2_000_000, "pref": 5_000_000, "rank": 2}
SERIES_B = {"name": "b", "kind": "pref", "shares": 1_500_000, "pref": 9_000_000, "rank": 1}


def test_breakpoints_of_the_open_venture_framework():
    """ovf-breakpoints-bp1, ovf-breakpoints-readme."""
    assert points(file([FOUNDERS, SERIES_A], [1])) == {"filled.a": 5_000_000, "converts.a": 25_000_000}
    assert points(file([FOUNDERS, SERIES_A | {"part": 10_000_000}, SERIES_B], [1])) == {
        "filled.b": 9_000_000,
        "filled.a": 14_000_000,
        "capped.a": 39_000_000,
        "converts.a": 59_000_000,
        "converts.b": 69_000_000,
    }


# flexile-dividend-roundup: 12% and 7% of the price first, the rest over all shares, each line rounded up
HELD = {
    "seed": (111_406, "s"), "a": (33_469, "t"), "sa1": (7_918, "s"), "sa2": (4_523, "t"),
    "al1": (15_308, "s"), "al2": (8_530, "t"), "common": (891, "ordinary"), "al3": (1_197, "ordinary"),
    "safe1": (987_632, "ordinary"), "safe2": (497_092, "ordinary"),
}  # fmt: skip
HURDLES = {
    "s": Fraction("1.1234") * Fraction("0.12"),
    "t": Fraction("1.2389") * Fraction("0.07"),
    "ordinary": 0,
}


def dividend(rounding):
    """The dividend of a million, and what each holder gets of it in cents."""
    day = date(2024, 1, 1)
    terms = {"kind": "stated", "from": "issue", "on_conversion": "forfeited", "in_cap": False}
    preferred = {"kind": "preferred", "price": 1, "preference": "1x", "seniority": 1, "participation": "none"}
    whole = {
        "company": {"name": "Acme", "currency": "USD"},
        "rounding": {"shares": "exact", "price": "exact", "money": rounding},
        "stakeholders": [{"id": name, "kind": "investor"} for name in HELD],
        "classes": [
            {"id": "ordinary", "kind": "common"},
            *({"id": name, **preferred, "dividend": terms | {"per_share": HURDLES[name]}} for name in "st"),
        ],
        "events": [
            {"id": f"of-{name}", "event": "issue", "date": day, "holder": name, "class": of, "shares": shares}
            for name, (shares, of) in HELD.items()
        ],
        "exits": [{"id": "paid", "date": date(2025, 1, 1), "kind": "dividend", "proceeds": [1_000_000]}],
    }
    (sale,) = follow("\n".join(f"{key} = {toml(value)}" for key, value in whole.items())).exits
    return sale, {payout.holder: payout.entitled for payout in sale.payouts}


def test_a_dividend_rounded_up_line_by_line_pays_five_cents_too_much():
    sale, got = dividend("up-per-line")
    assert got["seed"] == 15_018_43 + 65_309_83
    assert (got["safe1"], got["safe2"]) == (578_982_04, 291_411_52)
    assert (sum(got.values()), sale.excess) == (1_000_000_05, 5)


def test_a_dividend_by_largest_remainder_pays_what_there_is():
    sale, got = dividend("largest-remainder")
    assert (sum(got.values()), sale.excess) == (1_000_000_00, 0)
    owed = sum(shares * HURDLES[of] for shares, of in HELD.values())
    for name, (shares, of) in HELD.items():
        exact = shares * HURDLES[of] + (1_000_000 - owed) * shares / 1_667_966
        assert abs(got[name] - exact * 100) < 1
