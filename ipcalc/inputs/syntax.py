"""What a person probably meant by a text that is not TOML: where to look, and a hint."""

from __future__ import annotations

import re

_SAID = (
    ("open", re.compile(r"^(Unclosed|Unterminated|Expected ['\"]{2})")),
    ("twice", re.compile(r"^(Cannot|Duplicate)")),
    ("line", re.compile(r"^Illegal character '\\n'")),
    ("escape", re.compile(r"^Unescaped '\\'")),
    ("day", re.compile(r"^Invalid date")),
)
_TOKENS = re.compile(
    r'''#[^\n]*|"""(?:[^\\]|\\.)*?"""|'{3}.*?'{3}|"""|'{3}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\[\]{}]''',
    re.DOTALL,
)

_HINTS = (
    ("quotes", re.compile(r"[=\[,{]\s*[\u201c\u201d\u2018\u2019\u300c\u300d\uff02\uff07]")),
    ("thousands", re.compile(r"=\s*[+-]?[0-9]{1,3}(,[0-9]{3})+")),
    ("zero", re.compile(r"=\s*[+-]?0[0-9]")),
    ("truth", re.compile(r"=\s*(yes|no|True|False|TRUE|FALSE|on|off)\b")),
    ("wide", re.compile(r"[\uff10-\uff19\uff0c\uff0e\uff1a\uff1d\u3010\u3011\u3000]")),
    ("percent", re.compile(r"=\s*[0-9.]+\s*%")),
    ("money", re.compile(r"=\s*(HK|US|NT|RMB)?[$\u00a3\u20ac\u00a5]")),
    ("key", re.compile(r"^\s*(?:[^\x00-\x7f]|\[*[\w.-]*/)")),
    ("bare", re.compile(r"=\s*[A-Za-z]")),
)


def explain(text: str, reason: str, at: int) -> tuple[int, int, str]:
    """Where a person would look for what the parser says of an offset (a range of characters), and the name
    of a hint on the code's page.
    """
    hint = next((hint for hint, said in _SAID if said.search(reason)), "")
    start, end = min(at, max(len(text) - 1, 0)), at + 1
    opened = _left_open(text) if hint == "open" or at >= len(text.rstrip()) else None
    if opened is not None:
        (start, end), hint = opened, "open"
    elif hint == "open" and reason.startswith("Unclosed"):
        hint = ""  # all is closed: something else stands where the end was awaited
    elif hint == "escape":
        start = text.rfind("\\", 0, at)
    elif hint == "twice":  # the parser stands behind the statement
        end = min(at, len(text))
        start = text.rfind("\n", 0, end) + 1
        start += len(text[start:end]) - len(text[start:end].lstrip())
    return start, end, hint or _hint(text, start)


def _left_open(text: str) -> tuple[int, int] | None:
    """The innermost bracket, brace or long quote of a text that is never closed."""
    waiting: list[tuple[int, int]] = []
    for token in _TOKENS.finditer(text):
        if token[0] in ('"""', "'''"):
            return token.span()
        if token[0] in "[{":
            waiting.append(token.span())
        elif token[0] in "]}" and waiting:
            start, end = waiting.pop()
            if text[start:end] + token[0] not in ("[]", "{}"):
                return start, end
    return waiting[-1] if waiting else None


def _hint(text: str, at: int) -> str:
    """What is usually meant by a line that is not TOML."""
    line = text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0]
    return next((name for name, pattern in _HINTS if pattern.search(line)), "general")
