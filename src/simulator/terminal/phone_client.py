"""A client of one phone of a running simulator, over HTTP."""

import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
from attrs import frozen

SIGN_OF_LIFE_WITHIN_SECONDS = 40.0


class NoSimulatorError(Exception):
    """No simulator answers at the address, or it stopped answering."""


@frozen(kw_only=True)
class PhoneClient:
    """Acts as the person with `number` (digits)."""

    http: httpx.AsyncClient
    number: str

    async def introduce(self) -> str:
        """Make sure that the phone exists. Returns the name of the business.

        Raises:
            NoSimulatorError: nothing answers at the address, or it is not a simulator.
        """
        await self._call("PUT", f"/phone/{self.number}", {"name": f"+{self.number}"})
        overview = await self._call("GET", "/phone")
        return str(overview.json()["business"]["name"])

    async def write(self, text: str) -> str:
        """Send a text. Returns the id of the message."""
        answer = await self._call("POST", f"/phone/{self.number}/messages", {"text": text})
        return str(answer.json()["id"])

    async def tap(self, message_id: str, choice: str) -> str:
        """Tap a choice of a message. `choice` is its id. Returns the id of the answer."""
        tapped = {"message_id": message_id, "choice": choice}
        answer = await self._call("POST", f"/phone/{self.number}/taps", tapped)
        return str(answer.json()["id"])

    async def open_thread(self) -> None:
        """Mark the messages of the business as read."""
        await self._call("POST", f"/phone/{self.number}/read")

    async def events(self, *, connected: Callable[[], None]) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Yield the kind and the data of each event from now on. Call `connected` when the stream is open.

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
                    elif name == "data":
                        yield kind, json.loads(value)
        raise NoSimulatorError("the simulator has stopped")

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
