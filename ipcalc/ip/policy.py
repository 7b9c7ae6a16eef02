"""How a policy file becomes a policy: read, checked against its shape and its meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from ipcalc import library, quantity
from ipcalc.inputs import overlay, shapes, toml
from ipcalc.inputs.diagnostics import Diagnostic, Refused, refuse
from ipcalc.inputs.toml import Document
from ipcalc.ip import shape
from ipcalc.ip.model import (
    COSTS,
    DATES,
    INVENTORS,
    MAIN,
    Dates,
    Equity,
    Example,
    Floor,
    Gap,
    Inventors,
    Only,
    Opening,
    Option,
    Policy,
    Protection,
    Sample,
    Series,
    Source,
    Step,
    Version,
)
from ipcalc.ip.steps import StepReader
from ipcalc.quantity import Exact, Quantity, Unreadable

if TYPE_CHECKING:
    from ipcalc.inputs import locate


def reference(text: str) -> tuple[str, date | None]:
    """``hk/hku@2022-01-01`` as the policy and the date; a policy alone has no date. Raises ``Refused``."""
    match = re.fullmatch(r"(.+)@([0-9][0-9-]*)", text, re.ASCII | re.DOTALL)
    if not match:
        return text, None
    try:
        return match[1], shapes.day(date.fromisoformat(match[2]))
    except Unreadable as error:
        raise refuse(error.code, text, key=match[2], **error.args_of_message) from None
    except ValueError:
        raise refuse("F104", text, kind="date", value=match[2]) from None


def load(name: str, settings: Iterable[str] = ()) -> Policy:
    """The policy with an id, or in a file (a path that ends in ``.toml``, or ``-``). Raises ``Refused``."""
    known = library.find("ip")
    if name in known:
        source = str(known[name])
    elif name == "-" or name.endswith(".toml"):
        source = name
    else:
        raise refuse("S206", name, quantity.nearest(name, known), value=name)
    document = toml.load(source)
    stated = document.data.get("id")
    if name in known and stated != name:
        raise Refused([document.problem("S202", ("id",), value=str(stated), expected=name)])
    return read(overlay.overlay(document, settings))


def read(document: Document) -> Policy:
    """A document as a policy. Raises ``Refused`` with everything that is wrong with it."""
    table = shapes.validate(shape.PolicyTable, document)
    reader = _Reader(document, table)
    policy = reader.policy()
    if reader.problems:
        raise Refused(reader.problems)
    return policy


def minor_units(money: Quantity, currency: str, source: str) -> int:
    """An amount that is not negative, in minor units of a policy's currency. Raises ``Unreadable``."""
    if money.unit not in (None, currency):
        raise Unreadable("F118", key="currency", stated=str(money.unit), known=currency, source=source)
    if number(money) < 0:
        raise Unreadable("F106", limit="≥ 0")
    return quantity.to_minor(number(money), currency)


def number(read: Quantity) -> Exact:
    """The value of a quantity that is not a duration."""
    assert not isinstance(read.value, quantity.Duration)
    return read.value


class _Reader(StepReader):
    """Builds the model of one file, and collects what is wrong with its meaning."""

    def __init__(self, document: Document, table: shape.PolicyTable) -> None:
        self.document = document
        self.table = table
        self.options = table.get("options", {})
        self.problems: list[Diagnostic] = []

    def problem(
        self,
        code: str,
        path: locate.Path,
        near: str = "",
        *,
        at_key: bool = False,
        also: locate.Path | None = None,
        **args: str,
    ) -> None:
        place = self.document.place(path, at_key=at_key)
        second = self.document.place(also) if also is not None else None
        self.problems.append(Diagnostic(code, args, place, near, second))

    def policy(self) -> Policy:
        table = self.table
        return Policy(
            table["id"],
            table.get("kind", "policy"),
            table["name"],
            table["institution"],
            table["currency"],
            table["reviewed"],
            table.get("year_starts", (1, 1)),
            {party: about["label"] for party, about in table.get("parties", {}).items()},
            {name: self.option(name, option) for name, option in self.options.items()},
            {name: self.series(name, series) for name, series in table.get("series", {}).items()},
            tuple(self.version(i, version) for i, version in enumerate(table.get("versions", []))),
            {name: _source(name, source) for name, source in table["sources"].items()},
            tuple(Gap(gap["about"], tuple(gap["affects"])) for gap in table.get("gaps", [])),
            tuple(self.example(i, example) for i, example in enumerate(table.get("examples", []))),
            self.document,
        )

    def option(self, name: str, option: shape.OptionTable) -> Option:
        path: locate.Path = ("options", name)
        if name in DATES:
            self.problem("F112", path, at_key=True, value=name)
        default = option.get("default")
        if default is not None:
            self.one_of(default, option["choices"], (*path, "default"))
        sources = self.cited(option["source"], (*path, "source"))
        return Option(name, option["kind"], tuple(option["choices"]), default, option.get("label"), sources)

    def series(self, name: str, series: shape.SeriesTable) -> Series:
        path: locate.Path = ("series", name)
        points = [(point["on"], number(point["value"])) for point in series["values"]]
        for i, ((day, _), (after, value)) in enumerate(pairwise(points)):
            if after <= day:
                self.problem("F116", (*path, "values", i + 1, "on"), first=str(day), last=str(after))
            if value <= 0:
                self.problem("F106", (*path, "values", i + 1, "value"), key="value", limit="> 0")
        last = points[-1][0] if points else date.min
        until = series.get("until", last)
        if not points or until < last:
            self.problem("F116", (*path, "until" if points else "values"), first=str(last), last=str(until))
        return Series(tuple(points), until, self.cited(series["source"], (*path, "source")))

    # -- versions

    def version(self, index: int, version: shape.VersionTable) -> Version:
        path: locate.Path = ("versions", index)
        within: dict[str, tuple[Step, ...] | None] = {}
        raw = version["steps"]
        self.bases = ["gross", "left"]
        steps = None if isinstance(raw, str) else self.steps(raw, (*path, "steps"))
        bases = set(self.bases)
        for party, flow in version.get("within", {}).items():
            at = (*path, "within", party)
            self.party(party, at, at_key=True)
            within[party] = None if isinstance(flow, str) else self.steps(flow, at)
        only = self.only(version.get("only", {}), path)
        self.nothing_left(steps or (), only, (*path, "steps"))
        for party, inner in within.items():
            self.nothing_left(inner or (), only, (*path, "within", party))
        equity = version.get("equity", [])
        several = isinstance(equity, list)
        return Version(
            index,
            only,
            steps,
            self.ordered(within, (*path, "within")),
            tuple(
                self.floor(floor, (*path, "floors", i), bases)
                for i, floor in enumerate(version.get("floors", []))
            ),
            version.get("continues", True),
            tuple(
                self.equity(one, (*path, "equity", i) if several else (*path, "equity"))
                for i, one in enumerate(equity if isinstance(equity, list) else [equity])
            ),
            self.inventors(version.get("inventors"), (*path, "inventors")),
            self.cited(version["source"], (*path, "source")),
        )

    def floor(self, floor: shape.FloorTable, path: locate.Path, bases: set[str]) -> Floor:
        if floor["party"] != MAIN:
            self.party(floor["party"], (*path, "party"))
        if floor["of"] not in bases:
            known = [*bases, INVENTORS, *self.table.get("parties", {})]
            if floor["of"] not in known:
                self.problem("P407", (*path, "of"), quantity.nearest(floor["of"], known), value=floor["of"])
        at_least = self.term(floor["at_least"], "share", (*path, "at_least"))
        only = self.only(floor.get("only", {}), path)
        sources = self.cited(floor.get("source", []), (*path, "source"))
        return Floor(floor["party"], at_least, floor["of"], only, sources)

    def equity(self, equity: shape.EquityTable, path: locate.Path) -> Equity:
        stake = equity["stake"]
        least, most = (stake["from"], stake["to"]) if isinstance(stake, dict) else (stake, None)
        if "source" not in equity and isinstance(least, Quantity):
            self.problem("F101", path, at_key=True, key_name="source")
        if most and number(cast(Quantity, least)) > number(most):
            self.problem("F116", (*path, "stake"), first=str(least), last=str(most))
        return Equity(
            least if isinstance(least, Quantity) else None,
            most,
            self.minor(equity["amount"], (*path, "amount")) if "amount" in equity else None,
            equity.get("exit_share"),
            self.protection(equity["undiluted"], (*path, "undiluted")) if "undiluted" in equity else None,
            self.only(equity.get("only", {}), path),
            equity.get("note"),
            self.cited(equity.get("source", []), (*path, "source")),
        )

    def protection(self, table: shape.ProtectionTable, path: locate.Path) -> Protection:
        raised = table.get("raised")
        found: tuple[Exact, Exact | None] | None = None
        if isinstance(raised, Quantity):
            found = self.minor(raised, (*path, "raised")), None
        elif raised is not None:
            ends = {key: self.minor(money, (*path, "raised", key)) for key, money in _items(raised)}
            found = ends["from"], ends["to"]
        return Protection(found, table.get("note"))

    def inventors(self, inventors: shape.InventorsTable | None, path: locate.Path) -> Inventors | None:
        if inventors is None:
            return None
        self.cited(inventors.get("source", []), (*path, "source"))
        excluded = {}
        for ground, only in inventors.get("excluded", {}).items():
            excluded[ground] = self.only(only, (*path, "excluded"), ground)
        reverts = inventors.get("reverts", {})
        for party, to in reverts.items():
            self.party(party, (*path, "reverts", party), at_key=True)
            self.party(to, (*path, "reverts", party))
            if to in reverts:
                self.problem("P412", (*path, "reverts", party), value=party, other=to)
        return Inventors(inventors["split"], tuple(inventors.get("may", [])), excluded, reverts)

    def ordered(
        self, within: Mapping[str, tuple[Step, ...] | None], path: locate.Path
    ) -> Mapping[str, tuple[Step, ...] | None]:
        """The parts that are divided further, each after all who pay it.

        A party that its own steps pay keeps that part.
        """
        from graphlib import CycleError, TopologicalSorter

        from ipcalc.ip.model import paid

        payers: dict[str, list[str]] = {party: [] for party in within}
        for payer, steps in within.items():
            for party in {party for step in steps or () for party in paid(step)} - {payer}:
                if party in payers:
                    payers[party].append(payer)
        try:
            return {party: within[party] for party in TopologicalSorter(payers).static_order()}
        except CycleError as error:
            circle = set(error.args[1])
            first, *_, last = (party for party in within if party in circle)
            self.problem("P412", (*path, first), also=(*path, last), at_key=True, value=first, other=last)
            return within

    # -- what is named must exist

    def party(self, party: str, path: locate.Path, *, at_key: bool = False) -> None:
        if "parties" not in self.table:
            if not party.strip():
                self.problem("F109", path, at_key=at_key, key="for")
            return
        known = [*self.table["parties"], INVENTORS]
        if party not in known:
            self.problem("P403", path, quantity.nearest(party, known), at_key=at_key, value=party)

    def cited(self, cites: shape.Cites, path: locate.Path) -> tuple[str, ...]:
        known = self.table["sources"]
        several = isinstance(cites, list)
        ids = cites if isinstance(cites, list) else [cites]
        for i, cite in enumerate(ids):
            if cite not in known:
                at = (*path, i) if several else path
                self.problem("F115", at, quantity.nearest(cite, known), what="source", value=cite)
        return tuple(ids)

    def one_of(self, value: str, choices: Iterable[str], path: locate.Path) -> None:
        if value not in choices:
            key = str(path[-1]) if isinstance(path[-1], str) else str(path[-2])
            near = quantity.nearest(value, choices)
            self.problem("F107", path, near, key=key, value=value, allowed=", ".join(choices))

    def only(self, table: shape.OnlyTable, path: locate.Path, name: str = "only") -> Only:
        options: dict[str, tuple[str, ...]] = {}
        dates: dict[str, Dates] = {}
        for key, wanted in table.items():
            at = (*path, name, key)
            if key not in DATES and key not in self.options:
                near = quantity.nearest(key, [*self.options, *DATES])
                self.problem("P404", at, near, at_key=True, value=key)
            elif (key in DATES) is not isinstance(wanted, dict):
                want = "table" if key in DATES else "choice"
                self.problem("F103", at, key=key, wanted=want, got=quantity.type_name(wanted))
            elif isinstance(wanted, dict):
                dates[key] = Dates(wanted.get("from"), wanted.get("until"))
                first, last = dates[key]
                if first and last and first > last:
                    self.problem("F116", (*at, "from"), also=(*at, "until"), first=str(first), last=str(last))
            else:
                values = wanted if isinstance(wanted, list) else [wanted]
                for i, value in enumerate(values):
                    place = (*at, i) if isinstance(wanted, list) else at
                    self.one_of(value, self.options[key]["choices"], place)
                options[key] = tuple(values)
        return Only(options, dates)

    # -- examples

    def example(self, index: int, example: shape.ExampleTable) -> Example:
        path: locate.Path = ("examples", index)
        people = example.get("inventors")
        weights = None if people is None else {name: number(read) for name, read in people.items()}
        if weights is not None and (not any(weights.values()) or min(weights.values()) < 0):
            self.problem("P406", (*path, "inventors"), at_key=True)
        self.cited(example.get("source", []), (*path, "source"))
        self.stated(example.get("options", {}), (*path, "options"))
        self.dates(example.get("dates", {}), (*path, "dates"))
        opening = example.get("opening", {})
        return Example(
            example["title"],
            tuple(self.samples(example, path)),
            example.get("as_of"),
            example.get("dates", {}),
            example.get("options", {}),
            self.inputs(example.get("inputs", {}), (*path, "inputs")),
            weights,
            Opening(
                self.amounts(opening.get("counters", {}), (*path, "opening", "counters")),
                self.amounts(opening.get("accounts", {}), (*path, "opening", "accounts")),
            ),
            self.amounts(example.get("gives", {}), (*path, "gives")) if "periods" in example else {},
        )

    def samples(self, example: shape.ExampleTable, path: locate.Path) -> Iterable[Sample]:
        """The periods of an example, of which one may stand in the example itself."""
        flat = [key for key in ("receipts", "costs", "accounts", "balances", "floors") if key in example]
        if "periods" in example:
            for key in flat:
                self.problem("F102", (*path, key), at_key=True, key_name=key)
            for i, sample in enumerate(example["periods"]):
                yield self.sample(sample, (*path, "periods", i))
        elif "receipts" not in example or "gives" not in example:
            missing = "receipts" if "receipts" not in example else "gives"
            self.problem("F101", path, at_key=True, key_name=missing)
        else:
            keys = (*flat, "gives")
            yield self.sample(
                cast(shape.SampleTable, {key: value for key, value in example.items() if key in keys}), path
            )

    def sample(self, sample: shape.SampleTable, path: locate.Path) -> Sample:
        accounts = self.amounts(sample.get("accounts", {}), (*path, "accounts"))
        if "costs" in sample:
            accounts = {COSTS: self.minor(sample["costs"], (*path, "costs")), **accounts}
        self.stated(sample.get("options", {}), (*path, "options"))
        return Sample(
            sample.get("on"),
            self.minor(sample["receipts"], (*path, "receipts")),
            accounts,
            self.inputs(sample.get("inputs", {}), (*path, "inputs")),
            sample.get("options", {}),
            self.amounts(sample.get("gives", {}), (*path, "gives")),
            self.amounts(sample.get("balances", {}), (*path, "balances")),
            self.amounts(sample.get("floors", {}), (*path, "floors")),
        )

    def stated(self, options: Mapping[str, str], path: locate.Path) -> None:
        for name, value in options.items():
            if name in self.options:
                self.one_of(value, self.options[name]["choices"], (*path, name))
            else:
                near = quantity.nearest(name, self.options)
                self.problem("P404", (*path, name), near, at_key=True, value=name)

    def dates(self, dates: Mapping[str, date], path: locate.Path) -> None:
        for kind in dates:
            if kind not in DATES:
                self.problem("P404", (*path, kind), quantity.nearest(kind, DATES), at_key=True, value=kind)

    def inputs(self, inputs: Mapping[str, object], path: locate.Path) -> Mapping[str, Quantity]:
        """What is stated for rates and amounts, read as what the steps ask for."""
        found = {}
        for name, raw in inputs.items():
            if name not in self.asked:
                near = quantity.nearest(name, self.asked)
                self.problem("P404", (*path, name), near, at_key=True, value=name)
                continue
            try:
                found[name] = quantity.read(self.asked[name].kind, raw)
            except Unreadable as error:
                self.problems.append(self.document.unreadable((*path, name), error))
        return found

    def amounts(self, table: Mapping[str, Quantity], path: locate.Path) -> Mapping[str, int]:
        return {name: self.minor(money, (*path, name)) for name, money in table.items()}

    def minor(self, money: Quantity, path: locate.Path) -> int:
        try:
            return minor_units(money, self.table["currency"], self.table["id"])
        except Unreadable as error:
            self.problems.append(self.document.unreadable(path, error))
            return 0


def _items(table: shape.RaisedTable) -> Iterable[tuple[str, Quantity]]:
    return cast(Mapping[str, Quantity], table).items()


def _source(name: str, source: shapes.SourceTable) -> Source:
    about = (source["title"], source["kind"], source.get("url"), source.get("dated"), source.get("note"))
    return Source(name, *about)
