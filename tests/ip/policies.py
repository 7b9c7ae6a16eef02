"""Published policies as test data: the steps of each, written from its source."""

# ruff: noqa: E501  # a policy, or a case, a line

from __future__ import annotations

from ipcalc.inputs import toml
from ipcalc.ip import policy as reader
from ipcalc.ip.model import Policy

HEAD = """\
id = "x/test"
name = {{ en = "Test" }}
institution = "test"
currency = "{currency}"
reviewed = 2025-01-01
sources.s = {{ title = "S", kind = "report" }}
{more}
"""


def made(body: str, currency: str = "USD", more: str = "") -> Policy:
    """A policy of its versions' text, each after its own ``[[versions]]``."""
    text = HEAD.format(currency=currency, more=more) + body
    return reader.read(toml.parse("policy.toml", text))


def flow(steps: str, currency: str = "USD", more: str = "", after: str = "") -> Policy:
    """A policy of one version."""
    return made(f'[[versions]]\nsource = "s"\nsteps = [{steps}]\n{after}', currency, more)


def shares(**parts: str) -> str:
    """The parties and their rates, as TOML."""
    return "{ " + ", ".join(f'"{party}" = "{rate}"' for party, rate in parts.items()) + " }"


def bands(*each: tuple[str, dict[str, str]], keys: str = "") -> str:
    """A banded share: up to an amount (empty: without end), the shares."""
    rows = (f"{{ {f'up_to = {edge}, ' if edge else ''}share = {shares(**parts)} }}" for edge, parts in each)
    return f"{{ {keys}bands = [{', '.join(rows)}] }}"


COSTS = '{ recover = "costs", for = "cost_recovery" }'
HALVES = f"{{ share = {shares(inventors='50%', university='50%')} }}"

UMBC = f"""{{ take = {{ input = "pool rate", from = "10%", to = "70%" }}, of = "gross", for = "inventors",
  at_most = {{ amount = 10_000 }} }},
{{ recover = "costs", for = "project_costs", at_most = {{ rate = "70%", of = "gross" }} }},
{{ take = "30%", of = "gross", for = "general_costs" }}, {HALVES}"""
YALE_BANDS = bands(
    ("100_000", {"inventors": "50%", "university": "50%"}),
    ("200_000", {"inventors": "40%", "university": "60%"}),
    ("", {"inventors": "30%", "university": "70%"}),
    keys='name = "net", ',
)
YALE = f"""{COSTS}, {{ take = "10%", for = "office_fee", name = "office fee",
  at_most = {{ amount = {{ input = "office budget" }}, per = "portfolio", over = "year" }} }}, {YALE_BANDS}"""
YALE_WITHOUT_BUDGET = f'{COSTS}, {{ take = "10%", for = "office_fee" }}, {YALE_BANDS}'
STANFORD = bands(
    ("3_000_000", {"inventors": "33.34%", "department": "24.66%", "school": "21%", "vpdor": "21%"}),
    ("", {"inventors": "33.34%", "department": "14.66%", "school": "26%", "vpdor": "26%"}),
    keys='name = "distributable", per = "licence", ',
)
UC = f"{COSTS}, {{ share = {shares(inventors='35%', research='15%', general_pool='rest')} }}"
UC_OLD = f'{{ take = "15%", of = "gross", for = "fee" }}, {COSTS}, {HALVES}'
COLUMBIA = """{ take = "20%", of = "gross", for = "university_expenses", covers = "costs" },
{ by = "gross", bands = [
  { up_to = 125_000, share = { inventors = "50%", research = "25%", dept_faculty_university = "rest" } },
  { share = { inventors = "25%", research = "25%", dept_faculty_university = "rest" } } ] },
{ limit = "research", to = "university", at_most = { amount = 500_000 } }"""
MICHIGAN = (
    COSTS
    + ", "
    + bands(
        ("200_000", {"inventors": "50%", "department": "17%", "school": "18%", "central": "15%"}),
        ("2_000_000", {"inventors": "30%", "department": "20%", "school": "25%", "central": "25%"}),
        ("", {"lost": "unknown"}),
    )
)
GATECH = (
    '{ take = "100%", of = "gross", for = "inventors", at_most = { amount = 2_500 } }, '
    + COSTS
    + ", "
    + bands(
        ("500_000", {"inventors": "33%", "unit": "17%", "gtrc": "50%"}),
        ("1_000_000", {"inventors": "33%", "unit": "27%", "gtrc": "40%"}),
        ("", {"inventors": "33%", "unit": "33%", "gtrc": "34%"}),
    )
)
CORNELL = f"{COSTS}, {{ share = {shares(inventors='1/3', foundation='1/3', last='1/3')} }}"
CORNELL_WITHIN = f"within.last = [{{ share = {shares(unit_research='60%', university='40%')} }}]"
DUKE = COSTS + ", " + bands(
    ("500_000", {"inventors": "50%", "ost": "10%", "laboratory": "10%", "department": "10%",
                 "research_support": "20%"}),
    ("2_000_000", {"inventors": "33%", "rest": "unknown"}),
    ("", {"inventors": "25%", "rest": "unknown"}),
)  # fmt: skip
HOPKINS = bands(
    (
        "300_000",
        {"inventors": "35%", "research": "15%", "department": "15%", "school": "30%", "university": "5%"},
    ),
    ("", {"inventors": "35%", "research": "15%", "department": "15%", "school": "25%", "university": "10%"}),
    keys='name = "net", over = "{over}", ',
)
WARF = (
    bands(
        ("100_000", {"inventors": "20%", "laboratory": "70%", "campus_gift": "10%"}),
        ("", {"inventors": "20%", "department": "15%", "campus_gift": "65%"}),
        keys='name = "gross", per = "licence", ',
    )
    + """, { limit = "laboratory", to = "campus_gift",
  at_most = [{ amount = 70_000, per = "licence" }, { amount = 200_000, per = "lab", over = "year" }] }"""
)
CAMBRIDGE = (
    '{ recover = ["sponsor", "costs"], for = { sponsor = "sponsor", costs = "cost_recovery" } }, '
    + bands(
        ("100_000", {"inventors": "90%", "department": "5%", "cambridge_enterprise": "5%"}),
        ("200_000", {"inventors": "60%", "department": "20%", "cambridge_enterprise": "20%"}),
        ("", {"inventors": "34%", "department": "33%", "cambridge_enterprise": "33%"}),
        keys='name = "net", index = { series = "uk-rpi", from = 2005-12-12, round = 1 }, ',
    )
)
RPI = """[series.uk-rpi]
values = [{ on = 2005-12-12, value = 1 }, { on = 2019-07-01, value = "1.49398" }]
until = 2019-07-31
source = "s"
"""
OXFORD = (
    COSTS
    + ', { mark = "net" }, { take = "30%", of = "net", for = "oui" }, '
    + bands(
        ("50_000", {"inventors": "85.7%", "general_fund": "14.3%", "department": "0%"}),
        ("500_000", {"inventors": "45%", "general_fund": "30%", "department": "25%"}),
        ("", {"inventors": "22.5%", "general_fund": "40%", "department": "37.5%"}),
        keys='by = "net", ',
    )
)
IMPERIAL = (
    COSTS
    + ", "
    + bands(
        ("50_000", {"inventors": "100%"}),
        ("1_000_000", {"inventors": "80%", "others": "20%"}),
        ("", {"inventors": "60%", "others": "40%"}),
        keys='name = "net", per = "{per}", ',
    )
)
LOMA_LINDA = f"""{{ recover = "costs", for = "cost_recovery", at_most = {{ rate = "10%", of = "gross" }} }},
{{ share = {shares(inventors="1/3", school="1/3", university="1/3")} }}"""
BIRMINGHAM = (
    '{ take = "15%", of = "gross", for = "central_15" }, '
    + COSTS
    + ", "
    + bands(
        ("100_000", {"inventors": "50%", "university": "25%", "school": "25%"}),
        ("", {"inventors": "20%", "university": "40%", "school": "40%"}),
        keys='over = "year", ',
    )
)
SHEFFIELD = (
    COSTS
    + ", "
    + bands(
        ("20_000", {"university_ipgroup": "50%", "inventors": "50%"}),
        ("100_000", {"university_ipgroup": "50%", "inventors": "40%", "faculty": "5%", "central": "5%"}),
        ("", {"university_ipgroup": "50%", "inventors": "30%", "faculty": "10%", "central": "10%"}),
    )
)
KITAMI = """{ slabs = [
  { up_to = 2_000_000, share = { inventors = "60%", university = "rest" }, at_most = 1_000_000 },
  { up_to = 10_000_000, share = { inventors = "50%", university = "rest" }, at_most = 4_000_000 },
  { share = { inventors = "40%", university = "rest" } } ] }"""
DAYTON = f'{{ take = "20%", of = "gross", for = "tco_fee" }}, {COSTS}, {HALVES}'
BRISTOL = """{ take = "100%", of = "gross", for = "inventors", as = "advance", at_most = { amount = 4_000 } },
{ recover = "costs", for = "university costs" }, """ + bands(
    ("15_000", {"inventors": "70%", "department": "15%", "university": "15%"}),
    ("75_000", {"inventors": "50%", "department": "25%", "university": "25%"}),
    ("", {"inventors": "1/3", "department": "1/3", "university": "1/3"}),
    keys='name = "net", ',
)
MIT = f"""{{ take = "15%", of = "gross", for = "fee" }}, {COSTS}, {{ hold = "reserve", level = {{ input = "level" }} }},
{{ share = {shares(inventors="1/3", rest="unknown")} }}"""
HARVARD_OLD = f"{COSTS}, {{ share = {shares(creator='35%', university='65%')} }}"
HARVARD_WITHIN = """within.university = [{ take = "15%", for = "admin" },
  { share = { research = "3/13", department = "3/13", school = "4/13", president = "3/13" } }]"""
CASE_WESTERN = f"""{COSTS}, {{ mark = "net" }},
{{ take = "15%", of = "net", for = "charge", above = 100_000 }}, {HALVES}"""
NTU = f'{{ recover = "costs", for = "cost_recovery", at_most = {{ rate = "20%", of = "gross" }} }}, {HALVES}'
SECTION_42 = f"""{{ take = "30%", of = "gross", for = "inventors" }}, {COSTS},
{{ share = {shares(central="50%", chair="50%")} }}"""
