"""Certificate authorities for servers that stand in for real hosts."""

from __future__ import annotations

import ssl
from functools import cache
from typing import TYPE_CHECKING

import pytest
import trustme

if TYPE_CHECKING:
    from pathlib import Path


class Authority:
    """A certificate authority; `context_for` gives the certificate of a host, `path` is the file to trust it by."""

    def __init__(self, path: Path) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(path))
        self.path = path

        @cache
        def context_for(host: str) -> ssl.SSLContext:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(host).configure_cert(context)
            return context

        self.context_for = context_for


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that command and app are told to trust."""
    return Authority(tmp_path_factory.mktemp("tls") / "authority.pem")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority nobody trusts."""
    return Authority(tmp_path_factory.mktemp("tls") / "stranger.pem")
