"""Turns Markdown as GitHub reads it (CommonMark, with tables) into Markdown as Zensical's parser reads it.

That parser differs in two points. The content of a list item must be indented by four columns:

    1. one          1. one

       more   ->        more

And a list or a table may not follow a paragraph directly, nor an item one of several paragraphs: a blank line must be
between them.
"""

import re
from collections import defaultdict
from collections.abc import Callable

from markdown_it import MarkdownIt

FENCES = re.compile(r"^( *)(`{3,}|~{3,}).*?^\1\2$", re.MULTILINE | re.DOTALL)
MARKER = re.compile(r" *(?:[-*+]|\d+[.)]) +")
COLUMNS = 4
SEPARATED = ("bullet_list_open", "ordered_list_open", "table_open")


def outside_fences(text: str, change: Callable[[str], str]) -> str:
    """Change all of a text but its fenced code."""
    changed, end = "", 0
    for fence in FENCES.finditer(text):
        changed += change(text[end : fence.start()]) + fence[0]
        end = fence.end()
    return changed + change(text[end:])


def adapt(text: str) -> str:
    """Indent the lists of a document, and separate them from the paragraphs before them."""
    lines = text.split("\n")
    items: dict[int, list[tuple[int, int]]] = defaultdict(list)  # line -> (first line, width of marker) of each item
    separated = set()
    for token in MarkdownIt().enable("table").parse(text):
        if token.map and token.type == "list_item_open" and (marker := MARKER.match(lines[token.map[0]])):
            for number in range(*token.map):
                items[number].append((token.map[0], len(marker[0])))
            if "" in lines[slice(*token.map)]:
                separated.add(token.map[1])
        elif token.map and token.type in SEPARATED and token.level == 0:
            separated.add(token.map[0])

    adapted = []
    for number, line in enumerate(lines):
        if number in separated and adapted and adapted[-1].strip():
            adapted.append("")
        adapted.append(_indented(line, number, items[number]))
    return "\n".join(adapted)


def _indented(line: str, number: int, items: list[tuple[int, int]]) -> str:
    if not items or not line.strip():
        return line
    first, width = items[-1]
    if number == first:
        return " " * COLUMNS * (len(items) - 1) + line.lstrip()
    indentation = len(line) - len(line.lstrip())
    return " " * COLUMNS * len(items) + line[min(width, indentation) :]
