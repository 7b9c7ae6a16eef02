"""``ipcalc check``: does a project fit a scheme, why, and what would mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ipcalc import library
from ipcalc.cli.options import Out, as_of_option, ids_of, set_option, shared

if TYPE_CHECKING:
    import datetime

    from ipcalc.funding import check as engine
    from ipcalc.funding.model import Scheme
    from ipcalc.funding.project import Project
    from ipcalc.inputs.toml import Document


@click.command()
@click.argument("project", type=click.Path(allow_dash=True))
@click.option(
    "-s", "--scheme", "schemes", multiple=True, metavar="SCHEME", shell_complete=ids_of("funding"),
    help="A scheme's id, or a .toml file; default: those the project names. Repeatable.",
)  # fmt: skip
@as_of_option
@set_option
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever the verdict.")
@shared
def check(
    project: str,
    schemes: tuple[str, ...],
    as_of: datetime.date | None,
    settings: tuple[str, ...],
    exit_zero: bool,
    out: Out,
) -> None:
    """Check a project against funding schemes, rule by rule.

    PROJECT is a .toml file, or - for standard input. For each rule: the verdict, its arithmetic, its
    source, and, where it fails, the exact change that would mend it.

    \b
    Exit codes: 0 eligible; 1 ineligible; 3 undetermined, or a human must review;
    2 the question could not be answered. With several schemes, the worst.
    Whether a scheme takes applications on the date is said beside the verdict
    and does not change it.
    """
    from ipcalc.inputs import toml
    from ipcalc.inputs.overlay import overlay
    from ipcalc.views import check as view

    results = answer(overlay(toml.load(project), settings), schemes, as_of)
    out.emit(
        lambda lang: view.page(results, lang),
        lambda lang: view.document(results, lang),
        sources=[project, *schemes],
    )
    if not exit_zero:
        raise click.exceptions.Exit(view.exit_code(results))


def answer(document: Document, asked: tuple[str, ...], as_of: datetime.date | None) -> list[engine.Result]:
    """A project's results under the schemes asked for, or else those it names. Raises ``Refused``."""
    from ipcalc.funding import check as engine
    from ipcalc.funding import project as projects

    project = projects.read(document)
    return [engine.check(project, scheme, as_of) for scheme in schemes_of(project, asked)]


def schemes_of(project: Project, asked: tuple[str, ...]) -> list[Scheme]:
    """The schemes asked for, or else those a project names, which must name no others. Raises ``Refused``."""
    from ipcalc.funding import project as projects
    from ipcalc.funding import scheme as schemes

    loaded = [schemes.load(name) for name in dict.fromkeys(asked or named(project))]
    own = {path for scheme in loaded for path in scheme.reading.own}
    projects.recognise(project, {*library.find("funding"), *(scheme.id for scheme in loaded)}, own)
    return loaded


def named(project: Project) -> tuple[str, ...]:
    """The schemes that a project's file names. Raises ``Refused``: C307 for none, S201 at an unknown one."""
    from ipcalc.inputs.diagnostics import Refused, refuse
    from ipcalc.quantity import nearest

    if not project.schemes:
        raise refuse("C307", project.document.name)
    known = library.find("funding")
    problems = [
        project.document.problem("S201", ("project", "schemes", i), nearest(name, known), value=name)
        for i, name in enumerate(project.schemes)
        if name not in known
    ]
    if problems:
        raise Refused(problems)
    return project.schemes
