"""``ipcalc split``: who gets what of licence income, of one receipt or by a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from ipcalc.cli.options import Out, as_of_option, ids_of, kind_of, set_option, shared_with_csv

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping

    from ipcalc.inputs.diagnostics import Refused
    from ipcalc.inputs.toml import Document
    from ipcalc.ip.model import Policy
    from ipcalc.ip.split import Split
    from ipcalc.quantity import Exact, Unreadable

_OPTIONS = {
    "P406": "--inventor",
    "P410": "--inventor",
    "P423": "--inventor",
    "P415": "--input",
    "P419": "--date",
    "P428": "--law",
}


class Asked(NamedTuple):
    """What a command line says of one receipt, as it was typed."""

    receipts: str
    costs: str | None = None
    accounts: tuple[str, ...] = ()
    inventors: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()


def facts(command: click.decorators.FC) -> click.decorators.FC:
    """The options that state the facts of a receipt."""
    repeated = {
        "--account": ("accounts", "NAME=AMOUNT", "Another account to be paid back, as a sponsor's."),
        "--inventor": ("inventors", "NAME=WEIGHT",
                       "An inventor and a weight: 2, 1/3, 50%; NAME alone weighs 1."),
        "--option": ("options", "NAME=VALUE", "A fact or a reading that the policy asks for."),
        "--input": ("inputs", "NAME=VALUE", "A rate or an amount that the policy leaves to a decision."),
        "--date": ("dates", "KIND=DATE", "Another date: disclosed, reported, licence_signed or founded."),
        "--law": ("laws", "LAW", "A law, by its id, whose floors the split is held against."),
    }  # fmt: skip
    for option, (name, metavar, words) in reversed(repeated.items()):
        command = click.option(option, name, multiple=True, metavar=metavar, help=f"{words} Repeatable.")(
            command
        )
    return click.option("--costs", metavar="AMOUNT", help="Costs to be paid back; none unless stated.")(
        command
    )


@click.command()
@click.argument("policy", metavar="POLICY|STATEMENT", shell_complete=ids_of("ip"))
@click.option("--receipts", metavar="AMOUNT", help='Income: 1000000, or "HKD 1 million".')
@facts
@as_of_option
@set_option
@click.option("--steps", is_flag=True, help="Show the money flowing down the policy's steps.")
@click.option("--chart", "drawn", is_flag=True, help="Draw who gets what.")
@shared_with_csv
def split(
    policy: str,
    receipts: str | None,
    costs: str | None,
    accounts: tuple[str, ...],
    inventors: tuple[str, ...],
    options: tuple[str, ...],
    inputs: tuple[str, ...],
    dates: tuple[str, ...],
    laws: tuple[str, ...],
    as_of: datetime.date | None,
    settings: tuple[str, ...],
    steps: bool,
    drawn: bool,
    out: Out,
) -> None:
    """Divide licence income as institutions' policies say.

    POLICY is an id such as hk/hku or a file; then --receipts is what came in. The date is when it was
    received (and stands for the other dates a policy may ask for), by --as-of or behind the name, as in
    hk/hku@2022-01-01; unless given, it is the day the policy was last reviewed. STATEMENT is a file that
    lists what came in and was spent, of which cases, over time. Either may be - for standard input. What
    can't be divided evenly goes by largest remainder, ties to the party listed first, so that the parts add
    up. CSV is a row a party or inventor in each period.
    """  # fmt: skip
    from ipcalc.ip.policy import reference
    from ipcalc.views import split as view

    asked = Asked(receipts or "", costs, accounts, inventors, options, inputs, dates, laws)
    policy, day = reference(policy)
    if day and as_of:
        raise click.UsageError("a date stands behind the policy's name; leave --as-of out")
    as_of = as_of or day
    document = _file(policy)
    if document is not None and "statement" in document.data:
        if any(asked) or as_of:
            raise click.UsageError("a statement says itself what came in; lay values over it with --set")
        _statement(document, settings, out, steps=steps, drawn=drawn)
        return
    if receipts is None:
        if document is not None:
            kind_of(document, ("statement", "versions"))
        raise click.UsageError("what is to be divided? --receipts AMOUNT")
    result = divide(policy, asked, as_of, settings, document)
    out.emit(
        lambda lang: view.page(result, lang, steps=steps, drawn=drawn),
        lambda lang: view.document(result, lang),
        sources=[policy],
        rows=lambda: (view.CSV_COLUMNS, *view.rows(result, out.lang)),
    )


def _file(name: str) -> Document | None:
    """What a file holds; None for an id. Raises ``Refused``."""
    from ipcalc.inputs import toml

    return toml.load(name) if name == "-" or name.endswith(".toml") else None


def _statement(document: Document, settings: tuple[str, ...], out: Out, *, steps: bool, drawn: bool) -> None:
    from ipcalc.inputs.overlay import overlay
    from ipcalc.ip import statement
    from ipcalc.views import statement as view

    found = statement.divide(overlay(document, settings))
    out.emit(
        lambda lang: view.page(found, lang, steps=steps, drawn=drawn),
        lambda lang: view.document(found, lang),
        sources=[document.name],
        rows=lambda: view.rows(found, out.lang),
    )


def divide(
    policy: str,
    asked: Asked,
    as_of: datetime.date | None,
    settings: Iterable[str],
    document: Document | None = None,
) -> Split:
    """The split that the options of a command line ask for. Raises ``Refused``, naming the option."""
    from ipcalc.inputs.diagnostics import refuse
    from ipcalc.inputs.overlay import overlay
    from ipcalc.ip import policy as policies
    from ipcalc.ip import split as engine
    from ipcalc.ip.model import COSTS
    from ipcalc.quantity import Unreadable

    found = policies.read(overlay(document, settings)) if document else policies.load(policy, settings)
    owed = pairs("--account", asked.accounts)
    if asked.costs is not None and COSTS in owed:
        raise refuse("F112", "--account", value=COSTS)
    people = {name: _weight(weight) for name, weight in pairs("--inventor", asked.inventors, "1").items()}
    try:
        return engine.split(
            found,
            _amount("--receipts", asked.receipts, found),
            None if asked.costs is None else _amount("--costs", asked.costs, found),
            people or None,
            as_of,
            pairs("--option", asked.options),
            _dates(asked.dates),
            accounts={name: _amount("--account", text, found) for name, text in owed.items()},
            inputs=_inputs(asked.inputs, found),
            laws=[policies.load(law) for law in asked.laws],
        )  # fmt: skip
    except Unreadable as error:
        raise _refused(_option(asked, error), error) from None


def _option(asked: Asked, error: Unreadable) -> str:
    """The option of the command line that an error is about."""
    named = {error.args_of_message.get(key) for key in ("key", "value")}
    stated = {"--account": asked.accounts, "--input": asked.inputs, "--date": asked.dates}
    for option, texts in stated.items():
        if named & pairs(option, texts).keys():
            return option
    return "--law" if "law" in named else _OPTIONS.get(error.code, "--option")


def _refused(option: str, error: Unreadable) -> Refused:
    """An option's value that can't be used, as the error that names the option."""
    from ipcalc.inputs.diagnostics import refuse

    args = {"key": option} | error.args_of_message
    return refuse(error.code, option, args.pop("near", ""), **args)


def _amount(option: str, text: str, policy: Policy) -> int:
    """An amount of the policy's currency in minor units. Raises ``Refused``, naming the option."""
    from ipcalc import quantity
    from ipcalc.ip.policy import minor_units

    try:
        return minor_units(quantity.read("money", text), policy.currency, policy.id)
    except quantity.Unreadable as error:
        raise _refused(option, error) from None


def _weight(text: str) -> Exact:
    """An inventor's weight: a number, a fraction or a percentage. Raises ``Refused``."""
    from ipcalc import quantity
    from ipcalc.ip.policy import number

    try:
        found = number(quantity.read("share" if text.endswith("%") else "number", text))
        if found < 0:
            raise quantity.Unreadable("F106", limit="≥ 0")
        return found
    except quantity.Unreadable as error:
        raise _refused("--inventor", error) from None


def _inputs(texts: Iterable[str], policy: Policy) -> Mapping[str, Exact]:
    """What is stated for rates and amounts that a policy asks for. Raises ``Refused``."""
    from ipcalc import quantity
    from ipcalc.ip.policy import number

    asked = policy.inputs()
    found: dict[str, Exact] = {}
    for name, text in pairs("--input", texts).items():
        if name not in asked:
            unknown = quantity.Unreadable("P404", value=name, near=quantity.nearest(name, asked))
            raise _refused("--input", unknown)
        if asked[name].kind == "money":
            found[name] = _amount("--input", text, policy)
            continue
        try:
            found[name] = number(quantity.read(asked[name].kind, text))
        except quantity.Unreadable as error:
            raise _refused("--input", error) from None
    return found


def _dates(texts: Iterable[str]) -> Mapping[str, datetime.date]:
    """Dates by their kind. Raises ``Refused``."""
    import datetime

    from ipcalc.inputs import shapes
    from ipcalc.quantity import Unreadable

    found = {}
    for kind, text in pairs("--date", texts).items():
        try:
            found[kind] = shapes.day(datetime.date.fromisoformat(text))
        except Unreadable as error:
            raise _refused("--date", error) from None
        except ValueError:
            raise _refused("--date", Unreadable("F104", kind="date", value=text)) from None
    return found


def pairs(option: str, texts: Iterable[str], default: str = "") -> dict[str, str]:
    """``NAME=VALUE`` texts by name. Raises ``Refused`` for a blank or repeated name, or a missing value."""
    from ipcalc.inputs import shapes
    from ipcalc.quantity import Unreadable

    found: dict[str, str] = {}
    for text in texts:
        name, _, value = text.rpartition("=") if "=" in text else (text, "", default)
        name, value = name.strip(), value.strip()
        try:
            name = shapes.name(name)
            if not value:
                raise Unreadable("F109")
            if name in found:
                raise Unreadable("F112", value=name)
        except Unreadable as error:
            raise _refused(option, error) from None
        found[name] = value
    return found
