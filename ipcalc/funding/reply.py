"""An answer as people type it: the value that a project's file would have, and the project with it."""

from __future__ import annotations

import copy
import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ipcalc.funding.project import MOST_ITEMS
from ipcalc.funding.question import Choice, Question, get
from ipcalc.quantity import Unreadable, nearest
from ipcalc.rules.types import NAMED

if TYPE_CHECKING:
    from ipcalc.inputs.locate import Path

_WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:_[0-9]+)+", re.ASCII)
_BETWEEN = re.compile(r"[,;、，；]")  # between the words of an answer that has several


def value(question: Question, text: str, data: Mapping[str, Any]) -> Any:
    """What a file would have for an answer. Raises ``Unreadable``; the rest is for the file's shape."""
    if not text.isascii() and text != text.encode(errors="replace").decode():
        raise Unreadable("F104", kind="text", value=text)  # it has bytes that are no characters
    if question.kind == "text":
        return text.strip()
    text = unicodedata.normalize(
        "NFKC", text
    ).strip()  # full-width figures and signs, as Chinese input has them
    if question.many:
        words = [] if text in ("", "0") else _BETWEEN.split(text)
        return [_chosen(question, word.strip()) for word in words]
    if question.choices:
        if question.kind == "truth":
            return _chosen(question, {"true": "yes", "false": "no"}.get(text, text)) == "yes"
        return _chosen(question, text)
    read = _READERS.get(question.kind)
    return read(text, question, data) if read else text


def _chosen(question: Question, text: str) -> str:
    """One of a question's words: by its number, its id, a label in any language, or how one alone begins."""
    choices = question.choices
    if text.isascii() and text.isdecimal() and 0 < int(text) <= len(choices):
        return choices[int(text) - 1].id
    exact = [one.id for one in choices if _fold(text) in _written(one)]
    begun = [
        one.id for one in choices if text and any(name.startswith(_fold(text)) for name in _written(one))
    ]
    found = dict.fromkeys(exact or begun)
    if len(found) == 1:
        return next(iter(found))
    if question.kind in NAMED:
        return text  # it has more names than are shown
    names = [name for one in choices for name in (one.id, *one.names.values())]
    raise Unreadable(
        "F107", value=text, allowed=", ".join(one.id for one in choices), near=nearest(text, names)
    )


def _written(choice: Choice) -> list[str]:
    return [_fold(name) for name in (choice.id, *choice.names.values())]


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _whole(text: str, *_: object) -> Any:
    """A whole number as one; anything else as it stands, such as ``HKD 24 million``."""
    return int(re.sub("[,_]", "", text)) if _WHOLE.fullmatch(text) and len(text) < 40 else text


def _records(text: str, question: Question, data: Mapping[str, Any]) -> list[Any]:
    """The records there are, and as many more as make the number; what is stated is never taken away."""
    stated = get(data, question.path) or []
    number = _whole(text)
    if not isinstance(number, int):
        raise Unreadable("F104", kind="count", value=text)
    if not len(stated) <= number <= MOST_ITEMS:
        raise Unreadable("F106", limit=f"{len(stated)} … {MOST_ITEMS}")
    return [*stated, *({} for _ in range(number - len(stated)))]


def _day(text: str, *_: object) -> Any:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise Unreadable("F104", kind="date", value=text) from None


def _moment(text: str, *_: object) -> Any:
    try:
        return datetime.datetime.fromisoformat(text) if ":" in text else datetime.date.fromisoformat(text)
    except ValueError:
        raise Unreadable("F104", kind="moment", value=text) from None


def _time(text: str, question: Question, data: Mapping[str, Any]) -> Any:
    try:
        return datetime.datetime.combine(get(data, question.path), datetime.time.fromisoformat(text))
    except ValueError:
        raise Unreadable("F104", kind="time", value=text) from None


def _rate(text: str, *_: object) -> Any:
    """``9.1, 2025-10-01, ECB``: the rate, its date and its source."""
    parts = [part.strip() for part in _BETWEEN.split(text, maxsplit=2)]
    if len(parts) < 3:
        raise Unreadable("F104", kind="exchange", value=text)
    return {"value": _whole(parts[0]), "on": _day(parts[1]), "source": parts[2]}


_READERS: dict[str, Callable[[str, Question, Mapping[str, Any]], Any]] = {
    "money": _whole, "number": _whole, "count": _whole, "list": _records, "date": _day, "moment": _moment,
    "time": _time, "rate": _rate,
}  # fmt: skip


# -- the project with it ------------------------------------------------------------------------------


def put(data: Mapping[str, Any], question: Question, found: Any) -> dict[str, Any]:
    """The project's data with an answer in its place; a list that was stated in part is whole now."""
    changed = copy.deepcopy(dict(data))
    path: Path = question.path
    node: Any = changed
    for i, part in enumerate(path[:-1]):
        if isinstance(node, list) and isinstance(part, str):  # a record that was only named
            node.append({"id": part})
            part = -1
        records = i == 0 and question.within and part != "answers"
        node = node[part] if isinstance(part, int) else node.setdefault(part, [] if records else {})
    node[path[-1]] = found
    if path[-1] == "stage" and isinstance(node, dict) and "id" not in node and isinstance(path[-2], int):
        _call(get(changed, path[:-2]), node)
    if question.kind == "list" and "incomplete" in changed:
        lists = changed["incomplete"]["lists"]
        changed["incomplete"]["lists"] = [name for name in lists if name != path[-1]]
    return changed


def _call(items: Sequence[Mapping[str, Any]], item: dict[str, Any]) -> None:
    """Call a phase without an id by its stage, which says the same, unless another is called so."""
    if item["stage"] not in [other.get("id") for other in items]:
        item["id"] = item.pop("stage")
