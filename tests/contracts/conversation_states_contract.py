"""What every store of conversation states promises."""

import math

import pytest

from application.ports.conversation_states import ConversationStates, StateChanges
from domain.conversations.agent_notes import MAX_AGENT_NOTES, MAX_NOTE_LENGTH, MAX_NOTES_LENGTH, AgentNote, NoteKind
from domain.conversations.state import ConversationState
from domain.messages.shared_values import Choice
from domain.people.person import Conversation, Person

ANA = Conversation(channel="whatsapp", user="15550002222")
BOB = Conversation(channel="whatsapp", user="15550003333")
CHOICES = (Choice(id="s", title="Small"), Choice(id="l", title="Large \U0001f455", description="42 or more"))
MOVED = Person(phone="15550004444", user_id="US.1", name="Ana")


def notes(*texts: str) -> tuple[AgentNote, ...]:
    return tuple(AgentNote(text=text) for text in texts)


class ConversationStatesContract:
    """Inherit, and provide the fixture `states`."""

    async def test_a_new_conversation_is_blank(self, states: ConversationStates) -> None:
        """No state has to be created first."""
        assert await states.of(conversation=ANA) == ConversationState()

    @pytest.mark.parametrize(
        "changes",
        [
            {"heard_at": 1_750_000_000.123456},
            {"heard_at": 0.0},
            {"human_until": 1_750_000_000.25},
            {"human_until": math.inf},
            {"session": 3},
            {"choices": CHOICES},
            {"moved_to": MOVED, "moved_at": 1_750_000_000.5},
            {"marketing_stopped_at": 1_750_000_000.5},
            {"marketing_resumed_at": 1_750_000_000.5},
            {"unreachable_at": 1_750_000_000.5, "reachable_at": 1_750_000_001.5},
            {"answered_session": 0},
            {"answered_session": 3},
            {"answered_at": 1_750_000_000.5, "quick_rounds": 7, "loop_until": 1_750_000_600.25},
            {"shared_phone": "15550002222", "joined_session": "whatsapp:a%7E2~new1"},
            {"agent": "sales/billing", "agent_rule": 'rule "\u00e9"'},
        ],
    )
    async def test_a_field_comes_back_as_it_was_set(self, states: ConversationStates, changes: StateChanges) -> None:
        """The other fields stay blank."""
        await states.change(conversation=ANA, **changes)

        assert await states.of(conversation=ANA) == ConversationState(**changes)

    async def test_a_change_sets_only_its_fields(self, states: ConversationStates) -> None:
        """The others keep their values."""
        await states.change(conversation=ANA, heard_at=1.0, session=1, choices=CHOICES)
        await states.note(conversation=ANA, agent_notes=notes("liked it"))
        await states.change(conversation=ANA, session=2)

        expected = ConversationState(heard_at=1.0, session=2, choices=CHOICES, agent_notes=notes("liked it"))
        assert await states.of(conversation=ANA) == expected

    @pytest.mark.parametrize(
        "blank",
        [
            {"heard_at": None},
            {"human_until": None},
            {"session": 0},
            {"choices": ()},
            {"moved_to": None, "moved_at": 0.0},
            {"marketing_stopped_at": None},
            {"marketing_resumed_at": None},
            {"unreachable_at": None, "reachable_at": None},
            {"answered_session": None},
            {"answered_at": None, "quick_rounds": 0, "loop_until": None},
            {"agent": "", "agent_rule": ""},
        ],
    )
    async def test_a_field_can_be_cleared(self, states: ConversationStates, blank: StateChanges) -> None:
        """The others keep their values."""
        full: StateChanges = {
            "heard_at": 1.0,
            "human_until": 2.0,
            "session": 1,
            "choices": CHOICES,
            "moved_to": MOVED,
            "moved_at": 3.0,
            "marketing_stopped_at": 4.0,
            "marketing_resumed_at": 5.0,
            "unreachable_at": 5.5,
            "reachable_at": 5.6,
            "answered_session": 2,
            "answered_at": 6.0,
            "quick_rounds": 7,
            "loop_until": 8.0,
            "agent": "billing",
            "agent_rule": "rule 1",
        }
        await states.change(conversation=ANA, **full)
        await states.change(conversation=ANA, **blank)

        assert await states.of(conversation=ANA) == ConversationState(**{**full, **blank})

    @pytest.mark.parametrize("times", [(9.5, 10.25), (10.25, 9.5), (math.inf, 10.25), (10.25, math.inf)])
    async def test_the_later_of_two_times_is_kept(self, states: ConversationStates, times: tuple[float, float]) -> None:
        """In any order of calls: a shorter takeover does not end a longer one."""
        marketing, reachability = ("marketing_stopped_at", "marketing_resumed_at"), ("unreachable_at", "reachable_at")
        names = ("heard_at", "human_until", *marketing, *reachability)
        for time in times:
            await states.change(conversation=ANA, **dict.fromkeys(names, time))  # type: ignore[arg-type]

        assert await states.of(conversation=ANA) == ConversationState(**dict.fromkeys(names, max(times)))  # type: ignore[arg-type]

    async def test_a_cleared_time_can_be_set_to_an_earlier_one(self, states: ConversationStates) -> None:
        """After a takeover was ended, a shorter one may begin."""
        for until in (math.inf, None, 1.0):
            await states.change(conversation=ANA, human_until=until)

        assert (await states.of(conversation=ANA)).human_until == 1.0

    async def test_notes_are_kept_in_their_order(self, states: ConversationStates) -> None:
        """In the order they were added, each once: the event of a note may come twice."""
        agent_notes = notes('She put "\u2764\ufe0f" to\n"See/you\\"', "\x00 \u2028")
        await states.note(conversation=ANA, agent_notes=agent_notes)
        await states.note(conversation=ANA, agent_notes=[*notes("hello?"), agent_notes[0]])
        await states.note(conversation=ANA, agent_notes=[])

        assert await states.of(conversation=ANA) == ConversationState(agent_notes=(*agent_notes, *notes("hello?")))

    async def test_notes_with_the_same_text_and_another_kind_are_two(self, states: ConversationStates) -> None:
        """Both are kept, and removed one by one."""
        wrote, did = (AgentNote(kind=kind, text="yes") for kind in (NoteKind.COLLEAGUE_WROTE, NoteKind.COLLEAGUE_DID))
        await states.note(conversation=ANA, agent_notes=[wrote, did, wrote])
        assert await states.of(conversation=ANA) == ConversationState(agent_notes=(wrote, did))

        await states.change(conversation=ANA, heard=[wrote])

        assert await states.of(conversation=ANA) == ConversationState(agent_notes=(did,))

    async def test_notes_added_during_a_run_of_the_agent_stay(self, states: ConversationStates) -> None:
        """Only the notes that the agent has read are removed."""
        await states.note(conversation=ANA, agent_notes=notes("one", "two"))
        heard = (await states.of(conversation=ANA)).agent_notes
        await states.note(conversation=ANA, agent_notes=notes("three"))
        await states.change(conversation=ANA, heard=heard, session=1)

        assert await states.of(conversation=ANA) == ConversationState(session=1, agent_notes=notes("three"))
        await states.change(conversation=ANA, heard=notes("three"))
        assert await states.of(conversation=ANA) == ConversationState(session=1)

    async def test_the_earliest_of_too_many_notes_are_left_out(self, states: ConversationStates) -> None:
        """The state counts them until the agent has read how many are missing."""
        agent_notes = notes(*(f"note {number}" for number in range(MAX_AGENT_NOTES + 3)))
        await states.note(conversation=ANA, agent_notes=agent_notes[:-2])
        await states.note(conversation=ANA, agent_notes=agent_notes[-2:])

        assert await states.of(conversation=ANA) == ConversationState(agent_notes=agent_notes[3:], left_out=3)
        await states.change(conversation=ANA, session=1)
        assert await states.of(conversation=ANA) == ConversationState(
            agent_notes=agent_notes[3:], left_out=3, session=1
        )
        await states.change(conversation=ANA, heard=agent_notes[3:])
        assert await states.of(conversation=ANA) == ConversationState(session=1)

    @pytest.mark.parametrize("letter", ["x", "\u00fc", "\U0001f455", "\u0b95"])
    async def test_the_earliest_of_notes_that_are_too_long_are_left_out(
        self, states: ConversationStates, letter: str
    ) -> None:
        """In any script. A long note is cut, and all notes together have a maximum length."""
        agent_notes = notes(*(f"{number}{letter * (MAX_NOTES_LENGTH // 5 - 2)}" for number in range(10, 17)))
        await states.note(conversation=ANA, agent_notes=agent_notes)

        assert await states.of(conversation=ANA) == ConversationState(agent_notes=agent_notes[2:], left_out=2)
        await states.note(conversation=ANA, agent_notes=notes(letter * 10 * MAX_NOTE_LENGTH))
        state = await states.of(conversation=ANA)
        assert state.agent_notes[-1].text.startswith(
            letter * MAX_NOTE_LENGTH + "\n[36000 more characters are left out]"
        )
        assert (len(state.agent_notes), state.left_out) == (4, 4)
        assert sum(len(note.text) for note in state.agent_notes) <= MAX_NOTES_LENGTH

    async def test_each_conversation_has_its_own_state(self, states: ConversationStates) -> None:
        """Another person and another channel have other states."""
        await states.change(conversation=ANA, human_until=math.inf)

        assert await states.of(conversation=BOB) == ConversationState()
        assert await states.of(conversation=Conversation(channel="telegram", user=ANA.user)) == ConversationState()
