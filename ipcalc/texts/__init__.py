"""Words for people, in every language: the catalogues of the interface and of the error codes.

A text is a table with one entry a language, in the catalogues as in scheme files. Codes, ids and JSON
keys are never translated.
"""

from __future__ import annotations

import functools
import string
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict, get_args

Language = Literal["en", "zh-Hant", "zh-Hans"]
LANGUAGES: tuple[str, ...] = get_args(Language)
_ALIASES = {
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
    "zh-hant": "zh-Hant",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-hans": "zh-Hans",
    "zh": "zh-Hans",
}

Text = TypedDict("Text", {"en": str, "zh-Hant": NotRequired[str], "zh-Hans": NotRequired[str]})


def language(name: str) -> str:
    """A language of ours for a name such as ``zh_TW.UTF-8``, ``zh-HK`` or ``en``; English otherwise."""
    tag = name.partition(".")[0].replace("_", "-").lower()
    while tag:
        if tag in _ALIASES:
            return _ALIASES[tag]
        tag = tag.rpartition("-")[0]
    return "en"


def choose(text: Text | Mapping[str, str], lang: str) -> str:
    """A text in the reader's language, or in English where it is missing."""
    found = text.get(lang) or text["en"]
    return str(found)


@functools.cache
def catalogue(name: str) -> dict[str, Any]:
    """One of the catalogues in this folder: ``interface`` or ``codes``."""
    import tomli

    with Path(__file__).with_name(f"{name}.toml").open("rb") as file:
        return tomli.load(file)


class _Filler(string.Formatter):
    """Fills blanks; the name in a blank is one name, dots and all."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        """The value under a name."""
        return kwargs[field_name], field_name


def fill(template: str, blanks: Mapping[str, Any]) -> str:
    """A text with each name in braces replaced by what stands under it."""
    return _Filler().vformat(template, (), blanks)


def entry(key: str) -> Mapping[str, str]:
    """A sentence of the interface by its dotted key, in every language."""
    node: Any = catalogue("interface")
    for part in key.split("."):
        node = node[part]
    found: Mapping[str, str] = node
    return found


def say(key: str, lang: str, /, **args: object) -> str:
    """A sentence of the interface in one language, with its blanks filled in."""
    template = choose(entry(key), lang)
    return template.format(**args) if args else template
