"""Work that a worker does beside turns, again and again."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable

from attrs import frozen

from application.ports.store import StoreUnavailableError

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class RepeatedWork:
    """`step` returns whether there is more to do at once. Otherwise it pauses, each time a little differently long."""

    name: str
    step: Callable[[], Awaitable[bool]]
    pause_seconds: float

    async def run(self, *, stopping: asyncio.Event) -> None:
        """Repeat the step until `stopping` is set. A step that has begun goes on to its end. No error ends the work."""
        while not stopping.is_set():
            if not await self._step():
                pause = self.pause_seconds * random.uniform(0.8, 1.2)  # noqa: S311  (keeps no secret)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), pause)

    async def _step(self) -> bool:
        try:
            return await self.step()
        except StoreUnavailableError:
            logger.debug("the store is away; the work on %s waits", self.name)
        except Exception:
            logger.exception("the work on %s failed with an internal error", self.name)
        return False
