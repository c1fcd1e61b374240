"""What people, models and tools say in generated logs: pieces of JSON strings, escaped as they stand in a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_SAID = """
the quick brown fox jumps over lazy dog def return import value config while test path self None raise class usage
input_tokens assistant vertexShader provider requestId cache timeout parser window session token budget
"""
_WORDS = tuple(_SAID.split())
_OTHER_WORDS = ("Größe", "naïve", "日本語", "テスト", "привет", "𝛑≈3.14", "🦊", "→", "café", "Ελληνικά")
_BREAKS = ("\n", "\n\n", "\t", '"', "\\", "  ", '{"type":"assistant","usage":1}\n')
_PIECES = 96


def text_pieces(random: Random) -> list[str]:
    """Return pieces of 50 to 400 characters; some need two to four bytes a letter, all have escaped characters."""
    pieces: list[str] = []
    for number in range(_PIECES):
        words = _WORDS + _OTHER_WORDS * 4 if number % 6 == 0 else _WORDS
        said = random.choices(words, k=random.randrange(8, 64))
        said.insert(random.randrange(len(said)), random.choice(_BREAKS))
        pieces.append(json.dumps(" ".join(said) + " ", ensure_ascii=False)[1:-1])
    return pieces
