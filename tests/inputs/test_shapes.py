"""Shapes: what is accepted, what is said of the rest, and where. pydantic reads the same annotations."""

import datetime
import typing
from decimal import Decimal
from typing import Annotated, Literal, NotRequired, TypedDict

import pydantic
import pytest
import typing_extensions
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import SchemaValidator, ValidationError

from ipcalc.inputs import shapes, toml
from ipcalc.inputs.diagnostics import Refused
from ipcalc.views import console, diagnostics


class Part(TypedDict):
    name: shapes.Name
    amount: NotRequired[shapes.Money]
    share: NotRequired[shapes.Share]


class Take(TypedDict):
    take: shapes.Share
    of: NotRequired[str]


class Divide(TypedDict):
    share: dict[str, Annotated[object, shapes.or_unknown("share")]]


class Issue(TypedDict):
    event: Literal["issue", "grant"]
    n: shapes.Count


class Pool(TypedDict):
    event: Literal["pool"]
    size: shapes.Share


class File(TypedDict):
    title: shapes.Name
    id: NotRequired[shapes.Ident]
    kind: NotRequired[Literal["one", "two", "three"]]
    on: NotRequired[bool]
    start: NotRequired[shapes.Day]
    at: NotRequired[shapes.Moment]
    url: NotRequired[shapes.Url]
    currency: NotRequired[shapes.Currency]
    count: NotRequired[shapes.Count]
    parts: NotRequired[list[Part]]
    by_name: NotRequired[dict[str, Part]]
    length: NotRequired[shapes.Length]
    steps: NotRequired[list[Annotated[Take | Divide, shapes.ByKey({"take": "Take", "share": "Divide"})]]]
    events: NotRequired[list[Annotated[Issue | Pool, shapes.ByValue("event")]]]
    some: NotRequired[str | list[str] | Part]
    flag: NotRequired[bool | list[str]]


def twin(shape):
    """The same TypedDict for pydantic itself, strict, without the unions that only we can tell apart."""
    hints = {}
    for key, hint in typing.get_type_hints(shape, include_extras=True).items():
        if key not in ("steps", "events", "some", "flag"):
            required = key in shape.__required_keys__
            inner = hint if required else typing.get_args(hint)[0]
            hints[key] = twin_of(inner) if required else typing_extensions.NotRequired[twin_of(inner)]
    table = typing_extensions.TypedDict(shape.__name__, hints)
    table.__pydantic_config__ = pydantic.ConfigDict(strict=True, extra="forbid")
    return table


def twin_of(hint):
    if typing.is_typeddict(hint):
        return twin(hint)
    if typing.get_origin(hint) is list:
        return list[twin_of(typing.get_args(hint)[0])]
    if typing.get_origin(hint) is dict:
        return dict[str, twin_of(typing.get_args(hint)[1])]
    return hint


PYDANTIC = pydantic.TypeAdapter(twin(File))
OURS = SchemaValidator(shapes.core_of(File))

good = {
    "title": "x",
    "id": "a/b-1",
    "kind": "two",
    "on": True,
    "start": datetime.date(2026, 4, 1),
    "at": datetime.datetime(2026, 4, 1, 10),
    "url": "https://example.org/",
    "currency": "HKD",
    "count": 3,
    "length": "36 months",
    "parts": [{"name": "p", "amount": "HKD 5", "share": "50%"}],
    "by_name": {"k.e": {"name": "q"}},
}
odd = st.one_of(
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from(["", "　", "１２", "HKD 1.005", "one", "issue", "2026-04-01", "70%", "a\u200bb", "con"]),
    st.sampled_from(
        [Decimal("1.5"), Decimal("NaN"), datetime.time(1), datetime.date(1800, 1, 1), 1 << 20_000]
    ),
    st.sampled_from([datetime.datetime(2026, 4, 1, 10), datetime.date(2026, 4, 1)]),
    st.just([]),
    st.just({}),
    st.just([{"name": "x"}, 5]),
    st.just({"name": "x", "nam": "y"}),
)
raws = st.dictionaries(st.sampled_from([*good, "titel", "x.y"]), odd, max_size=4).map(
    lambda changes: good | changes
)


def verdict(validate, raw):
    try:
        return validate(raw)
    except ValidationError as error:
        return sorted(
            (tuple(e["loc"]), e["type"]) for e in error.errors(include_url=False, include_input=False)
        )


@given(raws, st.sets(st.sampled_from(sorted(good))))
def test_pydantic_reads_the_same_annotations_the_same_way(raw, without):
    raw = {key: value for key, value in raw.items() if key not in without}
    assert verdict(OURS.validate_python, raw) == verdict(PYDANTIC.validate_python, raw)


def test_the_json_schema_is_pydantics():
    found = shapes.json_schema(shapes.core_of(File))
    assert (found["properties"]["count"]["type"], found["properties"]["count"]["minimum"]) == ("integer", 0)
    assert set(found["properties"]) == set(File.__annotations__)
    assert found["required"] == ["title"]
    assert found["additionalProperties"] is False


# -- what is said -------------------------------------------------------------------------------------


def refusals(text, shape=File):
    with pytest.raises(Refused) as caught:
        shapes.validate(shape, toml.parse("f.toml", text))
    for lang in ("en", "zh-Hant", "zh-Hans"):
        console.draw(diagnostics.draw(caught.value.diagnostics, lang))
    return [(d.code, d.place.line, d.place.column, d.near) for d in caught.value.diagnostics]


def refusal(text, shape=File):
    (only,) = refusals(text, shape)
    return only


def message(text, lang="en"):
    with pytest.raises(Refused) as caught:
        shapes.validate(File, toml.parse("f.toml", text))
    (only,) = caught.value.diagnostics
    return only.message(lang)


def test_what_fits_is_read():
    text = 'title = "e\u0301"\ncount = 3\nstart = 2026-04-01\nsome = ["a"]\nflag = true\n'
    text += '[[events]]\nevent = "grant"\nn = 1\n'
    found = shapes.validate(File, toml.parse("f.toml", text))
    assert found["title"] == "é"
    assert found["count"].value == 3
    assert found["events"][0]["n"].value == 1


def test_every_error_once_in_file_order():
    text = 'kind = "on"\ntitle = ""\ncount = "x"\n[[parts]]\nshare = "120%"\n[[parts]]\nname = "b"\nfoo = 1\n'
    assert refusals(text) == [
        ("F107", 1, 8, "one"),
        ("F109", 2, 9, ""),
        ("F103", 3, 9, ""),
        ("F101", 4, 3, ""),
        ("F106", 5, 9, ""),
        ("F102", 8, 1, ""),
    ]


def test_an_unknown_key_and_the_missing_one_it_stands_for_are_one_error():
    assert refusals('titel = "x"') == [("F102", 1, 1, "title")]
    assert refusals('title = "x"\n[[parts]]\nnmae = "a"\n') == [("F102", 3, 1, "name")]
    assert refusals('titel = "x"\ntitle2 = "y"') == [("F102", 1, 1, "title"), ("F102", 2, 1, "title")]
    assert sorted(code for code, *_ in refusals("zzz = 1")) == ["F101", "F102"]


def test_a_missing_key_belongs_to_its_tables_header():
    assert refusal('title = "x"\n\n[by_name.k]\nshare = "5%"\n')[:3] == ("F101", 3, 10)
    assert refusal('title = "x"\nparts = [\n  { name = "a" },\n  { share = 0.5 },\n]\n')[:3] == ("F101", 4, 3)
    assert refusal("")[:3] == ("F101", 1, 1)
    assert refusal("# nothing\n")[:3] == ("F101", 1, 1)


def test_keys_in_quotes():
    assert refusal('title = "x"\n"parts.x" = 1\n')[:3] == ("F102", 2, 1)
    assert refusal('title = "x"\n[by_name."k.e"]\nname = 5\n')[:3] == ("F103", 3, 8)
    assert refusal('title = "x"\nby_name."k.e".name = 5\n')[:3] == ("F103", 2, 22)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("count = true", "F103"),
        ('count = "１２"', "F103"),
        ("count = 3.0", "F103"),
        ("count = -1", "F106"),
        ("on = 1", "F103"),
        ('on = "yes"', "F103"),
        ("start = 2026-04-01T10:00:00", "F103"),
        ('start = "2026-04-01"', "F103"),
        ("start = 1899-12-31", "F106"),
        ("at = 10:00", "F103"),
        ("title = 5", "F103"),
        ('title = "　\u200b "', "F109"),
        ('title = ""', "F109"),
        ('title = "' + "x" * 4_001 + '"', "F106"),
        ('id = "a\u200bb"', "F111"),
        ('id = "A"', "F111"),
        ('id = "../x"', "F111"),
        ('id = "con"', "F111"),
        ('id = "a/nul"', "F111"),
        ('id = ""', "F111"),
        ('url = "javascript:x"', "F104"),
        ('url = "https://a b"', "F104"),
        ('currency = "XYZ"', "F108"),
        ("kind = 0x" + "f" * 9_000, "F103"),
        ("kind = true", "F103"),
        ('kind = ["one"]', "F103"),
        ("parts = 5", "F103"),
        ("parts = [5]", "F103"),
        ("parts = { a = 1 }", "F103"),
        ("by_name = []", "F103"),
        ("by_name.k = 1", "F103"),
        ("steps = [{}]", "F114"),
        ("steps = [5]", "F103"),
        ("steps = 5", "F103"),
        ('steps = [{ take = "120%" }]', "F106"),
        ("events = [{ n = 1 }]", "F101"),
        ("events = [5]", "F103"),
        ('events = [{ event = "isue", n = 1 }]', "F107"),
        ("events = [{ event = 5, n = 1 }]", "F103"),
        ("events = [{ event = [1], n = 1 }]", "F103"),
        ('events = [{ event = "issue", n = true }]', "F103"),
        ("some = 5", "F103"),
        ("some = { name = 5 }", "F103"),
        ("some = [5]", "F103"),
        ("flag = 5", "F103"),
        ("flag = { a = 1 }", "F103"),
        ("count = nan", "F106"),
        ("parts = [" + "{name='x'}," * 10_000 + "]", ""),
    ],
)
def test_strictness(line, code):
    text = line if line.startswith("title") else f'{line}\ntitle = "x"\n'
    if not code:
        shapes.validate(File, toml.parse("f.toml", text))
    else:
        assert refusal(text)[:2] == (code, 1)


def test_messages():
    assert message('title = "x"\ncount = true') == "'count' should be a whole number, not true or false"
    assert message('title = "x"\ncount = true', "zh-Hant") == "「count」應是整數，而不是true 或 false"
    assert message('title = "x"\nparts = [5]') == "'parts[0]' should be a table, not a whole number"
    assert message('title = "x"\nsteps = [5]') == "'steps[0]' should be a table, not a whole number"
    assert (
        message('title = "x"\nflag = 5') == "'flag' should be a list in square brackets, not a whole number"
    )
    assert message('title = "x"\nlength = "soon"') == "'soon' is not a length of time, such as \"36 months\""
    assert message('title = "x"\nid = "a\u200bb"') == "'a\u200bb' is not an id (U+200B)"
    assert message('title = "x"\nparts = [{ name = "a", amount = "' + "1" * 19 + '" }]') == (
        "'amount' is out of bounds: 18 digits, 12 decimal places"
    )
    assert message('title = "x"\nlength = "999 years"', "zh-Hant") == "「length」超出範圍：1200 個月"
    assert message('title = "x"\nstart = 1800-01-01', "zh-Hans") == "“start”超出范围：1900 … 2200"


def test_many_errors_are_counted():
    text = 'title = "x"\n' + "[[parts]]\nname = 5\n" * 50
    with pytest.raises(Refused) as caught:
        shapes.validate(File, toml.parse("f.toml", text))
    assert len(caught.value.diagnostics) == 50
    drawn = console.draw(diagnostics.draw(caught.value.diagnostics, "en"))
    assert drawn.count("F103") == 20
    assert drawn.rstrip().endswith("… and 30 more")


@given(st.dictionaries(st.sampled_from([*File.__annotations__, "x.y"]), odd, max_size=5))
def test_any_data_is_read_or_refused_with_words(raw):
    document = toml.Document("f.toml", "", raw)
    try:
        shapes.validate(File, document)
    except Refused as error:
        for diagnostic in error.diagnostics:
            assert diagnostic.message("zh-Hant")
