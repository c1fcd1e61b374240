"""The envelope of a tRPC batch: which payload belongs to which procedure, and what an error in it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_providers.kilo.loose import Fields, as_fields, as_items, inner_text
from codexbar_qt.provider_api import AuthRejected, ParseError, ProviderError, RequestRefused

if TYPE_CHECKING:
    from codexbar_qt.provider_api import JsonView

UNREADABLE = "The response of Kilo could not be parsed; its format may have changed. Update the app or report it."
REJECTED = "Kilo authentication failed. Renew KILO_API_KEY or the key in Settings, or run kilo login."
NOT_FOUND = "A Kilo API endpoint was not found. Update the app or report it."
CREDITS, PASS, TOP_UP = range(3)
_ENTRIES = 3
_ERROR_PATHS = (
    (("json", "data", "code"), ("data", "code"), ("code",)),
    (("json", "message"), ("message",)),
)


@dataclass(frozen=True, slots=True)
class Payloads:
    """What the three procedures answered; None where nothing was said."""

    credits: object = None
    kilo_pass: object = None
    top_up: object = None


def parse_batch(body: JsonView) -> Payloads:
    """Read the answer of the batch; entries are told apart by their index alone.

    Raises AuthRejected, RequestRefused or ParseError for an error of the first two procedures, ParseError for a shape
    that is no batch.
    """
    entries = _entries(body.raw)
    for index in (CREDITS, PASS):
        error = entry_error(entries.get(index, {}))
        if error is not None:
            raise error
    top_up = entries.get(TOP_UP, {})
    return Payloads(
        entry_payload(entries.get(CREDITS, {})),
        entry_payload(entries.get(PASS, {})),
        None if entry_error(top_up) is not None else entry_payload(top_up),
    )


def entry_payload(entry: Fields) -> object:
    """Return what an entry carries, None when it says nothing."""
    result = as_fields(entry.get("result")) or {}
    data = as_fields(result.get("data"))
    if data is None:
        return result.get("json")
    return data.get("json", data)


def entry_error(entry: Fields) -> ProviderError | None:
    """Return the error an entry stands for, None when it carries none."""
    error = as_fields(entry.get("error"))
    if error is None:
        return None
    told = [next((found for path in paths if (found := inner_text(error, *path))), "") for paths in _ERROR_PATHS]
    words = " ".join(told).lower()
    if "unauthorized" in words or "forbidden" in words:
        return AuthRejected(REJECTED)
    if "not_found" in words or "not found" in words:
        return RequestRefused(NOT_FOUND, status=404)
    return ParseError(UNREADABLE, path="$.error")


def _entries(root: object) -> dict[int, Fields]:
    listed = as_items(root)
    if listed is not None:
        found = [as_fields(item) for item in listed[:_ENTRIES]]
        if None not in found:
            return {index: entry for index, entry in enumerate(found) if entry is not None}
    fields = as_fields(root) or {}
    if "result" in fields or "error" in fields:
        return {CREDITS: fields}
    indexed = {int(key): entry for key, value in fields.items() if _is_index(key) and (entry := as_fields(value))}
    if not indexed:
        raise ParseError(UNREADABLE, path="$")
    return indexed


def _is_index(key: str) -> bool:
    return len(key) == 1 and key in "0123456789"
