"""Every place of the table of browsers is found, on every system, and nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.adapters.browser_cookies import problems
from codexbar_qt.adapters.browser_cookies.catalogue import ALL_KEYCHAIN_ITEMS, BROWSERS, BY_ID
from codexbar_qt.adapters.browser_cookies.place import Place
from codexbar_qt.adapters.browser_cookies.roots import find_roots

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEFAULT_ORDER = (
    "Safari, Chrome, Edge, Brave, Arc, Dia, ChatGPT Atlas, Chromium, Helium, Vivaldi, Yandex, Firefox, Firefox Beta, "
    "Firefox Developer Edition, Firefox Nightly, Zen, Chrome Beta, Chrome Canary, Arc Beta, Arc Canary, Brave Beta, "
    "Brave Nightly, Edge Beta, Edge Canary, Comet, Opera, Opera GX, LibreWolf"
)
LINUX = [
    ("chrome", ".config/google-chrome"),
    ("chrome", ".var/app/com.google.Chrome/config/google-chrome"),
    ("chrome-beta", ".config/google-chrome-beta"),
    ("chrome-canary", ".config/google-chrome-canary"),
    ("chrome-canary", ".config/google-chrome-unstable"),
    ("chromium", ".config/chromium"),
    ("chromium", "snap/chromium/common/chromium"),
    ("chromium", ".var/app/org.chromium.Chromium/config/chromium"),
    ("brave", ".config/BraveSoftware/Brave-Browser"),
    ("brave-beta", ".config/BraveSoftware/Brave-Browser-Beta"),
    ("brave-nightly", ".config/BraveSoftware/Brave-Browser-Nightly"),
    ("brave", "snap/brave/current/.config/BraveSoftware/Brave-Browser"),
    ("brave", "snap/brave/412/.config/BraveSoftware/Brave-Browser"),
    ("brave", ".var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser"),
    ("edge", ".config/microsoft-edge"),
    ("edge-beta", ".config/microsoft-edge-beta"),
    ("edge-canary", ".config/microsoft-edge-dev"),
    ("edge", ".var/app/com.microsoft.Edge/config/microsoft-edge"),
    ("vivaldi", ".config/vivaldi"),
    ("vivaldi", ".config/vivaldi-snapshot"),
    ("vivaldi", ".var/app/com.vivaldi.Vivaldi/config/vivaldi"),
    ("vivaldi", "snap/vivaldi/current/.config/vivaldi"),
    ("opera", ".config/opera"),
    ("opera", "snap/opera/77/.config/opera"),
    ("opera", ".var/app/com.opera.Opera/config/opera"),
    ("yandex", ".config/yandex-browser"),
    ("helium", ".config/net.imput.helium"),
    ("firefox", ".config/mozilla/firefox"),
    ("firefox", ".mozilla/firefox"),
    ("firefox", ".var/app/org.mozilla.firefox/config/mozilla/firefox"),
    ("firefox", ".var/app/org.mozilla.firefox/.mozilla/firefox"),
    ("firefox", "snap/firefox/common/.mozilla/firefox"),
    ("zen", ".zen"),
    ("zen", ".config/zen"),
    ("zen", ".var/app/app.zen_browser.zen/.zen"),
    ("librewolf", ".librewolf"),
    ("librewolf", ".config/librewolf/librewolf"),
    ("librewolf", "snap/librewolf/common/.librewolf"),
    ("librewolf", ".var/app/io.gitlab.librewolf-community/.librewolf"),
]
MACOS = [
    ("chrome", "Google/Chrome"),
    ("chrome-beta", "Google/Chrome Beta"),
    ("chrome-canary", "Google/Chrome Canary"),
    ("chromium", "Chromium"),
    ("brave", "BraveSoftware/Brave-Browser"),
    ("brave-beta", "BraveSoftware/Brave-Browser-Beta"),
    ("brave-nightly", "BraveSoftware/Brave-Browser-Nightly"),
    ("edge", "Microsoft Edge"),
    ("edge-beta", "Microsoft Edge Beta"),
    ("edge-canary", "Microsoft Edge Canary"),
    ("arc", "Arc/User Data"),
    ("arc-beta", "Arc Beta/User Data"),
    ("arc-canary", "Arc Canary/User Data"),
    ("vivaldi", "Vivaldi"),
    ("opera", "com.operasoftware.Opera"),
    ("opera-gx", "com.operasoftware.OperaGX"),
    ("dia", "Dia/User Data"),
    ("atlas", "com.openai.atlas/browser-data/host"),
    ("helium", "net.imput.helium"),
    ("yandex", "Yandex/YandexBrowser"),
    ("comet", "Comet"),
    ("firefox", "Firefox/Profiles"),
    ("zen", "zen/Profiles"),
    ("librewolf", "librewolf/Profiles"),
]
WINDOWS = [
    ("chrome", "Local/Google/Chrome/User Data"),
    ("chrome-beta", "Local/Google/Chrome Beta/User Data"),
    ("chrome-canary", "Local/Google/Chrome SxS/User Data"),
    ("chromium", "Local/Chromium/User Data"),
    ("brave", "Local/BraveSoftware/Brave-Browser/User Data"),
    ("brave-beta", "Local/BraveSoftware/Brave-Browser-Beta/User Data"),
    ("brave-nightly", "Local/BraveSoftware/Brave-Browser-Nightly/User Data"),
    ("edge", "Local/Microsoft/Edge/User Data"),
    ("edge-beta", "Local/Microsoft/Edge Beta/User Data"),
    ("edge-canary", "Local/Microsoft/Edge SxS/User Data"),
    ("arc", "Local/Packages/TheBrowserCompany.Arc_abc/LocalCache/Local/Arc/User Data"),
    ("vivaldi", "Local/Vivaldi/User Data"),
    ("opera", "Roaming/Opera Software/Opera Stable"),
    ("opera-gx", "Roaming/Opera Software/Opera GX Stable"),
    ("firefox", "Roaming/Mozilla/Firefox/Profiles"),
    ("firefox", "Local/Packages/Mozilla.Firefox_abc/LocalCache/Roaming/Mozilla/Firefox/Profiles"),
    ("zen", "Roaming/zen/Profiles"),
    ("librewolf", "Roaming/librewolf/Profiles"),
]


def folders(browser_id: str, place: Place) -> list[Path]:
    return [root.folder for root in find_roots(BY_ID[browser_id], place)]


def test_default_order() -> None:
    assert ", ".join(browser.label for browser in BROWSERS) == DEFAULT_ORDER
    assert len(BY_ID) == len(BROWSERS)


@pytest.mark.parametrize(("browser_id", "folder"), LINUX)
def test_places_on_linux(linux: Any, browser_id: str, folder: str) -> None:
    assert folders(browser_id, linux.place) == []
    (linux.place.home / folder).mkdir(parents=True)
    assert folders(browser_id, linux.place) == [linux.place.home / folder]


@pytest.mark.parametrize(("browser_id", "folder"), MACOS)
def test_places_on_macos(macos: Any, browser_id: str, folder: str) -> None:
    path = macos.place.home / "Library/Application Support" / folder
    path.mkdir(parents=True)
    assert folders(browser_id, macos.place) == [path]


@pytest.mark.parametrize(("browser_id", "folder"), WINDOWS)
def test_places_on_windows(windows: Any, browser_id: str, folder: str) -> None:
    path = windows.place.home / "AppData" / folder
    path.mkdir(parents=True)
    assert folders(browser_id, windows.place) == [path]


def test_browsers_of_other_systems_are_nowhere(linux: Any, windows: Any) -> None:
    missing = {"safari", "arc", "arc-beta", "arc-canary", "dia", "atlas", "comet", "opera-gx"}
    assert {browser.id for browser in BROWSERS if not browser.linux} == missing
    assert {browser.id for browser in BROWSERS if not browser.windows} == {
        "safari",
        "arc-beta",
        "arc-canary",
        "dia",
        "atlas",
    }
    assert find_roots(BY_ID["safari"], linux.place) == find_roots(BY_ID["safari"], windows.place) == ()


def test_a_windows_folder_may_be_moved(make_lab: Callable[..., Any], tmp_path: Path) -> None:
    moved = tmp_path / "moved [1]" / "Packages/Mozilla.Firefox_x/LocalCache/Roaming/Mozilla/Firefox/Profiles"
    moved.mkdir(parents=True)
    (tmp_path / "roaming/Mozilla/Firefox/Profiles").mkdir(parents=True)
    lab = make_lab("windows", LOCALAPPDATA=str(tmp_path / "moved [1]"), APPDATA=str(tmp_path / "roaming"))
    assert folders("firefox", lab.place) == [tmp_path / "roaming/Mozilla/Firefox/Profiles", moved]


def test_config_home(make_lab: Callable[..., Any], tmp_path: Path) -> None:
    for folder in ("xdg/chromium", "own/chromium", "xdg/mozilla/firefox", "own/mozilla/firefox"):
        (tmp_path / folder).mkdir(parents=True)
    xdg, own = str(tmp_path / "xdg"), str(tmp_path / "own")
    assert folders("chromium", make_lab(XDG_CONFIG_HOME=xdg).place) == [tmp_path / "xdg/chromium"]
    both = make_lab(XDG_CONFIG_HOME=xdg, CHROME_CONFIG_HOME=own).place
    assert folders("chromium", both) == [tmp_path / "own/chromium", tmp_path / "xdg/chromium"]
    assert folders("firefox", both) == [tmp_path / "xdg/mozilla/firefox"]
    assert folders("chromium", make_lab(XDG_CONFIG_HOME="not/absolute").place) == []


@pytest.mark.parametrize(
    ("installed", "owner"), [((), "chrome"), (("chromium",), "chromium"), (("google-chrome", "chromium"), "chrome")]
)
def test_user_data_folder(make_lab: Callable[..., Any], tmp_path: Path, installed: tuple[str, ...], owner: str) -> None:
    (tmp_path / "data").mkdir()
    lab = make_lab(CHROME_USER_DATA_DIR=str(tmp_path / "data"))
    for name in installed:
        (lab.place.home / ".config" / name).mkdir(parents=True)
    owners = [browser.id for browser in BROWSERS if tmp_path / "data" in folders(browser.id, lab.place)]
    assert owners == [owner]
    assert folders(owner, lab.place)[0] == tmp_path / "data"


@pytest.mark.skipif("sys.platform == 'win32'", reason="symbolic links need a privilege there")
def test_a_folder_is_found_once_however_many_ways_lead_there(linux: Any) -> None:
    real = linux.place.home / ".config/chromium"
    real.mkdir(parents=True)
    (linux.place.home / "snap/chromium/common").mkdir(parents=True)
    (linux.place.home / "snap/chromium/common/chromium").symlink_to(real)
    assert folders("chromium", linux.place) == [real]
    loop = linux.place.home / ".config/vivaldi"
    loop.symlink_to(loop)
    assert folders("vivaldi", linux.place) == []


@pytest.mark.skipif("sys.platform == 'win32'", reason="symbolic links need a privilege there")
def test_older_revisions_of_a_snap_are_left_out(linux: Any) -> None:
    snap = linux.place.home / "snap/brave"
    for revision in ("400", "412"):
        (snap / revision / ".config/BraveSoftware/Brave-Browser").mkdir(parents=True)
    assert [path.parts[-4] for path in folders("brave", linux.place)] == ["412", "400"]
    (snap / "current").symlink_to("412")
    assert [path.parts[-4] for path in folders("brave", linux.place)] == ["current"]


def test_packaging_is_named(linux: Any, windows: Any) -> None:
    for folder in (
        ".config/chromium",
        "snap/chromium/common/chromium",
        ".var/app/org.chromium.Chromium/config/chromium",
    ):
        (linux.place.home / folder).mkdir(parents=True)
    assert [root.packaging for root in find_roots(BY_ID["chromium"], linux.place)] == ["", "Snap", "Flatpak"]
    store = "AppData/Local/Packages/Mozilla.Firefox_x/LocalCache/Roaming/Mozilla/Firefox/Profiles"
    (windows.place.home / store).mkdir(parents=True)
    assert [root.packaging for root in find_roots(BY_ID["firefox"], windows.place)] == ["Store"]


def test_key_names() -> None:
    def services(browser_id: str) -> list[str]:
        return [item.service for item in BY_ID[browser_id].keychain]

    assert services("chrome") == ["Chrome Safe Storage"]
    assert services("edge") == ["Microsoft Edge Safe Storage"]
    assert services("helium") == ["Helium Storage Key"]
    assert [item.account for item in BY_ID["atlas"].keychain] == ["ChatGPT Atlas", "com.openai.atlas"]
    assert services("chrome-canary") == [item.service for item in ALL_KEYCHAIN_ITEMS]
    assert services("brave-beta")[:2] == ["Brave Safe Storage", "Chrome Safe Storage"]
    assert len(services("edge-beta")) == len(ALL_KEYCHAIN_ITEMS)
    assert BY_ID["edge"].applications == ("msedge", "chromium")
    assert [BY_ID[name].applications for name in ("chrome", "vivaldi", "chromium", "opera", "brave")] == [
        ("chrome",),
        ("chrome",),
        ("chromium",),
        ("chromium",),
        ("brave",),
    ]
    assert [BY_ID[name].wallets[0] for name in ("chrome", "vivaldi", "chromium", "opera", "edge", "brave")] == [
        "Chrome",
        "Chrome",
        "Chromium",
        "Chromium",
        "Chromium",
        "Brave",
    ]


def test_every_chromium_browser_has_a_key_where_it_exists() -> None:
    for browser in BROWSERS:
        if browser.family == "chromium":
            assert bool(browser.keychain) == bool(browser.macos), browser.id
            assert not browser.linux or (browser.applications and browser.wallets), browser.id


def test_inside_a_flatpak(make_lab: Callable[..., Any], tmp_path: Path) -> None:
    lab = make_lab(XDG_CONFIG_HOME=str(tmp_path / "home/.var/app/own/config"))
    assert lab.place.sandbox == ""
    assert problems.sandboxed(lab.place) is None
    (tmp_path / "root").mkdir()
    (tmp_path / "root/.flatpak-info").write_text("[Application]")
    assert lab.place.sandbox == "Flatpak"
    (lab.place.home / ".config/chromium").mkdir(parents=True)
    assert folders("chromium", lab.place) == [lab.place.home / ".config/chromium"]
    problem = problems.sandboxed(lab.place)
    assert problem is not None
    assert problem.kind == "sandboxed"
    assert "Flatpak" in problem.sentence


def test_the_host_may_have_another_config_home(make_lab: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root/.flatpak-info").write_text("")
    (tmp_path / "host/chromium").mkdir(parents=True)
    lab = make_lab(HOST_XDG_CONFIG_HOME=str(tmp_path / "host"))
    assert folders("chromium", lab.place) == [tmp_path / "host/chromium"]


def test_inside_a_snap(tmp_path: Path) -> None:
    variables = {"SNAP": str(tmp_path / "snap/own/1"), "SNAP_REAL_HOME": str(tmp_path / "real")}
    home = tmp_path / "real/snap/own/1"
    program = tmp_path / "snap/own/1/bin/codexbar-qt"
    (tmp_path / "real/.config/chromium").mkdir(parents=True)
    inside = Place("linux", home, variables.get, program=program)
    assert inside.sandbox == "Snap"
    assert folders("chromium", inside) == [tmp_path / "real/.config/chromium"]
    started_from_a_snap = Place("linux", home, variables.get, program=tmp_path / "usr/bin/codexbar-qt")
    assert started_from_a_snap.sandbox == ""
    assert Place("windows", home, variables.get, program=program).sandbox == ""


def test_a_place_without_variables(tmp_path: Path) -> None:
    assert Place("linux", tmp_path).config_home == tmp_path / ".config"
