"""A cluster of three primaries and three replicas, and the mailbox on it."""

import gc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.system_clock import SystemClock
from support.cluster import Cluster, running_cluster

PARTITIONS = 16


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    async with running_cluster(tmp_path) as cluster:
        yield cluster


@pytest.fixture
async def mailbox(cluster: Cluster) -> AsyncIterator[RedisMailbox]:
    store = StoreConnections.to(cluster.url)
    mailbox = RedisMailbox(store=store, keys=Keys(partitions=PARTITIONS), clock=SystemClock(), lease_seconds=1)
    await mailbox.prepare()
    yield mailbox
    await store.aclose()
    gc.collect()
