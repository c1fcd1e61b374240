"""Where the project is on the web: every address of it is made from this one (`[project.urls]` repeats it, tested)."""

from __future__ import annotations

from typing import Final

REPOSITORY: Final = "codexbar-qt/codexbar-qt"
HOME_PAGE: Final = f"https://github.com/{REPOSITORY}"
RELEASES_PAGE: Final = f"{HOME_PAGE}/releases"
