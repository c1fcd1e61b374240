"""A new build in the home of an older one, and the look for the next: real files, a real TLS server, the whole app."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.bootstrap import build_services, build_session, updates
from codexbar_qt.core.snapshot_archive import ArchivedAccount, SnapshotArchive
from codexbar_qt.core.update_feed import FEED_URL, Release
from codexbar_qt.project import RELEASES_PAGE
from codexbar_qt.provider_api import RateWindow, Snapshot
from codexbar_qt.provider_testing.loopback_proxy import LoopbackProxy, ProxyAnswer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from codexbar_qt.core.session import AppSession
    from tests.conftest import Authority

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="the files of this test are where Linux has them"),
]
OLDER, RUNNING, NEWER = "0.6.0", "0.7.0", "0.8.0"
CONFIG = {
    "version": 1,
    "providers": [{"id": "openrouter", "enabled": True, "apiKey": "test-key-1"}, {"id": "zai", "note": "kept"}],
}
SETTINGS = {"refreshFrequency": "manual", "hidePersonalInfo": True, "someday": [1]}


def release(tag: str, **changes: Any) -> dict[str, Any]:
    page = f"{RELEASES_PAGE}/tag/{tag}"
    return {"tag_name": tag, "html_url": page, "draft": False, "prerelease": False, "body": "x" * 5000, **changes}


class GitHub:
    """Answers every request for the list; everything else, such as a provider's, fails on the way."""

    def __init__(self) -> None:
        self.answer = ProxyAnswer(200, body=json.dumps([release(f"v{NEWER}"), release(f"v{RUNNING}")]).encode())
        self.asked: list[Any] = []

    def handle(self, request: Any) -> ProxyAnswer | None:
        if request.url != FEED_URL:
            return ProxyAnswer(503)
        self.asked.append(request)
        return self.answer


@pytest.fixture
def github(home: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = GitHub()
    with LoopbackProxy(made.handle, ssl_context_for=authority.context_for) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
        yield made


@pytest.fixture
def older_home(home: Path) -> Path:
    """What an older build has left: config, preferences, numbers, start at login, and what it knew of versions."""
    folder = home / ".config" / "codexbar"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG), "utf-8")
    (folder / "settings.json").write_text(json.dumps(SETTINGS), "utf-8")
    cache_folder, data_folder = home / ".cache" / "codexbar", home / ".local" / "share" / "codexbar"
    cache_folder.mkdir(parents=True)
    data_folder.mkdir(parents=True)
    (data_folder / "updates.json").write_text(json.dumps({"format": 1, "ran": OLDER}), "utf-8")
    autostart = home / ".config" / "autostart" / "codexbar-qt.desktop"
    autostart.parent.mkdir(parents=True)
    autostart.write_text("[Desktop Entry]\nType=Application\nExec=/opt/older/codexbar-qt\nX-Own=kept\n", "utf-8")
    return home


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs the app behind the surfaces as the build of a version from a package, until the block ends."""

    @asynccontextmanager
    async def start(version: str, origin: str = "deb") -> AsyncIterator[AppSession]:
        monkeypatch.setattr(updates, "__version__", version)
        monkeypatch.setattr(updates, "origin_name", lambda _platform: origin)
        services = await asyncio.to_thread(build_services, keeps_programs=True)
        session = await build_session(services, is_resident=True)
        running = asyncio.ensure_future(session.run())
        try:
            await until(lambda: not running.done() and session._knows_archive)
            yield session
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await session.close()
            await services.close()

    return start


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not met():  # noqa: ASYNC110 - what is waited for happens in files too
            await asyncio.sleep(0.02)


def archive(home: Path) -> Path:
    return home / ".cache" / "codexbar" / "snapshots.json"


@pytest.fixture
def kept_numbers(older_home: Path, now: Any) -> Any:
    """Numbers in the cache, as an older build wrote them: with a field that is gone since."""
    item = ArchivedAccount("openrouter", "", "api", Snapshot(now, RateWindow(28.0)))
    SnapshotArchive(archive(older_home)).save((item,))
    document = json.loads(archive(older_home).read_bytes())
    document["accounts"][0]["gone"] = {"since": [1]}
    archive(older_home).write_text(json.dumps(document), "utf-8")
    return now


@pytest.fixture
def now() -> Any:
    from codexbar_qt.adapters.system_clock import SystemClock

    return SystemClock().now()


@pytest.mark.usefixtures("github")
async def test_an_upgrade_keeps_config_numbers_and_start_at_login(
    older_home: Path, kept_numbers: Any, run: Callable[..., Any]
) -> None:
    async with run(RUNNING) as session:
        assert session.config.enabled_ids == ("openrouter",)
        assert session.preferences.refresh_frequency == "manual"
        snapshot = session.state("openrouter").snapshot
        assert snapshot is not None
        assert snapshot.primary == RateWindow(28.0)
        assert await session.edit_preferences({"merge_icons": False}) == ""
        await until(lambda: session.updates.state.before == OLDER)
        assert session.updates.state.is_news
        assert session.updates.state.changes.startswith(f"#### {RUNNING}")
    folder = older_home / ".config" / "codexbar"
    assert json.loads((folder / "config.json").read_bytes()) == CONFIG
    assert json.loads((folder / "settings.json").read_bytes()) == {**SETTINGS, "mergeIcons": False}
    entry = (older_home / ".config" / "autostart" / "codexbar-qt.desktop").read_text("utf-8")
    command = Path(sys.executable).with_name("codexbar-qt")
    assert entry == f"[Desktop Entry]\nType=Application\nExec={command}\nX-Own=kept\n"
    assert "28.0" in archive(older_home).read_text("utf-8")


@pytest.mark.usefixtures("github")
async def test_a_downgrade_leaves_a_newer_config_as_it_is(older_home: Path, run: Callable[..., Any]) -> None:
    folder = older_home / ".config" / "codexbar"
    (folder / "config.json").write_text(json.dumps({**CONFIG, "version": 2, "new": {}}), "utf-8")
    (folder / "settings.json").write_text(json.dumps({**SETTINGS, "version": 2}), "utf-8")
    archive(older_home).write_text('{"version": 2, "accounts": {"new": "form"}}', "utf-8")
    data = older_home / ".local" / "share" / "codexbar" / "updates.json"
    data.write_text('{"format": 2, "ran": ["9.0.0"]}', "utf-8")
    before = {name: (folder / name).read_bytes() for name in ("config.json", "settings.json")}
    async with run(RUNNING) as session:
        assert session.config.enabled_ids == ("openrouter",)
        assert "belongs to a newer version" in session.problem
        told = await session.edit_config(lambda root: root.update(new=1))
        assert told == (
            f"The config file {folder / 'config.json'} belongs to a newer version and is left as it is. "
            "Update CodexBar to change it."
        )
        assert "belongs to a newer version" in await session.edit_preferences({"merge_icons": False})
        assert "belongs to a newer version" in await session.restore_default_config()
        await until(lambda: data.read_text("utf-8").startswith('{"format":1,"ran":"0.7.0"'))
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert {item.name for item in folder.iterdir() if item.suffix != ".lock"} == set(before)
    assert json.loads(archive(older_home).read_bytes())["version"] == 1


async def test_the_next_release_is_told_and_remembered(
    older_home: Path, github: GitHub, run: Callable[..., Any]
) -> None:
    async with run(RUNNING) as session:
        session.updates.check()
        await until(lambda: session.updates.state.release is not None)
        assert session.updates.state.release == Release(f"v{NEWER}")
    (request,) = github.asked
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert headers["accept"] == "application/vnd.github+json"
    assert headers["user-agent"].startswith("CodexBar/")
    assert not {"cookie", "authorization"} & set(headers)
    async with run(RUNNING) as session:
        await until(lambda: session.updates.state.release is not None)
    assert len(github.asked) == 1
    async with run(NEWER) as session:
        await until(lambda: session.updates.state.before == RUNNING)
        assert session.updates.state.release is None


@pytest.mark.parametrize(
    "answer",
    [
        ProxyAnswer(302, headers={"Location": f"{FEED_URL}&again=1"}),
        ProxyAnswer(200, body=json.dumps([release(f"v{NEWER}", html_url="https://example.com/")]).encode()),
        ProxyAnswer(200, body=b"<html>Sign in to the network</html>"),
        ProxyAnswer(200, body=b" " * (4 * 1024 * 1024 + 1)),
        ProxyAnswer(404, body=b'{"message": "Not Found"}'),
    ],
    ids=["elsewhere", "foreign page", "portal", "endless", "missing"],
)
async def test_a_list_that_is_not_right_leads_to_one_line(
    older_home: Path, github: GitHub, run: Callable[..., Any], answer: ProxyAnswer
) -> None:
    github.answer = answer
    async with run(RUNNING) as session:
        session.updates.check()
        await until(lambda: bool(session.updates.state.problem))
        assert session.updates.state.problem.startswith("The list of releases could not be used.")
        assert (session.updates.state.release, session.updates.state.checked_at) == (None, None)
    assert len(github.asked) == 1


async def test_a_server_that_is_not_github_is_not_believed(
    older_home: Path,
    github: GitHub,
    run: Callable[..., Any],
    stranger: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(stranger.path))
    async with run(RUNNING) as session:
        session.updates.check()
        await until(lambda: bool(session.updates.state.problem))
        assert session.updates.state.problem == "GitHub could not be reached. It is tried again later."
    assert github.asked == []


@pytest.mark.parametrize("origin", ["source", "flatpak", "pipx"])
async def test_who_is_looked_after_by_others_asks_nobody(
    older_home: Path, github: GitHub, run: Callable[..., Any], origin: str
) -> None:
    async with run(RUNNING, origin) as session:
        session.updates.check()
        await until(lambda: session.updates.state.before == OLDER)
        assert not session.updates.state.is_checking
    assert github.asked == []
    entry = (older_home / ".config" / "autostart" / "codexbar-qt.desktop").read_text("utf-8")
    assert ("/opt/older/" in entry) is (origin == "source")


def test_the_home_of_these_tests_is_not_a_real_one(older_home: Path) -> None:
    assert Path(os.environ["HOME"]) == older_home
