"""The table of errors."""

from simulator.webhooks.meta_errors import known, webhook_error


def test_title_and_message_of_a_webhook_error_are_the_same() -> None:
    """The title comes twice, and the details are added."""
    error = webhook_error(131047, details="Too late.")

    assert error == {
        "code": 131047,
        "title": "Re-engagement message",
        "message": "Re-engagement message",
        "error_data": {"details": "Too late."},
    }


def test_an_unknown_code() -> None:
    """An unknown code has a row for all such codes, because Meta may add codes at any time."""
    assert (known(999999).title, known(999999).status) == ("Unknown error", 400)
