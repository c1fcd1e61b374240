"""What a frozen app does before anything else: it takes its loader's traces back, and knows when it is a worker.

The loader of PyInstaller lets `LD_LIBRARY_PATH` point into the bundle, keeps the value it found as
`LD_LIBRARY_PATH_ORIG` and leaves notes for itself (https://pyinstaller.org/en/stable/runtime-information.html).
Programs started by the app would inherit that and load our libraries instead of the system's.
"""

from __future__ import annotations

TYPE_CHECKING = False  # the guard of child processes starts here, too: nothing is imported
if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence


def leave_bundle(environ: MutableMapping[str, str]) -> None:
    """Take back what the loader did. Our own libraries are found all the same: the linker has read the path by now."""
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        original = environ.pop(f"{name}_ORIG", None)
        environ.pop(name, None)
        if original:
            environ[name] = original
    for name in [name for name in environ if name.startswith(("_PYI_", "_MEIPASS"))]:
        del environ[name]


def serve_multiprocessing(argv: Sequence[str]) -> None:
    """Be a process of multiprocessing where the command line says so, and never return from that.

    A provider of the user's may start processes. In a frozen app they are this program with other arguments
    (https://docs.python.org/3/library/multiprocessing.html#multiprocessing.freeze_support); taken for a command, each
    would fail, and a pool starts another in its place without end.
    """
    if {"-c", "--multiprocessing-fork"}.isdisjoint(argv):
        return
    import importlib  # it takes longer than many a command
    import multiprocessing

    importlib.import_module("pyi_rth_multiprocessing")  # PyInstaller's: freeze_support for more than Windows
    multiprocessing.freeze_support()
