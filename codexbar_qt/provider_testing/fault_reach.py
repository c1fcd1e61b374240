"""Where the credentials of a provider may go: to the servers that got them before anything went wrong."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from codexbar_qt.provider_api import Secret
from codexbar_qt.provider_testing.fake_http import header_text
from codexbar_qt.provider_testing.leaks import named_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from codexbar_qt.provider_api import HttpRequest, Provider
    from codexbar_qt.provider_testing.case import Case

Place = tuple[str, str, int | None]
_THIS_MACHINE: Place = ("", "127.0.0.1", None)
_ISSUED = re.compile(r"(access|refresh|id|session|csrf)_?token|(api|secret)_?key|client_?secret", re.IGNORECASE)
_ON_COMMAND_LINE = re.compile(r"--?([\w-]*(?:token|secret|key))[= ]([^\s-][^\s]{5,})", re.IGNORECASE)
_SHORTEST = 6


def credentials_of(case: Case, provider: Provider) -> dict[str, str]:
    """Return the secret texts of a case with a name for each that is the same in other cases.

    Beside config, variables and files also what the recorded servers issue and what command lines carry.
    """
    found: dict[str, str] = {}
    for answer in case.http:
        try:
            found |= {text: name for name, text in _issued(json.loads(answer.body))}
        except (ValueError, RecursionError):
            continue
    for process in case.processes:
        found |= {text: f"command line {name}" for name, text in _ON_COMMAND_LINE.findall(process.command_line)}
    return {**found, **named_secrets(case, provider)}


@dataclass(eq=False)
class Reach:
    """What the requests of undisturbed runs say about where each credential belongs."""

    _usual: dict[str, set[Place]] = field(default_factory=lambda: defaultdict(set))
    _together: list[tuple[str, frozenset[Place]]] = field(default_factory=list[tuple[str, frozenset[Place]]])

    def learn(self, credentials: Mapping[str, str], requests: Sequence[HttpRequest]) -> dict[str, frozenset[Place]]:
        """Remember the places of an undisturbed run and return them by the name of the credential."""
        seen: dict[str, set[Place]] = defaultdict(set)
        for name, place, part in _sent(credentials, requests):
            seen[name].add(place)
            if part.startswith("header "):
                self._usual[part].add(place)
        for name, places in seen.items():
            self._usual[name] |= places
            self._together.append((name, frozenset(places)))
        return {name: frozenset(places) for name, places in seen.items()}

    def problems(
        self,
        credentials: Mapping[str, str],
        undisturbed: Mapping[str, frozenset[Place]],
        requests: Sequence[HttpRequest],
    ) -> list[str]:
        """Say which credential went where it does not belong.

        One that the undisturbed run of the case sent may go there, and where another case sends it beside that; one
        that it did not send may go where any case sends it; one that nobody knows (a damaged token) where any case
        sends a credential in the same header.
        """
        return [
            f"the credential {name!r} went to {place[1]} in {where}"
            for name, place, where in _sent(credentials, requests)
            if place not in self._allowed(name, undisturbed.get(name))
        ]

    @lru_cache(maxsize=1024)  # noqa: B019 - lives as long as the matrix that asks
    def _allowed(self, name: str, undisturbed: frozenset[Place] | None) -> set[Place]:
        if undisturbed is None or name.startswith("header "):
            return self._usual.get(name, set())
        allowed = set(undisturbed)
        for other, places in self._together:
            if other == name and places & undisturbed:
                allowed |= places
        return allowed


def _sent(credentials: Mapping[str, str], requests: Iterable[HttpRequest]) -> Iterator[tuple[str, Place, str]]:
    """Yield the name of every credential that a request carries, where to and in which part."""
    for request in requests:
        place = _place(request.url)
        headers = [(name.lower(), value, header_text(value)) for name, value in request.headers.items()]
        parts = [("the URL", request.url), ("the body", (request.body or b"").decode("utf-8", "replace"))]
        # Nearly every secret is in no part at all, which one search finds out.
        whole = "\n".join([text for _, text in parts] + [text for _, _, text in headers])
        carried = [(secret, name) for secret, name in credentials.items() if secret in whole]
        for header, value, text in headers:
            named = [name for secret, name in carried if secret in text]
            if not named and isinstance(value, Secret):
                named = [f"header {header}"]
            yield from ((name, place, f"header {header}") for name in named)
        yield from ((name, place, part) for part, text in parts for secret, name in carried if secret in text)


def _place(url: str) -> Place:
    parts = urlsplit(url)
    if parts.hostname == _THIS_MACHINE[1]:
        return _THIS_MACHINE  # which ports may be asked is looked at elsewhere
    return parts.scheme, parts.hostname or "", parts.port


def _issued(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in cast("dict[str, object]", value).items():
            if isinstance(item, str):
                if _ISSUED.fullmatch(key) and len(item) >= _SHORTEST:
                    yield f"issued {key}", item
            else:
                yield from _issued(item)
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _issued(item)
