"""An environment without variables: the demo shows the same on every machine."""

from __future__ import annotations

from codexbar_qt.provider_api import Env


class EmptyEnv(Env):
    """Answers None to everything."""

    def get(self, name: str) -> str | None:
        """Return None."""
        return None
