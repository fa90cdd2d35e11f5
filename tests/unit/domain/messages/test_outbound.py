"""The parts of a reply, and the values that they refuse."""

import pytest

from domain.messages.outbound import MediaPart, TextPart
from domain.messages.shared_values import MediaKind


def test_a_text_is_never_empty() -> None:
    """No channel sends an empty message."""
    with pytest.raises(ValueError, match="needs a character"):
        TextPart(body="")


def test_a_file_needs_a_link_or_an_id() -> None:
    """Otherwise it cannot be sent."""
    with pytest.raises(ValueError, match="needs a link or an id"):
        MediaPart(kind=MediaKind.IMAGE, caption="nothing to see")
