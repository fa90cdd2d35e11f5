"""Formulas in LaTeX as text that people can read."""

# ruff: noqa: RUF001, SIM905 - symbols are what this is about

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.channel_kit.markdown.formulas import latex_to_text
from support.whatsapp_texts import to_whatsapp


@pytest.mark.parametrize(
    "formula",
    [
        r"$x = \frac{a}{b}$",
        r"$$x = \frac{a}{b}$$",
        r"\(x = \frac{a}{b}\)",
        "\\[\nx = \\dfrac{a}{b}\n\\]",
        r"x = \frac{a}{b}",
        r"$$\begin{aligned} x &= \frac{a}{b} \end{aligned}$$",
    ],
)
def test_a_formula_is_readable_however_it_is_marked(formula: str) -> None:
    """With delimiters for a line, for a block, or without any."""
    assert to_whatsapp(f"So {formula}.") == "So x = a/b."


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\frac{a+b}{2}", "(a+b)/2"),
        (r"\frac{\frac{1}{2}}{\sqrt[3]{x}}", "(1/2)/(³√x)"),
        (r"\sqrt{x^2+y^2} \le 5", "√(x²+y²) ≤ 5"),
        (r"\text{Total} = 5 \times 3", "Total = 5 × 3"),
        (r"\boxed{42}", "42"),
        (r"x_{1} \cdot 10^{-3}", "x₁ · 10⁻³"),
        (r"\sum_{i=1}^{n} i", "∑_(i=1)ⁿ i"),
        (r"90^\circ, 50\%", "90°, 50%"),
        (r"\alpha \rightarrow \mathbb{R}", "α → R"),
        (r"x = 1 \\ y = 2", "x = 1\ny = 2"),
        (r"\{1, 2\} \unknown", "{1, 2} unknown"),
    ],
)
def test_commands_become_characters(latex: str, shown: str) -> None:
    """Parentheses keep together what belongs together."""
    assert latex_to_text(latex) == shown


@pytest.mark.parametrize(
    "text",
    ["It costs $5 and $6", "US$5-$6 a_b$", "$HOME/$USER", "C:\\times\\div", "`$x^2$`", "$" + "x" * 500 + "=1$"],
)
def test_prices_paths_and_code_stay(text: str) -> None:
    """They only look like formulas."""
    assert to_whatsapp(text) == text


@given(latex=st.lists(st.sampled_from(r"\frac \sqrt { } ^ _ \\ \text \left ( ) a 1 + & \{ % [ ]".split())).map("".join))
def test_any_formula_can_be_read(latex: str) -> None:
    """Also a broken one."""
    assert "\\frac{" not in latex_to_text(latex)
