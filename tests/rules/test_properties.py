"""Laws of the language: an independent twin, knowledge that only grows, texts that never break the reader."""

from __future__ import annotations

import copy
import re
import time

import pytest
import small_language as small
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from language_twin import twin

from ipcalc.inputs import toml
from ipcalc.rules import evaluate, reader, tree
from ipcalc.rules.values import Spread, Unknown

KINDS = ["truth", "money", "number", "count", "date", "share", "months", "choice"]


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None)
@given(data=st.data(), project=small.PROJECTS)
def test_the_twin_agrees(kind, data, project):
    text = data.draw(small.expressions(kind))
    assert small.value(text, project) == twin(text, project), text


# -- knowledge ----------------------------------------------------------------------------------------


def places(project, path=()):
    """Where something is stated: facts, and lists that are whole."""
    for key, value in project.items():
        yield (*path, key)
        if isinstance(value, dict):
            if not value["open"]:
                yield (*path, key, "open")
            for i, item in enumerate(value["items"]):
                yield from places(item, (*path, key, "items", i))


def without(project, path):
    """The project with one thing less that is known."""
    less = copy.deepcopy(project)
    node = less
    for key in path[:-1]:
        node = node[key]
    if path[-1] == "open":
        node["open"] = True
    else:
        del node[path[-1]]
    return less


def allows(less, more):
    """Whether what is known may be followed by what more is known."""
    if isinstance(less, Spread):
        low, high = (more.sure, more.possible) if isinstance(more, Spread) else (more, more)
        below = less.possible is None or (high is not None and high <= less.possible)
        return isinstance(more, Unknown) or (less.sure <= low and below)
    return isinstance(less, Unknown) or less == more


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None)
@given(data=st.data(), project=small.PROJECTS)
def test_one_more_fact_never_changes_what_is_known(kind, data, project):
    stated = list(places(project))
    assume(stated)
    less = without(project, data.draw(st.sampled_from(stated)))
    text = data.draw(small.expressions(kind))
    assert allows(small.trace(text, less).value, small.trace(text, project).value), text


@given(data=st.data(), project=small.PROJECTS)
def test_what_is_not_known_says_what_would_settle_it(data, project):
    text = data.draw(small.expressions("truth"))
    found = small.trace(text, project).value
    if isinstance(found, Unknown):
        assert found.missing, text
        assert len(set(found.missing)) == len(found.missing)


@given(data=st.data(), project=small.PROJECTS)
def test_a_tree_has_one_value(data, project):
    node, _ = reader.expression(data.draw(small.expressions("truth")), small.SCOPE)
    env, run = small.environment(project), evaluate.compile(node)
    assert run(env) == run(env) == evaluate.compile(node)(small.environment(project))
    assert not env.local
    assert node in list(tree.walk(node))


# -- unknown words ------------------------------------------------------------------------------------

WORD = re.compile(r"(?<!['\w])[a-z_]\w*(?!')")
SYNTAX_WORDS = {"and", "or", "not", "in", "if", "else", "for", "true", "false", *reader.FUNCTIONS}


@st.composite
def misspelt(draw):
    """A text in which one word is unknown, and that word's place."""
    text = draw(small.expressions("truth"))
    if draw(st.booleans()):
        text = f"org.name == {draw(st.sampled_from([chr(39), chr(34)]))}大é𝄞{{q}} or {text}"
        text = text.replace("{q}", text[12])
    spaces = draw(st.lists(st.sampled_from([" ", "\n", "\t", "  \n "]), min_size=3, max_size=3))
    for i, space in enumerate(spaces):
        text = text.replace(" or ", f"{space}or ", 1) if i else text.replace(" and ", f" and{space}")
    bound = set(re.findall(r"for (\w+) in", text))
    words = [m for m in WORD.finditer(text) if m[0] not in SYNTAX_WORDS and m[0] not in bound]
    assume(words)
    word = draw(st.sampled_from(words))
    wrong = draw(st.sampled_from(["zzz", "q", "zz_9" * 9]))
    return text[: word.start()] + wrong + text[word.end() :], word.start(), wrong


@settings(deadline=None)
@given(misspelt())
def test_an_unknown_word_is_marked_exactly(found):
    text, start, wrong = found
    (fault,) = small.faults(text)
    assert (fault.code, fault.start, fault.end) == ("R203", start, start + len(wrong))
    assert fault.args["value"] == wrong


@settings(deadline=None)
@given(misspelt(), st.sampled_from(['"', "'", '"""', "'''"]), st.data())
def test_an_unknown_word_is_marked_in_a_file(found, quotes, data):
    text, _, wrong = found
    if "'" in quotes and "'" in text:
        text = text.replace("'", '"')
    if len(quotes) == 1 and quotes == "'":
        text = text.replace("\n", " ")
    written = text
    if '"' in quotes:
        escapes = {'"': '\\"', "é": "\\u00e9", "𝄞": "\\U0001d11e", "\t": "\\t"}
        if len(quotes) == 1:
            escapes["\n"] = "\\n"
        for sign, escape in escapes.items():
            if sign in ('"', "\n") or data.draw(st.booleans()):
                written = written.replace(sign, escape)
    before = data.draw(st.sampled_from(["", "# 大\n\n", 'a = "é" # 𝄞\n']))
    document = toml.parse("x.toml", f"{before}[[rules]]\nrequire = {quotes}{written}{quotes}\n")
    assert document.data["rules"][0]["require"] == text
    (fault,) = small.faults(text)
    place = document.fault(("rules", 0, "require"), fault).place
    assert place.excerpt[place.column - 1 : place.column - 1 + place.width] == wrong
    assert document.text.split("\n")[place.line - 1] == place.excerpt


# -- texts at random ----------------------------------------------------------------------------------

PIECES = [
    *sorted(SYNTAX_WORDS), "org", "org.", "org.grant", "org.start", "org.kind", "org.tags", "org.delay",
    "people", "phases", "p", "p.pay", "near", "limit", "cap", "fee", "'uni'", "'", '"', "(", ")",
    "[", "]", "{", "}", ",", ":", ":=", ".", "+", "-", "*", "**", "/", "//", "%", "@", "&", "|",
    "^", "~", "<<", "<", "<=", ">", "==", "!=", "=", "0", "1", "2", "1.5", "1e400", "1j", "0x",
    "is", "lambda", "await", "yield", "async", "None", "f'{", "}'", "b'", "\n", "\t", "\0", "\\",
    "#", "大", "é", "𝄞", "\ufeff", "\u00a0", "\u2028", "ª", "…", ";", "`", "$", "?", "!",
    "for p in people", "p in people if", "sum(p.pay for p in people)", "on", "call", "call.id", "scheme",
    "__class__",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.lists(st.sampled_from([*PIECES, "org.ready", "org.signed", "and"]), max_size=9).map(" ".join),
)


@st.composite
def mutated(draw):
    """A text of the language with a few characters removed, added or changed."""
    text = draw(small.expressions(draw(st.sampled_from(KINDS))))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        to = draw(st.integers(at, min(at + 6, len(text))))
        text = text[:at] + draw(st.sampled_from(["", *PIECES])) + text[to:]
    return text


def sound(found, text):
    for fault in found:
        assert re.fullmatch(r"R2\d\d", fault.code)
        assert 0 <= fault.start < fault.end <= max(len(text), 1), (fault, text)
        assert all(isinstance(value, str) for value in fault.args.values())
        assert fault.near == "" or fault.near != text[fault.start : fault.end], (fault, text)
    assert len(found) <= reader.FAULTS


@settings(deadline=None)
@given(st.one_of(TEXTS, mutated()), small.PROJECTS)
def test_no_text_breaks_the_reader_and_what_reads_evaluates(text, project):
    began = time.process_time()
    node, found = reader.expression(text, small.SCOPE)
    sound(found, text)
    clause, wrong = reader.each(text, small.SCOPE)
    sound(wrong, text)
    assert time.process_time() - began < 1
    assert bool(clause) or bool(wrong)
    if not found:
        found_value = evaluate.compile(node)(small.environment(project)).value
        if node.type.kind == "truth":
            assert isinstance(found_value, bool | Unknown), text
            assert small.said(text, project)
    if not wrong:
        condition = evaluate.compile(clause.condition) if clause.condition else None
        evaluate.items(clause, evaluate.compile(clause.source), condition, small.environment(project))


@given(TEXTS)
def test_any_name_is_judged(text):
    assert reader.check_name(text) in ("", "shape", "keyword", "function", "reserved")
