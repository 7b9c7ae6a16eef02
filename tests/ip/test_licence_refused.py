"""Licences and years that are refused: each with its code, at its place."""

from __future__ import annotations

import re

import pytest
from licences import CREDIT, HEAD, TIERS, by_year, read, years

from ipcalc.inputs.diagnostics import Refused

ROYALTY = 'royalty = { rate = "1%" }\n'
WHOLE = TIERS.replace("APPLY", "whole")
REFUSED = {  # body → code and position
    "tiers fall": (WHOLE.replace("20_000_000", "10_000_000"), "P501 9:57"),
    "no last tier": (WHOLE.replace('{ rate = "10%" }', '{ up_to = 30_000_000, rate = "10%" }'), "P501 9:84"),
    "an open tier first": (WHOLE.replace("up_to = 10_000_000, ", ""), "P501 9:10"),
    "no tier": ('royalty = { tiers = [], apply = "whole", over = "year" }\n', "P501 7:21"),
    "a tier from nothing": (WHOLE.replace("10_000_000", "0"), "P501 9:20"),
    "neither rate nor tiers": ("royalty = { from = 2026 }\n", "F114 7:1"),
    "rate and tiers": ('royalty = { rate = "1%", tiers = [] }\n', "F102 7:26"),
    "tiers without a way": (TIERS.replace('apply = "APPLY"\n', ""), "F101 8:10"),
    "a way of no kind": (TIERS, "F107 10:9"),
    "a year left out": (ROYALTY + "[sales.2024]\nnet_sales = 1\n[sales.2026]\nnet_sales = 1\n", "P502 10:8"),
    "sales not stated": (ROYALTY + "[sales.2024]\n", "P503 8:8"),
    "stacking not stated": (CREDIT.replace("third_party_royalties = 0\n", ""), "P503 13:8"),
    "stated in vain": (ROYALTY + "[sales.2024]\nnet_sales = 1\npatent_costs = 1\n", "P504 10:1"),
    "a stage in vain": (
        'sublicence = { share = "1%" }\n[sales.2024]\nsublicence_income = [{ amount = 1, stage = "x" }]\n',
        "P504 9:36",
    ),
    "no stage": (
        'sublicence = { stages = { x = "1%" } }\n[sales.2024]\nsublicence_income = 1\n',
        "F101 9:1",
    ),
    "an unknown stage": (
        'sublicence = { stages = { early = "1%" } }\n'
        '[sales.2024]\nsublicence_income = [{ amount = 1, stage = "erly" }]\n',
        "F107 9:44",
    ),
    "a day of another year": (
        'exit = { fee = "1%", on = ["ipo"] }\n'
        '[sales.2024]\nexit = { on = 2025-01-01, kind = "ipo", value = 1 }\n',
        "P505 9:15",
    ),
    "an exit of another kind": (
        'exit = { fee = "1%", on = ["ipo"] }\n'
        '[sales.2024]\nexit = { on = 2024-01-01, kind = "sale", value = 1 }\n',
        "F107 9:34",
    ),
    "two exits": (
        'exit = { fee = "1%", on = ["ipo"] }\n'
        '[sales.2024]\nexit = { on = 2024-01-01, kind = "ipo", value = 1 }\n'
        '[sales.2025]\nexit = { on = 2025-01-01, kind = "ipo", value = 1 }\n',
        "P508 11:1",
    ),
    "paid and replaced": (
        ROYALTY + 'equity = { stake = "5%", on = 2024-01-01, in_lieu_of = ["royalty"] }\n',
        "P506 8:57",
    ),
    "stacking alone": (
        'stacking = { credit = "1%", floor = "1%", of = "royalty", carry = true }\n',
        "P507 7:1",
    ),
    "a combination alone": ('combination = { formula = "A/(A+B)" }\n', "P507 7:1"),
    "another formula": (ROYALTY + 'combination = { formula = "C/(C+D)" }\n', "F107 8:27"),
    "no price": (
        ROYALTY
        + 'combination = { formula = "A/(A+B)" }\n[sales.2024]\nnet_sales = 0\n'
        + "combinations = [{ net_sales = 1, A = 0, B = 0 }]\n",
        "F106 11:17",
    ),
    "an event twice": (
        'milestones = [{ name = "a", amount = 1, event = "e" }]\n'
        "[sales.2024]\nevents.e = 2024-01-01\n[sales.2025]\nevents.e = 2025-01-01\n",
        "F112 11:8",
    ),
    "an unknown event": (
        'milestones = [{ name = "a", amount = 1, event = "approval" }]\n'
        "[sales.2024]\nevents.aproval = 2024-01-01\n",
        "F107 9:8",
    ),
    "a milestone twice": (
        'milestones = [{ name = "a", amount = 1, event = "e" }, { name = "a", amount = 2, event = "f" }]\n',
        "F112 7:65",
    ),
    "a milestone of nothing": (
        'milestones = [{ name = "a", amount = 1, sales = 0, over = "year" }]\n',
        "F106 7:49",
    ),
    "not a year": (ROYALTY + "[sales.first]\nnet_sales = 1\n", "F104 8:8"),
    "a year long ago": (ROYALTY + "[sales.1024]\nnet_sales = 1\n", "F106 8:8"),
    "a year before the licence": (ROYALTY + "[sales.2023]\nnet_sales = 1\n", "F116 8:8"),
    "too far ahead": (ROYALTY + "[sales.2200]\nnet_sales = 1\n", "F106 8:8"),
    "no year of a minimum": ('minimum = { from = {}, creditable = true, paid = "arrears" }\n', "F109 7:20"),
    "a royalty that ends first": ('royalty = { rate = "1%", from = 2026, until = 2025 }\n', "F116 7:47"),
    "another currency": ('upfront = [{ on = 2024-01-01, amount = "HKD 1" }]\n', "F118 7:40"),
    "less than a cent": ("upfront = [{ on = 2024-01-01, amount = 0.001 }]\n", "F105 7:40"),
    "less than nothing": (ROYALTY + "[sales.2024]\nnet_sales = -1\n", "F106 9:13"),
    "an unknown term": ('royalties = { rate = "1%" }\n', "F102 7:1"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    body, wanted = REFUSED[name]
    with pytest.raises(Refused) as caught:
        read(body)
    found = [f"{one.code} {one.place.line}:{one.place.column}" for one in caught.value.diagnostics]
    assert found == [wanted]


@pytest.mark.parametrize("key", ["year", "event"])
def test_when_something_falls_due_must_be_stated(key):
    body = 'royalty = { rate = "1%" }\nexit = { fee = "1%", on = ["ipo"] }\n'
    head = re.sub(rf'{key} = "\d+ days",? ?', "", HEAD)
    with pytest.raises(Refused) as caught:
        read(body, head)
    [missing] = caught.value.diagnostics
    assert (missing.code, missing.args["key_name"], missing.place.line) == ("F101", key, 6)
    with pytest.raises(Refused) as caught:
        read(body, head.replace(head[head.index("due") :], ""))
    assert {one.args["key_name"] for one in caught.value.diagnostics} == {"due.year", "due.event"}


@pytest.mark.parametrize(
    "body",
    [
        'royalty = { rate = "1%", from = 2026, until = 2026 }\n',
        'minimum = { from = { 2026 = 1 }, until = 2026, creditable = false, paid = "advance" }\n',
        'royalty = { tiers = [{ up_to = 0.01, rate = 1 }, { rate = 0 }], apply = "whole", over = "year" }',
        "equity = { stake = 1, on = 2024-01-01, in_lieu_of = [] }\n",
    ],
)
def test_what_is_just_possible(body):
    read(body)


def test_milestones_of_sales_are_due_by_the_year():
    body = 'milestones = [{ name = "a", amount = 1, sales = 1, over = "year" }]\n'
    assert read(body, HEAD.replace(', event = "30 days"', ""))
    with pytest.raises(Refused) as caught:
        read(body, HEAD.replace('year = "60 days", ', ""))
    assert [one.code for one in caught.value.diagnostics] == ["F101"]


def test_a_minimum_for_some_years():
    body = 'minimum = { from = { 2025 = 7 }, until = 2026, creditable = false, paid = "arrears" }\n'
    found = by_year(body + years(*[""] * 4), "minimum")
    assert found == {2024: 0, 2025: 7_00, 2026: 7_00, 2027: 0}


def test_all_errors_at_once():
    sales = "[sales.2023]\n[sales.2025]\npatent_costs = 1\n"
    with pytest.raises(Refused) as caught:
        read(WHOLE.replace("20_000_000", "1") + sales)
    found = [f"{one.code} {one.place.line}" for one in caught.value.diagnostics]
    assert found == ["P501 9", "P503 12", "F116 12", "P503 13", "P502 13", "P504 14"]
