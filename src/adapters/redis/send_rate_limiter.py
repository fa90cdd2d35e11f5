"""SendRateLimiter on Redis: credit by the store's own time, so that all processes spend the same."""

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from domain.people.person import Conversation
from domain.policies.send_rate import SendRate, SendRates

MICROSECONDS = 1_000_000


@frozen(kw_only=True)
class RedisSendRateLimiter:
    store: StoreConnections
    keys: Keys = field(factory=Keys)

    async def take(self, *, conversation: Conversation, send_rates: SendRates, received: int = 0) -> float:
        # The two credits may be on different servers: when the number has none, the person gets theirs back.
        person = self._person(conversation)
        if wait := await self._take(person, send_rates.person):
            return wait
        wait = await self._take(self._number(conversation.channel), send_rates.number, messages=1 + received)
        if wait and send_rates.person is not None:
            await self.store.run(scripts.RETURN_CREDIT, [person], [_microseconds(send_rates.person.interval_seconds)])
        return wait

    async def _take(self, name: str, rate: SendRate | None, *, messages: int = 1) -> float:
        interval, burst = (rate.interval_seconds, rate.burst) if rate else (0, 1)
        limits: list[scripts.Argument] = [_microseconds(interval), burst, messages]
        wait: int = await self.store.run(scripts.TAKE_CREDIT, [name], limits)
        return wait / MICROSECONDS

    async def back_off(self, *, conversation: Conversation, seconds: float) -> None:
        await self.store.run(scripts.BACK_OFF, [self._person(conversation)], [_microseconds(seconds)])

    async def back_off_all(self, *, channel: str, seconds: float) -> None:
        await self.store.run(scripts.BACK_OFF, [self._number(channel)], [_microseconds(seconds)])

    def _person(self, conversation: Conversation) -> str:
        return self.keys.shared(f"send_rate:{conversation}")

    def _number(self, channel: str) -> str:
        return self.keys.shared(f"send_rate:{channel}")


def _microseconds(seconds: float) -> int:
    return int(seconds * MICROSECONDS)
