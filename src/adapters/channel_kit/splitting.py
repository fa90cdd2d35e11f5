"""Cuts a long text into messages that a channel accepts, where a reader would pause."""

import logging

from attrs import frozen

from adapters.channel_kit.dialects.dialect import Dialect
from adapters.channel_kit.segmentation import Boundary, SegmentedText, Size
from domain.messages.rich_text import RichText, Style

logger = logging.getLogger(__name__)

OMISSION = "[…]"  # people understand it in every language
MAX_FENCES = 8  # characters for the beginning and the end of a code block
MAX_MARKS = 32  # characters for the marks of nested spans, at both ends of a message
# For a better place to cut, a message may have this share of its full length: more messages cost more, and take longer
# to read.
MIN_FILL = 5 / 6


@frozen(kw_only=True)
class Splitter:
    """Cuts texts for a channel: `size` measures what `dialect` writes."""

    size: Size
    dialect: Dialect

    def measure(self, rich: RichText) -> int:
        """The size of the text with its marks."""
        return self._written(self.dialect.showable(rich))

    def _written(self, showable: RichText) -> int:
        size = self.size(showable.text)
        if showable.spans:
            size += sum([self.size(mark.opening) + self.size(mark.closing) for mark in self.dialect.marks(showable)])
        return size

    def split(self, rich: RichText, *, limit: int, at_most: int | None = None) -> tuple[RichText, ...]:
        """The text in parts of at most `limit`, without the white space around a cut.

        A word, a link or a grapheme is cut only when it is longer than a part. A code block that does not fit is closed
        at the cut and opened again in the next part, and so are other spans. Text that does not fit in `at_most` parts
        is left out, and `OMISSION` stands at the end of the last part.
        """
        found = self.dialect.showable(stripped(rich))
        if not found.text or at_most == 0:
            return ()
        if self._written(found) <= limit:
            return (found,)
        if at_most is not None:
            # One part more than allowed is enough to know that something is left out. The rest need not be read.
            found = found.cut(0, (at_most + 1) * limit)
        marks = list(self.dialect.marks(found))
        max_whole = limit - MAX_FENCES - (MAX_MARKS if found.spans else 0)
        text = SegmentedText.of(found, marks=marks, size=self.size, max_whole=max_whole)
        return tuple(_Parts(rich=found, text=text, size=self.size, limit=limit, at_most=at_most).all())

    def shorten(self, rich: RichText, *, limit: int) -> RichText:
        """The beginning of a text, as much as fits in `limit`."""
        return next(iter(self.split(rich, limit=limit, at_most=1)), RichText())


def stripped(rich: RichText) -> RichText:
    """The text without the white space around it. The indentation of code stays."""
    if rich.text == rich.text.strip():
        return rich
    start, end = len(rich.text) - len(rich.text.lstrip()), len(rich.text.rstrip())
    code = (span.start for span in rich.spans if span.style is Style.CODE_BLOCK and span.end > start)
    start = min(start, next(code, start))
    return rich if (start, end) == (0, len(rich)) else rich.cut(start, max(start, end))


@frozen(kw_only=True)
class _Parts:
    rich: RichText
    text: SegmentedText
    size: Size
    limit: int
    at_most: int | None

    def all(self) -> list[RichText]:
        parts: list[RichText] = []
        start, end = 0, len(self.text.graphemes)
        omission = self.size(OMISSION) + 1
        while start < end:
            is_last = len(parts) + 1 == self.at_most and not self._fits(start, end, self.limit)
            cut = self._cut(start, end, self.limit - omission if is_last else self.limit)
            part = self._part(start, cut)
            if part.text:
                parts.append(part)
            if is_last and len(parts) == self.at_most:
                logger.warning("a text is longer than %d messages, its end is left out", self.at_most)
                return [*parts[:-1], RichText.join("\n", (parts[-1], OMISSION))]
            start = self._resume(cut, end)
        return parts

    def _part(self, start: int, cut: int) -> RichText:
        first, last = self.text.offsets[start], self.text.offsets[cut]
        written = self.rich.text[first:last].rstrip()
        return self.rich.cut(first, first + len(written))

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
        most = limit - self._opening(start) + self.text.sizes[start]
        sizes = self.text.sizes
        return [cut for cut in range(last, start, -1) if sizes[cut] <= most and sizes[cut] + self._closing(cut) <= most]

    def _fits(self, start: int, cut: int, limit: int) -> bool:
        size = self.text.sizes[cut] - self.text.sizes[start]
        return self._opening(start) + size + self._closing(cut) <= limit

    def _opening(self, start: int) -> int:
        return sum(self.size(mark.opening) for mark in self.text.marks[start])

    def _closing(self, cut: int) -> int:
        marks = self.text.marks[cut]
        return sum(self.size(mark.closing) for mark in marks) if marks else 0

    def _resume(self, cut: int, end: int) -> int:
        """Where the next part begins: after the white space at `cut`. A line of code keeps its indentation."""
        start = cut
        while start < end and self.text.graphemes[start].isspace() and not self.text.begins_code[start]:
            start += 1
        if not (self.text.in_code[cut] or self.text.begins_code[start]):
            return start
        lines = [index + 1 for index in range(cut, start) if "\n" in self.text.graphemes[index]]
        return max(lines, default=start)
