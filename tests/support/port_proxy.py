"""A port whose calls can be recorded, delayed or broken."""

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

type Call = Callable[..., Awaitable[object]]


class PortProxy:
    """Passes every call on to `port`. Coroutines go through `step`, which subclasses override."""

    port: Any

    async def step(self, name: str, call: Call, arguments: dict[str, object]) -> object:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self.port, name)
        if not inspect.iscoroutinefunction(attribute):
            return attribute

        @functools.wraps(attribute)
        async def step(*positional: object, **named: object) -> object:
            arguments = inspect.signature(attribute).bind(*positional, **named).arguments
            return await self.step(name, attribute, arguments)

        return step
