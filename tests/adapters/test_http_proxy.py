"""Which proxy a request goes through."""

from __future__ import annotations

import urllib.request

import pytest

from codexbar_qt.adapters.http_hop import origin_of
from codexbar_qt.adapters.http_proxy import environment_proxy, is_bypassed, names_a_proxy, parse_proxy, system_proxy
from codexbar_qt.provider_api import InvalidSetting


@pytest.mark.parametrize(
    ("url", "no_proxy", "direct"),
    [
        ("https://api.example.com/", "", False),
        ("https://api.example.com/", "*", True),
        ("https://api.example.com/", "other.test, *", True),
        ("https://api.example.com/", "api.example.com", True),
        ("https://api.example.com/", "API.Example.COM", True),
        ("https://api.example.com./", "api.example.com", True),
        ("https://api.example.com/", "example.com", True),
        ("https://api.example.com/", ".example.com", True),
        ("https://example.com/", ".example.com", True),
        ("https://api.example.com/", "*.example.com", True),
        ("https://notexample.com/", "example.com", False),
        ("https://notexample.com/", ".example.com", False),
        ("https://example.com.evil.test/", "example.com", False),
        ("https://api.example.com/", "other.test example.com", True),
        ("https://api.example.com/", "other.test,,example.com,", True),
        ("https://api.example.com/", "example.com:443", True),
        ("http://api.example.com/", "example.com:443", False),
        ("https://api.example.com:8443/", "example.com:8443", True),
        ("https://api.example.com/", "example.com:8443", False),
        ("https://api.example.com/", ".", False),
        ("https://10.1.2.3/", "10.0.0.0/8", True),
        ("https://11.1.2.3/", "10.0.0.0/8", False),
        ("https://10.1.2.3/", "10.1.2.3", True),
        ("https://10.1.2.3/", "10.1.2.3:443", True),
        ("https://10.1.2.3/", "10.1.2.3:80", False),
        ("https://10.1.2.3/", "2.3", False),
        ("https://ten.example/", "10.0.0.0/8", False),
        ("https://10.1.2.3/", "10.0.0.0/99", False),
        ("https://[fd00::5]/", "fd00::/8", True),
        ("https://[fd00::5]/", "fd00::5", True),
        ("https://[fd00::5]/", "[fd00::5]", True),
        ("https://[fd00::5]:8443/", "[fd00::5]:8443", True),
        ("https://[fd00::5]/", "[fd00::5]:8443", False),
        ("http://localhost:8080/", "", True),
        ("http://LOCALHOST/", "", True),
        ("http://model.localhost/", "", True),
        ("http://127.0.0.1:11434/", "", True),
        ("http://127.8.8.8/", "", True),
        ("http://[::1]:1/", "", True),
        ("http://[::ffff:127.0.0.1]/", "", True),
        ("http://localhost.example.com/", "", False),
    ],
)
def test_no_proxy_table(url: str, no_proxy: str, direct: bool) -> None:
    assert is_bypassed(origin_of(url), no_proxy) is direct


@pytest.mark.parametrize(
    ("url", "env", "expected"),
    [
        ("https://a.test/", {}, None),
        ("https://a.test/", {"HTTPS_PROXY": "http://p.test:3128"}, "http://p.test:3128"),
        ("https://a.test/", {"HTTP_PROXY": "http://p.test:3128"}, None),
        ("http://a.test/", {"HTTP_PROXY": "http://p.test:3128"}, "http://p.test:3128"),
        ("https://a.test/", {"ALL_PROXY": "http://all.test:1"}, "http://all.test:1"),
        ("http://a.test/", {"all_proxy": "http://all.test:1"}, "http://all.test:1"),
        ("https://a.test/", {"ALL_PROXY": "http://all.test:1", "HTTPS_PROXY": "http://p.test:2"}, "http://p.test:2"),
        (
            "https://a.test/",
            {"https_proxy": "http://low.test:1", "HTTPS_PROXY": "http://up.test:2"},
            "http://low.test:1",
        ),
        ("https://a.test/", {"HTTPS_PROXY": "p.test:3128"}, "http://p.test:3128"),
        ("https://a.test/", {"HTTPS_PROXY": "p.test"}, "http://p.test:80"),
        ("https://a.test/", {"HTTPS_PROXY": "http://[fd00::1]:3128/"}, "http://[fd00::1]:3128"),
        ("https://a.test/", {"HTTPS_PROXY": "p.test:1", "NO_PROXY": "a.test"}, None),
        ("https://a.test/", {"HTTPS_PROXY": "p.test:1", "no_proxy": "b.test", "NO_PROXY": "a.test"}, "http://p.test:1"),
        ("https://a.test/", {"HTTPS_PROXY": "socks5://p.test:1", "NO_PROXY": "a.test"}, None),
        ("https://localhost:1/", {"HTTPS_PROXY": "p.test:1"}, None),
    ],
)
def test_environment(url: str, env: dict[str, str], expected: str | None) -> None:
    proxy = environment_proxy(origin_of(url), env.get)
    assert (proxy.url if proxy else None) == expected


@pytest.mark.parametrize("value", ["socks5://user:pw-1@p.test:1", "https://p.test", "http://", "http://p.test:port"])
def test_an_unusable_proxy_is_said_and_not_shown(value: str) -> None:
    with pytest.raises(InvalidSetting, match="The proxy in HTTPS_PROXY cannot be used") as caught:
        environment_proxy(origin_of("https://a.test/"), {"HTTPS_PROXY": value}.get)
    assert "p.test" not in caught.value.message
    assert "pw-1" not in caught.value.message


def test_login_is_decoded_and_masked() -> None:
    proxy = parse_proxy("http://user%40corp:p%3Aw-1@p.test:3128", "HTTP_PROXY")
    assert (proxy.user, proxy.password.reveal()) == ("user@corp", "p:w-1")
    assert "p:w-1" not in repr(proxy)
    assert proxy.url == "http://p.test:3128"


def test_any_variable_puts_system_settings_out_of_force() -> None:
    assert not names_a_proxy({"PATH": "/bin"}.get)
    assert names_a_proxy({"NO_PROXY": "a.test"}.get)
    assert names_a_proxy({"https_proxy": "p.test"}.get)


def test_system_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urllib.request, "getproxies", lambda: {"https": "http://sys.test:8080"})
    monkeypatch.setattr(urllib.request, "proxy_bypass", lambda host: host == "inside.test")
    found = system_proxy(origin_of("https://a.test/"))
    assert found is not None
    assert found.url == "http://sys.test:8080"
    assert system_proxy(origin_of("http://a.test/")) is None
    assert system_proxy(origin_of("https://inside.test/")) is None
    assert system_proxy(origin_of("https://localhost/")) is None
