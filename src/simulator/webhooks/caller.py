"""Calls the business's webhook as Meta does: signed, and again until it answers 200."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable

import httpx
import stamina

from simulator.state.business import BusinessNumber
from simulator.state.chat_messages import Attempt
from simulator.state.control import MAX_HOLD_SECONDS, Control, FaultRandom
from simulator.webhooks.wire import signature

ANSWER_WITHIN_SECONDS = 10.0
REDELIVERIES = 60
CALLS_AT_ONCE = 100
# A server may hang up right after the connection is made. Then asyncio raises OSError and uvloop AttributeError, and
# httpx translates neither.
CALL_ERRORS = (httpx.HTTPError, OSError, AttributeError)


class WebhookNotVerifiedError(Exception):
    """The webhook address did not prove that it is the business's own."""


class WebhookRefusedError(Exception):
    """The webhook could not be reached or answered anything but 200."""


class WebhookCaller:
    """Delivers webhooks; `control` and `dice` add the trouble that was asked for."""

    def __init__(self, business: BusinessNumber) -> None:
        self.business = business
        self.control = Control()
        self.fault_random = FaultRandom(seed=None)
        timeout = httpx.Timeout(ANSWER_WITHIN_SECONDS, pool=None)
        self._client = httpx.AsyncClient(timeout=timeout, trust_env=False)
        # The client's own pool searches all that wait, each time one is done.
        self._calls = asyncio.Semaphore(CALLS_AT_ONCE)

    async def close(self) -> None:
        await self._client.aclose()

    async def verify(self) -> None:
        """Make the handshake Meta makes when a callback address is set.

        Raises:
            WebhookNotVerifiedError: the address does not answer 200 with the bare challenge.
        """
        challenge = str(secrets.randbelow(10**10))
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": self.business.verify_token,
        }
        try:
            answer = await self._client.get(self.business.webhook_url, params=query)
        except CALL_ERRORS as error:
            raise WebhookNotVerifiedError(f"{self.business.webhook_url} cannot be reached: {error!r}") from error
        if answer.status_code != httpx.codes.OK or answer.text != challenge:
            raise WebhookNotVerifiedError(
                f"{self.business.webhook_url} answered {answer.status_code} without the challenge"
            )

    async def deliver(self, body: bytes, *, order: asyncio.Lock, report: Callable[[Attempt], None]) -> None:
        """Post `body` until it is answered 200 or Meta would give up.

        First calls that share `order` go out one after another; Meta promises no order for the later ones.
        """
        held_back = (
            self.fault_random.seconds_up_to(MAX_HOLD_SECONDS) if self.fault_random.says(self.control.reorder) else 0
        )
        await asyncio.sleep(self.control.delay_seconds + held_back)
        async with asyncio.TaskGroup() as copies:
            copies.create_task(self._until_answered(body, order, report))
            if self.fault_random.says(self.control.duplicate):
                copies.create_task(self._once_more(body))

    async def _until_answered(self, body: bytes, order: asyncio.Lock, report: Callable[[Attempt], None]) -> None:
        try:
            async with order:
                await self._post(body)
        except WebhookRefusedError:
            report(Attempt.REFUSED)
            await self._redeliver(body, report)
        else:
            report(Attempt.ANSWERED)

    async def _redeliver(self, body: bytes, report: Callable[[Attempt], None]) -> None:
        def refused(error: Exception) -> bool:
            report(Attempt.REFUSED)
            return isinstance(error, WebhookRefusedError)

        try:
            async for attempt in stamina.retry_context(
                on=refused,
                attempts=REDELIVERIES,
                timeout=None,
                wait_max=self.control.longest_pause_seconds,
                wait_jitter=0.1,
            ):
                with attempt:
                    await self._post(body)
        except WebhookRefusedError:
            report(Attempt.ABANDONED)
        else:
            report(Attempt.ANSWERED)

    async def _once_more(self, body: bytes) -> None:
        if self.fault_random.says(0.5):
            await asyncio.sleep(self.fault_random.seconds_up_to(MAX_HOLD_SECONDS))
        with contextlib.suppress(WebhookRefusedError):
            await self._post(body)

    async def _post(self, body: bytes) -> None:
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
        if self.business.app_secret:
            headers["X-Hub-Signature-256"] = signature(body, app_secret=self.business.app_secret)
        try:
            async with self._calls:
                answer = await self._client.post(self.business.webhook_url, content=body, headers=headers)
        except CALL_ERRORS as error:
            raise WebhookRefusedError(repr(error)) from error
        if answer.status_code != httpx.codes.OK:
            raise WebhookRefusedError(f"answered {answer.status_code}")
