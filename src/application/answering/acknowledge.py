"""Show the person that their message was read, that their taps arrived, and that an answer is being written."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from attrs import define, field

from application.channels import Channel
from application.ports.messenger import SendFailedError
from domain.conversations.turn import Turn
from domain.messages.inbound import InboundMessage, Tap, UserAction

logger = logging.getLogger(__name__)

# A quick answer waits this long for the first acknowledgement, which would otherwise be lost, or arrive after it.
PATIENCE_SECONDS = 1.0


@contextlib.asynccontextmanager
async def acknowledged(channel: Channel, turn: Turn, message: InboundMessage | None) -> AsyncIterator[None]:
    """Take the taps of a new turn, and acknowledge `message`, if there is one, again and again while the block runs."""
    is_new = turn.attempts == 0
    taps = [each for each in turn.messages if is_new and isinstance(each.content, Tap | UserAction)]
    started = [_take_at_once(channel, tap) for tap in taps]
    acknowledging = None
    if message is not None and channel.acknowledges:
        acknowledging = _Acknowledging(channel, message)
        started.append(acknowledging.start())
    try:
        yield
        if pending := [task for task in started if not task.done()]:
            await asyncio.wait(pending, timeout=PATIENCE_SECONDS)
    finally:
        if acknowledging:
            await acknowledging.end()
        if pending := [task for task in started if task.cancel()]:
            await asyncio.wait(pending)


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
        _log_error(ended)
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


def _log_error(ended: "asyncio.Task[None]") -> None:
    if not ended.cancelled() and (error := ended.exception()):
        logger.error("a message could not be acknowledged", exc_info=error)


def _take_at_once(channel: Channel, tap: InboundMessage) -> "asyncio.Task[None]":
    task = asyncio.Task(_take(channel, tap), loop=asyncio.get_running_loop(), eager_start=True)
    task.add_done_callback(_log_error)
    return task


async def _take(channel: Channel, tap: InboundMessage) -> None:
    with contextlib.suppress(SendFailedError):
        await channel.messenger.taken(message=tap)


async def _acknowledge(channel: Channel, message: InboundMessage) -> None:
    with contextlib.suppress(SendFailedError):
        await channel.messenger.acknowledge(message=message)
