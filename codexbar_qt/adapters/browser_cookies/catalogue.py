"""The browsers as data: where they keep profiles on each system and under which names they keep their keys.

Roots are patterns below a base: `C/` $XDG_CONFIG_HOME (for Chromium's family also $CHROME_CONFIG_HOME), `L/`
Application Support or %LOCALAPPDATA%, `R/` %APPDATA%, `~/` home. Of alternatives separated by `|` the
first that exists counts. Source: the browsers' own documentation and packages; "unconfirmed" ones are marked.
"""

from __future__ import annotations

from codexbar_qt.adapters.browser_cookies.browser import Browser, KeychainItem


def _item(name: str, account: str = "") -> KeychainItem:
    return KeychainItem(f"{name} Safe Storage", account or name)


_CHROME = _item("Chrome")
_HELIUM = KeychainItem("Helium Storage Key", "Helium")
_ATLAS = (_item("ChatGPT Atlas"), KeychainItem("ChatGPT Atlas Safe Storage", "com.openai.atlas"))
ALL_KEYCHAIN_ITEMS = (
    _CHROME,
    *(
        _item(name)
        for name in ("Chromium", "Brave", "Microsoft Edge", "Arc", "Vivaldi", "Opera", "Dia", "Yandex", "Comet")
    ),
    *_ATLAS,
    _HELIUM,
)
"""Every item known. Beta and Canary channels have none of their own and try all, that of their own brand first."""


def _own_first(name: str) -> tuple[KeychainItem, ...]:
    own = _item(name)
    return (own, *(item for item in ALL_KEYCHAIN_ITEMS if item != own))


def _google(channel: str, mac: str, windows: str, linux: tuple[str, ...], bundle_id: str) -> Browser:
    name = f"Chrome {channel}".strip()
    return Browser(
        id=name.lower().replace(" ", "-"),
        label=name,
        family="chromium",
        linux=linux,
        macos=(f"L/Google/{mac}",),
        windows=(f"L/Google/{windows}/User Data",),
        keychain=_own_first("Chrome") if channel else (_CHROME,),
        applications=("chrome",),
        wallets=("Chrome",),
        bundles=(f"Google {name}.app",),
        bundle_ids=(bundle_id,),
    )


def _brave(channel: str) -> Browser:
    ending = f"-{channel}" if channel else ""
    folder = f"BraveSoftware/Brave-Browser{ending}"
    packaged = (
        f"~/snap/brave/current/.config/{folder}|~/snap/brave/*/.config/{folder}",
        f"~/.var/app/com.brave.Browser/config/{folder}",
    )
    return Browser(
        id=f"brave{ending.lower()}",
        label=f"Brave {channel}".strip(),
        family="chromium",
        linux=(f"C/{folder}", *packaged),
        macos=(f"L/{folder}",),
        windows=(f"L/{folder}/User Data",),
        keychain=_own_first("Brave") if channel else (_item("Brave"),),
        applications=("brave",),
        wallets=("Brave",),
        bundles=(f"Brave Browser {channel}".strip() + ".app",),
        bundle_ids=("com.brave.Browser" + (f".{channel.lower()}" if channel else ""),),
    )


def _edge(channel: str, windows: str, linux: tuple[str, ...]) -> Browser:
    name = f"Microsoft Edge {channel}".strip()
    return Browser(
        id=f"edge-{channel.lower()}" if channel else "edge",
        label=f"Edge {channel}".strip(),
        family="chromium",
        linux=linux,
        macos=(f"L/{name}",),
        windows=(f"L/Microsoft/{windows}/User Data",),
        keychain=_own_first("Microsoft Edge") if channel else (_item("Microsoft Edge"),),
        applications=("msedge", "chromium"),  # msedge is unconfirmed
        wallets=("Chromium", "Microsoft Edge"),
        bundles=(f"{name}.app",),
        bundle_ids=("com.microsoft.edgemac" + (f".{channel}" if channel else ""),),
    )


def _arc(channel: str) -> Browser:
    name = f"Arc {channel}".strip()
    return Browser(
        id=name.lower().replace(" ", "-"),
        label=name,
        family="chromium",
        macos=(f"L/{name}/User Data",),
        windows=() if channel else ("L/Packages/TheBrowserCompany.Arc*/LocalCache/Local/Arc/User Data",),
        keychain=_own_first("Arc") if channel else (_item("Arc"),),
        bundles=(f"{name}.app",),
        bundle_ids=("company.thebrowser.Browser",),
    )


def _opera(name: str, mac: str, linux: tuple[str, ...]) -> Browser:
    return Browser(
        id=name.lower().replace(" ", "-"),
        label=name,
        family="chromium",
        linux=linux,
        macos=(f"L/{mac}",),
        windows=(f"R/Opera Software/{name} Stable",),
        keychain=(_item("Opera"),),
        applications=("chromium",),
        wallets=("Chromium",),
        bundles=(f"{name}.app",),
        bundle_ids=(mac,),
        profile_in_root=True,
    )


def _mac_first(
    label: str, folder: str, bundle_id: str, *, keychain: tuple[KeychainItem, ...] = (), windows: tuple[str, ...] = ()
) -> Browser:
    return Browser(
        id=label.lower().replace("chatgpt ", ""),
        label=label,
        family="chromium",
        macos=(f"L/{folder}",),
        windows=windows,
        keychain=keychain or (_item(label),),
        bundles=(f"{label}.app",),
        bundle_ids=(bundle_id,),
    )


_HELIUM_BROWSER = Browser(
    id="helium",
    label="Helium",
    family="chromium",
    linux=("C/net.imput.helium",),  # unconfirmed
    macos=("L/net.imput.helium",),
    windows=("L/imput/Helium/User Data",),  # unconfirmed
    keychain=(_HELIUM,),
    applications=("chromium",),
    wallets=("Chromium",),
    bundles=("Helium.app",),
    bundle_ids=("net.imput.helium",),
)
_CHROMIUM_BROWSER = Browser(
    id="chromium",
    label="Chromium",
    family="chromium",
    linux=(
        "C/chromium",
        "~/snap/chromium/common/chromium",
        "~/.var/app/org.chromium.Chromium/config/chromium",
    ),
    macos=("L/Chromium",),
    windows=("L/Chromium/User Data",),
    keychain=(_item("Chromium"),),
    applications=("chromium",),
    wallets=("Chromium",),
    bundles=("Chromium.app",),
    bundle_ids=("org.chromium.Chromium",),
)
_VIVALDI = Browser(
    id="vivaldi",
    label="Vivaldi",
    family="chromium",
    linux=(
        "C/vivaldi",
        "C/vivaldi-snapshot",
        "~/.var/app/com.vivaldi.Vivaldi/config/vivaldi",
        "~/snap/vivaldi/current/.config/vivaldi",  # unconfirmed
    ),
    macos=("L/Vivaldi",),
    windows=("L/Vivaldi/User Data",),
    keychain=(_item("Vivaldi"),),
    applications=("chrome",),
    wallets=("Chrome",),
    bundles=("Vivaldi.app",),
    bundle_ids=("com.vivaldi.Vivaldi",),
)
_YANDEX = Browser(
    id="yandex",
    label="Yandex",
    family="chromium",
    linux=("C/yandex-browser",),  # unconfirmed
    macos=("L/Yandex/YandexBrowser",),
    windows=("L/Yandex/YandexBrowser/User Data",),  # unconfirmed
    keychain=(_item("Yandex"),),
    applications=("chromium",),
    wallets=("Chromium", "Yandex"),
    bundles=("Yandex.app",),
    bundle_ids=("ru.yandex.desktop.yandex-browser",),
)


def _firefox(ending: str, label: str, bundle: str, bundle_id: str, remoting: tuple[str, ...]) -> Browser:
    """A channel. All share one set of roots; which one owns a profile is asked of the profile itself."""
    return Browser(
        id=f"firefox{ending}",
        label=label,
        family="firefox",
        linux=(
            "C/mozilla/firefox",
            "~/.mozilla/firefox",
            "~/.var/app/org.mozilla.firefox/config/mozilla/firefox",
            "~/.var/app/org.mozilla.firefox/.mozilla/firefox",
            "~/snap/firefox/common/.mozilla/firefox",
        ),
        macos=("L/Firefox/Profiles",),
        windows=(
            "R/Mozilla/Firefox/Profiles",
            "L/Packages/Mozilla.Firefox*_*/LocalCache/Roaming/Mozilla/Firefox/Profiles",
        ),
        bundles=(bundle,),
        bundle_ids=(bundle_id,),
        remoting=remoting,
    )


_ZEN = Browser(
    id="zen",
    label="Zen",
    family="firefox",
    linux=("~/.zen", "C/zen", "~/.var/app/app.zen_browser.zen/.zen"),  # the last two unconfirmed
    macos=("L/zen/Profiles",),
    windows=("R/zen/Profiles",),
    bundles=("Zen.app", "Zen Browser.app"),
    bundle_ids=("app.zen-browser.zen",),
)
_LIBREWOLF = Browser(
    id="librewolf",
    label="LibreWolf",
    family="firefox",
    linux=(
        "~/.librewolf",
        "C/librewolf/librewolf",  # unconfirmed
        "~/snap/librewolf/common/.librewolf",
        "~/.var/app/io.gitlab.librewolf-community/.librewolf",  # unconfirmed
    ),
    macos=("L/librewolf/Profiles",),
    windows=("R/librewolf/Profiles",),
    bundles=("LibreWolf.app",),
    bundle_ids=("io.gitlab.librewolf-community", "org.mozilla.librewolf"),
)
_OPERA_LINUX = (
    "C/opera",
    "~/snap/opera/current/.config/opera|~/snap/opera/*/.config/opera",
    "~/.var/app/com.opera.Opera/config/opera",
)

BROWSERS: tuple[Browser, ...] = (
    Browser("safari", "Safari", "safari", macos=("~/Library",), bundles=("Safari.app",)),
    _google(
        "",
        "Chrome",
        "Chrome",
        ("C/google-chrome", "~/.var/app/com.google.Chrome/config/google-chrome"),
        "com.google.Chrome",
    ),
    _edge("", "Edge", ("C/microsoft-edge", "~/.var/app/com.microsoft.Edge/config/microsoft-edge")),
    _brave(""),
    _arc(""),
    _mac_first("Dia", "Dia/User Data", "company.thebrowser.dia"),
    _mac_first("ChatGPT Atlas", "com.openai.atlas/browser-data/host", "com.openai.atlas", keychain=_ATLAS),
    _CHROMIUM_BROWSER,
    _HELIUM_BROWSER,
    _VIVALDI,
    _YANDEX,
    _firefox("", "Firefox", "Firefox.app", "org.mozilla.firefox", ("firefox", "firefox-esr")),
    _firefox("-beta", "Firefox Beta", "Firefox.app", "org.mozilla.firefox", ("firefox-beta",)),
    _firefox(
        "-dev",
        "Firefox Developer Edition",
        "Firefox Developer Edition.app",
        "org.mozilla.firefoxdeveloperedition",
        ("firefox-dev",),
    ),
    _firefox("-nightly", "Firefox Nightly", "Firefox Nightly.app", "org.mozilla.nightly", ("firefox-nightly",)),
    _ZEN,
    _google("Beta", "Chrome Beta", "Chrome Beta", ("C/google-chrome-beta",), "com.google.Chrome.beta"),
    _google(
        "Canary",
        "Chrome Canary",
        "Chrome SxS",
        ("C/google-chrome-canary", "C/google-chrome-unstable"),  # the first unconfirmed
        "com.google.Chrome.canary",
    ),
    _arc("Beta"),
    _arc("Canary"),
    _brave("Beta"),
    _brave("Nightly"),
    _edge("Beta", "Edge Beta", ("C/microsoft-edge-beta",)),
    _edge("Canary", "Edge SxS", ("C/microsoft-edge-dev",)),
    _mac_first(
        "Comet",
        "Comet",
        "ai.perplexity.comet",
        windows=("L/Perplexity/Comet/User Data",),  # unconfirmed
    ),
    _opera("Opera", "com.operasoftware.Opera", _OPERA_LINUX),
    _opera("Opera GX", "com.operasoftware.OperaGX", ()),
    _LIBREWOLF,
)
"""All browsers in the default order."""

BY_ID = {browser.id: browser for browser in BROWSERS}
