"""A browser that comes back from a sign-in page: one answer, bounds, and nothing that stays open."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from codexbar_qt.adapters.desktop import redirect_listener, terminal
from codexbar_qt.adapters.desktop.browser import open_browser
from codexbar_qt.adapters.desktop.desktop_port import SystemDesktop
from codexbar_qt.adapters.desktop.redirect_listener import listen
from codexbar_qt.adapters.desktop.terminal import TerminalStart
from codexbar_qt.provider_api import ToolFailed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from codexbar_qt.provider_api import Platform

SIGN_IN = "https://accounts.example.com/auth?state=s1&redirect_uri="


async def ask(url: str, *, method: str = "GET", host: str | None = None, tail: bytes = b"") -> tuple[str, str]:
    """Request an address as a browser does; the status line and everything after it."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    lines = (f"{method} {target} HTTP/1.1", f"Host: {host or parts.netloc}", "Accept: */*", "", "")
    writer.write("\r\n".join(lines).encode() + tail)
    answer = (await reader.read()).decode()
    writer.close()
    status, _, rest = answer.partition("\r\n")
    return status, rest


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what other tasks do."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - nobody sets an event for it
            await asyncio.sleep(0)


def refuses(url: str) -> bool:
    """Whether nobody listens at an address any more."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) != 0


class Browser:
    """Opens pages by doing what the test says with the redirect address in them."""

    def __init__(self, visit: Callable[[str], Awaitable[tuple[str, str] | None]], *, opens: bool = True) -> None:
        self._visit = visit
        self._opens = opens
        self.pages: list[str] = []
        self.answers: list[tuple[str, str]] = []
        self.task: asyncio.Task[None] | None = None

    @property
    def redirect(self) -> str:
        return parse_qs(urlsplit(self.pages[0]).query)["redirect_uri"][0]

    async def open(self, url: str) -> bool:
        self.pages.append(url)
        self.task = asyncio.create_task(self._act())
        await asyncio.sleep(0)
        return self._opens

    async def _act(self) -> None:
        answer = await self._visit(self.redirect)
        if answer is not None:
            self.answers.append(answer)


def desktop(browser: Browser) -> SystemDesktop:
    async def find(name: str) -> str | None:
        raise AssertionError(name)

    return SystemDesktop(platform="linux", find=find, open_browser=browser.open)


async def receive(browser: Browser, *, seconds: float = 10.0) -> dict[str, str]:
    found = await desktop(browser).receive_redirect(
        lambda address: SIGN_IN + address, path="/callback", limit_seconds=seconds
    )
    return dict(found)


async def test_the_query_comes_back_and_the_browser_gets_a_page() -> None:
    browser = Browser(lambda url: ask(f"{url}?code=c%2F1&state=s1&empty="))
    assert await receive(browser) == {"code": "c/1", "state": "s1", "empty": ""}
    assert browser.redirect.startswith("http://127.0.0.1:")
    assert browser.redirect.endswith("/callback")
    assert browser.task is not None
    await browser.task
    status, rest = browser.answers[0]
    assert status == "HTTP/1.1 200 OK"
    assert "Signed in. You can close this tab." in rest
    assert "no-store" in rest
    assert "http:" not in rest
    assert "src=" not in rest
    assert "c/1" not in rest
    assert refuses(browser.redirect)


async def test_a_refusal_on_the_page_is_not_called_signed_in() -> None:
    browser = Browser(lambda url: ask(f"{url}?error=access_denied&state=s1"))
    assert await receive(browser) == {"error": "access_denied", "state": "s1"}
    assert browser.task is not None
    await browser.task
    assert "The sign-in was not completed." in str(browser.answers)
    assert "Signed in" not in str(browser.answers)


async def test_everything_else_is_not_found() -> None:
    async with listen("/callback") as listener:
        port = urlsplit(listener.url).port
        root = f"http://127.0.0.1:{port}"
        too_many = "&".join(f"k{number}=v" for number in range(40))
        asked = [
            await ask(f"{root}/favicon.ico"),
            await ask(f"{root}/callback/more?code=1"),
            await ask(f"{listener.url}?code=1", method="POST"),
            await ask(f"{listener.url}?code=1", method="HEAD"),
            await ask(f"{listener.url}?code=1", host=f"attacker.example:{port}"),
            await ask(f"{listener.url}?code=1", host=f"127.0.0.1:{port}\r\nHost: attacker.example"),
            await ask(f"{listener.url}?{too_many}"),
            await ask(f"{root}//[/callback"),
        ]
        assert {status for status, _ in asked} == {"HTTP/1.1 404 Not Found"}
        assert not listener.has_answer
        assert (await ask(f"{listener.url}?code=2"))[0] == "HTTP/1.1 200 OK"
        assert await listener.answer() == {"code": "2"}
        assert (await ask(f"{listener.url}?code=3"))[0] == "HTTP/1.1 404 Not Found"
        assert await listener.answer() == {"code": "2"}
    assert refuses(root)


async def test_requests_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redirect_listener, "_REQUEST_SECONDS", 0.2)
    async with listen("/callback") as listener:
        port = urlsplit(listener.url).port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /callback?code=" + b"x" * 40_000)
        with suppress(ConnectionError):  # it hung up without reading all
            assert await reader.read() == b""
        slow, slow_writer = await asyncio.open_connection("127.0.0.1", port)
        slow_writer.write(b"GET /callback?code=1 HT")
        assert await slow.read() == b""  # it ended before the request did
        assert not listener.has_answer
        writer.close()
        slow_writer.close()


async def test_connections_are_bounded() -> None:
    async with listen("/callback") as listener:
        port = urlsplit(listener.url).port
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(redirect_listener._MOST_CONNECTIONS)]
        await until(lambda: len(listener._tasks) == redirect_listener._MOST_CONNECTIONS)
        with suppress(ConnectionError):
            assert await ask(f"{listener.url}?code=1") == ("", "")
        idle[0][1].close()
        await until(lambda: len(listener._tasks) < redirect_listener._MOST_CONNECTIONS)
        assert (await ask(f"{listener.url}?code=1"))[0] == "HTTP/1.1 200 OK"
        for _, writer in idle[1:]:
            writer.close()


async def test_a_browser_that_does_not_stay_for_the_page_has_come_back() -> None:
    async def leave(url: str) -> None:
        parts = urlsplit(url)
        _, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(f"GET {parts.path}?code=1 HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        await writer.drain()
        writer.transport.abort()

    browser = Browser(leave)
    assert await receive(browser) == {"code": "1"}


async def test_nobody_comes_back() -> None:
    async def wait(url: str) -> None:
        return

    browser = Browser(wait)
    with pytest.raises(ToolFailed) as caught:
        await receive(browser, seconds=0.1)
    assert caught.value.message == "Nobody came back from the browser within 0.1 s. Try again."
    assert refuses(browser.redirect)


async def test_a_connection_that_says_nothing_does_not_keep_it_open() -> None:
    writers: list[asyncio.StreamWriter] = []

    async def hold(url: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
        writers.append(writer)
        assert await reader.read() == b""

    browser = Browser(hold)
    with pytest.raises(ToolFailed, match="Nobody came back"):
        await receive(browser, seconds=0.2)
    assert browser.task is not None
    await browser.task  # it was hung up on
    writers[0].close()
    assert refuses(browser.redirect)


async def test_no_browser() -> None:
    async def wait(url: str) -> None:
        return

    browser = Browser(wait, opens=False)
    with pytest.raises(ToolFailed) as caught:
        await receive(browser)
    assert caught.value.message == "The browser could not be opened. Set a default browser and try again."
    assert refuses(browser.redirect)


async def test_a_browser_that_came_back_was_opened_whatever_its_opener_says() -> None:
    browser = Browser(lambda url: ask(f"{url}?code=1"), opens=False)
    real = browser.open

    async def open_late(url: str) -> bool:
        opened = await real(url)
        assert browser.task is not None
        await browser.task
        return opened

    browser.open = open_late  # type: ignore[method-assign]  # comes back before its opener ends
    assert await receive(browser) == {"code": "1"}


async def test_a_page_that_cannot_be_made_leaves_nothing_open() -> None:
    addresses: list[str] = []

    def page(address: str) -> str:
        addresses.append(address)
        raise ToolFailed("No page.")

    async def wait(url: str) -> None:
        return

    with pytest.raises(ToolFailed, match="No page"):
        await desktop(Browser(wait)).receive_redirect(page, path="/callback", limit_seconds=5)
    assert refuses(addresses[0])


async def test_a_sign_in_that_is_given_up_leaves_nothing_open() -> None:
    opened = asyncio.Event()

    async def wait(url: str) -> None:
        opened.set()

    browser = Browser(wait)
    task = asyncio.create_task(receive(browser))
    await opened.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert refuses(browser.redirect)


async def test_a_system_that_allows_no_listener(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object, **__: object) -> asyncio.Server:
        raise PermissionError(13, "hidden")

    async def wait(url: str) -> None:
        return

    monkeypatch.setattr(asyncio, "start_server", refuse)
    with pytest.raises(ToolFailed) as caught:
        await receive(Browser(wait))
    assert caught.value.message == (
        "This machine does not let CodexBar wait for the browser. Allow connections to 127.0.0.1."
    )


class Starts:
    """Finds the programs it knows and remembers what it was to start."""

    def __init__(self, *known: str, works: bool = True) -> None:
        self._known = known
        self._works = works
        self.started: list[TerminalStart] = []

    async def find(self, name: str) -> str | None:
        return f"/usr/bin/{name}" if name in self._known else None

    async def spawn(self, start: TerminalStart) -> bool:
        self.started.append(start)
        return self._works


@pytest.mark.parametrize(
    ("platform", "argv"),
    [("linux", ("/usr/bin/xdg-open", SIGN_IN)), ("macos", ("/usr/bin/open", SIGN_IN))],
)
async def test_the_browser_of_the_system(platform: Platform, argv: tuple[str, ...]) -> None:
    starts = Starts("xdg-open")
    assert await open_browser(
        SIGN_IN, platform=platform, find=starts.find, spawn=starts.spawn, environ={"DISPLAY": ":0"}
    )
    assert starts.started == [TerminalStart(argv)]


async def test_the_browser_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    starts = Starts()
    monkeypatch.setattr("os.startfile", opened.append, raising=False)
    assert await open_browser(SIGN_IN, platform="windows", find=starts.find, spawn=starts.spawn)
    assert opened == [SIGN_IN]

    def refuse(url: str) -> None:
        raise OSError(1155, "no program")

    monkeypatch.setattr("os.startfile", refuse, raising=False)
    assert not await open_browser(SIGN_IN, platform="windows", find=starts.find, spawn=starts.spawn)
    monkeypatch.delattr("os.startfile", raising=False)
    assert not await open_browser(SIGN_IN, platform="windows", find=starts.find, spawn=starts.spawn)
    assert not starts.started


@pytest.mark.parametrize(
    ("url", "known", "environ", "works"),
    [
        (SIGN_IN, (), {"DISPLAY": ":0"}, True),
        (SIGN_IN, ("xdg-open",), {}, True),
        (SIGN_IN, ("xdg-open",), {"WAYLAND_DISPLAY": "wayland-0"}, False),
        ("file:///etc/passwd", ("xdg-open",), {"DISPLAY": ":0"}, True),
        ("--help", ("xdg-open",), {"DISPLAY": ":0"}, True),
        ("https://example.com/a b", ("xdg-open",), {"DISPLAY": ":0"}, True),
        ("https://", ("xdg-open",), {"DISPLAY": ":0"}, True),
    ],
)
async def test_no_browser_to_open(url: str, known: tuple[str, ...], environ: dict[str, str], works: bool) -> None:
    starts = Starts(*known, works=works)
    assert not await open_browser(url, platform="linux", find=starts.find, spawn=starts.spawn, environ=environ)
    assert not [start for start in starts.started if works]


async def test_the_port_asks_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []
    starts = Starts()

    async def open_page(url: str, *, platform: str, find: object) -> bool:
        asked.append((url, platform, find))
        return False

    async def open_window(argv: Sequence[str], *, platform: str, find: object) -> bool:
        asked.append((tuple(argv), platform, find))
        return True

    monkeypatch.setattr("codexbar_qt.adapters.desktop.browser.open_browser", open_page)
    monkeypatch.setattr(terminal, "open_terminal", open_window)
    port = SystemDesktop(platform="macos", find=starts.find)
    assert await port.open_terminal(["gcloud", "auth"])
    with pytest.raises(ToolFailed):
        await port.receive_redirect(lambda _: SIGN_IN, path="/", limit_seconds=5)
    assert asked == [(("gcloud", "auth"), "macos", starts.find), (SIGN_IN, "macos", starts.find)]
