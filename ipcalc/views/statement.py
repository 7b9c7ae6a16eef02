"""A statement, drawn: each case by its policy, then person by person; a page and a document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from ipcalc import __version__, quantity
from ipcalc.ip.model import Policy
from ipcalc.ip.statement import Part, Statement
from ipcalc.quantity import Exact
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


class PolicyReceiptDocument(TypedDict):
    """A policy or a law that was read: the sha256 of its file."""

    id: str
    hash: str


class StatementReceiptDocument(TypedDict):
    """What the answer was worked out from; the same receipt gives the same answer."""

    ipcalc: str
    statement_hash: str
    settings: list[str]
    policies: list[PolicyReceiptDocument]


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
    receipt: StatementReceiptDocument


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
        "receipt": {
            "ipcalc": __version__,
            "statement_hash": _sha256(found),
            "settings": _settings(found),
            "policies": [{"id": one.id, "hash": one.sha256()} for one in _policies(found)],
        },
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


def rows(found: Statement, lang: str) -> Iterator[Sequence[str | Exact]]:
    """Who gets what of each case in each period, a row each."""
    yield split_view.CSV_COLUMNS
    for part in found.parts:
        yield from split_view.rows(part.split, lang, part.case, part.institution or "")


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
    blocks += split_view.gaps([part.split for part in found.parts], lang)
    blocks.append(heading(say("split.sources", lang)))
    sources = {one[:4]: one for part in found.parts for one in part.split.sources}
    blocks += split_view.sources(sources.values(), lang)
    return [*blocks, line(""), *(line(words, "dim") for words in _receipt(found, lang))]


def _receipt(found: Statement, lang: str) -> Iterator[str]:
    """What the answer was worked out from."""
    name, sha256 = found.document.name, _sha256(found)[:12]
    words = say("statement.receipt", lang, program=f"ipcalc {__version__}", name=name, sha256=sha256)
    yield " ".join([words, *_settings(found)])
    for one in _policies(found):
        yield say("statement.receipt_policy", lang, policy=one.id, sha256=one.sha256()[:12], day=one.reviewed)


def _policies(found: Statement) -> Sequence[Policy]:
    """The policies that divided it, and the laws that it was held against, each once."""
    laws = [law for part in found.parts for law in part.split.laws]
    return list({one.id: one for one in (*(part.split.policy for part in found.parts), *laws)}.values())


def _sha256(found: Statement) -> str:
    return hashlib.sha256(found.document.text.encode()).hexdigest()


def _settings(found: Statement) -> list[str]:
    return list(dict.fromkeys(found.document.overlaid.values()))


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
