"""Evaluating: Kleene's tables by hand, counts as ranges, lists that are empty, absent or not whole."""

from __future__ import annotations

import datetime
import itertools
import operator
from fractions import Fraction

import pytest
from small_language import funding, missing, people, phases, trace, value

from ipcalc.quantity import Duration, Period
from ipcalc.rules import evaluate
from ipcalc.rules.values import Items, Missing, Spread, Unknown

T, F, U = True, False, None
AND = {(T, T): T, (T, F): F, (T, U): U, (F, T): F, (F, F): F, (F, U): F, (U, T): U, (U, F): F, (U, U): U}
OR = {(T, T): T, (T, F): T, (T, U): T, (F, T): T, (F, F): F, (F, U): U, (U, T): T, (U, F): U, (U, U): U}
NOT = {T: F, F: T, U: U}


def stated(**truths):
    return {f"org.{name}": truth for name, truth in truths.items() if truth is not None}


@pytest.mark.parametrize("pair", AND)
def test_two_truths(pair):
    data = stated(ready=pair[0], signed=pair[1])
    assert value("org.ready and org.signed", data) is AND[pair]
    assert value("org.ready or org.signed", data) is OR[pair]
    assert value("not org.ready or org.signed", data) is OR[NOT[pair[0]], pair[1]]  # not when or require


@pytest.mark.parametrize("truth", NOT)
def test_not(truth):
    assert value("not org.ready", stated(ready=truth)) is NOT[truth]
    assert value("not not org.ready", stated(ready=truth)) is truth


@pytest.mark.parametrize("three", list(itertools.product((T, F, U), repeat=3)))
def test_chains(three):
    data = stated(ready=three[0], signed=three[1], open=three[2])
    assert value("org.ready and org.signed and org.open", data) is AND[AND[three[:2]], three[2]]
    assert value("org.ready or org.signed or org.open", data) is OR[OR[three[:2]], three[2]]
    assert value("org.ready and org.signed or org.open", data) is OR[AND[three[:2]], three[2]]


def test_a_rule_whose_condition_is_not_known_but_whose_requirement_holds():
    assert value("not org.ready or org.signed", {"org.signed": True}) is True
    assert value("not org.ready or org.signed", {"org.signed": False}) is None


def test_a_chained_comparison_is_an_and():
    assert value("0 < org.grant <= limit", {"org.grant": 100}) is True
    assert value("limit < org.cost <= org.grant", {"org.cost": 100}) is False
    assert value("limit < org.cost <= org.grant", {"org.cost": 101}) is None


# -- counts -------------------------------------------------------------------------------------------

RELATIONS = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq,
    "!=": operator.ne,
}  # fmt: skip
COUNT = "count(org.ready, org.signed, org.open)"


def settled(results):
    return results.pop() if len(results) == 1 else None


@pytest.mark.parametrize("sign", RELATIONS)
@pytest.mark.parametrize("need", [-1, 0, 1, Fraction(3, 2), 2, 3, 4])
def test_a_count_is_as_sharp_as_its_completions(sign, need):
    for three in itertools.product((T, F, U), repeat=3):
        data = stated(ready=three[0], signed=three[1], open=three[2])
        totals = [sum(all_) for all_ in itertools.product(*([T, F] if t is U else [t] for t in three))]
        results = {RELATIONS[sign](total, need) for total in totals}
        assert value(f"{COUNT} {sign} need", data, need=need) is settled(results)
        results = {RELATIONS[sign](need, total) for total in totals}
        assert value(f"need {sign} {COUNT}", data, need=need) is settled(results)


@pytest.mark.parametrize("sign", RELATIONS)
def test_two_counts(sign):
    for a, b, c, d in itertools.product((T, F, U), repeat=4):
        data = stated(ready=a, signed=b) | {
            "people": people(*({} if x is U else {"staff": x} for x in (c, d)))
        }
        left, right = (
            [sum(all_) for all_ in itertools.product(*([T, F] if t is U else [t] for t in pair))]
            for pair in ((a, b), (c, d))
        )
        results = {RELATIONS[sign](one, other) for one in left for other in right}
        text = f"count(org.ready, org.signed) {sign} count(p.staff for p in people)"
        assert value(text, data) is settled(results)


@pytest.mark.parametrize("sign", RELATIONS)
@pytest.mark.parametrize("need", [-1, 0, 1, Fraction(1, 2), 2, 3, 9])
def test_a_count_over_a_list_that_is_not_whole(sign, need):
    for two in itertools.product((T, F, U), repeat=2):
        data = {"people": people(*({} if t is U else {"staff": t} for t in two), whole=False)}
        results = {RELATIONS[sign](total, need) for total in range(sum(t is T for t in two), 12)}
        assert value(f"count(p.staff for p in people) {sign} need", data, need=need) is settled(results)


def test_two_of_three_is_settled_by_two():
    data = {"org.ready": True, "org.signed": True}
    assert value(COUNT, data) == (2, 3)
    assert value(f"{COUNT} >= need", data) is True
    assert value(f"{COUNT} > need", data) is None
    assert missing(f"{COUNT} > need", data) == ["fact org.open"]


def test_counts_of_what_is_listed():
    assert value("count(people)", {"people": people({}, {})}) == 2
    assert value("count(people)", {"people": people({}, {}, whole=False)}) == (2, None)
    assert value("count(people)") is None
    assert missing("count(people)") == ["list people"]
    assert value(
        "count(p for p in people if p.staff)", {"people": people({}, {"staff": T}, {"staff": F})}
    ) == (1, 2)
    assert value("count(org.tags)", {"org.tags": ["uni", "uni"]}) == 2


def test_a_range_does_not_slip_into_other_values():
    data = {"people": people({}, {"staff": True})}
    for text in (
        "count(p.staff for p in people) + org.staff", "min(count(p.staff for p in people), org.staff)",
        "sum(count(q.staff for q in people) for p in people)", "-count(p.staff for p in people)",
        "count(distinct(count(q.staff for q in people) for p in people))",
        "org.staff in distinct(count(q.staff for q in people) for p in people)",
        "count(p.staff for p in people) in distinct(q.age for q in people)",
    ):  # fmt: skip
        assert value(text, {**data, "org.staff": 1}) is None
    assert value("count(p.staff for p in people) if org.ready else org.staff", {**data, "org.ready": T}) == (
        1,
        2,
    )


# -- lists --------------------------------------------------------------------------------------------

ANY, ALL = "any(p.staff for p in people)", "all(p.staff for p in people)"


@pytest.mark.parametrize(
    ("text", "data", "expected"),
    [
        (ANY, {"people": people()}, False),
        (ALL, {"people": people()}, True),
        ("sum(p.pay for p in people)", {"people": people()}, 0),
        ("count(p.staff for p in people)", {"people": people()}, 0),
        ("count(distinct(p.kind for p in people))", {"people": people()}, 0),
        ("min(p.pay for p in people)", {"people": people()}, None),
        ("max(p.pay for p in people)", {"people": people()}, None),
        (ANY, {}, None),
        (ALL, {}, None),
        ("sum(p.pay for p in people)", {}, None),
        (ANY, {"people": people(whole=False)}, None),
        (ALL, {"people": people(whole=False)}, None),
        (ANY, {"people": people({"staff": T}, whole=False)}, True),
        (ALL, {"people": people({"staff": F}, whole=False)}, False),
        (ANY, {"people": people({"staff": F}, whole=False)}, None),
        (ALL, {"people": people({"staff": T}, whole=False)}, None),
        ("sum(p.pay for p in people)", {"people": people({"pay": 1}, whole=False)}, None),
        ("min(p.pay for p in people)", {"people": people({"pay": 1}, whole=False)}, None),
        (
            "count(distinct(p.kind for p in people))",
            {"people": people({"kind": "uni"}, whole=False)},
            (1, None),
        ),
        ("'uni' in distinct(p.kind for p in people)", {"people": people({"kind": "uni"}, whole=False)}, True),
        (
            "'person' in distinct(p.kind for p in people)",
            {"people": people({"kind": "uni"}, whole=False)},
            None,
        ),
        ("sum(p.pay for p in people)", {"people": people({"pay": 1}, {})}, None),
        ("sum(p.pay for p in people)", {"people": people({"pay": 1}, {"pay": 2})}, 3),
        ("min(p.pay for p in people)", {"people": people({"pay": 1}, {})}, None),
        ("max(p.pay for p in people)", {"people": people({"pay": 1}, {"pay": 2})}, 2),
        ("count(distinct(p.kind for p in people))", {"people": people({"kind": "uni"}, {"kind": "uni"})}, 1),
        ("count(distinct(p.kind for p in people))", {"people": people({"kind": "uni"}, {})}, None),
        # a filter that isn't known
        ("sum(p.pay for p in people if p.staff)", {"people": people({"pay": 0})}, None),
        ("sum(p.pay for p in people if p.staff)", {"people": people({"staff": F})}, 0),
        ("any(p.age > 0 for p in people if p.staff)", {"people": people({"age": 1})}, None),
        ("any(p.age > 0 for p in people if p.staff)", {"people": people({"age": 0})}, False),
        ("all(p.age > 0 for p in people if p.staff)", {"people": people({"age": 1})}, True),
        ("all(p.age > 0 for p in people if p.staff)", {"people": people({"age": 0})}, None),
        ("all(p.age > 0 for p in people if p.staff)", {"people": people({"staff": F})}, True),
        ("min(p.age for p in people if p.staff)", {"people": people({"age": 1})}, None),
        ("count(p.age > 0 for p in people if p.staff)", {"people": people({"age": 1}, {"age": 0})}, (0, 1)),
        # lists within lists
        (
            "any(any(f.cash for f in p.funding) for p in phases)",
            {"phases": phases({}, {"funding": funding({"cash": T})})},
            True,
        ),
        (
            "any(any(f.cash for f in p.funding) for p in phases)",
            {"phases": phases({}, {"funding": funding({"cash": F})})},
            None,
        ),
        (
            "sum(sum(f.amount for f in p.funding) for p in phases)",
            {"phases": phases({"funding": funding({"amount": 1}, {"amount": 2})}, {"funding": funding()})},
            3,
        ),
        (
            "all(any(q.start > p.start for q in phases) for p in phases)",
            {"phases": phases({"start": datetime.date(2026, 1, 1)}, {"start": datetime.date(2026, 2, 1)})},
            False,
        ),
        (
            "count(count(p for p in people if p.kind == c) > 1 for c in distinct(p.kind for p in people))",
            {"people": people({"kind": "uni"}, {"kind": "uni"}, {"kind": "person"})},
            1,
        ),
        ("project.paid", {"phases": phases({"funding": funding({"amount": 5, "cash": T}, {"cash": F})})}, 5),
    ],
)
def test_lists(text, data, expected):
    assert value(text, data) == expected
    assert type(value(text, data)) is type(expected)


def test_what_is_missing_is_named_once_and_in_order():
    data = {"people": people({"pay": 1}, {}, {"staff": True}, whole=False)}
    assert missing("sum(p.pay for p in people if p.staff)", data) == [
        "fact people.0.staff", "fact people.1.staff", "fact people.1.pay", "fact people.2.pay", "list people",
    ]  # fmt: skip
    assert missing("org.grant + org.grant > limit", {}, limit=None) == ["fact org.grant", "value limit"]
    assert missing("min(p.pay for p in people) > limit", {"people": people()}) == ["empty list"]


# -- membership, tables, conditionals -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "data", "expected"),
    [
        ("org.kind in ['uni', 'person']", {"org.kind": "uni"}, True),
        ("org.kind in ['uni', 'person']", {"org.kind": "company"}, False),
        ("org.kind not in ['uni', 'person']", {"org.kind": "company"}, True),
        ("org.kind not in ['uni', 'person']", {}, None),
        ("org.kind in []", {}, False),
        ("org.kind not in []", {}, True),
        ("org.body in near", {"org.body": "hku"}, True),
        ("org.body in near", {"org.body": "mit"}, False),
        ("org.body not in near", {"org.body": "mit"}, True),
        ("org.body in near", {}, None),
        ("org.body in far", {"org.body": "mit"}, None),
        ("'uni' in org.tags", {"org.tags": ["uni", "person"]}, True),
        ("'uni' in org.tags", {"org.tags": []}, False),
        ("'uni' in org.tags", {}, None),
        ("org.kind in org.tags", {"org.tags": []}, False),
        (
            "not any('lead' in p.roles and 'poster' in p.roles for p in people)",
            {"people": people({"roles": ["lead"]}, {"roles": ["lead", "poster"]})},
            False,
        ),
        ("cap[org.kind, 'one']", {"org.kind": "company"}, 50),
        ("cap[org.kind, 'two']", {"org.kind": "company"}, None),
        ("fee[org.kind] > 0", {"org.kind": "person"}, False),
        ("org.grant if org.ready else org.cost", {"org.ready": T, "org.grant": 1}, 1),
        ("org.grant if org.ready else org.cost", {"org.ready": F, "org.cost": 2}, 2),
        ("org.grant if org.ready else org.cost", {"org.grant": 1, "org.cost": 2}, None),
        ("org.grant if org.ready else org.cost", {"org.grant": 2, "org.cost": 2}, None),  # as SQL's CASE
        ("org.grant if org.ready else org.cost", {"org.grant": 2}, None),
        ("org.grant / org.staff", {"org.grant": 1, "org.staff": 3}, Fraction(1, 3)),
        ("org.grant / org.staff", {"org.grant": 1, "org.staff": 0}, None),
        (
            "org.ready or org.grant / org.staff > limit",
            {"org.grant": 1, "org.staff": 0, "org.ready": T},
            True,
        ),
        ("half * org.grant", {"org.grant": 1}, Fraction(1, 2)),
        ("-org.staff", {"org.staff": 1}, -1),
        ("on.year", {}, 2026),
        ("call.opens.year", {}, None),
    ],
)
def test_values(text, data, expected):
    assert value(text, data) == expected


def test_what_is_missing_says_what_it_is():
    assert missing("cap[org.kind, 'two']", {"org.kind": "uni"}) == ["cell cap[uni, two]"]
    assert missing("cap[org.kind, 'two']") == ["fact org.kind"]
    assert missing("org.grant / org.staff", {"org.grant": 1, "org.staff": 0}) == ["zero division"]
    assert missing("org.body in far", {"org.body": "mit"}) == ["value far"]
    assert missing("call.id == 'a'") == ["call x/test"]
    assert missing("org.grant if org.ready else org.cost") == [
        "fact org.ready",
        "fact org.grant",
        "fact org.cost",
    ]
    assert missing("org.ready or org.signed and org.open", {"org.signed": F}) == ["fact org.ready"]


# -- time ---------------------------------------------------------------------------------------------

APRIL = datetime.date(2026, 4, 1)


def months(number):
    return Duration(number, "months")


@pytest.mark.parametrize(
    ("last", "expected"),
    [(datetime.date(2029, 3, 30), -1), (datetime.date(2029, 3, 31), 0), (datetime.date(2029, 4, 1), 1)],
)
@pytest.mark.parametrize("sign", RELATIONS)
def test_a_period_against_36_months_to_the_day(last, expected, sign):
    data = {"org.start": APRIL, "org.end": last}
    assert value(f"length(org.start, org.end) {sign} longest", data) is RELATIONS[sign](expected, 0)
    assert value(f"longest {sign} length(org.start, org.end)", data) is RELATIONS[sign](0, expected)


@pytest.mark.parametrize(
    ("first", "last", "term", "holds"),
    [
        ((2024, 1, 31), (2024, 2, 28), months(1), True),  # due on 29 February: the day before is the last
        ((2024, 1, 31), (2024, 2, 29), months(1), False),
        ((2024, 2, 29), (2025, 2, 27), months(12), True),
        ((2024, 2, 29), (2025, 2, 28), months(12), False),
        ((2026, 4, 1), (2026, 4, 1), Duration(1, "days"), True),
        ((2026, 4, 1), (2026, 4, 2), Duration(1, "days"), False),
        ((2026, 4, 2), (2026, 4, 1), Duration(0, "days"), True),
        ((2026, 5, 2), (2026, 4, 1), Duration(0, "days"), True),
    ],
)
def test_months_that_end_early_and_days(first, last, term, holds):
    data = {"org.start": datetime.date(*first), "org.end": datetime.date(*last), "org.delay": term}
    assert value("length(org.start, org.end) <= org.delay", data) is holds


def test_lengths_of_different_units_are_not_compared():
    data = {"org.delay": Duration(31, "days"), "org.term": months(1), "org.notice": Duration(31, "days")}
    assert value("org.delay <= org.term", data) is None
    assert missing("org.delay <= org.term", data) == ["units days/months"]
    assert value("org.delay == org.notice", data) is True
    assert value("min(org.delay, org.term) == org.term", data) is None
    assert missing("min(org.delay, org.term) == org.term", data) == ["units days/months"]
    assert value("(org.term if org.ready else org.notice) == org.notice", {**data, "org.ready": F}) is True
    assert value("org.term + org.term == org.delay", {**data, "org.delay": months(2)}) is True
    assert value("org.term - longest < org.term", data) is True


def test_dates_that_move():
    data = {"org.start": datetime.date(2026, 1, 31), "org.term": months(1), "org.notice": Duration(3, "days")}
    assert value("org.start + org.term", data) == datetime.date(2026, 2, 28)
    assert value("org.start - org.term", data) == datetime.date(2025, 12, 31)
    assert value("org.start + org.notice", data) == datetime.date(2026, 2, 3)
    assert value("org.start + org.term < on", data) is True
    assert value("min(on, org.start + org.term)", data) == datetime.date(2026, 2, 28)
    far = {**data, "org.term": months(1200), "org.start": datetime.date(2150, 1, 1)}
    assert value("org.start + org.term > on", far) is None
    assert missing("org.start + org.term > on", far) == ["range date"]
    assert missing("org.start - org.term < on", {**far, "org.start": APRIL, "org.term": months(1600)}) == [
        "range date"
    ]


def test_a_period_is_its_first_and_last_day():
    assert value("length(org.start, org.end)", {"org.start": APRIL, "org.end": APRIL}) == Period(APRIL, APRIL)
    assert missing("length(org.start, org.end) > longest", {"org.end": APRIL}) == ["fact org.start"]


# -- the evaluator's own doors ------------------------------------------------------------------------


def test_conjunction():
    unknown = Unknown((Missing("fact", "a"),))
    assert evaluate.conjunction([], settles=False) is True
    assert evaluate.conjunction([], settles=True) is False
    assert evaluate.conjunction([True, unknown], settles=False) == unknown
    assert evaluate.conjunction([False, unknown], settles=False) is False
    assert evaluate.conjunction([True, unknown], settles=True) is True


def test_the_comparisons_of_a_trace_stand_outermost_first():
    found = trace(
        "(org.grant > limit if org.ready else org.cost > limit) == (org.staff > need)", {"org.ready": T}
    )
    assert [one.node.operator for one in evaluate.comparisons(found)] == ["==", ">", ">"]


def test_values_are_what_they_say():
    assert Items((1,)) == Items((1,), ())
    assert Spread(0, None, ()).possible is None
