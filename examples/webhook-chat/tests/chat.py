"""The other side in the tests: the chat of a company."""

import json
from collections import deque
from typing import Any

import httpx
from attrs import define, field

from webhook_chat.signature import HEADER, sign

SECRET = "test-secret"
URL = "http://chat.example/api"


@define
class Chat:
    """Takes signed calls, and answers with the next of `statuses`, or with 200."""

    calls: list[tuple[str, dict[str, Any]]] = field(factory=list)
    statuses: deque[int] = field(factory=deque)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.headers[HEADER] != sign(SECRET, request.content):
            return httpx.Response(401)
        if self.statuses:
            return httpx.Response(self.statuses.popleft(), headers={"retry-after": "9"})
        self.calls.append((request.url.path.removeprefix("/api/"), json.loads(request.content)))
        return httpx.Response(200, json={"id": f"sent-{len(self.calls)}"})

    def took(self, path: str) -> list[dict[str, Any]]:
        """The calls of one path, in order."""
        return [document for called, document in self.calls if called == path]
