"""The lines of one request have the same id."""

import logging

import pytest
import structlog

from entrypoints.observability.request_id import add_request_id
from support.http_services import FakeServices

FORGED = "/v1/channels/whatsapp/webhook"


@pytest.fixture
def request_ids(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The id in each line that is logged."""
    seen: list[str | None] = []

    def keep(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        seen.append(add_request_id(logger, method, event).get("request_id"))
        raise structlog.DropEvent

    monkeypatch.setattr(
        "entrypoints.http.routes.webhooks.logger",
        structlog.wrap_logger(logging.root, [keep], wrapper_class=structlog.BoundLogger),
    )
    return seen


async def test_each_request_has_an_id(request_ids: list[str | None]) -> None:
    """Of its own."""
    async with FakeServices().client() as client:
        for _ in range(2):
            await client.post(FORGED)

    first, second = request_ids
    assert first
    assert second
    assert first != second


@pytest.mark.parametrize(("given", "accepted"), [("proxy-1.a_B", True), ("two words", False), ("a" * 65, False)])
async def test_the_id_of_a_proxy_is_kept(request_ids: list[str | None], given: str, *, accepted: bool) -> None:
    """Unless it is anything else than a short id."""
    async with FakeServices().client() as client:
        await client.post(FORGED, headers={"X-Request-ID": given})

    (found,) = request_ids
    assert (found == given) is accepted


def test_other_lines_have_none() -> None:
    """For example those of a worker."""
    assert add_request_id(None, "info", {"event": "turn ended"}) == {"event": "turn ended"}
