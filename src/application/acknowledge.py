"""Show a person that they were read, and that an answer is being written."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from application.channels import Channel
from application.ports.messenger import SendFailedError
from domain.messages import InboundMessage


@contextlib.asynccontextmanager
async def acknowledged(channel: Channel, message: InboundMessage) -> AsyncIterator[None]:
    """For as long as the block runs."""
    if not channel.acknowledges:
        yield
        return
    showing = asyncio.create_task(_keep_acknowledging(channel, message))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.wait([showing])


async def _keep_acknowledging(channel: Channel, message: InboundMessage) -> None:
    while True:
        with contextlib.suppress(SendFailedError):
            await channel.messenger.acknowledge(message=message)
        await asyncio.sleep(0.8 * channel.messenger.acknowledged_seconds)
