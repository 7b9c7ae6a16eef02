"""``ipcalc ask``: an interview that asks only what can still matter, and writes the project's file."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ipcalc import library
from ipcalc.cli.options import Out, as_of_option, ids_of, sharing, terminal, write

if TYPE_CHECKING:
    import datetime

    from ipcalc.funding.ask import Interview
    from ipcalc.funding.check import Result
    from ipcalc.funding.model import Scheme
    from ipcalc.funding.question import Question
    from ipcalc.inputs.toml import Document
    from ipcalc.views.page import Page


@click.command()
@click.argument("schemes", metavar="[SCHEME]...", nargs=-1, shell_complete=ids_of("funding"))
@click.option("--project", metavar="FILE", help="Go on with this project; -o may name it, with --force.")
@click.option(
    "--answer", "answers", multiple=True, metavar="PATH=ANSWER", help="An answer beforehand. Repeatable."
)
@as_of_option
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever the verdict.")
@sharing("Write the project to this file.")
def ask(
    schemes: tuple[str, ...],
    project: str | None,
    answers: tuple[str, ...],
    as_of: datetime.date | None,
    exit_zero: bool,
    out: Out,
) -> None:
    """Ask what funding schemes still have to know of a project, one question after another.

    SCHEME is the id of a scheme, or a .toml file; default: those the project names. Only what can still
    settle a rule is asked, with the rules it could settle and what the schemes say so far. A question can
    be skipped, the last answer taken back, and the interview ended at any time. At the end stand the
    answer of "ipcalc check" and, with -o, a project file with comments.

    Without a terminal, or with --format json or md, nothing is asked: the open questions are printed, as
    JSON unless md is asked for. An answer is given beforehand by the path that stands with its question:

    \b
    ipcalc ask hk/raise-plus -o project.toml
    ipcalc ask hk/raise-plus --answer applicant.body=HKU --answer phases=2
                             --answer phases.0.stage=stage-1
    ipcalc ask --project project.toml -o project.toml --force

    \b
    Exit codes: 0 eligible; 1 ineligible; 3 undetermined, or a human must review;
    2 the question could not be answered; 130 interrupted.
    """  # fmt: skip
    from ipcalc.inputs import writing
    from ipcalc.views import ask as view
    from ipcalc.views import check

    if out.target is not None:
        writing.check(out.target, force=out.force, sources=schemes)
    document, data, loaded = _start(schemes, project)
    interview = _answered(data, loaded, as_of, answers)
    talk = _Talk(interview, document, schemes, out)
    if out.form == "table" and sys.stdin.isatty() and sys.stdout.isatty():
        results: Sequence[Result] = talk.hold()
    else:
        if out.target is not None:
            talk.write(out.target)
        shown = out._replace(target=None, form="json" if out.form == "table" else out.form)
        shown.emit(lambda lang: view.page(interview, lang), lambda lang: view.document(interview, lang))
        results = interview.results
    if not exit_zero:
        raise click.exceptions.Exit(check.exit_code(results))


def _start(
    names: tuple[str, ...], project: str | None
) -> tuple[Document, Mapping[str, Any], Sequence[Scheme]]:
    """The file to go on with, or an empty one; the data to begin with; the schemes. Raises ``Refused``."""
    from ipcalc.cli.check import schemes_of
    from ipcalc.funding import project as projects
    from ipcalc.funding import scheme
    from ipcalc.funding.check import check
    from ipcalc.inputs import toml
    from ipcalc.inputs.toml import Document

    if project is not None:
        document = toml.load(project)
        read = projects.read(document)
        loaded = schemes_of(read, names)
        for one in loaded:
            check(read, one)
        return document, document.data, loaded
    if not names:
        raise click.UsageError("name a scheme, or with --project a project that names one")
    loaded = [scheme.load(name) for name in dict.fromkeys(names)]
    known = [one.id for one in loaded if one.id in library.find("funding")]
    stated = {"currency": loaded[0].currency, **({"schemes": known} if known else {})}
    return Document("project.toml", "", {}), {"project": stated}, loaded


def _answered(
    data: Mapping[str, Any],
    schemes: Sequence[Scheme],
    as_of: datetime.date | None,
    answers: tuple[str, ...],
) -> Interview:
    """The interview after the answers that were given beforehand. Raises ``Refused``."""
    from ipcalc.funding import ask as engine
    from ipcalc.inputs.overlay import split

    interview = engine.begin(data, schemes, as_of)
    for text in answers:
        parts, said = split(text, f"--answer {text}")
        interview = engine.answer(interview, interview.asking.at(tuple(parts)), said)
    return interview._replace(last=(), before=None)


class _Talk:
    """An interview at a terminal."""

    def __init__(self, interview: Interview, document: Document, schemes: tuple[str, ...], out: Out) -> None:
        self.interview = interview
        self.document = document
        self.schemes = schemes
        self.out = out

    def hold(self) -> Sequence[Result]:
        """Ask until there is nothing to ask, or no more is wanted; what the schemes say, which is shown."""
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")  # what is no text shows as such when it is read back
        try:
            self.ask_all()
        except (KeyboardInterrupt, EOFError):
            write("\n", sys.stdout)
            self.keep(self.out.target)
            raise click.Abort from None
        return self.end()

    def ask_all(self) -> None:
        """Put one question after another, until none is left or a person stops."""
        from ipcalc.funding.ask import questions
        from ipcalc.views import ask as view

        lang = self.out.lang
        asked = questions(self.interview)
        if asked:
            self.show(view.greeting(self.interview, lang))
        while asked:
            write("\n", sys.stdout)
            self.show(view.question_page(self.interview, asked[0], lang))
            after = self.reply(asked[0])
            if after is None:
                return
            if after.before is self.interview:
                self.show(view.after(after, lang))
            self.interview = after
            asked = questions(after)
        self.show(view.nothing_more(lang))

    def reply(self, question: Question) -> Interview | None:
        """The interview after an answer, a skipped question or a step back; None to stop."""
        from ipcalc.funding import ask as engine
        from ipcalc.inputs.diagnostics import Refused
        from ipcalc.views import ask as view
        from ipcalc.views import diagnostics

        lang = self.out.lang
        while True:
            text = _read()
            command = view.command(text)
            if command == "stop":
                return None
            if command == "skip":
                return engine.skip(self.interview, question)
            if command == "back" and self.interview.before:
                return engine.back(self.interview)
            if command == "why":
                self.show(view.question_page(self.interview, question, lang, whole=True))
            elif command or not text:
                self.show(view.advice(command, lang))
            else:
                try:
                    return engine.answer(self.interview, question, view.unquoted(text))
                except Refused as error:
                    self.show(diagnostics.draw(error.diagnostics, lang))

    def show(self, page: Page) -> None:
        """Show a page."""
        from ipcalc.views import console

        write(console.draw(page, **terminal(sys.stdout, self.out.colour)), sys.stdout)

    # -- ending ---------------------------------------------------------------------------------------

    def end(self) -> Sequence[Result]:
        """Show what the schemes say of the project's file, and keep it."""
        from ipcalc.funding.check import check
        from ipcalc.funding.project import read
        from ipcalc.inputs import toml
        from ipcalc.views import ask as view
        from ipcalc.views import check as check_view

        if self.out.target is not None:
            self.write(self.out.target)
        project = read(toml.parse(str(self.out.target or self.document.name), self.text()))
        results = [check(project, scheme, self.interview.as_of) for scheme in self.interview.schemes]
        write("\n", sys.stdout)
        self.show(check_view.page(results, self.out.lang))
        write("\n", sys.stdout)
        self.show(view.verdicts(results, self.out.lang))
        if self.out.target is None:
            self.keep(self.named())
        else:
            self.say_where(self.out.target)
        return results

    def named(self) -> Path | None:
        """The file that a person names for the answers, if any."""
        from ipcalc.inputs import writing
        from ipcalc.inputs.diagnostics import Refused
        from ipcalc.views import ask as view
        from ipcalc.views import diagnostics

        while True:
            try:
                self.show(view.where(self.out.lang))
                name = _read()
                if name:
                    writing.check(Path(name), sources=self.schemes)
                return Path(name) if name else None
            except Refused as error:
                self.show(diagnostics.draw(error.diagnostics, self.out.lang))
            except (KeyboardInterrupt, EOFError):
                write("\n", sys.stdout)
                return None

    def keep(self, target: Path | None) -> None:
        """Write the answers, if there is a file for them, and say so."""
        if target is not None:
            self.write(target)
        self.say_where(target)

    def say_where(self, target: Path | None) -> None:
        """Say where the answers are and how to go on, or that they were not kept."""
        from ipcalc.views import ask as view

        self.show(view.kept(self.interview, target, self.schemes, self.out.lang))

    def write(self, target: Path) -> None:
        """Write the project's file; where it can't be (``Refused``), show it, so that no answer is lost."""
        from ipcalc.inputs import writing
        from ipcalc.inputs.diagnostics import Refused
        from ipcalc.views.page import inert

        try:
            writing.write(target, self.text(), force=self.out.force, sources=self.schemes)
        except Refused:
            write(inert(self.text()), sys.stdout)
            raise

    def text(self) -> str:
        """The project's file."""
        from ipcalc.views import project

        return project.toml(self.interview, self.out.lang, self.document.text, self.document.data)


def _read() -> str:
    """A line that a person types, with the keys that edit one where the system has them."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  # input uses it
    return input("> ").strip()
