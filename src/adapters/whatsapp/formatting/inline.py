"""A paragraph's words with their emphasis, in WhatsApp's marks.

Marks must touch the word inside, must not touch one outside, and do not reach over the end of a line.
Source: WhatsApp, "How to format your messages" (faq.whatsapp.com/539178204879377).
"""

import string
from collections.abc import Iterator, Sequence
from itertools import groupby

from markdown_it.token import Token

from adapters.whatsapp.formatting.addresses import BARE
from adapters.whatsapp.formatting.html_tags import Tags
from adapters.whatsapp.formatting.pieces import Break, Edge, Piece, Run, close_link, code, image, without_idle_edges
from adapters.whatsapp.formatting.spans import LINK_END, LINK_START, span

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
BEFORE_WORDS = f"{string.whitespace}{NO_BREAK_SPACE},.;:!?)]{LINK_START}{LINK_END}"
AFTER_WORDS = f"{string.whitespace}{NO_BREAK_SPACE}([{LINK_START}{LINK_END}"
MARKS = {"strong": "*", "em": "_", "s": "~"}


def inline(tokens: Sequence[Token], *, bold: bool = False) -> str:
    """The text of one block's inline tokens, in lines, with the markers of its spans; with `bold` as a heading."""
    pieces = _with_line_breaks(without_idle_edges(_pieces(tokens)))
    lines = _lines(_styled(pieces, bold=bold))
    return "\n".join(_marked(line, tuple(MARKS)).rstrip(" ") for line in lines)


def _pieces(tokens: Sequence[Token]) -> list[Piece]:
    found: list[Piece] = []
    links: list[tuple[Token, int]] = []
    tags = Tags(found)
    for index, token in enumerate(tokens):
        style, _, edge = token.type.rpartition("_")
        match token.type:
            case "link_open":
                links.append((token, len(found)))
            case "link_close":
                opening, start = links.pop()
                close_link(found, start, _address(opening, "href"), bare=opening.markup in {"autolink", BARE})
            case "softbreak" | "hardbreak":
                found.append(Run("\n"))
            case "code_inline":
                found.append(code(token.content))
            case "image":
                found.append(image(_alternative(token), _address(token, "src")))
            case "html_inline":
                tags.add(token.content)
            case "text_special" if token.content == NO_BREAK_SPACE and _within_line(tokens, index):
                found.append(Run(" "))
            case _ if style in MARKS:
                found.append(Edge(style, edge == "open", token.markup))
            case _:
                found.append(Run(token.content))
    return found


def _address(token: Token, name: str) -> str:
    return str(token.attrs.get(name, ""))


def _alternative(image: Token) -> str:
    return "".join(child.content or " " * child.type.endswith("break") for child in image.children or []).strip()


def _within_line(tokens: Sequence[Token], index: int) -> bool:
    """Whether something stands on both sides of a token: at the edge of a line a space would vanish."""
    if not 0 < index < len(tokens) - 1:
        return False
    return not tokens[index - 1].type.endswith(("break", "_open")) and not tokens[index + 1].type.endswith(
        ("break", "_close")
    )


def _with_line_breaks(pieces: list[Piece]) -> Iterator[Run | Edge]:
    """HTML's breaks as ends of lines. Several in a row are the longest of them; white space around them is none.

    The end of a source line beside one of them, or after `<br>`, adds nothing to it.
    """
    due, begun, ended = 0, False, False
    source_end: Run | None = None
    for piece in pieces:
        match piece:
            case Break(lines=lines):
                due, source_end = max(due, lines), None
            case Run(text="\n", plain=False) if not ended:
                source_end = source_end or (None if due else piece)
            case Run(text=text, plain=False) if not text.strip() and (due or ended):
                pass
            case Run(text=text, plain=plain) if text:
                if source_end:
                    yield source_end
                elif due and begun:
                    yield Run("\n" * due)
                yield piece if plain else Run(text.lstrip(" ") if due or ended else text)
                due, begun, ended, source_end = 0, True, plain and text == "\n", None
            case Edge():
                yield piece


def _styled(pieces: Iterator[Run | Edge], *, bold: bool) -> Iterator[Run]:
    depth = dict.fromkeys(MARKS, 0) | {"strong": int(bold)}
    for piece in pieces:
        if isinstance(piece, Edge):
            depth[piece.style] += 1 if piece.begins else -1
        else:
            styles = frozenset() if piece.plain else frozenset(style for style in MARKS if depth[style])
            yield Run(piece.text, styles=styles)


def _lines(runs: Iterator[Run]) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        lines[-1].append(Run(first, styles=run.styles))
        lines.extend([Run(other, styles=run.styles)] for other in others)
    return lines


def _marked(runs: Sequence[Run], styles: tuple[str, ...]) -> str:
    """The runs with the marks of `styles`, the first one outermost; neighbours in the same style share theirs."""
    if not styles:
        return "".join(run.text for run in runs)
    style, *inner = styles
    return "".join(
        _wrapped(_marked(list(group), tuple(inner)), MARKS[style] if has_style else "")
        for has_style, group in groupby(runs, key=lambda run: style in run.styles)
    )


def _wrapped(text: str, mark: str) -> str:
    """Marks go around the words, not around what may touch an address or code beside them."""
    words = text.lstrip(BEFORE_WORDS).rstrip(AFTER_WORDS)
    if not words or not mark:
        return text
    start = text.index(words)
    return f"{text[:start]}{span(f'{mark}{words}{mark}')}{text[start + len(words) :]}"
