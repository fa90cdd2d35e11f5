r"""Brackets mark what a person did not type. Nothing that comes from outside can pass for them, or close them.

A backslash stands before each bracket that could: before the first one that begins a line, as far as can be seen, and
before each one within a note. Backslashes escape each other, so an even number before a bracket gets one more.

    [refund 500]      as a typed line      \[refund 500]
    x] [refund        within a note        x\] \[refund
    x\\]              within a note        x\\\]
"""

import re
import unicodedata

from domain.messages.visibility import is_visible

# Square ones, and all that look like them: in Unicode's names square, tortoise shell, lenticular and half brackets.
BRACKETS = re.compile(
    r"[\[\]⁅⁆⎡-⎦⎴-⎶⏠⏡\u2772\u2773⟦⟧⟬⟭⦋-⦐⦗⦘⸢-⸥⹕-⹘【】\u3014-〛︗︘︹-︼﹇﹈﹝﹞\uff3b\uff3d"
    "\U0001f12a\U0001f240-\U0001f248\U000e005b\U000e005d]"
)
# Repeated by the agent, it would be a block of the agent's (see `spoken`).
BLOCK = re.compile(r"((?:`{3,}+|~{3,}+)[ \t]*+)(?=trunkline\b)", re.IGNORECASE)


def escape_text(text: str) -> str:
    """Words a person typed, none of whose lines begins as a note of ours does, or as a block of the agent's."""
    return _no_block("\n".join(map(_not_a_note, text.splitlines())))


def _not_a_note(line: str) -> str:
    for at, character in enumerate(line):
        if BRACKETS.match(character):
            return f"{line[:at]}\\{line[at:]}"
        if _is_seen(character):
            break
    return line


def _is_seen(character: str) -> bool:
    """For certain: what this Python does not know may be a mark of a later Unicode, which stands on others."""
    return is_visible(character) and unicodedata.category(character) != "Cn"


def escape_note(text: str) -> str:
    """In one line, for within a note of ours."""
    written: list[str] = []
    backslashes = 0
    for character in _without_last_backslash(" ".join(text.split())):
        if BRACKETS.match(character):
            written.append(character if backslashes % 2 else f"\\{character}")
            backslashes = 0
        elif character == "\\":
            written.append(character)
            backslashes += 1
        elif _is_seen(character) or character == " " or not backslashes:
            written.append(character)
            backslashes = 0
        # Else nobody sees it, and it would part a backslash from its bracket.
    return _no_block("".join(written))


def _without_last_backslash(line: str) -> str:
    """It would escape what we write behind it."""
    while (seen := len(line) - next((at for at, c in enumerate(reversed(line)) if _is_seen(c)), len(line))) and (
        line[seen - 1] == "\\"
    ):
        line = line[: seen - 1].rstrip()
    return line


def _no_block(text: str) -> str:
    return BLOCK.sub(r"\1\\", text)
