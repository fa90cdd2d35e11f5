"""A time limit for a step that many tasks take."""

import asyncio
from types import TracebackType
from typing import Any

from attrs import define, field


@define(eq=False)
class TimeLimit:
    """Interrupts a task that stays within its `with` for longer than `seconds`. The task gets a `TimeoutError`.

    One timer serves all tasks. `asyncio.timeout` sets one for each of them, which costs as much as half of the reading
    of a short webhook.
    """

    seconds: float
    # When each task must be done, in the time of the event loop. All have the same limit, so the first is due first.
    _due: dict[Any, float] = field(factory=dict, init=False)
    _timer: asyncio.TimerHandle | None = field(default=None, init=False)

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        due = self._due[asyncio.current_task()] = loop.time() + self.seconds
        if self._timer is None:
            self._timer = loop.call_at(due, self._interrupt)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        task: Any = asyncio.current_task()
        interrupted = self._due.pop(task, None) is None
        # A task that others cancelled, too, stays cancelled.
        if interrupted and not task.uncancel() and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _interrupt(self) -> None:
        self._timer, loop = None, asyncio.get_running_loop()
        while self._due:
            task, due = next(iter(self._due.items()))
            if due > loop.time():
                self._timer = loop.call_at(due, self._interrupt)
                return
            del self._due[task]
            task.cancel()
