"""A paragraph as a list of elements: text, boundaries of emphasis, and line breaks of HTML."""

from collections.abc import Sequence

from attrs import frozen

from adapters.channel_kit.letters import is_word
from adapters.channel_kit.markdown.markers import (
    EMPHASIS,
    ENDS,
    STARTS,
    link_end,
    marked,
    marked_address,
    marked_link,
    without_markers,
)
from domain.messages.rich_text import Style

CODE_START, CODE_END = STARTS[Style.CODE], ENDS[Style.CODE]


@frozen
class TextRun:
    """Text in some styles. White space in `plain` text, such as code and addresses, stays. A `margin` has no style."""

    text: str
    plain: bool = False
    margin: bool = False
    styles: frozenset[Style] = frozenset()


@frozen
class StyleBoundary:
    """Where emphasis begins or ends. `written` is the mark as the author wrote it."""

    style: Style
    begins: bool
    written: str


@frozen
class HtmlBreak:
    """Where HTML begins a new line, or with 2 `lines` a new paragraph."""

    lines: int


type InlineElement = TextRun | StyleBoundary | HtmlBreak


def text_of(elements: Sequence[InlineElement]) -> str:
    """The text of the elements, without markers."""
    return without_markers("".join(element.text for element in elements if isinstance(element, TextRun)))


def code(content: str) -> TextRun:
    """Monospaced text."""
    inside = content.strip()
    return TextRun(marked(inside, Style.CODE) if inside else content, plain=True)


def image(label: str, address: str) -> TextRun:
    """An image as its label and its address."""
    if label and address and label != address:
        return TextRun(marked_link(label, address), plain=True)
    return TextRun(marked_address(address, address) if address else label, plain=True)


def close_link(elements: list[InlineElement], start: int, address: str, *, bare: bool = False) -> None:
    """Make a link of the elements from `start`: its text, and its address in parentheses.

    Where both are the same, and where the link is `bare`, that is written as an address, only the text stays.
    """
    label = text_of(elements[start:]).strip()
    if bare or address in {label, f"mailto:{label}", f"tel:{label}"}:
        elements[start:] = [TextRun(marked_address(label, address or label), plain=True)]
    elif address and label:
        elements.insert(start, TextRun(STARTS[Style.LINK]))
        elements.append(TextRun(link_end(address), plain=True))
    elif address:
        elements.append(TextRun(marked_address(address, address), plain=True))


def resolve_emphasis(elements: list[InlineElement]) -> list[InlineElement]:
    """The elements with what is not emphasis as it was written.

    Operators are not: `2*3*4`, `x**2 + y**2`. A mark without a partner is not either: somebody writes about the mark.
    Emphasis between such a mark and a word loses its marks.
    """
    text = "".join(map(_source_text, elements))
    result, opened = list(elements), {style: list[tuple[int, int]]() for style in EMPHASIS}
    offset, touching = 0, list[tuple[int, int]]()
    for index, element in enumerate(elements):
        offset += len(_source_text(element))
        if not isinstance(element, StyleBoundary):
            continue
        result[index] = TextRun(element.written)
        if element.begins:
            opened[element.style].append((index, offset))
        elif opened[element.style]:
            opening_index, start = opened[element.style].pop()
            touches = is_word(text[start - 1 : start]) or is_word(text[offset : offset + 1])
            if not (touches and _is_operator(text, start, offset, element.written)):
                result[opening_index], result[index] = elements[opening_index], element
                if touches:
                    touching.append((opening_index, index))
    for opening_index, index in touching:
        before, after = range(opening_index - 1, -1, -1), range(index + 1, len(result))
        if _is_as_written(elements, result, before) or _is_as_written(elements, result, after):
            result[opening_index] = result[index] = TextRun("")
    return result


def _is_as_written(elements: Sequence[InlineElement], result: Sequence[InlineElement], indexes: range) -> bool:
    """Whether the first of these elements that is not empty is a mark that stays as it was written."""
    index = next((index for index in indexes if result[index] != TextRun("")), None)
    return index is not None and isinstance(elements[index], StyleBoundary) and isinstance(result[index], TextRun)


def _source_text(element: InlineElement) -> str:
    match element:
        case TextRun(text=text):
            return without_markers(text.replace(CODE_START, "`").replace(CODE_END, "`"))
        case StyleBoundary():
            return ""
        case HtmlBreak():
            return "\n"


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
