"""Real browsers that have been on a tour of sites, running or closed, and the reader of the app over their profiles."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.adapters.browser_cookies.place import Place
from codexbar_qt.adapters.browser_reader import SystemBrowserReader
from tests.e2e.browsers import chromium, firefox, sites
from tests.e2e.browsers.browser_process import browser_environment
from tests.e2e.browsers.deposits import Deposit, Tour, merged
from tests.e2e.browsers.installed import Installed
from tests.e2e.browsers.jar import DEPOSITS
from tests.e2e.browsers.places import Authority, BrowserWorld, Keyring, Kind, skip_without
from tests.e2e.browsers.settling import wait_for_writing
from tests.e2e.browsers.sites import deposits_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.browsers.browser_process import BrowserProcess
    from tests.e2e.browsers.sites import Site

collect_ignore_glob = [] if sys.platform == "linux" else ["test_*.py"]


@dataclass
class Travelled:
    """A browser after its tour. `browser_id` is what the app calls it, `root` the folder with all of its profiles."""

    kind: Kind
    browser_id: str
    home: Path
    runtime: Path
    root: Path
    sites: tuple[Site, ...]
    process: BrowserProcess
    bus: str = ""

    def new_reader(self) -> SystemBrowserReader:
        """Return what the app reads browsers with."""
        return SystemBrowserReader(Place("linux", self.home))

    @property
    def is_running(self) -> bool:
        return self.process.is_running

    @contextlib.contextmanager
    def held_still(self) -> Iterator[None]:
        """Whatever changes in the profile meanwhile was not changed by the browser."""
        with self.process.held_still() if self.is_running else contextlib.nullcontext():
            yield


@dataclass
class Journeys:
    """Starts every kind of browser once, and once more when a running one is wanted after it was closed."""

    folder: Path
    _made: dict[Kind, Travelled] = field(default_factory=dict)
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def get(self, kind: Kind, *, running: bool) -> Travelled:
        skip_without(kind)
        made = self._made.get(kind)
        if made is None or (running and not made.process.is_running):
            made = self._made[kind] = self._start(kind)
        if not running and made.process.is_running:
            made.process.close()
        return made

    def close(self) -> None:
        self._stack.close()

    def _start(self, kind: Kind) -> Travelled:
        home = Path(tempfile.mkdtemp(prefix="home", dir=self.folder))
        runtime = Path(tempfile.mkdtemp(prefix="cbq"))
        self._stack.callback(shutil.rmtree, runtime, ignore_errors=True)
        keyring = self._stack.enter_context(Keyring(home, runtime)) if kind.endswith("v11") else None
        bus = keyring.address if keyring is not None else ""
        environment = browser_environment(home, runtime, bus)
        if kind == "firefox":
            root = home / firefox.ROOT
            world = self._world(home, [*DEPOSITS, *deposits_of(sites.FIREFOX), *sites.LATE])
            process = firefox.start_firefox(world, root, environment)
            return self._settled(Travelled(kind, "firefox", home, runtime, root, sites.FIREFOX, process))
        store = "gnome-libsecret" if bus else "basic"
        if kind.startswith("chrome "):
            root = home / ".config" / "google-chrome"
            first = self._world(home, [*deposits_of(sites.CHROME), *chromium.flush_deposits()])
            chromium.start_chromium(first, root, environment, store=store).close()
            second = self._world(home, [*deposits_of(sites.CHROME_SECOND), *chromium.flush_deposits()])
            process = chromium.start_chromium(second, root, environment, store=store, profile="Profile 1")
            if keyring is not None:
                keyring.give_to_chrome()
            made = Travelled(kind, "chrome", home, runtime, root, sites.CHROME, process, bus)
            return self._settled(made, sites.CHROME_SECOND)
        root = home / ".config" / "chromium"
        world = self._world(home, [*DEPOSITS, *deposits_of(sites.CHROMIUM), *chromium.flush_deposits()])
        process = chromium.start_chromium(world, root, environment, store=store)
        return self._settled(Travelled(kind, "chromium", home, runtime, root, sites.CHROMIUM, process, bus))

    def _world(self, home: Path, deposits: list[Deposit]) -> BrowserWorld:
        tour = Tour(merged(deposits))
        authority = Authority(home / "sites.pem", sorted({one.host for one in tour.deposits}))
        return self._stack.enter_context(BrowserWorld(tour, authority))

    def _settled(self, made: Travelled, *of_more_profiles: tuple[Site, ...]) -> Travelled:
        self._stack.callback(made.process.kill)
        with pytest.MonkeyPatch.context() as patch:
            if made.bus:
                patch.setenv("DBUS_SESSION_BUS_ADDRESS", made.bus)
            has_jar = made.browser_id != "chrome"
            wait_for_writing(made.new_reader(), made.browser_id, made.sites, *of_more_profiles, has_jar=has_jar)
        return made


@pytest.fixture(scope="module")
def journeys() -> Iterator[Journeys]:
    """The browsers of a test module; nothing of them is left at its end."""
    with (
        tempfile.TemporaryDirectory(prefix="cbq-browsers") as folder,
        contextlib.closing(Journeys(Path(folder))) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def travelled(request: pytest.FixtureRequest, journeys: Journeys) -> Travelled:
    """A browser of a kind, "running" or "closed". Of the module, so that tests of one state follow each other."""
    kind, state = request.param
    return journeys.get(kind, running=state == "running")


@pytest.fixture
def profile_reader(travelled: Travelled, monkeypatch: pytest.MonkeyPatch) -> SystemBrowserReader:
    """What the app reads browsers with, in the session of the browser."""
    if travelled.bus:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", travelled.bus)
    return travelled.new_reader()


@pytest.fixture
def installed(travelled: Travelled, tmp_path: Path) -> Iterator[Installed]:
    """The command in the home of the browser; what it kept there is gone afterwards."""
    made = Installed(travelled.home, tmp_path, travelled.runtime, travelled.bus)
    yield made
    made.forget()
