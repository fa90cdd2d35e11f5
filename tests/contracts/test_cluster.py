"""Everything that is stored in a cluster keeps its contract there too."""

import gc
from collections.abc import AsyncIterator

import pytest

from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.backlog import RedisBacklogReader
from adapters.redis.breaker_store import RedisBreakerStore
from adapters.redis.connection import StoreConnections
from adapters.redis.conversation_states import RedisConversationStates
from adapters.redis.directory import RedisDirectory
from adapters.redis.event_outbox import RedisEventOutbox
from adapters.redis.idempotency_keys import RedisIdempotencyKeys
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.redis.message_log import RedisMessageLog
from adapters.redis.send_rate_limiter import RedisSendRateLimiter
from contracts.activity_feed_contract import ActivityFeedContract
from contracts.backlog_contract import BacklogContract
from contracts.breaker_store_contract import TRIAL_SECONDS, BreakerStoreContract
from contracts.conversation_states_contract import ConversationStatesContract
from contracts.directory_contract import DirectoryContract
from contracts.event_outbox_contract import EventOutboxContract
from contracts.idempotency_keys_contract import IdempotencyKeysContract
from contracts.intake_contract import IntakeContract, Parts
from contracts.late_changes_contract import LateChangesContract
from contracts.message_log_contract import MessageLogContract
from contracts.personal_data_contract import PersonalDataContract, Stored
from contracts.redis_mailbox_contract import RedisMailboxContract
from contracts.send_rate_limiter_contract import SendRateLimiterContract
from contracts.test_backlog import prepared_mailbox
from contracts.test_intake import on_redis
from contracts.test_personal_data import stored_on
from domain.people.person import Person
from support.cluster import FORGOTTEN_CONNECTIONS, running_cluster
from support.messages import enqueued

pytestmark = FORGOTTEN_CONNECTIONS


@pytest.fixture(scope="module")
async def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with running_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster.url


@pytest.fixture
async def store(cluster_url: str) -> AsyncIterator[StoreConnections]:
    connections = StoreConnections.to(cluster_url)
    await connections.ping()  # many first commands at once would disturb each other in the driver
    yield connections
    await connections.aclose()
    gc.collect()


class TestDirectory(DirectoryContract, LateChangesContract):
    @pytest.fixture
    def directory(self, store: StoreConnections, keys: Keys) -> RedisDirectory:
        return RedisDirectory(store=store, keys=keys)


class TestConversationStates(ConversationStatesContract):
    @pytest.fixture
    def states(self, store: StoreConnections, keys: Keys) -> RedisConversationStates:
        return RedisConversationStates(store=store, keys=Keys(prefix=keys.prefix, partitions=16))


class TestIntake(IntakeContract):
    @pytest.fixture
    async def parts(self, store: StoreConnections, keys: Keys) -> Parts:
        parts = on_redis(store, Keys(prefix=keys.prefix, partitions=16))
        await parts.mailbox.prepare()
        return parts


class TestEventOutbox(EventOutboxContract):
    """The feed, and what belongs to each receiver, may lie on different servers."""

    @pytest.fixture
    def feed(self, store: StoreConnections, keys: Keys) -> RedisActivityFeed:
        return RedisActivityFeed(store=store, keys=keys)

    @pytest.fixture
    def outbox(self, store: StoreConnections, keys: Keys, feed: RedisActivityFeed) -> RedisEventOutbox:
        return RedisEventOutbox(store=store, keys=keys, feed=feed)


class TestMessageLog(MessageLogContract):
    @pytest.fixture
    def log(self, store: StoreConnections, keys: Keys) -> RedisMessageLog:
        return RedisMessageLog(store=store, keys=keys)


class TestSendRateLimiter(SendRateLimiterContract):
    @pytest.fixture
    def send_rate_limiter(self, store: StoreConnections, keys: Keys) -> RedisSendRateLimiter:
        return RedisSendRateLimiter(store=store, keys=keys)

    @pytest.fixture
    def other_limiter(self, store: StoreConnections, keys: Keys) -> RedisSendRateLimiter:
        return RedisSendRateLimiter(store=store, keys=keys)


class TestBreakerStore(BreakerStoreContract):
    @pytest.fixture
    def breakers(self, store: StoreConnections, keys: Keys) -> RedisBreakerStore:
        return RedisBreakerStore(store=store, keys=keys, trial_seconds=TRIAL_SECONDS)


class TestMailbox(RedisMailboxContract):
    """With a partition on each node."""


class TestBacklog(BacklogContract):
    @pytest.fixture
    async def mailbox(self, store: StoreConnections, keys: Keys) -> RedisMailbox:
        return await prepared_mailbox(store, keys)

    @pytest.fixture
    def backlog(self, store: StoreConnections, keys: Keys) -> RedisBacklogReader:
        return RedisBacklogReader(store=store, keys=keys)

    async def test_all_partitions_are_added_up(self, store: StoreConnections, keys: Keys) -> None:
        """Some have several conversations, on different nodes."""
        keys = Keys(prefix=keys.prefix, partitions=16)
        mailbox = await prepared_mailbox(store, keys)
        people = [Person(phone=f"15550{number}") for number in range(100, 140)]
        await mailbox.accept(messages=[enqueued(person=person) for person in people])

        (channel,) = (await RedisBacklogReader(store=store, keys=keys).read()).channels.values()

        assert (channel.conversations, channel.messages) == (40, 40)
        assert channel.oldest_seconds is not None


class TestPersonalData(PersonalDataContract):
    @pytest.fixture
    async def stored(self, store: StoreConnections, keys: Keys) -> Stored:
        stored = stored_on(store, Keys(prefix=keys.prefix, partitions=16))
        await stored.mailbox.prepare()
        return stored


class TestActivityFeed(ActivityFeedContract):
    @pytest.fixture
    def feed(self, store: StoreConnections, keys: Keys) -> RedisActivityFeed:
        return RedisActivityFeed(store=store, keys=keys, length=100)


class TestIdempotencyKeys(IdempotencyKeysContract):
    @pytest.fixture
    def keys_of_callers(self, store: StoreConnections, keys: Keys) -> RedisIdempotencyKeys:
        return RedisIdempotencyKeys(store=store, keys=keys)
