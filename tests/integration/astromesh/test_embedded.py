"""The runtime as a guest in this process: how it starts, what it logs, what it keeps."""

import importlib
import logging
from pathlib import Path

import pytest

from adapters.astromesh.embedded import EmbeddedAstromesh
from application.ports.agent import AgentFailedError, AgentRun
from domain.policies.retry import AgentFailure
from support.astromesh import agent_file, embedded_astromesh, write_agents
from support.model_server import Says, ScriptedModel


async def run(agent: EmbeddedAstromesh, query: str = "hello", *, name: str = "assistant") -> str:
    return (await agent.run(AgentRun(agent=name, query=query, session_id="s1"))).text


async def test_before_it_is_started() -> None:
    """A run before the start fails with a failure that is retried."""
    agent = EmbeddedAstromesh(config_dir=Path("nowhere"))

    with pytest.raises(AgentFailedError) as failed:
        await run(agent)

    assert failed.value.failure is AgentFailure.NOT_READY


async def test_after_it_was_closed(tmp_path: Path) -> None:
    """A closed runtime stays closed. Closing may be repeated."""
    agent = EmbeddedAstromesh(config_dir=write_agents(tmp_path, agent_file("assistant")))
    await agent.start()
    await agent.close()
    await agent.close()

    with pytest.raises(AgentFailedError) as failed:
        await agent.agents()

    assert failed.value.failure is AgentFailure.NOT_READY


async def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """The start fails."""
    write_agents(tmp_path, agent_file("assistant"))
    (tmp_path / "agents" / "odd.agent.yaml").write_text("a: b: c", encoding="utf-8")

    with pytest.raises(AgentFailedError, match="cannot be loaded") as failed:
        await EmbeddedAstromesh(config_dir=tmp_path).start()

    assert failed.value.failure is AgentFailure.NOT_READY


async def test_why_an_agent_is_missing(tmp_path: Path) -> None:
    """A run of an agent that could not be built fails with the reason."""
    agent = EmbeddedAstromesh(
        config_dir=write_agents(tmp_path, agent_file("broken", orchestration={"pattern": "telepathy"}))
    )
    await agent.start()

    with pytest.raises(AgentFailedError) as failed:
        await run(agent, name="broken")
    await agent.close()

    assert failed.value.failure is AgentFailure.UNKNOWN_AGENT
    assert "telepathy" in failed.value.detail


async def test_the_log_is_brief_and_discreet(
    tmp_path: Path, model: ScriptedModel, caplog: pytest.LogCaptureFixture
) -> None:
    """Each problem of an agent is one log line. People's texts and failed runs are not logged."""
    caplog.set_level(logging.DEBUG)
    model.script["a private matter"] = Says(status=400, text="cannot answer 'a private matter'")
    broken = agent_file("broken", orchestration={"pattern": "telepathy"})
    config_dir = write_agents(tmp_path / "config", agent_file("assistant"), broken)

    async with embedded_astromesh(config_dir, work_dir=tmp_path, model_url=model.url) as agent:
        with pytest.raises(AgentFailedError):
            await run(agent, "a private matter")
        await run(agent, "another private matter")

    logged = [record.getMessage() for record in caplog.records if record.name.startswith("astromesh")]
    assert len(logged) == 1
    assert logged[0].startswith("Skipping agent broken: failed to build from config: spec.orchestration.pattern")
    assert "private matter" not in caplog.text
    assert "Traceback" not in caplog.text


async def test_no_text_of_a_run_is_kept(tmp_path: Path, model: ScriptedModel) -> None:
    """Traces of runs would fill the memory of this process, with all texts."""
    config_dir = write_agents(tmp_path / "config", agent_file("assistant"))

    async with embedded_astromesh(config_dir, work_dir=tmp_path, model_url=model.url) as agent:
        await run(agent)

    traces = importlib.import_module("astromesh.api.routes.traces")
    assert not hasattr(traces.get_collector(), "_traces")
