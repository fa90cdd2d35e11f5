"""Meta in between: takes what one side says, and tells the other."""

import asyncio
import functools
import time
from collections.abc import Coroutine, Sequence

from attrs import evolve, field, frozen

from entrypoints.simulator.business import BusinessNumber, Person, default_people
from entrypoints.simulator.control import Control, Dice
from entrypoints.simulator.events import EventLog
from entrypoints.simulator.graph_errors import GraphError, invalid_parameter
from entrypoints.simulator.graph_requests import ReadRequest, SendRequest
from entrypoints.simulator.media import MediaShelf
from entrypoints.simulator.phones import Author, ChatMessage, Phone, Phones, Tick, UnknownPhoneError
from entrypoints.simulator.webhooks import Attempt, WebhookCaller
from entrypoints.simulator.wire import message_webhook, status_webhook


@frozen(kw_only=True)
class SentRecord:
    """One accepted send, for an audit. `to` is as the business wrote it less the plus sign, `at` in unix seconds."""

    wamid: str
    to: str
    body: str
    reference: str | None = None
    at: float = field(factory=time.time)


class Simulator:
    """The state of Meta and of all phones, kept in memory as long as this lives.

    `notice` is shown on the page, to say what answers. `business` may be replaced at any time, as on Meta's dashboard.
    `sent` is for an audit, and so is `echoed`: when the webhook first took a status of which message, in unix seconds.
    """

    def __init__(self, *, business: BusinessNumber, people: Sequence[Person] | None = None, notice: str = "") -> None:
        self.notice = notice
        self.events = EventLog()
        self.phones = Phones(default_people() if people is None else tuple(people), self.events)
        self.media = MediaShelf()
        self.sent: list[SentRecord] = []
        self.echoed: dict[str, float] = {}
        self.closing = asyncio.Event()
        self._written: dict[str, ChatMessage] = {}
        self._webhooks = WebhookCaller(business)
        self._tasks: set[asyncio.Task[None]] = set()

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
        self._webhooks.dice = Dice(seed=control.seed)

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
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for phone in self.phones:
            phone.show_typing(on=False)
        await self._webhooks.close()

    def write(self, *, number: str, text: str) -> ChatMessage:
        """The person with this number writes to the business; a new number gets a phone."""
        phone = self.phones.add(Person(number=number, name=f"+{number}"))
        message = ChatMessage(number=number, author=Author.PERSON, body=text)
        self._written[message.id] = message
        phone.add(message)
        body = message_webhook(self.business, phone.person, message)
        report = functools.partial(self._report, phone, message)
        self._start(self._webhooks.deliver(body, order=phone.message_order, report=report))
        return message

    def look(self, *, number: str) -> None:
        """The person looks at the thread; what was delivered there is read now.

        Raises:
            UnknownPhoneError: nobody has this number.
        """
        phone = self.phones[number]
        for message in phone.look():
            if message.status is Tick.DELIVERED:
                self._call_back(phone, message, Tick.READ)

    def accept(self, request: SendRequest) -> ChatMessage:
        """The business writes: Meta takes it, shows it on the phone and reports how far it came."""
        phone = self._phone(request.address)
        message = ChatMessage(
            number=phone.person.number if phone else request.address,
            author=Author.BUSINESS,
            body=request.body,
            type=request.type,
            reference=request.reference,
            reply_to=request.reply_to,
        )
        self.sent.append(
            SentRecord(wamid=message.id, to=request.address, body=message.body, reference=message.reference)
        )
        if phone is not None:
            phone.add(message)
        self._start(self._carry(phone, message))
        return message

    def acknowledge(self, request: ReadRequest) -> None:
        """The business has read a message, and perhaps begins to write.

        Raises:
            GraphError: no person wrote such a message.
        """
        message = self._written.get(request.message_id)
        if message is None:
            raise invalid_parameter("Invalid message_id: no message of that id was received.")
        phone = self.phones[message.number]
        phone.turn_blue(message)
        phone.show_typing(on=request.typing)

    def refuse_if_told(self) -> None:
        """Refuse one of the sends that are to fail.

        Raises:
            GraphError: as the control says.
        """
        control = self.control
        if control.fail_sends > 0:
            self._webhooks.control = evolve(control, fail_sends=control.fail_sends - 1)
            raise GraphError(
                f"(#{control.fail_code}) Refused on purpose", code=control.fail_code, status=control.fail_status
            )

    def stays_silent(self) -> bool:
        """Whether an accepted send is not answered."""
        return self._webhooks.dice.says(self.control.unanswered)

    async def _carry(self, phone: Phone | None, message: ChatMessage) -> None:
        """Bring a message to its phone and call back each step, in order."""
        if phone is None:
            self._call_back(None, message, Tick.FAILED)
            return
        for status in (Tick.SENT, Tick.DELIVERED):
            await asyncio.sleep(self.control.status_delay_seconds)
            self._call_back(phone, message, status)
        if message.seen:
            await asyncio.sleep(self.control.status_delay_seconds)
            self._call_back(phone, message, Tick.READ)

    def _call_back(self, phone: Phone | None, message: ChatMessage, status: Tick) -> None:
        order = asyncio.Lock()
        if phone is not None:
            phone.tick(message, status)
            order = phone.status_order
        if self.control.statuses:
            person = phone.person if phone else None
            body = status_webhook(self.business, person, message, status, at=time.time())
            self._start(self._webhooks.deliver(body, order=order, report=functools.partial(self._note_echo, message)))

    def _note_echo(self, message: ChatMessage, attempt: Attempt) -> None:
        if attempt is Attempt.ANSWERED:
            self.echoed.setdefault(message.id, time.time())

    def _report(self, phone: Phone, message: ChatMessage, attempt: Attempt) -> None:
        match attempt:
            case Attempt.ANSWERED:
                phone.tick(message, Tick.DELIVERED)
            case Attempt.REFUSED:
                phone.missed(message)
            case Attempt.ABANDONED if message.status is Tick.ACCEPTED:
                phone.tick(message, Tick.FAILED)

    def _phone(self, address: str) -> Phone | None:
        try:
            return self.phones[address]
        except UnknownPhoneError:
            return None

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
