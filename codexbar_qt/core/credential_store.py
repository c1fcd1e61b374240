"""How a fetch puts secrets into the config: a renewed one in the place of the old one, a new account beside others."""

from __future__ import annotations

import asyncio
import copy
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from codexbar_qt.core import config_edit
from codexbar_qt.core.config_errors import ConfigError
from codexbar_qt.core.config_normal import read_entry
from codexbar_qt.provider_api import InvalidSetting, Secret
from codexbar_qt.provider_api.resolution import CredentialStore, entry_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from codexbar_qt.core.app_config import AppConfig, ProviderEntry
    from codexbar_qt.core.config_file import ConfigFile
    from codexbar_qt.core.config_normal import Root
    from codexbar_qt.core.fetch_service import FetchRequest
    from codexbar_qt.provider_api import Provider

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rotation:
    """`value` takes the place of `present` in a token account, or in the entry's field `key` without `account_id`."""

    provider: Provider
    key: str
    present: Secret
    value: Secret
    account_id: str = ""

    def change(self, root: Root) -> None:
        """Change a config document in place.

        Raises ConfigEditError when something other than `present` stands there: what a person entered meanwhile wins.
        """
        if self.account_id:
            config_edit.replace_token(root, self.provider.id, self.account_id, self.present, self.value)
        else:
            config_edit.replace_secret(root, self.provider, self.key, self.present, self.value)

    def applied_to(self, config: AppConfig) -> AppConfig:
        """Return the config with the renewed secret and nothing else changed; as it is where `present` is not used."""
        entries = (self._renewed(entry) if entry.id == self.provider.id else entry for entry in config.entries)
        return replace(config, entries=tuple(entries))

    def _renewed(self, entry: ProviderEntry) -> ProviderEntry:
        raw = copy.deepcopy(dict(entry.raw))
        try:
            self.change({"providers": [raw]})
        except ConfigError:
            return entry
        return read_entry(self.provider, raw)


class ConfigWriter(Protocol):
    """Changes the config on behalf of a fetch or an Action."""

    async def rotate(self, rotation: Rotation) -> bool:
        """Store a renewed secret; whether it was stored. What is known of the account stays good, and fetches go on."""
        ...

    async def edit_config(self, edit: Callable[[Root], None]) -> str:
        """Change the config file; returns "" or one sentence that says why nothing was saved."""
        ...


class FileConfigWriter(ConfigWriter):
    """Writes to the file, and nobody has to be told: the command line reads it once."""

    def __init__(self, config_file: ConfigFile) -> None:
        self._config_file = config_file

    async def rotate(self, rotation: Rotation) -> bool:
        """Store a renewed secret; whether it was stored."""
        return not await self.edit_config(rotation.change)

    async def edit_config(self, edit: Callable[[Root], None]) -> str:
        """Change the config file; returns "" or one sentence that says why nothing was saved."""
        try:
            await asyncio.to_thread(self._config_file.update, edit, strict=True)
        except ConfigError as error:
            return error.message
        return ""


class ConfigCredentialStore(CredentialStore):
    """What one fetch may save. `now` gives the time as aware UTC."""

    def __init__(self, request: FetchRequest, writer: ConfigWriter, now: Callable[[], datetime]) -> None:
        self._request = request
        self._writer = writer
        self._now = now
        self._renewed: dict[tuple[str, bool], Secret] = {}

    async def save(self, key: str, value: Secret, *, in_account: bool) -> bool:
        """Replace the selected account's token or the entry's field `key`; whether it was stored."""
        request, account = self._request, self._request.account
        stored = account.token if in_account and account else Secret(entry_text(request.entry.raw, key) or "")
        present = self._renewed.get((key, in_account), stored)
        if value == present:
            return True
        account_id = account.id if in_account and account else ""
        rotation = Rotation(request.provider, key, present, value, account_id)
        if not await self._writer.rotate(rotation):
            _log.warning("A renewed credential of %s could not be stored", request.provider.id)
            return False
        self._renewed[key, in_account] = value
        return True

    async def add_account(self, label: str, token: Secret) -> None:
        """Add a token account and select it. Raises InvalidSetting with a sentence when it could not be stored."""
        name, now = self._request.provider.id, self._now()
        complaint = await self._writer.edit_config(
            lambda root: _add_account(root, name, label, token, now),
        )
        if complaint:
            raise InvalidSetting(complaint, setting="tokenAccounts")


def _add_account(root: Root, provider_id: str, label: str, token: Secret, now: datetime) -> None:
    config_edit.add_account(root, provider_id, label, token.reveal(), now)
