"""Meta, played by the simulator. Each worker has one of its own, so that the audit knows which worker sent what."""

import contextlib
from collections.abc import AsyncIterator, Sequence

from attrs import frozen

from chaos.plan import MAX_PAUSE_SECONDS, REDELIVERED, Plan
from entrypoints.http.server.loopback import loopback_only
from simulator.serving import serve_simulator
from simulator.simulator import Simulator
from simulator.state.business import BusinessNumber, Person
from simulator.state.control import Control

REORDERED = 0.3
UNANSWERED = 0.005
ACCESS_TOKEN = "fake-access-token"  # noqa: S105 - of a service that nobody else reaches
APP_SECRET = "fake-app-secret"  # noqa: S105
VERIFY_TOKEN = "fake-verify-token"  # noqa: S105


@frozen(kw_only=True)
class Send:
    """One message Meta accepted from the `worker`th worker, in unix seconds.

    `answered`: whether the worker got a response. `confirmed`: when the webhook accepted a status that echoes the send.
    """

    at: float
    worker: int
    person: str
    reference: str
    body: str
    answered: bool = True
    confirmed: float | None = None

    @property
    def turn(self) -> str:
        return self.reference.partition("/")[0]


class UnreliableMeta(Simulator):
    """A simulator that leaves some accepted sends unanswered, and records which."""

    def __init__(self, plan: Plan, *, worker: int) -> None:
        business = BusinessNumber(
            access_token=ACCESS_TOKEN, app_secret=APP_SECRET, verify_token=VERIFY_TOKEN, webhook_url=""
        )
        super().__init__(business=business, people=[Person(number=number, name="Ana") for number in plan.people])
        self.control = Control(
            duplicate=REDELIVERED,
            reorder=REORDERED,
            unanswered=UNANSWERED,
            statuses=plan.echo,
            longest_pause_seconds=MAX_PAUSE_SECONDS,
            seed=plan.seed * 10 + worker,
        )
        self._worker = worker
        self._unanswered: set[str] = set()

    def leaves_unanswered(self) -> bool:
        silent = super().leaves_unanswered()
        if silent:
            self._unanswered.add(self.sent[-1].wamid)
        return silent

    def accepted(self) -> list[Send]:
        return [
            Send(
                at=record.at,
                worker=self._worker,
                person=record.to,
                reference=record.reference or "",
                body=record.body,
                answered=record.wamid not in self._unanswered,
                confirmed=self.confirmed_at.get(record.wamid),
            )
            for record in self.sent
        ]


@contextlib.asynccontextmanager
async def running_metas(plan: Plan) -> AsyncIterator[tuple[Sequence[UnreliableMeta], Sequence[str]]]:
    """Serve one for each worker; yields them and their addresses."""
    metas = [UnreliableMeta(plan, worker=worker) for worker in range(plan.workers)]
    async with contextlib.AsyncExitStack() as stack:
        yield metas, [await stack.enter_async_context(serve_simulator(meta, guard=loopback_only)) for meta in metas]
