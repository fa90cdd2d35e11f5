"""What the configuration asks of a channel, and the channel cannot do. None of it stops the service."""

from collections.abc import Iterator

from application.channels import Channel
from application.ports.capabilities import Capabilities
from domain.messages.localized_texts import LocalizedText
from domain.policies.retry import UnconfirmedSends
from domain.policies.staleness import StalePolicy
from entrypoints.doctor.findings import Finding, warning


def beyond_capabilities(channel: Channel) -> Iterator[Finding]:
    """A warning for each key that has no effect, or leads to messages that are not sent."""
    can = channel.messenger.capabilities
    for problem, fix in (*_keys(channel, can), *_late_answers(channel), *_button_texts(channel, can)):
        yield warning(f"{channel.name}: capabilities", problem, fix)


def _keys(channel: Channel, can: Capabilities) -> Iterator[tuple[str, str]]:
    if channel.link_by_phone and not can.contact_request_title:
        problem = "link_by_phone is true, but this channel has no button with which people share their number"
        yield problem, "remove link_by_phone"
    if can.confirms_sends and channel.unconfirmed_sends is not UnconfirmedSends.RESEND:
        yield "unconfirmed_sends has no effect, because this channel confirms what it sent", "remove unconfirmed_sends"
    if channel.late_template and not can.templates:
        yield "late_template is never sent, because this channel has no templates", "remove late_template"


def _late_answers(channel: Channel) -> Iterator[tuple[str, str]]:
    window, late = channel.window_seconds, channel.staleness
    answers_late = window is not None and (late.policy is not StalePolicy.SKIP or late.after_seconds > window)
    if answers_late and not channel.late_template:
        fix = "write policy: skip, with after_seconds within this time, or a late_template"
        yield f"stale lets messages of more than {window:g} s be answered, when this channel takes no free text", fix


def _button_texts(channel: Channel, can: Capabilities) -> Iterator[tuple[str, str]]:
    """Texts of ours that are titles of buttons."""
    limits = dict.fromkeys(("confirm", "decline"), can.buttons.title) if can.buttons else {}
    limits |= {"choose": can.opener} if can.opener else {}
    for name, limit in limits.items():
        text: LocalizedText = getattr(channel.texts, name)
        too_long = [language for language, words in text.by_language.items() if not can.fits(words, limit)]
        if too_long:
            problem = f"the text {name} in {', '.join(too_long)} is longer than the {limit} {can.unit} of a button"
            yield problem, f"write a shorter texts.{name}"
