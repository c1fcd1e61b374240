"""Where gcloud keeps its files and its program on the three systems."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import ParseError

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext

LOGIN_COMMAND = "gcloud auth application-default login"
CREDENTIALS_VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"
CONFIG_VARIABLE = "CLOUDSDK_CONFIG"
PROJECT_VARIABLES = ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT")
_LARGEST_CONFIG = 64 * 1024
_CONFIG_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_SDK = "google-cloud-sdk/bin/gcloud"
_UNIX_PLACES = (
    f"~/{_SDK}",
    f"/usr/lib/{_SDK}",
    f"/usr/local/{_SDK}",
    f"/opt/{_SDK}",
    "/usr/bin/gcloud",
    "/usr/local/bin/gcloud",
    "/snap/bin/gcloud",
)
_MAC_PLACES = (
    "/opt/homebrew/bin/gcloud",
    f"/opt/homebrew/share/{_SDK}",
    f"/usr/local/share/{_SDK}",
    "/opt/local/bin/gcloud",
)
_WINDOWS_ROOTS = ("LOCALAPPDATA", "ProgramFiles", "ProgramFiles(x86)")


def config_folder(ctx: FetchContext) -> str:
    """Return gcloud's configuration directory; it need not exist."""
    named = ctx.env.get(CONFIG_VARIABLE)
    if named:
        return named.rstrip("/\\") or named
    if ctx.system.platform != "windows":
        return "~/.config/gcloud"
    return f"{ctx.env.get('APPDATA') or '~/AppData/Roaming'}/gcloud"


def credentials_path(ctx: FetchContext) -> str:
    """Return where the application default credentials have to be."""
    return ctx.env.get(CREDENTIALS_VARIABLE) or f"{config_folder(ctx)}/application_default_credentials.json"


async def find_gcloud(ctx: FetchContext) -> str | None:
    """Return the absolute path of gcloud, None when it is not installed."""
    if ctx.system.platform != "windows":
        return await ctx.processes.find("gcloud", extra=_UNIX_PLACES + _MAC_PLACES)
    roots = [root for root in (ctx.env.get(name) for name in _WINDOWS_ROOTS) if root]
    places = [f"{root}\\Google\\Cloud SDK\\google-cloud-sdk\\bin\\gcloud.cmd" for root in roots]
    # By its whole name: the same folder holds a `gcloud` for other shells, which Windows cannot start.
    return await ctx.processes.find("gcloud.cmd", extra=(*places, "~\\google-cloud-sdk\\bin\\gcloud.cmd"))


async def configured_project(ctx: FetchContext) -> str | None:
    """Return the project of the active configuration, else that of the default one, else of the environment."""
    folder = config_folder(ctx)
    for name in dict.fromkeys((await _active_configuration(ctx, folder), "default")):
        project = parse_project(await _read(ctx, f"{folder}/configurations/config_{name}"))
        if project:
            return project
    return next(filter(None, map(ctx.env.get, PROJECT_VARIABLES)), None)


def parse_project(text: str) -> str | None:
    """Return the value of the first line that starts with `project` and holds "="; None without a value."""
    lines = (line.strip() for line in text.splitlines())
    found = next((line for line in lines if line.startswith("project") and "=" in line), "")
    return "".join(found.split("=")[1:2]).strip() or None


async def _active_configuration(ctx: FetchContext, folder: str) -> str:
    named = ctx.env.get("CLOUDSDK_ACTIVE_CONFIG_NAME") or (await _read(ctx, f"{folder}/active_config")).strip()
    return named if _CONFIG_NAME.fullmatch(named) else "default"


async def _read(ctx: FetchContext, path: str) -> str:
    try:
        return await ctx.files.read_text(path, max_bytes=_LARGEST_CONFIG) or ""
    except ParseError:
        ctx.log.debug("A file of gcloud's configuration could not be read.")
        return ""
