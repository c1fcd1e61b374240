"""Where preferences come from: settings.json and CODEXBAR_PREF_<NAME>, each value checked on its own."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_settings import PydanticBaseSettingsSource

from codexbar_qt.core.preferences import Preferences
from codexbar_qt.provider_api import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic.fields import FieldInfo

ENV_PREFIX = "CODEXBAR_PREF_"


class DocumentSource(PydanticBaseSettingsSource):
    """Values of settings.json; one that does not fit its preference is left out, the others stand."""

    def __init__(self, document: Mapping[str, object]) -> None:
        super().__init__(Preferences)
        self._document = document

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the value of a preference, its key and whether it still needs decoding (never)."""
        return self._document.get(file_key(field_name)), file_key(field_name), False

    def __call__(self) -> dict[str, Any]:
        """Return the usable values by stored key, unknown keys included."""
        known = {*file_keys(), *file_keys().values()}
        # A leading underscore would be an option of BaseSettings itself; such a key stays in the file, unseen.
        found: dict[str, Any] = {
            key: value for key, value in self._document.items() if key not in known and not key.startswith("_")
        }
        for name, field in Preferences.model_fields.items():
            value, key, _ = self.get_field_value(field, name)
            if value is not None and fits(name, value):
                found[key] = value
        return found


class EnvironmentSource(PydanticBaseSettingsSource):
    """Values of CODEXBAR_PREF_<NAME>; the name is the attribute in capitals. Lists are separated by commas."""

    def __init__(self, read_env: Callable[[str], str | None]) -> None:
        super().__init__(Preferences)
        self._read_env = read_env

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the value of a preference, its key and whether it still needs decoding (never)."""
        text = clean(self._read_env(ENV_PREFIX + field_name.upper()))
        value: object = text
        if text is not None and field_name == "overview_providers":
            value = tuple(part.strip() for part in text.split(",") if part.strip())
        elif text is not None and text.isdigit() and field_name == "weekly_progress_work_days":
            value = int(text)
        return value, file_key(field_name), False

    def __call__(self) -> dict[str, Any]:
        """Return the usable values by stored key."""
        found: dict[str, Any] = {}
        for name, field in Preferences.model_fields.items():
            value, key, _ = self.get_field_value(field, name)
            if value is not None and fits(name, value):
                found[key] = value
        return found


def read_preferences(
    document: Mapping[str, object], read_env: Callable[[str], str | None], *, is_fresh: bool
) -> Preferences:
    """Return the preferences; without a usable cadence a fresh install is adaptive, an existing one every 5 minutes."""
    cadence = {} if is_fresh else {file_key("refresh_frequency"): "fiveMinutes"}
    values: dict[str, Any] = {**cadence, **DocumentSource(document)(), **EnvironmentSource(read_env)()}
    return Preferences(**values)


def file_keys() -> dict[str, str]:
    """Return the stored key of every preference by attribute name."""
    return {name: file_key(name) for name in Preferences.model_fields}


def file_key(name: str) -> str:
    """Return the stored key of one preference."""
    return cast("str", Preferences.model_fields[name].validation_alias)


def fits(name: str, value: object) -> bool:
    """Whether a value can be stored as the preference of this attribute name."""
    try:
        _adapter(name).validate_python(value)
    except ValidationError:
        return False
    return True


@functools.cache
def _adapter(name: str) -> TypeAdapter[Any]:
    annotation: Any = Preferences.model_fields[name].annotation
    return TypeAdapter(annotation)
