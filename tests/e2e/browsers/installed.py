"""The installed `codexbar` in the home of a browser, before a proxy that is every service, and what it sent there."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import trustme

from codexbar_qt.adapters.browser_cookies.session_bus import open_session_bus
from codexbar_qt.core.cookie_cache import SERVICE
from codexbar_qt.provider_api import cookie_pairs
from codexbar_qt.provider_testing.loopback_proxy import LoopbackProxy, ProxyRequest
from tests.e2e.cli import case_world

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from codexbar_qt.provider_testing import Case, HttpAnswer
    from tests.e2e.browsers.sites import Site

COMMAND = Path(sys.executable).with_name("codexbar")
OWN_HEADERS = frozenset({"user-agent", "r-timezone", "cookie"})
"""What this machine says about itself; cookies are looked at here, one by one."""

_SECONDS = 50


@dataclass
class Services:
    """Answers of the recorded cases of sites; `requests` are what was sent there."""

    sites: Sequence[Site]
    folder: Path
    _proxy: LoopbackProxy | None = field(default=None)

    def __post_init__(self) -> None:
        authority = trustme.CA()
        self.trusted_by = self.folder / "services.pem"
        authority.cert_pem.write_to_path(str(self.trusted_by))

        def context_for(host: str) -> ssl.SSLContext:
            import ssl

            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(host).configure_cert(context)
            return context

        cases = tuple(site.case for site in self.sites)
        self._hosts = case_world.Hosts(cases, context_for, context_for, OWN_HEADERS)

    def __enter__(self) -> Self:
        self._proxy = LoopbackProxy(self._hosts.answer, ssl_context_for=self._hosts.context_for).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._proxy is not None:
            self._proxy.stop()

    @property
    def variables(self) -> dict[str, str]:
        assert self._proxy is not None
        return {"HTTPS_PROXY": self._proxy.url, "SSL_CERT_FILE": str(self.trusted_by)}

    @property
    def requests(self) -> list[ProxyRequest]:
        assert self._proxy is not None
        return self._proxy.requests

    def log(self) -> str:
        """Return what came to the proxy, for `pytest -s`."""
        return case_world.proxy_log(self.requests)

    def arguments(self, site: Site) -> list[str]:
        """Return the command line that asks for what a site's case is about."""
        return case_world.arguments(site.provider, site.case)

    def leaks(self, *outputs: bytes) -> list[str]:
        """Say whose secrets stand in what a program said."""
        return [
            site.provider
            for site in self.sites
            for value, _ in site.secrets()
            if any(value.encode() in output for output in outputs)
        ]

    def problems(self) -> list[str]:
        """Say what was asked for and should not, was not and should, and what went to somebody else."""
        found = [*self._hosts.problems, *self._hosts.unused()]
        for request in self.requests:
            found += self._strayed(request)
        for site in self.sites:
            found += [told for answer in site.case.http for told in self._lacking(site.case, answer)]
        return found

    def _strayed(self, request: ProxyRequest) -> list[str]:
        """Say which secrets of a site went to hosts that are not the provider's."""
        host = urlsplit(request.url).hostname or ""
        text = "\n".join([request.url, *(f"{name}: {value}" for name, value in request.headers.items())])
        text += request.body.decode("utf-8", "replace")
        return [
            f"a secret of {site.provider} went to {host}"
            for site in self.sites
            for value, may_get in site.secrets()
            if value in text and not may_get(host)
        ]

    def _lacking(self, case: Case, answer: HttpAnswer) -> list[str]:
        """Say which cookies of a recorded request did not come along."""
        wanted = answer.expected.headers.get("cookie")
        if not isinstance(wanted, str):
            return []
        sent = [
            cookie_pairs(one.headers.get("cookie", ""))
            for one in self.requests
            if (one.method, one.url) == (answer.method, answer.url)
        ]
        pairs = set(cookie_pairs(wanted))
        return [] if any(pairs <= set(one) for one in sent) else [f"{case.name}: cookies are missing at {answer.url}"]


@dataclass
class Installed:
    """Runs the command in a home. Its config is in a folder of its own, so that every test begins without consent."""

    home: Path
    folder: Path
    runtime: Path
    bus: str = ""

    def __post_init__(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        self.environment = {
            **kept,
            "HOME": str(self.home),
            "PATH": os.pathsep.join(("/usr/bin", "/bin")),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "CODEXBAR_CONFIG": str(self.folder / "config.json"),
        }
        if self.bus:
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.bus
            del self.environment["PYTHON_KEYRING_BACKEND"]

    def configure(self, sites: Sequence[Site]) -> None:
        entries = [case_world.config_entry(site.provider, site.case) for site in sites]
        (self.folder / "config.json").write_text(json.dumps({"version": 1, "providers": entries}))

    def allow(self, browser: str) -> None:
        """Store what `codexbar config allow-browser` stores."""
        (self.folder / "settings.json").write_text(json.dumps({f"browserAccess.{browser}": "allowed"}))

    def run(self, *arguments: str, before: Sequence[str] = (), **variables: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*before, str(COMMAND), *arguments],
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )

    def ledger(self) -> list[dict[str, Any]]:
        """Return what the app says it has read; nothing when it has read nothing."""
        file = self.folder / "cache" / "codexbar" / "access-ledger.json"
        records: list[dict[str, Any]] = json.loads(file.read_text()) if file.exists() else []
        return records

    def forget(self) -> None:
        """Remove what providers and the cache have kept in the home and its keyring."""
        if self.bus:
            import secretstorage  # exists on Linux only

            with contextlib.closing(open_session_bus(self.bus)) as connection:
                for item in secretstorage.search_items(connection, {"service": SERVICE}):
                    item.delete()
        shutil.rmtree(self.home / ".local" / "share" / "codexbar", ignore_errors=True)
