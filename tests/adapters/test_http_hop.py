"""What is sent where, and what redirects make of it."""

from __future__ import annotations

import pytest

from codexbar_qt.adapters.http_hop import Hop, first_hop, next_hop, origin_of
from codexbar_qt.provider_api import HttpRequest, InvalidSetting, RequestRefused, Secret

KEY = Secret("test-key-1")


def hop(method: str = "GET", url: str = "https://a.test/x", body: bytes | None = None) -> Hop:
    headers: dict[str, str | Secret] = {
        "Authorization": "plain-1",
        "X-Token": KEY,
        "cookie": "c=1",
        "X-API-Key": "plain-2",
        "Proxy-Authorization": "plain-3",
        "Host": "a.test",
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    return Hop(method, url, origin_of(url), headers, body)


@pytest.mark.parametrize(
    ("status", "method", "expected", "body_kept"),
    [
        (301, "POST", "GET", False),
        (302, "POST", "GET", False),
        (303, "POST", "GET", False),
        (307, "POST", "POST", True),
        (308, "POST", "POST", True),
        (301, "PUT", "PUT", True),
        (302, "DELETE", "DELETE", True),
        (303, "PUT", "GET", False),
        (303, "HEAD", "HEAD", False),
        (301, "HEAD", "HEAD", True),
    ],
)
def test_method_rules(status: int, method: str, expected: str, body_kept: bool) -> None:
    onward = next_hop(hop(method, body=b"{}"), status, "/y", "Acme")
    assert onward is not None
    assert (onward.method, onward.url) == (expected, "https://a.test/y")
    assert onward.body == (b"{}" if body_kept else None)
    assert ("Content-Type" in onward.headers) is body_kept
    assert onward.headers["X-Token"] is KEY


@pytest.mark.parametrize("location", ["https://b.test/", "https://a.test:8443/", "//sub.a.test/y"])
def test_another_origin_gets_nothing_that_identifies(location: str) -> None:
    onward = next_hop(hop(), 302, location, "Acme")
    assert onward is not None
    assert set(onward.headers) == {"Accept", "Content-Type"}


def test_another_scheme_is_another_origin() -> None:
    onward = next_hop(hop(url="http://a.test/x"), 301, "https://a.test/x", "Acme")
    assert onward is not None
    assert "X-Token" not in onward.headers


def test_the_default_port_is_the_same_origin() -> None:
    onward = next_hop(hop(), 302, "https://A.test:443/y", "Acme")
    assert onward is not None
    assert onward.headers["X-Token"] is KEY


@pytest.mark.parametrize(
    ("sent", "status", "location", "told"),
    [
        (hop("POST", body=b"{}"), 307, "https://b.test/", "to another address; nothing was sent there."),
        (hop("POST", body=b"{}"), 308, "https://b.test/", "to another address; nothing was sent there."),
        (hop("PUT", body=b"{}"), 301, "https://b.test/", "to another address; nothing was sent there."),
        (hop(), 302, "http://a.test/", "to an address without encryption; nothing was sent there."),
        (hop(), 302, "ftp://a.test/", "to an address that cannot be used; nothing was sent there."),
        (hop(), 302, "javascript:alert(1)", "to an address that cannot be used; nothing was sent there."),
        (hop(), 302, "https://me:pw-1@b.test/", "to an address that cannot be used; nothing was sent there."),
        (hop(), 302, "https://b.test:99999/", "to an address that cannot be used; nothing was sent there."),
        (hop(), 302, "https://[::1/", "to an address that cannot be used; nothing was sent there."),
    ],
)
def test_refused(sent: Hop, status: int, location: str, told: str) -> None:
    with pytest.raises(RequestRefused) as caught:
        next_hop(sent, status, location, "Acme")
    assert caught.value.message == f"Acme answered with a redirect {told}"
    assert caught.value.status == status


@pytest.mark.parametrize(("status", "location"), [(200, "/y"), (304, "/y"), (300, "/y"), (302, "")])
def test_final_answers(status: int, location: str) -> None:
    assert next_hop(hop(), status, location, "Acme") is None


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("?a=b", "https://a.test/x?a=b"),
        ("/ü y#part", "https://a.test/%C3%BC%20y"),
        ("/\udcff", "https://a.test/%FF"),
        ("/already%20quoted", "https://a.test/already%20quoted"),
    ],
)
def test_locations_are_made_sendable(location: str, url: str) -> None:
    onward = next_hop(hop(), 302, location, "Acme")
    assert onward is not None
    assert onward.url == url


@pytest.mark.parametrize(
    "url",
    ["", "a.test", "ftp://a.test/", "https://", "https:///x", "https://me:pw-1@a.test/", "https://a.test:0x/", "file:///x",
     "https://a.test/a b", "https://a.test/\r\nX: y", "https://a.test\\@b.test/", "https://a.test:70000/"],
)  # fmt: skip
def test_unusable_addresses(url: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        first_hop(HttpRequest("GET", url, "Acme"), "CodexBar/0")
    assert caught.value.message == "The address for Acme cannot be used. Check it in Settings."


@pytest.mark.parametrize("method", ["", "GE T", "GET\r\n"])
def test_unusable_methods(method: str) -> None:
    with pytest.raises(InvalidSetting):
        first_hop(HttpRequest(method, "https://a.test/", "Acme"), "CodexBar/0")


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": Secret("test-key-1\r\nX: y")},
        {"X": "test-key-1\x00"},
        {"X: y": "test-key-1"},
        {"": "test-key-1"},
    ],
)
def test_unsendable_headers(headers: dict[str, str | Secret]) -> None:
    with pytest.raises(InvalidSetting) as caught:
        first_hop(HttpRequest("GET", "https://a.test/", "Acme", headers), "CodexBar/0")
    assert "test-key-1" not in caught.value.message


def test_own_names_win_whatever_their_case() -> None:
    request = HttpRequest(
        "GET", "https://a.test/#part", "Acme", {"user-agent": "Tool/1", "ACCEPT-ENCODING": "identity"}
    )
    made = first_hop(request, "CodexBar/0")
    assert dict(made.headers) == {"user-agent": "Tool/1", "ACCEPT-ENCODING": "identity"}
    assert made.url == "https://a.test/"
    plain = first_hop(HttpRequest("GET", "https://a.test/", "Acme"), "CodexBar/0")
    assert dict(plain.headers) == {"User-Agent": "CodexBar/0", "Accept-Encoding": "gzip, deflate, br"}


@pytest.mark.parametrize("headers", [{"X-Any": KEY}, {"Authorization": "plain-1"}])
def test_credentials_never_go_out_unencrypted(headers: dict[str, str | Secret]) -> None:
    with pytest.raises(InvalidSetting) as caught:
        first_hop(HttpRequest("GET", "http://a.test/x", "Acme", headers), "Agent/1")
    assert "test-key-1" not in caught.value.message
    for url in ("http://localhost:8080/x", "http://127.0.0.1/x", "http://[::1]/x", "https://a.test/x"):
        assert first_hop(HttpRequest("GET", url, "Acme", headers), "Agent/1").url == url
    assert first_hop(HttpRequest("GET", "http://a.test/x", "Acme", {"Accept": "x"}), "Agent/1").headers["Accept"] == "x"
