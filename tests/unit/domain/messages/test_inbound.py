"""What arrives over a channel."""

import pytest
from attrs import evolve

from support.messages import message


def test_a_message_needs_an_id() -> None:
    """Without one, a repeated delivery could not be recognised."""
    with pytest.raises(ValueError, match="needs an id"):
        evolve(message(), id="")
