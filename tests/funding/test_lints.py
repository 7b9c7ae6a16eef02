"""Lints of schemes: each on a file that it has one thing to say of, and on those that it must leave alone."""

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import PROJECT, checked, read_scheme, refused, rule, said

from ipcalc import library
from ipcalc.funding import lints, scheme, vocabulary
from ipcalc.inputs import toml

HEAD = """\
id = "xx/small"
name = { en = "Small" }
authority = { en = "Nobody" }
currency = "HKD"
initiative = "two-way"
reviewed = 2025-01-01
languages = ["en"]

[sources.a]
title = "A"
kind = "official"
dated = 2024-06-01
"""
CITED = '[[suspended]]\nfrom = 2030-01-01\nsource = "a"\n'
NOTE = 'note = { en = "So it is in the guide." }\n'


def linted(text, head=HEAD):
    """What lints say of a scheme: the code, the word, what was perhaps meant."""
    return said(lints.lint(read_scheme(text, head)), head + text)


def shows(*verdicts, of="x"):
    """An example for each verdict of a rule."""
    return "".join(f'[[examples]]\ntitle = "{v}"\ngives = {{ {of} = "{v}" }}\n' for v in verdicts)


def hard(require, *, more="", **texts):
    """A hard rule, both sides of it shown."""
    return rule("x", require=require, **texts) + more + shows("pass", "fail")


def value(*versions, note="", name="v"):
    """A value with these versions, which a hard rule reads."""
    listed = "\n".join(f"  {{ {version} }}," for version in versions)
    return f'[values.{name}]\nlabel = {{ en = "V" }}\n{note}at = [\n{listed}\n]\n'


READ = hard("ip.inventor_share >= v")
ONE = 'value = "1%", source = "a"'
TWO = 'value = "2%", source = "a"'


def test_a_clean_scheme():
    assert linted(value(f"from = 2024-01-01, {ONE}") + READ) == []


# -- texts, sources, examples: files of every kind -----------------------------------------------------

PLAIN = "rules = []\n" + HEAD
IN_TWO = PLAIN.replace('["en"]', '["en", "zh-Hant"]').replace('"Nobody" }', '"Nobody", zh-Hant = "無人" }')
WHOLE = IN_TWO.replace('"Small" }', '"Small", zh-Hant = "小" }')


@pytest.mark.parametrize(
    ("head", "text", "found"),
    [
        (IN_TWO, CITED, [("L101", "name", "")]),
        (WHOLE, CITED, []),
        (PLAIN.replace('languages = ["en"]\n', ""), CITED, [("L101", "name", ""), ("L101", "authority", "")]),
        (WHOLE, CITED + '[stages.one]\nlabel = { en = "One" }\n', [("L101", "label", "")]),
        (WHOLE, CITED + '[[gaps]]\nabout = { zh-Hant = "此", en = "This" }\n', []),
        (PLAIN, "", [("L102", "a", "")]),
        (PLAIN, CITED, []),
        (PLAIN, '[[gaps]]\nabout = { en = "See (x, a; b)." }\n', []),
        (PLAIN, '[[gaps]]\nabout = { en = "見［a］" }\n', []),
        (PLAIN, '[[gaps]]\nabout = { en = "See a (b-a, ab)." }\n', [("L102", "a", "")]),
        (PLAIN + 'url = "http://a.org"\n', CITED, [("L103", '"http://a.org"', "")]),
        (PLAIN + 'url = "https://a.org"\n', CITED, []),
        (PLAIN + 'url = "http://a.org"\nnote = { en = "It answers to HTTP alone." }\n', CITED, []),
        (PLAIN + 'url = "http://a.org"\n' + NOTE, CITED, [("L103", '"http://a.org"', "")]),
        (PLAIN.replace("2024-06-01", "2025-01-02"), CITED, [("L104", "2025-01-02", "")]),
        (PLAIN.replace("2024-06-01", "2025-01-01"), CITED, []),
        (PLAIN.replace("dated = 2024-06-01\n", ""), CITED, []),
        (PLAIN, CITED + '[[examples]]\ntitle = "e"\ngives = {}\n', [("L105", "gives", "")]),
        (PLAIN, CITED + '[[examples]]\ntitle = "e"\ngives = { overall = "eligible" }\n', []),
        (PLAIN, CITED + '[[examples]]\ntitle = "e"\ngives = {}\nshows = { d = 1 }\n', []),
    ],
)
def test_every_kind_of_file(head, text, found):
    assert linted(text, head) == found


def test_projects_in_examples_are_no_part_of_the_file():
    text = '[example.rates."EUR/HKD"]\nvalue = 9\non = 2025-01-01\nsource = "a"\n[example.x]\nen = "X"\n'
    assert linted(text, WHOLE) == [("L102", "a", "")]
    text = '[[examples]]\ntitle = "e"\ngives = { overall = "review" }\n[examples.project.x]\nen = "X"\n'
    assert linted(text, WHOLE) == [("L102", "a", "")]


# -- figures -------------------------------------------------------------------------------------------

UNDATED = HEAD.replace("dated = 2024-06-01\n", "")
DATED = "[sources.b]\ntitle = 'B'\nkind = 'press'\ndated = 2024-06-02\n"
TABLE = """\
[tables.t]
label = { en = "T" }
keys = ["kind"]
at = [{ rows = { a = "1%" }, source = "a" }]
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (value(ONE), [("L106", '"1%"', "")]),
        (value(f"from = 2024-01-01, {ONE}"), []),
        (value(f"until = 2024-01-01, {ONE}"), []),
        (value(ONE, note=NOTE), []),
        (value(f"{ONE}, {NOTE.strip()}"), []),
        (DATED + value('value = "1%", source = ["a", "b"]'), []),
        (
            '[[calls]]\nid = "one"\nopens = 2024-01-01\ncloses = 2024-02-01\nsource = "a"\n'
            + value(f'call = "one", {ONE}'),
            [],
        ),
        (
            '[values.v]\nlabel = { en = "V" }\n'
            'either = [{ value = "1%", source = "a" }, { value = "2%", source = "a" }]\n' + shows("review"),
            [("L106", '[{ value = "1%", source = "a" }, { value = "2%", source = "a" }]', "")],
        ),
    ],
)
def test_figures_have_dates(text, found):
    assert linted(text + READ, UNDATED) == found


def test_a_source_may_say_why_it_has_no_date():
    assert linted(value(ONE) + READ, UNDATED + NOTE) == []


def test_cells_have_dates():
    read = hard("ip.inventor_share >= t['a']")
    assert linted(TABLE + read, UNDATED) == [("L106", '{ a = "1%" }', "")]
    assert linted(TABLE + read) == []


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ({}, [("L106", '"1/2"', "")]),
        ({"from_": "2024-01-01"}, []),
        ({"until": "2024-01-01"}, []),
        ({"note": '{ en = "As the guide says." }'}, []),
    ],
)
def test_a_rules_own_figures_have_dates(texts, found):
    text = hard("ip.inventor_share >= half", with_='{ half = "1/2" }', **texts)
    assert linted(text, UNDATED) == found
    assert linted(text) == []


@pytest.mark.parametrize(
    ("versions", "found"),
    [
        (["until = 2024-01-31", "from = 2024-02-01"], []),
        (["until = 2024-01-30", "from = 2024-02-01"], [("L107", "2024-02-01", "")]),
        (["from = 2024-02-01", "until = 2024-01-30"], [("L107", "2024-02-01", "")]),
        (["from = 2020-01-01", "from = 2022-01-01, until = 2022-12-31", "from = 2024-01-01"], []),
        (
            ["from = 2020-01-01, until = 2020-12-31", "from = 2022-01-01, until = 2022-12-31"],
            [("L107", "2022-01-01", "")],
        ),
    ],
)
def test_versions_meet(versions, found):
    text = value(*(f"{dates}, {ONE}" for dates in versions)) + READ
    assert linted(text) == found


def test_days_without_a_figure_may_be_meant():
    early, late = f"until = 2024-01-30, {ONE}", f"from = 2024-02-01, {TWO}"
    between = 'from = 2024-01-31, until = 2024-01-31, value = "unknown", source = "a"'
    assert linted(value(early, between, late) + READ) == []
    assert linted(value(early, late, note=NOTE) + READ) == []
    assert linted(value(early, f"{late}, {NOTE.strip()}") + READ) == []
    [one] = lints.lint(read_scheme(value(early, late) + READ, HEAD))
    assert (one.args["first"], one.args["last"]) == ("2024-01-31", "2024-01-31")


def test_overlaps_are_refused_at_reading():
    versions = (f"until = 2024-02-01, {ONE}", f"from = 2024-02-01, {TWO}")
    assert [one.code for one in refused(read_scheme, value(*versions) + READ, HEAD)] == ["S204"]


FIRST = datetime.date(2024, 1, 1)


def day(number):
    return FIRST + datetime.timedelta(days=number)


@given(st.data(), st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3)), min_size=1, max_size=5))
def test_a_day_is_missed_where_days_are(data, parts):
    """A value of versions of so many days each, so many days apart, in any order."""
    start, versions, holes = 0, [], []
    for length, pause in parts:
        versions.append(f"from = {day(start)}, until = {day(start + length - 1)}, {ONE}")
        start += length + pause
        holes.append((str(day(start - pause)), str(day(start - 1))) if pause else None)
    text = value(*data.draw(st.permutations(versions))) + READ
    found = [(one.args["first"], one.args["last"]) for one in lints.lint(read_scheme(text, HEAD))]
    assert sorted(found) == [hole for hole in holes[:-1] if hole]


# -- calls ---------------------------------------------------------------------------------------------


def call(name, opens, closes, more=""):
    last = closes if "=" in closes else f"closes = {closes}"
    return f'[[calls]]\nid = "{name}"\nopens = {opens}\n{last}\nsource = "a"\n{more}'


JANUARY = call("a", "2024-01-01", "2024-01-31")
FEBRUARY = call("b", "2024-02-01", "2024-02-28")
LATE = call("b", '"2024-02-01 12:00"', "2024-02-28")


@pytest.mark.parametrize(
    ("calls", "found"),
    [
        (JANUARY + FEBRUARY, []),
        (call("a", "2024-01-01", "2024-02-01") + FEBRUARY, ["2024-02-01"]),
        (FEBRUARY + call("a", "2024-01-01", "2024-02-01"), ["2024-01-01"]),
        (call("a", "2024-01-01", "2024-02-01", NOTE) + FEBRUARY, []),
        (call("a", "2024-01-01", "2024-02-01") + FEBRUARY + NOTE, []),
        (call("a", "2024-01-01", "seen = 2024-01-31") + FEBRUARY, []),
        (call("a", "2024-01-01", "seen = 2024-02-01") + FEBRUARY, ["2024-02-01"]),
        (call("a", "2024-01-01", '"2024-02-01 11:00"') + LATE, []),
        (call("a", "2024-01-01", '"2024-02-01 12:00"') + LATE, ['"2024-02-01 12:00"']),
        (call("a", "2024-01-01", "2024-02-01") + LATE, ['"2024-02-01 12:00"']),
    ],
)
def test_calls_follow_each_other(calls, found):
    assert linted(calls, 'zone = "Asia/Hong_Kong"\n' + PLAIN) == [("L108", word, "") for word in found]


days = st.integers(0, 20)


@given(st.lists(st.tuples(days, days).map(sorted), min_size=2, max_size=4))
def test_calls_overlap_where_a_day_is_in_both(ranges):
    calls = "".join(
        call(f"c{i}", day(first), day(last).isoformat()) for i, (first, last) in enumerate(ranges)
    )
    sets = [set(range(first, last + 1)) for first, last in ranges]
    pairs = {(f"c{i}", f"c{j}") for (i, a), (j, b) in itertools.combinations(enumerate(sets), 2) if a & b}
    found = lints.lint(read_scheme(calls, PLAIN))
    assert {(one.args["other"], one.args["value"]) for one in found} == pairs
    assert all(one.also.excerpt.startswith("closes") for one in found)


# -- what is declared ----------------------------------------------------------------------------------

FACT = '[facts.letters]\ntype = "truth"\nlabel = { en = "Letters" }\nask = { en = "Letters?" }\n'
GROUP = '[groups.labs]\nlabel = { en = "Labs" }\nmembers = [{ id = "hku" }]\nsource = "a"\n'
OUTER = '[groups.outer]\nlabel = { en = "Outer" }\nmembers = [{ group = "labs" }]\nsource = "a"\n'
DERIVED = '[derived.large]\nvalue = "project.grant > 0"\n'
PREPARED = '[prepared.owned]\nkind = "owners"\nsource = "a"\n'
GRANT = hard("project.grant > 0")


@pytest.mark.parametrize(
    ("declared", "unread", "reading"),
    [
        (FACT, "letters", [hard("own.letters"), hard("project.grant > 0", evidence='["own.letters"]')]),
        (DERIVED, "large", [hard("large"), hard("project.grant > 0", when="large")]),
        (value(ONE), "v", [READ, hard("project.grant > 0", title="At least {v}")]),
        (TABLE, "t", [hard("ip.inventor_share >= t['a']")]),
        (GROUP, "labs", [hard("applicant.body in labs"), OUTER + hard("applicant.body in outer")]),
        (PREPARED, "owned", [hard("any(o.share > 0 for o in owned)")]),
    ],
)
def test_what_is_declared_is_read(declared, unread, reading):
    assert linted(declared + GRANT) == [("L109", unread, "")]
    for text in reading:
        assert linted(declared + text) == []


def test_a_figure_of_a_rule_is_read_by_that_rule():
    text = 'with = { half = "1/2", third = "1/3" }\nwhen = "ip.inventor_share <= third"\n'
    assert linted(rule("x", require="project.grant > 0") + text + shows("pass", "fail")) == [
        ("L109", "half", "")
    ]
    shown = rule("x", title="At most {half}", require="project.grant > 0")
    assert linted(shown + text + shows("pass", "fail")) == []


def test_other_readers_than_rules():
    classes = '[[classes]]\nid = "c"\ntitle = { en = "C" }\nwhen = "ip.inventor_share >= v"\nsource = "a"\n'
    assert linted(value(ONE) + classes) == []
    money = value('value = "HKD 5", source = "a"')
    assert linted(money + GRANT, 'available = "min(v, project.grant)"\n' + HEAD) == []
    assert linted(DERIVED + "shown = true\n" + GRANT) == []
    above = '[derived.fine]\nvalue = "large or own.letters"\n' + hard("fine")
    assert linted(FACT + DERIVED + above) == []


def test_a_value_that_is_there_to_be_seen():
    assert linted(value(ONE, note=NOTE) + GRANT) == []


def test_a_definition_is_for_others_to_read():
    assert linted(FACT + DERIVED + value(ONE) + GROUP, 'kind = "definition"\n' + HEAD) == []


@pytest.mark.parametrize(
    ("version", "dates", "found"),
    [
        ("from = 2025-01-01", {"until": "2024-12-31"}, True),
        ("from = 2025-01-01", {"until": "2025-01-01"}, False),
        ("until = 2024-12-31", {"from_": "2025-01-01"}, True),
        ("until = 2024-12-31", {"from_": "2024-12-31"}, False),
        ("from = 2024-01-01, until = 2024-01-31", {"from_": "2024-02-01", "until": "2024-02-28"}, True),
        ("from = 2024-01-01, until = 2024-01-31", {}, False),
    ],
)
def test_a_rule_meets_its_figures(version, dates, found):
    text = value(f"{version}, {ONE}") + rule("x", require="ip.inventor_share >= v", **dates)
    verdicts = shows("unknown") if found else shows("pass", "fail")
    assert linted(text + verdicts) == ([("L110", "v", "")] if found else [])


def test_a_rule_that_meets_no_figure_of_a_derived_fact():
    derived = '[derived.enough]\nvalue = "ip.inventor_share >= v"\n'
    text = value(f"from = 2025-01-01, {ONE}") + derived + rule("x", require="enough", until="2024-12-31")
    assert linted(text + shows("unknown")) == [("L110", '"x"', "")]


def test_figures_of_another_file(tmp_path, monkeypatch):
    """They are read under its name; what could be better in them is said where they stand."""
    shared = HEAD.replace("xx/small", "xx/shared").replace("dated = 2024-06-01\n", "")
    text = 'kind = "definition"\n' + shared + value(f"from = 2025-01-01, {ONE}") + value(ONE, name="w")
    (tmp_path / "shared.toml").write_text(text)
    monkeypatch.setattr(library, "find", lambda _: {"xx/shared": tmp_path / "shared.toml"})
    head = 'uses = ["xx/shared"]\n' + HEAD
    assert linted(hard("ip.inventor_share >= xx_shared.v"), head) == []
    late = rule("x", require="ip.inventor_share >= xx_shared.v", until="2024-12-31") + shows("unknown")
    assert linted(late, head) == [("L110", "xx_shared.v", "")]
    found = lints.lint(scheme.load(str(tmp_path / "shared.toml")))
    assert [(one.code, one.args["value"]) for one in found] == [("L106", "w")]


@given(days, days, days, days)
def test_a_rule_and_a_figure_meet_where_a_day_is_in_both(a, b, c, d):
    (first, until), (begin, end) = sorted((a, b)), sorted((c, d))
    text = value(f"from = {day(first)}, until = {day(until)}, {ONE}") + rule(
        "x", require="ip.inventor_share >= v", from_=day(begin).isoformat(), until=day(end).isoformat()
    )
    apart = not set(range(first, until + 1)) & set(range(begin, end + 1))
    codes = [one.code for one in lints.lint(read_scheme(text, HEAD))]
    assert ("L110" in codes) is apart


# -- examples ------------------------------------------------------------------------------------------

JUDGED = '{ en = "Is it good?" }'
UNKNOWN = value('from = 2024-01-01, value = "unknown", source = "a"', note='type = "share"\n')
DISPUTED = value('either = [{ value = "1%", source = "a" }, { value = "2%", source = "a" }]')
SIDES = [
    ("", {"require": "project.grant > 0"}, {"pass", "fail"}),
    ("", {"prefer": "project.grant > 0"}, {"pass", "review"}),
    ("", {"judge": JUDGED}, {"review"}),
    ("", {"judge": JUDGED, "when": "project.grant > 0"}, {"review", "n/a"}),
    (UNKNOWN, {"require": "ip.inventor_share >= v"}, {"unknown"}),
    (DISPUTED, {"require": "ip.inventor_share >= v"}, {"pass", "review"}),
]


@pytest.mark.parametrize(("before", "texts", "wanted"), SIDES)
def test_each_side_is_shown(before, texts, wanted):
    def found(*verdicts):
        text = before + rule("x", **texts) + shows(*verdicts)
        return [(one.code, one.args["missing"]) for one in lints.lint(read_scheme(text, HEAD))]

    assert found(*wanted) == []
    for verdict in wanted:
        assert found(*wanted - {verdict}) == [("L111", verdict)]
    assert found() == [("L111", ", ".join(sorted(wanted)))]


def test_a_side_may_be_shown_in_one_part():
    text = rule("x", each="p in phases", require="p.grant > 0") + shows("pass")
    assert linted(text) == [("L111", '"x"', "")]
    assert (
        linted(text + '[[examples]]\ntitle = "a"\ngives = { "x[a]" = "fail", overall = "ineligible" }\n')
        == []
    )


# -- wording -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("The team must apply", "must"),
        ("Industry shall pay", "shall"),
        ("At most three", "At most"),
        ("No less than three", "No less than"),
        ("Not exceeding three", "Not exceeding"),
        ("It can’t be repaid", "can’t"),
        ("必須如此", "必須"),
        ("須如此", "須"),
        ("不得如此", "不得"),
        ("Must be around three", None),
        ("At most three, in general", None),
        ("一般最多三年", None),
        ("約 3 年，不得更長", None),
        ("The team is mustered up to date", None),
        ("毋須如此", None),
        ("不可抗力", None),
        ("Three years", None),
    ],
)
def test_soft_rules_are_worded_softly(title, word):
    text = rule("x", title=title, prefer="project.grant > 0")
    verdicts = shows("pass", "review")
    assert linted(text + verdicts) == ([("L112", word, "")] if word else [])
    assert linted(text + NOTE + verdicts) == []
    assert linted(rule("x", title=title, require="project.grant > 0") + shows("pass", "fail")) == []


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("Around three years", "Around"),
        ("Generally three", "Generally"),
        ("In principle three", "In principle"),
        ("為期約 {v}", "約"),
        ("約三年", "約"),
        ("一般而言", "一般"),
        ("原则上", "原则上"),
        ("At most around three", None),
        ("不得超過，一般而言", None),
        ("簽訂合約", None),
        ("一般開支", None),
        ("The background", None),
    ],
)
def test_hard_rules_are_worded_firmly(title, word):
    figure = value(ONE) if "{v}" in title else ""
    text = figure + rule("x", title=title, require="project.grant > 0")
    verdicts = shows("pass", "fail")
    assert linted(text + verdicts) == ([("L113", word, "")] if word else [])
    assert linted(text + NOTE + verdicts) == []
    assert (
        linted(
            rule("x", title=title.replace("{v}", ""), prefer="project.grant > 0") + shows("pass", "review")
        )
        == []
    )


def test_a_judgement_may_be_worded_as_it_likes():
    assert linted(rule("x", title="It must be good", judge=JUDGED) + shows("review")) == []
    assert linted(rule("x", title="It is normally good", judge=JUDGED) + shows("review")) == []


# -- expressions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("require", "words"),
    [
        ("max(p.end for p in phases) < on", ["max"]),
        ("on >= min(p.start for p in phases)", ["min"]),
        ("on < max(p.end for p in phases) and on > min(p.end for p in phases)", ["max", "min"]),
        ("max(p.end for p in phases) == on", []),
        ("all(p.end < on for p in phases)", []),
        ("max(project.grant, project.industry) > 0", []),
        ("length(min(p.start for p in phases), max(p.end for p in phases)) <= month", []),
        ("count(phases) >= 1 and max(p.end for p in phases) < on", []),
        ("count(p for p in phases if p.grant > 0) >= 1 and max(p.end for p in phases) < on", []),
        ("count(phases) >= 1 and max(p.end for p in phases if p.grant > 0) < on", ["max"]),
    ],
)
def test_the_least_of_nothing(require, words):
    more = {"with_": '{ month = "1 month" }'} if "month" in require else {}
    assert linted(hard(require, **more)) == [("L114", word, "") for word in words]


def test_a_list_that_the_rule_goes_through_is_not_empty():
    text = "p.start <= max(q.start for q in phases)"
    assert linted(hard(text, each="p in phases if p.grant > 0")) == []
    assert linted(hard(text, each="p in phases")) == []
    assert linted(hard(text.replace("in phases)", "in phases if q.grant > 0)"), each="p in phases")) == [
        ("L114", "max", "")
    ]


def test_expressions_of_derived_facts():
    derived = '[derived.late]\nvalue = "max(p.end for p in phases) > on"\n'
    assert linted(derived + hard("not late")) == [("L114", "max", "")]


DAYS = [datetime.date(2025, 1, 1) + datetime.timedelta(days=n) for n in range(3)]


@pytest.mark.parametrize("function", ["min", "max"])
@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
@pytest.mark.parametrize("first", [True, False])
def test_what_could_stand_instead_says_the_same(function, operator, first):
    """On every list of up to three items; and it is settled for the empty list, where the other is not."""

    def compared(left, right):
        return f"{left} {operator} {right}" if first else f"{right} {operator} {left}"

    limit = "{ limit = 2025-01-02 }"
    text = rule("x", require=compared(f"{function}(p.start for p in phases)", "limit"), with_=limit)
    [one] = [one for one in lints.lint(read_scheme(text, HEAD)) if one.code == "L114"]
    instead = f"{one.args['other']}({compared('p.start', 'limit')} for p in phases)"
    text += rule("y", require=instead, with_=limit)
    for size in (0, 1, 2, 3):
        for starts in itertools.combinations_with_replacement(DAYS, size):
            phases = ", ".join(f'{{ id = "p{i}", start = {start} }}' for i, start in enumerate(starts))
            x, y = checked(text, head=f"phases = [{phases}]\n{PROJECT}").findings
            assert (
                y.verdict == x.verdict if size else (x.verdict, y.verdict != "unknown") == ("unknown", True)
            )


@pytest.mark.parametrize(
    ("require", "word"),
    [
        ("ip.inventor_share >= v-w", "v-w"),
        ("1 >= v-w", "v-w"),
        ("ip.inventor_share >= 1-v-w", "v-w"),
        ("ip.inventor_share >= v - w", None),
        ("ip.inventor_share >= v -w", None),
        ("ip.inventor_share >= v and ip.inventor_share >= w and applicant.type == 'start-up'", None),
    ],
)
def test_a_minus_has_spaces(require, word):
    text = value(ONE) + value(ONE, name="w") + hard(require)
    assert linted(text) == ([("L115", word, word.replace("-", " - "))] if word else [])


# -- all of them ----------------------------------------------------------------------------------------


def test_no_lint_says_a_thing_twice():
    text = HEAD + value(ONE) + READ
    document = toml.parse("scheme.toml", text.replace('languages = ["en"]\n', ""))
    found = lints.lint(scheme.compile_scheme(document, vocabulary.shipped()))
    assert len({(one.code, one.place) for one in found}) == len(found) > 3
    assert [one.place.line for one in found] == sorted(one.place.line for one in found)
