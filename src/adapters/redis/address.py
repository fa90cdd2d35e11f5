"""Reads the address of a store: one server, a cluster, or a server that sentinels watch."""

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from attrs import field, frozen

REDIS_PORT = 6379
SENTINEL_PORT = 26379
TLS_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
SENTINEL_LOGIN = ("sentinel_username", "sentinel_password")


class StoreAddressError(ValueError):
    """The address of the store cannot be used. The text says why and what to write; it never quotes the password."""

    @classmethod
    def of_form(cls) -> "StoreAddressError":
        return cls(
            "the address of the store must look like redis://host:6379/0, unix:///path/to/socket, "
            "redis+cluster://host:6379,host2:6379 or redis+sentinel://host:26379,host2:26379/service "
            "(rediss in place of redis for TLS)"
        )


class Topology(Enum):
    """How many servers there are, and who says which one takes the writes."""

    SINGLE = "single"
    CLUSTER = "cluster"
    SENTINEL = "sentinel"


@frozen(kw_only=True)
class StoreAddress:
    """`nodes` are servers or sentinels, as host and port: any one that answers is enough. Empty for a `socket`.

    `service` is the name by which the sentinels know the server. `options` are the driver's: login, database, TLS.
    """

    topology: Topology
    nodes: tuple[tuple[str, int], ...] = ()
    socket: str | None = None
    service: str = ""
    tls: bool = False
    options: Mapping[str, Any] = field(factory=dict, repr=False)
    sentinel_options: Mapping[str, Any] = field(factory=dict, repr=False)

    def __str__(self) -> str:
        """For the log: without login and options."""
        if self.socket:
            return f"unix://{self.socket}"
        kinds = {Topology.CLUSTER: "+cluster", Topology.SENTINEL: "+sentinel"}
        nodes = ",".join(f"{host}:{port}" for host, port in self.nodes)
        path = f"/{self.service}" if self.service else ""
        return f"redis{'s' * self.tls}{kinds.get(self.topology, '')}://{nodes}{path}"

    @classmethod
    def parse(cls, url: str) -> "StoreAddress":
        """Read an address in one of these forms.

        - `redis://[user:password@]host[:port][/database]`
        - `unix://[user:password@]/path/to/socket[?db=database]`
        - `redis+cluster://[user:password@]host[:port][,host[:port]...]`
        - `redis+sentinel://[user:password@]host[:port][,host[:port]...]/service[/database]`

        `rediss` in place of `redis` uses TLS, with the options `ssl_ca_certs`, `ssl_certfile` and `ssl_keyfile`: paths
        of PEM files. Sentinels may have a login of their own: `sentinel_username`, `sentinel_password`.

        Raises:
            StoreAddressError: it has another form, an unknown option, or names a file that does not exist.
        """
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise StoreAddressError.of_form() from error
        tls = parts.scheme.startswith("rediss")
        name = parts.scheme.replace("rediss", "redis", 1)
        login, _, hosts = parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        options = {key: unquote(text) for key, text in (("username", user), ("password", password)) if text}
        given = _query(parts, _allowed(name, tls=tls))
        options |= {key: _existing(key, given[key]) for key in TLS_FILES if key in given}
        sentinel_options = {key.removeprefix("sentinel_"): given[key] for key in SENTINEL_LOGIN if key in given}
        path = [unquote(step) for step in parts.path.split("/") if step]
        match name:
            case "unix" if path:
                return cls(
                    topology=Topology.SINGLE,
                    socket=unquote(parts.path),
                    options=options | _database(given.get("db")),
                )
            case "redis" if len(path) <= 1:
                return cls(
                    topology=Topology.SINGLE,
                    nodes=_nodes(hosts, REDIS_PORT, most=1),
                    tls=tls,
                    options=options | _database(*path),
                )
            case "redis+cluster" if not path:
                return cls(topology=Topology.CLUSTER, nodes=_nodes(hosts, REDIS_PORT), tls=tls, options=options)
            case "redis+sentinel" if len(path) in {1, 2}:
                return cls(
                    topology=Topology.SENTINEL,
                    nodes=_nodes(hosts, SENTINEL_PORT),
                    service=path[0],
                    tls=tls,
                    options=options | _database(*path[1:]),
                    sentinel_options=sentinel_options,
                )
        raise StoreAddressError.of_form()


def _allowed(scheme: str, *, tls: bool) -> tuple[str, ...]:
    names = TLS_FILES if tls else ()
    if scheme == "redis+sentinel":
        return (*names, *SENTINEL_LOGIN)
    return (*names, "db") if scheme == "unix" else names


def _query(parts: SplitResult, allowed: tuple[str, ...]) -> dict[str, str]:
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, value in given.items():
        if name not in allowed:
            known = f"it takes {', '.join(allowed)}" if allowed else "it takes none"
            raise StoreAddressError(f"{name} is not an option of a {parts.scheme}:// address: {known}")
        if not value:
            raise StoreAddressError(f"the option {name} of the store's address is empty")
    return given


def _existing(option: str, path: str) -> str:
    if not Path(path).is_file():
        raise StoreAddressError(f"the option {option} of the store's address names {path}, which is not a file")
    return path


def _database(text: str | None = None) -> dict[str, int]:
    if text is None:
        return {}
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):  # noqa: PLR2004  (9999 databases)
        raise StoreAddressError(f"the database in the store's address must be a number, not {text}")
    return {"db": int(text)}


def _nodes(hosts: str, default_port: int, *, most: int = 64) -> tuple[tuple[str, int], ...]:
    nodes = []
    for text in hosts.split(","):
        try:
            node = urlsplit(f"//{text}")
            host, port = node.hostname, node.port
        except ValueError:
            host, port = None, None
        if not host or node.path:
            raise StoreAddressError("a host in the store's address cannot be read: write host:port")
        nodes.append((host, default_port if port is None else port))
    if len(nodes) > most:
        raise StoreAddressError(f"the store's address names {len(nodes)} hosts where {most} can be named")
    return tuple(nodes)
