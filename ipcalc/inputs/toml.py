"""The one door for every TOML file: limits, encodings, the parser's exceptions, positions.

Limits: 1 MiB a file, 32 levels of tables and arrays, 10,000 items in a list.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

from ipcalc.inputs import DEPTH, SIZE, reading
from ipcalc.inputs.diagnostics import refuse
from ipcalc.inputs.document import Document as Document
from ipcalc.inputs.document import Fault as Fault
from ipcalc.inputs.document import position, within_limits

KEY_PARTS = 4 * DEPTH


def load(source: str | Path) -> Document:
    """Read a file, or standard input for ``-``. Raises ``Refused`` with everything that is wrong with it."""
    name = "<stdin>" if source == "-" else str(source)
    return parse(name, reading.decode(name, reading.read(name, source, SIZE)))


def parse(name: str, text: str) -> Document:
    """The text of a TOML file as a document. Raises ``Refused``."""
    import tomli

    text = text.replace("\r\n", "\n")  # as the parser does: its positions count a line's end as one
    if any(line.count(".") >= KEY_PARTS for line in text.split("\n")):
        _no_deep_key(name, text)
    try:
        data = tomli.loads(text, parse_float=Decimal)
    except tomli.TOMLDecodeError as error:
        from ipcalc.inputs import syntax

        start, end, hint = syntax.explain(text, error.msg, error.pos)
        raise refuse("T107", position(name, text, start, end), reason=error.msg, hint=hint) from None
    except RecursionError:
        raise refuse("T108", name, limit=str(DEPTH)) from None
    except (ValueError, InvalidOperation):
        long = re.search(r"[0-9][0-9_]{4000,}|0x[0-9A-Fa-f_]{3000,}|[eE][+-]?[0-9_]{10,}", text)
        raise refuse("T109", position(name, text, *long.span()) if long else name) from None
    return within_limits(Document(name, text, data))


def _no_deep_key(name: str, text: str) -> None:
    """Refuse a key of very many parts: the parser's time grows with the square of their number."""
    pattern = rf"(?<![\w\"'.-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){{{KEY_PARTS}}}"
    if deep := re.search(pattern, text):
        raise refuse("T108", position(name, text, deep.start(), deep.start() + 1), limit=str(DEPTH))
