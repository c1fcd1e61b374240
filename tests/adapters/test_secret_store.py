"""Secrets at rest: memory, file, keyring; the real Secret Service in a session of its own where it is installed."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import threading
import types
from typing import TYPE_CHECKING, Any

import keyring.errors
import pytest

from codexbar_qt.adapters import secret_file_store
from codexbar_qt.adapters.keyring_vault import WINDOWS_LONGEST_VALUE, KeyringVault, mac_lock_check
from codexbar_qt.adapters.secret_file_store import PrivateFileStore
from codexbar_qt.adapters.secret_store import KeyringStore, LockedError, MemoryStore, UnavailableError, Vault
from codexbar_qt.core.ports import SecretLookup, SecretStore
from codexbar_qt.provider_api import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOUND = SecretLookup("found", Secret("test-key-1"))
MISSING = SecretLookup("missing")


class WindowsLike:
    """A backend that keeps at most 1280 UTF-16 units per entry, as Windows does."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > 2 * WINDOWS_LONGEST_VALUE:
            raise OSError("The stub received bad data")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not found")


@pytest.fixture
def windows() -> WindowsLike:
    return WindowsLike()


def store_over(backend: WindowsLike, **options: Any) -> KeyringStore:
    return KeyringStore({}, lambda _: KeyringVault(backend, **options))


@pytest.fixture(params=["memory", "file", "keyring"])
def store(request: pytest.FixtureRequest, tmp_path: Path, windows: WindowsLike) -> SecretStore:
    if request.param == "memory":
        return MemoryStore()
    if request.param == "file":
        return PrivateFileStore(tmp_path / "deep" / "secrets.json")
    return store_over(windows, longest_value=WINDOWS_LONGEST_VALUE)


async def test_every_store_keeps_replaces_and_removes(store: SecretStore) -> None:
    assert await store.get("s", "a") == MISSING
    assert await store.delete("s", "a") == "missing"
    assert await store.set("s", "a", Secret("other")) == "found"
    assert await store.set("s", "a", Secret("test-key-1")) == "found"
    assert await store.set("s", "b", Secret("ü\n\U0001f511")) == "found"
    assert await store.get("s", "a") == FOUND
    assert await store.get("s", "b") == SecretLookup("found", Secret("ü\n\U0001f511"))
    assert await store.get("other", "a") == MISSING
    assert await store.delete("s", "a") == "missing"
    assert await store.get("s", "a") == MISSING
    assert (await store.get("s", "b")).state == "found"


LONG = [
    "x" * WINDOWS_LONGEST_VALUE,
    "x" * (WINDOWS_LONGEST_VALUE + 1),
    "0123456789" * 1000,
    "ü\U0001f511" * 1500,
    "codexbar-pieces:3:abc",
]


@pytest.mark.parametrize("text", LONG, ids=["fits", "one more", "long", "two units", "looks like pieces"])
async def test_long_values_are_kept_in_pieces(windows: WindowsLike, text: str) -> None:
    store = store_over(windows, longest_value=WINDOWS_LONGEST_VALUE)
    assert await store.set("s", "a", Secret(text)) == "found"
    assert await store.get("s", "a") == SecretLookup("found", Secret(text))
    assert await store.delete("s", "a") == "missing"
    assert windows.entries == {}


async def test_pieces_of_a_longer_value_do_not_stay(windows: WindowsLike) -> None:
    store = store_over(windows, longest_value=WINDOWS_LONGEST_VALUE)
    await store.set("s", "a", Secret("x" * 6000))
    assert len(windows.entries) == 6
    await store.set("s", "a", Secret("x" * 2000))
    assert sorted(windows.entries) == [("s", "a"), ("s", "a#1"), ("s", "a#2")]
    await store.set("s", "a", Secret("short"))
    assert windows.entries == {("s", "a"): "short"}


@pytest.mark.parametrize("piece", [None, "y" * 1280])
async def test_pieces_that_do_not_fit_together_are_missing(windows: WindowsLike, piece: str | None) -> None:
    store = store_over(windows, longest_value=WINDOWS_LONGEST_VALUE)
    await store.set("s", "a", Secret("x" * 6000))
    if piece is None:
        del windows.entries["s", "a#2"]
    else:
        windows.entries["s", "a#2"] = piece
    assert await store.get("s", "a") == MISSING
    for head in ("codexbar-pieces:", "codexbar-pieces:999:x", "codexbar-pieces:-1:x"):
        windows.entries["s", "a"] = head
        assert await store.get("s", "a") == MISSING


async def test_a_value_too_long_for_all_pieces_is_refused(windows: WindowsLike) -> None:
    store = store_over(windows, longest_value=WINDOWS_LONGEST_VALUE)
    assert await store.set("s", "a", Secret("x" * 100_000)) == "unavailable"
    assert windows.entries == {}


async def test_without_a_limit_nothing_is_cut(windows: WindowsLike) -> None:
    store = store_over(windows)
    text = "x" * WINDOWS_LONGEST_VALUE
    await store.set("s", "a", Secret(text))
    assert windows.entries == {("s", "a"): text}


@pytest.mark.parametrize(
    ("value", "state"), [("1", "unavailable"), ("yes", "unavailable"), ("0", "found"), ("", "found")]
)
async def test_switched_off(windows: WindowsLike, value: str, state: str) -> None:
    def open_vault(environ: Mapping[str, str]) -> Vault:
        del environ
        opened.append(True)
        return KeyringVault(windows)

    opened: list[bool] = []
    store = KeyringStore({"CODEXBAR_DISABLE_KEYCHAIN_ACCESS": value}, open_vault)
    assert await store.set("s", "a", Secret("x")) == state
    assert opened == [True] * (state == "found")


async def test_no_keyring(windows: WindowsLike) -> None:
    answers: list[Vault] = []

    def open_vault(environ: Mapping[str, str]) -> Vault:
        del environ
        if not answers:
            raise UnavailableError
        return answers[0]

    store = KeyringStore({}, open_vault)
    assert await store.get("s", "a") == SecretLookup("unavailable")
    answers.append(KeyringVault(windows))
    assert await store.get("s", "a") == MISSING


@pytest.mark.parametrize("name", ["fail", "null"])
async def test_backends_that_keep_nothing_switch_the_keyring_off(name: str) -> None:
    store = KeyringStore({"PYTHON_KEYRING_BACKEND": f"keyring.backends.{name}.Keyring"})
    assert await store.get("s", "a") == SecretLookup("unavailable")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Secret Service")
async def test_no_session_bus() -> None:
    assert await KeyringStore({}).get("s", "a") == SecretLookup("unavailable")


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (keyring.errors.KeyringLocked("x"), "locked"),
        (keyring.errors.KeyringError("x"), "unavailable"),
        (OSError("x"), "unavailable"),
        (RuntimeError("test-key-1"), "unavailable"),
    ],
)
async def test_failures_are_states(windows: WindowsLike, problem: Exception, state: str) -> None:
    def fail(*_: str) -> str:
        raise problem

    windows.get_password = windows.set_password = windows.delete_password = fail  # type: ignore[assignment,method-assign]
    store = store_over(windows)
    assert (await store.get("s", "a")).state == state
    assert await store.set("s", "a", Secret("x")) == state
    assert await store.delete("s", "a") == state


@pytest.mark.parametrize(
    ("status", "state"), [(-25308, "locked"), (-25293, "locked"), (-128, "locked"), (-1, "unavailable")]
)
async def test_refusals_of_the_mac_keychain(windows: WindowsLike, status: int, state: str) -> None:
    def refuse(*_: str) -> str:
        try:
            raise RuntimeError(status, "Unknown Error")
        except RuntimeError as problem:
            raise keyring.errors.KeyringError("can't") from problem

    windows.get_password = refuse  # type: ignore[method-assign,assignment]
    assert (await store_over(windows).get("s", "a")).state == state


async def test_the_mac_keychain_may_ask_only_when_interactive(windows: WindowsLike) -> None:
    allowed: list[int] = []
    security = types.SimpleNamespace(SecKeychainSetUserInteractionAllowed=lambda value: allowed.append(value.value))
    store = store_over(windows, check_lock=mac_lock_check(security))
    await store.get("s", "a")
    await store.get("s", "a", interactive=True)
    assert allowed == [0, 1]


async def test_a_locked_keyring_is_not_touched_in_the_background(windows: WindowsLike) -> None:
    def check(interactive: bool) -> None:
        if not interactive:
            raise LockedError

    windows.entries["s", "a"] = "test-key-1"
    store = store_over(windows, check_lock=check)
    assert await store.get("s", "a") == SecretLookup("locked")
    assert await store.set("s", "a", Secret("x")) == "locked"
    assert await store.delete("s", "a") == "locked"
    assert await store.get("s", "a", interactive=True) == FOUND


async def test_a_keyring_that_does_not_answer(windows: WindowsLike) -> None:
    gate = threading.Event()
    calls: list[str] = []
    real = windows.get_password

    def slow(service: str, username: str) -> str | None:
        calls.append(username)
        gate.wait(10)
        return real(service, username)

    windows.entries["s", "a"] = "test-key-1"
    windows.get_password = slow  # type: ignore[method-assign]
    store = KeyringStore({}, lambda _: KeyringVault(windows), background_seconds=0.1)
    answers = await asyncio.gather(store.get("s", "a"), store.get("s", "b"))
    assert set(answers) == {SecretLookup("unavailable")}
    assert await store.get("s", "c") == SecretLookup("unavailable")
    assert calls == ["a"]  # the others wait for it, none piles up
    gate.set()
    store._background_seconds = 5
    assert await store.get("s", "a") == FOUND


async def test_the_loop_runs_on_while_the_keyring_works(windows: WindowsLike) -> None:
    main = threading.get_ident()
    seen: list[int] = []
    real = windows.get_password

    def noting(service: str, username: str) -> str | None:
        seen.append(threading.get_ident())
        return real(service, username)

    windows.get_password = noting  # type: ignore[method-assign]
    await store_over(windows).get("s", "a")
    assert seen
    assert main not in seen


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
async def test_the_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "own" / "secrets.json"
    store = PrivateFileStore(path)
    before = os.umask(0)
    try:
        await store.set("s", "a", Secret("test-key-1"))
    finally:
        os.umask(before)
    assert [place.stat().st_mode & 0o777 for place in (path, path.parent)] == [0o600, 0o700]
    path.chmod(0o644)
    await store.set("s", "b", Secret("x"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == {"s": {"a": "test-key-1", "b": "x"}}
    await store.delete("s", "a")
    await store.delete("s", "b")
    assert json.loads(path.read_text()) == {}
    assert sorted(os.listdir(path.parent)) == ["secrets.json", "secrets.json.lock"]  # noqa: PTH208


@pytest.mark.parametrize("text", ["", "{", "[]", '{"s": []}', '{"s": {"a": 1}}', '{"s": {"a": "\xff"}}'])
async def test_a_broken_file_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_bytes(text.encode("latin-1"))
    store = PrivateFileStore(path)
    assert await store.get("s", "a") == SecretLookup("unavailable")
    assert await store.set("s", "a", Secret("x")) == "unavailable"
    assert await store.delete("s", "a") == "unavailable"
    assert path.read_bytes() == text.encode("latin-1")


async def test_a_file_too_large_or_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secrets.json"
    store = PrivateFileStore(path)
    await store.set("s", "a", Secret("x" * 100))
    monkeypatch.setattr(secret_file_store, "FILE_LIMIT", 50)
    assert await store.get("s", "a") == SecretLookup("unavailable")
    (tmp_path / "file").write_text("")
    assert await PrivateFileStore(tmp_path / "file" / "x.json").set("s", "a", Secret("x")) == "unavailable"


async def test_a_lock_that_is_held_is_not_waited_for_forever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_file_store, "_LOCK_SECONDS", 0.1)
    store = PrivateFileStore(tmp_path / "secrets.json")
    with secret_file_store._locked(tmp_path / "secrets.json.lock"):
        assert await store.set("s", "a", Secret("x")) == "unavailable"
    assert await store.set("s", "a", Secret("x")) == "found"


def _write_many(path: Path, name: str) -> None:
    async def write() -> None:
        for number in range(20):
            await PrivateFileStore(path).set(name, str(number), Secret("x"))

    asyncio.run(write())


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(tmp_path / "s.json", name)) for name in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    entries = json.loads((tmp_path / "s.json").read_text())
    assert {name: len(accounts) for name, accounts in entries.items()} == {"a": 20, "b": 20}


SERVICE_SCRIPT = """
import asyncio, contextlib, sys
import secretstorage
from codexbar_qt.adapters.secret_store import KeyringStore
from codexbar_qt.provider_api import Secret

def lock():
    with contextlib.closing(secretstorage.dbus_init()) as connection:
        secretstorage.Collection(connection).lock()

async def main():
    store = KeyringStore({})
    print((await store.get("codexbar-test", "a")).state)
    print(await store.set("codexbar-test", "a", Secret("test-key-1")))
    print(await store.set("codexbar-test", "long", Secret("x" * 50000)))
    found = await store.get("codexbar-test", "a")
    print(found.state, found.secret.reveal())
    print(len((await store.get("codexbar-test", "long")).secret.reveal()))
    print(await store.delete("codexbar-test", "a"), (await store.get("codexbar-test", "a")).state)
    lock()
    print((await store.get("codexbar-test", "long")).state, await store.set("codexbar-test", "a", Secret("x")))

asyncio.run(main())
"""


@pytest.mark.skipif(
    not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")),
    reason="gnome-keyring and dbus-run-session are not installed",
)
def test_real_secret_service(home: Path, repo_root: Path, tmp_path: Path) -> None:
    script = tmp_path / "use.py"
    script.write_text(SERVICE_SCRIPT)
    start = 'printf test-password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"'
    environ = {**os.environ, "HOME": str(home)}
    for name in ("DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND"):
        environ.pop(name, None)
    done = subprocess.run(
        ["dbus-run-session", "--", "/bin/sh", "-c", start, "sh", sys.executable, "-W", "error", str(script)],
        cwd=repo_root,
        env={**environ, "PYTHONPATH": str(repo_root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.splitlines() == [
        "missing", "found", "found", "found test-key-1", "50000", "missing missing", "locked locked",
    ], done.stderr  # fmt: skip


def test_importing_the_store_loads_no_keyring(repo_root: Path) -> None:
    code = "import sys, codexbar_qt.adapters.secret_store; sys.exit('keyring' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=repo_root, check=False).returncode == 0
