"""A followed cap table as an Open Cap Format package (1.2).

What the format has no field for stands in comments, which reading takes back; what it can't hold at all is
told beside the files.
"""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ipcalc.equity import Result
from ipcalc.equity.assumptions import Assumption
from ipcalc.equity.book import Book
from ipcalc.equity.captable import CapTable
from ipcalc.equity.fold import walk
from ipcalc.equity.model import OptionGrant, ShareClass, Stakeholder, UniversityGrant
from ipcalc.equity.ocf import numbers, terms
from ipcalc.equity.ocf.securities import Recorder, conversion
from ipcalc.quantity import Exact

VERSION = "1.2.0"
Table = dict[str, Any]
_FILES = {  # by the manifest's key: the file's name and type
    "stakeholders_files": ("Stakeholders.ocf.json", "OCF_STAKEHOLDERS_FILE"),
    "stock_classes_files": ("StockClasses.ocf.json", "OCF_STOCK_CLASSES_FILE"),
    "stock_plans_files": ("StockPlans.ocf.json", "OCF_STOCK_PLANS_FILE"),
    "stock_legend_templates_files": ("StockLegends.ocf.json", "OCF_STOCK_LEGEND_TEMPLATES_FILE"),
    "vesting_terms_files": ("VestingTerms.ocf.json", "OCF_VESTING_TERMS_FILE"),
    "valuations_files": ("Valuations.ocf.json", "OCF_VALUATIONS_FILE"),
    "transactions_files": ("Transactions.ocf.json", "OCF_TRANSACTIONS_FILE"),
    "financings_files": ("Financings.ocf.json", "OCF_FINANCINGS_FILE"),
}


class Written(NamedTuple):
    """A package's files by name, and what of the cap table it can't hold."""

    files: Mapping[str, bytes]
    lost: tuple[Assumption, ...]


def write(result: Result, at: datetime.datetime) -> Written:
    """A result's securities as a package made at a moment.

    Raises ``Refused`` where the company states no day or country of formation (F101), where a number of
    shares has more decimal places than the format's numbers (E614).
    """
    table = result.table
    company = table.document.data["company"]
    for key in ("formed", "country"):
        if key not in company:
            raise table.refused("F101", ("company",), key_name=key)
    prices = _prices(table, result.receipt.at)
    began = ratios = _ratios(Book(table))
    recorder = Recorder(table, {*table.stakeholders, *table.classes}, prices)
    for event, step, book in walk(table, result.receipt.at):
        recorder.record(event, step.changes, book, ratios)
        ratios = _ratios(book)
    items: dict[str, list[Table]] = {
        "stakeholders_files": [_stakeholder(one) for one in table.stakeholders.values()],
        "stock_classes_files": [
            _share_class(one, prices.get(one.id), began[one.id], table) for one in table.classes.values()
        ],
        "stock_plans_files": list(recorder.plans.values()),
        "vesting_terms_files": list(recorder.schedules.values()),
        "transactions_files": recorder.transactions,
        "financings_files": recorder.financings,
    }
    files = {
        name: _json({"file_type": kind, "items": items.get(key, [])}) for key, (name, kind) in _FILES.items()
    }
    last = result.events[-1].date if result.events else company["formed"]
    manifest = {
        "ocf_version": VERSION,
        "file_type": "OCF_MANIFEST_FILE",
        "issuer": {
            "object_type": "ISSUER",
            "id": recorder.free("issuer"),
            "legal_name": company["name"],
            "formation_date": company["formed"].isoformat(),
            "country_of_formation": company["country"],
        },
        "as_of": max(last, result.receipt.at or last).isoformat(),
        "generated_at": at.isoformat(timespec="seconds"),
        "comments": list(terms.comments({"rounding": table.document.data["rounding"]})),
        **{key: [_file(name, files[name])] for key, (name, _) in _FILES.items()},
    }
    return Written({"Manifest.ocf.json": _json(manifest), **files}, tuple(_lost(result)))


def _json(table: Table) -> bytes:
    return (json.dumps(table, ensure_ascii=False, indent=2) + "\n").encode()


def _file(name: str, content: bytes) -> Table:
    return {"filepath": f"./{name}", "md5": hashlib.md5(content, usedforsecurity=False).hexdigest()}


def _stakeholder(one: Stakeholder) -> Table:
    kind, relation = terms.KINDS[one.kind]
    found: Table = {
        "object_type": "STAKEHOLDER",
        "id": one.id,
        "name": {"legal_name": one.name},
        "stakeholder_type": kind,
    }
    if relation:
        found["current_relationship"] = relation
    if terms.plain_kind(kind, relation) != one.kind:
        found["comments"] = list(terms.comments({"kind": one.kind}))
    return found


def _ratios(book: Book) -> dict[str, Exact]:
    return {name: book.ratio(name) for name in book.terms}


def _prices(table: CapTable, until: datetime.date | None) -> dict[str, Exact]:
    """The issue price of each preferred class that has one, now or once a round sets it, before any split."""
    found: dict[str, Exact] = {}
    books = (book for _, _, book in walk(table, until))
    for book in itertools.chain([Book(table)], books):
        for name, one in book.terms.items():
            if one.price is not None:
                found.setdefault(name, one.price * one.split)
    return found


def _share_class(one: ShareClass, price: Exact | None, ratio: Exact, table: CapTable) -> Table:
    """A class, with its issue price and the ratio that it began with."""
    preferred = one.preferred
    found: Table = {
        "object_type": "STOCK_CLASS",
        "id": one.id,
        "name": one.name,
        "class_type": "PREFERRED" if preferred else "COMMON",
        "default_id_prefix": f"{one.id.upper()}-",
        "initial_shares_authorized": "NOT APPLICABLE",
        "votes_per_share": "1",
        "seniority": str(preferred.seniority if preferred else 0),
    }
    unstated = "The format requires votes_per_share; the cap table that this was made from states none."
    if preferred is None:
        return found | {"comments": [unstated]}
    said: Table = {}
    if price is not None:
        found["price_per_share"] = numbers.money(price, table.currency)
        mechanism, said = conversion(price, ratio, table)
        said |= numbers.exact({"price": price}, table.currency)
        right: Table = {"conversion_mechanism": mechanism}
        common = [other.id for other in table.classes.values() if other.preferred is None]
        if common:
            right["converts_to_stock_class_id"] = common[0]
        found["conversion_rights"] = [right]
    if preferred.multiple is not None:
        found["liquidation_preference_multiple"] = numbers.rounded(preferred.multiple)
    if preferred.cap and preferred.cap.multiple is not None and preferred.cap.of == "total":
        found["participation_cap_multiple"] = numbers.rounded(preferred.cap.multiple)
    raw = next(each for each in table.document.data["classes"] if each["id"] == one.id)
    kept = ("participation", "cap", "dividend", "anti_dilution", "preference")
    said |= {key: raw[key] for key in kept if key in raw}
    return found | {"comments": [*terms.comments(said), unstated]}


def _lost(result: Result) -> Iterator[Assumption]:
    """What of the cap table the package can't hold."""
    events = result.table.events[: len(result.events)]
    stakes = [event for event in events if isinstance(event, UniversityGrant)]
    for key, names in (
        ("floor", [event.id for event in stakes if event.floor]),
        ("participation", [event.id for event in stakes if event.participation]),
        ("exit-fee", [event.id for event in stakes if event.exit_fee is not None]),
        ("royalty", [event.id for event in stakes if event.royalty is not None]),
        (
            "promised",
            [one.id for one in events if isinstance(one, OptionGrant) and one.to.kind == "promised"],
        ),
        ("exits", [sale.id for sale in result.table.exits if sale.id]),
    ):
        if names:
            yield Assumption(f"lost-{key}", {"list": ", ".join(names)})
