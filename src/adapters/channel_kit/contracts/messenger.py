"""What every messenger promises."""

from collections.abc import Sequence
from typing import ClassVar, Protocol

import pytest
from attrs import evolve

from adapters.channel_kit.contracts.parts import PARTS
from application.ports.capabilities import Capabilities
from application.ports.messenger import MessengerPort, SendFailedError
from domain.messages.inbound import InboundMessage, Tap, Text
from domain.messages.outbound import Part, TextPart, offered
from domain.messages.rich_text import Markdown
from domain.messages.shared_values import Choice
from domain.people.person import Conversation, Person
from domain.policies.retry import SendFailure

ANA = Person(phone="15550002222", name="Ana")
HELLO = TextPart(body="Hello")
READ = "m.7"  # the id of what the person wrote


def long_text(can: Capabilities) -> str:
    """A text for three or four messages of this channel."""
    return " ".join(f"word{number}" for number in range(3 * can.text // 8))


class MessengerFarSide(Protocol):
    """A messenger, and what the channel behind it got."""

    messenger: MessengerPort

    def sent_texts(self) -> Sequence[str]:
        """The texts of the messages that were sent, in order."""
        ...

    def references(self) -> Sequence[str]:
        """The references that came with them; none where the channel confirms no sends."""
        ...

    def acknowledged(self) -> Sequence[str]:
        """The ids of the messages that were shown as read. Where the channel only shows typing: whom it was shown."""
        ...

    def fail_next(self, failure: SendFailure) -> None:
        """Have the channel answer the next call with what means this failure. It is one of `reports`."""
        ...


class MessengerContract:
    """Inherit, and provide the fixture `far_side`.

    `person` is who is written to, and `reports` are the failures that the channel reports.
    """

    person: ClassVar[Person] = ANA
    reports: ClassVar[frozenset[SendFailure]] = frozenset(SendFailure) - {SendFailure.UNREACHABLE}

    async def test_plain_words_stay_as_they_are(self, far_side: MessengerFarSide) -> None:
        """One short text is one part."""
        part = TextPart(body=Markdown("Hello there"))

        assert far_side.messenger.render(part=part) == (TextPart(body="Hello there"),)

    async def test_long_text_is_cut_into_parts_the_channel_accepts(self, far_side: MessengerFarSide) -> None:
        """In order, and none of it is lost."""
        can = far_side.messenger.capabilities
        written = long_text(can)

        parts = far_side.messenger.render(part=TextPart(body=Markdown(written)))

        texts = [part.body.text for part in parts if isinstance(part, TextPart)]
        assert len(parts) == len(texts) > 1
        assert all(can.fits(text, can.text) for text in texts)
        assert "".join("".join(texts).split()) == "".join(written.split())

    @pytest.mark.parametrize("part", PARTS, ids=str)
    async def test_every_kind_of_part_can_be_rendered_and_sent(self, far_side: MessengerFarSide, part: Part) -> None:
        """As itself or as text. Each message has an id."""
        shown = far_side.messenger.render(part=part)

        ids = [(await far_side.messenger.send(part=each, to=self.person, reference="")).message_id for each in shown]

        assert ids
        assert all(ids)

    @pytest.mark.parametrize("part", [part for part in PARTS if offered(part)], ids=str)
    async def test_choices_can_be_tapped_or_read(self, far_side: MessengerFarSide, part: Part) -> None:
        """The person sees each choice, in the order of the part."""
        shown = far_side.messenger.render(part=part)

        tappable = tuple(choice for each in shown for choice in offered(each))
        text = "\n".join(each.body.text for each in shown if isinstance(each, TextPart))
        numbered = [f"{number}. {choice.title}" for number, choice in enumerate(offered(part), 1)]
        assert tappable == offered(part) or all(line in text for line in numbered)

    async def test_only_the_first_message_of_a_text_is_the_reply(self, far_side: MessengerFarSide) -> None:
        """The other messages follow it."""
        written = long_text(far_side.messenger.capabilities)

        shown = far_side.messenger.render(part=TextPart(body=Markdown(written), reply_to=READ))

        replies = [part.reply_to for part in shown if isinstance(part, TextPart)]
        assert replies == [READ, *[""] * (len(shown) - 1)]

    @pytest.mark.parametrize("blank", [" ", "\n\n", "\t \n"])
    async def test_a_blank_text_is_rendered_as_nothing(self, far_side: MessengerFarSide, blank: str) -> None:
        """There is nothing to send."""
        assert far_side.messenger.render(part=TextPart(body=Markdown(blank))) == ()
        assert far_side.messenger.render(part=TextPart(body=blank)) == ()

    async def test_sends_arrive_in_order_with_ids_of_their_own(self, far_side: MessengerFarSide) -> None:
        """Statuses will name these ids."""
        ids = [
            (await far_side.messenger.send(part=TextPart(body=word), to=self.person, reference="t/0/c:u")).message_id
            for word in ("one", "two", "three")
        ]

        assert far_side.sent_texts() == ["one", "two", "three"]
        assert len(set(ids)) == 3
        assert all(ids)

    async def test_the_reference_travels_with_the_send(self, far_side: MessengerFarSide) -> None:
        """The channel will echo it in its statuses, where it has such."""
        confirms = far_side.messenger.capabilities.confirms_sends
        reference = f"turn-1/0/{self.message.conversation}"

        await far_side.messenger.send(part=HELLO, to=self.person, reference=reference)

        assert far_side.references() == [reference] * confirms

    @pytest.mark.parametrize("failure", [failure for failure in SendFailure if failure is not SendFailure.UNREACHABLE])
    async def test_a_failed_send_is_classified(self, far_side: MessengerFarSide, failure: SendFailure) -> None:
        """The next send succeeds."""
        if failure not in self.reports:
            pytest.skip("the channel reports no such failure")
        far_side.fail_next(failure)

        with pytest.raises(SendFailedError) as raised:
            await far_side.messenger.send(part=HELLO, to=self.person, reference="")
        again = await far_side.messenger.send(part=HELLO, to=self.person, reference="")

        assert raised.value.failure is failure
        assert raised.value.detail
        assert again.message_id

    @property
    def message(self) -> InboundMessage:
        """What the person wrote."""
        return InboundMessage(
            id=READ,
            conversation=Conversation(channel="shop", user=self.person.key),
            person=self.person,
            content=Text(body="hello"),
            sent_at=1_750_000_000.0,
            arrived_at=1_750_000_001.0,
        )

    async def test_acknowledges_a_message(self, far_side: MessengerFarSide) -> None:
        """By its id where the channel shows that it was read, or else to the person, where it shows somebody typing."""
        can = far_side.messenger.capabilities
        await far_side.messenger.acknowledge(message=self.message)

        acknowledged = READ if can.read_receipts else self.person.key
        assert far_side.acknowledged() == [acknowledged] * bool(can.read_receipts or can.typing_seconds)

    async def test_a_tap_is_taken_without_a_message(self, far_side: MessengerFarSide) -> None:
        """Nobody is shown as typing, and nothing is sent."""
        tap = evolve(self.message, content=Tap(choice=Choice(id="s", title="Small")))

        await far_side.messenger.taken(message=tap)

        assert (list(far_side.acknowledged()), list(far_side.sent_texts())) == ([], [])

    async def test_a_refused_acknowledgement_raises_the_same_error(self, far_side: MessengerFarSide) -> None:
        """So that callers may ignore it."""
        can = far_side.messenger.capabilities
        if not (can.read_receipts or can.typing_seconds):
            pytest.skip("the channel shows neither that a message was read nor that somebody types")
        far_side.fail_next(SendFailure.THROTTLED)

        with pytest.raises(SendFailedError):
            await far_side.messenger.acknowledge(message=self.message)
