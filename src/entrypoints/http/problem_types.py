"""The kinds of problems, as callers see them. Only this module knows which error has which HTTP status."""

from collections.abc import Mapping

from attrs import field, frozen

from application.channels import UnknownChannelError
from application.joining.join_people import CannotJoinError
from application.operating.choose_agent import UnknownAgentError
from application.operating.dead_events import UnknownReceiverError
from application.operating.find_delivery import UnknownMessageError
from application.operating.initiate_message import (
    EmptyMessageError,
    HumanAnswersError,
    IdempotencyConflictError,
    MarketingRefusedError,
    PersonUnreachableError,
    QueueFullError,
    UnsupportedPartError,
    WindowClosedError,
)
from application.operating.manage_operators import InvalidOperatorError
from application.operating.open_file import ExpiredAddressError, ForgedAddressError, TooManyFilesError
from application.operating.person_data import UnknownPersonError
from application.operating.replay_dead_letter import HumanTakeoverError
from application.operating.report_usage import MAX_DAYS, UsageRangeError
from application.operating.send_for_run import ForeignChannelError, TooManyRunMessagesError, UnknownRecipientError
from application.ports.dead_letters import (
    ImpossibleDeadLetterIdError,
    UnknownDeadLetterError,
    UnreadableDeadLetterError,
)
from application.ports.event_outbox import UnknownDeadEventError
from application.ports.inbound_channel import ForgedWebhookError, MalformedWebhookError
from application.ports.media import MediaTroubleError, MediaUnavailableError
from application.ports.messenger import SendFailedError
from application.ports.operators import OperatorExistsError, TooManyOperatorsError, UnknownOperatorError
from application.ports.positions import InvalidPositionError
from application.ports.proposals import AlreadyDecidedError, UnknownProposalError
from application.ports.store import StoreUnavailableError
from application.ports.transcripts import TranscriptsOffError
from application.signed_tokens import ExpiredTokenError, ForgedTokenError
from entrypoints.http.body import BodyTooLargeError, BodyTooSlowError, IncompleteBodyError, TooManyBodiesError
from entrypoints.http.cookie_session import CsrfError
from entrypoints.http.errors import (
    InvalidMessagesError,
    InvalidRecipientError,
    MissingIdempotencyKeyError,
    NotReadyError,
)
from entrypoints.http.permissions import NotAllowedError
from entrypoints.http.wrong_tokens import TooManyAttemptsError
from entrypoints.settings import ConfigurationError

# Otherwise the rest of a rejected body would be read as the next request.
CLOSE = {"Connection": "close"}


@frozen(kw_only=True)
class Problem:
    """A kind of error as callers see it. Its words are fixed, so that nothing internal or secret gets out."""

    status: int
    type: str
    detail: str
    headers: Mapping[str, str] = field(factory=dict)


# The framework's own error would repeat the address with everything in it.
INVALID_REQUEST = Problem(
    status=400,
    type="invalid-request",
    detail="The parameters or the body do not match the description at /schema; see errors.",
)
INTERNAL_ERROR = Problem(
    status=500, type="internal-error", detail="Something went wrong in the service; its log has the details."
)

PROBLEMS: Mapping[type[Exception], Problem] = {
    UnknownChannelError: Problem(
        status=404, type="unknown-channel", detail="There is no channel of that name in the configuration."
    ),
    CannotJoinError: Problem(
        status=409,
        type="cannot-be-joined",
        detail="Both must have written, on different channels, and the first must not be joined to somebody else. Who "
        "others are joined to cannot be separated: separate those.",
    ),
    ForgedWebhookError: Problem(
        status=403, type="forged-webhook", detail="The request does not prove that it comes from the channel."
    ),
    MalformedWebhookError: Problem(
        status=400, type="malformed-webhook", detail="The body is not in the channel's format."
    ),
    BodyTooLargeError: Problem(
        status=413, type="body-too-large", detail="The body is larger than 3 MB.", headers=CLOSE
    ),
    BodyTooSlowError: Problem(
        status=408, type="body-timeout", detail="The body did not arrive in time.", headers=CLOSE
    ),
    IncompleteBodyError: Problem(
        status=400, type="incomplete-body", detail="The connection ended before the body was complete.", headers=CLOSE
    ),
    # Only what a caller sent is read by functions that call themselves.
    RecursionError: Problem(status=400, type="body-too-deep", detail="The body is nested too deeply."),
    TooManyBodiesError: Problem(
        status=503,
        type="overloaded",
        detail="The service receives too many bodies at the same time; send this one again later.",
        headers={"Retry-After": "2", **CLOSE},
    ),
    TooManyAttemptsError: Problem(
        status=429,
        type="too-many-attempts",
        detail="Too many wrong operators' tokens came from this address; try again later.",
        headers={"Retry-After": "60"},
    ),
    ImpossibleDeadLetterIdError: Problem(
        status=400, type="invalid-dead-letter-id", detail="No dead letter can have that id: a number is too large."
    ),
    UnknownDeadLetterError: Problem(
        status=404, type="unknown-dead-letter", detail="There is no dead letter with that id."
    ),
    NotAllowedError: Problem(status=403, type="not-allowed", detail="The operator may not do this; see reason."),
    CsrfError: Problem(
        status=403,
        type="csrf",
        detail="The request does not show that it comes from a page of the console: send the csrf_token of "
        "/v1/operators/me as X-CSRF-Token.",
    ),
    InvalidOperatorError: Problem(
        status=422, type="invalid-operator", detail="No operator can be like that; see reason."
    ),
    OperatorExistsError: Problem(
        status=409, type="operator-exists", detail="There is an operator of that name: revoke them first."
    ),
    TooManyOperatorsError: Problem(
        status=409, type="too-many-operators", detail="No more operators can be kept: revoke some first."
    ),
    UnknownOperatorError: Problem(status=404, type="unknown-operator", detail="There is no operator of that name."),
    UnknownPersonError: Problem(
        status=404, type="unknown-person", detail="Nothing is stored of this person, under this name."
    ),
    UnknownMessageError: Problem(
        status=404,
        type="unknown-message",
        detail="Nothing of this message was sent yet, or it was sent too long ago (remember_seconds).",
    ),
    UnknownReceiverError: Problem(
        status=404, type="unknown-receiver", detail="The list webhooks in service.yaml has no entry of that name."
    ),
    UnknownDeadEventError: Problem(
        status=404, type="unknown-dead-event", detail="The receiver has no dead event with that id."
    ),
    UnreadableDeadLetterError: Problem(
        status=409,
        type="unreadable-dead-letter",
        detail="This version cannot read the turn: replay it with the version that wrote it, or discard it.",
    ),
    HumanTakeoverError: Problem(
        status=409,
        type="human-takeover",
        detail="A human has taken over this conversation, so the reply would be held back: give the conversation back "
        "to the agent first.",
    ),
    TranscriptsOffError: Problem(
        status=404, type="transcripts-off", detail="Transcripts are off in service.yaml: nothing is kept."
    ),
    InvalidPositionError: Problem(
        status=400, type="invalid-position", detail="The list has no such position: begin again without it."
    ),
    UnknownProposalError: Problem(status=404, type="unknown-proposal", detail="There is no proposal with that id."),
    AlreadyDecidedError: Problem(
        status=409, type="proposal-decided", detail="The proposal was decided before; see state and decided_by."
    ),
    UsageRangeError: Problem(
        status=400,
        type="invalid-range",
        detail=f"The last day must not be before the first one, and not more than {MAX_DAYS} days may be asked for.",
    ),
    UnknownAgentError: Problem(
        status=422, type="unknown-agent", detail="There is no agent of that name where it would run."
    ),
    InvalidMessagesError: Problem(
        status=400,
        type="invalid-message",
        detail="Some messages are not valid; see problems here, and the documentation for their form.",
    ),
    EmptyMessageError: Problem(status=400, type="empty-message", detail="There is no message to send."),
    InvalidRecipientError: Problem(
        status=400, type="invalid-recipient", detail="A message goes to exactly one person; see problems."
    ),
    MissingIdempotencyKeyError: Problem(
        status=400,
        type="missing-idempotency-key",
        detail="Send an Idempotency-Key header. When you repeat the request, send the same key: the message is then "
        "sent only once.",
    ),
    IdempotencyConflictError: Problem(
        status=422,
        type="idempotency-key-reused",
        detail="This Idempotency-Key was already used for another person or other messages; use a new key.",
    ),
    QueueFullError: Problem(
        status=429,
        type="queue-full",
        detail="Too many messages to this person are waiting; try again later with the same key.",
        headers={"Retry-After": "60"},
    ),
    WindowClosedError: Problem(
        status=409,
        type="window-closed",
        detail="The person's last message is too old: send a template, or wait until they write again.",
    ),
    MarketingRefusedError: Problem(
        status=409,
        type="marketing-refused",
        detail="The person refused marketing messages, and a template without a category may be one. If it is not, "
        "write its category into the template: utility or authentication.",
    ),
    PersonUnreachableError: Problem(
        status=409,
        type="person-unreachable",
        detail="The person cannot be reached: they blocked this account, or left. Wait until they write again.",
    ),
    UnsupportedPartError: Problem(
        status=422,
        type="unsupported-by-channel",
        detail="The channel cannot send this; see reason. Nothing was queued.",
    ),
    SendFailedError: Problem(
        status=502, type="file-rejected", detail="The channel rejected a file; see reason. Nothing was queued."
    ),
    ConfigurationError: Problem(
        status=400,
        type="invalid-configuration",
        detail="The configuration cannot be used, and nothing was changed; see problems.",
    ),
    ForgedTokenError: Problem(status=401, type="invalid-run-token", detail="The token of the run is missing or wrong."),
    ExpiredTokenError: Problem(status=401, type="run-ended", detail="The run that this token belongs to has ended."),
    ForeignChannelError: Problem(
        status=403, type="foreign-channel", detail="The run may send on its own channel only; see reason."
    ),
    UnknownRecipientError: Problem(
        status=400, type="invalid-recipient", detail="A message goes to exactly one person; see problems."
    ),
    TooManyRunMessagesError: Problem(
        status=429, type="too-many-run-messages", detail="The run has sent as many different messages as it may."
    ),
    ForgedAddressError: Problem(status=403, type="invalid-file-address", detail="This is no address of a file."),
    ExpiredAddressError: Problem(
        status=410, type="file-address-expired", detail="The address of the file worked for some minutes only."
    ),
    MediaUnavailableError: Problem(
        status=404, type="file-unavailable", detail="The channel does not have the file any more, or it is too large."
    ),
    MediaTroubleError: Problem(
        status=503,
        type="file-not-ready",
        detail="The channel does not give the file out now; try again later.",
        headers={"Retry-After": "10"},
    ),
    TooManyFilesError: Problem(
        status=503,
        type="overloaded",
        detail="Too many files are being handed out; try again later.",
        headers={"Retry-After": "2"},
    ),
    HumanAnswersError: Problem(
        status=409, type="human-takeover", detail="A human has taken over the conversation with this person."
    ),
    NotReadyError: Problem(status=503, type="not-ready", detail="A part of the service cannot be reached; see parts."),
    StoreUnavailableError: Problem(
        status=503, type="store-unavailable", detail="The store cannot be reached.", headers={"Retry-After": "2"}
    ),
}
