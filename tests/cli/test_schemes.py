"""``schemes`` and ``explain`` know both kinds: funding schemes and policies on IP income."""

import json

import pytest

from ipcalc import library

SCHEME = library.find("funding")["hk/raise-plus"]
POLICY = library.find("ip")["hk/hku"]
CHANGED = """
[values.disputed]
label = { en = "Disputed" }
either = [{ value = "70%", source = "itc-2024" }, { value = "75%", source = "itc-2023" }]

[values.changed]
label = { en = "Changed" }
at = [
  { from = 2030-01-01, value = "4:1", source = "itc-2024" },
  { from = 2025-01-01, until = 2029-12-31, value = "3:1", source = "itc-2024" },
  { from = 2024-01-01, until = 2024-12-31, value = "2:1", source = "itc-2023" },
]

[[rules]]
id = "example"
title = { en = "{disputed}, and {changed}" }
require = "ip.inventor_share >= disputed and 1 <= changed"
source = "itc-2024"

[[examples]]"""


def said(result):
    assert result.error == ""
    return " ".join(result.out.split())


def test_both_kinds_are_listed(ipcalc):
    listed = json.loads(ipcalc("schemes", "list", "--format", "json").raw)
    assert [one["id"] for one in listed["schemes"]] == list(library.find("funding"))
    assert [one["id"] for one in listed["policies"]] == list(library.find("ip"))


def test_both_kinds_are_tested(ipcalc):
    tested = json.loads(ipcalc("schemes", "test", "--format", "json").raw)["results"]
    assert sorted(one["id"] for one in tested) == sorted([*library.find("funding"), *library.find("ip")])
    assert all(one["passed"] and (one["examples"] or not one["shown"]) for one in tested)


@pytest.mark.parametrize(("path", "name"), [(SCHEME, "hk/raise-plus"), (POLICY, "hk/hku")])
def test_a_file_of_either_kind(path, name, ipcalc, tmp_path):
    (tmp_path / "my.toml").write_text(path.read_text())
    tested = ipcalc("schemes", "test", tmp_path / "my.toml")
    assert (tested.code, tested.out.splitlines()[0]) == (0, name)
    assert ipcalc("explain", tmp_path / "my.toml").raw == ipcalc("explain", name).raw


def test_a_policy_that_gives_otherwise(ipcalc, tmp_path):
    (tmp_path / "my.toml").write_text(
        POLICY.read_text().replace("inventors = 333_000", "inventors = 330_000")
    )
    tested = ipcalc("schemes", "test", tmp_path / "my.toml")
    assert tested.code == 1
    assert "a million before the change: inventors should be 330000.00, but is 333000.00" in said(tested)


def test_a_policy_whose_example_cannot_be_asked(ipcalc, tmp_path):
    text = POLICY.read_text().replace('default = "33.3%"\n', "")
    (tmp_path / "my.toml").write_text(text)
    tested = ipcalc("schemes", "test", tmp_path / "my.toml")
    assert (tested.code, tested.out) == (2, "")
    assert "P409" in tested.error


def test_an_id_of_both_kinds(ipcalc, tmp_path, monkeypatch):
    for kind, path, name in (("funding", SCHEME, "hk/raise-plus"), ("ip", POLICY, "hk/hku")):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "both.toml").write_text(path.read_text().replace(f'"{name}"', '"both"'))
    shipped = {"funding": {"both": tmp_path / "funding/both.toml"}, "ip": {"both": tmp_path / "ip/both.toml"}}
    monkeypatch.setattr(library, "find", shipped.get)
    explained = json.loads(ipcalc("explain", "both", "--format", "json").raw)
    assert explained["scheme"]["id"] == explained["policy"]["id"] == "both"
    assert len(json.loads(ipcalc("schemes", "test", "--format", "json").raw)["results"]) == 2
    rule = json.loads(ipcalc("explain", "both:stage-1-match", "--format", "json").raw)
    assert rule["policy"] is None


def test_a_policy_is_explained(ipcalc):
    policy = json.loads(ipcalc("explain", "hk/hku", "--format", "json").raw)["policy"]
    before, after = policy["versions"]
    assert before["dates"] == {"received": {"from": None, "until": "2023-06-04"}}
    assert after["steps"][-1]["parts"] == {"inventors": "70%", "university": "rest"}
    assert after["undivided"] == ["university"]
    assert after["equity"] == {"stake": "5%", "sources": ["stnn-2023", "cma-2023"]}
    assert {"stnn-2023", "hku-ipr"} <= {source["id"] for source in policy["sources"]}
    assert policy["gaps"] and policy["options"][0]["choices"] == ["33.3%", "1/3"]


def test_figures_are_those_in_force_at_the_review(ipcalc, tmp_path):
    (tmp_path / "my.toml").write_text(SCHEME.read_text().replace("[[examples]]", CHANGED, 1))
    shown = said(ipcalc("explain", f"{tmp_path / 'my.toml'}:example"))
    assert "example: 70% / 75%, and 3:1 (hard)" in shown
    assert "disputed = 70% [itc-2024] / 75% [itc-2023]: Disputed" in shown
    assert "changed = 3:1 [itc-2024] (in force from 2025-01-01 until 2029-12-31)" in shown
    assert "[itc-2023]" in shown and "[hkust-2025]" not in shown


def test_a_figure_that_is_not_in_force_at_the_review_is_the_latest(ipcalc, tmp_path):
    text = CHANGED.replace("from = 2025-01-01, until = 2029-12-31", "from = 2025-01-01, until = 2025-12-31")
    (tmp_path / "my.toml").write_text(SCHEME.read_text().replace("[[examples]]", text, 1))
    assert "and 4:1 (hard)" in said(ipcalc("explain", f"{tmp_path / 'my.toml'}:example"))
