"""A value that must not be seen: masked in every representation, revealed in one greppable way."""

from __future__ import annotations


class Secret:
    """Holds a credential. `str()`, `repr()`, f-strings and logging show a mask; `reveal()` gives the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the credential. Only adapters and request builders call this."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(("Secret", self._text))

    def __reduce__(self) -> str:
        raise TypeError("a secret is never serialised")


def bearer(token: Secret) -> Secret:
    """Return the value of an `Authorization` header for `token`."""
    return Secret(f"Bearer {token.reveal()}")
