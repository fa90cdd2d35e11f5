"""The parts of a reply, and what they refuse to be."""

import pytest

from domain.messages.parts import MediaPart, TextPart
from domain.messages.shared_values import MediaKind


def test_a_text_is_never_empty() -> None:
    """No channel sends nothing."""
    with pytest.raises(ValueError, match="Length of"):
        TextPart(body="")


def test_a_file_is_somewhere() -> None:
    """Behind a link, or with the channel already."""
    with pytest.raises(ValueError, match="needs a link or an id"):
        MediaPart(kind=MediaKind.IMAGE, caption="nothing to see")
