"""What each event did to a company's securities, as a package's transactions.

They are the differences between what was written so far and the state after the event, so that every kind of
event is written by one mechanism: what is new is issued, what is fewer was transferred, converted, exercised
or cancelled.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc import quantity
from ipcalc.equity.book import Book, rounded
from ipcalc.equity.captable import CapTable
from ipcalc.equity.changes import Change
from ipcalc.equity.model import (
    AdjustConversion,
    Convert,
    Event,
    Exercise,
    Round,
    Split,
    Transfer,
)
from ipcalc.equity.ocf import instruments, numbers, terms, vesting
from ipcalc.equity.ocf.numbers import money
from ipcalc.equity.reading import whole_if
from ipcalc.equity.state import Convertible, Lot, Option, Warrant
from ipcalc.equity.vesting import DatedVesting, Vesting
from ipcalc.quantity import Exact

Table = dict[str, Any]
LotKey = tuple[str, str, Any, str, str]  # holder, class, day of issue, event, and conversion that gave them
AT_WILL = "at-will"  # the trigger of a warrant


class Held(NamedTuple):
    """A security that was written, and what is left of it: shares, or a convertible's minor units."""

    id: str
    left: Exact


class Recorder:
    """The transactions so far, and the securities that are outstanding by them."""

    def __init__(self, table: CapTable, ids: set[str], prices: Mapping[str, Exact]) -> None:
        self.table, self.ids = table, ids
        self.prices = dict(prices)  # issue prices by class, as splits have moved them
        self.transactions: list[Table] = []
        self.issuances: dict[str, Table] = {}  # by the security that they issue
        self.financings: list[Table] = []
        self.plans: dict[tuple[str, str], Table] = {}  # by plan and class
        self.schedules: dict[tuple[Any, ...], Table] = {}
        self.sizes: dict[tuple[str, str], Exact] = {}  # of plans
        self.lots: dict[tuple[str, str], dict[LotKey, list[Held]]] = {}  # by holder and class
        self.moved_at: dict[tuple[str, str], None] = {}  # the positions of shares that the event changed
        self.options: dict[str, tuple[Option, Held]] = {}
        self.warrants: dict[str, tuple[Warrant, Held]] = {}
        self.instruments: dict[str, dict[str, Held]] = {}  # by instrument and holder
        self.terms: dict[str, Convertible] = {}  # of the open instruments
        self.split_on: tuple[datetime.date, str] | None = None  # the last split's day and class
        self.event: Event
        self.book: Book

    def record(
        self, event: Event, changes: Sequence[Change], book: Book, before: Mapping[str, Exact]
    ) -> None:
        """Add an event's transactions: its changes, the book after it, and the classes' ratios before it.

        Raises ``Refused`` (E614).
        """
        self.event, self.book, already = event, book, len(self.transactions)
        self.moved_at = dict.fromkeys(
            (str(change.to.holder), change.to.share_class) for change in changes if change.to.kind == "shares"
        )
        if isinstance(event, Split):
            self.split(event)
        else:
            self.reserve(changes)
            self.instruments_of()
            if isinstance(event, Exercise):
                self.exercise(event)
            self.moved(event)
            self.issued()
        self.ratios(before)
        if isinstance(event, Round):
            new = self.transactions[already:]
            self.financings.append(
                {
                    "object_type": "FINANCING",
                    "id": self.free(f"{event.id}-financing"),
                    "name": event.id,
                    "issuance_ids": [one["id"] for one in new if one["object_type"].endswith("_ISSUANCE")],
                    "date": event.date.isoformat(),
                }
            )

    # -- objects --------------------------------------------------------------------------------------

    def free(self, base: str) -> str:
        """An id that nothing has yet."""
        name, number = base, 1
        while name in self.ids:
            number += 1
            name = f"{base}-{number}"
        self.ids.add(name)
        return name

    def put(self, kind: str, name: str, keys: Mapping[str, Any]) -> None:
        """A transaction of the event, without what is None."""
        head = {"object_type": f"TX_{kind}", "id": name, "date": self.event.date.isoformat()}
        self.transactions.append(head | {key: value for key, value in keys.items() if value is not None})

    def issue(
        self,
        kind: str,
        holder: str,
        keys: Table,
        said: Table,
        vests: Lot | Option | None = None,
        *,
        whole: bool = True,
    ) -> str:
        """The issuance of a security; the security's id.

        ``said`` is what the format has no field for: it stands in comments. ``vests`` is what vests by a
        schedule, ``whole`` if it is as it was granted.
        """
        name = self.free(self.event.id)
        security = f"{name}-security"
        head = {"security_id": security, "custom_id": name, "stakeholder_id": holder}
        keys = {**head, "security_law_exemptions": [], **keys}
        schedule = vests.vesting if vests else None
        if vests is not None and schedule is not None:
            keys |= self.vesting(schedule, vests, whole=whole)
            said |= {"accelerate": quantity.percent(schedule.accelerate)} if schedule.accelerate else {}
        if said:
            keys["comments"] = list(terms.comments(said))
        self.put(f"{kind}_ISSUANCE", name, keys)
        self.issuances[security] = self.transactions[-1]
        if "vesting_terms_id" in keys and isinstance(schedule, Vesting):
            start = {"security_id": security, "vesting_condition_id": vesting.START}
            self.put("VESTING_START", self.free(f"{self.event.id}-vesting"), start)
            self.transactions[-1]["date"] = schedule.start.isoformat()
        return security

    def exact(self, **prices: Exact) -> Table:
        """The prices, in minor units, that ten decimal places can't hold."""
        return numbers.exact(prices, self.table.currency)

    def count(self, shares: Exact) -> str:
        """A number of shares. Raises ``Refused`` (E614) where ten decimal places can't hold it."""
        if not numbers.fits(shares):
            value = quantity.plain(shares)
            raise self.table.refused("E614", ("events", self.event.at), value=value)
        return quantity.plain(shares)

    def money(self, minor: Exact) -> dict[str, str]:
        """An amount of money."""
        return money(minor, self.table.currency)

    # -- shares ---------------------------------------------------------------------------------------

    def changed(self) -> dict[LotKey, Exact]:
        """By lot that the event may have moved, the shares that it has more or fewer than were written."""
        found: dict[LotKey, Exact] = {}
        for at in self.moved_at:
            written = self.lots.get(at, {})
            now = dict.fromkeys(written, Fraction(0)) | _shares(self.book.lots.get(at, ()))
            for key, shares in now.items():
                if more := shares - sum(one.left for one in written.get(key, ())):
                    found[key] = whole_if(more)
        return found

    def more(self, event: str) -> dict[LotKey, Exact]:
        """The lots that an event, or an instrument, gave more shares to."""
        return {key: change for key, change in self.changed().items() if change > 0 and event in key[3:]}

    def stock(self, key: LotKey, shares: Exact) -> str:
        """The issuance of shares of a lot; the security's id."""
        lot = next((one for one in self.book.lots.get(key[:2], ()) if _key(one) == key), None)
        assert lot is not None, "shares of a lot that isn't there"
        keys = {
            "stock_class_id": lot.share_class,
            "share_price": self.money(lot.paid or 0),
            "quantity": self.count(shares),
            "stock_legend_ids": [],
        }
        whole = lot.granted == shares and not lot.sold
        name = self.issue("STOCK", key[0], keys, self.exact(price=lot.paid or 0), lot, whole=whole)
        self.lots.setdefault(key[:2], {}).setdefault(key, []).append(Held(name, shares))
        return name

    def take(self, key: LotKey, shares: Exact) -> Iterator[tuple[str, Exact, str | None]]:
        """Take shares of a lot out of its securities: each one's id, how many, and its balance's id."""
        waiting = self.lots[key[:2]].pop(key)
        for i, one in enumerate(waiting):
            part = min(one.left, shares)
            shares -= part
            if part:
                yield one.id, part, self.stock(key, one.left - part) if part < one.left else None
            if not shares:
                self.lots[key[:2]].setdefault(key, []).extend(waiting[i + 1 :])
                return

    def moved(self, event: Event) -> None:
        """Shares that change hands, become others, or cease to be."""
        changes = self.changed()
        fewer = {key: -change for key, change in changes.items() if change < 0}
        more = {key: change for key, change in changes.items() if change > 0}
        became = Shares(sum(more.values()), sum(fewer.values()), self.table.rounding.shares == "exact")
        for key, shares in fewer.items():
            name = self.free(event.id)
            for security, part, balance in self.take(key, shares):
                keys: Table = {"security_id": security, "balance_security_id": balance}
                if isinstance(event, Transfer):
                    to = (str(event.taker.holder), *key[1:])
                    keys |= {
                        "quantity": self.count(part),
                        "resulting_security_ids": [self.stock(to, part)],
                    }
                    self.put("STOCK_TRANSFER", name, keys)
                elif isinstance(event, Convert):
                    new = became.next(part)
                    results = [self.stock(next(iter(more)), new)] if new else []
                    keys |= {"quantity_converted": self.count(part), "resulting_security_ids": results}
                    self.put("STOCK_CONVERSION", name, keys)
                else:
                    keys |= {"quantity": self.count(part), "reason_text": event.kind}
                    self.put("STOCK_CANCELLATION", name, keys)
                name = self.free(event.id)
            self.ids.discard(name)  # the last was not used

    def issued(self) -> None:
        """New securities that come of no other."""
        for key, shares in self.changed().items():
            self.stock(key, shares)
        option = self.book.options.get(self.event.id)
        if option and not option.promised and option.id not in self.options:
            self.options[option.id] = (
                option,
                Held(self.option(option, option.outstanding), option.outstanding),
            )
        warrant = self.book.warrants.get(self.event.id)
        if warrant and warrant.id not in self.warrants:
            self.warrants[warrant.id] = warrant, Held(self.warrant(warrant, warrant.shares), warrant.shares)

    # -- options, warrants, plans ---------------------------------------------------------------------

    def option(self, option: Option, shares: Exact) -> str:
        """The issuance of options; the security's id."""
        plan = self.plans[option.plan, option.share_class]["id"] if option.plan else None
        keys: Table = {
            "stock_plan_id": plan,
            "stock_class_id": option.share_class,
            "compensation_type": "OPTION",
            "quantity": self.count(shares),
            "exercise_price": self.money(option.strike),
            "termination_exercise_windows": [],
            "early_exercisable": True if option.early else None,
        }
        said, whole = self.exact(strike=option.strike), option.granted == shares
        name = self.issue("EQUITY_COMPENSATION", option.holder, keys, said, option, whole=whole)
        self.issuances[name]["expiration_date"] = None
        return name

    def warrant(self, warrant: Warrant, shares: Exact) -> str:
        """The issuance of a warrant; the security's id."""
        right = {
            "type": "WARRANT_CONVERSION_RIGHT",
            "conversion_mechanism": {
                "type": "FIXED_AMOUNT_CONVERSION",
                "converts_to_quantity": self.count(shares),
            },
            "converts_to_stock_class_id": warrant.share_class,
        }
        trigger = {"type": "ELECTIVE_AT_WILL", "trigger_id": AT_WILL, "conversion_right": right}
        keys = {
            "quantity": self.count(shares),
            "exercise_price": self.money(warrant.strike),
            "purchase_price": self.money(0),
            "exercise_triggers": [trigger],
            "warrant_expiration_date": warrant.expires.isoformat() if warrant.expires else None,
        }
        said: Table = self.exact(strike=warrant.strike)
        if warrant.dividend_from:
            said["dividend_from"] = warrant.dividend_from
        return self.issue("WARRANT", warrant.holder, keys, said)

    def exercise(self, event: Exercise) -> None:
        """Options or warrants that become shares, or lapse; promised options were never written."""
        if event.of in self.options:
            option, held = self.options.pop(event.of)
            rest = whole_if(Fraction(held.left) - event.shares)
            self.exercise_option(event, option, held, rest)
        elif event.of in self.warrants:
            warrant, held = self.warrants.pop(event.of)
            rest = whole_if(Fraction(held.left) - event.shares)
            self.exercise_warrant(event, warrant, held, rest)

    def exercise_option(self, event: Exercise, option: Option, held: Held, rest: Exact) -> None:
        """Options that become shares, or go back to their plan; those left stay where they are."""
        name, count = self.free(event.id), self.count(event.shares)
        if event.kind == "exercise":
            results = [self.stock(key, shares) for key, shares in self.more(event.id).items()]
            keys: Table = {"security_id": held.id, "quantity": count, "resulting_security_ids": results}
            self.put("EQUITY_COMPENSATION_EXERCISE", name, keys)
            if rest:
                self.options[option.id] = option, Held(held.id, rest)
            return
        balance = None
        if rest:
            option = self.book.options[option.id]
            balance = self.option(option, rest)
            self.options[option.id] = option, Held(balance, rest)
        keys = {"security_id": held.id, "quantity": count, "balance_security_id": balance}
        self.put("EQUITY_COMPENSATION_CANCELLATION", name, {**keys, "reason_text": event.kind})
        if option.plan:
            plan = self.plans[option.plan, option.share_class]["id"]
            keys = {"security_id": held.id, "quantity": count, "stock_plan_id": plan}
            self.put("STOCK_PLAN_RETURN_TO_POOL", self.free(event.id), {**keys, "reason_text": event.kind})

    def exercise_warrant(self, event: Exercise, warrant: Warrant, held: Held, rest: Exact) -> None:
        """A warrant that becomes shares, as a whole: a part is parted from the rest first; or that lapses."""
        name, count = self.free(event.id), self.count(event.shares)
        balance = self.warrant(warrant, rest) if rest else None
        if balance:
            self.warrants[warrant.id] = warrant, Held(balance, rest)
        keys: Table = {"security_id": held.id, "quantity": count, "balance_security_id": balance}
        if event.kind == "lapse":
            self.put("WARRANT_CANCELLATION", name, {**keys, "reason_text": event.kind})
            return
        security = held.id
        if balance:
            security = self.warrant(warrant, event.shares)
            self.put("WARRANT_TRANSFER", self.free(event.id), {**keys, "resulting_security_ids": [security]})
        results = [self.stock(key, shares) for key, shares in self.more(event.id).items()]
        keys = {"security_id": security, "trigger_id": AT_WILL, "resulting_security_ids": results}
        self.put("WARRANT_EXERCISE", name, keys)

    def reserve(self, changes: Sequence[Change]) -> None:
        """Plans that are made, or become larger or smaller, other than by what is granted of them."""
        moved: dict[tuple[str, str], Exact] = {}
        for change in changes:
            if change.to.kind == "reserve" and change.cause not in ("option", "lapse"):
                key = (str(change.to.plan), change.to.share_class)
                moved[key] = moved.get(key, 0) + change.shares
        for key, shares in moved.items():
            self.sizes[key] = self.sizes.get(key, 0) + shares
            if key not in self.plans:
                self.plan(key)
                if self.split_on != (self.event.date, key[1]):
                    continue
                # a plan has a day but no place in it: beside a split of that day, its size is a transaction
                self.plans[key]["initial_shares_reserved"] = "0"
            size = self.count(self.sizes[key])
            keys: Table = {"stock_plan_id": self.plans[key]["id"], "shares_reserved": size}
            self.put("STOCK_PLAN_POOL_ADJUSTMENT", self.free(self.event.id), keys)

    def plan(self, key: tuple[str, str]) -> None:
        """A plan that is made."""
        first = all(plan != key[0] for plan, _ in self.plans)
        self.plans[key] = {
            "object_type": "STOCK_PLAN",
            "id": self.free(key[0] if first else "-".join(key)),
            "plan_name": key[0],
            "board_approval_date": self.event.date.isoformat(),
            "initial_shares_reserved": self.count(self.sizes[key]),
            "default_cancellation_behavior": "RETURN_TO_POOL",
            "stock_class_ids": [key[1]],
        }

    # -- instruments ----------------------------------------------------------------------------------

    def instruments_of(self) -> None:
        """Instruments that are new, have become shares, were repaid, or have taken other terms."""
        now = dict(self.book.convertibles)
        for name, was in list(self.terms.items()):
            one = now.get(name)
            if one is None or one.amount < was.amount:
                self.closed(was, one)
            elif one.conversion != was.conversion:
                self.renewed(one)
        for one in now.values():
            if one.id not in self.terms:
                amounts = quantity.allocate(one.amount, [part for _, part in one.to])
                mine = zip((holder for holder, _ in one.to), amounts, strict=True)
                self.instruments[one.id] = {
                    holder: Held(self.instrument(one, holder, amount), amount)
                    for holder, amount in mine
                    if amount
                }
        self.terms = now

    def instrument(self, one: Convertible, holder: str, amount: Exact) -> str:
        """The issuance of a SAFE, a note or the like; the security's id."""
        keys, said = instruments.write(one, amount, self.table)
        return self.issue("CONVERTIBLE", holder, keys, said)

    def closed(self, was: Convertible, one: Convertible | None) -> None:
        """An instrument, or a part of it, that became shares or was repaid."""
        held = self.instruments.pop(was.id)
        left = one.amount if one else 0
        rests = dict(zip(held, quantity.allocate(left, [mine.left for mine in held.values()]), strict=True))
        got = self.more(was.id)
        for holder, mine in held.items():
            name, rest = self.free(self.event.id), rests[holder]
            balance = self.instrument(was, holder, rest) if rest else None
            if balance:
                self.instruments.setdefault(was.id, {})[holder] = Held(balance, rest)
            results = [self.stock(key, shares) for key, shares in got.items() if key[0] == holder]
            keys: Table = {
                "security_id": mine.id,
                "balance_security_id": balance,
                "reason_text": self.event.kind,
            }
            if results:
                keys |= {"trigger_id": instruments.NEXT_ROUND, "resulting_security_ids": results}
                self.put("CONVERTIBLE_CONVERSION", name, keys)
            else:
                self.put("CONVERTIBLE_CANCELLATION", name, keys | {"amount": self.money(mine.left - rest)})

    def renewed(self, one: Convertible) -> None:
        """An instrument that took another's terms: a new one of its holder's, for the old."""
        for holder, mine in self.instruments[one.id].items():
            name, new = self.free(self.event.id), self.instrument(one, holder, mine.left)
            keys = {"security_id": mine.id, "amount": self.money(mine.left), "resulting_security_ids": [new]}
            self.put("CONVERTIBLE_TRANSFER", name, keys)
            self.instruments[one.id][holder] = Held(new, mine.left)

    # -- classes, and vesting -------------------------------------------------------------------------

    def split(self, event: Split) -> None:
        """A split: what is outstanding follows from it."""
        stated = Fraction(event.ratio)
        ratio = {"numerator": self.count(stated.numerator), "denominator": self.count(stated.denominator)}
        keys = {"stock_class_id": event.share_class, "split_ratio": ratio}
        self.put("STOCK_CLASS_SPLIT", self.free(event.id), keys)
        self.split_on = (event.date, event.share_class)
        for at, written in self.lots.items():
            if at[1] == event.share_class:
                shares = _shares(self.book.lots.get(at, ()))
                left = {key: held for key, held in written.items() if key in shares}
                self.lots[at] = {key: self.split_lot(shares[key], held) for key, held in left.items()}
        self.terms = dict(self.book.convertibles)
        for name, (_, held) in list(self.options.items()):
            option = self.book.options[name]
            self.options[name] = option, held._replace(left=option.outstanding)
        for name, (_, held) in list(self.warrants.items()):
            warrant = self.book.warrants[name]
            self.warrants[name] = warrant, held._replace(left=warrant.shares)
        for plan, size in self.sizes.items():
            if plan[1] == event.share_class:
                self.sizes[plan] = rounded(size * stated, self.table.rounding.shares)

    def split_lot(self, shares: Exact, held: Sequence[Held]) -> list[Held]:
        """The securities of a lot that a split has left so many shares."""
        old = sum(Fraction(one.left) for one in held)
        new = Shares(shares, old, self.table.rounding.shares == "exact")
        return [one._replace(left=new.next(one.left)) for one in held]

    def ratios(self, before: Mapping[str, Exact]) -> None:
        """Classes that convert otherwise than before, or may after a split: it is stated what it does."""
        split = self.event if isinstance(self.event, Split) else None
        common = split is not None and self.table.classes[split.share_class].preferred is None
        for name, price in self.prices.items():
            mine = split is not None and split.share_class == name
            if mine:
                price = self.prices[name] = price / Fraction(split.ratio) if split else price
            recorded = isinstance(self.event, AdjustConversion) and self.event.share_class == name
            ratio = self.book.ratio(name)
            if before[name] != ratio or recorded or mine or common:
                mechanism, said = conversion(price, ratio, self.table)
                keys: Table = {"stock_class_id": name, "new_ratio_conversion_mechanism": mechanism}
                if said:
                    keys["comments"] = list(terms.comments(said))
                self.put("STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT", self.free(self.event.id), keys)

    def vesting(self, schedule: Vesting | DatedVesting, vests: Lot | Option, *, whole: bool) -> Table:
        """The keys of an issuance that say how it vests: by terms it names, or by days."""
        if not whole or isinstance(schedule, DatedVesting):
            days = vesting.days(vests.vested, schedule)
            return {"vestings": [{"date": day.isoformat(), "amount": self.count(part)} for day, part in days]}
        key = (schedule.months, schedule.cliff, schedule.every, schedule.allocation)
        if key not in self.schedules:
            words = f"{schedule.months} months, every {schedule.every}, cliff {schedule.cliff}"
            self.schedules[key] = {
                "object_type": "VESTING_TERMS",
                "id": self.free(f"vesting-{schedule.months}-{schedule.cliff}-{schedule.every}"),
                "name": words,
                "description": words,
                "allocation_type": schedule.allocation,
                "vesting_conditions": vesting.conditions(schedule),
            }
        return {"vesting_terms_id": self.schedules[key]["id"]}


class Shares:
    """New shares for old ones as these are taken, part by part: whole ones, unless they are exact."""

    def __init__(self, new: Exact, old: Exact, exact: bool) -> None:
        self.new, self.old, self.exact = Fraction(new), Fraction(old), exact
        self.taken = self.given = Fraction(0)

    def next(self, part: Exact) -> Exact:
        """The new shares for the next part."""
        self.taken += part
        reached = self.new * self.taken / self.old
        reached = reached if self.exact else Fraction(reached // 1)
        found, self.given = reached - self.given, reached
        return whole_if(found)


def conversion(price: Exact, ratio: Exact, table: CapTable) -> tuple[Table, Table]:
    """How a class with an issue price converts, and the conversion price if ten places can't hold it."""
    conversion_price = Fraction(price) / ratio
    mechanism = {
        "type": "RATIO_CONVERSION",
        "conversion_price": money(conversion_price, table.currency),
        "ratio": numbers.ratio(ratio),
        "rounding_type": terms.ROUNDING_TYPES[table.rounding.shares],
    }
    return mechanism, numbers.exact({"conversion_price": conversion_price}, table.currency)


def _shares(lots: Iterable[Lot]) -> dict[LotKey, Fraction]:
    """The shares of each lot; those that have vested may be a lot of their own."""
    found: dict[LotKey, Fraction] = {}
    for lot in lots:
        found[_key(lot)] = found.get(_key(lot), Fraction(0)) + lot.shares
    return found


def _key(lot: Lot) -> LotKey:
    return lot.holder, lot.share_class, lot.issued, lot.event, lot.given
