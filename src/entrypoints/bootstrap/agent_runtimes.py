"""Make the runtimes of agents from the settings, and the clients that reach them."""

import ssl
from collections.abc import Sequence
from pathlib import Path

import httpx

from adapters.astromesh.http import AstromeshHttpAgent
from adapters.outgoing_webhooks.agent import WebhookAgent
from adapters.system_clock import SystemClock
from application.answering.agent_runtimes import AgentRuntimes, split_name
from application.answering.breaking_agent import BreakingAgent
from application.answering.limited_agent import LimitedAgent
from application.ports.agent import AgentPort
from application.ports.tracer import Tracer
from entrypoints.bootstrap.http_client import make_http_client
from entrypoints.observability.measured_agent import MeasuredAgent
from entrypoints.observability.turn_metrics import TurnMetrics
from entrypoints.settings import AgentsSettings, ConfigurationError, Problem, Settings


def make_agents_clients(settings: Settings, client: httpx.AsyncClient) -> tuple[httpx.AsyncClient, ...]:
    """The client for each agent runtime: `client`, or one of its own where it needs certificates of its own.

    Raises:
        ConfigurationError: a file cannot be used.
    """
    return tuple(_agents_client(agents, client) for agents in settings.service.agents)


def _agents_client(agents: AgentsSettings, client: httpx.AsyncClient) -> httpx.AsyncClient:
    public_only = agents.webhook is not None and not agents.allow_private
    if not (agents.ca_file or agents.client_certificate or public_only):
        return client
    try:
        certificates = (
            ssl.create_default_context(cafile=agents.ca_file) if agents.ca_file else httpx.create_ssl_context()
        )
        if agents.client_certificate:
            certificates.load_cert_chain(agents.client_certificate, agents.client_key)
    except OSError as error:  # also those of the ssl module; their texts name no file, and hold nothing of it
        problem = f"certificates cannot be used ({error.strerror or type(error).__name__})"
        fix = "correct ca_file, client_certificate and client_key: files in PEM that this process can read"
        raise ConfigurationError(
            [Problem(where="service.yaml", key=agents_key(agents), message=problem, fix=fix)]
        ) from error
    return make_http_client(certificates, public_only=public_only)


def agents_key(agents: AgentsSettings) -> str:
    """Where service.yaml has these agents: "agents", or "agents.sales" for one of several."""
    return f"agents.{agents.name}" if agents.name else "agents"


def make_first_agent(
    settings: Settings, clients: Sequence[httpx.AsyncClient], agents_dir: Path, tracer: Tracer
) -> AgentPort:
    """The runtime of the agents that are named without one."""
    return _make_agent(settings, settings.service.agents[0], clients[0], agents_dir, tracer)


def make_runtimes(
    settings: Settings, first: AgentPort, clients: Sequence[httpx.AsyncClient], agents_dir: Path, tracer: Tracer
) -> AgentRuntimes:
    """All runtimes, of which the first exists already. What is in this process is one."""
    first_settings, *others = settings.service.agents
    runtimes = {first_settings.name: first}
    for agents, client in zip(others, clients[1:], strict=True):
        is_same = agents.embedded and first_settings.embedded
        runtimes[agents.name] = first if is_same else _make_agent(settings, agents, client, agents_dir, tracer)
    return AgentRuntimes(runtimes)


def make_measured_runtimes(
    settings: Settings, runtimes: AgentRuntimes, metrics: TurnMetrics, tracer: Tracer
) -> AgentRuntimes:
    """The same runtimes, each within its limit, measured under its name, with a breaker."""
    measured: dict[str, AgentPort] = {}
    for agents, (name, runtime) in zip(settings.service.agents, runtimes, strict=True):
        measured[name] = MeasuredAgent(agent=runtime, metrics=metrics, tracer=tracer, runtime=name)
        if agents.max_runs is not None:
            measured[name] = LimitedAgent(agent=measured[name], max_runs=agents.max_runs)
        measured[name] = BreakingAgent(agent=measured[name])
    return AgentRuntimes(measured)


def _make_agent(
    settings: Settings, agents: AgentsSettings, client: httpx.AsyncClient, agents_dir: Path, tracer: Tracer
) -> AgentPort:
    named = [("X-API-Key", agents.api_key)] if agents.api_key else []
    headers = {name: secret.reveal() for name, secret in (*named, *agents.headers)}
    if agents.webhook is not None:
        return WebhookAgent(
            client=client,
            clock=SystemClock(),
            url=agents.webhook,
            secrets=[secret.reveal() for secret in agents.secret],
            names=_agents_at(settings, agents),
            headers=headers,
            timeout_seconds=agents.timeout_seconds,
            trace_headers=tracer.headers,
        )
    if agents.url is None:
        # Only where agents run in this process: it imports Astromesh.
        from adapters.astromesh.embedded import EmbeddedAstromesh  # noqa: PLC0415

        return EmbeddedAstromesh(
            config_dir=agents_dir,
            timeout_seconds=agents.timeout_seconds,
            takes_proposals=settings.service.proposals.url is not None,
        )
    return AstromeshHttpAgent(
        client=client,
        url=agents.url,
        timeout_seconds=agents.timeout_seconds,
        headers=tuple((name.encode(), value.encode()) for name, value in headers.items()),
        trace_headers=tracer.headers,
    )


def _agents_at(settings: Settings, agents: AgentsSettings) -> list[str]:
    """The agents that the channels name at this runtime."""
    names = [each.name for each in settings.service.agents]
    split = (split_name(agent, names) for channel in settings.channels for _, agent in channel.agents())
    return list(dict.fromkeys(agent for runtime, agent in split if runtime == agents.name))
