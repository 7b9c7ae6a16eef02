"""Random policies, as tables for the twin and as TOML for the engine; and random receipts."""

# ruff: noqa: E501  # a policy, or a case, a line

from __future__ import annotations

from hypothesis import strategies as st
from policies import made

PARTIES = ("a", "b", "c", "d", "inventors")
party = st.sampled_from(PARTIES)
rate = st.sampled_from(["1/3", "10%", "25%", "1/7", "50%", "100%", "0%", "2/3"])
amount = st.integers(1, 120)
over = st.sampled_from(["lifetime", "year", "distribution"])


@st.composite
def shares(draw):
    """Shares that add up: one or two rates, and the rest."""
    names = draw(st.lists(party, min_size=2, max_size=3, unique=True))
    parts = {name: draw(st.sampled_from(["1/3", "10%", "25%", "1/7", "0%"])) for name in names[:-1]}
    return {**parts, names[-1]: "rest"}


@st.composite
def caps(draw, bases):
    """One cap or two."""
    one = st.fixed_dictionaries({"amount": amount, "over": over})
    other = st.fixed_dictionaries({"rate": rate, "of": st.sampled_from(bases)})
    return draw(st.lists(one | other, min_size=1, max_size=2))


@st.composite
def bands(draw):
    """One to three bands."""
    edges = sorted(draw(st.sets(amount, max_size=2)))
    return [*({"up_to": edge, "share": draw(shares())} for edge in edges), {"share": draw(shares())}]


@st.composite
def slabs(draw):
    """Slabs that meet at their edges, by caps; or any, where each receipt stands alone."""
    if draw(st.booleans()):
        edges = sorted(draw(st.sets(amount, max_size=2)))
        return {"over": "distribution",
                "slabs": [*({"up_to": e, "share": draw(shares())} for e in edges), {"share": draw(shares())}]}  # fmt: skip
    edge = 2 * draw(amount)
    first = {"up_to": edge, "share": {"a": "3/4", "b": "rest"}, "at_most": edge // 2}
    return {"slabs": [first, {"share": {"a": "1/2", "b": "rest"}}]}


@st.composite
def flows(draw, deep=True, reserve=True, monotone=False):
    """The steps of a flow."""
    bases = ["gross", "left"]
    steps = []
    kinds = ["take", "recover", "mark", *(["hold"] if reserve and deep else [])]
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=4)):
        if kind == "take":
            step = {"take": draw(rate), "of": draw(st.sampled_from(bases)), "for": draw(party)}
            if draw(st.booleans()):
                step["at_most"] = draw(caps(bases))
            if draw(st.integers(0, 3)) == 0:
                step |= {"above": draw(amount), "over": draw(over)}
            if not monotone and draw(st.integers(0, 3)) == 0:
                step["as"] = "counted"
            if draw(st.integers(0, 3)) == 0:
                step["carry"] = True
            steps.append(step)
        elif kind == "recover" and deep:
            names = draw(st.sampled_from([["costs"], ["costs", "sponsor"], ["sponsor"]]))
            payees = {"costs": "a", "sponsor": "b"} if monotone else {name: draw(party) for name in names}
            step = {"recover": names, "for": {name: payees[name] for name in names}}
            if draw(st.booleans()):
                step["at_most"] = draw(caps(bases))
            if draw(st.integers(0, 3)) == 0:
                step["carry"] = False
            steps.append(step)
        elif kind == "hold":
            steps.append({"hold": "reserve", "level": draw(amount)})
        elif kind == "mark" and f"m{len(steps)}" not in bases:
            steps.append({"mark": f"m{len(steps)}"})
            bases.append(f"m{len(steps) - 1}")
    left = monotone or any("hold" in step for step in steps)
    monotone = monotone or any(step.get("as") == "counted" for step in steps)
    which = draw(st.sampled_from(["share", "bands", "bands", *([] if monotone else ["slabs"])]))
    if which == "share":
        steps.append({"share": draw(shares())})
    else:
        last = {"bands": draw(bands()), "over": draw(over)} if which == "bands" else draw(slabs())
        steps.append({"by": "left" if left else draw(st.sampled_from(bases)), **last})
    if draw(st.integers(0, 2)) == 0:
        names = draw(st.lists(party, min_size=2, max_size=2, unique=True))
        most = st.lists(st.fixed_dictionaries({"amount": amount, "over": over}), min_size=1, max_size=2)
        steps.append(
            {"limit": names[0], "to": names[1], "at_most": draw(most if monotone else caps(["gross"]))}
        )
    return steps


@st.composite
def policies(draw, **how):
    """Steps, and for one party, perhaps, steps that divide its part further, among parties of their own."""
    steps = draw(flows(**how))
    within = {}
    if draw(st.booleans()):
        inner = draw(flows(deep=False, monotone=how.get("monotone", False)))
        within["d"] = renamed(inner)
    return steps, within


def renamed(value):
    """The same steps with parties of their own."""
    if isinstance(value, dict):
        parties = {name: f"{name}2" for name in PARTIES}
        return {
            parties.get(k, k): parties.get(v, v) if isinstance(v, str) else renamed(v)
            for k, v in value.items()
        }
    return [renamed(one) for one in value] if isinstance(value, list) else value


def toml(value):
    """A value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {toml(one)}' for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def policy(steps, within):
    """A policy in yen, so that a unit is a minor unit."""
    text = f'[[versions]]\nsource = "s"\nsteps = {toml(steps)}\n'
    for name, inner in within.items():
        text += f'within."{name}" = {toml(inner)}\n'
    return made(text, "JPY")


costs = st.dictionaries(st.sampled_from(["costs", "sponsor"]), st.integers(0, 80), max_size=2)
receipts = st.lists(st.tuples(st.integers(0, 200), costs, st.integers(0, 1)), min_size=1, max_size=4)
