"""The verdict of an attack finds violations. One that finds none would approve of any service."""

import json
from pathlib import Path

import pytest

from attack.caller import NO_ANSWER, NO_RETRY_AFTER, Tally, is_bad
from attack.honest import Audit
from attack.log_lines import read_log
from attack.people import PRIVATE_WORD, honest_person
from attack.plan import ADMIN_TOKEN
from attack.watch import Probe

ANA = honest_person(1)
WRITTEN = {(ANA, number): 10.0 * number for number in range(3)}


def audit(*heard: int, posted: int = 3) -> Audit:
    """Ana wrote three messages, ten seconds apart, each accepted at once. These were answered, in this order."""
    taken = {message: at + 0.1 for message, at in list(WRITTEN.items())[:posted]}
    return Audit(written=WRITTEN, posted=taken, heard=[(ANA, number, 30.0 + at) for at, number in enumerate(heard)])


def found(audit: Audit) -> tuple[int, int, int]:
    return len(audit.lost), len(audit.doubled), len(audit.out_of_order)


def test_messages_answered_once_and_in_order_are_in_order() -> None:
    assert found(audit(0, 1, 2)) == (0, 0, 0)


def test_messages_that_were_lost_doubled_or_out_of_order_are_found() -> None:
    """Each separately."""
    assert found(audit(0, 2)) == (1, 0, 0)
    assert found(audit(0, 1, 1, 2)) == (0, 1, 0)
    assert found(audit(1, 0, 2)) == (0, 0, 1)


def test_a_message_that_was_never_accepted_is_not_lost() -> None:
    """Meta would deliver it again. It has no order with earlier messages."""
    assert found(audit(0, 1, posted=2)) == (0, 0, 0)


def test_a_message_accepted_after_a_later_one_was_written_has_no_order() -> None:
    """Meta repeats webhooks that were answered 503, and delivers others in the meantime."""
    late = Audit(written=WRITTEN, posted={(ANA, 0): 15.0, (ANA, 1): 11.0}, heard=[(ANA, 1, 20.0), (ANA, 0, 21.0)])

    assert late.out_of_order == []


def test_the_slowest_answer_counts_from_the_200() -> None:
    assert audit(0, 1, 2).slowest_seconds == pytest.approx(29.9)


@pytest.mark.parametrize("answer", ["500", "502", NO_RETRY_AFTER, NO_ANSWER])
def test_server_errors_and_silence_are_bad_answers(answer: str) -> None:
    """After any input."""
    assert is_bad(answer)


@pytest.mark.parametrize("answer", ["200", "400", "429", "503", "hung up"])
def test_refusals_are_no_bad_answers(answer: str) -> None:
    """A 503 says when to try again, and Meta does. The number of these has its own bound."""
    assert not is_bad(answer)


def test_secrets_and_peoples_texts_in_a_response_are_leaks() -> None:
    """An operator may read what people wrote, but never a token."""
    tally = Tally()

    tally.look_for_leaks("forged", f"you said {PRIVATE_WORD}".encode(), words=True)
    tally.look_for_leaks("operator", f"they said {PRIVATE_WORD}".encode(), words=False)
    tally.look_for_leaks("token", f"not {ADMIN_TOKEN}".encode(), words=False)

    assert tally.leaks == ["forged", "token"]


def test_the_first_inputs_of_a_bad_answer_are_kept() -> None:
    """Enough to find the cause, but not all."""
    tally = Tally()

    for number in range(100):
        tally.note("deep", "500", sent=b"POST /%d" % number)
    tally.note("deep", "200", sent=b"well")

    assert tally.examples == {"deep: 500": [f"POST /{number}" for number in range(5)]}


def line(event: str, level: str = "info") -> str:
    return json.dumps({"event": event, "level": level}, ensure_ascii=False)


def test_the_log_is_searched(tmp_path: Path) -> None:
    """For errors, for lines that are no log lines, for private data, and for control characters."""
    log = tmp_path / "service.log"
    words = [line("ready"), line("failed", "error"), "Traceback", line(f"heard {PRIVATE_WORD}"), line(f"from {ANA}")]
    log.write_text("\n".join([*words, '{"event": "\x9b31m", "level": "info"}', ""]))

    lines = read_log(log)

    assert lines.count == 6
    assert lines.errors == [words[1], "Traceback"]
    assert lines.private == words[3:5]
    assert len(lines.raw) == 1


def test_lines_of_one_kind_are_counted_as_one(tmp_path: Path) -> None:
    """Whatever turn they are about."""
    log = tmp_path / "service.log"
    log.write_text("".join(line(f"turn {number}-0 is tried again") + "\n" for number in range(3)))

    assert read_log(log).events == {"turn ... is tried again": 3}


def test_time_without_a_core_is_no_stall_of_the_service() -> None:
    """A process without a core cannot answer."""
    assert Probe(at=0, took=0.5, starved=0.4, megabytes=1).stall == pytest.approx(0.1)
    assert Probe(at=0, took=0.5, starved=0.9, megabytes=1).stall == 0
