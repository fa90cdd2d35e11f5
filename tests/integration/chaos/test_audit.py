"""The audit finds violations. One that finds none would approve of any service."""

from attrs import evolve

from chaos.agent import NAME, OTHER_NAME, Call, answer_to
from chaos.audit import Audit, Evidence
from chaos.faults import Incident
from chaos.leftovers import Leftovers
from chaos.meta import Send
from chaos.plan import Channel, Fault, Written
from chaos.sender import Acceptance
from domain.conversations.proposals import Proposal, ProposedAction
from domain.people.person import Conversation, Person

ANA = "15550000001"
SECONDS_APART = 20.0


def written(number: int) -> Written:
    return Written(person=ANA, number=number)


def send(*numbers: int, turn: str = "7-0", part: int = 0, at: float = 100.0, run: int = 1) -> Send:
    """Meta accepted an answer to these messages from the first worker, and confirmed it soon."""
    body = "\n\n".join(answer_to(str(number), run, turn) for number in numbers)
    reference = f"{turn}/{part}/whatsapp:{ANA}"
    return Send(at=at, worker=0, person=ANA, reference=reference, body=body, confirmed=at + 0.5)


def proposal(*, turn: str = "7-0", run: int = 1, at: float = 1.0) -> Proposal:
    """What a run of that turn proposed."""
    (made,) = Proposal.of_turn(
        [ProposedAction(tool="order", arguments=f'{{"run":{run}}}')],
        turn_id=turn,
        conversation=Conversation(channel="whatsapp", user=ANA),
        person=Person(phone=ANA),
        agent="echo",
        at=at,
    )
    return made


def audit(
    *sends: Send, messages: int = 2, incidents: tuple[Incident, ...] = (), proposals: tuple[Proposal, ...] = ()
) -> Audit:
    """The messages were accepted one after the other, well before everything else."""
    taken = {written(number): Acceptance(posted=number, acknowledged=number + 0.5) for number in range(messages)}
    left = Leftovers(proposals=proposals)
    return Audit(Evidence(taken=taken, sends=sends, runs={}, incidents=incidents, leftovers=left))


def incident(fault: Fault, *, began: float, ended: float | None = None, target: int = 0) -> Incident:
    return Incident(fault=fault, target=target, began=began, ended=began if ended is None else ended)


def test_without_violations_nothing_is_found() -> None:
    """Every message is answered once, in order."""
    found = audit(send(0), send(1, turn="8-0", at=101))

    assert found.not_accepted() == found.lost() == found.out_of_order() == found.answered_twice() == []
    assert found.repeats.all() == found.stuck() == found.keys_left() == []


def test_each_answered_turn_proposes_once() -> None:
    """What the run proposed whose answer was sent, and nothing of another run."""
    sound = audit(send(0, run=2), send(0, part=1, run=2), proposals=(proposal(run=2),))
    lost = audit(send(0, run=2), proposals=(proposal(run=1),))
    twice = audit(send(0), proposals=(proposal(), proposal(run=2, at=2.0)))

    assert (sound.proposed_twice(), sound.proposals_lost()) == ([], [])
    assert (lost.proposed_twice(), lost.proposals_lost()) == ([], ["turn 7-0, run 2"])
    assert (twice.proposed_twice(), twice.proposals_lost()) == (["turn 7-0: 2 times"], [])


def call(turn: str, agent: str, *, run: int = 1, hands_to: str = "") -> Call:
    return Call(channel="whatsapp", person=ANA, turn=turn, run=run, agent=agent, hands_to=hands_to)


def audit_of_calls(*calls: Call, sends: tuple[Send, ...]) -> Audit:
    return Audit(evolve(audit(*sends).evidence, calls=calls))


def test_the_agent_that_was_named_answers_the_next_turn() -> None:
    """What was not sent names nobody: the run whose answer was sent decides."""
    sends = (send(0, run=2), send(1, turn="8-0", at=101))
    handed = (call("7-0", NAME), call("7-0", NAME, run=2, hands_to=OTHER_NAME))
    kept = (call("7-0", NAME, hands_to=OTHER_NAME), call("7-0", NAME, run=2))

    assert audit_of_calls(*handed, call("8-0", OTHER_NAME), sends=sends).handoffs_lost() == []
    assert audit_of_calls(*handed, call("8-0", OTHER_NAME), sends=sends).handoffs() == 1
    assert audit_of_calls(*handed, call("8-0", NAME), sends=sends).handoffs_lost()
    assert audit_of_calls(*kept, call("8-0", NAME), sends=sends).handoffs_lost() == []
    assert audit_of_calls(*kept, call("8-0", OTHER_NAME), sends=sends).handoffs_lost()


def test_the_first_agent_is_the_channels_and_a_turn_keeps_its_agent() -> None:
    """Whoever tries it again. After a turn of which nothing was sent, its answer may have been stored or not."""
    unsent = (call("7-0", NAME, hands_to=OTHER_NAME),)

    assert audit_of_calls(call("7-0", OTHER_NAME), sends=()).handoffs_lost()
    assert audit_of_calls(call("7-0", NAME), call("7-0", OTHER_NAME, run=2), sends=()).handoffs_lost()
    assert audit_of_calls(*unsent, call("8-0", NAME), sends=()).handoffs_lost() == []
    assert audit_of_calls(*unsent, call("8-0", OTHER_NAME), sends=()).handoffs_lost() == []


def test_a_message_that_was_not_answered_is_lost() -> None:
    """It was accepted, and then nothing was sent."""
    assert audit(send(0)).lost() == [written(1).id]


def test_a_message_that_was_never_answered_200_is_not_accepted() -> None:
    """The channel would deliver it again, so it is not lost."""
    found = audit(send(0))
    found.evidence.taken[written(1)].acknowledged = None

    assert (found.not_accepted(), found.lost()) == ([written(1).id], [])


def test_an_answer_that_overtook_another_is_out_of_order() -> None:
    """In two turns, or in one."""
    assert audit(send(1), send(0, turn="8-0", at=101)).out_of_order()
    assert audit(send(1, 0)).out_of_order()


def test_messages_that_came_at_the_same_time_have_no_order() -> None:
    """The later one was posted before the earlier one was accepted."""
    found = audit(send(1), send(0, turn="8-0", at=101))
    found.evidence.taken[written(1)].posted = 0

    assert found.out_of_order() == []


def test_within_a_turn_the_timestamps_decide() -> None:
    """Whenever its messages arrived."""
    found = audit(send(0, 1))
    mixed = Audit(evolve(found.evidence, runs={"7-0": [[1, 0]]}))

    assert mixed.out_of_order()


def test_an_answer_in_two_turns_or_of_two_runs_is_answered_twice() -> None:
    """After any crash: a reply is stored before it is sent."""
    assert audit(send(0), send(0, turn="8-0", at=101)).answered_twice()
    assert audit(send(0), send(0, run=2, at=101)).answered_twice()


def test_a_part_sent_twice_needs_a_cause() -> None:
    """Its worker or the store went down during the send, or the send was not answered. Other incidents are no cause."""
    first, second = send(0), send(0, at=100 + SECONDS_APART)

    assert audit(first, second).repeats.without_cause()
    assert audit(first, second, incidents=(incident(Fault.KILL_WORKER, began=100, target=1),)).repeats.without_cause()
    assert audit(first, second, incidents=(incident(Fault.KILL_WORKER, began=110),)).repeats.without_cause()
    assert audit(first, second, incidents=(incident(Fault.KILL_WEB, began=100),)).repeats.without_cause()
    assert not audit(first, second, incidents=(incident(Fault.KILL_WORKER, began=100.2),)).repeats.without_cause()
    assert not audit(
        first, second, incidents=(incident(Fault.KILL_STORE, began=99, ended=101),)
    ).repeats.without_cause()
    assert not audit(evolve(first, answered=False), second).repeats.without_cause()
    assert not Audit(
        evolve(audit(first, second).evidence, unconfirmed_attempts=frozenset({"7-0"}))
    ).repeats.without_cause()


def test_a_confirmed_part_is_not_sent_again() -> None:
    """Nor before the channel had the time to confirm it. Later, without a confirmation, it may be."""
    first, second = send(0), send(0, at=100 + SECONDS_APART)
    unconfirmed = evolve(first, confirmed=None)

    assert audit(first, second).repeats.though_confirmed()
    assert audit(unconfirmed, evolve(second, at=101)).repeats.though_confirmed()
    assert not audit(unconfirmed, second).repeats.though_confirmed()


def test_a_worker_frozen_before_a_send_cannot_know() -> None:
    """Nothing stops a send that was under way when its worker froze."""
    first, second = send(0), evolve(send(0, at=110), worker=1)
    found = audit(first, second, incidents=(incident(Fault.FREEZE_WORKER, began=99, ended=109.5, target=1),))

    assert (found.repeats.though_confirmed(), found.repeats.without_cause()) == ([], [])
    assert found.repeats.though_confirmed_in_time()


def test_what_is_left_in_the_store_is_found() -> None:
    """A conversation that is not idle, and keys of kinds an idle store does not have."""
    left = Leftovers(tokens=("whatsapp:1",), leased=1)
    left.kinds.update(["ready", "turn", "turn", "seen"])
    found = Audit(evolve(audit(send(0, 1)).evidence, leftovers=left))

    assert found.stuck() == ["whatsapp:1", "1 leased"]
    assert found.keys_left() == ["2 of turn"]


def test_the_same_digits_on_two_channels_are_two_people() -> None:
    """What is lost on one channel is not answered on the other, and is counted there."""
    found = audit(send(0), send(1, turn="8-0", at=101))
    elsewhere = Written(person=ANA, number=0, channel=Channel.TELEGRAM)
    both = Audit(
        evolve(found.evidence, taken={**found.evidence.taken, elsewhere: Acceptance(posted=0, acknowledged=0.5)})
    )

    lost = {channel: Audit(both.evidence.of(channel)).lost() for channel in Channel}

    assert both.lost() == [elsewhere.id]
    assert lost == {Channel.WHATSAPP: [], Channel.TELEGRAM: [elsewhere.id]}


def test_nothing_confirms_a_send_on_telegram() -> None:
    """So the part may be sent again at once, but only with a cause."""
    first = evolve(send(0), channel=Channel.TELEGRAM, confirms=False, confirmed=None)
    repeats = audit(first, evolve(first, at=first.at + 1)).repeats

    assert (len(repeats.all()), len(repeats.without_cause()), repeats.though_confirmed()) == (1, 1, [])
