"""``ipcalc policies``: the policies that there are: their steps, examples, lints and differences.

What ``ipcalc schemes`` does for files of both kinds, for policies alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ipcalc import library
from ipcalc.cli import schemes
from ipcalc.cli.options import Out, as_of_option, ids_of, shared

if TYPE_CHECKING:
    import datetime

KINDS = ("ip",)
_names = click.argument("names", metavar="[POLICY]...", nargs=-1, shell_complete=ids_of(*KINDS))


@click.group()
def policies() -> None:
    """Policies on licence income: list, show, test, lint and compare them."""


@policies.command("list")
@click.option("--place", metavar="PLACE", help="Only policies of this place, or of places within it.")
@click.option("--kind", type=click.Choice(["policy", "law"]), help="Only policies, or only laws.")
@shared
def list_policies(place: str | None, kind: str | None, out: Out) -> None:
    """List the policies and laws that come with the program, by id."""
    from ipcalc.funding import listing, vocabulary
    from ipcalc.ip import policy
    from ipcalc.views import schemes as view

    names = list(library.find("ip"))
    if place is not None:
        words = vocabulary.shipped()
        inside = {one.lower() for one in listing.within(listing.place_of(words, place), words)}
        names = [name for name in names if name.partition("/")[0] in inside]
    found = [one for one in map(policy.load, names) if kind in (None, one.kind)]
    out.emit(lambda lang: view.list_page((), found, lang), lambda lang: view.list_document((), found, lang))


@policies.command("show")
@click.argument("name", metavar="POLICY", shell_complete=ids_of(*KINDS))
@shared
def show(name: str, out: Out) -> None:
    """Show a policy: its steps in words in every version, its readings, its gaps and its sources."""
    schemes.show_one(name, None, out, KINDS)


@policies.command("test")
@_names
@shared
def test(names: tuple[str, ...], out: Out) -> None:
    """Run the examples of policies. Exits 1 if one gives another answer than it should.

    POLICY is an id or a .toml file; default: all that come with the program.
    """
    schemes.run_examples(names, out, KINDS)


@policies.command("lint")
@_names
@shared
def lint(names: tuple[str, ...], out: Out) -> None:
    """Say what could be better in the files of policies, with line and column.

    \b
    Exit codes: 0 nothing to mend; 1 something to mend; 2 a file could not be
    opened, or there is no such id.
    """
    schemes.run_lints(names, out, KINDS)


@policies.command("diff")
@click.argument("name", metavar="POLICY", shell_complete=ids_of(*KINDS))
@click.argument("others", metavar="OTHER...", nargs=-1, required=True)
@as_of_option
@shared
def diff(name: str, others: tuple[str, ...], as_of: datetime.date | None, out: Out) -> None:
    """Say what changed in a policy between two dates, or differs from one policy to another, part by part.

    OTHER is two dates, or one other policy.

    \b
    ipcalc policies diff hk/hku 2022-01-01 2024-01-01
    ipcalc policies diff hk/hku hk/hkust

    Each kind of date that a policy asks for is the date named; two policies are read as of --as-of, or else
    as each was last reviewed. What that means in money: ipcalc compare.
    """
    from ipcalc.ip import diff as engine
    from ipcalc.ip import policy

    schemes.emit_diff(lambda one, day: engine.side(policy.load(one), day), name, others, as_of, out)
