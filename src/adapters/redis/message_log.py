"""The message log on Redis: what each message says, and how far it has come, in keys of their own."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from application.ports.message_log import Remembered
from application.ports.store import StoreUnavailableError
from domain.conversations.delivery import RANK, DeliveryStatus, StatusUpdate

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class RedisMessageLog:
    """Messages are spread over a cluster; `keep_seconds` counts from the last that was told of one.

    Without the store every status is news: told twice does less harm than not told.
    """

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    keep_seconds: float = 86400.0

    async def remember(self, *, messages: Sequence[Remembered]) -> None:
        keep = int(self.keep_seconds * 1000)
        calls = (
            self.store.run(scripts.REMEMBER, [self._words(said.channel, said.message_id)], [keep, said.words])
            for said in messages
        )
        try:
            await asyncio.gather(*calls)
        except StoreUnavailableError as error:
            logger.debug("messages could not be remembered: %s", error)

    async def recall(self, *, channel: str, message_ids: Sequence[str]) -> dict[str, str]:
        calls = (self.store.run(scripts.RECALL, [self._words(channel, id_)], []) for id_ in message_ids)
        found = await asyncio.gather(*calls)
        return {id_: words for id_, words in zip(message_ids, found, strict=True) if words is not None}

    async def arrived(self, *, channel: str, message_id: str) -> bool:
        try:
            furthest: int = await self.store.run(scripts.FURTHEST, [self._rank(channel, message_id)], [])
        except StoreUnavailableError as error:
            logger.debug("how far a message came could not be read: %s", error)
            return False
        return furthest > RANK[DeliveryStatus.SENT]

    async def advance(self, *, updates: Sequence[StatusUpdate]) -> tuple[bool, ...]:
        positions: defaultdict[str, list[int]] = defaultdict(list)
        for position, update in enumerate(updates):
            positions[self._rank(update.channel, update.message_id)].append(position)
        news = [True] * len(updates)
        calls = (self._advance(name, [updates[at] for at in places]) for name, places in positions.items())
        for places, answers in zip(positions.values(), await asyncio.gather(*calls), strict=True):
            for position, answer in zip(places, answers, strict=True):
                news[position] = answer
        return tuple(news)

    async def _advance(self, name: str, updates: Sequence[StatusUpdate]) -> list[bool]:
        ranks = [RANK[update.status] for update in updates]
        try:
            answers = await self.store.run(scripts.ADVANCE, [name], [int(self.keep_seconds * 1000), *ranks])
        except StoreUnavailableError as error:
            logger.debug("a delivery status could not be compared with those before: %s", error)
            return [True] * len(updates)
        return [bool(answer) for answer in answers]

    def _words(self, channel: str, message_id: str) -> str:
        return self.keys.shared(f"words:{channel}:{message_id}")

    def _rank(self, channel: str, message_id: str) -> str:
        return self.keys.shared(f"rank:{channel}:{message_id}")
