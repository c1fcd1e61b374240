"""The Advanced pane: where things are kept and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from codexbar_qt.core.registry import LoadFailure, PluginFile
from codexbar_qt.ui.preference_fields import PreferenceFields
from codexbar_qt.ui.record_list_model import RecordListModel
from codexbar_qt.ui.view_model import Property, ViewModel

if TYPE_CHECKING:
    from codexbar_qt.ui.setting_field_model import SettingField
    from codexbar_qt.ui.settings_session import SettingsSession
    from codexbar_qt.ui.settings_tasks import SettingsTasks

OpenPath = Callable[[Path], bool]


@dataclass(frozen=True, slots=True)
class PluginItem:
    """A provider file of the user that waits for approval."""

    path: str
    sha256: str
    remark: str
    allowed: bool


class AdvancedModel(ViewModel):
    """The config file, storage choices and providers that failed to load."""

    changed = Signal()

    def __init__(
        self, session: SettingsSession, tasks: SettingsTasks, open_path: OpenPath, report: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._session, self._tasks, self._open_path, self._report = session, tasks, open_path, report
        make = PreferenceFields(session, tasks)
        self._storage: tuple[SettingField, ...] = (
            make.toggle(
                "keyring_fallback_file",
                "Keep sign-ins in a private file",
                "Used where the system has no keyring. The file is readable by you alone, and not encrypted.",
            ),
            make.toggle("file_log_enabled", "Write a log file", "Three files of 5 MB at most, without secrets."),
        )
        self._failures = RecordListModel(LoadFailure, lambda item: item.origin)
        self._plugins = RecordListModel(PluginItem, lambda item: item.path)
        self._facts = self._read_facts()
        self._fill_lists()

    storageFields = Property(list, lambda self: list(self._storage), constant=True)
    failures = Property(QObject, lambda self: self._failures, constant=True)
    failureCount = Property(int, lambda self: len(self._failures.records), notify=changed)
    plugins = Property(QObject, lambda self: self._plugins, constant=True)
    pluginCount = Property(int, lambda self: len(self._plugins.records), notify=changed)
    configPath = Property(str, lambda self: self._facts[0], notify=changed)
    shadowedRemark = Property(str, lambda self: self._facts[1], notify=changed)
    problem = Property(str, lambda self: self._facts[2], notify=changed)
    canRestore = Property(bool, lambda self: self._facts[3], notify=changed)

    @property
    def waiting(self) -> tuple[PluginItem, ...]:
        """The provider files that wait for approval, as listed."""
        return self._plugins.records

    def controls(self) -> tuple[SettingField, ...]:
        """Every control of the pane."""
        return self._storage

    @Slot()
    def openConfig(self) -> None:
        """Open the config file in the program the system uses for it, or its folder while there is no file."""
        path = self._session.config.path
        self._open(path if path.is_file() else path.parent)

    @Slot()
    def revealConfig(self) -> None:
        """Open the folder of the config file."""
        self._open(self._session.config.path.parent)

    @Slot()
    def restoreDefaults(self) -> None:
        """Replace a config file that cannot be read; a copy of it stays beside it."""
        self._tasks.run(self._session.restore_default_config())

    @Slot(str, str)
    def approvePlugin(self, path: str, sha256: str) -> None:
        """Let a provider file run as it is now; a changed file asks again."""
        approvals = {**self._session.preferences.approved_plugins, path: sha256}
        self._tasks.edit_preferences({"approved_plugins": approvals})

    def update(self) -> None:
        """Read config and preferences again."""
        for field in self._storage:
            field.refresh()
        facts, before = self._read_facts(), (self._failures.records, self._plugins.records)
        self._fill_lists()
        if facts != self._facts or before != (self._failures.records, self._plugins.records):
            self._facts = facts
            self.changed.emit()

    def _open(self, path: Path) -> None:
        if not path.exists():
            self._report(f"{path} does not exist yet. It is made when you change a setting.")
        elif not self._open_path(path):
            self._report(f"The system could not open {path}. Open it by hand.")

    def _read_facts(self) -> tuple[str, str, str, bool]:
        config = self._session.config
        remark = f"{config.shadowed} exists too and is not used." if config.shadowed else ""
        return str(config.path), remark, config.problem or "", bool(config.problem) and not config.read_only

    def _fill_lists(self) -> None:
        self._failures.put(self._session.load_failures())
        approvals = self._session.preferences.approved_plugins
        waiting = self._session.waiting_plugins()
        self._plugins.put([_plugin_item(file, approvals.get(file.path) == file.sha256) for file in waiting])


def _plugin_item(file: PluginFile, allowed: bool) -> PluginItem:
    state = "New file." if not file.changed else "The file has changed since you allowed it."
    if allowed:
        state = "Allowed. It is loaded when the app starts next."
    return PluginItem(file.path, file.sha256, f"{state} SHA-256 {file.sha256}", allowed)
