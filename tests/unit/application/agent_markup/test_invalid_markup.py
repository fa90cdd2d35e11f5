"""Blocks that cannot be read."""

import pytest

from application.agent_markup.answer import AgentReply, read_agent_reply
from domain.messages.outbound import DraftPart, TextPart, offered_last
from domain.messages.rich_text import Markdown


def block(json: str) -> str:
    return f"```trunkline\n{json}\n```\n"


def read(text: str) -> AgentReply[DraftPart]:
    return read_agent_reply(text, message_ids=["wamid.1", "wamid.latest"])


@pytest.mark.parametrize(
    ("json", "problem"),
    [
        ("not JSON", "a block is not JSON"),
        ("", "a block is not JSON"),
        ("3", "an item is not an object"),
        ('{"picture": "x"}', "an item has none of hand_over, route, text"),
        ('{"text": 3}', "text is missing"),
        ('{"buttons": 3}', "buttons is not a list"),
        ('{"text": "Now?", "buttons": [3]}', "a choice is not an object"),
        ('{"text": "Now?", "buttons": ["\\u200b"]}', "title is missing"),
        ('{"text": "Now?", "form": {"id": "7", "button": "\\ufeff"}}', "button is missing"),
        ('{"reaction": 3}', "reaction is not an emoji"),
        ('{"reaction": "\\u200d"}', "reaction is not an emoji"),
        ('{"hand_over": 3}', "hand_over is not a text"),
        ('{"image": "http://example.org/a.png"}', "image is not an https address"),
        ('{"image": "file:///etc/passwd"}', "image is not an https address"),
        ('{"location": {"latitude": 91, "longitude": 0}}', "latitude"),
        ('{"location": {"latitude": "north", "longitude": 0}}', "latitude is not a number"),
        ('{"location": {"latitude": true, "longitude": 0}}', "latitude is not a number"),
        ('{"location": {"latitude": "NaN", "longitude": 0}}', "latitude"),
        ('{"contacts": [{"name": "Ana", "phones": 1555}]}', "phones is not a list of texts"),
        ('{"template": {"name": "t", "language": "en", "header": {"audio": "https://a.b"}}}', "header has none of"),
        ('{"template": {"name": "t"}}', "language is missing"),
        ('{"template": {"name": "t", "language": "en", "parameters": ["Ana", ""]}}', "parameter 2 is empty"),
        ('{"template": {"name": "t", "language": "en", "parameters": ["\\u200b"]}}', "parameter 1 is empty"),
        ('{"template": {"name": "t", "language": "en", "parameters": {"who": " "}}}', "parameter who is empty"),
        (
            f'{{"template": {{"name": "t", "language": "en", "parameters": ["{"😀" * 513}"]}}}}',
            "parameter 1 has more than 1024",
        ),
        (f'{{"template": {{"name": "t", "language": "en", "header": "{"x" * 61}"}}}}', "header 1 has more than 60"),
        (f'{{"template": {{"name": "t", "language": "en", "payloads": ["", "{"x" * 257}"]}}}}', "payload 2 has more"),
        (f'{{"template": {{"name": "t", "language": "en", "urls": ["{"x" * 2001}"]}}}}', "url 1 has more"),
        ('{"template": {"name": "t", "language": "en", "parameters": {"a": 1}}}', "parameters are not texts"),
    ],
)
def test_an_invalid_object_is_reported(json: str, problem: str) -> None:
    """The person sees nothing of it."""
    reply = read(f"Hello.\n{block('{"text": "between"}')}{block(json)}")

    assert reply.parts[0] == TextPart(body=Markdown("Hello."))
    (reported,) = reply.problems
    assert problem in reported


def test_the_text_of_an_invalid_object_is_sent() -> None:
    """The person still gets the question when its buttons are wrong."""
    reply = read(f"Now?\n{block('{"buttons": [3]}')}")

    assert reply.parts == (TextPart(body=Markdown("Now?")),)


def test_an_invalid_template_becomes_text() -> None:
    """The text beside it, or else its parameters."""
    broken = '{"name": "t", "language": "en", "parameters": ["Your order is ready.", ""]}'

    assert read(block(f'{{"template": {broken}, "text": "It is ready."}}')).parts == (
        TextPart(body=Markdown("It is ready.")),
    )
    assert read(block(f'{{"template": {broken}}}')).parts == (TextPart(body=Markdown("Your order is ready.")),)


@pytest.mark.parametrize(
    ("choices", "left"),
    [
        ('"buttons": ["Yes", "", "No"]', ["Yes", "No"]),
        ('"buttons": [{"title": "\\u200b"}, {"id": "y"}, "Yes"]', ["Yes"]),
        ('"list": [{"title": "A", "rows": ["Yes", " "]}, {"title": "B", "rows": [""]}]', ["Yes"]),
        ('"list": ["", "Yes"]', ["Yes"]),
    ],
)
def test_a_choice_without_a_title_is_left_out(choices: str, left: list[str]) -> None:
    """The question and the other choices stay. The problem is reported."""
    reply = read(block(f'{{"text": "Now?", {choices}}}'))

    assert [choice.title for choice in offered_last(reply.parts)] == left
    (problem,) = reply.problems
    assert "without a title" in problem


def test_a_damaged_text_may_have_escapes_that_json_does_not_know() -> None:
    """Models write escapes of other languages."""
    reply = read('```trunkline\n{"text": "50\\% off \\u12", oops')

    assert [part.body.text for part in reply.parts] == ["50% off u12"]


@pytest.mark.parametrize(
    "json",
    [
        '{"text": "Which size?", "buttons": ["Small", "Large", "Ver',
        '{"text": "Which size?", "buttons": ["Small" "x", "Large"} oops',
        '{"text": "Which size?", "buttons": [{"id": "s", "title": "Small"} {"title": "Large"}]}',
        '{"list": {"rows": [{"title": "Small", "title": "Large"',
    ],
)
def test_the_choices_of_a_damaged_block_are_sent_as_text(json: str) -> None:
    """Below the question, because the person may answer with one of them."""
    reply = read(block(json))

    sent = "\n".join(str(getattr(part, "body", part)) for part in reply.parts)
    assert sent.endswith("- Small") or "- Small\n- Large" in sent
    assert sent.startswith("Which size?") or "text" not in json
    assert all(isinstance(part, TextPart) for part in reply.parts)


@pytest.mark.parametrize("cut", ['"buttons": ["Yes", "N', '"buttons', "oops}\n```\nBye."])
def test_the_text_of_a_damaged_block_is_sent(cut: str) -> None:
    """A model may stop in the middle of a block."""
    reply = read(f'Hello.\n```trunkline\n{{"text": "Now?\\n\\u00e9", {cut}')

    assert [part.body.text for part in reply.parts][:2] == ["Hello.", "Now?\né"]
    assert reply.problems == ("a block is not JSON",)


@pytest.mark.parametrize("depth", [40, 500, 900, 960, 980, 990, 1_000, 3_000, 100_000])
@pytest.mark.parametrize("inner", ['{"a": ', "["])
def test_what_is_nested_too_deeply_does_not_fail_the_answer(depth: int, inner: str) -> None:
    """Python's decoder accepts nearly as many levels as calls may be nested. Nothing of it is carried out."""
    outer = inner * depth + "0" + ("}" if "{" in inner else "]") * depth
    block = f'{{"template": {{"name": "promo", "language": "en"}}, "x": {outer}}}'

    reply = read_agent_reply(f"Before.\n```trunkline\n{block}\n```\nAfter.")

    assert {type(part) for part in reply.parts} == {TextPart}
    assert reply.problems
