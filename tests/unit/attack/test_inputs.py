"""Hostile inputs: as many as planned, of every kind, of bounded size, and the same for the same seed."""

import contextlib
import hashlib
import hmac
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

import pytest

from application.run_token import RunToken
from application.signed_tokens import ExpiredTokenError, ForgedTokenError, TokenSigner
from attack.hostile_files import Behaviour
from attack.inputs import answers, json_values
from attack.inputs.files import hostile_files
from attack.inputs.request import Request
from attack.inputs.requests import hostile_requests
from attack.inputs.webhooks import hostile_webhooks
from attack.people import HONEST_NUMBERS
from attack.plan import APP_SECRET, MEGABYTE, TOOLS_SECRET, Family, Plan

GENERATORS = [hostile_webhooks, hostile_requests, hostile_files]
every_generator = pytest.mark.parametrize("generator", GENERATORS, ids=lambda generator: generator.__name__)

type Generator = Callable[[Random, int], Iterator[Request]]


@pytest.fixture(scope="module")
def many_requests() -> list[Request]:
    """The requests of a run of the usual size."""
    return list(hostile_requests(Random(1), 800))


@every_generator
def test_the_same_seed_gives_the_same_inputs(generator: Generator) -> None:
    """Byte for byte. Only times in webhooks may differ by a second."""
    first, second = ([request.kind for request in generator(Random(5), 30)] for _ in range(2))

    assert first == second
    assert first != [request.kind for request in generator(Random(6), 30)]


@every_generator
def test_the_inputs_are_as_many_as_planned_and_bounded(
    generator: Generator,
) -> None:
    """The largest are a little larger than a service accepts.

    None comes from an honest person, so that the audit can tell them apart.
    """
    thrown = list(generator(Random(1), 100))

    assert len(thrown) == 100
    assert max(len(request.data) for request in thrown) < 8 * MEGABYTE
    assert not [request for request in thrown if f'"{HONEST_NUMBERS}'.encode() in request.data]


def test_webhooks_are_of_every_kind() -> None:
    """Each named kind occurs in a run of the usual size."""
    kinds = Counter(request.kind for request in hostile_webhooks(Random(1), 400))

    assert {"mutated", "no JSON", "strange words", "odd time", "forged", "large", "chunked", "replayed"} <= set(kinds)
    assert {"wrong_shape: deep", "wrong_shape: wide", "wrong_shape: number", "keys twice", "encoded"} <= set(kinds)
    assert [kind for kind in kinds if kind.startswith("1000 of")]


def test_requests_are_of_every_kind(many_requests: list[Request]) -> None:
    """Also those without an operator: the tokens of files and runs, and the login."""
    kinds = Counter(request.kind for request in many_requests)

    assert {"id", "query", "body", "header", "token", "handshake", "method", "stream"} <= set(kinds)
    assert {"file address", "run message", "login"} <= set(kinds)


def test_some_tokens_are_genuine(many_requests: list[Request]) -> None:
    """Behind them is what only a run may reach."""
    signer, genuine = TokenSigner(secrets=(TOOLS_SECRET.encode(),)), 0
    for request in many_requests:
        if request.kind == "run message":
            (token,) = re.findall(rb"X-Nexus-Run-Token: ([^\r]*)", request.data)
            with contextlib.suppress(ForgedTokenError, ExpiredTokenError):
                genuine += bool(RunToken.read(token.decode(), signer, now=time.time()))

    assert genuine > 10


def test_all_but_forged_webhooks_have_metas_signature() -> None:
    """Otherwise they would be refused before anything hostile is read."""
    for request in hostile_webhooks(Random(3), 150):
        head, _, body = request.data.partition(b"\r\n\r\n")
        digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest().encode()
        if request.kind == "forged":
            assert b"sha256=" + digest not in head
        elif request.kind != "chunked":
            assert b"sha256=" + digest in head


def test_most_mutated_documents_are_still_json() -> None:
    """They reach the code that reads fields, and not only the parser."""
    document = {"entry": [{"changes": [{"value": {"messages": [{"id": "x", "text": {"body": "y"}}]}}]}]}

    mutated = [json_values.mutated(document, Random(number)) for number in range(50)]

    assert all(json.loads(json.dumps(one)) == one for one in mutated if one == one)  # noqa: PLR0124 - NaN is not
    assert sum(one != document for one in mutated) > 45


def test_deep_documents_may_overflow_a_stack() -> None:
    """Some are shallow enough to be read."""
    depths = {json_values.deep(Random(number)).count(b"[") for number in range(100)}

    assert max(depths) > 100_000
    assert [depth for depth in depths if 0 < depth < 1_000]


@pytest.mark.parametrize("kind", answers.KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_answer_has_a_maximum_length(kind: Callable[[Random], str]) -> None:
    """Files are the longest: 17 MB in base64."""
    texts = [kind(Random(number)) for number in range(5)]

    assert all(isinstance(text, str) for text in texts)
    assert any(texts)
    assert max(map(len, texts)) < 24 * MEGABYTE


def test_an_answer_is_the_same_in_every_process() -> None:
    """The agent draws it from seed and number alone, and so can anybody who looks for a cause."""
    assert answers.hostile_answer(1, 7) == answers.hostile_answer(1, 7)
    assert answers.hostile_answer(1, 7) != answers.hostile_answer(1, 8)


def test_most_answers_have_the_form_of_an_agent_server() -> None:
    """Some do not."""
    read = 0
    for number in range(60):
        try:
            read += isinstance(json.loads(answers.hostile_answer(1, number))["answer"], str)
        except (ValueError, TypeError, KeyError):
            continue

    assert 45 < read < 60


def test_files_have_every_behaviour() -> None:
    """Some come thirty at once."""
    kinds = {request.kind for request in hostile_files(Random(1), 300)}

    assert kinds == {"30 voice notes", *(f"file: {behaviour}" for behaviour in Behaviour)}


def test_a_whole_run_has_ten_thousand_inputs_and_a_quick_one_a_tenth() -> None:
    """Both have a time limit."""
    whole, quick = Plan(seed=1), Plan(seed=1, quick=True)

    assert sum(map(whole.inputs, Family)) >= 10_000
    assert sum(map(quick.inputs, Family)) >= 1_000
    assert sum(map(whole.seconds, Family)) <= 210
