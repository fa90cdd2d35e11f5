"""Agents in the same process see images."""

import base64
from collections.abc import AsyncIterator

import pytest

from simulator.state.samples import sample
from support.astromesh import agent_file, write_agents
from support.installation import Installation, running_installation
from support.model_server import ScriptedModel
from support.phone import Phone


@pytest.fixture(scope="module")
async def installation(tmp_path_factory: pytest.TempPathFactory, model: ScriptedModel) -> AsyncIterator[Installation]:
    directory = tmp_path_factory.mktemp("seeing")
    primary = {"provider": "openai_compat", "model": "scripted", "endpoint": model.url, "api_key": "none-needed"}
    write_agents(directory / "config", agent_file("whatsapp-assistant", model={"primary": primary}))
    async with running_installation(directory, settings={"agents": {"embedded": True}}) as installation:
        yield installation


async def test_the_agent_is_shown_images(phone: Phone, model: ScriptedModel) -> None:
    """The same bytes, beside the text."""
    for count, (kind, words) in enumerate((("image", "[sent an image]\nLook"), ("sticker", "[sent a sticker]"))):
        picture = sample(kind)
        await phone.send(kind, content={"caption": "Look"})
        await phone.next_after(count)

        agent_text, shown = model.requests[-1]["messages"][-1]["content"]

        data = base64.b64encode(picture.content).decode()
        assert agent_text["text"] == words
        assert shown["image_url"]["url"] == f"data:{picture.mime_type};base64,{data}"
