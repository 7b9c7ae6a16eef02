"""The shape of a statement: what came in and was spent, of which cases, under which policies."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from ipcalc.inputs import shapes
from ipcalc.ip.licence_shape import LicenceTable, SalesTable
from ipcalc.ip.shape import Amount, Inputs, OpeningTable, SeriesTable, Weight


class DiscountTable(TypedDict):
    """A yearly rate, and the day whose money amounts are put into."""

    rate: shapes.Share
    on: shapes.Day


class HeadTable(TypedDict):
    """What the statement is about; the policy stands for every case that doesn't name another."""

    title: NotRequired[shapes.Name]
    policy: NotRequired[shapes.Name]
    laws: NotRequired[list[shapes.Name]]
    periods: NotRequired[Literal["date", "quarter", "year"]]
    discount: NotRequired[DiscountTable]


class InventorTable(TypedDict):
    """An inventor, what the policy asks about them, and what they decided."""

    name: shapes.Name
    weight: NotRequired[Weight]
    grounds: NotRequired[list[shapes.Name]]
    left: NotRequired[shapes.Day]
    waives_to: NotRequired[shapes.Name]
    main: NotRequired[bool]
    institution: NotRequired[shapes.Name]


class PartTable(TypedDict):
    """One institution's part in a case, divided by its own policy."""

    id: shapes.Ident
    policy: shapes.Name
    share: shapes.Share
    options: NotRequired[dict[str, str]]
    dates: NotRequired[dict[str, shapes.Day]]
    opening: NotRequired[OpeningTable]


class CaseTable(TypedDict):
    """A case: the invention (by default, of its own), licence, bundle and lab that it is counted under."""

    id: shapes.Ident
    title: NotRequired[shapes.Name]
    policy: NotRequired[shapes.Name]
    invention: NotRequired[shapes.Name]
    licence: NotRequired[shapes.Name]
    bundle: NotRequired[shapes.Name]
    lab: NotRequired[shapes.Name]
    options: NotRequired[dict[str, str]]
    dates: NotRequired[dict[str, shapes.Day]]
    inventors: NotRequired[list[InventorTable]]
    opening: NotRequired[OpeningTable]
    institutions: NotRequired[list[PartTable]]
    of_licence: NotRequired[shapes.Share]


class ReceiptTable(TypedDict):
    """Money that came in; ``options`` are facts of this receipt alone."""

    on: shapes.Day
    amount: Amount
    case: NotRequired[shapes.Ident]
    options: NotRequired[dict[str, str]]


class CostTable(TypedDict):
    """What is owed to an account from a day on; ``costs`` unless another is named."""

    on: shapes.Day
    amount: Amount
    account: NotRequired[shapes.Name]
    case: NotRequired[shapes.Ident]


class StatementTable(TypedDict):
    """A statement file."""

    statement: HeadTable
    options: NotRequired[dict[str, str]]
    dates: NotRequired[dict[str, shapes.Day]]
    inputs: NotRequired[Inputs]
    series: NotRequired[dict[str, SeriesTable]]
    sources: NotRequired[dict[str, shapes.SourceTable]]
    inventors: NotRequired[list[InventorTable]]
    cases: NotRequired[list[CaseTable]]
    receipts: NotRequired[list[ReceiptTable]]
    costs: NotRequired[list[CostTable]]
    licence: NotRequired[LicenceTable]
    sales: NotRequired[dict[str, SalesTable]]
