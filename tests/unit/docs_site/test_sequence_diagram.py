"""Mermaid's sequence diagrams are drawn without Mermaid."""

from xml.etree import ElementTree as ET

import pytest

from docs_site.sequence_diagram import UnknownStatementError, draw

DIAGRAM = """sequenceDiagram
    participant Meta
    participant Route as entrypoints/http
    Meta->>Route: a <message> & more
    Route->>Route: think
    loop each part
        Route-->>Meta: 200
    end
"""


def test_everything_is_drawn() -> None:
    """Names, messages, answers and loops, as well-formed XML."""
    figure = ET.fromstring(draw(DIAGRAM))  # noqa: S314 (we wrote it)
    texts = {element.text for element in figure.iter() if element.tag.endswith("text")}
    kinds = [element.get("class") for element in figure.iter() if element.get("class")]

    assert texts == {"Meta", "entrypoints/", "http", "a <message> & more", "think", "loop: each part", "200"}
    assert {kind: kinds.count(kind) for kind in ("name", "life", "message", "answer", "tip", "loop")} == {
        "name": 2,
        "life": 2,
        "message": 2,
        "answer": 1,
        "tip": 3,
        "loop": 1,
    }


@pytest.mark.parametrize("statement", ["Note over Meta: hm", "Meta->>Nobody: hello", "end", "Meta-xRoute: lost"])
def test_an_unknown_statement_is_refused(statement: str) -> None:
    """It says which."""
    with pytest.raises(UnknownStatementError, match=statement):
        draw(f"{DIAGRAM}    {statement}\n")
