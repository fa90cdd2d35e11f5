"""What operators do over HTTP, and blocks as agents write them."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
from attrs import frozen

from support.phone import ADMIN
from support.service import Service

type Json = dict[str, Any]


def block(*objects: object) -> str:
    """The text with which an agent sends these objects."""
    return f"```trunkline\n{json.dumps(list(objects))}\n```\n"


@frozen
class Operators:
    """The routes for operators of one service, for one of its channels."""

    service: Service
    channel: str = "whatsapp"

    async def write(self, *messages: Json, key: str, **to: str) -> httpx.Response:
        """Write first: `to` or `user_id` says to whom."""
        url = f"{self.service.url}/v1/channels/{self.channel}/messages"
        headers = {**ADMIN, "Idempotency-Key": key}
        return await self.service.http.post(url, json={"messages": messages, **to}, headers=headers)

    async def conversation(self, user: str) -> Json:
        """The state of the conversation with that person."""
        answer = await self.service.http.get(self._of(user), headers=ADMIN)
        return dict(answer.raise_for_status().json())

    async def take_over(self, user: str) -> None:
        (await self.service.http.post(f"{self._of(user)}/human", headers=ADMIN)).raise_for_status()

    async def give_back(self, user: str) -> None:
        (await self.service.http.delete(f"{self._of(user)}/human", headers=ADMIN)).raise_for_status()

    async def circuit_breaker(self) -> Json:
        """Whether messages are sent from the number, and why not."""
        url = f"{self.service.url}/v1/channels/{self.channel}/circuit-breaker"
        answer = await self.service.http.get(url, headers=ADMIN)
        return dict(answer.raise_for_status().json())

    async def close_circuit_breaker(self) -> None:
        """Send from the number again at once."""
        url = f"{self.service.url}/v1/channels/{self.channel}/circuit-breaker"
        (await self.service.http.delete(url, headers=ADMIN)).raise_for_status()

    async def breaker_is_open(self) -> bool:
        """Whether messages of the number wait now."""
        return (await self.circuit_breaker())["state"] != "closed"

    async def event(self, kind: str, /, *, of: str = "", **detail: str) -> Json:
        """The first event since the start of this kind, of this person, with these texts in its detail."""
        headers = {**ADMIN, "Last-Event-ID": "0"}
        url = f"{self.service.url}/v1/channels/events"
        async with self.service.http.stream("GET", url, headers=headers) as stream:
            async for line in stream.aiter_lines():
                event = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
                of_them = not of or event.get("conversation") == f"{self.channel}:{of}"
                if event.get("kind") == kind and of_them and _holds(event["detail"], detail):
                    return dict(event)
        raise AssertionError("the stream ended")

    async def counted(self, name: str) -> float:
        """The value of a counter, named with its labels as in `turns_total{channel="whatsapp",outcome="deferred"}`."""
        lines = (await self.service.http.get(f"{self.service.url}/metrics")).text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"trunkline_{name}"))

    def _of(self, user: str) -> str:
        return f"{self.service.url}/v1/conversations/{self.channel}:{user}"


def _holds(detail: Json, wanted: Mapping[str, str]) -> bool:
    return all(words in detail.get(name, "") for name, words in wanted.items())
