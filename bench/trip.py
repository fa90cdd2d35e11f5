"""The whole trip over real HTTP: a signed webhook comes in, the agent runs, read receipt and reply go out.

The service is real, one process with web and worker. Meta and the agent are small servers in processes of their own,
which answer at once.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.request import urlopen

from attrs import define, frozen
from redis import Redis

from bench import processes
from bench.figures import Compared, Figures, medians, run_fast, run_precise, taking_turns, to_200
from bench.load import flood, paced
from bench.plan import BATCHES, Plan
from bench.webhooks import webhooks

RATE = 120
META_RATE = 80.0
# So many messages a second that no turn waits for the number's send rate.
UNLIMITED = 100_000.0
POLL_SECONDS = 0.02
# So few that each webhook of a hundred messages is stored in time.
BACKLOG_CALLERS = 4
MAX_SECONDS = 120.0


@frozen(kw_only=True)
class TripResults:
    """What a message costs, beside one of the bare trip, and beside one of the baseline's webhooks.

    `at_rate`: messages come in at `RATE`: processor time, wake-ups, and the milliseconds to the 200. `flooded`: as many
    as possible: processor time, and messages per second. `backlog`: many wait for the number's send rate while others
    come in at `RATE`: what share of a core the service takes, how many it answers per second, and the milliseconds to
    the 200.
    """

    at_rate: Compared
    flooded: Compared
    backlog: Figures


@define
class Used:
    """What a process and its store used during a block."""

    seconds: float = 0.0
    processor_seconds: float = 0.0
    store_seconds: float = 0.0
    wake_ups: int = 0

    def per(self, messages: int) -> Figures:
        """The processor time of each message, in microseconds."""
        return {
            "processor_us": self.processor_seconds / messages * 1e6,
            "store_us": self.store_seconds / messages * 1e6,
        }


@frozen
class Trip:
    """The processes that a message meets, and those to compare with: all have one store."""

    store: str
    service: processes.Server
    bare_trip: processes.Server
    baseline: processes.Server
    meta: processes.Server

    @contextlib.contextmanager
    def used(self, server: processes.Server) -> Iterator[Used]:
        spent, began = Used(), time.monotonic()
        processor_seconds, store_seconds, wake_ups = server.processor_seconds, self._store_seconds(), server.wake_ups
        yield spent
        spent.seconds = time.monotonic() - began
        spent.processor_seconds = server.processor_seconds - processor_seconds
        spent.store_seconds = self._store_seconds() - store_seconds
        spent.wake_ups = server.wake_ups - wake_ups

    def _store_seconds(self) -> float:
        with Redis.from_url(self.store) as client:
            times = client.info("cpu")
        return float(times["used_cpu_user"] + times["used_cpu_sys"])

    def sent(self) -> int:
        """How many messages Meta was given so far."""
        with urlopen(f"{self.meta.url}/sent") as response:  # noqa: S310 - of this machine
            return int(response.read())

    def wait_until_sent(self, count: int) -> None:
        """Raises `TimeoutError` when messages are lost, or the service is far too slow: there is nothing to measure."""
        until = time.monotonic() + MAX_SECONDS
        while (sent := self.sent()) < count:
            if time.monotonic() > until:
                raise TimeoutError(f"only {sent} of {count} messages were answered")
            time.sleep(POLL_SECONDS)


@contextlib.contextmanager
def running(*, messages_per_second: float) -> Iterator[Trip]:
    with (
        processes.store() as store,
        processes.server("http_services") as meta,
        processes.server("http_services") as agents,
        processes.server(
            "service",
            store=store,
            graph_url=meta.url,
            agents_url=agents.url,
            messages_per_second=messages_per_second,
        ) as service,
        processes.server("bare_trip", store=store, graph_url=meta.url, agents_url=agents.url) as bare_trip,
        processes.server("baseline", store=store) as baseline,
    ):
        yield Trip(store, service, bare_trip, baseline, meta)


def measure_trip(plan: Plan) -> TripResults:
    with running(messages_per_second=UNLIMITED) as trip:
        endless = webhooks()

        def steady(server: processes.Server, answers: int) -> Figures:
            """`answers`: how many messages Meta is sent for each webhook."""
            webhooks_posted, sent = round(RATE * plan.trip_seconds), trip.sent()
            with trip.used(server) as spent:
                answered = run_precise(paced(server.port, endless, rate=RATE, seconds=plan.trip_seconds))
                trip.wait_until_sent(sent + answers * webhooks_posted)
            wake_ups = spent.wake_ups / webhooks_posted
            return {**spent.per(webhooks_posted), "wake_ups": wake_ups, **to_200(answered)}

        def flooded(server: processes.Server, answers: int) -> Figures:
            sent = trip.sent()
            with trip.used(server) as spent:
                run_fast(flood(server.port, islice(endless, plan.trips), callers=plan.callers))
                trip.wait_until_sent(sent + answers * plan.trips)
            return {**spent.per(plan.trips), "messages_per_second": plan.trips / spent.seconds}

        def compared(measured: Callable[[processes.Server, int], Figures]) -> Compared:
            return taking_turns(
                plan.rounds,
                ours=lambda: measured(trip.service, 1),
                baseline=lambda: measured(trip.baseline, 0),
                bare_trip=lambda: measured(trip.bare_trip, 1),
            )

        at_rate, at_most = compared(steady), compared(flooded)
    backlog = medians([_backlog_round(plan) for _ in range(max(1, plan.rounds - 1))])
    return TripResults(at_rate=at_rate, flooded=at_most, backlog=backlog)


def _backlog_round(plan: Plan) -> Figures:
    batch = BATCHES[-1]
    with running(messages_per_second=META_RATE) as trip:
        backlog = islice(webhooks(batch=batch), plan.metas_backlog // batch)
        run_fast(flood(trip.service.port, backlog, callers=BACKLOG_CALLERS))
        more = webhooks(first=plan.metas_backlog)
        time.sleep(plan.settle_seconds)
        sent = trip.sent()
        with trip.used(trip.service) as spent:
            answers = run_precise(paced(trip.service.port, more, rate=RATE, seconds=plan.backlog_seconds))
        return {
            "messages": plan.metas_backlog,
            "share_of_a_core": spent.processor_seconds / spent.seconds,
            "answers_per_second": (trip.sent() - sent) / spent.seconds,
            **to_200(answers),
        }
