"""What tests can read of the parts that were sent in memory."""

import pytest

from adapters.channel_kit.contracts.parts import PARTS
from adapters.memory.messenger import MemoryMessenger
from domain.messages.outbound import Part
from domain.messages.plain_text import describe_part
from domain.policies.send_rate import SendRate, SendRates
from support.messages import ANA


@pytest.mark.parametrize("part", PARTS, ids=str)
async def test_a_part_is_kept_whole_and_can_be_read(part: Part) -> None:
    """Each kind of part is kept, and has a text."""
    messenger = MemoryMessenger()

    await messenger.send(part=part, to=ANA, reference="")

    (sent,) = messenger.sent
    assert sent.part == part
    assert sent.body == describe_part(part)


def test_it_has_no_send_rates_by_default() -> None:
    """Memory accepts everything."""
    send_rates = SendRates(person=SendRate(interval_seconds=6, burst=45))

    assert MemoryMessenger().send_rates == SendRates()
    assert MemoryMessenger(send_rates=send_rates).send_rates == send_rates
