"""Exit codes (cli.md 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codexbar_qt.provider_api import ToolNotInstalled

if TYPE_CHECKING:
    from codexbar_qt.provider_api import ProviderDescriptor, ProviderError

SUCCESS = 0
FAILURE = 1
TIMEOUT = 4


def exit_code_of(error: ProviderError, descriptor: ProviderDescriptor) -> int:
    """Return the code of a failed fetch: 1, or what the provider declares for a missing program."""
    return descriptor.missing_tool_exit_code if isinstance(error, ToolNotInstalled) else FAILURE
