"""Meta in between: takes what one side says, and tells the other."""

import asyncio
from collections.abc import Mapping, Sequence

from attrs import evolve

from simulator.graph_api.errors import GraphError, invalid_parameter, refusal
from simulator.graph_api.outbound import Outbound, SentRecord
from simulator.graph_api.requests import ReadRequest, SendRequest
from simulator.phone.business_app import BusinessApp
from simulator.phone.identities import Identities
from simulator.phone.inbound import Inbound
from simulator.state.business import BusinessNumber, Person, default_people
from simulator.state.chat_messages import ChatMessage
from simulator.state.control import Control, FaultRandom
from simulator.state.events import EventLog
from simulator.state.groups import Groups
from simulator.state.media import Media, MediaShelf
from simulator.state.phones import Phones
from simulator.webhooks.caller import WebhookCaller
from simulator.webhooks.queue import WebhookQueue


class Simulator:
    """The state of Meta and of all phones, kept in memory as long as this lives.

    `notice` is shown on the page, to say what answers. `business` may be replaced at any time, as on Meta's dashboard.
    `people` is what persons do, `identities` who they become, `sends` what the business does, `colleagues` what it does
    by hand. `sent` is for an audit, and so is `echoed`: when the webhook first took a status of which message, in unix
    seconds.
    """

    def __init__(self, *, business: BusinessNumber, people: Sequence[Person] | None = None, notice: str = "") -> None:
        self.notice = notice
        self.events = EventLog()
        self.phones = Phones(default_people() if people is None else tuple(people), self.events)
        self.media = MediaShelf()
        self.closing = asyncio.Event()
        self._webhooks = WebhookCaller(business)
        self._webhook_queue = WebhookQueue(self._webhooks)
        groups = Groups()
        self.people = Inbound(phones=self.phones, groups=groups, media=self.media, webhook_queue=self._webhook_queue)
        self.identities = Identities(phones=self.phones, webhook_queue=self._webhook_queue)
        self.business_app = BusinessApp(phones=self.phones, webhook_queue=self._webhook_queue)
        self.sends = Outbound(phones=self.phones, groups=groups, media=self.media, webhook_queue=self._webhook_queue)

    @property
    def business(self) -> BusinessNumber:
        return self._webhooks.business

    @business.setter
    def business(self, business: BusinessNumber) -> None:
        self._webhooks.business = business

    @property
    def control(self) -> Control:
        return self._webhooks.control

    @control.setter
    def control(self, control: Control) -> None:
        self._webhooks.control = control
        self._webhooks.fault_random = FaultRandom(seed=control.seed)
        self.media.url_seconds = control.media_url_seconds
        if control.batch == 1:
            self._webhook_queue.flush()

    @property
    def sent(self) -> list[SentRecord]:
        return self.sends.sent

    @property
    def echoed(self) -> Mapping[str, float]:
        return self.sends.delivery.echoed

    async def verify_webhook(self) -> None:
        """Make Meta's handshake with the webhook.

        Raises:
            WebhookNotVerifiedError: the address did not prove to be the business's.
        """
        await self._webhooks.verify()

    async def close(self) -> None:
        """End streams and deliveries; to be called before the server stops, since it waits for open streams."""
        self.closing.set()
        self.events.close()
        await self._webhook_queue.close()
        await self.sends.delivery.close()
        for phone in self.phones:
            phone.show_typing(on=False)

    def open_thread(self, *, number: str) -> None:
        """The person looks at the thread; what was delivered there is read now.

        Raises:
            UnknownPhoneError: nobody has this number.
        """
        self.sends.open_thread(self.phones[number])

    def accept(self, request: SendRequest) -> ChatMessage:
        """The business writes: Meta takes it, shows it on the phone and reports how far it came.

        Raises:
            GraphError: Meta does not take it.
        """
        return self.sends.accept(request)

    def acknowledge(self, request: ReadRequest) -> None:
        """The business has read a message, and perhaps begins to write.

        Raises:
            GraphError: no person wrote such a message.
        """
        written = self.people.written(request.message_id)
        if written is None:
            raise invalid_parameter("Invalid message_id: no message of that id was received.")
        phone, message = written
        phone.mark_read(message)
        phone.show_typing(on=request.typing)

    def stays_silent(self) -> bool:
        """Whether an accepted send is not answered."""
        return self._webhooks.fault_random.says(self.control.unanswered)

    def upload(self, media: Media) -> Media:
        """The business leaves a file with Meta.

        Raises:
            GraphError: Meta does not take it, or the control wants it so.
        """
        control = self.control
        if control.fail_uploads > 0:
            self._webhooks.control = evolve(control, fail_uploads=control.fail_uploads - 1)
            raise refusal(control.fail_uploads_code, "Refused on purpose")
        if why := media.why_no_upload():
            raise invalid_parameter(why)
        return self.media.put(media)

    def download(self, media_id: str, *, expires: int, given: str) -> Media:
        """The file at an address that was given out.

        Raises:
            GraphError: it is gone, the address has expired, or the control wants it so.
        """
        control = self.control
        if control.fail_downloads > 0:
            self._webhooks.control = evolve(control, fail_downloads=control.fail_downloads - 1)
            raise GraphError("Refused on purpose", code=131052, status=404)
        media = self.media.fetch(media_id, expires=expires, given=given)
        if media is None:
            raise GraphError("Not found", code=100, status=404)
        return media

    def tell(self, field: str, value: Mapping[str, object], *, at: int | None) -> None:
        """Tell the business about its account."""
        self._webhook_queue.notice(field, value, at=at)
