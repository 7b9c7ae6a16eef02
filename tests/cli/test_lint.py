"""``ipcalc schemes lint``: the whole library, files that can't be read, what is said where."""

import json
import re

import pytest

from ipcalc import library, texts

CODES = [code for code in texts.catalogue("codes") if re.fullmatch("L[0-9]{3}", code)]
FILES = {name: path for kind in ("funding", "ip") for name, path in library.find(kind).items()}
POLICY = FILES["hk/hku"].read_text()
NUMBER = """\
id = "my/scheme"
name = { en = "My scheme" }
authority = { en = "My university" }
currency = "HKD"
initiative = "supply-led"
reviewed = 2026-01-01
sources.guide = { title = "The guide", kind = "official" }
[[rules]]
id = "grant"
title = { en = "The grant" }
source = "guide"
require = "project.grant <= 5"
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Writes a file and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="my.toml"):
        (tmp_path / name).write_text(text)
        return name

    return write


def codes(shown):
    return re.findall(r"(?m)^(\S+): ([A-Z][0-9]{3}): ", shown)


def test_the_library_is_clean(ipcalc):
    done = ipcalc("schemes", "lint")
    assert (done.code, done.out, done.error) == (0, f"Nothing to mend. Files: {len(FILES)}\n", "")


@pytest.mark.parametrize("name", FILES)
def test_the_library_is_in_every_language(name):
    assert "\nlanguages" not in FILES[name].read_text()


@pytest.mark.parametrize("name", ["hk/raise-plus", "hk/hku"])
def test_by_id_or_by_file(name, ipcalc, file):
    assert ipcalc("schemes", "lint", name).code == 0
    assert ipcalc("schemes", "lint", file(FILES[name].read_text())).code == 0


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('zh-Hans = "香港大学：发明收入" }', "}", "L101"),
        ("[hku-ipr]", "", "L102"),
        ("https://www.rss", "http://www.rss", "L103"),
        ("reviewed = 2026-11-23", "reviewed = 2023-06-25", "L104"),
        ("gives = { inventors = 70, university = 30 }", "gives = {}", "L105"),
    ],
)
def test_policies_have_lints_too(old, new, code, ipcalc, file):
    text = (
        POLICY.replace('发明收入", ', '发明收入"')
        .replace(old, new)
        .replace('",  }', '" }')
        .replace('", }', '" }')
    )
    done = ipcalc("schemes", "lint", file(text))
    assert (done.code, done.error, [found for _, found in codes(done.out)]) == (1, "", [code])


@pytest.mark.parametrize(
    ("said", "found"),
    [("", ["L105"]), (", gives = { inventors = 70 }", []), (", balances = { costs = 0 }", [])],
)
def test_an_example_by_period_says_what_it_gives_in_a_period(said, found, ipcalc, file):
    example = f'[[examples]]\ntitle = "by period"\nperiods = [{{ receipts = 100, on = 2024-01-01{said} }}]\n'
    done = ipcalc("schemes", "lint", file(f"{POLICY}\n{example}"))
    assert (done.error, [code for _, code in codes(done.out)]) == ("", found)


def test_a_number_in_a_rule_is_a_finding(ipcalc, file):
    done = ipcalc("schemes", "lint", file(NUMBER))
    assert (done.code, done.error) == (1, "")
    assert codes(done.out) == [("my.toml:12:29", "R206")]


def test_what_cannot_be_read_does_not_stop_the_others(ipcalc, file):
    names = [file("id =", "syntax.toml"), file('id = "x"', "shape.toml"), file(NUMBER, "number.toml")]
    late = file(POLICY.replace("https://www.rss", "http://www.rss"), "late.toml")
    done = ipcalc("schemes", "lint", *names, "hk/nothing", "nothing.toml", late, late)
    assert done.code == 2
    found = codes(done.out)
    assert [place.partition(":")[0] for place, _ in found] == [
        "syntax.toml", *["shape.toml"] * 6, "number.toml", "late.toml",
    ]  # fmt: skip
    assert (found[0][1], found[-2][1], found[-1][1]) == ("T107", "R206", "L103")
    assert codes(done.error) == [("hk/nothing", "S206"), ("nothing.toml", "T101")]


def test_json(ipcalc, file):
    text = POLICY.replace("reviewed = 2026-11-23", "reviewed = 2023-06-25")
    done = ipcalc("schemes", "lint", file(text), file("id =", "syntax.toml"), "hk/hkust", "--format", "json")
    document = json.loads(done.raw)
    assert (done.code, document["clean"]) == (1, False)
    policy, syntax, clean = document["files"]
    assert (policy["name"], policy["id"], clean["id"], clean["findings"]) == (
        "my.toml",
        "hk/hku",
        "hk/hkust",
        [],
    )
    assert (syntax["name"], syntax["id"], syntax["findings"][0]["code"]) == ("syntax.toml", None, "T107")
    assert policy["findings"] == [
        {
            "code": "L104",
            "message": "the source is dated 2023-06-26, but the file was reviewed on 2023-06-25",
            "arguments": {"value": "2023-06-26", "reviewed": "2023-06-25"},
            "suggestion": None,
            "place": {"file": "my.toml", "line": 20, "column": 9, "width": 10},
            "also": {"file": "my.toml", "line": 6, "column": 12, "width": 10},
        }
    ]
    assert json.loads(ipcalc("schemes", "lint", "hk/hku", "--format", "json").raw)["clean"] is True


def test_many_findings_are_counted(ipcalc, file):
    [section] = re.findall(r"(?s)\[\[examples\]\]\ntitle = \"the last day.*?gives = \{.*?\}\n", POLICY)
    empty = re.sub(r"gives = \{.*?\}", "gives = {}", section)
    done = ipcalc("schemes", "lint", file(POLICY + empty * 23))
    assert len(codes(done.out)) == 20
    assert done.out.splitlines()[-1] == "… and 3 more"


def test_the_file_is_not_overwritten(ipcalc, file):
    name = file(POLICY)
    assert ipcalc("schemes", "lint", name, "-o", name, "--force").error.startswith("my.toml: C305")
    assert ipcalc("schemes", "lint", name, "-o", "out.txt").code == 0


@pytest.mark.parametrize("code", CODES)
def test_examples_of_lints_are_sound(code, ipcalc, file):
    """What a lint is shown on is otherwise in order: its own examples give what they should."""
    name = file(texts.catalogue("codes")[code]["example"]["text"])
    assert ipcalc("schemes", "test", name).code == 0


def test_the_guide_lists_every_lint():
    guide = (library.root() / "README.md").read_text()
    assert set(re.findall(r"\bL[0-9]{3}\b", guide)) == set(CODES)
