"""The examples of a policy file: splits that it must give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ipcalc.ip.case import Case, Inventor
from ipcalc.ip.findings import findings
from ipcalc.ip.ledger import Period, Posted, Received, Stream
from ipcalc.ip.model import PER, Example, Policy
from ipcalc.ip.policy import number
from ipcalc.ip.split import ONE, Asked, Split, alone
from ipcalc.quantity import Exact, Quantity, to_minor


class Mismatch(NamedTuple):
    """A party (or an account) that an example pays otherwise than the policy does; in minor units."""

    example: str
    party: str
    wanted: int
    got: int | None


def check_examples(policy: Policy) -> tuple[Mismatch, ...]:
    """What the examples of a policy file say otherwise than its versions."""
    return tuple(wrong for example in policy.examples for wrong in _wrong(policy, example))


def _wrong(policy: Policy, example: Example) -> Iterator[Mismatch]:
    found = run(policy, example)
    several = len(example.periods) > 1
    for i, (sample, division) in enumerate(zip(example.periods, found.periods, strict=True)):
        paid = {payee.party: payee.amount for payee in division.parties}
        left = {balance.account: balance.after for balance in division.balances}
        required = {one.floor.party: one.required for one in findings((), [division])}
        for wanted, got in ((sample.gives, paid), (sample.balances, left), (sample.floors, required)):
            for name, amount in wanted.items():
                if got.get(name) != amount:
                    what = f"{name}[{i}]" if several else name
                    yield Mismatch(example.title, what, amount, got.get(name))
    for name, amount in example.gives.items():
        if found.amount(name) != amount:
            yield Mismatch(example.title, name, amount, found.amount(name))


def run(policy: Policy, example: Example) -> Split:
    """The split that an example describes. Raises ``Refused`` and ``Unreadable``."""
    day = example.as_of or policy.reviewed
    inventors = tuple(Inventor(name, weight) for name, weight in (example.inventors or {}).items())
    inputs = {name: _exact(policy, value) for name, value in example.inputs.items()}
    case = Case(policy, day, example.options, example.dates, inputs, {}, day, inventors,
                dict.fromkeys(PER, ""))  # fmt: skip
    periods = []
    for i, sample in enumerate(example.periods):
        on = sample.on or day
        posted = [Posted(ONE, on, account, amount) for account, amount in sample.accounts.items()]
        stated = {name: _exact(policy, value) for name, value in sample.inputs.items()}
        received = [Received(ONE, on, sample.receipts, sample.options)]
        periods.append(Period(str(i), received, posted, stated))
    return alone(Asked(Stream(ONE, case, example.opening), periods, (), day))


def _exact(policy: Policy, stated: Quantity) -> Exact:
    """What is stated for a rate, or an amount in minor units."""
    return to_minor(number(stated), policy.currency) if stated.kind == "money" else number(stated)
