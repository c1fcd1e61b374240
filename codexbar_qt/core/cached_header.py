"""An entry of the kept sessions: a header, where it comes from and since when, and its form in the keyring."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from codexbar_qt.core.json_document import DocumentError, decode_object, encode_object
from codexbar_qt.provider_api import Secret, clean


@dataclass(frozen=True, slots=True)
class CachedHeader:
    """An entry. `label` says where the header comes from, `stored_at` (aware UTC) when it was found to work."""

    header: Secret = field(repr=False)
    label: str
    stored_at: datetime

    @property
    def digest(self) -> str:
        """What two headers are compared by."""
        return header_digest(self.header)


def header_digest(header: Secret) -> str:
    """Return a hash of a header, normalised."""
    return hashlib.sha256(normal_text(header).encode("utf-8", "surrogatepass")).hexdigest()


def normal_text(header: Secret) -> str:
    """Return the text of a header without white space around it and without its name."""
    text = header.reveal().strip()
    return text[len("cookie:") :].strip() if text[: len("cookie:")].lower() == "cookie:" else text


def encode(entry: CachedHeader) -> Secret:
    """Return the JSON that is stored."""
    stored_at = entry.stored_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    fields = {"cookieHeader": entry.header.reveal(), "storedAt": stored_at, "sourceLabel": entry.label}
    return Secret(encode_object(fields).decode())


def decode(secret: Secret) -> CachedHeader | None:
    """Return what a stored text says, None when it cannot be used."""
    try:
        fields = decode_object(secret.reveal().encode("utf-8", "surrogatepass"))
        header, stored_at, label = (fields.get(key) for key in ("cookieHeader", "storedAt", "sourceLabel"))
        if not isinstance(header, str) or not isinstance(stored_at, str):
            return None
        moment = datetime.fromisoformat(stored_at)
    except (DocumentError, ValueError):
        return None
    text = normal_text(Secret(header))
    if not text or moment.utcoffset() is None:
        return None
    return CachedHeader(Secret(text), (clean(label) if isinstance(label, str) else None) or "Browser", moment)
