"""Addresses of stores."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.redis.address import StoreAddress, StoreAddressError, Topology


@pytest.mark.parametrize(
    ("url", "topology", "nodes", "service", "options"),
    [
        ("redis://h", Topology.SINGLE, [("h", 6379)], "", {}),
        ("redis://:p%40ss@h:7000/3", Topology.SINGLE, [("h", 7000)], "", {"password": "p@ss", "db": 3}),
        ("redis://[::1]:7000", Topology.SINGLE, [("::1", 7000)], "", {}),
        (
            "redis+cluster://u:p@a:1,b",
            Topology.CLUSTER,
            [("a", 1), ("b", 6379)],
            "",
            {"username": "u", "password": "p"},
        ),
        ("redis+sentinel://a,b:1/main", Topology.SENTINEL, [("a", 26379), ("b", 1)], "main", {}),
        ("redis+sentinel://:p@a/main/2", Topology.SENTINEL, [("a", 26379)], "main", {"password": "p", "db": 2}),
    ],
)
def test_forms(
    url: str, topology: Topology, nodes: list[tuple[str, int]], service: str, options: dict[str, object]
) -> None:
    address = StoreAddress.parse(url)

    assert (address.topology, list(address.nodes), address.service) == (topology, nodes, service)
    assert address.options == options
    assert not address.tls


def test_a_socket() -> None:
    address = StoreAddress.parse("unix://user:secret@/run/valkey.sock?db=2")

    assert address.socket == "/run/valkey.sock"
    assert address.options == {"username": "user", "password": "secret", "db": 2}


def test_sentinels_have_a_login_of_their_own() -> None:
    address = StoreAddress.parse("redis+sentinel://u:p@a/main?sentinel_username=s&sentinel_password=q")

    assert address.options == {"username": "u", "password": "p"}
    assert address.sentinel_options == {"username": "s", "password": "q"}


@pytest.mark.parametrize("scheme", ["rediss://a", "rediss+cluster://a,b", "rediss+sentinel://a/main"])
def test_tls(scheme: str, tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    authority.touch()

    address = StoreAddress.parse(f"{scheme}?ssl_ca_certs={authority}")

    assert address.tls
    assert address.options == {"ssl_ca_certs": str(authority)}


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://h", "must look like redis://host:6379/0"),
        ("redis://h/a/b", "must look like"),
        ("redis+cluster://h/1", "must look like"),
        ("redis+sentinel://h", "must look like"),
        ("unix://", "must look like"),
        ("redis://a,b", "names 2 hosts where 1 can be named"),
        ("redis://", "cannot be read: write host:port"),
        ("redis+cluster://a,,b", "cannot be read: write host:port"),
        ("redis://h:port", "cannot be read: write host:port"),
        ("redis://h/one", "must be a number, not one"),
        ("redis://h?timeout=3", "timeout is not an option of a redis:// address: it takes none"),
        ("unix:///s?ssl_keyfile=x", "ssl_keyfile is not an option of a unix:// address: it takes db"),
        ("rediss://h?ssl_ca_certs=/no/such/file", "names /no/such/file, which is not a file"),
        ("rediss://h?ssl_ca_certs=", "the option ssl_ca_certs of the store's address is empty"),
    ],
)
def test_mistakes(url: str, message: str) -> None:
    with pytest.raises(StoreAddressError) as raised:
        StoreAddress.parse(url)

    assert message in str(raised.value)


@given(text=st.text(alphabet="redis+cluntx:/@,?=&%[]0123456789abc._-\x00é"), scheme=st.sampled_from(["", "redis://"]))
def test_whatever_is_written_is_read_or_refused(text: str, scheme: str) -> None:
    with contextlib.suppress(StoreAddressError):
        StoreAddress.parse(scheme + text)


def test_a_password_is_neither_shown_nor_quoted() -> None:
    assert "hidden" not in repr(StoreAddress.parse("redis+sentinel://:hidden@a/main?sentinel_password=hidden"))
    with pytest.raises(StoreAddressError) as raised:
        StoreAddress.parse("redis://user:hidden@h:port")
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://ana:hunter2@store:6380/3", "redis://store:6380"),
        ("rediss+cluster://ana:hunter2@one,two:7000", "rediss+cluster://one:6379,two:7000"),
        (
            "redis+sentinel://:hunter2@one/trunkline/0?sentinel_password=hunter2",
            "redis+sentinel://one:26379/trunkline",
        ),
        ("unix://:hunter2@/run/valkey.sock?db=1", "unix:///run/valkey.sock"),
    ],
)
def test_the_log_shows_where_it_is(url: str, shown: str) -> None:
    """And no login."""
    assert str(StoreAddress.parse(url)) == shown
