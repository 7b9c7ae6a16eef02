"""The program's commands, loaded when they are used."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys

import click

from ipcalc import __version__

# name: (module and attribute, short help); the words stand here alone, so that --help loads no command
_COMMANDS = {
    "check": ("check:check", "Check a project against a funding scheme, rule by rule."),
    "match": ("match:match", "Match a project with every scheme: what fits, and what nearly does."),
    "ask": ("ask:ask", "Ask what a scheme still has to know of a project; write its file."),
    "split": ("split:split", "Divide licence income as institutions' policies say."),
    "equity": ("equity:equity", "Follow a company's holdings through its rounds to an exit."),
    "compare": ("compare:compare", "Set results of one kind side by side."),
    "schemes": (
        "schemes:schemes",
        "Schemes and policies: list, test and lint them; print schemas.",
    ),
    "policies": ("policies:policies", "Policies on licence income: list, show, test, lint and compare them."),
    "explain": ("explain:explain", "Explain an error code, a scheme, a rule or a policy."),
}


class _Commands(click.Group):
    """A group whose commands are imported when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            if not ctx.resilient_parsing:
                from difflib import get_close_matches

                for near in get_close_matches(name, _COMMANDS, 1):
                    ctx.fail(f"No such command {name!r}. Did you mean {near!r}?")
            return None
        path, words = _COMMANDS[name]
        module, attribute = path.split(":")
        command: click.Command = getattr(importlib.import_module(f"ipcalc.cli.{module}"), attribute)
        command.short_help = words
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in _COMMANDS.items()])


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ipcalc", message="%(prog)s %(version)s")
def ipcalc() -> None:
    """Does a project fit a funding scheme's rules, and who gets what when the invention earns money?

    Every answer shows its arithmetic and its sources, and the same input gives the same answer. Nothing
    leaves this machine.

    \b
    Exit codes: 0 eligible, or answered; 1 ineligible; 2 the question could not be
    answered (usage, file, limit); 3 undetermined, or a human must review.
    """


def run() -> None:
    """Run the command line; ends the process with the exit code."""
    gc.set_threshold(50_000)  # starting makes many objects and little garbage
    if "_IPCALC_COMPLETE" in os.environ:
        from ipcalc.cli import completion  # noqa: F401  # registers itself

    try:
        code = ipcalc.main(standalone_mode=False)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.Abort:
        code = 130
    except click.ClickException as error:
        from ipcalc.cli.options import write
        from ipcalc.views.page import inert

        said = io.StringIO()
        error.show(said)
        write(inert(said.getvalue()), sys.stderr)
        code = error.exit_code
    sys.exit(code if isinstance(code, int) else 0)
