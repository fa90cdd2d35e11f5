"""Follows each message through the processes, for people who look for what was slow or went wrong."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from domain.conversations.delivery import StatusUpdate
from domain.conversations.turn import Turn


class Span(Protocol):
    """One step under way. `trace` names it for other processes (a W3C `traceparent`); empty when nothing is traced."""

    @property
    def trace(self) -> str: ...

    def ended(self, outcome: str) -> None:
        """Say how it ended. An error that leaves the step says so itself."""
        ...


class Tracer(Protocol):
    """Each method opens a span that ends with its context manager. None of them waits, or raises errors of its own.

    A span has ids and outcomes, and never what people wrote.
    """

    @property
    def is_on(self) -> bool: ...

    def receive(self, *, channel: str, caller: str) -> AbstractContextManager[Span]:
        """A webhook comes in. `caller` is the `traceparent` that came with it, or empty."""
        ...

    def answer(self, *, turn: Turn) -> AbstractContextManager[Span]:
        """A worker answers a turn. Its trace is that of the first message; other messages and tries are links."""
        ...

    def run_agent(self, *, agent: str, channel: str) -> AbstractContextManager[Span]: ...

    def send(self, *, turn: Turn) -> AbstractContextManager[Span]:
        """The next part of a turn is sent."""
        ...

    def status(self, *, update: StatusUpdate, sent: str) -> None:
        """The channel reports how far a message has come. `sent` is the `trace` of its send."""
        ...

    def headers(self) -> Sequence[tuple[bytes, bytes]]:
        """What tells a service that we call which span calls it."""
        ...

    async def close(self) -> None:
        """Hand over what is left. It takes a few seconds at most."""
        ...
