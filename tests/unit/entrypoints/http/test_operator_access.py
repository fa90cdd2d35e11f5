"""Who may use the operators' routes."""

import pytest

from support.http_services import OPERATOR, FakeServices

ROUTES = [
    ("GET", "/v1/dead-letters"),
    ("GET", "/v1/dead-letters/0.1-0"),
    ("POST", "/v1/dead-letters/0.1-0/replay"),
    ("DELETE", "/v1/dead-letters/0.1-0"),
    ("GET", "/v1/channels/events"),
]
WRONG = [
    None,
    "",
    "Bearer",
    "Bearer ",
    "Bearer wrong",
    "Basic not-a-real-admin-token",
    "Bearer schlüssel".encode(),
    b"\xff",
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_without_the_token_nothing_is_shown(method: str, path: str) -> None:
    """401 with the way to authenticate."""
    async with FakeServices().client() as client:
        answer = await client.request(method, path)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="trunkline"'


@pytest.mark.parametrize("authorization", WRONG)
async def test_every_wrong_token_is_refused(authorization: str | bytes | None) -> None:
    """Of any bytes, and without an internal error."""
    headers = {} if authorization is None else {"Authorization": authorization}

    async with FakeServices().client() as client:
        answer = await client.get("/v1/dead-letters", headers=headers)

    assert answer.status_code == 401


@pytest.mark.parametrize("token", ["not-a-real-admin-token", "schlüssel-🔑", "with space"])
async def test_the_token_is_accepted(token: str) -> None:
    """Also a token in UTF-8. The scheme may be in any case."""
    async with FakeServices().client(admin_token=token) as client:
        answer = await client.get("/v1/dead-letters", headers={"Authorization": f"bearer {token}".encode()})

    assert answer.status_code == 200


@pytest.mark.parametrize("token", [None, ""])
@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_without_a_configured_token_the_routes_are_off(method: str, path: str, token: str | None) -> None:
    """404, also for an empty token."""
    async with FakeServices().client(admin_token=token) as client:
        answer = await client.request(method, path, headers={"Authorization": "Bearer "})

    assert answer.status_code == 404


async def test_development_on_loopback_is_open() -> None:
    """`trunkline dev` needs no token."""
    async with FakeServices().client(admin_token=None, admin_open=True) as client:
        answer = await client.get("/v1/dead-letters")

    assert answer.status_code == 200


async def test_development_is_closed_to_other_names() -> None:
    """So a web page whose name resolves to 127.0.0.1 can read nothing."""
    async with FakeServices().client(admin_token=None, admin_open=True) as client:
        answer = await client.get("/v1/dead-letters", headers={"Host": "rebound.example"})

    assert answer.status_code == 404


async def test_a_configured_token_is_required_in_development_too() -> None:
    """Somebody set it on purpose."""
    async with FakeServices().client(admin_open=True) as client:
        refused, allowed = await client.get("/v1/dead-letters"), await client.get("/v1/dead-letters", headers=OPERATOR)

    assert (refused.status_code, allowed.status_code) == (401, 200)
