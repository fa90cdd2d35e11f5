"""Cut a long text into parts WhatsApp accepts, where a reader would pause.

Source: Meta, "Text messages": at most 4096 characters. Their unit is not documented; UTF-16 code units are the
strictest reading.
"""

from attrs import frozen

from adapters.whatsapp.passages import Passage, Pause
from domain.parts import TextPart

LIMIT = 4096
OPEN = "```\n"
CLOSE = "\n```"

# A pause is worth a part this much shorter than it could be: more parts cost more and take longer to read.
WORTH_WAITING_FOR = 5 / 6


def split(text: str, *, limit: int = LIMIT) -> tuple[str, ...]:
    """The text in parts of at most `limit` UTF-16 code units; white space around a cut is dropped.

    A word is only cut when it is longer than a part, and so are addresses and graphemes. A code fence that
    does not fit is closed and opened again in the next part.
    """
    passage = Passage.of(text.strip(), longest_grapheme=limit - len(OPEN) - len(CLOSE))
    return tuple(_Splitter(passage=passage, limit=limit).parts())


def texts(formatted: str, *, reply_to: str = "") -> tuple[TextPart, ...]:
    """The text in bubbles, the first of which replies."""
    bodies = split(formatted)
    return tuple(TextPart(body=body, reply_to="" if index else reply_to) for index, body in enumerate(bodies))


@frozen(kw_only=True)
class _Splitter:
    passage: Passage
    limit: int

    def parts(self) -> list[str]:
        parts: list[str] = []
        start, end = 0, len(self.passage.graphemes)
        while start < end:
            cut = self._cut(start, end)
            text = "".join(self.passage.graphemes[start:cut]).rstrip()
            if text.strip():
                parts.append(f"{self._opening(start)}{text}{self._closing(cut)}")
            start = self._resume(cut, end)
        return parts

    def _cut(self, start: int, end: int) -> int:
        """Where the part that begins at `start` ends."""
        if self._fits(start, end):
            return end
        fitting = self._fitting(start, end)
        enough = self.passage.sizes[start] + self.limit * WORTH_WAITING_FOR
        full = [cut for cut in fitting if self.passage.sizes[cut] >= enough]
        attempts = [(full, pause) for pause in (Pause.PARAGRAPH, Pause.LINE, Pause.SENTENCE)]
        attempts += [(fitting, pause) for pause in (Pause.WORD, Pause.LETTER, Pause.NONE)]
        for cuts, pause in attempts:
            for cut in cuts:
                if self.passage.pauses[cut] >= pause:
                    return cut
        return start + 1

    def _fitting(self, start: int, end: int) -> list[int]:
        """Where the part may end, the longest first."""
        last = min(end, start + self.limit)
        return [cut for cut in range(last, start, -1) if self._fits(start, cut)]

    def _fits(self, start: int, cut: int) -> bool:
        size = self.passage.sizes[cut] - self.passage.sizes[start]
        return len(self._opening(start)) + size + len(self._closing(cut)) <= self.limit

    def _opening(self, start: int) -> str:
        return OPEN if self.passage.in_code[start] else ""

    def _closing(self, cut: int) -> str:
        return CLOSE if self.passage.in_code[cut] else ""

    def _resume(self, cut: int, end: int) -> int:
        """Where the text goes on after the white space at `cut`; in code the next line keeps its indentation."""
        start = cut
        while start < end and self.passage.graphemes[start].isspace():
            start += 1
        if not self.passage.in_code[cut]:
            return start
        lines = [index + 1 for index in range(cut, start) if "\n" in self.passage.graphemes[index]]
        return max(lines, default=start)
