"""Every error is a problem document."""

import httpx
import pytest

from support.http_services import OPERATOR, FakeServices
from support.signed_channel import SIGNED, WEBHOOK

REQUESTS = [
    ("GET", "/nowhere", 404),
    ("GET", "/schema/nowhere", 404),
    ("GET", "/schema/nowhere.json", 404),
    ("DELETE", "/livez", 405),
    ("PUT", WEBHOOK, 405),
    ("GET", WEBHOOK, 403),
    ("POST", WEBHOOK, 403),
    ("GET", "/v1/dead-letters?limit=many", 400),
    ("GET", "/v1/dead-letters?limit=501", 400),
    ("GET", "/v1/dead-letters/none", 404),
    ("POST", "/v1/dead-letters/none/replay", 404),
]


def check(answer: httpx.Response, *, status: int, instance: str) -> None:
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["instance"] == instance
    assert all(isinstance(problem[member], str) and problem[member] for member in ("type", "title", "detail"))


@pytest.mark.parametrize(("method", "path", "status"), REQUESTS)
async def test_errors_are_problem_details(method: str, path: str, status: int) -> None:
    """RFC 9457, also for errors of the framework."""
    async with FakeServices().client() as client:
        answer = await client.request(method, path, headers=OPERATOR)

    check(answer, status=status, instance=path.partition("?")[0])


async def test_method_not_allowed_lists_allowed_methods() -> None:
    """RFC 9110 requires `Allow` with 405."""
    async with FakeServices().client() as client:
        answer = await client.delete(WEBHOOK)

    assert set(answer.headers["allow"].split(", ")) == {"GET", "OPTIONS", "POST"}


async def test_wrong_parameters_are_named() -> None:
    """In a list beside the standard members."""
    async with FakeServices().client() as client:
        answer = await client.get("/v1/dead-letters", params={"limit": 0}, headers=OPERATOR)

    assert [error["key"] for error in answer.json()["errors"]] == ["limit"]


@pytest.mark.parametrize("header", [b"not-a-host-\xff", b"a b"])
async def test_a_broken_host_header_is_a_bad_request(header: bytes) -> None:
    """400 before any route is searched."""
    async with FakeServices().client() as client:
        answer = await client.get("/livez", headers={"Host": header})

    check(answer, status=400, instance="/livez")


async def test_no_error_reveals_a_secret() -> None:
    """No response contains the right signature."""
    async with FakeServices().client() as client:
        answers = [
            await client.post(WEBHOOK, content=b"[]"),
            await client.post(WEBHOOK, headers=SIGNED, content=b"["),
            await client.get("/v1/dead-letters"),
        ]

    output = "".join(answer.text + str(answer.headers) for answer in answers)
    assert "not-a-real" not in output
