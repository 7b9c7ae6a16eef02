"""Files that use another: its values, groups, tables, derived and prepared facts, under its id as a name."""

import datetime

import pytest
from small import HEAD, checked, missing, read_project, read_scheme, refused, rule, said, verdicts

from ipcalc import library
from ipcalc.funding import check, scheme, vocabulary
from ipcalc.inputs import toml
from ipcalc.views.check import View

SHARED = (
    HEAD.replace('"xx/small"', '"xx/sme-test"').replace('"Small"', '"SME"')
    + """
[facts.independent]
type = "truth"
label = { en = "Independent" }
ask = { en = "Independent?" }

[groups.inner]
label = { en = "Inner places" }
members = [{ id = "de" }, { id = "fr" }]
source = "a"

[groups.outer]
label = { en = "All places" }
members = [{ group = "inner" }, { id = "il" }]
source = "b"

[values.heads]
label = { en = "Heads" }
at = [
  { until = 2024-12-31, value = 50, source = "a" },
  { from = 2025-01-01, value = 40, source = "b" },
]

[values.both]
label = { en = "And, or or" }
either = [{ value = true, source = "a" }, { value = false, source = "b" }]

[tables.rates]
label = { en = "Rates" }
keys = ["size"]
at = [{ source = "a", rows = { small = "70%", large = "50%" } }]

[derived.small]
value = "applicant.staff < heads and own.independent"
label = { en = "Small" }

[derived.inside]
value = "applicant.place in outer"

[prepared.together]
kind = "consolidation"
linked_above = "50%"
source = "a"
"""
)
USES = 'uses = ["xx/sme-test"]\n'


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """The library with one more file, from which others can use."""

    def put(**files):
        found = dict(library.find("funding"))
        for name, text in files.items():
            path = tmp_path / f"{name}.toml"
            path.write_text(text)
            found[f"xx/{name.replace('_', '-')}"] = path
        monkeypatch.setattr(library, "find", lambda kind: found)

    put(sme_test=SHARED)
    return put


def small(text, head=HEAD):
    """A scheme that uses the shared file."""
    return scheme.compile_scheme(
        toml.parse("scheme.toml", head.replace('currency = "HKD"\n', f'currency = "HKD"\n{USES}') + text),
        vocabulary.shipped(),
    )


def on(text, project="", as_of=None):
    return check.check(read_project(project), small(text), as_of)


STAFF = '[applicant]\nstaff = {}\nplace = "{}"\n[answers."xx/small"]\nindependent = true\n'


@pytest.mark.parametrize(
    ("require", "expected"),
    [
        ("applicant.staff < xx_sme_test.heads", "pass"),
        ("xx_sme_test.small", "pass"),
        ("xx_sme_test.inside", "pass"),
        ("applicant.place in xx_sme_test.outer", "pass"),
        ("applicant.place in xx_sme_test.inner", "fail"),
        ("ip.inventor_share <= xx_sme_test.rates['small']", "unknown"),
        ("own.independent", "pass"),
        ("together.staff > 0", "unknown"),
    ],
)
def test_what_another_file_defines(shared, require, expected):
    result = on(rule("x", require=require), STAFF.format(39, "il"))
    assert verdicts(result) == {"x": expected}


def test_its_versions_are_dated_as_ever(shared):
    text = rule("x", require="applicant.staff < xx_sme_test.heads")
    for day, expected in ((datetime.date(2024, 12, 31), "pass"), (datetime.date(2025, 1, 1), "fail")):
        assert verdicts(on(text, STAFF.format(40, "de"), day)) == {"x": expected}


def test_its_disputes_are_read_both_ways(shared):
    result = on(rule("x", require="xx_sme_test.both"))
    assert verdicts(result) == {"x": "review"}
    assert [verdict for _, verdict in result.findings[0].disputed] == ["pass", "fail"]
    assert "xx_sme_test.a" in result.findings[0].disputed[0][0]
    assert {"a", "b", "xx_sme_test.a", "xx_sme_test.b"} == set(result.scheme.sources)


def test_its_names_can_stand_beside_ones_own(shared):
    own = '[values.heads]\nlabel = { en = "H" }\nvalue = 10\nsource = "a"\n'
    text = own + rule("x", require="applicant.staff > heads and applicant.staff < xx_sme_test.heads",
                      title="More than {heads}, less than {xx_sme_test.heads}")  # fmt: skip
    result = on(text, STAFF.format(11, "de"))
    assert verdicts(result) == {"x": "pass"}
    assert View(result, "en").title(result.findings[0]) == "More than 10, less than 40"


def test_through_two_files(shared):
    between = HEAD.replace('"xx/small"', '"xx/between"').replace("initiative", f"{USES}initiative")
    shared(sme_test=SHARED, between=between + '[derived.d]\nvalue = "xx_sme_test.small"\n')
    text = HEAD.replace("initiative", 'uses = ["xx/between"]\ninitiative') + rule("x", require="xx_between.d")
    found = scheme.compile_scheme(toml.parse("scheme.toml", text), vocabulary.shipped())
    result = check.check(read_project(STAFF.format(39, "de")), found)
    assert verdicts(result) == {"x": "pass"}


def test_a_change_in_the_other_file_changes_the_hash(shared):
    before = small(rule("x", require="true")).hash
    shared(sme_test=SHARED.replace("value = 40", "value = 41"))
    assert small(rule("x", require="true")).hash != before


def test_what_is_wrong_is_said_where_it_stands(shared):
    text = HEAD.replace("initiative", f"{USES}initiative") + rule("x", require="xx_sme_test.head > 0")
    found = refused(scheme.compile_scheme, toml.parse("scheme.toml", text), vocabulary.shipped())
    [(code, where, near)] = said(found, text)
    assert (code, near) == ("R203", "xx_sme_test.heads") or (code, where) == ("R203", "xx_sme_test")


def test_an_own_fact_of_the_same_name_is_taken(shared):
    fact = '[facts.independent]\ntype = "truth"\nlabel = { en = "I" }\nask = { en = "?" }\n'
    text = HEAD.replace("initiative", f"{USES}initiative") + fact + rule("x", require="true")
    found = refused(scheme.compile_scheme, toml.parse("scheme.toml", text), vocabulary.shipped())
    assert said(found, text) == [("R209", "independent", "")]


def test_files_that_use_each_other(shared):
    one = HEAD.replace('"xx/small"', '"xx/one"').replace("initiative", 'uses = ["xx/two"]\ninitiative')
    two = HEAD.replace('"xx/small"', '"xx/two"').replace("initiative", 'uses = ["xx/one"]\ninitiative')
    shared(one=one, two=two)
    found = refused(scheme.compile_scheme, toml.parse("one.toml", one), vocabulary.shipped())
    assert [one.code for one in found] == ["S208"]


# -- kinds of project ---------------------------------------------------------------------------------

CLASSES = """\
[[classes]]
id = "few"
title = { en = "Few" }
when = "applicant.staff < least"
source = "a"

[[classes]]
id = "local"
title = { en = "Local" }
when = "applicant.place == 'hk'"
source = "a"

[values.least]
label = { en = "Least" }
value = 10
source = "a"
"""


@pytest.mark.parametrize(
    ("facts", "found", "verdict"),
    [
        ("staff = 9", "few", "classified"),
        ('staff = 9\nplace = "hk"', "few", "classified"),  # the first that holds
        ('staff = 10\nplace = "hk"', "local", "classified"),
        ('place = "hk"', None, "undetermined"),  # the first may hold
        ('staff = 10\nplace = "de"', None, "undetermined"),  # none holds
    ],
)
def test_the_class_of_a_project(facts, found, verdict):
    result = checked(CLASSES, f"[applicant]\n{facts}\n")
    assert (result.classified.found and result.classified.found.id, result.verdict) == (found, verdict)


def test_what_could_decide_the_class_is_asked():
    result = checked(CLASSES)
    assert missing(result) == []
    assert result.ask_next == ("applicant.staff",)


def test_a_rule_beside_classes_still_counts():
    text = CLASSES + rule("x", require="applicant.staff > 0") + rule("y", judge='{ en = "?" }')
    assert checked(text, "[applicant]\nstaff = 0\n").verdict == "ineligible"
    assert checked(text, "[applicant]\nstaff = 5\n").verdict == "review"


# -- figures ------------------------------------------------------------------------------------------

AVAILABLE = 'available = "min(most, match * project.matching)"\n'
FIGURES = """\
[values.most]
label = { en = "Most" }
value = "HKD 5_000_000"
source = "a"

[values.match]
label = { en = "Match" }
either = [{ value = "2:1", source = "a" }, { value = "1:1", source = "b" }]

[derived.double]
value = "match * project.matching"
label = { en = "Doubled" }
shown = true
"""
MONEY = '[[phases]]\nfunding = [{{ payer = "industry", form = "cash", amount = {} }}]\n'


def available_to(project):
    text = FIGURES + rule("x", require="true")
    return check.check(read_project(project), read_scheme(text, AVAILABLE + HEAD))


@pytest.mark.parametrize(
    ("amount", "available", "double"),
    [
        ("6_000_000", 500_000_000, None),  # five million whichever match it is
        ("2_000_000", None, None),  # four million or two
        ("0", 0, 0),
    ],
)
def test_figures_that_hang_on_a_dispute_are_not_known(amount, available, double):
    result = available_to(MONEY.format(amount))
    values = [result.available.value, result.figures["double"].trace.value]
    assert [value if isinstance(value, int) else None for value in values] == [available, double]


def test_what_a_figure_needs_is_said():
    result = available_to("")
    assert [one.key for one in result.available.value.missing] == ["phases"]
