"""Servers that speak TLS alone, with a private authority, and that ask clients for a certificate."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.system_clock import SystemClock
from application.ports.inbox import EnqueuedMessage
from domain.policies.debounce import IMMEDIATE
from support.certificates import Certificates
from support.cluster import FORGOTTEN_CONNECTIONS, running_cluster
from support.messages import message
from support.ports import free_ports
from support.tls_server import answers, running_tls_server

PARTITIONS = 16


@pytest.fixture
async def address(tmp_path: Path, tls_server: str, certificates: Certificates) -> AsyncIterator[str]:
    """The address of a single server, without options."""
    async with running_tls_server(tmp_path, binary=tls_server, certificates=certificates) as address:
        yield address


async def test_a_server_of_a_private_authority(address: str, certificates: Certificates) -> None:
    """Without the authority the server is not trusted; without a certificate it refuses us."""
    assert await answers(f"{address}{certificates.query}")
    assert not await answers(address)
    assert not await answers(f"{address}?ssl_ca_certs={certificates.authority}")
    assert not await answers(address.replace("rediss", "redis"))


@pytest.mark.timeout(240)
@pytest.mark.filterwarnings(*(mark.args[0] for mark in FORGOTTEN_CONNECTIONS))
async def test_a_cluster_of_a_private_authority(tmp_path: Path, tls_server: str, certificates: Certificates) -> None:
    """Any node that is named and alive leads to the others."""
    async with running_cluster(tmp_path, binary=tls_server, certificates=certificates) as cluster:
        dead, alive = free_ports(1)[0], cluster.nodes[2].port
        url = f"rediss+cluster://127.0.0.1:{dead},127.0.0.1:{alive}{certificates.query}"
        store = StoreConnections.to(url)
        mailbox = RedisMailbox(store=store, keys=Keys(partitions=PARTITIONS), clock=SystemClock(), lease_seconds=1)
        await mailbox.prepare()

        accepted = await mailbox.accept(messages=[EnqueuedMessage(message=message(), debounce=IMMEDIATE)])

        assert list(accepted) == [True]
        await store.aclose()
