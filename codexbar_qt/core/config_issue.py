"""One finding of config validation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class ConfigIssue:
    """What is wrong and where (config.md 10). `provider` "" means the file itself, `field` "" no single field.

    `message` is a sentence for people that names fields, never values.
    """

    severity: Severity
    code: str
    message: str
    provider: str = ""
    field: str = ""
