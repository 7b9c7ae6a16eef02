"""``ipcalc equity``: a company's holdings, followed through its rounds to an exit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ipcalc.cli.options import DAY, TO_A_FILE, Out, set_option, sharing, write

if TYPE_CHECKING:
    import datetime

    from ipcalc.equity import Result


@click.command()
@click.argument("captable", metavar="CAPTABLE", type=click.Path(allow_dash=True))
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
@sharing(TO_A_FILE, ("table", "json", "md", "csv", "toml", "ocf"))
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
    after every event.

    CAPTABLE is a file ("-" for standard input), or an Open Cap Format package: its folder, its manifest, or a
    zip of it. --format toml writes the cap table itself, as a file to go on with; --format ocf a package.

    \b
    ipcalc equity captable.toml --exit "HKD 80 million"
    ipcalc equity captable.toml --set events.stake.grant.percent=5% --chart
    ipcalc equity company.ocf.zip --format toml -o captable.toml
    ipcalc equity captable.toml --format ocf -o company.ocf.zip
    """
    from ipcalc import equity as engine
    from ipcalc.inputs import overlay
    from ipcalc.views import equity as view
    from ipcalc.views import equity_document

    for option, stated, forms in (("--exit", exits, ("toml", "ocf")), ("--at", at, ("toml",))):
        if stated and out.form in forms:
            raise click.UsageError(f"{option} says nothing to --format {out.form}: take it away")
    source = engine.load(captable)
    document = overlay.overlay(source, settings)
    result = engine.follow(document, exits, at)
    if out.form == "toml":
        out.send(view.file(source, document, out.lang), [captable])
        return
    if out.form == "ocf":
        pack(result, out, captable)
        return
    out.emit(
        lambda lang: view.page(result, lang, chart=chart, breakpoints=breakpoints),
        lambda lang: equity_document.document(result, lang),
        sources=[captable],
        rows=lambda: view.rows(result),
    )


def pack(result: Result, out: Out, source: str) -> None:
    """Write a result as an Open Cap Format package, and say on standard error what it can't hold."""
    import datetime

    from ipcalc.equity import ocf
    from ipcalc.texts import say

    written = ocf.write(result, datetime.datetime.now(datetime.UTC))
    out.pack(written.files, [source])
    told = (say(f"equity.ocf.{key}", out.lang, **args) for key, args in written.lost)
    write("".join(f"{line}\n" for line in told), sys.stderr)
