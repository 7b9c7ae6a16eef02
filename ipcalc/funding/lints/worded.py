"""L112, L113: a rule is worded as strongly as it is meant, unless a note says why not."""

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
    r"\b(?:around|approximately|roughly|normally|generally|in general|usually|typically|in principle"
    r"|as a rule|preferably|ideally)\b"
    r"|大[約约]|[約约](?=\s*[{\d一二三四五六七八九十百半兩两])|一般(?=而言|[來来][說说]|情|[不最只須须會会應应為为])"
    r"|通常|原[則则]上",
    re.IGNORECASE,
)
# by a rule's key: the code, the words of the other strength, and its own, which settle it
STRENGTHS = {"prefer": ("L112", HARD, SOFT), "require": ("L113", SOFT, HARD)}


def lint(scheme: Scheme) -> Iterator[Diagnostic]:
    """Soft rules whose title reads like a hard one's, and the reverse, at the first word that does."""
    for i, rule in enumerate(scheme.document.data.get("rules", ())):
        for strength in STRENGTHS.keys() & rule.keys():
            code, others, own = STRENGTHS[strength]
            title = rule["title"]
            found = [(lang, match) for lang, words in title.items() if (match := others.search(words))]
            if found and "note" not in rule and not any(own.search(words) for words in title.values()):
                lang, match = found[0]
                path, within = ("rules", i, "title", lang), match.span()
                yield scheme.document.problem(code, path, within=within, value=match[0])
