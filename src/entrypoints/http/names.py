"""Parameters that several routes share, with the bounds of what they may be."""

from typing import Annotated

from litestar.params import PathParameter

# A channel's name and a person's: any writing of a phone number, or an id, and no control character.
MAX_NAME = 300
ConversationName = Annotated[
    str,
    PathParameter(
        max_length=MAX_NAME,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\ufffd]+$",
        description="channel:user, by any name of the person",
    ),
]
