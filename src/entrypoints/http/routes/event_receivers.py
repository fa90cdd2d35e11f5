"""Operators' routes for the receivers of events: list them, and show, replay and discard what they did not take."""

from typing import Annotated

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from entrypoints.http.event_receiver_view import DeadEventView, ReceiverView
from entrypoints.http.operator_access import SECURITY, operators_only
from entrypoints.http.problems import problem_specs
from entrypoints.http.services import Services

PROBLEMS = problem_specs(400, 401, 403, 404, 429, 503)


class EventReceiverController(Controller):
    """For operators."""

    path = "/v1/webhooks"
    tags = ("events",)
    guards = (operators_only,)
    security = (SECURITY,)

    @get("/", summary="List the receivers of events", responses=PROBLEMS)
    async def list_receivers(self, services: NamedDependency[Services]) -> list[ReceiverView]:
        counts = await services.dead_events.counts()
        return [ReceiverView(name=name, dead_events=count) for name, count in counts.items()]

    @get("/{receiver:str}/dead-events", summary="List events that a receiver did not take", responses=PROBLEMS)
    async def list_dead_events(
        self,
        services: NamedDependency[Services],
        receiver: FromPath[str],
        limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 50,
    ) -> list[DeadEventView]:
        return [DeadEventView.of(dead) for dead in await services.dead_events.of(receiver, limit=limit)]

    @post(
        "/{receiver:str}/dead-events/{event_id:str}/replay",
        status_code=204,
        summary="Send the event again",
        responses=PROBLEMS,
    )
    async def replay_dead_event(
        self, services: NamedDependency[Services], receiver: FromPath[str], event_id: FromPath[str]
    ) -> None:
        await services.dead_events.replay(receiver, event_id=event_id)

    @delete("/{receiver:str}/dead-events/{event_id:str}", summary="Discard the event", responses=PROBLEMS)
    async def discard_dead_event(
        self, services: NamedDependency[Services], receiver: FromPath[str], event_id: FromPath[str]
    ) -> None:
        await services.dead_events.discard(receiver, event_id=event_id)
