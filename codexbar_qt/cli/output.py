"""What a command hands back; printing is the business of the entry point."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ErrorKind = Literal["args", "config", "provider", "runtime"]


@dataclass(frozen=True, slots=True)
class CommandOutput:
    """The result of a command: the value for JSON, the text without its final newline, the exit code.

    `errors` are lines for standard error that belong to the text; the JSON value has its own place for them. `notes`
    are lines for standard error beside both, unless nothing but JSON is wanted.
    """

    json_value: object = field(repr=False)
    text: str = field(repr=False)
    exit_code: int = 0
    errors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Terminated(Exception):
    """A signal asked the process to end; `exit_code` is 128 and its number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.exit_code = 128 + number


class CommandError(Exception):
    """A command cannot be carried out; `message` is for people, `kind` and `exit_code` are for programs.

    `notes` are lines for standard error beside it, as those of a `CommandOutput`.
    """

    def __init__(self, message: str, kind: ErrorKind, exit_code: int = 1, notes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.kind: ErrorKind = kind
        self.exit_code = exit_code
        self.notes = notes
