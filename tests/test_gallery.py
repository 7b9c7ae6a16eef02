"""The error gallery: the example of each code triggers it, and is drawn exactly as its page shows."""

import re

import pytest

from ipcalc import texts
from ipcalc.inputs import toml
from ipcalc.inputs.diagnostics import Refused
from ipcalc.views import console, diagnostics

READERS = {"toml": toml.load}  # how a file of each kind is read

# codes that no text of a file triggers, and why
WITHOUT = {
    "T101": "there is no file",
    "T102": "the system's refusal",
    "T103": "a pipe or a folder",
    "T104": "more than 1 MiB",
    "T105": "bytes, not text",
    "T106": "bytes, not text",
    "T109": "thousands of digits",
    "T110": "thousands of items",
}
CODES = {code: about for code, about in texts.catalogue("codes").items() if re.fullmatch("T[0-9]{3}", code)}


@pytest.mark.parametrize("code", [code for code, about in CODES.items() if "example" in about])
def test_examples(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    example = CODES[code]["example"]
    (tmp_path / "example.toml").write_text(example["text"])
    with pytest.raises(Refused) as caught:
        READERS[example["kind"]]("example.toml")
    assert code in {diagnostic.code for diagnostic in caught.value.diagnostics}
    assert console.draw(diagnostics.draw(caught.value.diagnostics, "en")) == example["shows"]


def test_every_code_has_an_example_or_a_reason():
    assert {code for code, about in CODES.items() if "example" not in about} == set(WITHOUT)
