"""The queue of webhook calls: it sends each change alone, or several in one call."""

import asyncio
from collections.abc import Callable, Coroutine

from attrs import frozen

from simulator.state.chat_messages import Attempt
from simulator.webhooks.caller import WebhookCaller
from simulator.webhooks.wire import Change, webhook

type OnAttempt = Callable[[Attempt], None]


@frozen(kw_only=True)
class _Waiting:
    change: Change
    on_attempt: OnAttempt


def _ignore(_: Attempt) -> None: ...


class WebhookQueue:
    """Delivers changes through `caller`. The control of the caller says how many changes share one call."""

    def __init__(self, caller: WebhookCaller) -> None:
        self.caller = caller
        self._waiting: list[_Waiting] = []
        self._flushing: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def enqueue(self, change: Change, *, order: asyncio.Lock, on_attempt: OnAttempt = _ignore) -> None:
        """Deliver a change in the background, and call `on_attempt` after each call of the webhook.

        First calls that share `order` go out one after another.
        """
        if self.caller.control.batch == 1:
            self.run_in_background(self._deliver((change,), order, on_attempt))
            return
        self._waiting.append(_Waiting(change=change, on_attempt=on_attempt))
        if len(self._waiting) >= self.caller.control.batch:
            self.flush()
        elif self._flushing is None:
            loop = asyncio.get_running_loop()
            self._flushing = loop.call_later(self.caller.control.batch_seconds, self.flush)

    def flush(self) -> None:
        """Deliver the changes that wait for a full batch."""
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        batch, self._waiting = self._waiting, []

        def on_attempt(attempt: Attempt) -> None:
            for waiting in batch:
                waiting.on_attempt(attempt)

        if batch:
            changes = tuple(waiting.change for waiting in batch)
            self.run_in_background(self._deliver(changes, asyncio.Lock(), on_attempt))

    def run_in_background(self, work: Coroutine[None, None, None]) -> None:
        """Run `work` as a task that `close` cancels."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Cancel everything that is under way."""
        if self._flushing is not None:
            self._flushing.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.caller.close()

    async def _deliver(self, changes: tuple[Change, ...], order: asyncio.Lock, on_attempt: OnAttempt) -> None:
        await self.caller.deliver(webhook(self.caller.business, changes), order=order, on_attempt=on_attempt)
