"""Operators' routes for one channel: send a message, and see or close its circuit breaker."""

from collections.abc import Sequence
from typing import Annotated, Self

from attrs import frozen
from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from application.operating.find_delivery import DeliveredPart
from application.ports.breaker_store import Breaker, State
from entrypoints.http.audit_trail import ActionTarget
from entrypoints.http.errors import MissingIdempotencyKeyError
from entrypoints.http.operator_access import SECURITY, operators_only
from entrypoints.http.problems import problem_specs
from entrypoints.http.send_request import SendRequest, digest_of
from entrypoints.http.services import Services

PROBLEMS = problem_specs(400, 401, 403, 404, 429, 503)


@frozen(kw_only=True)
class Queued:
    """The message is queued as the turn `turn_id`. Not `new`: the key was used before, and nothing more was queued."""

    conversation: str
    turn_id: str
    new: bool


@frozen(kw_only=True)
class CircuitBreakerView:
    """The circuit breaker of a channel. While it is open, messages wait; while it is half-open, one message is a trial.

    Unless it is closed: `reason` says why, `since` when it was opened, and `retry_at` when the next trial may begin.
    Times are in unix seconds.
    """

    channel: str
    state: State
    reason: str | None = None
    since: float | None = None
    retry_at: float | None = None

    @classmethod
    def of(cls, breaker: Breaker, *, channel: str, now: float) -> Self:
        if breaker.state is State.CLOSED:
            return cls(channel=channel, state=State.CLOSED)
        return cls(
            channel=channel,
            state=breaker.state,
            reason=breaker.reason,
            since=breaker.since,
            retry_at=now + breaker.seconds,
        )


@frozen(kw_only=True)
class PartView:
    """One message of the channel. `status` is `accepted` until the channel reports another one."""

    message_id: str
    status: str


@frozen(kw_only=True)
class DeliveryView:
    """The messages that were sent for one request so far, in their order."""

    id: str
    messages: list[PartView]

    @classmethod
    def of(cls, parts: Sequence[DeliveredPart], *, message_id: str) -> Self:
        views = [
            PartView(message_id=part.message_id, status=part.status.value if part.status else "accepted")
            for part in parts
        ]
        return cls(id=message_id, messages=views)


class ChannelController(Controller):
    """For operators."""

    path = "/v1/channels/{channel:str}"
    tags = ("channels",)
    guards = (operators_only,)
    security = (SECURITY,)

    @post(
        "/messages",
        status_code=202,
        summary="Send a message to a person: templates at any time, other messages within the customer service window",
        responses=PROBLEMS | problem_specs(409, 422, 502),
    )
    async def send_message(
        self,
        services: NamedDependency[Services],
        target: NamedDependency[ActionTarget],
        channel: FromPath[str],
        data: JSONBody[SendRequest],
        idempotency_key: Annotated[str | None, HeaderParameter(name="Idempotency-Key", max_length=255)] = None,
    ) -> Queued:
        if not idempotency_key:
            raise MissingIdempotencyKeyError
        person = data.person(services.channels[channel].inbound)
        initiated = await services.initiate(
            channel=channel,
            to=person,
            parts=data.parts(),
            key=idempotency_key,
            request=digest_of(person, data.messages),
        )
        target.name(initiated.conversation)
        target.subject = initiated.turn_id
        return Queued(conversation=str(initiated.conversation), turn_id=initiated.turn_id, new=initiated.new)

    @get(
        "/messages/{message_id:str}",
        summary="Show how far a message has come: by the turn_id of the answer to the POST, or by the channel's own id",
        responses=PROBLEMS,
    )
    async def show_delivery(
        self, services: NamedDependency[Services], channel: FromPath[str], message_id: FromPath[str]
    ) -> DeliveryView:
        parts = await services.find_delivery(channel=channel, message_id=message_id)
        return DeliveryView.of(parts, message_id=message_id)

    @get("/circuit-breaker", summary="Show whether messages are sent from this channel", responses=PROBLEMS)
    async def show_circuit_breaker(
        self, services: NamedDependency[Services], channel: FromPath[str]
    ) -> CircuitBreakerView:
        name = services.channels[channel].name
        breaker = await services.breaker.status(channel=name)
        return CircuitBreakerView.of(breaker, channel=name, now=services.clock.now())

    @delete("/circuit-breaker", summary="Close the circuit breaker: send again at once", responses=PROBLEMS)
    async def close_circuit_breaker(self, services: NamedDependency[Services], channel: FromPath[str]) -> None:
        await services.breaker.close(channel=services.channels[channel].name)
