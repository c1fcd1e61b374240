"""The tray app under a stopwatch: its own entry point, with what the benchmark needs to know said as JSON lines.

Arguments are those of `codexbar-qt`. Before them may stand `--watched`: the app then starts as for its self-test, and
the lines of its standard input are commands (see `_Conversation`); each is answered by one line. `--clones N` adds
providers to the demo until there are N.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

# Nothing that the app does not import itself may be imported before the icon is shown.
from codexbar_qt.bootstrap import desktop

if TYPE_CHECKING:
    from codexbar_qt.ui.application import Measures

_unmeasured = desktop.measure


def say(what: str, **values: object) -> None:
    """Tell the benchmark something."""
    import json

    print(json.dumps({"bench": what, **values}), flush=True)


def measure() -> Measures:
    """Take the first call for what it is: the icon has just been shown."""
    shown = time.monotonic_ns()
    desktop.measure = _unmeasured
    say("icon", ms=(shown - int(os.environ["BENCH_STARTED"])) / 1e6)
    return _unmeasured()


def main() -> int:
    """Run the app as it is, or watched."""
    words = sys.argv[1:]
    desktop.measure = measure
    if words[:1] == ["--watched"]:
        words = words[1:]
        from tests.bench import conversation

        if words[:1] == ["--clones"]:
            conversation.clone_demo_providers(int(words[1]))
            words = words[2:]
        conversation.replace_selftest(say)
        words.append("--selftest")
    from codexbar_qt.__main__ import main as run

    return run(words)


if __name__ == "__main__":
    sys.exit(main())
