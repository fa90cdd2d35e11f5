"""Meta's error codes, each with its title and HTTP status.

Source: Meta, "Error codes" of the WhatsApp Cloud API (September 2026); the HTTP statuses are from an earlier edition,
because this one no longer has them.
"""

from attrs import frozen

BAD_REQUEST = 400


@frozen
class MetaError:
    """One row of the table."""

    title: str
    status: int = BAD_REQUEST


ERRORS = {
    # Refused before the message was sent.
    4: MetaError("API Too Many Calls"),
    80007: MetaError("Rate limit issues"),
    130429: MetaError("Rate limit hit"),
    131056: MetaError("(Business Account, Consumer Account) pair rate limit hit"),
    # The message may have been sent.
    1: MetaError("API Unknown"),
    2: MetaError("API Service", 503),
    131000: MetaError("Something went wrong", 500),
    131016: MetaError("Service unavailable", 500),
    131057: MetaError("Account in maintenance mode", 500),
    133004: MetaError("Server Temporarily Unavailable", 503),
    # This message can never be sent.
    33: MetaError("Parameter value is not valid"),
    100: MetaError("Invalid parameter"),
    130403: MetaError("Message not allowed", 403),
    130472: MetaError("User's number is part of an experiment"),
    131008: MetaError("Required parameter is missing"),
    131009: MetaError("Parameter value is not valid"),
    131021: MetaError("Recipient cannot be sender"),
    131026: MetaError("Message undeliverable"),
    131030: MetaError("Recipient phone number not in allowed list"),
    131047: MetaError("Re-engagement message"),
    131049: MetaError("This message was not delivered to maintain healthy ecosystem engagement."),
    131050: MetaError("User's stopped marketing messages"),
    131051: MetaError("Unsupported message type"),
    131052: MetaError("Media download error"),
    131053: MetaError("Media upload error"),
    131060: MetaError("This message is currently unavailable."),
    131062: MetaError("Message type not possible for this recipient"),
    131063: MetaError("Message not sent"),
    132000: MetaError("Template Param Count Mismatch"),
    132001: MetaError("Template does not exist", 404),
    132005: MetaError("Template Hydrated Text Too Long"),
    132007: MetaError("Template Format Character Policy Violated"),
    132008: MetaError("Template Parameter Value Invalid"),
    132012: MetaError("Template Parameter Format Mismatch"),
    132015: MetaError("Template is Paused"),
    132016: MetaError("Template is Disabled"),
    132018: MetaError("Template Parameter Invalid"),
    132068: MetaError("Flow is blocked"),
    132069: MetaError("Flow is throttled"),
    135000: MetaError("Generic user error"),
    137000: MetaError("Message not sent"),
    # Nothing can be sent with this number or token.
    0: MetaError("AuthException", 401),
    3: MetaError("API Method", 500),
    10: MetaError("Permission Denied", 403),
    104: MetaError("Access token required", 401),
    190: MetaError("Access token has expired", 401),
    200: MetaError("API Permission", 403),
    368: MetaError("Temporarily blocked for policies violations", 403),
    130497: MetaError("Business account is restricted from messaging users in this country.", 403),
    131005: MetaError("Access denied", 403),
    131031: MetaError("Business Account locked", 403),
    131037: MetaError("Display name approval needed"),
    131042: MetaError("Business eligibility payment issue"),
    131044: MetaError("Business eligibility issue"),
    131045: MetaError("Incorrect certificate", 500),
    131048: MetaError("Spam rate limit hit"),
    131064: MetaError("Messaging limited"),
    133010: MetaError("Phone number not registered"),
    133016: MetaError("Account register deregister rate limit exceeded"),
}
UNKNOWN = MetaError("Unknown error")


def known(code: int) -> MetaError:
    """The row of `code`. A code that is not in the table has the row "Unknown error"."""
    return ERRORS.get(code, UNKNOWN)


def webhook_error(code: int, *, details: str = "") -> dict[str, object]:
    """An error in the form that webhooks have. The title is there twice."""
    title = known(code).title
    return {"code": code, "title": title, "message": title, "error_data": {"details": details or title}}
