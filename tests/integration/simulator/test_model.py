"""The scripted model behind an OpenAI-compatible endpoint."""

import json

from astromesh.providers.openai_compat import OpenAICompatProvider

from support.simulator import RunningSimulator


def question(text: object, **fields: object) -> dict[str, object]:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]
    return {"model": "scripted", "messages": messages, **fields}


async def test_answers_in_the_shape_of_openai(meta: RunningSimulator) -> None:
    """One choice, a finish reason and usage numbers, whatever tools are offered."""
    tools = [{"type": "function", "function": {"name": "look_up", "parameters": {}}}]

    answer = (await meta.http.post("/v1/chat/completions", json=question("My order is late", tools=tools))).json()

    assert answer["object"] == "chat.completion"
    assert "My order is late" in answer["choices"][0]["message"]["content"]
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert answer["usage"]["total_tokens"] == answer["usage"]["prompt_tokens"] + answer["usage"]["completion_tokens"]


async def test_reads_content_parts(meta: RunningSimulator) -> None:
    """A message may be a list of parts."""
    parts = [{"type": "text", "text": "Look at this"}, {"type": "image_url", "image_url": {"url": "data:,"}}]

    answer = (await meta.http.post("/v1/chat/completions", json=question(parts))).json()

    assert '"Look at this"' in answer["choices"][0]["message"]["content"]


async def test_streams_word_by_word(meta: RunningSimulator) -> None:
    """The chunks make the whole answer, and the stream has an end mark."""
    whole = (await meta.http.post("/v1/chat/completions", json=question("help"))).json()

    stream = (await meta.http.post("/v1/chat/completions", json=question("help", stream=True))).text

    data = [line.removeprefix("data: ") for line in stream.splitlines() if line]
    deltas = [json.loads(chunk)["choices"][0]["delta"] for chunk in data[:-1]]
    assert data[-1] == "[DONE]"
    assert "".join(delta.get("content", "") for delta in deltas) == whole["choices"][0]["message"]["content"]


async def test_breaks_when_asked(meta: RunningSimulator) -> None:
    """HTTP 500 with an error in OpenAI's shape."""
    answer = await meta.http.post("/v1/chat/completions", json=question("fail"))

    assert answer.status_code == 500
    assert answer.json()["error"]["type"] == "server_error"


async def test_fits_the_provider_of_astromesh(meta: RunningSimulator) -> None:
    """The runtime's own client understands answer, stream and health."""
    provider = OpenAICompatProvider({"base_url": f"{meta.url}/v1", "model": "scripted", "api_key": "fake"})

    whole = await provider.complete([{"role": "user", "content": "Hi"}])
    pieces = [chunk.content async for chunk in provider.stream([{"role": "user", "content": "Hi"}])]
    healthy = await provider.health_check()
    await (await provider._get_client()).aclose()

    assert whole.content == "".join(pieces)
    assert whole.usage["output_tokens"] > 0
    assert healthy
