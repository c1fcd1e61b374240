"""The fixtures that every test gets do what tests/README.md says."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"


@pytest.fixture
def sandbox(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A test run of its own with our conftest.py, so that failing tests can be looked at."""
    pytester.makeconftest(CONFTEST.read_text("utf-8"))
    pytester.makeini("[pytest]\nmarkers =\n    logs_warnings: x\n    live: x\n    desktop: x\nfilterwarnings = error\n")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return pytester


def test_home_is_empty_and_not_the_real_one(home: Path) -> None:
    assert Path.home() == home
    assert list(home.iterdir()) == []
    for name in ("USERPROFILE", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "APPDATA"):
        assert Path(os.environ[name]).is_relative_to(home)


def test_loopback_works() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_invalid_names_do_not_resolve() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("service.invalid", 443)


def test_credentials_do_not_reach_tests(sandbox: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACME_API_KEY", "GITHUB_TOKEN", "CODEXBAR_CONFIG", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "test-key-1")
    sandbox.makepyfile("import os\ndef test_it():\n    assert 'test-key-1' not in os.environ.values()\n")
    sandbox.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "socket.getaddrinfo('example.com', 443)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    ],
)
def test_network_attempt_fails_the_test_even_when_swallowed(sandbox: pytest.Pytester, attempt: str) -> None:
    sandbox.makepyfile(
        f"import contextlib, socket\ndef test_it():\n  with contextlib.suppress(Exception):\n    {attempt}\n"
    )
    result = sandbox.runpytest_subprocess(
        "-W", "ignore::ResourceWarning", "-W", "ignore::pytest.PytestUnraisableExceptionWarning"
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*the test tried to reach*"])


@pytest.mark.parametrize(
    ("arguments", "mark", "errors"),
    [("", "", 1), ("caplog", "", 0), ("", "@pytest.mark.logs_warnings", 0)],
)
def test_unexpected_log_record_fails_the_test(sandbox: pytest.Pytester, arguments: str, mark: str, errors: int) -> None:
    sandbox.makepyfile(
        f"import logging, pytest\n{mark}\ndef test_it({arguments}):\n  logging.getLogger().warning('odd')\n"
    )
    sandbox.runpytest_subprocess().assert_outcomes(passed=1, errors=errors)


def test_live_tests_wait_to_be_asked_for(sandbox: pytest.Pytester) -> None:
    sandbox.makepyfile("import pytest\n@pytest.mark.live\ndef test_it():\n    pass\n")
    sandbox.runpytest_subprocess().assert_outcomes(deselected=1)
    sandbox.runpytest_subprocess("-m", "live").assert_outcomes(passed=1)


@pytest.mark.skipif(os.name == "nt", reason="there is no desktop test for Windows")
def test_desktop_test_says_why_it_is_skipped(sandbox: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.makepyfile("import pytest\n@pytest.mark.desktop\ndef test_it():\n    pass\n")
    monkeypatch.setenv("PATH", str(sandbox.path))
    result = sandbox.runpytest_subprocess("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*needs Xvfb*trayer*test-tools.sh could not install them*"])
