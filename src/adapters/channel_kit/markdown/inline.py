"""The text of a paragraph, with markers around its emphasis, code and links."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from markdown_it.token import Token

from adapters.channel_kit.markdown.addresses import BARE
from adapters.channel_kit.markdown.html_tags import Tags
from adapters.channel_kit.markdown.inline_elements import (
    HtmlBreak,
    InlineElement,
    StyleBoundary,
    TextRun,
    close_link,
    code,
    image,
    resolve_emphasis,
)
from adapters.channel_kit.markdown.markers import marked
from domain.messages.rich_text import Style

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
EMPHASIS = {"strong": Style.BOLD, "em": Style.ITALIC, "s": Style.STRUCK}


def read_inline(tokens: Sequence[Token], *, bold: bool = False) -> str:
    """The text of one block's inline tokens, with markers. With `bold`, all of it is bold."""
    elements = _with_line_breaks(resolve_emphasis(_elements(tokens)))
    text = _emphasised(list(_styled(elements, bold=bold)), tuple(EMPHASIS.values()))
    return "\n".join(line.rstrip(" ") for line in text.split("\n"))


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
            case _ if style in EMPHASIS:
                elements.append(StyleBoundary(EMPHASIS[style], side == "open", token.markup))
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
    depth = dict.fromkeys(EMPHASIS.values(), 0) | {Style.BOLD: int(bold)}
    for element in elements:
        if isinstance(element, StyleBoundary):
            depth[element.style] += 1 if element.begins else -1
        else:
            styles = frozenset() if element.margin else frozenset(style for style, count in depth.items() if count)
            yield TextRun(element.text, styles=styles)


def _emphasised(runs: Sequence[TextRun], styles: tuple[Style, ...]) -> str:
    """The runs with markers around what is in one of `styles`. Neighbours in the same style share its markers."""
    if not styles:
        return "".join(run.text for run in runs)
    style, *others = styles
    return "".join(
        _marked(text, style) if has_style else text
        for has_style, group in groupby(runs, key=lambda run: style in run.styles)
        for text in (_emphasised(list(group), tuple(others)),)
    )


def _marked(text: str, style: Style) -> str:
    """The text with the markers around its words, and not around the white space at its ends."""
    words = text.strip()
    if not words:
        return text
    start = text.index(words)
    return f"{text[:start]}{marked(words, style)}{text[start + len(words) :]}"
