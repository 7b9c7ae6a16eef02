"""What could still settle a truth: nothing that could is left out, and nothing is asked in vain."""

import itertools

import pytest
import small_language as small
from hypothesis import given
from hypothesis import strategies as st

from ipcalc.rules import settle
from ipcalc.rules.values import Missing, Unknown


def could(text, project=None, never=()):
    """The facts and lists that could settle a text, where those of ``never`` won't be known."""
    trace = small.trace(text, project)
    asked = lambda one: one.kind in ("fact", "list") and one.key not in never  # noqa: E731
    found = settle.truth(trace, asked).either
    return None if found is None else sorted(one.key for one in found)


A, B, C = "org.ready", "org.signed", "org.open"


@pytest.mark.parametrize(
    ("text", "never", "expected"),
    [
        (A, (), [A]),
        (A, (A,), None),
        (f"not {A}", (A,), None),
        (f"{A} and {B}", (B,), [A]),  # false by A
        (f"{A} or {B}", (B,), [A]),  # true by A
        (f"{A} and {B}", (A, B), None),
        (f"({A} and {B}) or {C}", (A,), [C, B]),
        (f"({A} and {B}) or {C}", (A, C), None),
        (f"{A} == {B}", (B,), None),  # a comparison needs both
        (f"({A} and {B}) == {C}", (B,), [C, A]),
        ("org.grant <= limit", (), ["org.grant"]),
        ("org.grant + org.cost <= limit", ("org.cost",), None),
        ("min(org.grant, org.cost) <= limit", ("org.cost",), None),
        ("(org.grant if org.ready else org.cost) <= limit", ("org.cost",), ["org.grant", A]),
        ("(org.grant if org.ready else org.cost) <= limit", (A,), None),
        (f"{A} if {B} else {C}", (A,), [C, B]),
        (f"{A} if {B} else {C}", (A, C), None),
        (f"count({A}, {B}, {C}) >= need", (C,), [A, B]),
        (f"count({A}, {B}, {C}) >= need", (A, B), None),  # one of three makes no two, nor rules them out
        (f"count({A}, {B}, {C}) >= need", (A, B, C), None),
        (f"count({A}, {B}, {C}) >= 1", (A, B), [C]),
        (f"count({A}, {B}, {C}) < 1", (A, B), [C]),
        (f"count({A}, {B}, {C}) == 0", (A, B), [C]),
        (f"need <= count({A}, {B}, {C})", (A, B), None),
        (f"count({A}, {B}) == count({B}, {C})", (A,), [C, B]),  # they may be too far apart
        (f"count({A}, {B}) == count({B}, {C})", (A, C), None),
        (f"count({A}, {B}) > count({B}, {C})", (), [C, B, A]),
        (f"count({A}, {B}) >= org.score", (A, B), None),
        (f"count({A}, {B}) + need > 1", (B,), None),
        (f"(count({A}, {B}) if strict else need) > 1", (B,), [A]),
        ("org.body in near", (), ["org.body"]),
        ("org.body in far", (), None),  # who is far isn't known
        ("cap[org.name, 'one'] <= org.grant", (), ["org.grant", "org.name"]),
        ("any(p.staff for p in people)", (), ["people"]),
        ("any(p.staff for p in people)", ("people",), None),
        ("count(people) >= need", (), ["people"]),
        ("org.grant / org.cost > 1", (), ["org.cost", "org.grant"]),
    ],
)
def test_parts(text, never, expected):
    assert could(text, None, never) == (expected and sorted(expected))


LISTED = {"people": small.people({"pay": 5}, {"staff": True}, {"staff": False}, {"staff": True, "pay": 1})}
STAFF, PAY = "people.0.staff", "people.1.pay"
SUM = "sum(p.pay for p in people if p.staff) <= limit"


def test_each_item_of_a_sum_counts():
    assert could(SUM, LISTED) == [STAFF, PAY]
    # of one who may not be counted, what is never known may not be needed
    assert could("sum(p.pay for p in people if p.staff) <= limit", {"people": small.people({})}) == [
        "people.0.pay",
        STAFF,
    ]
    assert could(SUM, {"people": small.people({})}, ("people.0.pay",)) == [STAFF]
    assert could(SUM, {"people": small.people({})}, (STAFF,)) is None
    assert could(SUM, LISTED, (PAY,)) is None


def test_the_rest_of_a_list():
    part = {"people": small.people({"staff": False}, whole=False)}
    assert could("any(p.staff for p in people)", part) == ["people"]
    assert could("any(p.staff for p in people)", part, ("people",)) is None
    assert could("all(p.staff for p in people)", part) == []  # false already
    more = {"people": small.people({}, whole=False)}
    assert could("any(p.staff for p in people)", more, ("people",)) == [STAFF]
    assert could("count(p for p in people if p.staff) >= 1", more, ("people",)) == [STAFF]
    assert could(SUM, more, ("people",)) is None


def test_a_count_of_which_some_are_never_known():
    """It is settled only where what can be known reaches far enough."""
    three = {"people": small.people({"staff": True}, {}, {})}
    text = "count(p for p in people if p.staff) {} need"
    assert could(text.format(">="), three) == [STAFF.replace("0", "1"), STAFF.replace("0", "2")]
    assert could(text.format(">="), three, ("people.1.staff",)) == ["people.2.staff"]
    assert could(text.format("<"), three, ("people.1.staff", "people.2.staff")) is None
    assert could(text.format("=="), three, ("people.1.staff",)) is None  # one or two, two or three
    assert could("count(p for p in people if p.staff) > 1 + 1", three, ("people.1.staff",)) == [
        "people.2.staff"
    ]


def test_what_is_known_asks_for_nothing():
    assert could("org.ready or strict") == []
    assert could("not strict and org.ready") == []
    assert could("1 == 0") == []


def test_what_no_answer_mends():
    same = {"org.body": "other", "people": small.people({"kind": "uni"})}
    assert could("org.grant / org.score > limit", {"org.grant": 5, "org.score": 0}) is None
    assert could("org.body == org.body", same) is None  # two that aren't listed may be the same or not
    assert could("max(p.pay for p in people if p.kind == 'person') > limit", same) is None


# -- laws ---------------------------------------------------------------------------------------------


def stated(project, path=(), where=""):
    """The facts and lists of a project: their path in the data, and their key."""
    for name, value in project.items():
        yield (*path, name), f"{where}{name}"
        if isinstance(value, dict):
            for i, item in enumerate(value["items"]):
                yield from stated(item, (*path, name, "items", i), f"{where}{name}.{i}.")


def without(project, paths):
    """The project without what stands at some paths."""

    def less(node, path):
        if isinstance(node, dict):
            return {k: less(v, (*path, k)) for k, v in node.items() if (*path, k) not in paths}
        return [less(v, (*path, i)) for i, v in enumerate(node)] if isinstance(node, list) else node

    return less(project, ())


@given(data=st.data(), project=small.PROJECTS)
def test_nothing_that_settles_is_left_out(data, project):
    """Where one more answer makes a truth known, it was among what could, unless behind a list that was."""
    text = data.draw(small.expressions("truth"))
    known = dict(stated(project))
    if not known:
        return
    gone = data.draw(st.sets(st.sampled_from(sorted(known)), min_size=1, max_size=6))
    never = data.draw(st.sets(st.sampled_from(sorted(gone)), max_size=len(gone) - 1))
    now = small.trace(text, without(project, gone))
    settling = settle.truth(now, lambda one: one.key not in {known[path] for path in never}).either or ()
    later = without(project, never)
    if isinstance(small.trace(text, later).value, Unknown):
        return
    for path in sorted(gone - never):
        inside = any(path[: len(other)] == other for other in gone - {path})
        if not inside and isinstance(small.trace(text, without(project, never | {path})).value, Unknown):
            kind = "list" if isinstance(_at(project, path), dict) else "fact"
            lists = any(one.kind == "list" for one in settling)
            assert Missing(kind, known[path]) in settling or lists, (text, path)


def _at(node, path):
    for part in path:
        node = node[part]
    return node


FACTS = (A, B, C, "own.agreed")


@st.composite
def formulas(draw, facts=FACTS):
    """A truth of yes-or-no facts, each of which stands in it once."""
    if len(facts) == 1:
        return draw(st.sampled_from(["{}", "(not {})"])).format(facts[0])
    at = draw(st.integers(1, len(facts) - 1))
    left, right = draw(formulas(facts[:at])), draw(formulas(facts[at:]))
    return f"({left} {draw(st.sampled_from(['and', 'or']))} {right})"


@given(formulas(), st.sets(st.sampled_from(FACTS), max_size=3), st.data())
def test_nothing_is_asked_in_vain(text, never, data):
    """Where each fact stands once, an answer is asked for if and only if it can settle something."""
    told = {
        name: data.draw(st.booleans()) for name in FACTS if name not in never and data.draw(st.booleans())
    }
    asked = [name for name in FACTS if name not in never and name not in told]
    found = could(text, told, never) or []
    for name in asked:
        others = [one for one in asked if one != name]
        settles = any(
            small.value(text, more) is None and small.value(text, {**more, name: answer}) is not None
            for answers in itertools.product([True, False, None], repeat=len(others))
            for answer in (True, False)
            for more in [{**told, **{k: v for k, v in zip(others, answers, strict=True) if v is not None}}]
        )
        assert settles == (name in found), (text, told, never, name)
