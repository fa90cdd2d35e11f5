"""Writes many commands to one server at once, and reads their results.

The driver's own pipeline packs commands in Python, and sets up a time limit for each result. For the short scripts of a
turn, that costs more than the scripts themselves.
"""

import asyncio
import math
from collections.abc import Sequence
from typing import Any

import hiredis
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ResponseError

from adapters.redis.scripts import Argument, Command


async def run_pipeline(client: Redis, commands: Sequence[Command]) -> list[Any]:
    """Returns for each command what the driver would return, or the error of the server.

    Raises:
        RedisError, OSError: the connection was lost, or a time limit has passed. Nobody knows which commands ran.
    """
    packed = b"".join(map(_packed, commands))
    pool = client.connection_pool
    connection = await pool.get_connection()  # type: ignore[no-untyped-call]
    try:
        await connection.send_packed_command(packed)
        async with asyncio.timeout(connection.socket_timeout):
            return [await _result(connection, client, str(command[0])) for command in commands]
    finally:
        await pool.release(connection)


async def _result(connection: AbstractConnection, client: Redis, name: str) -> Any:
    try:
        # The limit of the whole pipeline holds.
        result = await connection.read_response(timeout=math.inf)
    except ResponseError as error:
        return error
    callback = client.response_callbacks.get(name)
    return callback(result) if callback else result


def _packed(command: Command) -> bytes:
    try:
        packed: bytes = hiredis.pack_command(command)  # type: ignore[arg-type]
    except UnicodeEncodeError:
        # One damaged text must not fail a whole write.
        return _packed(tuple(_encodable(argument) for argument in command))
    return packed


def _encodable(argument: Argument) -> Argument:
    return argument.encode(errors="replace") if isinstance(argument, str) else argument
