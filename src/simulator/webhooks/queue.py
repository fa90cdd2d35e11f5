"""The way from what happened to the business's webhook: alone, or together with others."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping

from attrs import frozen

from simulator.state.chat_messages import Attempt
from simulator.state.control import FaultRandom
from simulator.webhooks.caller import WebhookCaller
from simulator.webhooks.wire import Change, webhook

type Report = Callable[[Attempt], None]


@frozen(kw_only=True)
class _Waiting:
    change: Change
    report: Report


def _nobody_asks(_: Attempt) -> None: ...


class WebhookQueue:
    """Delivers changes through `caller`, whose control says how. Everything under way ends with `close`."""

    def __init__(self, caller: WebhookCaller) -> None:
        self.caller = caller
        self._waiting: list[_Waiting] = []
        self._flushing: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def fault_random(self) -> FaultRandom:
        return self.caller.fault_random

    def post(self, change: Change, *, order: asyncio.Lock, report: Report = _nobody_asks) -> None:
        """Deliver; first calls that share `order` go out one after another. Changes of a batch go out together."""
        if self.caller.control.batch == 1:
            self.start(self._deliver((change,), order, report))
            return
        self._waiting.append(_Waiting(change=change, report=report))
        if len(self._waiting) >= self.caller.control.batch:
            self.flush()
        elif self._flushing is None:
            loop = asyncio.get_running_loop()
            self._flushing = loop.call_later(self.caller.control.batch_seconds, self.flush)

    def flush(self) -> None:
        """Deliver what waits for its batch to be full."""
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        batch, self._waiting = self._waiting, []

        def report(attempt: Attempt) -> None:
            for waited in batch:
                waited.report(attempt)

        if batch:
            self.start(self._deliver(tuple(waited.change for waited in batch), asyncio.Lock(), report))

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Let something happen in the background."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        if self._flushing is not None:
            self._flushing.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.caller.close()

    async def _deliver(self, changes: tuple[Change, ...], order: asyncio.Lock, report: Report) -> None:
        await self.caller.deliver(webhook(self.caller.business, changes), order=order, report=report)

    def notice(self, field: str, value: Mapping[str, object], *, at: int | None) -> None:
        """Tell the business about its account."""
        self.post(Change(field=field, value=value, at=at), order=asyncio.Lock())
