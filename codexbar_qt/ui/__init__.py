"""The desktop surfaces. The only package that knows Qt."""

import builtins

import PySide6.QtCore  # noqa: F401 - puts the import hook in place that is taken out below

# WORKAROUND: PySide6 replaces `__import__` to read the source of every module imported from then on, in search of the
# word "PySide6", for its `from __feature__ import` (PYSIDE-2029, and pyzo/pyzo#851 for another victim). The lines stay
# in linecache. We use no such feature; without the hook the app is ready 50 ms sooner and holds 15 MB less.
if builtins.__import__ is getattr(builtins, "__feature_import__", None):
    builtins.__import__ = getattr(builtins, "__orig_import__")  # noqa: B009 - PySide6 puts it there, unknown to types
