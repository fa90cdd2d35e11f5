"""`trunkline route`."""

import datetime as dt
import os
from pathlib import Path

import click

from domain.conversations.routing import Route, Routing, RoutingInput, Rule
from domain.conversations.words import words_of
from domain.messages.inbound import ReferralKind
from domain.people.person import Conversation
from entrypoints.bootstrap.configuration import load_settings
from entrypoints.cli.common import config_dir_option, json_option, report_errors
from entrypoints.observability.terminal import as_json as json_text
from entrypoints.observability.terminal import one_line
from entrypoints.settings import ChannelSettings, ConfigurationError

WHEN = click.DateTime(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M%z"])


@click.command()
@config_dir_option
@click.option("--channel", "name", required=True, help="The entry of channels.yaml.")
@click.option("--text", default="", help="What the person writes.")
@click.option("--choice", "choices", multiple=True, help="The id of a choice that they tap; may be repeated.")
@click.option("--referral", default="", help="Words of the advertisement or link that leads them here, or its address.")
@click.option("--language", help="Their language; else that of the channel.")
@click.option("--new/--known", "is_new", default=True, help="Whether the conversation is new.", show_default=True)
@click.option("--at", type=WHEN, help="When: 2026-11-26T21:30 (UTC) or 2026-11-26T21:30+0100; else now.")
@click.option("--user", default="15550002222", help="Who they are, for percentages.", show_default=True)
@click.option("--agent", "kept", default="", help="The agent that the conversation has; else that of the channel.")
@json_option
@report_errors(ConfigurationError)
def route(
    *,
    config_dir: Path,
    name: str,
    text: str,
    choices: tuple[str, ...],
    referral: str,
    language: str | None,
    at: dt.datetime | None,
    user: str,
    kept: str,
    is_new: bool,
    as_json: bool,
) -> None:
    """Say which routing rule matches, and why the others do not. Nothing is sent or changed."""
    channel = _channel(config_dir, name)
    when = at or dt.datetime.now(tz=dt.UTC)
    asked = RoutingInput(
        words=words_of(text),
        choice_ids=frozenset(choices),
        led_by=frozenset({ReferralKind.ADVERTISEMENT.value} if referral else ()),
        origin=words_of(referral),
        language=language or channel.language,
        is_new=is_new,
        at=(when if when.tzinfo else when.replace(tzinfo=dt.UTC)).timestamp(),
        person=str(Conversation(channel=name, user=user)),
    )
    routing = channel.routing or Routing(rules=())
    decided = routing.decide(asked, kept=Route(agent=kept))
    agent = None if decided.text else decided.agent or channel.default_agent
    rules = [{"name": rule.name, "matches": rule.matches(asked), "why": _why(rule, asked)} for rule in routing.rules]
    if as_json:
        click.echo(json_text({"agent": agent, "rule": decided.changed_by or None, "rules": rules}))
        return
    for rule in routing.rules:
        click.echo(one_line(f"{rule.name}: {_why(rule, asked)}"))
    who = f"agent {agent} answers" if agent else "a text answers"
    click.echo(one_line(f"{who} ({decided.changed_by or 'no rule'})"))


def _channel(config_dir: Path, name: str) -> ChannelSettings:
    settings = load_settings(config_dir=config_dir, environ=os.environ)
    for channel in settings.channels:
        if channel.name == name:
            return channel
    raise click.ClickException(one_line(f"there is no channel {name} in channels.yaml"))


def _why(rule: Rule, asked: RoutingInput) -> str:
    if mismatch := rule.mismatch(asked):
        return f"does not match: {mismatch}"
    return f"matches: {f'agent {rule.agent}' if rule.agent else 'a text'}"
