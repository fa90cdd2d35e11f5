"""Join a person's conversations on several channels: the agent has one session with them."""

from attrs import frozen

from application.channels import Channels
from application.phone_numbers import find_other_form
from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.directory import Directory
from domain.conversations.activity import Activity, ActivityKind
from domain.people.alias import Alias, AliasKind
from domain.people.person import Conversation


class CannotJoinError(Exception):
    """These conversations cannot be joined, or separated. The message says why."""


@frozen(kw_only=True)
class JoinPeople:
    """The conversations stay what they are: each has its messages, its names and its order.

    Only the session of the agent becomes that of the one that the other was joined to.
    """

    channels: Channels
    directory: Directory
    states: ConversationStates
    feed: ActivityFeed
    clock: Clock

    async def __call__(self, *, conversation: Conversation, to: Conversation, why: str) -> str:
        """Let the agent go on in the session of `to`. Returns that session's first id. To repeat it changes nothing.

        Raises:
            CannotJoinError: nothing changed.
            StoreUnavailableError: perhaps only `to` knows it yet; ask again.
        """
        if conversation.channel == to.channel:
            raise CannotJoinError("both conversations are on the same channel")
        state, target = await self.states.of(conversation=conversation), await self.states.of(conversation=to)
        if state.heard_at is None or target.heard_at is None:
            raise CannotJoinError("both must have written")
        session = target.joined_session or self._own_session(to)
        if state.joined_session == session:
            return session
        if state.joined_session:
            raise CannotJoinError("it is joined already")
        # First the one whose session it is: from then on its turns give way to those of the other.
        await self.states.change(conversation=to, joined_session=session)
        await self.states.change(conversation=conversation, joined_session=session, session=target.session)
        await self._publish(conversation, joined_to=str(to), why=why)
        return session

    async def by_phone(self, phone: str, *, conversation: Conversation) -> str:
        """Join the person to the first other channel that proves that they write from this number there, too.

        Returns the session, or nothing where there is no such channel.

        Raises:
            StoreUnavailableError: ask again.
        """
        for channel in self.channels:
            if channel.name == conversation.channel or not channel.verifies_senders:
                continue
            user = await find_other_form(phone, channel=channel.name, directory=self.directory, states=self.states)
            for kind in (AliasKind.PHONE, AliasKind.SHARED_PHONE):
                user = user or await self.directory.find(channel=channel.name, alias=Alias(kind, phone))
            try:
                to = Conversation(channel=channel.name, user=user or phone)
                return await self(conversation=conversation, to=to, why="they shared their number")
            except CannotJoinError:
                continue
        return ""

    async def separate(self, *, conversation: Conversation) -> None:
        """Let the agent go on in the conversation's own session.

        Raises:
            CannotJoinError: nothing changed.
            StoreUnavailableError: ask again.
        """
        joined = (await self.states.of(conversation=conversation)).joined_session
        if joined == self._own_session(conversation):
            raise CannotJoinError("other conversations are joined to it; separate those")
        await self.states.change(conversation=conversation, joined_session="")
        await self._publish(conversation, joined_to="", why="an operator separated them")

    def _own_session(self, conversation: Conversation) -> str:
        return self.channels[conversation.channel].session_numbered(0, conversation)

    async def _publish(self, conversation: Conversation, **detail: str) -> None:
        activity = Activity.within(conversation, kind=ActivityKind.IDENTITY, at=self.clock.now(), **detail)
        await self.feed.publish(activities=[activity])
