"""The page for newcomers, followed from the configuration to the first message, with the simulator as Meta."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from support.getting_started import CREDENTIALS, shown, write_newcomers_config
from support.model_server import Says, ScriptedModel
from support.phone import Phone
from support.polling import eventually
from support.service import Service, trunkline
from support.simulator import ACCESS_TOKEN, ANA, APP_SECRET, VERIFY_TOKEN, RunningSimulator

QUESTION = "When are you open?"
ANSWER = "We are open from 9 to 18, Monday to Saturday."


@pytest.fixture
def environ(guide_meta: RunningSimulator) -> dict[str, str]:
    """What the newcomer writes into `.env`."""
    values = (VERIFY_TOKEN, ACCESS_TOKEN, guide_meta.simulator.business.phone_number_id, APP_SECRET)
    return dict(zip(CREDENTIALS, values, strict=True)) | {"OPENAI_API_KEY": "not-a-real-key"}


@pytest.fixture
def config(tmp_path: Path, guide_meta: RunningSimulator, model: ScriptedModel) -> Path:
    """The newcomer's configuration, with the simulator as Meta and a scripted model as OpenAI."""
    write_newcomers_config(tmp_path)
    channels, service = tmp_path / "config/channels.yaml", tmp_path / "config/service.yaml"
    key = f'    api_url: "{guide_meta.url}"\n    default_agent:'
    channels.write_text(channels.read_text("utf-8").replace("    default_agent:", key, 1), "utf-8")
    service.write_text(service.read_text("utf-8").replace(".trunkline", str(tmp_path / "data"), 1), "utf-8")
    file = tmp_path / "config/agents/shop.agent.yaml"
    agent = yaml.safe_load(file.read_text("utf-8"))
    agent["spec"]["model"]["primary"] = {"provider": "openai_compat", "model": "scripted", "endpoint": model.url}
    file.write_text(yaml.safe_dump(agent), "utf-8")
    return tmp_path / "config"


@pytest.fixture
async def phone(config: Path, environ: dict[str, str], guide_meta: RunningSimulator) -> AsyncIterator[Phone]:
    """A phone whose messages reach `trunkline serve`."""
    service = Service(config, environ=environ)
    try:
        await service.start()
        guide_meta.point_at(service.webhook_url)
        yield Phone(meta=guide_meta, number=ANA)
    finally:
        await service.close()


async def test_the_doctor_prints_what_the_page_shows(config: Path, environ: dict[str, str]) -> None:
    """Only the number and the webhook are those of somebody else."""
    ended = await trunkline("doctor", "--config-dir", str(config), environ=environ)

    expected = [_with_any_number(line) for line in shown("trunkline doctor") if "webhook:" not in line]
    assert [line for line in expected if line not in map(_with_any_number, ended.stdout.splitlines())] == []
    assert ended.returncode == 0


async def test_the_first_message_is_answered(
    config: Path, environ: dict[str, str], phone: Phone, model: ScriptedModel
) -> None:
    """By the page's agent, and the commands show it as the page does."""
    model.script[QUESTION] = Says(text=ANSWER)

    await phone.write(QUESTION)
    await eventually(lambda: _has_answer(phone))
    listed = await trunkline("conversations", "list", "--config-dir", str(config), environ=environ)
    said = await trunkline("conversations", "show", f"whatsapp:{ANA}", "--config-dir", str(config), environ=environ)

    assert _without_times(listed.stdout) == _without_times(shown("trunkline conversations list")[0])
    spoken = [line for line in _without_times(said.stdout) if not line.startswith("--")]
    assert [re.sub(r" \[\w+\]", "", line) for line in spoken] == [f"person: {QUESTION}", f"agent: {ANSWER}"]


async def _has_answer(phone: Phone) -> bool:
    return ANSWER in await phone.meta.answers(number=phone.number)


def _with_any_number(line: str) -> str:
    return re.sub(r"number: \+[\d -]+ \([^)]*\)", "number: any", line)


def _without_times(lines: str) -> list[str]:
    return [line.partition("  ")[2] for line in lines.splitlines()]
