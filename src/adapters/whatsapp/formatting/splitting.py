"""Cuts a long text into messages that WhatsApp accepts, where a reader would pause."""

import logging
from collections.abc import Sequence

from attrs import frozen

from adapters.whatsapp.formatting.limits import MAX_TEXT
from adapters.whatsapp.formatting.segmentation import Boundary, SegmentedText, utf16_length
from adapters.whatsapp.formatting.spans import Span, read_spans
from domain.messages.part_limits import MAX_PARTS
from domain.messages.parts import TextPart

logger = logging.getLogger(__name__)

OPENING_FENCE = "```\n"
CLOSING_FENCE = "\n```"
OMISSION = "[…]"  # people understand it in every language
MAX_MARKS = 32  # characters for the marks of nested spans, at both ends of a message
# For a better place to cut, a message may have this share of its full length: more messages cost more, and take longer
# to read.
MIN_FILL = 5 / 6


def split(
    text: str, *, limit: int = MAX_TEXT, spans: Sequence[Span] = (), at_most: int | None = None
) -> tuple[str, ...]:
    """The text in parts of at most `limit` UTF-16 code units, without the white space around a cut.

    A word, a link or a grapheme is cut only when it is longer than a part. A code fence that does not fit is closed at
    the cut and opened again in the next part, and so are the `spans` of the text. Text that does not fit in `at_most`
    parts is left out, and `OMISSION` stands at the end of the last part.
    """
    stripped = text.strip()
    if not stripped or at_most == 0:
        return ()
    if utf16_length(stripped) <= limit:
        return (stripped,)
    if at_most is not None:
        # One part more than allowed is enough to know that something is left out. The rest need not be read.
        stripped = stripped[: (at_most + 1) * limit]
    max_grapheme = limit - len(OPENING_FENCE) - len(CLOSING_FENCE) - (MAX_MARKS if spans else 0)
    segmented = SegmentedText.of(stripped, max_grapheme=max_grapheme, spans=spans)
    return tuple(_Splitter(text=segmented, limit=limit, at_most=at_most).parts())


def text_parts(marked: str, *, reply_to: str = "", at_most: int = MAX_PARTS) -> tuple[TextPart, ...]:
    """A formatted text in at most `at_most` messages. The first one is the reply to `reply_to`."""
    text, spans = read_spans(marked.strip())
    bodies = split(text, spans=spans, at_most=at_most)
    return tuple(TextPart(body=body, reply_to="" if index else reply_to) for index, body in enumerate(bodies))


def shorten(marked: str, *, limit: int) -> str:
    """The beginning of a formatted text, as much as fits in `limit` UTF-16 code units."""
    text, spans = read_spans(marked.strip())
    return next(iter(split(text, limit=limit, spans=spans, at_most=1)), "")


@frozen(kw_only=True)
class _Splitter:
    text: SegmentedText
    limit: int
    at_most: int | None

    def parts(self) -> list[str]:
        parts: list[str] = []
        start, end = 0, len(self.text.graphemes)
        while start < end:
            is_last = len(parts) + 1 == self.at_most and not self._fits(start, end, self.limit)
            cut = self._cut(start, end, self.limit - len(OMISSION) - 1 if is_last else self.limit)
            text = "".join(self.text.graphemes[start:cut]).rstrip()
            if text.strip():
                parts.append(f"{self._opening(start)}{text}{self._closing(cut)}")
            if is_last and len(parts) == self.at_most:
                logger.warning("a text is longer than %d messages, its end is left out", self.at_most)
                return [*parts[:-1], f"{parts[-1]}\n{OMISSION}"]
            start = self._resume(cut, end)
        return parts

    def _cut(self, start: int, end: int, limit: int) -> int:
        """Where the part that begins at `start` ends: at the best boundary, and of equal ones at the last."""
        if self._fits(start, end, limit):
            return end
        fitting = self._fitting(start, end, limit)
        enough = self.text.sizes[start] + limit * MIN_FILL
        full = [cut for cut in fitting if self.text.sizes[cut] >= enough]
        attempts = [(full, boundary) for boundary in (Boundary.PARAGRAPH, Boundary.LINE, Boundary.SENTENCE)]
        attempts += [(fitting, boundary) for boundary in (Boundary.WORD, Boundary.LETTER, Boundary.NONE)]
        for cuts, boundary in attempts:
            for cut in cuts:
                if self.text.boundaries[cut] >= boundary:
                    return cut
        return start + 1

    def _fitting(self, start: int, end: int, limit: int) -> list[int]:
        """Where the part may end. The longest part comes first."""
        last = min(end, start + limit)
        most = limit - len(self._opening(start)) + self.text.sizes[start]
        sizes = self.text.sizes
        return [
            cut
            for cut in range(last, start, -1)
            if sizes[cut] <= most and sizes[cut] + self._closing_length(cut) <= most
        ]

    def _fits(self, start: int, cut: int, limit: int) -> bool:
        size = self.text.sizes[cut] - self.text.sizes[start]
        return len(self._opening(start)) + size + self._closing_length(cut) <= limit

    def _closing_length(self, cut: int) -> int:
        return len(self._closing(cut)) if self.text.spans[cut] or self.text.in_code[cut] else 0

    def _opening(self, start: int) -> str:
        marks = "".join(span.opening for span in self.text.spans[start])
        return marks + OPENING_FENCE if self.text.in_code[start] else marks

    def _closing(self, cut: int) -> str:
        marks = "".join(span.closing for span in reversed(self.text.spans[cut]))
        return CLOSING_FENCE + marks if self.text.in_code[cut] else marks

    def _resume(self, cut: int, end: int) -> int:
        """Where the next part begins: after the white space at `cut`. In code, the next line keeps its indentation."""
        start = cut
        while start < end and self.text.graphemes[start].isspace():
            start += 1
        if not self.text.in_code[cut]:
            return start
        lines = [index + 1 for index in range(cut, start) if "\n" in self.text.graphemes[index]]
        return max(lines, default=start)
