"""The question on a card whether a browser may be read: asked, answered, put off; with keys and screen reader."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from codexbar_qt.core.account import AccountKey
from codexbar_qt.core.card_state import CardState
from codexbar_qt.ui.qml_engine import create_object, qml_folder
from codexbar_qt.ui.theme import SystemLook, ThemeModel

if TYPE_CHECKING:
    from PySide6.QtQml import QQmlEngine

    from codexbar_qt.ui.popup_model import PopupModel

MakeCard = Callable[..., CardState]
ASKED = "CodexBar has not been allowed to read Chrome. Allow it to use the session you have there."
QUESTION = "Alpha can use your login in Chrome. CodexBar reads only what belongs to that login, on this machine."


@pytest.fixture
def waiting(card: MakeCard, new_session: Callable[..., Any]) -> Any:
    """A session whose first provider waits for Chrome, in two parts of an account, and so does its third."""
    failed: dict[str, Any] = {
        "rows": (),
        "subtitle": ASKED,
        "subtitle_kind": "error",
        "error_text": ASKED,
        "fix_label": "Open settings",
        "fix_action": "settings",
        "wants_browser": "Chrome",
    }
    part = card("alpha", key=AccountKey("alpha", "", "part"), **failed)
    return new_session(card("alpha", **failed), part, card("beta"), card("gamma", **failed))


@pytest.fixture
def popup(waiting: Any, new_model: Callable[[Any], PopupModel]) -> PopupModel:
    model = new_model(waiting)
    model.opened()
    return model


@pytest.fixture
def window(popup: PopupModel, engine: QQmlEngine) -> Iterator[QQuickWindow]:
    made = create_object(engine, qml_folder() / "windows" / "PopupWindow.qml", {"popup": popup})
    assert isinstance(made, QQuickWindow)
    made.show()
    made.requestActivate()
    assert QTest.qWaitForWindowActive(made)
    QApplication.processEvents()
    yield made
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def questions(model: PopupModel) -> list[str]:
    return [record.card.property("question") for record in model.property("cards").records]


def below(item: QQuickItem) -> list[QQuickItem]:
    return [one for child in item.childItems() if child.isVisible() for one in (child, *below(child))]


def of_kind(window: QQuickWindow, kind: str) -> list[QQuickItem]:
    return [item for item in below(window.contentItem()) if item.metaObject().className().split("_QML")[0] == kind]


def buttons(window: QQuickWindow) -> dict[str, QQuickItem]:
    return {str(item.property("text")): item for item in of_kind(window, "TextButton")}


def spoken(item: QQuickItem) -> object:
    context = qmlContext(item)
    assert context is not None
    return QQmlExpression(context, item, "Accessible.name").evaluate()[0]


def test_the_first_card_asks_and_only_where_a_browser_is_waited_for(popup: PopupModel) -> None:
    assert questions(popup) == [QUESTION, ""]
    popup.select(1)
    assert questions(popup) == [""]


def test_waiting_for_an_answer_is_no_failure_until_it_is_put_off(popup: PopupModel) -> None:
    first = popup.property("cards").records[0].card
    assert (first.property("subtitle"), first.property("failed")) == ("Waits for your answer", False)
    assert first.property("fixLabel") == ""
    popup.putOffBrowser(0)
    assert (first.property("subtitle"), first.property("failed")) == (ASKED, True)
    assert first.property("fixLabel") == "Open settings"


def test_another_failure_stays_beside_the_question(
    card: MakeCard, new_session: Callable[..., Any], new_model: Callable[[Any], PopupModel]
) -> None:
    text = "The keyring is locked. Unlock it."
    model = new_model(
        new_session(card("alpha", subtitle=text, subtitle_kind="error", error_text=text, wants_browser="Chrome"))
    )
    model.opened()
    assert questions(model) == [QUESTION]
    assert model.property("cards").records[0].card.property("subtitle") == text


async def test_allow_tells_the_session_which_browser(popup: PopupModel, waiting: Any, card: MakeCard) -> None:
    popup.allowBrowser(0)
    await asyncio.sleep(0)
    assert ("access", "chrome", True) in waiting.asked
    waiting.show(card("alpha"))
    assert questions(popup)[0] == ""


async def test_what_went_wrong_stands_in_the_place_of_the_question(popup: PopupModel, waiting: Any) -> None:
    waiting.complaint = "The settings could not be saved. Free some space."
    popup.allowBrowser(0)
    for _ in range(3):
        await asyncio.sleep(0)
    assert questions(popup)[0] == waiting.complaint


@pytest.mark.logs_warnings
async def test_a_defect_is_told_and_logged(popup: PopupModel, waiting: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_: str, **__: bool) -> str:
        raise LookupError("defect")

    waiting.set_browser_access = broken
    popup.allowBrowser(0)
    for _ in range(3):
        await asyncio.sleep(0)
    assert questions(popup)[0] == "Something went wrong inside the app. The details are in the log."
    assert "LookupError" in caplog.text


def test_not_now_asks_no_more_for_that_browser_and_refuses_nothing(popup: PopupModel, waiting: Any) -> None:
    popup.putOffBrowser(0)
    assert questions(popup) == ["", ""]
    popup.select(2)
    assert questions(popup) == [""]
    assert not [one for one in waiting.asked if one[0] == "access"]


def test_intents_on_cards_that_are_not_there_do_nothing(popup: PopupModel, waiting: Any) -> None:
    popup.allowBrowser(7)
    popup.putOffBrowser(-1)
    assert questions(popup)[0] == QUESTION
    assert not [one for one in waiting.asked if one[0] == "access"]


def test_while_the_question_is_open_its_answer_is_what_to_do(window: QQuickWindow, popup: PopupModel) -> None:
    # The second card, a part of the same account, asks nothing and keeps its own button.
    assert list(buttons(window)) == ["Allow", "Not now", "Open settings"]
    popup.putOffBrowser(0)
    QApplication.processEvents()
    assert list(buttons(window)) == ["Open settings"]
    assert not of_kind(window, "ConsentRequest")


async def test_the_keyboard_reaches_and_presses_both_answers(window: QQuickWindow, waiting: Any) -> None:
    seen: list[str] = []
    for _ in range(10):
        QTest.keyClick(window, Qt.Key.Key_Tab)
        focused = window.activeFocusItem()
        assert focused is not None
        seen.append(str(focused.property("text")))
        if seen[-1] == "Allow":
            QTest.keyClick(window, Qt.Key.Key_Space)
        elif seen[-1] == "Not now":
            QTest.keyClick(window, Qt.Key.Key_Return)
            break
    assert seen[-2:] == ["Allow", "Not now"]
    await asyncio.sleep(0)
    QApplication.processEvents()
    assert ("access", "chrome", True) in waiting.asked
    assert not of_kind(window, "ConsentRequest")


def test_a_screen_reader_hears_what_is_allowed(window: QQuickWindow) -> None:
    assert spoken(buttons(window)["Allow"]) == f"Allow. {QUESTION}"
    assert spoken(buttons(window)["Not now"]) == f"Not now. {QUESTION}"
    (request,) = of_kind(window, "ConsentRequest")
    assert spoken(request) == QUESTION


@pytest.mark.parametrize(
    "look",
    [SystemLook(font_pixels=26), SystemLook(high_contrast=True), SystemLook(high_contrast=True, dark=True)],
    ids=["text-200", "contrast", "contrast-dark"],
)
def test_nothing_is_cut_off_however_it_looks(window: QQuickWindow, theme: ThemeModel, look: SystemLook) -> None:
    theme.apply(look)
    window.grabWindow()
    (request,) = of_kind(window, "ConsentRequest")
    for item in below(request):
        corner = item.mapToItem(request, QPointF(item.width(), item.height()))
        assert corner.x() <= request.width() + 2.5
        assert corner.y() <= request.height() + 2.5
    theme.apply(SystemLook(reduced_motion=True))


def test_from_right_to_left_allow_stands_at_the_right(
    qapp: QApplication, popup: PopupModel, engine: QQmlEngine
) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        made = create_object(engine, qml_folder() / "windows" / "PopupWindow.qml", {"popup": popup})
        assert isinstance(made, QQuickWindow)
        made.show()
        made.grabWindow()
        places = {name: item.mapToScene(QPointF(0, 0)).x() for name, item in buttons(made).items()}
        assert places["Allow"] > places["Not now"]
        made.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
