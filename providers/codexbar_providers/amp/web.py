"""The browser's session: the settings page, read with the one cookie that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from codexbar_providers.amp.page import parse_settings_page
from codexbar_providers.amp.sentences import COOKIES_OFF, NO_SESSION, PASTED_WITHOUT_SESSION, SESSION_EXPIRED
from codexbar_providers.amp.usage import build_snapshot
from codexbar_qt.provider_api import (
    AuthRejected,
    CookieQuery,
    MissingCredential,
    RequestRefused,
    Secret,
    cookie_pairs,
    join_cookies,
    pasted_cookie_header,
    raise_for_status,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from codexbar_qt.provider_api import FetchContext, HeaderValue, Snapshot

SETTINGS_URL = "https://ampcode.com/settings"
COOKIE = "session"
_SITE = "ampcode.com"
_MOST_REDIRECTS = 5
_FOLLOWED = (301, 302, 303, 307, 308)
_LOGIN_STEPS = frozenset({"login", "signin", "sign-in"})
_WAYS_BACK = frozenset({"returnto", "redirect", "redirectto"})
_BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
_PAGE_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "User-Agent": _BROWSER,
    "Accept-Language": "en-US,en;q=0.9",
    "Origin": "https://ampcode.com",
    "Referer": SETTINGS_URL,
}


def _has_session(names: Collection[str]) -> bool:
    return COOKIE in names


SESSIONS = CookieQuery((_SITE, f"www.{_SITE}"), _has_session, names=(COOKIE,))


async def fetch_with_cookies(ctx: FetchContext) -> Snapshot:
    """Read the page with the pasted header alone, else with the kept session and those of the browsers in turn.

    Raises MissingCredential without a session, AuthRejected for sessions that have ended, RequestRefused for another
    status, ParseError for a page without the numbers.
    """
    source = ctx.settings.get("cookieSource")
    if source == "off":
        raise MissingCredential(COOKIES_OFF)
    if source == "manual":
        pasted = await ctx.credentials.get("cookieHeader")
        header = session_header(pasted.reveal()) if pasted else None
        if header is None:
            raise MissingCredential(PASTED_WITHOUT_SESSION if pasted else NO_SESSION)
        return await _read(ctx, header)
    return await _read_with_browser(ctx)


def session_header(text: str) -> Secret | None:
    """Return only the cookies named `session` out of a header in any pasted form, None when there is none."""
    pairs = cookie_pairs(pasted_cookie_header(text) or "")
    kept = tuple(pair for pair in pairs if pair[0] == COOKIE and pair[1])
    return Secret(join_cookies(kept)) if kept else None


def is_login_redirect(url: str) -> bool:
    """Whether an address is where Amp sends people who are not signed in."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = (parts.hostname or "").lower()
    if host == f"auth.{_SITE}":
        return True
    if not _is_amp(host):
        return False
    steps = {step.lower() for step in parts.path.split("/")}
    if steps & _LOGIN_STEPS:
        return True
    names = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    return "auth" in steps and bool(names & _WAYS_BACK)


async def _read_with_browser(ctx: FetchContext) -> Snapshot:
    refused: list[AuthRejected] = []
    imported = False
    async for candidate in ctx.cookies.candidates(SESSIONS):
        header = session_header(candidate.header.reveal())
        if header is None:
            await ctx.cookies.reject(candidate)
            continue
        try:
            snapshot = await _read(ctx, header)
        except AuthRejected as error:
            await ctx.cookies.reject(candidate)
            refused.append(error)
            imported = imported or not candidate.is_cached
            continue
        await ctx.cookies.accept(candidate)
        return snapshot
    obstacle = ctx.cookies.obstacle()
    if refused and (imported or not obstacle):
        raise refused[0]
    raise MissingCredential(obstacle or NO_SESSION)


async def _read(ctx: FetchContext, header: Secret) -> Snapshot:
    usage = parse_settings_page(await _load_page(ctx, header))
    return build_snapshot(usage, now=ctx.clock.now())


async def _load_page(ctx: FetchContext, header: Secret) -> str:
    """Return the page. The cookie goes along to Amp's own hosts only; a redirect to the login ends the session."""
    url = SETTINGS_URL
    for _ in range(_MOST_REDIRECTS + 1):
        headers: dict[str, HeaderValue] = dict(_PAGE_HEADERS)
        if _is_amp(urlsplit(url).hostname or ""):
            headers["Cookie"] = header
        try:
            answer = await ctx.http.get(url, service="Amp", headers=headers, follow_redirects=False)
        except RequestRefused as refusal:
            url = _onward(refusal)
            continue
        raise_for_status(answer, "Amp", login_message=SESSION_EXPIRED, accepted=(200,))
        return answer.text()
    raise RequestRefused(f"Amp answered with more than {_MOST_REDIRECTS} redirects. Try again later.")


def _onward(refusal: RequestRefused) -> str:
    """Return where a redirect leads; only an encrypted way is taken."""
    if is_login_redirect(refusal.location):
        raise AuthRejected(SESSION_EXPIRED)
    if refusal.status not in _FOLLOWED or not refusal.location.startswith("https://"):
        raise RequestRefused(f"Amp error: HTTP {refusal.status}.", status=refusal.status)
    return refusal.location


def _is_amp(host: str) -> bool:
    return host == _SITE or host.endswith(f".{_SITE}")
