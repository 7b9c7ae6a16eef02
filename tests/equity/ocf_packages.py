"""Open Cap Format packages for tests, as short as a reader of them needs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ipcalc import equity
from ipcalc.equity import ocf
from ipcalc.inputs import overlay
from ipcalc.inputs.package import Package
from ipcalc.quantity import Exact

VERSIONS = ("1.1.0", "1.2.0")
HOLDERS = ("ada", "bo", "cy", "fund")
NAME = "t.zip"
DAY = "2024-01-01"
Table = dict[str, Any]
_KINDS = {
    "stakeholders": "STAKEHOLDERS",
    "stock_classes": "STOCK_CLASSES",
    "stock_plans": "STOCK_PLANS",
    "vesting_terms": "VESTING_TERMS",
    "transactions": "TRANSACTIONS",
}


def money(amount: object, currency: str = "USD") -> Table:
    """An amount."""
    return {"amount": str(amount), "currency": currency}


# -- objects ------------------------------------------------------------------------------------------


def holder(name: str, kind: str = "INDIVIDUAL", **keys: object) -> Table:
    """A stakeholder."""
    return {
        "object_type": "STAKEHOLDER",
        "id": name,
        "name": {"legal_name": name.title()},
        "stakeholder_type": kind,
    } | keys


def share_class(name: str = "common", kind: str = "COMMON", **keys: object) -> Table:
    """A class."""
    return {
        "object_type": "STOCK_CLASS",
        "id": name,
        "name": name.title(),
        "class_type": kind,
        "default_id_prefix": f"{name}-",
        "initial_shares_authorized": "1000000",
        "votes_per_share": "1",
        "seniority": "0" if kind == "COMMON" else "1",
    } | keys


def ratio(
    price: object, conversion_price: object, of: tuple[object, object], rounding: str = "FLOOR"
) -> Table:
    """A preferred class's price, and its right to become common shares."""
    return {
        "price_per_share": money(price),
        "conversion_rights": [
            {
                "conversion_mechanism": mechanism(conversion_price, of, rounding),
                "converts_to_stock_class_id": "common",
            }
        ],
    }


def mechanism(conversion_price: object, of: tuple[object, object], rounding: str = "FLOOR") -> Table:
    """So many shares for so many, at a conversion price."""
    return {
        "type": "RATIO_CONVERSION",
        "conversion_price": money(conversion_price),
        "ratio": {"numerator": str(of[0]), "denominator": str(of[1])},
        "rounding_type": rounding,
    }


def plan(name: str = "esop", shares: object = 1000, **keys: object) -> Table:
    """A plan of common shares."""
    return {
        "object_type": "STOCK_PLAN",
        "id": name,
        "plan_name": name.upper(),
        "initial_shares_reserved": str(shares),
        "stock_class_ids": ["common"],
    } | keys


def tx(kind: str, name: str, day: str = DAY, **keys: object) -> Table:
    """A transaction; with ``of`` the security it is about, and ``to`` those that it results in."""
    renamed = {"of": "security_id", "to": "resulting_security_ids", "rest": "balance_security_id"}
    return {"object_type": f"TX_{kind}", "id": name, "date": day} | {
        renamed.get(key, key): value for key, value in keys.items()
    }


def issued(kind: str, security: str, who: str, day: str, **keys: object) -> Table:
    """An issuance; its id is that of its security with an x."""
    return tx(
        f"{kind}_ISSUANCE",
        f"x-{security}",
        day,
        of=security,
        custom_id=security.upper(),
        stakeholder_id=who,
        security_law_exemptions=[],
        **keys,
    )


def stock(
    security: str,
    who: str,
    shares: object,
    day: str = DAY,
    of: str = "common",
    price: object = 1,
    **keys: object,
) -> Table:
    """Shares."""
    return issued(
        "STOCK",
        security,
        who,
        day,
        stock_class_id=of,
        share_price=money(price),
        quantity=str(shares),
        stock_legend_ids=[],
        **keys,
    )


def options(security: str, who: str, shares: object, day: str = DAY, **keys: object) -> Table:
    """Options of the plan ``esop`` at 2 a share."""
    keys = {
        "stock_plan_id": "esop",
        "compensation_type": "OPTION",
        "exercise_price": money(2),
        "expiration_date": None,
        "termination_exercise_windows": [],
    } | keys
    return issued("EQUITY_COMPENSATION", security, who, day, quantity=str(shares), **keys)


def trigger(mechanism: Table, kind: str = "ELECTIVE_AT_WILL", future: bool = False, **keys: object) -> Table:
    """When something becomes shares, and how."""
    right: Table = {"type": "CONVERTIBLE_CONVERSION_RIGHT", "conversion_mechanism": mechanism}
    right |= {"converts_to_future_round": True} if future else {}
    right |= {key: keys.pop(key) for key in ("converts_to_stock_class_id",) if key in keys}
    return {"type": kind, "trigger_id": "t", "conversion_right": right} | keys


def warrant(security: str, who: str, shares: object, day: str = DAY, **keys: object) -> Table:
    """A warrant on common shares at 5 a share."""
    fixed = {"type": "FIXED_AMOUNT_CONVERSION", "converts_to_quantity": str(shares)}
    triggers = [trigger(fixed, converts_to_stock_class_id="common")]
    keys = {
        "exercise_price": money(5),
        "purchase_price": money(0),
        "exercise_triggers": triggers,
        "quantity": str(shares),
    } | keys
    return issued("WARRANT", security, who, day, **keys)


def convertible(
    security: str,
    who: str,
    amount: object,
    mechanism: Table,
    day: str = DAY,
    kind: str = "SAFE",
    triggers: Sequence[Table] = (),
    **keys: object,
) -> Table:
    """A SAFE or a note."""
    triggers = [trigger(mechanism, "AUTOMATIC_ON_CONDITION", True, trigger_condition="a round"), *triggers]
    return issued(
        "CONVERTIBLE",
        security,
        who,
        day,
        investment_amount=money(amount),
        convertible_type=kind,
        conversion_triggers=triggers,
        seniority=1,
        **keys,
    )


def safe(**keys: object) -> Table:
    """A SAFE's mechanism."""
    return {"type": "SAFE_CONVERSION", "conversion_mfn": False} | keys


def note(**keys: object) -> Table:
    """A note's mechanism."""
    return {
        "type": "CONVERTIBLE_NOTE_CONVERSION",
        "interest_rates": [{"rate": ".08", "accrual_start_date": "2024-01-01"}],
        "day_count_convention": "ACTUAL_365",
        "interest_payout": "DEFERRED",
        "interest_accrual_period": "DAILY",
        "compounding_type": "SIMPLE",
    } | keys


def matures(terms: Table, day: str = "2026-01-01") -> list[Table]:
    """The trigger of a note's maturity."""
    right = {"type": "CONVERTIBLE_CONVERSION_RIGHT", "conversion_mechanism": terms}
    return [{"type": "AUTOMATIC_ON_DATE", "trigger_id": "m", "trigger_date": day, "conversion_right": right}]


def schedule(name: str, *conditions: Table, allocation: str = "CUMULATIVE_ROUNDING") -> Table:
    """Vesting terms."""
    return {
        "object_type": "VESTING_TERMS",
        "id": name,
        "name": name,
        "description": name,
        "allocation_type": allocation,
        "vesting_conditions": list(conditions),
    }


def condition(
    name: str, trigger: Table, of: tuple[int, int] | int, *following: str, **portion: object
) -> Table:
    """A condition: a portion, or a number of shares, that vests when it is met."""
    size = (
        {"quantity": str(of)}
        if isinstance(of, int)
        else {"portion": {"numerator": str(of[0]), "denominator": str(of[1])} | portion}
    )
    return {"id": name, "trigger": trigger, "next_condition_ids": list(following)} | size


START = condition("start", {"type": "VESTING_START_DATE"}, 0, "next")


def after(
    other: str,
    length: int,
    times: int,
    kind: str = "MONTHS",
    day: str = "VESTING_START_DAY_OR_LAST_DAY_OF_MONTH",
) -> Table:
    """A trigger some time after another condition, so many times."""
    period = {"length": length, "type": kind, "occurrences": times} | (
        {"day_of_month": day} if kind == "MONTHS" else {}
    )
    return {"type": "VESTING_SCHEDULE_RELATIVE", "period": period, "relative_to_condition_id": other}


# -- packages -----------------------------------------------------------------------------------------


def files(
    *transactions: Table,
    version: str = "1.2.0",
    classes: Sequence[Table] = (),
    plans: Sequence[Table] = (),
    terms: Sequence[Table] = (),
    holders: Sequence[Table] = (),
    split: int = 0,
    manifest: Mapping[str, object] | None = None,
) -> dict[str, Table]:
    """A package's files by name: a common class, four holders, and what is stated beside them.

    With ``split`` the transactions stand in two files, so many in the first.
    """
    parts = [transactions[:split], transactions[split:]] if split else [transactions]
    objects: dict[str, tuple[str, Sequence[Table]]] = {
        "Stakeholders": ("stakeholders", [*map(holder, HOLDERS), *holders]),
        "Classes": ("stock_classes", [share_class(), *classes]),
        "Plans": ("stock_plans", plans),
        "Vesting": ("vesting_terms", terms),
    }
    objects |= {f"Transactions{i or ''}": ("transactions", part) for i, part in enumerate(parts)}
    named: Table = {f"{key}_files": [] for key in (*_KINDS, "stock_legend_templates", "valuations")}
    found: dict[str, Table] = {}
    for name, (key, items) in objects.items():
        content = {"file_type": f"OCF_{_KINDS[key]}_FILE", "items": [_shaped(one, version) for one in items]}
        found[f"{name}.ocf.json"] = content
        file: Table = {"filepath": f"./{name}.ocf.json"}
        if version != "1.1.0":
            file["md5"] = hashlib.md5(_raw(content), usedforsecurity=False).hexdigest()
        named[f"{key}_files"].append(file)
    issuer = {
        "object_type": "ISSUER",
        "id": "acme",
        "legal_name": "Acme",
        "formation_date": "2020-01-01",
        "country_of_formation": "US",
    }
    head = {
        "ocf_version": version,
        "file_type": "OCF_MANIFEST_FILE",
        "issuer": issuer,
        "as_of": "2030-01-01",
        "generated_at": "2030-01-01T00:00:00Z",
    }
    return {"Manifest.ocf.json": {**head, **named, **(manifest or {})}, **found}


def _shaped(item: Table, version: str) -> Table:
    """An object as a version of the format has it."""
    if version == "1.1.0":
        item = {**item, "object_type": item["object_type"].replace("EQUITY_COMPENSATION", "PLAN_SECURITY")}
        if "stock_class_ids" in item:
            item["stock_class_id"] = item.pop("stock_class_ids")[0]
    elif item["object_type"] == "STOCK_CLASS":
        item = {**item, "initial_shares_authorized": "NOT APPLICABLE"}
    return item


def _raw(content: Table) -> bytes:
    return (json.dumps(content, indent=1) + "\n").encode()


def raw(content: Mapping[str, Table]) -> dict[str, bytes]:
    """Files as bytes."""
    return {name: _raw(one) for name, one in content.items()}


def package(content: Mapping[str, Table]) -> Package:
    """The package of files."""
    members = raw(content)
    return Package(NAME, tuple(sorted(members)), members.__getitem__, folder=False)


def follow(content: Mapping[str, Table], settings: Iterable[str] = ()) -> equity.Result:
    """What a package's files lead to."""
    return equity.follow(overlay.overlay(ocf.read(package(content)), list(settings)))


def positions(result: equity.Result) -> dict[str, Exact]:
    """What each holder, or plan, has in the end of each class, such as ``ada shares common``."""
    return {
        f"{one.holder or one.plan} {one.kind} {one.share_class}": one.shares
        for one in (result.events[-1].holdings if result.events else ())
        if not one.instrument
    }


def held(*transactions: Table, **options: Any) -> dict[str, Exact]:
    """What each holder, or plan, has in the end by these transactions."""
    return positions(follow(files(*transactions, **options)))
