"""Checks of the installation: configuration, store and agents."""

import asyncio
import difflib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path

import httpx
import yaml

from application.answering.agent_runtimes import AgentRuntimes, split_name
from application.ports.agent import AgentFailedError, AgentPort
from application.ports.backlog import Backlog
from application.ports.store import StoreDefect, StoreUnavailableError
from domain.policies.retry import AgentFailure
from entrypoints.doctor.findings import Finding, failed, ok, warning
from entrypoints.settings import AgentsSettings, ConfigurationError, Settings, refuse_exposed
from entrypoints.settings.secret import without_credentials

CONFIGURATION = "configuration"
STORE = "store"
AGENTS = "agents"
PROPOSALS = "proposals"
TOOLS = "tools"
FILES = "tools: files"
FILES_SECONDS = 5.0


def misconfigured(error: ConfigurationError) -> tuple[Finding, ...]:
    """The findings when the configuration does not load. Nothing else can be checked then."""
    return tuple(
        failed(CONFIGURATION, ": ".join(filter(None, (problem.where, problem.key, problem.message))), problem.fix)
        for problem in error.problems
    )


def configuration(settings: Settings) -> tuple[Finding, ...]:
    """The findings about a configuration that loads: its channels and its warnings."""
    names = ", ".join(channel.name for channel in settings.channels)
    findings = [ok(CONFIGURATION, f"loads; channels: {names}")]
    for sentence in settings.warnings():
        message, _, fix = sentence.partition("; ")
        findings.append(warning(CONFIGURATION, message, fix))
    try:
        refuse_exposed(settings)
    except ConfigurationError as error:
        findings += misconfigured(error)
    return tuple(findings)


async def store(
    settings: Settings,
    *,
    defects: Callable[[], Awaitable[tuple[StoreDefect, ...]]],
    backlog: Callable[[], Awaitable[Backlog]],
) -> tuple[Finding, ...]:
    """Check that the store answers and keeps messages, and that every message in it has its channel.

    `defects` raises `StoreUnavailableError` or `OSError` when it does not answer, and `ConfigurationError` when its
    address cannot be used.
    """
    name = without_credentials(settings.service.store)
    try:
        found = await defects()
        # A store that is not fit for use may not even tell what waits in it.
        waiting = Backlog() if any(defect.loses_messages for defect in found) else await backlog()
    except ConfigurationError as error:
        return misconfigured(error)
    except (StoreUnavailableError, OSError) as error:
        return (failed(STORE, f"{name} does not answer ({error})", "start it, or correct store in service.yaml"),)
    return (
        ok(STORE, f"{name} answers"),
        *((failed if defect.loses_messages else warning)(STORE, defect.message, defect.fix) for defect in found),
        *_without_channel(settings, waiting),
    )


def _without_channel(settings: Settings, backlog: Backlog) -> list[Finding]:
    """A warning for each channel that has messages and is not configured."""
    known = {channel.name for channel in settings.channels}
    return [
        warning(
            STORE,
            f"{waiting.conversations} conversations of channel {name} wait, and {name} is not in channels.yaml",
            f"write {name} into channels.yaml; they are answered then",
        )
        for name, waiting in sorted(backlog.channels.items())
        if waiting.conversations and name not in known
    ]


async def agents(settings: Settings, *, runtimes: AgentRuntimes) -> tuple[Finding, ...]:
    """Check that every agent runtime answers and has the agents that the channels name."""
    places = dict(zip((name for name, _ in runtimes), settings.service.agents, strict=True))
    asked = await asyncio.gather(*(_ask(places[name], runtime) for name, runtime in runtimes))
    known = {name: names for (name, _), (_, names) in zip(runtimes, asked, strict=True)}
    findings = [finding for finding, _ in asked]
    for channel, agent in _agents_of(settings):
        runtime, name = runtimes.split(agent)
        names = known[runtime]
        if names is not None:
            findings.append(_exists(f"{channel}: agent", name, names, places[runtime].place, shown=agent))
    return tuple(findings)


async def _ask(agents: AgentsSettings, runtime: AgentPort) -> tuple[Finding, tuple[str, ...] | None]:
    """Whether the runtime answers, and the names of its agents if it does."""
    title, place = " ".join(filter(None, (AGENTS, agents.name))), agents.place
    try:
        names = await runtime.agents()
    except AgentFailedError as error:
        key = ".".join(filter(None, ("agents", agents.name)))
        fix = f"start Astromesh there, or correct {key}.url in service.yaml" if agents.url else "look at its log"
        if agents.webhook:
            fix = f"start the agent there, or correct {key}.webhook in service.yaml"
        if error.failure is AgentFailure.REJECTED:
            fix = f"correct {key}.api_key or {key}.headers in service.yaml"
            if agents.webhook:
                fix = f"correct {key}.secret in service.yaml, or the address (allow_private: true for a private one)"
        return failed(title, f"{place} does not answer ({error})", fix), None
    return ok(title, f"{place} answers; agents: {', '.join(sorted(names)) or 'none'}"), names


def tools(settings: Settings) -> tuple[Finding, ...]:
    """What the tools of agents may ask for. Whether the runtime knows our address, only the runtime could tell."""
    if settings.service.tools is None:
        return ()
    if not (settings.service.tools.send_messages or settings.service.tools.files_url):
        fix = "write send_messages: true or files_url, or remove tools from service.yaml"
        return (warning(TOOLS, "tools may ask for nothing, although there is a secret", fix),)
    if not settings.service.tools.send_messages:
        return ()
    return (ok(TOOLS, "send_message may send; the runtime needs this service's address as ASTROMESH_NEXUS_URL"),)


def proposals(settings: Settings) -> Finding:
    """Say what becomes of the actions that agents propose."""
    url = settings.service.proposals.url
    if url:
        return ok(PROPOSALS, f"approved ones are posted to {without_credentials(url)}")
    if all(agents.embedded for agents in settings.service.agents):
        return ok(PROPOSALS, "agents know that they cannot propose actions; set proposals.url to allow it")
    return ok(PROPOSALS, "what agents propose is only kept, and approved ones go nowhere; set proposals.url for that")


async def files(settings: Settings, client: httpx.AsyncClient) -> tuple[Finding, ...]:
    """Check that `tools.files_url` leads to this service. It may be an address that only the tools can reach."""
    tools = settings.service.tools
    if tools is None or tools.files_url is None:
        return ()
    place = without_credentials(tools.files_url)
    fix = "start the service, or correct tools.files_url: tools fetch files there, below /v1/files"
    try:
        response = await client.get(f"{tools.files_url.rstrip('/')}/v1/files/check", timeout=FILES_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return (warning(FILES, f"{place} cannot be reached from here ({type(error).__name__})", fix),)
    if response.status_code == httpx.codes.FORBIDDEN and "invalid-file-address" in response.text:
        return (ok(FILES, f"{place} hands out files"),)
    return (failed(FILES, f"{place} is not the address of this service (HTTP {response.status_code})", fix),)


def agent_files(settings: Settings, *, directory: Path) -> tuple[Finding, ...]:
    """Check that the agents of every channel have a file in `directory`, if they run in this process."""
    names: list[str] = []
    findings = []
    for path in sorted(directory.glob("*.agent.yaml")):
        try:
            names.append(str(yaml.safe_load(path.read_bytes())["metadata"]["name"]))
        except (OSError, ValueError, TypeError, LookupError, yaml.YAMLError):
            findings.append(
                failed(AGENTS, f"{path} is not an agent file", "write it like the example in the documentation")
            )
    places = {agents.name: agents for agents in settings.service.agents}
    for channel, agent in _agents_of(settings):
        runtime, name = split_name(agent, list(places))
        if places[runtime].embedded:
            findings.append(_exists(f"{channel}: agent", name, names, str(directory), shown=agent))
    return tuple(findings)


def _agents_of(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each channel with each of its agents."""
    for channel in settings.channels:
        for agent in dict.fromkeys(agent for _, agent in channel.agents()):
            yield channel.name, agent


def _exists(title: str, name: str, names: Iterable[str], place: str, *, shown: str) -> Finding:
    """Whether `name` is among `names`. It is `shown` as channels.yaml writes it."""
    names = list(names)
    if name in names:
        return ok(title, f"{shown} exists in {place}")
    close = difflib.get_close_matches(name, names, n=1)
    fix = f"create config/agents/{name}.agent.yaml with that metadata.name"
    hint = f"did you mean {close[0]}? Otherwise {fix}" if close else f"{fix}, or correct the name in channels.yaml"
    return failed(title, f"{shown} does not exist in {place}", hint)
