"""What a configuration asks of a channel that it cannot do."""

from typing import Any

import pytest
from attrs import evolve

from adapters.memory.messenger import EVERYTHING, MemoryMessenger
from adapters.whatsapp.capabilities import WHATSAPP
from application.ports.capabilities import Capabilities
from domain.messages.localized_texts import LocalizedText
from domain.messages.outbound import TemplatePart
from domain.policies.retry import UnconfirmedSends
from domain.policies.staleness import Staleness, StalePolicy
from entrypoints.doctor import Status
from entrypoints.doctor.capabilities import beyond_capabilities
from entrypoints.settings.whatsapp import TemplateSettings
from support.doctor import CHANNEL, examine, settings
from support.signed_channel import whatsapp

TEXT_ONLY = Capabilities(type="sms", text=1600)
DAY = 24 * 3600.0
TEMPLATE = TemplatePart(name="we_are_back", language="en_US")


def problems(can: Capabilities, **keys: Any) -> list[str]:
    configured = evolve(
        whatsapp(), messenger=MemoryMessenger(capabilities=can), window_seconds=can.window_seconds, **keys
    )
    return [f"{finding.message} -> {finding.fix}" for finding in beyond_capabilities(configured)]


@pytest.mark.parametrize("can", [WHATSAPP, EVERYTHING, TEXT_ONLY])
def test_the_defaults_ask_for_nothing_more(can: Capabilities) -> None:
    """Whatever the channel can do."""
    assert problems(can) == []


@pytest.mark.parametrize(
    ("can", "keys", "said"),
    [
        (TEXT_ONLY, {"link_by_phone": True}, "no button with which people share their number"),
        (EVERYTHING, {"unconfirmed_sends": UnconfirmedSends.DEAD_LETTER}, "unconfirmed_sends has no effect"),
        (TEXT_ONLY, {"late_template": TEMPLATE}, "late_template is never sent"),
        (WHATSAPP, {"staleness": Staleness(policy=StalePolicy.ANSWER)}, "more than 86400 s"),
        (WHATSAPP, {"staleness": Staleness(after_seconds=DAY + 1)}, "more than 86400 s"),
    ],
)
def test_a_key_that_the_channel_cannot_follow_is_named(can: Capabilities, keys: dict[str, Any], said: str) -> None:
    """With what to do about it."""
    (problem,) = problems(can, **keys)

    assert said in problem


def test_late_answers_need_a_template_or_a_channel_without_a_window() -> None:
    late = {"staleness": Staleness(policy=StalePolicy.APOLOGISE)}

    assert problems(WHATSAPP, **late, late_template=TEMPLATE) == []
    assert problems(TEXT_ONLY, **late) == []


def test_a_text_of_ours_that_no_button_holds_is_named() -> None:
    """With its languages. A channel without buttons shows it as text."""
    long = LocalizedText(by_language={"en": "Yes", "de": "Ja, bitte genau so ausführen"}, default="en")
    texts = evolve(whatsapp().texts, confirm=long, choose=long)

    assert problems(WHATSAPP, texts=texts) == [
        f"the text {name} in de is longer than the 20 UTF-16 code units of a button -> write a shorter texts.{name}"
        for name in ("confirm", "choose")
    ]
    assert problems(TEXT_ONLY, texts=texts) == []


async def test_the_doctor_says_it_of_each_whatsapp() -> None:
    """Also offline. It is a warning: the service starts."""
    late = evolve(CHANNEL, stale=Staleness(policy=StalePolicy.ANSWER))
    mended = evolve(late, late_template=TemplateSettings(name="we_are_back", language="en_US"))

    (found,) = (await examine(settings(late), offline=True))["whatsapp: capabilities"]

    assert found.status is Status.WARNING
    assert "whatsapp: capabilities" not in await examine(settings(mended), offline=True)
