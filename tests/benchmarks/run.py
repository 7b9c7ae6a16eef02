"""How long things take: ``python tests/benchmarks/run.py [ROUNDS]`` prints figures beside their goals.

Start-up is a multiple of ``python -c pass``, so that machines can be compared: each round starts every
command once, one after the other, and the median round is shown.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import timeit
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

ROUNDS = 21
PROJECT = Path(__file__).parents[1] / "examples" / "projects" / "separators.toml"
# as the installed script does; -m would load runpy besides
MODULE = [sys.executable, "-c", "from ipcalc.__main__ import main; main()"]
COMMANDS = {
    "python -c pass": ([sys.executable, "-c", "pass"], None),
    "--version": ([*MODULE, "--version"], 1.3),
    "--help": ([*MODULE, "--help"], 4.5),
    "check --help": ([*MODULE, "check", "--help"], None),
    "check, a table": ([*MODULE, "check", str(PROJECT)], 12.0),
    "check, JSON": ([*MODULE, "check", str(PROJECT), "--format", "json"], None),
    "match, a table": ([*MODULE, "match", str(PROJECT)], 25.0),
    "split, a table": ([*MODULE, "split", "hk/hku", "--receipts", "1000000"], None),
}

# as a user's: compiled modules are kept
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def started(command: list[str]) -> float:
    """Seconds that a command takes, from its start to its end."""
    begun = perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=ENVIRONMENT)
    return perf_counter() - begun


def start_up(rounds: int) -> None:
    """Print how many times as long as a bare interpreter each command takes."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds + 1):
        for name, (command, _) in COMMANDS.items():
            times[name].append(started(command))
    base = statistics.median(times["python -c pass"][1:])  # the first round fills the caches
    print(f"start-up, median of {rounds} rounds; python -c pass takes {base * 1000:.1f} ms")
    for name, (_, goal) in COMMANDS.items():
        ratio = statistics.median(times[name][1:]) / base
        print(f"  {name:<30}{ratio:>8.2f} ×{_goal(ratio, goal, '×')}")


def evaluation() -> None:
    """Print how long one evaluation of RAISe+ takes, once its files are read."""
    from ipcalc import check, load, load_scheme, read_project
    from ipcalc.views import check as view

    project, scheme = read_project(load(PROJECT)), load_scheme("hk/raise-plus")
    result = check(project, scheme)
    print("one project under RAISe+, files read before; best of 7")
    for name, run, goal in (
        ("evaluated, with traces", lambda: check(project, scheme), 150.0),
        ("said in words, as a page", lambda: view.page([result], "en"), None),
        ("both", lambda: view.page([check(project, scheme)], "en"), None),
    ):
        took = microseconds(run)
        print(f"  {name:<30}{took:>8.0f} µs{_goal(took, goal, 'µs')}")


def microseconds(run: Callable[[], object]) -> float:
    """The time of one call, the best of seven rounds of a fifth of a second."""
    number = max(1, int(0.2 / max(timeit.timeit(run, number=3) / 3, 1e-7)))
    return min(timeit.repeat(run, number=number, repeat=7)) / number * 1e6


def _goal(found: float, goal: float | None, unit: str) -> str:
    return "" if goal is None else f"   goal {goal:g} {unit}   {'met' if found <= goal else 'MISSED'}"


if __name__ == "__main__":
    start_up(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
    evaluation()
