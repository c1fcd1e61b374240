"""Which addresses are asked: the two regions, and variables that put other servers in their place. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from codexbar_qt.provider_api import InvalidSetting, check_https_base

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Env, SelectedAccount, SettingsView

GLOBAL, CHINA = "global", "cn"
SITES = {GLOBAL: "minimax.io", CHINA: "minimaxi.com"}
PAGE_PATH = "/user-center/payment/coding-plan"
PAGE_QUERY = "cycle_type=3"
REMAINS_PATH = "/v1/api/openplatform/coding_plan/remains"
API_PATHS = ("/v1/coding_plan/remains", "/v1/token_plan/remains", REMAINS_PATH)
SUBSCRIPTION_PATH = "/v1/api/openplatform/charge/combo/cycle_audio_resource_package"
SUBSCRIPTION_QUERY = "biz_line=2&cycle_type=3&resource_package_type=7"
BILLING_PATH = "/account/amount"
BILLING_LIMIT = 100
HOST_VARIABLE = "MINIMAX_HOST"
PAGE_VARIABLE, REMAINS_VARIABLE = "MINIMAX_CODING_PLAN_URL", "MINIMAX_REMAINS_URL"
BILLING_VARIABLE = "MINIMAX_BILLING_HISTORY_URL"
STRICT_VARIABLE = "MINIMAX_REQUIRE_PROVIDER_ENDPOINT_OVERRIDES"
DASHBOARDS = {region: f"https://platform.{site}{PAGE_PATH}?{PAGE_QUERY}" for region, site in SITES.items()}


@dataclass(frozen=True, slots=True)
class WebEndpoints:
    """Where the web source goes. `site` is the domain whose browser sessions belong there."""

    site: str
    page_url: str
    remains_urls: tuple[str, ...]
    subscription_url: str
    subscription_origin: str
    billing_url: str

    @property
    def referer(self) -> str:
        """The coding plan page without its query."""
        return urlunsplit(urlsplit(self.page_url)._replace(query=""))


def region_in_force(settings: SettingsView) -> str:
    """Return the region; an unknown or missing one is the global one."""
    return CHINA if settings.get("region") == CHINA else GLOBAL


def api_urls(region: str) -> tuple[str, ...]:
    """Return where an API token is tried, in order."""
    return tuple(f"https://api.{SITES[region]}{path}" for path in API_PATHS)


def resolve_web_endpoints(settings: SettingsView, env: Env) -> WebEndpoints:
    """Return the addresses of the region, overrides applied. Raises InvalidSetting that names a refused variable."""
    strict = (env.get(STRICT_VARIABLE) or "").lower() in ("1", "true", "yes", "on")
    host, page, remains, billing = (
        _override(env, name, strict=strict)
        for name in (HOST_VARIABLE, PAGE_VARIABLE, REMAINS_VARIABLE, BILLING_VARIABLE)
    )
    site = SITES[region_in_force(settings)]
    base = origin_of(host) if host else ""
    platform, www = base or f"https://platform.{site}", base or f"https://www.{site}"
    both = tuple(dict.fromkeys((f"{platform}{REMAINS_PATH}", f"{www}{REMAINS_PATH}")))
    return WebEndpoints(
        site=_site_of(base) or site,
        page_url=page or f"{platform}{PAGE_PATH}?{PAGE_QUERY}",
        remains_urls=(remains,) if remains else both,
        subscription_url=f"{www}{SUBSCRIPTION_PATH}?{SUBSCRIPTION_QUERY}",
        subscription_origin=platform,
        billing_url=billing or f"{platform}{BILLING_PATH}",
    )


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "", "", ""))


def with_query(url: str, **wanted: str) -> str:
    """Return the address with these query parameters; those of the same names are replaced, others kept."""
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in wanted]
    return urlunsplit(parts._replace(query=urlencode([*kept, *wanted.items()])))


def check_override(variable: str, value: str, *, strict: bool = False) -> str | None:
    """Say that a variable cannot take the place of an address, None when it can.

    It needs https (a missing scheme means https) and a plain host; with `strict` a host of the service.
    """
    place, *rest = re.split(r"[?#]", value, maxsplit=1)
    hidden = [char for part in rest for char in part if char.isspace() or not char.isprintable() or char == "\\"]
    if hidden or check_https_base(place, allow_bare_host=True) is not None:
        return f"{variable} cannot be used: it needs a plain https address. Correct or remove the variable."
    if strict and not _site_of(_with_scheme(value)):
        return (
            f"{variable} cannot be used: {STRICT_VARIABLE} allows https hosts of minimax.io and minimaxi.com only. "
            "Correct or remove the variable."
        )
    return None


def choose_dashboard(settings: SettingsView, env: Env, account: SelectedAccount | None) -> str:
    """Return the plan page of the China region, "" for the usual one."""
    del env, account
    return DASHBOARDS[CHINA] if region_in_force(settings) == CHINA else ""


def _override(env: Env, variable: str, *, strict: bool) -> str:
    value = env.get(variable) or ""
    complaint = check_override(variable, value, strict=strict) if value else None
    if complaint:
        raise InvalidSetting(f"MiniMax: {complaint}")
    return _with_scheme(value) if value else ""


def _with_scheme(value: str) -> str:
    place = re.split(r"[?#]", value, maxsplit=1)[0]
    url = value if "://" in place else f"https://{value}"
    return urlunsplit(urlsplit(url)._replace(fragment=""))


def _site_of(url: str) -> str:
    host = (urlsplit(url).hostname or "").rstrip(".")
    return next((site for site in SITES.values() if host == site or host.endswith(f".{site}")), "")
