"""The quota file of AI Assistant: XML around JSON texts, read without side effects."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, NoReturn
from xml.parsers import expat

from codexbar_qt.provider_api import (
    Identity,
    JsonView,
    ParseError,
    RateWindow,
    Snapshot,
    clamp_percent,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

UNREADABLE = (
    "Could not parse the JetBrains AI quota; the IDE's internal format may have changed. "
    "Open the IDE once, then refresh."
)
EMPTY = "The IDE's configuration holds no quota information. Open AI Assistant in the IDE once, then refresh."
COMPONENT = "AIAssistantQuotaManager2"
_OPTIONS = ("quotaInfo", "nextRefill")


class _RefusedXmlError(ValueError):
    """The document declares its own entities, or a document type that could."""


class _QuotaReader:
    """Collects the options of the quota component while expat goes through a document."""

    def __init__(self) -> None:
        self.options: dict[str, str] = {}
        self._inside: list[bool] = [False]
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        self._parser = parser

    def read(self, document: str) -> dict[str, str]:
        self._parser.Parse(document, True)
        return self.options

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = attributes.get("name", "")
        inside = self._inside[-1]
        if inside and tag == "option" and name in _OPTIONS and not self.options.get(name, "").strip():
            self.options[name] = attributes.get("value", "")
        self._inside.append(inside or (tag == "component" and name == COMPONENT))

    def _end(self, _: str) -> None:
        self._inside.pop()

    def _refuse(self, *_: object) -> NoReturn:
        raise _RefusedXmlError


def parse_options(document: str) -> dict[str, str]:
    """Return the texts of `quotaInfo` and `nextRefill`, as far as the file has them.

    Raises ParseError when the XML is malformed, cut off, or declares a document type or entities.
    """
    try:
        return _QuotaReader().read(document)
    except (expat.ExpatError, ValueError):
        raise ParseError(UNREADABLE, path="xml") from None


def parse_quota(document: str, *, now: datetime, organization: str | None) -> Snapshot:
    """Read a quota file; `organization` names the IDE it belongs to.

    `current` is the amount used, not the rest. Raises ParseError when the file cannot be read or has no quota.
    """
    options = parse_options(document)
    text = options.get("quotaInfo", "").strip()
    if not text:
        raise ParseError(EMPTY, path="quotaInfo")
    quota = _decode(text)
    if quota is None:
        raise ParseError(UNREADABLE, path="quotaInfo")
    used, maximum = _number(quota, "current") or 0.0, _number(quota, "maximum") or 0.0
    resets_at = parse_refill(options.get("nextRefill", ""))
    window = RateWindow(
        used_percent=clamp_percent(used / maximum * 100) if maximum > 0 else 0.0,
        resets_at=resets_at,
        reset_description=describe_reset(resets_at, now),
        remaining_percent=clamp_percent(_available(quota, used, maximum) / maximum * 100) if maximum > 0 else 100.0,
    )
    kind = _text(quota, "type")
    identity = Identity(organization=organization, login_method=kind) if organization or kind else None
    return Snapshot(updated_at=now, primary=window, identity=identity)


def parse_refill(text: str) -> datetime | None:
    """Return `next` of a `nextRefill` text (UTC); None when it is absent or broken, which is no error."""
    refill = _decode(text.strip())
    try:
        moment = refill.get("next") if refill else None
        return moment.time() if moment else None
    except ParseError:
        return None


def describe_reset(resets_at: datetime | None, now: datetime) -> str | None:
    """Say how long it is until `resets_at`, in whole days and hours, hours and minutes, or minutes."""
    if resets_at is None:
        return None
    seconds = int((resets_at - now).total_seconds())
    if resets_at <= now:
        return "Expired"
    days, hours, minutes = seconds // 86400, seconds // 3600, seconds // 60
    if days:
        return f"Resets in {days}d {hours % 24}h"
    if hours:
        return f"Resets in {hours}h {minutes % 60}m"
    return f"Resets in {minutes}m"


def _decode(text: str) -> JsonView | None:
    # The XML parser has decoded the entities; only a value that was escaped twice needs it once more.
    for candidate in (text, html.unescape(text)):
        try:
            view = JsonView.from_text(candidate)
        except ParseError:
            continue
        return view if view.is_object() else None
    return None


def _available(quota: JsonView, used: float, maximum: float) -> float:
    tariff = quota.get("tariffQuota")
    stated = _number(tariff, "available") if tariff is not None and tariff.is_object() else None
    return max(0.0, maximum - used) if stated is None else stated


def _number(view: JsonView, key: str) -> float | None:
    found = view.get(key)
    try:
        return found.loose_number() if found else None
    except ParseError:
        return None


def _text(view: JsonView, key: str) -> str | None:
    found = view.get(key)
    return found.raw.strip() or None if found and isinstance(found.raw, str) else None
