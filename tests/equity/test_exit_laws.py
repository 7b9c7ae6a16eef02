"""Laws of exits on whole random files: conservation, monotony, renaming, splitting, interpolation."""

from __future__ import annotations

import itertools
from datetime import date
from fractions import Fraction

import pytest
from captables import follow
from exit_tables import company, issue, pref, safe
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ipcalc.equity import preference

HOLDERS = ("ada", "fund", "bank", "uni", "bo", "cy")
few = settings(max_examples=120, deadline=None)


becomes = st.sampled_from(["forfeited", "cash", "shares"])


@st.composite
def classes(draw):
    """Up to two preferred classes, of any terms."""
    found = []
    for name in ["a", "b"][: draw(st.integers(0, 2))]:
        terms = {
            "preference": draw(st.sampled_from(["0x", "1x", "2x", "1.5x"])),
            "seniority": draw(st.integers(1, 2)),
            "participation": draw(st.sampled_from(["none", "none", "full", "capped"])),
            "conversion_price": draw(st.sampled_from([2.5, 2, "5/3"])),
        }
        if terms["participation"] == "capped":
            terms["cap"] = {
                "multiple": draw(st.sampled_from(["2x", "3x"])),
                "of": draw(st.sampled_from(["total", "participation"])),
            }
        if draw(st.booleans()):
            terms["dividend"] = {
                "kind": "cumulative", "rate": draw(st.sampled_from(["8%", "30%"])), "day_count": "30/360",
                "accrual": draw(st.sampled_from(["simple", "compound"])), "from": "issue",
                "on_conversion": draw(becomes), "in_cap": draw(st.booleans()),
            }  # fmt: skip
        found.append(pref(name, **terms))
    return found


holders = st.sampled_from(HOLDERS[1:])
counts = st.integers(1, 400)


@st.composite
def events(draw, names):
    """Issues, options, warrants, SAFEs and a note."""
    found = [
        issue(draw(counts), draw(holders), name, date=date(draw(st.sampled_from([2024, 2024, 2025])), 1, 1))
        for name in names
    ]
    found += [issue(draw(counts), draw(holders), name, date=date(2024, 1, 1)) for name in names]
    for _ in range(draw(st.integers(0, 2))):
        strike = draw(st.sampled_from([0.5, 1, 3]))
        found.append({"event": "option", "plan": "none", "holder": draw(holders), "class": "common",
                      "shares": draw(counts), "strike": strike, "vesting": "none"})  # fmt: skip
    if draw(st.booleans()):
        on = draw(st.sampled_from(["common", *names]))
        found.append(
            {
                "event": "warrant",
                "holder": draw(holders),
                "class": on,
                "shares": draw(counts),
                "strike": draw(st.sampled_from([1, 2.5, 4])),
            }
        )
    instruments = {}
    rank = st.sampled_from(
        ["below-preferred", "debt:1", *(f"{how}:{name}" for how in ("with", "above") for name in names)]
    )
    for i in range(draw(st.integers(0, 2))):
        cap = draw(st.sampled_from([None, 1_000, 4_000]))
        discount = {"discount": "20%"} if cap is None or draw(st.booleans()) else {}
        found.append(safe(draw(st.integers(50, 400)), cap, f"s{i}", **discount))
        instruments[f"s{i}"] = {
            "at_exit": "greater-of",
            "rank": draw(rank),
            "capitalization": "all-as-converted",
        }
    if draw(st.booleans()):
        interest = {"rate": "10%", "kind": "simple", "day_count": "30/360", "on_conversion": draw(becomes)}
        found.append(
            {
                "id": "n",
                "event": "note",
                "holder": draw(holders),
                "principal": draw(counts),
                "interest": interest,
                "maturity": date(2030, 1, 1),
                "cap": 3_000,
                "cap_counts": draw(st.sampled_from([900, ["converting"], ["pool_unallocated"]])),
            }
        )
        instruments["n"] = {"at_exit": "greater-of", "rank": "debt:2", "capitalization": "all-as-converted"}
    found.sort(key=lambda event: event.get("date", date(2024, 1, 1)))
    return found, instruments


@st.composite
def files(draw, **fixed):
    """A company and its sale, as arguments of ``company``; the last is a number of cents to sell it for."""
    made = draw(classes())
    happened, instruments = draw(events([one["id"] for one in made]))
    terms = {"holders": HOLDERS, "instruments": instruments}
    if draw(st.booleans()):
        terms["costs"] = [{"amount": 50}, {"percent": "1%", "of": "proceeds"}]
    if draw(st.booleans()):
        terms["debt"] = [
            {"id": f"loan{i}", "holder": "bank", "amount": draw(counts), "rank": draw(st.integers(1, 2))}
            for i in range(2)
        ]
    if draw(st.booleans()):
        of = draw(st.sampled_from(["proceeds", "after-costs", "after-debt"]))
        terms["carve_out"] = {"percent": "10%", "of": of, "to": {"cy": 1}}
    return happened, made, terms | fixed


cents = st.one_of(st.integers(0, 1_000_000), st.integers(0, 100_000_000))


def money(units):
    """Cents as the file has them."""
    return f"{units // 100}.{units % 100:02}"


def sales(made, *proceeds, **more):
    happened, kinds, terms = made
    return follow(
        company(happened, kinds, **(terms | {"proceeds": [money(units) for units in proceeds]} | more))
    ).exits


def by_holder(sale):
    """Exact payouts by holder, in cents."""
    return {
        holder: sum(
            (
                Fraction(d.take) * weight / sum(w for _, w in d.stake.parts)
                for d in sale.settled.decisions
                for name, weight in d.stake.parts
                if name == holder
            ),
            Fraction(0),
        )
        for holder in HOLDERS
    }


@given(files(), cents)
@few
def test_every_cent_is_paid_and_none_gains_by_switching(made, units):
    (sale,) = sales(made, units)
    assert sale.costs + sum(payout.entitled for payout in sale.payouts) == units
    assert all(payout.entitled >= 0 for payout in sale.payouts)
    assert sale.settled.certificate.holds
    exact = sale.schedule.at(units)
    assert sum(exact) == units
    spent = [sale.costs] if sale.schedule.lines[0].kind == "costs" else []
    got = spent + [sale.of_claim(line.id) for line in sale.schedule.lines[len(spent) :]]
    parts = [max(len(line.parts), 1) for line in sale.schedule.lines]
    assert all(abs(a - b) < n for a, b, n in zip(got, exact, parts, strict=True))


@given(files(), st.lists(cents, min_size=2, max_size=6))
@few
def test_interpolation_is_settlement(made, many):
    found = sales(made, *many)
    schedule = found[0].schedule
    charges = len(schedule.lines) - len(found[0].settled.decisions)
    for sale in found:
        takes = [decision.take for decision in sale.settled.decisions]
        assert list(schedule.at(sale.proceeds)[charges:]) == takes
    grid = schedule.grid().at(many)
    for units, column in zip(many, grid.T, strict=True):
        assert all(
            abs(float(a) - b) <= 1e-9 * max(units, 1) for a, b in zip(schedule.at(units), column, strict=True)
        )


@given(files(), cents, cents)
@few
def test_more_proceeds_give_nobody_less(made, one, other):
    less, more = sales(made, *sorted((one, other)))
    a, b = by_holder(less), by_holder(more)
    assert all(a[holder] <= b[holder] for holder in HOLDERS)


@given(files())
@few
def test_breakpoints_are_kinks_and_between_them_all_is_straight(made):
    (sale,) = sales(made, 1)
    schedule = sale.schedule
    assert all(point.collinear for point in schedule.breakpoints)
    assert [point.proceeds for point in schedule.breakpoints] == sorted(
        point.proceeds for point in schedule.breakpoints
    )
    named = {point.proceeds for point in schedule.breakpoints}
    for before, after in itertools.pairwise(schedule.segments):
        bent = before.slopes != after.slopes
        assert not bent or after.proceeds in named
        span = after.proceeds - before.proceeds
        assert [t + s * span for t, s in zip(before.takes, before.slopes, strict=True)] == list(after.takes)


@given(files(), cents, st.permutations(HOLDERS))
@few
def test_names_and_their_order_change_nothing(made, units, order):
    happened, kinds, terms = made
    names = dict(zip(HOLDERS, order, strict=True))
    (sale,) = sales(made, units)
    again = company(happened, kinds, **(terms | {"proceeds": [money(units)]}))
    renamed = again
    for name in HOLDERS:
        renamed = renamed.replace(f'"{name}"', f'"~{name}"').replace(f"{{ {name} =", f"{{ ~{name} =")
    for name in HOLDERS:
        renamed = renamed.replace(f"~{name}", names[name])
    got, other = by_holder(sale), by_holder(follow(renamed).exits[0])
    assert got == {name: other[names[name]] for name in HOLDERS}


@given(files(), cents, st.integers(1, 799))
@few
def test_splitting_a_holder_changes_nothing_else(made, units, part):
    happened, kinds, terms = made
    assume(not any(event.get("holder") == "cy" for event in happened) and "carve_out" not in terms)
    (sale,) = sales(made, units)
    move = {
        "event": "transfer",
        "from": "ada",
        "to": "cy",
        "class": "common",
        "shares": part,
        "date": date(2025, 6, 1),
    }
    (again,) = sales(([*happened, move], kinds, terms), units)
    a, b = by_holder(sale), by_holder(again)
    assert b["cy"] == a["ada"] * part / 800
    assert a["ada"] == b["ada"] + b["cy"]
    assert all(a[name] == b[name] for name in HOLDERS if name not in ("ada", "cy"))


@given(files(), cents, st.integers(2, 5))
@few
def test_a_split_of_the_common_shares_moves_no_money(made, units, ratio):
    happened, kinds, terms = made
    (sale,) = sales(made, units)
    split = {"event": "split", "class": "common", "ratio": f"{ratio}:1", "date": date(2025, 6, 1)}
    (again,) = sales(([*happened, split], kinds, terms), units)
    assert by_holder(sale) == by_holder(again)
    assert again.settled.p * ratio == sale.settled.p


@given(files(), cents)
@few
def test_what_is_held_back_is_the_same_money_later(made, units):
    (sale,) = sales(made, units)
    releases = [{"date": date(2027, 1, 1), "percent": "40%"}, {"date": date(2028, 1, 1), "percent": "60%"}]
    (later,) = sales(made, units, holdback={"percent": "15%", "releases": releases})
    assert [p.entitled for p in sale.payouts] == [p.entitled for p in later.payouts]
    for payout in later.payouts:
        assert sum(amount for _, amount in payout.paid_at) == payout.entitled
        assert all(amount >= 0 for _, amount in payout.paid_at)


@given(files(), files(), cents)
@few
def test_preferences_are_the_signs_of_the_difference(one, other, units):
    sides = [sales(made, units)[0] for made in (one, other)]
    found = preference.preferences(*(sale.schedule for sale in sides))
    a, b = (holdings(sale, units) for sale in sides)
    for holder, stretches in found.items():
        here = [stretch.better for stretch in stretches if stretch.proceeds <= units][-1]
        gap = b.get(holder, 0) - a.get(holder, 0)
        edge = any(stretch.proceeds == units for stretch in stretches)
        assert here == (None if not gap else int(gap > 0)) or (edge and not gap)
        assert all(x.better != y.better for x, y in itertools.pairwise(stretches))


def holdings(sale, units):
    """What each holder gets, exactly, charges among it."""
    from ipcalc.equity.schedule import holdings as of_lines

    return of_lines(sale.schedule.lines, sale.schedule.at(units))


def test_two_cap_tables_and_the_exit_at_which_a_founder_changes_sides():
    # 2x non-participating against 1x participating, 500 paid: 1000 against 500 + 0.2 (X - 500) at X = 3000
    sides = [
        follow(company([issue()], [pref(**terms)], proceeds=[1])).exits[0].schedule
        for terms in ({"preference": "2x"}, {"participation": "full"})
    ]
    found = preference.preferences(*sides)
    assert [(one.proceeds, one.better) for one in found["ada"]] == [(0, None), (500_00, 1), (3_000_00, 0)]
    assert [(one.proceeds, one.better) for one in found["fund"]] == [(0, None), (500_00, 0), (3_000_00, 1)]


@pytest.mark.parametrize("units", [0, 1, 7])
def test_hardly_anything(units):
    (sale,) = sales(([issue()], [pref()], {"holders": HOLDERS}), units)
    assert [payout.entitled for payout in sale.payouts] == [0, units]
