"""``ipcalc schemes``: what comes with the program, its examples, and the schemas of its files."""

from __future__ import annotations

from pathlib import Path

import click

from ipcalc import library
from ipcalc.cli.options import Out, shared

DESCRIBED = ("project", "scheme", "policy", "captable", "check", "split", "equity", "compare")


@click.group()
def schemes() -> None:
    """Schemes: list them, run their examples, print the schemas of files and results."""


@schemes.command("list")
@shared
def list_schemes(out: Out) -> None:
    """List the schemes that come with the program, by id."""
    from ipcalc.funding import scheme
    from ipcalc.views import schemes as view

    loaded = [scheme.load(name) for name in library.find("funding")]
    out.emit(lambda lang: view.list_page(loaded, lang), lambda lang: view.list_document(loaded, lang))


def _ids(_ctx: click.Context, _param: click.Parameter, start: str) -> list[str]:
    return [name for name in library.find("funding") if name.startswith(start)]


@schemes.command("test")
@click.argument("names", metavar="[SCHEME]...", nargs=-1, shell_complete=_ids)
@shared
def test_schemes(names: tuple[str, ...], out: Out) -> None:
    """Run the examples of schemes, and say which verdicts they show of each rule.

    SCHEME is an id or a .toml file; default: all that come with the program. Exits 1 if an example gives
    another verdict than it should.
    """
    from ipcalc.funding import examples, scheme
    from ipcalc.views import schemes as view

    tested = [examples.run(scheme.load(name)) for name in names or library.find("funding")]
    out.emit(
        lambda lang: view.test_page(tested, lang),
        lambda lang: view.test_document(tested, lang),
        sources=names,
    )
    if not all(one.passed for one in tested):
        raise click.exceptions.Exit(1)


@schemes.command("schema")
@click.argument("name", metavar="NAME", type=click.Choice(DESCRIBED))
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of standard output.")
@click.option("--force", is_flag=True, help="Let -o replace a file.")
def schema(name: str, output: str | None, force: bool) -> None:
    """Print the JSON Schema of a file that people write, or of a result in JSON.

    NAME is a file (project, scheme, policy, captable) or a result (check, split, equity, compare).
    An editor that knows TOML reads it from a first line such as

    \b
    #:schema ./project.schema.json
    """
    from ipcalc.cli.options import default_language, said
    from ipcalc.views import documents, schemas

    with said(default_language()):
        text = documents.dump(schemas.schema(name))
        Out("json", "en", Path(output) if output else None, force, "never").send(text)
