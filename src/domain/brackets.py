"""Brackets mark what a person did not type. Nothing that comes from outside can pass for them, or close them.

A backslash stands before each bracket that could.
"""

import re

from domain.visible import shows

BARE = re.compile(r"(?<!\\)(?=[\[\]])")


def typed(text: str) -> str:
    """Words a person typed, none of whose lines begins as a note of ours does."""
    return "\n".join(map(_not_a_note, text.splitlines()))


def _not_a_note(line: str) -> str:
    start = next((at for at, character in enumerate(line) if shows(character)), 0)
    return f"{line[:start]}\\{line[start:]}" if line.startswith("[", start) else line


def inside(text: str) -> str:
    """In one line, for within a note of ours."""
    return BARE.sub(r"\\", " ".join(text.split()).rstrip("\\ "))
