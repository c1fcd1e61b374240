"""The frozen tray app starts here."""

import os
import sys

from codexbar_qt.bundle_environment import leave_bundle, serve_multiprocessing

leave_bundle(os.environ)
serve_multiprocessing(sys.argv)

from codexbar_qt.__main__ import main  # noqa: E402 - whatever is started from here on gets the system's environment

sys.exit(main())
