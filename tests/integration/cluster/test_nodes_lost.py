"""Single nodes of a cluster fail: what happens to messages that are accepted and claimed."""

import contextlib
import signal
import time

import pytest
from redis.asyncio.cluster import RedisCluster

from adapters.redis.connection import StoreConnections
from adapters.redis.mailbox import RedisMailbox
from adapters.redis.replication import REPLICA_SECONDS
from application.ports.inbox import EnqueuedMessage
from application.ports.leases import Claim
from application.ports.store import StoreUnavailableError
from domain.people.person import Person
from integration.cluster.conftest import PARTITIONS
from support.begin import begin_turn
from support.cluster import FORGOTTEN_CONNECTIONS, Cluster
from support.messages import enqueued
from support.polling import eventually
from support.ports import free_ports

pytestmark = FORGOTTEN_CONNECTIONS


async def claimed(mailbox: RedisMailbox, partition: int) -> tuple[Claim, ...] | None:
    with contextlib.suppress(StoreUnavailableError):
        return await mailbox.claim(partition=partition, worker="worker", limit=10, wait_seconds=0.01)
    return None


async def can_be_claimed_from(mailbox: RedisMailbox, partition: int) -> bool:
    return await claimed(mailbox, partition) is not None


@pytest.mark.timeout(240)
async def test_the_first_contacted_node_is_killed(cluster: Cluster, mailbox: RedisMailbox) -> None:
    """Workers go on. The driver alone would ask this node for the key of every read for ever."""
    assert await can_be_claimed_from(mailbox, 0)
    assert isinstance(mailbox.store.waiting, RedisCluster)
    met_first = mailbox.store.waiting.get_default_node()
    await next(node for node in cluster.nodes if node.port == met_first.port).kill()
    await eventually(cluster.serves, seconds=60)

    for partition in range(PARTITIONS):
        await eventually(lambda partition=partition: can_be_claimed_from(mailbox, partition), seconds=10)


@pytest.mark.timeout(240)
async def test_a_message_that_no_replica_has_is_not_acknowledged(cluster: Cluster, mailbox: RedisMailbox) -> None:
    """It is lost when its primary dies. The channel delivers it again, and it is answered once."""
    entry = enqueued(person=Person(phone="15550000001"))
    partition = mailbox.keys.partition_of(str(entry.message.conversation))
    primary = await cluster.primary_of(mailbox.keys.of(partition, "ready"))
    assert await can_be_claimed_from(mailbox, partition)
    for replica in cluster.nodes[3:]:
        replica.process.send_signal(signal.SIGSTOP)

    with pytest.raises(StoreUnavailableError, match="no replica"):
        await mailbox.accept(messages=[entry])
    await primary.kill()
    for replica in cluster.nodes[3:]:
        replica.process.send_signal(signal.SIGCONT)
    await eventually(cluster.serves, seconds=60)
    await eventually(lambda: is_accepted(mailbox, entry), seconds=30)

    (claim,) = await eventually(lambda: claimed(mailbox, partition)) or ()
    turn = await begin_turn(mailbox, claim)
    assert turn is not None
    assert [message.id for message in turn.messages] == [entry.message.id]


@pytest.mark.timeout(240)
async def test_without_any_replica_a_primary_goes_on_alone(cluster: Cluster, mailbox: RedisMailbox) -> None:
    """After a failover there may be none for a while, and nobody waits for one."""
    for replica in cluster.nodes[3:]:
        await replica.kill()

    began = time.monotonic()
    await eventually(lambda: is_accepted(mailbox, enqueued()), seconds=30)
    assert await is_accepted(mailbox, enqueued(person=Person(phone="15550000001")))
    assert time.monotonic() - began < REPLICA_SECONDS


async def is_accepted(mailbox: RedisMailbox, entry: EnqueuedMessage) -> bool:
    with contextlib.suppress(StoreUnavailableError):
        await mailbox.accept(messages=[entry])
        return True
    return False


@pytest.mark.timeout(240)
async def test_a_primary_and_its_replica_change_places(cluster: Cluster, mailbox: RedisMailbox) -> None:
    """The old primary refuses its keys. The next call finds the new one."""
    entry = enqueued()
    partition = mailbox.keys.partition_of(str(entry.message.conversation))
    primary = await cluster.primary_of(mailbox.keys.of(partition, "ready"))
    replica = cluster.nodes[cluster.nodes.index(primary) + 3]

    await replica.client.execute_command("CLUSTER", "FAILOVER")
    await eventually(replica.is_primary, seconds=30)

    await eventually(lambda: is_accepted(mailbox, entry), seconds=30)
    assert len(await eventually(lambda: claimed(mailbox, partition)) or ()) == 1


async def test_an_unreachable_cluster_raises_store_unavailable() -> None:
    store = StoreConnections.to(f"redis+cluster://127.0.0.1:{free_ports(1)[0]}")

    with pytest.raises(StoreUnavailableError, match="at least one reachable node"):
        await store.ping()
    with pytest.raises(StoreUnavailableError, match="at least one reachable node"):
        await store.read("key", "XREAD", "STREAMS", "key", "0")

    await store.aclose()
