"""A whole answer inside a Markdown fence."""

import pytest

from application.agent_markup.markdown_fence import unwrap_markdown


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("```markdown\n# A\nb\n```", "# A\nb\n"),
        ("\n ```md\n**A**\n```\n\n", "**A**\n"),
        ("~~~Markdown \n**A**\n~~~", "**A**\n"),
        ("````markdown\nA\n```\ncode\n```\n````", "A\n```\ncode\n```\n"),
        ("```markdown\nA\n```python\nx\n```\nB\n```", "A\n```python\nx\n```\nB\n"),
        ('```markdown\nA\n```trunkline\n{"a": 1}```\nB\n```', 'A\n```trunkline\n{"a": 1}```\nB\n'),
        ('```markdown\n```trunkline {"a": 1} ```\nB\n```', '```trunkline {"a": 1} ```\nB\n'),
        ("```markdown\nA, and no end", "A, and no end"),
        ("```markdown\nA\n```python\nx\n```", "A\n```python\nx\n```"),
    ],
)
def test_the_fence_is_not_part_of_the_answer(text: str, answer: str) -> None:
    """Fences inside it are."""
    assert unwrap_markdown(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "```markdown\nA\n```\nThat is how.",
        "So:\n```markdown\nA\n```",
        "```python\nA\n```",
        "```markdown\nA\n```\nor\n```md\nB\n```",
        "```markdown A```",
        "",
    ],
)
def test_other_fences_stay(text: str) -> None:
    """They hold a part of the answer, or something else."""
    assert unwrap_markdown(text) == text
