"""Exits as people and machines see them: dividends and tenders, two divisions, none, ties, charts."""

from __future__ import annotations

from datetime import date

import jsonschema
import pytest
from captables import follow
from exit_tables import company, issue, pref, safe

from ipcalc import texts
from ipcalc.views import chart, console, equity, equity_document, schemas
from ipcalc.views.chart import Series

CONVERTING = {"at_exit": "greater-of", "rank": "below-preferred", "capitalization": "converting-only"}
EARLIER = [
    {"id": "paid", "date": date(2025, 1, 1), "kind": "dividend", "proceeds": [100]},
    {
        "id": "bought",
        "date": date(2025, 2, 1),
        "kind": "tender",
        "proceeds": [100],
        "price": 2,
        "offers": [{"holder": "ada", "class": "common", "shares": 100}],
    },
]
FEE = {
    "event": "university-grant",
    "class": "common",
    "grant": {"exit_fee": "1%", "of": "proceeds"},
    "to": "uni",
}


@pytest.fixture(scope="module")
def valid():
    """Checks a document against the published schema, which allows no key that it has not declared."""
    return jsonschema.Draft202012Validator(schemas.schema("equity")).validate


def jump(*proceeds):
    """The table whose SAFEs count what converts: two divisions of twenty million hold."""
    events = [
        issue(7_999_200, "ada", "common"),
        safe(1_000_000, 5_000_000),
        safe(2_000_000, 20_000_000, "t", holder="uni"),
    ]
    return follow(company(events, proceeds=proceeds, instruments={"s": CONVERTING, "t": CONVERTING}))


def said(result, lang="en", **asked):
    """The page as text."""
    return console.draw(equity.page(result, lang, **asked), width=120)


def test_a_dividend_and_a_tender(valid):
    result = follow(company([issue(), FEE], [pref()], proceeds=[1_000], exits=EARLIER))
    document = equity_document.document(result, "en")
    valid(document)
    paid, bought, sale = document["exits"]
    assert (paid["kind"], paid["claims"][1]["action"]) == ("dividend", "hold")
    assert (bought["kind"], bought["claims"], "certificate" in bought) == ("tender", [], False)
    assert bought["payouts"][0]["paid_at"] == [{"date": "2025-02-01", "amount": "100.00"}]
    assert (sale["fees"], sale["certificate"]["sum"]) == ([{"id": "e1", "amount": "10.00"}], "1000.00")
    text = said(result)
    assert "Dividend paid on 2025-01-01 at 100" in text
    assert "Tender bought on 2025-02-01 at 100" in text


def test_two_divisions_and_the_jump(valid):
    result = jump(20_000_000)
    document = equity_document.document(result, "en")
    valid(document)
    (sale,) = document["exits"]
    assert [claim["tie"] for claim in sale["claims"]] == [False, False, True]
    assert [claim["take"] for claim in sale["others"][0]["claims"]] == [
        "14000000.00",
        "4000000.00",
        "2000000.00",
    ]
    last = document["breakpoints"][-1]
    assert (last["id"], last["proceeds"], last["p"]) == ("converts.t", "20000000.00", "1.75")
    assert last["jump"] == [
        {"claim": "common", "below": "14400000.00", "above": "14000000.00"},
        {"claim": "s", "below": "3600000.00", "above": "4000000.00"},
    ]
    text = said(result, breakpoints=True, chart=True)
    assert "Another division holds as well, in which more convert: common 14,000,000" in text
    assert "* another choice pays the same" in text
    assert "t converts" in text


def test_where_no_division_holds_the_breakpoints_say_so():
    preferred = {"id": "a", "kind": "preferred", "seniority": 1, "preference": {"amount": 800}}
    events = [issue(), safe(1_000, 5_200), safe(200, 2_800, "t")]
    said_of = {"s": CONVERTING, "t": CONVERTING | {"rank": "with:a"}}
    text = company(events, [preferred | {"participation": "none"}], proceeds=[100], instruments=said_of)
    result = follow(text)
    points = [point["id"] for point in equity_document.document(result, "en")["breakpoints"]]
    assert "unsettled" in points
    assert any(point.startswith("settled") for point in points[points.index("unsettled") :])
    assert "no division holds" in said(result, breakpoints=True)


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_every_word_is_there_in_every_language(lang):
    option = {
        "event": "option",
        "plan": "none",
        "holder": "bank",
        "class": "common",
        "shares": 100,
        "strike": 1,
    }
    releases = {"percent": "10%", "releases": [{"date": date(2027, 1, 1), "percent": "100%"}]}
    carve_out = {"percent": "5%", "of": "proceeds", "to": {"ada": 1}}
    text = company(
        [issue(), FEE, option | {"vesting": "none"}],
        [pref(participation="capped", cap={"multiple": "2x", "of": "total"})],
        proceeds=[10, 900, 90_000],
        costs=[{"amount": 10}],
        holdback=releases,
        carve_out=carve_out,
    )
    shown = said(follow(text, ["5"]), lang, breakpoints=True, chart=True)
    assert "equity.exits" not in shown


def test_a_chart_marks_columns_and_keeps_the_first_on_top():
    text = chart.lines([Series("up", [0, 1, 2, 3]), Series("flat", [0, 1, 1, 1])], "3", ("0", "30"), [2])
    rows = text.split("\n")
    assert rows[0] == "3 │   A"
    assert rows[chart.HEIGHT - 1] == "0 │A"
    assert [row for row in rows if row.endswith("BB")] == ["  │ ABB"]
    assert rows[chart.HEIGHT :] == ["  └──┬─", "   0 30", "   A up", "   B flat"]


def test_a_chart_of_nothing():
    assert chart.lines([Series("none", [0, 0])], "0", ("0", "1")).count("A") == 3
