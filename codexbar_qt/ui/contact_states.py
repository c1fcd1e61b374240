"""The states that the contact sheet shows: one hand-made scene for each state of the visual language."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.card_state import (
    CardState,
    ChartBar,
    DetailBlock,
    DetailLine,
    MoneyBlock,
    TabState,
    WindowRow,
)
from codexbar_qt.ui import update_scene
from codexbar_qt.ui.contact_scene import Scene
from codexbar_qt.ui.cost_scene import first_scan_block, first_scan_tab, sample_block, sample_report, sample_tab

if TYPE_CHECKING:
    from codexbar_qt.core.cost_block import CostBlock
    from codexbar_qt.core.spend_tab import SpendTab

_COST_ERROR = "The logs could not be read: the disk is full. Free some space."


def scenes() -> dict[str, Scene]:
    """Return every state by name."""
    fresh = _fresh()
    return {
        "first-run": Scene(()),
        "loading": Scene((_plain(subtitle="Refreshing…", subtitle_kind="refreshing", refreshing=True, loading=True),)),
        "fresh": Scene((fresh,), _tabs()),
        "refreshing": Scene(
            (replace(fresh, refreshing=True, subtitle="Refreshing…", subtitle_kind="refreshing"),), _tabs()
        ),
        "stale": Scene((replace(fresh, stale=True, subtitle="Updated 3h ago"),), _tabs()),
        "error-with-data": Scene((_failed_with_data(fresh),), _failed(_tabs())),
        "error-without-data": Scene((_plain(**_error("No connection to the service. Check the network.", "refresh")),)),
        "signed-out": Scene((_plain(**_error("The sign-in has expired. Sign in again.", "settings")),)),
        "asks-for-browser": Scene((_waiting(),), _tabs()),
        "asks-for-browser-text-200": Scene((_waiting(),), _tabs(), font_pixels=26),
        "asks-for-browser-contrast": Scene((_waiting(),), _tabs(), high_contrast=True),
        "asks-for-browser-rtl": Scene((_waiting(),), _tabs(), right_to_left=True),
        "no-limits": Scene((_plain(placeholder="Limits not available", plan_text="Free"),)),
        "not-fetched": Scene((_plain(subtitle="Not fetched yet", subtitle_kind="never", placeholder="No usage yet"),)),
        "balance-only": Scene((_balance_only(),)),
        "parts-of-an-account": Scene(_parts(fresh)),
        "spent": Scene((_spent(fresh),), _tabs()),
        "details": Scene((_with_details(fresh),), _tabs(), screen_height=1080),
        "config-problem": Scene(
            (fresh,), _tabs(), problem="The config file cannot be read. The last good one is in use."
        ),
        "update": Scene((fresh,), _tabs(), updates=update_scene.OFFERED),
        "whats-new": Scene((fresh,), _tabs(), updates=update_scene.UPGRADED),
        "update-and-whats-new": Scene((fresh,), _tabs(), updates=update_scene.OFFERED_AND_UPGRADED),
        "demo": Scene((fresh,), _tabs(), is_demo=True),
        "thirty-providers": Scene((replace(fresh, key=AccountKey("provider-1")),), _thirty()),
        "longest-german": Scene((_german(),), _tabs()),
        "longest-japanese": Scene((_japanese(),), _tabs()),
        **_cost_scenes(fresh),
        "right-to-left": Scene((_hebrew(),), _tabs(), right_to_left=True),
        "text-200": Scene((fresh,), _tabs(), font_pixels=26),
        "high-contrast": Scene((_with_details(fresh),), _tabs(), high_contrast=True),
    }


def _cost_scenes(fresh: CardState) -> dict[str, Scene]:
    """Return the cost part of a card, with its chart open where there is one."""
    card = replace(fresh, rows=fresh.rows[:1], credits=None, extra_usage=None, cost=None)
    year = replace(sample_block("vertexai"), report=sample_report("vertexai", 365))

    def scene(block: CostBlock, **look: object) -> Scene:
        shown = Scene((replace(card, local_cost=block),), _tabs(), opens_cost=block.report is not None)
        return replace(shown, screen_height=1080, **look)  # type: ignore[arg-type]  # field names

    return {
        **_spend_scenes(),
        "cost": replace(scene(sample_block("vertexai")), opens_cost=False),
        "cost-chart": scene(sample_block("claude")),
        "cost-chart-one-day": scene(sample_block("claude", used_days=1)),
        "cost-chart-90-days": scene(replace(sample_block("claude"), report=sample_report("claude", 90))),
        "cost-chart-365-days": scene(year),
        "cost-chart-unknown-models": scene(sample_block("claude", unknown=True)),
        "cost-scanning": scene(first_scan_block()),
        "cost-error": scene(sample_block("claude", error=_COST_ERROR)),
        "cost-chart-contrast": scene(sample_block("claude"), high_contrast=True),
        "cost-chart-text-200": scene(sample_block("claude"), font_pixels=26),
        "cost-chart-rtl": scene(sample_block("claude"), right_to_left=True),
    }


def _spend_scenes() -> dict[str, Scene]:
    """Return the Spend tab alone and beside providers."""

    def scene(tab: SpendTab, **look: object) -> Scene:
        return replace(Scene((), spend=tab, screen_height=1080), **look)  # type: ignore[arg-type]  # field names

    tab = sample_tab("codex", "claude", "vertexai")
    return {
        "spend": scene(tab, cards=(_fresh(),), tabs=_tabs()),
        "spend-alone": scene(sample_tab("claude")),
        "spend-chart": scene(sample_tab("claude"), opens_cost=True),
        "spend-one-day": scene(sample_tab("codex", "claude", used_days=1)),
        "spend-unknown-models": scene(sample_tab("claude", unknown=True)),
        "spend-scanning": scene(first_scan_tab()),
        "spend-error": scene(sample_tab("codex", "claude", error=_COST_ERROR)),
        "spend-contrast": scene(tab, high_contrast=True),
        "spend-text-200": scene(tab, font_pixels=26),
        "spend-rtl": scene(tab, right_to_left=True),
    }


def _plain(**changes: object) -> CardState:
    card = CardState(AccountKey("alpha"), "Alpha", "alpha", "#FF9900", "", "", "Updated just now", "updated")
    return replace(card, dashboard_url="https://example.com/usage", **changes)  # type: ignore[arg-type]  # field names


def _waiting() -> CardState:
    failed = _plain(
        **_error(
            "CodexBar has not been allowed to read Chrome. Allow it to use the session you have there.", "settings"
        )
    )
    return replace(failed, wants_browser="Chrome")


def _error(text: str, action: str) -> dict[str, object]:
    label = "Open settings" if action == "settings" else "Try again"
    return {
        "subtitle": text,
        "subtitle_kind": "error",
        "error_text": text,
        "stale": True,
        "fix_label": label,
        "fix_action": action,
    }


def _row(name: str, left: float, reset: str, **changes: object) -> WindowRow:
    value = f"{left:.0f}% left"
    row = WindowRow(name.lower(), name, value, left, reset, accessible_text=f"{name}, {value}, {reset}")
    return replace(row, **changes)  # type: ignore[arg-type]  # field names


def _fresh() -> CardState:
    return _plain(
        account_text="user@example.com",
        plan_text="Pro",
        subtitle="Updated 2m ago",
        rows=(
            _row("Session", 72, "Resets in 2h 14m"),
            _row("Weekly", 41, "Resets in 3d 4h", detail_text="82/200 requests"),
            _row("Weekly large model", 8, "Resets in 3d 4h"),
        ),
        credits=MoneyBlock("Credits", "112.4 left", "of 500", 22.5),
        extra_usage=MoneyBlock("Extra usage", "This month: $12.40 / $50.00", "25% used", 24.8, ("Balance: $37.60",)),
        cost=MoneyBlock("Cost", "Today: $1.04 · 15K tokens", "", None, ("Last 30 days: $18.22 · 218M tokens",)),
        status_url="https://example.com/status",
    )


def _failed_with_data(card: CardState) -> CardState:
    text = "The service limits requests until 14:15. The numbers below are from 3h ago."
    return replace(card, **_error(text, "refresh"))  # type: ignore[arg-type]  # field names


def _spent(card: CardState) -> CardState:
    rows = (
        _row("Session", 0, "Resets in 3d 4h", spent=True),
        _row("Weekly", 0, "Resets in 3d 4h", spent=True),
    )
    return replace(card, rows=rows, extra_usage=None, credits=None, cost=None)


def _balance_only() -> CardState:
    return _plain(
        plan_text="Pay as you go",
        rows=(WindowRow("balance", "Balance", "$27.60", None, accessible_text="Balance $27.60"),),
        notes=("Renews: Sep 1, 2026",),
        extra_usage=MoneyBlock("Extra usage", "Balance: $27.60"),
    )


def _parts(card: CardState) -> tuple[CardState, CardState]:
    own = replace(card, account_text="Personal", rows=card.rows[:2], extra_usage=None, credits=None, cost=None)
    failed = _plain(**_error("The organization refused the sign-in. Ask its owner for access.", "settings"))
    return own, replace(failed, key=AccountKey("alpha", "", "organization-1"), account_text="Example Works")


def _with_details(card: CardState) -> CardState:
    days = tuple(ChartBar(f"Aug {day}", f"${day * 7 % 31}.00", (day * 7 % 31) / 30) for day in range(1, 31))
    line = tuple(ChartBar(f"{hour}:00", f"{hour * 5 % 24}", (hour * 5 % 24) / 23) for hour in range(24))
    return replace(
        card,
        credits=None,
        cost=None,
        notes=("Renews: Sep 1, 2026",),
        details=(
            DetailBlock(
                "Models",
                (DetailLine("Large", "1.2M tokens", "$4.10", 64), DetailLine("Small", "310K tokens", "", 12)),
                "Spend per day",
                "bars",
                days,
            ),
            DetailBlock("Requests", (DetailLine("Today", "1,204"),), "Per hour", "line", line),
        ),
    )


def _tabs() -> tuple[TabState, ...]:
    known = (
        ("alpha", "Alpha", "#FF9900", 72.0),
        ("beta", "Beta Code", "#4C00FF", 18.0),
        ("gamma", "Gamma", "#10A37F", 0.0),
    )
    tabs = tuple(TabState(name, label, name, color, strip) for name, label, color, strip in known)
    return (*tabs, TabState("delta", "Delta", "delta", "#1F6FEB", None, failed=True))


def _failed(tabs: tuple[TabState, ...]) -> tuple[TabState, ...]:
    return (replace(tabs[0], failed=True), *tabs[1:])


def _thirty() -> tuple[TabState, ...]:
    return tuple(
        TabState(
            f"provider-{n}",
            f"Provider {n}",
            "abcdefghijklmnopqrstuvwxyzabcd"[n - 1],
            f"#{n * 8:02X}{255 - n * 7:02X}80",
            n * 3.3,
        )
        for n in range(1, 31)
    )


def _german() -> CardState:
    return _plain(
        name="Programmierassistenzdienst für Unternehmen",
        account_text="vorname.nachname-doppelname@abteilung.example.com",
        plan_text="Unternehmenstarif mit Mehrverbrauch",
        subtitle="Aktualisiert vor 59 Minuten",
        rows=(
            _row("Arbeitssitzung", 100, "Zurückgesetzt in 23 Std. 59 Min.", value_text="100 % verfügbar"),
            _row(
                "Wochenkontingent für große Sprachmodelle",
                3,
                "Zurückgesetzt in 6 T. 23 Std.",
                value_text="3 % verfügbar",
            ),
        ),
        extra_usage=MoneyBlock(
            "Zusätzlicher Verbrauch",
            "Dieser Monat: 12.345,67 € / 50.000,00 €",
            "25 % verbraucht",
            25,
            ("Guthaben: 37.654,33 €",),
        ),
        notes=("Ihr Abonnement verlängert sich am 1. September 2026 automatisch.",),
    )


def _japanese() -> CardState:
    return _plain(
        name="アルファ・コーディング・アシスタント",
        account_text="user@example.com",
        plan_text="プロフェッショナル",
        subtitle="2分前に更新",
        rows=(
            _row("セッション", 72, "2時間14分後にリセット", value_text="残り72%"),
            _row("週間利用枠(大規模モデル)", 8, "3日4時間後にリセット", value_text="残り8%"),
        ),
    )


def _hebrew() -> CardState:
    return _plain(
        name="אלפא",
        account_text="user@example.com",
        plan_text="מקצועי",
        subtitle="עודכן לפני 2 דקות",
        rows=(
            _row("הפעלה", 72, "מתאפס בעוד 2 שעות", value_text="נותרו 72%"),
            _row("שבועי", 8, "מתאפס בעוד 3 ימים", value_text="נותרו 8%", detail_text="82/200 בקשות"),
        ),
        extra_usage=MoneyBlock("שימוש נוסף", "החודש: $12.40 / $50.00", "25%", 25),
    )
