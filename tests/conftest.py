"""The command line as tests run it: in this process, with its own streams."""

import io
import os
import signal
import sys
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import hypothesis
import pytest

from ipcalc.__main__ import main

# No example is timed: a slow machine is no failure. CI repeats the same examples; a longer run is
# HYPOTHESIS_PROFILE=thorough pytest
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=5_000)
hypothesis.settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default")
)

# a shell's background job ignores Ctrl-C, and so would the programs that a test starts and interrupts
signal.signal(signal.SIGINT, signal.default_int_handler)

TESTS = Path(__file__).parent
# what a reader's own environment could change; a test that is about one of them sets it
SETTINGS = ("IPCALC_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS")


@pytest.fixture(scope="session", autouse=True)
def _a_cache_of_its_own(tmp_path_factory):
    """What the program keeps goes to the tests' own folder."""
    with mock.patch.dict(os.environ, IPCALC_CACHE=str(tmp_path_factory.mktemp("cache"))):
        yield


class Run(NamedTuple):
    """How a command ended: its exit code and what it wrote."""

    code: int
    raw: bytes
    error: str

    @property
    def out(self):
        return self.raw.decode()


class _Stream(io.TextIOWrapper):
    def __init__(self, content=b"", encoding="utf-8", terminal=False):
        super().__init__(io.BytesIO(content), encoding=encoding, newline="\n")
        self.terminal = terminal

    def isatty(self):
        return self.terminal

    def content(self):
        self.flush()
        return self.buffer.getvalue()


def run(*args, stdin=b"", environment=None, encoding="utf-8", terminal=False):
    """Run ``ipcalc`` with these arguments; whatever it raises but the end of the process is a bug."""
    raw = stdin if isinstance(stdin, bytes) else stdin.encode()
    streams = _Stream(raw, terminal=terminal), _Stream(b"", encoding, terminal), _Stream(terminal=terminal)
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    with (
        mock.patch.object(sys, "argv", ["ipcalc", *map(str, args)]),
        mock.patch.multiple(sys, stdin=streams[0], stdout=streams[1], stderr=streams[2]),
        mock.patch.dict(os.environ, {**kept, **(environment or {})}, clear=True),
    ):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code
    return Run(code, streams[1].content(), streams[2].content().decode())


@pytest.fixture(scope="session")
def ipcalc():
    """Runs ``ipcalc``: ``ipcalc("check", path).code``."""
    return run


@pytest.fixture(scope="session")
def rewriting():
    """Whether the texts that are kept beside the tests are to be written anew."""
    return bool(os.environ.get("IPCALC_REWRITE"))


@pytest.fixture
def example():
    """The path of a file in ``tests/examples``."""
    return lambda name: TESTS / "examples" / name
