"""Draws a Mermaid sequence diagram as SVG, so that the site needs no script for it.

It knows the statements that the documents use: participants, messages (`->>`), answers (`-->>`), and loops.
"""

import html
import re

import attrs

PARTICIPANT = re.compile(r"participant (?P<key>\w+)(?: as (?P<label>.+))?")
MESSAGE = re.compile(r"(?P<sender>\w+)(?P<arrow>-->>|->>)(?P<receiver>\w+): (?P<text>.+)")
LOOP = re.compile(r"loop (?P<text>.+)")

COLUMN = 132
ROW = 42
HEAD = 46
MARGIN = 12
SELF_WIDTH = 44
SELF_HEIGHT = 16


class UnknownStatementError(Exception):
    """A diagram has a statement that this module does not know."""


@attrs.define
class _Drawing:
    """The elements so far, the place of each participant, and the height that is in use."""

    columns: dict[str, float] = attrs.field(factory=dict)
    elements: list[str] = attrs.field(factory=list)
    loops: list[tuple[float, str]] = attrs.field(factory=list)
    height: float = MARGIN + HEAD

    def read(self, line: str) -> None:
        if match := PARTICIPANT.fullmatch(line):
            self.columns[match["key"]] = MARGIN + COLUMN * (len(self.columns) + 0.5)
            self._name(self.columns[match["key"]], match["label"] or match["key"])
        elif (match := MESSAGE.fullmatch(line)) and {match["sender"], match["receiver"]} <= self.columns.keys():
            self.height += ROW
            ends = self.columns[match["sender"]], self.columns[match["receiver"]]
            self._message(*ends, match["text"], "answer" if match["arrow"] == "-->>" else "message")
        elif match := LOOP.fullmatch(line):
            self.height += ROW / 2
            self.loops.append((self.height, match["text"]))
        elif line == "end" and self.loops:
            self.height += ROW / 2
            self._loop(*self.loops.pop())
        else:
            raise UnknownStatementError(f"a sequence diagram has an unknown statement: {line}")

    def svg(self) -> str:
        """The whole diagram, with a line of life below each participant."""
        width, height = 2 * MARGIN + COLUMN * len(self.columns), self.height + ROW / 2
        lives = "".join(
            f'<line class="life" x1="{x:g}" y1="{MARGIN + HEAD}" x2="{x:g}" y2="{height:g}"/>'
            for x in self.columns.values()
        )
        size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
        return f'<svg {size} xmlns="http://www.w3.org/2000/svg">{lives}{"".join(self.elements)}</svg>'

    def _name(self, x: float, label: str) -> None:
        left, width = x - COLUMN / 2 + 4, COLUMN - 8
        self.elements.append(f'<rect class="name" x="{left:g}" y="{MARGIN}" width="{width:g}" height="{HEAD}" rx="6"/>')
        folder, slash, name = label.rpartition("/")
        middle = MARGIN + HEAD / 2 + 4
        if folder:
            self._text(x, middle - 8, folder + slash, "middle")
        self._text(x, middle + 8 if folder else middle, name, "middle")

    def _message(self, start: float, end: float, text: str, kind: str) -> None:
        y = self.height
        if start == end:
            path = f"M{start:g} {y:g}h{SELF_WIDTH}v{SELF_HEIGHT}h{-SELF_WIDTH}"
            tip, direction = y + SELF_HEIGHT, -1
            self.height += SELF_HEIGHT
            self._text(start + 8, y - 7, text, "start")
        else:
            path, tip, direction = f"M{start:g} {y:g}H{end:g}", y, 1 if end > start else -1
            self._text(min(start, end) + 8, y - 7, text, "start")
        self.elements.append(f'<path class="{kind}" d="{path}"/>')
        back = end - 8 * direction
        self.elements.append(f'<path class="tip" d="M{end:g} {tip:g}L{back:g} {tip - 4:g}V{tip + 4:g}Z"/>')

    def _loop(self, top: float, text: str) -> None:
        width, height = COLUMN * len(self.columns), self.height - top
        self.elements.append(
            f'<rect class="loop" x="{MARGIN}" y="{top:g}" width="{width:g}" height="{height:g}" rx="6"/>'
        )
        self._text(MARGIN + 10, top + 16, f"loop: {text}", "start")

    def _text(self, x: float, y: float, text: str, anchor: str) -> None:
        self.elements.append(f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{html.escape(text)}</text>')


def draw(source: str) -> str:
    """An HTML figure with the diagram.

    Raises:
        UnknownStatementError: the diagram has a statement that is not known here.
    """
    kind, *statements = (line.strip() for line in source.strip().splitlines())
    if kind != "sequenceDiagram":
        raise UnknownStatementError(f"a diagram is of the unknown kind {kind}")
    drawing = _Drawing()
    for line in statements:
        drawing.read(line)
    return f'<figure class="sequence" role="img" aria-label="Sequence diagram">{drawing.svg()}</figure>\n'
