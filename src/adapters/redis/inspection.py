"""Finds what is wrong with a store that answers: what would lose messages, or fail as soon as messages come."""

import asyncio
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen
from redis.asyncio.cluster import RedisCluster
from redis.exceptions import NoPermissionError

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.errors import translated
from adapters.redis.keys import Keys
from adapters.redis.store_format import StoreFormat
from application.ports.store import StoreDefect, StoreUnavailableError

MIN_VERSION = 7
# Every command of the scripts and the adapters; a test compares the list with both.
COMMANDS = (
    *(
        "DEL",
        "EXISTS",
        "GET",
        "INCRBY",
        "PERSIST",
        "PEXPIRE",
        "PEXPIREAT",
        "PEXPIRETIME",
        "PTTL",
        "RENAME",
        "SET",
        "TIME",
    ),
    *("HDEL", "HEXISTS", "HGET", "HGETALL", "HINCRBY", "HLEN", "HMGET", "HSET", "HSETNX"),
    *("LLEN", "LPOP", "LRANGE", "LREM", "LTRIM", "RPUSH", "SADD", "SISMEMBER"),
    *("XACK", "XADD", "XCLAIM", "XDEL", "XGROUP CREATE", "XGROUP DELCONSUMER", "XINFO CONSUMERS", "XLEN"),
    *("XPENDING", "XRANGE", "XREAD", "XREADGROUP", "XREVRANGE", "XTRIM"),
    *(
        "ZADD",
        "ZCARD",
        "ZRANGE",
        "ZRANGEBYLEX",
        "ZRANGEBYSCORE",
        "ZREM",
        "ZREMRANGEBYRANK",
        "ZREMRANGEBYSCORE",
    ),
)
NO_INFO = StoreDefect(
    name="INFO is denied",
    message="the store's login may not run INFO, so nobody knows whether the store keeps messages",
    fix="allow it: ACL SETUSER ... +info",
    loses_messages=False,
)


@frozen(kw_only=True)
class StoreInspection:
    """Asks the server, or every primary of a cluster.

    `require_durable`: a store that keeps messages only in memory is one that loses them.
    """

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    require_durable: bool = False

    async def defects(self) -> tuple[StoreDefect, ...]:
        """What is wrong, each defect once. Empty when nothing is.

        Raises:
            StoreUnavailableError: the store does not answer, or a cluster does not serve all slots.
        """
        with translated():
            try:
                servers = await self._info()
            except NoPermissionError:
                servers = []
        found = [NO_INFO] if not servers else []
        for server in servers:
            found += self._server_defects(server)
        if not any(defect.name == "too old" for defect in found):  # an old server does not understand our scripts
            denied = await self._denied_commands()
            found += denied or await StoreFormat(store=self.store, keys=self.keys).defects()
        return tuple(dict.fromkeys(found))

    async def _info(self) -> list[Mapping[str, Any]]:
        client = self.store.commands
        if not isinstance(client, RedisCluster):
            return [await client.info()]
        by_node = await client.execute_command("INFO", target_nodes=RedisCluster.PRIMARIES)
        return list(by_node.values()) if all(isinstance(value, dict) for value in by_node.values()) else [by_node]

    def _server_defects(self, info: Mapping[str, Any]) -> list[StoreDefect]:
        defects = []
        version = str(info.get("redis_version", "0"))  # Valkey tells the version of Redis that it is compatible with
        if int(version.partition(".")[0]) < MIN_VERSION:
            defects.append(
                StoreDefect(
                    name="too old",
                    message=f"the store is version {version}",
                    fix="use Valkey, or Redis 7 or newer",
                )
            )
        policy = info.get("maxmemory_policy", "noeviction")
        if policy != "noeviction":
            defects.append(
                StoreDefect(
                    name="evicts",
                    message=f"the store deletes messages when its memory is full (maxmemory-policy {policy})",
                    fix="set maxmemory-policy noeviction",
                )
            )
        if not info.get("aof_enabled"):
            defects.append(
                StoreDefect(
                    name="not durable",
                    message="the store loses messages when it restarts (appendonly no)",
                    fix="set appendonly yes and appendfsync always",
                    loses_messages=self.require_durable,
                )
            )
        return defects

    async def _denied_commands(self) -> list[StoreDefect]:
        names = [self.keys.of(partition, "ready") for partition in range(self.keys.partitions)]
        try:
            answers = await asyncio.gather(
                *(self.store.run(scripts.DENIED_COMMANDS, [name], [*COMMANDS]) for name in names)
            )
        except StoreUnavailableError as error:
            if not isinstance(error.__cause__, NoPermissionError):
                raise
            denied = ["scripts, or our keys"]
        else:
            denied = sorted({command for answer in answers for command in answer})
        if not denied:
            return []
        return [
            StoreDefect(
                name="commands are denied",
                message=f"the store does not know, or its login may not use: {', '.join(denied)}",
                fix=f"allow all commands and scripts on the keys {self.keys.prefix}:*",
            )
        ]
