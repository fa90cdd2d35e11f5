"""Dead letters over HTTP."""

from support.dead_letters import dead_letter
from support.http_services import OPERATOR, FakeServices

URL = "/v1/dead-letters"


def with_letters(count: int) -> FakeServices:
    behind = FakeServices()
    behind.dead_letters.letters.extend(dead_letter(f"0.{number}-0") for number in range(count))
    return behind


async def test_the_list_has_pages() -> None:
    """`next` is the `after` of the next page. The last page has none."""
    async with with_letters(3).client() as client:
        first = (await client.get(URL, params={"limit": 2}, headers=OPERATOR)).json()
        second = (await client.get(URL, params={"limit": 2, "after": first["next"]}, headers=OPERATOR)).json()

    assert [item["id"] for item in first["items"]] == ["0.0-0", "0.1-0"]
    assert [item["id"] for item in second["items"]] == ["0.2-0"]
    assert second["next"] is None


async def test_a_dead_letter_is_shown_with_its_progress() -> None:
    """Messages, reply, sent parts, and the reason."""
    async with with_letters(1).client() as client:
        shown = (await client.get(f"{URL}/0.0-0", headers=OPERATOR)).json()

    assert shown == {
        "id": "0.0-0",
        "at": 1_800_000_100.0,
        "reason": "send: final",
        "channel": "whatsapp",
        "user": "15550001111",
        "turn_id": "turn-1",
        "attempts": 4,
        "messages": [{"id": "wamid.1", "content": "text", "text": "hello", "sent_at": 1_800_000_000.0}],
        "reply": {"outcome": "answered", "parts": ["one", "two"], "reason": ""},
        "sent": ["wamid.out.1"],
        "unconfirmed": False,
        "raw": "",
    }


async def test_replay_puts_it_back() -> None:
    """204. A second time there is nothing to replay."""
    behind = with_letters(1)

    async with behind.client() as client:
        first = await client.post(f"{URL}/0.0-0/replay", headers=OPERATOR)
        second = await client.post(f"{URL}/0.0-0/replay", headers=OPERATOR)

    assert (first.status_code, second.status_code) == (204, 404)
    assert behind.dead_letters.replayed == ["0.0-0"]


async def test_discard_deletes_it() -> None:
    """204. It is not in the list any more."""
    behind = with_letters(1)

    async with behind.client() as client:
        answer = await client.delete(f"{URL}/0.0-0", headers=OPERATOR)

    assert answer.status_code == 204
    assert behind.dead_letters.letters == []
