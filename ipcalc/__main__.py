"""The program's door. ``--version`` answers before anything else is loaded."""

from __future__ import annotations

import sys

from ipcalc import __version__


def main() -> None:
    """Run the command line of this process."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"ipcalc {__version__}\n")
        return
    from ipcalc.cli.main import run

    run()


if __name__ == "__main__":
    main()
