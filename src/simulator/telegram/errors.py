"""The errors of the Bot API. Their words are those that the Bot API server writes (tdlib/telegram-bot-api)."""


class BotApiError(Exception):
    """A refusal. `code` is also its HTTP status. `parameters` says more, such as `retry_after`."""

    def __init__(self, description: str, *, code: int = 400, **parameters: object) -> None:
        super().__init__(description)
        self.code = code
        more = {"parameters": parameters} if parameters else {}
        self.body: dict[str, object] = {"ok": False, "error_code": code, "description": description, **more}


def bad_request(what: str) -> BotApiError:
    """Example: "Bad Request: chat not found"."""
    return BotApiError(f"Bad Request: {what}")


def forbidden(what: str) -> BotApiError:
    return BotApiError(f"Forbidden: {what}", code=403)


def conflict(what: str) -> BotApiError:
    return BotApiError(f"Conflict: {what}", code=409)
