"""Why the config file or the preferences could not be read, changed or saved.

ConfigError
├── ConfigReadError      the file is there but cannot be used
├── ConfigReadOnlyError  the file must not be changed (a newer version wrote it, or it cannot be read)
├── ConfigWriteError     the system refused to save it
└── ConfigEditError      the change itself cannot be made
"""

from __future__ import annotations


class ConfigError(Exception):
    """Base of all config failures; `message` is one or two sentences for people, never with a stored value."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ConfigReadError(ConfigError):
    """The file exists but cannot be read or understood."""


class ConfigReadOnlyError(ConfigError):
    """The file must stay as it is."""


class ConfigWriteError(ConfigError):
    """Nothing was saved; the old file is untouched."""


class ConfigEditError(ConfigError):
    """The change does not fit what is stored; nothing was saved."""
