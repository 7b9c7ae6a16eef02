"""L112, L113: wording decides the strength of a rule, unless its note says that it is soft, or hard."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ipcalc.funding.model import Scheme
from ipcalc.inputs.diagnostics import Diagnostic

HARD = re.compile(
    r"\b(?:must|shall|mandatory|compulsory|prohibited|at (?:most|least)|up to(?! date)"
    r"|(?:no|not) (?:more|less|fewer|later|earlier) than|(?:not|never) exceed(?:ing)?|cannot|can['’]t"
    r"|may not)\b"
    r"|必[須须]|(?<![毋無无必])[須须]|不得|不可(?!抗|或缺)|不能|最多|最少|至少|至多|不超[過过]|不[少多]於|不[少多]于|[強强]制",
    re.IGNORECASE,
)
SOFT = re.compile(
    r"\b(?:around|approximately|roughly|normally|generally|usually|typically|in principle|as a rule"
    r"|preferably|ideally)\b"
    r"|大[約约]|[約约](?=\s*[{\d一二三四五六七八九十百半兩两])|一般(?=而言|[來来][說说]|情|不?[會会應应為为])"
    r"|通常|原[則则]上",
    re.IGNORECASE,
)
SAYS_HARD = re.compile(r"\bhard\b|硬性", re.IGNORECASE)
SAYS_SOFT = re.compile(r"\bsoft\b|[軟软]性", re.IGNORECASE)
# by a rule's key: the code, the words of the other strength, its own words, and what a note may say
STRENGTHS = {"prefer": ("L112", HARD, SOFT, SAYS_SOFT), "require": ("L113", SOFT, HARD, SAYS_HARD)}


def lint(scheme: Scheme) -> Iterator[Diagnostic]:
    """Soft rules that read like hard ones, and the reverse, at the first word that does."""
    for i, rule in enumerate(scheme.document.data.get("rules", ())):
        for strength, (code, others, own, said) in STRENGTHS.items():
            texts = [
                ((key, lang), words) for key in ("title", "note") for lang, words in rule.get(key, {}).items()
            ]
            fits = any(own.search(words) for _, words in texts)
            fits = fits or any(said.search(words) for words in rule.get("note", {}).values())
            found = [(path, match) for path, words in texts if (match := others.search(words))]
            if strength in rule and found and not fits:
                path, match = found[0]
                within = match.span()
                yield scheme.document.problem(code, ("rules", i, *path), within=within, value=match[0])
