"""``ipcalc compare``: two results or more of one kind, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from ipcalc import library
from ipcalc.cli.options import Out, ids_of, kind_of, shared
from ipcalc.cli.split import Asked, facts

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
@facts
@click.option(
    "--party",
    default="inventors",
    show_default=True,
    metavar="PARTY",
    help="Policies: whose part decides which of them pays more, and from which receipts on.",
)
@click.option("--exit", "exits", multiple=True, metavar="[ID=]AMOUNT", help="Cap tables: an exit's proceeds.")
@click.option("-s", "--scheme", metavar="SCHEME", help="Projects: the scheme; default: the one they name.")
@shared
def compare(
    subjects: tuple[str, ...],
    settings: tuple[str, ...],
    both: tuple[str, ...],
    receipts: str | None,
    costs: str | None,
    accounts: tuple[str, ...],
    inventors: tuple[str, ...],
    options: tuple[str, ...],
    inputs: tuple[str, ...],
    dates: tuple[str, ...],
    laws: tuple[str, ...],
    party: str,
    exits: tuple[str, ...],
    scheme: str | None,
    out: Out,
) -> None:
    """Set two results or more of one kind side by side, with the difference.

    SUBJECT is a policy's id, or the file of a policy, a project or a cap table, each with @DATE behind it
    if it is to be read as of a date. Of policies it also says from which receipts on another one pays more:
    found exactly, wherever their steps are piecewise linear.

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
    asked = Asked(receipts or "", costs, accounts, inventors, options, inputs, dates, laws)
    answer = _Answers(asked, exits, scheme, {})
    results = [(side.name, answer(side)) for side in sides]
    try:
        comparison = set_side_by_side(results, party)
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

    asked: Asked
    exits: tuple[str, ...]
    scheme: str | None
    refused: dict[str, Refused]  # what is stated for policies, by name: why a side has no use for it

    def __call__(self, side: _Side) -> Result:
        """A side's result. Raises ``Refused``."""
        from ipcalc.inputs import toml
        from ipcalc.inputs.diagnostics import refuse
        from ipcalc.inputs.overlay import overlay

        if side.subject in library.find("ip"):
            return self.split(side)
        if not side.subject.endswith(".toml"):
            from ipcalc import equity
            from ipcalc.quantity import nearest

            if equity.package_of(side.subject):
                return self.equity(side, overlay(equity.load(side.subject), side.settings))

            raise refuse("S206", side.subject, nearest(side.subject, library.find("ip")), value=side.subject)
        document = overlay(toml.load(side.subject), side.settings)
        kinds: dict[str, Callable[[_Side, Document], Result]] = {
            "project": self.check, "company": self.equity, "versions": lambda one, _: self.split(one),
        }  # fmt: skip
        return kinds[kind_of(document, tuple(kinds))](side, document)

    def split(self, side: _Side) -> Result:
        """A policy's split of the receipts, by those options and inputs that it asks for."""
        from ipcalc.cli.split import divide
        from ipcalc.inputs.diagnostics import Refused

        if not self.asked.receipts:
            raise click.UsageError("policies are compared by what they divide: --receipts AMOUNT")
        asked = self.asked
        while True:
            try:
                return divide(side.subject, asked, side.as_of, side.settings)
            except Refused as error:
                problem = error.diagnostics[0]
                if problem.place.source not in _STATED or problem.code not in ("P404", "P414"):
                    raise
                value = problem.args["value"]
                known = self.refused.setdefault(value, error)
                if problem.near and not known.diagnostics[0].near:
                    self.refused[value] = error  # the one that says what was perhaps meant
                asked = asked._replace(
                    options=_without(asked.options, value),
                    inputs=_without(asked.inputs, value),
                    accounts=_without(asked.accounts, value),
                )

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

        asked = self.asked
        said = {
            "--receipts": ("policies", asked.receipts or None),
            "--costs": ("policies", asked.costs),
            "--account": ("policies", asked.accounts),
            "--inventor": ("policies", asked.inventors),
            "--option": ("policies", asked.options),
            "--input": ("policies", asked.inputs),
            "--date": ("policies", asked.dates),
            "--law": ("policies", asked.laws),
            "--exit": ("cap tables", self.exits),
            "--scheme": ("projects", self.scheme),
        }
        for option, (of, value) in said.items():
            if of != _PLURALS[kind] and value not in (None, ()):
                raise click.UsageError(f"{option} is for {of}; these are {_PLURALS[kind]}")
        splits = [result.receipt for result in results if isinstance(result, Split)]
        used = {name for receipt in splits for name in (*receipt.options, *receipt.inputs, *receipt.accounts)}
        for name, error in self.refused.items():
            if name not in used:
                raise error


_PLURALS = {"split": "policies", "equity": "cap tables", "check": "projects"}


_STATED = ("--option", "--input", "--account")  # what only some of the policies may ask for


def _without(texts: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The ``NAME=VALUE`` texts of other names."""
    return tuple(text for text in texts if text.rpartition("=")[0].strip() != name)
