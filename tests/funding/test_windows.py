"""Whether a scheme takes applications, where a call's beginning or end is not stated."""

import datetime

import pytest
from small import HEAD, read_scheme, refused, rule, said

from ipcalc.funding import scheme, vocabulary
from ipcalc.funding.world import opening
from ipcalc.inputs import toml

DAY = datetime.date.fromisoformat
SEEN = '[[calls]]\nid = "all"\nopens = 2024-01-01\nseen = 2024-06-30\nsource = "a"\n'
CLOSES = '[[calls]]\nid = "last"\ncloses = 2024-06-30\nsource = "a"\n'
OTHER = '[[calls]]\nid = "{}"\nopens = {}-03-01\ncloses = {}-03-31\nsource = "a"\n'


def on(day, *calls):
    found = opening(read_scheme(rule("x", require="true") + "".join(calls)), DAY(day), {})
    return found.status, found.call, found.why


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2023-12-31", ("not-yet", None, "")),
        ("2024-01-01", ("open", "all", "")),
        ("2024-06-30", ("open", "all", "")),
        ("2024-07-01", ("unknown", "all", "seen")),  # nobody says whether it still is
    ],
)
def test_no_end_is_stated(day, expected):
    assert on(day, SEEN) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-06-29", ("unknown", "last", "opening")),  # it may not have begun
        ("2024-06-30", ("open", "last", "")),  # its last day
        ("2024-07-01", ("closed", None, "")),
    ],
)
def test_no_beginning_is_stated(day, expected):
    assert on(day, CLOSES) == expected


def test_a_call_whose_days_are_known_goes_first():
    assert on("2024-03-15", CLOSES, OTHER.format("known", 2024, 2024)) == ("open", "known", "")
    assert on("2024-03-15", OTHER.format("known", 2024, 2024), CLOSES) == ("open", "known", "")
    assert on("2025-03-15", SEEN, OTHER.format("next", 2025, 2025)) == ("open", "next", "")


def test_the_dates_that_are_shown():
    found = opening(read_scheme(rule("x", require="true") + CLOSES), DAY("2024-08-01"), {})
    assert (found.opens, found.closes) == (None, DAY("2024-06-30"))
    found = opening(read_scheme(rule("x", require="true") + SEEN), DAY("2024-02-01"), {})
    assert (found.closes, found.seen) == (None, DAY("2024-06-30"))


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ('[[calls]]\nid = "x"\nopens = 2024-01-01\nsource = "a"\n', "F114"),  # no end at all
        (SEEN + "closes = 2024-05-01\n", "F121"),  # two
        (SEEN.replace("seen = 2024", "seen = 2023"), "F116"),
    ],
)
def test_what_a_call_must_say(call, code):
    text = HEAD + call + rule("x", require="true")
    found = refused(scheme.compile_scheme, toml.parse("scheme.toml", text), vocabulary.shipped())
    assert [one[0] for one in said(found, text)] == [code]


def test_a_suspension_on_a_date_that_is_stated_holds_without_a_day_of_application():
    text = '[[suspended]]\nfrom = 2025-10-01\nuntil = 2026-04-12\non = "award"\nsource = "a"\n'
    made = read_scheme(rule("x", require="true") + text)
    assert opening(made, None, {"award": DAY("2026-04-12")}).status == "suspended"
    assert opening(made, None, {"award": DAY("2026-04-13")}).status == "unknown"
