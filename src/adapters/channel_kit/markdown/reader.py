"""A language model's Markdown as rich text.

Headings, tables, images, HTML, formulas and nested lists become the nearest thing that people can read in a chat.
"""

import re

from attrs import define, field
from markdown_it.token import Token

from adapters.channel_kit.markdown.inline import read_inline
from adapters.channel_kit.markdown.layout import RULE, BlockLayout
from adapters.channel_kit.markdown.markers import marked, read_markers, without_noncharacters
from adapters.channel_kit.markdown.parser import MAX_NESTING, markdown_parser
from adapters.channel_kit.markdown.tables import Table
from domain.messages.rich_text import RichText, Style

MAX_FORMATTED = 40_000  # characters, about as many as ten messages hold
MAX_LINES = 4000  # each line may be a block, and the garbage collection of many blocks stops every thread
CONTAINERS = frozenset({"blockquote_open", "bullet_list_open", "ordered_list_open", "list_item_open"})
OPENING_FENCE = re.compile(r"[ \t]*```[^`\n]*")
CLOSING_FENCE = re.compile(r"[ \t]*```[ \t]*")

# Texts without anything that may be a mark, which the parser would return as they are. Between their words there is one
# space. No line begins with a digit or punctuation in ASCII, and there is no address.
WORD = r"[^\s\\`*_\[\]<>&$~|\x00-\x1f\ufdd0-\ufdef]+"
LINE = rf"(?![\x00-@]){WORD}(?: {WORD})*"
PLAIN = re.compile(rf"(?s:(?!.*://)){LINE}(?:\n+{LINE})*")

PARSER = markdown_parser()


def read_markdown(markdown: str) -> RichText:
    """The text for `markdown`."""
    return RichText(markdown) if PLAIN.fullmatch(markdown) else read_marks(markdown)


def read_marks(markdown: str) -> RichText:
    """As `read_markdown`, by the parser.

    Markdown of more than `MAX_FORMATTED` characters or `MAX_LINES` lines stays as it was written, but for its code
    blocks. So does Markdown that is nested so deep that nobody means it as formatting.
    """
    source = without_noncharacters("\n".join(markdown.splitlines()))
    if len(source) > MAX_FORMATTED or source.count("\n") >= MAX_LINES:
        return read_fences(source)
    tokens = PARSER.parse(source)
    if any(token.type in CONTAINERS and token.level >= MAX_NESTING - 2 for token in tokens):
        return read_fences(source)
    text = _Writer(source=source.split("\n")).write(tokens)
    return read_markers(text) if text else read_fences(source)


def read_fences(source: str) -> RichText:
    """The text as it was written. Only what stands between two fences becomes a code block."""
    written: list[str] = []
    opened: int | None = None
    for line in source.split("\n"):
        if opened is None and OPENING_FENCE.fullmatch(line):
            opened = len(written)
        elif opened is not None and CLOSING_FENCE.fullmatch(line):
            code = "\n".join(written[opened + 1 :])
            if code.strip():
                written[opened:] = [marked(code, Style.CODE_BLOCK)]
                opened = None
                continue
            opened = None
        written.append(line)
    return read_markers("\n".join(written).strip())


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
                self.table.add_cell(read_inline(token.children or []))
            case "inline":
                text = read_inline(token.children or [], bold=self.heading_end is not None)
                self.layout.add_text(text, start=start, end=self.heading_end or end)
            case "fence":
                # An empty fence has its code where the name of the language belongs: "```code```" on one line.
                self.layout.add_code(token.content if token.content.strip() else token.info, start=start, end=end)
            case "hr":
                self.layout.add_text(RULE, start=start, end=end)
