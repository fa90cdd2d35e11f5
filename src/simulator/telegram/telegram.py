"""Telegram: the bot, its chats and its updates, and the methods of the Bot API."""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping

from attrs import frozen

from simulator.state.control import Control
from simulator.state.events import EventLog
from simulator.state.media import MediaShelf
from simulator.state.phones import Phones
from simulator.telegram.app import App
from simulator.telegram.bot import Bot
from simulator.telegram.chats import Chats
from simulator.telegram.errors import BotApiError
from simulator.telegram.files import Files
from simulator.telegram.outbound import Outbound
from simulator.telegram.requests import SENDS, Call, checked_call, names, number
from simulator.telegram.taps import Taps
from simulator.telegram.updates import Updates
from simulator.telegram.webhook import checked_webhook

KEPT_CALLS = 10_000

type Method = Callable[[Call], object]


@frozen(kw_only=True)
class Failure:
    """A refusal on purpose: the next call of `method`, or of any that sends when that is empty, gets `error`."""

    error: BotApiError
    method: str = ""

    def hits(self, method: str) -> bool:
        return method == self.method if self.method else method in SENDS


class Telegram:
    """Telegram, for one bot, which may be replaced at any time.

    - `app`: what people do.
    - `updates`: what the bot gets.
    - `calls`: the latest calls of the Bot API, for an audit.
    - `failures`: the refusals on purpose that are still to come.
    """

    def __init__(
        self, *, bot: Bot, phones: Phones, media: MediaShelf, events: EventLog, control: Callable[[], Control]
    ) -> None:
        self.bot = bot
        self.chats = Chats(phones, events)
        self.files = Files(media, control=control)
        self.updates = Updates(
            control=control, on_connected=lambda: events.publish(number="", kind="channels", data={})
        )
        self.calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.failures: list[Failure] = []
        self._taps = Taps()
        self._outbound = Outbound(bot=self._present_bot, chats=self.chats, files=self.files)
        self.app = App(
            bot=self._present_bot, phones=phones, chats=self.chats, media=media, updates=self.updates, taps=self._taps
        )

    async def call(self, method: str, given: Mapping[str, object]) -> object:
        """The result of a method of the Bot API. A file among the fields is a `Media`.

        Raises:
            BotApiError: Telegram refuses the call.
        """
        call = checked_call(method, given)
        self.calls.append(call)
        self._fail_on_purpose(method)
        if method in SENDS:
            return await self._outbound.send(call)
        result = self._methods[method](call)
        return await result if isinstance(result, Awaitable) else result

    @property
    def connected(self) -> bool:
        """Whether the bot gets its updates, by webhook or by fetching them."""
        return self.updates.webhook is not None or self.updates.fetched

    async def close(self) -> None:
        await self.updates.close()
        await self.files.close()
        self.chats.close()

    @property
    def _methods(self) -> Mapping[str, Method]:
        return {
            "getMe": lambda _: {**self.bot.user, "can_join_groups": False, "supports_inline_queries": False},
            "getUpdates": self._get_updates,
            "setWebhook": lambda call: self._set_webhook(call.fields),
            "deleteWebhook": lambda call: self._set_webhook(call.fields),
            "getWebhookInfo": lambda _: self.updates.info(),
            "getFile": lambda call: self.files.describe(call.fields["file_id"]),
            "setMessageReaction": lambda call: self._outbound.react(call.fields),
            "sendChatAction": lambda call: self._outbound.show_action(call.fields),
            "answerCallbackQuery": lambda call: self._taps.answer(call.fields),
        }

    async def _get_updates(self, call: Call) -> object:
        fields = call.fields
        return await self.updates.fetch(
            offset=int(number(fields, "offset", default=0)),
            limit=max(1, int(number(fields, "limit", default=100))),
            seconds=number(fields, "timeout", default=0),
            allowed=names(fields, "allowed_updates"),
        )

    def _set_webhook(self, fields: Mapping[str, object]) -> bool:
        """Without an address, Telegram calls nothing from now on."""
        webhook = checked_webhook(str(fields.get("url", "")), str(fields.get("secret_token", "")))
        self.updates.set_webhook(
            webhook,
            allowed=names(fields, "allowed_updates"),
            drop_pending=fields.get("drop_pending_updates") is True,
        )
        return True

    def _fail_on_purpose(self, method: str) -> None:
        failure = next((failure for failure in self.failures if failure.hits(method)), None)
        if failure is not None:
            self.failures.remove(failure)
            raise failure.error

    def _present_bot(self) -> Bot:
        return self.bot
