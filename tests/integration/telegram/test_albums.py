"""An album, and an agent that sees images. The simulator plays Telegram."""

import base64
from collections.abc import AsyncIterator

import pytest

from simulator.state.samples import sample
from support.astromesh import agent_file, write_agents
from support.bot_chat import BotChat
from support.installation import Installation, running_bot
from support.model_server import ScriptedModel


@pytest.fixture(scope="module")
async def installation(tmp_path_factory: pytest.TempPathFactory, model: ScriptedModel) -> AsyncIterator[Installation]:
    """With the default time for messages that belong together."""
    directory = tmp_path_factory.mktemp("seeing")
    primary = {"provider": "openai_compat", "model": "scripted", "endpoint": model.url, "api_key": "none-needed"}
    write_agents(directory / "config", agent_file("whatsapp-assistant", model={"primary": primary}))
    settings = {"agents": {"embedded": True}}
    async with running_bot(directory, settings=settings, debounce_seconds=1) as installation:
        yield installation


async def test_an_album_is_one_turn(chat: BotChat, model: ScriptedModel) -> None:
    """The agent sees all of its photos, each in its largest size, and answers once."""
    for caption in ("Our tea", ""):
        await chat.send(type="image", content={"caption": caption}, album="13371337")
    await chat.send(type="document", album="13371337")
    await chat.next_after(0)

    words, *shown = model.requests[-1]["messages"][-1]["content"]
    photo = base64.b64encode(sample("image").content).decode()
    assert (
        words["text"]
        == "[sent an image]\nOur tea\n[sent an image]\n[sent a document document.pdf; it cannot be looked at here]"
    )
    assert [image["image_url"]["url"] for image in shown] == [f"data:image/jpeg;base64,{photo}"] * 2
    assert len(await chat.heard()) == 1
    assert not [call for call in await chat.calls("getFile") if call["file_id"].endswith(".small")]
