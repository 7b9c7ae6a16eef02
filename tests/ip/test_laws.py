"""What every policy keeps: the engine held against a naive twin, and the laws that the format promises."""

# a policy, or a case, a line

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import accumulate

import random_policies as r
from hypothesis import assume, given
from hypothesis import strategies as st
from twin import Twin

from ipcalc.arithmetic import EXACT
from ipcalc.ip import engine
from ipcalc.ip.case import Case, Inventor
from ipcalc.ip.engine import Frame, State
from ipcalc.ip.ledger import Ledger, Period, Posted, Received, Stream
from ipcalc.ip.model import PER
from ipcalc.ip.program import compile_version

DAY = date(2024, 1, 1)


def years(periods):
    """The year of each period: some go on, some come later."""
    return list(accumulate((step for _, _, step in periods), initial=2000))[1:]


def case_of(policy, **facts):
    return Case(policy, DAY, as_of=DAY, scopes=dict.fromkeys(PER, ""), **facts)


def exactly(policy, periods):
    """Each period's exact amounts and balances, unrounded, one receipt a period."""
    case = case_of(policy)
    program = compile_version(case, case.version(), EXACT)
    state = State(EXACT)
    for (amount, costs, _), year in zip(periods, years(periods), strict=True):
        for account, cost in costs.items():
            state.accounts["", account] = state.accounts.get(("", account), 0) + cost
        frame = Frame(state, "", amount, year)
        engine.run([(frame, program)])
        yield frame.flow.held, {name: owed for (_, name), owed in state.accounts.items()}


def parsed(value):
    """Rates as the twin wants them: fractions."""
    if isinstance(value, dict):
        return {key: parsed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [parsed(one) for one in value]
    if isinstance(value, str) and value.endswith("%"):
        return Fraction(value[:-1]) / 100
    return Fraction(value) if isinstance(value, str) and value[0].isdigit() else value


@given(r.policies(), r.receipts)
def test_the_engine_and_the_twin_agree(made, periods):
    steps, within = made
    twin = Twin(parsed(steps), parsed(within))
    found = exactly(r.policy(steps, within), periods)
    for i, ((held, balances), (amount, costs, _)) in enumerate(zip(found, periods, strict=True)):
        wanted = twin.receive(amount, costs, years(periods)[i], i)
        assert {k: v for k, v in held.items() if v} == {k: v for k, v in wanted.items() if v}
        assert {k: v for k, v in balances.items() if v} == {k: v for k, v in twin.accounts.items() if v}


@given(r.policies(), r.receipts)
def test_nothing_is_lost_and_nobody_owes(made, periods):
    policy = r.policy(*made)
    ledger = Ledger([Stream("s", case_of(policy))], traced=False)
    kept = 0
    for i, ((amount, costs, _), year) in enumerate(zip(periods, years(periods), strict=True)):
        on = DAY.replace(year=year)
        posted = [Posted("s", on, account, cost) for account, cost in costs.items()]
        one = ledger.divide(Period(str(i), [Received("s", on, amount)], posted))["s"]
        held = sum(balance.after for balance in one.balances if balance.account == "reserve")
        assert amount + kept == sum(payee.amount for payee in one.parties) + held
        assert all(payee.amount >= 0 for payee in one.parties)
        assert all(abs(payee.amount - payee.exact) < 1 for payee in one.parties)
        kept = held
        for balance in one.balances:
            if balance.account != "reserve":
                gone = balance.paid + balance.covered + balance.written_off
                assert balance.before + balance.posted == gone + balance.after
                assert balance.after >= 0


@given(r.policies(), r.receipts, st.integers(0, 200))
def test_a_receipt_in_two_pieces_is_the_receipt(made, periods, cut):
    text = str(made)
    assume("distribution" not in text)
    policy = r.policy(*made)
    whole, pieces = (Ledger([Stream("s", case_of(policy))], traced=False) for _ in range(2))
    for i, ((amount, costs, _), year) in enumerate(zip(periods, years(periods), strict=True)):
        on = DAY.replace(year=year)
        posted = [Posted("s", on, account, cost) for account, cost in costs.items()]
        first = min(cut, amount)
        one = whole.divide(Period(str(i), [Received("s", on, amount)], posted))["s"]
        two = [Received("s", on, first), Received("s", on, amount - first)]
        other = pieces.divide(Period(str(i), two, posted))["s"]
        assert [(p.party, p.exact) for p in one.parties if p.exact] == [
            (p.party, p.exact) for p in other.parties if p.exact
        ]
        assert one.balances == other.balances


# unless a cap is a rate of something else, one account is paid to two parties, or bands count what they don't
# divide (by another base, or as = "counted")
@given(r.policies(reserve=False, monotone=True), st.integers(0, 300), st.integers(0, 300), r.costs)
def test_more_receipts_pay_nobody_less(made, one, other, costs):
    assume("hold" not in str(made))
    policy = r.policy(*made)
    less, more = sorted((one, other))
    (small, _), (large, _) = (next(exactly(policy, [(amount, costs, 0)])) for amount in (less, more))
    assert all(large.get(party, 0) >= amount for party, amount in small.items())


@given(r.policies(), r.receipts, st.permutations(["X", "Y", "Z"]))
def test_the_order_of_cases_changes_nothing(made, periods, order):
    policy = r.policy(*made)
    scopes = dict.fromkeys(PER, "one")  # one invention, licensed three times: all share every limit
    case = case_of(policy)._replace(scopes=scopes)
    straight, turned = (Ledger([Stream(name, case) for name in "XYZ"], traced=False) for _ in range(2))
    for i, (amount, costs, _) in enumerate(periods):
        amounts = {"X": amount, "Y": amount // 3, "Z": (amount * 7) % 50}
        posted = [Posted(name, DAY, account, cost) for name in "XY" for account, cost in costs.items()]
        one, other = (
            ledger.divide(Period(str(i), [Received(name, DAY, amounts[name]) for name in names], posted))
            for ledger, names in ((straight, "XYZ"), (turned, order))
        )
        for name in "XYZ":
            assert [(p.party, p.exact) for p in one[name].parties] == [
                (p.party, p.exact) for p in other[name].parties
            ]


@given(r.policies(), r.receipts, st.permutations([("Ada", 2), ("Bo", 1), ("Cy", 3)]))
def test_the_order_of_inventors_changes_no_party(made, periods, people):
    policy = r.policy(*made)
    ledgers = [
        Ledger([Stream("s", case_of(policy, inventors=tuple(Inventor(*one) for one in team)))], traced=False)
        for team in ([("Ada", 2), ("Bo", 1), ("Cy", 3)], people)
    ]
    for i, (amount, _, _) in enumerate(periods):
        one, other = (ledger.divide(Period(str(i), [Received("s", DAY, amount)]))["s"] for ledger in ledgers)
        assert one.parties == other.parties
        paid = {person.name: person.amount for person in other.people}
        assert all(abs(person.amount - paid[person.name]) <= 1 for person in one.people)
