"""Read the answers of agents one after the other."""

import asyncio
from collections import deque

from attrs import define, field


@define(eq=False)
class Turnstile:
    """Lets one caller pass in each step of the event loop, first come, first served.

    Many answers may arrive together. Without steps between them, a webhook would wait until all of them are read.
    """

    _waiting: "deque[asyncio.Future[None]]" = field(factory=deque, init=False)
    _is_open: bool = field(default=True, init=False)

    async def passed(self) -> None:
        loop = asyncio.get_running_loop()
        if self._is_open:
            self._is_open = False
            loop.call_soon(self._let_next_pass, loop)
        else:
            turn = loop.create_future()
            self._waiting.append(turn)
            await turn

    def _let_next_pass(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if turn.done():  # its caller was cancelled meanwhile
                continue
            turn.set_result(None)
            loop.call_soon(self._let_next_pass, loop)
            return
        self._is_open = True
