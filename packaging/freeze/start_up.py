"""Runs first in both frozen programs, in place of three start-up scripts of PyInstaller.

Those load inspect, pkgutil and multiprocessing at every start, and the app starts itself often: as a guard of tools, as
a reader of logs. The modules of this app lie beside it as files, so Python's own finder does for them what two of the
scripts are for; the third is run by the processes that need it, see codexbar_qt/bundle_environment.py.
"""

import sys

sys.path_hooks.remove(sys.modules["pyimod02_importers"].PyiFrozenFinder.path_hook)
sys.path_importer_cache.clear()
