"""Guide, steps 3 to 5: environment variables, channel configuration, the agent."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.astromesh import running_astromesh
from support.configuration import GUIDE_CHANNELS, GUIDE_RATE_LIMIT
from support.model_server import Says, ScriptedModel
from support.phone import Phone, post
from support.recorded_agents import recorded_agents
from support.service import CREDENTIALS, Service, StartService, running_service, trunkline
from support.simulator import APP_SECRET, VERIFY_TOKEN
from support.store import embedded_store
from support.whatsapp_messages import text_message
from support.whatsapp_webhooks import webhook

SHIPPED = Path(__file__).parents[3] / "config"


@pytest.fixture(scope="module")
async def agents_url(tmp_path_factory: pytest.TempPathFactory, model: ScriptedModel) -> AsyncIterator[str]:
    """An Astromesh server with the agent of step 5, as we ship it, and its memory."""
    directory = tmp_path_factory.mktemp("shipped")
    async with embedded_store(directory / "memory") as memory:
        with running_astromesh(SHIPPED, work_dir=directory, model_url=model.url, memory_url=memory) as url:
            yield url


@pytest.fixture
def unchanged(tmp_path: Path) -> Path:
    """A configuration directory with the guide's channels.yaml, letter for letter."""
    (tmp_path / "channels.yaml").write_text(GUIDE_CHANNELS + GUIDE_RATE_LIMIT)
    return tmp_path


async def test_the_guides_file_works_unchanged(unchanged: Path, store_url: str) -> None:
    """ "Create config/channels.yaml": token and secret come from the four variables of step 3."""
    (unchanged / "service.yaml").write_text(f"store: {store_url}\n")
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}

    async with running_service(unchanged, role="web") as service:
        handshake = await service.http.get(service.webhook_url, params=query)
        signed = await post(service, webhook(text_message()), secret=APP_SECRET)
        forged = await post(service, webhook(text_message()), secret="another-secret")

    assert (handshake.text, signed.status_code, forged.status_code) == ("1158201444", 200, 403)


async def test_a_variable_that_is_not_set_is_named(unchanged: Path) -> None:
    """ "Set the following environment variables": all missing ones are named at once. The secret is optional."""
    done = await trunkline("serve", "--config-dir", str(unchanged), environ={})

    assert done.returncode == 1
    assert [
        variable for variable in CREDENTIALS if f"the environment variable {variable} is not set" in done.stderr
    ] == [
        "WHATSAPP_VERIFY_TOKEN",
        "WHATSAPP_ACCESS_TOKEN",
        "WHATSAPP_PHONE_NUMBER_ID",
    ]


async def test_default_agent_answers(start_service: StartService, own_phone: Phone) -> None:
    """ "The default_agent field specifies which agent handles incoming WhatsApp messages"."""
    async with recorded_agents() as agents:
        await start_service(agents=agents.url, default_agent="sales-assistant")

        await own_phone.ask("hello")

    assert [run.agent for run in agents.runs] == ["sales-assistant"]


async def test_the_agents_prompt_is_used(phone: Phone, model: ScriptedModel) -> None:
    """ "Create the Agent": its prompt reaches the model."""
    await phone.ask("what are your rules?")

    system = model.heard("what are your rules?")[0]
    assert system["role"] == "system"
    assert "You are a helpful assistant who writes with people in a messaging app." in system["content"]


async def test_each_number_has_its_own_history(phone: Phone, other_phone: Phone, model: ScriptedModel) -> None:
    """ "session_id=phone_number: giving each phone number its own conversation history"."""
    await phone.ask("my name is Ada")
    await other_phone.ask("my name is Bob")
    await phone.ask("who am I?")

    heard = [message["content"] for message in model.heard("who am I?")[1:]]
    assert heard == ["my name is Ada", "You said: my name is Ada", "who am I?"]


async def test_personal_data_is_kept_from_the_model(phone: Phone, model: ScriptedModel) -> None:
    """ "Apply PII guardrails to protect user data in both directions": in."""
    await phone.ask("write to ada@example.com")

    assert model.heard("write to [REDACTED_EMAIL]")


async def test_personal_data_is_kept_from_the_answer(phone: Phone, model: ScriptedModel) -> None:
    """ "Apply PII guardrails to protect user data in both directions": out."""
    model.script["whom do I ask?"] = Says(text="Ask bob@example.com about it")

    answer = await phone.ask("whom do I ask?")

    assert answer == "Ask [REDACTED_EMAIL] about it"


async def test_the_doctor_finds_no_problems(guide_service: Service) -> None:
    """With everything set up as the guide says, nothing fails."""
    done = await trunkline("doctor", "--config-dir", str(guide_service.config_dir))

    assert (done.returncode, "failed:" in done.stdout) == (0, False), done.stdout
