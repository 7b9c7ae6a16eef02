"""Quantities: read, printed and divided exactly. The calendar is held against a walk, day by day."""

import calendar
import itertools
import time
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipcalc import quantity
from ipcalc.quantity import Duration, Period, Unreadable, read


def refused(kind, raw):
    with pytest.raises(Unreadable) as caught:
        read(kind, raw)
    return caught.value.code


# -- reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "raw", "value", "unit"),
    [
        ("share", "33.3%", Fraction(333, 1000), None),
        ("share", "1/3", Fraction(1, 3), None),
        ("share", Decimal("0.7"), Fraction(7, 10), None),
        ("share", "100 %", 1, None),
        ("share", 0, 0, None),
        ("ratio", "2:1", 2, None),
        ("ratio", "1:3", Fraction(1, 3), None),
        ("ratio", "1.5 : 2", Fraction(3, 4), None),
        ("money", 24_000_000, 24_000_000, None),
        ("money", "24,000,000", 24_000_000, None),
        ("money", "HKD 100 million", 100_000_000, "HKD"),
        ("money", "HKD 1_500_000.50", Fraction(3_000_001, 2), "HKD"),
        ("money", "HKD 2 billion", 2_000_000_000, "HKD"),
        ("money", "HKD24", 24, "HKD"),
        ("money", "HKD -5", -5, "HKD"),
        ("money", "JPY 0.5 thousand", 500, "JPY"),
        ("money", "KWD 1.005", Fraction(201, 200), "KWD"),
        ("money", Decimal("1.50"), Fraction(3, 2), None),
        ("number", "-1/4", Fraction(-1, 4), None),
        ("number", Decimal("1E+3"), 1000, None),
        ("count", 3, 3, None),
        ("duration", "36 months", Duration(36, "months"), None),
        ("duration", "3 years", Duration(36, "months"), None),
        ("duration", "2 weeks", Duration(14, "days"), None),
        ("duration", "1 day", Duration(1, "days"), None),
    ],
)
def test_reads_what_people_write(kind, raw, value, unit):
    found = read(kind, raw)
    assert (found.value, found.unit) == (value, unit)
    assert not isinstance(found.value, float)
    if isinstance(raw, str):
        assert str(found) == raw


@pytest.mark.parametrize("kind", quantity.KINDS)
@pytest.mark.parametrize("raw", [True, False, [], {}, date(2026, 1, 1), None])
def test_other_types_are_refused(kind, raw):
    assert refused(kind, raw) == "F103"


@pytest.mark.parametrize("kind", quantity.KINDS)
@pytest.mark.parametrize(
    "raw", ["１２", "", " ", "abc", "1__0", "1,00", "0x10", "1e3", "٣", "−5", "+-5", "NaN", "1\n"]
)
def test_unreadable_text_is_refused(kind, raw):
    assert refused(kind, raw) in ("F103", "F104")


@pytest.mark.parametrize("kind", ["money", "share", "ratio", "number"])
@pytest.mark.parametrize(
    "raw",
    [
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("-Infinity"),
        Decimal("1E+999999999"),
        Decimal("1E-999999999"),
        Decimal("0E+999999999"),
        10**18,
        -(10**18),
        "1" + "0" * 18,
        "0.0000000000001",
        Decimal("0.0000000000001"),
        "1" * 81,
        pytest.param(1 << 400_000, id="120,000 digits"),
    ],
)
def test_what_is_too_large_or_too_fine_is_refused_at_once(kind, raw):
    began = time.process_time()
    assert refused(kind, raw) == "F106"
    assert time.process_time() - began < 0.5


def test_the_bounds_themselves_are_read():
    assert read("number", 10**18 - 1).value == 10**18 - 1
    assert read("number", "0.000000000001").value == Fraction(1, 10**12)
    assert read("money", f"HKD {10**18 - 1}").value == 10**18 - 1
    assert refused("money", "HKD 1000000000 billion") == "F106"
    assert read("count", 0).value == 0
    assert read("number", "0" * 79 + "5").value == 5
    assert refused("number", "0" * 80 + "5") == "F106"
    assert read("duration", "1200 months").value.number == 1200
    assert refused("duration", "101 years") == "F106"
    assert refused("duration", "36526 days") == "F106"


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("money", "HKD 1.005", "F105"),
        ("money", "JPY 0.5", "F105"),
        ("money", "XYZ 5", "F108"),
        ("money", "HK$100", "F108"),
        ("money", "hkd 100", "F108"),
        ("money", "$5", "F108"),
        ("money", "HKD", "F104"),
        ("money", "5 HKD", "F104"),
        ("share", "100.1%", "F106"),
        ("share", "-1%", "F106"),
        ("share", "3/2", "F106"),
        ("share", "1/0", "F106"),
        ("ratio", "1:0", "F106"),
        ("ratio", "-1:2", "F106"),
        ("count", -1, "F106"),
        ("count", Decimal("3.0"), "F103"),
        ("count", "3", "F103"),
        ("duration", 36, "F104"),
        ("duration", "-1 months", "F104"),
        ("duration", "1.5 years", "F104"),
    ],
)
def test_refusals(kind, raw, code):
    assert refused(kind, raw) == code


def test_a_currency_near_the_one_meant_is_named():
    with pytest.raises(Unreadable) as caught:
        read("money", "HK$100")
    assert caught.value.args_of_message == {"value": "HK$", "near": "HKD"}


def test_currencies():
    assert all(type(digits) is int and 0 <= digits <= 4 for digits in quantity.currencies().values())
    assert all(len(code) == 3 and code.isupper() for code in quantity.currencies())
    assert quantity.currencies()["JPY"] == 0


decimals = st.decimals(min_value=-(10**17), max_value=10**17, places=6, allow_nan=False, allow_infinity=False)
shares = st.fractions(min_value=0, max_value=1, max_denominator=10**6)


@given(decimals)
def test_numbers_print_and_parse(number):
    value = read("number", number).value
    assert value == Fraction(number)
    assert read("number", quantity.plain(value)).value == value
    assert read("number", quantity.grouped(value)).value == value
    assert read("number", f"{number:f}").value == value


@given(shares)
def test_shares_print_and_parse(share):
    assert read("share", f"{share.numerator}/{share.denominator}").value == share
    printed = quantity.percent(share)
    if len(printed) < 15:
        assert read("share", printed).value == share


@given(st.fractions(0, 10**11, max_denominator=10**6))
def test_ratios_print_and_parse(ratio):
    assert read("ratio", quantity.ratio(ratio)).value == ratio


@given(st.integers(-(10**15), 10**15), st.sampled_from(sorted(quantity.currencies())))
def test_money_prints_and_parses(minor, currency):
    for printed in (quantity.money(minor, currency), quantity.money_plain(minor, currency)):
        found = read("money", f"{currency} {printed}")
        assert quantity.to_minor(found.value, found.unit) == minor
    assert quantity.to_minor(quantity.to_major(minor, currency), currency) == minor


@given(st.integers(0, 1200))
def test_durations_parse(number):
    assert read("duration", f"{number} months").value == Duration(number, "months")


@given(st.text(max_size=100), st.sampled_from(quantity.KINDS))
def test_any_text_is_a_quantity_or_refused(text, kind):
    try:
        found = read(kind, text)
    except Unreadable:
        return
    assert found.text == text.strip(" ")
    assert isinstance(found.value, int | Fraction | Duration)


# -- printing -----------------------------------------------------------------------------------------


def test_printing():
    assert quantity.plain(Fraction(333, 1000)) == "0.333"
    assert quantity.plain(Fraction(-1, 3)) == "-1/3"
    assert quantity.plain(-5) == "-5"
    assert quantity.plain(Fraction(-1, 20), 2) == "-0.05"
    assert quantity.plain(5, 2) == "5.00"
    with pytest.raises(ValueError, match="decimal places"):
        quantity.plain(Fraction(1, 1000), 2)
    assert quantity.grouped(-1234567) == "-1,234,567"
    assert quantity.grouped(Fraction(1234567891, 1000)) == "1,234,567.891"
    assert quantity.grouped(Fraction(-1234567, 10**7)) == "-0.1234567"
    assert quantity.grouped(999) == "999"
    assert quantity.money(2_400_000_000, "HKD") == "24,000,000"
    assert quantity.money(50, "HKD") == "0.50"
    assert quantity.money(-50, "HKD") == "-0.50"
    assert quantity.money(Fraction(200_000, 3), "HKD") == "2,000/3"
    assert quantity.money(1_000, "JPY") == "1,000"
    assert quantity.money_plain(33_300_000, "HKD") == "333000.00"
    assert quantity.money_plain(1_000, "JPY") == "1000"
    assert quantity.percent(Fraction(333, 1000)) == "33.3%"
    assert quantity.percent(Fraction(1, 3)) == "1/3"
    assert quantity.percent(Fraction(1, 3), 2) == "33.33%"
    assert quantity.percent(Fraction(1, 8), 0) == "13%"
    assert quantity.percent(Fraction(-1, 8), 0) == "-13%"
    assert quantity.percent(Fraction(-1, 8)) == "-12.5%"
    assert quantity.percent(0, 1) == "0.0%"
    assert quantity.percent(1) == "100%"
    assert quantity.ratio(2) == "2:1"
    assert quantity.ratio(Fraction(1, 3)) == "1:3"


@given(shares, st.integers(0, 4))
def test_a_rounded_percentage_is_near_and_mirrors(share, places):
    printed = quantity.percent(share, places)
    found = read("number", printed.removesuffix("%")).value
    assert abs(found - share * 100) <= Fraction(1, 2 * 10**places)
    if found:
        assert quantity.percent(-share, places) == f"-{printed}"


# -- calendar -----------------------------------------------------------------------------------------


def months_later(day, months):
    """The twin of ``shift``: one month at a time, then the day as near to the wanted one as the month has."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def days_from(first, number):
    return [first + timedelta(days=i) for i in range(number)]


def test_a_phase_of_36_months():
    phase = Period(date(2026, 4, 1), date(2029, 3, 31))
    assert quantity.compare_period(phase, Duration(36, "months")) == 0
    assert quantity.compare_period(phase._replace(last=date(2029, 4, 1)), Duration(36, "months")) == 1
    assert quantity.compare_period(phase._replace(last=date(2029, 3, 30)), Duration(36, "months")) == -1
    assert quantity.months_and_days(phase) == (36, 0)


def test_shift_against_a_walk():
    for first in days_from(date(2023, 1, 1), 2 * 366):
        for months in (0, 1, 2, 11, 12, 13, 24, 36):
            assert quantity.shift(first, Duration(months, "months")) == months_later(first, months)
        assert quantity.shift(first, Duration(45, "days"), -1) == first - timedelta(days=45)


def test_every_boundary_against_a_walk():
    for first in days_from(date(2023, 12, 20), 80):
        for months in (1, 2, 12, 13, 36):
            due = months_later(first, months)
            for last in days_from(due - timedelta(days=34), 68):
                if last < first:
                    continue
                expected = (last >= due) - (last < due - timedelta(days=1))
                assert quantity.compare_period(Period(first, last), Duration(months, "months")) == expected


def test_months_and_days_against_a_walk():
    for first in days_from(date(2023, 12, 20), 80):
        for last in days_from(first, 430):
            after = last + timedelta(days=1)
            whole = next(n for n in itertools.count() if months_later(first, n + 1) > after)
            days = (after - months_later(first, whole)).days
            assert quantity.months_and_days(Period(first, last)) == (whole, days)


@given(
    st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    st.integers(0, 36_525),
    st.integers(0, 1200),
    st.sampled_from(["months", "days"]),
)
def test_periods_never_fail_at_the_edge_of_the_calendar(first, days, number, unit):
    last = min(first + timedelta(days=days), date(2200, 12, 31))
    period = Period(first, last)
    months, left = quantity.months_and_days(period)
    assert months >= 0
    assert 0 <= left < 31
    assert quantity.compare_period(period, Duration(months, "months")) == (left > 0)
    assert quantity.compare_period(period, Duration(months + 1, "months")) == -1
    assert quantity.compare_period(period, Duration(number, unit)) in (-1, 0, 1)


@pytest.mark.parametrize("unit", ["months", "days"])
def test_shift_stays_in_the_calendar(unit):
    with pytest.raises(OverflowError):
        quantity.shift(date(2200, 12, 31), Duration(1, unit))
    with pytest.raises(OverflowError):
        quantity.shift(date(1900, 1, 1), Duration(1, unit), -1)
    with pytest.raises(OverflowError):
        quantity.shift(date(2000, 1, 1), Duration(10**9, unit))


def test_month_ends_and_leap_years():
    assert quantity.shift(date(2024, 1, 31), Duration(1, "months")) == date(2024, 2, 29)
    assert quantity.shift(date(2023, 1, 31), Duration(1, "months")) == date(2023, 2, 28)
    assert quantity.shift(date(2024, 2, 29), Duration(12, "months")) == date(2025, 2, 28)
    assert quantity.shift(date(2026, 3, 31), Duration(1, "months"), -1) == date(2026, 2, 28)
    assert quantity.shift(date(2100, 1, 31), Duration(1, "months")) == date(2100, 2, 28)


# -- dividing -----------------------------------------------------------------------------------------

weights = st.lists(
    st.one_of(st.integers(0, 50), st.fractions(0, 50, max_denominator=97)), min_size=1, max_size=8
)
weights = weights.filter(any)
totals = st.integers(-(10**20), 10**20)


def test_published_examples():
    assert quantity.allocate(1, [1, 1, 1]) == [1, 0, 0]
    assert quantity.allocate(7000, [1, 1, 1]) == [2334, 2333, 2333]
    assert quantity.allocate(9999, [75, 25]) == [7499, 2500]
    assert quantity.allocate(-7000, [1, 1, 1]) == [-2334, -2333, -2333]
    assert quantity.allocate(0, [1, 2]) == [0, 0]


def test_largest_remainder_then_the_earlier():
    assert quantity.apportion([Fraction(1, 4), Fraction(3, 4)]) == [0, 1]
    assert quantity.apportion([Fraction(1, 2), Fraction(1, 2)]) == [1, 0]
    assert quantity.apportion([Fraction(5, 3), Fraction(5, 3), Fraction(5, 3)]) == [2, 2, 1]
    assert quantity.apportion([]) == []


@pytest.mark.parametrize("bad", [[0, 0], [], [1, -1], [-1, 2]])
def test_weights_that_divide_nothing(bad):
    with pytest.raises(ValueError, match="weights"):
        quantity.allocate(10, bad)


def test_amounts_that_are_not_whole_together():
    with pytest.raises(ValueError, match="1/2"):
        quantity.apportion([Fraction(1, 2)])


@given(totals, weights)
def test_parts_add_up_and_are_near(total, parts):
    found = quantity.allocate(total, parts)
    assert sum(found) == total
    whole = sum(parts, Fraction(0))
    for units, weight in zip(found, parts, strict=True):
        assert abs(units - Fraction(total) * weight / whole) < 1
        assert weight or units == 0
    assert quantity.allocate(-total, parts) == [-units for units in found]


@given(totals, weights, st.randoms(use_true_random=False))
def test_order_matters_only_between_ties(total, parts, random):
    whole = sum(parts, Fraction(0))
    exact = [Fraction(total) * weight / whole for weight in parts]
    order = list(range(len(parts)))
    random.shuffle(order)
    found, moved = quantity.apportion(exact), quantity.apportion([exact[i] for i in order])
    for place, i in enumerate(order):
        if sum(amount % 1 == exact[i] % 1 for amount in exact) == 1:
            assert moved[place] == found[i]


@given(totals, weights)
def test_no_other_whole_parts_are_nearer(total, parts):
    whole = sum(parts, Fraction(0))
    exact = [Fraction(total) * weight / whole for weight in parts]
    found = quantity.apportion(exact)
    distance = sum((units - amount) ** 2 for units, amount in zip(found, exact, strict=True))
    for give, take in itertools.permutations(range(len(parts)), 2):
        other = [units - (i == give) + (i == take) for i, units in enumerate(found)]
        assert distance <= sum((units - amount) ** 2 for units, amount in zip(other, exact, strict=True))


@pytest.mark.parametrize(
    ("minor", "currency", "column", "exact"),
    [
        (123_456_700, "HKD", "1,234,567.00", "1234567.00"),
        (Fraction(200, 3), "HKD", "≈0.67", "2/3"),
        (Fraction(1, 2), "HKD", "≈0.01", "0.005"),  # a half upwards
        (Fraction(300, 3), "USD", "1.00", "1.00"),
        (7, "JPY", "7", "7"),
        (Fraction(15, 2), "JPY", "≈8", "7.5"),
        (0, "JPY", "0", "0"),
    ],
)
def test_an_amount_for_a_column_and_for_machines(minor, currency, column, exact):
    assert quantity.money_column(minor, currency) == column
    assert quantity.money_exact(minor, currency) == exact
