"""Emphasis beside letters and punctuation, in any script."""

# ruff: noqa: RUF001 - other scripts are what this is about

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.whatsapp_texts import to_whatsapp


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("**注意：**请", "注意：请"),
        ("**注意**：请", "*注意*：请"),
        ("**注意：** 请", "*注意：* 请"),
        ("请看**这里：**好，**那里：**好", "请看这里：好，那里：好"),
        ("请**「注意」**", "请「注意」"),
        ("（**注意**）", "（*注意*）"),
        ("__注意：__请", "注意：请"),
        ("*注意：*请", "注意：请"),
        ("~~旧：~~新", "旧：新"),
        ("**서울**은", "서울은"),
        ("__서울__은", "서울은"),
        ("**서울** 은", "*서울* 은"),
        ("ที่**กรุงเทพ**ครับ", "ที่กรุงเทพครับ"),
        ("ה**בית** הזה", "הבית הזה"),
        ("وال**كتاب** هنا", "والكتاب هنا"),
        ("**Budapest**en", "Budapesten"),
        ("*Budapest*en", "Budapesten"),
        ("**Note:**we", "Note:we"),
        ("**Note:** we", "*Note:* we"),
        ("un**frigging**real", "unfriggingreal"),
        ("第**1**章", "第1章"),
        ("the **2**nd", "the 2nd"),
        ("❤️**bold**", "❤️*bold*"),
    ],
)
def test_emphasis_is_shown_where_whatsapp_can_and_plain_elsewhere(markdown: str, shown: str) -> None:
    """Never as marks."""
    assert to_whatsapp(markdown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4",
        "5*3 and 2*4",
        "x**2 + y**2",
        "2**3**4",
        "a*b*c",
        "price*count*rate",
        "snake_case_name",
        "переменная_один_два",
        "`**注意：**请`",
        "f(*args, **kwargs)",
        "*.py and *.txt",
    ],
)
def test_operators_names_and_code_stay(text: str) -> None:
    """They only look like emphasis."""
    assert to_whatsapp(text) == text


SCRIPTS = st.sampled_from(["注意", "서울", "กรุงเทพ", "שלום", "كتاب", "Wort", "слово", "ひらがな"])
ENDS = st.sampled_from(["", "：", "。", "!", ":", "」", "؟", ")"])


@given(before=SCRIPTS | st.just(""), inside=SCRIPTS, end=ENDS, after=SCRIPTS | st.just(""))
def test_no_bold_word_shows_its_marks(before: str, inside: str, end: str, after: str) -> None:
    """Bold or plain, in every script and beside every other."""
    text = to_whatsapp(f"{before}**{inside}{end}**{after}")

    bold = f"*{inside}{end}*" if not (before or after) else f"{inside}{end}"
    assert text == f"{before}{bold}{after}"
