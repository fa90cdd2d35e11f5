"""An agent behind a webhook keeps the contract, over a real socket."""

from collections.abc import AsyncIterator

import httpx
import pytest

from adapters.memory.clock import FakeClock
from adapters.outgoing_webhooks.agent import WebhookAgent
from adapters.system_clock import SystemClock
from application.ports.agent import AgentFailedError, AgentRun
from contracts.agent_contract import ESSAY, NAMES, REFUSAL, AgentPortContract
from domain.policies.retry import AgentFailure
from entrypoints.bootstrap.http_client import make_http_client
from support.webhook_agents import SECRET, Says, WebhookAgents, webhook_agents

SCRIPT = {
    "hello": Says(body={"answer": "Hi there!", "usage": {"model": "large", "tokens_in": 1, "tokens_out": 1}}),
    "write an essay": Says(body={"answer": ESSAY}),
    "say nothing": Says(body={"answer": ""}),
    "say spaces": Says(body=b" \n ", media_type="text/plain"),
    "tell me a secret": Says(body={"answer": REFUSAL, "blocked": True}),
    "fall over": Says(status=502),
    "dawdle": Says(hold=True),
}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with make_http_client() as client:
        yield client


@pytest.fixture
async def server() -> AsyncIterator[WebhookAgents]:
    async with webhook_agents(*NAMES, script=SCRIPT) as server:
        yield server


class TestWebhookAgent(AgentPortContract):
    @pytest.fixture
    def agent(self, server: WebhookAgents, client: httpx.AsyncClient) -> WebhookAgent:
        return WebhookAgent(
            client=client, clock=SystemClock(), url=server.url, secrets=[SECRET], names=NAMES, timeout_seconds=0.5
        )

    async def test_an_old_signature_is_none(self, server: WebhookAgents, client: httpx.AsyncClient) -> None:
        """The time is signed too: who records a request cannot repeat it for ever."""
        agent = WebhookAgent(client=client, clock=FakeClock(), url=server.url, secrets=[SECRET])

        with pytest.raises(AgentFailedError) as failed:
            await agent.run(AgentRun(agent="assistant", query="hello", session_id="s1", context={"turn_id": "t1"}))

        assert failed.value.failure is AgentFailure.REJECTED
        assert server.forged == 1
