"""Local servers of Antigravity as real processes with real listeners, read by the installed command.

A proxy that the environment names, and a process that listens without belonging to Antigravity, must see nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.e2e
on_posix = pytest.mark.skipif(os.name == "nt", reason="the fake program is a script with its interpreter named inside")
SERVER = Path(__file__).parents[1] / "fake_tools" / "antigravity_server.py"
SERVER_NAME = {"win32": "language_server_windows_x64.exe", "darwin": "language_server_macos_arm"}.get(
    sys.platform, "language_server_linux_x64"
)
LINE = ("usage", "--provider", "antigravity", "--json-only")
TOKEN = "test-csrf-1"
PATIENCE = 30.0
SUMMARY = {
    "response": {
        "groups": [
            {
                "displayName": "Gemini Models",
                "buckets": [{"bucketId": "gemini-5h", "remaining": {"remainingFraction": 0.75}}],
            },
            {
                "displayName": "Claude and GPT models",
                "buckets": [{"bucketId": "3p-weekly", "remaining": {"remainingFraction": 0.5}}],
            },
        ]
    }
}
STATUS = {
    "userStatus": {
        "email": "user@example.com",
        "userTier": {"name": "Google AI Ultra"},
        "planStatus": {"planInfo": {"planName": "Pro"}},
        "cascadeModelConfigData": {
            "clientModelConfigs": [
                {"label": "Claude", "modelOrAlias": {"model": "c"}, "quotaInfo": {"remainingFraction": 0.25}}
            ]
        },
    }
}
WITH_SUMMARY = {"GetUnleashData": {}, "RetrieveUserQuotaSummary": SUMMARY, "GetUserStatus": STATUS}
WITHOUT_SUMMARY = {"GetUnleashData": {}, "GetUserStatus": STATUS}


@dataclass
class Running:
    """A server, and what it was asked; without `process` it is somebody else who starts it."""

    log: Path
    process: subprocess.Popen[bytes] | None = None

    def lines(self) -> list[dict[str, Any]]:
        """Everything in its log."""
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.is_file() else []

    def ports(self) -> list[int]:
        """Its ports, once it listens."""
        wait_until(lambda: bool(self.lines()), "the server did not listen")
        return list(self.lines()[0]["ports"])

    def requests(self) -> list[dict[str, Any]]:
        """What it was asked."""
        return [line for line in self.lines() if "method" in line]


@dataclass
class Watcher:
    """A port that nobody is to connect to."""

    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    visits: int = 0

    def start(self) -> Watcher:
        """Count connections from now on."""
        threading.Thread(target=self._count, daemon=True).start()
        return self

    @property
    def url(self) -> str:
        """The address of a proxy at this port."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def _count(self) -> None:
        while True:
            try:
                visitor, _ = self.listener.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()


def wait_until(met: Callable[[], bool], told: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, told
        time.sleep(0.02)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that only vouches for itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "self-signed.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def write_plan(tmp_path: Path, certificate: Path) -> Callable[..., tuple[Path, Path]]:
    """Writes what a server is to do; gives the file and the log."""

    def write(name: str, *ports: str, answers: object = WITH_SUMMARY, **more: object) -> tuple[Path, Path]:
        log, plan = tmp_path / f"{name}.log", tmp_path / f"{name}.json"
        facts = {"ports": ports, "answers": answers, "certificate": str(certificate), "log": str(log), **more}
        plan.write_text(json.dumps(facts))
        return plan, log

    return write


@pytest.fixture
def start(tmp_path: Path, write_plan: Any) -> Iterator[Callable[..., Running]]:
    """Starts a server under a path of its own; it is killed after the test."""
    running: list[Running] = []

    def begin(path: str, flags: tuple[str, ...], *ports: str, token: str | None = TOKEN, **more: object) -> Running:
        plan, log = write_plan(f"server-{len(running)}", *ports, token=token, **more)
        program = tmp_path / path
        program.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SERVER, program)
        command = [sys.executable, "-I", str(program), str(plan), *flags]
        made = Running(log, subprocess.Popen(command, stdout=subprocess.DEVNULL))
        running.append(made)
        made.ports()
        return made

    yield begin
    for made in running:
        if made.process is not None:
            made.process.kill()
            made.process.wait(timeout=20)


@pytest.fixture
def app(start: Callable[..., Running]) -> Callable[..., Running]:
    """Starts a server of the app."""

    def begin(*ports: str, **more: object) -> Running:
        flags = ("--app_data_dir", "antigravity", "--csrf_token", TOKEN)
        return start(f"antigravity/bin/{SERVER_NAME}", flags, *ports, **more)

    return begin


@pytest.fixture
def proxy() -> Iterator[Watcher]:
    """A proxy that is to see nothing."""
    watcher = Watcher().start()
    yield watcher
    watcher.listener.close()


@pytest.fixture
def decoys(start: Callable[..., Running]) -> tuple[Running, ...]:
    """Processes that listen and do not belong to Antigravity, one of them with nearly its name."""
    return (
        start("other/server.py", (), "tls", "plain", token=None),
        start(f"other/{SERVER_NAME}", ("--csrf_token", TOKEN), "tls", "plain"),
    )


@pytest.fixture
def ask(codexbar: Any, proxy: Watcher, decoys: tuple[Running, ...], decode_usage: Any) -> Callable[..., Any]:
    """Runs the command with a proxy in its environment; gives the element, and the raw run."""

    def asked(*more: str, **variables: str) -> tuple[Any, subprocess.CompletedProcess[bytes]]:
        leading = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), proxy.url)
        ended = codexbar.run(*LINE, *more, **leading, **variables)
        (element,) = decode_usage(ended.stdout)
        assert ended.stderr == b""
        assert proxy.visits == 0
        assert [decoy.requests() for decoy in decoys] == [[], []]
        assert TOKEN.encode() not in ended.stdout
        return element, ended

    return asked


def test_a_server_with_its_own_certificate_is_read(ask: Any, app: Any) -> None:
    server = app("tls", "plain")
    element, ended = ask()
    assert (ended.returncode, element.source) == (0, "app")
    assert (element.usage.primary.used_percent, element.usage.primary.window_minutes) == (25, 300)
    assert (element.usage.secondary.used_percent, element.usage.secondary.window_minutes) == (50, 10080)
    assert element.usage.tertiary is None
    assert [extra.id for extra in element.usage.extra_rate_windows] == [
        "antigravity-quota-summary-gemini-5h",
        "antigravity-quota-summary-3p-weekly",
    ]
    assert (element.usage.account_email, element.usage.login_method) == ("user@example.com", "Google AI Ultra")
    methods = [(line["method"], line["port"], line["token"]) for line in server.requests()]
    first = server.ports()[0]
    assert methods == [(name, first, TOKEN) for name in ("GetUnleashData", "RetrieveUserQuotaSummary", "GetUserStatus")]


@pytest.mark.parametrize(
    ("ports", "used"),
    [(("plain",), 0), (("tls-404", "tls"), 1), (("plain-404", "plain"), 1), (("silent", "tls"), 1), (("tls-404",), -1)],
)
def test_the_port_that_speaks_is_found(ask: Any, app: Any, ports: tuple[str, ...], used: int) -> None:
    server = app(*ports)
    element, ended = ask()
    if used < 0:
        assert (ended.returncode, element.error.message) == (1, "Antigravity API error: HTTP 404.")
        return
    assert (ended.returncode, element.source, element.usage.primary.used_percent) == (0, "app", 25)
    answered = [line["port"] for line in server.requests() if line["method"] == "RetrieveUserQuotaSummary"]
    assert answered == [server.ports()[used]]


def test_a_server_without_the_summary_gives_its_models(ask: Any, app: Any) -> None:
    app("tls", answers=WITHOUT_SUMMARY)
    element, _ = ask()
    assert (element.source, element.usage.primary.used_percent, element.usage.secondary) == ("app", 75, None)


def test_the_extension_is_asked_where_the_server_itself_is_deaf(ask: Any, start: Any) -> None:
    extension = start("editor/host.py", (), "plain", token="test-csrf-2")
    flags = ("--app_data_dir", "antigravity-ide", "--csrf_token", TOKEN)
    second = ("--extension_server_port", str(extension.ports()[0]), "--extension_server_csrf_token", "test-csrf-2")
    start(f"antigravity-ide/{SERVER_NAME}", (*flags, *second), "tls-404", token="another")
    element, _ = ask()
    assert (element.source, element.usage.primary.used_percent) == ("ide", 25)
    assert {line["token"] for line in extension.requests()} == {"test-csrf-2"}


def test_a_server_that_knows_another_token_has_lost_its_session(ask: Any, app: Any) -> None:
    app("tls", token="another")
    element, ended = ask()
    assert ended.returncode == 1
    assert element.error.message == "Antigravity session expired. Restart Antigravity, then refresh."


def test_the_plan_is_reported_where_it_is_asked_for(ask: Any, app: Any, codexbar: Any) -> None:
    app("tls")
    element, _ = ask("--antigravity-plan-debug")
    assert element.antigravity_plan_info.plan_name == "Pro"
    told = codexbar.run("usage", "--provider", "antigravity", "--antigravity-plan-debug")
    assert told.stderr == b"[antigravity] planName: Pro\n"
    assert b"Gemini Models: 75% left" in told.stdout


def test_nothing_runs(ask: Any) -> None:
    element, ended = ask()
    assert (ended.returncode, element.source) == (1, "auto")
    assert element.error.message == "Antigravity language server not detected. Launch Antigravity, then refresh."


@pytest.fixture
def agy(tmp_path: Path, write_plan: Any) -> Callable[..., tuple[Running, dict[str, str]]]:
    """Writes an `agy`; gives its log and the variable that leads to it."""

    def make(*ports: str, **more: object) -> tuple[Running, dict[str, str]]:
        plan, log = write_plan("agy", *ports, token=None, **more)
        program = tmp_path / "bin" / "agy"
        program.parent.mkdir()
        run = f"sys.argv[1:] = [{str(plan)!r}]\nrunpy.run_path({str(SERVER)!r}, run_name='__main__')"
        program.write_text(f"#!{sys.executable} -I\nimport runpy, sys\n{run}\n")
        program.chmod(0o755)
        return Running(log), {"ANTIGRAVITY_CLI_PATH": str(program)}

    return make


def is_running(program: str) -> bool:
    for process in psutil.process_iter():
        try:
            if program in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                return True
        except psutil.Error:
            continue
    return False


@on_posix
def test_agy_is_started_waited_for_and_ended(ask: Any, agy: Any) -> None:
    made, variables = agy("tls", delay=1.5, greeting="Welcome")
    element, ended = ask(**variables)
    assert (ended.returncode, element.source, element.usage.primary.used_percent) == (0, "cli", 25)
    assert {line["token"] for line in made.requests()} == {None}
    assert {line["port"] for line in made.requests()} == set(made.ports())
    wait_until(lambda: not is_running(variables["ANTIGRAVITY_CLI_PATH"]), "agy is still running")


@on_posix
def test_agy_that_asks_for_a_login_is_ended(ask: Any, agy: Any) -> None:
    _, variables = agy("tls", delay=60, greeting="\x1b[2JSelect \x1b[1mlogin\x1b[0m method:")
    element, ended = ask("--source", "cli", **variables)
    assert (ended.returncode, element.source) == (1, "cli")
    assert element.error.message.startswith("Antigravity CLI signed out.")
    wait_until(lambda: not is_running(variables["ANTIGRAVITY_CLI_PATH"]), "agy is still running")


@on_posix
def test_a_running_agy_is_reused_and_left_alone(ask: Any, agy: Any) -> None:
    made, variables = agy("plain")
    program = variables["ANTIGRAVITY_CLI_PATH"]
    own = subprocess.Popen([program], stdout=subprocess.DEVNULL)
    try:
        made.ports()
        element, _ = ask(**variables)
        assert (element.source, element.usage.primary.used_percent) == ("cli", 25)
        assert len([line for line in made.lines() if "ports" in line]) == 1
        assert own.poll() is None
    finally:
        own.kill()
        own.wait(timeout=20)
