"""Show the person that their message was read, and that an answer is being written."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from application.channels import Channel
from application.ports.messenger import SendFailedError
from domain.messages.inbound import InboundMessage

# A quick answer waits this long for the first acknowledgement, which would otherwise be lost, or arrive after it.
PATIENCE_SECONDS = 1.0


@contextlib.asynccontextmanager
async def acknowledged(channel: Channel, message: InboundMessage) -> AsyncIterator[None]:
    """Acknowledge `message` again and again while the block runs."""
    if not channel.acknowledges:
        yield
        return
    first = asyncio.create_task(_acknowledge(channel, message))
    renewing = asyncio.create_task(_renew(channel, message))
    try:
        yield
        await asyncio.wait([first], timeout=PATIENCE_SECONDS)
    finally:
        first.cancel()
        renewing.cancel()
        await asyncio.wait([first, renewing])


async def _renew(channel: Channel, message: InboundMessage) -> None:
    while seconds := channel.messenger.capabilities.typing_seconds:
        await asyncio.sleep(0.8 * seconds)
        await _acknowledge(channel, message)


async def _acknowledge(channel: Channel, message: InboundMessage) -> None:
    with contextlib.suppress(SendFailedError):
        await channel.messenger.acknowledge(message=message)
