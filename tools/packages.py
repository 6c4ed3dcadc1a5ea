"""Install the Debian packages that the tests use as independent judges, or say what is missing.

The hub itself needs none of them; with tesseract it reads words in pictures. Without them the tests concerned are
skipped at home; with `CI=true` everything has to be there, so that nothing is left untested by accident.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

WANTED = {
    "libimage-exiftool-perl": "exiftool",
    "ffmpeg": "ffprobe",
    "mediainfo": "mediainfo",
    "chromium": "chromium",
    "strace": "strace",
    "tesseract-ocr": "tesseract",
    "tesseract-ocr-deu": "/usr/share/tesseract-ocr/*/tessdata/deu.traineddata",
    "postgresql": "/usr/lib/postgresql/*/bin/initdb",
    "fonts-dejavu-core": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
}
"""Debian package -> a command on the path, or a pattern of files, that shows that it is there."""


def present(sign: str) -> bool:
    """Tell whether a command or a file of this pattern exists."""
    if sign.startswith("/"):
        return any(Path("/").glob(sign[1:]))
    return shutil.which(sign) is not None


def missing() -> list[str]:
    """Debian packages that show no sign of being installed."""
    return [package for package, sign in WANTED.items() if not present(sign)]


def apt(packages: list[str]) -> None:
    """Install `packages` without questions; failure shows in what is still missing afterwards."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *command], check=False, env=environment, stdin=subprocess.DEVNULL)


def main() -> int:
    """Return the exit status: 1 only where `CI=true` and something is missing."""
    lacking = missing()
    if lacking and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing for the tests:", *lacking, flush=True)
        apt(lacking)
        lacking = missing()
    if not lacking:
        return 0
    print("The tests need these Debian packages:", *lacking)
    print("Install them with: sudo apt-get install --no-install-recommends", *lacking)
    if os.environ.get("CI") == "true":
        return 1
    print("Going on without; the tests that need them are skipped.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
