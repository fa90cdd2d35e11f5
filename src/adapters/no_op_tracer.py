"""The tracer that is used when nothing is traced: it does nothing."""

import contextlib
from collections.abc import Sequence
from contextlib import AbstractContextManager

from attrs import frozen

from application.ports.tracer import Span
from domain.conversations.delivery import StatusUpdate
from domain.conversations.turn import Turn


@frozen
class NoSpan:
    trace: str = ""

    def ended(self, outcome: str) -> None: ...


NO_SPAN: AbstractContextManager[Span] = contextlib.nullcontext(NoSpan())


@frozen
class NoOpTracer:
    is_on: bool = False

    def receive(self, *, channel: str, caller: str) -> AbstractContextManager[Span]:
        return NO_SPAN

    def answer(self, *, turn: Turn) -> AbstractContextManager[Span]:
        return NO_SPAN

    def run_agent(self, *, agent: str, channel: str) -> AbstractContextManager[Span]:
        return NO_SPAN

    def send(self, *, turn: Turn) -> AbstractContextManager[Span]:
        return NO_SPAN

    def status(self, *, update: StatusUpdate, sent: str) -> None: ...

    def headers(self) -> Sequence[tuple[bytes, bytes]]:
        return ()

    async def close(self) -> None: ...
