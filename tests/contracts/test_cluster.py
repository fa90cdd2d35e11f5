"""Everything that is stored in a cluster keeps its contract there too."""

import gc
from collections.abc import AsyncIterator

import pytest

from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.breaker_store import RedisBreakerStore
from adapters.redis.connection import StoreConnections
from adapters.redis.conversation_states import RedisConversationStates
from adapters.redis.dead_letters import RedisDeadLetters
from adapters.redis.directory import RedisDirectory
from adapters.redis.idempotency_keys import RedisIdempotencyKeys
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.redis.message_log import RedisMessageLog
from adapters.redis.rate_store import RedisRateStore
from adapters.redis.send_rate_limiter import RedisSendRateLimiter
from adapters.system_clock import SystemClock
from contracts.activity_feed_contract import ActivityFeedContract
from contracts.breaker_store_contract import TRIAL_SECONDS, BreakerStoreContract
from contracts.conversation_states_contract import ConversationStatesContract
from contracts.directory_contract import DirectoryContract
from contracts.idempotency_keys_contract import IdempotencyKeysContract
from contracts.late_changes_contract import LateChangesContract
from contracts.mailbox_contract import MailboxContract
from contracts.mailbox_steps import LEASE_SECONDS, MAX_DEAD_LETTERS, MAX_WAITING
from contracts.message_log_contract import MessageLogContract
from contracts.rate_store_contract import RateStoreContract
from contracts.send_rate_limiter_contract import SendRateLimiterContract
from support.cluster import FORGOTTEN_CONNECTIONS, running_cluster

pytestmark = FORGOTTEN_CONNECTIONS


@pytest.fixture(scope="module")
async def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with running_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster.url


@pytest.fixture
async def store(cluster_url: str) -> AsyncIterator[StoreConnections]:
    connections = StoreConnections.to(cluster_url)
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


class TestMessageLog(MessageLogContract):
    @pytest.fixture
    def log(self, store: StoreConnections, keys: Keys) -> RedisMessageLog:
        return RedisMessageLog(store=store, keys=keys)


class TestSendRateLimiter(SendRateLimiterContract):
    @pytest.fixture
    def send_rate_limiter(self, store: StoreConnections, keys: Keys) -> RedisSendRateLimiter:
        return RedisSendRateLimiter(store=store, keys=keys)


class TestBreakerStore(BreakerStoreContract):
    @pytest.fixture
    def breakers(self, store: StoreConnections, keys: Keys) -> RedisBreakerStore:
        return RedisBreakerStore(store=store, keys=keys, trial_seconds=TRIAL_SECONDS)


class TestMailbox(MailboxContract):
    @pytest.fixture
    async def mailbox(self, store: StoreConnections, keys: Keys) -> RedisMailbox:
        mailbox = RedisMailbox(
            store=store,
            keys=keys,
            clock=SystemClock(),
            lease_seconds=LEASE_SECONDS,
            turn_messages=5,
            max_waiting=MAX_WAITING,
            max_dead_letters=MAX_DEAD_LETTERS,
        )
        await mailbox.prepare()
        return mailbox

    @pytest.fixture
    def dead_letters(self, store: StoreConnections, keys: Keys) -> RedisDeadLetters:
        return RedisDeadLetters(store=store, keys=keys)


class TestActivityFeed(ActivityFeedContract):
    @pytest.fixture
    def feed(self, store: StoreConnections, keys: Keys) -> RedisActivityFeed:
        return RedisActivityFeed(store=store, keys=keys, length=100)


class TestRateStore(RateStoreContract):
    @pytest.fixture
    def rates(self, store: StoreConnections, keys: Keys) -> RedisRateStore:
        return RedisRateStore(store=store, keys=keys)


class TestIdempotencyKeys(IdempotencyKeysContract):
    @pytest.fixture
    def keys_of_callers(self, store: StoreConnections, keys: Keys) -> RedisIdempotencyKeys:
        return RedisIdempotencyKeys(store=store, keys=keys)
