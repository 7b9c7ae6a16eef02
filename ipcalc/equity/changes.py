"""What an event did to one position."""

from __future__ import annotations

from typing import NamedTuple

from ipcalc.equity.model import Position
from ipcalc.quantity import Exact


class Change(NamedTuple):
    """``shares`` more, or fewer, at a position, and why; ``exact`` is before rounding.

    ``paid`` is in minor units, where known; ``instrument`` is what converted.
    """

    to: Position
    shares: Exact
    exact: Exact
    cause: str
    paid: Exact | None = None
    instrument: str | None = None


class Closed(NamedTuple):
    """What an event took of an open ``instrument``, and what of it ``left`` is open; in minor units."""

    instrument: str
    amount: int
    left: int
