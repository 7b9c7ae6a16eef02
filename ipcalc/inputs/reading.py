"""Reading a file's bytes and its text: regular files of a stated size, and UTF-8 only."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from ipcalc.inputs.diagnostics import Place, refuse
from ipcalc.inputs.document import position


def read(name: str, source: str | Path, size: int) -> bytes:
    """The bytes of a file, or of standard input for ``-``. Raises ``Refused`` (T101 to T104)."""
    try:
        raw = sys.stdin.buffer.read(size + 1) if source == "-" else _regular(name, source, size)
    except FileNotFoundError:
        raise refuse("T101", name) from None
    except (OSError, ValueError, AttributeError) as error:  # without standard input, sys.stdin is None
        raise refuse("T102", name, reason=getattr(error, "strerror", None) or "invalid name") from None
    return within(name, raw, size)


def within(name: str, raw: bytes, size: int) -> bytes:
    """The bytes, if they are not too many. Raises ``Refused`` (T104)."""
    if len(raw) > size:
        raise refuse("T104", name, limit=f"{size >> 20} MiB")
    return raw


def _regular(name: str, source: str | Path, size: int) -> bytes:
    # non-blocking, so that a pipe without a writer can't hold us up
    handle = os.open(source, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise refuse("T103", name)
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(size + 1)
    finally:
        os.close(handle)


def decode(name: str, raw: bytes) -> str:
    """The text of UTF-8 bytes, without a byte order mark. Raises ``Refused`` (T105, T106)."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise refuse("T105", Place(name, 1, 1), encoding="UTF-16")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        text = raw.decode(errors="replace")
        place = position(name, text, len(before), len(before) + 1)
        raise refuse("T106", place, byte=f"0x{raw[error.start]:02x}") from None
