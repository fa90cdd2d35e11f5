"""People and conversations, and the text a conversation is filed under."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversations import Conversation, Person

channels = st.text(min_size=1).filter(lambda name: ":" not in name)


def test_a_person_is_filed_under_the_phone_number() -> None:
    """Where it is known."""
    assert Person(phone="15550002222", user_id="US.13491208655302741918").key == "15550002222"


def test_a_person_who_hides_the_number_is_filed_under_the_user_id() -> None:
    """It is the only name there is."""
    assert Person(user_id="US.13491208655302741918").key == "US.13491208655302741918"


@pytest.mark.parametrize("names", [{}, {"name": "Ana"}, {"phone": "", "user_id": ""}])
def test_a_person_without_an_address_cannot_be(names: dict[str, str]) -> None:
    """A display name reaches nobody."""
    with pytest.raises(ValueError, match="needs a phone number or a user id"):
        Person(**names)


@given(channel=channels, user=st.text(min_size=1))
def test_a_conversation_comes_back_from_its_text(channel: str, user: str) -> None:
    """Whatever the person's id looks like, colons included."""
    conversation = Conversation(channel=channel, user=user)

    assert Conversation.parse(str(conversation)) == conversation


@pytest.mark.parametrize("text", ["", ":", "whatsapp", "whatsapp:", ":15550002222"])
def test_half_a_conversation_is_refused(text: str) -> None:
    """Both halves are needed."""
    with pytest.raises(ValueError, match="Length of"):
        Conversation.parse(text)
