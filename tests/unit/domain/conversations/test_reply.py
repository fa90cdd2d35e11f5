"""Replies, and the reference of each part."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversations.reply import PartReference
from domain.people.person import Conversation

conversations = st.builds(
    Conversation,
    channel=st.text(min_size=1).filter(lambda name: ":" not in name),
    user=st.text(min_size=1),
)
turn_ids = st.from_regex(r"[0-9]+-[0-9]+r?", fullmatch=True)


@given(conversation=conversations, turn_id=turn_ids, part=st.integers(0, 10_000))
def test_a_reference_comes_back_from_its_text(conversation: Conversation, turn_id: str, part: int) -> None:
    """With any user id, also one with slashes and colons."""
    reference = PartReference(conversation=conversation, turn_id=turn_id, part=part)

    assert PartReference.parse(str(reference)) == reference


@pytest.mark.parametrize(
    "text",
    ["", "/", "//", "order-77", "turn-1/whatsapp:1", "turn-1/one/whatsapp:1", "turn-1/0/whatsapp", "turn-1/0/:1"],
)
def test_a_foreign_reference_is_refused(text: str) -> None:
    """Other programs send from the same number, with references of their own."""
    with pytest.raises(ValueError):  # noqa: PT011  (each half says it in its own words)
        PartReference.parse(text)


@given(text=st.text() | st.from_regex(r"[^/]*/[^/]*/.*", fullmatch=True))
def test_hostile_text_is_refused_or_read(text: str) -> None:
    """The only error is a ValueError."""
    with contextlib.suppress(ValueError):
        PartReference.parse(text)
