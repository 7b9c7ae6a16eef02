"""A package's plans: the shares that each has reserved, and the events of the cap table that say so."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc import quantity
from ipcalc.equity.book import rounded
from ipcalc.equity.ocf.names import Names
from ipcalc.equity.ocf.numbers import number
from ipcalc.equity.ocf.objects import Item, Objects
from ipcalc.equity.ocf.terms import Assumed

Table = dict[str, Any]
RETURN = "TX_STOCK_PLAN_RETURN_TO_POOL"
_RETIRED = ("RETIRE", "HOLD_AS_CAPITAL_STOCK")  # what becomes of a plan's shares that are cancelled


class Made(NamedTuple):
    """An event of the cap table, the transaction it was made of, and what was assumed of it."""

    table: Table
    item: Item
    assumed: tuple[Assumed, ...] = ()


class Plans:
    """The events so far, and the plans whose shares they are. ``rule`` is how the cap table rounds shares."""

    def __init__(self, objects: Objects, names: Names, rule: str) -> None:
        self.objects, self.names, self.rule = objects, names, rule
        self.events: list[Made] = []
        self.pools: dict[str, dict[str, Fraction]] = {}  # by plan: what each of its events gave and still has
        self.sizes: dict[str, Fraction] = {}  # by plan: the shares it has reserved in all
        self.returned: dict[str, list[Item]] = {}  # by security
        for one in objects.transactions:
            if one.kind == RETURN:
                self.returned.setdefault(one.table["security_id"], []).append(one)

    def add(self, item: Item, event: str, keys: Table, assumed: Sequence[Assumed] = ()) -> str:
        """Add an event on a transaction's day; its id."""
        name = self.names.event(item.table, event)
        table: Table = {"id": name, "event": event, "date": item.table["date"]}
        table |= {key: value for key, value in keys.items() if value is not None}
        made = tuple(one._replace(args={**one.args, "id": name}) for one in assumed)
        self.events.append(Made(table, item, made))
        return name

    def plan_class(self, plan: Item) -> str:
        """The one class of a plan. Raises ``Refused`` (E605)."""
        if "stock_class_id" in plan.table:
            return self.names.classes[self.objects.named("classes", plan, "stock_class_id").id]
        if len(plan.table.get("stock_class_ids", [])) != 1:
            plan.refuse("E605", value=plan.id, reason="plan-classes")
        return self.names.classes[self.objects.named("classes", plan, "stock_class_ids", 0).id]

    def begun(self, plan: Item, first: datetime.date) -> Item:
        """A plan with its day: its approval or the first transaction, but not after what is of it."""
        named = (one.table for one in self.objects.transactions if one.table.get("stock_plan_id") == plan.id)
        day = min([plan.table.get("board_approval_date", first), *(table["date"] for table in named)])
        return plan._replace(table={**plan.table, "date": day})

    def plan(self, plan: Item) -> None:
        """A plan's shares, before anything is of it."""
        shares = Fraction(plan.table["initial_shares_reserved"])
        self.pools[plan.id], self.sizes[plan.id] = {}, shares
        if shares:
            self.reserve(plan, plan.id, shares, "create")

    def reserve(self, item: Item, plan: str, shares: Fraction, how: str = "") -> None:
        """More shares for a plan."""
        mine = self.pools[plan]
        keys = {how or ("add" if mine else "create"): number(shares)}
        share_class = self.plan_class(self.objects.plans[plan])
        table = {"plan": self.names.plans[plan], "class": share_class, **keys}
        mine[self.add(item, "pool", table)] = shares

    def retire(self, item: Item, plan: str, shares: Fraction) -> None:
        """Fewer shares for a plan: those of its latest events first. Raises ``Refused`` (E610)."""
        mine = self.pools[plan]
        if shares > (left := sum(mine.values(), Fraction(0))):
            item.refuse("E610", value=plan, left=shown(left))
        for name in reversed(list(mine)):
            part = min(shares, mine[name])
            if part:
                mine[name] -= part
                shares -= part
                self.add(item, "cancel", {"of": name, "shares": number(part)})

    def adjust(self, item: Item) -> None:
        """A plan of another size."""
        plan = self.objects.named("plans", item, "stock_plan_id")
        size = Fraction(item.table["shares_reserved"])
        more = size - self.sizes[plan.id]
        self.sizes[plan.id] = size
        if more > 0:
            self.reserve(item, plan.id, more)
        elif more < 0:
            self.retire(item, plan.id, -more)

    def scale(self, plan: Item, ratio: Fraction) -> None:
        """A plan whose class is split."""
        mine = self.pools[plan.id]
        self.pools[plan.id] = {
            event: Fraction(rounded(shares * ratio, self.rule)) for event, shares in mine.items()
        }
        self.sizes[plan.id] = Fraction(rounded(self.sizes[plan.id] * ratio, self.rule))

    def back(self, item: Item, plan: str, gone: Fraction) -> Fraction:
        """How many of a plan's cancelled shares it may grant again."""
        if item.kind == RETURN:
            return gone if item.table["stock_plan_id"] == plan else Fraction(0)
        if said := self.returned.get(item.table["security_id"]):
            own = [one for one in said if one.table["stock_plan_id"] == plan]
            return min(gone, sum((Fraction(one.table["quantity"]) for one in own), Fraction(0)))
        rule = self.objects.plans[plan].table.get("default_cancellation_behavior")
        if rule not in (*_RETIRED, "RETURN_TO_POOL"):
            last = self.events[-1]
            told = Assumed("ocf-return", "shares", {"id": str(last.table["id"])})
            self.events[-1] = last._replace(assumed=(*last.assumed, told))
        return Fraction(0) if rule in _RETIRED else gone


def shown(value: Fraction) -> str:
    """A number as messages show it."""
    return quantity.grouped(value.numerator if value.denominator == 1 else value)
