"""AstromeshHttpAgent with servers and gateways that misbehave."""

import asyncio
import itertools
import json
import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from adapters.astromesh.http import MAX_REPLY_BYTES, AstromeshHttpAgent
from adapters.astromesh.reply_places import HUGE_REPLY_BYTES, LARGE_REPLY_BYTES, MAX_LARGE_REPLIES
from application.ports.agent import AgentAnswer, AgentFailedError, AgentRun
from domain.policies.retry import AgentFailure
from entrypoints.bootstrap.http_client import make_http_client
from support.canned_http import answering, response

ANSWERED = json.dumps({"answer": "Hi there!", "trace": {"spans": []}, "blocked": False}).encode()


@pytest.fixture(params=[make_http_client, httpx.AsyncClient], ids=["direct", "httpx"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    """Our own, and one without our transport, as where there is a proxy."""
    async with request.param() as client:
        yield client


async def run(agent: AstromeshHttpAgent) -> AgentAnswer:
    return await agent.run(AgentRun(agent="assistant", query="hello", session_id="s1"))


async def failure_of(agent: AstromeshHttpAgent) -> AgentFailedError:
    with pytest.raises(AgentFailedError) as failed:
        await run(agent)
    return failed.value


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (204, AgentFailure.REJECTED),
        (307, AgentFailure.REJECTED),
        (400, AgentFailure.REJECTED),
        (401, AgentFailure.REJECTED),
        (403, AgentFailure.REJECTED),
        (404, AgentFailure.UNKNOWN_AGENT),
        (413, AgentFailure.REJECTED),
        (422, AgentFailure.REJECTED),
        (429, AgentFailure.NOT_READY),
        (500, AgentFailure.CRASHED),
        (502, AgentFailure.MODEL_FAILED),
        (503, AgentFailure.NOT_READY),
        (504, AgentFailure.TIMEOUT),
        (521, AgentFailure.CRASHED),
    ],
)
async def test_every_status_has_its_meaning(client: httpx.AsyncClient, status: int, failure: AgentFailure) -> None:
    """Also without the runtime's own body, as from a gateway."""
    async with answering(response(status)) as url:
        failed = await failure_of(AstromeshHttpAgent(client=client, url=url))

    assert failed.failure is failure
    assert failed.detail == f"HTTP {status}"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Welcome</html>",
        b"[]",
        b"null",
        b'{"answer": 7}',
        b'{"text": "hi"}',
        b'{"answer": "\xff"}',
        b"[" * 99999,
    ],
    ids=["empty", "html", "list", "null", "number", "no-answer", "not-utf-8", "deep"],
)
async def test_a_body_that_is_no_answer(client: httpx.AsyncClient, body: bytes) -> None:
    """Status 200 without an answer is a failure."""
    async with answering(response(200, body)) as url:
        failed = await failure_of(AstromeshHttpAgent(client=client, url=url))

    assert failed.failure is AgentFailure.CRASHED
    assert failed.detail == "HTTP 200 with a body that is no RunReply"


@pytest.mark.parametrize("escaped", ["\\ud83d", "\\uD83D", "\\ude00\\ud83d"])
async def test_half_an_emoji_drops_itself_and_not_the_answer(client: httpx.AsyncClient, escaped: str) -> None:
    """JSON can escape a lone surrogate. A whole emoji stays."""
    body = f'{{"answer": "We open{escaped} at 9 \\ud83d\\ude00 C:\\\\ud8", "trace": {{"{escaped}": "{escaped}"}}}}'
    async with answering(response(200, body.encode())) as url:
        answer = await run(AstromeshHttpAgent(client=client, url=url))

    assert answer.text == "We open at 9 \N{GRINNING FACE} C:\\ud8"


async def test_a_404_that_is_about_something_else(client: httpx.AsyncClient) -> None:
    """Astromesh answers any ValueError of a run with 404, such as a memory it cannot read."""
    body = json.dumps({"detail": "Expecting value: line 1 column 1 (char 0)"}).encode()
    async with answering(response(404, body)) as url:
        failed = await failure_of(AstromeshHttpAgent(client=client, url=url))

    assert failed.failure is AgentFailure.CRASHED


async def test_nobody_listens(client: httpx.AsyncClient) -> None:
    """A refused connection is not a failed run: nothing has happened yet."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"

    failed = await failure_of(AstromeshHttpAgent(client=client, url=url))

    assert failed.failure is AgentFailure.UNREACHABLE


@pytest.mark.parametrize("cut", [b"", response(200, ANSWERED)[:-20]], ids=["before the answer", "in its middle"])
async def test_a_connection_that_breaks(client: httpx.AsyncClient, cut: bytes) -> None:
    """The run may have happened, and its answer is lost."""
    async with answering(cut, reset=True) as url:
        failed = await failure_of(AstromeshHttpAgent(client=client, url=url))

    assert failed.failure is AgentFailure.CRASHED


async def test_an_answer_that_drips(client: httpx.AsyncClient) -> None:
    """The deadline is for the whole call, and not for each byte."""
    whole = response(200, ANSWERED)
    drips = (bytes(pair) for pair in itertools.batched(whole, 2))
    async with answering(*drips, every_seconds=0.02) as url:
        failed = await failure_of(AstromeshHttpAgent(client=client, url=url, timeout_seconds=0.3))

    assert failed.failure is AgentFailure.TIMEOUT


async def test_an_answer_in_pieces(client: httpx.AsyncClient) -> None:
    """The pieces are joined."""
    whole = response(200, ANSWERED)
    async with answering(whole[:60], whole[60:70], whole[70:]) as url:
        answer = await AstromeshHttpAgent(client=client, url=url + "/").run(
            AgentRun(agent="assistant", query="hello", session_id="s1")
        )

    assert answer.text == "Hi there!"


async def test_an_invalid_list_of_agents(client: httpx.AsyncClient) -> None:
    """The error says that this server is not Astromesh."""
    async with answering(response(200, b'{"agents": {}}')) as url:
        with pytest.raises(AgentFailedError) as failed:
            await AstromeshHttpAgent(client=client, url=url).agents()

    assert failed.value.failure is AgentFailure.CRASHED


@pytest.mark.parametrize("status", [200, 500])
async def test_an_answer_that_does_not_end(client: httpx.AsyncClient, status: int) -> None:
    """It is read up to the limit, and not until the memory is full."""
    endless = b"HTTP/1.1 %d Scripted\r\nConnection: close\r\n\r\n" % status
    chunks = itertools.repeat(b"x" * 65536, 2 * MAX_REPLY_BYTES // 65536)
    async with answering(endless, *chunks) as url:
        failed = await failure_of(AstromeshHttpAgent(client=client, url=url))

    assert failed.failure is AgentFailure.CRASHED
    assert failed.detail == f"HTTP {status} with a body of more than {MAX_REPLY_BYTES} bytes"


@pytest.mark.parametrize(
    ("size", "places", "end"),
    [(LARGE_REPLY_BYTES, MAX_LARGE_REPLIES, "release"), (HUGE_REPLY_BYTES, 1, "text_read")],
)
async def test_large_answers_wait_for_a_place(client: httpx.AsyncClient, size: int, places: int, end: str) -> None:
    """Only so many are in memory; who waits for a place is not taken for a slow agent."""
    answer = json.dumps({"answer": "x" * size}).encode()

    async with answering(response(200, answer)) as url:
        agent = AstromeshHttpAgent(client=client, url=url, timeout_seconds=1.0)
        first = [await run(agent) for _ in range(places)]
        waiting = asyncio.create_task(run(agent))
        done, _ = await asyncio.wait([waiting], timeout=1.2)
        getattr(first[0], end)()
        last = await waiting

    assert not done
    assert last.text == first[0].text
