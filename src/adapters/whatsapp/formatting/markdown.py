"""A language model's Markdown as WhatsApp shows it.

WhatsApp knows bold, italic, struck and monospaced text, lists and quotes; headings, links, tables, images, HTML,
formulas and nested lists become the nearest readable thing.
"""

from attrs import define, field
from markdown_it.token import Token

from adapters.whatsapp.formatting.dialect import DEEPEST, parser
from adapters.whatsapp.formatting.inline import inline
from adapters.whatsapp.formatting.layout import Page
from adapters.whatsapp.formatting.spans import read_spans, without_markers
from adapters.whatsapp.formatting.tables import Table

MAX_FORMATTED = 40_000  # characters, about as many as ten messages hold
MAX_LINES = 4000  # of a formatted text; each may be a block, and collecting the garbage of many stops every thread
RULE = "———"
CONTAINERS = frozenset({"blockquote_open", "bullet_list_open", "ordered_list_open", "list_item_open"})

PARSER = parser()


def to_whatsapp(markdown: str) -> str:
    """The text to send for `markdown`."""
    text, _ = read_spans(formatted(markdown))
    return text


def formatted(markdown: str) -> str:
    """The text for `markdown` with the markers of its spans, for whoever cuts it.

    What is longer than `MAX_FORMATTED`, has more than `MAX_LINES`, or is nested too deep to be meant as formatting,
    stays as it was written.
    """
    source = without_markers("\n".join(markdown.splitlines()))
    if len(source) > MAX_FORMATTED or source.count("\n") >= MAX_LINES:
        return source.strip()
    tokens = PARSER.parse(source)
    if any(token.type in CONTAINERS and token.level >= DEEPEST - 2 for token in tokens):
        return source.strip()
    return _Writer(source=source.split("\n")).write(tokens) or source.strip()


@define(kw_only=True)
class _Writer:
    """Walks over the parser's tokens and writes the page."""

    source: list[str]
    page: Page = field(factory=Page)
    heading_end: int | None = None
    table: Table | None = None

    def write(self, tokens: list[Token]) -> str:
        for token in tokens:
            start, end = token.map or (self.page.end, self.page.end)
            if token.nesting > 0:
                self._open(token, start, end)
            elif token.nesting < 0:
                self._close(token)
            else:
                self._leaf(token, start, end)
        return self.page.text

    def _open(self, token: Token, start: int, end: int) -> None:
        match token.type:
            case "heading_open":
                self.heading_end = end
            case "blockquote_open":
                self.page.enter_quote()
            case "bullet_list_open" | "ordered_list_open":
                self.page.enter_list(first_number=int(token.attrs.get("start", 1)))
            case "list_item_open":
                self.page.enter_item(delimiter=token.markup if token.info else "", line=start)
            case "table_open":
                self.table = Table(start=start, end=end)
            case "tr_open" if self.table:
                self.table.add_row(self.source[start])

    def _close(self, token: Token) -> None:
        match token.type:
            case "heading_close":
                self.heading_end = None
            case "blockquote_close":
                self.page.leave_quote()
            case "bullet_list_close" | "ordered_list_close":
                self.page.leave_list()
            case "list_item_close":
                self.page.leave_item()
            case "table_close" if self.table:
                self.page.put(self.table.text(), start=self.table.start, end=self.table.end)
                self.table = None

    def _leaf(self, token: Token, start: int, end: int) -> None:
        match token.type:
            case "inline" if self.table:
                self.table.add_cell(inline(token.children or []))
            case "inline":
                text = inline(token.children or [], bold=self.heading_end is not None)
                self.page.put(text, start=start, end=self.heading_end or end)
            case "fence":
                # A fence with nothing in it was none: its words stand where the language would.
                self.page.put_code(token.content if token.content.strip() else token.info, start=start, end=end)
            case "hr":
                self.page.put(RULE, start=start, end=end)
