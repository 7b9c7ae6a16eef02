"""``match``, and what is asked of the library: list, show, diff, new."""

import json

import pytest

PROJECT = "projects/separators.toml"
COMPANY = """\
[project]
title = "Line"
currency = "HKD"
[project.dates]
submitted = 2025-03-20
[applicant]
type = "company"
place = "hk"
"""


@pytest.fixture
def project(example):
    return example(PROJECT)


def document(result):
    return json.loads(result.raw)


def test_a_raise_project_fits_raise(ipcalc, project):
    result = ipcalc("match", project, "--format", "json")
    assert (result.code, result.error) == (0, "")
    [fits] = [one for one in document(result)["matches"] if one["standing"] == "eligible"]
    assert (fits["scheme"], fits["open"]["status"], fits["open"]["call"]) == ("hk/raise-plus", "open", "2025")


def test_the_best_comes_first(ipcalc, project):
    order = ["eligible", "review", "undetermined", "nearly", "ineligible"]
    found = [one["standing"] for one in document(ipcalc("match", project, "--format", "json"))["matches"]]
    assert found == sorted(found, key=order.index)


def test_one_change_away(ipcalc, project):
    result = ipcalc("match", project, "--set", "ip.inventor_share=60%", "--format", "json", "--place", "hk")
    assert result.code in (1, 3)
    [near] = [one for one in document(result)["matches"] if one["scheme"] == "hk/raise-plus"]
    assert (near["standing"], near["fails"]["rule"]) == ("nearly", "ip-share")
    assert (near["mend"]["fact"], near["mend"]["to"]) == ("ip.inventor_share", "0.7")


def test_only_a_place(ipcalc, project):
    for place in ("hk", "Hong Kong", "香港"):
        found = document(ipcalc("match", project, "--place", place, "--format", "json"))["matches"]
        assert {one["place"] for one in found} == {"hk"}
    found = document(ipcalc("match", project, "--place", "cn", "--format", "json"))["matches"]
    assert {"cn-gd", "cn-hb"} < {one["place"] for one in found}


def test_only_what_is_open(ipcalc, project):
    found = document(ipcalc("match", project, "--open", "--format", "json"))["matches"]
    assert {one["open"]["status"] for one in found} == {"open"}


def test_a_long_list_is_cut_unless_all_is_asked_for(ipcalc, tmp_path):
    (tmp_path / "p.toml").write_text(COMPANY)
    short, whole = (ipcalc("match", tmp_path / "p.toml", *more) for more in ([], ["--all"]))
    assert "more (--all shows them)" in short.out and "--all" not in whole.out
    assert len(whole.out) > len(short.out)


def test_one_broken_scheme_stops_no_other(ipcalc, project, tmp_path):
    (tmp_path / "funding" / "my").mkdir(parents=True)
    (tmp_path / "funding" / "my" / "broken.toml").write_text("id = \n")
    result = ipcalc("match", project, "--schemes", tmp_path)
    assert result.code == 0
    assert "Could not be read" in result.out and "T107" in result.out
    assert "hk/raise-plus" in result.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--place", "Atlantis"], 2, "F115"),
        (["--set", "applicant.tpye=x"], 2, "F102"),
        (["--as-of", "yesterday"], 2, "is not a date"),
    ],
)
def test_what_is_refused(words, code, said, ipcalc, project):
    result = ipcalc("match", project, *words)
    assert (result.code, result.out) == (code, "")
    assert said in result.error


def test_exit_codes(ipcalc, project, tmp_path):
    assert ipcalc("match", project, "--place", "il").code == 1
    assert ipcalc("match", project, "--place", "il", "--exit-zero").code == 0
    (tmp_path / "p.toml").write_text(COMPANY)
    assert ipcalc("match", tmp_path / "p.toml", "--place", "hk").code == 3


# -- the library --------------------------------------------------------------------------------------


def ids(result):
    return [one["id"] for one in document(result)["schemes"]]


def test_a_list_by_place_applicant_and_date(ipcalc):
    everything = ids(ipcalc("schemes", "list", "--format", "json"))
    here = ids(ipcalc("schemes", "list", "--place", "hk", "--format", "json"))
    assert set(here) >= {name for name in everything if name.startswith("hk/")} > {"hk/raise-plus"}
    assert not any(name.startswith(("cn/", "us/")) for name in here)
    companies = ids(ipcalc("schemes", "list", "--place", "hk", "--applicant", "company", "--format", "json"))
    assert {"hk/nias", "hk/ess"} <= set(companies) < set(here)
    assert "hk/raise-plus" not in companies


@pytest.mark.parametrize(
    ("day", "expected"), [("2025-10-31", "open"), ("2025-11-01", "closed"), ("2025-09-10", "not-yet")]
)
def test_a_list_by_what_is_open(day, expected, ipcalc):
    words = ["schemes", "list", "--on", day, "--status", expected, "--format", "json"]
    assert "hk/raise-plus" in ids(ipcalc(*words))
    table = ipcalc("schemes", "list", "--on", day, "--place", "hk")
    assert (table.code, table.error) == (0, "")


def test_a_status_needs_a_date(ipcalc):
    assert ipcalc("schemes", "list", "--status", "open").code == 2


def test_what_changed_between_two_dates(ipcalc):
    found = document(ipcalc("schemes", "diff", "hk/tvp", "2019-03-01", "2020-04-01", "--format", "json"))
    changed = {
        one["name"]: (one["before"], one["after"]) for one in found["changes"] if one["kind"] == "value"
    }
    assert ("2:1", "3:1") in changed.values()
    assert ("HKD 400,000", "HKD 600,000") in changed.values()


def test_nothing_changed(ipcalc):
    result = ipcalc("schemes", "diff", "hk/tvp", "2020-05-01", "2020-05-02")
    assert (result.code, "Nothing differs." in result.out) == (0, True)


def test_two_schemes_apart(ipcalc):
    words = ["schemes", "diff", "hk/tsssu", "hk/tsssu-plus", "--as-of", "2025-02-01", "--format", "json"]
    changes = document(ipcalc(*words))["changes"]
    ages = [(one["before"], one["after"]) for one in changes if one["name"] == "age_most"]
    assert ages == [("2 years", "7 years")]
    assert {one["name"] for one in changes if one["before"] is None} >= {"private-investment"}


@pytest.mark.parametrize(
    "words",
    [["hk/tvp"], ["hk/tvp", "2020-01-01", "2020-01-02", "2020-01-03"], ["hk/tvp", "2020-01-01", "later"],
     ["hk/tvp", "hk/none"]],
)  # fmt: skip
def test_a_diff_that_can_not_be(words, ipcalc):
    result = ipcalc("schemes", "diff", *words)
    assert (result.code, result.out) == (2, "")


def test_a_scheme_as_it_stood(ipcalc):
    words = ["schemes", "show", "hk/tvp", "--format", "json"]
    whole = document(ipcalc(*words))["scheme"]
    then = document(ipcalc(*words, "--as-of", "2019-03-01"))["scheme"]
    assert (whole["as_of"], then["as_of"]) == (None, "2019-03-01")

    def ratios(shown):
        values = [value for rule in shown["rules"] for value in rule["values"]]
        return {
            r["value"] for v in values for one in v["versions"] for r in one["readings"] if ":" in r["value"]
        }

    assert ratios(whole) == {"2:1", "3:1"}
    assert ratios(then) == {"2:1"}


def test_a_new_scheme_is_sound(ipcalc, tmp_path):
    file = tmp_path / "grant.toml"
    assert ipcalc("schemes", "new", "my/grant", "-o", file).code == 0
    tested = document(ipcalc("schemes", "test", file, "--format", "json"))["results"]
    assert [(one["id"], one["passed"], one["missing"]) for one in tested] == [("my/grant", True, {})]
    assert ipcalc("schemes", "lint", file).code == 0


@pytest.mark.parametrize("name", ["../grant", "My Grant", ""])
def test_an_id_that_can_not_be(name, ipcalc):
    result = ipcalc("schemes", "new", name)
    assert (result.code, result.out) == (2, "")
    assert "F111" in result.error
