"""`agents.webhook` in service.yaml: an agent that is not Astromesh."""

from pathlib import Path

import httpx
import pytest

from adapters.no_op_tracer import NoOpTracer
from adapters.outgoing_webhooks.agent import WebhookAgent
from entrypoints.bootstrap.agent_runtimes import make_agents_clients, make_first_agent, make_runtimes
from entrypoints.settings import ConfigurationError
from support.configuration import HIDDEN, ConfigurationDirectory

WEBHOOK = """\
agents:
  webhook: https://user:pw@agent.example/turns
  secret: ["${NEW_SECRET}", "${OLD_SECRET}"]
  timeout_seconds: 40
  api_key: "${AGENTS_KEY}"
"""
ENVIRON = {"NEW_SECRET": f"{HIDDEN}-new-secret", "OLD_SECRET": f"{HIDDEN}-old-secret", "AGENTS_KEY": HIDDEN}


@pytest.fixture
def config(config: ConfigurationDirectory) -> ConfigurationDirectory:
    config.write_whatsapp()
    return config


async def test_the_address_gets_the_turns_of_all_channels(config: ConfigurationDirectory) -> None:
    """It is asked for no list of agents: it has those that the channels name. Its client is for public addresses."""
    config.write_service(WEBHOOK)
    settings = config.load(ENVIRON)

    async with httpx.AsyncClient() as shared:
        (client,) = make_agents_clients(settings, shared)
        agent = make_first_agent(settings, (client,), Path(), NoOpTracer())
        await client.aclose()

    assert isinstance(agent, WebhookAgent)
    assert client is not shared
    assert (agent.url, agent.timeout_seconds) == ("https://user:pw@agent.example/turns", 40)
    assert agent.secrets == [ENVIRON["NEW_SECRET"], ENVIRON["OLD_SECRET"]]
    assert agent.names == ["whatsapp-assistant"]
    assert agent.headers == {"X-API-Key": HIDDEN}
    assert not any(word in repr(settings) for word in (HIDDEN, "pw@"))


async def test_an_entry_of_a_list_may_be_one(config: ConfigurationDirectory) -> None:
    """It has the agents of its own name."""
    config.write_service(
        "agents: [{name: main, url: 'http://a.example'}, "
        "{name: own, webhook: 'http://10.0.0.9/turns', secret: not-a-real-secret, allow_private: true}]"
    )
    config.write_whatsapp(default_agent='"own/clerk"')
    settings = config.load({})

    async with httpx.AsyncClient() as shared:
        clients = make_agents_clients(settings, shared)
        first = make_first_agent(settings, clients, Path(), NoOpTracer())
        agent, name = make_runtimes(settings, first, clients, Path(), NoOpTracer()).of("own/clerk")

    assert isinstance(agent, WebhookAgent)
    assert (agent.names, name) == (["clerk"], "clerk")
    assert clients == (shared, shared)


def test_the_variable_replaces_the_webhook(config: ConfigurationDirectory) -> None:
    config.write_service(WEBHOOK)

    (agents,) = config.load({**ENVIRON, "TRUNKLINE_AGENTS_URL": "http://other.example"}).service.agents

    assert (agents.url, agents.webhook, agents.place) == ("http://other.example", None, "http://other.example")


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("webhook: https://a.example", "agents: has one of webhook and secret; write both"),
        ("secret: not-a-real-secret", "agents: has one of webhook and secret; write both"),
        ("webhook: https://a.example, secret: short", "agents.secret: is shorter than 16 characters"),
        ("webhook: http://a.example, secret: not-a-real-secret", "agents: has a webhook without TLS"),
        ("webhook: a.example, secret: not-a-real-secret", "agents.webhook: is not a web address"),
        ("webhook: https://a.example, secret: not-a-real-secret, embedded: true", "agents: has webhook beside url"),
        ("webhook: https://a.example, secret: not-a-real-secret, url: http://b", "agents: has webhook beside url"),
    ],
)
def test_a_mistake_is_named(config: ConfigurationDirectory, keys: str, problem: str) -> None:
    config.write_service(f"agents: {{{keys}}}")

    with pytest.raises(ConfigurationError) as failed:
        config.load({})

    assert problem in str(failed.value)
