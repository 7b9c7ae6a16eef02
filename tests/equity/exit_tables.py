"""Cap tables for tests of exits, from plain lists of who has what claim."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from fractions import Fraction

from captables import follow

from ipcalc import equity

Claim = Mapping[str, object]
DAY = datetime.date(2024, 1, 1)
SALE: Claim = {"id": "sale", "date": datetime.date(2026, 1, 1), "kind": "sale"}


def toml(value: object) -> str:
    """A value as TOML writes it on one line; a fraction as a text."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {toml(one)}' for key, one in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, Fraction):
        return toml(str(value))
    return str(value) if isinstance(value, datetime.date) else json.dumps(value)


def file(
    classes: Sequence[Claim],
    exits: Sequence[object],
    *,
    costs: object = 0,
    debt: Sequence[Claim] = (),
    **more: object,
) -> str:
    """A cap table with one holder for each claim, and a sale with ``more`` keys.

    A class has a name, a kind (common, pref, option, prefwarrant), as-converted shares, and as it needs: pref
    (what it is owed in all), rank (1 is paid first), part (full, or a cap on all it takes), strike.
    """
    sale: dict[str, object] = {
        "id": "sale",
        "date": datetime.date(2028, 1, 1),
        "kind": "sale",
        "proceeds": list(exits),
        **more,
    }
    if costs:
        sale["costs"] = [{"amount": costs}]
    if debt:
        sale["debt"] = [
            {
                "id": f"owed-{_id(one)}",
                "holder": _holder(one),
                "amount": one["claim"],
                "rank": one["rank"],
            }
            for one in debt
        ]
    whole = {
        "company": {"name": "Acme", "currency": "USD"},
        "rounding": {"shares": "exact", "price": "exact"},
        "stakeholders": [{"id": _holder(one), "kind": "person"} for one in (*classes, *debt)],
        "classes": _classes(classes),
        "events": [_event(one) for one in classes],
        "exits": [sale],
    }
    return "\n".join(f"{key} = {toml(value)}" for key, value in whole.items()) + "\n"


def _id(one: Claim) -> str:
    return str(one["name"]).lower().replace("_", "-")


def _holder(one: Claim) -> str:
    return f"{_id(one)}-holder"


def _classes(classes: Sequence[Claim]) -> list[Claim]:
    found: list[Claim] = []
    if any(one["kind"] == "option" for one in classes):
        found.append({"id": "ordinary", "kind": "common"})
    for one in classes:
        if one["kind"] == "common":
            found.append({"id": _id(one), "kind": "common"})
        elif one["kind"] != "option":
            part = one.get("part", "none")
            capped = part not in ("none", "full")
            found.append(
                {
                    "id": _id(one),
                    "kind": "preferred",
                    "preference": {"amount": one["pref"]},
                    "seniority": 100 - int(str(one["rank"])),
                    "participation": "capped" if capped else part,
                    **({"cap": {"amount": part}} if capped else {}),
                }
            )
    return found


def _event(one: Claim) -> Claim:
    name = _id(one)
    what = {
        "id": f"of-{name}",
        "date": datetime.date(2024, 1, 1),
        "holder": _holder(one),
        "shares": one["shares"],
    }
    if one["kind"] == "option":
        terms = {"class": "ordinary", "plan": "none", "vesting": "none", "strike": one["strike"]}
        return {"event": "option", **what, **terms}
    if one["kind"] == "prefwarrant":
        return {"event": "warrant", **what, "class": name, "strike": one["strike"]}
    return {"event": "issue", **what, "class": name}


def company(
    events: Sequence[Claim],
    classes: Sequence[Claim] = (),
    holders: Sequence[str] = ("ada", "fund", "bank", "uni"),
    **sale: object,
) -> str:
    """A cap table of its tables as mappings; ada has 800 common shares. ``sale`` are keys of its exit."""
    made = [
        {"id": "founding", "event": "issue", "date": DAY, "holder": "ada", "class": "common", "shares": 800},
        *({"id": f"e{i}", "date": DAY, **one} for i, one in enumerate(events)),
    ]
    more: Sequence[Claim] = sale.pop("exits", [])  # type: ignore[assignment]
    whole = {
        "company": {"name": "Acme", "currency": "USD"},
        "rounding": {"shares": "exact", "price": "exact"},
        "stakeholders": [{"id": name, "kind": "person"} for name in holders],
        "classes": [{"id": "common", "kind": "common"}, *classes],
        "events": made,
        "exits": [*more, SALE | sale],
    }
    return "\n".join(f"{key} = {toml(value)}" for key, value in whole.items())


def pref(name: str = "a", **more: object) -> Claim:
    """A preferred class at 2.50 a share."""
    terms = {"price": 2.5, "preference": "1x", "seniority": 1, "participation": "none"}
    return {"id": name, "kind": "preferred", **terms, **more}


def issue(shares: object = 200, holder: str = "fund", cls: str = "a", **more: object) -> Claim:
    """Shares of a class."""
    return {"event": "issue", "holder": holder, "class": cls, "shares": shares, **more}


def safe(amount: object, cap: object = None, name: str = "s", **more: object) -> Claim:
    """A SAFE, post-money if it has a cap."""
    terms = {"basis": "post-money", "cap": cap} if cap else {}
    return {"id": name, "event": "safe", "holder": "fund", "amount": amount, **terms, **more}


def exits_of(classes: Sequence[Claim], exits: Sequence[object], **more: object) -> tuple[equity.Exit, ...]:
    """The exits of such a table."""
    return follow(file(classes, exits, **more)).exits  # type: ignore[arg-type]


def takes(sale: equity.Exit) -> dict[str, Fraction]:
    """What each holder of a table made here gets, in major units: exact, from the claims."""
    assert sale.settled is not None
    found: dict[str, Fraction] = {}
    for decision in sale.settled.decisions:
        whole = sum(Fraction(weight) for _, weight in decision.stake.parts)
        for holder, weight in decision.stake.parts:
            part = Fraction(decision.take) * weight / whole / 100
            name = holder.removesuffix("-holder")
            found[name] = found.get(name, Fraction(0)) + part
    return found


def does(sale: equity.Exit) -> dict[str, str]:
    """What each claim's holder does."""
    assert sale.settled is not None
    return {
        holder.removesuffix("-holder"): decision.action
        for decision in sale.settled.decisions
        for holder, _ in decision.stake.parts
    }
