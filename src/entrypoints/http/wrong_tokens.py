"""Slow down whoever guesses the operators' token."""

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import structlog
from attrs import define, field

# So many wrong tokens of one address in one window cost no time.
FREE_GUESSES = 10
WINDOW_SECONDS = 60.0
# After them one answer a second tells an address that its token is wrong.
GUESS_SECONDS = 1.0
# So many wrong tokens of one address may wait for that; more are refused at once.
MAX_WAITING = 10
MAX_ADDRESSES = 1024

logger = structlog.get_logger(__name__)


class TooManyGuessesError(Exception):
    """Too many wrong tokens of one address wait for their answer already."""


@define(eq=False)
class Guesses:
    """The wrong tokens of one address since `since`, and when its next one may be answered."""

    since: float
    wrong: int = 0
    next_at: float = 0.0


@define(eq=False)
class WrongTokens:
    """Counts wrong tokens by address; the addresses that were wrong longest ago are forgotten first."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _guesses: OrderedDict[str, Guesses] = field(factory=OrderedDict)

    async def wait(self, address: str) -> None:
        """Wait until a wrong token of this address may be answered; no time where there were few.

        Raises:
            TooManyGuessesError: too many wait already.
        """
        guesses = self._guesses.get(_network(address))
        if guesses is None or guesses.wrong < FREE_GUESSES:
            return
        now = self.clock()
        if now - guesses.since > WINDOW_SECONDS:
            del self._guesses[_network(address)]
            return
        wait = max(guesses.next_at - now, 0.0)
        if wait > MAX_WAITING * GUESS_SECONDS:
            raise TooManyGuessesError
        guesses.next_at = now + wait + GUESS_SECONDS
        await self.sleep(wait)

    def wrong(self, address: str) -> None:
        """Count a wrong token; each one begins the window of a slow address again."""
        network, now = _network(address), self.clock()
        guesses = self._guesses.pop(network, None)
        if guesses is None or now - guesses.since > WINDOW_SECONDS:
            guesses = Guesses(since=now)
        guesses.wrong += 1
        if guesses.wrong >= FREE_GUESSES:
            guesses.since = now
        if guesses.wrong == FREE_GUESSES:
            logger.warning("wrong operators' tokens: this address is slowed down", address=network)
        self._guesses[network] = guesses
        if len(self._guesses) > MAX_ADDRESSES:
            self._guesses.popitem(last=False)


def _network(address: str) -> str:
    """An address of IPv4, or the half of one of IPv6 that names a network: its owner has all the others as well."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if found.version == 4:  # noqa: PLR2004  (of the protocol)
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
