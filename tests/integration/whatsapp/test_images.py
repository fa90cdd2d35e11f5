"""Where agents run in process they see."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from entrypoints.simulator.samples import sample
from support.astromesh import agent_file, write_agents
from support.model_server import ScriptedModel
from support.phone import Phone
from support.service import Service, running_service, write_config
from support.simulator import RunningSimulator

pytestmark = pytest.mark.timeout(90)


@pytest.fixture
async def service(tmp_path: Path, store_url: str, meta: RunningSimulator, model: ScriptedModel) -> AsyncIterator[Service]:
    config = write_config(tmp_path / "config", graph_url=meta.url, store=store_url, agents_url="http://127.0.0.1:9")
    settings = yaml.safe_load((config / "service.yaml").read_text())
    (config / "service.yaml").write_text(yaml.safe_dump(settings | {"agents": {"embedded": True}}))
    primary = {"provider": "openai_compat", "model": "scripted", "endpoint": model.url, "api_key": "none-needed"}
    write_agents(config, agent_file("whatsapp-assistant", model={"primary": primary}))
    async with running_service(config) as running:
        meta.point_at(running.webhook_url)
        yield running


@pytest.mark.parametrize("kind", ["image", "sticker"])
async def test_the_agent_is_shown_the_image(phone: Phone, model: ScriptedModel, kind: str) -> None:
    """The very bytes, beside the words."""
    picture = sample(kind)

    await phone.send(kind, content={"caption": "Look"})
    await phone.next_after(0)

    words, shown = model.requests[-1]["messages"][-1]["content"]
    data = base64.b64encode(picture.content).decode()
    assert words["text"].startswith(f"[sent {'an image' if kind == 'image' else 'a sticker'}]")
    assert shown["image_url"]["url"] == f"data:{picture.mime_type};base64,{data}"
