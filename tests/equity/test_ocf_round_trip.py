"""What is written as an Open Cap Format package and read again is the same company, on every day."""

import datetime
from fractions import Fraction

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from ipcalc import equity
from ipcalc.equity import ocf
from ipcalc.inputs import overlay, package, toml
from ipcalc.inputs.diagnostics import Refused

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
HEAD = """
company = {{ name = "VoltSep", currency = "{currency}", formed = 2020-01-01, country = "HK" }}
rounding = {{ shares = "{rule}", price = "exact" }}
stakeholders = [
  {{ id = "ada", kind = "founder", name = "Ada Chan" }}, {{ id = "bo", kind = "person" }},
  {{ id = "uni", kind = "institution", name = "香港大學" }}, {{ id = "fund", kind = "investor" }},
  {{ id = "cy", kind = "inventor" }}, {{ id = "bank", kind = "lender" }},
]
classes = [
  {{ id = "common", kind = "common" }},
  {{ id = "a", kind = "preferred", preference = "1.5x", seniority = 1, participation = "full" }},
  {{ id = "b", kind = "preferred", price = 7, conversion_price = "3.5", preference = "1x", seniority = 2, participation = "capped", cap = {{ multiple = "2x", of = "total" }} }},
]
"""
HOLDERS = ("ada", "bo", "uni", "fund", "cy")


def written(text, folder):
    """A file's text, followed, and the package that is written of it, read again."""
    result = equity.follow(toml.parse("t.toml", text))
    target = folder / "company.zip"
    package.write(target, ocf.write(result, NOW).files, force=True)
    return result, equity.follow(equity.load(str(target)))


def state_of(step):
    """All that is outstanding after an event, without what names it."""
    state = step.state
    lots, options, warrants = {}, [], []
    for lot in state.lots:
        key = (lot.holder, lot.share_class, lot.issued, lot.paid)
        lots[key] = lots.get(key, 0) + lot.shares
    days = [datetime.date(2024, 1, 1) + datetime.timedelta(100 * i) for i in range(20)]
    for one in state.options:
        if not one.promised:
            vested = tuple(one.vested(day) for day in days)
            options.append((one.holder, one.plan, one.share_class, one.outstanding, one.strike, vested))
    for one in state.warrants:
        warrants.append((one.holder, one.share_class, one.shares, one.strike, one.expires))
    open_ = []
    for one in state.convertibles:
        kept = one.conversion._replace(counts=one.conversion.counts or frozenset())
        for holder, part in one.to:
            open_.append(
                (holder, Fraction(one.amount * part), str(kept), one.interest, one.maturity, one.pro_rata)
            )
    return {
        "lots": lots,
        "options": sorted(options, key=str),
        "warrants": sorted(warrants, key=str),
        "open": sorted(open_, key=str),
        "reserves": {
            (one.plan, one.share_class): one.unallocated for one in state.reserves if one.unallocated
        },
        "ratios": {name: one.ratio for name, one in state.terms.items()},
    }


def by_day(result):
    """What is outstanding at the end of each day."""
    return {step.date: state_of(step) for step in result.events}


def same(result, again):
    """Both are one company: on the days of the second, and at the end."""
    first, second = by_day(result), by_day(again)
    for day, state in second.items():
        if day in first:
            assert state == first[day], day
    assert list(second.values())[-1] == list(first.values())[-1]
    told = [(one.id, one.kind, one.name) for one in again.table.stakeholders.values()]
    assert told == [(one.id, one.kind, one.name) for one in result.table.stakeholders.values()]
    terms = [(one.id, one.preferred) for one in again.table.classes.values()]
    assert terms == [(one.id, one.preferred) for one in result.table.classes.values()]


def line(kind, day, number, **keys):
    """An event as a file has it."""
    shown = (f"{key.rstrip('_')} = {value}" for key, value in keys.items() if value is not None)
    return "\n".join(["[[events]]", f'id = "e{number}"', f'event = "{kind}"', f"date = {day}", *shown])


def quoted(value):
    return f'"{value}"'


@st.composite
def companies(draw):
    """A file of random events; what a step can't be applied to is refused by the program, and left out."""
    rule = draw(st.sampled_from(["floor", "half-up", "ceiling", "exact"]))
    head = HEAD.format(rule=rule, currency=draw(st.sampled_from(["HKD", "JPY", "USD"])))
    day = datetime.date(2021, 1, 1)
    text = head
    given_by, rights, instruments = [], [], []
    people = st.sampled_from(HOLDERS)
    shares = st.integers(1, 5000)
    for number in range(draw(st.integers(2, 14))):
        day += datetime.timedelta(draw(st.sampled_from([0, 1, 30, 400])))
        kind = draw(
            st.sampled_from(
                ["issue", "issue", "transfer", "cancel", "split", "pool", "option", "exercise", "lapse"]
                + [
                    "warrant",
                    "safe",
                    "note",
                    "round",
                    "convert",
                    "instrument",
                    "repay",
                    "adjust",
                    "grant",
                    "stake",
                ]
            )
        )
        of_class = draw(st.sampled_from(["common", "common", "a", "b"]))
        new = None
        if kind == "issue":
            price = draw(st.sampled_from([None, "0.25", "3", '"1/3"']))
            new = line("issue", day, number, holder=quoted(draw(people)), class_=quoted(of_class),
                       shares=draw(shares), price=price, vesting=draw(st.none() | vestings(day)))  # fmt: skip
            given_by.append(f"e{number}")
        elif kind == "transfer":
            new = line("transfer", day, number, from_=quoted(draw(people)), to=quoted(draw(people)),
                       class_=quoted(of_class), shares=draw(st.integers(1, 900)))  # fmt: skip
        elif kind == "cancel" and given_by:
            new = line("cancel", day, number, of=quoted(draw(st.sampled_from(given_by))), shares=draw(shares))
        elif kind == "split":
            new = line(
                "split",
                day,
                number,
                class_=quoted(of_class),
                ratio=draw(st.sampled_from(['"2:1"', '"3:2"', '"1:3"'])),
            )
        elif kind == "grant":
            new = line("grant", day, number, holder=quoted(draw(people)), class_=quoted(of_class), percent='"10%"',
                       of='"fully-diluted-after"')  # fmt: skip
        elif kind == "stake":
            grant = draw(
                st.sampled_from(
                    [
                        '{ percent = "5%", of = "fully-diluted-after" }',
                        '{ amount = 30000, converts = "at-next-round" }',
                        '{ amount = 30000, converts = { cap = 500000, basis = "post-money" } }',
                    ]
                )
            )
            to = draw(st.sampled_from(['"uni"', '{ uni = "70%", cy = "30%" }']))
            new = line("university-grant", day, number, class_='"common"', grant=grant, to=to)
            if "amount" in grant:
                instruments.append(f"e{number}")
        elif kind == "pool":
            how = draw(st.sampled_from(["create", "add", "target"]))
            amount = quoted(f"{draw(st.integers(5, 30))}%") if how == "target" else draw(shares)
            new = line("pool", day, number, plan='"esop"', class_='"common"', **{how: amount})
        elif kind == "option":
            plan = draw(st.sampled_from(["esop", "none"]))
            new = line("option", day, number, plan=quoted(plan), holder=quoted(draw(people)),
                       class_='"common"', shares=draw(st.integers(1, 500)),
                       strike=draw(st.sampled_from(["0", "0.5", "12"])),
                       vesting=draw(st.just('"none"') | vestings(day)))  # fmt: skip
            rights.append(f"e{number}")
        elif kind == "warrant":
            new = line("warrant", day, number, holder=quoted(draw(people)), class_=quoted(of_class),
                       shares=draw(st.integers(1, 500)), strike="2", expires=draw(st.sampled_from([None, "2090-01-01"])))  # fmt: skip
            rights.append(f"e{number}")
        elif kind in ("exercise", "lapse") and rights:
            new = line(
                kind, day, number, of=quoted(draw(st.sampled_from(rights))), shares=draw(st.integers(1, 400))
            )
        elif kind == "safe":
            terms = draw(
                st.sampled_from(
                    [
                        {"basis": '"post-money"', "cap": "900000"},
                        {
                            "basis": '"pre-money"',
                            "cap": "800000",
                            "counts": '["pool_unallocated", "converting"]',
                        },
                        {
                            "basis": '"pre-money"',
                            "cap": "700000",
                            "counts": '["pool_increase"]',
                            "discount": '"1/3"',
                        },
                        {"basis": '"fixed-percent"', "percent": '"7%"'},
                        {"discount": '"20%"', "mfn": "true"},
                        {"pro_rata": "true"},
                    ]
                )
            )
            new = line(
                "safe",
                day,
                number,
                holder=quoted(draw(people)),
                amount=draw(st.integers(1000, 90000)),
                **terms,
            )
            instruments.append(f"e{number}")
        elif kind == "note":
            interest = (
                f'{{ rate = "{draw(st.integers(0, 9))}%", kind = "{draw(st.sampled_from(["simple", "compound"]))}", '
                f'day_count = "{draw(st.sampled_from(["actual/365", "actual/360", "30/360", "actual/actual"]))}", '
                f'on_conversion = "{draw(st.sampled_from(["shares", "cash", "forfeited"]))}"'
                f"{draw(st.sampled_from(['', ', from = 2020-06-01']))} }}"
            )
            cap = draw(
                st.sampled_from(
                    [
                        {},
                        {"cap": "600000", "cap_counts": '["promised"]'},
                        {"cap": "600000", "cap_counts": "5000"},
                    ]
                )
            )
            at_exit = draw(st.sampled_from([None, '"cash"', '{ multiple = "2x" }']))
            new = line("note", day, number, holder=quoted(draw(people)), principal=draw(st.integers(1000, 50000)),
                       interest=interest, maturity="2090-01-01", at_exit=at_exit, **cap)  # fmt: skip
            instruments.append(f"e{number}")
        elif kind == "round":
            investors = f'[{{ holder = "fund", amount = {draw(st.integers(10000, 99999))} }}]'
            new = line("round", day, number, class_=quoted(draw(st.sampled_from(["a", "b"]))),
                       convention='"pre-money"', pre_money=draw(st.integers(1_000_000, 9_000_000)), investors=investors)  # fmt: skip
        elif kind == "convert":
            new = line("convert", day, number, holder=quoted(draw(people)), class_=quoted(draw(st.sampled_from("ab"))),
                       shares=draw(st.integers(1, 300)))  # fmt: skip
            given_by.append(f"e{number}")
        elif kind in ("instrument", "repay") and instruments:
            amount = draw(st.sampled_from([None, 500]))
            name = quoted(draw(st.sampled_from(instruments)))
            if kind == "repay":
                new = line("cancel", day, number, of=name, amount=amount)
            else:
                new = line(
                    "convert",
                    day,
                    number,
                    instrument=name,
                    class_=quoted(of_class),
                    shares=draw(shares),
                    amount=amount,
                )
        elif kind == "adjust":
            price = draw(st.sampled_from(["2", "1.25", '"7/3"']))
            new = line(
                "adjust-conversion",
                day,
                number,
                class_=quoted(draw(st.sampled_from("ab"))),
                conversion_price=price,
            )
        if new is None:
            continue
        try:
            equity.follow(toml.parse("t.toml", f"{text}\n{new}\n"))
        except Refused:
            continue
        event(kind)
        text = f"{text}\n{new}\n"
    return text


def vestings(day):
    """A schedule of months, or of days, as a file has it."""
    allocations = [
        "CUMULATIVE_ROUNDING",
        "CUMULATIVE_ROUND_DOWN",
        "FRONT_LOADED",
        "BACK_LOADED_TO_SINGLE_TRANCHE",
    ]
    shown = '{{ start = {day}, months = {months}, cliff = {cliff}, every = {every}, allocation = "{allocation}" }}'
    months = st.tuples(
        st.sampled_from([(48, 12, 1), (48, 0, 3), (24, 6, 4), (12, 12, 12), (36, 5, 1)]),
        st.sampled_from(allocations),
    )
    return months.map(
        lambda one: shown.format(
            day=day, months=one[0][0], cliff=one[0][1], every=one[0][2], allocation=one[1]
        )
    )


@settings(max_examples=200, deadline=None)
@given(companies())
def test_a_package_is_the_same_company(tmp_path_factory, text):
    assume("[[events]]" in text)
    try:
        result, again = written(text, tmp_path_factory.mktemp("ocf"))
    except Refused as refused:
        assert {one.code for one in refused.diagnostics} <= {"E614"}, text
        event("parts of a share that no decimal holds")
        return
    same(result, again)
