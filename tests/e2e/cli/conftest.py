"""The installed `codexbar` as a process, and the proxy that stands for every host."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.provider_testing.loopback_proxy import LoopbackProxy
from tests.e2e.cli import case_world
from tests.unit.cli import usage_payload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codexbar_qt.provider_testing import Case
    from tests.conftest import Authority
    from tests.e2e.cli.case_world import Hosts

COMMAND = Path(sys.executable).with_name("codexbar")
FAKE_TOOLS = Path(__file__).parents[1] / "fake_tools"


@pytest.fixture
def decode_usage() -> Callable[[bytes], list[usage_payload.Element]]:
    """The strict reader of `usage` documents."""
    return usage_payload.decode_usage


@pytest.fixture
def serve(authority: Authority, stranger: Authority) -> Iterator[Callable[..., tuple[Hosts, dict[str, str]]]]:
    """Starts a proxy with the answers of cases; gives them and the variables that lead there."""
    proxies: list[LoopbackProxy] = []

    def start(
        *cases: Case, ignored_headers: frozenset[str] = frozenset(), ignored_fields: frozenset[str] = frozenset()
    ) -> tuple[Hosts, dict[str, str]]:
        hosts = case_world.Hosts(cases, authority.context_for, stranger.context_for, ignored_headers, ignored_fields)
        proxy = LoopbackProxy(hosts.answer, ssl_context_for=hosts.context_for).start()
        proxies.append(proxy)
        return hosts, {"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(authority.path)}

    yield start
    for proxy in proxies:
        proxy.stop()


@dataclass
class Command:
    """Starts the installed command; processes that a test leaves behind are killed."""

    environment: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str, stdout: int = subprocess.PIPE, **variables: str) -> subprocess.Popen[bytes]:
        """Start the command without waiting for it."""
        process = subprocess.Popen(
            [str(COMMAND), *arguments],
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )
        self.running.append(process)
        return process

    def run(self, *arguments: str, stdin: bytes = b"", **variables: str) -> subprocess.CompletedProcess[bytes]:
        """Run the command to its end."""
        return subprocess.run(
            [str(COMMAND), *arguments],
            env={**self.environment, **variables},
            input=stdin,
            capture_output=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def codexbar(home: Path) -> Iterator[Command]:
    """The installed command in an empty home, with no tool of the real machine in reach but the system's own."""
    system = os.pathsep.join(("/usr/bin", "/bin")) if os.name == "posix" else os.environ["PATH"]
    made = Command({**os.environ, "PATH": system, "CODEXBAR_CONFIG": str(home / "config.json")})
    yield made
    for process in made.running:
        process.kill()
        process.communicate(timeout=20)


@pytest.fixture
def fake_path(codexbar: Command) -> str:
    """A PATH on which the fake tools come first."""
    return os.pathsep.join((str(FAKE_TOOLS), codexbar.environment["PATH"]))
