"""Reading good and bad files, writing, permissions, echoes (config.md 3, 11, 12, 13)."""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.core import config_edit
from codexbar_qt.core.app_config import AppConfig, changed_ids
from codexbar_qt.core.config_errors import ConfigEditError, ConfigReadError, ConfigReadOnlyError, ConfigWriteError
from codexbar_qt.core.config_file import ConfigFile
from codexbar_qt.core.config_location import ConfigLocation
from codexbar_qt.core.json_document import MAX_BYTES
from codexbar_qt.core.private_file import FileCalls, PrivateFile

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from codexbar_qt.provider_api import Provider

posix = pytest.mark.skipif(os.name != "posix", reason="permission bits")
BACKUP = "config.json.corrupt-20260716T120005Z"


def write(path: Path, root: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(root if isinstance(root, bytes) else json.dumps(root).encode())
    path.chmod(0o600)


def stored(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_bytes())
    return document


def entry(path: Path, name: str) -> dict[str, Any]:
    return next(found for found in stored(path)["providers"] if found["id"] == name)


def turn_on(name: str) -> Any:
    return lambda root: config_edit.set_enabled(root, name, True)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_missing_file_gives_defaults_and_writes_nothing(config_file: ConfigFile, config_path: Path) -> None:
    config = config_file.load()
    assert config.enabled_ids == ("alpha",)
    assert (config.problem, config.read_only, config.version, config.revision) == (None, False, 1, 1)
    assert config_file.read() == config
    assert not config_path.parent.exists()


@posix
def test_the_first_write_makes_folder_and_file_for_the_owner_only(config_file: ConfigFile, config_path: Path) -> None:
    config = config_file.update(turn_on("gamma"))
    assert config.enabled_ids == ("alpha", "gamma")
    assert config == config_file.load()
    assert mode(config_path) == 0o600
    assert mode(config_path.parent) == 0o700
    assert config_path.read_bytes().endswith(b"}\n")
    assert sorted(item.name for item in config_path.parent.iterdir()) == ["config.json", "config.json.lock"]


@posix
def test_a_readable_file_is_closed_at_the_next_write_and_so_is_the_temporary_one(
    config_path: Path, catalogue: tuple[Provider, ...], now: datetime
) -> None:
    write(config_path, {"version": 1, "providers": []})
    config_path.chmod(0o644)
    modes: list[int] = []

    def replace(source: Path, target: Path) -> None:
        modes.append(mode(source))
        source.replace(target)

    file = ConfigFile(ConfigLocation(config_path), catalogue, lambda: now, FileCalls(replace=replace))
    assert file.load().mode == 0o644
    assert file.update(turn_on("beta")).mode == 0o600
    assert (modes, mode(config_path)) == ([0o600], 0o600)


def test_the_rights_of_others_are_taken_from_the_empty_temporary_file(
    config_path: Path, catalogue: tuple[Provider, ...], now: datetime
) -> None:
    seen: list[tuple[str, int]] = []
    calls = FileCalls(restrict=lambda path: seen.append((path.suffix, path.stat().st_size)))
    ConfigFile(ConfigLocation(config_path), catalogue, lambda: now, calls).update(turn_on("beta"))
    assert seen == [(".tmp", 0)]


@posix
def test_a_link_is_followed(config_file: ConfigFile, config_path: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "codexbar.json"
    write(real, {"version": 1, "providers": []})
    config_path.parent.mkdir()
    config_path.symlink_to(real)
    config_file.update(turn_on("beta"))
    assert config_path.is_symlink()
    assert entry(real, "beta")["enabled"] is True
    assert [item.name for item in config_path.parent.iterdir()] == ["config.json"]


def test_foreign_content_survives_a_write(config_file: ConfigFile, config_path: Path) -> None:
    foreign = {"id": "crossmodel", "x": [1, None]}
    write(config_path, {"version": 1, "providers": [foreign, {"id": "beta", "ext": {"n": None}}], "root": {"k": 1.5}})
    config_file.update(turn_on("gamma"))
    document = stored(config_path)
    assert document["providers"][:2] == [foreign, {"id": "beta", "ext": {"n": None}}]
    assert document["root"] == {"k": 1.5}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"{", "line 1, column 2 is not valid JSON"),
        (b"[]", "it does not hold a JSON object"),
        (b'{"providers": []}', "version is missing"),
        (b'{"version": "1", "providers": []}', "version is not a whole number"),
        (b'{"version": true, "providers": []}', "version is not a whole number"),
        (b'{"version": 1.5, "providers": []}', "version is not a whole number"),
        (b'{"version": 0, "providers": []}', "version is lower than 1"),
        (b'{"version": 1}', "providers is missing"),
        (b'{"version": 1, "providers": {}}', "providers is not a list"),
        (b'{"version": 1, "providers": [], "hooks": []}', "hooks is not an object"),
        (
            b'{"version": 1, "providers": [], "hooks": {"events": [{"event": 5, "executable": "/x"}]}}',
            "hooks.events[0].event is not text",
        ),
    ],
)
def test_a_bad_file_is_reported_and_kept(
    config_file: ConfigFile, config_path: Path, content: bytes, reason: str
) -> None:
    write(config_path, content)
    config = config_file.load()
    expected = f"The config file {config_path} could not be read: {reason}. Correct the file or restore the defaults."
    assert (config.problem, config.read_only, config.enabled_ids) == (expected, False, ("alpha",))
    with pytest.raises(ConfigReadError) as caught:
        config_file.read()
    assert caught.value.message == expected
    with pytest.raises(ConfigReadError):
        config_file.update(turn_on("beta"), strict=True)
    assert config_path.read_bytes() == content
    assert not (config_path.parent / BACKUP).exists()

    saved = config_file.update(turn_on("beta"))
    assert (saved.problem, saved.enabled_ids) == (None, ("alpha", "beta"))
    backup = config_path.parent / BACKUP
    assert backup.read_bytes() == content
    if os.name == "posix":
        assert mode(backup) == 0o600


def test_backups_never_replace_each_other(config_file: ConfigFile, config_path: Path) -> None:
    for content in (b"one", b"two"):
        write(config_path, content)
        config_file.update(turn_on("beta"))
    assert (config_path.parent / BACKUP).read_bytes() == b"one"
    assert (config_path.parent / f"{BACKUP}-2").read_bytes() == b"two"


def test_the_last_good_values_stay_when_the_file_turns_bad(config_file: ConfigFile, config_path: Path) -> None:
    write(config_path, {"version": 1, "providers": [{"id": "beta", "enabled": True, "apiKey": "test-key-1"}]})
    good = config_file.load()
    write(config_path, b"{half")
    bad = config_file.load()
    assert bad.problem is not None
    assert bad.entries == good.entries
    config_file.update(turn_on("gamma"))
    assert entry(config_path, "beta")["apiKey"] == "test-key-1"
    assert (config_path.parent / BACKUP).read_bytes() == b"{half"


def test_restore_defaults_keeps_what_was_there(config_file: ConfigFile, config_path: Path) -> None:
    write(config_path, b"{half")
    config_file.load()
    config = config_file.restore_defaults()
    assert (config.problem, config.enabled_ids) == (None, ("alpha",))
    assert (config_path.parent / BACKUP).read_bytes() == b"{half"
    config_file.update(turn_on("beta"))
    config_file.restore_defaults()
    assert b'"beta"' in (config_path.parent / f"{BACKUP}-2").read_bytes()


@pytest.mark.parametrize(
    "extra", [{}, {"providers": {"later": 1}}, {"hooks": {"events": [{"event": "later", "executable": "/x"}]}}]
)
def test_a_newer_version_is_read_but_never_written(
    config_file: ConfigFile, config_path: Path, extra: dict[str, object]
) -> None:
    write(config_path, {"version": 2, "providers": [{"id": "beta", "enabled": True}], **extra})
    content = config_path.read_bytes()
    config = config_file.load()
    assert (config.version, config.read_only) == (2, True)
    assert ("beta" in config.enabled_ids) is ("providers" not in extra)
    assert config.problem is not None
    assert "newer version" in config.problem
    assert config_file.read().version == 2
    with pytest.raises(ConfigReadOnlyError) as caught:
        config_file.update(turn_on("gamma"))
    assert caught.value.message == config.problem
    with pytest.raises(ConfigReadOnlyError):
        config_file.restore_defaults()
    assert config_path.read_bytes() == content


@pytest.mark.parametrize("kind", ["folder", "huge"])
def test_an_unreadable_file_is_not_written(config_file: ConfigFile, config_path: Path, kind: str) -> None:
    if kind == "folder":
        config_path.mkdir(parents=True)
    else:
        config_path.parent.mkdir()
        with config_path.open("wb") as stream:
            stream.truncate(MAX_BYTES + 1)
    config = config_file.load()
    assert (config.read_only, config.enabled_ids, config.fingerprint) == (True, ("alpha",), "")
    assert config_file.fingerprint() == ""
    with pytest.raises(ConfigReadError, match="Check the file and its permissions"):
        config_file.read()
    with pytest.raises(ConfigReadOnlyError):
        config_file.update(turn_on("beta"))
    assert not list(config_path.parent.glob("*corrupt*"))


def test_permission_denied_is_said_in_words(
    config_file: ConfigFile, config_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: PrivateFile, limit: int) -> None:
        raise PermissionError(13, "Permission denied", str(config_path))

    monkeypatch.setattr(PrivateFile, "read", refuse)
    assert config_file.load().problem == (
        f"The config file {config_path} could not be read: permission denied. Check the file and its permissions."
    )
    assert config_file.fingerprint() == ""


def test_a_refused_write_keeps_the_old_file_and_leaves_nothing(
    config_path: Path, catalogue: tuple[Provider, ...], now: datetime
) -> None:
    write(config_path, {"version": 1, "providers": []})
    content = config_path.read_bytes()

    def refuse(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    file = ConfigFile(ConfigLocation(config_path), catalogue, lambda: now, FileCalls(replace=refuse))
    with pytest.raises(ConfigWriteError) as caught:
        file.update(turn_on("beta"))
    assert caught.value.message == (
        f"The config file {config_path} could not be saved: the disk is full. Free some space and try again."
    )
    assert config_path.read_bytes() == content
    assert {item.name for item in config_path.parent.iterdir()} - {"config.json.lock"} == {"config.json"}


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path, catalogue: tuple[Provider, ...]) -> None:
    (tmp_path / "file").write_text("")
    file = ConfigFile(ConfigLocation(tmp_path / "file" / "config.json"), catalogue, lambda: pytest.fail("no backup"))
    # To Windows a file inside a file is one that is not there, so nothing is wrong before it is to be written.
    assert file.load().read_only == (os.name == "posix")
    with pytest.raises(ConfigWriteError, match="could not be saved"):
        file.update(turn_on("beta"))


def test_the_target_is_replaced_again_while_somebody_holds_it_open(
    config_path: Path, catalogue: tuple[Provider, ...], now: datetime
) -> None:
    pauses: list[float] = []

    def replace(source: Path, target: Path) -> None:
        if len(pauses) < 5:
            raise PermissionError(13, "held open")
        source.replace(target)

    calls = FileCalls(replace=replace, retries=5, sleep=pauses.append)
    ConfigFile(ConfigLocation(config_path), catalogue, lambda: now, calls).update(turn_on("beta"))
    assert pauses == [0.05] * 5
    assert entry(config_path, "beta")["enabled"] is True


def test_the_target_is_given_up_after_the_last_retry(
    config_path: Path, catalogue: tuple[Provider, ...], now: datetime
) -> None:
    pauses: list[float] = []

    def replace(source: Path, target: Path) -> None:
        raise PermissionError(13, "held open")

    calls = FileCalls(replace=replace, retries=5, sleep=pauses.append)
    file = ConfigFile(ConfigLocation(config_path), catalogue, lambda: now, calls)
    with pytest.raises(ConfigWriteError, match="permission denied"):
        file.update(turn_on("beta"))
    assert len(pauses) == 5


def test_a_lock_that_is_held_ends_in_a_sentence(
    config_path: Path, catalogue: tuple[Provider, ...], now: datetime
) -> None:
    file = ConfigFile(ConfigLocation(config_path), catalogue, lambda: now, lock_seconds=0.05)
    with PrivateFile(config_path).locked(), pytest.raises(ConfigWriteError, match="in use by another program"):
        file.update(turn_on("beta"))


def test_an_edit_that_fails_saves_nothing(config_file: ConfigFile, config_path: Path) -> None:
    with pytest.raises(ConfigEditError):
        config_file.update(turn_on("nobody"))
    assert not config_path.exists()


def test_temporary_files_of_killed_writers_are_removed(config_file: ConfigFile, config_path: Path) -> None:
    config_path.parent.mkdir()
    for name in (".config.json.abc.tmp", ".config.json.def.tmp", ".other.json.abc.tmp", "config.json.tmp"):
        (config_path.parent / name).write_text("half")
    config_file.update(turn_on("beta"))
    left = {item.name for item in config_path.parent.iterdir()}
    assert left - {"config.json.lock"} == {"config.json", ".other.json.abc.tmp", "config.json.tmp"}


def test_an_update_reads_again_before_it_writes(config_path: Path, catalogue: tuple[Provider, ...]) -> None:
    location = ConfigLocation(config_path)
    one, two = (ConfigFile(location, catalogue, lambda: pytest.fail("no backup")) for _ in range(2))
    one.load()
    two.load()
    one.update(turn_on("beta"))
    assert two.update(turn_on("gamma")).enabled_ids == ("alpha", "beta", "gamma")
    assert one.load().enabled_ids == ("alpha", "beta", "gamma")


def test_two_threads_lose_nothing(config_path: Path, catalogue: tuple[Provider, ...]) -> None:
    def count(root: dict[str, Any]) -> None:
        root["count"] = root.get("count", 0) + 1

    def work(file: ConfigFile) -> None:
        for _ in range(25):
            file.update(count)

    location = ConfigLocation(config_path)
    shared, own = (ConfigFile(location, catalogue, lambda: pytest.fail("no backup")) for _ in range(2))
    threads = [threading.Thread(target=work, args=(file,)) for file in (shared, shared, own)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stored(config_path)["count"] == 75


def test_own_writes_are_no_news_and_outside_edits_are(config_file: ConfigFile, config_path: Path) -> None:
    assert not config_file.is_own_write()
    first = config_file.update(turn_on("beta"))
    assert config_file.is_own_write()
    assert config_file.fingerprint() == first.fingerprint
    own = config_path.read_bytes()

    write(config_path, own.replace(b'"enabled": false', b'"enabled": true'))
    assert not config_file.is_own_write()
    second = config_file.load()
    assert config_file.is_own_write()
    assert second.revision == first.revision + 1
    assert changed_ids(first, second) == {"gamma", "delta"}

    write(config_path, own)
    assert not config_file.is_own_write()
    assert config_file.load().revision == second.revision + 1
    assert config_file.load().revision == second.revision + 1
    config_path.unlink()
    assert not config_file.is_own_write()


def test_a_changed_order_changes_no_provider(config_file: ConfigFile) -> None:
    first = config_file.update(lambda root: None)
    second = config_file.update(lambda root: config_edit.reorder(root, ["delta", "alpha"]))
    assert [item.id for item in second.entries] == ["delta", "beta", "gamma", "alpha"]
    assert second.revision > first.revision
    assert changed_ids(first, second) == frozenset()
    assert second.entry("beta").id == "beta"
    with pytest.raises(KeyError):
        second.entry("crossmodel")


def test_nothing_secret_in_the_representation_of_a_config(config_file: ConfigFile, config_path: Path) -> None:
    write(config_path, {"version": 1, "providers": [{"id": "beta", "apiKey": "test-key-1"}]})
    assert "test-key-1" not in repr(config_file.load())


@posix
def test_a_pipe_in_the_place_of_the_file_holds_nobody_up(config_file: ConfigFile, config_path: Path) -> None:
    config_path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(config_path)
    outcome: list[AppConfig] = []
    reader = threading.Thread(target=lambda: outcome.append(config_file.load()), daemon=True)
    reader.start()
    reader.join(10)
    assert [config.problem for config in outcome] == [
        f"The config file {config_path} could not be read: it is not a file. Check the file and its permissions."
    ]
    assert outcome[0].read_only
