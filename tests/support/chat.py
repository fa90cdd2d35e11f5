"""What a person does on every channel: write, and read what comes."""

from abc import ABC, abstractmethod
from typing import Any

from support.polling import eventually


class Chat(ABC):
    """One person's chat with a business or a bot."""

    @abstractmethod
    async def write(self, text: str) -> str:
        """Send a text. Returns the id of the message."""

    @abstractmethod
    async def thread(self) -> list[dict[str, Any]]:
        """All messages, oldest first."""

    async def got(self) -> list[dict[str, Any]]:
        """The messages of the business, oldest first."""
        return [shown for shown in await self.thread() if shown["author"] == "business"]

    async def heard(self) -> list[str]:
        """The texts of the business so far."""
        return [str(shown["body"]) for shown in await self.got()]

    async def ask(self, text: str, *, seconds: float = 10) -> str:
        """Write, and wait for the next text of the business."""
        before = len(await self.heard())
        await self.write(text)
        return await self.next_after(before, seconds=seconds)

    async def next_after(self, count: int, *, seconds: float = 10) -> str:
        """The first text of the business after `count` texts."""
        texts = await eventually(lambda: self._after(count), seconds=seconds)
        return texts[0]

    async def bubbles(self, count: int = 1) -> list[dict[str, Any]]:
        """The messages of the business, when there are so many."""

        async def all_of_them() -> list[dict[str, Any]]:
            sent = await self.got()
            return sent if len(sent) >= count else []

        return await eventually(all_of_them)

    async def _after(self, count: int) -> list[str]:
        return (await self.heard())[count:]
