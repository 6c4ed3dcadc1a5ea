"""`python -m benchmarks [NAME...]` runs the benchmarks named, or all of them, one after the other.

A benchmark is a package in this folder that has a `__main__`. Each runs in a process of its own, so that neither
memory nor warm caches of one reach the next. The exit status is 1 as soon as one of them fails.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def available() -> list[str]:
    """Names of all benchmarks, in order."""
    return sorted(path.parent.name for path in FOLDER.glob("*/__main__.py"))


def run(name: str) -> bool:
    """Run one benchmark and tell whether it met its own targets."""
    print(f"== {name}", flush=True)
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=FOLDER.parent, check=False).returncode == 0


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the hub beside its peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks to run; all of them by default")
    parser.add_argument("--list", action="store_true", help="print the names and do nothing")
    arguments = parser.parse_args()
    if arguments.list:
        print(*available(), sep="\n")
        return 0
    unknown = set(arguments.names) - set(available())
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are: {', '.join(available())}")
    failed = [name for name in arguments.names or available() if not run(name)]
    if failed:
        print("Failed:", *failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
