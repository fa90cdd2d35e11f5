"""Clear the agents' memory of sessions that are not used any more, beside the service."""

import asyncio
from collections.abc import Callable

import structlog

from application.operating.forget_sessions import ForgetSessions
from application.ports.store import StoreUnavailableError

ROUND_SECONDS = 5.0

logger = structlog.get_logger(__name__)


async def clear_memory(present: Callable[[], ForgetSessions]) -> None:
    """Clear what is due, again and again, by the present configuration. No error ends it."""
    while True:
        try:
            await present()()
        except StoreUnavailableError:
            pass  # each outage has a line of its own
        except Exception:
            logger.exception("the memory of old sessions could not be cleared")
        await asyncio.sleep(ROUND_SECONDS)
