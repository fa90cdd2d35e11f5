"""The HTML that models write among their Markdown, as pieces of a paragraph."""

# ruff: noqa: SIM905 - a list of names in quotation marks cannot be read

import re
from collections.abc import Mapping

from attrs import field, frozen

from adapters.whatsapp.formatting.formulas import SUBSCRIPTS, SUPERSCRIPTS
from adapters.whatsapp.formatting.pieces import Break, Edge, Piece, Run, close_link, code, image, words

STYLED: Mapping[str, str] = {
    **dict.fromkeys("b strong h1 h2 h3 h4 h5 h6 summary dt caption".split(), "strong"),
    **dict.fromkeys("i em cite dfn var".split(), "em"),
    **dict.fromkeys("s del strike".split(), "s"),
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

RULE = "———"
BULLET = "- "
DEEPEST_LIST = 5


@frozen
class Tags:
    """Adds to the pieces `found` what tags mean, one after the other."""

    found: list[Piece]
    opened: dict[str, list[tuple[str, int]]] = field(factory=dict)
    numbers: list[int] = field(factory=list)  # the next one of each open list; 0 where it has bullets

    def add(self, tag: str) -> None:
        """A tag that has no partner, and means nothing without, stays as it was written."""
        parts = TAG.fullmatch(tag)
        if parts is None:
            return
        ends, name, attributes = bool(parts[1]), parts[2].lower(), _attributes(parts[3])
        beside: list[Piece] = [Break(BREAKS[name])] if name in BREAKS else []
        if name in STYLED:
            edge = Edge(STYLED[name], not ends, tag)
            self.found.extend([edge, *beside] if ends else [*beside, edge])
            return
        self.found.extend(beside)
        if name in CODE or name in SMALL or name == "a":
            self._pair(name, tag, ends=ends)
        elif name in LISTS:
            self._list(name, attributes.get("start", ""), ends=ends)
        elif not ends:
            self._single(name, attributes)

    def _single(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "br":
                self.found.append(Run("\n", plain=True))
            case "img":
                self.found.append(image(attributes.get("alt", ""), attributes.get("src", "")))
            case "li":
                self._item()
            case "hr":
                self.found.extend([Run(RULE), Break(2)])
            case "blockquote":
                self.found.append(Run("> "))
            case "td" | "th" if self.found and not isinstance(self.found[-1], Break):
                self.found.append(Run(" | "))

    def _list(self, name: str, start: str, *, ends: bool) -> None:
        if not ends:
            number = int(start) if START.fullmatch(start) else 1
            self.numbers.append(number if name == "ol" else 0)
        elif self.numbers:
            self.numbers.pop()

    def _item(self) -> None:
        indent = "  " * (min(len(self.numbers), DEEPEST_LIST) - 1)
        number = self.numbers[-1] if self.numbers else 0
        self.found.append(Run(f"{indent}{number}. " if number else f"{indent}{BULLET}", plain=True))
        if number:
            self.numbers[-1] += 1

    def _pair(self, name: str, tag: str, *, ends: bool) -> None:
        opened = self.opened.setdefault(name, [])
        if ends and opened:
            opening, start = opened.pop()
            self.found[start] = Run("")
            self._close(name, opening, start)
            return
        if not ends:
            opened.append((tag, len(self.found)))
        self.found.append(Run(tag))

    def _close(self, name: str, opening: str, start: int) -> None:
        inside = words(self.found[start:])
        address = _attributes(opening).get("href", "").strip()
        if name in CODE:
            self.found[start:] = [code(inside)]
        elif name in SMALL and inside and set(inside) <= SMALL[name].keys():
            self.found[start:] = [Run("".join(map(SMALL[name].__getitem__, inside)))]
        elif name == "sup":
            self.found[start] = Run("^")
        elif name == "a" and address.lower().startswith(ADDRESSES):
            close_link(self.found, start, address)


def _attributes(text: str) -> Mapping[str, str]:
    """Those that matter, by their names in lower case."""
    return {name.lower(): double or single or bare for name, double, single, bare in ATTRIBUTE.findall(text)}
