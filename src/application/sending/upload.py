"""Upload the files of a reply to the channel: the reply is stored and sent without their bytes."""

from application.agent_markup.answer import AgentReply
from application.channels import Channel
from application.ports.messenger import SendFailedError
from application.sending.render import file_fallback
from domain.messages.outbound import DraftPart, FilePart, Part
from domain.people.person import Person
from domain.policies.retry import SendFailure


async def upload(channel: Channel, part: DraftPart) -> Part:
    """The part as it can be stored and sent.

    Raises:
        SendFailedError: the channel does not have its file.
    """
    if not isinstance(part, FilePart):
        return part
    if channel.media is None:
        raise SendFailedError(SendFailure.MEDIA_REFUSED, "the channel takes no files")
    file = channel.media.accepted(file=part)
    return file.uploaded_as(await channel.media.upload(file=file))


async def upload_or_describe(
    channel: Channel, reply: AgentReply[DraftPart], *, person: Person, waits: bool
) -> AgentReply[Part]:
    """The reply as it can be stored and sent.

    A file that the channel does not take is replaced by text: a second run of the agent would cost more.

    Raises:
        SendFailedError: ACCOUNT_BLOCKED, if `waits` is true. Otherwise the file is replaced by text.
    """
    parts: list[Part] = []
    problems = list(reply.problems)
    for part in reply.parts:
        if not isinstance(part, FilePart):
            parts.append(part)
            continue
        try:
            parts.append(await upload(channel, part))
        except SendFailedError as error:
            if waits and error.failure is SendFailure.ACCOUNT_BLOCKED:
                raise
            problems.append(f"a file could not be sent: {error}")
            parts.append(file_fallback(channel, part, person))
    return AgentReply(
        parts=tuple(parts),
        agent=reply.agent,
        hand_over=reply.hand_over,
        problems=tuple(problems),
        proposals=reply.proposals,
        usage=reply.usage,
        handoff=reply.handoff,
        comes_later=reply.comes_later,
    )
