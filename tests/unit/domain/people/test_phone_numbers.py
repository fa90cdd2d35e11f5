"""Phone numbers that have a second form, with one digit more or fewer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people.phone_numbers import other_writing

# The country code, the digit, what is between them, and the patterns of the rest.
PLANS = [
    ("55", "9", r"[1-9][0-9]", r"[6-9][0-9]{7}"),
    ("54", "9", "", "[1-3][0-9]{9}"),
    ("52", "1", "", "[2-9][0-9]{9}"),
]


@given(data=st.data(), plan=st.sampled_from(PLANS))
def test_each_form_gives_the_other(data: st.DataObject, plan: tuple[str, str, str, str]) -> None:
    """For every mobile number of the three countries."""
    country, digit, area, rest = plan
    before, after = (
        country + data.draw(st.from_regex(area, fullmatch=True)),
        data.draw(st.from_regex(rest, fullmatch=True)),
    )

    assert other_writing(f"{before}{after}") == f"{before}{digit}{after}"
    assert other_writing(f"{before}{digit}{after}") == f"{before}{after}"


@given(
    phone=st.one_of(st.from_regex(r"5[245][0-9]{8,12}", fullmatch=True), st.text(alphabet="0123456789٣", max_size=16))
)
def test_the_other_form_of_the_other_form_is_the_number(phone: str) -> None:
    """A number never has three forms."""
    other = other_writing(phone)

    assert other is None or (other != phone and other_writing(other) == phone)


@pytest.mark.parametrize(
    "phone", ["15550002222", "551131234567", "5511912345678", "5401123456789", "521551234567", "", "+5491123456789"]
)
def test_other_numbers_have_one_form(phone: str) -> None:
    """Those of other countries, and landlines, which do not have the digit."""
    assert other_writing(phone) is None
