"""A client of one phone of a running simulator, over HTTP."""

import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
from attrs import frozen

from simulator.state.chat_messages import WHATSAPP

SIGN_OF_LIFE_WITHIN_SECONDS = 40.0


class NoSimulatorError(Exception):
    """No simulator answers at the address, or it stopped answering."""


@frozen(kw_only=True)
class PhoneClient:
    """Acts as the person with `number` (digits) on a channel."""

    http: httpx.AsyncClient
    number: str
    channel: str = WHATSAPP

    async def introduce(self) -> str:
        """Make sure that the phone exists. Returns the name of the business.

        Raises:
            NoSimulatorError: nothing answers at the address, it is not a simulator, or it does not have the channel.
        """
        await self._call("PUT", f"/phone/{self.number}", {"name": f"+{self.number}"})
        overview = (await self._call("GET", "/phone")).json()
        if self.channel not in overview["channels"]:
            known = " and ".join(overview["channels"])
            raise NoSimulatorError(f"the simulator at {self.http.base_url} has no {self.channel}, only {known}")
        return str(overview["business"]["name"])

    async def write(self, text: str) -> str:
        """Send a text. Returns the id of the message."""
        answer = await self._call("POST", f"{self._thread}/messages", {"text": text})
        return str(answer.json()["id"])

    async def tap(self, message_id: str, choice: str) -> None:
        """Tap a choice of a message. `choice` is its id."""
        await self._call("POST", f"{self._thread}/taps", {"message_id": message_id, "choice": choice})

    async def share_own_contact(self, message_id: str) -> None:
        """Answer a message of a bot with the own contact."""
        await self._call("POST", f"{self._thread}/messages", {"type": "own_contact", "reply_to": message_id})

    async def open_thread(self) -> None:
        """Mark the messages of the business as read."""
        await self._call("POST", f"{self._thread}/read")

    async def events(self, *, connected: Callable[[], None]) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Yield kind and data of each event of the channel from now on. Call `connected` when the stream is open.

        Raises:
            NoSimulatorError: the stream ended.
        """
        timeout = httpx.Timeout(SIGN_OF_LIFE_WITHIN_SECONDS)
        with _translated_errors():
            async with self.http.stream("GET", f"/phone/{self.number}/events", timeout=timeout) as stream:
                kind = ""
                async for line in stream.aiter_lines():
                    connected()
                    name, _, value = line.partition(": ")
                    if name == "event":
                        kind = value
                    elif name == "data" and (data := json.loads(value)).get("channel") == self.channel:
                        yield kind, data
        raise NoSimulatorError("the simulator has stopped")

    @property
    def _thread(self) -> str:
        """The address of what the person does on the channel."""
        return f"/phone/{self.number}{'' if self.channel == WHATSAPP else f'/{self.channel}'}"

    async def _call(self, method: str, path: str, body: object = None) -> httpx.Response:
        with _translated_errors():
            answer = await self.http.request(method, path, json=body)
            return answer.raise_for_status()


@contextlib.contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        raise NoSimulatorError(f"{error.request.url} answered {status}: {error.response.text}") from error
    except httpx.HTTPError as error:
        address = error.request.url.copy_with(path="/")
        raise NoSimulatorError(f"no simulator answers at {address}; `trunkline dev` starts one") from error
