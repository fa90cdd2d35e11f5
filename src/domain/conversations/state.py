"""The state of a conversation beside its messages: until when we may write, who answers, what was offered."""

import math

from attrs import evolve, frozen

from domain.conversations.agent_notes import AgentNote, NoteKind
from domain.conversations.confirmations import CONFIRM_PREFIX
from domain.conversations.routing import Route
from domain.messages.outbound import DraftPart, TemplatePart
from domain.messages.shared_values import Choice
from domain.messages.visibility import comparable
from domain.people.person import Person

UNTIL_ENDED = math.inf
MAX_NUMBER = 3
# After one of these, the question to confirm is not the last thing that the person read, or they never read it.
OVERTAKING = frozenset({NoteKind.COLLEAGUE_WROTE, NoteKind.OPERATOR_WROTE, NoteKind.NOT_DELIVERED})
# The last one makes a keycap of a digit.
AROUND = " .,:;!()#\N{COMBINING ENCLOSING KEYCAP}"


@frozen(kw_only=True)
class ConversationState:
    """Times are unix seconds.

    `heard_at` is when the person last wrote. `human_until` is how long a human answers in the agent's place. `session`
    counts the new sessions that a person asked for. `agent_notes` go to the agent with the next message, and
    `left_out` says how many earlier ones were too many to keep; `choices` are the answers that were offered last.
    `moved_to` are the person's new names, which they announced at `moved_at`. `marketing_stopped_at` is when
    they last refused marketing messages, `marketing_resumed_at` when they last allowed them again. `unreachable_at` is
    when the person last could not be reached, because they blocked us or left, and `reachable_at` when they last could
    again.

    `answered_session` is the session in which the agent last answered. `answered_at` is when we last answered,
    `quick_rounds` how many answers came back too quickly for a person, and `loop_until` how long they are not answered
    because they are taken for a program (see `LoopPolicy`). `budget_notice_at` is when they last got the text that a
    budget is used up. `agent` answers in place of the channel's own, and `agent_rule` is the rule about the
    circumstances that matched last (see `Routing`). `shared_phone` is the number that they shared last, on a channel
    that knows people by other names: the channel proved that it is theirs. `joined_session` is the first session of the
    person on another channel, or on this one, when several of their conversations share it (see `JoinPeople`).
    """

    heard_at: float | None = None
    human_until: float | None = None
    session: int = 0
    agent_notes: tuple[AgentNote, ...] = ()
    left_out: int = 0
    choices: tuple[Choice, ...] = ()
    moved_to: Person | None = None
    moved_at: float = 0.0
    marketing_stopped_at: float | None = None
    marketing_resumed_at: float | None = None
    unreachable_at: float | None = None
    reachable_at: float | None = None
    answered_session: int | None = None
    answered_at: float | None = None
    quick_rounds: int = 0
    loop_until: float | None = None
    shared_phone: str = ""
    joined_session: str = ""
    budget_notice_at: float | None = None
    agent: str = ""
    agent_rule: str = ""

    def with_human(self, *, now: float) -> bool:
        """Whether a human has taken over."""
        return self.human_until is not None and now < self.human_until

    def in_loop(self, *, now: float) -> bool:
        """Whether the person is not answered, because they seem to be a program."""
        return self.loop_until is not None and now < self.loop_until

    def new_session(self) -> "ConversationState":
        """The state as the agent sees it from now on: it remembers nothing that was said before."""
        return evolve(self, session=self.session + 1, agent_notes=(), left_out=0, choices=(), agent="", agent_rule="")

    @property
    def route(self) -> Route:
        """Who answers, as it was decided last."""
        return Route(agent=self.agent, rule=self.agent_rule)

    @property
    def is_new(self) -> bool:
        """Whether the agent has not answered in this session yet."""
        return self.answered_session != self.session

    @property
    def takes_marketing(self) -> bool:
        """Whether the person takes marketing messages. Of a stop and a resume of the same second, the stop counts."""
        stopped, resumed = self.marketing_stopped_at, self.marketing_resumed_at
        return stopped is None or (resumed is not None and resumed > stopped)

    @property
    def is_reachable(self) -> bool:
        """Whether messages reach the person. Who writes can be reached.

        Channels count in seconds. Of a block and a message in the same second, the message counts: a send then finds
        out.
        """
        if self.unreachable_at is None:
            return True
        signs = [at for at in (self.reachable_at, self.heard_at) if at is not None]
        return max(signs, default=-math.inf) >= math.floor(self.unreachable_at)

    def refuses(self, part: DraftPart) -> bool:
        """Whether this may be a marketing message, and the person refuses those."""
        return isinstance(part, TemplatePart) and part.may_be_marketing and not self.takes_marketing

    @property
    def asks_confirmation(self) -> bool:
        """Whether the last answer asked to confirm an action: its choices are the two buttons of that question."""
        return any(choice.id.startswith(CONFIRM_PREFIX) for choice in self.choices)

    @property
    def awaits_confirmation(self) -> bool:
        """Whether a lone yes answers that question: nobody else wrote since, and it was delivered as far as we know."""
        return self.asks_confirmation and not any(note.kind in OVERTAKING for note in self.agent_notes)

    def offered(self, choice: Choice) -> Choice | None:
        """The choice that was tapped, if it was offered last, with its whole id.

        Descriptions are not compared: channels do not always return them.
        """
        same = (each for each in self.choices if choice.id in (each.id, each.short_id) and choice.title == each.title)
        return next(same, None)

    def meant(self, typed: str) -> Choice | None:
        """The choice whose number or title was typed instead of tapped; None when there is none."""
        if not self.choices:
            return None
        text = _bare(typed)
        if text.isdecimal() and len(text) <= MAX_NUMBER and 1 <= int(text) <= len(self.choices):
            return self.choices[int(text) - 1]
        same = (choice for choice in self.choices if text and _bare(choice.title) == text)
        return next(same, None)


def _bare(text: str) -> str:
    """The text without the marks of lists. Example: "2.", "#2" and a keycap are "2"; "Small!" is "small"."""
    return comparable(text).strip(AROUND)
