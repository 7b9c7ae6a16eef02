"""What is read into a package is told in every language, until it is stated; and a package becomes a file."""

import zipfile

import pytest
from ocf_packages import (
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
    raw,
    safe,
    share_class,
    stock,
    tx,
    warrant,
)

from ipcalc import equity, texts
from ipcalc.inputs import toml

SAFE = safe(conversion_valuation_cap=money(5000))
NOTE = note(conversion_valuation_cap=money(9000))
STATED = ratio(3, 2, (3, 2)) | {"liquidation_preference_multiple": "1"}
EVENTS = [
    stock("s1", "ada", 100),
    convertible("v1", "fund", 1000, SAFE),
    convertible("v2", "fund", 1000, NOTE, kind="NOTE", triggers=matures(NOTE)),
    convertible("v3", "fund", 1000, SAFE | {"conversion_timing": "PRE_MONEY"}),
    options("o1", "bo", 10, compensation_type="RSU", exercise_price=None),
    options("o2", "bo", 10, expiration_date="2034-01-01"),
    warrant("w1", "cy", 5),
]
CLASSES = [
    share_class("a", "PREFERRED", **ratio(3, 2, (3, 2))),
    share_class("b", "PREFERRED", **STATED, participation_cap_multiple="2"),
]
ALL = files(*EVENTS, classes=CLASSES, plans=[plan()])


def assumed(content, *settings):
    return {
        (one.key, one.args.get("id", ""))
        for one in follow(content, settings).assumptions
        if one.key[:4] == "ocf-"
    }


TOLD = {
    ("ocf-preference", "a"),
    ("ocf-participation", "a"),
    ("ocf-cap", "b"),
    ("ocf-post-money", "x-v1"),
    ("ocf-pre-money", "x-v2"),
    ("ocf-pre-money", "x-v3"),
    ("ocf-units", "x-o1"),
    ("ocf-expiry", "x-o2"),
}


def test_what_a_package_leaves_open_is_assumed_and_told():
    assert assumed(ALL) == TOLD


@pytest.mark.parametrize(
    ("setting", "about"),
    [
        ("classes.a.preference=2x", ("ocf-preference", "a")),
        ("classes.a.participation=full", ("ocf-participation", "a")),
        ("classes.b.cap.of=participation", ("ocf-cap", "b")),
        ("events.x-v1.basis=post-money", ("ocf-post-money", "x-v1")),
        ('events.x-v2.cap_counts=["converting"]', ("ocf-pre-money", "x-v2")),
        ('events.x-v3.counts=["converting"]', ("ocf-pre-money", "x-v3")),
        ("events.x-o1.strike=1", ("ocf-units", "x-o1")),
    ],
)
def test_what_is_stated_is_assumed_no_more(setting, about):
    assert assumed(ALL, setting) == TOLD - {about}


def test_how_shares_are_rounded():
    open_ = files(stock("s1", "ada", 100))
    assert assumed(open_) == {("ocf-rounding", "")}
    assert assumed(open_, "rounding.shares=half-up") == set()
    for how in ("FLOOR", "NORMAL", "CEILING"):
        classes = [share_class("a", "PREFERRED", **(STATED | ratio(3, 2, (3, 2), how)))]
        assert assumed(files(stock("s1", "ada", 100), classes=classes)) == {("ocf-participation", "a")}
    two = [
        share_class(name, "PREFERRED", **(STATED | ratio(3, 2, (3, 2), how)))
        for name, how in (("a", "FLOOR"), ("b", "NORMAL"))
    ]
    assert ("ocf-rounding", "") in assumed(files(stock("s1", "ada", 100), classes=two))


def test_comments_say_what_the_format_has_no_field_for():
    said = ['ipcalc: participation = "full"', 'ipcalc: preference = "1.5x"']
    classes = [share_class("a", "PREFERRED", **ratio(3, 2, (3, 2)), comments=said)]
    rounding = {"comments": ['ipcalc: rounding = { shares = "half-up" }']}
    assert assumed(files(stock("s1", "ada", 100), classes=classes, manifest=rounding)) == set()


def test_what_a_package_says_that_changes_nothing_yet_is_told():
    """A SAFE's multiple at an exit, a vesting warrant, options whose plan has no rule for cancelled ones."""
    multiple = SAFE | {
        "conversion_timing": "POST_MONEY",
        "exit_multiple": {"numerator": "2", "denominator": "1"},
    }
    gone = {"security_id": "o1", "quantity": "4", "reason_text": "left"}
    content = files(
        stock("s1", "ada", 100),
        convertible("v1", "fund", 1000, multiple),
        options("o1", "bo", 10),
        tx("EQUITY_COMPENSATION_CANCELLATION", "c1", "2024-06-01", **gone),
        warrant("w1", "cy", 5, vestings=[{"date": "2025-01-01", "amount": "5"}]),
        classes=[share_class("a", "PREFERRED", **STATED, participation_cap_multiple="2")],
        plans=[plan(default_cancellation_behavior=None)],
    )
    told = assumed(content) - {("ocf-cap", "a")}
    assert told == {("ocf-exit-multiple", "x-v1"), ("ocf-warrant-vesting", "x-w1"), ("ocf-return", "c1")}


def test_a_changed_file_is_told():
    content = files(stock("s1", "ada", 100))
    content["Manifest.ocf.json"]["transactions_files"][0]["md5"] = "0" * 32
    assert ("ocf-checksum", "") in assumed(content)


@pytest.fixture
def zipped(tmp_path):
    def write(content):
        with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
            for name, one in raw(content).items():
                archive.writestr(name, one)
        return tmp_path / "p.zip"

    return write


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_the_command_tells_them_in_each_language(lang, ipcalc, zipped):
    path = zipped(ALL)
    whole = "".join(ipcalc("equity", path, "--lang", lang).out.split())
    result = follow(ALL)
    for one in result.assumptions:
        said = texts.say(f"equity.assumes.{one.key}", lang, **one.args)
        assert "".join(said.split()) in whole
    stated = ipcalc("equity", path, "--lang", lang, "--set", "classes.a.preference=2x").out
    said = texts.say("equity.assumes.ocf-preference", lang, name="A", id="a")
    assert "".join(said.split()) not in "".join(stated.split())


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_a_package_as_a_file_leads_to_the_same_holdings(lang, ipcalc, zipped, tmp_path):
    moved = [
        tx("STOCK_TRANSFER", "t", "2024-02-01", of="s1", quantity="40", to=["s2"]),
        stock("s2", "bo", 40, "2024-02-01"),
        tx("WARRANT_EXERCISE", "e", "2024-03-01", of="w1", to=["s3"], trigger_id="t"),
        stock("s3", "cy", 5, "2024-03-01", price=5),
    ]
    content = files(*EVENTS, *moved, classes=CLASSES, plans=[plan()])
    text = ipcalc("equity", zipped(content), "--format", "toml", "--lang", lang)
    assert text.code == 0
    again = equity.follow(toml.parse("again.toml", text.out))
    first = follow(content)
    assert positions(again) == positions(first)
    assert again.events[-1].state.convertibles == first.events[-1].state.convertibles
    assert [step.holdings for step in again.events] == [step.holdings for step in first.events]
    (tmp_path / "again.toml").write_text(text.out)
    assert ipcalc("equity", tmp_path / "again.toml").code == 0
