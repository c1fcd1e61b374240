"""One tab of the provider switcher as the view shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from codexbar_qt.core.wording import percent_text
from codexbar_qt.ui.row_model import drawn

if TYPE_CHECKING:
    from codexbar_qt.core.card_state import TabState
    from codexbar_qt.ui.theme import ThemeModel


@dataclass(frozen=True, slots=True)
class TabItem:
    """`strip` is percent as drawn, -1 when nothing is known."""

    provider_id: str
    label: str
    icon: str
    icon_folder: str
    bar_color: str
    strip: float
    failed: bool
    accessible_text: str


def tab_item(state: TabState, theme: ThemeModel) -> TabItem:
    """Return the tab of a provider with its colour made visible."""
    parts = [state.label]
    if state.strip is not None:
        parts.append(percent_text(state.strip))
    if state.failed:
        parts.append(QCoreApplication.translate("TabItem", "last refresh failed"))
    return TabItem(
        provider_id=state.provider_id,
        label=state.label,
        icon=state.icon,
        icon_folder=state.icon_folder,
        bar_color=theme.bar_color(state.color) if state.color else "",
        strip=drawn(state.strip),
        failed=state.failed,
        accessible_text=", ".join(parts),
    )
