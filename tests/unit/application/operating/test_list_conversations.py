"""The list of conversations: search, filters and pages."""

import pytest
from attrs import define, evolve, field

from adapters.memory.clock import FakeClock
from application.operating import list_conversations
from application.operating.list_conversations import ConversationFilter, ListConversations
from application.ports.transcripts import ListedConversation
from domain.conversations.activity import Activity, ActivityKind
from domain.people.person import Conversation
from support.answering import Answering
from support.messages import ANA, BOB, CONVERSATION, enqueued, message
from support.turns import answer_once, answer_texts

RECEIVED = Activity(kind=ActivityKind.RECEIVED, channel="whatsapp", at=1.0)


async def received(answering: Answering, *people: str) -> None:
    for person in people:
        named = {"Ana": ANA, "Bob": BOB}[person]
        await answering.receive.store_messages.intake.store(
            messages=[evolve(enqueued(), message=message(person=named))], activities=[RECEIVED]
        )


async def names(answering: Answering, search: str = "", *filters: ConversationFilter, channel: str = "") -> list[str]:
    page = await answering.use_cases.list_conversations(
        limit=10, search=search, channels=(channel,) if channel else (), filters=filters
    )
    return [found.listed.name for found in page.found]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", ["Bob", "Ana"]),
        ("ana", ["Ana"]),
        ("  BOB ", ["Bob"]),
        ("whatsapp:15550003333", ["Bob"]),
        ("3333", ["Bob"]),
        ("+1 (555) 000-22", ["Ana"]),
        ("+1", []),
        ("nobody", []),
    ],
)
async def test_a_search_finds_numbers_names_and_ids(search: str, found: list[str]) -> None:
    """As people write them."""
    answering = Answering()
    await received(answering, "Ana", "Bob")

    assert await names(answering, search) == found


async def test_filters() -> None:
    """All that are given must hold."""
    answering = Answering()
    await received(answering, "Ana", "Bob")
    waiting, human = ConversationFilter.WAITING, ConversationFilter.HUMAN
    await answering.take_over.begin(conversation=CONVERSATION, seconds=60, why="an operator took over")
    assert await names(answering, "", waiting) == ["Ana", "Bob"]

    for _ in range(2):
        await answer_once(answering)

    assert await names(answering, "", waiting) == []
    assert await names(answering, "", human) == ["Ana"]
    assert await names(answering, "", human, waiting) == []
    assert await names(answering, "", ConversationFilter.FAILED) == []
    assert await names(answering, channel="telegram") == []


@define
class ManyConversations:
    """A list of so many conversations, of which every tenth waits: all the longer, the older it is."""

    count: int
    failed: frozenset[Conversation] = frozenset()
    asked: list[int] = field(factory=list)

    async def newest(self, *, limit: int, after: str | None = None) -> object:
        from application.ports.transcripts import ListedPage  # noqa: PLC0415

        first = self.count - int(after.partition(":")[0]) // 1000 if after else 0
        self.asked.append(limit)
        numbers = range(first + bool(after), min(first + bool(after) + limit, self.count))
        listed = tuple(
            ListedConversation(
                conversation=Conversation(channel="whatsapp", user=str(number)),
                last_at=float(self.count - number),
                waits=number % 10 == 0,
            )
            for number in numbers
        )
        end = f"{round(listed[-1].last_at * 1000)}:{listed[-1].conversation}" if len(listed) == limit else None
        return ListedPage(conversations=listed, end=end)

    async def waiting_seconds(self, *, conversations: list[Conversation]) -> tuple[float, ...]:
        return tuple(float(one.user) for one in conversations)

    async def with_dead_letters(self) -> frozenset[Conversation]:
        return self.failed


def listing(many: ManyConversations) -> ListConversations:
    return ListConversations(transcripts=many, clock=FakeClock())  # type: ignore[arg-type]


async def test_pages_of_a_filter_follow_each_other() -> None:
    """None is missing, and none is twice."""
    find, end, found = listing(ManyConversations(count=2500)), None, []
    while True:
        page = await find(limit=70, after=end, filters=[ConversationFilter.LATE])
        found += [int(one.listed.conversation.user) for one in page.found]
        if (end := page.end) is None:
            break

    assert found == list(range(310, 2500, 10))


async def test_one_call_looks_at_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is empty then, and there is a next one."""
    monkeypatch.setattr(list_conversations, "MAX_SCANNED", 2000)
    page = await listing(ManyConversations(count=5000))(limit=50, search="nobody")

    assert page.found == ()
    assert page.end is not None


async def test_without_a_filter_no_more_are_read_than_shown() -> None:
    """That is what a console asks for most."""
    many = ManyConversations(count=5000, failed=frozenset({Conversation(channel="whatsapp", user="1")}))
    page = await listing(many)(limit=50)

    assert many.asked == [50]
    assert [one.failed for one in page.found[:3]] == [False, True, False]


async def test_the_transcript_of_turns() -> None:
    """What was said, by whom, and what happened between."""
    answering = Answering()
    await received(answering, "Ana")
    await answer_once(answering)
    await answering.take_over.begin(conversation=CONVERSATION, seconds=60, why="an operator took over")
    await answer_texts(answering, "are you there?")
    await answering.take_over.end(conversation=CONVERSATION)

    entries = await answering.transcripts.page(conversation=CONVERSATION, limit=10)
    told = [
        (type(entry.what).__name__, getattr(entry.what, "kind", ""), getattr(entry.what, "reason", ""))
        for entry in entries
    ]
    assert told == [
        ("InboundMessage", "", ""),
        ("SentPart", "", ""),
        ("TranscriptEvent", "human", "an operator took over"),
        ("TranscriptEvent", "held", "a human answers"),
        ("TranscriptEvent", "human", "the agent answers again"),
    ]
