"""Agents with an `output_schema`, in the same process, give files in their data."""

import base64
import json
from collections.abc import AsyncIterator

import pytest

from simulator.state.samples import sample
from support.astromesh import agent_file, write_agents
from support.installation import Installation, running_installation
from support.model_server import Says, ScriptedModel
from support.phone import Phone
from support.polling import eventually


@pytest.fixture(scope="module")
async def installation(tmp_path_factory: pytest.TempPathFactory, model: ScriptedModel) -> AsyncIterator[Installation]:
    directory = tmp_path_factory.mktemp("structured")
    primary = {"provider": "openai_compat", "model": "scripted", "endpoint": model.url, "api_key": "none-needed"}
    schema = {"type": "object", "properties": {"messages": {"type": "array"}}, "required": ["messages"]}
    agent = agent_file("whatsapp-assistant", model={"primary": primary}, output_schema=schema)
    write_agents(directory / "config", agent)
    async with running_installation(directory, settings={"agents": {"embedded": True}}) as installation:
        yield installation


async def test_a_file_in_data_arrives(phone: Phone, model: ScriptedModel) -> None:
    """The runtime leaves the JSON in the answer, and the person does not see it."""
    file = sample("image")
    data = base64.b64encode(file.content).decode()
    agent_text = {"messages": [{"type": "image", "data": data, "mime_type": "image/jpeg", "caption": "Leaves"}]}
    question = f"show {phone.number}"
    model.script[question] = Says(text=f"Here.\n\n```json\n{json.dumps(agent_text)}\n```")

    await phone.write(question)
    await eventually(lambda: _has(phone, 2))

    words, picture = await phone.got()
    content = (await phone.meta.http.get(f"/phone/files/{picture['media_id']}")).content
    assert (words["body"], picture["body"]) == ("Here.", "Leaves")
    assert content == file.content


async def _has(phone: Phone, count: int) -> bool:
    return len(await phone.got()) >= count
