"""What is thrown: as much as planned, of every kind, bounded, and the same for the same seed."""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

import pytest

from attack.hostile_files import Behaviour
from attack.inputs import answers, json_values
from attack.inputs.files import hostile_files
from attack.inputs.request import Request
from attack.inputs.requests import hostile_requests
from attack.inputs.webhooks import hostile_webhooks
from attack.people import HONEST_NUMBERS
from attack.plan import APP_SECRET, MEGABYTE, Family, Plan

GENERATORS = [hostile_webhooks, hostile_requests, hostile_files]
every_generator = pytest.mark.parametrize("generator", GENERATORS, ids=lambda generator: generator.__name__)

type Generator = Callable[[Random, int], Iterator[Request]]


@every_generator
def test_the_same_seed_throws_the_same(generator: Generator) -> None:
    """Also the bytes; the time of day, which webhooks name, may have gone on by a second."""
    first, second = ([request.kind for request in generator(Random(5), 30)] for _ in range(2))

    assert first == second
    assert first != [request.kind for request in generator(Random(6), 30)]


@every_generator
def test_as_many_are_thrown_as_were_planned_none_endless_and_none_in_the_name_of_honest_people(
    generator: Generator,
) -> None:
    """The largest are a little larger than a service takes. The audit can tell whose words are whose."""
    thrown = list(generator(Random(1), 100))

    assert len(thrown) == 100
    assert max(len(request.data) for request in thrown) < 8 * MEGABYTE
    assert not [request for request in thrown if f'"{HONEST_NUMBERS}'.encode() in request.data]


def test_webhooks_are_of_every_kind() -> None:
    """Each that has a name, in a run of the usual size."""
    kinds = Counter(request.kind for request in hostile_webhooks(Random(1), 400))

    assert {"mutated", "no JSON", "strange words", "odd time", "forged", "large", "chunked", "replayed"} <= set(kinds)
    assert {"spoilt: deep", "spoilt: wide", "spoilt: number", "keys twice", "encoded"} <= set(kinds)
    assert [kind for kind in kinds if kind.startswith("1000 of")]


def test_all_but_the_forged_are_signed_as_meta_signs() -> None:
    """A wrong signature would be refused before anything hostile is read."""
    for request in hostile_webhooks(Random(3), 150):
        head, _, body = request.data.partition(b"\r\n\r\n")
        digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest().encode()
        if request.kind == "forged":
            assert b"sha256=" + digest not in head
        elif request.kind != "chunked":
            assert b"sha256=" + digest in head


def test_most_mutated_documents_are_json_still() -> None:
    """They reach the code that reads fields, not only the parser."""
    document = {"entry": [{"changes": [{"value": {"messages": [{"id": "x", "text": {"body": "y"}}]}}]}]}

    mutated = [json_values.mutated(document, Random(number)) for number in range(50)]

    assert all(json.loads(json.dumps(one)) == one for one in mutated if one == one)  # noqa: PLR0124 - NaN is not
    assert sum(one != document for one in mutated) > 45


def test_deep_documents_are_deeper_than_a_stack() -> None:
    """And some are shallow enough to be read."""
    depths = {json_values.deep(Random(number)).count(b"[") for number in range(100)}

    assert max(depths) > 100_000
    assert [depth for depth in depths if 0 < depth < 1_000]


@pytest.mark.parametrize("kind", answers.KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_answer_is_a_text_with_an_end(kind: Callable[[Random], str]) -> None:
    """Files are the largest: 17 MB in base 64."""
    texts = [kind(Random(number)) for number in range(5)]

    assert all(isinstance(text, str) for text in texts)
    assert any(texts)
    assert max(map(len, texts)) < 24 * MEGABYTE


def test_an_answer_is_the_same_in_every_process() -> None:
    """The agent and whoever looks for a cause draw it from seed and number alone."""
    assert answers.hostile_answer(1, 7) == answers.hostile_answer(1, 7)
    assert answers.hostile_answer(1, 7) != answers.hostile_answer(1, 8)


def test_most_answers_are_what_an_agent_server_says() -> None:
    """An object with an answer; some are not even that."""
    read = 0
    for number in range(60):
        try:
            read += isinstance(json.loads(answers.hostile_answer(1, number))["answer"], str)
        except (ValueError, TypeError, KeyError):
            continue

    assert 45 < read < 60


def test_files_are_of_every_behaviour() -> None:
    """And some come thirty at once."""
    kinds = {request.kind for request in hostile_files(Random(1), 300)}

    assert kinds == {"30 voice notes", *(f"file: {behaviour}" for behaviour in Behaviour)}


def test_a_whole_run_throws_ten_thousand_inputs_and_a_quick_one_a_tenth() -> None:
    """And neither may take for ever."""
    whole, quick = Plan(seed=1), Plan(seed=1, quick=True)

    assert sum(map(whole.inputs, Family)) >= 10_000
    assert sum(map(quick.inputs, Family)) >= 1_000
    assert sum(map(whole.seconds, Family)) <= 210
