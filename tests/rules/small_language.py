"""A small language to test the rules with: its names, projects as plain data, and both as the program's own.

A project is a dict: ``{"org.grant": 5, "people": people({"age": 3}, …)}``. What isn't there is not known.
"""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from ipcalc.inputs.toml import Fault
from ipcalc.quantity import Duration
from ipcalc.rules import evaluate, reader
from ipcalc.rules.evaluate import Env, Trace
from ipcalc.rules.types import Derived, Fact, RecordType, Scope, TableType, Type
from ipcalc.rules.values import Items, Missing, Record, Spread, Unknown
from ipcalc.rules.words import Words

KINDS = ("uni", "company", "person")
LABELS = {
    "uni": {"en": "university", "zh-Hant": "大學", "zh-Hans": "大学"},
    "company": {"en": "company", "zh-Hant": "公司", "zh-Hans": "公司"},
    "person": {"en": "person", "zh-Hant": "個人", "zh-Hans": "个人"},
}
BODIES = ("hku", "cuhk", "mit", "other")
KIND = Type("choice", KINDS)
TRUTH, MONEY, SHARE, RATIO, NUMBER, COUNT, DATE = (
    Type(kind) for kind in ("truth", "money", "share", "ratio", "number", "count", "date")
)
MONTHS, DAYS, ANY_LENGTH = (Type("duration", unit=unit) for unit in ("months", "days", ""))
ORG = {
    "org.kind": KIND, "org.body": Type("body"), "org.name": Type("text"), "org.ready": TRUTH,
    "org.signed": TRUTH, "org.open": TRUTH, "org.grant": MONEY, "org.cost": MONEY, "org.part": SHARE,
    "org.rate": SHARE, "org.factor": RATIO, "org.score": NUMBER, "org.level": NUMBER, "org.staff": COUNT,
    "org.start": DATE, "org.end": DATE, "org.term": MONTHS, "org.wait": MONTHS, "org.notice": DAYS,
    "org.delay": ANY_LENGTH, "org.tags": Type("list", item=KIND),
}  # fmt: skip
PERSON = {
    "age": COUNT, "pay": MONEY, "staff": TRUTH, "kind": KIND, "since": DATE,
    "roles": Type("list", item=Type("choice", unit="roles")),
}  # fmt: skip
PHASE = {"stage": Type("choice", unit="stages"), "cost": MONEY, "start": DATE, "end": DATE, "done": TRUTH}
FUND = {"amount": MONEY, "cash": TRUTH, "payer": KIND}
VALUES = {
    "limit": MONEY, "need": NUMBER, "half": SHARE, "twice": RATIO, "longest": MONTHS, "deadline": DATE,
    "strict": TRUTH,
}  # fmt: skip
LISTED = {"stages": ("one", "two"), "roles": ("lead", "poster")}
DERIVED = {  # in this order: each may use those before it
    ("phase", "length"): "length(phase.start, phase.end)",
    ("phase", "paid"): "sum(f.amount for f in phase.funding if f.cash)",
    ("project", "project.paid"): "sum(p.paid for p in phases)",
    ("scheme", "overdue"): "any(p.end > deadline for p in phases)",
}
DERIVED_LABELS = {"length": "Length", "paid": "Paid", "project.paid": "Paid in all", "overdue": "Overdue"}
LABELLED = {
    "org.kind": "Applicant type", "org.grant": "Grant", "org.ready": "Ready", "org.start": "First day",
    "org.body": "Applicant", "person.kind": "Standing", "person.staff": "Employed", "org.cost": "Cost",
}  # fmt: skip


def scope() -> Scope:
    """The names of the small language."""
    project = RecordType("project", "", {"en": "Project"})
    project.facts = {path: _fact(path, kind) for path, kind in ORG.items()}
    people = RecordType("person", "people", {"en": "Person"})
    people.facts = {name: _fact(f"person.{name}", kind) for name, kind in PERSON.items()}
    phases = RecordType("phase", "phases", {"en": "Phase"})
    phases.facts = {name: _fact(f"phase.{name}", kind) for name, kind in PHASE.items()}
    funding = RecordType("fund", "funding", {"en": "Funding"})
    funding.facts = {name: _fact(f"fund.{name}", kind) for name, kind in FUND.items()}
    phases.records["funding"] = funding
    project.records = {"people": people, "phases": phases}
    made = Scope(project)
    made.values = dict(VALUES)
    made.tables = {"cap": TableType((Type("text"), Type("text")), MONEY), "fee": TableType((KIND,), MONEY)}
    made.groups = {"near": {"en": "nearby bodies"}, "far": {"en": "far bodies"}}
    made.named = {"body": BODIES, "place": ("hk", "cn")}
    made.listed = dict(LISTED)
    for (owner, name), text in DERIVED.items():
        record = phases if owner == "phase" else None
        derived = Derived(name, record, {"en": DERIVED_LABELS[name]})
        local = {"phase": Type("record", record=phases)} if record else {}
        derived.tree, faults = reader.expression(text, made, local=local)
        assert not faults
        derived.type = derived.tree.type
        (record or project if owner != "scheme" else made).derived[name] = derived
    made.own = {"own.agreed": _fact("own.agreed", TRUTH)}
    return made


def _fact(path: str, kind: Type) -> Fact:
    label = LABELLED.get(path, path)
    return Fact(path, kind, {"en": label}, {"en": f"{label}?"}, LABELS if kind.choices or kind.item else {})


SCOPE = scope()


# -- a project, and what a scheme states --------------------------------------------------------------


def people(*items: dict[str, Any], whole: bool = True) -> dict[str, Any]:
    """A list of records; one that isn't ``whole`` may have more."""
    return {"items": list(items), "open": not whole}


phases = funding = people
GIVEN: dict[str, Any] = {
    "limit": 100, "need": 2, "half": Fraction(1, 2), "twice": 2, "longest": Duration(36, "months"),
    "deadline": datetime.date(2026, 6, 1), "strict": True,
}  # fmt: skip
GROUPS = {"near": ("hku", "cuhk"), "far": None}  # who is far isn't known
TABLES = {"cap": {("uni", "one"): 100, ("company", "one"): 50}, "fee": {("uni",): 5, ("person",): 0}}
ON = datetime.date(2026, 3, 31)
RESERVED = {"on": ON, "scheme.id": "x/test", "call.id": None, "call.opens": None, "call.closes": None}


def environment(data: dict[str, Any], given: dict[str, Any] | None = None) -> Env:
    """Plain data as what a tree is evaluated in. ``given`` are the scheme's values that are not as usual."""
    values = {**GIVEN, **(given or {})}
    return Env(
        _record("project", "", SCOPE.project, data, ""),
        {name: _or_unknown(values[name], "value", name) for name in VALUES},
        TABLES,
        {name: _or_unknown(who and frozenset(who), "value", name) for name, who in GROUPS.items()},
        {name: _or_unknown(value, "call", "x/test") for name, value in RESERVED.items()},
    )


def _or_unknown(value: Any, kind: str, key: str) -> Any:
    return Unknown((Missing(kind, key),)) if value is None else value


def _record(kind: str, name: str, shape: RecordType, data: dict[str, Any], path: str) -> Record:
    facts, lists = {}, {}
    for key, value in data.items():
        if key in shape.records:
            below = shape.records[key]
            items = tuple(
                _record(below.name, f"{below.name}-{i}", below, item, f"{path}{key}.{i}.")
                for i, item in enumerate(value["items"])
            )
            lists[key] = Items(items, (Missing("list", f"{path}{key}"),) if value["open"] else ())
        else:
            facts[key] = Items(tuple(value)) if isinstance(value, list) else value
    return Record(kind, name, path, facts, lists)


# -- reading and evaluating ---------------------------------------------------------------------------


def faults(text: str, wanted: str | None = None) -> list[Fault]:
    """What is wrong with a text."""
    return reader.expression(text, SCOPE, wanted)[1]


def only(text: str, wanted: str | None = None) -> tuple[str, str, dict[str, str], str]:
    """The one thing that is wrong with a text: its code, the characters it is about, what it says."""
    (fault,) = faults(text, wanted)
    assert 0 <= fault.start < fault.end <= max(len(text), 1)
    return fault.code, text[fault.start : fault.end], dict(fault.args), fault.near


def trace(text: str, data: dict[str, Any] | None = None, **given: Any) -> Trace:
    """An expression, evaluated."""
    node, found = reader.expression(text, SCOPE)
    assert not found, (text, found)
    return evaluate.compile(node)(environment(data or {}, given))


def value(text: str, data: dict[str, Any] | None = None, **given: Any) -> Any:
    """What an expression is worth: None where it isn't known, a range as ``(sure, possible)``."""
    found = trace(text, data, **given).value
    if isinstance(found, Spread):
        return (found.sure, found.possible)
    return None if isinstance(found, Unknown) else found


def missing(text: str, data: dict[str, Any] | None = None, **given: Any) -> list[str]:
    """What an expression would have to know."""
    found = trace(text, data, **given).value
    assert isinstance(found, Unknown | Spread)
    return [f"{one.kind} {one.key}" for one in found.missing]


NAMES = {"hku": {"en": "The University of Hong Kong"}, "near": {"en": "nearby bodies"}}


def said(text: str, data: dict[str, Any] | None = None, lang: str = "en", **given: Any) -> str:
    """An expression as a sentence."""
    return Words(lang, "HKD", NAMES).statement(trace(text, data, **given))


# -- projects and expressions at random ---------------------------------------------------------------

DAYS_OF_TEST = [
    datetime.date(2026, month, day) for month in (1, 3, 6) for day in (1, 15, 31 if month < 6 else 30)
]
VALUES_OF: dict[Type, st.SearchStrategy[Any]] = {
    KIND: st.sampled_from(KINDS),
    TRUTH: st.booleans(),
    MONEY: st.integers(0, 4).map(lambda n: n * 50),
    SHARE: st.sampled_from([0, Fraction(1, 3), Fraction(1, 2), 1]),
    RATIO: st.sampled_from([0, Fraction(1, 2), 2]),
    NUMBER: st.sampled_from([-1, 0, 1, Fraction(3, 2), 2, 3]),
    COUNT: st.integers(0, 3),
    DATE: st.sampled_from(DAYS_OF_TEST),
    MONTHS: st.sampled_from([0, 1, 3, 5]).map(lambda n: Duration(n, "months")),
    DAYS: st.sampled_from([0, 31, 60]).map(lambda n: Duration(n, "days")),
    ANY_LENGTH: st.sampled_from([Duration(1, "months"), Duration(31, "days"), Duration(3, "months")]),
    Type("body"): st.sampled_from(BODIES),
    Type("text"): st.sampled_from(["", "a", "uni", "one"]),
    Type("choice", unit="stages"): st.sampled_from(LISTED["stages"]),
    Type("choice", unit="roles"): st.sampled_from(LISTED["roles"]),
}


def _facts(shape: dict[str, Type], **lists: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    stated = {}
    for name, kind in shape.items():
        one = VALUES_OF.get(kind)
        assert one is not None or kind.item is not None
        stated[name] = st.lists(VALUES_OF[kind.item], max_size=2) if one is None else one
    return st.fixed_dictionaries({}, optional={**stated, **lists})


def _list(items: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"items": st.lists(items, max_size=3), "open": st.booleans()})


PROJECTS = _facts(ORG, people=_list(_facts(PERSON)), phases=_list(_facts(PHASE, funding=_list(_facts(FUND)))))
OF_A_KIND = {
    "truth": ["org.ready", "org.signed", "org.open", "strict", "true", "false", "overdue", "own.agreed"],
    "money": ["org.grant", "org.cost", "limit", "project.paid"],
    "number": ["org.score", "org.level", "need", "org.staff", "0", "1"],
    "count": ["org.staff", "count(people)", "count(phases)", "count(org.ready, org.signed, org.open)"],
    "share": ["org.part", "org.rate", "half", "(1 - org.part)"],
    "date": ["org.start", "org.end", "deadline", "on", "call.opens"],
    "months": ["org.term", "org.wait", "longest"],
    "length": ["org.delay", "org.notice", "org.term"],
    "choice": ["org.kind"],
    "words": ["'uni'", "'company'", "'person'"],
    "list": ["people", "phases"],
}
OF_RECORD = {
    "people": {
        "truth": ["{}.staff", "{}.kind == 'uni'", "'lead' in {}.roles"], "money": ["{}.pay"],
        "number": ["{}.age"], "date": ["{}.since"], "choice": ["{}.kind"], "count": ["{}.age"],
    },
    "phases": {
        "truth": ["{}.done", "{}.stage == 'one'", "{}.length <= longest"], "money": ["{}.cost", "{}.paid"],
        "date": ["{}.start", "{}.end"], "period": ["{}.length"],
    },
    "funding": {"truth": ["{}.cash", "{}.payer != 'uni'"], "money": ["{}.amount"], "choice": ["{}.payer"]},
}  # fmt: skip
RELATIONS = ("<", "<=", ">", ">=", "==", "!=")


@st.composite
def expressions(
    draw: Any, kind: str = "truth", depth: int = 3, local: tuple[tuple[str, str], ...] = ()
) -> str:
    """A text of the language that has a type, and of every construct there is."""

    def sub(kind: str, more: tuple[tuple[str, str], ...] = ()) -> str:
        return draw(expressions(kind, depth - 1, (*local, *more)))

    def quantified() -> tuple[str, str, tuple[tuple[str, str], ...]]:
        sources = [("people", "people"), ("phases", "phases")]
        sources += [(f"{name}.funding", "funding") for name, of in local if of == "phases"]
        source, of = draw(st.sampled_from(sources))
        name = f"x{len(local)}"
        bound = ((name, of),)
        only_if = f" if {sub('truth', bound)}" if draw(st.booleans()) else ""
        return f"for {name} in {source}{only_if}", of, bound

    def leaf() -> str:
        found = list(OF_A_KIND.get(kind, ()))
        for name, of in local:
            found += [one.format(name) for one in OF_RECORD[of].get(kind, ())]
        text: str = draw(st.sampled_from(found))
        return f"({text})" if " " in text and not text.startswith("count") else text

    if depth <= 0 or kind not in _MORE:
        return (
            "length(org.start, org.end)"
            if kind == "period" and not any(of == "phases" for _, of in local)
            else leaf()
        )
    how = draw(st.sampled_from(_MORE[kind]))
    if how == "leaf":
        return leaf()
    if how in ("and", "or"):
        return "(" + f" {how} ".join(sub("truth") for _ in range(draw(st.integers(2, 3)))) + ")"
    if how == "not":
        return f"(not {sub('truth')})"
    if how == "compare":
        of = draw(st.sampled_from(["money", "number", "count", "share", "date", "months", "truth", "length"]))
        signs = RELATIONS[4:] if of == "truth" else RELATIONS
        if of == "length":
            return f"(org.delay {draw(st.sampled_from(signs))} {sub(of)})"
        other = "0" if of in ("money", "number") and draw(st.booleans()) else sub(of)
        return f"({sub(of)} {draw(st.sampled_from(signs))} {other})"
    if how == "count":
        other = draw(st.sampled_from(["need", "org.staff", "1", "0", "org.score"]))
        return f"({sub('count')} {draw(st.sampled_from(RELATIONS))} {other})"
    if how == "chain":
        return f"({sub('money')} <= {sub('money')} < {sub('money')})"
    if how == "period":
        sides = [sub("period"), draw(st.sampled_from(["longest", "org.notice", "org.delay"]))]
        return f"({f' {draw(st.sampled_from(RELATIONS))} '.join(draw(st.permutations(sides)))})"
    if how == "word":
        word = draw(st.sampled_from(OF_A_KIND["words"]))
        return f"({sub('choice')} {draw(st.sampled_from(['==', '!=']))} {word})"
    if how == "in":
        words = draw(st.lists(st.sampled_from(OF_A_KIND["words"]), max_size=2))
        group = ["org.body in near", "org.body not in near", "org.body in far", "org.kind in org.tags"]
        group += [f"{sub('choice')} in [{', '.join(words)}]", f"{sub('choice')} not in [{', '.join(words)}]"]
        group += [f"{sub('choice')} in distinct(p.kind for p in people)"]
        return f"({draw(st.sampled_from(group))})"
    if how in ("any", "all"):
        clause, _, bound = quantified()
        return f"{how}({sub('truth', bound)} {clause})"
    if how == "counting":
        clause, _, bound = quantified()
        return f"count({draw(st.sampled_from([bound[0][0], sub('truth', bound)]))} {clause})"
    if how == "tally":
        return f"count({', '.join(sub('truth') for _ in range(draw(st.integers(1, 3))))})"
    if how == "distinct":
        return "count(distinct(x.kind for x in people))"
    if how in ("sum", "least", "greatest"):
        clause, _, bound = quantified()
        name = {"sum": "sum", "least": "min", "greatest": "max"}[how]
        return f"{name}({sub(kind, bound)} {clause})" if _has(kind, bound) else leaf()
    if how == "choose":
        return f"({sub(kind)} if {sub('truth')} else {sub(kind)})"
    if how == "extreme":
        return f"{draw(st.sampled_from(['min', 'max']))}({sub(kind)}, {sub(kind)})"
    if how == "plus":
        return f"({sub(kind)} {draw(st.sampled_from('+-'))} {sub(kind)})"
    if how == "times":
        factor = draw(st.sampled_from(["half", "org.part", "twice", "need", "org.staff", "org.score"]))
        return f"({factor} {draw(st.sampled_from(['*']))} {sub('money')})"
    if how == "over":
        return f"({sub(kind)} / {draw(st.sampled_from(['org.staff', 'org.score', 'need', 'half']))})"
    if how == "minus":
        return f"(-{sub(kind)})"
    if how == "year":
        return f"{draw(st.sampled_from(['org.start', 'on', 'call.opens', 'deadline']))}.year"
    if how == "table":
        return draw(
            st.sampled_from(["cap[org.kind, 'one']", "cap['uni', 'two']", "fee[org.kind]", "fee['uni']"])
        )
    assert how == "moved", how
    sign = draw(st.sampled_from("+-"))
    return f"({sub('date')} {draw(st.sampled_from(RELATIONS))} org.start {sign} {sub('length')})"


def _has(kind: str, bound: tuple[tuple[str, str], ...]) -> bool:
    return kind in OF_RECORD[bound[0][1]]


_MORE = {
    "truth": ["leaf", "and", "or", "not", "compare", "count", "chain", "period", "word", "in", "any", "all",
              "choose", "moved"],
    "money": ["leaf", "sum", "least", "greatest", "choose", "extreme", "plus", "times", "over",
              "minus", "table"],
    "number": ["leaf", "choose", "extreme", "plus", "over", "minus", "year"],
    "count": ["leaf", "counting", "tally", "distinct", "sum", "choose"],
    "share": ["leaf", "choose", "extreme", "plus"],
    "date": ["leaf", "least", "greatest", "choose", "extreme"],
    "months": ["leaf", "plus", "choose", "extreme"],
    "choice": ["leaf", "choose"],
}  # fmt: skip
