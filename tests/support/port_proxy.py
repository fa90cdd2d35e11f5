"""A port of which every call can be noted, held up or broken."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

type Call = Callable[..., Awaitable[object]]


class PortProxy:
    """Passes every call on to `port`; what a coroutine does goes through `step`, which a subclass gives a meaning."""

    port: Any

    async def step(self, name: str, call: Call, arguments: dict[str, object]) -> object:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self.port, name)
        if not inspect.iscoroutinefunction(attribute):
            return attribute

        async def step(**arguments: object) -> object:
            return await self.step(name, attribute, arguments)

        return step
