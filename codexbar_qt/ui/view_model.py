"""What every view model of the settings shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtQml import QJSEngine

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Generic, TypeVar, overload

    from PySide6.QtCore import Signal

    T = TypeVar("T")

    class Property(Generic[T]):
        """PySide's Property in terms that a type checker follows: reading it on an object gives the value."""

        def __init__(
            self,
            type_: type[T],
            getter: Callable[[Any], Any] | None = None,
            *,
            notify: Signal | None = None,
            constant: bool = False,
        ) -> None: ...
        def __call__(self, getter: Callable[[Any], T | None]) -> Property[T]:
            """Take the getter that is decorated."""
            ...

        @overload
        def __get__(self, instance: None, owner: object) -> Property[T]: ...
        @overload
        def __get__(self, instance: object, owner: object) -> T: ...
        def __get__(self, instance: object, owner: object) -> T | Property[T]: ...
else:
    from PySide6.QtCore import Property

__all__ = ["Property", "ViewModel"]


class ViewModel(QObject):
    """An object shown in QML that Python owns: the QML engine never deletes it, not even while it has no parent."""

    def __init__(self) -> None:
        super().__init__()
        QJSEngine.setObjectOwnership(self, QJSEngine.ObjectOwnership.CppOwnership)
