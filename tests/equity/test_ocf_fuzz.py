"""Whatever a package says, it is refused at a place in it, or its shares are those that it states."""

import copy
import datetime
import json
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from ocf_packages import (
    NAME,
    START,
    VERSIONS,
    after,
    condition,
    convertible,
    files,
    follow,
    matures,
    money,
    note,
    options,
    plan,
    positions,
    ratio,
    safe,
    schedule,
    share_class,
    stock,
    tx,
    warrant,
)

from ipcalc import equity, texts
from ipcalc.equity import ocf
from ipcalc.inputs.diagnostics import Refused
from ipcalc.inputs.package import Package

NOTE = note(conversion_valuation_cap=money(9000))
SAFE = safe(conversion_valuation_cap=money(5000))
TERMS = [
    schedule(
        "four",
        START,
        condition("next", after("start", 12, 1), (12, 48), "monthly"),
        condition("monthly", after("next", 1, 36), (1, 48)),
    ),
    schedule(
        "odd",
        START,
        condition("next", after("start", 30, 2, "DAYS"), 3, "sold"),
        condition("sold", {"type": "VESTING_EVENT"}, (1, 2), "last", remainder=True),
        condition(
            "last", {"type": "VESTING_SCHEDULE_ABSOLUTE", "date": "2027-01-01"}, (1, 1), remainder=True
        ),
    ),
]
STORY = [
    stock("s0", "cy", 480, vesting_terms_id="four"),
    tx("VESTING_START", "vs1", of="s0", vesting_condition_id="start"),
    tx("STOCK_REPURCHASE", "r0", "2025-06-01", of="s0", quantity="200", price=money(1)),
    stock("s1", "ada", 1000),
    stock("s5", "fund", 300, of="a", price=3),
    options("o1", "bo", 100, vesting_terms_id="odd"),
    tx("VESTING_START", "vs2", of="o1", vesting_condition_id="start"),
    tx("VESTING_EVENT", "ve", "2024-06-01", of="o1", vesting_condition_id="sold"),
    tx("VESTING_ACCELERATION", "va", "2024-02-01", of="o1", quantity="50", reason_text=""),
    warrant("w1", "cy", 80),
    convertible("v1", "fund", 1000, SAFE),
    convertible("v2", "bo", 700, NOTE, kind="NOTE", triggers=matures(NOTE)),
    tx("STOCK_TRANSFER", "t1", "2024-02-01", of="s1", quantity="300", to=["s2"], rest="s3"),
    stock("s2", "bo", 300, "2024-02-01"),
    stock("s3", "ada", 700, "2024-02-01"),
    tx("STOCK_CONVERSION", "c1", "2024-02-01", of="s5", quantity_converted="100", to=["s6"], rest="s7"),
    stock("s6", "fund", 150, "2024-02-01"),
    stock("s7", "fund", 200, "2024-02-01", of="a", price=3),
    tx("EQUITY_COMPENSATION_EXERCISE", "e1", "2024-03-01", of="o1", quantity="40", to=["s8"]),
    stock("s8", "bo", 40, "2024-03-01", price=2),
    tx("EQUITY_COMPENSATION_CANCELLATION", "k1", "2024-07-01", of="o1", quantity="20", reason_text=""),
    tx(
        "STOCK_PLAN_RETURN_TO_POOL",
        "b1",
        "2024-07-01",
        of="o1",
        stock_plan_id="esop",
        quantity="5",
        reason_text="",
    ),
    tx("WARRANT_TRANSFER", "t2", "2024-07-01", of="w1", quantity="80", to=["w2", "w3"]),
    warrant("w2", "ada", 50, "2024-07-01"),
    warrant("w3", "cy", 30, "2024-07-01"),
    tx("WARRANT_EXERCISE", "e2", "2024-07-02", of="w2", to=["s9"], trigger_id="t"),
    stock("s9", "ada", 50, "2024-07-02", price=5),
    tx("CONVERTIBLE_CONVERSION", "c2", "2024-08-01", of="v1", to=["s10"], trigger_id="t", rest="v3"),
    stock("s10", "fund", 70, "2024-08-01", of="a", price=5),
    convertible("v3", "fund", 250, SAFE, "2024-08-01"),
    tx("CONVERTIBLE_CANCELLATION", "k2", "2024-09-01", of="v3", amount=money(50), reason_text=""),
    tx("STOCK_PLAN_POOL_ADJUSTMENT", "p1", "2024-09-01", stock_plan_id="esop", shares_reserved="1500"),
    stock("s11", "cy", 90, "2024-09-01", stock_plan_id="esop"),
    tx("STOCK_REPURCHASE", "r1", "2024-10-01", of="s11", quantity="30", price=money(1)),
    tx("STOCK_REISSUANCE", "r2", "2024-10-01", of="s2", to=["s12"]),
    stock("s12", "bo", 300, "2024-10-01"),
    tx("STOCK_RETRACTION", "r3", "2024-10-01", of="s9", reason_text=""),
]
SPLIT = tx(
    "STOCK_CLASS_SPLIT",
    "sp",
    "2024-11-01",
    stock_class_id="common",
    split_ratio={"numerator": "3", "denominator": "2"},
)
PREFERRED = share_class("a", "PREFERRED", **ratio(3, 2, (3, 2)), liquidation_preference_multiple="1")
COMPANIES = [
    files(*story, version=version, classes=[PREFERRED], plans=[plan()], terms=TERMS)
    for version in VERSIONS
    for story in (STORY, [*STORY, SPLIT])
]
EXAMPLE = Path(__file__).parents[1] / "examples/equity/spin-out.ocf"  # with comments of our own
COMPANIES.append({path.name: json.loads(path.read_bytes()) for path in sorted(EXAMPLE.iterdir())})
SAID = {
    ("price", "strike", "conversion_price", "cap_counts", "discount"):
        ("0", "-1", '"1/3"', '"x"', "true", "nan", "[1]"),
    ("participation", "preference", "dividend", "anti_dilution", "cap"):
        ('"full"', '"2x"', "{}", "{ exempt = 1 }", "[]", '{ multiple = "3x", of = "total" }'),
    ("rounding", "kind", "interest", "maturity", "counts", "accelerate"):
        ('{ shares = "floor" }', '"lender"', "2026-01-01", '["converting"]', '"50%"', "3"),
}  # fmt: skip
COMMENTS = [
    *(f"ipcalc: {key} = {value}" for keys, values in SAID.items() for key in keys for value in values),
    *("ipcalc: ", "ipcalc: = ", "ipcalc: a.b.c = 1", 'ipcalc: price = "1"\nstrike = 2', "a remark"),
]
VALUES = [
    None,
    "",
    "0",
    "1",
    "-1",
    "0.5",
    ".5",
    "100",
    "100.25",
    "1" + "0" * 30,
    "0.0000000001",
    "1e3",
    "NaN",
    0,
    1,
    -1,
    7,
    1 << 70,
    True,
    False,
    [],
    {},
    [[]],
    [{}],
    [None],
    {"": None},
    "2024-02-01",
    "1900-01-01",
    "9999-12-31",
    "2023-02-29",
    "USD",
    "HKD",
    "usd",
    "s1",
    "o1",
    "w1",
    "v1",
    "ada",
    "esop",
    "common",
    "a",
    "start",
    "香",
    "x" * 300,
    "\u0000",
    "a/b",
    "TX_STOCK_ISSUANCE",
    "TX_STOCK_CLASS_SPLIT",
    "TX_WARRANT_ISSUANCE",
    "COMMON",
    "PREFERRED",
    "RSU",
    "CEILING",
    "NORMAL",
    "FRONT_LOADED",
    "FRACTIONAL",
    "CASH",
    "COMPOUNDING",
    "30_360",
    "POST_MONEY",
    "PRE_MONEY",
    "RETIRE",
    "MONTHS",
    "DAYS",
    money(3),
    money(0),
    {"numerator": "1", "denominator": "3"},
    ["s1"],
    ["s2", "s2"],
    "ipcalc: price = 3",
    ['ipcalc: price = "1/3"'],
    ['ipcalc: participation = "full"'],
    ["ipcalc: rounding = 3"],
    ["ipcalc: x ="],
]


WAYS = ["remove", "double", "exchange", "value", "number", "number", "same", "same", "same"]
NUMBER = re.compile(r"[0-9]*\.?[0-9]+")


def leaves(node, path=()):
    """The path of everything in a file."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, below in list(items):
        yield (*path, key)
        yield from leaves(below, (*path, key))


PATHS = [
    [(name, *path) for name, content in company.items() for path in leaves(content)] for company in COMPANIES
]


def at(content, path):
    for key in path:
        content = content[key]
    return content


@st.composite
def mutated(draw):
    """A company's files in which some keys were removed, doubled, exchanged or given another value."""
    chosen = draw(st.integers(0, len(COMPANIES) - 1))
    content = copy.deepcopy(COMPANIES[chosen])
    for _ in range(draw(st.integers(1, 3))):
        path, other = (draw(st.sampled_from(PATHS[chosen])) for _ in range(2))
        how = draw(
            st.sampled_from(
                ["remove", "double", "exchange", "value", "number", "number", "same", "same", "comment"]
            )
        )
        try:
            above, old = at(content, path[:-1]), at(content, path)
            if how == "remove":
                del above[path[-1]]
            elif how == "double" and isinstance(above, list):
                above.insert(draw(st.integers(0, len(above))), copy.deepcopy(old))
            elif how == "exchange":
                above[path[-1]], at(content, other[:-1])[other[-1]] = (
                    copy.deepcopy(one) for one in (at(content, other), old)
                )
            elif how == "comment" and isinstance(old, dict):
                old["comments"] = draw(st.lists(st.sampled_from(COMMENTS), max_size=2))
            elif how == "same":  # another value of this key
                found = [one for one in PATHS[chosen] if one[-1] == path[-1]]
                above[path[-1]] = copy.deepcopy(at(content, draw(st.sampled_from(found))))
            elif how == "number" and isinstance(old, str) and NUMBER.fullmatch(old):
                above[path[-1]] = str(Decimal(old) + draw(st.sampled_from([-1, 1, 50, Decimal("0.5")])))
            else:
                above[path[-1]] = copy.deepcopy(draw(st.sampled_from(VALUES)))
        except (LookupError, TypeError):  # it was removed before
            continue
    return content


def stated(content):
    """Shares by holder and class as issuances state them, less what transactions took: none knows a split."""
    found = {}
    for name, file in content.items():
        if name.startswith("Transactions") and any(
            one["filepath"] == f"./{name}" for one in content["Manifest.ocf.json"]["transactions_files"]
        ):
            found |= {one["id"]: one for one in file["items"]}
    shares, who = {}, {}
    for one in found.values():
        if one["object_type"] == "TX_STOCK_ISSUANCE":
            shares[one["security_id"]] = Fraction(one["quantity"])
            who[one["security_id"]] = f"{one['stakeholder_id']} shares {one['stock_class_id']}"
        elif one["object_type"] == "TX_STOCK_CLASS_SPLIT":
            return None
    for one in found.values():
        kind, name = one["object_type"].removeprefix("TX_STOCK_"), one.get("security_id")
        if (
            name not in shares
            or kind in ("ISSUANCE", "ACCEPTANCE")
            or one["object_type"].startswith("TX_VEST")
        ):
            continue
        taken = one.get("quantity") or one.get("quantity_converted")
        if one.get("balance_security_id") or kind in ("RETRACTION", "REISSUANCE"):
            del shares[name]
        else:
            shares[name] -= Fraction(taken)
    held = {}
    for name, number in shares.items():
        held[who[name]] = held.get(who[name], 0) + number
    return {key: number for key, number in held.items() if number}


def told(refused, content):
    """Each problem stands in the package, and can be said in every language."""
    for one in refused.diagnostics:
        file = one.place.source.removeprefix(f"{NAME}:")
        assert one.place.source == NAME or file in content, one
        assert one.place.line or one.place.source == NAME, one
        for lang in texts.LANGUAGES:
            assert one.message(lang)


def conserved(result):
    """The parts of each total are all of it."""
    for step in result.events:
        for part in ("fully_diluted", "with_unconverted"):
            assert sum(getattr(one, part) for one in step.holdings) in (0, 1)
        assert all(one.shares >= 0 for one in step.holdings)


def check(content):
    """How it ended: a code, or that it was followed."""
    try:
        result = follow(content)
    except Refused as refused:
        told(refused, content)
        return refused.diagnostics[0].code
    conserved(result)
    found = positions(result)
    if (due := stated(content)) is not None and all("shares" in one for one in due):
        issued = {key: number for key, number in found.items() if " shares " in key}
        assert sorted(map(Fraction, issued.values())) == sorted(due.values())
    try:
        written = ocf.write(result, datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)).files
    except Refused as refused:
        assert {one.code for one in refused.diagnostics} <= {"E614", "E516"}
        return "followed, not written"
    again = Package(NAME, tuple(sorted(written)), written.__getitem__, folder=False)
    assert sorted(positions(equity.follow(ocf.read(again))).values()) == sorted(found.values())
    return "followed"


@pytest.mark.parametrize("company", COMPANIES)
def test_the_companies_themselves(company):
    assert check(company) == "followed"


@settings(max_examples=200)
@given(mutated())
def test_a_changed_package_is_refused_in_it_or_followed(content):
    event(check(content))
