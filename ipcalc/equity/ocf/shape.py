"""The objects of an Open Cap Format package (1.1 and 1.2), as far as a cap table needs them.

Keys that aren't here are passed over: addresses, approvals, legends and the like change no holding.
Names, types and required keys are those of the format's JSON Schemas, tags v1.1.0 and v1.2.0 of
Open-Cap-Table-Coalition/Open-Cap-Format-OCF.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from ipcalc import quantity
from ipcalc.equity.values import Country
from ipcalc.inputs import shapes
from ipcalc.inputs.shapes import ByValue, Currency, Name, Via, open_table
from ipcalc.quantity import Unreadable

PLACES = 10  # decimal places of the format's numbers
DIGITS = 40  # before the point
_NUMERIC = re.compile(rf"[+-]?[0-9]{{1,{DIGITS}}}(\.[0-9]{{1,{PLACES}}})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _numeric(raw: Any) -> Decimal:
    text = shapes.string(raw)
    if not _NUMERIC.fullmatch(text):
        raise Unreadable("F104", kind="number", value=text[:80])
    return Decimal(text)


def _not_negative(raw: Any) -> Decimal:
    number = _numeric(raw)
    if number < 0:
        raise Unreadable("F106", limit="≥ 0")
    return number


def _positive(raw: Any) -> Decimal:
    number = _numeric(raw)
    if number <= 0:
        raise Unreadable("F106", limit="> 0")
    return number


def _percentage(raw: Any) -> Decimal:
    """A share from 0 to 1; the format lets the zero before the point be left out."""
    text = shapes.string(raw)
    number = _numeric(f"0{text}" if text.startswith(".") else text)
    if not 0 <= number <= 1:
        raise Unreadable("F106", limit="0 … 1")
    return number


def _day(raw: Any) -> datetime.date:
    text = shapes.string(raw)
    try:
        found = datetime.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None:
        raise Unreadable("F104", kind="date", value=text[:80])
    return shapes.day(found)


def _whole(raw: Any) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise Unreadable("F103", wanted="count", got=quantity.type_name(raw))
    if not 0 <= raw <= quantity.MOST_MONTHS * 31:
        raise Unreadable("F106", limit=f"0 … {quantity.MOST_MONTHS * 31}")
    return raw


_TEXT: Mapping[str, Any] = {"type": "string"}
Numeric = Annotated[Decimal, Via(_numeric, _TEXT)]
Amount = Annotated[Decimal, Via(_not_negative, _TEXT)]
Positive = Annotated[Decimal, Via(_positive, _TEXT)]
Percentage = Annotated[Decimal, Via(_percentage, _TEXT)]
Date = Annotated[datetime.date, Via(_day, _TEXT)]
DateOrNever = Annotated[datetime.date | None, Via(lambda raw: None if raw is None else _day(raw), _TEXT)]
Whole = Annotated[int, Via(_whole, {"type": "integer"})]
Words = Annotated[str, Via(shapes.string, _TEXT)]


@open_table
class Monetary(TypedDict):
    """An amount of money."""

    amount: Amount
    currency: Currency


@open_table
class Ratio(TypedDict):
    """One number to another."""

    numerator: Positive
    denominator: Positive


# -- the manifest, and who and what -------------------------------------------------------------------


@open_table
class FileTable(TypedDict):
    """A file of the package, by its path beside the manifest."""

    filepath: Name
    md5: NotRequired[Words]


@open_table
class Issuer(TypedDict):
    """The company."""

    legal_name: Name
    formation_date: Date
    country_of_formation: Country


@open_table
class Manifest(TypedDict):
    """What the package holds."""

    ocf_version: Literal["1.1.0", "1.2.0"]
    file_type: Literal["OCF_MANIFEST_FILE"]
    issuer: Issuer
    as_of: Date
    comments: NotRequired[list[Words]]
    stakeholders_files: list[FileTable]
    stock_classes_files: list[FileTable]
    stock_plans_files: list[FileTable]
    vesting_terms_files: list[FileTable]
    transactions_files: list[FileTable]


@open_table
class PersonName(TypedDict):
    """How a stakeholder is called."""

    legal_name: Name


@open_table
class Entry(TypedDict):
    """Any object."""

    object_type: Words


@open_table
class ObjectsFile(TypedDict):
    """A file of objects."""

    file_type: Words
    items: list[Entry]


class _Object(TypedDict):
    id: Name
    comments: NotRequired[list[Words]]


@open_table
class Stakeholder(_Object):
    """Someone who holds or may hold securities."""

    name: PersonName
    stakeholder_type: Literal["INDIVIDUAL", "INSTITUTION"]
    current_relationship: NotRequired[Words]


@open_table
class RatioMechanism(TypedDict):
    """So many shares for one: how a preferred class converts."""

    type: Literal["RATIO_CONVERSION"]
    conversion_price: Monetary
    ratio: Ratio
    rounding_type: Literal["CEILING", "FLOOR", "NORMAL"]


@open_table
class ClassRight(TypedDict):
    """A class's right to become another."""

    conversion_mechanism: RatioMechanism
    converts_to_stock_class_id: NotRequired[Name]


@open_table
class StockClass(_Object):
    """A class of shares; higher ``seniority`` is paid first."""

    name: Name
    class_type: Literal["COMMON", "PREFERRED"]
    seniority: Amount
    price_per_share: NotRequired[Monetary]
    conversion_rights: NotRequired[list[ClassRight]]
    liquidation_preference_multiple: NotRequired[Amount]
    participation_cap_multiple: NotRequired[Amount]


@open_table
class StockPlan(_Object):
    """Shares set aside for those who work for the company."""

    plan_name: Name
    initial_shares_reserved: Amount
    board_approval_date: NotRequired[Date]
    default_cancellation_behavior: NotRequired[
        Literal["RETIRE", "RETURN_TO_POOL", "HOLD_AS_CAPITAL_STOCK", "DEFINED_PER_PLAN_SECURITY"]
    ]
    stock_class_id: NotRequired[Name]
    stock_class_ids: NotRequired[list[Name]]


# -- vesting ------------------------------------------------------------------------------------------


@open_table
class Portion(TypedDict):
    """A part of the grant, or (``remainder``) of what has not vested yet."""

    numerator: Amount
    denominator: Positive
    remainder: NotRequired[bool]


@open_table
class Period(TypedDict):
    """``occurrences`` times ``length`` days or months."""

    length: Whole
    type: Literal["DAYS", "MONTHS"]
    occurrences: Whole
    day_of_month: NotRequired[Words]


@open_table
class StartTrigger(TypedDict):
    """The day on which vesting starts."""

    type: Literal["VESTING_START_DATE"]


@open_table
class AbsoluteTrigger(TypedDict):
    """A day."""

    type: Literal["VESTING_SCHEDULE_ABSOLUTE"]
    date: Date


@open_table
class RelativeTrigger(TypedDict):
    """A time after another condition."""

    type: Literal["VESTING_SCHEDULE_RELATIVE"]
    period: Period
    relative_to_condition_id: Name


@open_table
class EventTrigger(TypedDict):
    """Something that happens."""

    type: Literal["VESTING_EVENT"]


@open_table
class Condition(TypedDict):
    """What vests when, and what may come next; one of ``portion`` and ``quantity`` is stated."""

    id: Name
    portion: NotRequired[Portion]
    quantity: NotRequired[Amount]
    trigger: Annotated[StartTrigger | AbsoluteTrigger | RelativeTrigger | EventTrigger, ByValue("type")]
    next_condition_ids: list[Name]


@open_table
class VestingTerms(_Object):
    """A schedule that grants may name."""

    allocation_type: Literal[
        "CUMULATIVE_ROUNDING",
        "CUMULATIVE_ROUND_DOWN",
        "FRONT_LOADED",
        "BACK_LOADED",
        "FRONT_LOADED_TO_SINGLE_TRANCHE",
        "BACK_LOADED_TO_SINGLE_TRANCHE",
        "FRACTIONAL",
    ]
    vesting_conditions: list[Condition]


@open_table
class Vesting(TypedDict):
    """What vests on a day (1.2)."""

    date: Date
    amount: Amount


# -- what converts ------------------------------------------------------------------------------------


@open_table
class CapitalizationRules(TypedDict):
    """What a capitalization counts."""

    include_outstanding_shares: bool
    include_outstanding_options: bool
    include_outstanding_unissued_options: bool
    include_this_security: bool
    include_other_converting_securities: bool
    include_option_pool_topup_for_promised_options: bool
    include_additional_option_pool_topup: bool
    include_new_money: bool


@open_table
class SafeMechanism(TypedDict):
    """A SAFE's conversion; the discount is the reduction of the price."""

    type: Literal["SAFE_CONVERSION"]
    conversion_mfn: bool
    conversion_discount: NotRequired[Percentage]
    conversion_valuation_cap: NotRequired[Monetary]
    conversion_timing: NotRequired[Literal["PRE_MONEY", "POST_MONEY"]]
    capitalization_definition_rules: NotRequired[CapitalizationRules]
    exit_multiple: NotRequired[Ratio]


@open_table
class InterestRate(TypedDict):
    """A rate a year, from a day."""

    rate: Percentage
    accrual_start_date: Date
    accrual_end_date: NotRequired[Date]


@open_table
class NoteMechanism(TypedDict):
    """A note's conversion, and its interest."""

    type: Literal["CONVERTIBLE_NOTE_CONVERSION"]
    interest_rates: list[InterestRate]
    day_count_convention: Literal["ACTUAL_365", "30_360"]
    interest_payout: Literal["DEFERRED", "CASH"]
    interest_accrual_period: Literal["DAILY", "MONTHLY", "QUARTERLY", "SEMI_ANNUAL", "ANNUAL"]
    compounding_type: Literal["COMPOUNDING", "SIMPLE"]
    conversion_discount: NotRequired[Percentage]
    conversion_valuation_cap: NotRequired[Monetary]
    capitalization_definition_rules: NotRequired[CapitalizationRules]
    exit_multiple: NotRequired[Ratio]
    conversion_mfn: NotRequired[bool]


@open_table
class PercentMechanism(TypedDict):
    """A fixed percentage of the capitalization."""

    type: Literal["FIXED_PERCENT_OF_CAPITALIZATION_CONVERSION"]
    converts_to_percent: Percentage


@open_table
class AmountMechanism(TypedDict):
    """A fixed number of shares."""

    type: Literal["FIXED_AMOUNT_CONVERSION"]
    converts_to_quantity: Amount


@open_table
class OtherMechanism(TypedDict):
    """What words, a valuation or a price say."""

    type: Literal["CUSTOM_CONVERSION", "VALUATION_BASED_CONVERSION", "PPS_BASED_CONVERSION"]


@open_table
class Right(TypedDict):
    """A security's right to become shares."""

    conversion_mechanism: Annotated[
        SafeMechanism | NoteMechanism | PercentMechanism | AmountMechanism | RatioMechanism | OtherMechanism,
        ByValue("type"),
    ]
    converts_to_future_round: NotRequired[bool]
    converts_to_stock_class_id: NotRequired[Name]


@open_table
class Trigger(TypedDict):
    """When a security becomes shares."""

    type: Words
    conversion_right: Right
    trigger_date: NotRequired[Date]


# -- transactions -------------------------------------------------------------------------------------


class _Transaction(_Object):
    date: Date


class _OfSecurity(_Transaction):
    security_id: Name


class _Issuance(_OfSecurity):
    custom_id: Name
    stakeholder_id: Name


@open_table
class StockIssuance(_Issuance):
    """New shares, or the shares that another transaction of the security resulted in."""

    stock_class_id: Name
    share_price: Monetary
    quantity: Amount
    stock_plan_id: NotRequired[Name]
    vesting_terms_id: NotRequired[Name]
    vestings: NotRequired[list[Vesting]]


@open_table
class CompensationIssuance(_Issuance):
    """Options and the like."""

    compensation_type: Literal["OPTION_NSO", "OPTION_ISO", "OPTION", "RSU", "CSAR", "SSAR"]
    quantity: Amount
    stock_plan_id: NotRequired[Name]
    stock_class_id: NotRequired[Name]
    exercise_price: NotRequired[Monetary]
    early_exercisable: NotRequired[bool]
    vesting_terms_id: NotRequired[Name]
    vestings: NotRequired[list[Vesting]]
    expiration_date: NotRequired[DateOrNever]


@open_table
class WarrantIssuance(_Issuance):
    """A right to buy shares."""

    quantity: NotRequired[Amount]
    exercise_price: NotRequired[Monetary]
    exercise_triggers: list[Trigger]
    warrant_expiration_date: NotRequired[Date]
    vesting_terms_id: NotRequired[Name]
    vestings: NotRequired[list[Vesting]]


@open_table
class ConvertibleIssuance(_Issuance):
    """A SAFE, a note, or another instrument that becomes shares."""

    investment_amount: Monetary
    convertible_type: Literal["NOTE", "SAFE", "CONVERTIBLE_SECURITY"]
    conversion_triggers: list[Trigger]
    pro_rata: NotRequired[Amount]


@open_table
class Reduction(_OfSecurity):
    """Part of a security ceases to be; the rest is another security, if it is stated."""

    quantity: Positive
    balance_security_id: NotRequired[Name]


@open_table
class ConvertibleReduction(_OfSecurity):
    """Part of a convertible's amount ceases to be."""

    amount: Monetary
    balance_security_id: NotRequired[Name]


@open_table
class Retraction(_OfSecurity):
    """A security that never was."""


@open_table
class Transfer(_OfSecurity):
    """A security, or part of it, that changes hands."""

    quantity: Positive
    resulting_security_ids: list[Name]
    balance_security_id: NotRequired[Name]


@open_table
class ConvertibleTransfer(_OfSecurity):
    """A convertible, or part of it, that changes hands."""

    amount: Monetary
    resulting_security_ids: list[Name]
    balance_security_id: NotRequired[Name]


@open_table
class StockConversion(_OfSecurity):
    """Shares of one class that become shares of another."""

    quantity_converted: Positive
    resulting_security_ids: list[Name]
    balance_security_id: NotRequired[Name]


@open_table
class ConvertibleConversion(_OfSecurity):
    """A convertible that becomes shares."""

    resulting_security_ids: list[Name]
    balance_security_id: NotRequired[Name]


@open_table
class Exercise(_OfSecurity):
    """Options that become shares, or units that are released as shares."""

    quantity: Positive
    resulting_security_ids: list[Name]


@open_table
class WarrantExercise(_OfSecurity):
    """A warrant that becomes shares."""

    resulting_security_ids: list[Name]


@open_table
class Reissuance(_OfSecurity):
    """A security in other papers."""

    resulting_security_ids: list[Name]


@open_table
class ReturnToPool(_OfSecurity):
    """Shares of a cancelled security that may be granted again."""

    stock_plan_id: Name
    quantity: Positive


@open_table
class PoolAdjustment(_Transaction):
    """A plan's size, from a day."""

    stock_plan_id: Name
    shares_reserved: Amount


@open_table
class ClassSplit(_Transaction):
    """New shares for old."""

    stock_class_id: Name
    split_ratio: Ratio


@open_table
class RatioAdjustment(_Transaction):
    """A class's conversion, from a day."""

    stock_class_id: Name
    new_ratio_conversion_mechanism: RatioMechanism


@open_table
class ConditionMet(_OfSecurity):
    """Vesting starts, or something that it waited for has happened."""

    vesting_condition_id: Name


@open_table
class Acceleration(_OfSecurity):
    """Shares that vest earlier than their schedule says."""

    quantity: Positive


# what changes a holding, by object type
TRANSACTIONS: Mapping[str, type] = {
    "TX_STOCK_ISSUANCE": StockIssuance,
    "TX_EQUITY_COMPENSATION_ISSUANCE": CompensationIssuance,
    "TX_PLAN_SECURITY_ISSUANCE": CompensationIssuance,
    "TX_WARRANT_ISSUANCE": WarrantIssuance,
    "TX_CONVERTIBLE_ISSUANCE": ConvertibleIssuance,
    "TX_STOCK_CANCELLATION": Reduction,
    "TX_STOCK_REPURCHASE": Reduction,
    "TX_EQUITY_COMPENSATION_CANCELLATION": Reduction,
    "TX_PLAN_SECURITY_CANCELLATION": Reduction,
    "TX_WARRANT_CANCELLATION": Reduction,
    "TX_CONVERTIBLE_CANCELLATION": ConvertibleReduction,
    "TX_STOCK_RETRACTION": Retraction,
    "TX_EQUITY_COMPENSATION_RETRACTION": Retraction,
    "TX_PLAN_SECURITY_RETRACTION": Retraction,
    "TX_WARRANT_RETRACTION": Retraction,
    "TX_CONVERTIBLE_RETRACTION": Retraction,
    "TX_STOCK_TRANSFER": Transfer,
    "TX_EQUITY_COMPENSATION_TRANSFER": Transfer,
    "TX_PLAN_SECURITY_TRANSFER": Transfer,
    "TX_WARRANT_TRANSFER": Transfer,
    "TX_CONVERTIBLE_TRANSFER": ConvertibleTransfer,
    "TX_STOCK_CONVERSION": StockConversion,
    "TX_CONVERTIBLE_CONVERSION": ConvertibleConversion,
    "TX_EQUITY_COMPENSATION_EXERCISE": Exercise,
    "TX_PLAN_SECURITY_EXERCISE": Exercise,
    "TX_EQUITY_COMPENSATION_RELEASE": Exercise,
    "TX_PLAN_SECURITY_RELEASE": Exercise,
    "TX_WARRANT_EXERCISE": WarrantExercise,
    "TX_STOCK_REISSUANCE": Reissuance,
    "TX_STOCK_PLAN_RETURN_TO_POOL": ReturnToPool,
    "TX_STOCK_PLAN_POOL_ADJUSTMENT": PoolAdjustment,
    "TX_STOCK_CLASS_SPLIT": ClassSplit,
    "TX_STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT": RatioAdjustment,
    "TX_VESTING_START": ConditionMet,
    "TX_VESTING_EVENT": ConditionMet,
    "TX_VESTING_ACCELERATION": Acceleration,
}
# what changes none
PASSED_OVER = frozenset(
    {
        "TX_STOCK_ACCEPTANCE",
        "TX_EQUITY_COMPENSATION_ACCEPTANCE",
        "TX_PLAN_SECURITY_ACCEPTANCE",
        "TX_WARRANT_ACCEPTANCE",
        "TX_CONVERTIBLE_ACCEPTANCE",
        "TX_STOCK_CLASS_AUTHORIZED_SHARES_ADJUSTMENT",
        "TX_ISSUER_AUTHORIZED_SHARES_ADJUSTMENT",
    }
)
