"""What a command is given: its options, how to speak, the services and the streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codexbar_qt.cli.arguments import Invocation, OutputMode
    from codexbar_qt.cli.backend import Backend, Host
    from codexbar_qt.cli.terminal import Terminal
    from codexbar_qt.cli.usage_text import TextStyle


@dataclass(frozen=True, slots=True)
class CommandRun:
    """One run of a command."""

    invocation: Invocation
    mode: OutputMode
    backend: Backend
    host: Host
    terminal: Terminal

    @property
    def style(self) -> TextStyle:
        """How text looks, by the preferences and the terminal."""
        from codexbar_qt.cli.usage_text import TextStyle

        backend, preferences = self.backend, self.backend.preferences_file.current
        return TextStyle(
            colors=not self.mode.is_json and self.terminal.has_colors(backend.env, no_color=self.mode.no_color),
            absolute_resets=preferences.reset_times_show_absolute,
            hide_personal_info=preferences.hide_personal_info,
            zone=backend.zone,
        )

    @property
    def tells_more(self) -> bool:
        """Whether people asked for what was tried, on standard error."""
        return self.mode.verbose and not self.mode.json_logs
