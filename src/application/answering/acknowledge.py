"""Show the person that their message was read, that their taps arrived, and that an answer is being written."""

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from types import TracebackType

from attrs import define, field

from application.channels import Channel
from application.ports.messenger import SendFailedError
from domain.conversations.turn import Turn
from domain.messages.inbound import InboundMessage, Tap, UserAction

logger = logging.getLogger(__name__)

# A quick answer waits this long for the first acknowledgement, which would otherwise be lost, or arrive after it.
PATIENCE_SECONDS = 1.0


@define(eq=False)
class Acknowledging:
    """While its block runs: take the taps of a new turn, and acknowledge `message`, if there is one, again and again.

    One acknowledgement follows the other. Between them there is a timer and no task: turns wait for minutes.
    """

    channel: Channel
    turn: Turn
    message: InboundMessage | None
    # What the answer waits for, and the latest acknowledgement after the first.
    _begun: "tuple[asyncio.Task[None], ...]" = field(default=(), init=False)
    _renewal: "tuple[asyncio.Task[None], ...]" = field(default=(), init=False)
    _timer: asyncio.TimerHandle | None = field(default=None, init=False)
    _has_ended: bool = field(default=False, init=False)

    async def __aenter__(self) -> None:
        if self.turn.attempts == 0:
            for message in self.turn.messages:
                if isinstance(message.content, Tap | UserAction):
                    self._begin(self._show(self.channel.messenger.taken(message=message)))
        if self.message is not None and self.channel.acknowledges:
            self._begin(self._acknowledge(self.message))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None and (pending := [task for task in self._begun if not task.done()]):
                await asyncio.wait(pending, timeout=PATIENCE_SECONDS)
        finally:
            self._has_ended = True
            if self._timer:
                self._timer.cancel()
            if pending := [task for task in (*self._begun, *self._renewal) if task.cancel()]:
                await asyncio.wait(pending)

    def _begin(self, step: "Coroutine[None, None, None]") -> None:
        """Take a step that the answer waits for, unless it ends at once."""
        task = _started(step)
        if not task.done():
            self._begun += (task,)
            task.add_done_callback(self._forget)

    def _forget(self, ended: "asyncio.Task[None]") -> None:
        # Thousands of turns may wait for their agents.
        self._begun = tuple([task for task in self._begun if task is not ended])

    def _acknowledge(self, message: InboundMessage) -> "Coroutine[None, None, None]":
        return self._show(self.channel.messenger.acknowledge(message=message), renewed=message)

    async def _show(self, sent: Awaitable[None], *, renewed: InboundMessage | None = None) -> None:
        """Wait until it is sent. A failure harms nothing. `renewed` is acknowledged again before that is over."""
        try:
            await sent
        except SendFailedError:
            pass  # the channel may refuse it
        except Exception:
            logger.exception("a message could not be acknowledged")
        seconds = self.channel.messenger.capabilities.typing_seconds
        if renewed and seconds and not self._has_ended:
            self._timer = asyncio.get_running_loop().call_later(0.8 * seconds, self._renew, renewed)

    def _renew(self, message: InboundMessage) -> None:
        self._renewal = (_started(self._acknowledge(message)),)


def _started(step: "Coroutine[None, None, None]") -> "asyncio.Task[None]":
    """A task that begins at once."""
    return asyncio.Task(step, loop=asyncio.get_running_loop(), eager_start=True)
