"""What the sites of a tour leave in a browser: cookies and page storage, and the pages that bring it there.

Not a test module, as its neighbours without `test_` in front.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from codexbar_qt.provider_testing.loopback_proxy import ProxyAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codexbar_qt.provider_api import Cookie

YEAR = 31_536_000
STORED = "/stored"
_PAGE = """<!doctype html><title>Signed in</title><body><script>
(async () => {
  const plan = %s;
  for (const [kind, area] of [["local", localStorage], ["session", sessionStorage]])
    for (const [key, value] of plan[kind])
      if (value === null) area.removeItem(key); else area.setItem(key, value);
  if (plan.indexed.length) {
    const database = await new Promise((done, failed) => {
      const opening = indexedDB.open("site", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("values");
      opening.onsuccess = () => done(opening.result);
      opening.onerror = failed;
    });
    await new Promise((done, failed) => {
      const change = database.transaction("values", "readwrite", { durability: "strict" });
      plan.indexed.forEach((value, place) => change.objectStore("values").put(value, place));
      change.oncomplete = done;
      change.onerror = failed;
    });
  }
  let count = 0;
  if (plan.ticks) setInterval(() => {
    for (let n = 0; n < 4; n++) document.cookie = `${plan.ticks}=${++count}; Path=/; Secure; Max-Age=9999`;
    localStorage.setItem(plan.ticks, `${count}`);
  }, 20);
  if (plan.frame) await new Promise((done) => {
    const frame = document.createElement("iframe");
    window.addEventListener("message", done, { once: true });
    frame.src = plan.frame;
    document.body.append(frame);
  });
  await fetch("/stored" + location.pathname);
  if (parent !== window) parent.postMessage("stored", "*");
  else if (plan.next) location.replace(plan.next);
})();
</script>"""


@dataclass(frozen=True)
class Deposit:
    """A page of a site and what a visit leaves behind. A value None removes what stood there, in order.

    A tour leads from one page with `kind` "stop" to the next; those of kind "frame" are in the page of another, and
    those of kind "aside" are visited only by who asks for them.
    """

    host: str
    set_cookies: tuple[str, ...] = ()
    local: tuple[tuple[str, str | None], ...] = ()
    session: tuple[tuple[str, str | None], ...] = ()
    indexed: tuple[object, ...] = ()
    frame: str = ""
    path: str = "/"
    kind: Literal["stop", "frame", "aside"] = "stop"
    ticks: str = ""
    """Name of a cookie and an entry that the page writes anew all the time: the one 200 times a second."""

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}"


@dataclass
class Tour:
    """Pages that lead from one to the next; `seen` are the addresses of those that have stored what they had to."""

    deposits: Sequence[Deposit]
    seen: list[str] = field(default_factory=list)

    @property
    def start(self) -> str:
        return self.deposits[0].url

    @property
    def is_over(self) -> bool:
        return {one.url for one in self.deposits if one.kind != "aside"} <= set(self.seen)

    def answer(self, method: str, host: str, path: str) -> ProxyAnswer:
        if path.startswith(STORED):
            self.seen.append(f"https://{host}{path.removeprefix(STORED)}")
            return ProxyAnswer(204)
        for place, deposit in enumerate(self.deposits):
            if (method, host, path) == ("GET", deposit.host, deposit.path):
                return _page(deposit, self._after(place))
        return ProxyAnswer(404)

    def _after(self, place: int) -> str:
        if self.deposits[place].kind != "stop":
            return ""
        return next((one.url for one in self.deposits[place + 1 :] if one.kind == "stop"), "")


def _page(deposit: Deposit, following: str) -> ProxyAnswer:
    plan = {
        "local": deposit.local,
        "session": deposit.session,
        "indexed": deposit.indexed,
        "frame": deposit.frame,
        "ticks": deposit.ticks,
        "next": following,
    }
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    if deposit.set_cookies:
        headers["Set-Cookie"] = "\r\nSet-Cookie: ".join(deposit.set_cookies)
    return ProxyAnswer(200, headers, (_PAGE % json.dumps(plan)).encode())


def cookie_line(cookie: Cookie, *, lasts: bool) -> str:
    """Write a recorded cookie as a site sets it; without an expiry of its own it lasts a year, or for a session."""
    parts = [f"{cookie.name}={cookie.value.reveal()}", f"Path={cookie.path}", "Secure", "HttpOnly", "SameSite=Lax"]
    if not cookie.host_only:
        parts.append(f"Domain={cookie.domain}")
    if cookie.expires_at is not None:
        parts.append(f"Max-Age={int((cookie.expires_at - datetime.now(UTC)).total_seconds())}")
    elif lasts:
        parts.append(f"Max-Age={YEAR}")
    return "; ".join(parts)


def merged(deposits: Sequence[Deposit]) -> list[Deposit]:
    """Make one page of the pages of a host and path, in the order of the first ones."""
    pages: dict[str, Deposit] = {}
    for one in deposits:
        before = pages.get(one.url, Deposit(one.host))
        pages[one.url] = Deposit(
            one.host,
            before.set_cookies + one.set_cookies,
            before.local + one.local,
            before.session + one.session,
            before.indexed + one.indexed,
            before.frame or one.frame,
            one.path,
            one.kind,
            one.ticks,
        )
    return list(pages.values())


def noise(prefix: str, count: int) -> Mapping[str, str]:
    """Return cookies that nobody wants: a browser carries hundreds of them."""
    return {f"{prefix}_{number}": f"noise-{number}" for number in range(count)}
