"""Web addresses in running text, without the marks of a link. Nothing in them is a mark."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

SCHEME = re.compile(r"(?<![^\W_])https?$", re.IGNORECASE)
REST = re.compile(r"://[^\s<>()\[\]`|\\]*[^\s<>()\[\]`|\\*_~.,:;!?'\"]")
BARE = "bare"
MAX_SCHEME = len("https")


def keep_addresses(parser: MarkdownIt) -> None:
    """Make a link of every web address in running text, as GitHub's Markdown does."""
    parser.inline.ruler.before("escape", "bare_address", _bare_address)


def _bare_address(state: StateInline, silent: bool) -> bool:
    """A rule for the parser, which calls it at every mark. It acts at a colon after a scheme that was read as text."""
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = SCHEME.search(state.pending[-MAX_SCHEME - 1 :])
    # Look for the rest only after a scheme: each "://" in a row of them would read the whole row again.
    rest = REST.match(state.src, state.pos) if scheme else None
    if rest is None or scheme is None:
        return False
    state.pending = state.pending[: -len(scheme[0])]
    state.push("link_open", "a", 1).markup = BARE
    state.push("text", "", 0).content = scheme[0] + rest[0]
    state.push("link_close", "a", -1).markup = BARE
    state.pos = rest.end()
    return True
