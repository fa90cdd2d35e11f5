"""Opens sockets to a host that may have several addresses."""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from typing import Any

# How long an address may be silent before the next one is tried beside it (RFC 8305: "Happy Eyeballs").
NEXT_ADDRESS_SECONDS = 0.25

type Address = tuple[Any, Any, int, str, Any]


class PrivateAddressError(Exception):
    """The host has no public address."""


async def open_socket(host: str, port: int, *, public_only: bool = False) -> socket.socket:
    """A socket that is connected to the first address that answers. uvloop tries one after the other, for minutes.

    With `public_only`, it connects to no address of this machine or of a private network: of those that are looked up
    here, so a name cannot lead elsewhere afterwards.

    Raises:
        OSError: no address answers, or there is none.
        PrivateAddressError: none of them is public.
    """
    addresses = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if public_only:
        addresses = [address for address in addresses if is_public(str(address[4][0]))]
        if not addresses:
            raise PrivateAddressError
    if len(addresses) == 1:
        return await _open(addresses[0])
    return await _first_open(_alternating(addresses))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet. "::ffff:10.0.0.1" is the private 10.0.0.1."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast


def _alternating(addresses: Sequence[Address]) -> list[Address]:
    """The addresses in an order in which the first two have different families, where there are two."""
    other = next((address for address in addresses if address[0] != addresses[0][0]), None)
    if other is None:
        return list(addresses)
    return [addresses[0], other, *(address for address in addresses[1:] if address is not other)]


async def _first_open(addresses: list[Address]) -> socket.socket:
    attempts: set[asyncio.Task[socket.socket]] = set()
    winner: asyncio.Task[socket.socket] | None = None
    try:
        while winner is None and (addresses or not all(attempt.done() for attempt in attempts)):
            if addresses:
                attempts.add(asyncio.create_task(_open(addresses.pop(0))))
            waiting = [attempt for attempt in attempts if not attempt.done()]
            await asyncio.wait(
                waiting, timeout=NEXT_ADDRESS_SECONDS if addresses else None, return_when=asyncio.FIRST_COMPLETED
            )
            winner = next((attempt for attempt in attempts if attempt.done() and not attempt.exception()), None)
        return await (winner or attempts.pop())  # with no winner: the error of one
    finally:
        for attempt in attempts - {winner}:
            attempt.add_done_callback(_close)
            attempt.cancel()


async def _open(address: Address) -> socket.socket:
    family, kind, protocol, _, where = address
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setblocking(False)
        await asyncio.get_running_loop().sock_connect(opened, where)
    except BaseException:
        opened.close()
        raise
    return opened


def _close(attempt: asyncio.Task[socket.socket]) -> None:
    if not attempt.cancelled() and not attempt.exception():
        attempt.result().close()
