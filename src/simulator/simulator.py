"""The simulator: the state of Meta, of Telegram and of all phones, and everything that changes it."""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence

from attrs import evolve

from simulator.graph_api.errors import GraphError, invalid_parameter, refusal
from simulator.graph_api.outbound import Outbound, SentRecord
from simulator.graph_api.requests import ReadRequest, SendRequest
from simulator.phone.business_app import BusinessApp
from simulator.phone.identities import Identities
from simulator.phone.inbound import Inbound
from simulator.state.business import BusinessNumber, Person, default_people
from simulator.state.chat_messages import TELEGRAM, WHATSAPP, ChatMessage
from simulator.state.control import Control, FaultRandom
from simulator.state.events import EventLog
from simulator.state.groups import Groups
from simulator.state.media import Media, MediaShelf
from simulator.state.phones import Phones
from simulator.telegram.bot import Bot, new_bot
from simulator.telegram.telegram import Telegram
from simulator.webhooks.account_events import TIMELESS, example
from simulator.webhooks.caller import WebhookCaller
from simulator.webhooks.queue import WebhookQueue
from simulator.webhooks.wire import Change

SILENCE_SECONDS = 120.0


class Simulator:
    """Keeps everything in memory, as long as this object lives.

    The page shows `notice`, a sentence that says where the answers come from. `business` may be replaced at any time,
    as on Meta's dashboard.

    - `inbound`: what people send and do.
    - `identities`: changes of a person's number, user id or security code.
    - `outbound`: what the business sends.
    - `business_app`: what employees do in the WhatsApp Business app.
    - `telegram`: the bot of the business, and what people write to it.
    - `unanswered`: the messages whose sends were accepted and never answered, for an audit. A message of Telegram's has
      the id of its chat before its own: "4711.7".
    """

    def __init__(
        self,
        *,
        business: BusinessNumber,
        bot: Bot | None = None,
        people: Sequence[Person] | None = None,
        notice: str = "",
    ) -> None:
        self.notice = notice
        self.events = EventLog()
        self.phones = Phones(default_people() if people is None else tuple(people), self.events)
        self.media = MediaShelf()
        self.closing = asyncio.Event()
        self.unanswered: set[str] = set()
        self._caller = WebhookCaller(business)
        self._webhook_queue = WebhookQueue(self._caller)
        groups = Groups()
        self.inbound = Inbound(phones=self.phones, groups=groups, media=self.media, webhook_queue=self._webhook_queue)
        self.identities = Identities(phones=self.phones, webhook_queue=self._webhook_queue)
        self.business_app = BusinessApp(phones=self.phones, webhook_queue=self._webhook_queue)
        self.outbound = Outbound(phones=self.phones, groups=groups, media=self.media, webhook_queue=self._webhook_queue)
        self.telegram = Telegram(
            bot=bot or new_bot(),
            phones=self.phones,
            media=self.media,
            events=self.events,
            control=lambda: self.control,
        )

    @property
    def channels(self) -> list[str]:
        """The channels on which people can write: those of which the simulator knows a webhook or a reader."""
        with_telegram = [TELEGRAM] if self.telegram.connected else []
        return [WHATSAPP, *with_telegram] if self.business.webhook_url or not with_telegram else with_telegram

    @property
    def business(self) -> BusinessNumber:
        return self._caller.business

    @business.setter
    def business(self, business: BusinessNumber) -> None:
        self._caller.business = business

    @property
    def control(self) -> Control:
        return self._caller.control

    @control.setter
    def control(self, control: Control) -> None:
        self._caller.control = control
        self._caller.fault_random = FaultRandom(seed=control.seed)
        self.media.url_seconds = control.media_url_seconds
        if control.batch == 1:
            self._webhook_queue.flush()

    @property
    def sent(self) -> list[SentRecord]:
        """Every accepted send, for an audit."""
        return self.outbound.sent

    @property
    def confirmed_at(self) -> Mapping[str, float]:
        """When the webhook first accepted a status of a message, by the message's id, in unix seconds. For an audit."""
        return self.outbound.delivery.confirmed_at

    async def verify_webhook(self) -> None:
        """Make Meta's handshake with the webhook.

        Raises:
            WebhookNotVerifiedError: the webhook did not answer with the challenge.
        """
        await self._caller.verify()

    async def close(self) -> None:
        """End all streams and deliveries. Call this before the server stops, because the server waits for streams."""
        self.closing.set()
        self.events.close()
        await self._webhook_queue.close()
        await self.outbound.delivery.close()
        await self.telegram.close()
        for phone in self.phones:
            phone.show_typing(on=False)

    def accept(self, request: SendRequest) -> ChatMessage:
        """The business sends a message: show it on the phone and report its status.

        Raises:
            GraphError: Meta refuses the message.
        """
        return self.outbound.accept(request)

    def leaves_unanswered(self, message_id: str) -> bool:
        """Whether the control wants no answer to the send of this message, which was just accepted."""
        silent = self._caller.fault_random.happens(self.control.unanswered)
        if silent:
            self.unanswered.add(message_id)
        return silent

    async def stay_silent(self) -> None:
        """Keep a caller waiting, until it gives up or the simulator closes."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SILENCE_SECONDS):
                await self.closing.wait()

    def acknowledge(self, request: ReadRequest) -> None:
        """The business marks a message as read, and shows "typing" where it asks for that.

        Raises:
            GraphError: no person sent such a message.
        """
        found = self.inbound.find(request.message_id)
        if found is None:
            raise invalid_parameter("Invalid message_id: no message of that id was received.")
        phone, message = found
        phone.mark_read(message)
        phone.show_typing(on=request.typing)

    def upload(self, media: Media) -> Media:
        """The business uploads a file.

        Raises:
            GraphError: Meta refuses the file, or the control wants a refusal.
        """
        control = self.control
        if control.fail_uploads > 0:
            self._caller.control = evolve(control, fail_uploads=control.fail_uploads - 1)
            raise refusal(control.fail_uploads_code, "Refused on purpose")
        if why := media.why_no_upload():
            raise invalid_parameter(why)
        return self.media.put(media)

    def download(self, media_id: str, *, expires: int, signature: str) -> Media:
        """The file at an address that Meta gave out.

        Raises:
            GraphError: there is no such file, the address has expired, or the control wants a refusal.
        """
        control = self.control
        if control.fail_downloads > 0:
            self._caller.control = evolve(control, fail_downloads=control.fail_downloads - 1)
            raise GraphError("Refused on purpose", code=131052, status=404)
        media = self.media.fetch(media_id, expires=expires, signature=signature)
        if media is None:
            raise GraphError("Not found", code=100, status=404)
        return media

    def send_account_event(self, field: str, value: Mapping[str, object] | None) -> None:
        """Call the webhook with an event of this field, such as `account_update`. Without a value, send an example.

        Raises:
            UnknownAccountEventError: there is no value, and no example of this field.
        """
        at = None if field in TIMELESS else int(time.time())
        change = Change(field=field, value=value or example(field, self.business), at=at)
        self._webhook_queue.enqueue(change, order=asyncio.Lock())
