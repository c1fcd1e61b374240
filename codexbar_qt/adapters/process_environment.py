"""The environment that started programs get."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codexbar_qt.provider_api import Platform

_CREDENTIAL = re.compile(
    r"(?:^|_)(?:KEYS?|KEY_ID|TOKENS?|SECRETS?|COOKIES?|COOKIE_HEADER|PASSWD|PASSPHRASE|CREDENTIALS?|AUTH|JWT|PAT)$"
    r"|(?:PASSWORD|APIKEY|AUTHTOKEN)$|_(?:PASS|PWD)$|WEBHOOK(?:_URL)?$"
)
_LOGIN_IN_URL = re.compile(r"://[^/?#\s@]*:[^/?#\s]*@")
_PATH_NAMES = frozenset({"GOOGLE_APPLICATION_CREDENTIALS"})
_TERMINAL_SIZE = frozenset({"COLUMNS", "LINES"})


def child_environment(
    environ: Mapping[str, str],
    *,
    path: str,
    home: str,
    extra: Iterable[tuple[str, str]] = (),
    platform: Platform = "linux",
) -> dict[str, str]:
    """Return a copy of `environ` for a program, with the enriched `path`, `home` and `TERM=xterm-256color`.

    Everything a program may need stays (locale, XDG_*, proxies, SSL_CERT_*, agents' sockets). What looks like a
    credential by its name is left out unless `extra` lists it: a tool that owns its login does not need the keys people
    exported for us or for other tools, might prefer them to that login, and hands them on to all it starts. So is an
    address with a password in it, unless it is a proxy's. Of our own variables only the place of the config goes along.
    COLUMNS and LINES stay behind: they describe another terminal.
    """
    kept = {name: value for name, value in environ.items() if _may_pass(name.upper(), value)}
    names = {name.upper(): name for name in kept} if platform == "windows" else {}
    settings = {"PATH": path, "TERM": "xterm-256color", **({} if platform == "windows" else {"HOME": home})}
    for name, value in (*settings.items(), *extra):
        kept[names.get(name.upper(), name)] = value
    return kept


def _may_pass(name: str, value: str) -> bool:
    if name.startswith("CODEXBAR_"):
        return name == "CODEXBAR_CONFIG"
    if name in _TERMINAL_SIZE:
        return False
    if name in _PATH_NAMES or name.endswith("_PROXY"):
        return True
    return not _CREDENTIAL.search(name) and not _LOGIN_IN_URL.search(value)
