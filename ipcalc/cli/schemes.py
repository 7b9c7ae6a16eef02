"""``ipcalc schemes``: the schemes and policies that there are, their examples, the schemas of files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ipcalc import library
from ipcalc.cli.options import Out, ids_of, known, shared

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipcalc.funding.examples import Tested
    from ipcalc.funding.model import Scheme
    from ipcalc.ip.policy import Policy

KINDS = ("funding", "ip")
FILES = ("project", "scheme", "policy", "captable")
DESCRIBED = (
    *FILES,
    "check",
    "match",
    "split",
    "equity",
    "compare",
    "explain",
    "schemes-list",
    "schemes-test",
)


@click.group()
def schemes() -> None:
    """Schemes and policies: list them, run their examples, print the schemas of files and results."""


def load(name: str) -> tuple[Scheme | Policy, ...]:
    """What an id names, of either kind or of both, or what a ``.toml`` file of either kind is.

    Nothing, where there is no such id. Raises ``Refused``.
    """
    from ipcalc.funding import scheme, vocabulary
    from ipcalc.inputs import toml
    from ipcalc.ip import policy

    if not name.endswith(".toml"):
        loaders: dict[str, Callable[[str], Scheme | Policy]] = {"funding": scheme.load, "ip": policy.load}
        return tuple(loaders[kind](name) for kind in KINDS if name in library.find(kind))
    document = toml.load(name)
    if "versions" in document.data and "rules" not in document.data:
        return (policy.read(document),)
    return (scheme.compile_scheme(document, vocabulary.shipped()),)


@schemes.command("list")
@shared
def list_schemes(out: Out) -> None:
    """List the funding schemes and the policies that come with the program, by id."""
    from ipcalc.views import schemes as view

    loaded = [one for name in known(*KINDS) for one in load(name)]
    out.emit(lambda lang: view.list_page(loaded, lang), lambda lang: view.list_document(loaded, lang))


@schemes.command("test")
@click.argument("names", metavar="[SCHEME]...", nargs=-1, shell_complete=ids_of(*KINDS))
@shared
def test_schemes(names: tuple[str, ...], out: Out) -> None:
    """Run the examples of schemes and policies, and say which verdicts they show of each rule.

    SCHEME is the id of a scheme or policy, or a .toml file of either; default: all that come with the
    program. Exits 1 if an example gives another answer than it should.
    """
    from ipcalc.inputs.diagnostics import refuse
    from ipcalc.quantity import nearest
    from ipcalc.views import schemes as view

    tested: list[Tested] = []
    for name in names or known(*KINDS):
        found = load(name)
        if not found:
            raise refuse("S206", name, nearest(name, known(*KINDS)), value=name)
        tested += map(_run, found)
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
    from ipcalc.ip.policy import Policy
    from ipcalc.ip.split import check_examples
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


@schemes.command("schema")
@click.argument("name", metavar="NAME", type=click.Choice(DESCRIBED))
@click.option("-o", "--output", metavar="FILE", help="Write to a file instead of standard output.")
@click.option("--force", is_flag=True, help="Let -o replace a file.")
def schema(name: str, output: str | None, force: bool) -> None:
    """Print the JSON Schema of a file that people write, or of a result in JSON.

    NAME is a file (project, scheme, policy, captable) or a result (check, split, equity, compare,
    explain, schemes-list, schemes-test). An editor that knows TOML reads it from a first line such as

    \b
    #:schema ./project.schema.json
    """
    from ipcalc.cli.options import default_language, said
    from ipcalc.views import documents, schemas

    with said(default_language()):
        text = documents.dump(schemas.schema(name))
        Out("json", "en", Path(output) if output else None, force, "never").send(text)
