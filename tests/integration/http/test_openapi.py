"""The API's description matches the application, tested by schemathesis."""

import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence

import schemathesis
from hypothesis import settings
from schemathesis.config import SchemathesisConfig

from application.operating.initiate_message import Initiated
from application.operating.send_for_run import RunMessage
from application.ports.media import FetchedMedia
from domain.conversations.activity import Activity
from domain.messages.inbound import Media
from domain.messages.shared_values import MediaKind
from domain.people.person import Conversation
from entrypoints.http.wrong_tokens import WrongTokens
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


@contextlib.asynccontextmanager
async def open_file(token: str) -> AsyncIterator[tuple[Media, FetchedMedia]]:
    """Opens a file at any address."""
    yield Media(kind=MediaKind.DOCUMENT, id=token), FetchedMedia(content=b"%PDF", mime_type="application/octet-stream")


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
            {"include-path": "/v1/proposals", "checks": {"positive_data_acceptance": {"enabled": False}}},
            # An agent of the configuration, and a conversation of another channel, must be named.
            *(
                {"include-path": path, "checks": {"positive_data_acceptance": {"enabled": False}}}
                for path in ("/v1/conversations/{conversation}/agent", "/v1/conversations/{conversation}/joined")
            ),
            # The last day of a period must not be before its first one, and a period has a longest length.
            {"include-path": "/v1/usage", "checks": {"positive_data_acceptance": {"enabled": False}}},
            # Some names are taken or reserved, and a channel must exist.
            {"include-path": "/v1/operators", "checks": {"positive_data_acceptance": {"enabled": False}}},
            # A description has one content type for a status, and an export has the one that is asked for.
            {"include-path": "/v1/audit/export", "checks": {"content_type_conformance": {"enabled": False}}},
            # A position is one that the log gave out.
            {"include-path": "/v1/audit", "checks": {"positive_data_acceptance": {"enabled": False}}},
            # There is no configuration here that could be read again.
            {"include-path": "/v1/reload", "checks": {"positive_data_acceptance": {"enabled": False}}},
            # The rules for messages are richer than the schema, and a missing key has its own problem type.
            {
                "include-path": "/v1/channels/{channel}/messages",
                "checks": {"positive_data_acceptance": {"enabled": False}},
            },
        ],
    }
)
app = services.app(feed=EndedFeed(), send_for_run=send_for_run, open_file=open_file)
# Many requests come with a wrong token. With hours between them, none waits for its answer.
app.state.wrong_tokens = WrongTokens(clock=itertools.count(step=3600.0).__next__)
schema = schemathesis.openapi.from_asgi("/schema/openapi.json", app, config=LENIENT)


def test_strict_bodies_are_described_as_strict() -> None:
    """A body with an unknown key is rejected, and whoever reads the description knows it."""
    schemas = schema.raw_schema["components"]["schemas"]
    strict = {name for name, described in schemas.items() if described.get("additionalProperties") is False}

    assert strict == {"AgentChoice", "JoinTarget", "NewOperator", "SendRequest", "Verdict"}


@schema.parametrize()
@settings(max_examples=25, deadline=None)
def test_answers_are_as_described(case: schemathesis.Case) -> None:
    """Each response is one that the description announces."""
    case.call_and_validate(headers=OPERATOR)
