"""Profiles are found in order, under names that people know, with ids that stay."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from codexbar_qt.adapters.browser_cookies import profiles as profiles_module
from codexbar_qt.adapters.browser_cookies.catalogue import BY_ID
from codexbar_qt.adapters.browser_cookies.cookie_files import cookie_files
from codexbar_qt.adapters.browser_cookies.place import Place
from codexbar_qt.adapters.browser_cookies.profiles import clean_name, find_profiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from codexbar_qt.adapters.browser_cookies.profiles import BrowserProfile


def labels(browser_id: str, place: Place) -> list[str]:
    return [profile.label for profile in find_profiles(BY_ID[browser_id], place)]


@pytest.fixture
def chrome(linux: Any) -> Path:
    root: Path = linux.place.home / ".config/google-chrome"
    for name in (
        "Default",
        "Profile 2",
        "Profile 1",
        "user-abc",
        "System Profile",
        "Guest Profile",
        ".hidden",
        "Crashpad",
    ):
        (root / name).mkdir(parents=True)
    (root / "Profile 3").write_text("a file")
    return root


def name_profiles(root: Path, **names: object) -> None:
    cache = {key.replace("_", " "): value for key, value in names.items()}
    (root / "Local State").write_text(json.dumps({"profile": {"info_cache": cache}}))


def test_chromium_profiles_by_name(linux: Any, chrome: Path) -> None:
    found = find_profiles(BY_ID["chrome"], linux.place)
    assert [profile.folder.name for profile in found] == ["Default", "Profile 1", "Profile 2", "user-abc"]
    assert [profile.label for profile in found][:2] == ["Chrome Default", "Chrome Profile 1"]
    assert {profile.root for profile in found} == {chrome}
    assert {(profile.browser, profile.family) for profile in found} == {("chrome", "chromium")}


def test_friendly_names(linux: Any, chrome: Path) -> None:
    name_profiles(
        chrome,
        Default={"name": "Person 1", "is_using_default_name": True},
        Profile_1={"name": "  Work\u0007 \n"},
        Profile_2={"name": "user@example.com"},
    )
    assert labels("chrome", linux.place) == ["Chrome Default", "Chrome Work", "Chrome Profile 2", "Chrome user-abc"]


def test_equal_names_are_told_apart(linux: Any, chrome: Path) -> None:
    name_profiles(chrome, Default={"name": "Work"}, Profile_1={"name": "Work"})
    assert labels("chrome", linux.place)[:2] == ["Chrome Work (Default)", "Chrome Work (Profile 1)"]
    (linux.place.home / ".var/app/com.google.Chrome/config/google-chrome/user-abc").mkdir(parents=True)
    assert labels("chrome", linux.place)[-2:] == ["Chrome user-abc", "Chrome user-abc (Flatpak)"]


@pytest.mark.parametrize(
    "state", ["", "[]", '{"profile": []}', '{"profile": {"info_cache": {"Default": "x"}}}', "{" * 50_000, "\udcff"]
)
def test_a_broken_list_of_names(linux: Any, chrome: Path, state: str) -> None:
    (chrome / "Local State").write_bytes(state.encode("utf-8", "surrogateescape"))
    assert labels("chrome", linux.place)[0] == "Chrome Default"


def test_clean_name() -> None:
    assert clean_name("x" * 100) == "x" * 40
    assert clean_name(5) == ""


def test_ids_stay_and_are_distinct(linux: Any, chrome: Path, tmp_path: Path) -> None:
    before = [profile.id for profile in find_profiles(BY_ID["chrome"], linux.place)]
    assert len(set(before)) == 4
    assert all(one.startswith("chrome:") and len(one) == 19 for one in before)
    shutil.move(linux.place.home, tmp_path / "moved")
    after = [profile.id for profile in find_profiles(BY_ID["chrome"], Place("linux", tmp_path / "moved"))]
    assert after == before


def test_the_number_of_profiles_is_bounded(linux: Any, chrome: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles_module, "MOST_PROFILES", 2)
    assert labels("chrome", linux.place) == ["Chrome Default", "Chrome Profile 1"]


def test_opera_in_its_root_and_in_default(linux: Any) -> None:
    root = linux.place.home / ".config/opera"
    linux.write_chromium(root / "Cookies", [])
    (root / "Default").mkdir()
    found = find_profiles(BY_ID["opera"], linux.place)
    assert [profile.folder for profile in found] == [root, root / "Default"]
    assert [profile.label for profile in found] == ["Opera Default (old folder)", "Opera Default"]
    (root / "Cookies").unlink()
    assert labels("opera", linux.place) == ["Opera Default"]


def test_cookie_files_of_chromium(linux: Any, chrome: Path) -> None:
    profile = find_profiles(BY_ID["chrome"], linux.place)[0]
    assert cookie_files(profile) == ()
    old, new = chrome / "Default/Cookies", chrome / "Default/Network/Cookies"
    linux.write_chromium(old, [])
    linux.write_chromium(new, [])
    assert cookie_files(profile) == (new, old)


@pytest.fixture
def firefox(linux: Any) -> Callable[..., Path]:
    """Makes a Firefox profile."""

    def make(name: str, root: str = ".mozilla/firefox", *, remoting: str = "", where: str = "LastAppDir") -> Path:
        folder: Path = linux.place.home / root / name
        linux.write_firefox(folder / "cookies.sqlite", [])
        if remoting:
            application = linux.place.home / "opt" / remoting
            (application / "browser").mkdir(parents=True, exist_ok=True)
            (application / "application.ini").write_text(f"[App]\nName=Firefox\nRemotingName={remoting}\n")
            last = application / "browser" if where == "LastAppDir" else application
            (folder / "compatibility.ini").write_text(f"[Compatibility]\n{where}={last}\n")
        return folder

    return make


def test_firefox_profiles_in_order(linux: Any, firefox: Callable[..., Path]) -> None:
    for name in ("zzz.Work", "bbb.default", "aaa.Play", "ccc.default-release", "ddd.default-esr"):
        firefox(name)
    (linux.place.home / ".mozilla/firefox/eee.empty").mkdir()
    assert labels("firefox", linux.place) == [
        "Firefox default-release",
        "Firefox default",
        "Firefox default-esr",
        "Firefox Play",
        "Firefox Work",
    ]


def test_profiles_ini_names_and_leads_elsewhere(linux: Any, firefox: Callable[..., Path], tmp_path: Path) -> None:
    firefox("abc.default-release")
    linux.write_firefox(tmp_path / "disk/outside/cookies.sqlite", [])
    linux.write_firefox(tmp_path / "disk/by-install/cookies.sqlite", [])
    ini = linux.place.home / ".mozilla/firefox/profiles.ini"
    ini.write_text(
        f"[Install4F96D1932A9F858E]\nDefault={tmp_path}/disk/by-install\nLocked=1\n\n"
        "[Profile1]\nName=Main 100%\nIsRelative=1\nPath=abc.default-release\n\n"
        f"[Profile0]\nName=Outside\nIsRelative=0\nPath={tmp_path}/disk/outside\nDefault=1\n\n"
        "[Profile2]\nName=Gone\nIsRelative=1\nPath=gone\n\n[Profile3]\nIsRelative=0\nPath=relative\n\n[General]\nVersion=2\n"
    )
    found = find_profiles(BY_ID["firefox"], linux.place)
    assert [(profile.folder.name, profile.label) for profile in found] == [
        ("abc.default-release", "Firefox Main 100%"),
        ("by-install", "Firefox by-install"),
        ("outside", "Firefox Outside"),
    ]


def test_profiles_ini_beside_the_folder_of_profiles(macos: Any) -> None:
    support = macos.place.home / "Library/Application Support/Firefox"
    macos.write_firefox(support / "Profiles/abc.default-release/cookies.sqlite", [])
    (support / "profiles.ini").write_text("[Profile0]\nName=Home\nIsRelative=1\nPath=Profiles/abc.default-release\n")
    assert labels("firefox", macos.place) == ["Firefox Home"]


@pytest.mark.parametrize("text", ["no section\n", "[Profile0\nPath=x", "\udcff", "[Profile0]\n", "[Profile0]\nPath=\n"])
def test_a_broken_profiles_ini(linux: Any, firefox: Callable[..., Path], text: str) -> None:
    folder = firefox("abc.default")
    (folder.parent / "profiles.ini").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert labels("firefox", linux.place) == ["Firefox default"]


@pytest.mark.parametrize("where", ["LastAppDir", "LastPlatformDir"])
@pytest.mark.parametrize(
    ("remoting", "owner"),
    [
        ("firefox", "firefox"),
        ("firefox-esr", "firefox"),
        ("firefox-beta", "firefox-beta"),
        ("firefox-dev", "firefox-dev"),
        ("firefox-nightly", "firefox-nightly"),
        ("", "firefox"),
    ],
)
def test_channels_own_their_profiles(
    linux: Any, firefox: Callable[..., Path], remoting: str, owner: str, where: str
) -> None:
    firefox("abc.default", remoting=remoting, where=where)
    channels = ("firefox", "firefox-beta", "firefox-dev", "firefox-nightly")
    assert [name for name in channels if find_profiles(BY_ID[name], linux.place)] == [owner]


def test_an_application_that_is_gone_leaves_its_profile_to_firefox(linux: Any, firefox: Callable[..., Path]) -> None:
    folder = firefox("abc.default")
    for value in ("/no/such/place", "relative", ""):
        (folder / "compatibility.ini").write_text(f"[Compatibility]\nLastAppDir={value}\n")
        assert labels("firefox", linux.place) == ["Firefox default"]


def test_relatives_own_all_their_profiles(linux: Any, firefox: Callable[..., Path]) -> None:
    firefox("abc.Default (release)", ".zen", remoting="zen")
    firefox("abc.default-default", ".librewolf")
    assert labels("zen", linux.place) == ["Zen Default (release)"]
    assert labels("librewolf", linux.place) == ["LibreWolf default-default"]


def test_cookie_files_of_firefox(linux: Any, firefox: Callable[..., Path]) -> None:
    folder = firefox("abc.default")
    (profile,) = find_profiles(BY_ID["firefox"], linux.place)
    assert cookie_files(profile) == (folder / "cookies.sqlite",)
    (folder / "cookies.sqlite").unlink()
    assert cookie_files(profile) == ()


def test_safari(macos: Any) -> None:
    library = macos.place.home / "Library"
    container = library / "Containers/com.apple.Safari/Data/Library"
    assert find_profiles(BY_ID["safari"], macos.place) == ()
    library.mkdir()
    (usual,) = find_profiles(BY_ID["safari"], macos.place)
    assert (usual.label, usual.folder) == ("Safari", container)
    assert cookie_files(usual) == (
        library / "Cookies/Cookies.binarycookies",
        container / "Cookies/Cookies.binarycookies",
    )

    stores = [
        container / "WebKit/WebsiteDataStore/1111aaaa-22",
        library / "WebKit/WebsiteDataStore/3333bbbb-44",
    ]
    for store in stores:
        (store / "Cookies").mkdir(parents=True)
        (store / "Cookies/Cookies.binarycookies").touch()
    (stores[0] / "LocalStorage/deep/deeper/deepest").mkdir(parents=True)
    (stores[0] / "LocalStorage/deep/deeper/deepest/Cookies.binarycookies").touch()
    found = find_profiles(BY_ID["safari"], macos.place)
    assert [profile.label for profile in found] == ["Safari", "Safari profile 1111aaaa", "Safari profile 3333bbbb"]
    assert [cookie_files(profile) for profile in found[1:]] == [
        (store / "Cookies/Cookies.binarycookies",) for store in stores
    ]


def test_profiles_that_may_not_be_looked_at(linux: Any, chrome: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> object:
        raise PermissionError(1, "Operation not permitted")

    profile: BrowserProfile = find_profiles(BY_ID["chrome"], linux.place)[0]
    monkeypatch.setattr(Path, "exists", refuse)
    monkeypatch.setattr(Path, "is_dir", refuse)
    assert cookie_files(profile) == ()
    assert find_profiles(BY_ID["chrome"], linux.place) == ()
