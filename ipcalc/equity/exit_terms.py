"""The exits of a cap table's file: what they say, and how it is read."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ipcalc import quantity
from ipcalc.equity.reading import Parts, Reader, exact
from ipcalc.quantity import Exact

if TYPE_CHECKING:
    from ipcalc.equity.events import EventReader
    from ipcalc.equity.exit_shape import ExitTable
    from ipcalc.inputs import locate

Raw = Mapping[str, Any]


class Cost(NamedTuple):
    """A cost: an ``amount`` in minor units, or a ``percent`` of the proceeds."""

    amount: int | None
    percent: Exact | None


class Debt(NamedTuple):
    """A debt in minor units; rank 1 is paid first."""

    id: str
    holder: str
    amount: int
    rank: int


class CarveOut(NamedTuple):
    """A part of the proceeds, of what is left ``after-costs``, or ``after-debt``; for whom, by share."""

    percent: Exact
    of: str
    to: Parts


class Holdback(NamedTuple):
    """A part of the proceeds that is paid later: by day, the share of it that is released."""

    percent: Exact
    releases: tuple[tuple[datetime.date, Exact], ...]


class Rank(NamedTuple):
    """Where it is paid: ``with`` or ``above`` a class, in a rank of ``debt``, or ``below-preferred``."""

    how: str
    share_class: str = ""
    debt: int = 0


class Treatment(NamedTuple):
    """What becomes of an open instrument: its ``multiple`` is paid, or what it ``converts`` into if that is
    more (both None: what the instrument itself says); ``rank`` None pays nothing ahead of common shares.
    ``capitalization`` is what a cap is divided by.
    """

    multiple: Exact | None
    converts: bool | None
    rank: Rank | None
    capitalization: str | Exact | None  # all-as-converted | converting-only | a number; None: not stated


class Offer(NamedTuple):
    """Shares that a holder sells in a tender."""

    holder: str
    share_class: str
    shares: Exact


class Tender(NamedTuple):
    """A purchase of shares at ``price`` (minor units a share); ``buyer`` None is the company."""

    price: Exact
    offers: tuple[Offer, ...]
    buyer: str | None


class Sale(NamedTuple):
    """An exit of the file: a sale, a wind-up, a dividend or a tender; proceeds in minor units.

    ``id`` and ``date`` are None for one asked for on the command line. ``counts_toward_cap`` is None where
    a dividend does not say so.
    """

    id: str | None
    date: datetime.date | None
    at: int
    kind: str
    proceeds: tuple[int, ...]
    costs: tuple[Cost, ...] = ()
    debts: tuple[Debt, ...] = ()
    carve_out: CarveOut | None = None
    holdback: Holdback | None = None
    unvested: str | None = None  # lapse | accelerate | as-agreed
    instruments: Mapping[str, Treatment] = {}
    reduces_preference: bool = False
    counts_toward_cap: bool | None = None
    tender: Tender | None = None


def read(reader: EventReader, exits: Sequence[ExitTable]) -> Iterator[Sale]:
    """The exits of the file; what is wrong with them is collected by the reader."""
    for i, raw in enumerate(exits):
        yield _sale(reader, raw, ("exits", i), i)


def _sale(reader: EventReader, raw: Raw, path: locate.Path, at: int) -> Sale:
    kind = raw["kind"]
    proceeds = [int(reader.minor(one, (*path, "proceeds", k))) for k, one in enumerate(raw["proceeds"])]
    if kind in ("dividend", "tender") and len(proceeds) != 1:
        reader.problem("E561", (*path, "proceeds"), value=kind, n=str(len(proceeds)))
    _only_where_it_says_something(reader, raw, path)
    return Sale(
        raw["id"],
        raw["date"],
        at,
        kind,
        tuple(proceeds),
        tuple(_costs(reader, raw, (*path, "costs"))),
        tuple(_debts(reader, raw, (*path, "debt"))),
        _carve_out(reader, raw["carve_out"], (*path, "carve_out")) if "carve_out" in raw else None,
        _holdback(reader, raw, (*path, "holdback")) if "holdback" in raw else None,
        raw.get("unvested"),
        dict(_instruments(reader, raw, path)),
        raw.get("reduces_preference", False),
        raw.get("counts_toward_cap"),
        _tender(reader, raw, path) if kind == "tender" else None,
    )


def _only_where_it_says_something(reader: Reader, raw: Raw, path: locate.Path) -> None:
    """Keys of one kind of exit say nothing in another."""
    kind = raw["kind"]
    allowed = {
        "sale": (),
        "wind-up": (),
        "dividend": ("reduces_preference", "counts_toward_cap"),
        "tender": ("price", "offers", "buyer"),
    }
    ends = ("debt", "carve_out", "holdback", "unvested")
    own = ("reduces_preference", "counts_toward_cap", "price", "offers", "buyer")
    idle = [key for key in own if key not in allowed[kind]]
    if kind in ("dividend", "tender"):
        idle += ends
    if kind == "tender":
        idle += ["costs", "instruments"]
    for key in idle:
        reader.idle(key, raw, path, f"kind = {kind}")


def _costs(reader: Reader, raw: Raw, path: locate.Path) -> Iterator[Cost]:
    total = Fraction(0)
    for i, one in enumerate(raw.get("costs", ())):
        percent = exact(one["percent"]) if "percent" in one else None
        total += percent or 0
        yield Cost(reader.money(one, "amount", (*path, i)), percent)
    if total >= 1:
        reader.problem("E562", path, at_key=True, total=quantity.percent(total))


def _debts(reader: Reader, raw: Raw, path: locate.Path) -> Iterator[Debt]:
    first: dict[str, int] = {}
    for i, one in enumerate(raw.get("debt", ())):
        if one["id"] in first:
            reader.problem("F112", (*path, i, "id"), also=(*path, first[one["id"]], "id"), value=one["id"])
        first.setdefault(one["id"], i)
        holder = reader.holder(one["holder"], (*path, i, "holder"))
        amount = int(reader.minor(one["amount"], (*path, i, "amount")))
        yield Debt(one["id"], holder, amount, int(exact(one["rank"])))


def _carve_out(reader: Reader, raw: Raw, path: locate.Path) -> CarveOut:
    if raw["of"] == "after-preferences":
        reader.problem("E563", (*path, "of"))
    return CarveOut(exact(raw["percent"]), raw["of"], reader.recipients(raw["to"], (*path, "to")))


def _holdback(reader: Reader, exit_: Raw, path: locate.Path) -> Holdback:
    raw = exit_["holdback"]
    releases = []
    before = exit_["date"]
    for i, one in enumerate(raw["releases"]):
        if one["date"] <= before:
            reader.problem(
                "E564", (*path, "releases", i, "date"), value=str(one["date"]), previous=str(before)
            )
        before = one["date"]
        releases.append((one["date"], exact(one["percent"])))
    if (total := sum((Fraction(part) for _, part in releases), Fraction(0))) != 1:
        reader.problem("E565", (*path, "releases"), at_key=True, total=quantity.percent(total))
    return Holdback(exact(raw["percent"]), tuple(releases))


def _instruments(reader: EventReader, exit_: Raw, path: locate.Path) -> Iterator[tuple[str, Treatment]]:
    known = reader.instruments
    for name, raw in exit_.get("instruments", {}).items():
        at = (*path, "instruments", name)
        if name not in known:
            reader.problem("E540", at, quantity.nearest(name, known), at_key=True, value=name)
        yield name, _treatment(reader, raw, exit_["kind"], at)


def _treatment(reader: Reader, raw: Raw, kind: str, path: locate.Path) -> Treatment:
    how = raw.get("at_exit")
    dividend = kind == "dividend"
    if (how in ("as-converted", "none")) != dividend and (dividend or how is not None):
        words = "as-converted, none" if dividend else 'greater-of, cash, { multiple = "2x" }'
        value = how if isinstance(how, str) else "multiple"
        reader.problem("F107", (*path, "at_exit"), key="at_exit", value=value, allowed=words)
    rank = _rank(reader, raw["rank"], (*path, "rank")) if "rank" in raw else None
    if dividend:
        reader.idle("rank", raw, path, "kind = dividend")
    elif "rank" not in raw:
        reader.missing("rank", path)
    stated = raw.get("capitalization")
    counted = stated if stated is None or isinstance(stated, str) else exact(stated)
    return Treatment(*_paid_or_converted(how), rank, counted)


def _paid_or_converted(how: Any) -> tuple[Exact | None, bool | None]:
    """The multiple that is paid, and whether it may convert instead."""
    if how is None:
        return None, None
    if isinstance(how, dict):
        return how["multiple"], how.get("or_converts", False)
    return (0 if how in ("as-converted", "none") else 1), how in ("greater-of", "as-converted")


def _rank(reader: Reader, text: str, path: locate.Path) -> Rank | None:
    if text == "below-preferred":
        return Rank(text)
    if match := re.fullmatch(r"debt:([0-9]{1,9})", text, re.ASCII):
        return Rank("debt", debt=int(match[1]))
    if match := re.fullmatch(r"(with|above):(.+)", text, re.ASCII):
        how, name = match.groups()
        if reader.class_ids.get(reader.share_class(name, path), "preferred") != "preferred":
            reader.problem("E566", path, value=name)
        return Rank(how, share_class=name)
    words = "with:CLASS, above:CLASS, debt:1, below-preferred"
    reader.problem("F107", path, key="rank", value=text[:80], allowed=words)
    return None


def _tender(reader: Reader, raw: Raw, path: locate.Path) -> Tender | None:
    for key in ("price", "offers"):
        if not raw.get(key):
            reader.missing(key, path)
    if not raw.get("offers") or "price" not in raw:
        return None
    offers = []
    for i, one in enumerate(raw["offers"]):
        at = (*path, "offers", i)
        holder = reader.holder(one["holder"], (*at, "holder"))
        name = reader.share_class(one["class"], (*at, "class"))
        offers.append(Offer(holder, name, reader.shares(one["shares"], (*at, "shares"))))
    price = reader.minor(raw["price"], (*path, "price"), whole=False)
    buyer = reader.holder(raw["buyer"], (*path, "buyer")) if "buyer" in raw else None
    wanted = price * sum((Fraction(offer.shares) for offer in offers), Fraction(0))
    if raw["proceeds"] and exact(raw["proceeds"][0]) * 10 ** quantity.currencies()[reader.currency] > wanted:
        reader.problem(
            "E567", (*path, "proceeds"), wanted=quantity.grouped(quantity.to_major(wanted, reader.currency))
        )
    return Tender(price, tuple(offers), buyer)
