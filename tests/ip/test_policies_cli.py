"""``ipcalc policies`` and policies in ``ipcalc compare``: lists, words, differences, lints, orders."""

# ruff: noqa: E501  # a policy, or a case, a line

from __future__ import annotations

import json
from pathlib import Path

import pytest
from policies import HEAD, KITAMI, RPI, UMBC, YALE_BANDS, flow
from rich.cells import cell_len

from ipcalc import library
from ipcalc.changes import changes
from ipcalc.ip import diff

TEXT = (
    HEAD.format(currency="USD", more='languages = ["en"]') + '[[versions]]\nsource = "s"\nsteps = [{steps}]\n'
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch):
    """Writes a policy and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "my.toml") -> str:
        (tmp_path / name).write_text(text)
        return name

    return write


def test_the_list_is_of_policies_alone(ipcalc) -> None:
    found = json.loads(ipcalc("policies", "list", "--format", "json").out)
    assert [one["id"] for one in found["policies"]] == [*library.find("ip")]
    assert found["schemes"] == []
    here = json.loads(ipcalc("policies", "list", "--place", "hk", "--format", "json").out)["policies"]
    assert {one["id"].split("/")[0] for one in here} == {"hk"}


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "zh-Hans"])
@pytest.mark.parametrize("name", library.find("ip"))
def test_every_policy_can_be_shown(name: str, lang: str, ipcalc) -> None:
    shown = ipcalc("policies", "show", name, "--lang", lang)
    assert (shown.code, shown.error) == (0, "")


def test_the_words_of_steps(ipcalc, file) -> None:
    name = file(TEXT.replace("{steps}", UMBC).replace("[[versions]]", RPI + "[[versions]]", 1))
    shown = " ".join(ipcalc("policies", "show", name).out.split())
    assert "take (gross): Inventors pool rate, at most 10,000 (per invention, over its lifetime)" in shown
    assert "pay back (costs): project_costs, at most 70% of gross" in shown
    slabs = file(TEXT.replace("{steps}", KITAMI), "slabs.toml")
    shown = " ".join(ipcalc("policies", "show", slabs).out.split())
    assert "one rate for the whole amount" in shown and "to 2,000,000: Inventors 60%" in shown
    document = json.loads(ipcalc("policies", "show", name, "--format", "json").out)["policy"]
    assert document["inputs"] == [{"input": "pool rate", "kind": "share", "least": "0.1", "most": "0.7"}]
    assert document["versions"][0]["steps"][0]["terms"] == {
        "at_most": "10000", "at_most.per": "invention", "at_most.over": "lifetime",
    }  # fmt: skip


def test_a_difference_of_dates_and_of_policies(ipcalc) -> None:
    found = json.loads(
        ipcalc("policies", "diff", "hk/hku", "2022-01-01", "2024-01-01", "--format", "json").out
    )
    changes = {(one["kind"], one["name"]): (one["before"], one["after"]) for one in found["changes"]}
    assert changes == {("share", "inventors"): ("33.3%", "70%"), ("equity", "stake"): ("10%", "5%")}
    same = ipcalc("policies", "diff", "hk/hku", "2024-01-01", "2025-01-01")
    assert "Nothing differs." in same.out
    two = json.loads(ipcalc("policies", "diff", "hk/hku", "hk/hkust", "--format", "json").out)
    assert {(one["before"], one["after"]) for one in two["changes"]} == {("5%", "unknown")}
    assert ipcalc("policies", "diff", "hk/hku", "2024-01-01").code == 2


def test_steps_of_one_name_are_each_told() -> None:
    two = flow(
        '{ take = "10%", of = "gross", for = "u" }, { take = "5%", of = "gross", for = "u" }, ' + SHARE
    )
    one = flow('{ take = "20%", of = "gross", for = "u" }, ' + SHARE)
    found = changes(diff.side(two, None), diff.side(one, None))
    assert [(one.name, one.before, one.after) for one in found] == [
        ("u", "10% of gross", "20% of gross"), ("u", "5% of gross", None),
    ]  # fmt: skip


SHARE = '{ share = { inventors = "50%", lab = "50%" } }'
LINTS = {  # steps and what follows them, code
    "limit before its share": ('{ recover = "costs", for = "u" }, { limit = "lab", to = "u", at_most = { amount = 5 } }, ' + SHARE, "", "L401"),
    "nothing pays costs": (SHARE, "", "L402"),
    "two versions": ('{ recover = "costs", for = "u" }, ' + SHARE,
                     '[[versions]]\nsource = "s"\nsteps = [{ recover = "costs", for = "u" }, ' + SHARE + "]", "L403"),
    "an advance on everything": (
        '{ take = "100%", for = "inventors", as = "advance", at_most = { amount = 5 } }, { recover = "costs", for = "u" }, '
        '{ share = { inventors = "100%" } }', "", "L405"),
    "costs that a fee covers": ('{ take = "20%", for = "u", covers = "costs" }, ' + SHARE, "", ""),
    "costs that a gap tells of": (SHARE, '[[gaps]]\nabout = { en = "of gross" }\naffects = ["costs"]', ""),
    "a limit for another case": (
        '{ recover = "costs", for = "u" }, { limit = "lab", to = "u", at_most = { amount = 5 }, only = { received = { until = 2020-01-01 } } }, '
        '{ share = { inventors = "50%", lab = "50%" }, only = { received = { from = 2020-01-02 } } }', "", ""),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "more", "code"), LINTS.values(), ids=LINTS)
def test_lints(steps: str, more: str, code: str, ipcalc, file) -> None:
    shown = ipcalc("policies", "lint", file(TEXT.replace("{steps}", steps) + more))
    assert (shown.code, shown.error) == (1 if code else 0, "")
    assert ("L40" in shown.out) is bool(code) and code in shown.out


@pytest.mark.parametrize(
    ("first", "second", "gap"),
    [("until = 2023-12-31", "from = 2024-01-01", False), ("until = 2023-12-30", "from = 2024-01-01", True)],
)
def test_days_between_two_versions(first: str, second: str, gap: bool, ipcalc, file) -> None:
    steps = '[{ recover = "costs", for = "u" }, ' + SHARE + "]"
    text = HEAD.format(currency="USD", more='languages = ["en"]') + "".join(
        f'[[versions]]\nsource = "s"\nonly = {{ received = {{ {dates} }} }}\nsteps = {steps}\n'
        for dates in (first, second)
    )
    shown = ipcalc("policies", "lint", file(text))
    assert ("L404" in shown.out) is gap


def test_the_order_of_policies_by_receipts(ipcalc, file) -> None:
    yale = file(TEXT.replace("{steps}", YALE_BANDS), "yale.toml")
    flat = file(TEXT.replace("{steps}", '{ share = { inventors = "35%", u = "rest" } }'), "flat.toml")
    shown = ipcalc("compare", yale, flat, "--receipts", "100000")
    assert shown.code == 0
    assert "at USD 600,000: A = B" in shown.out and "above USD 600,000: B > A" in shown.out
    document = json.loads(ipcalc("compare", yale, flat, "--receipts", "5", "--format", "json").out)[
        "crossings"
    ]
    assert document["approximate"] is False
    assert document["stretches"][-2:] == [
        {"first": "600000.00", "last": "600000.00", "order": [[0, 1]]},
        {"first": "600000.00", "last": None, "order": [[1], [0]]},
    ]


def test_inputs_dates_accounts_and_laws_on_the_command_line(ipcalc, file) -> None:
    steps = (
        '{ take = { input = "fee", to = "20%" }, of = "gross", for = "u" }, { recover = ["sponsor", "costs"], for = { sponsor = "s", costs = "u" } }, '
        '{ share = { inventors = "60%", u = "rest" } }'
    )
    name = file(
        TEXT.replace("{steps}", steps).replace(
            "steps =", "only = { disclosed = { from = 2020-01-01 } }\nsteps ="
        )
    )
    law = file(HEAD.format(currency="USD", more='kind = "law"').replace("x/test", "x/law")
               + '[[versions]]\nsource = "s"\nsteps = [{ recover = "costs", for = "u" }, { mark = "net" }, { share = { u = "100%" } }]\n'
               'floors = [{ party = "inventors", at_least = "50%", of = "net", source = "s" }]\n', "law.toml")  # fmt: skip
    args = ("split", name, "--receipts", "100", "--costs", "10", "--account", "sponsor=20", "--law", law)
    found = json.loads(
        ipcalc(*args, "--input", "fee=10%", "--date", "disclosed=2021-01-01", "--format", "json").out
    )
    # 10 of 100, then 20 and 10: 36 of 60 for the inventors; half of 90 would be 45
    assert {one["party"]: one["amount"] for one in found["parties"]} == {
        "u": "44.00",
        "s": "20.00",
        "inventors": "36.00",
    }
    assert [(one["required"], one["got"], one["status"]) for one in found["findings"]] == [
        ("45.00", "36.00", "short")
    ]
    for wrong, code in (((), "P415"), (("--input", "fee=30%"), "F106"), (("--input", "feee=1%"), "P404"),
                        (("--input", "fee=5%", "--date", "disclosed=x"), "F104"),
                        (("--input", "fee=5%", "--date", "disclosd=2020-01-01"), "P404")):  # fmt: skip
        shown = ipcalc(*args, *wrong)
        assert shown.code == 2 and code in shown.error


def test_policies_of_a_place_by_any_of_its_names(ipcalc) -> None:
    by_id, by_name = (ipcalc("policies", "list", "--place", place).out for place in ("hk", "香港"))
    assert by_id == by_name
    policies, laws = by_id.split("Laws whose floors are checked")
    assert "hk/hku " in policies and "hk/raise-plus-floor" in laws
    assert "F115" in ipcalc("policies", "list", "--place", "zz").error


def test_a_law_alone_divides_nothing_and_says_so(ipcalc) -> None:
    shown = " ".join(ipcalc("split", "hk/raise-plus-floor", "--receipts", "100").out.split())
    assert "This is a law" in shown and "--law hk/raise-plus-floor" in shown
    assert "the inventors get 0.00" not in shown
    assert (
        "whether Inventors have at least 70% of benefits after costs is not known: HKD 70.00 required"
        in shown
    )


def test_a_comparison_says_how_each_side_was_read(ipcalc) -> None:
    args = ("compare", "hk/hku@2022-01-01", "hk/hku@2024-01-01", "--receipts", "100")
    assert "A: The inventors' share before June 2023: read as 33.3%" in " ".join(ipcalc(*args).out.split())
    before, after = json.loads(ipcalc(*args, "--format", "json").out)["readings"]
    assert [(one["option"], one["value"]) for one in before] == [("former share", "33.3%")]
    assert after == []


def test_a_range_of_days_is_told_in_one(ipcalc) -> None:
    shown = " ".join(ipcalc("policies", "show", "us/warf").out.split())
    assert "the version for licences signed from 1997-10-01 until 2008-06-30 -" in shown


def test_accounts_that_say_nothing_are_not_drawn(ipcalc) -> None:
    assert "Accounts" not in ipcalc("split", "gb/cambridge", "--receipts", "100").out
    assert "Accounts" in ipcalc("split", "gb/cambridge", "--receipts", "100", "--account", "sponsor=1").out
    assert ipcalc("split", "hk/hku@2022-01-01", "--receipts", "100").out == (
        ipcalc("split", "hk/hku", "--receipts", "100", "--as-of", "2022-01-01").out
    )


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 200])
def test_a_chart_fits_the_terminal(columns: int, ipcalc, example) -> None:
    args = ("split", example("statements/receipts.toml"), "--chart", "--lang", "zh-Hant")
    shown = ipcalc(*args, terminal=True, environment={"COLUMNS": str(columns), "NO_COLOR": "1"}).out
    drawn = [row for row in shown.splitlines() if "█" in row or "▓" in row]
    assert len(drawn) >= 6
    assert max(map(cell_len, drawn)) <= columns
