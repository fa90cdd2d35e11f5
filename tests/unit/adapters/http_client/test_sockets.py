"""Which address of a host a connection leads to."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import pytest

from adapters.http_client import sockets
from adapters.http_client.sockets import PrivateAddressError, is_public, open_socket
from support.graph_server import unused_address
from support.http_server import full_queue


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "NEXT_ADDRESS_SECONDS", 0.05)


@pytest.fixture
def answering() -> Iterator[int]:
    """The port of a server that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def resolve_to(monkeypatch: pytest.MonkeyPatch, *ports: int, family: int = socket.AF_INET) -> None:
    """Let every host have these addresses; for a test, they are ports of one address."""
    found = [(family, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port)) for port in ports]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


async def port_reached() -> int:
    async with asyncio.timeout(10):
        with await open_socket("somewhere", 0) as opened:
            return opened.getpeername()[1]


async def test_the_only_address(monkeypatch: pytest.MonkeyPatch, answering: int) -> None:
    """Most hosts have one."""
    resolve_to(monkeypatch, answering)

    assert await port_reached() == answering


async def test_an_address_that_refuses(monkeypatch: pytest.MonkeyPatch, answering: int) -> None:
    """The next one is tried."""
    resolve_to(monkeypatch, port_of(unused_address()), answering)

    assert await port_reached() == answering


async def test_an_address_that_is_silent(monkeypatch: pytest.MonkeyPatch, answering: int) -> None:
    """The next one is tried beside it, as where IPv6 leads nowhere."""
    with full_queue() as silent:
        resolve_to(monkeypatch, port_of(silent), port_of(silent), answering)

        assert await port_reached() == answering


async def test_an_address_that_is_slow(monkeypatch: pytest.MonkeyPatch, answering: int) -> None:
    """It is not given up when the next one is tried."""
    with full_queue() as silent:
        resolve_to(monkeypatch, answering, port_of(silent))

        assert await port_reached() == answering


async def test_no_address_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of one of them."""
    resolve_to(monkeypatch, port_of(unused_address()), port_of(unused_address()))

    with pytest.raises(ConnectionRefusedError):
        await port_reached()


async def test_giving_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket stays open: it would be a warning, and so an error."""
    with full_queue() as silent, contextlib.suppress(TimeoutError):
        resolve_to(monkeypatch, port_of(silent), port_of(silent))

        async with asyncio.timeout(0.2):
            await open_socket("somewhere", 0)


def test_both_families_are_tried_first() -> None:
    """A host may have eight addresses of a family that leads nowhere."""
    six, four = socket.AF_INET6, socket.AF_INET
    found = [(family, 1, 6, "", (number,)) for number, family in enumerate([six, six, six, four, four])]

    ordered = sockets._alternating(found)

    assert [where for *_, (where,) in ordered] == [0, 3, 1, 2, 4]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
    ],
)
def test_which_addresses_are_public(address: str, *, public: bool) -> None:
    assert is_public(address) is public


async def test_a_name_that_leads_to_private_addresses(monkeypatch: pytest.MonkeyPatch, answering: int) -> None:
    """No connection is made, although something listens there."""
    resolve_to(monkeypatch, answering)

    with pytest.raises(PrivateAddressError):
        await open_socket("somewhere", 0, public_only=True)
