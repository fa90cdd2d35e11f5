"""Show the person that their message was read, and that an answer is being written."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from attrs import define, field

from application.channels import Channel
from application.ports.messenger import SendFailedError
from domain.messages.inbound import InboundMessage

logger = logging.getLogger(__name__)

# A quick answer waits this long for the first acknowledgement, which would otherwise be lost, or arrive after it.
PATIENCE_SECONDS = 1.0


@contextlib.asynccontextmanager
async def acknowledged(channel: Channel, message: InboundMessage | None) -> AsyncIterator[None]:
    """Acknowledge `message`, if there is one, again and again while the block runs."""
    if message is None or not channel.acknowledges:
        yield
        return
    acknowledging = _Acknowledging(channel, message)
    first = acknowledging.start()
    try:
        yield
        if not first.done():
            await asyncio.wait([first], timeout=PATIENCE_SECONDS)
    finally:
        await acknowledging.end()


@define(eq=False)
class _Acknowledging:
    """One acknowledgement after the other. Between them there is a timer and no task: turns wait for minutes."""

    channel: Channel
    message: InboundMessage
    _task: "asyncio.Task[None] | None" = field(default=None, init=False)
    _timer: asyncio.TimerHandle | None = field(default=None, init=False)
    _has_ended: bool = field(default=False, init=False)

    def start(self) -> "asyncio.Task[None]":
        # It begins at once, and is not waited for when it ends at once, too.
        loop = asyncio.get_running_loop()
        self._task = asyncio.Task(_acknowledge(self.channel, self.message), loop=loop, eager_start=True)
        self._task.add_done_callback(self._start_later)
        return self._task

    def _start_later(self, ended: "asyncio.Task[None]") -> None:
        if not ended.cancelled() and (error := ended.exception()):
            logger.error("a message could not be acknowledged", exc_info=error)
        seconds = self.channel.messenger.capabilities.typing_seconds
        if seconds and not self._has_ended:
            self._timer = asyncio.get_running_loop().call_later(0.8 * seconds, self.start)

    async def end(self) -> None:
        self._has_ended = True
        if self._timer:
            self._timer.cancel()
        if self._task and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])


async def _acknowledge(channel: Channel, message: InboundMessage) -> None:
    with contextlib.suppress(SendFailedError):
        await channel.messenger.acknowledge(message=message)
