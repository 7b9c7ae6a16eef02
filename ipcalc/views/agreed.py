"""What an event agrees on that moves no share yet: strikes and vesting, terms of SAFEs and notes, fees."""

from __future__ import annotations

from collections.abc import Iterator

from ipcalc import quantity
from ipcalc.equity.captable import CapTable
from ipcalc.equity.model import (
    Election,
    Event,
    Issue,
    Note,
    OptionGrant,
    Safe,
    UniversityGrant,
    WarrantIssue,
)
from ipcalc.equity.state import Conversion
from ipcalc.equity.vesting import DatedVesting
from ipcalc.texts import say
from ipcalc.views.figures import money, near


def agreed(table: CapTable, event: Event, lang: str) -> Iterator[str]:
    """The terms of an event, in lines."""
    currency = table.currency

    def term(key: str, **words: str) -> str:
        return say(f"equity.agreed.{key}", lang, **words)

    match event:
        case Election(instrument=mine, takes=takes):
            yield term("keeps", id=mine) if takes is None else term("takes", id=mine, other=takes)
        case Safe():
            terms = [term("paid", amount=money(event.amount, currency))]
            terms += _conversion(event.conversion, currency, lang)
            terms += [term("mfn")] if event.mfn else []
            terms += [term("pro_rata")] if event.pro_rata else []
            yield _line(table, event.holder, terms, lang)
        case OptionGrant() | WarrantIssue() | Issue():
            terms = []
            if not isinstance(event, Issue):
                price = near(quantity.to_major(event.strike, currency), 6)
                terms.append(term("strike", price=price))
            if isinstance(event, WarrantIssue) and event.expires:
                terms.append(term("expires", date=str(event.expires)))
            vesting = None if isinstance(event, WarrantIssue) else event.vesting
            if isinstance(vesting, DatedVesting):
                days = [str(day) for day, _ in vesting.tranches]
                shown = term("vests_by", n=str(len(days)), first=days[0], last=days[-1]) if days else ""
                terms.append(shown or term("vests_unknown"))
            elif vesting:
                start, months = str(vesting.start), str(vesting.months)
                terms.append(term("vesting", start=start, months=months))
                terms += [term("cliff", cliff=str(vesting.cliff))] if vesting.cliff else []
            if isinstance(event, OptionGrant) and event.early:
                terms.append(term("early"))
            if terms:
                yield _line(table, str(event.to.holder), terms, lang)
        case Note():
            rate = quantity.percent(event.interest.rate)
            terms = [
                term("principal", amount=money(event.principal, currency)),
                term(event.interest.kind, rate=rate, count=event.interest.day_count),
                *([term("since", date=str(event.interest.start))] if event.interest.start else []),
                *_conversion(event.conversion, currency, lang),
                term("maturity", date=str(event.maturity)),
            ]
            yield _line(table, event.holder, terms, lang)
        case UniversityGrant():
            terms = []
            if event.amount is not None and event.conversion is not None:
                terms.append(term("fixed", amount=money(event.amount, currency)))
                terms += _conversion(event.conversion, currency, lang)
            if event.exit_fee is not None:
                terms.append(term("exit_fee", percent=quantity.percent(event.exit_fee)))
            if event.royalty is not None:
                terms.append(term("royalty"))
            for holder, part in event.to if terms else ():
                own = [] if part == 1 else [term("part", percent=quantity.percent(part))]
                yield _line(table, holder, own + terms, lang)


def _line(table: CapTable, holder: str, terms: list[str], lang: str) -> str:
    name = table.stakeholders[holder].label
    return say("equity.agreed.line", lang, holder=name, terms=say("words.comma", lang).join(terms))


def _conversion(one: Conversion, currency: str, lang: str) -> Iterator[str]:
    """At what an instrument converts."""
    if one.percent is not None:
        yield say("equity.agreed.percent", lang, percent=quantity.percent(one.percent))
    if one.cap is not None:
        post = one.basis == "post-money"
        key = "post_money" if post else "pre_money" if isinstance(one.counts, frozenset) else "of_shares"
        shares = "" if isinstance(one.counts, frozenset) else quantity.grouped(one.counts)
        yield say(f"equity.agreed.{key}", lang, cap=money(one.cap, currency), shares=shares)
    if one.discount:
        yield say("equity.agreed.discount", lang, percent=quantity.percent(one.discount))
