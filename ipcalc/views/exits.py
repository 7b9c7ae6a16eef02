"""Exits as a part of a page and of a JSON document: payouts, what each claim does, and the breakpoints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil
from typing import NotRequired

from typing_extensions import TypedDict

from ipcalc import quantity
from ipcalc.equity import Result
from ipcalc.equity.captable import CapTable
from ipcalc.equity.decisions import Decision, Settled
from ipcalc.equity.deductions import CARVE_OUT
from ipcalc.equity.exits import Exit
from ipcalc.equity.schedule import Breakpoint, Schedule, holdings
from ipcalc.equity.stakes import Tier
from ipcalc.quantity import Exact
from ipcalc.texts import say
from ipcalc.views import chart
from ipcalc.views.figures import amount, cents, money, near, percents
from ipcalc.views.page import Block, Code, Table, heading, line

SHOWN = 8  # holders in a chart

# -- the document -------------------------------------------------------------------------------------
# Money has all its minor digits; what each claim takes is exact, "n/d" where no decimal is.


class DebtDocument(TypedDict):
    """What was owed to a lender, and what is paid of it as a debt."""

    id: str
    owed: str
    paid: str


class FeeDocument(TypedDict):
    """A fee in place of shares."""

    id: str
    amount: str


class TierDocument(TypedDict):
    """The tier that the money ends in, and how much of it is filled: a share."""

    rank: str
    filled: str


class ClaimDocument(TypedDict):
    """What the holders of a claim do, and take net of ``strike_cash``.

    ``threshold`` is what a common share must be worth for it to convert or be exercised; ``tie``: another
    choice pays the same.
    """

    id: str
    kind: str
    action: str
    take: str
    strike_cash: str
    threshold: NotRequired[str]
    tie: bool


class PaidDocument(TypedDict):
    """An amount on a day."""

    date: NotRequired[str]
    amount: str


class PayoutDocument(TypedDict):
    """What a holder gets for one claim, and when."""

    holder: str
    claim: str
    entitled: str
    paid_at: list[PaidDocument]


class UnilateralDocument(TypedDict):
    """What a claim takes now, and would if it alone did something else."""

    claim: str
    action: str
    now: str
    if_switched: str


class CertificateDocument(TypedDict):
    """That none gains by switching; ``sum`` is all that is paid, costs among it."""

    unilateral: list[UnilateralDocument]
    holds: bool
    sum: str
    method: str


class OtherDocument(TypedDict):
    """Another division in which none gains by switching."""

    claims: list[ClaimDocument]


class ExitDocument(TypedDict):
    """An exit. Costs and payouts add up to the proceeds, and to what rounding up each line makes."""

    id: NotRequired[str]
    date: NotRequired[str]
    kind: str
    proceeds: str
    costs: str
    debt: list[DebtDocument]
    fees: NotRequired[list[FeeDocument]]
    carve_out: NotRequired[str]
    distributable: str
    p: NotRequired[str]
    tier: TierDocument | None
    claims: list[ClaimDocument]
    payouts: list[PayoutDocument]
    certificate: NotRequired[CertificateDocument]
    others: NotRequired[list[OtherDocument]]
    excess: NotRequired[str]


class JumpDocument(TypedDict):
    """What a claim takes just below a breakpoint, and just above."""

    claim: str
    below: str
    above: str


class BreakpointDocument(TypedDict):
    """Proceeds at which what a further unit does changes; ``p`` is what a common share is worth there."""

    id: str
    exit: NotRequired[str]
    name: str
    proceeds: str
    p: str
    collinear: bool
    jump: NotRequired[list[JumpDocument]]


def documents(result: Result) -> list[ExitDocument]:
    """The exits of a result as documents."""
    return [_exit(sale, result.currency) for sale in result.exits]


def _exit(sale: Exit, currency: str) -> ExitDocument:
    entry: ExitDocument = {
        "kind": sale.kind,
        "proceeds": amount(sale.proceeds, currency),
        "costs": amount(sale.costs, currency),
        "debt": [],
        "distributable": amount(sale.distributable, currency),
        "tier": None,
        "claims": [],
        "payouts": [_payout(sale, i, currency) for i in range(len(sale.payouts))],
    }
    if sale.id is not None:
        entry = {"id": sale.id, **entry}
    if sale.date is not None:
        entry["date"] = sale.date.isoformat()
    if sale.settled:
        entry |= _settled(sale, sale.settled, currency)
    charges = sale.schedule.pot.charges if sale.schedule else ()
    for charge in charges:
        paid = amount(sale.of_claim(charge.id), currency)
        if charge.id == CARVE_OUT:
            entry["carve_out"] = paid
        else:
            entry.setdefault("fees", []).append({"id": charge.id, "amount": paid})
    if sale.others:
        entry["others"] = [{"claims": _claims(other, currency)} for other in sale.others]
    if sale.excess:
        entry["excess"] = amount(sale.excess, currency)
    return entry


def _payout(sale: Exit, i: int, currency: str) -> PayoutDocument:
    payout = sale.payouts[i]
    paid_at: list[PaidDocument] = []
    for day, units in payout.paid_at:
        paid: PaidDocument = {"amount": amount(units, currency)}
        paid_at.append({"date": day.isoformat(), **paid} if day else paid)
    return {
        "holder": payout.holder,
        "claim": payout.claim,
        "entitled": amount(payout.entitled, currency),
        "paid_at": paid_at,
    }


def _settled(sale: Exit, settled: Settled, currency: str) -> ExitDocument:
    """What only an exit that was settled has."""
    debts = [decision for decision in settled.decisions if decision.stake.kind == "debt"]
    paid = sum(payout.entitled for payout in sale.payouts) + sale.costs
    return {  # type: ignore[typeddict-item]  # a part of it
        "debt": [
            {
                "id": one.stake.id,
                "owed": amount(one.stake.claim.held, currency),
                "paid": amount(one.take, currency),
            }
            for one in debts
        ],
        "p": amount(settled.p, currency),
        "tier": settled.tier
        and {
            "rank": _rank(settled.tiers[settled.tier[0]]),
            "filled": quantity.plain(settled.tier[1]),
        },
        "claims": _claims(settled, currency),
        "certificate": {
            "unilateral": [
                {
                    "claim": one.claim,
                    "action": one.action,
                    "now": amount(one.now, currency),
                    "if_switched": amount(one.if_switched, currency),
                }
                for one in settled.certificate.unilateral
            ],
            "holds": settled.certificate.holds,
            "sum": amount(paid, currency),
            "method": settled.certificate.method,
        },
    }


def _rank(tier: Tier) -> str:
    """A tier in a word: ``debt:1``, ``preferred:2``, ``above-preferred:2``, ``below-preferred``."""
    if tier[0] == 0:
        return f"debt:{tier[1]}"
    if tier[0] == 1:
        return f"{'above-' if tier[2] else ''}preferred:{-tier[1]}"
    return "below-preferred" if tier[0] == 2 else "ahead-of-common"


def _claims(settled: Settled, currency: str) -> list[ClaimDocument]:
    found = []
    for decision in settled.decisions:
        entry: ClaimDocument = {
            "id": decision.stake.id,
            "kind": decision.stake.kind,
            "action": decision.action,
            "take": amount(decision.take, currency),
            "strike_cash": amount(decision.choice.cost, currency),
            "tie": decision.tie,
        }
        at = settled.threshold(decision)
        if at is not None:
            entry["threshold"] = amount(at, currency)
        found.append(entry)
    return found


def breakpoints(result: Result, lang: str) -> list[BreakpointDocument]:
    """The breakpoints of each exit, once for all of its proceeds."""
    return [
        _point(sale, sale.schedule, one, result.table, lang)
        for sale, new in _first(result.exits)
        if new and sale.schedule
        for one in sale.schedule.breakpoints
    ]


def _point(sale: Exit, schedule: Schedule, one: Breakpoint, table: CapTable, lang: str) -> BreakpointDocument:
    entry: BreakpointDocument = {
        "id": ".".join((one.what, *one.claims)),
        "name": _named(one, schedule, table, lang),
        "proceeds": amount(one.proceeds, table.currency),
        "p": amount(one.p, table.currency),
        "collinear": one.collinear,
    }
    if sale.id is not None:
        entry["exit"] = sale.id
    if one.jump:
        names = [stake.id for stake in schedule.profiles.everyone.stakes]
        entry["jump"] = [
            {"claim": name, "below": amount(a, table.currency), "above": amount(b, table.currency)}
            for name, a, b in zip(names, *one.jump, strict=True)
            if a != b
        ]
    return entry


def _first(sales: Sequence[Exit]) -> Iterator[tuple[Exit, bool]]:
    """Exits, and whether each is the first with its schedule: the proceeds of one exit share it."""
    seen: set[int] = set()
    for sale in sales:
        yield sale, id(sale.schedule) not in seen
        seen.add(id(sale.schedule))


# -- the page -----------------------------------------------------------------------------------------


def page(result: Result, lang: str, *, points: bool = False, drawn: bool = False) -> list[Block]:
    """The exits for people: what comes off, who gets what and why, and what was checked.

    With ``points`` also the breakpoints, with ``drawn`` a chart; each once for all proceeds of an exit.
    """
    table = result.table
    blocks: list[Block] = []
    for sale, new in _first(result.exits):
        blocks.append(heading(_title(sale, table.currency, lang)))
        blocks += [line(text, depth=1) for text in _before(sale, table.currency, lang)]
        blocks.append(_payouts(sale, table, lang))
        if any(len(payout.paid_at) > 1 for payout in sale.payouts):
            blocks.append(_dates(sale, table, lang))
        if sale.settled:
            blocks += [line(text, depth=1) for text in _checked(sale, sale.settled, table, lang)]
        if sale.schedule and new and points:
            blocks += [
                heading(say("equity.exits.breakpoints", lang), 3),
                _breakpoints(sale.schedule, table, lang),
            ]
        if sale.schedule and new and drawn:
            blocks += [heading(say("equity.exits.chart", lang), 3), _chart(sale, sale.schedule, table)]
    return blocks


def _title(sale: Exit, currency: str, lang: str) -> str:
    proceeds = money(sale.proceeds, currency)
    if sale.id is None:
        return say("equity.exit", lang, proceeds=proceeds)
    kind = say(f"equity.exits.kind.{sale.kind}", lang)
    return say("equity.exit_of", lang, kind=kind, id=sale.id, date=sale.date, proceeds=proceeds)


def _before(sale: Exit, currency: str, lang: str) -> Iterator[str]:
    if sale.costs:
        yield say("equity.exits.costs", lang, amount=money(sale.costs, currency))
    if sale.distributable != sale.proceeds:
        yield say("equity.exits.distributable", lang, amount=money(sale.distributable, currency))
    if sale.settled and sale.settled.p:
        p = near(quantity.to_major(sale.settled.p, currency), 6)
        yield say("equity.exits.p", lang, p=p)


def _payouts(sale: Exit, table: CapTable, lang: str) -> Table:
    """A row for each holder's claim; the costs, so that the column adds up to the proceeds."""
    actions = _decisions(sale)
    parts = percents([*(payout.entitled for payout in sale.payouts), sale.costs])
    rows = [
        [
            table.stakeholders[payout.holder].label,
            _claim(payout.claim, actions.get(payout.claim), table, lang),
            _does(actions.get(payout.claim), lang),
            parts[i],
            cents(payout.entitled, table.currency),
        ]
        for i, payout in enumerate(sale.payouts)
    ]
    if sale.costs:
        costs = say("equity.exits.of_costs", lang)
        rows.append([costs, "", "", parts[-1], cents(sale.costs, table.currency)])
    total = cents(sale.proceeds + sale.excess, table.currency)
    rows.append([say("equity.total", lang), "", "", "100.00%" if sale.proceeds else "0.00%", total])
    columns = [("holder", False), ("claim", False), ("does", False), ("part", True), ("amount", True)]
    return Table([(say(f"equity.{key}", lang), right) for key, right in columns], rows)


def _decisions(sale: Exit) -> dict[str, Decision]:
    return {one.stake.id: one for one in sale.settled.decisions} if sale.settled else {}


def _dates(sale: Exit, table: CapTable, lang: str) -> Table:
    """What is paid on which day."""
    days = [str(day) for day, _ in sale.payouts[0].paid_at]
    claims = _decisions(sale)
    rows = [
        [
            table.stakeholders[payout.holder].label,
            _claim(payout.claim, claims.get(payout.claim), table, lang),
            *(cents(units, table.currency) for _, units in payout.paid_at),
        ]
        for payout in sale.payouts
    ]
    columns = [(say(f"equity.{key}", lang), False) for key in ("holder", "claim")]
    return Table([*columns, *((day, True) for day in days)], rows)


def _claim(name: str, decision: Decision | None, table: CapTable, lang: str) -> str:
    """A claim for people: a class by its name, others by their id."""
    if decision is None:
        return say("equity.exits.carve_out", lang) if name == CARVE_OUT else name
    stake = decision.stake
    if stake.kind in ("common", "preferred") and stake.share_class is not None:
        return table.classes[stake.share_class].name + stake.id.removeprefix(stake.share_class)
    return name


def _does(decision: Decision | None, lang: str) -> str:
    if decision is None or decision.action == "share" or decision.stake.kind == "debt":
        return ""
    return say(f"equity.exits.action.{decision.action}", lang) + ("*" if decision.tie else "")


def _checked(sale: Exit, settled: Settled, table: CapTable, lang: str) -> Iterator[str]:
    """What was checked, and what a reader must know of it."""
    key = "holds" if settled.certificate.holds else "broken"
    if settled.certificate.unilateral:
        yield say(f"equity.exits.{key}", lang, n=len(settled.certificate.unilateral))
    if any(decision.tie for decision in settled.decisions):
        yield say("equity.exits.tie", lang)
    if settled.flat:
        yield say("equity.exits.flat", lang)
    for other in sale.others:
        takes = ", ".join(
            f"{_claim(d.stake.id, d, table, lang)} {money(d.take, table.currency)}" for d in other.decisions
        )
        yield say("equity.exits.other", lang, takes=takes)
    if sale.excess:
        yield say("equity.exits.excess", lang, amount=money(sale.excess, table.currency))


def _named(point: Breakpoint, schedule: Schedule, table: CapTable, lang: str) -> str:
    stakes = {stake.id: stake for stake in schedule.profiles.everyone.stakes}
    names = []
    for name in point.claims:
        stake = stakes.get(name)
        if stake and stake.share_class and stake.kind in ("common", "preferred"):
            name = table.classes[stake.share_class].name + name.removeprefix(stake.share_class)
        elif name in ("costs", CARVE_OUT):
            name = say(f"equity.exits.{'of_costs' if name == 'costs' else 'carve_out'}", lang)
        names.append(name)
    blanks = {} if point.what in ("settled", "unsettled") else {"claims": ", ".join(names)}
    return say(f"equity.exits.point.{point.what}", lang, **blanks)


def _breakpoints(schedule: Schedule, table: CapTable, lang: str) -> Table:
    rows = [
        [
            near(quantity.to_major(one.proceeds, table.currency), 2),
            near(quantity.to_major(one.p, table.currency), 6),
            _named(one, schedule, table, lang) + ("" if one.collinear else " ?"),
        ]
        for one in schedule.breakpoints
    ]
    columns = [("proceeds", True), ("share_value", True), ("breakpoint", False)]
    return Table([(say(f"equity.exits.{key}", lang), right) for key, right in columns], rows)


def _chart(sale: Exit, schedule: Schedule, table: CapTable) -> Code:
    """What each holder gets of proceeds from nothing to past the last breakpoint, and what was asked for."""
    points = [one.proceeds for one in schedule.segments]
    last = _round_up(max(Fraction(points[-1]) * Fraction(5, 4), Fraction(sale.proceeds), Fraction(100)))
    steps = chart.COLUMNS - 1
    rows = [holdings(schedule.lines, schedule.at(Fraction(last * i, steps))) for i in range(chart.COLUMNS)]
    largest = sorted(rows[-1], key=lambda holder: -rows[-1][holder])[:SHOWN]
    series = [chart.Series(table.stakeholders[one].label, [row[one] for row in rows]) for one in largest]
    marks = [int(point * steps / last) for point in points if point]
    highest: Exact = max(value for one in series for value in one.values)
    top, end = (near(quantity.to_major(value, table.currency), 0) for value in (highest, last))
    return Code(chart.lines(series, top, ("0", end), marks))


def _round_up(number: Fraction) -> int:
    """A number with two digits and then noughts, no smaller."""
    scale: int = 10 ** max(len(str(ceil(number))) - 2, 0)
    return ceil(number / scale) * scale
