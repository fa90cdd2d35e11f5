"""A container without a store, for tests."""

from typing import Any

from adapters.memory.audit_log import MemoryAuditLog
from adapters.memory.backlog import MemoryBacklogReader
from adapters.memory.dead_letters import MemoryDeadLetters
from adapters.memory.directory import MemoryDirectory
from adapters.memory.event_outbox import MemoryEventOutbox
from adapters.memory.idempotency_keys import MemoryIdempotencyKeys
from adapters.memory.intake import MemoryIntake
from adapters.memory.mailbox import MemoryMailbox
from adapters.memory.operators import MemoryOperators
from adapters.memory.personal_data import MemoryPersonalData
from adapters.memory.poll_leases import MemoryPollLeases
from adapters.memory.send_rate_limiter import MemorySendRateLimiter
from adapters.memory.sessions import MemorySessions
from adapters.memory.shared_sessions import MemorySharedSessions
from adapters.memory.store_inspection import MemoryStoreInspection
from entrypoints.bootstrap.container import Container
from entrypoints.bootstrap.injector import providers


def keep_in_memory(container: Container) -> None:
    """Replace every part that needs the store by one in memory. What they hold is lost with the container."""
    mailbox = MemoryMailbox()
    outbox, directory = MemoryEventOutbox(feed=mailbox.feed), MemoryDirectory()
    limiter, shared_sessions, requests = MemorySendRateLimiter(), MemorySharedSessions(), MemoryIdempotencyKeys()
    parts: dict[providers.Provider[Any], object] = {
        container.mailbox: mailbox,
        container.backlog: MemoryBacklogReader(mailbox=mailbox),
        container.dead_letters: MemoryDeadLetters(mailbox=mailbox),
        container.feed: mailbox.feed,
        container.outbox: outbox,
        container.directory: directory,
        container.states: mailbox.states,
        container.message_log: mailbox.log,
        container.proposals: mailbox.proposals,
        container.breaker_store: mailbox.breakers,
        container.usage: mailbox.usage,
        container.forgetting: mailbox.forgetting,
        container.transcripts: mailbox.transcripts,
        container.send_rate_limiter: limiter,
        container.shared_sessions: shared_sessions,
        container.callers_keys: requests,
        container.personal_data: MemoryPersonalData(
            mailbox=mailbox,
            feed=mailbox.feed,
            outbox=outbox,
            directory=directory,
            limiter=limiter,
            shared_sessions=shared_sessions,
            requests=requests,
        ),
        container.audit_log: MemoryAuditLog(),
        container.sessions: MemorySessions(),
        container.operators: MemoryOperators(),
        container.poll_leases: MemoryPollLeases(),
        container.inspection: MemoryStoreInspection(),
    }
    for provider, part in parts.items():
        provider.override(providers.Object(part))
    intake = providers.Singleton(
        MemoryIntake,
        inbox=container.mailbox,
        directory=container.directory,
        states=container.states,
        feed=container.feed,
        transcripts=container.transcripts,
    )
    container.intake.override(intake)
