"""Whether a collector takes spans."""

import httpx

from entrypoints.doctor.findings import Status
from entrypoints.doctor.tracing import traces

COLLECTOR = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
    "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20key",
}


def answering(status: int, requests: list[httpx.Request]) -> httpx.AsyncClient:
    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        if not status:
            raise httpx.ConnectError("refused")
        return httpx.Response(status)

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


async def test_a_collector_that_takes_spans() -> None:
    """It is asked as the exporter asks it."""
    requests: list[httpx.Request] = []
    async with answering(200, requests) as client:
        (finding,) = await traces(COLLECTOR, client)

    assert (finding.status, finding.message) == (Status.OK, "http://collector:4318/v1/traces takes spans")
    assert requests[0].headers["authorization"] == "Bearer key"


async def test_one_that_does_not() -> None:
    """Messages are answered all the same."""
    async with answering(0, []) as away, answering(404, []) as another:
        found = [*await traces(COLLECTOR, away), *await traces(COLLECTOR, another)]

    assert [finding.status for finding in found] == [Status.WARNING] * 2
    assert "does not answer" in found[0].message
    assert "HTTP 404" in found[1].message


async def test_nothing_is_checked_while_traces_are_off() -> None:
    async with answering(0, []) as client:
        assert await traces({}, client) == ()
