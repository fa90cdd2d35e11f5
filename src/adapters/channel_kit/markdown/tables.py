"""Tables as text, because chats have none: each row becomes lines of "header: value"."""

import re

from attrs import define, field

MAX_GROWTH = 10  # a table may become this many times as long as its source, since each row repeats the header
CELL_BORDER = re.compile(r"(?<!\\)\|")


@define
class _Row:
    source: str
    cells: list[str] = field(factory=list)

    def has_more_cells_than(self, header: "_Row") -> bool:
        """Whether the author wrote more cells than the header has. Markdown would drop them."""
        written = self.source.strip().removeprefix("|").removesuffix("|")
        return len(CELL_BORDER.split(written)) > len(header.cells)


@define(kw_only=True)
class Table:
    """Collects the formatted cells of a table, the header first. `start` and `end` are its source lines."""

    start: int
    end: int
    rows: list[_Row] = field(factory=list)

    def add_row(self, source: str) -> None:
        self.rows.append(_Row(source))

    def add_cell(self, text: str) -> None:
        self.rows[-1].cells.append(text)

    def text(self) -> str:
        header, *body = self.rows
        if not body:
            return " | ".join(filter(None, header.cells))
        if len(body) * sum(map(len, header.cells)) > MAX_GROWTH * sum(len(row.source) for row in self.rows):
            return "\n".join(row.source.strip() for row in self.rows)
        blocks = [_lines(header, row) for row in body]
        return ("\n\n" if len(header.cells) > 1 else "\n").join(filter(None, blocks))


def _lines(header: _Row, row: _Row) -> str:
    if row.has_more_cells_than(header):
        return row.source.strip()
    pairs = zip(header.cells, row.cells, strict=False)
    return "\n".join(f"{name}: {value}".rstrip() if name else value for name, value in pairs if name or value)
