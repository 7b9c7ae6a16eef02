"""Broken and odd exits: an answer that adds up, or a refusal with places; never anything else."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path

import tomli
from captables import follow
from exit_tables import toml
from hypothesis import given, settings
from hypothesis import strategies as st

from ipcalc.inputs.diagnostics import Refused

WHOLE = tomli.loads((Path(__file__).parents[1] / "examples" / "equity" / "sale.toml").read_text())
EARLIER = [
    {
        "id": "paid",
        "date": date(2025, 1, 1),
        "kind": "dividend",
        "proceeds": [1000],
        "counts_toward_cap": True,
        "reduces_preference": False,
    },
    {
        "id": "bought",
        "date": date(2025, 2, 1),
        "kind": "tender",
        "proceeds": [100],
        "price": 2,
        "buyer": "uni",
        "offers": [{"holder": "ada", "class": "common", "shares": 100}],
    },
]
WHOLE["exits"] = [*EARLIER, *WHOLE["exits"]]
junk = st.one_of(
    st.sampled_from(
        [0, 1, -1, 10**17, 10**30, 1.5, True, "", "x", "0%", "100%", "1x", "0x", "99.9%", "1/3", "debt:1"]
    ),
    st.sampled_from(
        ["with:a", "cash", "as-converted", "none", "lapse", "proceeds", "tender", "wind-up", "a", "ada"]
    ),
    st.sampled_from([[], {}, [0], date(1999, 1, 1), date(2026, 7, 1), date(2150, 1, 1), {"amount": 5}]),
)


def paths(node, path=()):
    """Every place below a node."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from paths(value, (*path, key))


PLACES = [("exits", *path) for path in paths(WHOLE["exits"])]
PLACES += [("classes", *path) for path in paths(WHOLE["classes"])]


def test_the_whole_file_is_sound():
    assert len(follow("\n".join(f"{key} = {toml(value)}" for key, value in WHOLE.items())).exits) == 5


@settings(max_examples=600, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.one_of(junk, st.just("…"))), min_size=1, max_size=3))
def test_a_broken_exit_is_refused_or_adds_up(changes):
    whole = copy.deepcopy(WHOLE)
    for (*above, key), value in changes:
        node = whole
        try:
            for part in above:
                node = node[part]
            if value == "…":
                del node[key]
            else:
                node[key] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took its place away
    text = "\n".join(f"{key} = {toml(value)}" for key, value in whole.items())
    try:
        result = follow(text)
    except Refused as refused:
        assert all(one.message() and one.place.line for one in refused.diagnostics)
        return
    for sale in result.exits:
        assert sale.costs + sum(payout.entitled for payout in sale.payouts) == sale.proceeds + sale.excess
        if sale.settled:
            assert sale.settled.certificate.holds
        if sale.schedule:
            assert sale.schedule.breakpoints is not None
