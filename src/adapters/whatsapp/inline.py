"""A paragraph's words with their emphasis, in WhatsApp's marks.

Marks must touch the word inside, must not touch one outside, and do not reach over the end of a line.
Source: WhatsApp, "How to format your messages" (faq.whatsapp.com/539178204879377).
"""

import string
from collections.abc import Iterator, Sequence
from itertools import groupby

from attrs import field, frozen
from markdown_it.token import Token

from adapters.whatsapp.addresses import BARE

BEFORE_WORDS = string.whitespace + "\N{NO-BREAK SPACE},.;:!?)]"
AFTER_WORDS = string.whitespace + "\N{NO-BREAK SPACE}(["
MARKS = {"strong": "*", "em": "_", "s": "~"}


@frozen
class _Run:
    """Text in some styles. `plain` text, such as code and addresses, never takes any."""

    text: str
    plain: bool = False
    styles: frozenset[str] = frozenset()


@frozen
class _Edge:
    """Where emphasis begins or ends; `written` is how the author wrote it."""

    style: str
    begins: bool
    written: str


type _Piece = _Run | _Edge


def inline(tokens: Sequence[Token], *, bold: bool = False) -> str:
    """The text of one block's inline tokens, in lines; with `bold` as a heading."""
    pieces = _as_written_within_words(_Pieces().read(tokens))
    lines = _lines(_styled(pieces, bold=bold))
    return "\n".join(_marked(line, tuple(MARKS)) for line in lines)


@frozen
class _Pieces:
    """Turns tokens into runs and the edges between them."""

    found: list[_Piece] = field(factory=list)
    links: list[tuple[Token, int]] = field(factory=list)

    def read(self, tokens: Sequence[Token]) -> list[_Piece]:
        for token in tokens:
            style, _, edge = token.type.rpartition("_")
            match token.type:
                case "link_open":
                    self.links.append((token, len(self.found)))
                case "link_close":
                    self._close_link(*self.links.pop())
                case "softbreak" | "hardbreak":
                    self.found.append(_Run("\n"))
                case "code_inline":
                    self.found.append(_Run(_code(token.content), plain=True))
                case "image":
                    self.found.append(_Run(_with_address(_alternative(token), _address(token, "src")), plain=True))
                case _ if style in MARKS:
                    self.found.append(_Edge(style, edge == "open", token.markup))
                case _:
                    self.found.append(_Run(token.content))
        return self.found

    def _close_link(self, token: Token, start: int) -> None:
        """An address stands after its text, and alone where the text says the same."""
        address = _address(token, "href")
        label = "".join(piece.text for piece in self.found[start:] if isinstance(piece, _Run)).strip()
        if token.markup in {"autolink", BARE} or address in {label, f"mailto:{label}", f"tel:{label}"}:
            self.found[start:] = [_Run(label, plain=True)]
        elif address:
            self.found.append(_Run(f" ({address})" if label else address, plain=True))


def _address(token: Token, name: str) -> str:
    return str(token.attrs.get(name, ""))


def _alternative(image: Token) -> str:
    return "".join(child.content or " " * child.type.endswith("break") for child in image.children or []).strip()


def _with_address(label: str, address: str) -> str:
    return f"{label} ({address})" if label and address and label != address else label or address


def _code(content: str) -> str:
    """Monospaced with the shortest mark that does not occur inside."""
    words = content.strip()
    mark = next((mark for mark in ("`", "```") if mark not in words), "")
    return f"{mark}{words}{mark}" if words else content


def _as_written_within_words(pieces: list[_Piece]) -> list[_Piece]:
    """Emphasis that touches a word outside stays as it was written: `2*3*4` is no emphasis but arithmetic."""
    before, after = _neighbours(pieces), _neighbours(pieces[::-1], last=False)[::-1]
    result = list(pieces)
    opened: list[int] = []
    for index, piece in enumerate(pieces):
        if not isinstance(piece, _Edge):
            continue
        if piece.begins:
            opened.append(index)
            continue
        start = opened.pop()
        if before[start].isalnum() or after[index].isalnum():
            result[start] = result[index] = _Run(piece.written)
    return result


def _neighbours(pieces: list[_Piece], *, last: bool = True) -> list[str]:
    """For each piece the character of text that came before it, blank at the beginning."""
    seen, result = "", []
    for piece in pieces:
        result.append(seen)
        if isinstance(piece, _Run) and piece.text:
            seen = piece.text[-1 if last else 0]
    return result


def _styled(pieces: list[_Piece], *, bold: bool) -> Iterator[_Run]:
    depth = dict.fromkeys(MARKS, 0) | {"strong": int(bold)}
    for piece in pieces:
        if isinstance(piece, _Edge):
            depth[piece.style] += 1 if piece.begins else -1
        else:
            styles = frozenset() if piece.plain else frozenset(style for style in MARKS if depth[style])
            yield _Run(piece.text, styles=styles)


def _lines(runs: Iterator[_Run]) -> list[list[_Run]]:
    lines: list[list[_Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        lines[-1].append(_Run(first, styles=run.styles))
        lines.extend([_Run(other, styles=run.styles)] for other in others)
    return lines


def _marked(runs: Sequence[_Run], styles: tuple[str, ...]) -> str:
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
    return f"{text[:start]}{mark}{words}{mark}{text[start + len(words) :]}"
