"""The error gallery: the example of each code triggers it and nothing else, and is drawn as its page shows.

After a text was changed: ``IPCALC_REWRITE=1 pytest tests/test_gallery.py`` draws the pages anew.
"""

import re
from pathlib import Path

import pytest

from ipcalc import texts

# how a file of each kind is read, and how the codes of lints are found
LINT = ["schemes", "lint", "example.toml"]
COMMANDS = {
    "toml": ["check", "example.toml"],
    "project": ["check", "example.toml"],
    "scheme": ["explain", "example.toml"],
    "policy": ["split", "example.toml", "--receipts", "1000000"],
    "captable": ["equity", "example.toml"],
    "statement": ["split", "example.toml"],
}

# codes that no short text of a file triggers, and why; other tests raise them
WITHOUT = {
    "T101": "there is no file",
    "T102": "the system's refusal",
    "T103": "a pipe or a folder",
    "T104": "more than 1 MiB",
    "T105": "bytes, not text",
    "T106": "bytes, not text",
    "T109": "thousands of digits",
    "T110": "thousands of items",
    **dict.fromkeys(("T111", "T112", "T113", "T114"), "a JSON file, which no command reads alone"),
    **dict.fromkeys((f"T{n}" for n in range(121, 131)), "a package"),
    "C301": "a --set",
    "C302": "a --set",
    "C303": "a --set",
    "C304": "a file that -o would replace",
    "C305": "an -o that is the input",
    "C306": "the system's refusal",
    "C308": "a name to explain",
    "C309": "what is compared",
    "P410": "inventors on the command line",
    "P414": "an option on the command line",
    "P419": "a statement",
    "P422": "a statement",
    "P426": "a statement",
    "S202": "a file of the library",
    "S206": "a policy on the command line",
    "S209": "two files",
    "C310": "a folder on the command line",
    "E574": "thirteen instruments",
    "E577": "an exit on the command line",
    **dict.fromkeys((f"E{number}" for number in range(601, 615)), "a package"),
}
CATALOGUE = Path(texts.__file__).with_name("codes.toml")
CODES = {
    code: about for code, about in texts.catalogue("codes").items() if re.fullmatch("[A-Z][0-9]{3}", code)
}
HERE = Path(__file__)


def rewrite(code, shown):
    """Put what a code's example shows into its section of the catalogue."""
    head, section, rest = re.split(rf"(?m)^(\[{code}\]\n)", CATALOGUE.read_text(), maxsplit=1)
    rest = re.sub(r"shows = '''.*?'''", lambda _: f"shows = '''\n{shown}'''", rest, count=1, flags=re.DOTALL)
    CATALOGUE.write_text(head + section + rest)


@pytest.mark.parametrize("code", [code for code, about in CODES.items() if "example" in about])
def test_examples(code, ipcalc, rewriting, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    example = CODES[code]["example"]
    (tmp_path / "example.toml").write_text(example["text"])
    if code.startswith("L"):
        result = ipcalc(*LINT)
        shown, rest, ended = result.out, result.error, 1
    else:
        result = ipcalc(*COMMANDS[example["kind"]])
        shown, rest, ended = result.error, result.out, 2
    assert set(re.findall(r"(?m)^\S+: ([A-Z][0-9]{3}): ", shown)) == {code}
    assert (result.code, rest) == (ended, "")
    if rewriting:
        rewrite(code, shown)
    else:
        assert shown == example["shows"]


def test_every_code_has_an_example_or_a_reason():
    assert {code for code, about in CODES.items() if "example" not in about} == set(WITHOUT)


@pytest.mark.parametrize("code", WITHOUT)
def test_codes_without_an_example_are_tested_elsewhere(code):
    others = [path for path in HERE.parent.rglob("test_*.py") if path != HERE]
    assert any(code in path.read_text() for path in others)


@pytest.mark.parametrize("lang", texts.LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_explain_shows_the_page(code, lang, ipcalc):
    about = CODES[code]
    shown = ipcalc("explain", code.lower(), "--lang", lang)
    assert shown.code == 0
    flat = re.sub(r"\s", "", shown.out)
    for key in ("title", "page"):
        assert re.sub(r"\s", "", about[key][lang]) in flat
    for key in ("text", "shows") if "example" in about else ():
        assert about["example"][key].strip("\n") in shown.out
