"""Places for large replies. While one is read, it is in memory several times: so only a few are read at once."""

import asyncio
from types import TracebackType
from typing import Self

from attrs import define, evolve, field

from application.ports.agent import AgentAnswer

# When an emoji is in a text, each of its characters takes four bytes.
LARGE_REPLY_BYTES = 64 * 1024
MAX_LARGE_REPLIES = 3
# Of these, one at a time is read.
HUGE_REPLY_BYTES = 4 * 1024 * 1024


@define(eq=False)
class ReplyPlaces:
    """The places that one reply holds, of those that all replies share.

    Leaving the context frees them, unless they were left to an answer.
    """

    large: asyncio.Semaphore
    huge: asyncio.Semaphore
    _held: list[asyncio.Semaphore] = field(factory=list, init=False)
    _is_left: bool = field(default=False, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not self._is_left:
            self._release(self.huge, self.large)

    async def take(self, deadline: asyncio.Timeout, size: int) -> None:
        """Take the places that a body of this size needs, and wait for them while the deadline stands still."""
        # In this order for everybody, so that nobody waits for somebody who waits.
        for limit, place in ((LARGE_REPLY_BYTES, self.large), (HUGE_REPLY_BYTES, self.huge)):
            if size > limit and place not in self._held:
                left = (deadline.when() or 0.0) - asyncio.get_running_loop().time()
                deadline.reschedule(None)
                await place.acquire()
                self._held.append(place)
                deadline.reschedule(asyncio.get_running_loop().time() + left)

    def left_to(self, answer: AgentAnswer) -> AgentAnswer:
        """The answer, which frees the places when it was used."""
        if not self._held:
            return answer
        self._is_left = True
        return evolve(answer, text_read=self.text_read, release=self.release)

    def text_read(self) -> None:
        self._release(self.huge)

    def release(self) -> None:
        self._release(self.large)

    def _release(self, *places: asyncio.Semaphore) -> None:
        for place in places:
            if place in self._held:
                self._held.remove(place)
                place.release()
