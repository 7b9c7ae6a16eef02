"""The whole library: its examples, and what must stay as it is when any of its projects changes."""

import copy
from collections import Counter
from fractions import Fraction

import pytest
from small import left_out

from ipcalc import library
from ipcalc.funding import check, examples, figures, project, scheme, vocabulary
from ipcalc.inputs.toml import Document
from ipcalc.quantity import plain, read

NAMES = list(library.find("funding"))
WORDS = vocabulary.shipped()
SECTIONS = {path.partition(".")[0] for path in WORDS.project.facts}


@pytest.fixture(scope="module")
def schemes():
    return {name: scheme.load(name, WORDS) for name in NAMES}


def on(data, found, as_of=None):
    return check.check(project.read(Document("data", "", copy.deepcopy(data)), WORDS), found, as_of)


def bases(found):
    """The scheme's example project, and the first few changed ones, each with the date it is read on."""
    shown = found.examples()
    return [(one.document.data, one.as_of) for one in shown[:4]]


def verdicts(result):
    return {(f.rule.id, f.scope): f.verdict for f in result.findings}


# -- what each file shows -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_example_gives_what_it_should(name, schemes):
    tested = examples.run(schemes[name])
    assert [outcome for outcome in tested.outcomes if outcome.wrong] == []
    assert tested.missing == {}, "a rule of which no example shows both sides"


# -- more facts, and fewer ----------------------------------------------------------------------------

STAYS = {  # what a verdict may be when one more fact is stated
    "unknown": {"unknown", "pass", "fail", "review", "n/a"},
    "pass": {"pass", "n/a", "review"},  # a human's judgement or evidence may be wanted once a rule applies
    "fail": {"fail"},
    "review": {"review"},
    "n/a": {"n/a"},
}


def leaves(node, path=()):
    """The paths of a project's facts, and of its lists."""
    for key, below in node.items() if isinstance(node, dict) else enumerate(node):
        here = (*path, key)
        if here[0] in ("project", "judgements", "evidence", "rates", "incomplete") or key in ("id", "stage"):
            continue
        if isinstance(below, list) and below and isinstance(below[0], dict):
            yield here
        if isinstance(below, dict) or (isinstance(below, list) and below and isinstance(below[0], dict)):
            yield from leaves(below, here)
        else:
            yield here


@pytest.mark.parametrize("name", NAMES)
def test_a_fact_more_settles_and_never_unsettles(name, schemes):
    found = schemes[name]
    for data, as_of in bases(found)[:2]:
        more = on(data, found, as_of)
        for path in leaves(data):
            less = on(left_out(data, path), found, as_of)
            known = verdicts(more)
            # sources that differ only because something is missing may come to agree
            disputed = {(f.rule.id, f.scope) for f in less.findings if f.why == "dispute"}
            for key, verdict in verdicts(less).items():
                if key in disputed:
                    continue
                # a list that is left out has one finding for all of its items
                after = [known[key]] if key in known else [v for (r, _), v in known.items() if r == key[0]]
                assert set(after) <= STAYS[verdict], (path, key, verdict)
            if less.verdict == "ineligible":
                assert more.verdict == "ineligible", path
            if more.verdict != "ineligible":
                assert less.verdict != "ineligible", path
            if less.classified and less.classified.found and more.classified:
                assert less.classified.found == more.classified.found, path


# -- another order ------------------------------------------------------------------------------------


def turned(node):
    """Every list of records the other way round; each item keeps the name it had."""
    if isinstance(node, dict):
        return {key: turned(below) for key, below in node.items()}
    if isinstance(node, list) and node and isinstance(node[0], dict):
        return [turned({"id": str(i), **one}) for i, one in enumerate(node)][::-1]
    return node


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_lists_changes_nothing(name, schemes):
    found = schemes[name]
    for data, as_of in bases(found):
        kept = {key: data[key] for key in ("judgements", "evidence") if key in data}
        one, other = on(data, found, as_of), on({**turned(data), **kept}, found, as_of)
        assert (one.verdict, one.open) == (other.verdict, other.open)
        assert Counter(verdicts(one).items()) == Counter(verdicts(other).items())
        values = [{n: f.trace.value for n, f in r.figures.items()} for r in (one, other)]
        assert values[0] == values[1]


# -- another scale ------------------------------------------------------------------------------------

FACTOR = 7


def scaled_scheme(found):
    """A scheme with all its amounts of money times the factor."""

    def version(one, cells):
        times = (
            (lambda v: v and {k: c * FACTOR for k, c in v.items()}) if cells else (lambda v: v and v * FACTOR)
        )
        return one._replace(readings=tuple((times(v), ids, text) for v, ids, text in one.readings))

    def dated(one, cells=False):
        if one.type.kind != "money":
            return one
        return one._replace(versions=tuple(version(v, cells) for v in one.versions))

    def rule(one):
        money = {n for n, text in one.constant_texts.items() if figures.kind_of(text) == "money"}
        return one._replace(constants={n: v * FACTOR if n in money else v for n, v in one.constants.items()})

    return found._replace(
        values={name: dated(one) for name, one in found.values.items()},
        tables={name: dated(one, cells=True) for name, one in found.tables.items()},
        rules=tuple(rule(one) for one in found.rules),
    )


def scaled_project(data, found):
    """A project with all its amounts of money times the factor."""

    def amount(raw):
        quantity = read("money", raw)
        value = plain(Fraction(quantity.value) * FACTOR)
        return f"{quantity.unit} {value}" if quantity.unit else f"{data['project']['currency']} {value}"

    def is_money(fact):
        return fact is not None and fact.type.kind == "money"

    def section(node, facts, prefix):
        return {
            key: amount(raw) if is_money(facts.get(f"{prefix}{key}")) else raw for key, raw in node.items()
        }

    def records(items, kind):
        made = []
        for item in items:
            one = section(item, kind.facts, "")
            made.append(one | {n: records(one[n], below) for n, below in kind.records.items() if n in one})
        return made

    def over(node, kind):
        return {key: section(item, kind.facts, "") for key, item in node.items()}

    facts, own_sections = WORDS.project.facts, SECTIONS - {"project"}
    made = {
        key: section(below, facts, f"{key}.") if key in own_sections else below for key, below in data.items()
    }
    for name, kind in WORDS.project.records.items():
        if name in made:
            made[name] = records(made[name], kind)
    answers = made.get("answers", {}).get(found.id)
    if answers is not None:
        own = section(answers, found.reading.own, "own.")
        own |= {n: over(own[n], k) for n, k in WORDS.project.records.items() if n in own}
        made["answers"] = {**made["answers"], found.id: own}
    return made


@pytest.mark.parametrize("name", NAMES)
def test_scale_changes_nothing(name, schemes):
    found = schemes[name]
    larger = scaled_scheme(found)
    for data, as_of in bases(found):
        one, other = on(data, found, as_of), on(scaled_project(data, found), larger, as_of)
        assert verdicts(one) == verdicts(other)
        assert one.verdict == other.verdict
        if one.available is not None and isinstance(one.available.value, int | Fraction):
            assert other.available.value == one.available.value * FACTOR
