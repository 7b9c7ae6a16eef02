"""``ipcalc equity``: a company's holdings, followed through its rounds to an exit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ipcalc.cli.options import DAY, Out, set_option, shared_with_csv

if TYPE_CHECKING:
    import datetime


@click.command()
@click.argument("captable", metavar="CAPTABLE.toml", type=click.Path(allow_dash=True))
@click.option(
    "--exit",
    "exits",
    multiple=True,
    metavar="[ID=]AMOUNT",
    help="Divide these proceeds, too: after the last event, or by the terms of an exit of the file.",
)
@click.option("--at", type=DAY, metavar="DATE", help="Stop the events at this date.")
@click.option("--breakpoints", is_flag=True, help="Show where what an exit pays changes course.")
@click.option("--chart", is_flag=True, help="Draw ownership by round, and payouts by exit.")
@set_option
@shared_with_csv
def equity(
    captable: str,
    exits: tuple[str, ...],
    at: datetime.date | None,
    breakpoints: bool,
    chart: bool,
    settings: tuple[str, ...],
    out: Out,
) -> None:
    """Follow a company's holdings through its rounds to an exit.

    After each event: who holds what, of the issued shares, fully diluted, and with open SAFEs and notes
    converted; for a round, its price and whom it dilutes; for an exit, who is paid what. CSV is the holdings
    after every event. "-" reads standard input.

    \b
    ipcalc equity captable.toml --exit "HKD 80 million"
    ipcalc equity captable.toml --set events.stake.grant.percent=5% --chart
    """
    from ipcalc import equity as engine
    from ipcalc.inputs import overlay, toml
    from ipcalc.views import equity as view
    from ipcalc.views import equity_document

    document = overlay.overlay(toml.load(captable), settings)
    result = engine.follow(document, exits, at)
    out.emit(
        lambda lang: view.page(result, lang, chart=chart, breakpoints=breakpoints),
        lambda lang: equity_document.document(result, lang),
        sources=[captable],
        rows=lambda: view.rows(result),
    )
