"""One person who writes to a bot, through a simulator."""

from typing import Any

from attrs import frozen

from support.chat import Chat
from support.simulator import RunningSimulator


@frozen(kw_only=True)
class BotChat(Chat):
    """The private chat of the person with this number."""

    telegram: RunningSimulator
    number: str

    @property
    def user(self) -> str:
        """The person's user id at Telegram."""
        return str(self.telegram.simulator.telegram.chats.of(self.number).id)

    async def write(self, text: str) -> str:
        return await self.send(text=text)

    async def send(self, **message: object) -> str:
        """Send a message with the fields of `NewTelegramMessage`. Returns its id."""
        response = await self.telegram.http.post(f"/phone/{self.number}/telegram/messages", json=message)
        return str(response.raise_for_status().json()["id"])

    async def act(self, action: str, **details: object) -> None:
        """Do something else, such as `taps` or `blocks`."""
        response = await self.telegram.http.post(f"/phone/{self.number}/telegram/{action}", json=details)
        response.raise_for_status()

    async def tap(self, message: dict[str, Any], title: str) -> None:
        """Tap the button with this title below a message."""
        rows = message["content"]["reply_markup"]["inline_keyboard"]
        data = next(button["callback_data"] for row in rows for button in row if button["text"] == title)
        await self.act("taps", message_id=message["id"], choice=data)

    async def thread(self) -> list[dict[str, Any]]:
        response = await self.telegram.http.get(f"/phone/{self.number}/telegram/messages")
        return list(response.raise_for_status().json())

    async def message(self, message_id: str) -> dict[str, Any]:
        return next(message for message in await self.thread() if message["id"] == message_id)

    async def file(self, message: dict[str, Any]) -> bytes:
        """The bytes of a file that is shown."""
        return (await self.telegram.http.get(f"/phone/files/{message['media_id']}")).raise_for_status().content

    async def refuse(self, code: int, description: str, *, method: str, times: int = 1, **parameters: object) -> None:
        """Refuse the next calls of a method."""
        failure = {"error_code": code, "description": description, "method": method, "parameters": parameters}
        answer = await self.telegram.http.post("/control/telegram/failures", json=[failure] * times)
        answer.raise_for_status()

    async def calls(self, method: str) -> list[dict[str, Any]]:
        """The fields of each call of this method about this person."""
        calls = (await self.telegram.http.get("/control/telegram/calls")).raise_for_status().json()
        return [
            call["fields"]
            for call in calls
            if call["method"] == method and str(call["fields"].get("chat_id", self.user)) == self.user
        ]
