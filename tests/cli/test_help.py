"""Every command and option says what it is for."""

import click
import pytest

from ipcalc.cli.main import ipcalc as program


def commands(command=program, path=()):
    """Every command with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), (*path, name))


ALL = list(commands())


@pytest.mark.parametrize(
    ("path", "command"), ALL, ids=lambda value: "-".join(value) if isinstance(value, tuple) else ""
)
def test_everything_is_documented(path, command, ipcalc):
    shown = ipcalc(*path, "-h")
    assert (shown.code, shown.error) == (0, "")
    assert shown.out.isascii()
    assert max(map(len, shown.out.splitlines())) <= 80
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert all(name in shown.out for name in option.opts)
        else:
            assert option.make_metavar(click.Context(command)).strip("[].") in " ".join(shown.out.split())


def test_results_have_the_same_options_everywhere():
    shared = {"--format", "--lang", "--output", "--force", "--color"}
    for path, command in ALL:
        options = {name for option in command.params for name in option.opts}
        if (
            path
            and not isinstance(command, click.Group)
            and path
            not in (
                ("schemes", "new"),
                ("schemes", "schema"),
            )
        ):
            assert shared <= options, path


def test_the_list_says_what_each_command_is(ipcalc):
    shown = " ".join(ipcalc("--help").out.split())
    for path, command in ALL:
        if len(path) == 1:
            assert f"{path[0]} {command.get_short_help_str(200)}" in shown


def test_version(ipcalc):
    shown = ipcalc("--version")
    assert (shown.code, shown.out) == (0, f"ipcalc {__import__('ipcalc').__version__}\n")
