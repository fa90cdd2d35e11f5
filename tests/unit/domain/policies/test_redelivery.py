"""When a message is sent again."""

from domain.policies.redelivery import Redelivery
from domain.policies.retry import GiveUp, Retry


def after(attempts: int, *, now: float = 0.0) -> Retry | GiveUp:
    return Redelivery().after_failure(attempts=attempts, since=0.0, now=now, message_id="m")


def test_each_pause_is_twice_as_long() -> None:
    """Up to an hour, with a fifth of variation."""
    pauses = [decision.after_seconds for attempts in range(40) if isinstance(decision := after(attempts), Retry)]

    assert len(pauses) == 40
    for attempts, pause in enumerate(pauses):
        expected = min(5.0 * 2**attempts, 3600.0)
        assert 0.8 * expected <= pause <= 1.2 * expected


def test_it_ends_after_a_day() -> None:
    assert isinstance(after(3, now=24 * 3600 - 1), Retry)
    assert isinstance(after(0, now=24 * 3600), GiveUp)


def test_messages_do_not_come_back_all_at_once() -> None:
    pauses = {
        Redelivery().after_failure(attempts=0, since=0.0, now=0.0, message_id=f"m{number}") for number in range(20)
    }

    assert len(pauses) == 20
