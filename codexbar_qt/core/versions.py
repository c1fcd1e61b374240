"""Version numbers from outside: tags, files, headings."""

from __future__ import annotations

import re

from packaging.version import InvalidVersion, Version

_SHAPE = re.compile(r"v?[0-9][0-9A-Za-z.-]{0,62}")


def parse_version(text: str) -> Version | None:
    """Return the version a text is, None when it is none; "v0.7.0-beta.2" is 0.7.0b2.

    Epochs and local parts ("1!2.0", "1.0+debian") are not taken: no release of this project has them, and the first
    would be newer than everything else.
    """
    if _SHAPE.fullmatch(text) is None:
        return None
    try:
        return Version(text)
    except InvalidVersion:
        return None
