"""Finds the IDEs of this machine: where they keep their settings, and which of them has a quota file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import Choice

if TYPE_CHECKING:
    from codexbar_qt.provider_api import FetchContext

QUOTA_FILE = "options/AIAssistantQuotaManager2.xml"
# The first matching prefix of a directory name decides.
PRODUCTS = (
    ("IntelliJIdea", "IntelliJ IDEA"),
    ("PyCharm", "PyCharm"),
    ("WebStorm", "WebStorm"),
    ("GoLand", "GoLand"),
    ("CLion", "CLion"),
    ("DataGrip", "DataGrip"),
    ("RubyMine", "RubyMine"),
    ("Rider", "Rider"),
    ("PhpStorm", "PhpStorm"),
    ("AppCode", "AppCode"),
    ("Fleet", "Fleet"),
    ("AndroidStudio", "Android Studio"),
    ("RustRover", "RustRover"),
    ("Aqua", "Aqua"),
    ("DataSpell", "DataSpell"),
)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ide:
    """An IDE by its settings directory. `quota_at` is when its quota file last changed (UTC), None when unreadable."""

    name: str
    version: str
    base_path: str
    has_quota: bool = False
    quota_at: datetime | None = None

    @property
    def title(self) -> str:
        """Name and version as people know them: "IntelliJ IDEA 2025.3"."""
        return f"{self.name} {self.version}"


def quota_path(base_path: str) -> str:
    """Return where an IDE keeps its quota."""
    return f"{base_path.rstrip('/')}/{QUOTA_FILE}"


def parse_directory_name(name: str, base_path: str) -> Ide | None:
    """Read a directory name such as "PyCharm2025.2"; None when it is no IDE's.

    Letter case differs between systems, so prefixes are compared without it.
    """
    lowered = name.lower()
    for prefix, product in PRODUCTS:
        if lowered.startswith(prefix.lower()):
            return Ide(product, name[len(prefix) :] or "Unknown", base_path)
    return None


def sort_ides(ides: list[Ide]) -> list[Ide]:
    """Order by name, then the newest version first; versions are compared number by number."""
    newest_first = sorted(ides, key=lambda ide: (_version_key(ide.version), ide.base_path), reverse=True)
    return sorted(newest_first, key=lambda ide: ide.name)


def newest_quota(ides: list[Ide]) -> Ide | None:
    """Return the IDE used last, by the time of its quota file; among equals the first of the list."""
    with_quota = [ide for ide in ides if ide.has_quota]
    return max(with_quota, key=lambda ide: ide.quota_at or _NEVER, default=None)


async def find_ides(ctx: FetchContext) -> list[Ide]:
    """Look for IDEs below the known roots, sorted; those without a quota file are among them."""
    found: dict[str, Ide] = {}
    for root in _roots(ctx):
        for entry in await ctx.files.list_dir(root):
            ide = parse_directory_name(entry.name, entry.path) if entry.is_dir else None
            if ide is not None:
                found[entry.path] = await _with_quota(ctx, ide)
    return sort_ides(list(found.values()))


async def ide_choices(ctx: FetchContext) -> tuple[Choice, ...]:
    """Return the picker's entries, none when there is no IDE; "Auto-detect" names the IDE it leads to."""
    ides = await find_ides(ctx)
    if not ides:
        return ()
    chosen = newest_quota(ides)
    automatic = f"Auto-detect ({chosen.title})" if chosen else "Auto-detect"
    return (Choice("", automatic), *(Choice(ide.base_path, ide.title) for ide in ides))


def _roots(ctx: FetchContext) -> tuple[str, ...]:
    if ctx.system.platform == "macos":
        support = "~/Library/Application Support"
        return f"{support}/JetBrains", f"{support}/Google"
    if ctx.system.platform == "windows":
        roaming = ctx.env.get("APPDATA") or "~/AppData/Roaming"
        return f"{roaming}/JetBrains", f"{roaming}/Google"
    folders = ["~/.config"]
    own = ctx.env.get("XDG_CONFIG_HOME")
    if own and ctx.files.expand(own) != ctx.files.expand("~/.config"):
        folders.insert(0, own.rstrip("/"))
    configured = [f"{folder}/{vendor}" for vendor in ("JetBrains", "Google") for folder in folders]
    return *configured, "~/.local/share/JetBrains"


async def _with_quota(ctx: FetchContext, ide: Ide) -> Ide:
    info = await ctx.files.stat(quota_path(ide.base_path))
    if info is None or info.is_dir:
        return ide
    return Ide(ide.name, ide.version, ide.base_path, has_quota=True, quota_at=info.modified_at)


def _version_key(version: str) -> tuple[tuple[int, str], ...]:
    return tuple(_part_key(part) for part in version.split("."))


def _part_key(part: str) -> tuple[int, str]:
    return (int(part), "") if part.isascii() and part.isdigit() else (-1, part)
