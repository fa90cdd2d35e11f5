"""A person is shown, exported and erased, with every conversation that is joined to theirs."""

from collections.abc import Iterator

import pytest
from attrs import evolve

from adapters.memory.personal_data import MemoryPersonalData
from application.channels import UnknownChannelError
from application.operating.person_data import PersonsData, UnknownPersonError
from application.ports.personal_data import Fence
from application.ports.store import StoreUnavailableError
from domain.conversations.activity import ActivityKind
from domain.people.person import Conversation
from support.answering import Answering
from support.messages import ANA, CONVERSATION, enqueued
from support.turns import answer_texts

NAME = str(CONVERSATION)
# Of a channel that is not configured any more.
JOINED = Conversation(channel="gone", user="4711000")


@pytest.fixture
def answering() -> Answering:
    return Answering()


def persons_of(answering: Answering, **changes: object) -> PersonsData:
    return evolve(answering.use_cases.persons_data, lease_seconds=0.0, settle_seconds=0.0, **changes)


async def heard(answering: Answering) -> None:
    """Ana has written, and is joined to somebody."""
    await answer_texts(answering, "hello")
    await answering.states.change(conversation=CONVERSATION, joined_session="s")
    await answering.states.change(conversation=JOINED, joined_session="s")


async def test_a_person_is_counted_and_exported(answering: Answering) -> None:
    """In all of their conversations."""
    await heard(answering)
    persons = persons_of(answering)

    shown = await persons.show(NAME)
    export = await persons.export(NAME)
    exported = [(conversation, record.kind.value) async for conversation, record in export.records]

    assert shown.conversations == export.conversations == (CONVERSATION, JOINED)
    assert shown.records["state"] == 2
    assert shown.records["text"] >= 1
    assert {JOINED, CONVERSATION} == {conversation for conversation, _ in exported}


async def test_a_person_is_erased_and_forgotten_by_the_runtime(answering: Answering) -> None:
    """What is published does not say whose data it was."""
    await heard(answering)
    persons = persons_of(answering)

    erased = await persons.erase(NAME)
    await answering.use_cases.forget_sessions()

    assert erased.conversations == (CONVERSATION, JOINED)
    assert erased.records > 0
    assert {session for _, session in answering.agent.forgotten} >= {"15550002222", "s"}
    with pytest.raises(UnknownPersonError):
        await persons.show(NAME)
    assert answering.happened == {ActivityKind.PERSONAL_DATA: answering.happened[ActivityKind.PERSONAL_DATA]}
    assert {"action": "erased"} in answering.happened[ActivityKind.PERSONAL_DATA]
    assert not any(ANA.key in str(activity) for activity in answering.feed.activities)


async def test_somebody_unknown_is_an_error(answering: Answering) -> None:
    """A wrong number must not look like an erasure. Nothing is published, and the runtime is asked nothing."""
    persons = persons_of(answering)

    for use in (persons.show, persons.export, persons.erase):
        with pytest.raises(UnknownPersonError, match="nothing is stored of whatsapp:15559998888"):
            await use("whatsapp:15559998888")
        with pytest.raises(UnknownChannelError):
            await use("nowhere:1")
    await answering.use_cases.forget_sessions()

    assert answering.happened == {}
    assert answering.agent.forgotten == []


async def test_a_turn_may_end_first(answering: Answering) -> None:
    """The erasure waits for it, but not for ever: then it is cut off."""
    await answering.accept(enqueued("hello"))
    claim = await answering.claim()
    await answering.mailbox.begin(claim=claim)

    await persons_of(answering, patience_seconds=0.05).erase(NAME)

    assert await answering.mailbox.renew(claims=[claim]) == (claim,)
    assert (await persons_of(answering).show(NAME)).records.keys() == {"old_session"}


class Interrupted(MemoryPersonalData):
    """The process ends at one of the calls to the store."""

    calls: Iterator[int]

    async def fence(self, *, conversation: Conversation, force: bool) -> Fence:
        self._step()
        return await super().fence(conversation=conversation, force=force)

    async def sweep(self, *, conversation: Conversation) -> int:
        self._step()
        return await super().sweep(conversation=conversation)

    async def finish(self, *, name: str) -> None:
        self._step()
        await super().finish(name=name)

    def _step(self) -> None:
        if next(self.calls) == 0:
            raise StoreUnavailableError("away")


@pytest.mark.parametrize("step", range(5))
async def test_an_interrupted_erasure_goes_on_when_it_is_repeated(answering: Answering, step: int) -> None:
    """Also for those who were found by what is erased by now."""
    await heard(answering)
    data = answering.use_cases.personal_data
    assert isinstance(data, MemoryPersonalData)
    broken = Interrupted(
        **{name: getattr(data, name) for name in ("mailbox", "feed", "outbox", "directory", "limiter")},
        shared_sessions=data.shared_sessions,
        requests=data.requests,
    )
    broken.calls = iter(range(-step, 100)) if step else iter(range(100))
    with pytest.raises(StoreUnavailableError):
        await persons_of(answering, data=broken).erase(NAME)

    broken.calls = iter(range(1, 100))
    again = await persons_of(answering, data=broken).erase(NAME)

    assert set(again.conversations) == {CONVERSATION, JOINED}
    for conversation in (CONVERSATION, JOINED):
        assert {record.kind.value async for record in broken.records(conversation=conversation)} <= {"old_session"}
