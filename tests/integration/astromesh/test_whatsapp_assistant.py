"""The agent of the integration guide, as the guide shows it and as we ship it."""

import logging
from pathlib import Path

import pytest

from adapters.astromesh.embedded import EmbeddedAstromesh
from application.ports.agent import AgentFailedError, AgentRun
from domain.policies.retry import AgentFailure
from support.astromesh import embedded_astromesh
from support.model_server import ScriptedModel

SHIPPED = Path(__file__).parents[3] / "config"
GUIDE = """\
apiVersion: astromesh/v1
kind: Agent
metadata:
  name: whatsapp-assistant
spec:
  identity:
    role: "Helpful assistant"
    personality: "Friendly, concise, and practical"
  model:
    primary:
      provider: openai
      model: gpt-4o-mini
    routing:
      strategy: cost_optimized
  prompts:
    system: |
      You are a helpful assistant communicating via WhatsApp.
      Keep responses short and conversational — users are on mobile.
      Use plain text only (no markdown formatting).
  orchestration:
    pattern: react
    max_iterations: 5
    timeout: 25
  memory:
    conversational:
      backend: redis
      strategy: sliding_window
      max_messages: 20
  guardrails:
    input:
      - type: pii_redaction
    output:
      - type: pii_redaction
"""


@pytest.fixture(params=["guide", "shipped"])
def config_dir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "shipped":
        return SHIPPED
    (tmp_path / "guide" / "agents").mkdir(parents=True)
    (tmp_path / "guide" / "agents" / "whatsapp-assistant.agent.yaml").write_text(GUIDE, encoding="utf-8")
    return tmp_path / "guide"


async def ask(agent: EmbeddedAstromesh, query: str) -> str:
    run = await agent.run(AgentRun(agent="whatsapp-assistant", query=query, session_id="15550001"))
    return run.text


async def test_it_answers_and_remembers(config_dir: Path, tmp_path: Path, model: ScriptedModel, store_url: str) -> None:
    """Guide, "each phone number its own conversation history": it works without a line changed."""
    async with embedded_astromesh(config_dir, work_dir=tmp_path, model_url=model.url, memory_url=store_url) as agent:
        await ask(agent, "my name is Ada")
        answer = await ask(agent, "what is my name?")

    assert answer == "You said: what is my name?"
    assert [message["content"] for message in model.heard("what is my name?")[1:]] == [
        "my name is Ada",
        "You said: my name is Ada",
        "what is my name?",
    ]


async def test_without_a_key_it_says_so(config_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guide, "verify that the configured LLM provider has valid credentials": the failure names what is missing."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    async with embedded_astromesh(config_dir, work_dir=tmp_path) as agent:
        with pytest.raises(AgentFailedError) as failed:
            await ask(agent, "hello")

    assert failed.value.failure is AgentFailure.MODEL_FAILED
    assert failed.value.detail == "model_all_providers_failed: No API key"


async def test_the_shipped_ones_load_without_a_warning(
    tmp_path: Path, store_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing in our files is deprecated, unknown or ignored."""
    caplog.set_level(logging.WARNING)

    async with embedded_astromesh(SHIPPED, work_dir=tmp_path, memory_url=store_url) as agent:
        names = await agent.agents()

    assert sorted(names) == ["specialist", "whatsapp-assistant"]
    assert caplog.text == ""


async def test_the_shipped_one_keeps_personal_data_from_the_model(tmp_path: Path, model: ScriptedModel) -> None:
    """Guide, "apply PII guardrails to protect user data in both directions"."""
    async with embedded_astromesh(SHIPPED, work_dir=tmp_path, model_url=model.url) as agent:
        await ask(agent, "write to ada@example.com or call 555-123-4567")

    assert model.heard("write to [REDACTED_EMAIL] or call [REDACTED_PHONE]")
