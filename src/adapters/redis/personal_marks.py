"""What tells that a record without a person's name in its key is theirs: their names, and the ids of their messages."""

import re
from collections.abc import Iterator, Mapping

from attrs import define, field

from adapters.redis.key_contents import parsed_object
from domain.people.person import Conversation

# A shorter name may be a word of something else.
MIN_NAME_LENGTH = 5


@define(kw_only=True)
class PersonalMarks:
    """It begins with the conversation. What is found first tells what to look for next."""

    conversation: Conversation
    message_ids: set[str] = field(factory=set, init=False)
    _names: set[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._names = {str(self.conversation)}
        self.learn_name(self.conversation.user)

    def learn_name(self, name: str) -> None:
        if len(name) >= MIN_NAME_LENGTH:
            self._names.add(name)

    def learn_message_ids(self, record: object) -> list[str]:
        """Keep the ids of messages in a record: their statuses have nothing else to be found by. Returns these ids."""
        found = list(_message_ids(record))
        self.message_ids.update(found)
        return found

    def are_in_event(self, text: str) -> bool:
        """Whether an event (JSON) names the person, or is about a message of theirs."""
        message_id = text_of(parsed_object(text).get("detail"), "message_id")
        return message_id in self.message_ids or self.are_in(text)

    def are_in(self, text: str) -> bool:
        """Whether a text names the person, and not a later owner of their number: they have ids like "1~2"."""
        return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-]|~\d)", text) for name in self._names)


def _message_ids(record: object) -> Iterator[str]:
    for name, value in record.items() if isinstance(record, Mapping) else ():
        if isinstance(value, str) and (name == "message_id" or name.startswith("sent:")):
            yield value
        else:
            yield from _message_ids(value)


def text_of(value: object, name: str) -> str:
    """The text under a name in a record; an empty one where there is none."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""
