"""Signs files with the command that the environment names; without one it says so and leaves them as they are.

CODEXBAR_SIGN_COMMAND is a command line in which $f stands for the file, quoted, for example
`signtool sign /fd sha256 /tr http://timestamp.example /td sha256 /sha1 0123abcd $f`. Inno Setup knows the same
placeholder. Keys and passwords stay in the certificate store or with the signing service, never in the command.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

VARIABLE = "CODEXBAR_SIGN_COMMAND"
PLACEHOLDER = "$f"


def sign_command(environment: Mapping[str, str] | None = None) -> str:
    """Return the command, "" when there is none. Raises SystemExit when it does not say where the file goes."""
    command = (os.environ if environment is None else environment).get(VARIABLE, "").strip()
    if command and PLACEHOLDER not in command:
        raise SystemExit(f"{VARIABLE} has no {PLACEHOLDER}. Put it where the name of the file belongs.")
    return command


def sign(
    paths: Sequence[Path], command: str, run: Callable[[str], object] = lambda line: subprocess.run(line, check=True)
) -> None:
    """Sign every file, one after another. Raises CalledProcessError."""
    if not command:
        print(f"Not signed, for {VARIABLE} is not set: {', '.join(path.name for path in paths)}")
        return
    for path in paths:
        # One line, as Windows starts programs: the command is whole already, with its own quotes.
        run(command.replace(PLACEHOLDER, f'"{path}"'))
