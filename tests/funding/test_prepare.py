"""Facts that are worked out before rules are read: owners along chains, linked firms, working days."""

import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import checked, missing, rule, verdicts

from ipcalc.funding import prepare
from ipcalc.rules.values import Items, Record, Unknown

WITH = '[prepared.{}]\nkind = "{}"\nsource = "a"\n'
OWNERS = WITH.format("holders", "owners")
ULTIMATE = WITH.format("behind", "ultimate-owners")
GROUP = WITH.format("together", "consolidation") + 'linked_above = "50%"\npartner_from = "25%"\n'


def web(holdings, **entities):
    """A project's ``[[entities]]`` and ``[[holdings]]``: ``"x of y": share``, and each entity's facts."""
    text = ""
    for name, facts in entities.items():
        text += f'[[entities]]\nid = "{name}"\n' + "".join(f"{k} = {v}\n" for k, v in facts.items())
    for who, share in holdings.items():
        holder, of = who.split(" of ")
        text += f'[[holdings]]\nholder = "{holder}"\nof = "{of}"\nshare = "{share}"\n'
    return text


PERSON, COMPANY = {"kind": '"person"', "place": '"sg"'}, {"kind": '"company"', "place": '"sg"'}
ABROAD = {"kind": '"person"', "place": '"my"'}
LOCAL = "sum(u.share for u in behind if u.kind == 'person' and u.place == 'sg')"


@pytest.mark.parametrize(
    ("share", "expected"), [("30%", "pass"), ("30.001%", "fail")], ids=["at the limit", "just above it"]
)
def test_shares_multiply_along_a_chain(share, expected):
    # a citizen has 60% of a holding company that has 50%: 30%
    chain = web(
        {"hold of applicant": "50%", "far of applicant": "50%", "ann of hold": "60%", "far of hold": "40%"},
        hold=COMPANY, ann=PERSON, far=ABROAD,
    )  # fmt: skip
    text = ULTIMATE + rule("x", require=f"{LOCAL} >= least", with_=f'{{ least = "{share}" }}')
    assert verdicts(checked(text, chain)) == {"x": expected}


def test_who_holds_the_rest_must_be_said():
    chain = web({"ann of applicant": "40%"}, ann=PERSON)
    text = ULTIMATE + rule("x", require=f"{LOCAL} > 0")
    result = checked(text, chain)
    assert verdicts(result) == {"x": "unknown"}
    assert missing(result) == [("x", None, ["holdings"])]


def test_a_holder_of_whom_nothing_is_said():
    result = checked(ULTIMATE + rule("x", require=f"{LOCAL} > 0"), web({"ann of applicant": "100%"}))
    assert missing(result) == [("x", None, ["entities.ann.kind", "entities.ann.place"])]


def test_no_holdings_at_all_are_unknown():
    assert missing(checked(ULTIMATE + rule("x", require=f"{LOCAL} > 0"))) == [("x", None, ["holdings"])]
    assert missing(checked(GROUP + rule("x", require="together.staff > 0"))) == [("x", None, ["holdings"])]


def test_cross_holdings_are_shared_out():
    # X has 60% and P 40% of the applicant, which has 20% of X; Q has the other 80%. Of what is not held in a
    # circle, 88%, P has 40/88 and Q 48/88.
    holdings = {"x of applicant": "60%", "p of applicant": "40%", "applicant of x": "20%", "q of x": "80%"}
    entities = {"x": COMPANY, "p": PERSON, "q": PERSON}
    for who, share in (("p", "5/11"), ("q", "6/11")):
        text = ULTIMATE + rule(
            "x", require="any(u.share == s for u in behind if u.id == who)", with_=f'{{ s = "{share}" }}'
        ).replace("== who", f"== '{who}'")
        assert verdicts(checked(text, web(holdings, **entities))) == {"x": "pass"}, who


def test_firms_that_only_own_each_other():
    circle = web({"x of applicant": "100%", "applicant of x": "100%"}, x=COMPANY)
    assert verdicts(checked(ULTIMATE + rule("x", require=f"{LOCAL} > 0"), circle)) == {"x": "unknown"}


def test_direct_owners_and_the_persons_behind_each():
    # more than half by companies that are each more than half citizens': the direct share counts in full
    text = OWNERS + rule(
        "x",
        require="sum(o.share for o in holders if sum(q.share for q in o.persons if q.place == 'sg')"
        " > half) > half",
        with_='{ half = "1/2" }',
    )
    holdings = {"hold of applicant": "51%", "bob of applicant": "49%"}
    for inside, expected in (("51%", "pass"), ("50%", "fail")):
        rest = f"{100 - int(inside[:-1])}%"
        chain = web(
            {**holdings, "ann of hold": inside, "far of hold": rest},
            hold=COMPANY, bob=ABROAD, ann=PERSON, far=ABROAD,
        )  # fmt: skip
        assert verdicts(checked(text, chain)) == {"x": expected}


STAFF = "[applicant]\nstaff = 100\nturnover = 1_000\nbalance = 500\n"


@pytest.mark.parametrize(
    ("holdings", "expected"),
    [
        ({}, 100),
        ({"mother of applicant": "51%"}, 100 + 80),  # linked, whichever way
        ({"applicant of mother": "51%"}, 100 + 80),
        ({"mother of applicant": "50%"}, 100 + 40),  # a partner, in proportion
        ({"mother of applicant": "25%"}, 100 + 20),
        ({"mother of applicant": "24.9%"}, 100),  # neither
        ({"mother of applicant": "60%", "mother of sister": "60%"}, 100 + 80 + 40),  # through another
        ({"mother of applicant": "60%", "sister of mother": "30%"}, 100 + 80 + 12),  # a linked firm's partner
        ({"mother of applicant": "50%", "mother of sister": "60%"}, 100 + 40 + 20),  # linked to a partner
    ],
)  # fmt: skip
def test_linked_firms_count_in_full_and_partners_in_proportion(holdings, expected):
    firms = {"mother": COMPANY | {"staff": "80"}, "sister": COMPANY | {"staff": "40"}}
    text = GROUP + '[derived.headcount]\nvalue = "together.staff"\nlabel = { en = "All" }\nshown = true\n'
    text += rule("x", require="together.staff > 0")
    settings = [] if holdings else ["holdings=[]"]
    result = checked(text, STAFF + web(holdings, **firms), settings=settings)
    assert result.figures["headcount"].trace.value == expected


def test_persons_and_exempt_kinds_do_not_link():
    text = GROUP + 'exempt = ["venture-capital"]\n' + rule("x", require="together.staff == applicant.staff")
    funds = {"fund": {"kind": '"venture-capital"', "staff": "10"}, "ann": PERSON}
    held = web({"fund of applicant": "70%", "ann of applicant": "30%", "ann of other": "100%"}, **funds)
    assert verdicts(checked(text, held + STAFF)) == {"x": "pass"}


def test_a_firm_whose_figure_is_not_stated():
    result = checked(
        GROUP + rule("x", require="together.staff > 0"), web({"m of applicant": "51%"}, m=COMPANY) + STAFF
    )
    assert missing(result) == [("x", None, ["entities.m.staff"])]


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2026-04-13", "2026-04-20"),  # Monday: to the Monday after
        ("2026-04-17", "2026-04-24"),  # Friday
        ("2026-04-18", "2026-04-24"),  # Saturday
        ("2026-04-30", "2026-05-08"),  # 1 May is a holiday that is stated
    ],
)
def test_working_days(day, last):
    text = WITH.format("notice", "working-days") + 'after = "award"\ndays = 5\nholidays = [2026-05-01]\n'
    text += '[values.end]\nlabel = { en = "End" }\nvalue = ' + last + '\nsource = "a"\n'
    project = f"[project.dates]\naward = {day}\n"
    assert verdicts(checked(text + rule("x", require="notice.last == end"), project)) == {"x": "pass"}
    assert missing(checked(text + rule("x", require="notice.last == end"))) == [
        ("x", None, ["project.dates.award"])
    ]


# -- a twin: every chain walked one by one ------------------------------------------------------------


def walked(holdings, of, name):
    """The share of ``of`` that somebody has, by walking every chain: only where there are no circles."""
    if of == name:
        return Fraction(1)
    return sum(
        (share * walked(holdings, holder, name) for holder, held, share in holdings if held == of),
        Fraction(0),
    )


@st.composite
def trees(draw):
    """Holdings without circles: a firm is held only by later ones, to the full."""
    n = draw(st.integers(1, 6))
    names = ["applicant", *(f"e{i}" for i in range(1, n + 1))]
    holdings = []
    for i in range(n):
        above = draw(st.lists(st.sampled_from(names[i + 1 :]), unique=True, max_size=4))
        weights = [draw(st.integers(1, 9)) for _ in above]
        holdings += [(a, names[i], Fraction(w, sum(weights))) for a, w in zip(above, weights, strict=True)]
    return holdings


@given(trees())
def test_ultimate_shares_are_those_of_every_chain_walked(holdings):
    records = tuple(
        Record("holding", str(i), f"holdings.{i}.", {"holder": h, "of": o, "share": s}, {})
        for i, (h, o, s) in enumerate(holdings)
    )
    project = Record("project", "", "", {}, {"holdings": Items(records)})
    found = prepare._Web(project).ultimate("applicant")
    assert isinstance(found, Items)
    for one in found.items:
        assert one.facts["share"] == walked(holdings, "applicant", one.id)
    if found.items:
        assert sum(one.facts["share"] for one in found.items) == 1


def test_too_long_a_chain_is_unknown():
    records = tuple(
        Record("holding", str(i), "", {"holder": f"e{i + 1}", "of": f"e{i}", "share": Fraction(1)}, {})
        for i in range(prepare.CHAIN + 1)
    )
    project = Record("project", "", "", {}, {"holdings": Items(records)})
    assert isinstance(prepare._Web(project).ultimate("e0"), Unknown)


def test_the_last_day_of_the_calendar():
    terms = prepare.terms("x", {"kind": "working-days", "days": type("Q", (), {"value": 5})}, "award", ())
    found = prepare._working_day(datetime.date.max, terms)
    assert isinstance(found, Unknown)
