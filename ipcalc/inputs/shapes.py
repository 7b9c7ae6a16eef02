"""The shape a file must have, and what is said where it has another.

A shape is a ``TypedDict``. pydantic's core validates it, strictly; the schema is built from the
annotations here rather than by pydantic itself, which takes longer to start than all else together. Both
read the same annotations, and a test holds them against each other. ``json_schema`` is pydantic's.
"""

from __future__ import annotations

import datetime
import functools
import re
import types
import typing
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, NotRequired, TypedDict, TypeVar, cast

from pydantic_core import PydanticCustomError, SchemaValidator, ValidationError
from pydantic_core import core_schema as cs

from ipcalc import quantity
from ipcalc.inputs import ITEMS
from ipcalc.inputs.diagnostics import Diagnostic, Refused
from ipcalc.inputs.document import Document
from ipcalc.quantity import Quantity, Unreadable
from ipcalc.texts import Text

if TYPE_CHECKING:
    from ipcalc.inputs import locate

TEXT = 4_000  # characters of one text
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Via:
    """An annotation: read the raw value with a function that raises ``Unreadable``."""

    read: Callable[[Any], Any]
    json: Mapping[str, Any]

    def core(self) -> cs.CoreSchema:
        """The core schema of a value that is read so."""

        def read(raw: Any) -> Any:
            try:
                return self.read(raw)
            except Unreadable as error:
                arguments: dict[str, Any] = dict(error.args_of_message)
                raise PydanticCustomError(error.code, error.code, arguments) from None

        functions = {"pydantic_js_functions": [lambda _schema, _handler: dict(self.json)]}
        return cs.no_info_plain_validator_function(read, metadata=functions)

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> cs.CoreSchema:
        return self.core()


@dataclass(frozen=True, eq=False)
class ByKey:
    """An annotation of a union of tables: the key that is present says which table it is."""

    tables: Mapping[str, str]  # key → name of the TypedDict

    def tag(self, raw: Any) -> str | None:
        """The name of the table a raw value is, if it has one of the keys."""
        if not isinstance(raw, dict):
            return None
        return next((name for key, name in self.tables.items() if key in raw), None)


@dataclass(frozen=True, eq=False)
class ByValue:
    """An annotation of a union of tables: the value of one key (a ``Literal`` in each) says which."""

    key: str


def open_table(table: type[T]) -> type[T]:
    """A ``TypedDict`` whose tables may have keys that it doesn't name; they are passed over."""
    table.__pydantic_config__ = {"extra": "ignore"}  # type: ignore[attr-defined]
    return table


# -- the plain values every file uses -----------------------------------------------------------------

_IDENT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}(?:/[a-z0-9][a-z0-9-]{0,63}){0,3}", re.ASCII)
_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}
_INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Co", "Cn", "Cs"}


def string(raw: Any) -> str:
    """Any string."""
    if not isinstance(raw, str):
        raise Unreadable("F103", wanted="text", got=quantity.type_name(raw))
    return raw


def name(raw: Any) -> str:
    """A text with something to see in it, in Unicode's composed form."""
    text = string(raw)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not any(unicodedata.category(c) not in _INVISIBLE and not c.isspace() for c in text):
        raise Unreadable("F109")
    if len(text) > TEXT:
        raise Unreadable("F106", limit=f"{TEXT} characters")
    return text


def expression(raw: Any) -> str:
    """A rule's text, as it stands: its characters are counted in messages."""
    name(raw)
    return string(raw)


def ident(raw: Any) -> str:
    """An id: a-z, 0-9 and hyphens, in parts of at most 64 characters joined by slashes."""
    text = string(raw)
    if not _IDENT.fullmatch(text):
        wrong = next((c for c in text if not re.fullmatch(r"[a-z0-9/-]", c)), "")
        raise Unreadable("F111", value=text, wrong=_shown(wrong))
    if not is_ident(text):
        raise Unreadable("F111", value=text, wrong="-")
    return text


def is_ident(text: str) -> bool:
    """Whether a text can be an id."""
    return bool(_IDENT.fullmatch(text)) and _RESERVED.isdisjoint(text.split("/"))


def _shown(char: str) -> str:
    """A character by its code point, and itself where it can be seen."""
    seen = f" {char}" if char.isprintable() and not char.isspace() else ""
    return f"U+{ord(char):04X}{seen}" if char else "-"


def url(raw: Any) -> str:
    """A web address."""
    text = string(raw)
    if not re.fullmatch(r"https?://[!-~]{1,2000}", text):
        raise Unreadable("F104", kind="url", value=text)
    return text


def day(raw: Any) -> datetime.date:
    """A date without a time, within the calendar's years."""
    if not isinstance(raw, datetime.date) or isinstance(raw, datetime.datetime):
        raise Unreadable("F103", wanted="date", got=quantity.type_name(raw))
    if not quantity.FIRST_YEAR <= raw.year <= quantity.LAST_YEAR:
        raise Unreadable("F106", limit=f"{quantity.FIRST_YEAR} … {quantity.LAST_YEAR}")
    return raw


def moment(raw: Any) -> datetime.date | datetime.datetime:
    """A date, or a date with a time of day."""
    if isinstance(raw, datetime.datetime):
        day(raw.date())
        return raw
    return day(raw)


def currency(raw: Any) -> str:
    """A currency code."""
    return quantity.known_currency(string(raw))


def format_up_to(newest: int) -> Any:
    """The version of a file's format: a newer one than ours is refused."""

    def read(raw: Any) -> int:
        if not isinstance(raw, int) or isinstance(raw, bool) or raw < 1:
            raise Unreadable("F103", wanted="count", got=quantity.type_name(raw))
        if raw > newest:
            raise Unreadable("F117", value=str(raw)[:20], known=str(newest))
        return raw

    return Annotated[int, Via(read, {"type": "integer", "minimum": 1, "maximum": newest})]


_QUANTITY_JSON: dict[str, dict[str, Any]] = {
    "money": {"type": ["number", "string"], "examples": [24_000_000, "HKD 24 million", "HKD 1_500_000.50"]},
    "share": {"type": ["number", "string"], "examples": ["33.3%", "1/3", 0.7]},
    "ratio": {"type": ["number", "string"], "examples": ["2:1"]},
    "number": {"type": ["number", "string"], "examples": [3, "1/3"]},
    "count": {"type": "integer", "minimum": 0},
    "duration": {"type": "string", "examples": ["36 months", "3 years", "90 days"]},
}
Name = Annotated[str, Via(name, {"type": "string", "minLength": 1})]
Expression = Annotated[str, Via(expression, {"type": "string", "minLength": 1})]
Ident = Annotated[str, Via(ident, {"type": "string", "pattern": f"^{_IDENT.pattern}$"})]
Url = Annotated[str, Via(url, {"type": "string", "format": "uri"})]
Day = Annotated[datetime.date, Via(day, {"type": "string", "format": "date"})]
Moment = Annotated[
    datetime.date, Via(moment, {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]})
]
Currency = Annotated[str, Via(currency, {"type": "string", "pattern": "^[A-Z]{3}$"})]
Anything = Annotated[Any, Via(lambda raw: raw, {})]


def quantity_of(kind: str) -> Via:
    """How a quantity of a kind is read."""
    return Via(functools.partial(quantity.read, kind), _QUANTITY_JSON[kind])


def not_negative(kind: str) -> Via:
    """How a quantity of a kind is read that can't be below zero."""
    via = quantity_of(kind)

    def read(raw: Any) -> Quantity:
        found: Quantity = via.read(raw)
        if not isinstance(found.value, quantity.Duration) and found.value < 0:
            raise Unreadable("F106", limit="≥ 0")
        return found

    return Via(read, via.json)


def or_unknown(kind: str) -> Via:
    """How a quantity of a kind is read where a source may not say: the word ``"unknown"`` stays."""
    via = quantity_of(kind)
    return Via(lambda raw: raw if raw == "unknown" else via.read(raw), via.json)


Money = Annotated[Quantity, quantity_of("money")]
Share = Annotated[Quantity, quantity_of("share")]
Ratio = Annotated[Quantity, quantity_of("ratio")]
Number = Annotated[Quantity, quantity_of("number")]
Count = Annotated[Quantity, quantity_of("count")]
Length = Annotated[Quantity, quantity_of("duration")]


class SourceTable(TypedDict):
    """Where a figure of a scheme or a policy comes from. ``kind`` says how sure we are of it."""

    title: Name
    kind: Literal["official", "institution", "press", "report"]
    url: NotRequired[Url]
    dated: NotRequired[Day]
    note: NotRequired[Text]


# -- annotations → core schema ------------------------------------------------------------------------


def core_of(shape: Any) -> cs.CoreSchema:
    """The core schema of an annotation."""
    if isinstance(shape, dict):  # a core schema already
        return cast(cs.CoreSchema, shape)
    origin = typing.get_origin(shape)
    if origin is Annotated:
        base, *marks = typing.get_args(shape)
        for mark in marks:
            if isinstance(mark, Via):
                return mark.core()
            if isinstance(mark, ByKey | ByValue):
                return _tagged(base, mark)
        return core_of(base)
    if origin is Literal:
        return cs.literal_schema(list(typing.get_args(shape)))
    if origin is list:
        return cs.list_schema(core_of(typing.get_args(shape)[0]), strict=True, max_length=ITEMS)
    if origin is dict:
        return cs.dict_schema(cs.str_schema(), core_of(typing.get_args(shape)[1]), strict=True)
    if origin in (typing.Union, types.UnionType):
        return _by_type(typing.get_args(shape))
    if typing.is_typeddict(shape):
        return _table(shape)
    if shape is bool:
        return cs.bool_schema(strict=True)
    assert shape is str, shape
    return Via(name, {"type": "string"}).core()


@functools.cache
def _table(shape: Any) -> cs.CoreSchema:
    hints = typing.get_type_hints(shape, include_extras=True)
    fields = {}
    for key, hint in hints.items():
        required = key in shape.__required_keys__
        if (origin := typing.get_origin(hint)) in (typing.NotRequired, typing.Required):
            # annotations that are strings don't reach __required_keys__
            hint, required = typing.get_args(hint)[0], origin is typing.Required
        fields[key] = cs.typed_dict_field(core_of(hint), required=required)
    extra = getattr(shape, "__pydantic_config__", {}).get("extra", "forbid")
    return cs.typed_dict_schema(fields, extra_behavior=extra, cls_name=shape.__name__)


def _tagged(base: Any, mark: ByKey | ByValue) -> cs.CoreSchema:
    members = typing.get_args(base) or (base,)
    tables = {table.__name__: core_of(table) for table in members}
    if isinstance(mark, ByKey):
        return cs.tagged_union_schema(tables, discriminator=mark.tag, strict=True)
    by_value: dict[str, cs.CoreSchema] = {}
    for table in members:
        hint = typing.get_type_hints(table, include_extras=True)[mark.key]
        for value in typing.get_args(hint):
            by_value[value] = core_of(table)
    return cs.tagged_union_schema(by_value, discriminator=mark.key, strict=True)


def _by_type(members: tuple[Any, ...]) -> cs.CoreSchema:
    """A union of which each member is another TOML type: the type of the value says which."""
    choices: dict[str, cs.CoreSchema] = {}
    for member in members:
        schema = core_of(member)
        kind = schema["type"]
        tag = {"typed-dict": "table", "tagged-union": "table", "dict": "table", "list": "array"}.get(
            kind, "string"
        )
        choices["boolean" if kind == "bool" else tag] = schema
    other = "string" if "string" in choices else None

    def tag_of(raw: Any) -> str | None:
        found = quantity.type_name(raw)
        return found if found in choices else other

    return cs.tagged_union_schema(choices, discriminator=tag_of, strict=True)


class Shape:
    """A core schema, compiled when it is first used."""

    def __init__(self, schema: cs.CoreSchema) -> None:
        self.schema = schema

    @functools.cached_property
    def validator(self) -> SchemaValidator:
        """The compiled schema."""
        return SchemaValidator(self.schema)


@functools.cache
def shape(table: Any) -> Shape:
    """The shape of a ``TypedDict``, made once."""
    return Shape(core_of(table))


def json_schema(schema: cs.CoreSchema) -> dict[str, Any]:
    """The JSON Schema of a core schema."""
    from pydantic.json_schema import GenerateJsonSchema

    return GenerateJsonSchema().generate(schema)


# -- validating ---------------------------------------------------------------------------------------


def validate(table: type[T], document: Document) -> T:
    """A document's data in the shape of a ``TypedDict``. Raises ``Refused`` with every difference."""
    valid: T = check(shape(cast(Hashable, table)), document)
    return valid


def check(shape: Shape, document: Document, at: locate.Path = ()) -> Any:
    """The part of a document at a path, in a shape. Raises ``Refused``."""
    raw: Any = document.data
    for part in at:
        raw = raw[part]
    try:
        return shape.validator.validate_python(raw)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True)
        raise Refused(_diagnose(shape.schema, document, found, at)) from None


class _Fault(NamedTuple):
    path: locate.Path
    kind: str
    error: Mapping[str, Any]
    schema: Any  # of the table the fault is in, or of the value


def _diagnose(
    schema: cs.CoreSchema, document: Document, errors: Iterable[Mapping[str, Any]], at: locate.Path
) -> Iterable[Diagnostic]:
    faults = [_trace(schema, document, error, at) for error in errors]
    missing = {fault.path: fault for fault in faults if fault.kind == "missing"}
    for fault in faults:
        if fault.kind != "extra_forbidden":
            continue
        key, parent = str(fault.path[-1]), fault.path[:-1]
        absent = [str(path[-1]) for path in missing if path[:-1] == parent]
        if near := quantity.nearest(key, absent):
            del missing[(*parent, near)]  # an unknown key and the missing key it stands for are one error
        else:
            known = fault.schema.get("fields", {}) if fault.schema else {}
            near = quantity.nearest(key, known)
        yield document.problem("F102", fault.path, near, at_key=True, key_name=key)
    for fault in faults:
        if fault.kind == "missing" and fault.path in missing:
            yield document.problem("F101", fault.path[:-1], at_key=True, key_name=str(fault.path[-1]))
        elif fault.kind not in ("missing", "extra_forbidden"):
            yield _value_fault(document, fault)


def _trace(schema: Any, document: Document, error: Mapping[str, Any], at: locate.Path) -> _Fault:
    """Follow an error's location through the schema and the data, past the tags of unions."""
    node: Any = document.data
    for part in at:
        node = node[part]
    path = at
    for i, part in enumerate(error["loc"]):
        kind = schema["type"]
        last = i == len(error["loc"]) - 1
        if kind == "tagged-union":
            schema = schema["choices"].get(part, schema)
            continue
        if last and error["type"] in ("missing", "extra_forbidden"):
            return _Fault((*path, part), error["type"], error, schema)
        path = (*path, part)
        if kind == "typed-dict":
            schema = schema["fields"][part]["schema"]
        elif kind in ("dict", "list"):
            schema = schema["values_schema" if kind == "dict" else "items_schema"]
        node = node[part]
    return _Fault(path, error["type"], error, schema)


_WANTED = {
    "bool": "boolean",
    "list": "array",
    "dict": "table",
    "typed-dict": "table",
    "tagged-union": "table",
}


def _value_fault(document: Document, fault: _Fault) -> Diagnostic:
    raw, path, schema = fault.error["input"], fault.path, fault.schema
    if re.fullmatch(r"[A-Z][0-9]{3}", fault.kind):  # raised by one of our readers
        context: dict[str, Any] = {"key": _called(path)} | (fault.error.get("ctx") or {})
        return document.problem(fault.kind, path, context.pop("near", ""), **context)
    if fault.kind == "too_long":
        return document.problem("T110", path, at_key=True, limit=str(ITEMS))
    tag = schema.get("discriminator")
    if fault.kind == "union_tag_not_found" and isinstance(raw, dict):
        if isinstance(tag, str):
            return document.problem("F101", path, at_key=True, key_name=tag)
        if isinstance(tag, types.MethodType) and isinstance(tag.__self__, ByKey):
            return document.problem("F114", path, at_key=True, allowed=", ".join(tag.__self__.tables))
    wanted = _WANTED.get(schema["type"], "text")
    if fault.kind in ("literal_error", "union_tag_invalid"):
        allowed = schema.get("expected") or list(schema["choices"])
        if fault.kind == "union_tag_invalid":
            path, raw = (*path, tag), raw[tag]
        if isinstance(raw, str) or not all(isinstance(choice, str) for choice in allowed):
            words = [str(choice) for choice in allowed]
            value = raw if isinstance(raw, str) else quantity.type_name(raw)
            near = quantity.nearest(value, words)
            names = ", ".join(words)
            return document.problem("F107", path, near, key=_called(path), value=value[:80], allowed=names)
        wanted = "text"
    if isinstance(tag, types.FunctionType) and "table" not in schema["choices"]:  # a union by type
        wanted = "array" if "array" in schema["choices"] else "boolean"
    return document.problem("F103", path, key=_called(path), wanted=wanted, got=quantity.type_name(raw))


def _called(path: locate.Path) -> str:
    """What a message calls a value: its key, and for an item of a list also its number from 0."""
    keys = [i for i, part in enumerate(path) if isinstance(part, str)]
    start = keys[-1] if keys else 0
    return "".join(part if isinstance(part, str) else f"[{part}]" for part in path[start:])
