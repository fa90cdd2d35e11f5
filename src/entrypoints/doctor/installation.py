"""Checks of the installation: configuration, store and agents."""

import difflib
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import yaml

from application.ports.agent import AgentFailedError, AgentPort
from application.ports.store import StoreDefect, StoreUnavailableError
from domain.policies.retry import AgentFailure
from entrypoints.doctor.findings import Finding, failed, ok, warning
from entrypoints.settings import ConfigurationError, Settings, refuse_exposed
from entrypoints.settings.secret import without_credentials

CONFIGURATION = "configuration"
STORE = "store"
AGENTS = "agents"
PROPOSALS = "proposals"


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
    settings: Settings, *, defects: Callable[[], Awaitable[tuple[StoreDefect, ...]]]
) -> tuple[Finding, ...]:
    """Check that the store answers and keeps messages.

    `defects` raises `StoreUnavailableError` or `OSError` when it does not answer, and `ConfigurationError` when its
    address cannot be used.
    """
    name = without_credentials(settings.service.store)
    try:
        found = await defects()
    except ConfigurationError as error:
        return misconfigured(error)
    except (StoreUnavailableError, OSError) as error:
        return (failed(STORE, f"{name} does not answer ({error})", "start it, or correct store in service.yaml"),)
    return (
        ok(STORE, f"{name} answers"),
        *((failed if defect.loses_messages else warning)(STORE, defect.message, defect.fix) for defect in found),
    )


async def agents(settings: Settings, *, runtime: AgentPort) -> tuple[Finding, ...]:
    """Check that the agent runtime answers and has the agent of every channel."""
    url = settings.service.agents.url
    place = without_credentials(url) if url else "the runtime in this process"
    try:
        known = await runtime.agents()
    except AgentFailedError as error:
        fix = "start Astromesh there, or correct agents.url in service.yaml" if url else "look at its log"
        if error.failure is AgentFailure.REJECTED:
            fix = "correct agents.api_key or agents.headers in service.yaml"
        return (failed(AGENTS, f"{place} does not answer ({error})", fix),)
    return (ok(AGENTS, f"{place} answers; agents: {', '.join(known) or 'none'}"), *_each_agent(settings, known, place))


def proposals(settings: Settings) -> Finding:
    """Say what becomes of the actions that agents propose."""
    url = settings.service.proposals.url
    if url:
        return ok(PROPOSALS, f"approved ones are posted to {without_credentials(url)}")
    if settings.service.agents.embedded:
        return ok(PROPOSALS, "agents are told that they cannot propose anything; proposals.url would change that")
    return ok(PROPOSALS, "what agents propose is only kept, and approved ones go nowhere; set proposals.url for that")


def agent_files(settings: Settings, *, directory: Path) -> tuple[Finding, ...]:
    """Check that the agent of every channel has a file in `directory`, for agents that run in this process."""
    names: list[str] = []
    findings = []
    for path in sorted(directory.glob("*.agent.yaml")):
        try:
            names.append(str(yaml.safe_load(path.read_bytes())["metadata"]["name"]))
        except (OSError, ValueError, TypeError, LookupError, yaml.YAMLError):
            findings.append(
                failed(AGENTS, f"{path} is not an agent file", "write it like the example in the documentation")
            )
    return (*findings, *_each_agent(settings, names, str(directory)))


def _each_agent(settings: Settings, known: Iterable[str], place: str) -> list[Finding]:
    names = list(known)
    findings = []
    for channel in settings.channels:
        name = f"{channel.name}: agent"
        if channel.default_agent in names:
            findings.append(ok(name, f"{channel.default_agent} exists in {place}"))
            continue
        close = difflib.get_close_matches(channel.default_agent, names, n=1)
        fix = f"create config/agents/{channel.default_agent}.agent.yaml with that metadata.name"
        hint = f"did you mean {close[0]}? Otherwise {fix}" if close else f"{fix}, or change default_agent"
        findings.append(failed(name, f"{channel.default_agent} does not exist in {place}", hint))
    return findings
