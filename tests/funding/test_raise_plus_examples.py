"""What the examples of RAISe+ show: every rule on both sides of its limit."""

import datetime

import pytest

from ipcalc import library
from ipcalc.funding import examples, scheme
from ipcalc.inputs.diagnostics import Refused

RAISE = scheme.load("hk/raise-plus")
TESTED = examples.run(RAISE)


@pytest.mark.parametrize("name", library.find("funding"))
def test_every_example_gives_what_it_should(name):
    tested = examples.run(scheme.load(name))
    assert [outcome for outcome in tested.outcomes if outcome.wrong] == []


@pytest.mark.parametrize("rule", RAISE.rules, ids=lambda rule: rule.id)
def test_both_sides_of_every_rule_are_shown(rule):
    wanted = {"pass", "fail"} if rule.strength == "hard" else {"pass", "review"}
    assert wanted <= TESTED.shown[rule.id]


@pytest.mark.parametrize("rule", RAISE.rules, ids=lambda rule: rule.id)
def test_what_is_not_known_is_shown(rule):
    if rule.strength != "judgement":
        assert "unknown" in TESTED.shown[rule.id]


def test_an_example_asserts_only_what_there_is():
    """A misspelt rule would count as shown for nobody."""
    known = {rule.id for rule in RAISE.rules} | {"overall", "open"}
    for example in RAISE.examples():
        assert {what.partition("[")[0] for what in example.gives} <= known


def test_every_beginning_of_a_rule_has_an_example_on_either_day():
    days = {example.as_of for example in RAISE.examples()}
    days |= {
        example.document.data["project"].get("dates", {}).get("submitted") for example in RAISE.examples()
    }
    for rule in RAISE.rules:
        assert {rule.first, rule.first - datetime.timedelta(days=1)} <= days, rule.id


def test_figures_that_a_rule_reads_hold_from_when_it_does():
    for rule in RAISE.rules:
        for name in rule.reads:
            first = min(version.first for version in RAISE.values[name].versions)
            assert first <= rule.first, rule.id


def test_a_wrong_example_is_told(tmp_path):
    text = RAISE.document.text.replace('gives = { overall = "undetermined", quota = "unknown" }',
                                       'gives = { overall = "eligible", quota = "unknown" }')  # fmt: skip
    path = tmp_path / "mine.toml"
    path.write_text(text)
    [wrong] = [outcome.wrong for outcome in examples.run(scheme.load(str(path))).outcomes if outcome.wrong]
    assert wrong == (("overall", "eligible", "undetermined"),)


@pytest.mark.parametrize(
    ("gives", "expected"),
    [('qouta = "unknown"', ("F115", "quota")), ('quota = "failed"', ("F107", "fail"))],
)
def test_an_example_that_expects_what_can_not_be_is_refused(tmp_path, gives, expected):
    text = RAISE.document.text.replace('gives = { overall = "undetermined", quota = "unknown" }',
                                       f"gives = {{ {gives} }}")  # fmt: skip
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(Refused) as caught:
        examples.run(scheme.load(str(path)))
    assert [(d.code, d.near) for d in caught.value.diagnostics] == [expected]
    assert caught.value.diagnostics[0].place.line
