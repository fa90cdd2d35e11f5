"""The mark that ends a message of an answer."""

from application.agent_markup.answer import read_agent_reply
from domain.messages.outbound import ButtonsPart, DraftPart, MediaPart, TextPart
from domain.messages.part_limits import MAX_PARTS, merge_texts


def shown(text: str) -> list[DraftPart]:
    """The messages of the answer: neighbouring texts are merged."""
    return list(merge_texts(read_agent_reply(text).parts))


def texts(text: str) -> list[str]:
    return [part.body.text for part in shown(text) if isinstance(part, TextPart)]


def test_each_piece_is_a_message() -> None:
    """Blank pieces are left out, and nobody reads the mark."""
    assert texts("One.[[+]] [[+]]\nTwo.\n\n[[+]]Three.") == ["One.", "Two.", "Three."]


def test_a_mark_alone_says_nothing() -> None:
    """The answer is empty."""
    assert shown(" [[+]] ") == []


def test_no_more_messages_than_other_answers_have() -> None:
    """The last one holds the rest."""
    found = texts("[[+]]".join(f"part {number}" for number in range(MAX_PARTS + 5)))

    assert len(found) == MAX_PARTS
    assert found[0] == "part 0"
    assert "part 9" in found[-1]
    assert "part 14" in found[-1]


def test_in_the_text_of_a_question() -> None:
    """Its last piece stays with the buttons."""
    before, question = shown('One.[[+]]Which?\n```trunkline\n{"buttons": ["S", "L"]}\n```')

    assert isinstance(before, TextPart)
    assert isinstance(question, ButtonsPart)
    assert (before.body.text, question.body.text) == ("One.", "Which?")


def test_in_a_caption() -> None:
    """Its first piece stays with the file."""
    file, after = shown('```trunkline\n{"image": "https://shop.example/a.png", "caption": "A[[+]]B"}\n```')

    assert isinstance(file, MediaPart)
    assert isinstance(after, TextPart)
    assert (file.caption.text, after.body.text) == ("A", "B")


def test_a_reply_to_a_message() -> None:
    """Only the first piece is shown as one."""
    reply = read_agent_reply('```trunkline\n{"text": "A[[+]]B", "reply_to": "m1"}\n```', message_ids=["m1"])

    assert [part.reply_to for part in reply.parts if isinstance(part, TextPart)] == ["m1", ""]


def test_where_only_marks_are_said() -> None:
    """A question keeps a text, and a file needs no caption."""
    (question,) = shown('```trunkline\n{"text": "[[+]]", "buttons": ["S"]}\n```')
    (file,) = shown('```trunkline\n{"image": "https://shop.example/a.png", "caption": "[[+]]"}\n```')

    assert isinstance(question, ButtonsPart)
    assert isinstance(file, MediaPart)
    assert file.caption.text == ""
