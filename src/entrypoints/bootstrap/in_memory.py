"""A container without a store, for tests."""

from typing import Any

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.breaker_store import MemoryBreakerStore
from adapters.memory.conversation_states import MemoryConversationStates
from adapters.memory.dead_letters import MemoryDeadLetters
from adapters.memory.directory import MemoryDirectory
from adapters.memory.idempotency_keys import MemoryIdempotencyKeys
from adapters.memory.mailbox import MemoryMailbox
from adapters.memory.message_log import MemoryMessageLog
from adapters.memory.rate_store import MemoryRateStore
from adapters.memory.send_rate_limiter import MemorySendRateLimiter
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.injector import providers


def keep_in_memory(container: Container) -> None:
    """Replace every part that needs the store by one in memory. What they hold is lost with the container."""
    mailbox = MemoryMailbox()
    parts: dict[providers.Provider[Any], object] = {
        container.mailbox: mailbox,
        container.dead_letters: MemoryDeadLetters(mailbox=mailbox),
        container.rates: MemoryRateStore(),
        container.feed: MemoryActivityFeed(),
        container.directory: MemoryDirectory(),
        container.states: MemoryConversationStates(),
        container.message_log: MemoryMessageLog(),
        container.breaker_store: MemoryBreakerStore(),
        container.send_rate_limiter: MemorySendRateLimiter(),
        container.callers_keys: MemoryIdempotencyKeys(),
    }
    for provider, part in parts.items():
        provider.override(providers.Object(part))
