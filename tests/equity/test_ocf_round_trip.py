"""What is written as an Open Cap Format package and read again is the same company, on every day."""

import datetime
import json
import zipfile
from fractions import Fraction

import captables
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ipcalc import equity
from ipcalc.equity import ocf
from ipcalc.inputs import package, toml
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

[[classes]]
id = "common"
kind = "common"

[[classes]]
id = "a"
kind = "preferred"
preference = "1.5x"
seniority = 1
participation = "full"

[[classes]]
id = "b"
kind = "preferred"
price = 7
conversion_price = "3.5"
preference = "1x"
seniority = 2
participation = "capped"
cap = {{ multiple = "2x", of = "total" }}
"""


def follow(text):
    """The result of a file's text."""
    return equity.follow(toml.parse("t.toml", text))


def read_again(result, folder):
    """The result of the package that is written of one."""
    target = folder / "company.zip"
    package.write(target, ocf.write(result, NOW).files, force=True)
    return equity.follow(equity.load(str(target)))


# -- what is compared ---------------------------------------------------------------------------------


def outstanding(state):
    """All that is outstanding, without the ids of what gave it; promised options aren't written."""
    lots = {}
    for lot in state.lots:
        key = (lot.holder, lot.share_class, lot.issued, lot.paid)
        lots[key] = lots.get(key, 0) + lot.shares
    days = [datetime.date(2021, 1, 1) + datetime.timedelta(100 * i) for i in range(20)]
    options = [
        (one.holder, one.plan, one.outstanding, one.strike, [one.vested(day) for day in days])
        for one in state.options
        if not one.promised
    ]
    reserves = {(one.plan, one.share_class): one.unallocated for one in state.reserves}
    instruments = [
        (holder, Fraction(one.amount * part), one.conversion, one.interest, one.maturity, one.pro_rata)
        for one in state.convertibles
        for holder, part in one.to
    ]
    warrants = [(one.holder, one.share_class, one.shares, one.strike, one.expires) for one in state.warrants]
    return {
        "lots": lots,
        "options": sorted(options, key=str),
        "warrants": sorted(warrants, key=str),
        "instruments": sorted(instruments, key=str),
        "reserves": {key: shares for key, shares in reserves.items() if shares},
        "ratios": {name: one.ratio for name, one in state.terms.items()},
    }


def by_day(result):
    """What is outstanding at the end of each day on which something happened."""
    return {step.date: outstanding(step.state) for step in result.events}


def prices(result):
    """Every price and ratio that a state has."""
    for step in result.events:
        yield from (lot.paid for lot in step.state.lots if lot.paid is not None)
        for one in step.state.terms.values():
            yield from (
                number for number in (one.price, one.conversion_price, one.ratio) if number is not None
            )


def must_be_same(result, again):
    """Both are one company: at the end of each day, its people and the terms of its classes."""
    first, second = by_day(result), by_day(again)
    if any(max(Fraction(one).numerator, Fraction(one).denominator) > 10**15 for one in prices(result)):
        event("a price of too many digits for a file")  # it is written to ten places, and the rest follows
        return
    for day in first.keys() & second.keys():
        assert second[day] == first[day], day
    assert second[max(second)] == first[max(first)]
    assert again.table.stakeholders == result.table.stakeholders
    for name, one in result.table.classes.items():
        assert again.table.classes[name].preferred == one.preferred


# -- random companies ---------------------------------------------------------------------------------

PEOPLE = st.sampled_from(["ada", "bo", "uni", "fund", "cy"])
CLASSES = st.sampled_from(["common", "common", "a", "b"])
SHARES = st.integers(1, 5000)
SAFES = (
    {"basis": "post-money", "cap": "900000"},
    {"basis": "pre-money", "cap": "800000", "counts": '["pool_unallocated", "converting"]'},
    {"basis": "pre-money", "cap": "700000", "counts": '["pool_increase"]', "discount": "1/3"},
    {"basis": "fixed-percent", "percent": "7%"},
    {"discount": "20%", "mfn": "true"},
    {"pro_rata": "true"},
)
CAPS = ({}, {"cap": "600000", "cap_counts": '["promised"]'}, {"cap": "600000", "cap_counts": 5000})
GRANTS = (
    '{ percent = "5%", of = "fully-diluted-after" }',
    '{ amount = 30000, converts = "at-next-round" }',
    '{ amount = 30000, converts = { cap = 500000, basis = "post-money" } }',
)
MONTHS = ((48, 12, 1), (48, 0, 3), (24, 6, 4), (12, 12, 12), (36, 5, 1))
ALLOCATIONS = ("CUMULATIVE_ROUNDING", "CUMULATIVE_ROUND_DOWN", "FRONT_LOADED", "BACK_LOADED")


@st.composite
def schedules(draw, day):
    """A vesting schedule that starts on a day."""
    months, cliff, every = draw(st.sampled_from(MONTHS))
    return (
        f"{{ start = {day}, months = {months}, cliff = {cliff}, every = {every}, "
        f'allocation = "{draw(st.sampled_from(ALLOCATIONS))}" }}'
    )


@st.composite
def interests(draw):
    """A note's interest."""
    return (
        f'{{ rate = "{draw(st.integers(0, 9))}%", kind = "{draw(st.sampled_from(["simple", "compound"]))}", '
        f'day_count = "{draw(st.sampled_from(["actual/365", "actual/360", "30/360", "actual/actual"]))}", '
        f'on_conversion = "{draw(st.sampled_from(["shares", "cash", "forfeited"]))}"'
        f"{draw(st.sampled_from(['', ', from = 2020-06-01']))} }}"
    )


@st.composite
def events(draw, kind, day, earlier):
    """An event of a kind on a day: its kind in the file, and its keys. ``earlier`` are ids it may be of."""
    draw_of = lambda *values: draw(st.sampled_from(values))  # noqa: E731
    if kind == "issue":
        keys = {"holder": draw(PEOPLE), "class": draw(CLASSES), "shares": draw(SHARES)}
        keys |= {"price": draw_of(None, "0.25", "1/3")}
        return kind, keys | {"vesting": draw(st.none() | schedules(day))}
    if kind == "transfer":
        keys = {"from": draw(PEOPLE), "to": draw(PEOPLE), "class": draw(CLASSES)}
        return kind, keys | {"shares": draw(st.integers(1, 900)), "with_vesting": draw_of(None, "true")}
    if kind in ("cancel", "exercise", "lapse"):
        return kind, {"of": draw_of(*earlier), "shares": draw(st.integers(1, 400))}
    if kind == "split":
        return kind, {"class": draw(CLASSES), "ratio": draw_of("2:1", "3:2", "1:3")}
    if kind == "grant":
        keys = {"holder": draw(PEOPLE), "class": draw(CLASSES)}
        return kind, keys | {"percent": "10%", "of": "fully-diluted-after"}
    if kind == "university-grant":
        to = draw_of("uni", '{ uni = "70%", cy = "30%" }')
        return kind, {"class": "common", "grant": draw_of(*GRANTS), "to": to}
    if kind == "pool":
        how = draw_of("create", "add", "target")
        amount = f"{draw(st.integers(5, 30))}%" if how == "target" else draw(SHARES)
        return kind, {"plan": "esop", "class": "common", how: amount}
    if kind == "option":
        keys = {"plan": draw_of("esop", "none"), "holder": draw(PEOPLE), "class": "common"}
        keys |= {"shares": draw(st.integers(1, 500)), "strike": draw_of("0", "0.5", "12")}
        keys |= {"early_exercise": draw_of(None, "true")}
        return kind, keys | {"vesting": draw(st.just("none") | schedules(day))}
    if kind == "warrant":
        keys = {"holder": draw(PEOPLE), "class": draw(CLASSES), "shares": draw(st.integers(1, 500))}
        return kind, keys | {"strike": "2", "expires": draw_of(None, datetime.date(2090, 1, 1))}
    if kind == "safe":
        keys = {"holder": draw(PEOPLE), "amount": draw(st.integers(1000, 90_000))}
        return kind, keys | draw_of(*SAFES)
    if kind == "note":
        keys = {"holder": draw(PEOPLE), "principal": draw(st.integers(1000, 50_000))}
        keys |= {"interest": draw(interests()), "maturity": datetime.date(2090, 1, 1)}
        return kind, keys | draw_of(*CAPS) | {"at_exit": draw_of(None, "cash", '{ multiple = "2x" }')}
    if kind == "round":
        investors = f'[{{ holder = "fund", amount = {draw(st.integers(10_000, 99_999))} }}]'
        keys = {"class": draw_of("a", "b"), "convention": "pre-money", "investors": investors}
        return kind, keys | {"pre_money": draw(st.integers(1_000_000, 9_000_000))}
    if kind == "convert":
        keys = {"holder": draw(PEOPLE), "class": draw_of("a", "b")}
        return kind, keys | {"shares": draw(st.integers(1, 300))}
    if kind == "instrument":
        keys = {"instrument": draw_of(*earlier), "class": draw(CLASSES), "shares": draw(SHARES)}
        return "convert", keys | {"amount": draw_of(None, 500)}
    if kind == "repay":
        return "cancel", {"of": draw_of(*earlier), "amount": draw_of(None, 500)}
    assert kind == "adjust-conversion", kind
    return kind, {"class": draw_of("a", "b"), "conversion_price": draw_of("2", "1.25", "7/3")}


KINDS = (
    "issue", "issue", "transfer", "cancel", "split", "pool", "option", "exercise", "lapse", "warrant", "safe",
    "note", "round", "convert", "instrument", "repay", "adjust-conversion", "grant", "university-grant",
)  # fmt: skip
GIVERS = {
    "cancel": ("issue", "convert"),
    "exercise": ("option", "warrant"),
    "lapse": ("option", "warrant"),
    "instrument": ("safe", "note", "university-grant"),
    "repay": ("safe", "note", "university-grant"),
}


@st.composite
def companies(draw):
    """A file of random events; those that can't be applied where they stand are left out."""
    rule = draw(st.sampled_from(["floor", "half-up", "ceiling", "exact"]))
    text = HEAD.format(rule=rule, currency=draw(st.sampled_from(["HKD", "JPY", "USD"])))
    day = datetime.date(2021, 1, 1)
    ids: dict[str, list[str]] = {}
    founding = captables.issue("ada", draw(SHARES))
    text += f'\n[[events]]\nid = "founding"\ndate = {day}\n{founding}\n'
    for number in range(draw(st.integers(2, 14))):
        day += datetime.timedelta(draw(st.sampled_from([0, 1, 30, 400])))
        kind = draw(st.sampled_from(KINDS))
        earlier = [one for giver in GIVERS.get(kind, ()) for one in ids.get(giver, ())]
        if kind in GIVERS and not earlier:
            continue
        of, keys = draw(events(kind, day, earlier))
        stated = {key: value for key, value in keys.items() if value is not None}
        more = f'\n[[events]]\nid = "e{number}"\ndate = {day}\n{captables.event(of, **stated)}\n'
        try:
            follow(text + more)
        except Refused:
            continue
        event(kind)
        text += more
        ids.setdefault(kind, []).append(f"e{number}")
    return text


@settings(max_examples=150, deadline=None)
@given(companies())
def test_a_package_is_the_same_company(tmp_path_factory, text):
    result = follow(text)
    try:
        again = read_again(result, tmp_path_factory.mktemp("ocf"))
    except Refused as refused:
        assert {one.code for one in refused.diagnostics} == {"E614"}, text
        event("parts of a share that no decimal holds")
        return
    must_be_same(result, again)


def test_the_example_is_what_is_written_of_it(example):
    """The package beside the example file is that file's, but for the moment it was made."""
    folder = example("equity/spin-out.ocf")
    written = ocf.write(equity.follow(toml.load(example("equity/spin-out.toml"))), NOW)
    stated = {path.name: json.loads(path.read_bytes()) for path in folder.iterdir()}
    found = {name: json.loads(content) for name, content in written.files.items()}
    moments = [files["Manifest.ocf.json"].pop("generated_at") for files in (stated, found)]
    assert moments[1] == "2026-01-01T00:00:00+00:00"
    assert found == stated
    assert {one.key for one in written.lost} == {"lost-floor", "lost-participation"}


def test_what_the_format_has_no_field_for_stands_in_comments(tmp_path):
    """A third of a dollar, a participation and a floor rounding: a reader of the package alone sees them."""
    text = HEAD.format(rule="floor", currency="USD") + (
        '\n[[events]]\nid = "seed"\ndate = 2021-01-01\nevent = "issue"\nholder = "ada"\nclass = "common"\n'
        'shares = 300\nprice = "1/3"\n'
    )
    package.write(tmp_path / "c.zip", ocf.write(follow(text), NOW).files)
    with zipfile.ZipFile(tmp_path / "c.zip") as archive:
        files = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    issued = files["Transactions.ocf.json"]["items"][0]
    assert issued["share_price"] == {"amount": "0.3333333333", "currency": "USD"}
    assert issued["comments"] == ['ipcalc: price = "1/3"']
    assert 'ipcalc: participation = "full"' in files["StockClasses.ocf.json"]["items"][1]["comments"]
    rounding = 'ipcalc: rounding = { shares = "floor", price = "exact" }'
    assert files["Manifest.ocf.json"]["comments"] == [rounding]
