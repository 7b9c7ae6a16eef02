"""Reading a rule: what is refused, with which code, and at exactly which characters."""

from __future__ import annotations

import time
import warnings

import pytest
import small_language as small
from small_language import faults, only

from ipcalc.inputs import toml
from ipcalc.rules import reader, tree

SYNTAX = {  # text: the characters it is about, and the sign that was meant
    "org.ready and": ("d", ""),
    "org.ready org.signed": ("o", ""),
    "org.ready = true": ("=", "=="),
    "org.grant => limit": ("=>", ">="),
    "org.grant =< limit": ("=<", "<="),
    "org.ready && org.signed": ("&&", "and"),
    "org.ready || org.signed": ("||", "or"),
    "!org.ready": ("!", "not"),
    "org.grant <> limit": ("<>", "!="),
    "org.kind == 'uni": ("'", ""),
    "org.kind == ‘uni’": ("‘", ""),
    "org.kind == '大學' and ‘": ("‘", ""),
    "(org.ready": ("(", ""),
    "org.ready and (org.signed": ("(", ""),
    "org.ready)": (")", ""),
    "org.ready) or (org.signed": (")", ""),
    "org.ready \0": ("\0", ""),
    "org.ready \\": ("\\", ""),
    "org.ready # always": ("#", ""),
    "org.ready\r": ("\r", ""),
    "org.ready and\x0corg.signed": ("\x0c", ""),
    "'\ud800' == org.name": ("\ud800", ""),
    "\ufefforg.ready": ("\ufeff", ""),
    "1if org.ready else 0": ("1", ""),
}


@pytest.mark.parametrize("text", SYNTAX)
def test_not_an_expression(text):
    code, at, args, near = only(text)
    assert code == "R201"
    assert (at, near) == SYNTAX[text]
    assert args["reason"]


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing(text):
    (fault,) = faults(text)
    assert fault.code == "R201"
    assert faults("org.ready and\n\n") and reader.each(text, small.SCOPE)[1][0].code == "R201"


def test_no_warning_of_the_parser_gets_out():
    with warnings.catch_warnings(record=True) as caught:
        for text in ("1or org.ready", "0if org.ready else 1", "org.ready is 'x'", "org.name == f'{1or 2}'"):
            assert faults(text)
    assert not caught


REFUSED = {  # text: what it is of, the characters
    "lambda: org.ready": ("lambda", "lambda: org.ready"),
    "[p for p in people]": ("[… for …]", "[p for p in people]"),
    "(p.staff for p in people)": ("… for … in …", "(p.staff for p in people)"),
    "{p for p in people} == org.ready": ("{… for …}", "{p for p in people}"),
    "org.name == f'{org.kind}'": ("f'…'", "f'{org.kind}'"),
    "(x := org.ready)": (":=", "x := org.ready"),
    "org.ready and (await org.signed)": ("await", "await org.signed"),
    "org.ready or (yield)": ("yield", "yield"),
    "count(*people)": ("*", "*people"),
    "{} == org.ready": ("{…}", "{}"),
    "org.ready == {1}": ("{…}", "{1}"),
    "org.ready, org.signed": (",", "org.ready, org.signed"),
    "fee['a':'b']": (":", "'a':'b'"),
    "org.grant ** org.score": ("operator", "org.grant ** org.score"),
    "org.score // org.level": ("operator", "org.score // org.level"),
    "org.score % org.level": ("operator", "org.score % org.level"),
    "org.ready & org.signed": ("operator", "org.ready & org.signed"),
    "org.ready | org.signed": ("operator", "org.ready | org.signed"),
    "org.staff << org.staff": ("operator", "org.staff << org.staff"),
    "limit > org.grant is limit": ("operator", "org.grant is limit"),
    "org.ready is not true": ("operator", "org.ready is not true"),
    "~org.staff": ("sign", "~org.staff"),
    "+org.staff": ("sign", "+org.staff"),
    "-org.start": ("sign", "-org.start"),
    "org.name == None": ("value", "None"),
    "org.name == b'x'": ("value", "b'x'"),
    "org.name == ...": ("value", "..."),
    "org.score == 1j": ("value", "1j"),
    "org.kind in ['uni', org.kind]": ("list item", "org.kind"),
    "org.kind in ['uni', 1]": ("list item", "1"),
    "any(p.staff for p in people for q in people)": ("for", "(p.staff for p in people for q in people)"),
    "any(p.staff for (p, q) in people)": ("for", "(p.staff for (p, q) in people)"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_the_language_has_not(text):
    code, at, args, _ = only(text)
    assert (code, args["what"], at) == ("R202", *REFUSED[text])


UNKNOWN = {  # text: the word, what is near it
    "nobody": ("nobody", ""),
    "limits > org.grant": ("limits", "limit"),
    "ogr.grant > limit": ("ogr", "org"),
    "org.grnat > limit": ("grnat", "grant"),
    "org.Grant > limit": ("Grant", "grant"),
    "org . grnat > limit": ("grnat", "grant"),
    "(org).grnat > limit": ("grnat", "grant"),
    "project.pade > limit": ("pade", "paid"),
    "own.agred": ("agred", "agreed"),
    "any(p.staf for p in people)": ("staf", "staff"),
    "any(p.lenght > longest for p in phases)": ("lenght", "length"),
    "any(any(f.cash for f in p.fundin) for p in phases)": ("fundin", "funding"),
    "org.grant.amount > limit": ("amount", ""),
    "org.start.yaer > on.year": ("yaer", "year"),
    "org.start.year.year > on.year": ("year", ""),
    "org.__class__": ("__class__", ""),
    "__import__": ("__import__", ""),
    "__import__('os')": ("__import__", ""),
    "people.age": ("age", ""),
    "limit.real": ("real", ""),
    "org": ("org", "org.kind"),
    "call": ("call", "call.id"),
    "scheme == 'x'": ("scheme", "scheme.id"),
    "call.idd == 'x'": ("idd", "id"),
    "on.yaer > on.year": ("yaer", "year"),
    "som(p.pay for p in people) > limit": ("som", "sum"),
    "org.kind(1)": ("org.kind", ""),
    "(lambda: 1)()": ("lambda: 1", ""),
    "caps['uni', 'one'] > limit": ("caps", "cap"),
    "org['kind']": ("org", ""),
    "org.name == '大學' or 學校": ("學校", ""),
    "'é' == org.name and org.grnat > limit": ("grnat", "grant"),
    "any(p.staff for p in peopel)": ("peopel", "people"),
    "org.ready\n  and org.singed\n": ("singed", "signed"),
    "\n\torg.ready and\n\torg.singed": ("singed", "signed"),
    "  nobody": ("nobody", ""),
}


@pytest.mark.parametrize("text", UNKNOWN)
def test_unknown_words(text):
    code, at, args, near = only(text)
    assert (code, at, near) == ("R203", *UNKNOWN[text])
    assert args["value"] == at


TYPES = {  # text: code, the characters, what the message needs
    "org.grant <= org.term": ("R204", "org.grant <= org.term", "money <= duration"),
    "org.ready and org.grant <= org.term": ("R204", "org.grant <= org.term", "money <= duration"),
    "limit < org.cost < org.start": ("R204", "org.cost < org.start", "money < date"),
    "limit < org.cost <= org.part": ("R205", "org.cost <= org.part", "money <= share"),
    "org.part < org.factor": ("R205", "org.part < org.factor", "share < ratio"),
    "org.grant > 1": ("R205", "org.grant > 1", "money > one"),
    "org.grant * org.cost > limit": ("R204", "org.grant * org.cost", "money * money"),
    "org.grant + org.part > limit": ("R204", "org.grant + org.part", "money + share"),
    "org.grant + 1 > limit": ("R204", "org.grant + 1", "money + one"),
    "org.start - org.end": ("R204", "org.start - org.end", "date - date"),
    "org.start + org.term + org.term > on": ("R204", "org.start + org.term + org.term", "moved + duration"),
    "org.term + org.notice > org.term": ("R204", "org.term + org.notice", "duration + duration"),
    "org.term > org.notice": ("R204", "org.term > org.notice", "duration > duration"),
    "min(org.term, org.notice) > org.term": ("R204", "min(org.term, org.notice)", "duration min duration"),
    "max(org.grant, org.part) > limit": ("R204", "max(org.grant, org.part)", "money max share"),
    "org.ready < org.signed": ("R204", "org.ready < org.signed", "truth < truth"),
    "org.name < org.kind": ("R204", "org.name < org.kind", "text < choice"),
    "org.kind in near and org.grant in near": ("R204", "org.grant in near", "money in group"),
    "true in org.tags": ("R204", "true in org.tags", "truth in list"),
    "org.kind in org.name": ("R204", "org.kind in org.name", "choice in text"),
    "(org.grant if org.ready else org.part) > limit": (
        "R204", "org.grant if org.ready else org.part", "money else share"),
    "sum(p.kind for p in people) > limit": ("R204", "p.kind", "sum of choice"),
    "any(p.age for p in people)": ("R204", "p.age", "any of count"),
    "distinct(p.pay for p in people)": ("R204", "p.pay", "distinct of money"),
    "fee[org.start] > limit": ("R204", "org.start", "date [] choice"),
    "org.score > 2": ("R206", "2", "2"),
    "1.5 < org.score": ("R206", "1.5", "1.5"),
    "1.0 < org.score": ("R206", "1.0", "1.0"),
    "org.score > 1e400": ("R206", "1e400", "1e400"),
    "org.score > 0x2": ("R206", "0x2", "0x2"),
    f"org.score > {'9' * 1000}": ("R206", "9" * 1000, "9" * 40),
    "length(on) > longest": ("R208", "length(on)", "length 2"),
    "length(d for d in people) > longest": ("R208", "length(d for d in people)", "length 2"),
    "count() > need": ("R208", "count()", "count 1"),
    "min(org.grant) > limit": ("R208", "min(org.grant)", "min … for … in …"),
    "any(org.ready, org.signed)": ("R208", "any(org.ready, org.signed)", "any … for … in …"),
    "min(org.grant, limit, key=limit) > limit": ("R208", "min(org.grant, limit, key=limit)", "min 1"),
    "cap['uni'] > limit": ("R208", "cap['uni']", "cap 2"),
    "cap > limit": ("R208", "cap", "cap 2"),
    "any(on for on in people)": ("R209", "on", "on reserved"),
    "any(org.ready for org in people)": ("R209", "org", "org taken"),
    "any(true for limit in people)": ("R209", "limit", "limit taken"),
    "any(true for sum in people)": ("R209", "sum", "sum function"),
    "any(true for true in people)": ("R209", "true", "true keyword"),
    "any(true for _p in people)": ("R209", "_p", "_p shape"),
    "any(true for é in people)": ("R209", "é", "é shape"),
    "any(any(true for p in people) for p in people)": ("R209", "p", "p taken"),
    "not org.grant": ("R210", "org.grant", "truth money"),
    "org.ready and org.grant": ("R210", "org.grant", "truth money"),
    "org.grant if org.cost else limit": ("R210", "org.cost", "truth money"),
    "count(org.ready, org.grant) > need": ("R210", "count(org.ready, org.grant)", "truth money"),
    "length(on, org.grant) > longest": ("R210", "length(on, org.grant)", "date money"),
    "any(true for p in org.grant)": ("R210", "org.grant", "records money"),
    "any(true for p in ['a'])": ("R210", "['a']", "records list"),
    "org.kind == 'univ'": ("R212", "'univ'", "univ uni, company, person"),
    "'univ' != org.kind": ("R212", "'univ'", "univ uni, company, person"),
    "org.kind in ['uni', 'compny']": ("R212", "'compny'", "compny uni, company, person"),
    "any('leed' in (p.roles) for p in people)": ("R212", "'leed'", "leed lead, poster"),
    "any(p.stage == 'tow' for p in phases)": ("R212", "'tow'", "tow one, two"),
    "org.body == 'hkuu'": ("R212", "'hkuu'", "hkuu hku, cuhk, mit, other"),
    "fee['unni'] > limit": ("R212", "'unni'", "unni uni, company, person"),
    "org.name == '大學' and org.kind == '大學'": ("R212", "'大學'", "大學 uni, company, person"),
}  # fmt: skip


@pytest.mark.parametrize("text", TYPES)
def test_what_does_not_go_together(text):
    code, at, args, _ = only(text)
    assert (code, at, " ".join(args.values())) == TYPES[text]


def test_a_word_that_is_close_is_offered():
    assert only("org.kind == 'compny'")[3] == "company"
    assert only("org.body == 'hkuu'")[3] == "hku"
    assert only("any('leed' in p.roles for p in people)")[3] == "lead"


def test_the_wanted_kind():
    assert only("org.grant", "truth") == ("R210", "org.grant", {"wanted": "truth", "got": "money"}, "")
    assert not faults("org.ready", "truth")


def test_every_problem_is_reported_and_not_more_than_a_screenful():
    text = "org.reddy and org.grant <= org.term and nobody"
    assert [(f.code, text[f.start : f.end]) for f in faults(text)] == [
        ("R203", "reddy"), ("R204", "org.grant <= org.term"), ("R203", "nobody"),
    ]  # fmt: skip
    assert len(faults(" or ".join(["nobody"] * 200))) == reader.FAULTS


LONG = {
    "nested": "(" * 190 + "org.ready" + ")" * 190 + " and nobody",
    "too nested": "(" * 900 + "org.ready" + ")" * 900,
    "lists": "[" * 900 + "]" * 900,
    "calls": "count(" * 150 + "org.ready" + ")" * 150,
    "not": "not " * 490 + "org.ready",
    "minus": "-" * 1900 + "org.staff",
    "spaced minus": "- " * 900 + "org.staff",
    "plus": "+".join(["org.grant"] * 190),
    "called": "(" + "+".join(["org.grant"] * 150) + ")()",
    "subscript": "(" + "-" * 1500 + "1)['a']",
    "member": "(" + "-" * 1500 + "1).a",
    "members": "a" + ".a" * 900,
    "keys": "x" + "[0]" * 600,
    "conditional": "org.ready if org.ready else " * 70 + "true",
    "lambda": "lambda:" * 280 + "0",
    "any": "any(" * 60 + "true" + " for p in people)" * 60,
    "or": " or ".join(["nobody"] * 190),
    "comparisons": "<".join(["nobody"] * 250),
    "words": "org.body in [" + ", ".join(["'nobodies'"] * 150) + "]",
    "open": "(" * 1999,
    "open calls": "f(" * 999,
    "open braces": "{a:" * 600,
    "quotes": "'" * 1999,
    "text": "org.name == '" + "x" * 5000 + "'",
    "very long": "x" * 1_000_000,
    "f-string": "f'" + "{" * 900,
}


@pytest.mark.parametrize("name", LONG)
def test_long_and_deep_texts_are_refused_at_once(name):
    text = LONG[name]
    for read in (reader.expression, reader.each):
        began = time.process_time()
        found = read(text, small.SCOPE)[1]
        assert time.process_time() - began < 1
        assert found
        assert all(0 <= fault.start < fault.end <= len(text) for fault in found)
    codes = {fault.code for fault in faults(text)}
    if name in ("too nested", "not", "plus", "text", "very long", "conditional"):
        assert codes == {"R207"}


def test_bounds():
    assert only("org.name == '" + "x" * 3000 + "'")[0] == "R207"
    assert not faults("org.ready or " * 140 + "true")
    assert not faults(" " * 1900 + "org.ready")
    assert not faults("not " * 39 + "true")


EACH = {
    "p in nobody": ("R203", "nobody"),
    "p in people if p.staf": ("R203", "staf"),
    "é in people": ("R209", "é"),
    "org in people": ("R209", "org"),
    "in in people": ("R201", "in"),
    "p of people": ("R201", "p"),
    "p in people if": ("R201", "f"),
    "p in people] + [0 for p in people": ("R202", "p in people] + [0 for p in people"),
    "p in people for q in people": ("R202", "p in people for q in people"),
    "p in org.kind": ("R210", "org.kind"),
    "p in ['a']": ("R210", "['a']"),
    "p in people if p.pay": ("R210", "p.pay"),
    "x in distinct(p.kind for p in people if p.kind == 'x')": ("R212", "'x'"),
    "大 in people if nobody": ("R209", "大"),
    "p in people if p.kind == '大' or nobody": ("R212", "'大'"),
}


@pytest.mark.parametrize("text", EACH)
def test_clauses(text):
    code, at = EACH[text]
    fault = reader.each(text, small.SCOPE)[1][0]
    found = text[fault.start : fault.end]
    assert fault.code == code
    assert found == at or (code == "R201" and found in at)


def test_a_clause_that_is_right():
    clause, found = reader.each(" p in people\n if p.staff if p.kind == 'uni'", small.SCOPE)
    assert not found
    assert clause.name == "p"
    assert isinstance(clause.condition, tree.Logic)
    assert clause.condition.operator == "and"
    assert len(clause.condition.parts) == 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("p", ""),
        ("from", "keyword"),
        ("true", "keyword"),
        ("None", "keyword"),
        ("sum", "function"),
        ("on", "reserved"),
        ("cn-gd", "shape"),
        ("_x", "shape"),
        ("1a", "shape"),
        ("", "shape"),
        ("é", "shape"),
        ("match", ""),
    ],
)
def test_names(name, reason):
    assert reader.check_name(name) == reason


@pytest.mark.parametrize(
    "text",
    [
        "org.ready and\n  (org.signed\n   or org.open)\n",
        "\torg.ready",
        "org . ready",
        "min(org.end, org.start + org.term) <= on",
        "min(org.term, org.delay) <= longest",
        "(org.term if org.ready else org.notice) <= org.delay",
        "org.kind in (['uni'] if org.ready else ['company'])",
        "count(org.tags) > 0 if org.ready else true",
        "any(kind == 'uni' for kind in org.tags)",
        "all(any(f.cash for f in p.funding) for p in phases if p.stage == 'one')",
        "org.kind not in distinct(p.kind for p in people)",
        "count(people) >= need",
        "0 < org.grant <= half * limit",
        "1 - org.part >= org.rate",
        "org.body == 'other' or org.body in near",
        "call.opens <= on and on.year == org.start.year and scheme.id == 'x/test'",
        "'a' 'b' == org.name",
    ],
)
def test_what_the_language_has(text):
    assert not faults(text, "truth")


QUOTED = ('"{}"', "'{}'", '"""{}"""', "'''\n{}'''", '"""\\\n   {}"""')


@pytest.mark.parametrize("quoted", QUOTED)
@pytest.mark.parametrize(
    "before", ["", "org.ready and\n ", "org.ready and\t", "org.name == {q}大é{q} and\n\n"]
)
@pytest.mark.parametrize("escape", [False, True])
def test_the_place_in_a_file(quoted, before, escape):
    quote = '"' if quoted.startswith("'") else "'"
    text = before.replace("{q}", quote) + "org.grnat > limit"
    if "'''" not in quoted and '"""' not in quoted:
        if quoted.startswith("'"):
            text = text.replace("\n", " ")
        text = text.replace("\n", "\\n")
    if escape and quoted.startswith('"'):
        text = text.replace("é", "\\u00e9").replace("\t", "\\t").replace("大", "\\U00005927")
    document = toml.parse("x.toml", f'é = "大"\nrule = {quoted.format(text)}\n'.replace("é =", "a ="))
    (fault,) = faults(document.data["rule"])
    place = document.fault(("rule",), fault).place
    assert place.excerpt[place.column - 1 : place.column - 1 + place.width] == "grnat"
    assert document.text.split("\n")[place.line - 1] == place.excerpt
