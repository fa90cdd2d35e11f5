"""The text of a paragraph, with its emphasis in WhatsApp's marks.

A mark must touch the word inside and must not touch a word outside. Emphasis ends at the end of a line.
Source: WhatsApp, "How to format your messages" (faq.whatsapp.com/539178204879377).
"""

import string
from collections.abc import Iterator, Sequence
from itertools import groupby

from markdown_it.token import Token

from adapters.whatsapp.formatting.addresses import BARE
from adapters.whatsapp.formatting.html_tags import Tags
from adapters.whatsapp.formatting.inline_elements import (
    HtmlBreak,
    InlineElement,
    StyleBoundary,
    TextRun,
    close_link,
    code,
    image,
    resolve_emphasis,
)
from adapters.whatsapp.formatting.spans import LINK_END, LINK_START, span

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
BEFORE_WORDS = f"{string.whitespace}{NO_BREAK_SPACE},.;:!?)]{LINK_START}{LINK_END}"
AFTER_WORDS = f"{string.whitespace}{NO_BREAK_SPACE}([{LINK_START}{LINK_END}"
MARKS = {"strong": "*", "em": "_", "s": "~"}


def format_inline(tokens: Sequence[Token], *, bold: bool = False) -> str:
    """The text of one block's inline tokens, with the markers of its spans. With `bold`, all of it is bold."""
    elements = _with_line_breaks(resolve_emphasis(_elements(tokens)))
    lines = _lines(_styled(elements, bold=bold))
    return "\n".join(_marked(line, tuple(MARKS)).rstrip(" ") for line in lines)


def _elements(tokens: Sequence[Token]) -> list[InlineElement]:
    elements: list[InlineElement] = []
    links: list[tuple[Token, int]] = []
    tags = Tags(elements)
    for index, token in enumerate(tokens):
        style, _, side = token.type.rpartition("_")
        match token.type:
            case "link_open":
                links.append((token, len(elements)))
            case "link_close":
                opening, start = links.pop()
                close_link(elements, start, _address(opening, "href"), bare=opening.markup in {"autolink", BARE})
            case "softbreak" | "hardbreak":
                elements.append(TextRun("\n"))
            case "code_inline":
                elements.append(code(token.content))
            case "image":
                elements.append(image(_alternative_text(token), _address(token, "src")))
            case "html_inline":
                tags.add(token.content)
            case "text_special" if token.content == NO_BREAK_SPACE and _within_line(tokens, index):
                elements.append(TextRun(" "))
            case _ if style in MARKS:
                elements.append(StyleBoundary(style, side == "open", token.markup))
            case _:
                elements.append(TextRun(token.content))
    return elements


def _address(token: Token, name: str) -> str:
    return str(token.attrs.get(name, ""))


def _alternative_text(image: Token) -> str:
    return "".join(child.content or " " * child.type.endswith("break") for child in image.children or []).strip()


def _within_line(tokens: Sequence[Token], index: int) -> bool:
    """Whether there is something on both sides of the token. At the end of a line a space would disappear."""
    if not 0 < index < len(tokens) - 1:
        return False
    return not tokens[index - 1].type.endswith(("break", "_open")) and not tokens[index + 1].type.endswith(
        ("break", "_close")
    )


def _with_line_breaks(elements: list[InlineElement]) -> Iterator[TextRun | StyleBoundary]:
    """The elements with line ends in place of HTML's breaks.

    Of several breaks in a row the longest counts, and white space around them is dropped. The end of a source line
    beside a break, or after `<br>`, adds no other line. Example: `a <p> <li> b` is "a", an empty line, "- b".
    """
    due, begun, ended = 0, False, False
    source_end: TextRun | None = None
    for element in elements:
        match element:
            case HtmlBreak(lines=lines):
                due, source_end = max(due, lines), None
            case TextRun(text="\n", plain=False) if not ended:
                source_end = source_end or (None if due else element)
            case TextRun(text=text, plain=False) if not text.strip() and (due or ended):
                pass
            case TextRun(text=text, plain=plain) if text:
                if source_end:
                    yield source_end
                elif due and begun:
                    yield TextRun("\n" * due)
                yield element if plain else TextRun(text.lstrip(" ") if due or ended else text)
                due, begun, ended, source_end = 0, True, plain and text == "\n", None
            case StyleBoundary():
                yield element


def _styled(elements: Iterator[TextRun | StyleBoundary], *, bold: bool) -> Iterator[TextRun]:
    depth = dict.fromkeys(MARKS, 0) | {"strong": int(bold)}
    for element in elements:
        if isinstance(element, StyleBoundary):
            depth[element.style] += 1 if element.begins else -1
        else:
            styles = frozenset() if element.plain else frozenset(style for style in MARKS if depth[style])
            yield TextRun(element.text, styles=styles)


def _lines(runs: Iterator[TextRun]) -> list[list[TextRun]]:
    lines: list[list[TextRun]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        lines[-1].append(TextRun(first, styles=run.styles))
        lines.extend([TextRun(other, styles=run.styles)] for other in others)
    return lines


def _marked(runs: Sequence[TextRun], styles: tuple[str, ...]) -> str:
    """The runs with the marks of `styles`, the first style outermost. Neighbours in the same style share its marks."""
    if not styles:
        return "".join(run.text for run in runs)
    style, *inner = styles
    return "".join(
        _wrapped(_marked(list(group), tuple(inner)), MARKS[style] if has_style else "")
        for has_style, group in groupby(runs, key=lambda run: style in run.styles)
    )


def _wrapped(text: str, mark: str) -> str:
    """The text with the mark around its words, and not around the spaces and punctuation at its ends."""
    words = text.lstrip(BEFORE_WORDS).rstrip(AFTER_WORDS)
    if not words or not mark:
        return text
    start = text.index(words)
    return f"{text[:start]}{span(f'{mark}{words}{mark}')}{text[start + len(words) :]}"
