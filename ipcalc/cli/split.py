"""``ipcalc split``: who gets what of licence income under an institution's policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ipcalc.cli.options import Out, as_of_option, ids_of, set_option, shared

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from ipcalc.inputs.diagnostics import Refused
    from ipcalc.ip.model import Policy
    from ipcalc.ip.split import Split
    from ipcalc.quantity import Exact, Unreadable

_ABOUT_INVENTORS = ("P406", "P410")


@click.command()
@click.argument("policy", shell_complete=ids_of("ip"))
@click.option("--receipts", required=True, metavar="AMOUNT", help='Income: 1000000, or "HKD 1 million".')
@click.option("--costs", metavar="AMOUNT", help="Costs to be paid back; none unless stated.")
@click.option(
    "--inventor",
    "inventors",
    multiple=True,
    metavar="NAME=WEIGHT",
    help="An inventor and a weight: 2, 1/3, 50%; NAME alone weighs 1. Repeatable.",
)
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="A fact or a reading that the policy asks for. Repeatable.",
)
@as_of_option
@set_option
@click.option("--steps", is_flag=True, help="Show the money flowing down the policy's steps.")
@shared
def split(
    policy: str,
    receipts: str,
    costs: str | None,
    inventors: tuple[str, ...],
    options: tuple[str, ...],
    as_of: datetime.date | None,
    settings: tuple[str, ...],
    steps: bool,
    out: Out,
) -> None:
    """Divide licence income as the institution's policy says on a date.

    POLICY is an id such as hk/hku, a file that ends in .toml, or - for standard input. The date is when
    the income was received (and stands for the other dates a policy may ask for); unless given, it is the
    day the policy was last reviewed. What can't be divided evenly goes by largest remainder, ties to the
    party listed first, so that the parts add up.
    """  # fmt: skip
    from ipcalc.views import split as view

    result = divide(policy, receipts, costs, inventors, options, as_of, settings)
    out.emit(
        lambda lang: view.page(result, lang, steps=steps),
        lambda lang: view.document(result, lang),
        sources=[policy],
    )


def divide(
    policy: str,
    receipts: str,
    costs: str | None,
    inventors: Iterable[str],
    options: Iterable[str],
    as_of: datetime.date | None,
    settings: Iterable[str],
) -> Split:
    """The split that the options of a command line ask for. Raises ``Refused``, naming the option."""
    from ipcalc.ip import policy as policies
    from ipcalc.ip import split as engine
    from ipcalc.quantity import Unreadable

    found = policies.load(policy, settings)
    income = _amount("--receipts", receipts, found)
    spent = None if costs is None else _amount("--costs", costs, found)
    people = {name: _weight(weight) for name, weight in _pairs("--inventor", inventors, "1").items()}
    chosen = _pairs("--option", options)
    try:
        return engine.split(found, income, spent, people or None, as_of, chosen)
    except Unreadable as error:
        raise _refused("--inventor" if error.code in _ABOUT_INVENTORS else "--option", error) from None


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


def _pairs(option: str, texts: Iterable[str], default: str = "") -> dict[str, str]:
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
