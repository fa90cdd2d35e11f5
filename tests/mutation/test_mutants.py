"""Removes the safety measures of the mailbox one at a time. The tests that should notice do."""

from collections.abc import Callable

import pytest

from support.mutants import SCRIPTS, Laboratory, Mutant, laboratory

CONTRACT = "tests/contracts/test_mailbox_redis.py"
DELIVERY = "tests/unit/application/sending/test_deliver_reply.py"
TAKEOVERS = "tests/unit/application/sending/test_lease_takeovers.py"
HANDOVER = "tests/unit/application/answering/test_lease_handover.py"


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    return laboratory(tmp_path_factory.mktemp("mutants"))


def script(name: str, old: str, new: str = "") -> Callable[[], Mutant]:
    return lambda: Mutant.replacing(f"{SCRIPTS}/{name}.lua", old, new)


def application(name: str, old: str, new: str) -> Callable[[], Mutant]:
    return lambda: Mutant.replacing(f"application/{name}.py", old, new)


def contract(words: str) -> tuple[str, ...]:
    return CONTRACT, "-k", f"valkey and ({words})"


IDLE = contract("idle_conversation_costs_no_key")
MUTANTS: dict[str, tuple[Callable[[], Mutant], tuple[str, ...]]] = {
    "no fence": (
        script("claimed", "if not holds(conversation, token, worker, delivery) then", "if false then"),
        contract("stale_worker and complete"),
    ),
    "a fence without the delivery number": (
        script("common", " and pending[4] == tonumber(delivery)"),
        contract("stale_worker and complete-a"),
    ),
    "renewing blindly": (
        script("renew", "if holds(conversation, token, worker, delivery) then", "if true then"),
        contract("renewing_never_steals"),
    ),
    "a token stays in the stream": (script("common", "  redis.call('XDEL', READY, token)\n"), IDLE),
    "a token stays pending": (script("common", "  redis.call('XACK', READY, GROUP, token)\n"), IDLE),
    "a token stays with an idle conversation": (
        script("settle", "return redis.call('HDEL', TOKENS, conversation)", "return"),
        IDLE,
    ),
    "a conversation stays among those that wait": (
        script("common", "  redis.call('ZREM', LATER, conversation)\n"),
        contract("immediate_message_ends_the_wait"),
    ),
    "a finished turn stays": (script("complete", "redis.call('DEL', TURN)\n"), IDLE),
    "the turn of a dead letter stays": (
        script("dead_letter", "  redis.call('DEL', TURN)\n"),
        contract("dead_letter_lets"),
    ),
    "messages stay when a turn takes them": (
        script("begin", "    redis.call('ZREMRANGEBYRANK', MAIL, 0, taken - 1)\n"),
        contract("long_queue"),
    ),
    "seen only in this generation": (
        script("known_ids", "for set = first_set, first_set + 3 do", "for set = first_set, first_set do"),
        contract("seven_days"),
    ),
    "a new message overtakes a delayed turn": (
        script("common", "if not token or debounce_limit(token) then make_ready", "if true then make_ready"),
        contract("nothing_overtakes"),
    ),
    "a retried turn is forgotten": (
        script("settle", "redis.call('HSET', TOKENS, conversation, DELAYED)", "redis.call('DEL', TURN)"),
        contract("retry_is_the_same_turn"),
    ),
    "a confirmation of a part that is not next": (
        script("confirm", " and is_next(turn, part)"),
        contract("confirmation_of_another_part"),
    ),
    "sending without a look at the lease": (
        application("sending/deliver_reply", "        await lease.require()\n", ""),
        (DELIVERY, HANDOVER),
    ),
    "sending before the reply is saved": (
        application(
            "answering/answer_conversation",
            "        saved = await lease.save_reply(reply)\n",
            "        return replied, None\n",
        ),
        (HANDOVER, "-k", "confirmation_prevents"),  # the others wait in vain for half a minute
    ),
    "no wait for a confirmation after a takeover": (
        application("sending/deliver_reply", "if part is not None and (not_sent", "if False and (not_sent"),
        (TAKEOVERS,),
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_is_noticed(name: str, lab: Laboratory) -> None:
    """At least one of the tests fails without the safety measure."""
    breed, tests = MUTANTS[name]

    with lab.with_mutant(breed()):
        assert lab.notices(*tests)


def test_the_unchanged_copy_is_not(lab: Laboratory) -> None:
    """Otherwise the tests would fail for another reason."""
    words = [tests[2].removeprefix("valkey and ") for _, tests in MUTANTS.values() if tests[0] == CONTRACT]

    assert not lab.notices(*contract(" or ".join(words)))
    assert not lab.notices(DELIVERY, TAKEOVERS, HANDOVER)
