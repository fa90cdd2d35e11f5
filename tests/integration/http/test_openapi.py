"""The API's description matches the application, tested by schemathesis."""

from collections.abc import AsyncIterator, Sequence

import schemathesis
from hypothesis import settings
from schemathesis.config import SchemathesisConfig

from application.operating.initiate_message import Initiated
from application.operating.send_for_run import RunMessage
from domain.conversations.activity import Activity
from domain.people.person import Conversation
from support.dead_letters import dead_letter
from support.http_services import OPERATOR, FakeServices


class EndedFeed:
    """A feed that ends at once, so that streams end."""

    async def publish(self, *, activities: Sequence[Activity]) -> None: ...

    async def follow(self, *, after: str | None) -> AsyncIterator[tuple[str, Activity]]:
        for nothing in ():
            yield nothing


async def send_for_run(*, token: str, message: RunMessage) -> Initiated:
    """Queues whatever a run sends."""
    return Initiated(conversation=Conversation(channel=message.channel, user="1"), turn_id="sent-1", new=True)


services = FakeServices()
services.dead_letters.letters.extend(dead_letter(f"0.{number}-0") for number in range(3))
LENIENT = SchemathesisConfig.from_dict(
    {
        # Unknown parameters are ignored, on purpose.
        "generation": {"allow-extra-parameters": False},
        # Litestar's automatic OPTIONS names one method where a path has several; `Allow` of 405 has its own test.
        "checks": {"allow_header_conformance": {"enabled": False}},
        # Of a parameter that is given several times, the last counts.
        "operations": [
            {
                "include-path": "/v1/channels/events",
                "checks": {
                    "negative_data_rejection": {"enabled": False},
                    "positive_data_acceptance": {"enabled": False},
                },
            },
            # Its `after` has a pattern, which the generator does not keep.
            {"include-path": "/v1/dead-letters", "checks": {"positive_data_acceptance": {"enabled": False}}},
            # A field that is not known is refused: it may be a slip of the pen.
            {
                "include-path": "/v1/conversations/{conversation}/agent",
                "checks": {"positive_data_acceptance": {"enabled": False}},
            },
            # The two days must fit each other.
            {"include-path": "/v1/usage", "checks": {"positive_data_acceptance": {"enabled": False}}},
            # This application has no files that it could read again.
            {"include-path": "/v1/reload", "checks": {"positive_data_acceptance": {"enabled": False}}},
            # The rules for messages are richer than the schema, and a missing key has its own problem type.
            {
                "include-path": "/v1/channels/{channel}/messages",
                "checks": {"positive_data_acceptance": {"enabled": False}},
            },
        ],
    }
)
schema = schemathesis.openapi.from_asgi(
    "/schema/openapi.json", services.app(feed=EndedFeed(), send_for_run=send_for_run), config=LENIENT
)


@schema.parametrize()
@settings(max_examples=25, deadline=None)
def test_answers_are_as_described(case: schemathesis.Case) -> None:
    """Each response is one that the description announces."""
    case.call_and_validate(headers=OPERATOR)
