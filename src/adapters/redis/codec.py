"""How what is kept is written down: JSON that a later version can still read."""

from collections.abc import Mapping

from cattrs.preconf.msgspec import make_converter
from cattrs.strategies import configure_tagged_union

from application.ports.mailbox import Claim
from domain.activity import Activity
from domain.conversations import Conversation
from domain.messages import Content, InboundMessage
from domain.replies import Reply
from domain.turns import Turn

_converter = make_converter()
configure_tagged_union(Content.__value__, _converter, tag_name="type")
_converter.register_unstructure_hook(Conversation, str)
_converter.register_structure_hook(Conversation, lambda text, _: Conversation.parse(text))


def dump_message(message: InboundMessage) -> bytes:
    return _converter.dumps(message)


def dump_reply(reply: Reply) -> bytes:
    return _converter.dumps(reply)


def load_reply(text: str) -> Reply:
    return _converter.loads(text.encode(), Reply)


def dump_activity(activity: Activity) -> bytes:
    return _converter.dumps(activity)


def load_activity(text: str) -> Activity:
    return _converter.loads(text.encode(), Activity)


def load_turn(fields: Mapping[str, str], *, conversation: str, deliveries: int) -> Turn:
    """A turn from its hash in the store."""
    sent = [name for name in fields if name.startswith("sent:")]
    return Turn(
        id=fields["id"],
        conversation=Conversation.parse(conversation),
        messages=_converter.loads(fields["messages"].encode(), tuple[InboundMessage, ...]),
        reply=load_reply(fields["reply"]) if "reply" in fields else None,
        sent=tuple(fields[f"sent:{part}"] for part in range(len(sent))),
        attempts=int(fields.get("attempts", 0)),
        deliveries=deliveries,
        doubts=int(fields.get("doubts", 0)),
        error=fields.get("error", ""),
    )


def claim_arguments(claim: Claim) -> list[str | int]:
    return [claim.conversation, claim.token, claim.worker, claim.delivery]
