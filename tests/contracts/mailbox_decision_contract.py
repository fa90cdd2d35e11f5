"""While the last answer asks to confirm an action, a message that may be the person's yes is a turn of its own."""

from typing import Any

import pytest
from attrs import evolve

from application.ports.inbox import EnqueuedMessage
from contracts.mailbox_steps import begin_one
from domain.conversations.confirmations import CONFIRM_PREFIX
from domain.messages.inbound import Content, Correction, Reaction, Text
from domain.messages.shared_values import Choice
from support.messages import CONVERSATION, enqueued

BUTTON = Choice(id=f"{CONFIRM_PREFIX}7-0", title="Confirm")
LIKED = Reaction(message_id="m1", emoji="👍")
CORRECTED = Correction(message_id="m1", body="no")


def sent(content: Content | str, at: int) -> EnqueuedMessage:
    post = enqueued(message_id=f"m{at}", sent_at=float(at))
    content = Text(body=content) if isinstance(content, str) else content
    return evolve(post, message=evolve(post.message, content=content))


class DecisionContract:
    """Part of the mailbox contract; provide its fixtures. The mailbox has `states` of its own."""

    @pytest.mark.parametrize(
        ("contents", "turns"),
        [
            (["sí", "thanks", "bye"], [1, 2]),
            (["wait", "well", "sí", "sí"], [2, 1, 1]),
            ([LIKED, "Ja!"], [1, 1]),
            (["sí", CORRECTED, LIKED, "thanks"], [3, 1]),
            (["sí", LIKED], [2]),
            (["one", "two", "three", "four", "five", "sí"], [5, 1]),
        ],
    )
    async def test_a_yes_is_a_turn_of_its_own(
        self, mailbox: Any, contents: list[Content | str], turns: list[int]
    ) -> None:
        """In the order of the messages, with the annotations after it."""
        await mailbox.states.change(conversation=CONVERSATION, session=1, choices=(BUTTON,))
        posts = [sent(content, at) for at, content in enumerate(contents)]
        await mailbox.accept(messages=posts)

        taken = []
        for _ in turns:
            claim, turn = await begin_one(mailbox)
            taken.append(turn.messages)
            await mailbox.complete(claim=claim)

        assert [len(messages) for messages in taken] == turns
        assert [message for messages in taken for message in messages] == [post.message for post in posts]

    @pytest.mark.parametrize("choices", [(), (Choice(id="si", title="Confirm"),)])
    async def test_elsewhere_a_yes_is_one_of_the_messages(self, mailbox: Any, choices: tuple[Choice, ...]) -> None:
        """Where the last answer asked nothing, or another question."""
        await mailbox.states.change(conversation=CONVERSATION, choices=choices)
        await mailbox.accept(messages=[sent("sí", 0), sent("thanks", 1)])

        _, turn = await begin_one(mailbox)

        assert len(turn.messages) == 2
