"""What every command shares: its options, how a result leaves, how an error is said."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from ipcalc import library, texts

if TYPE_CHECKING:
    import datetime

    from ipcalc.inputs.toml import Document
    from ipcalc.quantity import Exact
    from ipcalc.views.page import Page

F = TypeVar("F", bound=Callable[..., Any])


class Out(NamedTuple):
    """Where a result goes, and how: the shared options of one run."""

    form: str
    lang: str
    target: Path | None
    force: bool
    colour: str

    def emit(
        self,
        page: Callable[[str], Page],
        document: Callable[[str], Mapping[str, Any]],
        sources: Sequence[str] = (),
        rows: Callable[[], Iterable[Sequence[str | Exact]]] = tuple,
    ) -> None:
        """Draw a result in the form that was asked for, to the file or standard output."""
        if self.form == "csv":
            from ipcalc.views import sheet

            self.send(sheet.draw(rows()), sources)
        else:
            self.send(self._text(page, document), sources)

    def send(self, text: str, sources: Sequence[str] = ()) -> None:
        """Send a text on its way."""
        if self.target is not None:
            from ipcalc.inputs import writing

            writing.write(self.target, text, force=self.force, sources=sources)
        else:
            write(text, sys.stdout, "utf-8" if self.form in ("json", "csv") else None)

    def pack(self, files: Mapping[str, bytes], sources: Sequence[str] = ()) -> None:
        """Write files into one zip file, the one that -o names."""
        from ipcalc.inputs import package

        if self.target is None:
            raise click.UsageError(f"--format {self.form} is a zip file: say where with -o FILE.zip")
        package.write(self.target, files, force=self.force, sources=sources)

    def _text(self, page: Callable[[str], Page], document: Callable[[str], Mapping[str, Any]]) -> str:
        if self.form == "json":
            from ipcalc.views import documents

            return documents.dump(document(self.lang))
        if self.form == "md":
            from ipcalc.views import markdown

            return markdown.draw(page(self.lang))
        from ipcalc.views import console

        if self.target is not None:
            return console.draw(page(self.lang))
        return console.draw(page(self.lang), **terminal(sys.stdout, self.colour))


def write(text: str, stream: Any, encoding: str | None = None) -> None:
    """Write a text to a standard stream, in its own encoding unless another is given.

    A character that the encoding lacks becomes a question mark. A reader that has gone, as ``head`` does,
    changes nothing. Raises ``Refused`` (C306) where the stream can't be written, as on a full disk.
    """
    raw = text.encode(encoding or stream.encoding or "utf-8", errors="replace")
    try:
        stream.buffer.write(raw)
        stream.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # so that no later flush fails
    except OSError as error:
        from ipcalc.inputs.diagnostics import refuse

        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise refuse("C306", stream.name, reason=error.strerror or "") from None


def terminal(stream: Any, colour: str) -> dict[str, Any]:
    """Width and colour: the flag wins over NO_COLOR, that over FORCE_COLOR, and that over the pipe."""
    terminal = stream.isatty()
    wanted = terminal and os.environ.get("TERM") != "dumb"
    if os.environ.get("FORCE_COLOR"):
        wanted = True
    if os.environ.get("NO_COLOR"):
        wanted = False
    if colour != "auto":
        wanted = colour == "always"
    return {"width": _columns(stream) if terminal else 80, "colour": wanted}


def _columns(stream: Any) -> int:
    """The terminal's width in cells; COLUMNS wins, as it does for other programs."""
    stated = os.environ.get("COLUMNS", "")
    if stated.isascii() and stated.isdecimal() and 0 < int(stated) < 10_000:
        return int(stated)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def default_language() -> str:
    """The reader's language by the environment, as POSIX orders it."""
    names = (os.environ.get(name) for name in ("IPCALC_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    return texts.language(next(filter(None, names), "en"))


def sharing(output: str, forms: Sequence[str] = ("table", "json", "md")) -> Callable[[F], F]:
    """The options of every command that prints a result, passed on as ``out``.

    ``output`` is what -o is for, ``forms`` the ways in which the result can be written.
    """
    options = (
        click.option("--format", "form", type=click.Choice(forms), default="table",
                     show_default=True, help="How the result is written."),
        click.option("--lang", metavar="LANG", help="en, zh-Hant or zh-Hans; default: the environment's."),
        click.option("-o", "--output", metavar="FILE", help=output),
        click.option("--force", is_flag=True, help="Let -o replace a file."),
        click.option("--schemes", "packs", multiple=True, metavar="DIR",
                     help="A folder with more schemes (funding/) and policies (ip/). Repeatable."),
        click.option("--color", "colour", type=click.Choice(["auto", "always", "never"]), default="auto",
                     show_default=True, help="Colour; also NO_COLOR and FORCE_COLOR."),
    )  # fmt: skip

    def share(command: F) -> F:
        @functools.wraps(command)
        def wrapper(
            *args: Any,
            form: str,
            lang: str | None,
            output: str | None,
            force: bool,
            colour: str,
            packs: tuple[str, ...],
            **kwargs: Any,
        ) -> Any:
            language = texts.language(lang) if lang else default_language()
            out = Out(form, language, Path(output) if output else None, force, colour)
            library.use(packs)
            with said(language, colour):
                return command(*args, out=out, **kwargs)

        for option in reversed(options):
            wrapper = option(wrapper)
        return wrapper  # type: ignore[return-value]

    return share


TO_A_FILE = "Write to a file instead of standard output."
shared = sharing(TO_A_FILE)
shared_with_csv = sharing(TO_A_FILE, ("table", "json", "md", "csv"))  # of a result that is also rows


class said:  # noqa: N801
    """A block in which a refused input is said on standard error and ends the program with its exit code."""

    def __init__(self, lang: str, colour: str = "auto") -> None:
        self.lang, self.colour = lang, colour

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        from ipcalc.inputs.diagnostics import Refused

        if isinstance(error, Refused):
            from ipcalc.views import console, diagnostics

            page = diagnostics.draw(error.diagnostics, self.lang)
            write(console.draw(page, **terminal(sys.stderr, self.colour)), sys.stderr)
            raise click.exceptions.Exit(error.exit_code) from None


class DayType(click.ParamType):  # type: ignore[type-arg]
    """A date on the command line: 2025-10-20."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        """The date, or click's usage error."""
        import datetime

        if isinstance(value, datetime.date):
            return value
        try:
            found = datetime.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date such as 2025-10-20", param, ctx)
        if not 1900 <= found.year <= 2200:
            self.fail("the year must be 1900 to 2200", param, ctx)
        return found


def ids_of(*kinds: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """What completes an id of these kinds (``funding``, ``ip``) in a shell."""

    def complete(_ctx: click.Context, _param: click.Parameter, start: str) -> list[str]:
        with contextlib.suppress(Exception):  # a pack that can't be used is said when a command runs
            return [name for name in known(*kinds) if name.startswith(start)]
        return []

    return complete


def known(*kinds: str) -> tuple[str, ...]:
    """The ids of these kinds, each once."""
    return tuple(dict.fromkeys(name for kind in kinds for name in library.find(kind)))


DAY = DayType()
as_of_option = click.option(
    "--as-of", type=DAY, metavar="DATE", help="Read the rules as they stood on this date."
)
set_option = click.option("--set", "settings", multiple=True, metavar="PATH=VALUE",
                          help="Lay a value over the file; list items go by id. Repeatable.")  # fmt: skip


def kind_of(document: Document, keys: Sequence[str]) -> str:
    """The key, of several, that says what a file is. Raises ``Refused``, with the one perhaps meant."""
    from ipcalc.inputs.diagnostics import Refused
    from ipcalc.quantity import nearest

    for key in keys:
        if key in document.data:
            return key
    for key in document.data:
        if near := nearest(key, keys):
            raise Refused([document.problem("F102", (key,), near, at_key=True, key_name=key)])
    raise Refused([document.problem("F114", (), allowed=", ".join(keys))])
