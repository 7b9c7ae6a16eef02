"""What a licence gives a university, read: its stake (stated, or a policy's), its floor and its rights."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ipcalc import quantity
from ipcalc.equity.model import Floor, Participation, PolicyStake, UniversityGrant, Until
from ipcalc.equity.reading import Parts, exact
from ipcalc.equity.state import Conversion
from ipcalc.inputs.diagnostics import Refused
from ipcalc.quantity import Exact, Quantity, Unreadable

if TYPE_CHECKING:
    from ipcalc.equity.events import EventReader
    from ipcalc.inputs import locate

Raw = Mapping[str, Any]


def read(
    reader: EventReader, raw: Raw, path: locate.Path, head: tuple[str, str, datetime.date, int]
) -> UniversityGrant:
    """A university's grant; problems are collected by the reader."""
    share_class = reader.share_class(raw["class"], (*path, "class"))
    to = reader.recipients(raw["to"], (*path, "to"))
    terms: Raw = raw["grant"]
    at = (*path, "grant")
    percent = exact(terms["percent"]) if "percent" in terms else None
    policy = None
    if "policy" in terms:
        percent, policy = policy_stake(reader, terms, at, head[2])
    shares = reader.shares(terms["shares"], (*at, "shares")) if "shares" in terms else None
    amount = reader.money(terms, "amount", at)
    fee = exact(terms["exit_fee"]) if "exit_fee" in terms else None
    if percent is None and shares is None and "policy" not in terms:
        reader.idle("floor", raw, path, f"grant = {next(iter(terms))}")
    return UniversityGrant(
        *head,
        share_class,
        to,
        percent,
        shares,
        amount,
        None if amount is None else _conversion(reader, terms["converts"], (*at, "converts"), amount),
        fee,
        terms.get("royalty"),
        policy,
        _floor(reader, raw["floor"], (*path, "floor"), to) if "floor" in raw else None,
        _participation(reader, raw["participation"], (*path, "participation"))
        if "participation" in raw
        else None,
    )


def policy_stake(
    reader: EventReader, terms: Raw, at: locate.Path, on: datetime.date
) -> tuple[Exact | None, PolicyStake | None]:
    """The stake that a policy asks for on a day, by its route; E547 where it states none, or a range."""
    from ipcalc.ip import policy, split

    options: Mapping[str, str] = terms.get("options", {})
    try:
        asked = policy.load(terms["policy"])
        found = split.stake(asked, options, on)
    except Refused as refused:
        where = reader.document.place((*at, "policy"))
        reader.problems += [one._replace(place=where, also=None) for one in refused.diagnostics[:1]]
        return None, None
    except Unreadable as error:
        named = error.args_of_message.get("value")
        at_fault = (*at, "options", named) if named and named in options else (*at, "policy")
        reader.problems.append(reader.document.unreadable(at_fault, error))
        return None, None
    if found is None or found.stake is None or found.most is not None:
        reader.problem("E547", (*at, "policy"), value=terms["policy"], date=str(on))
        return None, None
    stake = exact(found.stake)
    if stake >= 1:
        reader.problem("F106", (*at, "policy"), key="policy", limit="0% … < 100%")
        return None, None
    return stake, PolicyStake(asked.id, tuple(asked.sources[name].title for name in found.sources))


def _conversion(reader: EventReader, terms: Raw | str, path: locate.Path, amount: int) -> Conversion:
    return Conversion() if isinstance(terms, str) else reader.conversion(terms, path, amount)


def _floor(reader: EventReader, raw: Raw, path: locate.Path, granted: Parts) -> Floor:
    to = raw.get("to", "as-granted")
    parts = granted if to == "as-granted" else reader.recipients(to, (*path, "to"))
    until: Raw = raw["until"]
    at = (*path, "until")
    if until.get("crossing") == "split" and "fill" not in until:
        reader.missing("fill", at)
    if "raised" in until and until["crossing"] != "split":
        reader.idle("fill", until, at, f"crossing = {until['crossing']}")
    return Floor(
        exact(raw["percent"]),
        Until(
            reader.money(until, "raised", at),
            frozenset(until.get("counts", ())),
            until.get("since"),
            until.get("crossing", ""),
            until.get("fill", ""),
            reader.money(until, "round_at_least", at),
            reader.money(until, "post_at_least", at),
            until.get("through", ""),
            until.get("date"),
        ),
        parts,
        raw["in_safe_capitalization"],
    )


def _participation(reader: EventReader, raw: Raw, path: locate.Path) -> Participation:
    percent = raw["percent"]
    parts: list[Quantity | str] = percent["greater_of"] if isinstance(percent, dict) else [percent]
    if not parts:
        reader.problem("F114", (*path, "percent"), allowed="held, 5%")
    rounds = None
    if raw["rounds"] != "all":
        rounds = frozenset(raw["rounds"])
        known = {one["id"] for one in reader.raws if one["event"] == "round"}
        for i, name in enumerate(raw["rounds"]):
            if name not in known:
                reader.problem("E540", (*path, "rounds", i), quantity.nearest(name, known), value=name)
    stated = [exact(part) for part in parts if isinstance(part, Quantity)]
    return Participation("held" in parts, max(stated, default=0), rounds)
