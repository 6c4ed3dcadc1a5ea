"""Make `.venv` agree with a lock file: `python tools/environment.py runtime|compose|dev`.

Only the standard library is used, because this runs before anything is installed. Packages come from whatever
index the machine is configured for, and every file must have a hash that the lock names. A stamp in `.venv` keeps
the digest of the lock that was installed, so that nothing happens until the lock changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "runtime": "requirements.lock",
    "compose": "requirements-compose.lock",
    "dev": "requirements-dev.lock",
}
COMMAND = """#!/bin/sh
exec "$(dirname -- "$0")/python" -m ugc_hub "$@"
"""


def succeeds(*command: str | Path) -> bool:
    """Run `command` without showing what it prints."""
    return subprocess.run([str(part) for part in command], check=False, capture_output=True).returncode == 0


def works(python: Path) -> bool:
    """Tell whether the interpreter of an environment still starts; it may have lost the one it was made from."""
    return python.exists() and succeeds(python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))")


def create(venv: Path) -> Path:
    """Return the interpreter of `venv`, made anew where it is missing or broken. It has no pip yet."""
    python = venv / "bin" / "python"
    if not works(python):
        print(f"Creating {venv.name} with Python {sys.version.split()[0]}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(venv)], check=True)
    return python


def install(python: Path, lock: Path) -> None:
    """Install exactly what `lock` names: with uv where present, with pip where uv is missing or cannot."""
    options = ["--quiet", "--require-hashes", "--no-deps", "-r", str(lock)]
    uv = shutil.which("uv")
    if uv:
        print(f"Installing {lock.name} with uv", flush=True)
        command = [uv, "pip", "install", "--compile-bytecode", "--python", str(python), *options]
        if subprocess.run(command, check=False).returncode == 0:
            return
        print("uv could not do it (it does not read the settings of pip); trying pip", flush=True)
    print(f"Installing {lock.name} with pip", flush=True)
    if not succeeds(python, "-m", "pip", "--version") and not succeeds(python, "-m", "ensurepip"):
        raise SystemExit("This Python cannot make environments. On Debian: apt-get install python3-venv")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", *options]
    if subprocess.run(pip, check=False).returncode:
        raise SystemExit(f"{lock.name} could not be installed; the lines above say why.")


def link(python: Path) -> None:
    """Put the checkout on the environment's path, with its name and version, and the command `ugc-hub`.

    Nothing is built, so no build tool is needed; the path is relative, so that the checkout may be moved. The code is
    compiled now, because with `PYTHONDONTWRITEBYTECODE` every process would compile it again at each start.
    """
    code = [str(ROOT / folder) for folder in ("ugc_hub", "storage", "workers")]
    subprocess.run([str(python), "-m", "compileall", "-q", *code], check=False, capture_output=True)
    question = "import sysconfig; print(sysconfig.get_path('purelib'))"
    answer = subprocess.run([str(python), "-c", question], check=True, capture_output=True, text=True)
    packages = Path(answer.stdout.strip())
    (packages / "ugc_hub_checkout.pth").write_text(os.path.relpath(ROOT, packages) + "\n", encoding="utf-8")
    for outdated in packages.glob("ugc_hub-*.dist-info"):
        shutil.rmtree(outdated)
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    metadata = packages / f"ugc_hub-{version}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: ugc-hub\nVersion: {version}\n", encoding="utf-8")
    command = python.with_name("ugc-hub")
    command.write_text(COMMAND, encoding="utf-8")
    command.chmod(0o755)


def prepare(kind: str, venv: Path) -> None:
    """Bring `venv` in line with the lock of `kind`, unless its stamp says that it already is."""
    lock = ROOT / LOCKS[kind]
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = venv / f"{kind}.stamp"
    python = venv / "bin" / "python"
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == digest and works(python)):
        install(create(venv), lock)
    link(python)
    stamp.write_text(digest, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:
        raise SystemExit("usage: environment.py runtime|compose|dev")
    prepare(sys.argv[1], ROOT / ".venv")
