"""Which certificates are trusted."""

from __future__ import annotations

import hashlib
import os
import ssl
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509

from codexbar_qt.adapters import http_tls
from codexbar_qt.adapters.http_tls import build_tls_context
from codexbar_qt.provider_api import InvalidSetting

if TYPE_CHECKING:
    from pathlib import Path


def handshake(client: ssl.SSLContext, server: ssl.SSLContext) -> str | None:
    """Connect both in memory and return the TLS version; raises ssl.SSLError."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname="a.test")
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(5):
        for side in (ours, theirs):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return ours.version()


def der(tag: int, content: bytes) -> bytes:
    """One short DER value."""
    assert len(content) < 128
    return bytes([tag, len(content)]) + content


def rehash(pem: bytes, folder: Path) -> str:
    """Store a certificate as `openssl rehash` does: under the hash of its subject in canonical form."""
    names = b""
    for attribute in x509.load_pem_x509_certificate(pem).subject:
        kind = attribute.oid.dotted_string.split(".")
        oid = bytes([int(kind[0]) * 40 + int(kind[1]), *map(int, kind[2:])])
        text = " ".join(str(attribute.value).lower().split()).encode()
        names += der(0x31, der(0x30, der(0x06, oid) + der(0x0C, text)))
    digest = hashlib.sha1(names, usedforsecurity=False).digest()
    folder.mkdir()
    (folder / f"{int.from_bytes(digest[:4], 'little'):08x}.0").write_bytes(pem)
    return str(folder)


def test_a_file(authority: Any) -> None:
    context = build_tls_context(str(authority.path), None)
    assert handshake(context, authority.context_for("a.test")) == "TLSv1.3"
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_the_name_is_checked(authority: Any) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(build_tls_context(str(authority.path), None), authority.context_for("b.test"))


def test_a_named_file_replaces_the_systems_store(authority: Any, stranger: Any) -> None:
    context = build_tls_context(str(authority.path), None)
    assert len(context.get_ca_certs()) == 1
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(context, stranger.context_for("a.test"))


def test_a_directory(authority: Any, stranger: Any, tmp_path: Path) -> None:
    folder = rehash(authority.path.read_bytes(), tmp_path / "certs")
    joined = os.pathsep.join([str(tmp_path / "missing"), folder])
    for cert_dir in (folder, joined):
        context = build_tls_context(None, cert_dir)
        assert handshake(context, authority.context_for("a.test"))
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(context, stranger.context_for("a.test"))


def test_a_file_and_a_directory(authority: Any, stranger: Any, tmp_path: Path) -> None:
    context = build_tls_context(str(authority.path), rehash(stranger.path.read_bytes(), tmp_path / "certs"))
    assert handshake(context, authority.context_for("a.test"))
    assert handshake(context, stranger.context_for("a.test"))


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\xff\xfe"])
def test_an_unreadable_file_is_said(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bundle.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidSetting) as caught:
        build_tls_context(str(path), None)
    told = "The certificates named by SSL_CERT_FILE cannot be read. Correct the variable or remove it."
    assert caught.value.message == told


def test_a_missing_directory_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="named by SSL_CERT_DIR cannot be read"):
        build_tls_context(None, str(tmp_path / "missing"))


def test_the_systems_store(authority: Any) -> None:
    context = build_tls_context(None, None)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    with pytest.raises(ssl.SSLError):
        handshake(context, authority.context_for("a.test"))


@pytest.mark.skipif(http_tls.IN_THE_SYSTEM, reason="certificates are not in files on this system")
def test_a_bundle_is_found_where_openssl_does_not_look(
    authority: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))  # what the compiled-in default is elsewhere
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "nothing"))
    monkeypatch.setattr(http_tls, "BUNDLES", (str(tmp_path / "neither.pem"), str(authority.path)))
    assert handshake(build_tls_context(None, None), authority.context_for("a.test"))
