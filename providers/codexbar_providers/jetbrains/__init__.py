"""JetBrains AI: credits used of the current period, read from the file in which the IDE keeps them.

No network and no login: the file appears when AI Assistant is used in an IDE for the first time. Of several IDEs the
one whose file changed last is read, because the licence belongs to the account and that IDE knows best.
"""

from __future__ import annotations

from codexbar_providers.jetbrains.ides import ide_choices
from codexbar_providers.jetbrains.local import SETTING, explain_setup, fetch_from_quota_file
from codexbar_qt.provider_api import (
    Action,
    ChoiceSetting,
    Provider,
    ProviderDescriptor,
    Source,
    Strategy,
    TextSetting,
    WindowSpec,
)

DESCRIPTOR = ProviderDescriptor(
    id="jetbrains",
    name="JetBrains AI",
    short_name="JetBrains",
    color="#FF3399",
    order=25,
    windows=WindowSpec(primary="Current", secondary="Refill"),
    settings=(
        ChoiceSetting(
            key=SETTING,
            label="JetBrains IDE",
            discover=ide_choices,
            help="Auto-detect reads the IDE that was used last.",
        ),
        TextSetting(
            key=SETTING,
            label="Custom Path",
            placeholder="~/.config/JetBrains/IntelliJIdea2024.3",
            help="The settings folder of an IDE, instead of the detected ones.",
        ),
    ),
    account_is_source=True,
    quality="solid",
)

PROVIDER = Provider(
    DESCRIPTOR,
    strategies=(Strategy(Source.CLI, fetch_from_quota_file, label="local"),),
    actions=(Action("login", "How to enable AI Assistant", explain_setup),),
)
