"""An agent's answer becomes the parts of a reply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.agent_markup.answer import AgentReply, read_agent_reply
from application.agent_markup.parts import READERS
from domain.messages.outbound import (
    ButtonsPart,
    ContactRequestPart,
    ContactsPart,
    FormPart,
    LinkPart,
    LocationPart,
    MediaPart,
    MenuPart,
    MenuSection,
    Part,
    ReactionPart,
    TemplatePart,
    TextPart,
)
from domain.messages.rich_text import Markdown
from domain.messages.shared_values import Choice, ContactCard, Location, MediaKind

YES, NO = Choice(id="Yes", title="Yes"), Choice(id="n", title="No", description="not now")


def block(json: str) -> str:
    return f"```trunkline\n{json}\n```\n"


def read(text: str, *, data: object = None) -> AgentReply:
    return read_agent_reply(text, data=data, message_ids=["wamid.1", "wamid.latest"])


@pytest.mark.parametrize(
    ("json", "part"),
    [
        ('{"text": "Hello."}', TextPart(body=Markdown("Hello."))),
        ('{"text": "Yes.", "reply_to": true}', TextPart(body=Markdown("Yes."), reply_to="wamid.latest")),
        ('{"text": "Yes.", "reply_to": "wamid.1"}', TextPart(body=Markdown("Yes."), reply_to="wamid.1")),
        (
            '{"text": "Now?", "buttons": ["Yes", {"id": "n", "title": "No", "description": "not now"}], "footer": "f"}',
            ButtonsPart(body=Markdown("Now?"), choices=(YES, NO), footer="f"),
        ),
        (
            '{"text": "When?", "button": "Days", "list": ["Yes"]}',
            MenuPart(body=Markdown("When?"), button="Days", sections=(MenuSection(choices=(YES,)),)),
        ),
        (
            '{"text": "When?", "list": [{"title": "Soon", "rows": ["Yes"]}]}',
            MenuPart(body=Markdown("When?"), sections=(MenuSection(title="Soon", choices=(YES,)),)),
        ),
        (
            '{"text": "Read on.", "link": {"title": "Open", "url": "https://example.org"}}',
            LinkPart(body=Markdown("Read on."), title="Open", url="https://example.org"),
        ),
        (
            '{"image": "https://example.org/a.png", "caption": "a map"}',
            MediaPart(kind=MediaKind.IMAGE, link="https://example.org/a.png", caption=Markdown("a map")),
        ),
        (
            '{"document": "https://example.org/a.pdf", "filename": "a.pdf", "text": "the bill"}',
            MediaPart(
                kind=MediaKind.DOCUMENT,
                link="https://example.org/a.pdf",
                filename="a.pdf",
                caption=Markdown("the bill"),
            ),
        ),
        (
            '{"location": {"latitude": 52.5, "longitude": 13.4, "name": "Shop", "address": "Main St 1"}}',
            LocationPart(location=Location(latitude=52.5, longitude=13.4, name="Shop", address="Main St 1")),
        ),
        (
            '{"contacts": [{"name": "Ana", "phones": ["+1555"], "emails": ["a@b.c"], "organisation": "Us"}]}',
            ContactsPart(cards=(ContactCard(name="Ana", phones=("+1555",), emails=("a@b.c",), organisation="Us"),)),
        ),
        ('{"reaction": "👍"}', ReactionPart(message_id="wamid.latest", emoji="👍")),
        ('{"reaction": "", "to": "wamid.1"}', ReactionPart(message_id="wamid.1", emoji="")),
        (
            '{"text": "Your number?", "contact_request": "Share my number"}',
            ContactRequestPart(body=Markdown("Your number?"), title="Share my number"),
        ),
        (
            '{"text": "Fill in.", "form": {"id": "7", "button": "Open", "screen": "START"}}',
            FormPart(body=Markdown("Fill in."), button="Open", form="7", screen="START"),
        ),
        (
            '{"template": {"name": "t", "language": "en_US", "parameters": ["a"], "payloads": ["p"]}}',
            TemplatePart(name="t", language="en_US", parameters=("a",), payloads=("p",)),
        ),
        (
            '{"template": {"name": "t", "language": "en_US", "header": "Ana", "urls": ["", "4711"], "payloads": "p"}}',
            TemplatePart(name="t", language="en_US", header_text="Ana", urls=("", "4711"), payloads=("p",)),
        ),
        (
            '{"template": {"name": "t", "language": "en_US", "header": {"image": "https://example.org/a.png"}}}',
            TemplatePart(
                name="t",
                language="en_US",
                header_file=MediaPart(kind=MediaKind.IMAGE, link="https://example.org/a.png"),
            ),
        ),
        (
            '{"template": {"name": "t", "language": "en_US", "parameters": {"who": "Ana"}}}',
            TemplatePart(name="t", language="en_US", named_parameters=(("who", "Ana"),)),
        ),
    ],
)
def test_each_kind_of_object_becomes_a_part(json: str, part: Part) -> None:
    """As the documentation lists them."""
    assert read(block(json)) == AgentReply(parts=(part,))


@pytest.mark.parametrize(
    "json", ['{"text": "Yes.", "reply_to": "wamid.made-up"}', '{"reaction": "👍", "to": "made-up"}']
)
def test_an_unknown_message_id_means_the_latest_message(json: str) -> None:
    """Agents invent ids. A channel would refuse them, and with them the answer."""
    (part,) = read(block(json)).parts

    assert part in {
        TextPart(body=Markdown("Yes."), reply_to="wamid.latest"),
        ReactionPart(message_id="wamid.latest", emoji="👍"),
    }


def test_without_a_message_nothing_can_be_reacted_to() -> None:
    """A message that we begin answers no message of the person."""
    reply = read_agent_reply("", data={"messages": [{"reaction": "👍"}, {"text": "Hi.", "reply_to": True}]})

    assert reply == AgentReply(parts=(TextPart(body=Markdown("Hi.")),), problems=("to is missing, or not a text",))


def test_a_lone_surrogate_is_replaced() -> None:
    """JSON can write one, but no store can keep it."""
    (part,) = read(block('{"text": "a\\ud83d", "buttons": ["b\\ud83d"]}')).parts

    assert part == ButtonsPart(body=Markdown("a?"), choices=(Choice(id="b?", title="b?"),))


def test_an_answer_without_blocks_is_text() -> None:
    """Other fences belong to the text."""
    text = "Run this:\n```python\nprint(1)\n```"

    assert read(text) == AgentReply(parts=(TextPart(body=Markdown(text)),))


@given(st.text(st.sampled_from('ab .>\r\n`~<{[◁}]▷/\\"+-\u200b\ud83d'), max_size=40))
def test_plain_words_are_read_as_all_other_text(text: str) -> None:
    """Most answers have no marks, and are read in one step. Beside data, even an empty object, no step is left out."""
    assert read_agent_reply(text) == read_agent_reply(text, data={})


def test_texts_and_blocks_keep_their_order() -> None:
    """One block may hold several objects."""
    text = f"First.\n\n{block('[{"text": "Second."}, {"text": "Third."}]')}\nLast."

    assert [part.body.text for part in read(text).parts if isinstance(part, TextPart)] == [
        "First.",
        "Second.",
        "Third.",
        "Last.",
    ]


def test_a_text_before_choices_is_their_question() -> None:
    """It is the text of the part with the choices, and no message of its own."""
    assert read(f"Now?\n{block('{"buttons": ["Yes"]}')}").parts == (ButtonsPart(body=Markdown("Now?"), choices=(YES,)),)


def test_messages_in_data_come_after_the_text() -> None:
    """The list under `messages`. Other keys of the data are ignored."""
    reply = read("Hello.", data={"messages": [{"text": "Bye."}], "other": 1})

    assert reply.parts == (TextPart(body=Markdown("Hello.")), TextPart(body=Markdown("Bye.")))


def test_an_agent_may_hand_over() -> None:
    """With a reason, and a text for the person."""
    reply = read(block('{"hand_over": "angry", "text": "One moment."}'))

    assert reply == AgentReply(parts=(TextPart(body=Markdown("One moment.")),), hand_over="angry")


KEYS = st.sampled_from(["text", "title", "rows", "messages", *READERS])
STRANGE = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)


@given(STRANGE)
def test_any_data_leaves_the_text(data: object) -> None:
    """Whatever the data holds, the person gets the text."""
    reply = read("Hello.", data={"messages": [data]})

    assert reply.parts
