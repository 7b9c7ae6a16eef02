"""Reading schemes: each refusal with its code and the characters it points at; the shipped files' texts."""

import os
import subprocess
import sys
import time

import pytest
from small import HEAD, PROJECT, read_project, read_scheme, refused, rule, said

from ipcalc import data, library, texts
from ipcalc.funding import check, scheme, vocabulary
from ipcalc.inputs import toml

VALUE = '[values.most]\nlabel = { en = "Most" }\nvalue = "HKD 5"\nsource = "a"\n'
LABEL = 'label = { en = "L" }\n'
GOOD = rule("fine", require="project.grant > 0")


def problems(text, head=HEAD):
    return said(refused(read_scheme, text, head), head + text)


def test_a_small_scheme_is_read():
    found = read_scheme(VALUE + rule("cap", require="project.grant <= most"))
    assert [r.id for r in found.rules] == ["cap"]
    assert found.values["most"].versions[0].readings == ((500, ("a",), "HKD 5"),)


# -- positions ----------------------------------------------------------------------------------------


def test_a_place_is_a_line_and_a_column():
    text = HEAD + rule("cap", require="project.grant <= mots")
    [one] = refused(read_scheme, text, "")
    line = text.split("\n").index('require = "project.grant <= mots"') + 1
    assert (one.code, one.place.line, one.place.column, one.place.width) == ("R203", line, 29, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # sources
        (rule("x", require="true").replace('"a"', '"c"'), ("F115", '"c"', "")),
        (rule("x", require="true").replace('"a"', '["a", "bb"]'), ("F115", '"bb"', "b")),
        (rule("x", require="true").replace('source = "a"', "source = []"), ("F101", "[]", "")),
        (VALUE.replace('source = "a"\n', "") + GOOD, ("F101", "most", "")),
        (VALUE.replace('"a"', "[]") + GOOD, ("F101", "[]", "")),
        ('[groups.g]\nlabel = { en = "G" }\nmembers = []\nsource = "z"\n' + GOOD, ("F115", '"z"', "")),
        ('[[calls]]\nid = "1"\nopens = 2025-01-01\ncloses = 2025-02-01\nsource = "z"\n' + GOOD,
         ("F115", '"z"', "")),
        ('[[suspended]]\nfrom = 2025-01-01\nsource = "z"\n' + GOOD, ("F115", '"z"', "")),
        # unknown words
        (rule("x", require="project.grant <= mots"), ("R203", "mots", "")),
        (VALUE + rule("x", require="project.grant <= mots"), ("R203", "mots", "most")),
        (rule("x", require="true", when="aplicant.type == 'company'"), ("R203", "aplicant", "applicant")),
        (rule("x", each="p in phasse", require="p.grant > 0"), ("R203", "phasse", "phases")),
        (rule("x", each="p in phases if p.strat > on", require="p.grant > 0"), ("R203", "strat", "start")),
        (rule("x", each="p in phases", require="p.grnat > 0"), ("R203", "grnat", "grant")),
        (rule("x", require="own.size > 0"), ("R203", "own", "on")),
        ('[derived.d]\nvalue = "project.grnat"\n' + GOOD, ("R203", "grnat", "grant")),
        (VALUE + rule("x", require="true", title="at most {mots}"), ("R203", "mots", "most")),
        (VALUE + rule("x", require="true", note='{ en = "{most}", zh-Hant = "{mots}" }'),
         ("R203", "mots", "most")),
        (VALUE + rule("x", judge='{ en = "{most}", zh-Hans = "{mos}" }'), ("R203", "mos", "most")),
        (VALUE + rule("x", require="true", title="{most:>9}"), ("R203", "most:", "most")),
        (VALUE + rule("x", require="true", title="{most!r}"), ("R203", "most!", "most")),
        (rule("x", require="true", title="{"), ("R203", "{", "")),
        (rule("x", require="true", title="{}"), ("R203", "}", "")),
        # values
        (VALUE.replace('value = "HKD 5"\n', "") + GOOD, ("F114", "most", "")),
        (VALUE + 'either = [{ value = 1, source = "a" }, { value = 2, source = "b" }]\n' + GOOD,
         ("F121", "most", "")),
        (VALUE.replace('value = "HKD 5"', "either = []") + GOOD, ("F106", "[]", "")),
        (VALUE.replace('"HKD 5"', '"unknown"') + GOOD, ("F101", "most", "")),
        (VALUE.replace('"HKD 5"', '"USD 5"') + GOOD, ("F119", '"USD 5"', "")),
        (VALUE.replace('"HKD 5"', '"HKDD 5"') + GOOD, ("F108", '"HKDD 5"', "HKD")),
        (VALUE.replace('"HKD 5"', '"HKD 5.005"') + GOOD, ("F105", '"HKD 5.005"', "")),
        (VALUE.replace('"HKD 5"', '"36 monhts"') + GOOD, ("F104", '"36 monhts"', "")),
        (f'[values.v]\n{LABEL}at = [{{ call = "1", value = 1, source = "a" }}]\n{GOOD}', ("F115", '"1"', "")),
        (VALUE + "from = 2025-02-01\nuntil = 2025-01-31\n" + GOOD, ("F116", "2025-01-31", "")),
        (VALUE + 'type = "duration"\n' + GOOD, ("F104", '"HKD 5"', "")),
        (VALUE + 'at = [{ value = 1, source = "a" }]\n' + GOOD, ("F102", "value", "")),
        # names
        (VALUE.replace("most", "from") + GOOD, ("R209", "from", "")),
        (VALUE.replace("most", "true") + GOOD, ("R209", "true", "")),
        (VALUE.replace("most", "at-most") + GOOD, ("R209", "at-most", "")),
        (VALUE.replace("most", "sum") + GOOD, ("R209", "sum", "")),
        (VALUE.replace("most", "call") + GOOD, ("R209", "call", "")),
        (VALUE.replace("most", "phases") + GOOD, ("R209", "phases", "")),
        (VALUE.replace("most", "applicant") + GOOD, ("R209", "applicant", "")),
        (VALUE.replace("most", "ugc_funded") + GOOD, ("R209", "ugc_funded", "")),
        (VALUE.replace("most", '"上限"') + GOOD, ("R209", '"上限"', "")),
        (VALUE + '[derived.most]\nvalue = "project.grant"\n' + GOOD, ("R209", "most", "")),
        (VALUE + rule("x", require="true", with_="{ most = 1 }"), ("R209", "most", "")),
        ('[facts.is]\ntype = "truth"\nlabel = { en = "I" }\nask = { en = "I?" }\n' + GOOD,
         ("R209", "is", "")),
        # rules
        (rule("x"), ("S203", "rules", "")),
        (rule("x", require="true", prefer="true"), ("S203", "rules", "")),
        (rule("x", require="true", judge='{ en = "?" }'), ("S203", "rules", "")),
        (rule("x", require="project.grant"), ("R210", "project.grant", "")),
        (rule("x", require="project.grant <= 5"), ("R206", "5", "")),
        (rule("x", require="project.grant <= ip.inventor_share"),
         ("R205", "project.grant <= ip.inventor_share", "")),
        (rule("x", require="applicant.type == 'univercity'"), ("R212", "'univercity'", "university")),
        (rule("x", require="true", on="awrad"), ("F115", '"awrad"', "award")),
        (rule("x", require="true", evidence='["own.lab"]'), ("F115", '"own.lab"', "")),
        (rule("x", require="true", evidence='["applicant.tipe"]'),
         ("F115", '"applicant.tipe"', "applicant.type")),
        (rule("x", require="true", with_='{ half = "unknown" }'), ("F104", '"unknown"', "")),
        (rule("x", require="true", from_="2025-02-01", until="2025-01-31"), ("F116", "2025-01-31", "")),
        (rule("x/y/../z", require="true"), ("F111", '"x/y/../z"', "")),
        # calls and suspensions
        ('[[calls]]\nid = "1"\nopens = 2025-02-02\ncloses = 2025-02-01\nsource = "a"\n' + GOOD,
         ("F116", "2025-02-01", "")),
        ('[[calls]]\nid = "1"\nopens = "soon"\ncloses = 2025-02-01\nsource = "a"\n' + GOOD,
         ("F103", '"soon"', "")),
        ('[[calls]]\nid = "1"\nopens = 2025-02-01\ncloses = "later"\nsource = "a"\n' + GOOD,
         ("F103", '"later"', "")),
        ('[[calls]]\nid = "1"\nopens = 2025-02-01T10:00:00\ncloses = 2025-02-01\nsource = "a"\n' + GOOD,
         ("F103", "2025-02-01T10:00:00", "")),
        ('[[calls]]\nid = "1"\nopens = 1776-07-04\ncloses = 2025-02-01\nsource = "a"\n' + GOOD,
         ("F106", "1776-07-04", "")),
        ('[[calls]]\nid = "1"\nopens = 2025-02-01\ncloses = "2025-02-01 11:00"\nsource = "a"\n' + GOOD,
         ("F101", "i", "")),
        ('[[suspended]]\nfrom = 2025-02-02\nuntil = 2025-02-01\nsource = "a"\n' + GOOD,
         ("F116", "2025-02-01", "")),
        ('[[suspended]]\nfrom = 2025-02-02\non = "submited"\nsource = "a"\n' + GOOD,
         ("F115", '"submited"', "submitted")),
        # groups
        ('[groups.g]\nlabel = { en = "G" }\nmembers = [{ group = "h" }]\nsource = "a"\n' + GOOD,
         ("F115", '"h"', "")),
        ('[groups.g]\nlabel = { en = "G" }\nmembers = [{ group = "g" }]\nsource = "a"\n' + GOOD,
         ("S207", '"g"', "")),
        ('[groups.g]\nlabel = { en = "G" }\nmembers = [{ from = 2025-01-01 }]\nsource = "a"\n' + GOOD,
         ("F114", "{ from = 2025-01-01 }", "")),
        ('[groups.g]\nlabel = { en = "G" }\nmembers = [{ id = "x", group = "ugc_funded" }]\nsource = "a"\n'
         + GOOD, ("F121", '{ id = "x", group = "ugc_funded" }', "")),
        # gaps
        ('[[gaps]]\nabout = { en = "?" }\naffects = ["fien"]\n' + GOOD, ("F115", '"fien"', "fine")),
        # what is coming
        ("[values]\n" + GOOD.replace("title", "titel"), ("F102", "titel", "title")),
        # tables
        ('[tables.t]\nlabel = { en = "T" }\nkeys = ["size", "activity"]\n'
         'at = [{ source = "a", rows = { small = "70%" } }]\n' + GOOD, ("R208", "small", "")),
        ('[tables.t]\nlabel = { en = "T" }\nkeys = ["size"]\n'
         'at = [{ source = "a", rows = { small = { lab = "70%" } } }]\n' + GOOD, ("R208", "lab", "")),
        ('[tables.t]\nlabel = { en = "T" }\nkeys = ["size"]\n'
         'at = [{ source = "a", rows = { small = "70%", big = "HKD 5" } }]\n' + GOOD,
          ("F104", '"HKD 5"', "")),
        ('[tables.t]\nlabel = { en = "T" }\nkeys = ["size"]\nat = [{ source = "a", rows = { s = "1%" } }]\n'
         + rule("x", require="t['s', 's'] > 0"), ("R208", "t['s', 's']", "")),
        ('[tables.t]\nlabel = { en = "T" }\nkeys = ["size"]\nat = [{ source = "a", rows = { s = "1%" } }]\n'
         + rule("x", require="t > 0"), ("R208", "t", "")),
    ],
)  # fmt: skip
def test_refusals(text, expected):
    assert problems(text) == [expected]


HEADS = {
    'currency = "HKD"': [
        ('currency = "HKDD"', ("F108", '"HKDD"', "HKD")),
        ('currency = "HKD"\nuses = ["hk/raise-pluss"]', ("S201", '"hk/raise-pluss"', "hk/raise-plus")),
        ('currency = "HKD"\nuses = ["xx/small"]', ("S208", '"xx/small"', "")),
        ('currency = "HKD"\nprepared = ["owners"]', ("F103", '["owners"]', "")),
        ('currency = "HKD"\nformat = 999', ("F117", "999", "")),
        ('currency = "HKD"\nformat = true', ("F103", "true", "")),
    ],
    'id = "xx/small"': [
        ('id = "../../secret"', ("F111", '"../../secret"', "")),
        ('id = "nul"', ("F111", '"nul"', "")),
        ('id = "xx/con"', ("F111", '"xx/con"', "")),
        ('id = "a\\u0000b"', ("F111", '"a\\u0000b"', "")),
        ('id = "/etc/passwd"', ("F111", '"/etc/passwd"', "")),
    ],
    'initiative = "two-way"': [
        ('initiative = "supply"', ("F107", '"supply"', "supply-led")),
    ],
}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(before, after, expected) for before, many in HEADS.items() for after, expected in many],
)
def test_refusals_of_the_head(before, after, expected):
    found = problems(GOOD, HEAD.replace(before, after))
    assert [(code, at) for code, at, _ in found] == [expected[:2]]
    if expected[2]:
        assert found[0][2] == expected[2]


@pytest.mark.parametrize(
    ("zone", "near"), [("Asia/HongKong", "Asia/Hong_Kong"), ("../../etc/passwd", ""), ("Asia", "Asia/Oral")]
)
def test_an_unknown_zone_is_refused_where_it_is_needed(zone, near):
    call = '[[calls]]\nid = "c"\nopens = 2024-01-01\ncloses = "2024-02-01 12:00"\nsource = "a"\n'
    head = HEAD.replace('currency = "HKD"', f'currency = "HKD"\nzone = "{zone}"')
    assert problems(GOOD + call, head) == [("F115", f'"{zone}"', near)]
    # without a time of day nothing needs the zone, until a project states a moment with an offset
    moment = PROJECT + "[project.dates]\nsubmitted = 2024-01-05T10:00:00+08:00\n"
    days = read_scheme(GOOD + call.replace('"2024-02-01 12:00"', "2024-02-01"), head)
    found = refused(check.check, read_project(head=moment), days)
    assert [(one.code, one.args["value"]) for one in found] == [("F115", zone)]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        (
            rule("twin", require="true") + rule("other", require="true") + rule("twin", require="true"),
            '"twin"',
        ),
        ('[[calls]]\nid = "1"\nopens = 2025-01-01\ncloses = 2025-02-01\nsource = "a"\n' * 2 + GOOD, '"1"'),
    ],
)
def test_an_id_twice_names_both_places(text, second):
    [one] = refused(read_scheme, text)
    assert one.code == "F112"
    assert one.also is not None and one.also.line < one.place.line
    for place in (one.place, one.also):
        assert place.excerpt[place.column - 1 :][: place.width] == second


def versions(*at):
    listed = ",\n".join(f'{{ value = 1, source = "a", {dates} }}' for dates in at)
    calls = '[[calls]]\nid = "c"\nopens = 2025-01-01\ncloses = 2025-02-01\nsource = "a"\n'
    return f"{calls}[values.v]\n{LABEL}at = [{listed}]\n{GOOD}"


@pytest.mark.parametrize(
    ("at", "clash"),
    [
        (["from = 2020-01-01, until = 2021-12-31", "from = 2022-01-01"], False),
        (["from = 2020-01-01, until = 2022-01-01", "from = 2022-01-01"], True),
        (["from = 2022-01-01", "from = 2020-01-01, until = 2022-01-01"], True),
        (["from = 2020-01-01", "from = 2022-01-01"], False),  # the later one supersedes
        (["from = 2020-01-01", "from = 2020-01-01"], True),
        (["until = 2020-01-01", "from = 2020-01-01"], True),
        (["until = 2020-01-01", "from = 2020-01-02"], False),
        (['call = "c"', "from = 2020-01-01"], False),  # a call's own comes first
        (['call = "c"', 'call = "c"'], True),
    ],
)
def test_versions_that_overlap(at, clash):
    if not clash:
        read_scheme(versions(*at))
        return
    assert [code for code, _, _ in problems(versions(*at))] == ["S204"]


def test_too_many_disputes():
    either = 'either = [{ value = true, source = "a" }, { value = false, source = "b" }]\n'
    disputed = [f"[values.v{i}]\n{LABEL}{either}" for i in range(5)]
    read_scheme("".join(disputed[:4]) + GOOD)
    assert problems("".join(disputed) + GOOD) == [("S205", "values", "")]


def test_groups_that_contain_each_other():
    text = "".join(
        f'[groups.{one}]\nlabel = {{ en = "G" }}\nmembers = [{{ group = "{other}" }}]\nsource = "a"\n'
        for one, other in (("g", "h"), ("h", "i"), ("i", "g"))
    )
    assert [code for code, _, _ in problems(text + GOOD)] == ["S207"] * 3


@pytest.mark.parametrize("first", ['"unknown"', '"2:1"'])
def test_an_unknown_figure_says_nothing_of_the_type(first):
    last = '"2:1"' if first == '"unknown"' else '"unknown"'
    found = read_scheme(
        f"[values.v]\n{LABEL}at = [\n"
        f'{{ value = {first}, source = "a", until = 2024-12-31 }},\n'
        f'{{ value = {last}, source = "a", from = 2025-01-01 }},\n]\n{GOOD}'
    )
    assert found.values["v"].type.kind == "ratio"


@pytest.mark.parametrize(
    "figures",
    ["[values.v]\n" + LABEL + "at = []\n", '[tables.v]\n' + LABEL + 'keys = ["k"]\nat = []\n',
     '[tables.v]\n' + LABEL + 'keys = ["k"]\nat = [{ source = "a", rows = { x = "unknown" } }]\n'],
)  # fmt: skip
def test_figures_of_no_known_type(figures):
    used = rule("x", require="ip.inventor_share <= v['x']" if "tables" in figures else "project.grant <= v")
    assert problems(figures + used) == [("F101", "v", "")]


def test_an_unknown_figure_with_a_type():
    found = read_scheme(f'[values.v]\n{LABEL}type = "money"\nvalue = "unknown"\nsource = "a"\n{GOOD}')
    assert found.values["v"].versions[0].readings == ((None, ("a",), "unknown"),)


def test_a_call_of_one_day_with_times():
    call = '[[calls]]\nid = "1"\nopens = "2025-02-01 11:00"\ncloses = "2025-02-01 10:59"\nsource = "a"\n'
    head = 'zone = "Asia/Hong_Kong"\n' + HEAD
    assert problems(call + GOOD, head) == [("F116", '"2025-02-01 10:59"', "")]
    read_scheme(call.replace("10:59", "11:00") + GOOD, head)
    assert [p[0] for p in problems(call.replace("2025-02-01 11:00", "1825-02-01 11:00") + GOOD, head)] == [
        "F106"
    ]
    assert [p[0] for p in problems(call.replace("11:00", "25:00") + GOOD, head)] == ["F103"]


def test_everything_wrong_is_said_in_one_run_in_file_order():
    text = VALUE.replace('"a"', '"c"') + rule("x", require="a > b") + rule("x", require="true", on="today")
    found = refused(read_scheme, text)
    assert [one.code for one in found] == ["F115", "R203", "R203", "F112", "F115"]
    assert [one.place.line for one in found] == sorted(one.place.line for one in found)


# -- files --------------------------------------------------------------------------------------------


def test_the_id_is_that_of_the_file(tmp_path, monkeypatch):
    (tmp_path / "funding").mkdir()
    path = tmp_path / "funding" / "yy.toml"
    path.write_text(HEAD + GOOD)
    monkeypatch.setattr(library, "find", lambda kind: {"yy": path})
    [one] = refused(scheme.load, "yy")
    assert (one.code, one.place.line, one.place.column) == ("S202", 1, 6)


def test_an_unknown_scheme_is_suggested():
    [one] = refused(scheme.load, "hk/raise-pls")
    assert (one.code, one.near) == ("S201", "hk/raise-plus")


@pytest.mark.parametrize("name", ["../../secret", "/etc/passwd", "hk/../hk/raise-plus", "nul", ""])
def test_no_name_is_joined_to_a_path(name):
    assert [one.code for one in refused(scheme.load, name)] == ["S201"]


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "ipcalc", *map(str, arguments)],
        capture_output=True, text=True, timeout=30, check=False, **options,
    )  # fmt: skip


def test_a_scheme_by_its_path(tmp_path):
    (tmp_path / "my.toml").write_text(HEAD + GOOD)
    (tmp_path / "project.toml").write_text('[project]\ntitle = "T"\ncurrency = "HKD"\n')
    done = run("check", "project.toml", "-s", "./my.toml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (3, "")
    done = run("schemes", "test", "./my.toml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "my.toml").write_text(HEAD + GOOD.replace("grant", "grnat"))
    done = run("check", "project.toml", "-s", "./my.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert "./my.toml:" in done.stderr and "did you mean 'grant'?" in done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    start = time.monotonic()
    [one] = refused(scheme.load, str(tmp_path / "pipe.toml"))
    assert one.code == "T103"
    assert time.monotonic() - start < 2


def test_links_in_the_library_are_not_followed(tmp_path, monkeypatch):
    (tmp_path / "secret.toml").write_text(HEAD + GOOD)
    (tmp_path / "pack" / "funding").mkdir(parents=True)
    (tmp_path / "pack" / "funding" / "linked.toml").symlink_to(tmp_path / "secret.toml")
    (tmp_path / "pack" / "funding" / "real.toml").write_text(HEAD + GOOD)
    monkeypatch.setattr(library, "root", lambda: tmp_path / "pack")
    assert list(library.find.__wrapped__("funding")) == ["real"]


# -- what is shipped ----------------------------------------------------------------------------------


def all_texts(node, path=""):
    """Every text of a file: a table with an English entry."""
    if isinstance(node, dict) and isinstance(node.get("en"), str):
        yield path, node
    elif isinstance(node, dict | list):
        for key, below in node.items() if isinstance(node, dict) else enumerate(node):
            yield from all_texts(below, f"{path}.{key}")


SHIPPED = [
    *library.find("funding").values(),
    data.root() / "vocabulary.toml",
    data.root() / "bodies.toml",
]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_texts_are_in_every_language(path):
    found = list(all_texts(toml.load(path).data))
    assert found
    assert [where for where, text in found if set(text) != set(texts.LANGUAGES)] == []
    assert [where for where, text in found if not all(text.values())] == []


def test_every_shipped_scheme_is_read():
    for name in library.find("funding"):
        assert scheme.load(name).id == name


def test_the_groups_of_the_bodies():
    known = vocabulary.shipped()
    for name, group in known.groups.items():
        for member in group.members:
            assert member.id in {*known.bodies, *known.places} or member.group in known.groups, name
    raw = toml.load(data.root() / "bodies.toml").data
    for one in (*raw["bodies"].values(), *raw["groups"].values()):
        assert set(vocabulary.sources(one["source"])) <= set(raw["sources"])


def test_no_two_bodies_have_one_name():
    names = {}
    for body in vocabulary.shipped().bodies.values():
        for name in {body.id, *body.name.values(), *body.also}:
            assert names.setdefault(vocabulary.fold(name), body.id) == body.id
