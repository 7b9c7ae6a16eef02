"""``ipcalc compare``: two results or more of one kind, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from ipcalc import library
from ipcalc.cli.options import Out, ids_of, shared

if TYPE_CHECKING:
    import datetime

    from ipcalc.compare import Result
    from ipcalc.inputs.diagnostics import Refused
    from ipcalc.inputs.toml import Document


class _Side(NamedTuple):
    """One side as it was asked for: a policy's id or a file, a date, and what is laid over it."""

    name: str
    subject: str
    as_of: datetime.date | None
    settings: tuple[str, ...]


@click.command()
@click.argument("subjects", nargs=-1, required=True, metavar="SUBJECT...", shell_complete=ids_of("ip"))
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="One subject: one side for each; given once, it is compared with the file as it is. Of several"
    " subjects, lay values over each with --both.",
)
@click.option("--both", multiple=True, metavar="PATH=VALUE", help="Lay a value over every side. Repeatable.")
@click.option("--receipts", metavar="AMOUNT", help="Policies: the income to divide.")
@click.option("--costs", metavar="AMOUNT", help="Policies: costs to be paid back.")
@click.option("--inventor", "inventors", multiple=True, metavar="NAME=WEIGHT", help="Policies: an inventor.")
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="Policies: a fact or a reading, for each that asks for it.",
)
@click.option("--exit", "exits", multiple=True, metavar="AMOUNT", help="Cap tables: an exit's proceeds.")
@click.option("-s", "--scheme", metavar="SCHEME", help="Projects: the scheme; default: the one they name.")
@shared
def compare(
    subjects: tuple[str, ...],
    settings: tuple[str, ...],
    both: tuple[str, ...],
    receipts: str | None,
    costs: str | None,
    inventors: tuple[str, ...],
    options: tuple[str, ...],
    exits: tuple[str, ...],
    scheme: str | None,
    out: Out,
) -> None:
    """Set two results or more of one kind side by side, with the difference.

    SUBJECT is a policy's id, or the file of a policy, a project or a cap table, each with @DATE behind it
    if it is to be read as of a date.

    \b
    ipcalc compare hk/hku@2022-01-01 hk/hku@2024-01-01 --receipts 1000000
    ipcalc compare captable.toml --set events.stake.grant.percent=10%
                                 --set events.stake.grant.percent=5%
    ipcalc compare project.toml --set ip.inventor_share=50%
    """  # fmt: skip
    from ipcalc.compare import compare as set_side_by_side
    from ipcalc.inputs.diagnostics import refuse
    from ipcalc.views import compare as view

    sides = tuple(_sides(subjects, settings, both))
    if len(sides) < 2:
        raise refuse("C309", sides[0].subject)
    answer = _Answers(receipts, costs, inventors, options, exits, scheme, {})
    results = [(side.name, answer(side)) for side in sides]
    try:
        comparison = set_side_by_side(results)
    except ValueError:
        raise refuse("C309", " ".join(subjects)) from None
    answer.all_used(comparison.kind, [result for _, result in results])
    out.emit(
        lambda lang: view.page(comparison, lang),
        lambda lang: view.document(comparison, lang),
        sources=[*(side.subject for side in sides), *filter(None, [scheme])],
    )


def _sides(subjects: tuple[str, ...], settings: tuple[str, ...], both: tuple[str, ...]) -> Iterator[_Side]:
    from ipcalc.ip.policy import reference

    if len(subjects) > 1:
        if settings:
            raise click.UsageError("--set makes the sides of one subject; for several, use --both")
        for subject in subjects:
            name, day = reference(subject)
            yield _Side(subject, name, day, both)
        return
    name, day = reference(subjects[0])
    if len(settings) < 2:
        yield _Side(subjects[0], name, day, both)
    for setting in settings:
        yield _Side(setting, name, day, (*both, setting))


class _Answers(NamedTuple):
    """What the command line says of each kind of result."""

    receipts: str | None
    costs: str | None
    inventors: tuple[str, ...]
    options: tuple[str, ...]
    exits: tuple[str, ...]
    scheme: str | None
    refused: dict[str, Refused]  # options for policies by name: why a side has no use for one

    def __call__(self, side: _Side) -> Result:
        """A side's result. Raises ``Refused``."""
        from ipcalc.inputs import toml
        from ipcalc.inputs.diagnostics import refuse
        from ipcalc.inputs.overlay import overlay

        if side.subject in library.find("ip"):
            return self.split(side)
        if not side.subject.endswith(".toml"):
            from ipcalc.quantity import nearest

            raise refuse("S206", side.subject, nearest(side.subject, library.find("ip")), value=side.subject)
        document = overlay(toml.load(side.subject), side.settings)
        kinds: dict[str, Callable[[_Side, Document], Result]] = {
            "project": self.check, "company": self.equity, "versions": lambda one, _: self.split(one),
        }  # fmt: skip
        for key, answer in kinds.items():
            if key in document.data:
                return answer(side, document)
        raise refuse("F114", side.subject, allowed=", ".join(kinds))

    def split(self, side: _Side) -> Result:
        """A policy's split of the receipts, by those options that it asks for."""
        from ipcalc.cli.split import divide
        from ipcalc.inputs.diagnostics import Refused

        if self.receipts is None:
            raise click.UsageError("policies are compared by what they divide: --receipts AMOUNT")
        options = self.options
        while True:
            try:
                return divide(side.subject, self.receipts, self.costs, self.inventors, options, side.as_of,
                              side.settings)  # fmt: skip
            except Refused as error:
                problem = error.diagnostics[0]
                if problem.place.source != "--option" or problem.code not in ("P404", "P414"):
                    raise
                self.refused.setdefault(problem.args["value"], error)
                options = tuple(text for text in options if _name(text) != problem.args["value"])

    def check(self, side: _Side, document: Document) -> Result:
        """A project's check against one scheme."""
        from ipcalc.cli.check import answer
        from ipcalc.inputs.diagnostics import refuse

        results = answer(document, (self.scheme,) if self.scheme else (), side.as_of)
        if len(results) != 1:
            raise refuse("C307", document.name)
        return results[0]

    def equity(self, side: _Side, document: Document) -> Result:
        """A cap table followed to its exits."""
        from ipcalc import equity

        return equity.follow(document, self.exits, side.as_of)

    def all_used(self, kind: str, results: Sequence[Result]) -> None:
        """Raise ``UsageError`` for what is said of another kind of result, ``Refused`` for a policy's option
        that no side asks for.
        """
        from ipcalc.ip.split import Split

        said = {
            "--receipts": ("policies", self.receipts),
            "--costs": ("policies", self.costs),
            "--inventor": ("policies", self.inventors),
            "--option": ("policies", self.options),
            "--exit": ("cap tables", self.exits),
            "--scheme": ("projects", self.scheme),
        }
        for option, (of, value) in said.items():
            if of != _PLURALS[kind] and value not in (None, ()):
                raise click.UsageError(f"{option} is for {of}; these are {_PLURALS[kind]}")
        used = {name for result in results if isinstance(result, Split) for name in result.receipt.options}
        for name, error in self.refused.items():
            if name not in used:
                raise error


_PLURALS = {"split": "policies", "equity": "cap tables", "check": "projects"}


def _name(text: str) -> str:
    return text.rpartition("=")[0].strip()
