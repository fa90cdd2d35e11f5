"""Find a conversation by any name of the person."""

from attrs import frozen

from application.channels import Channels, UnknownChannelError
from application.phone_numbers import find_other_form
from application.ports.conversation_states import ConversationStates
from application.ports.directory import Directory
from domain.people.alias import AliasKind
from domain.people.person import LATER_OWNER, Conversation


@frozen(kw_only=True)
class FindConversation:
    """By any name that the channel reads, such as a phone number or a user id, or by the id we show."""

    channels: Channels
    directory: Directory
    states: ConversationStates

    async def __call__(self, name: str) -> Conversation:
        """`name`: `channel:user`. An unknown person has a conversation too: they may write later.

        Some numbers have two forms (see `other_writing`). A person who wrote from one of them is found by both.

        Several people may have had a number, one after the other. With a plus sign, the number means its present
        holder. Without one, it is the id of the first holder; later holders have ids of their own (see `Directory`).

        Raises:
            UnknownChannelError: no such channel, or the name is none.
            StoreUnavailableError: ask again.
        """
        try:
            meant = Conversation.parse(name)
        except ValueError as error:
            raise UnknownChannelError(name) from error
        channel = self.channels[meant.channel]
        alias, user = channel.inbound.person(text=meant.user).main_alias, None
        if alias.kind is AliasKind.PHONE:
            user = await find_other_form(
                alias.value, channel=channel.name, directory=self.directory, states=self.states
            )
        user = user or await self.directory.find(channel=channel.name, alias=alias) or alias.written
        is_later_owner = user.startswith(f"{alias.written}{LATER_OWNER}") and not meant.user.startswith("+")
        return Conversation(channel=channel.name, user=alias.written if is_later_owner else user)
