"""Reading projects: the shape that follows from the vocabulary, and what is refused, where and why."""

import copy
import datetime
import json
import subprocess
import sys
import time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from small import PROJECT, checked, missing, read_project, read_scheme, refused, rule, said, verdicts

from ipcalc.funding import check, project, scheme
from ipcalc.inputs import toml
from ipcalc.views import check as view
from ipcalc.views import console, schemas

LABEL = 'label = { en = "L" }\nask = { en = "?" }\n'
EXAMPLE = Path(__file__).parents[1] / "examples" / "projects" / "separators.toml"
RAISE = scheme.load("hk/raise-plus")


def problems(text, head=PROJECT):
    return said(refused(read_project, text, head), head + text)


PHASE = '[[phases]]\nid = "a"\n'
LINE = PHASE + "funding = [{ %s }]\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # unknown keys, with what was meant
        ('[aplicant]\nbody = "hku"\n', ("F102", "aplicant", "applicant")),
        ('[applicant]\nbdoy = "hku"\n', ("F102", "bdoy", "body")),
        (PHASE + "strat = 2025-01-01\n", ("F102", "strat", "start")),
        (LINE % "amuont = 1", ("F102", "amuont", "amount")),
        ("[ip]\ninventors_share = 1\n", ("F102", "inventors_share", "inventor_share")),
        ('[[judgements]]\nscheme = "x"\nrule = "x"\nverdict = "pass"\nby = "B"\non = 2025-01-01\n'
         'notes = "n"\n', ("F102", "notes", "note")),
        # missing keys
        ('[[judgements]]\nscheme = "x"\nrule = "x"\nverdict = "pass"\nby = "B"\n',
         ("F101", "judgements", "")),
        ('[rates]\n"EUR/HKD" = { value = 9, on = 2025-01-01 }\n', ("F101", '"EUR/HKD"', "")),
        ('[[evidence]]\nfact = "own.x"\n', ("F101", "evidence", "")),
        # types
        ('[applicant]\nbody = 3\n', ("F103", "3", "")),
        ('applicant = "hku"\n', ("F102", "applicant", "")),  # it stands in [project]
        ('[[applicant]]\nbody = "hku"\n', ("F103", "applicant", "")),
        ("[phases]\n", ("F103", "phases", "")),
        (PHASE + 'start = "soon"\n', ("F103", '"soon"', "")),
        (PHASE + "start = 2025-01-01T10:00:00\n", ("F103", "2025-01-01T10:00:00", "")),
        (PHASE + "funding = 5\n", ("F103", "5", "")),
        (LINE % "amount = true", ("F103", "true", "")),
        (LINE % 'amount = "１２"', ("F104", '"１２"', "")),
        (LINE % "amount = nan", ("F106", "nan", "")),
        (LINE % 'amount = "12 bananas"', ("F104", '"12 bananas"', "")),
        (LINE % 'amount = "HKDD 5"', ("F108", '"HKDD 5"', "HKD")),
        (LINE % "amount = 0.001", ("F105", "0.001", "")),
        (LINE % 'amount = "JPY 0.5"', ("F105", '"JPY 0.5"', "")),
        ('[ip]\ninventor_share = "101%"\n', ("F106", '"101%"', "")),
        ("[ip]\ninventor_share = 70\n", ("F106", "70", "")),
        ('[applicant]\nname = "　​ "\n', ("F109", '"　​ "', "")),
        # words
        ('[applicant]\ntype = "univeristy"\n', ("F107", '"univeristy"', "university")),
        (LINE % 'payer = "scheem"', ("F107", '"scheem"', "scheme")),
        ('[[team]]\nkind = "profesor"\n', ("F107", '"profesor"', "professor")),
        ('[applicant]\nbody = "hkuu"\n', ("F115", '"hkuu"', "hku")),
        ('[applicant]\nbody = "The Universty of Hong Kong"\n',
         ("F115", '"The Universty of Hong Kong"', "The University of Hong Kong")),
        ('[applicant]\nbody = "香港敎育大學"\n', ("F115", '"香港敎育大學"', "香港教育大學")),
        ('[[participants]]\nbody = "nobody"\n', ("F115", '"nobody"', "")),
        ('[incomplete]\nlists = ["phase"]\n', ("F115", '"phase"', "phases")),
        ('[[judgements]]\nscheme = "x"\nrule = "x"\nverdict = "maybe"\nby = "B"\non = 2025-01-01\n',
         ("F107", '"maybe"', "")),
        # ids, dates and what contradicts itself
        ('[[phases]]\nid = "pro\u200bject"\n', ("F111", '"pro\u200bject"', "")),
        (PHASE + '[[phases]]\nid = "b"\n' + PHASE, ("F112", '"a"', "")),
        ('[[phases]]\n[[phases]]\nid = "0"\n', ("F112", '"0"', "")),
        (LINE % 'id = "x" }, { id = "x"', ("F112", '"x"', "")),
        (PHASE + "start = 2025-01-02\nend = 2025-01-01\n", ("F116", "2025-01-01", "")),
        (PHASE + "start = 1899-12-31\n", ("F106", "1899-12-31", "")),
        (PHASE + "end = 2201-01-01\n", ("F106", "2201-01-01", "")),
        ('[applicant]\nbody = "hku"\ntype = "company"\n', ("F118", '"company"', "")),
        # rates
        ('[rates]\n"EURHKD" = { value = 9, on = 2025-01-01, source = "S" }\n', ("F104", '"EURHKD"', "")),
        ('[rates]\n"EUR/HKDD" = { value = 9, on = 2025-01-01, source = "S" }\n',
         ("F108", '"EUR/HKDD"', "HKD")),
        ('[rates]\n"EUR/HKD" = { value = 9, on = 2025-01-01, source = "S" }\n'
         '"HKD/EUR" = { value = 0.12, on = 2025-01-01, source = "S" }\n', ("F118", "0.12", "")),
        ('[rates]\n"EUR/HKD" = { value = 0, on = 2025-01-01, source = "S" }\n', ("F106", "0", "")),
        ('[rates]\n"EUR/HKD" = { value = -9, on = 2025-01-01, source = "S" }\n', ("F106", "-9", "")),
    ],
)  # fmt: skip
def test_refusals(text, expected):
    assert problems(text) == [expected]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", [("F101", "", "")]),
        ('[project]\ntitle = "T"\n', [("F101", "project", "")]),
        ('[project]\ncurrency = "HKD"\n', [("F101", "project", "")]),
        ("[project]\n", [("F101", "project", ""), ("F101", "project", "")]),
        ('[project]\ntitle = "T"\ncurrency = "HKDD"\n', [("F108", '"HKDD"', "HKD")]),
        ('[project]\ntitle = "T"\ncurency = "HKD"\n', [("F102", "curency", "currency")]),
        ('[project]\ntitle = " "\ncurrency = "HKD"\n', [("F109", '" "', "")]),
        ('format = 999\n[project]\ntitle = "T"\ncurrency = "HKD"\n', [("F117", "999", "")]),
        ('[project]\ntitle = "T"\ncurrency = "HKD"\ndates = { submited = 2025-01-01 }\n',
         [("F102", "submited", "submitted")]),
        ('[project]\ntitle = "T"\ncurrency = "HKD"\ndates = { submitted = 1899-01-01 }\n',
         [("F106", "1899-01-01", "")]),
    ],
)  # fmt: skip
def test_the_head(head, expected):
    found = refused(read_project, "", head)
    if not head:
        assert [(one.code, one.place.line, one.place.column) for one in found] == [("F101", 1, 1)]
        return
    assert said(found, head) == expected


def test_an_id_twice_names_both_places():
    [one] = refused(read_project, PHASE + '[[phases]]\nid = "b"\n' + PHASE)
    assert (one.place.line, one.also.line) == (9, 5)


def test_everything_wrong_is_said_in_file_order():
    text = '[applicant]\ntype = "x"\n' + PHASE + 'start = "soon"\n' + '[ip]\ninventor_share = "2"\n'
    assert [code for code, _, _ in problems(text)] == ["F107", "F103", "F106"]


# -- names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["eduhk", "EdUHK", "edUHK", "The Education University of Hong Kong", "Education University of Hong Kong",
     "the education university of hong kong", "香港教育大學", "香港教育大学", "HKIEd", " EdUHK ",
     "ＥｄＵＨＫ"],
)  # fmt: skip
def test_a_body_by_any_name(name):
    found = read_project(f'[applicant]\nbody = "{name}"\n')
    assert found.data["applicant"]["body"] == "eduhk"
    assert project.facts(found, RAISE.reading).fact("applicant.type") == "university"


def test_no_type_follows_from_a_body_that_is_not_listed():
    found = read_project('[applicant]\nbody = "other"\ntype = "company"\n')
    assert project.facts(found, RAISE.reading).fact("applicant.type") == "company"
    assert read_project('[applicant]\nbody = "hku"\ntype = "university"\n')


# -- answers ------------------------------------------------------------------------------------------

OWN = f"""\
[facts.state]
type = "choice"
{LABEL}choices = {{ ongoing = {{ en = "o" }}, finished = {{ en = "f" }} }}
[facts.fee]
type = "money"
{LABEL}
[facts.staff]
type = "count"
{LABEL}
[facts.cities]
type = "choice"
many = true
{LABEL}choices = {{ hk = {{ en = "HK" }}, sz = {{ en = "SZ" }} }}
[stages.first]
label = {{ en = "First" }}
""" + rule("x", require="true")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('state = "onging"', ("F107", '"onging"', "ongoing")),
        ("stat = 1", ("F102", "stat", "state")),
        ("staff = 3.7", ("F103", "3.7", "")),
        ("staff = true", ("F103", "true", "")),
        ("staff = -1", ("F106", "-1", "")),
        ("fee = 0.005", ("F105", "0.005", "")),
        ('fee = "HKDD 1"', ("F108", '"HKDD 1"', "HKD")),
        ('cities = "hk"', ("F103", '"hk"', "")),
        ('cities = ["hk", "gz"]', ("F107", '"gz"', "")),
        ('phases = { b = { stage = "first" } }', ("F115", "b", "")),
        ('phases = { aa = { stage = "first" } }', ("F115", "aa", "a")),
        ("phases = { a = { strat = 2025-01-01 } }", ("F102", "strat", "start")),
        ("phases = { a = { end = 2024-12-31 } }", ("F116", "2024-12-31", "")),
        ("phases = { a = { start = 2026-12-31 } }", ("F116", "2026-12-31", "")),
    ],
)
def test_answers_are_checked_at_their_place(text, expected):
    body = PHASE + "start = 2025-01-01\nend = 2025-12-31\n" + f'[answers."xx/small"]\n{text}\n'
    found = refused(check.check, read_project(body), read_scheme(OWN))
    assert said(found, PROJECT + body) == [expected]


def test_answers_to_another_scheme_are_left_alone():
    assert checked(OWN, '[answers."xx/other"]\nanything = { at = "all" }\n').verdict == "eligible"
    found = refused(check.check, read_project('[answers]\n"xx/small" = 3\n'), read_scheme(OWN))
    assert said(found, PROJECT + '[answers]\n"xx/small" = 3\n') == [("F103", "3", "")]


def test_a_fact_of_many_words():
    text = OWN + rule("many", require="'hk' in own.cities and 'sz' not in own.cities")
    for cities, expected in (('["hk"]', "pass"), ('["hk", "sz"]', "fail"), ("[]", "fail")):
        assert verdicts(checked(text, f'[answers."xx/small"]\ncities = {cities}\n'))["many"] == expected
    assert verdicts(checked(text))["many"] == "unknown"


# -- money in other currencies ------------------------------------------------------------------------

CAP = rule("cap", require="project.grant <= most", with_='{ most = "HKD 100" }')


def rates(**pairs):
    return "[rates]\n" + "".join(
        f'"{pair.replace("_", "/")}" = {{ value = "{rate}", on = 2025-10-01, source = "Bank" }}\n'
        for pair, rate in pairs.items()
    )


def grant(text):
    return f'[[phases]]\nfunding = [{{ payer = "scheme", amount = {text} }}]\n'


@pytest.mark.parametrize(
    ("amount", "rate", "expected"),
    [
        ('"EUR 10"', rates(EUR_HKD="10"), "pass"),
        ('"EUR 10.01"', rates(EUR_HKD="10"), "fail"),
        ('"EUR 10"', rates(EUR_HKD="10.000000000001"), "fail"),  # exact, not rounded to cents
        ('"EUR 10"', rates(HKD_EUR="1/10"), "pass"),
        ('"EUR 10"', rates(HKD_EUR="0.099999999999"), "fail"),
        ('"JPY 300"', rates(JPY_HKD="1/3"), "pass"),
        ('"JPY 301"', rates(JPY_HKD="1/3"), "fail"),
        ('"EUR 10"', "", "unknown"),
        ('"EUR 10"', rates(EUR_USD="1"), "unknown"),
        ("100", rates(EUR_HKD="10"), "pass"),
    ],
)
def test_rates(amount, rate, expected):
    result = checked(CAP, grant(amount) + rate)
    assert verdicts(result) == {"cap": expected}
    if expected == "unknown":
        assert missing(result) == [("cap", None, ["EUR/HKD"])]
        assert [m.kind for m in result.findings[0].missing] == ["rate"]
        assert 'the exchange rate "EUR/HKD", under [rates]' in console.draw(view.page([result], "en"))


def test_the_project_s_own_currency():
    head = '[project]\ntitle = "T"\ncurrency = "EUR"\n'
    assert verdicts(checked(CAP, grant("10"), head=head)) == {"cap": "unknown"}
    assert verdicts(checked(CAP, grant("10") + rates(EUR_HKD="10"), head=head)) == {"cap": "pass"}
    assert verdicts(checked(CAP, grant('"HKD 100"'), head=head)) == {"cap": "pass"}


def test_a_remedy_in_the_scheme_s_currency():
    [finding] = checked(CAP, grant('"JPY 400"') + rates(JPY_HKD="1/3")).findings
    assert [(r.path, r.bound, r.values) for r in finding.remedies] == [
        ("project.grant", "at-most", (10_000,))
    ]


# -- files --------------------------------------------------------------------------------------------


def run(*arguments, folder, **options):
    return subprocess.run(
        [sys.executable, "-m", "ipcalc", *arguments], cwd=folder, capture_output=True, timeout=60,
        check=False, **options,
    )  # fmt: skip


def test_line_ends_and_byte_order_marks(tmp_path):
    raw = EXAMPLE.read_bytes()
    results = []
    for name, data in (("lf", raw), ("crlf", raw.replace(b"\n", b"\r\n")), ("bom", b"\xef\xbb\xbf" + raw)):
        path = tmp_path / f"{name}.toml"
        path.write_bytes(data)
        results.append(view.document([check.check(project.read(toml.load(path)), RAISE)], "en"))
    assert results[0] == results[1] == results[2]
    broken = raw.replace(b'payer = "scheme"', b'payer = "scheem"', 1)
    places = []
    for data in (broken, broken.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + broken):
        (tmp_path / "x.toml").write_bytes(data)
        [one] = refused(project.read, toml.load(tmp_path / "x.toml"))
        places.append(one.place[1:])
    assert places[0] == places[1] == places[2]


FIRST = '[project]\ntitle = "T"\ncurrency = "HKD"\n'
BAD = {  # name: (the file, what the message must contain, whether a position, seconds)
    "empty": (b"", ["project"], True, 10),
    "comment-only": (b"# nothing here yet\n", [":1:1:"], True, 10),
    "utf16": ('title = "示範"\n'.encode("utf-16"), ["UTF-8"], True, 10),
    "bad-byte": (FIRST.encode() + b'[applicant]\nname = "a\xffb"\n', [":5:10:", "0xff"], True, 10),
    "inline-extended": (b'applicant = { name = "x" }\napplicant.type = "y"\n' + FIRST.encode(), [], True, 10),
    "curly-quotes": ("[project]\ntitle = “sensor”\n".encode(), ["straight"], True, 10),
    "fullwidth": (FIRST.encode() + (LINE % 'amount = "１２"').encode(), [], True, 10),
    "leading-zero": (FIRST.encode() + (LINE % "amount = 007").encode(), ["zero"], True, 10),
    "thousands-comma": (FIRST.encode() + b"[x]\namount = 1,000,000\n", ["1_000_000"], True, 10),
    "yes": (FIRST.encode() + b'[answers."hk/raise-plus"]\ncommitment_letters = yes\n', ["true"], True, 10),
    "deep-array-300": (FIRST.encode() + b"[applicant]\nname = " + b"[" * 300 + b"]" * 300 + b"\n",
     [], False, 2),
    "dotted-999": (b".".join([b"a"] * 999) + b" = 1\n" + FIRST.encode(), [], False, 2),
    "nan": (FIRST.encode() + (LINE % "amount = nan").encode(), [], True, 10),
    "inf": (FIRST.encode() + (LINE % "amount = inf").encode(), [], True, 10),
    "neg-inf": (FIRST.encode() + (LINE % "amount = -inf").encode(), [], True, 10),
    "1m-array": (FIRST.encode() + b"[incomplete]\nlists = [" + b'"a",' * 1_000_000 + b"]\n",
     ["1 MiB"], False, 5),
    "10k-array": (FIRST.encode() + b"[incomplete]\nlists = [" + b'"a",' * 20_000 + b"]\n", ["10000"], False,
     5),
    "50k-tables": (FIRST.encode() + b"[[participants]]\nnmae = 1\n" * 38_000, ["10000"], False, 5),
    "9k-tables": (FIRST.encode() + b"[[participants]]\nnmae = 1\n" * 900, ["nmae", "name", "880"], True, 5),
    "bool-as-int": (FIRST.encode() + b'[answers."hk/raise-plus"]\nuniversity_applications = true\n', [],
     True, 10),
    "float-for-int": (FIRST.encode() + b'[answers."hk/raise-plus"]\nuniversity_applications = 3.7\n', [],
     True, 10),
    "datetime-for-date": (FIRST.encode() + PHASE.encode() + b"start = 2026-01-01T23:30:00-11:00\n", [],
     True, 10),
    "typo-enum": (FIRST.encode() + b'[applicant]\ntype = "univeristy"\n', ["did you mean 'university'?"],
     True, 10),
    "blank-name": ('[project]\ntitle = "　​ "\ncurrency = "HKD"\n'.encode(), [], True, 10),
    "zero-width-id": (FIRST.encode() + '[[phases]]\nid = "pro​ject"\n'.encode(), ["U+200B"], True, 10),
    "many": (FIRST.encode() + b"bugdet = 1\n" + PHASE.encode() + b'start = "soon"\nend = "later"\n',
             ["bugdet", "'start'", "'end'"], True, 10),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_files(name, tmp_path):
    raw, mentions, position, seconds = BAD[name]
    (tmp_path / "project.toml").write_bytes(raw)
    start = time.monotonic()
    done = run("check", "project.toml", "-s", "hk/raise-plus", folder=tmp_path)
    assert time.monotonic() - start < seconds
    out = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b""), out
    assert "Traceback" not in out and "project.toml" in out
    assert len(out.splitlines()) <= 80
    for word in mentions:
        assert word in out, out
    if position:
        assert "project.toml:" in out and out.split("project.toml:")[1][0].isdigit(), out
    places = [line.index(word) for word in mentions for line in [out] if word in line]
    assert places == sorted(places) or name != "many"


@pytest.mark.parametrize(
    "title",
    ["[link=https://example.invalid]official guide[/link]", ":skull: :white_check_mark:", "[bold red]x[/]",
     "\x1b]0;hacked\x07x", "\x1b[2Jgone", "👩‍🔬 lab é", "a\u202eb", "a\nb\r\tc"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["table", "md", "json"])
def test_texts_are_inert_in_a_terminal(title, form, tmp_path):
    text = EXAMPLE.read_text().replace(
        '"Solid-state battery separators"', json.dumps(title, ensure_ascii=False)
    )
    text = text.replace('"two independent referees"', json.dumps(title, ensure_ascii=False))
    (tmp_path / "project.toml").write_text(text.replace("\x1b", "\\u001b").replace("\x07", "\\u0007"))
    done = run("check", "project.toml", "--format", form, "--color", "always", folder=tmp_path)
    out = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    if form == "json":
        assert json.loads(out)["results"][0]["project"] == title
    for mark in ("\x1b]", "\x07", "\x1b[2J", "\u202e", "\r", "\x1b]8"):
        assert mark not in out
    if form == "table" and title.isprintable() and title.isascii():
        assert title in out.replace("\n", " ") or title.split()[0] in out


# -- the JSON Schema ----------------------------------------------------------------------------------


def jsonable(node):
    """A TOML document as JSON has it: dates as strings, decimals as numbers."""
    if isinstance(node, dict):
        return {key: jsonable(below) for key, below in node.items()}
    if isinstance(node, list):
        return [jsonable(below) for below in node]
    if isinstance(node, datetime.date):
        return node.isoformat()
    return float(node) if isinstance(node, Decimal) else node


SCHEMA = schemas.schema("project")
DATA = jsonable(toml.load(EXAMPLE).data)


def test_the_schema_is_one_and_accepts_the_examples():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for path in sorted(EXAMPLE.parent.glob("*.toml")):
        assert list(validator.iter_errors(jsonable(toml.load(path).data))) == [], path.name
    for example in RAISE.examples():
        assert list(validator.iter_errors(jsonable(example.document.data))) == [], example.title


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("aplicant",), {}),
        (("project", "title"), 3),
        (("project", "currency"), "HK"),
        (("project", "budget"), 1),
        (("applicant", "type"), "univeristy"),
        (("phases", 0, "start"), 5),
        (("phases", 0, "id"), "Not An Id"),
        (("phases", 0, "funding"), {}),
        (("phases", 0, "funding", 0, "payer"), "scheem"),
        (("phases", 0, "funding", 0, "amount"), True),
        (("team", 0, "kind"), "profesor"),
        (("judgements", 0, "verdict"), "maybe"),
        (("incomplete",), {"lists": "team"}),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(path, value):
    broken = copy.deepcopy(DATA)
    node = broken
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = value
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(broken)


@pytest.mark.parametrize("path", [("project",), ("project", "title"), ("judgements", 0, "by")])
def test_the_schema_needs_what_the_reader_needs(path):
    broken = copy.deepcopy(DATA)
    node = broken
    for part in path[:-1]:
        node = node[part]
    del node[path[-1]]
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(broken)


def test_the_result_s_document_is_as_its_schema_says():
    validator = jsonschema.Draft202012Validator(schemas.schema("check"))
    for text in (EXAMPLE.read_text(), PROJECT):
        result = check.check(project.read(toml.parse("p.toml", text)), RAISE)
        for lang in ("en", "zh-Hant", "zh-Hans"):
            made = json.loads(json.dumps(view.document([result], lang)))
            assert list(validator.iter_errors(made)) == []


# -- no float -----------------------------------------------------------------------------------------


def walk(node, seen):
    """Everything that a value holds."""
    if id(node) in seen:
        return
    seen[id(node)] = node
    yield node
    if isinstance(node, dict) or (hasattr(node, "items") and not isinstance(node, tuple)):
        for key, below in node.items():
            yield from walk(key, seen)
            yield from walk(below, seen)
    elif isinstance(node, list | tuple | set | frozenset):
        for below in node:
            yield from walk(below, seen)
    else:
        slots = [name for kind in type(node).__mro__ for name in getattr(kind, "__slots__", ())]
        for name in [*slots, *getattr(node, "__dict__", {})]:
            yield from walk(getattr(node, name, None), seen)


def test_no_float_anywhere():
    text = EXAMPLE.read_text().replace("24_000_000", "24_000_000.10").replace('"70%"', "0.7")
    found = project.read(toml.parse("p.toml", text))
    result = check.check(found, RAISE, datetime.date(2025, 10, 1))
    everything = list(walk((found.data, result.findings, result.values, result.open, result.gaps), {}))
    assert Fraction(7, 10) in everything and 2_400_000_010 in everything
    assert [one for one in everything if isinstance(one, float)] == []


def test_what_is_said_to_a_scheme_or_shown_of_a_fact_that_there_is_not_is_refused():
    text = (
        '[answers."hk/raise-pluss"]\nmaturity = "ongoing"\n'
        '[[judgements]]\nscheme = "hk/raise"\nrule = "originality"\nverdict = "pass"\n'
        'by = "A"\non = 2025-01-01\n'
        '[[evidence]]\nfact = "applicant.tpye"\nref = "a"\n[[evidence]]\nfact = "own.letters"\nref = "b"\n'
    )
    found = refused(project.recognise, read_project(text), {"hk/raise-plus"}, {"own.letters"})
    assert [(one.code, one.args["value"], one.near) for one in found] == [
        ("S201", "hk/raise-pluss", "hk/raise-plus"),
        ("S201", "hk/raise", "hk/raise-plus"),
        ("F115", "applicant.tpye", "applicant.type"),
    ]
