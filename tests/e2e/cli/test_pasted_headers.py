"""Pasted headers of all web providers at once, and the log of the proxy: no cookie comes to a host of somebody else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from codexbar_qt.provider_testing import Case, parse_case
from codexbar_qt.provider_testing.loopback_proxy import LoopbackProxy, ProxyAnswer, ProxyRequest
from tests.e2e.cli import case_world
from tests.e2e.cli.case_reading import compare

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.e2e
FOLDER = Path(__file__).parents[2] / "providers"
PASTED = {
    "amp": ("web_pasted_curl", "ampcode.com"),
    "augment": ("web_good", "app.augmentcode.com"),
    "factory": ("manual_cookie", "factory.ai"),
    "kimi": ("web_paste_curl", "kimi.com"),
    "minimax": ("manual_double_quoted", "minimax.io"),
    "ollama": ("manual_curl", "ollama.com"),
    "opencode": ("manual_only_auth_cookies", "opencode.ai"),
}
OWN_HEADERS = frozenset({"user-agent", "r-timezone"})
TOLD = ("used_percent", "login_method")
TAKER = "taker.example.net"
_VALUE = re.compile(r"test-[a-z]+(?:-[a-z]+)*-\d")


def pasted(provider: str) -> Case:
    """The case, with values in its header that no other provider has."""
    name, _ = PASTED[provider]
    text = (FOLDER / provider / f"{name}.json").read_text(encoding="utf-8")
    header = json.loads(text)["config"]["cookieHeader"]
    for value in sorted(set(_VALUE.findall(header))):
        text = re.sub(rf"{re.escape(value)}(?![0-9A-Za-z-])", f"{value}-{provider}", text)
    return parse_case(name, text)


def strayed(requests: Iterable[ProxyRequest]) -> list[str]:
    """Say whose values came to whom, where that is somebody else."""
    told: list[str] = []
    for request in requests:
        host = urlsplit(request.url).hostname or ""
        text = "\n".join([request.url, *request.headers.values(), request.body.decode("utf-8", "replace")])
        for provider, (_, home) in PASTED.items():
            owns = host == home or host.endswith(f".{home}")
            if not owns and re.search(rf"test-[a-z0-9-]*\d-{provider}\b", text):
                told.append(f"{provider} to {host}")
    return told


@pytest.fixture
def cases(home: Path) -> dict[str, Case]:
    """The cases by provider; all of them stand in the config of the command."""
    made = {provider: pasted(provider) for provider in PASTED}
    entries = [case_world.config_entry(provider, case) for provider, case in made.items()]
    (home / "config.json").write_text(json.dumps({"version": 1, "providers": entries}))
    return made


def test_every_cookie_goes_home(cases: dict[str, Case], serve: Any, codexbar: Any) -> None:
    hosts, leading_there = serve(*cases.values(), ignored_headers=OWN_HEADERS)
    ended = codexbar.run("--json-only", **leading_there)
    print("", case_world.proxy_log(hosts.requests), sep="\n")
    assert (ended.returncode, ended.stderr) == (0, b"")
    elements = {element["provider"]: element for element in json.loads(ended.stdout)}
    told = [compare(elements[provider], 0, case, only=TOLD) for provider, case in cases.items()]
    assert (told, hosts.problems, hosts.unused()) == ([[]] * len(cases), [], [])
    assert strayed(hosts.requests) == []
    for provider in PASTED:  # each value is in the log, so that a stray one would have been
        assert any(f"-{provider}" in request.headers.get("cookie", "") for request in hosts.requests), provider


@pytest.mark.parametrize("status", [302, 307])
def test_no_cookie_follows_a_redirect(cases: dict[str, Case], authority: Any, codexbar: Any, status: int) -> None:
    """Every host sends to a stranger, one of them to plain http on its own name."""

    def answer(request: ProxyRequest) -> ProxyAnswer:
        address = urlsplit(request.url)
        if address.scheme == "http" or address.hostname == TAKER:
            return ProxyAnswer(200, {"Content-Type": "application/json"}, b"{}")
        target = "http://ollama.com/plain" if address.hostname == "ollama.com" else f"https://{TAKER}/taken"
        return ProxyAnswer(status, {"Location": target})

    with LoopbackProxy(answer, ssl_context_for=authority.context_for) as proxy:
        variables = {"HTTPS_PROXY": proxy.url, "HTTP_PROXY": proxy.url, "SSL_CERT_FILE": str(authority.path)}
        ended = codexbar.run("--json-only", **variables)
        requests = list(proxy.requests)
    print("", case_world.proxy_log(requests), sep="\n")
    elements = json.loads(ended.stdout)
    assert {element["provider"] for element in elements if "error" in element} == set(PASTED)
    assert strayed(requests) == []
    asked = [request for request in requests if urlsplit(request.url).hostname == TAKER]
    assert asked, "nobody followed, so nothing was shown"
    assert not [name for one in asked for name in one.headers if name in ("cookie", "authorization")]
    assert not [request.url for request in requests if request.url.startswith("http:") and "cookie" in request.headers]
    assert not re.search(rb"test-[a-z0-9-]*\d-[a-z]", ended.stdout + ended.stderr)


@pytest.mark.parametrize(
    ("request_of", "told"),
    [
        (ProxyRequest("GET", "https://www.kimi.com/", {"cookie": "a=test-session-1-kimi"}), []),
        (ProxyRequest("GET", "https://notkimi.com/", {"cookie": "a=test-session-1-kimi"}), ["kimi to notkimi.com"]),
        (ProxyRequest("GET", "https://ollama.com/?a=test-session-1-amp", {}), ["amp to ollama.com"]),
        (ProxyRequest("POST", "https://ollama.com/", {}, b"test-session-1-amp"), ["amp to ollama.com"]),
    ],
)
def test_a_stray_cookie_is_seen(request_of: ProxyRequest, told: list[str]) -> None:
    assert strayed([request_of]) == told
