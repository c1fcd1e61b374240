"""The `config` commands (cli.md 6): each takes its inputs and returns a CommandOutput or raises CommandError."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from codexbar_qt.cli.output import CommandError, CommandOutput
from codexbar_qt.core import config_edit
from codexbar_qt.core.config_errors import ConfigError
from codexbar_qt.core.config_redaction import redacted
from codexbar_qt.core.config_validation import validate_config
from codexbar_qt.core.json_document import encode_object

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from codexbar_qt.core.app_config import AppConfig
    from codexbar_qt.core.config_file import ConfigFile
    from codexbar_qt.core.config_issue import ConfigIssue
    from codexbar_qt.provider_api import Platform, Provider

LONGEST_NAME = 24


def validate(config_file: ConfigFile, providers: Sequence[Provider], platform: Platform) -> CommandOutput:
    """List what is wrong with the config file; exit code 1 with any error, 0 with warnings only."""
    issues = validate_config(_read(config_file), providers, platform)
    exit_code = 1 if any(issue.severity == "error" for issue in issues) else 0
    text = "\n".join(_issue_line(issue) for issue in issues) or "Config: OK"
    return CommandOutput([_issue_object(issue) for issue in issues], text, exit_code)


def dump(config_file: ConfigFile, providers: Sequence[Provider], *, show_secrets: bool = False) -> CommandOutput:
    """Print the normalised config, secrets masked unless asked for; JSON in text mode too."""
    root = _read(config_file).root
    shown = dict(root) if show_secrets else redacted(root, providers)
    return CommandOutput(shown, encode_object(shown).decode().removesuffix("\n"))


def list_providers(config_file: ConfigFile, providers: Sequence[Provider]) -> CommandOutput:
    """List every known provider in the order of the config."""
    known = {provider.id: provider.descriptor for provider in providers}
    rows: list[dict[str, object]] = []
    lines: list[str] = []
    for entry in _read(config_file).entries:
        descriptor = known[entry.id]
        rows.append(
            {
                "provider": entry.id,
                "displayName": descriptor.name,
                "enabled": entry.enabled,
                "defaultEnabled": descriptor.default_enabled,
            }
        )
        state = ("enabled" if entry.enabled else "disabled") + (" default" if descriptor.default_enabled else "")
        lines.append(f"{entry.id}: {state} ({descriptor.name})")
    return CommandOutput(rows, "\n".join(lines))


def set_enabled(
    config_file: ConfigFile, providers: Sequence[Provider], name: str | None, *, enabled: bool
) -> CommandOutput:
    """Turn one provider on or off; nothing else changes."""
    provider = find_provider(providers, name)
    with config_failures():
        config = config_file.update(lambda root: config_edit.set_enabled(root, provider.id, enabled), strict=True)
    value = {
        "provider": provider.id,
        "displayName": provider.descriptor.name,
        "enabled": enabled,
        "configPath": str(config.path),
    }
    return CommandOutput(value, f"Config: {'enabled' if enabled else 'disabled'} {provider.descriptor.name}")


def find_provider(providers: Sequence[Provider], name: str | None) -> Provider:
    """Return the provider of an id or alias, in any case. Raises CommandError of kind args."""
    wanted = (name or "").strip().lower()
    if not wanted:
        message = "No provider was named. Add --provider with the id of one."
        raise CommandError(message, "args")
    for provider in providers:
        if wanted in (provider.id.lower(), *(alias.lower() for alias in provider.descriptor.aliases)):
            return provider
    # A long word may be a key that was pasted into the wrong place.
    shown = wanted if len(wanted) <= LONGEST_NAME else "of this name"
    message = f"There is no provider {shown}. Run codexbar config providers for the list."
    raise CommandError(message, "args")


@contextlib.contextmanager
def config_failures() -> Generator[None]:
    """Turn failures of the config file into failures of the command."""
    try:
        yield
    except ConfigError as error:
        raise CommandError(error.message, "config") from None


def _read(config_file: ConfigFile) -> AppConfig:
    with config_failures():
        return config_file.read()


def _issue_object(issue: ConfigIssue) -> dict[str, object]:
    optional = {"provider": issue.provider, "field": issue.field}
    present = {key: value for key, value in optional.items() if value}
    return {"severity": issue.severity, **present, "code": issue.code, "message": issue.message}


def _issue_line(issue: ConfigIssue) -> str:
    place = f" ({issue.field})" if issue.field else ""
    return f"[{issue.severity.upper()}] {issue.provider or 'config'}{place}: {issue.message}"
