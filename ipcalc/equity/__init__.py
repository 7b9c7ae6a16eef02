"""Cap tables: who holds what of a company after each event, and who is paid what at an exit."""

from __future__ import annotations

import datetime
import hashlib
import pathlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from ipcalc import __version__
from ipcalc.equity import captable, exits
from ipcalc.equity.assumptions import Assumption, assumptions
from ipcalc.equity.book import Book
from ipcalc.equity.captable import CapTable
from ipcalc.equity.exits import Exit
from ipcalc.equity.fold import Step, fold
from ipcalc.equity.holdings import Move
from ipcalc.equity.model import Split
from ipcalc.equity.reading import whole_if
from ipcalc.equity.state import State
from ipcalc.inputs.toml import Document
from ipcalc.quantity import Exact

MANIFEST = "manifest.ocf.json"  # the name of a package's manifest, in small letters


class Path(NamedTuple):
    """How a holder's, or a plan's, part of the fully diluted total came about: by event, what it moved.

    ``value`` is what it is worth at the last round's price, in minor units; None before any round.
    """

    holder: str | None
    plan: str | None
    moves: tuple[tuple[str, Move], ...]
    value: Exact | None


class Receipt(NamedTuple):
    """What the answer was worked out from; the same receipt gives the same answer."""

    ipcalc: str  # the program's version
    captable_hash: str  # sha256 of the file's text in UTF-8; of a package, of the cap table that it became
    settings: tuple[str, ...]  # laid over it, as they were written
    at: datetime.date | None  # where the events were stopped
    exits: tuple[str, ...]  # asked for beside the file's


class Result(NamedTuple):
    """A cap table followed through its events to its exits. Money in minor units; shares exact."""

    company: str
    currency: str
    table: CapTable
    events: tuple[Step, ...]
    paths: tuple[Path, ...]
    exits: tuple[Exit, ...]
    assumptions: tuple[Assumption, ...]
    receipt: Receipt


def follow(document: Document, amounts: Sequence[str] = (), at: datetime.date | None = None) -> Result:
    """Fold a cap table's events (until ``at``, included) and pay its exits, and one for each of ``amounts``.

    ``amounts`` are money as people write it. Raises ``Refused`` with everything that is wrong with the file,
    or with the first event or exit that can't be worked out.
    """
    table = captable.read(document)
    sales = exits.asked(table, amounts, at)
    steps = fold(table, at, frozenset(sale.after - 1 for sale in sales))
    paid = exits.pay(table, lambda after: _state(table, steps, after), sales)
    settings = tuple(dict.fromkeys(document.overlaid.values()))
    digest = hashlib.sha256(document.text.encode()).hexdigest()
    receipt = Receipt(__version__, digest, settings, at, tuple(amounts))
    rests_on = (*_remarks(document), *assumptions(table, steps, paid, at))
    return Result(table.company, table.currency, table, steps, paths(table, steps), paid, rests_on, receipt)


def load(source: str) -> Document:
    """A cap table's document: a file, standard input (``-``), or an Open Cap Format package.

    Raises ``Refused``.
    """
    if package := package_of(source):
        from ipcalc.equity import ocf
        from ipcalc.inputs import package as packages

        return ocf.read(packages.load(package))
    from ipcalc.inputs import toml

    return toml.load(source)


def package_of(source: str) -> str | None:
    """The Open Cap Format package that is named: a folder, a zip, or the folder of a manifest; else None."""
    if source.endswith(".toml"):
        return None
    from ipcalc.inputs import package

    file = pathlib.Path(source)
    if file.name.lower() == MANIFEST and file.is_file():
        return str(file.parent)
    return source if package.is_package(source) else None


def _remarks(document: Document) -> Iterator[Assumption]:
    """What the document rests on, but for what ``--set`` has stated since."""
    for path, key, args in document.remarks:
        shared = (zip(path, laid, strict=False) for laid in document.overlaid)
        if not path or not any(all(one == other for one, other in pairs) for pairs in shared):
            yield Assumption(key, args)


def _state(table: CapTable, steps: Sequence[Step], after: int) -> State:
    """What is outstanding after so many events, whose state the fold was asked to keep."""
    found = steps[after - 1].state if after else Book(table).state(None)
    assert found is not None
    return found


def paths(table: CapTable, steps: Sequence[Step]) -> tuple[Path, ...]:
    """How each part came about, in the order in which the holders, and plans, first had one."""
    moved: dict[tuple[str | None, str | None], list[tuple[str, Move]]] = {}
    for step in steps:
        for move in step.moves:
            moved.setdefault((move.holder, move.plan), []).append((step.id, move))
    price = _price(table, steps)
    total = steps[-1].shares if steps else 0
    return tuple(
        Path(*who, tuple(moves), None if price is None else moves[-1][1].after * total * price)
        for who, moves in moved.items()
    )


def _price(table: CapTable, steps: Sequence[Step]) -> Exact | None:
    """The last round's price, as splits of common shares since then have divided it; None before any."""
    price = None
    for event, step in zip(table.events, steps, strict=False):
        if step.round:
            price = step.round.price
        elif (
            isinstance(event, Split) and price is not None and not table.classes[event.share_class].preferred
        ):
            price = price / Fraction(event.ratio)
    return None if price is None else whole_if(price)
