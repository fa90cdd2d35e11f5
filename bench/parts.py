"""What each part of the service can do, with stand-ins for the agent and the messenger."""

import contextlib
import statistics
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from bench import processes
from bench.figures import Compared, Figures, percentiles, run_fast, run_precise, taking_turns, to_200
from bench.load import Answered, flood, paced
from bench.plan import BATCHES, Plan
from bench.webhooks import webhooks

FAR = 10**8  # more messages than one size of webhooks brings in a run
STORING_RATE = 200
SLOW_AGENT_SECONDS = 20.0
SLOW_RATE = 50
THINKING_SECONDS = 2.0


@frozen(kw_only=True)
class PartResults:
    """Figures of one part each, with stand-ins for what is around it. Times are in milliseconds."""

    messages_per_second: Mapping[int, Compared]
    to_200: Compared
    to_agent: Mapping[str, Figures]
    turns_per_second: float
    mailbox_turns_per_second: float
    to_200_while_agent_takes_20_s: Figures
    many_at_once: Figures


def measure_parts(plan: Plan) -> PartResults:
    stored = stored_per_second(plan)
    compared, to_agent = times_while_answering(plan)
    return PartResults(
        messages_per_second=stored,
        to_200=compared,
        to_agent=to_agent,
        turns_per_second=turns_per_second(plan),
        mailbox_turns_per_second=mailbox_turns_per_second(plan),
        to_200_while_agent_takes_20_s=times_while_agent_is_slow(plan),
        many_at_once=many_at_once(plan),
    )


def stored_per_second(plan: Plan) -> dict[int, Compared]:
    """Messages stored per second, by the size of the webhooks. No worker answers them meanwhile."""
    with (
        processes.store() as store,
        processes.server("service", store=store, role="web") as ours,
        processes.server("baseline", store=store) as baseline,
    ):

        def compare(batch: int) -> Compared:
            endless = webhooks(batch=batch, first=batch * FAR)

            def round_on(server: processes.Server) -> Figures:
                flooding = flood(server.port, endless, callers=plan.callers, seconds=plan.flood_seconds)
                return {"messages_per_second": batch * run_fast(flooding)}

            return taking_turns(plan.rounds, ours=lambda: round_on(ours), baseline=lambda: round_on(baseline))

        return {batch: compare(batch) for batch in BATCHES}


def times_while_answering(plan: Plan) -> tuple[Compared, dict[str, Figures]]:
    """Milliseconds to the 200 at a steady rate while the worker answers, and from there to the agent."""
    with (
        processes.store() as store,
        processes.server("service", store=store) as ours,
        processes.server("baseline", store=store) as baseline,
    ):
        endless = webhooks()
        answered: list[Answered] = []

        def our_round() -> Figures:
            answers = run_precise(paced(ours.port, endless, rate=STORING_RATE, seconds=plan.paced_seconds))
            answered.extend(answers)
            return to_200(answers)

        def baseline_round() -> Figures:
            return to_200(run_precise(paced(baseline.port, endless, rate=STORING_RATE, seconds=plan.paced_seconds)))

        compared = taking_turns(plan.rounds, ours=our_round, baseline=baseline_round)
        calls = ours.stop()["calls"]
    called = [(answer, calls[message_id]) for answer in answered for message_id in answer.webhook.message_ids]
    return compared, {
        "from_due": percentiles([(call - answer.due) / 1e6 for answer, call in called]),
        "from_200": percentiles([(call - answer.answered) / 1e6 for answer, call in called]),
    }


def turns_per_second(plan: Plan) -> float:
    """How fast one worker process works through a backlog of conversations with one message each."""
    return statistics.median(_work_off(plan.backlog) for _ in range(plan.rounds))


def _work_off(backlog: int) -> float:
    report = _worked_off(backlog)
    return backlog / (max(report["sent_at"]) - min(report["calls"].values())) * 1e9


def mailbox_turns_per_second(plan: Plan) -> float:
    """The same by the mailbox alone: without agent, channel, limits, send rates, and what else a turn looks up."""
    return statistics.median(_worked_off_bare(plan.backlog) for _ in range(plan.rounds))


def _worked_off_bare(backlog: int) -> float:
    with _waiting(backlog) as store, processes.server("bare_worker", store=store, turns=backlog) as bare:
        report = bare.wait()
    return backlog / (report["ended"] - report["began"]) * 1e9


def many_at_once(plan: Plan) -> Figures:
    """One worker process has all conversations under way at the same time. Each agent call takes 2 s.

    Returns the milliseconds from the worker's start to the replies, and as `stall` the longest time that its event loop
    stood still.
    """
    report = _worked_off(plan.at_once, agent_seconds=THINKING_SECONDS, concurrency=plan.at_once)
    to_sent = percentiles([(sent - report["began"]) / 1e6 for sent in report["sent_at"]])
    return {
        "conversations": plan.at_once,
        **to_sent,
        "stall": report["longest_stall"],
        "peak_megabytes": report["peak_megabytes"],
    }


def _worked_off(backlog: int, **options: object) -> dict[str, Any]:
    """Let a worker answer so many conversations with one message each. Returns its report."""
    with (
        _waiting(backlog) as store,
        processes.server("service", store=store, role="worker", turns=backlog, **options) as worker,
    ):
        return worker.wait()


@contextlib.contextmanager
def _waiting(backlog: int) -> Iterator[str]:
    """A store in which so many conversations wait with one message each."""
    batch = BATCHES[-1]
    with processes.store() as store:
        with processes.server("service", store=store, role="web") as web:
            run_fast(paced(web.port, webhooks(batch=batch), rate=1000, seconds=backlog / batch / 1000))
        yield store


def times_while_agent_is_slow(plan: Plan) -> Figures:
    """Milliseconds to the 200 while each agent call takes 20 s, and how many calls were under way at the end."""
    with (
        processes.store() as store,
        processes.server("service", store=store, agent_seconds=SLOW_AGENT_SECONDS) as ours,
    ):
        answers = run_precise(paced(ours.port, webhooks(), rate=SLOW_RATE, seconds=min(plan.paced_seconds, 10.0)))
        report = ours.stop()
    under_way = sum(1 for call in report["calls"].values() if call < max(answer.answered for answer in answers))
    return {**to_200(answers), "calls_under_way": under_way}
