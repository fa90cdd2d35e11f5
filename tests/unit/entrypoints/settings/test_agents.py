"""What goes with the requests to the agents: `agents` in service.yaml, and `provider` of a channel."""

import httpx
import pytest

from adapters.astromesh.http import AstromeshHttpAgent
from adapters.no_op_tracer import NoOpTracer
from application.ports.agent import ProviderKey
from entrypoints.bootstrap.agent_runtimes import make_agents_clients, make_first_agent
from entrypoints.bootstrap.channels import build_channels
from entrypoints.bootstrap.installed_channel_types import ChannelTypes
from entrypoints.settings import ConfigurationError, Secret
from support.configuration import HIDDEN, ConfigurationDirectory

AGENTS = """\
agents:
  url: https://agents.example
  api_key: "${AGENTS_KEY}"
  headers: {X-Tenant: acme, Authorization: "Bearer ${AGENTS_KEY}"}
"""


@pytest.fixture
def config(config: ConfigurationDirectory) -> ConfigurationDirectory:
    config.write_whatsapp()
    return config


async def test_key_and_headers_go_to_the_agents(config: ConfigurationDirectory) -> None:
    """Their secrets come from the environment, and are not shown."""
    config.write_service(AGENTS)
    settings = config.load({"AGENTS_KEY": HIDDEN})

    async with httpx.AsyncClient() as client:
        agent = make_first_agent(settings, make_agents_clients(settings, client), config.path, NoOpTracer())

    assert isinstance(agent, AstromeshHttpAgent)
    assert agent.headers == (
        (b"X-API-Key", HIDDEN.encode()),
        (b"X-Tenant", b"acme"),
        (b"Authorization", f"Bearer {HIDDEN}".encode()),
    )
    assert HIDDEN not in repr(settings)


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ('headers: {"X Tenant": acme}', "agents.headers.X Tenant: is not the name of a header"),
        ("headers: {Host: other}", "agents.headers.Host: is a header that Trunkline writes itself"),
        ("headers: {idempotency-key: x}", "agents.headers.idempotency-key: is a header that Trunkline writes"),
        ('headers: {X-Tenant: "a\\nb"}', "agents.headers.X-Tenant: is empty, or has characters"),
        ('headers: {X-Tenant: ""}', "agents.headers.X-Tenant: is empty"),
        ("headers: {X-Tenant: [a]}", "agents.headers.X-Tenant: must be text"),
        ("headers: [a]", "agents.headers: must be a block of keys"),
        ('api_key: "cl\u00e9"', "agents.api_key: is empty, or has characters"),
        ("{embedded: true, api_key: x}", "agents: has embedded: true, and keys"),
        ("{embedded: true, headers: {a: b}}", "agents: has embedded: true, and keys"),
        ("{embedded: true, ca_file: a}", "agents: has embedded: true, and keys"),
        ("{url: 'https://a', client_key: a}", "agents: has one of client_certificate and client_key"),
        ("{url: 'https://a', client_certificate: a}", "agents: has one of client_certificate and client_key"),
        ("{url: 'http://a', ca_file: a}", "agents: has certificates for a url without TLS"),
    ],
)
def test_mistakes(config: ConfigurationDirectory, keys: str, problem: str) -> None:
    """Each names its key, and never its value."""
    config.write_service(f"agents: {keys if keys.startswith('{') else '{' + keys + '}'}\n")

    with pytest.raises(ConfigurationError) as mistaken:
        config.load()

    assert problem in str(mistaken.value)


def test_a_key_that_is_not_set_is_none(config: ConfigurationDirectory) -> None:
    """As with every optional secret."""
    config.write_service('agents: {api_key: "${AGENTS_KEY}"}\n')

    assert config.load().service.agents[0].api_key is None


async def test_the_provider_of_a_channel(config: ConfigurationDirectory) -> None:
    """Its name, and its key."""
    config.write_whatsapp(provider=f"{{name: openai, key: {HIDDEN}}}")
    settings = config.load()

    async with httpx.AsyncClient() as client:
        channels = build_channels(settings, ChannelTypes.installed(), client)

    assert channels["whatsapp"].provider == ProviderKey(name="openai", key=HIDDEN)
    assert settings.channels[0].provider is not None
    assert settings.channels[0].provider.key == Secret(HIDDEN)
    assert HIDDEN not in repr(settings)


@pytest.mark.parametrize("provider", ["{name: openai}", '{name: "", key: x}', '{name: openai, key: ""}', "openai"])
def test_a_provider_that_cannot_be_used(config: ConfigurationDirectory, provider: str) -> None:
    """It needs both."""
    config.write_whatsapp(provider=provider)

    with pytest.raises(ConfigurationError, match="provider"):
        config.load()
