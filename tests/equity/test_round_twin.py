"""Random rounds held against the twin, and the laws that every round keeps."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
import round_twin as twin
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ipcalc.equity import captable
from ipcalc.equity.fold import fold
from ipcalc.inputs.diagnostics import Refused
from ipcalc.inputs.toml import Document

HOLDERS = ("ada", "bo", "uni", "angel", "fund", "eve")


# -- a case as a file's data --------------------------------------------------------------------------


def written(number):
    """A number as a file would have it."""
    return (
        number if isinstance(number, int) else f"{Fraction(number).numerator}/{Fraction(number).denominator}"
    )


def happened(number, kind, **keys):
    """An event."""
    return {"id": f"e{number}", "event": kind, "date": datetime.date(2024, 1, 1), **keys}


def instrument(one):
    """An instrument's terms."""
    terms = {"holder": "angel", "amount": one.amount, "discount": written(one.discount)}
    if one.kind == "price":
        return terms
    if one.kind == "fixed":
        return {
            "holder": "angel",
            "amount": one.amount,
            "basis": "fixed-percent",
            "percent": written(one.percent),
        }
    terms |= {"basis": f"{one.kind}-money", "cap": one.cap}
    return terms | ({"counts": list(one.counts)} if one.kind == "pre" else {})


def floor(own):
    """A stake's floor."""
    until = {"date": datetime.date(2030, 1, 1)}
    if own.limit is not None:
        until = {
            "raised": own.limit,
            "counts": ["round", "safe", "note"],
            "since": datetime.date(2024, 1, 1),
            "crossing": own.crossing,
        }
        until |= {"fill": own.fill} if own.crossing == "split" else {}
    return {
        "percent": written(own.percent),
        "of": "fully-diluted",
        "until": until,
        "in_safe_capitalization": own.inside,
    }


def data(case, rule="exact", price="exact"):
    """A case as a file's data."""
    company, terms = case.company, case.terms
    classes = [{"id": "common", "kind": "common"}]
    events = [("issue", {"holder": "ada", "class": "common", "shares": company.common})]
    if case.protected:
        own = case.protected
        guard = {
            "kind": "ratchet" if own.base is None else "broad",
            "exempt": ["issue", "option", "university-grant"],
        }
        guard |= {} if own.base is None else {"base": written(own.base)}
        guard["issued_counts"] = ["new-money", "safes"] if own.safes else ["new-money"]
        classes.append({
            "id": "a", "kind": "preferred", "preference": "1x", "seniority": 1, "participation": "none",
            "price": written(own.price), "anti_dilution": guard,
        })  # fmt: skip
        events.append(("issue", {"holder": "eve", "class": "a", "shares": own.shares}))
    reserved = company.reserve + company.granted + company.promised
    if reserved or terms.pool:
        events.append(("pool", {"plan": "esop", "class": "common", "create": reserved or 1}))
        if not reserved:
            events.append(("cancel", {"of": f"e{len(events) - 1}", "shares": 1}))
    for shares, promised in ((company.granted, False), (company.promised, True)):
        if shares:
            grant = {"plan": "esop", "holder": "bo", "shares": shares, "strike": 0, "vesting": "none"}
            events.append(("option", {**grant, "promised": promised}))
    if case.floor:
        grant = {
            "class": "common",
            "to": "uni",
            "grant": {"shares": case.floor.held},
            "floor": floor(case.floor),
        }
        events.append(("university-grant", grant))
    events += [("safe", instrument(one)) for one in case.instruments]
    round_ = {
        "class": "common", "convention": terms.convention, terms.basis: written(terms.value),
        "investors": [{"holder": "fund", "amount": terms.money}],
    }  # fmt: skip
    if case.protected:
        round_["anti_dilution"] = "outside" if case.protected.outside else "inside"
    if terms.pool:
        how, amount, measure, placed = terms.pool
        pool = {"plan": "esop", how: written(amount), "placed": placed}
        round_["pool"] = pool | ({"measure": measure} if how == "target" else {})
    events.append(("round", round_))
    return {
        "company": {"name": "Acme", "currency": "USD"},
        "rounding": {"shares": rule, "price": price},
        "stakeholders": [{"id": name, "kind": "person"} for name in HOLDERS],
        "classes": classes,
        "events": [happened(i, kind, **keys) for i, (kind, keys) in enumerate(events)],
    }


def solved(case, rule="exact", price="exact"):
    """The last step of a case's file, or the code with which it is refused."""
    try:
        return fold(captable.read(Document("t.toml", "", data(case, rule, price))))[-1]
    except Refused as refused:
        return refused.diagnostics[0].code


def guess(case, step):
    """A result as the twin states one; money in major units."""
    terms = step.round
    ratio = step.state.terms["a"].ratio if case.protected else 1
    extra = case.protected.shares * (Fraction(ratio) - 1) if case.protected else 0
    return twin.Guess(
        Fraction(step.shares),
        100 / Fraction(terms.exact_price),
        terms.pool_increase,
        sum(one.topup for one in terms.floors),
        extra,
        tuple(one.shares for one in terms.converted),
    )


# -- random rounds ------------------------------------------------------------------------------------

amounts = st.integers(1, 4_000).map(lambda n: n * 1000)
parts = st.integers(1, 40).map(lambda n: Fraction(n, 100))


@st.composite
def instruments(draw):
    kind = draw(st.sampled_from(["post", "post", "pre", "pre", "price", "fixed"]))
    amount = draw(amounts)
    counts = draw(st.sets(st.sampled_from(["pool_increase", "pool_unallocated", "promised", "converting"])))
    return twin.Instrument(
        kind,
        amount,
        cap=amount + draw(st.integers(1, 20_000)) * 1000,
        percent=draw(parts),
        discount=draw(st.sampled_from([0, Fraction(1, 5), Fraction(3, 10)])) if kind != "fixed" else 0,
        counts=tuple(sorted(counts)) if kind == "pre" else (),
    )


@st.composite
def pools(draw, company):
    how = draw(st.sampled_from(["add", "add_percent", "target", "target"]))
    amount = draw(st.integers(1, 10**6)) if how == "add" else draw(parts)
    measure = draw(st.sampled_from(["unallocated", "plan-total"])) if how == "target" else ""
    if measure == "plan-total" and company.promised:
        measure = "unallocated"
    return how, amount, measure, draw(st.sampled_from(["pre-money", "post-money"]))


@st.composite
def cases(draw):
    company = twin.Company(
        draw(st.integers(1_000, 10**7)),
        *(draw(st.one_of(st.just(0), st.integers(1, 10**6))) for _ in range(3)),
    )
    basis = draw(st.sampled_from(["pre_money", "pre_money", "price"]))
    terms = twin.Terms(
        draw(st.sampled_from(["pre-money", "percentage-ownership", "dollars-invested"])),
        basis,
        draw(st.integers(1, 40_000)) * 1000
        if basis == "pre_money"
        else Fraction(draw(st.integers(1, 900)), 100),
        draw(amounts),
        draw(st.one_of(st.none(), pools(company))),
    )
    floors = st.none() | st.builds(
        twin.Floor, st.integers(1, 25).map(lambda n: Fraction(n, 100)), st.integers(1, 10**6), st.booleans(),
        st.one_of(st.none(), amounts), st.sampled_from(["split", "whole-protected", "unprotected"]),
        st.sampled_from(["conversions-first", "new-money-first"]),
    )  # fmt: skip
    guards = st.none() | st.builds(
        twin.Protected, st.integers(1, 10**6), st.integers(1, 2000).map(lambda n: Fraction(n, 100)),
        st.one_of(st.none(), st.integers(1, 10**7)), st.booleans(), st.booleans(),
    )  # fmt: skip
    found = draw(st.lists(instruments(), max_size=3))
    return twin.Case(company, tuple(found), terms, draw(floors), draw(st.one_of(st.none(), guards)))


@settings(max_examples=2_000)
@given(cases())
def test_every_definition_holds_exactly(case):
    """On 2,000 random rounds, with instruments, pools, floors and protection together."""
    step = solved(case)
    if isinstance(step, str):
        assert step == "E550"
        assert at_rest(twin.insoluble, case)
        return
    twin.check(case, guess(case, step))
    assert sum(holding.fully_diluted for holding in step.holdings) == 1
    assert step.lost == 0
    for move in step.moves:
        assert move.before + sum(part for _, part in move.because) == move.after


@settings(max_examples=100)
@given(cases())
def test_the_search_finds_the_same_total_or_none(case):
    step, total = solved(case), at_rest(twin.search, case)
    if isinstance(step, str):
        assert total is None
    elif total is None:  # beyond where it looks
        assert step.shares > case.before() * twin.MOST / 2
    else:
        assert float(step.shares) == pytest.approx(total, rel=1e-6)


def at_rest(look, case):
    """What the twin finds, of cases in which its repetitions end."""
    try:
        return look(case)
    except TimeoutError:
        assume(False)


# -- laws ---------------------------------------------------------------------------------------------


def outcome(step):
    """What a round comes to, whatever its parts are called."""
    if isinstance(step, str):
        return step
    new = sum(change.shares for change in step.changes if change.cause == "new-money")
    return step.shares, step.round.exact_price, new, step.round.pool_increase, step.state.terms


@given(cases(), st.randoms())
def test_the_order_of_instruments_changes_nothing(case, random):
    shuffled = list(case.instruments)
    random.shuffle(shuffled)
    assert outcome(solved(case)) == outcome(solved(case._replace(instruments=tuple(shuffled))))


@given(cases())
def test_an_instrument_in_two_halves_gets_what_one_gets(case):
    assume(case.instruments)
    first, *others = case.instruments
    whole = first._replace(amount=first.amount * 2, cap=first.cap * 2)
    halves = (first._replace(cap=first.cap * 2, percent=Fraction(first.percent) / 2),) * 2
    one = solved(case._replace(instruments=(whole, *others)))
    two = solved(case._replace(instruments=(*halves, *others)))
    assert outcome(one) == outcome(two)


@given(cases(), st.fractions(Fraction(1, 9), Fraction(8, 9), max_denominator=1000))
def test_a_split_investor_changes_nothing_else(case, part):
    amount = case.terms.money * 1000
    first = int(amount * part)
    file = data(case._replace(terms=case.terms._replace(money=amount)))
    both = data(case._replace(terms=case.terms._replace(money=amount)))
    both["events"][-1]["investors"] = [
        {"holder": "fund", "amount": first}, {"holder": "ada", "amount": amount - first},
    ]  # fmt: skip
    assert outcome(of(file)) == outcome(of(both))


def of(file):
    """A file's last step, or its code."""
    try:
        return fold(captable.read(Document("t.toml", "", file)))[-1]
    except Refused as refused:
        return refused.diagnostics[0].code


@given(cases())
def test_other_names_change_nothing(case):
    file = data(case)
    names = {name: f"p{i}" for i, name in enumerate(HOLDERS)}
    for one in file["stakeholders"]:
        one["id"] = names[one["id"]]
    for event in file["events"]:
        for key in ("holder", "to"):
            if event.get(key) in names:
                event[key] = names[event[key]]
        for one in event.get("investors", ()):
            one["holder"] = names[one["holder"]]
    assert outcome(of(file)) == outcome(solved(case))


@given(cases(), st.integers(2, 9))
def test_a_stock_split_before_it_scales_the_round(case, ratio):
    """Counts that a contract states as a number are of old shares; such cases are left out."""
    assume(case.protected is None or case.protected.base is None)
    assume(case.terms.basis != "price" and (not case.terms.pool or case.terms.pool[0] != "add"))
    file = data(case)
    split = happened(99, "split", **{"class": "common", "ratio": ratio})
    file["events"].insert(-1, split)
    plain, scaled = solved(case), of(file)
    if isinstance(plain, str):
        assert scaled == plain
        return
    assert scaled.shares == ratio * plain.shares
    assert scaled.round.exact_price == Fraction(plain.round.exact_price) / ratio
    parts = [[holding.fully_diluted for holding in step.holdings] for step in (plain, scaled)]
    assert parts[0] == parts[1]


@given(cases(), amounts)
def test_a_round_at_the_old_price_dilutes_all_alike(case, money):
    """Without a pool, instruments or a floor of its own; an average that was moved part of the way to this
    price would move again.
    """
    assume(case.protected is None or case.protected.base is None)
    plain = solved(case)
    assume(not isinstance(plain, str))
    file = data(case)
    until = {
        "raised": 1,
        "counts": ["round"],
        "since": file["events"][0]["date"],
        "crossing": "whole-protected",
    }
    for event in file["events"]:
        if "floor" in event:
            event["floor"]["until"] = until
    before = of(file)
    assume(not isinstance(before, str))
    price = Fraction(before.round.exact_price) / 100
    again = happened(100, "round", **{
        "class": "common", "convention": "percentage-ownership", "price": written(price),
        "investors": [{"holder": "angel", "amount": money}],
    })  # fmt: skip
    file["events"].append(again)
    after = of(file)
    value = before.shares * price
    factor = value / (value + money)
    was = {move.holder: move for move in after.moves}
    for (holder, plan), one in shares_of(before).items():
        if holder != "angel":
            assert shares_of(after)[(holder, plan)] == one * factor
    assert was["angel"].after > was["angel"].before


def shares_of(step):
    """Parts of the fully diluted total, by holder and plan."""
    found = {}
    for holding in step.holdings:
        key = (holding.holder, None) if holding.holder else (None, holding.plan)
        found[key] = found.get(key, 0) + Fraction(holding.fully_diluted)
    return found


@given(cases(), st.sampled_from(["floor", "half-up"]), st.integers(4, 10))
def test_whole_shares_are_conserved_and_what_rounding_takes_is_said(case, rule, places):
    whole = all(
        Fraction(one).denominator == 1 for one in (*case.company, case.floor.held if case.floor else 0)
    )
    assume(whole)
    step = solved(case, rule, {"places": places, "to": "half-up"})
    assume(not isinstance(step, str))
    assert all(isinstance(change.shares, int) for change in step.changes)
    held = sum(holding.shares for holding in step.holdings if holding.share_class == "common")
    ratio = step.state.terms["a"].ratio if case.protected else 1
    assert held + (case.protected.shares * Fraction(ratio) if case.protected else 0) == step.shares
    assert step.lost == sum(Fraction(change.exact) - change.shares for change in step.changes)
    assert sum(holding.fully_diluted for holding in step.holdings) == 1
