"""What is measured of turns: by the worker, by the use cases, and of the store."""

import pytest

from adapters.memory.clock import FakeClock
from application.ports.messenger import SendFailedError
from domain.conversations.outcome import Outcome
from domain.policies.rate_limit import RateLimitPolicy
from domain.policies.retry import SendFailure
from domain.policies.send_rate import SendRate, SendRates
from entrypoints.observability import bounded_label
from entrypoints.observability.metrics import Metrics
from support.answering import Answering
from support.messages import enqueued
from support.watched_ports import WatchedMessenger


def shown(metrics: Metrics, *names: str) -> dict[str, float]:
    """The values of these metrics, by their names with labels but without the common beginning."""
    lines = (line.removeprefix("trunkline_").rpartition(" ") for line in metrics.render().decode().splitlines())
    return {name: float(value) for name, _, value in lines if name.startswith(names)}


async def answer_once(answering: Answering) -> Outcome:
    return await answering.answer(lease=answering.lease(await answering.claim()))


async def test_an_answer_is_timed_from_its_receipt() -> None:
    """From the first message of the turn until the answer was sent, through all retries."""
    answering = Answering(clock=FakeClock(1_060.0))
    await answering.accept(enqueued(arrived_at=1000.0), enqueued(arrived_at=1050.0))

    await answer_once(answering)

    assert shown(answering.metrics, "end_to_end_seconds_sum") == {'end_to_end_seconds_sum{channel="whatsapp"}': 60}


async def test_messages_over_the_rate_limit_are_counted() -> None:
    """Also where the others of their turn are answered."""
    answering = Answering(rate_limit=RateLimitPolicy(window_seconds=60, max_messages=1))
    await answering.accept(*(enqueued() for _ in range(3)))

    await answer_once(answering)

    assert shown(answering.metrics, "limited_messages_total") == {'limited_messages_total{channel="whatsapp"}': 2}


async def test_sends_are_counted_by_outcome_and_code() -> None:
    """Each send is timed. The code of a failure is the channel's own."""
    failures = [SendFailedError(SendFailure.FINAL, "HTTP 400, code 131026: no", code="131026")]

    async def fail_once() -> None:
        if failures:
            raise failures.pop()

    answering = Answering(messenger=WatchedMessenger(before_send=fail_once))
    for _ in range(2):
        await answering.accept(enqueued())
        await answer_once(answering)

    assert shown(answering.metrics, "send_failures_total", "send_seconds_count") == {
        'send_failures_total{channel="whatsapp",code="131026",failure="final"}': 1,
        'send_seconds_count{channel="whatsapp",outcome="final"}': 1,
        'send_seconds_count{channel="whatsapp",outcome="sent"}': 1,
    }


async def test_waits_for_the_send_rate_are_measured() -> None:
    """The second message to a person waits 30 s, so its turn is deferred."""
    slow = SendRates(person=SendRate(interval_seconds=30, burst=1), account=SendRate(interval_seconds=0.001, burst=5))
    answering = Answering(messenger=WatchedMessenger(send_rates=slow))
    outcomes = []
    for _ in range(2):
        await answering.accept(enqueued())
        outcomes.append(await answer_once(answering))

    assert outcomes == [Outcome.ANSWERED, Outcome.DEFERRED]
    assert shown(answering.metrics, "send_rate_wait_seconds_count") == {
        'send_rate_wait_seconds_count{channel="whatsapp"}': 1
    }


def test_a_label_that_others_choose_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes that nobody has seen before share one value when there are too many."""
    monkeypatch.setattr(bounded_label, "MAX_VALUES", 2)
    metrics = Metrics()

    for code in ("1", "2", "3", "1", "4"):
        metrics.turns.sent(channel="whatsapp", outcome="final", code=code, seconds=0.1)

    assert shown(metrics, "send_failures_total") == {
        f'send_failures_total{{channel="whatsapp",code="{code}",failure="final"}}': count
        for code, count in (("1", 2), ("2", 1), ("other", 2))
    }


def test_what_alerts_watch_is_there_before_it_happens() -> None:
    """Prometheus sees an increase only from a value to another."""
    metrics = Metrics()
    metrics.expect(channel="whatsapp")

    assert shown(metrics, "turns_total", "forged_webhooks_total", "lease_takeovers_total") == {
        'turns_total{channel="whatsapp",outcome="failed"}': 0,
        'forged_webhooks_total{channel="whatsapp"}': 0,
        'lease_takeovers_total{channel="whatsapp"}': 0,
    }


def test_turns_in_flight_and_places() -> None:
    """A channel without turns shows none."""
    metrics = Metrics()
    metrics.turns.places(8)
    metrics.turns.in_flight({"whatsapp": 3, "sales": 1})
    metrics.turns.in_flight({"whatsapp": 2})

    assert shown(metrics, "turns_in_flight", "turn_places") == {
        'turns_in_flight{channel="whatsapp"}': 2,
        'turns_in_flight{channel="sales"}': 0,
        "turn_places": 8,
    }
