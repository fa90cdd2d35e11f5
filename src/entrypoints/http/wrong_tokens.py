"""Slow down callers who guess the operators' token."""

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import structlog
from attrs import define, field

# Wrong tokens of one address in one window that are not slowed down.
FREE_ATTEMPTS = 10
WINDOW_SECONDS = 60.0
# After them one wrong token a second is answered.
ATTEMPT_SECONDS = 1.0
# Wrong tokens of one address that may wait for their answer; more are rejected at once.
MAX_WAITING = 10
MAX_ADDRESSES = 1024

logger = structlog.get_logger(__name__)


class TooManyAttemptsError(Exception):
    """Too many wrong tokens of one address wait for their answer."""


@define(eq=False)
class Attempts:
    """How many wrong tokens one address sent since `since`, and when its next wrong token may be answered."""

    since: float
    count: int = 0
    next_at: float = 0.0


@define(eq=False)
class WrongTokens:
    """Counts wrong tokens by address. Forgets the address whose last wrong token is oldest when there are too many."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _attempts: OrderedDict[str, Attempts] = field(factory=OrderedDict)

    async def wait(self, address: str) -> None:
        """Wait until a wrong token of this address may be answered. Returns at once where few were wrong.

        Raises:
            TooManyAttemptsError: too many tokens of this address are waiting.
        """
        attempts = self._attempts.get(_network(address))
        if attempts is None or attempts.count < FREE_ATTEMPTS:
            return
        now = self.clock()
        if now - attempts.since > WINDOW_SECONDS:
            del self._attempts[_network(address)]
            return
        wait = max(attempts.next_at - now, 0.0)
        if wait > MAX_WAITING * ATTEMPT_SECONDS:
            raise TooManyAttemptsError
        attempts.next_at = now + wait + ATTEMPT_SECONDS
        await self.sleep(wait)

    def count(self, address: str) -> None:
        """Count a wrong token. Each one restarts the window of an address that is slowed down."""
        network, now = _network(address), self.clock()
        attempts = self._attempts.pop(network, None)
        if attempts is None or now - attempts.since > WINDOW_SECONDS:
            attempts = Attempts(since=now)
        attempts.count += 1
        if attempts.count >= FREE_ATTEMPTS:
            attempts.since = now
        if attempts.count == FREE_ATTEMPTS:
            logger.warning("too many wrong operator tokens: slowing down this address", address=network)
        self._attempts[network] = attempts
        if len(self._attempts) > MAX_ADDRESSES:
            self._attempts.popitem(last=False)


def _network(address: str) -> str:
    """What counts as one address: an IPv4 address, or a /64 network of IPv6, because one owner has all of it.

    "203.0.113.9" is itself, and so is "::ffff:203.0.113.9"; "2001:db8::1" is "2001:db8::/64".
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if found.version == 4:  # noqa: PLR2004  (of the protocol)
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
