"""People and conversations, and their keys as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people.person import FRESH_SESSION, LATER_OWNER, Conversation, Person, id_of

channels = st.text(min_size=1).filter(lambda name: ":" not in name)
names = st.text(alphabet="1aé.~:%27ENnew", min_size=1, max_size=6)
owners = st.tuples(names, st.integers(1, 30))


def test_the_key_of_a_person_is_the_phone_number() -> None:
    """If it is known."""
    assert Person(phone="15550002222", user_id="US.13491208655302741918").key == "15550002222"


def test_without_a_number_the_key_is_the_user_id() -> None:
    """The person has no other name."""
    assert Person(user_id="US.13491208655302741918").key == "US.13491208655302741918"


@pytest.mark.parametrize("names", [{}, {"name": "Ana"}, {"phone": "", "user_id": ""}])
def test_a_person_needs_an_address(names: dict[str, str]) -> None:
    """Nobody can be reached by a display name."""
    with pytest.raises(ValueError, match="needs a name that the channel knows"):
        Person(**names)


@given(channel=channels, user=st.text(min_size=1))
def test_a_conversation_comes_back_from_its_text(channel: str, user: str) -> None:
    """With any user id, also one with colons."""
    conversation = Conversation(channel=channel, user=user)

    assert Conversation.parse(str(conversation)) == conversation


@pytest.mark.parametrize("text", ["", ":", "whatsapp", "whatsapp:", ":15550002222"])
def test_half_a_conversation_is_refused(text: str) -> None:
    """Both halves are needed."""
    with pytest.raises(ValueError, match="needs a channel and a person"):
        Conversation.parse(text)


@given(one=owners, other=owners)
def test_two_people_never_have_the_same_id(one: tuple[str, int], other: tuple[str, int]) -> None:
    """Whatever names channels use."""
    ids = {id_of(name, owner=owner) for name, owner in (one, other)}

    assert len(ids) == len({one, other})


@given(one=owners)
def test_no_id_holds_what_marks_a_fresh_session(one: tuple[str, int]) -> None:
    """Nor the colon after a channel's name."""
    id_ = id_of(one[0], owner=one[1])

    assert FRESH_SESSION not in id_
    assert ":" not in id_


@pytest.mark.parametrize("name", ["15550002222", "US.13491208655302741918", "US.ENT.11815799212886844830"])
def test_names_of_whatsapp_are_ids_without_escapes(name: str) -> None:
    """The id of a later owner names its number among the owners."""
    assert (id_of(name), id_of(name, owner=3)) == (name, f"{name}{LATER_OWNER}3")
