"""Record what somebody does on the command line."""

import contextlib
import getpass
from collections.abc import AsyncIterator

from attrs import evolve

from domain.operators.audit import AuditEntry, AuditOutcome
from domain.people.person import channel_of
from entrypoints.bootstrap.container import Container


@contextlib.asynccontextmanager
async def audited(
    container: Container, action: str, *, conversation: object = "", subject: str = "", operator: str | None = None
) -> AsyncIterator[None]:
    """Record the action that is done within, by the user who is logged in, whether it succeeds or not.

    Raises:
        StoreUnavailableError: it is not recorded.
    """
    entry = AuditEntry(
        at=container.clock().now(),
        operator=operator or getpass.getuser(),
        action=action,
        outcome=AuditOutcome.FAILED,
        place="command line",
        channel=channel_of(str(conversation)),
        conversation=str(conversation),
        subject=subject,
    )
    try:
        yield
        entry = evolve(entry, outcome=AuditOutcome.DONE)
    finally:
        await container.audit_log().record(entry=entry)
