"""What is posted to an agent's address, and what its responses mean."""

import base64
from collections.abc import AsyncIterator

import httpx
import pytest
from attrs import evolve

from adapters.outgoing_webhooks.agent import MAX_REPLY_BYTES, WebhookAgent
from adapters.system_clock import SystemClock
from application.ports.agent import AgentAnswer, AgentFailedError, AgentFile, AgentRun
from domain.messages.shared_values import MediaKind
from domain.policies.retry import AgentFailure
from entrypoints.bootstrap.http_client import make_http_client
from support.webhook_agents import SECRET, Says, WebhookAgents, webhook_agents

PDF = b"%PDF-1.7 not a real one"
FILES = (
    AgentFile(message_id="m1", kind=MediaKind.DOCUMENT, mime_type="application/pdf", name="bill.pdf", content=PDF),
    AgentFile(message_id="m2", kind=MediaKind.VIDEO, mime_type="video/mp4", unavailable="it is too large"),
)
BLOCK = '```trunkline\n{"text": "Which?", "buttons": ["A", "B"]}\n```'


@pytest.fixture
async def server() -> AsyncIterator[WebhookAgents]:
    async with webhook_agents() as server:
        yield server


@pytest.fixture
async def agent(server: WebhookAgents) -> AsyncIterator[WebhookAgent]:
    async with make_http_client() as client:
        yield WebhookAgent(
            client=client,
            clock=SystemClock(),
            url=f"{server.url}/turns?tenant=1",
            secrets=[SECRET, "another-secret-that-is-new"],
            headers={"X-Tenant": "acme"},
        )


async def run(agent: WebhookAgent, query: str = "hello", files: tuple[AgentFile, ...] = ()) -> AgentAnswer:
    context = {"turn_id": "7-0", "contact_name": "Ana \ud83d"}
    return await agent.run(AgentRun(agent="assistant", query=query, session_id="s1", context=context, files=files))


async def test_a_turn_is_posted(agent: WebhookAgent, server: WebhookAgents) -> None:
    """Signed with each secret, with the id by which a repeated one is known."""
    await run(agent, "caf\u00e9 \ud83d", files=FILES)

    (request,), (turn,) = server.requests, server.turns
    assert request["request"] == "POST /turns?tenant=1 HTTP/1.1"
    assert (request["webhook-id"], request["idempotency-key"], request["x-tenant"]) == ("7-0", "7-0", "acme")
    assert len(request["webhook-signature"].split()) == 2
    assert turn == {
        "agent": "assistant",
        "turn_id": "7-0",
        "session_id": "s1",
        "text": "caf\u00e9 ?",
        "context": {"turn_id": "7-0", "contact_name": "Ana ?"},
        "files": [
            {
                "message_id": "m1",
                "kind": "document",
                "mime_type": "application/pdf",
                "name": "bill.pdf",
                "size": len(PDF),
                "content": base64.b64encode(PDF).decode(),
            },
            {
                "message_id": "m2",
                "kind": "video",
                "mime_type": "video/mp4",
                "name": "",
                "unavailable": "it is too large",
            },
        ],
    }


@pytest.mark.parametrize(
    ("says", "text", "data"),
    [
        (Says(body={"answer": BLOCK}), BLOCK, None),
        (Says(body=BLOCK.encode(), media_type="text/plain; charset=utf-8"), BLOCK, None),
        (Says(body=b"caf\xe9", media_type="text/markdown"), "caf\ufffd", None),
        (Says(body={"data": {"messages": [{"text": "Hi"}]}, "more": 1}), "", {"messages": [{"text": "Hi"}]}),
        (Says(body={"answer": "Done."}, status=201), "Done.", None),
        (Says(body={"answer": "half \ud83d"}), "half \ud83d", None),
    ],
)
async def test_an_answer_is_json_or_text(
    agent: WebhookAgent, server: WebhookAgents, says: Says, text: str, data: object
) -> None:
    """With the vocabulary of any agent."""
    server.script = {"hello": says}

    answer = await run(agent)

    assert (answer.text, answer.data, answer.comes_later) == (text, data, False)


async def test_a_strange_usage_costs_no_answer(agent: WebhookAgent, server: WebhookAgents) -> None:
    server.script = {"hello": Says(body={"answer": "Done.", "usage": ["much"]})}

    answer = await run(agent)

    assert (answer.text, answer.usage) == ("Done.", ())


async def test_an_answer_may_come_later(agent: WebhookAgent, server: WebhookAgents) -> None:
    server.script = {"hello": Says(status=202)}

    assert (await run(agent)).comes_later


@pytest.mark.parametrize(
    ("says", "failure", "detail"),
    [
        (Says(status=302, location="https://elsewhere.example"), AgentFailure.REJECTED, "redirects are not followed"),
        (Says(status=400, body={"answer": "hello"}), AgentFailure.REJECTED, "HTTP 400"),
        (Says(status=401), AgentFailure.REJECTED, "HTTP 401"),
        (Says(status=429), AgentFailure.NOT_READY, "HTTP 429"),
        (Says(status=500), AgentFailure.CRASHED, "HTTP 500"),
        (Says(status=503), AgentFailure.NOT_READY, "HTTP 503"),
        (Says(status=504), AgentFailure.TIMEOUT, "HTTP 504"),
        (Says(status=204, media_type=""), AgentFailure.EMPTY_ANSWER, "HTTP 204 without an answer"),
        (Says(body=b"{"), AgentFailure.CRASHED, 'no JSON object with the text "answer"'),
        (Says(body=["hello"]), AgentFailure.CRASHED, 'no JSON object with the text "answer"'),
        (Says(body={"answer": 7}), AgentFailure.CRASHED, 'no JSON object with the text "answer"'),
        (Says(body=b"<p>hello", media_type="text/html"), AgentFailure.CRASHED, "neither application/json nor text"),
        (Says(body=b"x" * (MAX_REPLY_BYTES + 1), media_type="text/plain"), AgentFailure.CRASHED, "a body of more than"),
    ],
)
async def test_what_other_responses_mean(
    agent: WebhookAgent, server: WebhookAgents, says: Says, failure: AgentFailure, detail: str
) -> None:
    """They are tried again as those of any agent; nothing that the agent says is in the detail."""
    server.script = {"hello": says}

    with pytest.raises(AgentFailedError) as failed:
        await run(agent)

    assert failed.value.failure is failure
    assert detail in failed.value.detail
    assert "hello" not in failed.value.detail
    assert len(server.requests) == 1


async def test_large_answers_wait_for_a_place(agent: WebhookAgent, server: WebhookAgents) -> None:
    """A few of them are in memory at the same time. A place is free again when the files in an answer were used."""
    server.script = {"hello": Says(body=b"x" * 100_000, media_type="text/plain")}

    answers = [await run(agent) for _ in range(3)]
    assert agent._places.locked()
    for answer in answers:
        answer.release()

    assert len((await run(agent)).text) == 100_000


@pytest.mark.parametrize("kind", [httpx.ConnectError, httpx.UnsupportedProtocol])
async def test_an_address_that_is_not_there(kind: type[httpx.TransportError]) -> None:
    """Or that is not public."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise kind("secret words")

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
        agent = WebhookAgent(client=client, clock=SystemClock(), url="https://agent.example", secrets=[SECRET])
        with pytest.raises(AgentFailedError) as failed:
            await run(agent)

    private = kind is httpx.UnsupportedProtocol
    assert failed.value.failure is (AgentFailure.REJECTED if private else AgentFailure.UNREACHABLE)
    assert "secret" not in failed.value.detail


async def test_a_private_address_is_not_connected_to(server: WebhookAgents) -> None:
    """Whatever its name is: only the addresses that it leads to count."""
    async with make_http_client(public_only=True) as client:
        url = server.url.replace("127.0.0.1", "localhost")
        agent = WebhookAgent(client=client, clock=SystemClock(), url=url, secrets=[SECRET])
        with pytest.raises(AgentFailedError) as failed:
            await run(agent)

    assert failed.value.detail == "the address is not a public one"
    assert server.requests == []


@pytest.mark.parametrize(
    ("status", "failure"), [(403, AgentFailure.REJECTED), (500, AgentFailure.CRASHED), (307, AgentFailure.REJECTED)]
)
async def test_a_probe_notices_what_is_broken(
    agent: WebhookAgent, server: WebhookAgents, status: int, failure: AgentFailure
) -> None:
    server.probe = Says(status=status)

    with pytest.raises(AgentFailedError) as failed:
        await agent.agents()

    assert failed.value.failure is failure


@pytest.mark.parametrize("status", [200, 404, 405, 501])
async def test_a_probe_is_content_with_any_other_answer(
    agent: WebhookAgent, server: WebhookAgents, status: int
) -> None:
    """The address need not know what to do with a GET. It is signed, too."""
    server.probe = Says(status=status)

    assert await evolve(agent, names=["a", "b"]).agents() == ("a", "b")
    assert server.forged == 0


@pytest.mark.parametrize("status", [200, 204, 404, 405, 501])
async def test_a_session_is_cleared(agent: WebhookAgent, server: WebhookAgents, status: int) -> None:
    """By a DELETE. An agent that knows nothing of it has nothing to clear."""
    server.script = {"forget": Says(status=status)}

    await agent.forget(agent="assistant", session_id="s1")

    assert server.forgotten == [{"agent": "assistant", "session_id": "s1"}]


async def test_a_session_that_is_perhaps_not_cleared(agent: WebhookAgent, server: WebhookAgents) -> None:
    """It is tried again, under the same id."""
    server.script = {"forget": Says(status=500)}

    for _ in range(2):
        with pytest.raises(AgentFailedError):
            await agent.forget(agent="assistant", session_id="s1")

    first, second = server.requests
    assert first["webhook-id"] == second["webhook-id"]


def test_secrets_are_not_shown() -> None:
    client = httpx.AsyncClient()
    agent = WebhookAgent(
        client=client, clock=SystemClock(), url="https://u:pw@a.example", secrets=[SECRET], headers={"X": "hidden"}
    )

    assert not any(word in repr(agent) for word in (SECRET, "hidden", "pw"))
