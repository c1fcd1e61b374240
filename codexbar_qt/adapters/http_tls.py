"""Which certificates are trusted."""

from __future__ import annotations

import os
import ssl
import sys
from pathlib import Path

from codexbar_qt.provider_api.errors import InvalidSetting

IN_THE_SYSTEM = sys.platform in {"darwin", "win32"}
# Where systems keep their bundle when the OpenSSL this runs with looks elsewhere, as in a frozen app built on
# another distribution: Debian and Arch, Fedora, RHEL, SUSE, Alpine and BSD.
BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def build_tls_context(cert_file: str | None, cert_dir: str | None) -> ssl.SSLContext:
    """Return a verifying client context, TLS 1.2 or newer; reads files, so call it off the loop's thread.

    `cert_file` (a PEM bundle) and `cert_dir` (hashed certificates; several directories joined by the path
    separator) are the values of SSL_CERT_FILE and SSL_CERT_DIR. When one is given, only what they hold is
    trusted. Without them it is the system's store. Raises InvalidSetting when a given one cannot be read:
    falling back to the system's store would trust more than was asked for.
    """
    if cert_file or cert_dir:
        context = _named_store(cert_file, cert_dir)
    elif IN_THE_SYSTEM:
        import truststore  # only these systems keep certificates out of files

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        # truststore would read the same bundle, but anew for every connection and on the loop's thread (30 ms
        # each).
        context = _file_store()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _named_store(cert_file: str | None, cert_dir: str | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if cert_file:
        _load(context, "SSL_CERT_FILE", cafile=cert_file)
    if cert_dir:
        _load(context, "SSL_CERT_DIR", capath=cert_dir)
    return context


def _load(context: ssl.SSLContext, name: str, *, cafile: str | None = None, capath: str | None = None) -> None:
    usable = capath is None or any(Path(part).is_dir() for part in capath.split(os.pathsep))
    try:
        if usable:
            context.load_verify_locations(cafile=cafile, capath=capath)
    except (OSError, ValueError):
        usable = False
    if not usable:
        raise InvalidSetting(f"The certificates named by {name} cannot be read. Correct the variable or remove it.")


def _file_store() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    capath = ssl.get_default_verify_paths().capath
    if context.cert_store_stats()["x509_ca"] or (capath and any(Path(capath).glob("[0-9a-f]*.[0-9]"))):
        return context
    for bundle in BUNDLES:
        if Path(bundle).is_file():
            context.load_verify_locations(cafile=bundle)
            break
    return context
