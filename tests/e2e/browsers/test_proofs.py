"""The proofs of this folder see what they are there to see."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.provider_testing.loopback_proxy import ProxyRequest
from tests.e2e.browsers import sites
from tests.e2e.browsers.installed import Services
from tests.e2e.browsers.untouched import TRACE, fingerprint, read_trace, why_not_traceable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.e2e

READER = (
    "import pathlib, sys; pathlib.Path(sys.argv[1], 'Cookies').read_bytes(); pathlib.Path(sys.argv[1], 'no').exists()"
)
OPENERS = {
    "writes": "open(sys.argv[1] + '/Cookies', 'r+b')",
    "opens the database": "sqlite3.connect(sys.argv[1] + '/Cookies').execute('SELECT 1 FROM sqlite_master')",
    "makes a file": "open(sys.argv[1] + '/Cookies-wal', 'xb')",
    "removes a file": "os.unlink(sys.argv[1] + '/LOCK')",
    "locks": "fcntl.flock(open(sys.argv[1] + '/LOCK'), fcntl.LOCK_EX)",
    "changes the time": "os.utime(sys.argv[1] + '/Cookies')",
}


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    folder = tmp_path / "profile"
    folder.mkdir()
    (folder / "Cookies").write_bytes(b"")
    (folder / "LOCK").write_bytes(b"")
    return folder


def traced(code: str, profile: Path) -> list[str]:
    if told := why_not_traceable():
        pytest.skip(told)
    log = profile.with_name("trace")
    command = [*TRACE, "-o", str(log), sys.executable, "-c", f"import fcntl, os, sqlite3, sys; {code}", str(profile)]
    subprocess.run(command, check=True, timeout=30)
    found = read_trace(log, profile)
    assert found.opened <= {"Cookies", "LOCK"}
    return list(found.touched)


def test_a_reader_touches_nothing(profile: Path) -> None:
    assert traced(READER, profile) == []


@pytest.mark.parametrize("code", OPENERS.values(), ids=OPENERS.keys())
def test_a_writer_is_seen(profile: Path, code: str) -> None:
    assert traced(code, profile)


def test_calls_that_were_cut_in_two(tmp_path: Path) -> None:
    lines = [
        f'7  openat(AT_FDCWD</>, "{tmp_path}/none", O_RDONLY <unfinished ...>',
        f'8  openat(AT_FDCWD</>, "{tmp_path}/there", O_RDONLY|O_CLOEXEC <unfinished ...>',
        "7  <... openat resumed>) = -1 ENOENT (No such file or directory)",
        f"8  <... openat resumed>) = 3<{tmp_path}/there>",
        f'8  unlink("{tmp_path}/there" <unfinished ...>',
    ]
    log = tmp_path / "trace"
    log.write_text("\n".join(lines))
    found = read_trace(log, tmp_path)
    assert (set(found.opened), len(found.touched)) == ({"there"}, 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "Cookies").write_bytes(b"x"),
        lambda folder: (folder / "Cookies").touch(),
        lambda folder: (folder / "Cookies").chmod(0o640),
        lambda folder: (folder / "Cookies-shm").touch(),
        lambda folder: (folder / "LOCK").unlink(),
        lambda folder: (folder / "LOCK").rename(folder / "Cookies"),
    ],
    ids=["content", "time", "mode", "new", "gone", "replaced"],
)
def test_a_change_is_seen(profile: Path, change: Callable[[Path], object]) -> None:
    before = fingerprint(profile)
    assert fingerprint(profile) == before
    change(profile)
    assert fingerprint(profile) != before


@pytest.mark.parametrize(
    ("request_of", "told"),
    [
        (lambda value: ProxyRequest("GET", "https://ollama.com/", {"cookie": f"wos-session={value}"}), []),
        (
            lambda value: ProxyRequest("GET", "https://notollama.com/", {"cookie": f"wos-session={value}"}),
            ["a secret of ollama went to notollama.com"],
        ),
        (
            lambda _: ProxyRequest("GET", "https://ollama.com/", {"cookie": "session=test-session-6-ollama"}),
            ["a secret of ollama went to ollama.com"],
        ),
        (
            lambda value: ProxyRequest("GET", f"https://www.kimi.com/?s={value}", {}),
            ["a secret of ollama went to www.kimi.com"],
        ),
        (
            lambda value: ProxyRequest("POST", "https://example.com/", {}, f'{{"s":"{value}"}}'.encode()),
            ["a secret of ollama went to example.com"],
        ),
    ],
    ids=["own", "similar", "of a similar one", "address", "body"],
)
def test_a_secret_that_strays_is_seen(
    tmp_path: Path, request_of: Callable[[str], ProxyRequest], told: list[str]
) -> None:
    places = [site for site in sites.CHROMIUM if site.provider in ("kimi", "ollama")]
    (value,) = {secret for site in places for secret, _ in site.secrets() if secret == "test-session-8-ollama"}
    with Services(places, tmp_path) as services:
        services.requests.append(request_of(value))
        assert [line for line in services.problems() if "secret" in line] == told
        assert services.leaks(b"", f"... {value} ...".encode()) == ["ollama"]


def test_what_is_missing_is_seen(tmp_path: Path) -> None:
    places = [site for site in sites.CHROMIUM if site.provider == "ollama"]
    with Services(places, tmp_path) as services:
        services.requests.append(ProxyRequest("GET", "https://ollama.com/settings", {"cookie": "theme=dark-theme"}))
        assert services.problems() == [
            "recorded answer not used: GET https://ollama.com/settings",
            "chrome: cookies are missing at https://ollama.com/settings",
        ]
