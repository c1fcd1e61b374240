"""What every test gets without asking: an own home, no network, no unexpected warnings, Qt offscreen."""

from __future__ import annotations

import importlib.util
import ipaddress
import logging
import os
import re
import shutil
import socket
import ssl
import tempfile
import time
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from types import ModuleType

# Before anything imports Qt or reads the clock.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["TZ"] = "UTC"
if hasattr(time, "tzset"):
    time.tzset()

# No example database in the tree, no time limits on a busy machine, the same examples in every run.
hypothesis.settings.register_profile("repository", database=None, deadline=None, derandomize=True)
hypothesis.settings.load_profile("repository")

# Named here because the process that prints a run of several workers collects no tests and so reads no other conftest.
pytest_plugins = ["tests.providers.fault_tables"]

HOME_VARIABLES = {
    "HOME": "",
    "USERPROFILE": "",
    "APPDATA": "AppData/Roaming",
    "LOCALAPPDATA": "AppData/Local",
    # platformdirs asks Windows itself for its folders, unless these say otherwise.
    "WIN_PD_OVERRIDE_APPDATA": "AppData/Roaming",
    "WIN_PD_OVERRIDE_LOCAL_APPDATA": "AppData/Local",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_CACHE_HOME": ".cache",
}
CREDENTIAL_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW|COOKIE|CREDENTIAL|AUTH(?!OR)", re.IGNORECASE)
DROPPED_NAME = re.compile(
    r"^(CODEXBAR_.*|XDG_CONFIG_DIRS|XDG_DATA_DIRS|(HTTPS?|ALL|NO|FTP)_PROXY|SSL_CERT_(FILE|DIR)|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY"
    r"|CLOUDSDK_.*|GOOGLE_CLOUD_PROJECT|GCLOUD_PROJECT|NO_COLOR|FORCE_COLOR|CLICOLOR.*|COLUMNS|LANGUAGE|QT_STYLE_OVERRIDE|QT_QUICK_CONTROLS_.*)$",
    re.IGNORECASE,
)


LONGEST_FILE = "tests/providers/test_fault_matrix.py"
# They start programs that are found by their command lines, or look for such programs, and so would find the others'.
FIND_PROGRAMS = (
    "tests/e2e/cli/test_antigravity.py",
    "tests/e2e/cli/test_cases_as_processes.py",
    "tests/providers/test_fault_matrix_machine.py",
)
DESKTOP_PROGRAMS = ("Xvfb", "dbus-run-session", "import", "openbox", "trayer", "xdotool")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave `live` tests out unless the command line asks for them; begin with what would end last."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST_FILE))
    if "live" in config.option.markexpr:
        return
    live = [item for item in items if item.get_closest_marker("live")]
    config.hook.pytest_deselected(items=live)
    items[:] = [item for item in items if item not in live]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Give whole files to the workers, and those that may not run beside each other to one of them."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist ships no types
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "programs" if file in FIND_PROGRAMS else file

    return Scheduling(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a `desktop` test where its programs are missing; `make test` has tried to install them by then."""
    if item.get_closest_marker("desktop"):
        missing = [name for name in DESKTOP_PROGRAMS if shutil.which(name) is None]
        if missing:
            pytest.skip(f"needs {', '.join(missing)}; packaging/linux/test-tools.sh could not install them")


class NetworkBlockedError(RuntimeError):
    """A test tried to reach something other than this machine."""


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The folder of the checkout."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def packaging_script(repo_root: Path) -> Callable[[str], ModuleType]:
    """Loads a script of the folder `packaging` by its path there; none of them is part of a package."""

    def load(name: str) -> ModuleType:
        path = repo_root / "packaging" / name
        spec = importlib.util.spec_from_file_location(f"packaging_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


class Authority:
    """A certificate authority for servers that stand in for real hosts; `path` is the file to trust it by."""

    def __init__(self, path: Path) -> None:
        import trustme  # most tests need none, and it takes longer than all else here

        self._authority = trustme.CA()
        self._authority.cert_pem.write_to_path(str(path))
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.path = path

    def context_for(self, host: str) -> ssl.SSLContext:
        """Return the server context of a host, the same one every time."""
        if host not in self._contexts:
            self._contexts[host] = self.issue(host)
        return self._contexts[host]

    def issue(self, *names: str, not_after: datetime | None = None) -> ssl.SSLContext:
        """Return a server context of its own with a certificate for `names`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*names, not_after=not_after).configure_cert(context)
        return context


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that clients, command and app are told to trust."""
    return Authority(tmp_path_factory.mktemp("tls") / "authority.pem")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority nobody trusts."""
    return Authority(tmp_path_factory.mktemp("tls") / "stranger.pem")


@pytest.fixture
def runtime_dir() -> Iterator[Path]:
    """A private folder with a path short enough for Unix sockets (104 bytes on macOS)."""
    folder = Path(tempfile.mkdtemp(prefix="cbq"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes an empty folder. pytest's own numbered folders look at all that exist, thousands before the last test."""
    homes, numbers = tmp_path_factory.mktemp("homes"), count()

    def make() -> Path:
        folder = homes / str(next(numbers))
        folder.mkdir()
        return folder

    return make


@cache
def _is_kept_away(variable: str) -> bool:
    return bool(CREDENTIAL_NAME.search(variable) or DROPPED_NAME.match(variable))


@pytest.fixture(autouse=True)
def home(new_home: Callable[[], Path], runtime_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; every variable that leads to the real one or to a credential is gone."""
    folder = new_home()
    for name in filter(_is_kept_away, list(os.environ)):
        monkeypatch.delenv(name)
    for name, inside in HOME_VARIABLES.items():
        monkeypatch.setenv(name, str(folder / inside))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime_dir))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={runtime_dir / 'no-bus'}")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return folder


def _is_this_machine(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.split("%", 1)[0]).is_loopback
    except ValueError:
        return False


class _NetworkGuard:
    """Replaces the calls of `socket` that reach out, and remembers what they tried to reach."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.attempts: list[str] = []
        for method in ("connect", "connect_ex", "sendto"):
            monkeypatch.setattr(socket.socket, method, self._guard_address(getattr(socket.socket, method)))
        for function in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
            monkeypatch.setattr(socket, function, self._guard_name(getattr(socket, function)))

    def _refuse(self, host: object) -> None:
        self.attempts.append(str(host))
        message = f"a test tried to reach {host}"
        raise NetworkBlockedError(message)

    def _guard_address(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(sock: socket.socket, *arguments: Any) -> Any:
            if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_this_machine(arguments[-1][0]):
                self._refuse(arguments[-1][0])
            return original(sock, *arguments)

        return guarded

    def _guard_name(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(host: Any, *arguments: Any, **options: Any) -> Any:
            if isinstance(host, str) and host.endswith(".invalid"):
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            if not _is_this_machine(host):
                self._refuse(host)
            return original(host, *arguments, **options)

        return guarded


@pytest.fixture(autouse=True)
def blocked_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only Unix sockets and loopback work; an attempt fails the test even where the error is swallowed.

    Names under `.invalid` fail to resolve, as they do everywhere: tests can ask for a resolution failure.
    """
    guard = _NetworkGuard(monkeypatch)
    yield
    assert not guard.attempts, f"the test tried to reach {', '.join(guard.attempts)}"


# asyncio's streams say so in a server whose client hangs up between CONNECT and the end of the TLS handshake; the
# loopback proxy meets such clients on purpose.
ALLOWED_LINES = ("WARNING asyncio: returning true from eof_received() has no effect when using ssl",)


class _WarningRecorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = f"{record.levelname} {record.name}: {record.getMessage()}"
        if line not in ALLOWED_LINES:
            self.lines.append(line)


@pytest.fixture(autouse=True)
def no_unexpected_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    """A log record of level WARNING or above fails a test without `caplog` and without `logs_warnings`."""
    if "caplog" in request.fixturenames or request.node.get_closest_marker("logs_warnings"):
        yield
        return
    recorder = _WarningRecorder()
    logging.getLogger().addHandler(recorder)
    yield
    logging.getLogger().removeHandler(recorder)
    assert not recorder.lines, "unexpected log records:\n" + "\n".join(recorder.lines)
