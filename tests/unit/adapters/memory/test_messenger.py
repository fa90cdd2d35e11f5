"""What a test can read of the parts a channel in memory was given."""

import pytest

from adapters.memory.messenger import MemoryMessenger
from domain.pacing import Pace, Paces
from domain.parts import Part
from domain.wording import part_in_words
from support.messages import ANA
from support.parts import PARTS


@pytest.mark.parametrize("part", PARTS, ids=str)
async def test_a_part_is_kept_whole_and_can_be_read(part: Part) -> None:
    """Of every kind."""
    messenger = MemoryMessenger()

    await messenger.send(part=part, to=ANA, reference="")

    (sent,) = messenger.sent
    assert sent.part == part
    assert sent.body == part_in_words(part)


def test_it_has_no_paces_but_those_it_is_given() -> None:
    """Memory takes everything."""
    paces = Paces(person=Pace(interval_seconds=6, burst=45))

    assert MemoryMessenger().paces == Paces()
    assert MemoryMessenger(paces=paces).paces == paces
