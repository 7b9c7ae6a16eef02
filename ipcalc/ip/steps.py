"""How the steps of a policy's version are read, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

from ipcalc import quantity
from ipcalc.ip import shape
from ipcalc.ip.model import (
    NOT_FOUND,
    Band,
    Cap,
    Hold,
    Index,
    Input,
    Limit,
    Mark,
    Only,
    Part,
    Recover,
    Scope,
    Share,
    Step,
    Take,
    Term,
)
from ipcalc.quantity import Exact, Quantity
from ipcalc.texts import Text

if TYPE_CHECKING:
    from ipcalc.inputs import locate

RECEIPTS = ("receipt", "first receipt")


class StepReader:
    """The part of a policy's reader that reads steps; ``problem``, ``party`` and so on are the reader's."""

    table: shape.PolicyTable
    options: Mapping[str, shape.OptionTable]
    problem: Any
    party: Any
    cited: Any
    only: Any
    minor: Any

    bases: list[str]  # of the flow that is read

    @property
    def asked(self) -> dict[str, Input]:
        """What statements must state, by name, as far as it was read."""
        found: dict[str, Input] = self.__dict__.setdefault("_asked", {})
        return found

    def steps(self, steps: Sequence[shape.StepTable], path: locate.Path) -> tuple[Step, ...]:
        """The steps of one flow."""
        self.bases = ["gross", "left"]
        found: list[Step] = []
        for i, step in enumerate(steps):
            found.append(_apart(self.step(step, (*path, i)), found))
        for i, take in enumerate(found):
            if isinstance(take, Take) and take.counts != "extra":
                found = [_counting(one, take) for one in found]
                self.counting(take, i, found, path)
        return tuple(found)

    def step(self, step: shape.StepTable, path: locate.Path) -> Step:
        """One step, of whichever kind."""
        self.cited(cast(shape.Cites, step.get("source", [])), (*path, "source"))
        only = self.only(step.get("only", {}), path)
        if "take" in step:
            return self.take(cast(shape.TakeTable, step), only, path)
        if "recover" in step:
            return self.recover(cast(shape.RecoverTable, step), only, path)
        if "hold" in step:
            hold = cast(shape.HoldTable, step)
            return Hold(hold["hold"], self.term(hold["level"], "money", (*path, "level")), only)
        if "mark" in step:
            mark = cast(shape.MarkTable, step)
            if mark["mark"] in self.bases:
                self.problem("F112", (*path, "mark"), value=mark["mark"])
            self.bases.append(mark["mark"])
            return Mark(mark["mark"], only)
        if "limit" in step:
            return self.limit(cast(shape.LimitTable, step), only, path)
        return self.share(step, only, path)

    def take(self, step: shape.TakeTable, only: Only, path: locate.Path) -> Take:
        """A rate of a base, for a party."""
        self.base(step.get("of", "left"), (*path, "of"))
        self.party(step["for"], (*path, "for"))
        for key in ("per", "over"):
            if key in step and "above" not in step:
                self.problem("F101", path, at_key=True, key_name="above")
        name, key = _named(step.get("name"), f"take {step['for']}")
        return Take(
            self.term(step["take"], "share", (*path, "take")),
            step["for"],
            step.get("of", "left"),
            self.term(step["above"], "money", (*path, "above")) if "above" in step else None,
            _scope(step),
            self.caps(step.get("at_most", []), (*path, "at_most")),
            step.get("as", "extra"),
            step.get("covers"),
            step.get("carry", False),
            key,
            name,
            only,
        )

    def counting(self, take: Take, index: int, flow: Sequence[Step], path: locate.Path) -> None:
        """Refuse an advance that no amount bounds, or that the bands count otherwise; and slabs that fall
        although something is counted in them before.
        """
        shares = [(i, one) for i, one in enumerate(flow)
                  if isinstance(one, Share) and together(take.only, one.only)]  # fmt: skip
        scopes = {share.scope for _, share in shares}
        wanted = next(iter(scopes), Scope())
        bounds = [cap.scope for cap in take.caps if cap.amount]
        slabs = [(i, share) for i, share in shares if share.slabs]
        if take.counts == "advance" and (len(scopes) > 1 or bounds != [wanted] or slabs):
            self.problem("P417", (*path, index, "as"), per=wanted.per, over=wanted.over)
        for i, share in slabs:
            self.meet(share, (*path, i, "slabs"))

    def recover(self, step: shape.RecoverTable, only: Only, path: locate.Path) -> Recover:
        """Accounts, each with its payee."""
        accounts = step["recover"] if isinstance(step["recover"], list) else [step["recover"]]
        for i, account in enumerate(accounts):
            if account in accounts[:i]:
                self.problem("F112", (*path, "recover", i), value=account)
        payees = step["for"]
        if isinstance(payees, str):
            self.party(payees, (*path, "for"))
            pairs = [(account, payees) for account in accounts]
        else:
            for account, party in payees.items():
                self.party(party, (*path, "for", account))
                if account not in accounts:
                    near = quantity.nearest(account, accounts)
                    self.problem(
                        "F115", (*path, "for", account), near, at_key=True, what="account", value=account
                    )
            for account in accounts:
                if account not in payees:
                    self.problem("F101", (*path, "for"), at_key=True, key_name=account)
            pairs = [(account, payees.get(account, "")) for account in accounts]
        name, key = _named(step.get("name"), f"recover {accounts[0] if accounts else ''}")
        caps = self.caps(step.get("at_most", []), (*path, "at_most"))
        return Recover(tuple(pairs), caps, step.get("carry", True), key, name, only)

    def limit(self, step: shape.LimitTable, only: Only, path: locate.Path) -> Limit:
        """A party's caps, and who gets what is beyond them."""
        self.party(step["limit"], (*path, "limit"))
        self.party(step["to"], (*path, "to"))
        if step["limit"] == step["to"]:
            self.problem("F112", (*path, "to"), value=step["to"])
        _, key = _named(step.get("name"), f"limit {step['limit']}")
        caps = self.caps(step["at_most"], (*path, "at_most"))
        return Limit(step["limit"], step["to"], caps, key, only)

    # -- shares

    def share(self, step: shape.StepTable, only: Only, path: locate.Path) -> Share:
        """All that is left, flat, in bands or by slab."""
        kind = next(key for key in ("share", "bands", "slabs") if key in step)
        raw = cast(dict[str, Any], step)
        by = raw.get("by", "left")
        self.base(by, (*path, "by"))
        if kind == "share":
            bands: tuple[Band, ...] = (Band(None, self.parts(raw["share"], (*path, "share"))),)
            if raw.keys() & {"by", "per", "over"} and "name" not in raw:
                self.problem("F101", path, at_key=True, key_name="name")
        else:
            bands = self.bands(raw[kind], (*path, kind))
        found = Share(
            bands,
            kind == "slabs",
            by,
            raw.get("name", "" if kind == "share" else by),
            _scope(raw),
            self.index(raw["index"], (*path, "index")) if "index" in raw else None,
            only,
        )
        if found.slabs:
            self.slabs(found, (*path, kind))
        return found

    def bands(self, bands: Sequence[Mapping[str, Any]], path: locate.Path) -> tuple[Band, ...]:
        """Bands or slabs, from the lowest."""
        found: list[Band] = []
        if not bands:
            self.problem("P416", path, at_key=True)
        for i, band in enumerate(bands):
            edge = self.minor(band["up_to"], (*path, i, "up_to")) if "up_to" in band else None
            last = i == len(bands) - 1
            if (edge is None) is not last:
                at = (*path, i) if edge is None else (*path, i, "up_to")
                self.problem("P416", at, at_key=edge is None)
            elif edge is not None and edge <= (found[-1].up_to or 0 if found else 0):
                self.problem("P416", (*path, i, "up_to"), also=(*path, i - 1) if i else None)
            most = self.minor(band["at_most"], (*path, i, "at_most")) if "at_most" in band else None
            found.append(Band(edge, self.parts(band["share"], (*path, i, "share")), most))
        return tuple(found)

    def slabs(self, step: Share, path: locate.Path) -> None:
        """Refuse a slab's cap that isn't of one party, and slabs that would take money back."""
        for i, band in enumerate(step.bands):
            stated = [part for part in band.parts if part.text != "rest"]
            if band.at_most is not None and (len(stated) != 1 or len(band.parts) != 2):
                self.problem("P418", (*path, i, "at_most"))
                return
        if step.scope.over != "distribution":
            self.meet(step, path)

    def meet(self, step: Share, path: locate.Path) -> None:
        """Refuse slabs that pay otherwise just above an edge than at it."""
        if step.indexed and step.indexed.round is not None:
            self.problem("P420", path, at_key=True)
        for i, (band, after) in enumerate(pairwise(step.bands)):
            if band.up_to is not None and _worth(band, band.up_to) != _worth(after, band.up_to):
                self.problem("P420", (*path, i, "up_to"))

    def parts(self, parts: Any, path: locate.Path) -> tuple[Part, ...]:
        """The parties of a share, with the rest worked out where that can be."""
        if parts == "unknown":
            return (Part(NOT_FOUND, 1, "unknown"),)
        for party in parts:
            self.party(party, (*path, party), at_key=True)
        inputs = {
            party: cast(Input, self.term(rate, "share", (*path, party)).input)
            for party, rate in parts.items()
            if isinstance(rate, dict)
        }
        total = Fraction(sum(_number(rate) for rate in parts.values() if isinstance(rate, Quantity)))
        words = [party for party, rate in parts.items() if isinstance(rate, str)]
        rests = [party for party in words if parts[party] == "rest"]
        if total > 1 or (total < 1 and not words):
            self.problem("P401", path, at_key=True, total=_percent(total))
        elif rests and (total == 1 or len(words) > 1):
            other = next((party for party in words if party != rests[-1]), None)
            also = None if other is None else (*path, other)
            self.problem("P402", (*path, rests[-1]), also=also, total=_percent(total))
        elif inputs and len(words) > len(rests):
            self.problem("P402", (*path, words[-1]), total=_percent(total))
        left = None if inputs else 1 - total
        found = []
        for party, rate in parts.items():
            if party in inputs:
                found.append(Part(party, None, inputs[party].name, inputs[party]))
            elif isinstance(rate, Quantity):
                found.append(Part(party, _number(rate), rate.text))
            elif rate == "rest":
                found.append(Part(party, left, "rest"))
        if len(words) > len(rests):  # parts that aren't known are paid together to nobody in particular
            found.append(Part(NOT_FOUND, left, "unknown"))
        return tuple(found)

    def index(self, index: shape.IndexTable, path: locate.Path) -> Index:
        """What moves thresholds."""
        at = index.get("at", "receipt")
        if at in self.options:
            for i, choice in enumerate(self.options[at]["choices"]):
                if choice not in RECEIPTS:
                    near = quantity.nearest(choice, RECEIPTS)
                    where = ("options", at, "choices", i)
                    self.problem("F107", where, near, key=at, value=choice, allowed=", ".join(RECEIPTS))
        elif at not in RECEIPTS:
            known = [*RECEIPTS, *self.options]
            near = quantity.nearest(at, known)
            self.problem("F107", (*path, "at"), near, key="at", value=at, allowed=", ".join(RECEIPTS))
        name = index["series"]
        if name not in self.table.get("series", {}) and name not in self.asked:
            self.asked[name] = Input(name, "series", None, None)  # a statement gives it
        rounding = self.minor(index["round"], (*path, "round")) if "round" in index else None
        if rounding == 0:
            self.problem("F106", (*path, "round"), key="round", limit="> 0")
        return Index(name, index["from"], at, rounding)

    # -- terms

    def term(self, raw: Quantity | Mapping[str, Any], kind: str, path: locate.Path) -> Term:
        """A rate or an amount of the file, or of a statement."""
        if isinstance(raw, Quantity):
            return Term(self.minor(raw, path) if kind == "money" else _number(raw), raw.text)
        first, last = (self.bound(raw, key, kind, path) for key in ("from", "to"))
        if first is not None and last is not None and first > last:
            self.problem(
                "F116", (*path, "from"), also=(*path, "to"), first=str(raw["from"]), last=str(raw["to"])
            )
        found = Input(raw["input"], kind, first, last)
        known = self.asked.setdefault(found.name, found)
        if known.kind != kind:
            self.problem("F103", (*path, "input"), key=found.name, wanted=known.kind, got=kind)
        return Term(None, found.name, found)

    def bound(self, raw: Mapping[str, Any], key: str, kind: str, path: locate.Path) -> Exact | None:
        """An end of what a statement may state."""
        if key not in raw:
            return None
        return cast(Exact, self.minor(raw[key], (*path, key))) if kind == "money" else _number(raw[key])

    def caps(self, raw: Any, path: locate.Path) -> tuple[Cap, ...]:
        """One cap or several."""
        several = isinstance(raw, list)
        found = []
        for i, cap in enumerate(raw if several else [raw]):
            at = (*path, i) if several else path
            if "amount" in cap:
                found.append(Cap(self.term(cap["amount"], "money", (*at, "amount")), _scope(cap)))
            else:
                self.base(cap.get("of", "left"), (*at, "of"))
                rate = self.term(cap["rate"], "share", (*at, "rate"))
                found.append(Cap(None, Scope(), rate, cap.get("of", "left")))
        return tuple(found)

    def base(self, name: str, path: locate.Path) -> None:
        """Refuse a base that no step before has named."""
        if name not in self.bases:
            self.problem("P407", path, quantity.nearest(name, self.bases), value=name)

    def nothing_left(self, steps: Sequence[Step], version: Only, path: locate.Path) -> None:
        """Refuse a step that pays after a share that can hold in the same case: it would pay nothing."""
        shares: list[int] = []
        for i, step in enumerate(steps):
            if isinstance(step, Mark | Limit):
                continue
            before = next((k for k in shares if together(version, steps[k].only, step.only)), None)
            if before is not None:
                word, earlier = (_word(self.table, (*path, k)) for k in (i, before))
                self.problem("P413", (*path, i, word), also=(*path, before, earlier), at_key=True, value=word)
            if isinstance(step, Share):
                shares.append(i)


def _word(table: Any, path: locate.Path) -> str:
    """The key that names the kind of a step."""
    for part in path:
        table = table[part]
    return next(key for key in ("take", "recover", "hold", "share", "bands", "slabs") if key in table)


def _apart(step: Step, before: Sequence[Step]) -> Step:
    """A step under a key that no other step of the flow that can hold beside it has."""
    if isinstance(step, Hold | Mark | Share):
        return step
    key, number = step.key, 1
    while any(type(one) is type(step) and one.key == key and together(one.only, step.only) for one in before):
        number += 1
        key = f"{step.key} {number}"
    return step._replace(key=key)


def _counting(step: Step, take: Take) -> Step:
    """A share that counts what it divides, because something is counted in it before."""
    if isinstance(step, Share) and not step.key and together(step.only, take.only):
        return step._replace(key=step.by)
    return step


def _worth(band: Band, total: Exact) -> Mapping[str, Exact | None]:
    """What each party gets of a total that is in this slab."""
    found: dict[str, Exact | None] = {}
    for part in band.parts:
        found[part.party] = None if part.rate is None else part.rate * total
    if band.at_most is not None:
        stated, rest = sorted(band.parts, key=lambda part: part.text == "rest")
        if stated.rate is not None:
            found[stated.party] = min(stated.rate * total, band.at_most)
            found[rest.party] = total - min(stated.rate * total, band.at_most)
    return {party: amount for party, amount in found.items() if amount != 0}


def _named(name: Text | str | None, otherwise: str) -> tuple[Text | None, str]:
    """The label of a step, and the name under which its amounts are kept."""
    if name is None:
        return None, otherwise
    return ({"en": name}, name) if isinstance(name, str) else (name, name["en"])


def _scope(table: Mapping[str, Any]) -> Scope:
    return Scope(table.get("per", "invention"), table.get("over", "lifetime"))


def _number(read: Quantity) -> Exact:
    return cast(Exact, read.value)


def together(*onlys: Only) -> bool:
    """Whether a case can be one for all of these."""
    for name in {name for only in onlys for name in only.options}:
        if not set.intersection(*(set(only.options[name]) for only in onlys if name in only.options)):
            return False
    for kind in {kind for only in onlys for kind in only.dates}:
        ranges = [only.dates[kind] for only in onlys if kind in only.dates]
        first = max((dates.first for dates in ranges if dates.first), default=date.min)
        last = min((dates.last for dates in ranges if dates.last), default=date.max)
        if first > last:
            return False
    return True


def _percent(total: Fraction) -> str:
    text = quantity.percent(total)
    return text if text.endswith("%") else f"{text} (≈ {quantity.percent(total, 2)})"
