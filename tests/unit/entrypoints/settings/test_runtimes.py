"""Several agent runtimes: `agents` in service.yaml as a list."""

from pathlib import Path

import httpx
import pytest

from adapters.astromesh.embedded import EmbeddedAstromesh
from adapters.astromesh.http import AstromeshHttpAgent
from adapters.no_op_tracer import NoOpTracer
from entrypoints.bootstrap.agent_runtimes import (
    make_agents_clients,
    make_first_agent,
    make_measured_runtimes,
    make_runtimes,
)
from entrypoints.observability.metrics import Metrics
from entrypoints.settings import ConfigurationError
from support.configuration import ConfigurationDirectory

SEVERAL = """\
agents:
  - name: main
    url: http://main.example
  - name: billing
    url: https://billing.example
    timeout_seconds: 60
    max_runs: 20
    api_key: "${BILLING_KEY}"
  - {name: here, embedded: true}
"""


@pytest.fixture
def config(config: ConfigurationDirectory) -> ConfigurationDirectory:
    config.write_whatsapp()
    return config


async def test_each_has_its_own_address_limits_and_key(config: ConfigurationDirectory) -> None:
    """The first one also runs the agents that are named without a runtime."""
    config.write_service(SEVERAL)
    settings = config.load({"BILLING_KEY": "not-a-real-key"})

    async with httpx.AsyncClient() as client:
        clients = make_agents_clients(settings, client)
        first = make_first_agent(settings, clients, Path(), NoOpTracer())
        runtimes = make_runtimes(settings, first, clients, Path(), NoOpTracer())
        measured = make_measured_runtimes(settings, runtimes, Metrics().turns, NoOpTracer())

    billing, name = runtimes.of("billing/invoices")
    assert isinstance(billing, AstromeshHttpAgent)
    assert (billing.url, billing.timeout_seconds, name) == ("https://billing.example", 60, "invoices")
    assert billing.headers == ((b"X-API-Key", b"not-a-real-key"),)
    assert isinstance(first, AstromeshHttpAgent)
    assert not first.headers
    assert runtimes.of("assistant") == (first, "assistant")
    assert isinstance(runtimes.of("here/assistant")[0], EmbeddedAstromesh)
    breaking = [runtime for _, runtime in measured]
    assert {type(runtime).__name__ for runtime in breaking} == {"BreakingAgent"}
    assert [type(runtime.agent).__name__ for runtime in breaking] == ["MeasuredAgent", "LimitedAgent", "MeasuredAgent"]


def test_the_variable_replaces_the_address_of_the_first(config: ConfigurationDirectory) -> None:
    """As it replaces the address of a single one."""
    config.write_service(SEVERAL)

    settings = config.load({"BILLING_KEY": "x", "TRUNKLINE_AGENTS_URL": "http://other.example"})

    assert [agents.url for agents in settings.service.agents][:2] == ["http://other.example", "https://billing.example"]


@pytest.mark.parametrize(
    ("agents", "problem"),
    [
        ("[]", "agents: has 0 entries; write 1 to 20 entries"),
        ("[{url: 'http://a'}]", "agents.1: has no name; write name: in each entry of the list"),
        ("[{name: a, url: 'http://a'}, {name: a, url: 'http://b'}]", "agents.2: has the name of another entry"),
        ("[{name: a, embedded: true}, {name: b, embedded: true}]", "agents.2: is embedded, as another entry is"),
        ("[{name: A/b, url: 'http://a'}]", "agents.1.name: is no name for agents"),
        ("[{name: a, url: x}]", "agents.1.url: is not a web address"),
        ("[{name: a, max_runs: 0}]", "agents.1.max_runs: must be >= 1"),
        ("[a]", "agents.1: must be a block of keys, but is text"),
        (f"[{', '.join(f'{{name: a{n}}}' for n in range(21))}]", "agents: has 21 entries"),
    ],
)
def test_mistakes(config: ConfigurationDirectory, agents: str, problem: str) -> None:
    """Each names its entry and its key."""
    config.write_service(f"agents: {agents}\n")

    with pytest.raises(ConfigurationError) as mistaken:
        config.load()

    assert problem in str(mistaken.value)


def test_a_channel_names_a_runtime_that_does_not_exist(config: ConfigurationDirectory) -> None:
    """The service does not start. The file and the key are named."""
    config.write_service("agents: [{name: main}]\n")
    config.write_whatsapp(default_agent="sales/assistant")

    with pytest.raises(ConfigurationError) as mistaken:
        config.load()

    key = "channels.yaml: channels.whatsapp.default_agent: "
    assert f"{key}names agents that service.yaml does not have; write one of main/" in str(mistaken.value)


@pytest.mark.parametrize("agent", ["main/assistant", "assistant"])
def test_a_channel_names_an_agent_of_a_runtime(config: ConfigurationDirectory, agent: str) -> None:
    """Or one of the first runtime alone."""
    config.write_service("agents: [{name: main}]\n")
    config.write_whatsapp(default_agent=agent)

    assert config.load().channels[0].default_agent == agent


def test_with_a_single_runtime_a_slash_has_no_meaning(config: ConfigurationDirectory) -> None:
    """It is part of the agent's name, as ever."""
    config.write_whatsapp(default_agent="sales/assistant")

    assert config.load().channels[0].default_agent == "sales/assistant"
