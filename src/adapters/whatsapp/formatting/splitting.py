"""Cut a long text into parts WhatsApp accepts, where a reader would pause.

Source: Meta, "Text messages": at most 4096 characters. Their unit is not documented; UTF-16 code units are the
strictest reading.
"""

import logging
from collections.abc import Sequence

from attrs import frozen

from adapters.whatsapp.formatting.segmentation import Passage, Pause, units
from adapters.whatsapp.formatting.spans import Span, read_spans
from domain.messages.part_limits import MAX_PARTS
from domain.messages.parts import TextPart

logger = logging.getLogger(__name__)

LIMIT = 4096
OPEN = "```\n"
CLOSE = "\n```"
SHORTENED = "[…]"  # says in every language that something is left out
MAX_MARKS = 32  # those of spans inside each other, at both ends of a part

# A pause is worth a part this much shorter than it could be: more parts cost more and take longer to read.
WORTH_WAITING_FOR = 5 / 6


def split(text: str, *, limit: int = LIMIT, spans: Sequence[Span] = (), at_most: int | None = None) -> tuple[str, ...]:
    """The text in parts of at most `limit` UTF-16 code units; white space around a cut is dropped.

    A word is only cut when it is longer than a part, and so are links and graphemes. A code fence that does not fit
    is closed and opened again in the next part, and so are the `spans` of the text. What `at_most` parts do not hold
    is left out, and `SHORTENED` says so.
    """
    stripped = text.strip()
    if not stripped or at_most == 0:
        return ()
    if units(stripped) <= limit:
        return (stripped,)
    if at_most is not None:
        # One part more than there may be: the rest need not be read to know that it is left out.
        stripped = stripped[: (at_most + 1) * limit]
    longest = limit - len(OPEN) - len(CLOSE) - (MAX_MARKS if spans else 0)
    passage = Passage.of(stripped, longest_grapheme=longest, spans=spans)
    return tuple(_Splitter(passage=passage, limit=limit, at_most=at_most).parts())


def texts(marked: str, *, reply_to: str = "", at_most: int = MAX_PARTS) -> tuple[TextPart, ...]:
    """A formatted text in at most so many bubbles, the first of which replies."""
    text, spans = read_spans(marked.strip())
    bodies = split(text, spans=spans, at_most=at_most)
    return tuple(TextPart(body=body, reply_to="" if index else reply_to) for index, body in enumerate(bodies))


def shortened(marked: str, *, limit: int) -> str:
    """As much of a formatted text as one part of so many UTF-16 code units holds."""
    text, spans = read_spans(marked.strip())
    return next(iter(split(text, limit=limit, spans=spans, at_most=1)), "")


@frozen(kw_only=True)
class _Splitter:
    passage: Passage
    limit: int
    at_most: int | None

    def parts(self) -> list[str]:
        parts: list[str] = []
        start, end = 0, len(self.passage.graphemes)
        while start < end:
            is_last = len(parts) + 1 == self.at_most and not self._fits(start, end, self.limit)
            cut = self._cut(start, end, self.limit - len(SHORTENED) - 1 if is_last else self.limit)
            text = "".join(self.passage.graphemes[start:cut]).rstrip()
            if text.strip():
                parts.append(f"{self._opening(start)}{text}{self._closing(cut)}")
            if is_last and len(parts) == self.at_most:
                logger.warning("a text is longer than %d messages, its end is left out", self.at_most)
                return [*parts[:-1], f"{parts[-1]}\n{SHORTENED}"]
            start = self._resume(cut, end)
        return parts

    def _cut(self, start: int, end: int, limit: int) -> int:
        """Where the part that begins at `start` ends."""
        if self._fits(start, end, limit):
            return end
        fitting = self._fitting(start, end, limit)
        enough = self.passage.sizes[start] + limit * WORTH_WAITING_FOR
        full = [cut for cut in fitting if self.passage.sizes[cut] >= enough]
        attempts = [(full, pause) for pause in (Pause.PARAGRAPH, Pause.LINE, Pause.SENTENCE)]
        attempts += [(fitting, pause) for pause in (Pause.WORD, Pause.LETTER, Pause.NONE)]
        for cuts, pause in attempts:
            for cut in cuts:
                if self.passage.pauses[cut] >= pause:
                    return cut
        return start + 1

    def _fitting(self, start: int, end: int, limit: int) -> list[int]:
        """Where the part may end, the longest first."""
        last = min(end, start + limit)
        most = limit - len(self._opening(start)) + self.passage.sizes[start]
        sizes = self.passage.sizes
        return [cut for cut in range(last, start, -1) if sizes[cut] <= most and sizes[cut] + self._closed(cut) <= most]

    def _fits(self, start: int, cut: int, limit: int) -> bool:
        size = self.passage.sizes[cut] - self.passage.sizes[start]
        return len(self._opening(start)) + size + self._closed(cut) <= limit

    def _closed(self, cut: int) -> int:
        """How long what closes a part is that ends here."""
        return len(self._closing(cut)) if self.passage.spans[cut] or self.passage.in_code[cut] else 0

    def _opening(self, start: int) -> str:
        marks = "".join(span.opening for span in self.passage.spans[start])
        return marks + OPEN if self.passage.in_code[start] else marks

    def _closing(self, cut: int) -> str:
        marks = "".join(span.closing for span in reversed(self.passage.spans[cut]))
        return CLOSE + marks if self.passage.in_code[cut] else marks

    def _resume(self, cut: int, end: int) -> int:
        """Where the text goes on after the white space at `cut`; in code the next line keeps its indentation."""
        start = cut
        while start < end and self.passage.graphemes[start].isspace():
            start += 1
        if not self.passage.in_code[cut]:
            return start
        lines = [index + 1 for index in range(cut, start) if "\n" in self.passage.graphemes[index]]
        return max(lines, default=start)
