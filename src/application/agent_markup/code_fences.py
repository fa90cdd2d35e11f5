"""Find the end of fenced code: marks within it have no meaning."""

import re

from attrs import define, field

# Models also open a fence after other text of a line.
OPENING = r"(?P<fence>(?<!`)`{3,}+|(?<!~)~{3,}+)(?P<info>[^`<\n]*+)$"
# Code in one line: `so`, ``or so``. A block is not code.
INLINE = r"(?P<inline>(?<!`)(?P<ticks>`{1,8}+)(?!`|[ \t]*+trunkline\b)[^\n]*?(?<!`)(?P=ticks)(?!`))"
CLOSING = re.compile(r"^[ \t>]*+(`{3,}+|~{3,}+)[ \t]*+$", re.MULTILINE)
MAX_LENGTH = 8  # of fences that are distinguished, so that few searches can fail


@define
class CodeFences:
    """The fences of one text. `_unclosed` maps each mark to the shortest length that nothing closes."""

    text: str
    _unclosed: dict[str, int] = field(factory=dict, init=False)

    def end(self, fence: str, start: int) -> int | None:
        """Where the code that `fence` opens before `start` ends; None when nothing closes it."""
        mark, length = fence[0], min(len(fence), MAX_LENGTH)
        if length >= self._unclosed.get(mark, MAX_LENGTH + 1):
            return None
        for closing in CLOSING.finditer(self.text, start):
            if closing[1][0] == mark and len(closing[1]) >= length:
                return closing.end()
        self._unclosed[mark] = length
        return None
