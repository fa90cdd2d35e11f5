"""Downloads with a token that Meta does not accept any more."""

import pytest

from adapters.whatsapp.graph.media import GraphMedia
from application.ports.media import AccountBlockedError, MediaTroubleError, MediaUnavailableError
from support.graph_server import TOKEN, GraphServer, refusal
from support.media_download import fetch

pytestmark = pytest.mark.usefixtures("without_waiting")


@pytest.mark.parametrize("code", [0, 104, 190])
async def test_an_invalid_token_counts_as_a_blocked_account(graph: GraphServer, media: GraphMedia, code: int) -> None:
    """It is valid for nothing else either. The error does not hold the token."""
    graph.script.extend([refusal(code, status=401, message=f"Bad token {TOKEN}")] * 3)

    with pytest.raises(AccountBlockedError, match=f"code {code}: Bad token") as raised:
        await fetch(media)

    assert TOKEN not in f"{raised.value!r} {raised.value.__cause__!r}"


@pytest.mark.parametrize("code", [3, 10, 200, 368, 131031])
async def test_a_code_that_may_be_about_the_file_does_not_block_the_account(
    graph: GraphServer, media: GraphMedia, code: int
) -> None:
    """Otherwise one file could open the circuit breaker again and again."""
    graph.script.extend([refusal(code, status=403)] * 3)

    with pytest.raises((MediaTroubleError, MediaUnavailableError)) as raised:
        await fetch(media)

    assert not isinstance(raised.value, AccountBlockedError)
