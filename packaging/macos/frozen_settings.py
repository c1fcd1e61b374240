"""What the app bundle says about itself on macOS, and who signs it. Loaded by packaging/freeze/codexbar.spec."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ENTITLEMENTS = Path(__file__).with_name("entitlements.plist")
sys.path.insert(0, str(ROOT / "packaging" / "icons"))

BUNDLE_ID = "io.github.codexbar-qt"
"""Never changes: macOS finds the app's rights and its place in Login Items by it. Also the label of the LaunchAgent."""
BUNDLE_NAME = "CodexBar Qt.app"
OLDEST_MACOS = "13.0"
"""What the wheels of PySide6 6.11 ask for."""
IDENTITY_VARIABLE = "CODEXBAR_SIGN_IDENTITY"


def program_settings(_program: str) -> dict[str, Any]:
    """Return the keywords for PyInstaller's EXE. Without an identity the signature is ad hoc, as Apple chips need."""
    identity = os.environ.get(IDENTITY_VARIABLE)
    if not identity:
        print(f"Not signed, for {IDENTITY_VARIABLE} is not set.", file=sys.stderr)
        return {}
    return {"codesign_identity": identity, "entitlements_file": str(ENTITLEMENTS)}


def bundle_settings() -> dict[str, Any]:
    """Return the keywords for PyInstaller's BUNDLE."""
    from icon_files import write_icns

    from codexbar_qt import __version__

    return {
        "name": BUNDLE_NAME,
        "icon": str(write_icns(ROOT / "build" / "icons" / "codexbar-qt.icns")),
        "bundle_identifier": BUNDLE_ID,
        "version": __version__,
        "info_plist": info(__version__),
    }


def info(version: str) -> dict[str, Any]:
    """Return what goes into Info.plist beyond what PyInstaller writes."""
    from packaging.version import Version

    return {
        "CFBundleName": "CodexBar Qt",
        "CFBundleDisplayName": "CodexBar Qt",
        "CFBundleExecutable": "codexbar-qt",
        "CFBundleShortVersionString": version,
        # Apple compares numbers only here.
        "CFBundleVersion": Version(version).base_version,
        "LSApplicationCategoryType": "public.app-category.developer-tools",
        "LSMinimumSystemVersion": OLDEST_MACOS,
        # It lives in the menu bar: no icon in the Dock, no menu of its own.
        "LSUIElement": True,
        "NSHighResolutionCapable": True,
        "NSRequiresAquaSystemAppearance": False,
        "NSSupportsAutomaticGraphicsSwitching": True,
        "NSHumanReadableCopyright": "MIT license",
    }
