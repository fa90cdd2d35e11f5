"""The channels of an installation."""

import pytest
from attrs import evolve

from application.channels import Channels, UnknownChannelError
from domain.conversations.state import ConversationState
from domain.people.person import Conversation
from support.answering import Answering


@pytest.mark.parametrize(
    ("template", "session"),
    [("{user}", "15550002222"), ("{channel}:{user}", "whatsapp:15550002222"), ("fixed", "fixed")],
)
def test_the_session_follows_its_template(template: str, session: str) -> None:
    """By default the person's key alone, as the guide says."""
    channel = Answering(session_id=template).channel

    assert channel.session_of(Conversation(channel="whatsapp", user="15550002222"), ConversationState()) == session


def test_a_fresh_start_is_another_session() -> None:
    """Each new session gets its own. The first session has the plain name."""
    channel, conversation = Answering().channel, Conversation(channel="whatsapp", user="15550002222")

    sessions = [channel.session_of(conversation, ConversationState(session=number)) for number in range(3)]

    assert sessions == ["15550002222", "15550002222~new1", "15550002222~new2"]


def test_a_user_id_cannot_break_the_template() -> None:
    """Braces in it are plain text."""
    channel = Answering().channel

    assert channel.session_of(Conversation(channel="whatsapp", user="{channel}"), ConversationState()) == "{channel}"


def test_channels_are_found_by_name() -> None:
    """All of them can be listed."""
    sales, support = (evolve(Answering().channel, name=name) for name in ("sales", "support"))
    channels = Channels.of([sales, support])

    assert (channels["sales"], channels["support"]) == (sales, support)
    assert list(channels) == [sales, support]
    with pytest.raises(UnknownChannelError):
        channels["fax"]
