"""A language model's tables as WhatsApp shows them."""

import pytest

from support.whatsapp_texts import to_whatsapp

TABLE = """
| Name | **Age** |
|------|--------:|
| Ana  | 41      |
| Bob  | *42*    |
"""


def test_a_table_becomes_lines() -> None:
    """Each value with its header."""
    assert to_whatsapp(TABLE) == "Name: Ana\n*Age*: 41\n\nName: Bob\n*Age*: _42_"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("|a|b|\n|-|-|", "a | b"),
        ("|a|b|\n|-|-|\n|1|", "a: 1\nb:"),
        ("||b|\n|-|-|\n|1|2|", "1\nb: 2"),
        ("|a|b|\n|-|-|\n|1|2|3|", "| 1 | 2 | 3 |".replace(" ", "")),
        ("|a|\n|-|\n|1|\n|2|", "a: 1\na: 2"),
        ("|a|\n---\n|1|", "a: 1"),
        ("|a|b|\n|-|-|\n|1\\|2|3|", "a: 1|2\nb: 3"),
        ("|a|b|\n|-|-|\n|1|2|\nThat is all.", "a: 1\nb: 2\nThat is all."),
        ("a | b\n--|--\n1 | 2\nThat is all.", "a: 1\nb: 2\nThat is all."),
    ],
)
def test_an_odd_table_loses_nothing(markdown: str, shown: str) -> None:
    """Without rows, without headers, with too many cells."""
    assert to_whatsapp(markdown) == shown
