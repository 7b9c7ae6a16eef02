"""Cap tables for tests, written as a person writes them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence

import pytest

from ipcalc import equity
from ipcalc.inputs import overlay, toml
from ipcalc.inputs.diagnostics import Refused

HOLDERS = ("ada", "bo", "uni", "fund", "angel")


def table(
    *events: str,
    holders: Sequence[str] = HOLDERS,
    shares: str = "exact",
    price: str = '"exact"',
    currency: str = "USD",
    classes: str = "",
    more: str = "",
) -> str:
    """A file with a class ``common``; each of ``events`` is the body of an [[events]] table.

    An event without an id or a date gets ``e0``, ``e1``, … and the first of January 2024.
    """
    parts = [
        f'[company]\nname = "Acme"\ncurrency = "{currency}"',
        f'[rounding]\nshares = "{shares}"\nprice = {price}',
        *(f'[[stakeholders]]\nid = "{holder}"\nkind = "person"' for holder in holders),
        f'[[classes]]\nid = "common"\nkind = "common"\n{classes}',
    ]
    for i, event in enumerate(events):
        lines = ["[[events]]"]
        if not event.startswith("id =") and "\nid =" not in event:
            lines.append(f'id = "e{i}"')
        if not re.search(r"(?m)^date =", event):
            lines.append("date = 2024-01-01")
        parts.append("\n".join([*lines, event]))
    return "\n".join([*parts, more]) + "\n"


def issue(holder: str, shares: object, cls: str = "common") -> str:
    """An issue."""
    number = f'"{shares}"' if "/" in str(shares) else shares
    return f'event = "issue"\nholder = "{holder}"\nclass = "{cls}"\nshares = {number}'


def stake(percent: str, to: str = '"uni"') -> str:
    """A university's stake in percent."""
    grant = f'{{ percent = "{percent}", of = "fully-diluted-after" }}'
    return f'event = "university-grant"\nclass = "common"\ngrant = {grant}\nto = {to}'


def pool(how: str, amount: object, plan: str = "esop") -> str:
    """A pool event."""
    number = f'"{amount}"' if isinstance(amount, str) else amount
    return f'event = "pool"\nclass = "common"\nplan = "{plan}"\n{how} = {number}'


def priced(amounts: Mapping[str, object], cls: str = "common", **basis: object) -> str:
    """A round; ``basis`` is one of pre_money, post_money and price."""
    investors = ", ".join(
        f'{{ holder = "{holder}", amount = "{amount}" }}' for holder, amount in amounts.items()
    )
    stated = "\n".join(f'{key} = "{value}"' for key, value in basis.items())
    return f'event = "round"\nclass = "{cls}"\nconvention = "pre-money"\n{stated}\ninvestors = [{investors}]'


def event(kind: str, **keys: object) -> str:
    """An event; texts are quoted, but a list, a table or a truth stands as it is."""
    lines = [f'event = "{kind}"']
    for key, value in keys.items():
        bare = not isinstance(value, str) or value[:1] in ("[", "{") or value in ("true", "false")
        lines.append(f"{key} = {value}" if bare else f'{key} = "{value}"')
    return "\n".join(lines)


def safe(amount: object, holder: str = "angel", **keys: object) -> str:
    """A SAFE."""
    return event("safe", holder=holder, amount=amount, **keys)


def financed(
    money: object, convention: str = "percentage-ownership", share_class: str = "common", **keys: object
) -> str:
    """A round: of the fund's money, or (a dict) of several investors'."""
    amounts = money if isinstance(money, dict) else {"fund": money}
    investors = ", ".join(f'{{ holder = "{name}", amount = {one} }}' for name, one in amounts.items())
    terms = {"class": share_class, "convention": convention, "investors": f"[{investors}]"}
    return event("round", **terms, **keys)


def in_round(how: str, amount: object, placed: str = "pre-money", plan: str = "esop") -> str:
    """A round's pool of common shares."""
    measure = ', measure = "unallocated"' if how == "target" else ""
    terms = f'{how} = "{amount}"{measure}, placed = "{placed}"'
    return f'{{ plan = "{plan}", class = "common", {terms} }}'


def on(day: str, body: str) -> str:
    """An event on a day."""
    return f"date = {day}\n{body}"


def follow(
    text: str, exits: Sequence[str] = (), at: datetime.date | None = None, settings: Sequence[str] = ()
) -> equity.Result:
    """The file's result."""
    return equity.follow(overlay.overlay(toml.parse("t.toml", text), settings), exits, at)


def held(step: equity.Step) -> dict[str, object]:
    """Shares by holder or plan."""
    return {holding.holder or holding.plan or "": holding.shares for holding in step.holdings}


def diluted(step: equity.Step) -> dict[str, object]:
    """Fully diluted shares of the total by holder or plan."""
    return {holding.holder or holding.plan or "": holding.fully_diluted for holding in step.holdings}


def last(*events: str, **options: str | Sequence[str]) -> equity.Step:
    """The last step of a file's events."""
    return follow(table(*events, **options)).events[-1]  # type: ignore[arg-type]


def refused(*events: str, **options: str | Sequence[str]) -> list[str]:
    """The codes with which a file's events are refused."""
    with pytest.raises(Refused) as caught:
        last(*events, **options)
    return [one.code for one in caught.value.diagnostics]
