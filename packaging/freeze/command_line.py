"""The frozen command line starts here."""

import os
import sys

from codexbar_qt.bundle_environment import leave_bundle, serve_multiprocessing

leave_bundle(os.environ)
serve_multiprocessing(sys.argv)

from codexbar_qt.cli.main import main  # noqa: E402 - whatever is started from here on gets the system's environment

sys.exit(main())
