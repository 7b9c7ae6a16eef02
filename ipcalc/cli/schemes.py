"""``ipcalc schemes``: the schemes and policies that there are, their examples, their lints, schemas."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ipcalc import library
from ipcalc.cli.options import DAY, Out, as_of_option, ids_of, known, shared

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Sequence

    from ipcalc.changes import Side
    from ipcalc.funding.examples import Tested
    from ipcalc.funding.model import Scheme
    from ipcalc.inputs.diagnostics import Diagnostic
    from ipcalc.inputs.lints import Report
    from ipcalc.ip.model import Policy

KINDS = ("funding", "ip")
STATUSES = ("open", "not-yet", "closed", "suspended", "unknown")
FILES = ("project", "scheme", "policy", "captable", "statement")
DESCRIBED = (
    *FILES, "check", "match", "ask", "split", "split-statement", "equity", "compare", "explain",
    "schemes-list", "schemes-test", "schemes-diff", "schemes-lint",
)  # fmt: skip


@click.group()
def schemes() -> None:
    """Schemes and policies: list, show, test, lint and compare them; start one; print schemas."""


def load(name: str, kinds: Sequence[str] = KINDS) -> tuple[Scheme | Policy, ...]:
    """What an id names, of either kind or of both, or what a ``.toml`` file of either kind is.

    Nothing, where there is no such id. Raises ``Refused``.
    """
    from ipcalc.funding import scheme, vocabulary
    from ipcalc.inputs import toml
    from ipcalc.ip import policy

    if not name.endswith(".toml"):
        loaders: dict[str, Callable[[str], Scheme | Policy]] = {"funding": scheme.load, "ip": policy.load}
        return tuple(loaders[kind](name) for kind in kinds if name in library.find(kind))
    document = toml.load(name)
    if "rules" not in document.data and ("institution" in document.data or "funding" not in kinds):
        return (policy.read(document),)
    return (scheme.compile_scheme(document, vocabulary.shipped()),)


def named(name: str, kinds: Sequence[str] = KINDS) -> tuple[Scheme | Policy, ...]:
    """What an id or a ``.toml`` file is. Raises ``Refused``, also where there is no such id."""
    from ipcalc.inputs.diagnostics import refuse
    from ipcalc.quantity import nearest

    found = load(name, kinds)
    if not found:
        raise refuse("S206", name, nearest(name, known(*kinds)), value=name)
    return found


@schemes.command("list")
@click.option("--place", metavar="PLACE", help="Only schemes of this place, or of places within it.")
@click.option("--applicant", metavar="TYPE", help="Only schemes that rule out no applicant of this type.")
@click.option("--on", type=DAY, metavar="DATE", help="Say which take applications on this date.")
@click.option("--status", type=click.Choice(STATUSES), help="Only schemes that are so on the date of --on.")
@shared
def list_schemes(
    place: str | None, applicant: str | None, on: datetime.date | None, status: str | None, out: Out
) -> None:
    """List the funding schemes, the definitions they use, and the policies, by id.

    A filter leaves the policies out.
    """
    from ipcalc.funding import listing, shelf
    from ipcalc.inputs.diagnostics import Refused
    from ipcalc.ip import policy
    from ipcalc.views import schemes as view

    if status and on is None:
        raise click.UsageError("--status needs the date of --on")
    every = shelf.every()
    if every.refused:
        raise Refused(one for said in every.refused.values() for one in said)
    found = listing.choose(every, place, applicant, on, status)
    filtered = any(one is not None for one in (place, applicant, on))
    policies = [] if filtered else [policy.load(name) for name in library.find("ip")]
    out.emit(
        lambda lang: view.list_page(found, policies, lang),
        lambda lang: view.list_document(found, policies, lang),
    )


@schemes.command("show")
@click.argument("name", metavar="ID", shell_complete=ids_of(*KINDS))
@as_of_option
@shared
def show(name: str, as_of: datetime.date | None, out: Out) -> None:
    """Show a scheme or policy: its rules in words, its figures and their versions, its sources and gaps.

    ID is the id of a scheme or policy, or a .toml file of either. With --as-of, a scheme's rules and figures
    as they stood on that date; without, in every version.
    """
    show_one(name, as_of, out)


def show_one(name: str, as_of: datetime.date | None, out: Out, kinds: Sequence[str] = KINDS) -> None:
    """Draw a scheme or policy in words. Raises ``Refused``."""
    from ipcalc.views import explain as view

    found = named(name, kinds)
    out.emit(
        lambda lang: view.page(found, "", lang, as_of),
        lambda lang: view.document(found, "", lang, as_of),
        sources=[name],
    )


@schemes.command("diff")
@click.argument("name", metavar="SCHEME", shell_complete=ids_of("funding"))
@click.argument("others", metavar="DATE DATE | SCHEME", nargs=-1, required=True)
@as_of_option
@shared
def diff(name: str, others: tuple[str, ...], as_of: datetime.date | None, out: Out) -> None:
    """Say what changed in a scheme between two dates, or differs from one scheme to another, value by value.

    \b
    ipcalc schemes diff hk/nias 2025-01-01 2026-01-01
    ipcalc schemes diff hk/tsssu hk/tsssu-plus --as-of 2025-06-01

    Two schemes are read as of --as-of, or else as each was last reviewed.
    """
    from ipcalc.funding import diff as engine
    from ipcalc.funding import scheme

    emit_diff(lambda one, day: engine.side(scheme.load(one), day), name, others, as_of, out)


def emit_diff(
    side: Callable[[str, datetime.date | None], Side],
    name: str,
    others: tuple[str, ...],
    as_of: datetime.date | None,
    out: Out,
) -> None:
    """Draw what differs between two dates, or between two files; ``side`` reads one. Raises ``Refused``."""
    from ipcalc.changes import changes
    from ipcalc.views import diff as view

    if len(others) == 1 and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", others[0]):
        before, after = side(name, as_of), side(others[0], as_of)
    elif len(others) == 2 and as_of is None:
        before, after = (side(name, DAY.convert(day, None, None)) for day in others)
    else:
        raise click.UsageError("name two dates, or one other of its kind")
    found = changes(before, after)
    out.emit(
        lambda lang: view.page(before, after, found, lang),
        lambda lang: view.document(before, after, found, lang),
        sources=[name, *others],
    )


@schemes.command("new")
@click.argument("ident", metavar="ID")
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of standard output.")
@click.option("--force", is_flag=True, help="Let -o replace a file.")
def new(ident: str, output: str | None, force: bool) -> None:
    """Print a commented file to start a scheme of your own from.

    ID is its id, such as my/grant. The file passes `ipcalc schemes test` as it stands; change it bit by bit.
    """
    from ipcalc.cli.options import default_language, said
    from ipcalc.funding import listing

    with said(default_language()):
        text = listing.starting_file(ident)
        Out("table", "en", Path(output) if output else None, force, "never").send(text)


@schemes.command("test")
@click.argument("names", metavar="[SCHEME]...", nargs=-1, shell_complete=ids_of(*KINDS))
@shared
def test_schemes(names: tuple[str, ...], out: Out) -> None:
    """Run the examples of schemes and policies, and say which verdicts they show of each rule.

    SCHEME is the id of a scheme or policy, or a .toml file of either; default: all that come with the
    program. Exits 1 if an example gives another answer than it should.
    """
    run_examples(names, out)


def run_examples(names: Sequence[str], out: Out, kinds: Sequence[str] = KINDS) -> None:
    """Run the examples of files, or of all of some kinds, and end with 1 if one gives another answer."""
    from ipcalc.views import schemes as view

    tested: list[Tested] = []
    for name in names or known(*kinds):
        tested += map(_run, named(name, kinds))
    out.emit(
        lambda lang: view.test_page(tested, lang),
        lambda lang: view.test_document(tested, lang),
        sources=names,
    )
    if not all(one.passed for one in tested):
        raise click.exceptions.Exit(1)


def _run(one: Scheme | Policy) -> Tested:
    """What the examples of a scheme or a policy give. Raises ``Refused`` if one can't be asked."""
    from ipcalc.funding import examples
    from ipcalc.inputs.diagnostics import Refused
    from ipcalc.ip.examples import check_examples
    from ipcalc.ip.model import Policy
    from ipcalc.quantity import Unreadable, money_plain

    if not isinstance(one, Policy):
        return examples.run(one)
    outcomes = []
    for i, example in enumerate(one.examples):
        try:
            mismatches = check_examples(one._replace(examples=(example,)))
        except Unreadable as error:
            raise Refused([one.document.unreadable(("examples", i), error)]) from None
        wrong = tuple(
            (party, money_plain(wanted, one.currency), "–" if got is None else money_plain(got, one.currency))
            for _, party, wanted, got in mismatches
        )
        outcomes.append(examples.Outcome(example.title, wrong))
    return examples.Tested(one.id, tuple(outcomes), {}, {})


@schemes.command("lint")
@click.argument("names", metavar="[SCHEME]...", nargs=-1, shell_complete=ids_of(*KINDS))
@shared
def lint_schemes(names: tuple[str, ...], out: Out) -> None:
    """Say what could be better in the files of schemes and policies, with line and column.

    SCHEME is the id of a scheme or policy, or a .toml file of either; default: all that come with the
    program. What can't be read is reported, and the other files are still looked at. 'ipcalc explain'
    shows the page of a code.

    \b
    Exit codes: 0 nothing to mend; 1 something to mend; 2 a file could not be
    opened, or there is no such id.
    """
    run_lints(names, out)


def run_lints(names: Sequence[str], out: Out, kinds: Sequence[str] = KINDS) -> None:
    """Lint files, or all of some kinds, and end with 1 if there is something to mend."""
    from ipcalc.inputs.diagnostics import Refused
    from ipcalc.inputs.lints import Report
    from ipcalc.views import lint as view

    reports: list[Report] = []
    closed: list[Diagnostic] = []  # about files that nobody could look into
    for name in dict.fromkeys(names or known(*kinds)):
        try:
            reports += map(_lint, named(name, kinds))
        except Refused as error:
            if all(one.place.line for one in error.diagnostics):
                reports.append(Report(error.diagnostics[0].place.source, None, error.diagnostics))
            else:
                closed += error.diagnostics
    if reports:
        out.emit(
            lambda lang: view.page(reports, lang),
            lambda lang: view.document(reports, lang),
            sources=names,
        )
    if closed:
        raise Refused(closed)
    if any(report.findings for report in reports):
        raise click.exceptions.Exit(1)


def _lint(one: Scheme | Policy) -> Report:
    """What could be better in the file of a scheme or a policy."""
    from ipcalc.funding import lints as of_schemes
    from ipcalc.inputs.lints import Report
    from ipcalc.ip import lints as of_policies
    from ipcalc.ip.model import Policy

    findings = of_policies.lint(one) if isinstance(one, Policy) else of_schemes.lint(one)
    return Report(one.document.name, one.id, findings)


@schemes.command("schema")
@click.argument("name", metavar="NAME", type=click.Choice(DESCRIBED))
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of standard output.")
@click.option("--force", is_flag=True, help="Let -o replace a file.")
def schema(name: str, output: str | None, force: bool) -> None:
    """Print the JSON Schema of a file that people write, or of a result in JSON.

    NAME is a file (project, scheme, policy, captable) or a result (check, match, ask, split, equity,
    compare, explain, schemes-list, schemes-test, schemes-diff, schemes-lint). An editor that knows TOML
    reads it from a first line such as

    \b
    #:schema ./project.schema.json
    """
    from ipcalc.cli.options import default_language, said
    from ipcalc.views import documents, schemas

    with said(default_language()):
        text = documents.dump(schemas.schema(name))
        Out("json", "en", Path(output) if output else None, force, "never").send(text)
