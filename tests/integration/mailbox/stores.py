"""The stores of one world, with a prefix of their own."""

from typing import Any

import pytest
from attrs import frozen

from adapters.redis.connection import StoreConnections
from adapters.redis.dead_letters import RedisDeadLetters
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.system_clock import SystemClock
from application.ports.store import StoreUnavailableError
from support.port_proxy import Call, PortProxy


@frozen
class Stores:
    """A mailbox with two settings: leases that never end, and leases that are always expired."""

    store: StoreConnections
    keys: Keys

    def mailbox(self, *, lease_seconds: float = 3600) -> "_AlwaysThere":
        return _AlwaysThere(
            RedisMailbox(
                store=self.store, keys=self.keys, clock=SystemClock(), lease_seconds=lease_seconds, turn_messages=5
            )
        )

    @property
    def dead_letters(self) -> RedisDeadLetters:
        return RedisDeadLetters(store=self.store, keys=self.keys)


@frozen
class _AlwaysThere(PortProxy):
    """A store without outages. When it refuses a step, the script is wrong, and the step must not be repeated."""

    port: Any

    async def step(self, name: str, call: Call, arguments: dict[str, object]) -> object:
        try:
            return await call(**arguments)
        except StoreUnavailableError as error:
            pytest.fail(f"{name}: {error}")
