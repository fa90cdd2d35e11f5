"""A language model's Markdown in WhatsApp's formatting.

WhatsApp knows bold, italic, struck and monospaced text, lists and quotes. Headings, links, tables, images, HTML,
formulas and nested lists become the nearest thing that people can read.
"""

from attrs import define, field
from markdown_it.token import Token

from adapters.whatsapp.formatting.dialect import MAX_NESTING, markdown_parser
from adapters.whatsapp.formatting.inline import format_inline
from adapters.whatsapp.formatting.layout import RULE, BlockLayout
from adapters.whatsapp.formatting.spans import read_spans, without_markers
from adapters.whatsapp.formatting.tables import Table

MAX_FORMATTED = 40_000  # characters, about as many as ten messages hold
MAX_LINES = 4000  # each line may be a block, and the garbage collection of many blocks stops every thread
CONTAINERS = frozenset({"blockquote_open", "bullet_list_open", "ordered_list_open", "list_item_open"})

PARSER = markdown_parser()


def to_whatsapp(markdown: str) -> str:
    """The text for `markdown`, without markers."""
    text, _ = read_spans(format_markdown(markdown))
    return text


def format_markdown(markdown: str) -> str:
    """The text for `markdown`, with the markers of its spans (see `spans`).

    Markdown of more than `MAX_FORMATTED` characters or `MAX_LINES` lines stays as it was written. So does Markdown that
    is nested so deep that nobody means it as formatting.
    """
    source = without_markers("\n".join(markdown.splitlines()))
    if len(source) > MAX_FORMATTED or source.count("\n") >= MAX_LINES:
        return source.strip()
    tokens = PARSER.parse(source)
    if any(token.type in CONTAINERS and token.level >= MAX_NESTING - 2 for token in tokens):
        return source.strip()
    return _Writer(source=source.split("\n")).write(tokens) or source.strip()


@define(kw_only=True)
class _Writer:
    """Adds the blocks of the parser's tokens to a layout."""

    source: list[str]
    layout: BlockLayout = field(factory=BlockLayout)
    heading_end: int | None = None
    table: Table | None = None

    def write(self, tokens: list[Token]) -> str:
        for token in tokens:
            start, end = token.map or (self.layout.end, self.layout.end)
            if token.nesting > 0:
                self._open(token, start, end)
            elif token.nesting < 0:
                self._close(token)
            else:
                self._leaf(token, start, end)
        return self.layout.text

    def _open(self, token: Token, start: int, end: int) -> None:
        match token.type:
            case "heading_open":
                self.heading_end = end
            case "blockquote_open":
                self.layout.enter_quote()
            case "bullet_list_open" | "ordered_list_open":
                self.layout.enter_list(first_number=int(token.attrs.get("start", 1)))
            case "list_item_open":
                self.layout.enter_item(delimiter=token.markup if token.info else "", line=start)
            case "table_open":
                self.table = Table(start=start, end=end)
            case "tr_open" if self.table:
                self.table.add_row(self.source[start])

    def _close(self, token: Token) -> None:
        match token.type:
            case "heading_close":
                self.heading_end = None
            case "blockquote_close":
                self.layout.leave_quote()
            case "bullet_list_close" | "ordered_list_close":
                self.layout.leave_list()
            case "list_item_close":
                self.layout.leave_item()
            case "table_close" if self.table:
                self.layout.add_text(self.table.text(), start=self.table.start, end=self.table.end)
                self.table = None

    def _leaf(self, token: Token, start: int, end: int) -> None:
        match token.type:
            case "inline" if self.table:
                self.table.add_cell(format_inline(token.children or []))
            case "inline":
                text = format_inline(token.children or [], bold=self.heading_end is not None)
                self.layout.add_text(text, start=start, end=self.heading_end or end)
            case "fence":
                # An empty fence has its code where the name of the language belongs: "```code```" on one line.
                self.layout.add_code(token.content if token.content.strip() else token.info, start=start, end=end)
            case "hr":
                self.layout.add_text(RULE, start=start, end=end)
