"""`config set-api-key` (cli.md 6, config.md 17). The key is never shown again, whatever happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codexbar_qt.cli.config_commands import config_failures, find_provider
from codexbar_qt.cli.output import CommandError, CommandOutput
from codexbar_qt.core import config_edit
from codexbar_qt.provider_api import AccountsSetting, SecretSetting, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from codexbar_qt.cli.command_run import CommandRun
    from codexbar_qt.core.config_file import ConfigFile
    from codexbar_qt.provider_api import AccountField, Provider
    from codexbar_qt.provider_api.resolution import ReadEnv


@dataclass(frozen=True, slots=True)
class ApiKeyOptions:
    """The options as typed; None where one was not given."""

    provider: str | None = None
    api_key: str | None = field(default=None, repr=False)
    stdin: bool = False
    label: str | None = None
    usage_scope: str | None = None
    organization_id: str | None = None
    workspace_id: str | None = None
    no_enable: bool = False


@dataclass(frozen=True, slots=True)
class _TeamAccount:
    label: str
    fields: dict[str, str]


def store_api_key(run: CommandRun) -> CommandOutput:
    """Carry the command out. Raises CommandError."""
    given = run.invocation
    options = ApiKeyOptions(
        provider=given.value("--provider"),
        api_key=given.value("--api-key"),
        stdin=given.has("--stdin"),
        label=given.value("--label"),
        usage_scope=given.value("--usage-scope"),
        organization_id=given.value("--organization-id"),
        workspace_id=given.value("--workspace-id"),
        no_enable=given.has("--no-enable"),
    )
    return set_api_key(
        run.backend.config_file,
        run.backend.registry.providers,
        options,
        read_stdin=run.terminal.read_input,
        read_env=run.backend.env.get,
        now=run.backend.clock.now(),
    )


def set_api_key(
    config_file: ConfigFile,
    providers: Sequence[Provider],
    options: ApiKeyOptions,
    *,
    read_stdin: Callable[[], str],
    read_env: ReadEnv,
    now: datetime,
) -> CommandOutput:
    """Store an API key, or a token account for a shared scope, and turn the provider on. Raises CommandError."""
    provider = find_provider(providers, options.provider)
    _require_key_support(provider)
    account = _account_of(provider, options)
    key = _key_of(options, read_stdin)

    def edit(root: dict[str, object]) -> None:
        if account is None:
            config_edit.store_api_key(root, provider, key, read_env, enable=False)
        else:
            config_edit.add_account(root, provider.id, account.label, key, now, account.fields)
            config_edit.set_field(root, provider, config_edit.API_KEY, None, read_env)
        if not options.no_enable:
            config_edit.set_enabled(root, provider.id, True)

    with config_failures():
        config = config_file.update(edit, strict=True)
    enabled = config.entry(provider.id).enabled
    value = {"provider": provider.id, "enabled": enabled, "configPath": str(config.path)}
    tail = "" if options.no_enable else " and enabled"
    return CommandOutput(value, f"Config: stored API key for {provider.descriptor.name}{tail}")


def _require_key_support(provider: Provider) -> None:
    settings = provider.descriptor.settings
    if any(isinstance(item, SecretSetting) and item.key == config_edit.API_KEY for item in settings):
        return
    elsewhere = provider.descriptor.api_keys_at
    advice = f"Use --provider {elsewhere} instead." if elsewhere else "Set it up in Settings."
    message = f"{provider.descriptor.name} takes no API key. {advice}"
    raise CommandError(message, "args")


def _key_of(options: ApiKeyOptions, read_stdin: Callable[[], str]) -> str:
    if options.stdin == (options.api_key is not None):
        message = "Give the key once: either with --api-key or with --stdin."
        raise CommandError(message, "args")
    return _line(read_stdin() if options.stdin else options.api_key or "", "API key")


def _account_of(provider: Provider, options: ApiKeyOptions) -> _TeamAccount | None:
    """Return the account to append; None when the key is stored as the provider's own."""
    given = (options.label, options.usage_scope, options.organization_id, options.workspace_id)
    if all(option is None for option in given):
        return None
    setting = _accounts_setting(provider)
    scopes = setting.usage_scopes if setting else ()
    if setting is None or not scopes:
        message = f"{provider.descriptor.name} has no account options. Leave out the label, scope and ids."
        raise CommandError(message, "args")
    scope = (options.usage_scope or scopes[0]).strip().lower()
    if scope not in scopes:
        message = f"The usage scope is not known. Use one of: {', '.join(scopes)}."
        raise CommandError(message, "args")
    if scope == scopes[0]:
        if any(option is not None for option in (options.label, options.organization_id, options.workspace_id)):
            message = f"The label and the ids belong to a shared scope. Add --usage-scope {scopes[-1]}."
            raise CommandError(message, "args")
        return None
    given_ids = {"organizationId": options.organization_id, "workspaceID": options.workspace_id}
    needed = [field for field in setting.fields if field.usage_scope in ("", scope)]
    ids = {field.key: _checked(field, given_ids.get(field.key) or "") for field in needed}
    label = scope.capitalize() if options.label is None else _line(options.label, "label")
    return _TeamAccount(label, {"usageScope": scope, **ids})


def _accounts_setting(provider: Provider) -> AccountsSetting | None:
    return next((item for item in provider.descriptor.settings if isinstance(item, AccountsSetting)), None)


def _checked(field: AccountField, text: str) -> str:
    line = _line(text, field.label)
    complaint = field.check(line) if field.check else None
    if complaint:
        raise CommandError(f"The {field.label} cannot be used. {complaint}", "args")
    return line


def _line(text: str, what: str) -> str:
    cleaned = clean(text)
    if cleaned is None:
        message = f"The {what} is empty. Give one."
        raise CommandError(message, "args")
    if any(char in cleaned for char in "\r\n\0"):
        message = f"The {what} has more than one line. Give a single line."
        raise CommandError(message, "args")
    return cleaned
