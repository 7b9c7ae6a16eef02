"""The one door for every JSON file: limits, encodings, what JSON leaves open, positions.

Limits: 16 MiB a file, 32 levels of objects and lists, 10,000 items in one of them, 500 characters a number.
Numbers are exact: whole ones are ``int``, all others ``Decimal``.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from ipcalc import quantity
from ipcalc.inputs import DEPTH, JSON_SIZE, locate_json, reading
from ipcalc.inputs.diagnostics import Diagnostic, Place, Refused, refuse
from ipcalc.inputs.document import Document, position, within_limits

DIGITS = 500  # characters of a number; Python itself may refuse those of more than 640


def parse(name: str, raw: bytes) -> Document:
    """The bytes of a JSON file as a document. Raises ``Refused``."""
    reading.within(name, raw, JSON_SIZE)
    encoding = json.detect_encoding(raw)
    if not encoding.startswith("utf-8"):
        raise refuse("T105", Place(name, 1, 1), encoding=encoding.upper()[:6])
    text = reading.decode(name, raw)
    data = _data(name, text)
    if not isinstance(data, dict):
        start = len(text) - len(text.lstrip())
        raise refuse("T114", position(name, text, start, start + 1), got=quantity.type_name(data))
    return within_limits(Document(name, text, data, format="json"))


class _Word(Exception):
    """A word or number that the parser took and we don't: its code and hint."""

    def __init__(self, word: str, code: str, **args: str) -> None:
        super().__init__(word)
        self.word, self.code, self.args_of_message = word, code, args


def _data(name: str, text: str) -> Any:
    """What a text says. Raises ``Refused``."""
    repeats = False

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeats
        found = dict(pairs)
        repeats = repeats or len(found) < len(pairs)
        return found

    try:
        data = json.loads(
            text, object_pairs_hook=table, parse_int=_whole, parse_float=_decimal, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        raise _not_json(name, text, error.msg, error.pos) from None
    except _Word as error:
        place = position(name, text, *locate_json.word(text, error.word))
        raise refuse(error.code, place, **error.args_of_message) from None
    except RecursionError:
        deep = locate_json.too_deep(text, DEPTH)
        place = position(name, text, deep, deep + 1) if deep is not None else Place(name)
        raise refuse("T108", place, limit=str(DEPTH)) from None
    if "\\u" in text and (half := locate_json.half(text)):
        raise refuse("T113", position(name, text, *half), escape=text[slice(*half)])
    if repeats:
        key, first, second = locate_json.repeated(text)
        places = position(name, text, *second), position(name, text, *first)
        raise Refused([Diagnostic("T112", {"key": key[:80]}, places[0], "", places[1])])
    return data


def _whole(word: str) -> int:
    if len(word) > DIGITS:
        raise _Word(word, "T109")
    return int(word)


def _decimal(word: str) -> Decimal:
    try:
        if len(word) <= DIGITS:
            return Decimal(word)
    except InvalidOperation:  # an exponent beyond all bounds
        pass
    raise _Word(word, "T109")


def _constant(word: str) -> Any:
    raise _Word(word, "T111", reason="not-finite", hint="finite")


_REASONS = (
    ("json-key", re.compile("^Expecting property name")),
    ("json-colon", re.compile("^Expecting ':'")),
    ("json-comma", re.compile("^Expecting ','")),
    ("json-value", re.compile("^(Expecting value|Illegal trailing comma)")),
    ("json-more", re.compile("^Extra data")),
    ("json-string", re.compile("^Unterminated string")),
    ("json-control", re.compile("^Invalid control character")),
    ("json-escape", re.compile(r"^Invalid \\")),
)
_HINTS = (  # by what stands at the fault
    ("quotes", re.compile(r"['`\u00b4\u201c\u201d\u2018\u2019\u300c\u300d\uff02\uff07]")),
    ("comments", re.compile(r"//|/\*|#")),
    ("truth", re.compile(r"(?:yes|no|on|off|undefined|nil|true|false|none|null)\b", re.IGNORECASE)),
    ("wide", re.compile(r"[\uff01-\uff5e\u3000]")),
    ("zero", re.compile(r"(?<=0)[0-9]")),
    ("thousands", re.compile(r"(?<=[0-9],)[0-9]{3}")),
    ("number", re.compile(r"[+.]")),
    ("bare", re.compile(r"[^\W\d]")),
)


def _not_json(name: str, text: str, said: str, at: int) -> Refused:
    """What the parser says of an offset: where a person would look for it, and a hint."""
    reason = next((reason for reason, pattern in _REASONS if pattern.search(said)), "json-value")
    before = text[:at].rstrip(" \t\r\n")
    if not text.strip(" \t\r\n"):
        reason, hint = "json-empty", "empty"
    elif reason == "json-more":
        hint = "more"
    elif reason in ("json-control", "json-escape"):
        hint = "escape" if reason == "json-escape" else "line"
        if hint == "escape":
            at = text.rfind("\\", 0, at + 1)
    elif reason == "json-string":
        hint = "open"
    elif not text[at:].strip(" \t\r\n"):
        opened = locate_json.left_open(text)
        at, reason, hint = at if opened is None else opened, "json-end", "open"
    elif said.startswith("Illegal") or (before.endswith(",") and text[at] in "]}"):
        at, hint = at if text[at] == "," else len(before) - 1, "comma"
    else:
        hint = next((hint for hint, pattern in _HINTS if pattern.match(text, at)), "")
        if not hint or (hint == "truth" and reason == "json-comma"):
            hint = "missing" if reason == "json-comma" and text[at] in '"{[' else "general"
    place = position(name, text, min(at, max(len(text) - 1, 0)), at + 1)
    return refuse("T111", place, reason=reason, hint=hint)
