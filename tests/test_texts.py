"""The catalogues: every text in every language, with the same blanks, and none that nobody says."""

import ast
import re
import string
from pathlib import Path

import pytest

from ipcalc import texts
from ipcalc.inputs.diagnostics import Diagnostic, Place

PACKAGE = Path(texts.__file__).parents[1]
SOURCES = {path: path.read_text() for path in sorted(PACKAGE.rglob("*.py"))}


def entries(node, path=()):
    """Every text of a catalogue with its path."""
    if "en" in node:
        yield path, node
        return
    for key, value in node.items():
        if isinstance(value, dict):
            yield from entries(value, (*path, key))


def blanks(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("name", ["interface", "codes"])
def test_every_text_in_every_language(name):
    problems = []
    for path, text in entries(texts.catalogue(name)):
        if set(text) != set(texts.LANGUAGES):
            problems.append(f"{'.'.join(path)}: {sorted(set(texts.LANGUAGES) ^ set(text))}")
        elif any(bool(text[lang]) != bool(text["en"]) for lang in texts.LANGUAGES):
            problems.append(f"{'.'.join(path)}: empty in one language")
        elif len({frozenset(blanks(text[lang])) for lang in texts.LANGUAGES}) > 1:
            problems.append(f"{'.'.join(path)}: other blanks")
    assert not problems


def codes():
    return [code for code in texts.catalogue("codes") if re.fullmatch(r"[A-Z][0-9]{3}", code)]


@pytest.mark.parametrize("code", codes())
def test_every_code_has_its_page(code):
    about = texts.catalogue("codes")[code]
    assert (
        {"title", "message", "page"} <= set(about) <= {"title", "message", "page", "hint", "hints", "example"}
    )
    for lang in texts.LANGUAGES:
        args = dict.fromkeys(blanks(about["message"]["en"]), "{x}")
        assert "{x}" in Diagnostic(code, args, Place("f")).message(lang) or not args


def test_every_code_is_raised_and_every_raised_code_is_known():
    raised = {code for source in SOURCES.values() for code in re.findall(r'"([A-Z][0-9]{3})"', source)}
    raised = {code for code in raised if code[0] in {known[0] for known in codes()}}
    assert raised - set(codes()) == set()
    assert set(codes()) - raised == set()


def spoken(path):
    """The literals of a source file, and the beginnings and ends of the keys that it puts together."""
    literals, begun = set(), set()
    for node in ast.walk(ast.parse(SOURCES[path])):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            literals.add(node.value)
        elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            last = node.values[-1]
            begun.add((node.values[0].value, last.value if isinstance(last, ast.Constant) else ""))
    for chain in re.findall(r'catalogue\("interface"\)((?:\["\w+"\])+)\[', SOURCES[path]):
        begun.add((".".join(re.findall(r"\w+", chain)) + ".", ""))
    # a count of one is said by the word of many, without its last letter
    literals |= {word.removesuffix("s") for word in literals if '.removesuffix("s")' in SOURCES[path]}
    return literals, {(head, tail) for head, tail in begun if re.fullmatch(r"[a-z][\w.-]*[._-]", head)}


def test_every_sentence_of_the_interface_is_said():
    files = {path: spoken(path) for path in SOURCES}
    everywhere, parts = (set().union(*found) for found in zip(*files.values(), strict=True))
    # a section's own words stand beside its prefix; those of two sections come from an engine, too
    engines = {
        section: set().union(*(words for path, (words, _) in files.items() if path.parent.name in packages))
        for section, packages in (("split.", ("ip",)), ("words.", ("rules",)), ("diff.", ("funding", "ip")))
    }

    def said(key, literals, begun, whole=True):
        """Whether a key stands in a file, or is put together there from a beginning and a known word."""
        if whole and key in literals:
            return True
        for head, tail in begun:
            if key.startswith(head) and key.endswith(tail) and len(key) > len(head) + len(tail):
                rest = key[len(head) : len(key) - len(tail)]
                own = whole and not tail and head == f"{key.partition('.')[0]}."
                known = literals | engines.get(head, set()) if own else everywhere
                if rest in known or said(rest, everywhere, parts, whole=False):
                    return True
        return False

    keys = {".".join(path) for path, _ in entries(texts.catalogue("interface"))}
    assert {key for key in keys if not any(said(key, *file) for file in files.values())} == set()


@pytest.mark.parametrize(("code", "file"), [("T107", "syntax.py"), ("T111", "json.py")])
def test_every_hint_is_given(code, file):
    source = SOURCES[PACKAGE / "inputs" / file]
    given = set(re.findall(r'\("([a-z]+)", re\.compile', source)) | {"general"}
    given |= set(re.findall(r'hint ?= ?.*?"([a-z]+)"', source)) if code == "T111" else set()
    hints = set(texts.catalogue("codes")[code]["hints"])
    assert given <= hints
    assert all(f'"{hint}"' in source for hint in hints - {"general"})


def test_every_reason_is_given():
    literals = {word for source in SOURCES.values() for word in re.findall(r'"([a-z-]+)"', source)}
    assert set(texts.catalogue("codes")["reasons"]) <= literals


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("zh_TW.UTF-8", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh_MO", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh_CN.GB18030", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-Hans", "zh-Hans"),
        ("en_GB.UTF-8", "en"),
        ("C", "en"),
        ("", "en"),
        ("fr", "en"),
    ],
)
def test_languages(name, language):
    assert texts.language(name) == language


def test_saying():
    assert texts.say("error.more", "en", n=3) == "… and 3 more"
    assert texts.say("error.near", "zh-Hant", word="{word}") == "是否想寫「{word}」？"
    assert texts.choose({"en": "x"}, "zh-Hant") == "x"
    assert texts.choose({"en": "x", "zh-Hant": ""}, "zh-Hant") == "x"
