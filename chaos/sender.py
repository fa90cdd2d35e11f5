"""Delivers the planned webhooks as Meta and Telegram do: some more than once, and again until they are answered 200."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Mapping, Sequence

import httpx
from attrs import define, field

from chaos.meta import APP_SECRET, SECRET_TOKEN
from chaos.plan import MAX_PAUSE_SECONDS, Channel, PlannedWebhook, Written
from chaos.processes import PHONE_NUMBER_ID, Service
from entrypoints.bootstrap.http_client import SteadyClient
from simulator.telegram.webhook import SECRET_HEADER
from simulator.webhooks.wire import encode, signature

# As Meta does: without an answer in this time it delivers again.
ANSWER_WITHIN_SECONDS = 10.0
CALLS_AT_ONCE = 50
FIRST_PAUSE_SECONDS = 0.1
OK = "200"
UNAVAILABLE = "503"
DISCONNECTED = "disconnected"
TIMED_OUT = "timed out"


@define
class Acceptance:
    """When a message was first posted and when it was first answered 200, in unix seconds."""

    posted: float
    acknowledged: float | None = None


@define
class Sender:
    """Delivers webhooks, and records the answers.

    `taken`: when each message was posted and acknowledged. `answers` counts the service's answers, or the reasons why
    there was none. `slowest`: how many seconds the slowest of each took.
    """

    webs: Sequence[Service]
    written_from: int = field(factory=lambda: int(time.time()) - 3600)
    taken: dict[Written, Acceptance] = field(factory=dict)
    answers: Counter[str] = field(factory=Counter)
    slowest: dict[str, float] = field(factory=dict)
    _client: httpx.AsyncClient = field(
        factory=lambda: SteadyClient(
            timeout=httpx.Timeout(ANSWER_WITHIN_SECONDS, pool=None),
            trust_env=False,
        )
    )
    _calls: asyncio.Semaphore = field(factory=lambda: asyncio.Semaphore(CALLS_AT_ONCE))

    async def run(self, webhooks: Sequence[PlannedWebhook]) -> None:
        """Deliver all webhooks. Returns when each was answered 200."""
        start = time.monotonic()
        async with self._client, asyncio.TaskGroup() as group:
            for number, webhook in enumerate(webhooks):
                await asyncio.sleep(start + webhook.due - time.monotonic())
                group.create_task(self._deliver(webhook, first=number))
                if webhook.again_after is not None:
                    group.create_task(self._redeliver(webhook, first=number + 1))

    async def _deliver(self, webhook: PlannedWebhook, *, first: int) -> None:
        """Post to one web process after the other until one answers 200."""
        for message in webhook.messages:
            self.taken[message] = Acceptance(posted=time.time())
        pause = FIRST_PAUSE_SECONDS
        for turn in itertools.count(first):
            if await self._post(webhook, to=turn):
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE_SECONDS)

    async def _redeliver(self, webhook: PlannedWebhook, *, first: int) -> None:
        await asyncio.sleep(webhook.again_after or 0)
        await self._post(webhook, to=first)

    async def _post(self, webhook: PlannedWebhook, *, to: int) -> bool:
        headers, body = self._call(webhook)
        async with self._calls:
            asked = time.monotonic()
            try:
                url = self._web(to).webhook_url(webhook.channel)
                answered = await self._client.post(url, content=body, headers=headers)
                answer = str(answered.status_code)
            except httpx.TimeoutException:
                answer = TIMED_OUT
            except httpx.HTTPError:
                answer = DISCONNECTED
            self.slowest[answer] = max(self.slowest.get(answer, 0), time.monotonic() - asked)
        self.answers[answer] += 1
        if answer == OK:
            for message in webhook.messages:
                self.taken[message].acknowledged = self.taken[message].acknowledged or time.time()
        return answer == OK

    def _web(self, turn: int) -> Service:
        """A web process that is up, as a load balancer picks it: they take turns."""
        up = [web for web in self.webs if web.up] or self.webs
        return up[turn % len(up)]

    def _call(self, webhook: PlannedWebhook) -> tuple[Mapping[str, str], bytes]:
        """Headers and body. Timestamps count the person's messages, one a second."""
        if webhook.channel is Channel.TELEGRAM:
            (message,) = webhook.messages
            headers, body = {SECRET_HEADER: SECRET_TOKEN}, self._update(message)
        else:
            body = self._body(webhook.messages)
            headers = {"X-Hub-Signature-256": signature(body, app_secret=APP_SECRET)}
        return {"Content-Type": "application/json", **headers}, body

    def _update(self, message: Written) -> bytes:
        person = int(message.person)
        return encode(
            {
                "update_id": 10_000 * (person % 10**7) + message.number,
                "message": {
                    "message_id": message.number + 1,
                    "from": {"id": person, "is_bot": False, "first_name": "Ana"},
                    "chat": {"id": person, "type": "private", "first_name": "Ana"},
                    "date": self.written_from + message.number,
                    "text": str(message.number),
                },
            }
        )

    def _body(self, messages: Sequence[Written]) -> bytes:
        items = [
            {
                "from": message.person,
                "id": message.id,
                "timestamp": str(self.written_from + message.number),
                "type": "text",
                "text": {"body": str(message.number)},
            }
            for message in messages
        ]
        metadata = {"display_phone_number": "15550001111", "phone_number_id": PHONE_NUMBER_ID}
        value = {"messaging_product": "whatsapp", "metadata": metadata, "contacts": [], "messages": items}
        change = {"field": "messages", "value": value}
        return encode({"object": "whatsapp_business_account", "entry": [{"id": "2", "changes": [change]}]})
