"""The catalogues: every text in every language, with the same blanks, and none that nobody says."""

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


def test_every_sentence_of_the_interface_is_said():
    keys = {".".join(path) for path, _ in entries(texts.catalogue("interface"))}
    source = "\n".join(SOURCES.values())
    said = set(re.findall(r'["\']([\w-]+(?:\.[\w-]+)+)["\']', source))
    begun = tuple(re.findall(r'f["\']([\w-]+\.[\w.-]*)\{', source))  # keys that are put together
    assert {key for key in keys - said if not key.startswith(begun)} == set()


def test_every_hint_is_given():
    source = SOURCES[PACKAGE / "inputs" / "toml.py"]
    given = set(re.findall(r'\("([a-z]+)", re\.compile', source)) | {"general"}
    assert given == set(texts.catalogue("codes")["T107"]["hints"])


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
    assert texts.say("error.more", "en", n=3) == "… and 3 more errors"
    assert texts.say("error.near", "zh-Hant", word="{word}") == "是否想寫「{word}」？"
    assert texts.choose({"en": "x"}, "zh-Hant") == "x"
    assert texts.choose({"en": "x", "zh-Hant": ""}, "zh-Hant") == "x"
