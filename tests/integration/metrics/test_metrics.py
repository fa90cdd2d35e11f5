"""Prometheus' questions to a real service: are we behind, for whom, and why?"""

import asyncio
from collections.abc import Iterable

import pytest
from attrs import frozen
from prometheus_client.parser import text_string_to_metric_families

from support.model_server import Says, ScriptedModel
from support.phone import Phone
from support.polling import eventually
from support.service import Service, StartService
from support.simulator import RunningSimulator

LIMIT = 3
# What is about the process, the store or the installation.
WITHOUT_CHANNEL = {
    *("trunkline_store_seconds", "trunkline_store_up", "trunkline_build_info", "trunkline_turn_places"),
    *("trunkline_dead_letters", "trunkline_http_requests", "trunkline_http_response_seconds"),
    *("trunkline_open_proposals", "trunkline_undelivered_proposals", "trunkline_oldest_undelivered_proposal_seconds"),
}


@frozen
class Sample:
    series: str
    labels: dict[str, str]
    value: float


async def samples(*services: Service) -> list[Sample]:
    """Everything that these processes tell."""
    found = []
    for service in services:
        text = (await service.http.get(f"{service.url}/metrics")).text
        for family in text_string_to_metric_families(text):
            found += [Sample(each.name, each.labels, each.value) for each in family.samples]
    return found


def highest(found: Iterable[Sample], series: str, **labels: str) -> float:
    """The highest value of the series with these labels; -1 where there is none."""
    fitting = (each.value for each in found if each.series == series and labels.items() <= each.labels.items())
    return max(fitting, default=-1)


@pytest.fixture
async def phone(meta: RunningSimulator) -> Phone:
    phone = Phone(meta=meta, number="15557770001")
    (await meta.http.put(f"/phone/{phone.number}", json={"name": "Somebody"})).raise_for_status()
    return phone


async def test_they_answer_whether_we_are_behind_and_why(
    start_service: StartService, meta: RunningSimulator, phone: Phone, model: ScriptedModel
) -> None:
    """One answer, one that Meta never takes, a burst over the limit, and an agent that is still busy."""
    limit = {"window_seconds": 60, "max_messages": LIMIT}
    web = await start_service(role="web", rate_limit=limit)
    worker = await start_service(role="worker", rate_limit=limit)
    other = Phone(meta=meta, number="15557770002")
    (await meta.http.put(f"/phone/{other.number}", json={"name": "Somebody else"})).raise_for_status()
    model.script["take your time"] = Says(text="done", delay_seconds=12)
    assert await phone.ask("hello")
    await meta.control(fail_sends=1, fail_status=400, fail_code=131026)
    await phone.write("refused by Meta")
    await eventually(lambda: _is_counted(worker, "trunkline_send_failures_total"))
    await asyncio.gather(*(phone.write(f"burst {number}") for number in range(LIMIT)))
    await eventually(lambda: _is_counted(worker, "trunkline_limited_messages_total"))
    await other.write("take your time")
    await eventually(lambda: _is_counted(worker, "trunkline_turns_in_flight"))
    await eventually(lambda: _is_counted(web, "trunkline_oldest_waiting_seconds"))

    found = await samples(web, worker)

    channel = {"channel": "whatsapp"}
    agent = channel | {"agent": "whatsapp-assistant"}
    # Are we behind, and for whom?
    assert highest(found, "trunkline_waiting_messages", **channel) >= 1
    assert highest(found, "trunkline_waiting_conversations", **channel) >= 1
    assert highest(found, "trunkline_oldest_waiting_seconds", **channel) > 0
    assert highest(found, "trunkline_end_to_end_seconds_count", **channel) >= 1
    assert highest(found, "trunkline_end_to_end_seconds_bucket", le="+Inf", **channel) >= 1
    # Why?
    assert highest(found, "trunkline_turns_in_flight", **channel) == 1
    assert highest(found, "trunkline_turn_places") == 1000
    assert highest(found, "trunkline_agent_seconds_count", outcome="answered", **agent) >= 1
    assert highest(found, "trunkline_send_seconds_count", outcome="sent", **channel) >= 1
    assert highest(found, "trunkline_send_failures_total", code="131026", **channel) == 1
    assert highest(found, "trunkline_limited_messages_total", **channel) >= 1
    assert highest(found, "trunkline_store_seconds_count") > 1
    assert highest(found, "trunkline_lease_takeovers_total", **channel) == 0
    assert highest(found, "trunkline_dead_letters") == 1
    assert highest(found, "trunkline_agent_tokens_total", direction="out", **agent) >= 1
    assert highest(found, "trunkline_agent_cost_total", **agent) >= 0
    assert highest(found, "trunkline_build_info") == 1
    assert {each.series for each in found if "channel" not in each.labels and _is_ours(each.series)} == set()


def _is_ours(series: str) -> bool:
    """Whether it should say which channel it is about."""
    family = series
    for suffix in ("_bucket", "_count", "_sum", "_total", "_created"):
        family = family.removesuffix(suffix)
    return series.startswith("trunkline_") and family not in WITHOUT_CHANNEL


async def _is_counted(service: Service, series: str) -> bool:
    return highest(await samples(service), series) > 0
