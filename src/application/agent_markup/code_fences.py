"""Where fenced code ends: marks within it are words."""

import re

from attrs import define, field

# Behind other words of a line as well, for models do that.
OPENING = r"(?P<fence>(?<!`)`{3,}+|(?<!~)~{3,}+)(?P<info>[^`<\n]*+)$"
# In one line: `so`, ``or so``. Not a block, which is no code.
INLINE = r"(?P<inline>(?<!`)(?P<ticks>`{1,8}+)(?!`|[ \t]*+trunkline\b)[^\n]*?(?<!`)(?P=ticks)(?!`))"
CLOSING = re.compile(r"^[ \t>]*+(`{3,}+|~{3,}+)[ \t]*+$", re.MULTILINE)
MAX_LENGTH = 8  # of fences that are told apart, so that few of them can be looked for in vain


@define
class CodeFences:
    """The fences of one text. `_unclosed` has, by mark, the shortest length that nothing closes."""

    text: str
    _unclosed: dict[str, int] = field(factory=dict, init=False)

    def end(self, fence: str, start: int) -> int | None:
        """Where the code ends that `fence` opens before `start`; None when nothing closes it."""
        mark, length = fence[0], min(len(fence), MAX_LENGTH)
        if length >= self._unclosed.get(mark, MAX_LENGTH + 1):
            return None
        for closing in CLOSING.finditer(self.text, start):
            if closing[1][0] == mark and len(closing[1]) >= length:
                return closing.end()
        self._unclosed[mark] = length
        return None
