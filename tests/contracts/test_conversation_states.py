"""Both stores of conversation states keep the contract."""

import pytest

from adapters.memory.conversation_states import MemoryConversationStates
from adapters.redis.connection import StoreConnections
from adapters.redis.conversation_states import RedisConversationStates
from adapters.redis.keys import Keys
from application.ports.store import StoreUnavailableError
from contracts.conversation_states_contract import ANA, CHOICES, ConversationStatesContract, notes
from domain.conversations.state import ConversationState

DAY = 24 * 3600


class TestMemoryConversationStates(ConversationStatesContract):
    @pytest.fixture
    def states(self) -> MemoryConversationStates:
        return MemoryConversationStates()


class TestRedisConversationStates(ConversationStatesContract):
    @pytest.fixture
    def states(self, store: StoreConnections, keys: Keys) -> RedisConversationStates:
        return RedisConversationStates(store=store, keys=keys)

    @pytest.fixture
    def name(self, keys: Keys) -> str:
        """The key of the state, beside the other keys of the conversation."""
        return keys.of(0, f"state:{ANA}")

    async def test_an_old_state_is_forgotten(
        self, states: RedisConversationStates, store: StoreConnections, name: str
    ) -> None:
        """Ninety days after the last change."""
        await states.change(conversation=ANA, session=1)
        await store.commands.expire(name, DAY)
        await states.of(conversation=ANA)
        looked_at = await store.commands.ttl(name)
        await states.change(conversation=ANA, session=2)

        assert [round(seconds / DAY) for seconds in (looked_at, await store.commands.ttl(name))] == [1, 90]

    async def test_an_empty_state_costs_no_key(
        self, states: RedisConversationStates, store: StoreConnections, name: str
    ) -> None:
        """Clearing the last field deletes the key."""
        await states.change(conversation=ANA, human_until=1.0, choices=CHOICES)
        await states.note(conversation=ANA, agent_notes=notes("hello?"))
        await states.change(conversation=ANA, heard=notes("hello?"), human_until=None, choices=())

        assert not await store.commands.exists(name)

    async def test_an_unreadable_field_is_blank(
        self, states: RedisConversationStates, store: StoreConnections, name: str
    ) -> None:
        """A later version may have written it in another form, or added it."""
        broken = {
            "heard_at": "yesterday",
            "human_until": "",
            "session": "1.5",
            "agent_notes": "[1]",
            "choices": '[{"id": "", "title": "no id"}]',
            "left_out": "some",
            "moved_to": '{"name": "Ana"}',
            "mood": "good",
        }
        await store.commands.hset(name, mapping=broken)
        assert await states.of(conversation=ANA) == ConversationState()

        await store.commands.hset(name, mapping={"heard_at": "1.5", "choices": '{"id": "a"}', "agent_notes": "{"})
        assert await states.of(conversation=ANA) == ConversationState(heard_at=1.5)

    @pytest.mark.parametrize("unreadable", ["{", "0", "[1]"])
    async def test_an_unreadable_state_can_be_changed(
        self, states: RedisConversationStates, store: StoreConnections, name: str, unreadable: str
    ) -> None:
        """The change replaces it."""
        await store.commands.hset(name, mapping=dict.fromkeys(("agent_notes", "human_until", "left_out"), unreadable))
        await states.note(conversation=ANA, agent_notes=notes("hello?"))
        await states.change(conversation=ANA, heard=notes("bye"), human_until=1.0, heard_at=2.0)

        assert await states.of(conversation=ANA) == ConversationState(
            heard_at=2.0, human_until=1.0, agent_notes=notes("hello?")
        )

    async def test_the_store_forgets_notes_as_well(
        self, states: RedisConversationStates, store: StoreConnections, name: str
    ) -> None:
        """Ninety days after the last one."""
        await states.note(conversation=ANA, agent_notes=notes("hello?"))

        assert round(await store.commands.ttl(name) / DAY) == 90
        assert await store.commands.hkeys(name) == ["agent_notes"]

    async def test_a_refusal_of_marketing_is_never_forgotten(
        self, states: RedisConversationStates, store: StoreConnections, name: str
    ) -> None:
        """Until the person accepts marketing again. Then the state expires like any other."""
        await states.note(conversation=ANA, agent_notes=notes("hello?"))
        await states.change(conversation=ANA, marketing_stopped_at=1.0)
        await states.note(conversation=ANA, agent_notes=notes("still there?"))
        for_good = [await store.commands.ttl(name)]
        await states.change(conversation=ANA, marketing_resumed_at=1.0)  # of the same second, the stop counts
        for_good.append(await store.commands.ttl(name))
        await states.change(conversation=ANA, marketing_resumed_at=2.0)

        assert for_good == [-1, -1]
        assert round(await store.commands.ttl(name) / DAY) == 90

    async def test_without_the_store_it_raises(self, keys: Keys) -> None:
        """An error of the application, not of the driver."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)
        states = RedisConversationStates(store=away, keys=keys)

        with pytest.raises(StoreUnavailableError):
            await states.of(conversation=ANA)
        with pytest.raises(StoreUnavailableError):
            await states.change(conversation=ANA, session=1)
        await away.aclose()
