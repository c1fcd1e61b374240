"""Makes dist/codexbar-qt, the frozen app, in an environment that holds nothing but the pinned packages it needs.

Run by `make freeze`, or on a system without make: `python packaging/freeze/freeze.py`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PINS = ROOT / "requirements" / "freeze.txt"
ENVIRONMENT = ROOT / "build" / "freeze" / "venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST_PYTHON = (3, 11)


def main() -> int:
    """Freeze, and say where the result is."""
    if sys.version_info < OLDEST_PYTHON:
        print("Python 3.11 or newer is needed.", file=sys.stderr)
        return 1
    if sys.platform == "linux":
        missing = [name for name in ("objcopy", "objdump", "strip", "ldd") if shutil.which(name) is None]
        if missing:
            print(f"{', '.join(missing)} not found. Run: sh packaging/linux/package-tools.sh", file=sys.stderr)
            return 1
    prepare_environment()
    command = [str(PYTHON), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build" / "freeze")]
    command.append(str(ROOT / "packaging" / "freeze" / "codexbar.spec"))
    # Names in sets come in the same order every time, so the same sources make the same files.
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    print("dist/codexbar-qt")
    return 0


def prepare_environment() -> None:
    """Make the environment anew when the pins or the interpreter have changed."""
    stamp = ENVIRONMENT / "pins"
    key = hashlib.sha256(PINS.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == key:
        return
    print("Installing the pinned packages for freezing", file=sys.stderr)
    venv.create(ENVIRONMENT, clear=True, with_pip=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    subprocess.run([*pip, "-r", str(PINS)], stdin=subprocess.DEVNULL, check=True)
    stamp.write_text(key, encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())
