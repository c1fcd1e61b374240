"""The About pane: which version this is, under which licence, and where its code is."""

from __future__ import annotations

import platform

from PySide6.QtCore import qVersion

from codexbar_qt import __version__
from codexbar_qt.ui.view_model import Property, ViewModel


class AboutModel(ViewModel):
    """Facts that never change while the app runs."""

    version = Property(str, lambda _: __version__, constant=True)
    licence = Property(str, lambda _: "MIT licence", constant=True)
    runtime = Property(str, lambda _: f"Python {platform.python_version()}, Qt {qVersion()}", constant=True)
