"""How a statement file becomes what it asks: cases, the streams of money in them, and their periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ipcalc import quantity
from ipcalc.inputs.diagnostics import Diagnostic, Refused
from ipcalc.inputs.toml import Document
from ipcalc.ip import licence, policy, receipts
from ipcalc.ip import statement_shape as shape
from ipcalc.ip.case import Case, Inventor
from ipcalc.ip.ledger import Period, Posted, Received, Stream
from ipcalc.ip.model import COSTS, DATES, PER, Opening, Policy, Series
from ipcalc.quantity import Exact, Quantity, Unreadable

if TYPE_CHECKING:
    from ipcalc.inputs import locate


class Facts(NamedTuple):
    """A case as the statement has it."""

    id: str
    table: shape.CaseTable
    path: locate.Path
    parts: Sequence[tuple[str, Policy, Exact, shape.PartTable | None, locate.Path]]  # by stream


class StatementReader:
    """Builds what a statement asks, and collects what is wrong with its meaning."""

    def __init__(self, document: Document, table: shape.StatementTable) -> None:
        self.document = document
        self.table = table
        self.head = table["statement"]
        self.problems: list[Diagnostic] = []
        self.loaded: dict[str, Policy] = {}
        self.series = {
            name: Series(
                tuple((point["on"], policy.number(point["value"])) for point in one["values"]),
                one.get("until", one["values"][-1]["on"] if one["values"] else date.min),
                (),
            )
            for name, one in table.get("series", {}).items()
        }

    def problem(self, code: str, path: locate.Path, near: str = "", **more: Any) -> None:
        """Note what is wrong, and where."""
        self.problems.append(self.document.problem(code, path, near, **more))

    def policy(self, name: str, path: locate.Path) -> Policy:
        """A policy by its id, or in a file beside the statement, which names it at a path.

        What is wrong in the policy's file is told with its place there, what is wrong with its name here.
        Raises ``Refused``.
        """
        if name not in self.loaded:
            beside = Path(self.document.name).parent / name
            try:
                self.loaded[name] = policy.load(str(beside) if name.endswith(".toml") else name)
            except Refused as refused:
                where = self.document.place(path)
                raise Refused(
                    [one if one.place.line else one._replace(place=where) for one in refused.diagnostics]
                ) from None
        return self.loaded[name]

    def laws(self) -> tuple[Policy, ...]:
        """The laws whose floors are checked."""
        names = enumerate(self.head.get("laws", []))
        return tuple(self.policy(name, ("statement", "laws", i)) for i, name in names)

    # -- cases

    def cases(self) -> Sequence[Facts]:
        """The cases, each with the policies that divide it."""
        tables = self.table.get("cases")
        if tables is None:
            one: shape.CaseTable = {"id": "case"}
            return [Facts("case", one, ("statement",), self.parts(one, ("statement",)))]
        if not tables:
            self.problem("P427", ("cases",))
        found: list[Facts] = []
        for i, table in enumerate(tables):
            if any(one.id == table["id"] for one in found):
                self.problem("F112", ("cases", i, "id"), value=table["id"])
            found.append(Facts(table["id"], table, ("cases", i), self.parts(table, ("cases", i))))
        return found

    def parts(
        self, table: shape.CaseTable, path: locate.Path
    ) -> Sequence[tuple[str, Policy, Exact, shape.PartTable | None, locate.Path]]:
        """The institutions of a case: the stream of money of each, its policy, its part."""
        if "institutions" not in table:
            name = table.get("policy", self.head.get("policy"))
            if name is None:
                self.problem("F101", path, at_key=True, key_name="policy")
                raise Refused(self.problems)
            at = path if "policy" in table else ("statement",)
            return [(table["id"], self.policy(name, (*at, "policy")), 1, None, path)]
        found: list[tuple[str, Policy, Exact, shape.PartTable | None, locate.Path]] = []
        for i, one in enumerate(table["institutions"]):
            stream = f"{table['id']}/{one['id']}"
            if any(stream == name for name, *_ in found):
                self.problem("F112", (*path, "institutions", i, "id"), value=one["id"])
            share = policy.number(one["share"])
            at = (*path, "institutions", i)
            found.append((stream, self.policy(one["policy"], (*at, "policy")), share, one, at))
        total = sum((share for _, _, share, _, _ in found), Fraction())
        if total != 1:
            self.problem("P401", (*path, "institutions"), at_key=True, total=quantity.percent(total))
            raise Refused(self.problems)
        return found

    def streams(self, facts: Sequence[Facts]) -> Mapping[str, Stream]:
        """Every stream of money. Raises ``Refused`` where they are in several currencies."""
        found = {}
        currencies: dict[str, str] = {}
        for one in facts:
            for name, known, _, own, path in one.parts:
                currencies[known.currency] = known.id
                if len(currencies) > 1:
                    first, *_, last = currencies
                    self.problem(
                        "F118", path, key="policy", stated=last, known=first, source=currencies[first]
                    )
                    raise Refused(self.problems)
                found[name] = self.stream(one, name, known, own, len(facts) == 1)
        return found

    def stream(
        self, facts: Facts, name: str, known: Policy, own: shape.PartTable | None, alone: bool
    ) -> Stream:
        """One institution's part of a case, with all facts that are stated of it."""
        table = facts.table
        scopes = {per: str(table[per]) for per in PER if per in table}  # type: ignore[literal-required]
        scopes.setdefault("invention", facts.id)
        if alone:
            scopes = {**dict.fromkeys(PER, ""), **scopes}
        asking = [known, *self.laws()]
        stated = {key: value for key, value in self.table.get("options", {}).items()
                  if any(key in one.options for one in asking)}  # fmt: skip
        stated |= table.get("options", {})
        dates = {**self.signed(), **self.table.get("dates", {}), **table.get("dates", {})}
        if own:
            stated |= own.get("options", {})
            dates |= own.get("dates", {})
        for kind in dates:
            if kind not in DATES:
                self.problem("P404", ("dates", kind), quantity.nearest(kind, DATES), at_key=True, value=kind)
        people = table.get("inventors", self.table.get("inventors", []))
        at: locate.Path = (*facts.path, "inventors") if "inventors" in table else ("inventors",)
        opening = (own or table).get("opening", {})
        case = Case(known, date.min, stated, dates, {}, self.series, None,
                    self.inventors(people, own, facts, at), scopes)  # fmt: skip
        counters, accounts = (
            {key: self.minor(amount, known, facts.path) for key, amount in stated.items()}
            for stated in (opening.get("counters", {}), opening.get("accounts", {}))
        )
        return Stream(name, case, Opening(counters, accounts))

    def signed(self) -> Mapping[str, date]:
        """The day on which the statement's licence was signed: a date of its own may not say otherwise."""
        if "licence" not in self.table:
            return {}
        day = self.table["licence"]["signed"]
        stated = self.table.get("dates", {}).get("licence_signed", day)
        if stated != day:
            path, also = ("dates", "licence_signed"), ("licence", "signed")
            words = {"key": "licence_signed", "stated": str(stated), "known": str(day)}
            self.problem("F118", path, also=also, source="licence.signed", **words)
        return {"licence_signed": day}

    def inventors(
        self,
        tables: Sequence[shape.InventorTable],
        own: shape.PartTable | None,
        facts: Facts,
        path: locate.Path,
    ) -> tuple[Inventor, ...]:
        """The inventors of one institution's part. A statement that lists none at all has nobody to pay."""
        listed = "inventors" in facts.table or "inventors" in self.table
        if listed and not tables:
            self.problem("P406", path)
        found: list[Inventor] = []
        names: set[str] = set()
        institutions = {part["id"] for _, _, _, part, _ in facts.parts if part}
        for i, one in enumerate(tables):
            if one["name"] in names:
                self.problem("F112", (*path, i, "name"), value=one["name"])
            names.add(one["name"])
            if (one.get("institution") is None) is bool(institutions):
                if institutions:
                    self.problem("F101", (*path, i), at_key=True, key_name="institution")
                else:
                    self.problem("F102", (*path, i, "institution"), at_key=True, key_name="institution")
            elif institutions and one["institution"] not in institutions:
                near = quantity.nearest(one["institution"], institutions)
                value = one["institution"]
                self.problem("F115", (*path, i, "institution"), near, what="institution", value=value)
            if own is None or one.get("institution") == own["id"]:
                weight = policy.number(one["weight"]) if "weight" in one else 1
                found.append(Inventor(one["name"], weight, tuple(one.get("grounds", ())), one.get("left"),
                                      one.get("waives_to"), one.get("main", False)))  # fmt: skip
        return tuple(found)

    def options(self) -> None:
        """Refuse options that no policy of the statement knows. Raises ``Refused``."""
        known = {name for one in self.loaded.values() for name in one.options}
        for name in self.table.get("options", {}):
            if name not in known:
                near = quantity.nearest(name, known)
                raise Refused(
                    [self.document.problem("P404", ("options", name), near, at_key=True, value=name)]
                )

    def in_vain(self, in_play: set[str]) -> None:
        """Refuse options and inputs that are stated for the whole statement and change nothing in it."""
        for path in (*(("options", name) for name in self.table.get("options", {})),
                     *(("inputs", name) for name in self.table.get("inputs", {}))):  # fmt: skip
            if path[1] not in in_play:
                raise Refused([self.document.problem("P414", path, at_key=True, value=path[1])])

    # -- money

    def account(self) -> receipts.Account | None:
        """What the licence paid: the one place at which receipts come from its terms."""
        if "licence" not in self.table:
            if "sales" in self.table:
                self.problem("F101", ("sales",), at_key=True, key_name="licence")
            return None
        terms, years = licence.read(
            self.table["licence"], self.table.get("sales", {}), self.document, self.problems
        )
        if self.problems:
            raise Refused(self.problems)
        return receipts.account(terms, years)

    def periods(self, facts: Sequence[Facts], account: receipts.Account | None) -> Sequence[Period]:
        """All that came in and was spent, by period; money of one day comes after that day's costs."""
        received = [*self.received(facts), *self.licensed(facts, account)]
        posted = [*self.posted(facts), *self.borne(facts, account)]
        if not received and not self.problems:
            self.problem("P427", ("statement",), at_key=True)
        days = sorted({one.on for one in received} | {one.on for one in posted})
        year_starts = facts[0].parts[0][1].year_starts
        labels = {day: self.label(day, year_starts) for day in days}
        inputs = self.inputs()
        found = []
        waiting: list[Posted] = []  # costs of a period in which nothing came in wait for the next
        for label in dict.fromkeys(labels[day] for day in days):
            here = [one for one in received if labels[one.on] == label]
            spent = [one for one in posted if labels[one.on] == label]
            waiting += spent
            if here:
                first = min(one.on for one in here)
                stated = {name: value for name, at in inputs.items() if (value := _on(at, first)) is not None}
                found.append(Period(label, here, waiting, stated))
                waiting = []
        if waiting and found:  # after the last receipt: a period in which nothing came in
            last = max(one.on for one in waiting)
            streams = dict.fromkeys(one.stream for one in waiting)
            found.append(Period(labels[last], [Received(stream, last, 0) for stream in streams], waiting))
        return found

    def label(self, day: date, year_starts: tuple[int, int]) -> str:
        """The name of the period that a day is in."""
        kind = self.head.get("periods", "date")
        if kind == "date":
            return str(day)
        if kind == "quarter":
            return f"{day.year} Q{(day.month + 2) // 3}"
        first = day.year - ((day.month, day.day) < year_starts)
        return str(first) if year_starts == (1, 1) else f"{first}/{(first + 1) % 100:02}"

    def inputs(self) -> Mapping[str, Sequence[tuple[date, Exact]]]:
        """What is stated for rates and amounts, each value from a day on."""
        asked = {
            name: (one, known) for known in [*self.loaded.values()] for name, one in known.inputs().items()
        }
        found: dict[str, Sequence[tuple[date, Exact]]] = {}
        for name, raw in self.table.get("inputs", {}).items():
            path: locate.Path = ("inputs", name)
            if name not in asked:
                self.problem("P404", path, quantity.nearest(name, asked), at_key=True, value=name)
                continue
            one, known = asked[name]
            points = raw if isinstance(raw, list) else [{"from": date.min, "value": raw}]
            values = []
            for i, point in enumerate(points):
                at = (*path, i) if isinstance(raw, list) else path
                if not isinstance(point, dict) or set(point) != {"from", "value"}:
                    self.problem("F114", at, allowed="from, value")
                    continue
                try:
                    read = quantity.read(one.kind, point["value"])
                    exact = self.minor(read, known, at) if one.kind == "money" else policy.number(read)
                    values.append((point["from"], exact))
                except Unreadable as error:
                    self.problems.append(self.document.unreadable(at, error))
            found[name] = sorted(values)
        return found

    def case_of(
        self, facts: Sequence[Facts], table: shape.ReceiptTable | shape.CostTable, path: locate.Path
    ) -> Facts | None:
        """The case that an entry names; the only one need not be."""
        if "case" not in table:
            if len(facts) == 1:
                return facts[0]
            self.problem("F101", path, at_key=True, key_name="case")
            return None
        for one in facts:
            if one.id == table["case"]:
                return one
        near = quantity.nearest(table["case"], [one.id for one in facts])
        self.problem("F115", (*path, "case"), near, what="case", value=table["case"])
        return None

    def received(self, facts: Sequence[Facts]) -> Iterable[Received]:
        """What came in."""
        for i, table in enumerate(self.table.get("receipts", [])):
            path: locate.Path = ("receipts", i)
            if case := self.case_of(facts, table, path):
                amount = self.minor(table["amount"], case.parts[0][1], (*path, "amount"))
                yield from _among(case, table["on"], amount, table.get("options", {}))

    def posted(self, facts: Sequence[Facts]) -> Iterable[Posted]:
        """What is owed to accounts."""
        for i, table in enumerate(self.table.get("costs", [])):
            path: locate.Path = ("costs", i)
            case = self.case_of(facts, table, path)
            if case is None:
                continue
            account = table.get("account", COSTS)
            known = {name for _, one, _, _, _ in case.parts for name in one.accounts()}
            if account not in known:
                near = quantity.nearest(account, known)
                self.problem("F115", (*path, "account"), near, what="account", value=account)
            amount = self.minor(table["amount"], case.parts[0][1], (*path, "amount"))
            for one in _among(case, table["on"], amount, {}):
                yield Posted(one.stream, one.on, account, one.amount)

    def licensed(self, facts: Sequence[Facts], account: receipts.Account | None) -> Iterable[Received]:
        """The licence's receipts, by each case's part of it."""
        if account is not None:
            shares = self.of_licence(facts)
            self.currency(facts, account)
            for payment in account.receipts:
                amounts = quantity.allocate(payment.amount, shares)
                for case, amount in zip(facts, amounts, strict=True):
                    yield from _among(case, payment.on, amount, payment.options)

    def borne(self, facts: Sequence[Facts], account: receipts.Account | None) -> Iterable[Posted]:
        """Patent costs that stay with the licensor."""
        if account is not None:
            shares = self.of_licence(facts)
            for cost in account.costs:
                for case, amount in zip(facts, quantity.allocate(cost.amount, shares), strict=True):
                    for one in _among(case, cost.on, amount, {}):
                        yield Posted(one.stream, one.on, COSTS, one.amount)

    def of_licence(self, facts: Sequence[Facts]) -> Sequence[Exact]:
        """Each case's part of what the licence pays."""
        if len(facts) == 1:
            return [1]
        shares = []
        for one in facts:
            if "of_licence" not in one.table:
                self.problem("F101", one.path, at_key=True, key_name="of_licence")
                raise Refused(self.problems)
            shares.append(policy.number(one.table["of_licence"]))
        if (total := Fraction(sum(shares))) != 1:
            self.problem("P401", ("cases",), at_key=True, total=quantity.percent(total))
            raise Refused(self.problems)
        return shares

    def currency(self, facts: Sequence[Facts], account: receipts.Account) -> None:
        """Refuse a licence in another currency than its policy's."""
        known = facts[0].parts[0][1]
        if account.terms.currency != known.currency:
            self.problem("F118", ("licence", "currency"), key="currency", stated=account.terms.currency,
                         known=known.currency, source=known.id)  # fmt: skip

    def minor(self, money: Quantity, known: Policy, path: locate.Path) -> int:
        """An amount in minor units of a policy's currency."""
        try:
            return policy.minor_units(money, known.currency, known.id)
        except Unreadable as error:
            self.problems.append(self.document.unreadable(path, error))
            return 0

    def facts(self) -> Iterable[locate.Path]:
        """Where a statement states options, dates and inputs."""
        yield from ((name,) for name in ("options", "dates", "inputs") if name in self.table)
        for name in ("cases", "receipts"):
            for i, table in enumerate(self.document.data.get(name, [])):
                yield from ((name, i, kind) for kind in ("options", "dates") if kind in table)
        if "options" in self.table.get("licence", {}).get("equity", {}):
            yield ("licence", "equity", "options")

    def place_of(self, error: Unreadable) -> locate.Path:
        """Where a statement says, or should say, what can't be used."""
        names = [error.args_of_message[name] for name in ("key", "value") if name in error.args_of_message]
        for path in self.facts():
            stated: Any = self.document.data
            for part in path:
                stated = stated[part]
            for name in names:
                if name in stated:
                    return (*path, name)
        people = ("inventors",)
        where = {"P406": people, "P410": people, "P422": people, "P423": ("cases",),
                 "P428": ("statement", "laws")}  # fmt: skip
        found = where.get(error.code, ("statement",))
        return found if found[0] in self.table else ("statement",)


def _among(facts: Facts, on: date, amount: int, options: Mapping[str, str]) -> Iterable[Received]:
    """An amount of a case, by the part of each institution in it."""
    amounts = quantity.allocate(amount, [share for _, _, share, _, _ in facts.parts])
    for (stream, known, *_), mine in zip(facts.parts, amounts, strict=True):
        asked = options if len(facts.parts) == 1 else {k: v for k, v in options.items() if k in known.options}
        yield Received(stream, on, mine, asked)


def _on(points: Sequence[tuple[date, Exact]], day: date) -> Exact | None:
    """The value that holds on a day."""
    return next((value for first, value in reversed(points) if first <= day), None)
