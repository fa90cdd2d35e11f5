"""Blocks of text one below the other, in lists and quotes."""

from attrs import define, field

from adapters.channel_kit.markdown.markers import ENDS, STARTS, marked
from domain.messages.rich_text import Style

QUOTE = "> "
BULLET = "- "
RULE = "———"


@define
class _Margin:
    """The beginning of the lines of a list item or quote: `marker` for the next line, `rest` for those after it."""

    marker: str
    rest: str
    line: int = 0

    @property
    def is_unused(self) -> bool:
        return self.marker != self.rest

    def take(self) -> str:
        marker, self.marker = self.marker, self.rest
        return marker


@define
class BlockLayout:
    """Collects blocks. There are as many blank lines between two blocks as in their source."""

    parts: list[str] = field(factory=list)
    end: int = 0
    margins: list[_Margin] = field(factory=list)
    numbers: list[int] = field(factory=list)

    @property
    def text(self) -> str:
        return "".join(self.parts).strip()

    def add_text(self, text: str, *, start: int, end: int) -> None:
        """Add a block from the source lines from `start` to before `end`. A blank block adds nothing."""
        if text.strip():
            self._write([self._with_margin(line) if line else "" for line in text.split("\n")], start)
        self.end = end

    def add_code(self, code: str, *, start: int, end: int) -> None:
        """Add monospaced lines, indented like their list item. They are not quoted: that would end the code."""
        if code.strip():
            if any(margin.is_unused and margin.rest != QUOTE for margin in self.margins):
                self._write([self._with_margin("")], start)
            indent = " " * sum(len(margin.rest) for margin in self.margins if margin.rest != QUOTE)
            first, *others = code.rstrip("\n").split("\n")
            lines = [f"{indent}{STARTS[Style.CODE_BLOCK]}{first}", *(indent + line if line else "" for line in others)]
            self._write([*lines[:-1], lines[-1] + ENDS[Style.CODE_BLOCK]], start)
        self.end = end

    def enter_quote(self) -> None:
        """Begin a quote. There is one level of quotes: a quote inside another one is part of it."""
        mark = "" if any(margin.rest == QUOTE for margin in self.margins) else QUOTE
        self.margins.append(_Margin(mark, mark))

    def leave_quote(self) -> None:
        self.margins.pop()

    def enter_list(self, *, first_number: int) -> None:
        self.numbers.append(first_number)

    def leave_list(self) -> None:
        self.numbers.pop()

    def enter_item(self, *, delimiter: str, line: int) -> None:
        """Begin a list item from the source line `line`. `delimiter` follows its number, and is empty for a bullet."""
        marker = f"{self.numbers[-1]}{delimiter} " if delimiter else BULLET
        self.numbers[-1] += 1
        self.margins.append(_Margin(marker, " " * len(marker), line=line))

    def leave_item(self) -> None:
        """End a list item. An item without content still shows its marker."""
        item = self.margins[-1]
        if item.is_unused:
            self._write([self._with_margin("")], item.line)
            self.end = max(self.end, item.line + 1)
        self.margins.pop()

    def _margin(self) -> str:
        return "".join(margin.take() for margin in self.margins)

    def _with_margin(self, line: str) -> str:
        """The line after the markers of its list items, and as a quote where it is one."""
        before, quote, after = self._margin().partition(QUOTE)
        text = f"{after if quote else before}{line}".rstrip(" ")
        return before + marked(text, Style.QUOTE) if quote else text

    def _write(self, lines: list[str], start: int) -> None:
        if self.parts:
            self.parts.append("\n" * (1 + max(0, start - self.end)))
        self.parts.append("\n".join(lines))
        self.end = max(self.end, start)
