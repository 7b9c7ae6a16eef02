"""Odd lists of events, whatever their order: an answer that adds up, or a refusal; never anything else."""

from __future__ import annotations

from captables import event, financed, follow, issue, pool, safe, stake, table
from hypothesis import given, settings
from hypothesis import strategies as st

from ipcalc.inputs.diagnostics import Refused
from ipcalc.views import equity as view
from ipcalc.views import equity_document

CLASSES = """
[[classes]]
id = "a"
kind = "preferred"
price = 2
preference = "1x"
seniority = 1
participation = "none"
anti_dilution = { kind = "broad", base = 1000, issued_counts = ["new-money"], exempt = ["issue", "option"] }
"""
SALE = """
[[exits]]
id = "sale"
date = 2026-01-01
kind = "sale"
proceeds = [0, 100, 1_000_000]
unvested = "lapse"
"""
TREATED = 'at_exit = "greater-of"\nrank = "above:a"\ncapitalization = '
VESTING = '{ start = 2023-01-01, months = 48, cliff = 12, every = 1, allocation = "CUMULATIVE_ROUNDING" }'

counts = st.sampled_from([1, 3, 10, 99, 100, 1000])
holders = st.sampled_from(["ada", "bo", "uni"])
classes = st.sampled_from(["common", "common", "a"])
vesting = st.sampled_from(["", "", f"\nvesting = {VESTING}"])
issues = st.builds(
    lambda who, shares, cls, more: f"{issue(who, shares, cls)}\nprice = 2{more}",
    holders, counts, classes, vesting,
)  # fmt: skip
moves = st.builds(
    lambda kind, who, to, cls, shares: event(
        kind, **{"class": cls, "from": who, "to": to}, shares=shares, price=1
    ),
    st.sampled_from(["transfer", "secondary"]), holders, holders, classes, counts,
)  # fmt: skip
events = st.one_of(
    issues,
    moves,
    st.builds(lambda shares: event("cancel", of="e0", shares=shares), counts),
    st.builds(
        lambda cls, ratio: event("split", **{"class": cls}, ratio=ratio),
        classes, st.sampled_from(["2:1", "1:3", "1:1000"]),
    ),
    st.builds(
        lambda who, shares: event("convert", holder=who, **{"class": "a"}, shares=shares), holders, counts
    ),
    st.builds(stake, st.sampled_from(["0%", "5%", "99%"])),
    st.builds(pool, st.sampled_from(["create", "add"]), counts),
    st.builds(lambda amount: safe(amount, basis="post-money", cap=5_000), counts),
    st.builds(
        lambda money, pre, cls: financed(money, share_class=cls, pre_money=pre, anti_dilution="inside"),
        counts, counts, classes,
    ),
)  # fmt: skip


@settings(max_examples=300)
@given(
    issues,
    st.lists(events, max_size=7),
    st.sampled_from(["exact", "floor", "half-up"]),
    st.sampled_from(["all-as-converted", "converting-only"]),
)
def test_any_events(first, others, rule, capitalization):
    listed = [first, *others]
    open_ = [f"e{i}" for i, one in enumerate(listed) if 'event = "safe"' in one]
    treated = "".join(f'\n[exits.instruments.{name}]\n{TREATED}"{capitalization}"' for name in open_)
    try:
        result = follow(table(*listed, shares=rule, classes=CLASSES, more=SALE + treated))
    except Refused as refused:
        assert all(one.place and one.message("en") for one in refused.diagnostics)
        return
    for sale in result.exits:
        assert sale.costs + sum(payout.entitled for payout in sale.payouts) == sale.proceeds
        assert all(payout.entitled >= 0 for payout in sale.payouts)
        assert sale.settled.certificate.holds
        assert all(point.collinear for point in sale.schedule.breakpoints)
    assert view.page(result, "en", chart=True, breakpoints=True)
    assert equity_document.document(result, "en")
