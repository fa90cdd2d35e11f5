"""The HTML tags that models write in their Markdown, as elements of a paragraph."""

# ruff: noqa: SIM905 - a list of names in quotation marks cannot be read

import re
from collections.abc import Mapping

from attrs import field, frozen

from adapters.channel_kit.markdown.formulas import SUBSCRIPTS, SUPERSCRIPTS
from adapters.channel_kit.markdown.inline_elements import (
    HtmlBreak,
    InlineElement,
    StyleBoundary,
    TextRun,
    close_link,
    code,
    image,
    text_of,
)
from adapters.channel_kit.markdown.layout import BULLET, QUOTE, RULE
from domain.messages.rich_text import Style

STYLED: Mapping[str, Style] = {
    **dict.fromkeys("b strong h1 h2 h3 h4 h5 h6 summary dt caption".split(), Style.BOLD),
    **dict.fromkeys("i em cite dfn var".split(), Style.ITALIC),
    **dict.fromkeys("s del strike".split(), Style.STRUCK),
}
BREAKS: Mapping[str, int] = {
    **dict.fromkeys("li tr dt dd ul ol dl div summary figcaption caption table thead tbody tfoot address".split(), 1),
    **dict.fromkeys(
        "p h1 h2 h3 h4 h5 h6 details blockquote section article header footer main aside pre hr".split(), 2
    ),
}
CODE = frozenset({"code", "kbd", "samp", "tt"})
SMALL: Mapping[str, Mapping[str, str]] = {"sup": SUPERSCRIPTS, "sub": SUBSCRIPTS}
CELLS = frozenset({"td", "th"})
LISTS = frozenset({"ul", "ol"})
IGNORED = frozenset("u ins mark span font small big abbr q time center figure colgroup col".split())
KNOWN = {*STYLED, *BREAKS, *CODE, *SMALL, *CELLS, *IGNORED, "a", "img", "br"}
# `Dict<str:int>` and `<user:id>` are words.
TAG = re.compile(rf"<(/?)({'|'.join(sorted(KNOWN, key=len, reverse=True))})((?:\s[^<>]{{0,1000}})?)/?>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""(href|src|alt|start)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
START = re.compile(r"[0-9]{1,9}")
ADDRESSES = ("https://", "http://", "mailto:", "tel:")

MAX_LIST_INDENT = 5


@frozen
class Tags:
    """Adds the meaning of one tag after the other to the `elements` of a paragraph."""

    elements: list[InlineElement]
    opened: dict[str, list[tuple[str, int]]] = field(factory=dict)
    numbers: list[int] = field(factory=list)  # the next number of each open list; 0 for a list with bullets

    def add(self, tag: str) -> None:
        """Add one tag. A tag without a partner stays as it was written, if it means nothing alone."""
        parts = TAG.fullmatch(tag)
        if parts is None:
            return
        ends, name, attributes = bool(parts[1]), parts[2].lower(), _attributes(parts[3])
        breaks: list[InlineElement] = [HtmlBreak(BREAKS[name])] if name in BREAKS else []
        if name in STYLED:
            boundary = StyleBoundary(STYLED[name], not ends, tag)
            self.elements.extend([boundary, *breaks] if ends else [*breaks, boundary])
            return
        self.elements.extend(breaks)
        if name in CODE or name in SMALL or name == "a":
            self._pair(name, tag, ends=ends)
        elif name in LISTS:
            self._list(name, attributes.get("start", ""), ends=ends)
        elif not ends:
            self._single(name, attributes)

    def _single(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "br":
                self.elements.append(TextRun("\n", plain=True, margin=True))
            case "img":
                self.elements.append(image(attributes.get("alt", ""), attributes.get("src", "")))
            case "li":
                self._item()
            case "hr":
                self.elements.extend([TextRun(RULE), HtmlBreak(2)])
            case "blockquote":
                self.elements.append(TextRun(QUOTE))
            case "td" | "th" if self.elements and not isinstance(self.elements[-1], HtmlBreak):
                self.elements.append(TextRun(" | "))

    def _list(self, name: str, start: str, *, ends: bool) -> None:
        if not ends:
            number = int(start) if START.fullmatch(start) else 1
            self.numbers.append(number if name == "ol" else 0)
        elif self.numbers:
            self.numbers.pop()

    def _item(self) -> None:
        indent = "  " * (min(len(self.numbers), MAX_LIST_INDENT) - 1)
        number = self.numbers[-1] if self.numbers else 0
        self.elements.append(TextRun(f"{indent}{number}. " if number else f"{indent}{BULLET}", plain=True, margin=True))
        if number:
            self.numbers[-1] += 1

    def _pair(self, name: str, tag: str, *, ends: bool) -> None:
        opened = self.opened.setdefault(name, [])
        if ends and opened:
            opening, start = opened.pop()
            self.elements[start] = TextRun("")
            self._close(name, opening, start)
            return
        if not ends:
            opened.append((tag, len(self.elements)))
        self.elements.append(TextRun(tag))

    def _close(self, name: str, opening: str, start: int) -> None:
        content = text_of(self.elements[start:])
        address = _attributes(opening).get("href", "").strip().replace("\n", "")
        if name in CODE:
            self.elements[start:] = [code(content)]
        elif name in SMALL and content and set(content) <= SMALL[name].keys():
            self.elements[start:] = [TextRun("".join(map(SMALL[name].__getitem__, content)))]
        elif name == "sup":
            self.elements[start] = TextRun("^")
        elif name == "a" and address.lower().startswith(ADDRESSES):
            close_link(self.elements, start, address)


def _attributes(text: str) -> Mapping[str, str]:
    """The attributes that we use, by their names in lower case."""
    return {name.lower(): double or single or bare for name, double, single, bare in ATTRIBUTE.findall(text)}
