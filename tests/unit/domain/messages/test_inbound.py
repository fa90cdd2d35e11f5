"""What arrives over a channel."""

import pytest
from attrs import evolve

from support.messages import message


def test_a_message_needs_an_id() -> None:
    """Without one, nobody could tell a redelivery."""
    with pytest.raises(ValueError, match="Length of"):
        evolve(message(), id="")
