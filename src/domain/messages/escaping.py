r"""Escape brackets, so that no text from outside can look like a note of ours, or close one.

Text in brackets is ours, for example "[sent an image]". Two rules keep it so:

1. In typed text, a bracket that is the first visible character of a line gets a backslash.
2. Within a note, each bracket gets a backslash. Backslashes escape each other, so a bracket after an even number of
   backslashes gets one more.

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
# The fence of a block. If the agent repeats it, it would be read as a block of the agent (see `agent_markup`).
BLOCK = re.compile(r"((?:`{3,}+|~{3,}+)[ \t]*+)(?=trunkline\b)", re.IGNORECASE)


def escape_text(text: str) -> str:
    """Escape typed text (rule 1). No line begins like a note of ours, or like a block of the agent."""
    lines = text.splitlines()
    if BRACKETS.search(text):
        lines = [_not_a_note(line) for line in lines]
    return _no_block("\n".join(lines))


def _not_a_note(line: str) -> str:
    for at, character in enumerate(line):
        if BRACKETS.match(character):
            return f"{line[:at]}\\{line[at:]}"
        if _is_drawn(character):
            break
    return line


def _is_drawn(character: str) -> bool:
    """Whether it is visible for certain. A character that this Python does not know may be an invisible mark."""
    return is_visible(character) and unicodedata.category(character) != "Cn"


def escape_note(text: str) -> str:
    """Escape text for use within a note (rule 2). Returns it in one line."""
    written: list[str] = []
    backslashes = 0
    for character in _without_last_backslash(" ".join(text.split())):
        if BRACKETS.match(character):
            written.append(character if backslashes % 2 else f"\\{character}")
            backslashes = 0
        elif character == "\\":
            written.append(character)
            backslashes += 1
        elif _is_drawn(character) or character == " " or not backslashes:
            written.append(character)
            backslashes = 0
        # An invisible character after a backslash is dropped: it would separate the backslash from its bracket.
    return _no_block("".join(written))


def _without_last_backslash(line: str) -> str:
    """The line without backslashes at its end: they would escape what we write after it."""
    while (seen := len(line) - next((at for at, c in enumerate(reversed(line)) if _is_drawn(c)), len(line))) and (
        line[seen - 1] == "\\"
    ):
        line = line[: seen - 1].rstrip()
    return line


def _no_block(text: str) -> str:
    return BLOCK.sub(r"\1\\", text) if "```" in text or "~~~" in text else text
