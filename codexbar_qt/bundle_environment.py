"""The environment of a frozen app as it was before the app's loader changed it.

The loader of PyInstaller lets `LD_LIBRARY_PATH` point into the bundle, keeps the value it found as
`LD_LIBRARY_PATH_ORIG` and leaves notes for itself (https://pyinstaller.org/en/stable/runtime-information.html).
Programs started by the app would inherit that and load our libraries instead of the system's.
"""

from __future__ import annotations

TYPE_CHECKING = False  # the guard of child processes starts here, too: nothing is imported
if TYPE_CHECKING:
    from collections.abc import MutableMapping


def leave_bundle(environ: MutableMapping[str, str]) -> None:
    """Take back what the loader did. Our own libraries are found all the same: the linker has read the path by now."""
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        original = environ.pop(f"{name}_ORIG", None)
        environ.pop(name, None)
        if original:
            environ[name] = original
    for name in [name for name in environ if name.startswith(("_PYI_", "_MEIPASS"))]:
        del environ[name]
