"""HTML tags in an answer become formatting."""

# ruff: noqa: SIM905 - a list of names in quotation marks cannot be read

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.whatsapp_texts import to_whatsapp


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("one<br>two<br/>three<BR />four", "one\ntwo\nthree\nfour"),
        ("one<br>\ntwo<br><br>three", "one\ntwo\n\nthree"),
        ("<b>bold</b>, <strong>bold</strong>", "*bold*, *bold*"),
        ("<i>it</i>, <em class='x'>it</em>, <del>gone</del>", "_it_, _it_, ~gone~"),
        ("<b>bold <i>both</i></b>", "*bold _both_*"),
        ("un<b>real</b>", "unreal"),
        ("<u>under</u> <span style='color: red'>red</span>", "under red"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<p>One</p>\n<p>**Two**</p>", "One\n\n*Two*"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<h2>Title</h2>Text", "*Title*\n\nText"),
        ("<ul><li>a</li><li><b>b</b></li></ul>", "- a\n- *b*"),
        ("<ul>\n  <li>a\n    <ul>\n      <li>b</li>\n    </ul>\n  </li>\n</ul>\nafter", "- a\n  - b\nafter"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<ol start=3><li>a<li>b</ol>", "3. a\n4. b"),
        ('our <a href="https://a.example/x_y">shop</a>.', "our shop (https://a.example/x_y)."),
        ('<a href="javascript:alert(1)">shop</a>', "shop"),
        ('<img src="https://a.example/i.png" alt="Ours">', "Ours (https://a.example/i.png)"),
        ("<details><summary>More</summary>Text</details>", "*More*\nText"),
        ("<details>\n<summary>More</summary>\n\n**Text**\n\n</details>", "*More*\n\n*Text*"),
        ("<blockquote>Quoted</blockquote>", "> Quoted"),
        ("a<hr>b", "a\n\n———\n\nb"),
        ("<code>a_b_c</code> and <kbd>Ctrl</kbd>", "`a_b_c` and `Ctrl`"),
        ("H<sub>2</sub>O, x<sup>2</sup>, x<sup>ab</sup>", "H₂O, x², x^ab"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a | b\n1 | 2"),
        ("a<!-- hidden -->b", "ab"),
        ("<!-- hidden\n\nalso hidden -->\n\ntext", "text"),
        ("a&nbsp;b and **c**&nbsp;d", "a b and *c* d"),
    ],
)
def test_tags_become_what_they_mean(markdown: str, shown: str) -> None:
    """As far as a message can show it."""
    assert to_whatsapp(markdown) == shown


def test_tags_in_the_cells_of_a_table_become_what_they_mean() -> None:
    """They become lines of the value."""
    table = "|a|b|\n|-|-|\n|x<br>y|<b>z</b>|\n|<ul><li>1</li><li>2</li></ul>|<!-- c -->|"

    assert to_whatsapp(table) == "a: x\ny\nb: *z*\n\na: - 1\n- 2\nb:"


@pytest.mark.parametrize(
    "text",
    [
        "Dict<str:int> and <user:id>",
        "List<int> and <T>",
        "a<b and c>d",
        "<unknown>x</unknown>",
        "press <b> for bold",
        "`<br>`",
        "```\n<b>x</b>\n```",
        "1 <!-- 2",
    ],
)
def test_an_unknown_tag_stays(text: str) -> None:
    """Types, placeholders, comparisons, code."""
    assert to_whatsapp(text) == text


WORDS = st.text("ABCDEFGH", min_size=1, max_size=6)
TAGS = st.sampled_from(
    "p div ul ol li b i em strong s u br h1 details summary blockquote table tr td code sup a".split()
)


@given(pieces=st.lists(WORDS | TAGS.map(lambda tag: f"<{tag}>") | TAGS.map(lambda tag: f"</{tag}>")))
def test_no_word_is_lost_among_tags(pieces: list[str]) -> None:
    """With any nesting."""
    shown = to_whatsapp("".join(f" {piece} " for piece in pieces))

    assert re.findall("[A-H]+", shown) == [piece for piece in pieces if piece.isalpha()]
