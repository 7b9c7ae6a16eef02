"""``--set PATH=VALUE``: values laid over a document by their path.

A path is keys joined by dots; an item of a list is named by its ``id``, or by its number from 0. A key
with a dot or a slash may be quoted: ``answers."hk/raise-plus".maturity=finished``.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from ipcalc import quantity
from ipcalc.inputs.diagnostics import refuse
from ipcalc.inputs.document import Document, within_limits

if TYPE_CHECKING:
    from ipcalc.inputs import locate

_PART = re.compile(r'"([^"]+)"|([^."=\s]+)')
_SETTING = re.compile(rf"\s*((?:{_PART.pattern})(?:\.(?:{_PART.pattern}))*)\s*=(.*)", re.DOTALL)


def overlay(document: Document, settings: Iterable[str], without: Iterable[str] = ()) -> Document:
    """The document with each ``PATH=VALUE`` laid over it, and without what each path of ``without`` names.

    Raises ``Refused`` (C301 to C303, or a limit); the document that was given stays as it is.
    """
    settings, without = tuple(settings), tuple(without)
    if not settings and not without:
        return document
    data = copy.deepcopy(document.data)
    places = dict(document.overlaid)
    for setting in settings:
        source = f"--set {setting}"
        path, text = split(setting, source)
        places[_put(data, path, _value(text), source)] = source
    for gone in without:
        _remove(data, _parts(gone), gone)
    return within_limits(document._replace(data=data, overlaid=places))


def split(setting: str, source: str) -> tuple[list[str], str]:
    """The parts of the path, and the value as it is written. Raises ``Refused`` (C301), naming the source."""
    match = _SETTING.fullmatch(setting)
    if not match:
        raise refuse("C301", source, setting=setting)
    return _parts(match[1]), match[match.re.groups]


def _parts(path: str) -> list[str]:
    return [quoted or bare for quoted, bare in _PART.findall(path)]


def _value(text: str) -> Any:
    """A TOML value, or else the text itself: ``70%`` needs no quotes."""
    import tomli

    try:
        data = tomli.loads(f"value = {text}", parse_float=Decimal)
    except (ValueError, RecursionError, InvalidOperation):
        return text
    return data["value"] if len(data) == 1 else text


def _put(data: Any, parts: list[str], value: Any, source: str) -> locate.Path:
    """Put a value at its path; returns the path of what is new: the value, or the first table made for it."""
    node = data
    path: locate.Path = ()
    new: locate.Path = ()
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        step: str | int = part
        if isinstance(node, list):
            step = _item(node, part, source)
        elif not isinstance(node, dict):
            raise refuse("C302", source, part=".".join(map(str, path)), got=quantity.type_name(node))
        path = (*path, step)
        if last or (isinstance(node, dict) and part not in node):
            new = new or path
            node[step] = value if last else {}
        node = node[step]
    return new


def _item(items: list[Any], part: str, source: str) -> int:
    ids = [item.get("id") if isinstance(item, dict) else None for item in items]
    if part in ids:
        return ids.index(part)
    if part.isdecimal() and part.isascii() and len(part) < 6 and int(part) < len(items):
        return int(part)
    raise refuse("C303", source, quantity.nearest(part, [i for i in ids if isinstance(i, str)]), part=part)


def _remove(node: Any, parts: list[str], source: str) -> None:
    """Take away what a path names; nothing, where there is nothing."""
    for part in parts[:-1]:
        if isinstance(node, list):
            node = node[_item(node, part, source)]
        else:
            node = node.get(part) if isinstance(node, dict) else None
    if isinstance(node, list):
        del node[_item(node, parts[-1], source)]
    elif isinstance(node, dict):
        node.pop(parts[-1], None)
