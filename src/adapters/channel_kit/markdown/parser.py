"""The Markdown that language models write: CommonMark with tables and strikethrough, and with these differences.

- A table ends where its pipes end, and has a limited number of cells.
- A plus sign before a number is not a bullet.
- Emphasis may touch punctuation inside and a letter outside.
- Only known HTML tags are tags, and only addresses of known schemes are addresses.
- Formulas become text.
- There is no indented code: in a chat it is text that somebody indented.
- There are no reference definitions: they would disappear from the text.
"""

import re
import unicodedata
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block, table
from markdown_it.rules_inline import StateInline, autolink
from markdown_it.rules_inline.emphasis import tokenize as emphasis
from markdown_it.rules_inline.strikethrough import tokenize as strikethrough

from adapters.channel_kit.markdown.addresses import keep_addresses
from adapters.channel_kit.markdown.formulas import formula
from adapters.channel_kit.markdown.html_tags import TAG

type InlineRule = Callable[[StateInline, bool], bool]

MAX_NESTING = 20
MAX_TABLE_CELLS = 2000
# How many lines the parser may read ahead for the quotes of a text: a number for every text, and more for each line.
MAX_LOOKAHEAD, MAX_LOOKAHEAD_PER_LINE = 1000, 5
# The keys of the parser's environment for one text: the line after a table that is too large, the lines read ahead for
# quotes, and the end of a comment that is not a block.
SOURCE_UNTIL, LOOKED_AHEAD, NO_COMMENT_END = "source_until", "looked_ahead", "no_comment_end"
PLUS_AND_NUMBER = re.compile(r"\+[ \t]+\d")
ADDRESS = re.compile(r"<(?:(?:https?|ftp|mailto|sms|tel):|[^\s<>:@]{1,64}@)", re.IGNORECASE)


def markdown_parser() -> MarkdownIt:
    """A parser of this dialect. Several threads may use it at once."""
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    markdown.enable(["strikethrough", "table"]).disable(["code", "reference", "html_block", "html_inline"])
    # Entities stay tokens of their own: `&nbsp;` must be told from a no-break space in the text.
    markdown.disable("text_join").use(keep_addresses)
    block, inline = markdown.block.ruler, markdown.inline.ruler
    block.at("table", _table, {"alt": ["paragraph", "reference"]})
    block.at("blockquote", _blockquote, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    block.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})
    block.before("paragraph", "comment", _comment_block)
    inline.at("emphasis", _relaxed(emphasis))
    inline.at("strikethrough", _relaxed(strikethrough))
    inline.at("autolink", _autolink)
    inline.before("autolink", "html_tag", _html_tag)
    inline.before("escape", "formula", formula)
    markdown.parse("")  # the first use compiles the rules, which is not safe in threads
    markdown.parseInline("")
    return markdown


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table whose rows each have a pipe. With more than twice as many cells as pipes, it stays text.

    Markdown fills short rows up to the header. Example: a header of 181 columns and 362 rows of one pipe each are
    1.4 kB, and would be 65,522 cells.
    """
    if start < state.env.get(SOURCE_UNTIL, 0) or not table(state, start, end, silent=True):
        return False
    last, pipes = start + 2, _line(state, start).count("|") + _line(state, start + 1).count("|")
    while last < end and (in_row := _line(state, last).count("|")):
        pipes += in_row
        last += 1
    columns = _line(state, start + 1).strip().strip("|").count("|") + 1
    if columns * (last - start) > min(MAX_TABLE_CELLS, 2 * pipes):
        state.env[SOURCE_UNTIL] = last
        return False
    return table(state, start, last, silent)


def _blockquote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A quote. When the quotes of a text have taken too much work, the other ones stay text.

    For each quote the parser reads ahead to the next blank line. Example: in many lines of `>~~~` and `x`, in turns,
    each quote ends after one line, but the parser reads all lines for each of them.
    """
    if silent:
        return blockquote(state, start, end, silent)
    looked_ahead = state.env.get(LOOKED_AHEAD, 0)
    limit_reached = looked_ahead > MAX_LOOKAHEAD + MAX_LOOKAHEAD_PER_LINE * len(state.bMarks)
    if limit_reached or not _line(state, start).startswith(">"):
        return False
    last = start
    while last < end and not state.isEmpty(last):
        last += 1
    state.env[LOOKED_AHEAD] = looked_ahead + last - start
    return blockquote(state, start, last, silent)


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A list, but `+ 54 9 11 5555` is a phone number."""
    return not PLUS_AND_NUMBER.match(_line(state, start)) and list_block(state, start, end, silent)


def _comment_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Drop a comment that begins at the beginning of a line and ends at the end of one. It may hold blank lines."""
    if silent or not _line(state, start).startswith("<!--"):
        return False
    closing = state.src.find("-->", state.bMarks[start])
    if closing in {-1, state.env.get(NO_COMMENT_END)}:
        return False
    line = start
    while line < end and state.eMarks[line] < closing:
        line += 1
    if line == end or state.src[closing + 3 : state.eMarks[line]].strip():
        state.env[NO_COMMENT_END] = closing
        return False
    state.line = line + 1
    return True


def _relaxed(rule: InlineRule) -> InlineRule:
    """The rule for a kind of emphasis, with `_relax` applied to the marks that it finds."""

    def apply(state: StateInline, silent: bool) -> bool:
        start = state.pos
        found = rule(state, silent)
        if found:
            _relax(state, start)
        return found

    return apply


def _relax(state: StateInline, start: int) -> None:
    """Let marks between two characters both open and close emphasis.

    Where there is punctuation inside, CommonMark wants a space or punctuation outside. That fits only scripts with
    spaces between words. Example: in `**Note:**we` the second mark closes, and by CommonMark's rule it could only open.
    """
    before, after = state.src[start - 1 : start] if start else "", state.src[state.pos : state.pos + 1]
    if not before.strip() or not after.strip():
        return
    run = state.pos - start
    caseless = any(unicodedata.category(character) == "Lo" for character in (before, after))
    if not caseless and (run == 1 or state.src[start] == "_"):
        return  # `snake_case`, `*args`
    for delimiter in state.delimiters[-run:]:
        if delimiter.token >= len(state.tokens) - run:
            delimiter.open = delimiter.close = True


def _autolink(state: StateInline, silent: bool) -> bool:
    """An address in angle brackets. `<user:id>` and the end of `Dict<str:int>` are not addresses."""
    return ADDRESS.match(state.src, state.pos) is not None and autolink(state, silent)


def _html_tag(state: StateInline, silent: bool) -> bool:
    """A known tag, or a comment, which is dropped."""
    if state.src[state.pos] != "<":
        return False
    if state.src.startswith("<!--", state.pos):
        if state.html_terminator_last("-->") < state.pos:
            return False
        state.pos = state.src.index("-->", state.pos) + 3
        return True
    tag = TAG.match(state.src, state.pos, state.posMax)
    if tag is None:
        return False
    if not silent:
        state.push("html_inline", "", 0).content = tag[0]
    state.pos = tag.end()
    return True
