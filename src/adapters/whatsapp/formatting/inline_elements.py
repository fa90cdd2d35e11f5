"""A paragraph as a list of elements: text, boundaries of emphasis, and line breaks of HTML."""

import unicodedata
from collections.abc import Sequence

from attrs import frozen

from adapters.whatsapp.formatting.spans import LINK_END, LINK_START, link, span, without_markers

STYLES = ("strong", "em", "s")


@frozen
class TextRun:
    """Text in some styles. `plain` text, such as code and addresses, never has a style."""

    text: str
    plain: bool = False
    styles: frozenset[str] = frozenset()


@frozen
class StyleBoundary:
    """Where emphasis begins or ends. `written` is the mark as the author wrote it."""

    style: str
    begins: bool
    written: str


@frozen
class HtmlBreak:
    """Where HTML begins a new line, or with 2 `lines` a new paragraph."""

    lines: int


type InlineElement = TextRun | StyleBoundary | HtmlBreak


def text_of(elements: Sequence[InlineElement]) -> str:
    """The text of the elements, without marks."""
    return without_markers("".join(element.text for element in elements if isinstance(element, TextRun)))


def code(content: str) -> TextRun:
    """Monospaced text, in the shortest mark that the text does not hold."""
    inside = content.strip()
    mark = next((mark for mark in ("`", "```") if mark not in inside), "")
    return TextRun(span(f"{mark}{inside}{mark}") if inside and mark else content, plain=True)


def image(label: str, address: str) -> TextRun:
    """An image as its label and its address."""
    return TextRun(
        link(f"{label} ({address})") if label and address and label != address else label or address, plain=True
    )


def close_link(elements: list[InlineElement], start: int, address: str, *, bare: bool = False) -> None:
    """Make a link of the elements from `start`: its text, and its address in parentheses.

    Where both are the same, and where the link is `bare`, that is written as an address, only the text stays.
    """
    label = text_of(elements[start:]).strip()
    if bare or address in {label, f"mailto:{label}", f"tel:{label}"}:
        elements[start:] = [TextRun(label, plain=True)]
    elif address and label:
        elements.insert(start, TextRun(LINK_START))
        elements += [TextRun(f" ({address})", plain=True), TextRun(LINK_END)]
    elif address:
        elements.append(TextRun(address, plain=True))


def resolve_emphasis(elements: list[InlineElement]) -> list[InlineElement]:
    """The elements with only the emphasis that WhatsApp can show: it must not touch a word outside.

    Other emphasis loses its marks: `un**real**` becomes unreal. Operators stay as they were written: `2*3*4`,
    `x**2 + y**2`. A mark without a partner stays too: somebody writes about the mark.
    """
    text = "".join(map(_source_text, elements))
    result, opened = list(elements), {style: list[tuple[int, int]]() for style in STYLES}
    offset = 0
    for index, element in enumerate(elements):
        offset += len(_source_text(element))
        if not isinstance(element, StyleBoundary):
            continue
        result[index] = TextRun(element.written)
        if element.begins:
            opened[element.style].append((index, offset))
        elif opened[element.style]:
            opening_index, start = opened[element.style].pop()
            if not (_is_word(text[start - 1 : start]) or _is_word(text[offset : offset + 1])):
                result[opening_index], result[index] = elements[opening_index], element
            elif not _is_operator(text, start, offset, element.written):
                result[opening_index] = result[index] = TextRun("")
    return result


def _source_text(element: InlineElement) -> str:
    match element:
        case TextRun(text=text):
            return without_markers(text)
        case StyleBoundary():
            return ""
        case HtmlBreak():
            return "\n"


def _is_word(character: str) -> bool:
    """Whether the character belongs to a word. A vowel sign does, the variation selector of an emoji does not."""
    return character.isalnum() or (
        character != ""
        and unicodedata.category(character) in {"Mn", "Mc"}
        and not "\N{VARIATION SELECTOR-1}" <= character <= "\N{VARIATION SELECTOR-16}"
    )


def _is_operator(text: str, start: int, end: int, written: str) -> bool:
    """Whether the two marks at `start` and `end` are arithmetic, and not emphasis that touches a word.

    They are in two cases. Both marks have ASCII words on both sides, and the marks are single (`price*count*2`) or one
    of them stands beside a number or a single letter (`a**b**c`). Or one mark has a digit on both sides.
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
    """Whether the two characters beside a mark, the nearer first, are a number or a single letter."""
    return near[:1].isdigit() or not near[1:].isalnum()
