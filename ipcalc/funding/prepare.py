"""Facts that are worked out before any rule is read, where a rule would have to follow a chain.

Who owns a company in the end, what it and its linked firms come to together, and which day so many working
days after another is. The rules read what comes out as they read any fact; how far a chain reaches, and what
counts, are the scheme's own terms with their source.

The shares of ultimate owners are the solution of ``e = u + e H``: each has what it holds of the applicant
(``u`` is 1 for it), directly and through what it holds of others, so that cross-holdings are exact too.
Partner and linked enterprises follow the Annex of Commission Recommendation 2003/361/EC, articles 3 and 6,
with the scheme's own limits.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc.funding.model import Prepared
from ipcalc.funding.vocabulary import Vocabulary, day_of
from ipcalc.rules.types import Fact, RecordType, Type
from ipcalc.rules.values import Items, Missing, Record, Unknown, unknown

APPLICANT = "applicant"
FIGURES = ("staff", "turnover", "balance")
DAYS = 400  # the most working days that are counted
CHAIN = 100  # the most entities in a chain of owners

# the terms of each kind, and whether it must state them
TERMS: dict[str, dict[str, bool]] = {
    "owners": {},
    "ultimate-owners": {},
    "consolidation": {"linked_above": True, "partner_from": False, "exempt": False},
    "working-days": {"after": True, "days": True, "holidays": False},
}
ALL_TERMS = tuple(dict.fromkeys(key for terms in TERMS.values() for key in terms))


def terms(name: str, shape: Any, after: str | None, sources: tuple[str, ...]) -> Prepared:
    """The terms that a scheme's file states of one table under ``[prepared]``."""

    def share(key: str) -> Fraction | None:
        return Fraction(shape[key].value) if key in shape else None

    days = int(shape["days"].value) if "days" in shape else 0
    return Prepared(
        name, shape["kind"], share("linked_above"), share("partner_from"), tuple(shape.get("exempt", ())),
        after, days, frozenset(shape.get("holidays", ())), sources,
    )  # fmt: skip


def declare(made: Prepared, project: RecordType, vocabulary: Vocabulary) -> None:
    """Add the names of what will be worked out to what rules can name."""
    words = vocabulary.prepared
    if made.kind in ("consolidation", "working-days"):
        named = FIGURES if made.kind == "consolidation" else ("last",)
        for name in named:
            kind, label = words[name]
            project.facts[f"{made.name}.{name}"] = Fact(
                f"{made.name}.{name}", Type(kind), label, {}, {}, adjustable=False
            )
        return
    holder = _owner(made.name, "owner", vocabulary)
    if made.kind == "owners":
        holder.records["persons"] = _owner("persons", "person", vocabulary)
    project.records[made.name] = holder


def _owner(list_name: str, name: str, vocabulary: Vocabulary) -> RecordType:
    entity, holding = (vocabulary.project.records[key] for key in ("entities", "holdings"))
    made = RecordType(name, list_name, vocabulary.prepared[name][1])
    for key, fact in (("kind", entity.facts["kind"]), ("place", entity.facts["place"]),
                      ("share", holding.facts["share"]), ("id", entity.facts["id"])):  # fmt: skip
        made.facts[key] = fact._replace(adjustable=False, ask={})
    return made


def prepared(
    project: Record, wanted: Sequence[Prepared], dates: Mapping[str, datetime.date], zone: str | None
) -> Record:
    """A project with what a scheme wants worked out."""
    if not wanted:
        return project
    web = _Web(project)
    facts, lists = dict(project.facts), dict(project.lists)
    for one in wanted:
        if one.kind == "consolidation":
            facts |= {f"{one.name}.{name}": web.together(name, one) for name in FIGURES}
        elif one.kind == "working-days":
            assert one.after is not None
            day = dates.get(one.after)
            missing = Unknown((Missing("fact", f"project.dates.{one.after}"),))
            facts[f"{one.name}.last"] = _working_day(day_of(day, zone), one) if day else missing
        elif one.kind == "owners":
            lists[one.name] = web.owners()
        else:
            lists[one.name] = web.ultimate(APPLICANT)
    return Record(project.kind, project.id, project.path, facts, lists)


def _working_day(day: datetime.date, terms: Prepared) -> Any:
    """The last of so many working days after a day: Monday to Friday, but for the holidays stated."""
    left = min(terms.days, DAYS)
    while left:
        try:
            day += datetime.timedelta(days=1)
        except OverflowError:
            return Unknown((Missing("range", "date"),))
        left -= day.weekday() < 5 and day not in terms.holidays
    return day


class _Holding(NamedTuple):
    holder: str
    of: str
    share: Fraction


class _Web:
    """Who holds how much of whom. ``unread`` is what keeps it from being known."""

    def __init__(self, project: Record) -> None:
        self.project = project
        listed, known = project.list("holdings"), project.list("entities")
        self.entities = {one.id: one for one in known.items} if isinstance(known, Items) else {}
        self.unread: tuple[Missing, ...] = listed.missing if isinstance(listed, Unknown) else listed.open
        self.holdings: list[_Holding] = []
        for one in listed.items if isinstance(listed, Items) else ():
            parts = [one.fact(name) for name in ("holder", "of", "share")]
            if gaps := unknown(parts).missing:
                self.unread += gaps
            else:
                self.holdings.append(_Holding(*parts))

    def entity(self, name: str) -> Record:
        """An entity; of one that the project only names, nothing is known."""
        return self.entities.get(name) or Record("entity", name, f"entities.{name}.", {"id": name}, {})

    def holders(self, of: str) -> list[_Holding]:
        """What is held of somebody, directly."""
        return [one for one in self.holdings if one.of == of]

    # -- owners ---------------------------------------------------------------------------------------

    def owners(self) -> Items | Unknown:
        """The direct owners of the applicant, each with the persons behind it."""
        if self.unread:
            return Unknown(self.unread)
        direct = self.holders(APPLICANT)
        made = []
        for one in direct:
            kind = self.entity(one.holder).facts.get("kind")
            behind = (
                self.ultimate(one.holder)
                if kind != "person"
                else Items((self.owner(one.holder, 1, "person"),))
            )
            made.append(self.owner(one.holder, one.share, "owner", {"persons": behind}))
        return Items(tuple(made), self.rest(direct))

    def ultimate(self, of: str) -> Items | Unknown:
        """Whoever holds somebody in the end, with their shares along every chain."""
        if self.unread:
            return Unknown(self.unread)
        reached = self.above(of)
        shares = _solve(of, reached, self.holdings) if len(reached) <= CHAIN else None
        if shares is None:
            return Unknown((Missing("list", "holdings"),))
        last = [name for name in reached if name != of and not self.holders(name)]
        between = [of, *(name for name in reached if name != of and self.holders(name))]
        open_ = tuple(dict.fromkeys(m for name in between for m in self.rest(self.holders(name))))
        return Items(tuple(self.owner(name, shares[name], "person") for name in last), open_)

    def above(self, of: str) -> list[str]:
        """Somebody and all who hold it, directly or through others, in the order of the file."""
        found, waiting = {of: None}, [of]
        while waiting:
            for one in self.holders(waiting.pop()):
                if one.holder not in found:
                    found[one.holder] = None
                    waiting.append(one.holder)
        return list(found)

    def rest(self, holders: Sequence[_Holding]) -> tuple[Missing, ...]:
        """That who holds the rest is not said, where what is held doesn't come to all."""
        whole = sum(one.share for one in holders) == 1
        return () if whole else (Missing("list", "holdings"),)

    def owner(
        self, name: str, share: Fraction | int, kind: str, lists: dict[str, Items | Unknown] | None = None
    ) -> Record:
        entity = self.entity(name)
        facts = {"id": name, "share": Fraction(share)}
        facts |= {key: entity.facts[key] for key in ("kind", "place") if key in entity.facts}
        return Record(kind, name, entity.path, facts, lists or {})

    # -- linked and partner firms ---------------------------------------------------------------------

    def together(self, figure: str, terms: Prepared) -> Any:
        """A figure of the applicant, of those linked to it in full, and of partners in proportion."""
        if self.unread:
            return Unknown(self.unread)
        linked = self.linked(APPLICANT, terms)
        counted = [(self.figure(name, figure), Fraction(1)) for name in linked]
        for name, share in self.partners(linked, terms):
            counted += (
                (self.figure(one, figure), share) for one in self.linked(name, terms) if one not in linked
            )
        if missing := unknown([value for value, _ in counted]).missing + self.unsorted(linked, terms):
            return Unknown(missing)
        total = sum((value * share for value, share in counted), Fraction(0))
        return int(total) if total.denominator == 1 else total

    def unsorted(self, linked: Sequence[str], terms: Prepared) -> tuple[Missing, ...]:
        """Firms that might count, if they are of no kind that doesn't."""
        near = {*linked, *(name for name, _ in self.partners(linked, terms))}
        vague = (self.entity(name).fact("kind") for name in near if name != APPLICANT)
        return unknown(vague).missing

    def figure(self, name: str, figure: str) -> Any:
        """A firm's own figure."""
        if name == APPLICANT:
            return self.project.fact(f"applicant.{figure}")
        return self.entity(name).fact(figure)

    def links(self, name: str, terms: Prepared) -> Iterator[tuple[str, Fraction]]:
        """The firms that one holds or is held by, and how much; those that don't count are left out."""
        for one in self.holdings:
            if name in (one.holder, one.of):
                other = one.of if name == one.holder else one.holder
                kind = self.entity(other).facts.get("kind")
                if other == APPLICANT or kind not in ("person", *terms.exempt):
                    yield other, one.share

    def linked(self, start: str, terms: Prepared) -> list[str]:
        """A firm and those linked to it: held, or holding, above the limit, through any number of steps."""
        assert terms.linked_above is not None
        found, waiting = {start: None}, [start]
        while waiting:
            for other, share in self.links(waiting.pop(), terms):
                if share > terms.linked_above and other not in found:
                    found[other] = None
                    waiting.append(other)
        return list(found)

    def partners(self, linked: Sequence[str], terms: Prepared) -> list[tuple[str, Fraction]]:
        """The partners of linked firms, each with the greater of what is held either way."""
        if terms.partner_from is None:
            return []
        found: dict[str, Fraction] = {}
        for name in linked:
            for other, share in self.links(name, terms):
                if other not in linked and share >= terms.partner_from:
                    found[other] = max(share, found.get(other, Fraction(0)))
        return list(found.items())


def _solve(of: str, names: Sequence[str], holdings: Sequence[_Holding]) -> dict[str, Fraction] | None:
    """Each one's share of ``of`` along every chain; None where firms that own each other have no other owner.

    Gauss-Jordan elimination of ``e (I - H) = u`` on sparse rows.
    """
    rows: dict[str, dict[str, Fraction]] = {name: {name: Fraction(1)} for name in names}
    right = {name: Fraction(name == of) for name in names}
    for one in holdings:
        if one.holder in rows and one.of in rows:
            row = rows[one.holder]
            row[one.of] = row.get(one.of, Fraction(0)) - one.share
    for name in names:
        pivot = rows[name].get(name, Fraction(0))
        if not pivot:
            return None
        rows[name] = {key: value / pivot for key, value in rows[name].items() if value}
        right[name] /= pivot
        for other in names:
            factor = rows[other].get(name, Fraction(0)) if other != name else Fraction(0)
            if factor:
                for key, value in rows[name].items():
                    rows[other][key] = rows[other].get(key, Fraction(0)) - factor * value
                right[other] -= factor * right[name]
    return right
