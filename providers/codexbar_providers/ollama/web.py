"""The settings page with a session of the site: pasted, cached, or of a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from codexbar_providers.ollama.cookies import DOMAINS, account_header, candidate_header, holds_session, pasted_header
from codexbar_providers.ollama.page import parse_settings_page
from codexbar_qt.provider_api import (
    AuthRejected,
    BrowserOrder,
    CookieQuery,
    HttpRequest,
    InvalidSetting,
    MissingCredential,
    ParseError,
    RequestRefused,
    raise_for_status,
)

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext, HeaderValue, HttpResponse, ProviderError, Secret, Snapshot

SETTINGS_URL = "https://ollama.com/settings"
NO_SESSION = (
    "No Ollama session cookie found. Sign in at https://ollama.com/signin in Chrome, or choose Cookie source Manual in "
    "Settings and paste a Cookie header."
)
EXPIRED = (
    "Ollama session expired. Sign in again at https://ollama.com/signin; with Cookie source Manual, paste a new header "
    "in Settings."
)
SWITCHED_OFF = (
    "Ollama's cookie source is Off, so its limits cannot be read. Choose Automatic or Manual in Settings, or use an "
    "API key."
)
QUERY = CookieQuery(DOMAINS, holds_session, browsers=BrowserOrder(("chrome",), group=True))
_SERVICE = "Ollama"
_BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
_SECONDS = 20.0
_MOST_BYTES = 4 * 1024 * 1024
_MOST_REQUESTS = 6


async def fetch_with_cookies(ctx: FetchContext) -> Snapshot:
    """Read the limits with the session that the cookie source calls for."""
    source = ctx.settings.get("cookieSource")
    if source == "off":
        raise InvalidSetting(SWITCHED_OFF, setting="cookieSource")
    if source != "manual":
        return await _fetch_with_found_session(ctx)
    pasted = await ctx.credentials.require("cookieHeader", message=NO_SESSION)
    read = account_header if ctx.account else pasted_header
    session = read(pasted.reveal())
    if session is None:
        raise MissingCredential(NO_SESSION)
    return await read_limits(ctx, session)


async def _fetch_with_found_session(ctx: FetchContext) -> Snapshot:
    tried: list[Secret] = []
    failure: ProviderError | None = None
    was_imported = False
    async for candidate in ctx.cookies.candidates(QUERY):
        session = candidate_header(candidate)
        was_imported = was_imported or not candidate.is_cached
        if session is None or session in tried:
            continue
        tried.append(session)
        try:
            snapshot = await read_limits(ctx, session)
        except AuthRejected as error:
            await ctx.cookies.reject(candidate)
            failure = failure or error
        except ParseError as error:
            failure = failure or error
        else:
            await ctx.cookies.accept(candidate if candidate.is_cached else replace(candidate, header=session))
            return snapshot
    obstacle = "" if was_imported else ctx.cookies.obstacle()
    if obstacle:
        raise MissingCredential(obstacle)
    raise failure or MissingCredential(NO_SESSION)


async def read_limits(ctx: FetchContext, session: Secret) -> Snapshot:
    """Read the settings page with one session.

    Raises AuthRejected when it has ended or the page asks to sign in, ParseError when the page shows no usage.
    """
    answer = await get_page(ctx, session)
    raise_for_status(answer, _SERVICE, login_message=EXPIRED, accepted=(200,))
    if is_sign_in(answer.url):
        raise AuthRejected(EXPIRED)
    if not is_own(answer.url):
        told = "Ollama answered with a redirect to another address. Check the connection, it may need a login."
        raise RequestRefused(told)
    return parse_settings_page(answer.text(), now=ctx.clock.now())


async def get_page(ctx: FetchContext, session: Secret) -> HttpResponse:
    """Get the settings page, following redirects; the session goes to the site's own hosts alone.

    Raises RequestRefused for a redirect without encryption and for too many of them.
    """
    url = SETTINGS_URL
    for _ in range(_MOST_REQUESTS):
        headers: dict[str, HeaderValue] = {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "User-Agent": _BROWSER,
            "Accept-Language": "en-US,en;q=0.9",
        }
        if is_own(url):
            headers |= {"Cookie": session, "Origin": "https://ollama.com", "Referer": SETTINGS_URL}
        request = HttpRequest(
            "GET", url, _SERVICE, headers, timeout=_SECONDS, follow_redirects=False, max_bytes=_MOST_BYTES
        )
        try:
            return await ctx.http.send(request)
        except RequestRefused as error:
            if not error.location.startswith("https://"):
                raise
            url = error.location
    raise RequestRefused("Ollama answered with too many redirects. Try again later.")


def is_own(url: str) -> bool:
    """Whether an address belongs to the site: https, ollama.com or a host below it, the usual port."""
    host, _ = _place(url)
    return host == "ollama.com" or host.endswith(".ollama.com")


def is_sign_in(url: str) -> bool:
    """Whether an address is where the site sends people to sign in."""
    host, path = _place(url)
    if host in DOMAINS:
        return path == "/signin"
    return host == "signin.ollama.com" or (
        host.endswith(".workos.com") and path.startswith("/user_management/authorize")
    )


def _place(url: str) -> tuple[str, str]:
    """Return host and path of an https address on its usual port, empty texts for any other."""
    try:
        parts = urlsplit(url)
        is_usual = parts.scheme == "https" and parts.port in (None, 443) and parts.username is None
    except ValueError:
        return "", ""
    return ((parts.hostname or "").lower(), parts.path) if is_usual else ("", "")
