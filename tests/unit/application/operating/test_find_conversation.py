"""Names of people lead to their conversations."""

import pytest
from attrs import evolve

from adapters.memory.conversation_states import MemoryConversationStates
from adapters.memory.directory import MemoryDirectory
from adapters.memory.inbound import MemoryInbound
from application.channels import Channels, UnknownChannelError
from application.operating.find_conversation import FindConversation
from domain.people.aliases import IdentityChange, Observation
from domain.people.person import Conversation, Person
from support.aliases import aliases
from support.signed_channel import whatsapp

OLD, NEW, USER, NEXT_USER = "15550001111", "15550002222", "US.1", "US.2"


@pytest.fixture
def directory() -> MemoryDirectory:
    return MemoryDirectory()


@pytest.fixture
def find(directory: MemoryDirectory) -> FindConversation:
    return FindConversation(channels=Channels.of([whatsapp()]), directory=directory, states=MemoryConversationStates())


async def observe(
    directory: MemoryDirectory, at: float, *, phone: str | None = None, user_id: str | None = None
) -> None:
    await directory.ids(channel="whatsapp", seen=[Observation(person=Person(phone=phone, user_id=user_id), at=at)])


@pytest.mark.parametrize("name", [USER, OLD, f"+{OLD}", "+1 555 000-1111", "1 (555) 000.1111"])
async def test_a_person_first_met_by_user_id(directory: MemoryDirectory, find: FindConversation, name: str) -> None:
    """The number that they showed later finds them too, in any notation."""
    await observe(directory, 1, user_id=USER)
    await observe(directory, 2, user_id=USER, phone=OLD)

    assert str(await find(f"whatsapp:{name}")) == f"whatsapp:{USER}"


@pytest.mark.parametrize("name", [OLD, f"+{OLD}", NEW, f"+{NEW}", USER])
async def test_a_person_who_changed_the_number(directory: MemoryDirectory, find: FindConversation, name: str) -> None:
    """Both numbers find them. We show the old one as their id."""
    await observe(directory, 1, user_id=USER, phone=OLD)
    await directory.change(change=IdentityChange(channel="whatsapp", known=aliases(OLD), new=aliases(NEW), at=2))

    assert str(await find(f"whatsapp:{name}")) == f"whatsapp:{OLD}"


@pytest.mark.parametrize(
    ("name", "user"),
    [(OLD, OLD), (f"+{OLD}", f"{OLD}~2"), (f"{OLD}~2", f"{OLD}~2"), (USER, OLD), (NEXT_USER, f"{OLD}~2")],
)
async def test_a_number_with_its_next_owner(
    directory: MemoryDirectory, find: FindConversation, name: str, user: str
) -> None:
    """With a plus sign it finds its owner of today. Without one it is the id of its first owner."""
    await observe(directory, 1, user_id=USER, phone=OLD)
    await directory.change(change=IdentityChange(channel="whatsapp", known=aliases(OLD), new=aliases(NEW), at=2))
    await observe(directory, 3, user_id=NEXT_USER, phone=OLD)

    assert str(await find(f"whatsapp:{name}")) == f"whatsapp:{user}"


@pytest.mark.parametrize(("name", "user"), [(f"+{OLD}", OLD), ("US.9", "US.9"), ("~2", "~2")])
async def test_an_unknown_person_has_a_conversation(find: FindConversation, name: str, user: str) -> None:
    """Anybody might write."""
    assert str(await find(f"whatsapp:{name}")) == f"whatsapp:{user}"


@pytest.mark.parametrize(("name", "heard"), [("541123456789", "5491123456789"), ("+52 1 55 1234 5678", "525512345678")])
async def test_a_person_known_by_the_other_form_of_a_number(find: FindConversation, name: str, heard: str) -> None:
    """Both forms find them once they have written."""
    person = Conversation(channel="whatsapp", user=heard)
    before = await find(f"whatsapp:{name}")
    await find.states.change(conversation=person, heard_at=1.0)

    assert before != person
    assert await find(f"whatsapp:{name}") == person


@pytest.mark.parametrize("name", ["fax:1", "whatsapp:", "whatsapp", ":1", ""])
async def test_an_unknown_channel(find: FindConversation, name: str) -> None:
    """It has no conversations."""
    with pytest.raises(UnknownChannelError):
        await find(name)


@pytest.mark.parametrize(("name", "user"), [("100123", "100123"), ("-100123", "-100123"), ("+100123", "+100123")])
async def test_a_channel_with_ids_of_digits_reads_them_itself(name: str, user: str) -> None:
    """Only one of these is the person with that id."""
    directory = MemoryDirectory()
    channel = evolve(whatsapp(), name="memory", inbound=MemoryInbound(channel="memory", token="t"))
    find = FindConversation(channels=Channels.of([channel]), directory=directory, states=MemoryConversationStates())
    ana = Observation(person=Person(user_id="100123", name="Ana"), at=1)
    await directory.ids(channel="memory", seen=[ana])

    assert await find(f"memory:{name}") == Conversation(channel="memory", user=user)
