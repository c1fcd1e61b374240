"""Makes the MSIX package from dist/codexbar-qt with makeappx of the Windows SDK, signed when the environment says how.

    python packaging/windows/build_msix.py [--stage-only]

CODEXBAR_MSIX_PUBLISHER is the subject of the certificate that signs, such as `CN=Example Ltd, C=DE`: Windows installs
the package only if the two are the same. --stage-only leaves the folder in build/msix and packs nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import quoteattr

from frozen_settings import ROOT, version_numbers
from signing import sign, sign_command

from codexbar_qt import __version__

FOLDER = ROOT / "dist" / "codexbar-qt"
STAGED = ROOT / "build" / "msix"
MANIFEST = Path(__file__).with_name("msix") / "AppxManifest.xml"
PUBLISHER_VARIABLE = "CODEXBAR_MSIX_PUBLISHER"
UNSIGNED_PUBLISHER = "CN=CodexBar Qt contributors"
ARCHITECTURE = "x64"
LOGOS = {"store-50.png": 50, "square-44.png": 44, "square-150.png": 150}
ORIGIN = Path("_internal/codexbar_qt/resources/install-origin")


def manifest(version: str, publisher: str) -> str:
    """Return the manifest with everything filled in. The last number of the version belongs to the Store and is 0."""
    numbers = ".".join(str(number) for number in version_numbers(version))
    filled = MANIFEST.read_text(encoding="utf-8")
    for name, value in {"VERSION": numbers, "PUBLISHER": publisher, "ARCHITECTURE": ARCHITECTURE}.items():
        filled = filled.replace(f'"@{name}@"', quoteattr(value))
    return filled


def write_logos(folder: Path) -> None:
    """Draw the logos that the manifest names."""
    sys.path.insert(0, str(ROOT / "packaging" / "icons"))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from app_icon import draw
    from PySide6.QtGui import QGuiApplication

    app = QGuiApplication.instance() or QGuiApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in LOGOS.items():
        if not draw(size).save(str(folder / name)):
            raise SystemExit(f"{folder / name} cannot be written.")
    del app


def stage(folder: Path, staged: Path, publisher: str) -> None:
    """Lay out what goes into the package: the app, its logos, the manifest, and the word that says who updates it."""
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(folder, staged)
    (staged / ORIGIN).write_text("msix\n", encoding="ascii")
    write_logos(staged / "assets")
    (staged / MANIFEST.name).write_text(manifest(__version__, publisher), encoding="utf-8")


def packer() -> str:
    """Return makeappx, from PATH or the newest Windows SDK. Raises SystemExit when there is none."""
    kits = Path(os.environ.get("PROGRAMFILES(X86)", "")) / "Windows Kits" / "10" / "bin"
    found = shutil.which("makeappx") or max((str(path) for path in kits.glob("10.*/x64/makeappx.exe")), default=None)
    if found is None:
        raise SystemExit("makeappx was not found. Install the Windows SDK, or add its folder to PATH.")
    return found


def main() -> int:
    """Stage, pack, sign."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--stage-only", action="store_true", help="lay the files out in build/msix and stop")
    options = parser.parse_args()
    if not FOLDER.is_dir():
        print(f"{FOLDER} is not there. Freeze the app first.", file=sys.stderr)
        return 1
    publisher = os.environ.get(PUBLISHER_VARIABLE) or UNSIGNED_PUBLISHER
    stage(FOLDER, STAGED, publisher)
    if options.stage_only:
        print(STAGED)
        return 0
    package = ROOT / "dist" / f"codexbar-qt-{__version__}-windows-{ARCHITECTURE}.msix"
    subprocess.run([packer(), "pack", "/o", "/d", str(STAGED), "/p", str(package)], check=True)
    sign([package], sign_command())
    print(package)
    return 0


if __name__ == "__main__":
    sys.exit(main())
