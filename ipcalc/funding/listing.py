"""The schemes there are: which of them answer to a place, an applicant and a date; how a new one starts."""

from __future__ import annotations

import datetime
import re
from importlib import resources
from typing import NamedTuple

from ipcalc.funding import project
from ipcalc.funding.check import Checker
from ipcalc.funding.model import Scheme
from ipcalc.funding.shelf import Shelf
from ipcalc.funding.vocabulary import Vocabulary, members_on
from ipcalc.funding.world import Opening, opening
from ipcalc.inputs import shapes
from ipcalc.inputs.diagnostics import refuse
from ipcalc.inputs.toml import Document
from ipcalc.quantity import Unreadable, nearest


class Listed(NamedTuple):
    """A scheme in the list, and whether it takes applications on the date that was asked about."""

    scheme: Scheme
    open: Opening | None


def choose(
    known: Shelf, place: str | None, applicant: str | None, on: datetime.date | None, status: str | None
) -> list[Listed]:
    """The schemes that are asked for, by id. Raises ``Refused`` on a place or type that there isn't."""
    found = list(known.schemes.values())
    if place is not None:
        inside = within(place_of(known.vocabulary, place), known.vocabulary)
        found = [one for one in found if one.place in inside]
    if applicant is not None:
        found = [one for one in found if _admits(one, applicant)]
    listed = [Listed(one, opening(one, on, {"submitted": on}) if on else None) for one in found]
    return [one for one in listed if status is None or (one.open and one.open.status == status)]


def place_of(vocabulary: Vocabulary, raw: str) -> str:
    """A place's id from any of its names. Raises ``Refused`` (F115)."""
    try:
        return vocabulary.named["place"].id_of(raw)
    except Unreadable as error:
        args = dict(error.args_of_message)
        raise refuse(error.code, "--place", args.pop("near", ""), **args) from None


def within(place: str, vocabulary: Vocabulary) -> set[str]:
    """A place and the places within it."""
    region = place.replace("-", "_")
    inside = {place}
    if region in vocabulary.groups:
        inside |= members_on(vocabulary.groups, region, datetime.date.max) or set()
    return inside


def _admits(scheme: Scheme, applicant: str) -> bool:
    """Whether no rule fails for the type of applicant alone."""
    types = scheme.vocabulary.project.facts["applicant.type"].type.choices or ()
    if applicant not in types:
        near = nearest(applicant, types)
        raise refuse("F107", "--applicant", near, key="type", value=applicant, allowed=", ".join(types))
    data = {
        "project": {"title": "–", "currency": scheme.currency},
        "applicant": {"type": applicant},
    }
    made = project.read(Document("–", "", data), scheme.vocabulary)
    return Checker(made, scheme).result(mend=False).verdict != "ineligible"


def starting_file(ident: str) -> str:
    """A commented scheme file to start from, with its id. Raises ``Refused`` on an id that can't be one."""
    try:
        shapes.ident(ident)
    except Unreadable as error:
        raise refuse(error.code, ident, **{"key": "id", **error.args_of_message}) from None
    text = resources.files("ipcalc.texts").joinpath("new-scheme.toml").read_text("utf-8")
    return re.sub(r"(?m)^id = .*$", lambda _: f'id = "{ident}"', text, count=1)
