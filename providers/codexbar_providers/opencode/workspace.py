"""Which workspace is read: the chosen one, else the first one of the account."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from codexbar_providers.opencode.server import SITE, WORKSPACES, Call, ask
from codexbar_qt.provider_api import JsonView, ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codexbar_qt.provider_api import FetchContext, Secret

VARIABLE = "CODEXBAR_OPENCODE_WORKSPACE_ID"
_PREFIX = "wrk_"
_ANYWHERE = re.compile(r"wrk_[A-Za-z0-9]+")
_IN_SCRIPT = re.compile(r'id\s*:\s*"(wrk_[^"]+)"')
_LONGEST_ID = 128


async def find_workspace(ctx: FetchContext, session: Secret) -> str:
    """Return the id of the workspace to read. Raises ParseError when the account shows none."""
    for text in (ctx.settings.get("workspaceID"), ctx.env.get(VARIABLE)):
        chosen = workspace_in(text or "")
        if chosen:
            return chosen
    call = Call(WORKSPACES, SITE, session)
    found = parse_workspaces(await ask(ctx, call)) or parse_workspaces(await ask(ctx, call, "POST"))
    if not found:
        told = "OpenCode answer could not be parsed: missing workspace id. Set the workspace ID in Settings."
        raise ParseError(told, path="$.id")
    return found[0]


def workspace_in(text: str) -> str | None:
    """Return the id in what people enter: the id itself, an address of the workspace, any text around it."""
    entered = text.strip()
    if entered.startswith(_PREFIX) and _is_id(entered):
        return entered
    in_address = _in_address(entered)
    if in_address:
        return in_address
    found = _ANYWHERE.search(entered)
    return found[0] if found else None


def parse_workspaces(text: str) -> tuple[str, ...]:
    """Return the ids of an answer in its order: JSON or a script; none when it holds none."""
    try:
        document = JsonView.from_text(text).raw
    except ParseError:
        found = _IN_SCRIPT.findall(text)
    else:
        found = [item for item in _texts(document) if item.startswith(_PREFIX)]
    return tuple(dict.fromkeys(item for item in found if _is_id(item)))


def _is_id(text: str) -> bool:
    # It becomes part of an address and of a header.
    plain = text.isascii() and text.isprintable() and not set(text) & set(' "\\/?#%<>')
    return plain and len(_PREFIX) < len(text) <= _LONGEST_ID


def _in_address(text: str) -> str | None:
    try:
        steps = urlsplit(text).path.split("/")
    except ValueError:
        return None
    for before, step in pairwise(steps):
        if before == "workspace" and step.startswith(_PREFIX) and _is_id(step):
            return step
    return None


def _texts(document: object) -> Iterator[str]:
    """Yield every text of a document in its order."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(reversed(list(cast("dict[str, object]", value).values())))
        elif isinstance(value, list):
            waiting.extend(reversed(cast("list[object]", value)))
