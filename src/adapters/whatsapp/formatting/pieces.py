"""A paragraph as pieces: runs of text, edges of emphasis, and breaks; and which of the edges can be shown."""

import unicodedata
from collections.abc import Sequence

from attrs import frozen

from adapters.whatsapp.formatting.spans import LINK_END, LINK_START, link, span, without_markers

STYLES = ("strong", "em", "s")


@frozen
class Run:
    """Text in some styles. `plain` text, such as code and addresses, never takes any."""

    text: str
    plain: bool = False
    styles: frozenset[str] = frozenset()


@frozen
class Edge:
    """Where emphasis begins or ends; `written` is how the author wrote it."""

    style: str
    begins: bool
    written: str


@frozen
class Break:
    """Where HTML begins another line, or with 2 `lines` another paragraph."""

    lines: int


type Piece = Run | Edge | Break


def words(pieces: Sequence[Piece]) -> str:
    """Their text alone."""
    return without_markers("".join(piece.text for piece in pieces if isinstance(piece, Run)))


def code(content: str) -> Run:
    """Monospaced with the shortest mark that does not occur inside."""
    inside = content.strip()
    mark = next((mark for mark in ("`", "```") if mark not in inside), "")
    return Run(span(f"{mark}{inside}{mark}") if inside and mark else content, plain=True)


def image(label: str, address: str) -> Run:
    """What it shows, and its address."""
    return Run(link(f"{label} ({address})") if label and address and label != address else label or address, plain=True)


def close_link(found: list[Piece], start: int, address: str, *, bare: bool = False) -> None:
    """Make a link of the pieces from `start`: its address stands after its text, or alone where both are the same.

    A `bare` one was written as an address.
    """
    label = words(found[start:]).strip()
    if bare or address in {label, f"mailto:{label}", f"tel:{label}"}:
        found[start:] = [Run(label, plain=True)]
    elif address and label:
        found.insert(start, Run(LINK_START))
        found += [Run(f" ({address})", plain=True), Run(LINK_END)]
    elif address:
        found.append(Run(address, plain=True))


def without_idle_edges(pieces: list[Piece]) -> list[Piece]:
    """Without emphasis that WhatsApp cannot show, for it touches a word outside; an operator stays as it was written.

    Examples: `un**real**` becomes unreal; `2*3*4` and `x**2 + y**2` stay. An edge without a partner stays too: it is a
    tag somebody writes about.
    """
    text = "".join(map(_text, pieces))
    result, opened = list(pieces), {style: list[tuple[int, int]]() for style in STYLES}
    at = 0
    for index, piece in enumerate(pieces):
        at += len(_text(piece))
        if not isinstance(piece, Edge):
            continue
        result[index] = Run(piece.written)
        if piece.begins:
            opened[piece.style].append((index, at))
        elif opened[piece.style]:
            start, started = opened[piece.style].pop()
            if not (_is_word(text[started - 1 : started]) or _is_word(text[at : at + 1])):
                result[start], result[index] = pieces[start], piece
            elif not _is_operator(text, started, at, piece.written):
                result[start] = result[index] = Run("")
    return result


def _text(piece: Piece) -> str:
    match piece:
        case Run(text=text):
            return without_markers(text)
        case Edge():
            return ""
        case Break():
            return "\n"


def _is_word(character: str) -> bool:
    """Whether it is part of a word: also a vowel sign, but not what chooses the form of an emoji."""
    return character.isalnum() or (
        character != ""
        and unicodedata.category(character) in {"Mn", "Mc"}
        and not "\N{VARIATION SELECTOR-1}" <= character <= "\N{VARIATION SELECTOR-16}"
    )


def _is_operator(text: str, start: int, end: int, written: str) -> bool:
    """Whether two marks at these places of the text are arithmetic rather than emphasis that touches a word.

    Both have ASCII words on both sides, and they are single marks (`price*count*2`), or one stands beside a number or
    a letter alone (`a**b**c`). Or a single one has a number on both sides.
    """
    if written.startswith("<"):
        return False
    sides = [(text[max(0, at - 2) : at], text[at : at + 2]) for at in (start, end)]
    touched = [
        (left[-1:] + right[:1]).isascii() and left[-1:].isalnum() and right[:1].isalnum() for left, right in sides
    ]
    if all(touched):
        return len(written) == 1 or any(_is_operand(side[::-1]) or _is_operand(other) for side, other in sides)
    return any(left[-1:].isdigit() and right[:1].isdigit() for left, right in sides)


def _is_operand(near: str) -> bool:
    """Two characters, the nearer first: a number, or a letter alone."""
    return near[:1].isdigit() or not near[1:].isalnum()
