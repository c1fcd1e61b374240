"""Types of what the config file holds, checked entry by entry so that one bad entry harms no other (config.md 3-9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_COMPLAINTS = {
    "missing": "is missing",
    "literal_error": "is not a known word",
    "string_type": "is not text",
    "bool_type": "is not true or false",
    "int_type": "is not a whole number",
    "float_type": "is not a number",
    "list_type": "is not a list",
    "dict_type": "is not an object",
    "model_type": "is not an object",
    "model_attributes_type": "is not an object",
}


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that cannot be used: its path, such as `tokenAccounts.accounts[0].id`, and what is wrong with it.

    The path is "" when the whole is not what it should be.
    """

    field: str
    complaint: str

    def __str__(self) -> str:
        return f"{self.field} {self.complaint}".strip()


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _blank_is_absent(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _uuid_text(value: str) -> str:
    if _UUID.fullmatch(value) is None:
        message = "is not a UUID"
        raise ValueError(message)
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
UuidText = Annotated[str, AfterValidator(_uuid_text)]
SourceWord = Annotated[Literal["auto", "web", "cli", "oauth", "api"] | None, BeforeValidator(_blank_is_absent)]
CookieWord = Annotated[Literal["auto", "manual", "off"] | None, BeforeValidator(_blank_is_absent)]


class _Stored(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, frozen=True, hide_input_in_errors=True)

    def __repr_args__(self) -> list[tuple[str | None, object]]:
        # Keys that nobody here knows are kept too, and one of them may be a mistyped name of a credential.
        return []


class TokenAccountModel(_Stored):
    """One element of `tokenAccounts.accounts`; times are seconds since 1970."""

    id: UuidText
    label: str
    token: str
    addedAt: float  # noqa: N815 - spelled as in the file, like every field here
    lastUsed: float | None = None  # noqa: N815
    externalIdentifier: str | None = None  # noqa: N815
    usageScope: str | None = None  # noqa: N815
    organizationId: str | None = None  # noqa: N815
    workspaceID: str | None = None  # noqa: N815


class TokenAccountsModel(_Stored):
    """The object `tokenAccounts`."""

    version: Whole
    activeIndex: Whole  # noqa: N815
    accounts: list[TokenAccountModel]


class WindowWarningModel(_Stored):
    """Thresholds of one window, in percent remaining."""

    thresholds: list[Whole] | None = None
    enabled: bool | None = None


class QuotaWarningsModel(_Stored):
    """The object `quotaWarnings`."""

    session: WindowWarningModel | None = None
    weekly: WindowWarningModel | None = None


class EntryModel(_Stored):
    """One element of `providers`; keys that are not listed are extension keys of some provider."""

    id: str
    enabled: bool | None = None
    source: SourceWord = None
    extrasEnabled: bool | None = None  # noqa: N815
    apiKey: str | None = None  # noqa: N815
    secretKey: str | None = None  # noqa: N815
    cookieHeader: str | None = None  # noqa: N815
    cookieSource: CookieWord = None  # noqa: N815
    region: str | None = None
    workspaceID: str | None = None  # noqa: N815
    enterpriseHost: str | None = None  # noqa: N815
    tokenAccounts: TokenAccountsModel | None = None  # noqa: N815
    quotaWarnings: QuotaWarningsModel | None = None  # noqa: N815
    accentColor: str | None = None  # noqa: N815
    pluginSettings: dict[str, str] | None = None  # noqa: N815
    pluginSecrets: dict[str, str] | None = None  # noqa: N815


class HookRuleModel(_Stored):
    """One element of `hooks.events`; words and limits are checked by validation, types here.

    An event that is not known here is one of a newer version: its rule never runs, and the file stays usable.
    """

    id: str | None = None
    enabled: bool | None = None
    event: str
    provider: str | None = None
    threshold: float | None = None
    executable: str
    arguments: list[str] | None = None
    timeoutSeconds: float | None = None  # noqa: N815


class HooksModel(_Stored):
    """The object `hooks`."""

    enabled: bool | None = None
    events: list[HookRuleModel] | None = None


def entry_problems(raw: object) -> tuple[FieldProblem, ...]:
    """Say what is wrong with an element of `providers`; empty for a usable one."""
    return _problems(EntryModel, raw, "")


def parse_hooks(raw: object) -> HooksModel:
    """Read the object `hooks`; None gives an empty one. Raises ValidationError: ask `hook_problems` for words."""
    return HooksModel() if raw is None else HooksModel.model_validate(raw)


def hook_problems(raw: object) -> tuple[FieldProblem, ...]:
    """Say what is wrong with the object `hooks`; empty for a usable or absent one."""
    return () if raw is None else _problems(HooksModel, raw, "hooks")


def parse_accounts(entry: Mapping[str, object]) -> TokenAccountsModel | None:
    """Read `tokenAccounts` of an entry, None when absent or unusable."""
    try:
        return TokenAccountsModel.model_validate(entry["tokenAccounts"])
    except (KeyError, ValidationError):
        return None


def parse_quota_warnings(entry: Mapping[str, object]) -> QuotaWarningsModel | None:
    """Read `quotaWarnings` of an entry, None when absent or unusable."""
    try:
        return QuotaWarningsModel.model_validate(entry["quotaWarnings"])
    except (KeyError, ValidationError):
        return None


def _problems(model: type[BaseModel], raw: object, root: str) -> tuple[FieldProblem, ...]:
    try:
        model.model_validate(raw)
    except ValidationError as error:
        # Without the input: a mistyped credential must not end up in a message.
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return tuple(FieldProblem(_path(root, item["loc"]), _complaint(item["type"], item["msg"])) for item in found)
    return ()


def _complaint(kind: str, message: str) -> str:
    return _COMPLAINTS.get(kind) or (message.removeprefix("Value error, ") if kind == "value_error" else "is not valid")


def _path(root: str, place: tuple[int | str, ...]) -> str:
    path = root
    for part in place:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path
