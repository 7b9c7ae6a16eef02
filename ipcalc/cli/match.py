"""``ipcalc match``: which of all schemes does a project fit, and what stands in the way of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ipcalc.cli.options import Out, as_of_option, set_option, shared

if TYPE_CHECKING:
    import datetime

    from ipcalc.funding.match import Matches

FEW = 10  # how many of a standing are shown unless all are asked for


@click.command()
@click.argument("project", type=click.Path(allow_dash=True))
@click.option("--place", metavar="PLACE", help="Only schemes of this place, or of places within it.")
@click.option(
    "--open", "only_open", is_flag=True, help="Only schemes known to take applications on the date."
)
@click.option("--all", "everything", is_flag=True, help=f"Show all of each standing, not only {FEW}.")
@as_of_option
@set_option
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever is found.")
@shared
def match(
    project: str,
    place: str | None,
    only_open: bool,
    everything: bool,
    as_of: datetime.date | None,
    settings: tuple[str, ...],
    exit_zero: bool,
    out: Out,
) -> None:
    """Match a project with every scheme.

    PROJECT is a .toml file, or - for standard input. Schemes come ranked: those it fits; those a human must
    judge; those that still need answers, the fewest first; those that one change would make it fit. Schemes
    that take no applications on the date stand apart. The rest are counted by the first rule that fails.

    \b
    Exit codes: 0 it fits a scheme; 3 it may fit one; 1 it fits none;
    2 the question could not be answered.
    """
    from ipcalc.views import match as view

    found = answer(project, settings, as_of, place, only_open=only_open)
    out.emit(
        lambda lang: view.page(found, lang, None if everything else FEW),
        lambda lang: view.document(found, lang),
        sources=[project],
    )
    standings = {one.standing for one in found.matches if not one.shut}
    if not exit_zero and "eligible" not in standings:
        raise click.exceptions.Exit(3 if standings & {"review", "undetermined"} else 1)


def answer(
    name: str, settings: tuple[str, ...], as_of: datetime.date | None, place: str | None, *, only_open: bool
) -> Matches:
    """How a project stands with the schemes that are asked for. Raises ``Refused``."""
    from ipcalc.funding import listing, shelf
    from ipcalc.funding import match as engine
    from ipcalc.funding import project as projects
    from ipcalc.inputs import toml
    from ipcalc.inputs.overlay import overlay

    known = shelf.every()
    project = projects.read(overlay(toml.load(name), settings), known.vocabulary)
    schemes = list(known.schemes.values())
    own = {path for scheme in schemes for path in scheme.reading.own}
    projects.recognise(project, {*known.schemes, *known.refused}, own)
    if place is not None:
        inside = listing.within(listing.place_of(known.vocabulary, place), known.vocabulary)
        schemes = [one for one in schemes if one.place in inside]
    found = engine.match(project, schemes, as_of, known.refused)
    return found.open() if only_open else found
