"""The updates for the bot: kept until its webhook accepts them, or until it fetches them.

Source: Telegram, "Bot API" 10.1, "Getting updates" and "setWebhook". Telegram delivers the updates of one chat one
after another, and repeats one that is not accepted before it goes on.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Mapping, Sequence

from attrs import field, frozen

from simulator.state.chat_messages import Attempt
from simulator.state.control import Control
from simulator.telegram.errors import conflict
from simulator.telegram.webhook import Webhook, WebhookPoster, WebhookRefusedError

# Without a list, a bot gets all updates but reactions and news about members.
ALL_KINDS = frozenset(("message", "edited_message", "callback_query", "message_reaction", "my_chat_member"))
DEFAULT_KINDS = ALL_KINDS - {"message_reaction"}
MAX_AT_ONCE = 100
MAX_POLL_SECONDS = 50
FIRST_PAUSE_SECONDS = 0.5
USE_DELETE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
ONE_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"

type OnAttempt = Callable[[Attempt], None]


@frozen(kw_only=True)
class Update:
    """One update about a chat. `on_attempt` is called after each attempt to deliver it."""

    id: int
    chat_id: int
    kind: str
    content: Mapping[str, object]
    on_attempt: OnAttempt = field(repr=False)

    @property
    def body(self) -> dict[str, object]:
        return {"update_id": self.id, self.kind: self.content}


class Updates:
    """The queue of one bot. `on_connected` is called when the bot begins to get updates in another way."""

    def __init__(self, *, control: Callable[[], Control], on_connected: Callable[[], None]) -> None:
        self.webhook: Webhook | None = None
        self.fetched = False
        self.allowed: Sequence[str] = ()
        self._control = control
        self._on_connected = on_connected
        self._poster = WebhookPoster()
        self._pending: dict[int, Update] = {}
        self._next_id = 10**8 + secrets.randbelow(10**8)
        self._deliveries: dict[int, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._poll: object = None

    def put(self, kind: str, chat_id: int, content: Mapping[str, object], *, on_attempt: OnAttempt) -> None:
        """Keep an update, and deliver it where there is a webhook. Drops a kind that the bot does not want."""
        if kind not in (self.allowed or DEFAULT_KINDS):
            return
        update = Update(id=self._next_id, chat_id=chat_id, kind=kind, content=content, on_attempt=on_attempt)
        self._next_id += 1
        self._pending[update.id] = update
        self._wake()
        self._deliver(chat_id)

    def set_webhook(self, webhook: Webhook | None, *, allowed: Sequence[str] | None, drop_pending: bool) -> None:
        """Call this address from now on, also with what waits. None: call nothing."""
        self._stop_deliveries()
        self.webhook = webhook
        self.allowed = self.allowed if allowed is None else allowed
        if drop_pending:
            self._pending.clear()
        self._wake()
        self._on_connected()
        for chat_id in {update.chat_id for update in self._pending.values()}:
            self._deliver(chat_id)

    async def fetch(self, *, offset: int, limit: int, seconds: float, allowed: Sequence[str] | None) -> list[object]:
        """The updates from `offset` on. Earlier ones are confirmed and forgotten. Waits for one for `seconds`.

        Raises:
            BotApiError: there is a webhook, or another call fetches meanwhile.
        """
        self._refuse_beside_webhook()
        if not self.fetched:
            self.fetched = True
            self._on_connected()
        self.allowed = self.allowed if allowed is None else allowed
        self._confirm(offset)
        self._poll = poll = object()
        self._wake()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, MAX_POLL_SECONDS)):
                while not self._pending and self._poll is poll:
                    await self._changed.wait()
                    self._refuse_beside_webhook()
        if self._poll is not poll:
            raise conflict(ONE_POLLER)
        return [update.body for update in list(self._pending.values())[: min(limit, MAX_AT_ONCE)]]

    def info(self) -> dict[str, object]:
        """What `getWebhookInfo` says."""
        info: dict[str, object] = {
            "url": self.webhook.url if self.webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._pending),
        }
        if self.allowed:
            info["allowed_updates"] = list(self.allowed)
        return info | (self.webhook.last_error if self.webhook else {})

    async def close(self) -> None:
        """End all deliveries and polls."""
        self._poll = None
        self._wake()
        tasks = tuple(self._deliveries.values())
        self._stop_deliveries()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._poster.close()

    def _refuse_beside_webhook(self) -> None:
        if self.webhook is not None:
            raise conflict(USE_DELETE)

    def _confirm(self, offset: int) -> None:
        """A negative offset counts from the end: all before it are forgotten."""
        ids = list(self._pending)
        for update_id in ids[:offset] if offset < 0 else [known for known in ids if known < offset]:
            self._pending.pop(update_id).on_attempt(Attempt.ANSWERED)

    def _deliver(self, chat_id: int) -> None:
        if self.webhook is not None and chat_id not in self._deliveries:
            self._deliveries[chat_id] = asyncio.create_task(self._deliver_in_order(chat_id, self.webhook))

    async def _deliver_in_order(self, chat_id: int, webhook: Webhook) -> None:
        pause = FIRST_PAUSE_SECONDS
        while update := next((one for one in self._pending.values() if one.chat_id == chat_id), None):
            await asyncio.sleep(self._control().delay_seconds)
            try:
                await self._poster.post(webhook, update.body)
            except WebhookRefusedError:
                update.on_attempt(Attempt.REFUSED)
                await asyncio.sleep(min(pause, self._control().max_pause_seconds))
                pause *= 2
            else:
                self._pending.pop(update.id, None)
                update.on_attempt(Attempt.ANSWERED)
                pause = FIRST_PAUSE_SECONDS
        del self._deliveries[chat_id]

    def _stop_deliveries(self) -> None:
        for task in self._deliveries.values():
            task.cancel()
        self._deliveries = {}

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
