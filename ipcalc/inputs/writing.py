"""Writing a file so that the old one stays until the new one is whole."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from ipcalc.inputs.diagnostics import refuse


def write(
    target: Path, content: str | bytes, *, force: bool = False, sources: Iterable[str | Path] = ()
) -> None:
    """Write to ``target`` in one step. Raises ``Refused`` (C304 to C306), the old file unchanged."""
    with _refusing(target):
        real = _free(target, force, sources)
        raw = content.encode() if isinstance(content, str) else content
        put(real, raw, real.stat().st_mode & 0o777 if real.exists() else 0o666 & ~_umask())


def put(target: Path, content: bytes, mode: int = 0o600) -> None:
    """Put bytes where a file is or will be, in one step. Raises ``OSError``, the old file unchanged."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def check(target: Path, *, force: bool = False, sources: Iterable[str | Path] = ()) -> None:
    """Raise ``Refused`` (C304 to C306) where ``write`` would, before there is anything to write."""
    with _refusing(target):
        tempfile.TemporaryFile(dir=_free(target, force, sources).parent).close()


def _free(target: Path, force: bool, sources: Iterable[str | Path]) -> Path:
    """The file to write, which may be replaced or isn't there. Raises ``Refused`` (C304 to C306)."""
    name, real = str(target), Path(os.path.realpath(target))
    if any(source != "-" and _same(real, Path(source)) for source in sources):
        raise refuse("C305", name)
    if real.exists() and not real.is_file():
        raise refuse("C306", name, reason="not a regular file")
    if real.exists() and not force:
        raise refuse("C304", name)
    return real


@contextlib.contextmanager
def _refusing(target: Path) -> Iterator[None]:
    """A block in which what the system refuses is said (C306)."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise refuse("C306", str(target), reason=getattr(error, "strerror", None) or "invalid name") from None


def _same(target: Path, source: Path) -> bool:
    return target.exists() and source.exists() and target.samefile(source)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
