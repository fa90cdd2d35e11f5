"""Find one person by both forms of their phone number: some channels write numbers with one digit more, or fewer."""

from application.ports.conversation_states import ConversationStates
from application.ports.directory import Directory
from domain.people.alias import Alias, AliasKind
from domain.people.aliases import IdentityChange
from domain.people.person import Conversation, phone_number
from domain.people.phone_numbers import other_writing


async def find_other_form(phone: str, *, channel: str, directory: Directory, states: ConversationStates) -> str | None:
    """The id of the person who wrote from the other form of this number, if nobody wrote from this form.

    Raises:
        StoreUnavailableError: ask again.
    """
    other = other_writing(phone)
    if other is None or await directory.find(channel=channel, alias=Alias(AliasKind.PHONE, phone)) != phone:
        return None
    holder = await directory.find(channel=channel, alias=Alias(AliasKind.PHONE, other))
    if holder is None or not await _has_written(Conversation(channel=channel, user=holder), states):
        return None
    return None if await _has_written(Conversation(channel=channel, user=phone), states) else holder


async def learn_number(
    number: str, *, conversation: Conversation, at: float, directory: Directory, states: ConversationStates
) -> None:
    """The person of `conversation` was reached by `number`, and may answer from it.

    Both numbers lead to one person from then on, unless a person has written from each. `at`: unix seconds.

    Raises:
        StoreUnavailableError: it may be learned again.
    """
    written, channel = conversation.user, conversation.channel
    if number == written or phone_number(written) != written:
        return
    holder = await directory.find(channel=channel, alias=Alias(AliasKind.PHONE, number))
    reached = Conversation(channel=channel, user=number)
    if holder is None or (holder == number and not await _has_written(reached, states)):
        known, new = written, number
    elif holder != written and not await _has_written(conversation, states):
        known, new = number, written
    else:
        return
    before, after = Alias(AliasKind.PHONE, known), Alias(AliasKind.PHONE, new)
    await directory.change(change=IdentityChange(channel=channel, known=(before,), new=(before, after), at=at))


async def _has_written(conversation: Conversation, states: ConversationStates) -> bool:
    return (await states.of(conversation=conversation)).heard_at is not None
