"""Parameters that several routes share, with their limits."""

from typing import Annotated

from litestar.params import PathParameter

# channel:user, where the user is a phone number in any notation, or an id; no control characters.
MAX_NAME = 300
NAME = r"^[^\x00-\x1f\x7f-\x9f\ufffd]+$"
ConversationName = Annotated[
    str,
    PathParameter(
        max_length=MAX_NAME,
        pattern=NAME,
        description="channel:user. The user is any phone number or id of the person.",
    ),
]
