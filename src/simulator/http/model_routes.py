"""A small OpenAI-compatible endpoint in front of the scripted model."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import JSONBody
from litestar.response import ServerSentEvent

from simulator.model.scripted_model import ScriptedAnswer, answer

MODEL = "scripted"
CHARACTERS_PER_TOKEN = 4


def model_router() -> Router:
    return Router(path="/v1", route_handlers=[list_models, complete])


@get("/models")
async def list_models() -> dict[str, Any]:
    return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "trunkline"}]}


@post("/chat/completions", status_code=200)
async def complete(data: JSONBody[dict[str, Any]]) -> Response[dict[str, Any]] | ServerSentEvent:
    """Answer the last message of the user. Where the script says so, the model calls a tool first."""
    messages = data.get("messages") or []
    prompt = "".join(_text(message.get("content")) for message in messages if message.get("role") == "system")
    script = answer(_last_question(messages), prompt=prompt)
    await asyncio.sleep(script.seconds)
    if script.fails:
        error = {"message": "The scripted model failed on purpose.", "type": "server_error", "code": None}
        return Response({"error": error}, status_code=500)
    model = str(data.get("model", MODEL))
    if script.calls and messages[-1].get("role") == "user":
        if _offers(data, script.calls[0]):
            return Response(_tool_call(*script.calls, model))
        script = ScriptedAnswer(text=script.without)
    if data.get("stream"):
        return ServerSentEvent(_chunks(script, model))
    return Response(_completion(script, model, prompt=messages))


def _last_question(messages: Sequence[Mapping[str, Any]]) -> str:
    for message in reversed(messages):
        if message.get("role") == "user":
            return _text(message.get("content"))
    return ""


def _text(content: object) -> str:
    """The text of a content, which is a text or a list of parts."""
    if isinstance(content, list):
        return "\n".join(str(part["text"]) for part in content if part.get("type") == "text")
    return str(content or "")


def _completion(script: ScriptedAnswer, model: str, *, prompt: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    message = {"role": "assistant", "content": script.text, "refusal": None}
    prompt_tokens = _tokens("".join(_text(part.get("content")) for part in prompt))
    completion_tokens = _tokens(script.text)
    return _head(model, "chat.completion") | {
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
            "prompt_tokens_details": {"cached_tokens": 0},
        },
    }


def _offers(data: Mapping[str, Any], tool: str) -> bool:
    """Whether the model may call this tool."""
    return any((offered.get("function") or {}).get("name") == tool for offered in data.get("tools") or [])


def _tool_call(tool: str, arguments: Mapping[str, object], model: str) -> dict[str, Any]:
    function = {"name": tool, "arguments": msgspec.json.encode(arguments).decode()}
    call = {"id": f"call_{secrets.token_hex(12)}", "type": "function", "function": function}
    message = {"role": "assistant", "content": None, "refusal": None, "tool_calls": [call]}
    return _head(model, "chat.completion") | {
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


async def _chunks(script: ScriptedAnswer, model: str) -> AsyncIterator[str]:
    """The answer word by word, as the data of server-sent events. The last one is `[DONE]`."""
    head = _head(model, "chat.completion.chunk")
    deltas: list[dict[str, str]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": word} for word in script.text.split(" ")[:1]]
    deltas += [{"content": f" {word}"} for word in script.text.split(" ")[1:]]
    for delta in deltas:
        yield _event(head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    yield _event(head | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    yield "[DONE]"


def _event(chunk: dict[str, Any]) -> str:
    return msgspec.json.encode(chunk).decode()


def _head(model: str, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{secrets.token_hex(12)}", "object": kind, "created": int(time.time()), "model": model}


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)
