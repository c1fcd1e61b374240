"""Which region is asked, at which addresses, and which page shows the same numbers. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from codexbar_providers.zai.team import is_team
from codexbar_qt.provider_api import InvalidSetting, ProviderError, check_https_base

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Env, SelectedAccount, SettingsView

GLOBAL, CHINA = "global", "bigmodel-cn"
HOSTS = {GLOBAL: "api.z.ai", CHINA: "open.bigmodel.cn"}
QUOTA_PATH = "/api/monitor/usage/quota/limit"
USAGE_PATH = "/api/monitor/usage/model-usage"
BALANCE_URL = "https://www.bigmodel.cn/api/biz/account/query-customer-account-report"
HOST_VARIABLE, QUOTA_VARIABLE, BALANCE_VARIABLE = "Z_AI_API_HOST", "Z_AI_QUOTA_URL", "Z_AI_BALANCE_URL"
CHINA_DASHBOARD = "https://bigmodel.cn/coding-plan/personal/usage"
TEAM_DASHBOARD = "https://bigmodel.cn/coding-plan/team/usage-stats"
_NAMES = {GLOBAL: "Global", CHINA: "China, BigModel"}


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a fetch goes. `usage_url` has no query; `balance_url` is "" where there is no balance."""

    region: str
    quota_url: str
    usage_url: str
    balance_url: str = ""


def resolve_endpoints(settings: SettingsView, env: Env) -> Endpoints:
    """Return the region and its addresses, overrides applied.

    Without a region in the config the own host of a region, named by an override, selects it. Raises InvalidSetting
    for an override that cannot be used or belongs to the other region.
    """
    quota = _override(env, QUOTA_VARIABLE)
    balance = _override(env, BALANCE_VARIABLE)
    base = _with_scheme(settings.get("enterpriseHost") or "")
    region = settings.get("region") or GLOBAL
    named = [(variable, region_of(url)) for variable, url in ((QUOTA_VARIABLE, quota), (HOST_VARIABLE, base))]
    if not settings.is_stored("region"):
        region = next((found for _, found in named if found), region)
    for variable, found in named:
        if found and found != region:
            told = f"{variable} does not fit the API region {_NAMES[region]}: it names the host of {_NAMES[found]}."
            raise InvalidSetting(
                f"{told} Choose the other region in Settings or remove the override.", setting="region"
            )
    base = base or f"https://{HOSTS[region]}"
    return Endpoints(
        region,
        quota_url=quota or _at(base, QUOTA_PATH),
        usage_url=_without_query(_at(base, USAGE_PATH)),
        balance_url=(balance or BALANCE_URL) if region == CHINA else "",
    )


def check_api_host(text: str) -> str | None:
    """Say that an address cannot take the place of the API host, None when it is https or a bare host."""
    return _complaint(HOST_VARIABLE, text)


def region_of(url: str) -> str:
    """Return the region a checked address belongs to by its host, "" for any other host."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return next((region for region, own in HOSTS.items() if own == host), "")


def with_type(url: str, value: int) -> str:
    """Return the address with the query parameter `type`; one it has is replaced, everything else is kept."""
    parts = urlsplit(url)
    kept = [item for item in parts.query.split("&") if item and unquote_plus(item.partition("=")[0]) != "type"]
    return urlunsplit(parts._replace(query="&".join([*kept, f"type={value}"])))


def choose_dashboard(settings: SettingsView, env: Env, account: SelectedAccount | None) -> str:
    """Return the usage page of the region in force, "" for the one of z.ai; a region's host in an override decides."""
    try:
        overrides = (_override(env, QUOTA_VARIABLE), _with_scheme(settings.get("enterpriseHost") or ""))
    except ProviderError:
        overrides = ("", "")
    named = next((found for url in overrides if (found := region_of(url))), "")
    if (named or settings.get("region")) != CHINA:
        return ""
    return TEAM_DASHBOARD if is_team(account) else CHINA_DASHBOARD


def _override(env: Env, variable: str) -> str:
    text = env.get(variable) or ""
    complaint = _complaint(variable, text) if text else None
    if complaint:
        raise InvalidSetting(f"z.ai: {complaint}")
    return _with_scheme(text)


def _complaint(variable: str, text: str) -> str | None:
    place, *rest = re.split(r"[?#]", text.strip(), maxsplit=1)
    unusable = [char for part in rest for char in part if char.isspace() or not char.isprintable() or char == "\\"]
    if check_https_base(place, allow_bare_host=True) is None and not unusable:
        return None
    return f"{variable} must use HTTPS or a bare host. Write it like https://{HOSTS[GLOBAL]}."


def _with_scheme(text: str) -> str:
    place = re.split(r"[?#]", text, maxsplit=1)[0]
    url = text if not text or "://" in place else f"https://{text}"
    return urlunsplit(urlsplit(url)._replace(fragment=""))


def _at(base: str, path: str) -> str:
    """Put `path` behind an address that has none; with a path of its own the address stays as it is."""
    parts = urlsplit(base)
    return urlunsplit(parts._replace(path=path)) if parts.path in ("", "/") else base


def _without_query(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(query=""))
