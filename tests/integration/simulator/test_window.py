"""The 24-hour window."""

import pytest

from support.simulator import RunningSimulator

DAY = 24 * 3600
TEMPLATE = {"name": "hello_again", "language": {"code": "en_US"}}


async def test_after_a_day_the_window_is_closed(meta: RunningSimulator) -> None:
    """The send is refused with 131047, and the phone shows nothing."""
    await meta.write("Hi")
    await meta.change_phone(ahead_seconds=DAY + 1)

    answer = await meta.send("Hello")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == 131047
    assert answer.json()["error"]["message"] == "(#131047) Re-engagement message"
    assert await meta.answers() == []


async def test_a_message_opens_it_again(meta: RunningSimulator) -> None:
    """The window starts with the latest message of the person."""
    await meta.write("Hi")
    await meta.change_phone(ahead_seconds=DAY + 1)
    await meta.write("Still there?")

    assert (await meta.send("Hello")).status_code == 200


async def test_it_stays_open_for_a_day(meta: RunningSimulator) -> None:
    """The window is open for a whole day."""
    await meta.write("Hi")
    await meta.change_phone(ahead_seconds=DAY - 60)

    assert (await meta.send("Hello")).status_code == 200


async def test_an_old_message_opens_nothing(meta: RunningSimulator) -> None:
    """A message that arrives more than a day after it was written opens no window."""
    await meta.write_message(text="From last week", age_seconds=7 * DAY)

    assert (await meta.send("Hello")).json()["error"]["code"] == 131047


async def test_templates_pass_a_closed_window(meta: RunningSimulator) -> None:
    """A template is accepted outside of the window."""
    await meta.write("Hi")
    await meta.change_phone(ahead_seconds=DAY + 1)

    answer = await meta.send_content("template", TEMPLATE)

    assert answer.json()["messages"][0]["message_status"] == "accepted"
    assert await meta.answers() == ["[hello_again]"]


@pytest.mark.parametrize(("strict", "status"), [(False, 200), (True, 400)])
async def test_a_person_who_never_wrote(meta: RunningSimulator, strict: bool, status: int) -> None:
    """With a strict window, a person who never wrote cannot be written to."""
    await meta.control(strict_window=strict)

    assert (await meta.send("Hello")).status_code == status
