"""A package's transactions as the events of a cap table: which securities each closes, and which it opens.

A security is opened by an issuance. One that another transaction names among its results is no new issue but
what became of an older security. Transactions are taken by day, and of one day in the package's order, but
none before the issuance of the security that it is about, and grants after what their plan gets; nothing is
moved past a split.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc import quantity
from ipcalc.equity.book import rounded
from ipcalc.equity.ocf import instruments, terms, vesting
from ipcalc.equity.ocf.names import Names
from ipcalc.equity.ocf.numbers import number
from ipcalc.equity.ocf.objects import Item, Objects
from ipcalc.equity.ocf.plans import RETURN, Made, Plans, shown
from ipcalc.equity.ocf.terms import Assumed
from ipcalc.equity.ocf.vesting import Happened
from ipcalc.inputs.diagnostics import Refused
from ipcalc.quantity import Exact

Table = dict[str, Any]
_ISSUANCES = {
    "TX_STOCK_ISSUANCE": "stock",
    "TX_EQUITY_COMPENSATION_ISSUANCE": "option",
    "TX_PLAN_SECURITY_ISSUANCE": "option",
    "TX_WARRANT_ISSUANCE": "warrant",
    "TX_CONVERTIBLE_ISSUANCE": "convertible",
}
_ENDS = ("TX_CONVERTIBLE_CONVERSION", "TX_CONVERTIBLE_RETRACTION")  # what leaves nothing but a balance
_SAID = ("accelerate", "dividend_from", "price", "strike")  # what comments of issuances may say
# what comes first of a day: what a plan gets or gives before what is granted of it
_RANKS = {"TX_STOCK_CLASS_SPLIT": -1, "STOCK_PLAN": 0, RETURN: 2}


class Security(NamedTuple):
    """An outstanding security: ``event`` is the event of the cap table that its holder has it from."""

    kind: str
    holder: str
    share_class: str  # empty for a convertible
    plan: str | None  # its id in the package
    left: Fraction  # shares; of a convertible, its amount
    event: str


class History(Plans):
    """The securities of a package as its transactions change them."""

    def __init__(self, objects: Objects, names: Names, prices: Mapping[str, Exact | None], rule: str) -> None:
        super().__init__(objects, names, rule)
        self.prices = dict(prices)  # by class, as splits have moved them
        self.open: dict[str, Security] = {}
        self.opened: set[str] = set()
        self.issuances: dict[str, Item] = {}
        for one in objects.transactions:
            if one.kind in _ISSUANCES:
                if one.table["security_id"] in self.issuances:
                    one.refuse("E609", "security_id", value=one.table["security_id"])
                self.issuances[one.table["security_id"]] = one
        self.caused = {
            name
            for one in objects.transactions
            for name in [*one.table.get("resulting_security_ids", []), one.table.get("balance_security_id")]
            if name is not None
        }
        self.ends = {  # the convertibles that a transaction ends, and their balances
            one.table["security_id"]: one.table.get("balance_security_id")
            for one in objects.transactions
            if one.kind in _ENDS
        }
        self.happened = _happened(objects.transactions)
        self.gone: dict[str, Fraction] = {}  # by security: what ceased to be, less what went to a plan since

    def read(self) -> list[Made]:
        """The events, in order. Raises ``Refused`` where the transactions contradict each other."""
        transactions = [
            one for one in self.objects.transactions
            if not (one.kind in _ISSUANCES and one.table["security_id"] in self.caused)
        ]  # fmt: skip
        waiting: dict[str, list[Item]] = {}  # by security: what can't be done before it is issued
        for item in self.ordered(transactions):
            ready = [item]
            while ready:
                one = ready.pop(0)
                name = one.table.get("security_id", "")
                if name and one.kind not in _ISSUANCES and name not in self.opened and self.comes(one):
                    waiting.setdefault(name, []).append(one)
                    continue
                known = set(self.open) if waiting else set()
                _APPLY[one.kind](self, one)
                for opened in self.open.keys() - known if waiting else ():
                    ready += waiting.pop(opened, [])
        for late in (one for ones in waiting.values() for one in ones):
            self.security(late)  # refuses it
        return sorted(self.events, key=lambda made: made.table["date"])

    def ordered(self, transactions: Sequence[Item]) -> list[Item]:
        """The transactions by day, between splits by their ranks: plans, and what they get, before grants."""
        as_of = self.objects.manifest.table["as_of"]
        first = min((one.table["date"] for one in transactions), default=as_of)
        plans = [self.begun(plan, first) for plan in self.objects.plans.values()]
        sizes = {plan.id: plan.table["initial_shares_reserved"] for plan in plans}
        splits: dict[datetime.date, int] = {}
        found: list[tuple[tuple[datetime.date, int, int], Item]] = []
        for item in sorted([*plans, *transactions], key=lambda one: one.table["date"]):
            day, plan = item.table["date"], item.table.get("stock_plan_id", "")
            splits[day] = splits.get(day, 0) + (item.kind == "TX_STOCK_CLASS_SPLIT")
            rank = _RANKS.get(item.kind, 1)
            if item.kind == "TX_STOCK_PLAN_POOL_ADJUSTMENT":
                rank = 0 if item.table["shares_reserved"] > sizes.get(plan, 0) else 3
                sizes[plan] = item.table["shares_reserved"]
            elif item.kind in _ISSUANCES and plan:
                rank = 4
            found.append(((day, splits[day], rank), item))
        return [item for _, item in sorted(found, key=lambda one: one[0])]

    def comes(self, item: Item) -> bool:
        """Whether the security that a transaction is about is issued on the same day, or before."""
        if item.kind in _OF_VESTING:
            return False
        name = item.table["security_id"]
        return name in self.issuances and self.issuances[name].table["date"] <= item.table["date"]

    # -- securities -----------------------------------------------------------------------------------

    def security(self, item: Item) -> Security:
        """The open security that a transaction is about. Raises ``Refused`` (E603, E608)."""
        name = item.table["security_id"]
        if name not in self.open:
            if name in self.issuances:
                item.refuse("E608", "security_id", value=name)
            near = quantity.nearest(name, self.issuances)
            item.refuse("E603", "security_id", near=near, value=name)
        return self.open[name]

    def issuance(self, item: Item, *key: str | int) -> Item:
        """The issuance of a security that a transaction results in. Raises ``Refused`` (E603)."""
        name: Any = item.table
        for part in key:
            name = name[part]
        if name not in self.issuances:
            item.refuse("E603", *key, near=quantity.nearest(name, self.issuances), value=name)
        if name in self.opened:
            item.refuse("E609", *key, value=name)
        return self.issuances[name]

    def results(self, item: Item, kind: str = "stock") -> list[Item]:
        """The issuances of the securities, of one kind, that a transaction results in."""
        ids = item.table["resulting_security_ids"]
        found = [self.issuance(item, "resulting_security_ids", i) for i in range(len(ids))]
        for i, issuance in enumerate(found):
            if _ISSUANCES[issuance.kind] != kind:
                item.refuse("E605", "resulting_security_ids", i, value=item.id, reason="unlike")
        return found

    def must_be_like(
        self, item: Item, security: Security, issuance: Item, *key: str | int, moved: bool = False
    ) -> None:
        """Refuse what is of another kind or class or, unless it was moved, of another holder (E605)."""
        kind = _ISSUANCES[issuance.kind]
        like = kind == security.kind and (moved or self.holder(issuance) == security.holder)
        if not like or (kind != "convertible" and self.class_of(issuance) != security.share_class):
            item.refuse("E605", *key, value=item.id, reason="unlike")

    def take(self, item: Item, amount: Fraction | None, *key: str) -> tuple[Security, Fraction]:
        """Close a security, or take a part of it; what is left stays, under the id of its balance.

        Raises ``Refused`` (E610) where it has not as much.
        """
        security = self.security(item)
        part = security.left if amount is None else amount
        if part > security.left:
            item.refuse("E610", *key, value=item.table["security_id"], left=shown(security.left))
        del self.open[item.table["security_id"]]
        rest = security._replace(left=security.left - part)
        if "balance_security_id" in item.table:
            balance = self.issuance(item, "balance_security_id")
            self.must_be_like(item, security, balance, "balance_security_id")
            self.must_be(item, self.size(balance), rest.left, "balance_security_id")
            self.opened.add(item.table["balance_security_id"])
            self.open[item.table["balance_security_id"]] = rest
        elif rest.left:
            self.open[item.table["security_id"]] = rest
        return security, part

    def size(self, issuance: Item) -> Fraction:
        """What an issuance gives: shares, or a convertible's amount."""
        table = issuance.table
        if issuance.kind == "TX_CONVERTIBLE_ISSUANCE":
            return Fraction(table["investment_amount"]["amount"])
        return Fraction(
            self.shares(issuance) if issuance.kind == "TX_WARRANT_ISSUANCE" else table["quantity"]
        )

    def must_be(self, item: Item, stated: Fraction, due: Fraction, *key: str) -> None:
        """Refuse securities that are not as many as those they come of (E611)."""
        if stated != due:
            item.refuse("E611", *key, stated=shown(stated), due=shown(due))

    def hold(self, issuance: Item, event: str) -> None:
        """Open the security of an issuance, which its holder has from an event."""
        table = issuance.table
        size = self.size(issuance)
        self.opened.add(table["security_id"])
        if not size:
            return
        kind = _ISSUANCES[issuance.kind]
        name = self.class_of(issuance) if kind != "convertible" else ""
        plan = self.plan_of(issuance) if kind in ("stock", "option") else None
        self.open[table["security_id"]] = Security(kind, self.holder(issuance), name, plan, size, event)

    def holder(self, item: Item) -> str:
        """The cap table's id of a stakeholder."""
        return self.names.stakeholders[self.objects.named("stakeholders", item, "stakeholder_id").id]

    def class_of(self, issuance: Item) -> str:
        """The cap table's id of the class that a security is of, or becomes."""
        if issuance.kind == "TX_WARRANT_ISSUANCE":
            return self.warrant_class(issuance)
        if "stock_class_id" in issuance.table:
            return self.names.classes[self.objects.named("classes", issuance, "stock_class_id").id]
        if "stock_plan_id" not in issuance.table:
            issuance.refuse("E605", value=issuance.id, reason="class")
        return self.plan_class(self.objects.named("plans", issuance, "stock_plan_id"))

    def plan_of(self, issuance: Item) -> str | None:
        """The plan that a security comes from, if it does from one."""
        if "stock_plan_id" not in issuance.table:
            return None
        return self.objects.named("plans", issuance, "stock_plan_id").id

    # -- what goes back to plans ----------------------------------------------------------------------

    def give_back(self, item: Item) -> None:
        """Shares that another plan gets; those that go back to their own do so when they are cancelled.

        What no other transaction has cancelled, this one does.
        """
        plan = self.objects.named("plans", item, "stock_plan_id")
        name, shares = item.table["security_id"], Fraction(item.table["quantity"])
        self.nothing(item)
        self.gone[name] = self.gone.get(name, Fraction(0)) - shares
        if self.gone[name] < 0:
            self.reduce(item._replace(table={**item.table, "quantity": -self.gone[name]}))
        if self.plan_of(self.issuances[name]) != plan.id:
            self.sizes[plan.id] += shares
            self.reserve(item, plan.id, shares)

    def cease(self, item: Item, security: Security, gone: Fraction) -> Fraction:
        """A security's part that is no more: how many shares its plan may grant again.

        A retracted security never was, so its plan has them all.
        """
        name, plan = item.table["security_id"], security.plan
        self.gone[name] = self.gone.get(name, Fraction(0)) + gone
        if plan is None:
            return Fraction(0)
        if item.kind.endswith("_RETRACTION"):
            return gone
        back = self.back(item, plan, gone)
        self.sizes[plan] -= gone - back
        return back

    # -- issuances ------------------------------------------------------------------------------------

    def stock(self, item: Item) -> None:
        """New shares; those of a plan come out of its reserve."""
        table, shares = item.table, Fraction(item.table["quantity"])
        plan = self.plan_of(item)
        if plan and shares:
            self.retire(item, plan, shares)
        if shares:
            price = Fraction(table["share_price"]["amount"])
            holder, share_class = self.holder(item), self.class_of(item)
            keys: Table = {"holder": holder, "class": share_class, "shares": number(shares)}
            keys |= {"price": number(price) if price else None, "vesting": self.vesting(item)}
            event = self.add(item, "issue", keys | self.said(item, "price"))
            self.hold(item, event)

    def option(self, item: Item) -> None:
        """Options; units that cost nothing are options with a strike of nothing."""
        table, assumed = item.table, []
        share_class = self.class_of(item)
        if table["compensation_type"] in ("CSAR", "SSAR"):
            item.refuse("E605", "compensation_type", value=item.id, reason="appreciation")
        units = table["compensation_type"] == "RSU"
        if units:
            assumed.append(Assumed("ocf-units", "strike", {}))
        elif "exercise_price" not in table:
            item.refuse("F101", key_name="exercise_price")
        if table.get("expiration_date"):
            assumed.append(Assumed("ocf-expiry", "shares", {"date": str(table["expiration_date"])}))
        shares = Fraction(table["quantity"])
        if not shares:
            return
        strike = Fraction(0) if units else Fraction(table["exercise_price"]["amount"])
        keys = {
            "plan": self.names.plans.get(self.plan_of(item) or "", "none"),
            "holder": self.holder(item),
            "class": share_class,
            "shares": number(shares),
            "strike": number(strike),
            "vesting": self.vesting(item) or "none",
            "early_exercise": table.get("early_exercisable") or None,
        }
        event = self.add(item, "option", keys | self.said(item, "strike"), assumed)
        self.hold(item, event)

    def warrant(self, item: Item) -> None:
        """A warrant on shares of one class at one price."""
        table, shares = item.table, self.shares(item)
        if not shares:
            return
        if "exercise_price" not in table:
            item.refuse("E605", value=item.id, reason="warrant")
        keys = {
            "holder": self.holder(item),
            "class": self.class_of(item),
            "shares": number(shares),
            "strike": number(Fraction(table["exercise_price"]["amount"])),
            "expires": table.get("warrant_expiration_date"),
        }
        vests = bool(table.get("vestings") or "vesting_terms_id" in table)
        assumed = [Assumed("ocf-warrant-vesting", "shares", {})] if vests else []
        event = self.add(item, "warrant", keys | self.said(item, "strike", "dividend_from"), assumed)
        self.hold(item, event)

    def shares(self, warrant: Item) -> Fraction:
        """The shares that a warrant is for. Raises ``Refused`` (E605)."""
        rights = [
            one["conversion_right"]["conversion_mechanism"] for one in warrant.table["exercise_triggers"]
        ]
        fixed = {Fraction(one["converts_to_quantity"]) for one in rights if "converts_to_quantity" in one}
        if "quantity" in warrant.table:
            return Fraction(warrant.table["quantity"])
        if len(fixed) != 1:
            warrant.refuse("E605", value=warrant.id, reason="warrant")
        return fixed.pop()

    def warrant_class(self, item: Item) -> str:
        """The class that a warrant is on. Raises ``Refused`` (E605)."""
        rights = {
            i: one["conversion_right"]
            for i, one in enumerate(item.table["exercise_triggers"])
            if "converts_to_stock_class_id" in one["conversion_right"]
        }
        ids = {one["converts_to_stock_class_id"] for one in rights.values()}
        if len(ids) != 1:
            item.refuse("E605", "exercise_triggers", value=item.id, reason="warrant")
        key = ("exercise_triggers", next(iter(rights)), "conversion_right", "converts_to_stock_class_id")
        return self.names.classes[self.objects.named("classes", item, *key).id]

    def convertible(self, item: Item) -> None:
        """A SAFE or a note; of one that has ended since, only what it became need be known."""
        amount = self.size(item)
        if amount:
            try:
                found = instruments.read(item, number(amount))
            except Refused:
                if not self.ended(item):
                    raise
                found = instruments.without_terms(number(amount))
            keys = {"holder": self.holder(item)} | found.table
            event = self.add(item, keys.pop("event"), keys, found.assumed)
            self.hold(item, event)

    def ended(self, issuance: Item) -> bool:
        """Whether nothing is left of a convertible: of it, or of what is its balance, in the end."""
        name: str | None = issuance.table["security_id"]
        met: set[str | None] = set()
        while name in self.ends and name not in met:
            met.add(name)
            name = self.ends[name]
        return name is None

    def vesting(self, issuance: Item) -> Table | None:
        """The schedule of a grant, if it has one."""
        table = issuance.table
        found: Table | None = None
        if table.get("vestings"):
            found = vesting.by_dates([(one["date"], Fraction(one["amount"])) for one in table["vestings"]])
        elif "vesting_terms_id" in table:
            schedule = self.objects.named("vesting", issuance, "vesting_terms_id")
            happened = self.happened.get(table["security_id"], Happened(None, {}, ()))
            found = vesting.read(schedule, table["quantity"], happened)
        return None if found is None else found | self.said(issuance, "accelerate")

    def said(self, issuance: Item, *keys: str) -> Table:
        """Some of what an issuance's comments say in the cap table's words."""
        found = terms.own(issuance, _SAID)
        return {key: found[key] for key in keys if key in found}

    # -- what becomes of a security -------------------------------------------------------------------

    def reduce(self, item: Item) -> None:
        """Securities that cease to be, all or a part."""
        table = item.table
        if table.get("amount"):
            security, part = self.take(item, Fraction(table["amount"]["amount"]), "amount")
        else:
            amount = Fraction(table["quantity"]) if "quantity" in table else None
            security, part = self.take(item, amount, "quantity")
        if security.kind == "convertible":
            self.add(item, "cancel", {"of": security.event, "amount": number(part)})
        elif security.kind == "stock":
            self.add(item, "cancel", {"of": security.event, "shares": number(part)})
            back = self.cease(item, security, part)
            if security.plan and back:
                self.reserve(item, security.plan, back)
        else:
            self.lapse(item, security, part)

    def lapse(self, item: Item, security: Security, part: Fraction) -> None:
        """Options or warrants that are no more; a plan's go back to it, unless it says otherwise."""
        if not part:
            return
        self.add(item, "lapse", {"of": security.event, "shares": number(part)})
        back = self.cease(item, security, part)
        if security.plan:
            self.retire(item, security.plan, part - back)

    def transfer(self, item: Item) -> None:
        """Securities that change hands: shares do, anything else ends here and begins there."""
        table = item.table
        amount = table["amount"]["amount"] if "amount" in table else table["quantity"]
        security, part = self.take(item, Fraction(amount), "amount" if "amount" in table else "quantity")
        results = self.results(item, security.kind)
        self.must_be(item, sum(map(self.size, results), Fraction(0)), part, "resulting_security_ids")
        for i, issuance in enumerate(results):
            self.must_be_like(item, security, issuance, "resulting_security_ids", i, moved=True)
        if security.kind in ("option", "warrant"):
            self.add(item, "lapse", {"of": security.event, "shares": number(part)})
        elif security.kind == "convertible":
            self.add(item, "cancel", {"of": security.event, "amount": number(part)})
        for issuance in results:
            if security.kind != "stock":
                dated = issuance._replace(table={**issuance.table, "date": table["date"]})
                _APPLY[issuance.kind](self, dated)
                continue
            shares, holder = self.size(issuance), self.holder(issuance)
            event = security.event
            if holder != security.holder and shares:
                keys: Table = {"from": security.holder, "to": holder, "class": security.share_class}
                vests = self.vesting(issuance) is not None  # what has not vested goes along
                keys |= {"of": security.event, "shares": number(shares), "with_vesting": vests or None}
                event = self.add(item, "transfer", keys)
            self.hold(issuance, event)

    def convert_stock(self, item: Item) -> None:
        """Shares that become common ones; those of a day, holder and class together, as they are rounded."""
        table = item.table
        security, part = self.take(item, Fraction(table["quantity_converted"]), "quantity_converted")
        results = self.results(item)
        to = {self.class_of(one) for one in results}
        if len(to) > 1:
            item.refuse("E605", "resulting_security_ids", value=item.id, reason="conversion")
        keys = {"holder": security.holder, "class": security.share_class, "to": next(iter(to), None)}
        last = self.events[-1].table if self.events else {}
        same = {"event": "convert", "date": table["date"], **keys}
        if all(last.get(key) == value for key, value in same.items()):
            last["shares"] = number(Fraction(str(last["shares"])) + part)
            event = str(last["id"])
        else:
            event = self.add(item, "convert", {**keys, "shares": number(part)})
        for issuance in results:
            self.hold(issuance, event)

    def convert_instrument(self, item: Item) -> None:
        """A convertible that becomes shares: as many as are stated."""
        amount = None
        if "balance_security_id" in item.table:
            rest = self.size(self.issuance(item, "balance_security_id"))
            amount = self.security(item).left - rest
        security, part = self.take(item, amount, "balance_security_id")
        results = [one for one in self.results(item) if self.size(one)]
        whole = sum(map(self.size, results), Fraction(0))
        if not whole:
            item.refuse("E605", "resulting_security_ids", value=item.id, reason="no-shares")
        left = part
        for i, issuance in enumerate(results):
            last = i == len(results) - 1
            own = left if last else Fraction(int(part * self.size(issuance) / whole))
            keys: Table = {"instrument": security.event, "class": self.class_of(issuance)}
            keys |= {"shares": number(self.size(issuance))}
            price = Fraction(issuance.table["share_price"]["amount"])
            keys |= {
                "amount": None if last and amount is None else number(own),
                "price": number(price) if price else None,
            } | self.said(issuance, "price")
            event = self.add(item, "convert", keys)
            left -= own
            self.hold(issuance, event)

    def exercise(self, item: Item) -> None:
        """Options or a warrant that become shares; those withheld for their price or for tax lapse."""
        amount = Fraction(item.table["quantity"]) if "quantity" in item.table else None
        security, part = self.take(item, amount, "quantity")
        results = self.results(item)
        for i, issuance in enumerate(results):
            if self.class_of(issuance) != security.share_class:
                item.refuse("E605", "resulting_security_ids", i, value=item.id, reason="exercise-class")
        got = sum(map(self.size, results), Fraction(0))
        if got > part:
            item.refuse("E611", "resulting_security_ids", stated=shown(got), due=shown(part))
        if got:
            event = self.add(item, "exercise", {"of": security.event, "shares": number(got)})
            for issuance in results:
                self.hold(issuance, event)
        self.lapse(item, security, part - got)

    def reissue(self, item: Item) -> None:
        """The same shares in other papers."""
        security, part = self.take(item, None)
        results = self.results(item)
        self.must_be(item, sum(map(self.size, results), Fraction(0)), part, "resulting_security_ids")
        for i, issuance in enumerate(results):
            self.must_be_like(item, security, issuance, "resulting_security_ids", i)
            self.hold(issuance, security.event)

    # -- classes --------------------------------------------------------------------------------------

    def split(self, item: Item) -> None:
        """Each security of a class, and each plan's shares of it, times a ratio."""
        stated = item.table["split_ratio"]
        ratio = Fraction(stated["numerator"]) / Fraction(stated["denominator"])
        share_class = self.objects.named("classes", item, "stock_class_id").id
        name = self.names.classes[share_class]
        plans = [self.objects.plans[one] for one, size in self.sizes.items() if size]
        plans = [plan for plan in plans if self.plan_class(plan) == name]
        if not plans and not any(one.share_class == name for one in self.open.values()):
            return
        self.add(item, "split", {"class": name, "ratio": f"{ratio.numerator}:{ratio.denominator}"})
        for held, one in self.open.items():
            if one.share_class == name:
                self.open[held] = one._replace(left=Fraction(rounded(one.left * ratio, self.rule)))
        for plan in plans:
            self.scale(plan, ratio)
        price = self.prices.get(name)
        self.prices[name] = None if price is None else price / ratio

    def convert_otherwise(self, item: Item) -> None:
        """A class that converts at another ratio."""
        name = self.names.classes[self.objects.named("classes", item, "stock_class_id").id]
        key = "new_ratio_conversion_mechanism"
        said = terms.own(item, ("conversion_price",))
        if not said:
            _, price = terms.converted(item, item.table[key], self.prices.get(name), key)
            said = {"conversion_price": number(price)} if price is not None else {}
        if said:
            self.add(item, "adjust-conversion", {"class": name, **said})

    def nothing(self, item: Item) -> None:
        """What was read with the issuance it is about: its security must be there."""
        name = item.table["security_id"]
        if name not in self.issuances:
            item.refuse("E603", "security_id", near=quantity.nearest(name, self.issuances), value=name)


def _happened(transactions: Sequence[Item]) -> Mapping[str, Happened]:
    """What the transactions say of each security's vesting."""
    starts: dict[str, datetime.date] = {}
    met: dict[str, dict[str, datetime.date]] = {}
    faster: dict[str, list[tuple[datetime.date, Decimal]]] = {}
    for one in transactions:
        name, day = one.table.get("security_id", ""), one.table["date"]
        if one.kind == "TX_VESTING_START":
            starts[name] = day
        elif one.kind == "TX_VESTING_EVENT":
            met.setdefault(name, {})[one.table["vesting_condition_id"]] = day
        elif one.kind == "TX_VESTING_ACCELERATION":
            faster.setdefault(name, []).append((day, one.table["quantity"]))
    return {
        name: Happened(starts.get(name), met.get(name, {}), faster.get(name, ()))
        for name in {*starts, *met, *faster}
    }


# what was read with the issuance it is about
_OF_VESTING = ("TX_VESTING_START", "TX_VESTING_EVENT", "TX_VESTING_ACCELERATION")
_APPLY: dict[str, Callable[[History, Item], None]] = {
    "STOCK_PLAN": History.plan,
    "TX_STOCK_ISSUANCE": History.stock,
    "TX_EQUITY_COMPENSATION_ISSUANCE": History.option,
    "TX_PLAN_SECURITY_ISSUANCE": History.option,
    "TX_WARRANT_ISSUANCE": History.warrant,
    "TX_CONVERTIBLE_ISSUANCE": History.convertible,
    "TX_STOCK_CANCELLATION": History.reduce,
    "TX_STOCK_REPURCHASE": History.reduce,
    "TX_EQUITY_COMPENSATION_CANCELLATION": History.reduce,
    "TX_PLAN_SECURITY_CANCELLATION": History.reduce,
    "TX_WARRANT_CANCELLATION": History.reduce,
    "TX_CONVERTIBLE_CANCELLATION": History.reduce,
    "TX_STOCK_RETRACTION": History.reduce,
    "TX_EQUITY_COMPENSATION_RETRACTION": History.reduce,
    "TX_PLAN_SECURITY_RETRACTION": History.reduce,
    "TX_WARRANT_RETRACTION": History.reduce,
    "TX_CONVERTIBLE_RETRACTION": History.reduce,
    "TX_STOCK_TRANSFER": History.transfer,
    "TX_EQUITY_COMPENSATION_TRANSFER": History.transfer,
    "TX_PLAN_SECURITY_TRANSFER": History.transfer,
    "TX_WARRANT_TRANSFER": History.transfer,
    "TX_CONVERTIBLE_TRANSFER": History.transfer,
    "TX_STOCK_CONVERSION": History.convert_stock,
    "TX_CONVERTIBLE_CONVERSION": History.convert_instrument,
    "TX_EQUITY_COMPENSATION_EXERCISE": History.exercise,
    "TX_PLAN_SECURITY_EXERCISE": History.exercise,
    "TX_EQUITY_COMPENSATION_RELEASE": History.exercise,
    "TX_PLAN_SECURITY_RELEASE": History.exercise,
    "TX_WARRANT_EXERCISE": History.exercise,
    "TX_STOCK_REISSUANCE": History.reissue,
    RETURN: History.give_back,
    "TX_STOCK_PLAN_POOL_ADJUSTMENT": History.adjust,
    "TX_STOCK_CLASS_SPLIT": History.split,
    "TX_STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT": History.convert_otherwise,
    "TX_VESTING_START": History.nothing,
    "TX_VESTING_EVENT": History.nothing,
    "TX_VESTING_ACCELERATION": History.nothing,
}
