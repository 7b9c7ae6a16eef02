"""A statement, drawn: each case by its policy, then person by person; a page and a document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from ipcalc import quantity
from ipcalc.ip.statement import Part, Statement
from ipcalc.texts import choose, say
from ipcalc.views import licence as licence_view
from ipcalc.views import split as split_view
from ipcalc.views import split_document
from ipcalc.views.licence import LicenceDocument
from ipcalc.views.page import Block, Page, Table, heading, line
from ipcalc.views.split_document import SplitDocument, label


class PartDocument(TypedDict):
    """A case, or one institution's part of it. ``present`` has, by party, present values."""

    case: str
    title: str
    institution: str | None
    share: str
    split: SplitDocument
    present: NotRequired[dict[str, str]]


class TakerDocument(TypedDict):
    """A person, and what they get of all cases; ``to`` is who gets it instead, where they waived it."""

    name: str
    amount: str
    to: NotRequired[str]


class DiscountDocument(TypedDict):
    """How present values were worked out: whole years compound, days of a year count simply."""

    rate: str
    on: str


class StatementDocument(TypedDict):
    """``ipcalc split STATEMENT.toml --format json``."""

    kind: Literal["ipcalc/split-statement"]
    version: Literal[1]
    title: str
    currency: str
    parts: list[PartDocument]
    people: list[TakerDocument]
    discount: DiscountDocument | None
    licence: LicenceDocument | None


def document(found: Statement, lang: str) -> StatementDocument:
    """A statement for machines."""
    return {
        "kind": "ipcalc/split-statement",
        "version": 1,
        "title": found.title,
        "currency": found.currency,
        "parts": [_part(found, part, lang) for part in found.parts],
        "people": [_taker(found, i) for i in range(len(found.people))],
        "discount": None if found.discount is None else {
            "rate": quantity.plain(found.discount.rate), "on": str(found.discount.on)
        },
        "licence": None if found.account is None else licence_view.document(found.account),
    }  # fmt: skip


def _part(found: Statement, part: Part, lang: str) -> PartDocument:
    made: PartDocument = {
        "case": part.case,
        "title": part.title,
        "institution": part.institution,
        "share": quantity.plain(part.share),
        "split": split_document.document(part.split, lang),
    }
    if found.discount:
        made["present"] = {
            party: quantity.money_plain(amount, found.currency)
            for party, amount in found.present(part).items()
        }
    return made


def _taker(found: Statement, index: int) -> TakerDocument:
    one = found.people[index]
    made: TakerDocument = {"name": one.name, "amount": quantity.money_plain(one.amount, found.currency)}
    if one.to is not None:
        made["to"] = one.to
    return made


# -- the page ------------------------------------------------------------------------------------------


def page(found: Statement, lang: str, *, steps: bool = False, drawn: bool = False) -> Page:
    """A statement for people."""
    blocks: list[Block] = [heading(found.title, 1)]
    if found.account:
        blocks += licence_view.blocks(found.account, lang, steps=steps)
    for part in found.parts:
        blocks.append(heading(_title(part, lang), 1))
        blocks.append(line(split_view.said(part.split, lang), "strong"))
        blocks += split_view.body(part.split, lang, steps=steps, drawn=drawn, filed=True)
        if found.discount:
            blocks += _present(found, part, lang)
    if len(found.parts) > 1 and found.people:
        blocks += [heading(say("statement.people", lang), 1), _people(found, lang)]
    blocks.append(heading(say("split.sources", lang)))
    sources = {(part.split.policy.id, one.id): one for part in found.parts for one in part.split.sources}
    blocks += split_view.sources(sources.values(), lang)
    blocks.append(line(""))
    policies = {part.split.policy.id: part.split for part in found.parts}
    blocks += [line(split_view.receipt(one, lang), "dim") for one in policies.values()]
    return blocks


def _title(part: Part, lang: str) -> str:
    name = choose(part.split.policy.name, lang)
    if part.institution:
        name = say("statement.part", lang, name=name, share=quantity.percent(part.share))
    return name if part.title == "case" else f"{part.title}: {name}"


def _present(found: Statement, part: Part, lang: str) -> Iterable[Block]:
    assert found.discount is not None
    yield heading(say("statement.present", lang))
    yield line(say("statement.discount", lang, rate=found.discount.text, day=found.discount.on))

    def shown(minor: int) -> str:
        return quantity.money_column(minor, found.currency)

    now = found.present(part)
    columns = (
        (say("split.party", lang), False),
        (say("split.amount", lang, currency=found.currency), True),
        (say("statement.value", lang), True),
    )
    rows = [
        (label(part.split.policy, one.party, lang), shown(one.amount), shown(now[one.party]))
        for one in part.split.parties
    ]
    yield Table(
        columns, [*rows, (say("split.total", lang), shown(part.split.receipts), shown(sum(now.values())))]
    )


def _people(found: Statement, lang: str) -> Table:
    """Everyone once, with what each case and institution pays them."""
    paying = [i for i, part in enumerate(found.parts) if part.split.people]
    columns = [(say("split.name", lang), False), *((_short(found.parts[i]), True) for i in paying)]
    columns.append((say("split.total", lang), True))
    rows = [
        [
            one.name,
            *(_cell(found, one.by_part.get(i)) for i in paying),
            _cell(found, one.amount),
        ]
        for one in found.people
    ]
    return Table(columns, rows)


def _short(part: Part) -> str:
    return f"{part.title} ({part.institution})" if part.institution else part.title


def _cell(found: Statement, minor: int | None) -> str:
    return "" if minor is None else quantity.money_column(minor, found.currency)
