"""Calls the business's webhook as Meta does: with a signature, and again and again until the webhook answers 200."""

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
    """The webhook did not answer the handshake with the challenge."""


class WebhookRefusedError(Exception):
    """The webhook could not be reached, or its answer was not 200."""


class WebhookCaller:
    """Delivers webhooks. `control` says which faults to add, and `fault_random` decides when they happen."""

    def __init__(self, business: BusinessNumber) -> None:
        self.business = business
        self.control = Control()
        self.fault_random = FaultRandom(seed=None)
        timeout = httpx.Timeout(ANSWER_WITHIN_SECONDS, pool=None)
        self._client = httpx.AsyncClient(timeout=timeout, trust_env=False)
        # The pool of httpx looks at all waiting calls whenever one ends. So calls wait here instead.
        self._calls = asyncio.Semaphore(CALLS_AT_ONCE)

    async def close(self) -> None:
        await self._client.aclose()

    async def verify(self) -> None:
        """Make the handshake that Meta makes when a business sets its webhook address.

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

    async def deliver(self, body: bytes, *, order: asyncio.Lock, on_attempt: Callable[[Attempt], None]) -> None:
        """Post `body` until the webhook answers 200, or until Meta would give up. Call `on_attempt` after each post.

        First calls that share `order` go out one after another. Repeated calls have no order, as with Meta.
        """
        held_back = (
            self.fault_random.seconds_up_to(MAX_HOLD_SECONDS) if self.fault_random.happens(self.control.reorder) else 0
        )
        await asyncio.sleep(self.control.delay_seconds + held_back)
        async with asyncio.TaskGroup() as calls:
            calls.create_task(self._until_answered(body, order, on_attempt))
            if self.fault_random.happens(self.control.duplicate):
                calls.create_task(self._duplicate(body))

    async def _until_answered(self, body: bytes, order: asyncio.Lock, on_attempt: Callable[[Attempt], None]) -> None:
        try:
            async with order:
                await self._post(body)
        except WebhookRefusedError:
            on_attempt(Attempt.REFUSED)
            await self._redeliver(body, on_attempt)
        else:
            on_attempt(Attempt.ANSWERED)

    async def _redeliver(self, body: bytes, on_attempt: Callable[[Attempt], None]) -> None:
        def refused(error: Exception) -> bool:
            on_attempt(Attempt.REFUSED)
            return isinstance(error, WebhookRefusedError)

        try:
            async for attempt in stamina.retry_context(
                on=refused,
                attempts=REDELIVERIES,
                timeout=None,
                wait_max=self.control.max_pause_seconds,
                wait_jitter=0.1,
            ):
                with attempt:
                    await self._post(body)
        except WebhookRefusedError:
            on_attempt(Attempt.ABANDONED)
        else:
            on_attempt(Attempt.ANSWERED)

    async def _duplicate(self, body: bytes) -> None:
        if self.fault_random.happens(0.5):
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
