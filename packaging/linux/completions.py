"""Completions of both programs for bash, zsh and fish, written by shtab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import shtab

from codexbar_qt.__main__ import build_parser
from command_parser import command_line_parser

if TYPE_CHECKING:
    from pathlib import Path

SHELLS = ("bash", "zsh", "fish")


def completion(program: str, shell: str) -> str:
    """Return the completion of `codexbar` or `codexbar-qt` for a shell of SHELLS."""
    parser = command_line_parser() if program == "codexbar" else build_parser()
    # The head tells where to copy the text to, which a package does by itself.
    return re.sub(r"(?m)^# (AUTOMATICALLY|Usage:|\d\)|   |See also).*\n", "", shtab.complete(parser, shell=shell))


def write_completions(share: Path, *, zsh_folder: str) -> None:
    """Write the files below `share`, the folder usr/share of a package."""
    places = {
        "bash": "bash-completion/completions/{}",
        "zsh": f"zsh/{zsh_folder}/_{{}}",
        "fish": "fish/vendor_completions.d/{}.fish",
    }
    for program in ("codexbar", "codexbar-qt"):
        for shell, place in places.items():
            path = share / place.format(program)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(completion(program, shell), encoding="utf-8")
