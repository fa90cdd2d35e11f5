"""Which calls come from the user of this machine."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.server.loopback import LOOPBACK_HOSTS, loopback_only

URL = "http://localhost:8090/phone"


async def anything(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"secret", "more_body": False})


async def asked(*headers: tuple[str, str], method: str = "GET") -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=loopback_only(anything))) as client:
        return await client.request(method, URL, headers=list(headers))


@pytest.mark.parametrize("host", ["localhost:8090", "127.0.0.1:8090", "[::1]:8090", "LOCALHOST", "127.0.0.1"])
async def test_this_machine_is_served(host: str) -> None:
    """By each of its names, without a page and from a page of the same origin."""
    plain = await asked(("Host", host))
    page = await asked(("Host", host), ("Origin", f"http://{host}"), method="POST")

    assert (plain.status_code, page.status_code) == (200, 200)


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example:8090",
        "localhost.rebound.example",
        "127.0.0.1.nip.io:8090",
        "localhost@rebound.example",
        "rebound.example@localhost",
        "rebound.example/localhost",
        "localhost#rebound.example",
        "localhost?x",
        "[::1",
        "0.0.0.0:8090",
        "192.168.0.7:8090",
        "",
    ],
)
async def test_dns_rebinding_is_refused(host: str) -> None:
    """The page's own name resolves to this machine, so its Origin equals its Host."""
    answers = [await asked(("Host", host)), await asked(("Host", host), ("Origin", f"http://{host}"), method="POST")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "secret" not in answers[0].text


@pytest.mark.parametrize(
    "origin",
    [
        "http://other.example",
        "null",
        "",
        "https://localhost:8090",
        "http://localhost",
        "http://localhost:3000",
        "file://",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_a_page_from_elsewhere_is_refused(origin: str, method: str) -> None:
    """Also a page of another program on this machine, on another port."""
    answer = await asked(("Host", "localhost:8090"), ("Origin", origin), method=method)

    assert answer.status_code == 403


async def test_two_host_headers_are_refused() -> None:
    """It is unclear which one counts."""
    answer = await asked(("Host", "localhost:8090"), ("Host", "rebound.example"))

    assert answer.status_code == 403


@given(host=st.text(st.characters(max_codepoint=255, exclude_characters="\x00\r\n"), max_size=30))
async def test_no_other_name_is_this_machine(host: str) -> None:
    """Of any characters that a header may have."""
    name = host.lower().rpartition(":")[0] if host[-1:].isdigit() else host.lower().rstrip(":")
    scope = {"type": "http", "headers": [(b"host", host.encode("latin-1"))], "method": "GET", "path": "/"}
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await loopback_only(anything)(scope, None, send)  # type: ignore[arg-type]

    assert sent[0]["status"] == 403 or name.strip("[]") in LOOPBACK_HOSTS or host.lower() in LOOPBACK_HOSTS
