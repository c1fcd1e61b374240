"""From what a provider declares to the controls of its page. No provider is named here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codexbar_qt.provider_api import (
    AccountsSetting,
    Choice,
    ChoiceSetting,
    CookieSourceSetting,
    Provider,
    ScopesSetting,
    SecretSetting,
    Setting,
    Source,
    TextSetting,
    ToggleSetting,
)
from codexbar_qt.provider_api.resolution import cookie_source, entry_text, find_setting
from codexbar_qt.ui.account_scope import AccountRow, SharedScope, account_row
from codexbar_qt.ui.accounts_field_model import AccountEdits, AccountsField
from codexbar_qt.ui.cookie_paste_field_model import CookiePasteField
from codexbar_qt.ui.cookie_source_field_model import CookieSourceField
from codexbar_qt.ui.privacy_texts import WITH_ACCOUNT, kept_words
from codexbar_qt.ui.scopes_field_model import ScopeEdits, ScopeRow, ScopesField
from codexbar_qt.ui.secret_field_model import SecretField
from codexbar_qt.ui.setting_field_model import ChoiceField, Condition, FieldText, SettingField, ToggleField
from codexbar_qt.ui.text_field_model import TextField

if TYPE_CHECKING:
    from codexbar_qt.provider_api import Scope
    from codexbar_qt.ui.provider_edits import ProviderEdits
    from codexbar_qt.ui.settings_session import SettingsSession

SOURCE_LABELS = {
    Source.AUTO: "Automatic",
    Source.WEB: "Browser session",
    Source.CLI: "Command line tool",
    Source.OAUTH: "Signed-in account",
    Source.API: "API key",
}
_COOKIE = "cookieHeader"
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def check_color(text: str) -> str | None:
    """Return what is wrong with a colour, None for #RRGGBB."""
    return None if _COLOR.fullmatch(text) else "This is not a colour. Write # and six digits, such as #3366CC."


class ProviderFields:
    """Builds the controls of one provider, in the declared order."""

    def __init__(self, session: SettingsSession, provider: Provider, edits: ProviderEdits) -> None:
        self._session = session
        self._provider = provider
        self._edits = edits
        self._id = provider.id

    def connection(self) -> tuple[SettingField, ...]:
        """Return the source picker, when there is a choice, and one control per declared setting."""
        declared = tuple(self._field(setting) for setting in self._provider.descriptor.settings)
        return (self._source(), *declared) if len(self._provider.source_modes) > 2 else declared

    def accent(self) -> TextField:
        """Return the field that replaces the provider's own colour."""
        return TextField(
            FieldText(
                "accentColor",
                "Accent colour",
                help="Used in bars and tabs instead of the provider's own colour.",
                placeholder=self._provider.descriptor.color.upper(),
            ),
            read=lambda: entry_text(self._session.config.entry(self._id).raw, "accentColor") or "",
            write=lambda value: self._edits.set_accent(value.upper()),
            check=check_color,
        )

    def _source(self) -> ChoiceField:
        modes, own = self._provider.source_modes, dict(self._provider.descriptor.source_labels)
        return ChoiceField(
            FieldText("source", "Usage source", help="Automatic tries each way in turn."),
            [Choice(mode.value, own.get(mode, SOURCE_LABELS[mode])) for mode in modes],
            read=lambda: self._session.config.entry(self._id).source.value,
            write=self._edits.set_source,
            read_beside=self._source_in_use,
        )

    def _source_in_use(self) -> str:
        """Say which way Automatic has used last, "" when nobody asked it to choose or it has not yet."""
        used = self._session.card(self._id).source_text
        if not used or self._session.config.entry(self._id).source is not Source.AUTO:
            return ""
        labels = {**SOURCE_LABELS, **dict(self._provider.descriptor.source_labels)}
        return f"Used: {labels[Source(used)] if used in set(Source) else used}"

    def _field(self, setting: Setting) -> SettingField:
        if isinstance(setting, SecretSetting):
            return self._secret(setting)
        if isinstance(setting, ChoiceSetting):
            return self._choice(setting)
        if isinstance(setting, TextSetting):
            return self._text(setting)
        if isinstance(setting, ToggleSetting):
            return self._toggle(setting)
        if isinstance(setting, CookieSourceSetting):
            return self._cookie_source(setting)
        return self._scopes(setting) if isinstance(setting, ScopesSetting) else self._accounts(setting)

    def _secret(self, setting: SecretSetting) -> SecretField:
        kind = CookiePasteField if setting.key == _COOKIE else SecretField
        return kind(
            FieldText(setting.key, setting.label, setting.help, setting.placeholder),
            read=lambda: self._session.secret_state(self._id, setting.key),
            write=lambda value: self._edits.set_setting(setting.key, value),
            shown_when=self._condition(setting.shown_when, setting.shown_for),
            read_link=lambda: self._secret_link(setting),
        )

    def _choice(self, setting: ChoiceSetting) -> ChoiceField:
        def write(value: str) -> None:
            if setting.is_preference:
                self._edits.set_preference(setting.key, value)
            else:
                self._edits.set_setting(setting.key, value)

        return ChoiceField(
            FieldText(setting.key, setting.label, setting.help),
            setting.choices,
            read=lambda: self._session.setting_text(self._id, setting.key) or setting.default,
            write=write,
            keeps_unknown=setting.discover is not None,
        )

    def _text(self, setting: TextSetting) -> TextField:
        return TextField(
            FieldText(setting.key, setting.label, setting.help, placeholder=setting.placeholder or setting.default),
            read=lambda: self._session.setting_text(self._id, setting.key),
            write=lambda value: self._edits.set_setting(setting.key, value),
            check=setting.check,
        )

    def _toggle(self, setting: ToggleSetting) -> ToggleField:
        def read() -> bool:
            stored = self._session.config.entry(self._id).raw.get(setting.key)
            return stored if isinstance(stored, bool) else setting.default

        return ToggleField(
            FieldText(setting.key, setting.label, setting.help),
            read=read,
            write=lambda on: self._edits.set_setting(setting.key, on),
        )

    def _cookie_source(self, setting: CookieSourceSetting) -> CookieSourceField:
        return CookieSourceField(
            FieldText("cookieSource", setting.label, setting.help),
            read=self._cookie_source_in_force,
            write=lambda value: self._edits.set_setting("cookieSource", value),
            read_beside=self._kept_session,
            can_import=self._uses_browsers,
            import_session=self._edits.import_session,
            shown_when=lambda: self._condition(None, setting.shown_for)() and not self._is_replaced("cookieSource"),
        )

    def _cookie_source_in_force(self) -> str:
        setting = find_setting(self._provider.descriptor, "cookieSource")
        manual_when = setting.manual_when if isinstance(setting, CookieSourceSetting) else ()
        return cookie_source(self._session.config.entry(self._id).raw, manual_when)

    def _uses_browsers(self) -> bool:
        """Whether the settings in force let a session of a browser be used."""
        source = self._session.config.entry(self._id).source
        is_automatic = source in (Source.AUTO, Source.WEB) and self._cookie_source_in_force() == "auto"
        return is_automatic and not self._account_stands_in()

    def _account_stands_in(self) -> bool:
        declared = self._provider.descriptor.settings
        replaces = any(isinstance(item, AccountsSetting) and item.injects == _COOKIE for item in declared)
        return replaces and self._session.config.entry(self._id).account is not None

    def _kept_session(self) -> str:
        """Say which session is kept and since when, "" when none is used."""
        if self._account_stands_in():
            return WITH_ACCOUNT
        kept = self._session.cached_session(self._id) if self._uses_browsers() else None
        if kept is None:
            return ""
        hide = self._session.preferences.hide_personal_info
        words = kept_words(kept, self._session.clock.now(), hide_personal_info=hide)
        return f"Cached: {words}{' • in memory' if kept.in_memory else ''}"

    def _accounts(self, setting: AccountsSetting) -> AccountsField:
        scope = SharedScope.of(setting)

        def read() -> list[AccountRow]:
            entry = self._session.config.entry(self._id)
            return [account_row(one, scope, selected=one == entry.account) for one in entry.accounts]

        edits = AccountEdits(
            self._edits.add_account, self._edits.change_account, self._edits.remove_account, self._edits.select_account
        )
        return AccountsField(
            FieldText("tokenAccounts", setting.label, setting.help, placeholder=setting.placeholder), read, edits, scope
        )

    def _scopes(self, setting: ScopesSetting) -> ScopesField:
        def read() -> list[ScopeRow]:
            entry = self._session.config.entry(self._id)
            own = ScopeRow("", setting.own_label, "", on=True, locked=True)
            return [own, *(_scope_row(one, on=one in entry.scopes) for one in entry.known_scopes)]

        return ScopesField(
            FieldText(setting.enabled_key, setting.label, setting.help),
            read,
            ScopeEdits(lambda name, on: self._edits.turn_scope(setting, name, on), self._edits.find_scopes),
        )

    def _condition(self, shown_when: tuple[str, str] | None, shown_for: tuple[Source, ...]) -> Condition:
        def is_called_for() -> bool:
            if shown_for and self._session.config.entry(self._id).source not in shown_for:
                return False
            if shown_when is None:
                return True
            return not self._is_replaced(shown_when[0]) and self._value_in_force(shown_when[0]) == shown_when[1]

        return is_called_for

    def _is_replaced(self, key: str) -> bool:
        """Whether another credential makes a cookie source, and what depends on it, of no use."""
        setting = find_setting(self._provider.descriptor, key)
        if not isinstance(setting, CookieSourceSetting) or not setting.hidden_with:
            return False
        found = self._session.secret_state(self._id, setting.hidden_with)
        return found.stored or bool(found.from_env)

    def _value_in_force(self, key: str) -> str:
        setting = find_setting(self._provider.descriptor, key)
        if isinstance(setting, CookieSourceSetting):
            return self._cookie_source_in_force()
        default = setting.default if isinstance(setting, (ChoiceSetting, TextSetting)) else ""
        return self._session.setting_text(self._id, key) or default

    def _secret_link(self, setting: SecretSetting) -> str:
        """A key is made on the page that belongs to the value of the picker that names such pages."""
        for owner in self._provider.descriptor.settings:
            if setting.key == "apiKey" and isinstance(owner, ChoiceSetting) and owner.console_links:
                return dict(owner.console_links).get(self._value_in_force(owner.key), setting.link)
        return setting.link


def _scope_row(scope: Scope, *, on: bool) -> ScopeRow:
    # Services write a role in small letters; here it stands as a line of its own.
    return ScopeRow(scope.id, scope.name, scope.role[:1].upper() + scope.role[1:], on)
