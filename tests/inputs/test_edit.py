"""Editing TOML texts: what goes in reads back, and all else stays as it stood."""

import copy
import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipcalc.inputs import toml
from ipcalc.inputs.edit import edited, literal

DAY = datetime.date(2026, 4, 1)


def after(text, change, comment=lambda path: ""):
    """The text after a change of its data, which it then has."""
    old = toml.parse("old", text).data
    new = copy.deepcopy(old)
    change(new)
    found = edited(text, old, new, comment)
    assert toml.parse("new", found).data == new
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", '"a"'),
        ('"\\\n\t', r'"\"\\\n\t"'),
        ("大學\x7f\x1b", r'"大學\u007f\u001b"'),
        (9_999, "9999"),
        (24_000_000, "24_000_000"),
        (True, "true"),
        (False, "false"),
        (DAY, "2026-04-01"),
        (datetime.datetime(2026, 4, 1, 17, 0), "2026-04-01T17:00:00"),
        ([], "[]"),
        (["a", "b"], '["a", "b"]'),
        ({}, "{}"),
        ({"a b": {"c": 1}}, '{ "a b" = { c = 1 } }'),
    ],
)
def test_literals(value, expected):
    assert literal(value) == expected
    assert toml.parse("x", f"x = {expected}").data == {"x": value}


WRITTEN = """\
# Mine.

# -- the project
[project]
title = "T"   # as we call it
dates = { submitted = 2025-10-20 }   # not sure yet

# -- the team
[[team]]
kind = "professor"

[[team]]   # the second
kind = "alumnus"

# -- phases
[[phases]]
id = "a"
funding = [
  { payer = "scheme" },     # the grant
  { payer = "industry" },
]

# -- IP
[ip]
# the end
"""


def test_what_a_person_wrote_stays():
    def change(data):
        data["project"]["currency"] = "HKD"
        data["project"]["dates"]["award"] = DAY
        data["project"]["dates"]["submitted"] = datetime.date(2025, 10, 21)
        data["team"][0]["body"] = "hku"
        data["team"].append({"kind": "faculty"})
        data["phases"][0]["start"] = DAY
        data["phases"][0]["funding"][0]["amount"] = 24_000_000
        data["phases"][0]["funding"].append({"payer": "university"})
        data["ip"]["inventor_share"] = "70%"
        data["applicant"] = {"body": "hku"}
        data["answers"] = {"hk/x": {"ready": True, "phases": {"a": {"stage": "one"}}}}

    assert after(WRITTEN, change, lambda path: path[-1]) == """\
# Mine.

# -- the project
[project]
title = "T"   # as we call it
dates = { submitted = 2025-10-21, award = 2026-04-01 }   # not sure yet
currency = "HKD"  # currency

# -- the team
[[team]]
kind = "professor"
body = "hku"  # body

[[team]]   # the second
kind = "alumnus"

[[team]]
kind = "faculty"  # kind

# -- phases
[[phases]]
id = "a"
funding = [
  { payer = "scheme", amount = 24_000_000 },     # the grant
  { payer = "industry" },
  { payer = "university" },  # payer
]
start = 2026-04-01  # start

# -- IP
[ip]
inventor_share = "70%"  # inventor_share
# the end

[applicant]
body = "hku"  # body

[answers."hk/x"]
ready = true  # ready
phases = { a = { stage = "one" } }  # stage
"""  # fmt: skip


@pytest.mark.parametrize(
    ("text", "change", "expected"),
    [
        ("", lambda d: d.update(a={"b": 1}), "[a]\nb = 1\n"),
        ("", lambda d: d.update(a=[{"b": 1}, {}]), "[[a]]\nb = 1\n\n[[a]]\n"),
        ("", lambda d: d.update(a={"b": 1}, c=[]), "c = []\n\n[a]\nb = 1\n"),
        ("", lambda d: d.update(a={"b": [{"c": 1}]}), "[a]\nb = [\n  { c = 1 },\n]\n"),
        ("a = []\n", lambda d: d.update(b={"c": 1}), "a = []\n\n[b]\nc = 1\n"),
        ("[a]", lambda d: d["a"].update(b=1), "[a]\nb = 1\n"),  # no line's end
        ("a = {}\n", lambda d: d["a"].update(b=1), "a = { b = 1 }\n"),
        ("a = { b = 1, }\n", lambda d: d["a"].update(c=2), "a = { b = 1, c = 2, }\n"),
        ("a.b = 1\n[c]\n", lambda d: d["a"].update(d=2), "a.b = 1\na.d = 2\n[c]\n"),
        ("[a]\nb.c = 1\n", lambda d: d["a"]["b"].update(d=2), "[a]\nb.c = 1\nb.d = 2\n"),
        ("a = { b.c = 1 }\n", lambda d: d["a"]["b"].update(d=2), "a = { b.c = 1, b.d = 2 }\n"),
        ("[a.b]\nc = 1\n", lambda d: d["a"].update(d=2), "[a.b]\nc = 1\n\n[a]\nd = 2\n"),
        ("[a.b]\nc = 1\n", lambda d: d["a"].update(d={"e": 2}), "[a.b]\nc = 1\n\n[a.d]\ne = 2\n"),
        ("[a]\nx = 1\n[a.b]\nc = 1\n", lambda d: d["a"].update(d=2), "[a]\nx = 1\nd = 2\n[a.b]\nc = 1\n"),
        ("a = [{ b = 1 }]\n", lambda d: d["a"].append({"b": 2}), "a = [{ b = 1 }, { b = 2 }]\n"),
        ("a = [\n  {}\n]\n", lambda d: d["a"].append({"b": 2}), "a = [\n  {}, { b = 2 }\n]\n"),
        ("a = [1, 2]\n", lambda d: d["a"].remove(2), "a = [1]\n"),
        ("a = []\n", lambda d: d["a"].append({"b": 2}), "a = [{ b = 2 }]\n"),
        (
            "[[a]]\n[[a.b]]\nc = 1\n[[a]]\n# z\n",
            lambda d: (d["a"][0]["b"].append({"c": 2}), d["a"].append({"c": 3})),
            "[[a]]\n[[a.b]]\nc = 1\n\n[[a.b]]\nc = 2\n[[a]]\n\n[[a]]\nc = 3\n# z\n",
        ),
        ('a = """\nx\n"""  # y\n', lambda d: d.update(b=1), 'a = """\nx\n"""  # y\nb = 1\n'),
    ],
)
def test_each_way_of_writing(text, change, expected):
    assert after(text, change) == expected


def test_nothing_new_changes_nothing():
    assert after(WRITTEN, lambda data: None) == WRITTEN


# -- laws ---------------------------------------------------------------------------------------------

KEYS = st.sampled_from(["a", "b", "c-d", "e f", "hk/x", "鍵"])
SCALARS = st.one_of(st.integers(0, 10**9), st.booleans(), st.text(max_size=4), st.just(DAY))
VALUES = st.recursive(
    SCALARS, lambda below: st.one_of(st.dictionaries(KEYS, below, max_size=3), st.lists(SCALARS, max_size=2))
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=3)
ITEMS = st.dictionaries(KEYS, st.one_of(VALUES, st.lists(TABLES, min_size=1, max_size=2)), max_size=3)
LISTS = st.lists(ITEMS, min_size=1, max_size=3)
FILES = st.dictionaries(KEYS, st.one_of(TABLES, LISTS), max_size=4)


def key(name):
    return literal(name)


@st.composite
def written(draw, data):
    """A text with this data, in any of the ways that TOML has, with comments."""
    head, body = [], []

    def note():
        return draw(st.sampled_from(["", "", "\n", "# c\n", "\n# -- d\n"]))

    def pairs(table, path, lines):
        """The pairs of a table, some of its tables by dotted keys; those that want headers are left."""
        later = []
        for name, value in table.items():
            whole = [*path, key(name)]
            how = draw(st.integers(0, 2)) if isinstance(value, dict) and value else 0
            if how == 1 and all(not isinstance(below, dict) for below in value.values()):
                lines += [f"{'.'.join([*whole, key(k)])} = {literal(v)}\n" for k, v in value.items()]
            elif how == 2:
                later.append((name, value))
            else:
                lines.append(f"{'.'.join(whole)} = {literal(value)}  # {name[:1]}\n")
        return later

    def under(path, header, table):
        lines = [note(), header, "\n"]
        later = pairs(table, (), lines)
        body.extend([*lines, note()])
        for name, value in later:
            below = [*path, key(name)]
            under(below, f"[{'.'.join(below)}]", value)

    for name, value in data.items():
        how = draw(st.integers(0, 2))
        if how == 0:
            head.append(f"{note()}{key(name)} = {literal(value)}\n")
        elif isinstance(value, list):
            for item in value:
                under([key(name)], f"[[{key(name)}]]", item)
        elif how == 1 and value and all(not isinstance(below, dict) for below in value.values()):
            head += [f"{key(name)}.{key(k)} = {literal(v)}\n" for k, v in value.items()]
        else:
            under([key(name)], f"[{key(name)}]", value)
    return "".join([*head, *body])


@st.composite
def more(draw, data):
    """The data with more keys and more items, here and there, and some other values."""

    def table(node):
        for name in list(node):
            value = node[name]
            if isinstance(value, dict):
                table(value)
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                for item in value:
                    table(item)
                value += draw(st.lists(TABLES, max_size=2))
            elif not isinstance(value, list) and draw(st.integers(0, 9)) == 0:
                node[name] = draw(SCALARS)
        for name, value in draw(st.dictionaries(KEYS, VALUES, max_size=2)).items():
            node.setdefault(name, value)

    found = copy.deepcopy(data)
    for value in found.values():
        for one in value if isinstance(value, list) else [value]:
            table(one)
    for name, value in draw(FILES).items():
        found.setdefault(name, value)
    return found


def above_headers(text):
    """The comments that stand right above a header, with it."""
    lines = text.split("\n")
    return [pair for pair in itertools.pairwise(lines) if pair[0].startswith("#") and pair[1].startswith("[")]


@given(st.data())
def test_what_goes_in_reads_back_and_all_else_stays(data):
    old = data.draw(FILES)
    text = data.draw(written(old))
    assert toml.parse("old", text).data == old
    new = data.draw(more(old))
    found = edited(text, old, new, lambda path: "said")
    assert toml.parse("new", found).data == new
    assert [pair for pair in above_headers(found) if pair in above_headers(text)] == above_headers(text)
    comments = [line for line in text.split("\n") if line.startswith("#")]
    assert [line for line in found.split("\n") if line.startswith("#")] == comments


@given(FILES)
def test_a_new_file_reads_back(data):
    assert toml.parse("new", edited("", {}, data, lambda path: "said")).data == data
