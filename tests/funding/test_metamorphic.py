"""What must stay as it is when a project changes: more facts, another order, another scale."""

import copy
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from small import left_out

from ipcalc.funding import check, project, scheme, vocabulary
from ipcalc.inputs import toml
from ipcalc.inputs.toml import Document

RAISE = scheme.load("hk/raise-plus")
EXAMPLE = toml.load(RAISE.document.name).data["example"]


def on(data, found=RAISE):
    return check.check(project.read(Document("data", "", copy.deepcopy(data))), found)


def by_rule(result):
    return {(finding.rule.id, finding.scope): finding.verdict for finding in result.findings}


def leaves(node, path=()):
    """The paths of a project's facts, and of its lists."""
    for key, below in node.items() if isinstance(node, dict) else enumerate(node):
        here = (*path, key)
        if here[0] in ("project", "judgements") or key == "id":
            continue
        if isinstance(below, list) and here[-1] in ("phases", "team", "funding"):
            yield here
        if isinstance(below, dict | list):
            yield from leaves(below, here)
        else:
            yield here


@st.composite
def projects(draw):
    """The scheme's example with other amounts, forms, payers, dates and answers, some of them left out."""
    data = copy.deepcopy(EXAMPLE)
    for phase in data["phases"]:
        phase["end"] = phase["end"].replace(year=phase["end"].year + draw(st.integers(-1, 2)))
        for line in phase["funding"]:
            line["amount"] = draw(st.integers(0, 60)) * 1_000_000
            line["payer"] = draw(st.sampled_from(["scheme", "industry", "university"]))
            line["form"] = draw(st.sampled_from(["cash", "in-kind"]))
            line["instrument"] = draw(st.sampled_from(["sponsorship", "loan"]))
    data["applicant"]["body"] = draw(st.sampled_from(["hku", "hkust", "lingnan", "other"]))
    data["ip"]["inventor_share"] = draw(st.sampled_from(["69.9%", "70%"]))
    own = data["answers"]["hk/raise-plus"]
    own["maturity"] = draw(st.sampled_from(["ongoing", "finished"]))
    own["university_applications"] = draw(st.integers(14, 17))
    own["in_kind_list"] = draw(st.booleans())
    if draw(st.booleans()):
        del data["phases"][draw(st.integers(0, 1))]
    del data["judgements"]
    for _ in range(draw(st.integers(0, 3))):
        data = left_out(data, draw(st.sampled_from(list(leaves(data)))))
    return data


STAYS = {  # what a verdict may become when one more fact is stated
    "unknown": {"unknown", "pass", "fail", "review", "n/a"},
    "pass": {"pass", "n/a"},
    "fail": {"fail"},
    "review": {"review"},
    "n/a": {"n/a"},
}


@given(projects(), st.data())
@settings(max_examples=120, deadline=None)
def test_a_fact_more_settles_and_never_unsettles(data, draw):
    path = draw.draw(st.sampled_from(list(leaves(data))))
    more, less = on(data), on(left_out(data, path))
    known, before = by_rule(more), by_rule(less)
    for key, verdict in before.items():
        # a list that is left out has one finding for all of its items
        after = [known[key]] if key in known else [v for (rule, _), v in known.items() if rule == key[0]]
        assert set(after) <= STAYS[verdict], (path, key)
    if less.verdict == "ineligible":
        assert more.verdict == "ineligible"
    if more.verdict != "ineligible":
        assert less.verdict != "ineligible"


@given(projects(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_a_list_changes_nothing(data, random):
    other = copy.deepcopy(data)
    for items in (
        other.get("team"),
        other.get("phases"),
        *(p.get("funding") for p in other.get("phases", ())),
    ):
        if items:
            random.shuffle(items)
    one, two = on(data), on(other)
    assert (one.verdict, one.open) == (two.verdict, two.open)
    assert Counter((f.rule.id, f.verdict) for f in one.findings) == Counter(
        (f.rule.id, f.verdict) for f in two.findings
    )
    # phases have ids, so that each keeps its own verdicts
    phases = [{k: v for k, v in by_rule(r).items() if (k[1] or "").startswith("stage")} for r in (one, two)]
    assert phases[0] == phases[1]


@given(projects(), st.integers(2, 50))
@settings(max_examples=60, deadline=None)
def test_scale_changes_nothing(data, factor):
    text = RAISE.document.text.replace('"HKD 100 million"', f'"HKD {100 * factor} million"')
    text = text.replace('"HKD 10 million"', f'"HKD {10 * factor} million"')
    scaled = scheme.compile_scheme(toml.parse("scaled.toml", text), vocabulary.shipped())
    other = copy.deepcopy(data)
    for phase in other.get("phases", ()):
        for line in phase.get("funding", ()):
            if "amount" in line:
                line["amount"] *= factor
    assert by_rule(on(data)) == by_rule(on(other, scaled))
