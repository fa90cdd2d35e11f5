"""Blocks one below the other, inside lists and quotes."""

from attrs import define, field

from adapters.whatsapp.formatting.spans import span

FENCE = "```"
QUOTE = "> "
BULLET = "- "


@define
class _Margin:
    """What stands before the lines of a list item or quote: `marker` before the next one, then `rest`."""

    marker: str
    rest: str
    line: int = 0

    @property
    def fresh(self) -> bool:
        return self.marker != self.rest

    def take(self) -> str:
        marker, self.marker = self.marker, self.rest
        return marker


@define
class Page:
    """Text under way. Blocks keep as many blank lines between them as their source lines had."""

    written: list[str] = field(factory=list)
    end: int = 0
    margins: list[_Margin] = field(factory=list)
    numbers: list[int] = field(factory=list)

    @property
    def text(self) -> str:
        return "".join(self.written).strip()

    def put(self, text: str, *, start: int, end: int) -> None:
        """Write a block that stood in the source lines from `start` to before `end`; an empty one leaves no trace."""
        if text.strip():
            self._write([self._with_margin(line) if line else "" for line in text.split("\n")], start)
        self.end = end

    def put_code(self, code: str, *, start: int, end: int) -> None:
        """Write monospaced lines: indented like their list item, but outside any quote, which would break them up."""
        if code.strip():
            if any(margin.fresh and margin.rest != QUOTE for margin in self.margins):
                self._write([self._margin().rstrip()], start)
            indent = " " * sum(len(margin.rest) for margin in self.margins if margin.rest != QUOTE)
            lines = [FENCE, *code.rstrip("\n").split("\n"), FENCE]
            self._write([indent + line if line else "" for line in lines], start)
        self.end = end

    def enter_quote(self) -> None:
        """WhatsApp has one level of quotes; those inside another one add nothing."""
        mark = "" if any(margin.rest == QUOTE for margin in self.margins) else QUOTE
        self.margins.append(_Margin(mark, mark))

    def leave_quote(self) -> None:
        self.margins.pop()

    def enter_list(self, *, first_number: int) -> None:
        self.numbers.append(first_number)

    def leave_list(self) -> None:
        self.numbers.pop()

    def enter_item(self, *, delimiter: str, line: int) -> None:
        """`delimiter` follows the number of an ordered item, a bullet has none; `line` is where it stood."""
        marker = f"{self.numbers[-1]}{delimiter} " if delimiter else BULLET
        self.numbers[-1] += 1
        self.margins.append(_Margin(marker, " " * len(marker), line=line))

    def leave_item(self) -> None:
        """An item without content still shows that it is there."""
        item = self.margins[-1]
        if item.fresh:
            self._write([self._margin().rstrip()], item.line)
            self.end = max(self.end, item.line + 1)
        self.margins.pop()

    def _margin(self) -> str:
        return "".join(margin.take() for margin in self.margins)

    def _with_margin(self, line: str) -> str:
        """The line in its list items and its quote, which is a span."""
        before, quote, after = self._margin().partition(QUOTE)
        return before + span(f"{quote}{after}{line}") if quote else before + line

    def _write(self, lines: list[str], start: int) -> None:
        if self.written:
            self.written.append("\n" * (1 + max(0, start - self.end)))
        self.written.append("\n".join(lines))
        self.end = max(self.end, start)
