"""What the readers of a cap table's parts share: names that must exist, money, shares, and problems."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from ipcalc import quantity
from ipcalc.equity.model import Stakeholder
from ipcalc.equity.shape import CapTableFile, DatedVestingTable, VestingTable
from ipcalc.equity.vesting import DatedVesting, Vesting
from ipcalc.inputs.diagnostics import Diagnostic
from ipcalc.inputs.toml import Document
from ipcalc.quantity import Exact, Quantity, Unreadable

if TYPE_CHECKING:
    from ipcalc.inputs import locate

Parts = tuple[tuple[str, Exact], ...]  # holders and their shares of a whole


class Reader:
    """A file that has the right shape, and a collection of what else is wrong with it."""

    def __init__(self, document: Document, file: CapTableFile) -> None:
        self.document = document
        self.currency = file["company"]["currency"]
        self.rule = file["rounding"]["shares"]
        self.problems: list[Diagnostic] = []
        names = Counter(one.get("name", one["id"]) for one in file["stakeholders"])
        self.stakeholders = {}
        for one in file["stakeholders"]:
            name = one.get("name", one["id"])
            label = name if names[name] == 1 else f"{name} ({one['id']})"
            self.stakeholders[one["id"]] = Stakeholder(one["id"], one["kind"], name, label)
        self.class_ids = {one["id"]: one["kind"] for one in file["classes"]}

    def problem(
        self,
        code: str,
        path: locate.Path,
        near: str = "",
        *,
        also: locate.Path | None = None,
        at_key: bool = False,
        **args: str,
    ) -> None:
        """Collect a problem."""
        found = self.document.problem(code, path, near, at_key=at_key, within=None, also=also, **args)
        self.problems.append(found)

    def missing(self, key: str, path: locate.Path) -> None:
        """Collect that a table lacks a key that it needs here."""
        self.problem("F101", path, at_key=True, key_name=key)

    def idle(self, key: str, table: Mapping[str, Any], path: locate.Path, because: str) -> None:
        """Collect that a table has a key that says nothing here."""
        if key in table:
            self.problem("E541", (*path, key), at_key=True, value=key, because=because)

    def holder(self, name: str, path: locate.Path) -> str:
        """A stakeholder's id."""
        if name not in self.stakeholders:
            self.problem("E501", path, quantity.nearest(name, self.stakeholders), value=name)
        return name

    def recipients(self, to: str | Mapping[str, Quantity], path: locate.Path) -> Parts:
        """Who gets something: one holder, or several by shares that must be the whole."""
        if isinstance(to, str):
            return ((self.holder(to, path), 1),)
        parts = tuple((self.holder(name, (*path, name)), exact(part)) for name, part in to.items())
        if (total := sum((Fraction(part) for _, part in parts), Fraction(0))) != 1:
            self.problem("E509", path, total=quantity.percent(total))
        return parts

    def share_class(self, name: str, path: locate.Path) -> str:
        """A class's id."""
        if name not in self.class_ids:
            self.problem("E502", path, quantity.nearest(name, self.class_ids), value=name)
        return name

    def minor(self, amount: Quantity, path: locate.Path, *, whole: bool = True) -> Exact:
        """Money of the file in minor units of the company's currency, whole ones unless it is a price."""
        if amount.unit not in (None, self.currency):
            self.problem("E506", path, unit=str(amount.unit), currency=self.currency)
        value = exact(amount)
        try:
            if whole:
                return quantity.to_minor(value, self.currency)
        except Unreadable as error:
            self.problems.append(self.document.unreadable(path, error))
        return whole_if(value * 10 ** quantity.currencies()[self.currency])

    def money(self, table: Mapping[str, Any], key: str, path: locate.Path) -> int | None:
        """An amount that a table may leave out, in minor units."""
        return int(self.minor(table[key], (*path, key))) if key in table else None

    def price(self, table: Mapping[str, Any], key: str, path: locate.Path) -> Exact | None:
        """A price a share that a table may leave out, in minor units."""
        return self.minor(table[key], (*path, key), whole=False) if key in table else None

    def shares(self, count: Quantity, path: locate.Path) -> Exact:
        """A number of shares, whole unless the rounding rule is exact."""
        value = exact(count)
        if self.rule != "exact" and Fraction(value).denominator != 1:
            self.problem("E507", path, value=count.text, rule=self.rule)
        return value

    def one_of(self, raw: Mapping[str, Any], keys: tuple[str, ...], path: locate.Path) -> str | None:
        """The one of some keys that is present; a problem if none is, or two are."""
        present = [key for key in keys if key in raw]
        if not present:
            self.problem("F114", path, at_key=True, allowed=", ".join(keys))
            return None
        for second in present[1:]:
            self.problem("E510", (*path, second), also=(*path, present[0]), first=present[0], second=second)
        return present[0]

    def vesting(
        self, raw: VestingTable | DatedVestingTable | str | None, granted: Exact, path: locate.Path
    ) -> Vesting | DatedVesting | None:
        """A vesting schedule of ``granted`` shares: whole tranches of months, and a cliff within them."""
        if raw is None or isinstance(raw, str):
            return None
        if "tranches" in raw:
            return self.dated_vesting(cast(DatedVestingTable, raw), granted, path)
        if raw["months"] % raw["every"]:
            self.problem("E546", (*path, "every"), months=str(raw["months"]), value=str(raw["every"]))
        if raw["cliff"] > raw["months"]:
            self.problem("F106", (*path, "cliff"), key="cliff", limit=f"0 … {raw['months']}")
        last = raw["start"].year + raw["months"] // 12 + 1
        if last > quantity.LAST_YEAR:
            self.problem("F106", (*path, "months"), key="months", limit=f"… {quantity.LAST_YEAR}")
        accelerate = exact(raw["accelerate"]) if "accelerate" in raw else 0
        return Vesting(raw["start"], raw["months"], raw["cliff"], raw["every"], raw["allocation"], accelerate)

    def dated_vesting(self, raw: DatedVestingTable, granted: Exact, path: locate.Path) -> DatedVesting:
        """Tranches on stated days, in their order, of no more than was granted."""
        reached, parts = Fraction(0), list[tuple[datetime.date, Exact]]()
        for i, one in enumerate(raw["tranches"]):
            at = (*path, "tranches", i)
            day, before = one["date"], parts[-1][0] if parts else one["date"]
            if day < before:
                also = (*path, "tranches", i - 1, "date")
                self.problem("E503", (*at, "date"), also=also, value=str(day), previous=str(before))
            reached += self.shares(one["shares"], (*at, "shares"))
            if reached > granted:
                total, most = (quantity.grouped(whole_if(number)) for number in (reached, granted))
                self.problem("E522", (*at, "shares"), total=total, granted=most)
            parts.append((day, reached / granted))
        return DatedVesting(
            tuple(parts), self.rule != "exact", exact(raw["accelerate"]) if "accelerate" in raw else 0
        )


def exact(found: Quantity) -> Exact:
    """The number of a quantity that is no length of time."""
    assert not isinstance(found.value, quantity.Duration)
    return found.value


def whole_if(number: Exact) -> Exact:
    """An exact number as an ``int`` where it is whole."""
    return number.numerator if number.denominator == 1 else number
