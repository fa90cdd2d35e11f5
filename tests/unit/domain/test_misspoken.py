"""What an agent says in a way that nobody can understand."""

import pytest

from domain.parts import Said, TextPart
from domain.spoken import Spoken, read_answer


def block(json: str) -> str:
    return f"```trunkline\n{json}\n```\n"


def read(text: str) -> Spoken[Said]:
    return read_answer(text, message_ids=["wamid.1", "wamid.latest"])


@pytest.mark.parametrize(
    ("json", "problem"),
    [
        ("not JSON", "a block is not JSON"),
        ("", "a block is not JSON"),
        ("3", "an item is not an object"),
        ('{"picture": "x"}', "an item has none of hand_over, text"),
        ('{"text": 3}', "text is missing"),
        ('{"buttons": 3}', "buttons is not a list"),
        ('{"text": "Now?", "buttons": [3]}', "a choice is not an object"),
        ('{"text": "Now?", "buttons": ["\\u200b"]}', "title is missing"),
        ('{"text": "Now?", "form": {"id": "7", "button": "\\ufeff"}}', "button is missing"),
        ('{"reaction": 3}', "reaction is no emoji"),
        ('{"reaction": "\\u200d"}', "reaction is no emoji"),
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
        ('{"template": {"name": "t", "language": "en", "parameters": {"a": 1}}}', "parameters are not texts"),
    ],
)
def test_what_is_not_understood_is_reported(json: str, problem: str) -> None:
    """And nothing of it is shown to the person."""
    spoken = read(f"Hello.\n{block('{"text": "between"}')}{block(json)}")

    assert spoken.parts[0] == TextPart(body="Hello.")
    (said,) = spoken.problems
    assert problem in said


def test_the_text_of_what_is_not_understood_is_said() -> None:
    """A person is not left without the question because its buttons were wrong."""
    spoken = read(f"Now?\n{block('{"buttons": [3]}')}")

    assert spoken.parts == (TextPart(body="Now?"),)
