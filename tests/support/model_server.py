"""A scripted language model behind the OpenAI chat-completions interface, on a real socket."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import uvicorn
from attrs import define, evolve, field, frozen

from support.prompt_end import prompt_end

type Call = tuple[str, Mapping[str, Any]]


@frozen(kw_only=True)
class Says:
    """One answer of the model. With `hold` it does not answer until the caller gives up.

    With `calls`, a tool and its arguments, the model calls the tool first, and says `text` when it has the result. They
    may depend on what the model was told: on the messages of the request. The question takes `tokens`.
    """

    text: str = ""
    status: int = 200
    delay_seconds: float = 0
    hold: bool = False
    calls: Call | Callable[[list[dict[str, Any]]], Call] | None = None
    tokens: int = 1


@define(kw_only=True)
class ScriptedModel:
    """Answers by the latest user message, echoing what is not in the script; remembers every request.

    Whatever voice it is to write down, it hears `transcript`. It also plays a service for tools: `orders` are the
    requests that were posted to /orders.
    """

    url: str
    transcript: str = "Two teas, please."
    script: dict[str, Says] = field(factory=dict)
    requests: list[dict[str, Any]] = field(factory=list, init=False)
    orders: list[dict[str, Any]] = field(factory=list, init=False)

    @property
    def queries(self) -> list[str]:
        """What each request asked, in words: the latest user message."""
        return [_query(request) for request in self.requests]

    def heard(self, query: str) -> list[dict[str, Any]]:
        """The messages of the latest request whose last message ended in `query`."""
        return next(request["messages"] for request in reversed(self.requests) if _query(request) == query)

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + event.get("body", b""), event.get("more_body", False)
        if scope["path"].endswith("/audio/transcriptions"):
            await _send(send, 200, {"text": self.transcript})
            return
        if scope["path"].endswith("/orders"):
            self.orders.append(json.loads(body))
            await _send(send, 200, {"order": len(self.orders)})
            return
        request = json.loads(body or b'{"messages": []}')
        self.requests.append(request)
        says = self.script.get(_query(request), Says(text=f"You said: {_query(request)}"))
        await asyncio.sleep(says.delay_seconds)
        if says.hold:
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        if request["messages"] and request["messages"][-1]["role"] != "user":
            says = evolve(says, calls=None)  # it has the result
        await _send(send, says.status, _completion(says, request))


async def _send(send: Any, status: int, content: Mapping[str, Any]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


@contextlib.contextmanager
def running_model(script: Mapping[str, Says] | None = None) -> Iterator[ScriptedModel]:
    """Serve a model from a thread, so that other processes reach it while the test's own loop is busy."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # asyncio sets this only on sockets that it creates. Without it an answer waits 40 ms for an acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        model = ScriptedModel(url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1", script=dict(script or {}))
        config = uvicorn.Config(
            model,
            lifespan="off",
            ws="none",
            log_level="error",
            loop="asyncio",
            timeout_keep_alive=60,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            deadline = time.monotonic() + 10
            while not server.started:
                assert time.monotonic() < deadline, "the model server did not start"
                thread.join(0.01)
            yield model
        finally:
            with prompt_end():
                server.should_exit = True
                thread.join()


def _query(request: Mapping[str, Any]) -> str:
    messages = [message for message in request["messages"] if message["role"] == "user"]
    return _text(messages[-1]["content"]) if messages else ""


def _text(content: Any) -> str:
    """Beside images, the text is one of several parts."""
    if isinstance(content, list):
        return "\n".join(part["text"] for part in content if part["type"] == "text")
    return str(content)


def _completion(says: Says, request: Mapping[str, Any]) -> dict[str, Any]:
    if says.status != 200:
        return {"error": {"message": says.text, "type": "scripted"}}
    message: dict[str, Any] = {"role": "assistant", "content": says.text}
    if says.calls:
        name, arguments = says.calls(request["messages"]) if callable(says.calls) else says.calls
        function = {"name": name, "arguments": json.dumps(arguments)}
        message = {"role": "assistant", "content": "", "tool_calls": [_call(function)]}
    return {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "model": request.get("model", "scripted"),
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if says.calls else "stop"}],
        "usage": {"prompt_tokens": says.tokens, "completion_tokens": 1, "total_tokens": says.tokens + 1},
    }


def _call(function: Mapping[str, str]) -> dict[str, Any]:
    return {"id": "call-1", "type": "function", "function": function}
