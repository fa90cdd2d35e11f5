"""`routing` of a channel."""

from datetime import UTC, datetime

import pytest

from domain.conversations.routing import Rule
from entrypoints.settings import ConfigurationError
from support.configuration import ConfigurationDirectory

ROUTING = """
{time_zone: Europe/Madrid, opening_hours: {mon-fri: ["09:00-13:00", "14:00-18:00"], sat: "22:00-02:00"}, rules: [
  {name: invoices, words: [invoice, "bill*"], agent: billing},
  {choices: pay, referral: any, agent: sales},
  {open: false, text: {es: Cerrado., en: Closed.}},
  {language: [es, pt], new: true, percentage: 10, agent: assistant-es},
  {agent: last}]}
"""
ONE = "{rules: [%s]}"


def rules_of(config: ConfigurationDirectory, routing: str, **keys: str) -> tuple[Rule, ...]:
    config.write_whatsapp(routing=" ".join(routing.split()), **keys)
    found = config.load().channels[0].routing
    assert found is not None
    return found.rules


def test_everything_is_read(config: ConfigurationDirectory) -> None:
    """Rules without a name have their number."""
    invoices, second, closed, fourth, last = rules_of(config, ROUTING)

    assert (invoices.name, invoices.agent, invoices.words) == ("invoices", "billing", ("invoice", "bill*"))
    assert (second.name, second.choices, second.any_referral) == ("rule 2", frozenset({"pay"}), True)
    assert closed.text is not None
    assert dict(closed.text.by_language) == {"es": "Cerrado.", "en": "Closed."}
    assert (fourth.languages, fourth.is_new, fourth.percentage) == (frozenset({"es", "pt"}), True, 10)
    assert last == Rule(name="rule 5", agent="last", hours=last.hours)


@pytest.mark.parametrize(("language", "default"), [("en", "en"), ("es", "es"), ("de", "es")])
def test_the_text_is_in_the_channels_language(config: ConfigurationDirectory, language: str, default: str) -> None:
    """For people whose own is not written. Where that of the channel is not written either, the first."""
    closed = rules_of(config, ROUTING, language=language)[2]

    assert closed.text is not None
    assert closed.text.default == default


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-23T12:30", False),
        ("2026-11-23T13:00", True),
        ("2026-11-22T00:30", True),  # Saturday's hours go on after midnight
        ("2026-11-22T01:30", False),
        ("2026-11-21T21:30", True),
        ("2026-11-29T12:00", False),
    ],
)
def test_opening_hours(config: ConfigurationDirectory, at: str, is_open: bool) -> None:
    """Of several spans a day, and over midnight."""
    hours = rules_of(config, ROUTING)[2].hours

    assert hours is not None
    assert hours.include(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()) == is_open


@pytest.mark.parametrize(
    ("routing", "problem"),
    [
        ("{rules: []}", "routing.rules: is no list of rules; write 1 to 50, each after a dash"),
        (ONE % ", ".join(["{new: true, agent: a}"] * 51), "routing.rules: is no list of rules"),
        ("{}", "routing.rules: is missing"),
        ("yes", "routing: must be a block of keys"),
        (ONE % "{words: a}", "routing.rules.1: needs either agent or text; write one of the two"),
        (ONE % "{words: a, agent: b, text: c}", "routing.rules.1: needs either agent or text"),
        (ONE % "{wrods: a, agent: b}", "routing.rules.1: unknown key wrods; did you mean words?"),
        (ONE % '{words: "?!", agent: b}', "routing.rules.1.words: has an entry that is not a word"),
        (ONE % f"{{words: {'a' * 101}, agent: b}}", "routing.rules.1.words: has an entry that is not a word"),
        (ONE % '{choices: "", agent: b}', "routing.rules.1.choices: has an entry that is not the id"),
        (ONE % '{agent: ""}', "routing.rules.1.agent: is no name of an agent"),
        (ONE % '{text: ""}', "routing.rules.1.text: is empty; write a sentence"),
        (ONE % "{text: {english: a}}", "routing.rules.1.text.english: is not a language code"),
        (ONE % "{text: {}}", "routing.rules.1.text: must be text"),
        (ONE % "{language: english, agent: b}", "routing.rules.1: is not a language code"),
        (ONE % "{percentage: 101, agent: b}", "routing.rules.1.percentage: must be <= 100"),
        (ONE % "{percentage: -1, agent: b}", "routing.rules.1.percentage: must be >= 0"),
        (ONE % "{open: true, agent: b}", "routing.rules.1: has open, and there are no opening_hours"),
        (ONE % "{agent: a}, {words: x, agent: b}", "routing.rules.1: has no condition, so the rules after it"),
        (ONE % "{name: x, words: a, agent: a}, {name: x, agent: b}", "routing.rules.2: has the name of another rule"),
        (ONE % '{name: "*", agent: a}', "routing.rules.1.name: is no name for a rule"),
        ("{opening_hours: {mon: '09:00-18:00'}, rules: [{agent: a}]}", "routing: has opening_hours and no time_zone"),
        ("{time_zone: Mars, rules: [{agent: a}]}", "routing.time_zone: is no time zone that this machine knows"),
        ("{time_zone: ../etc, rules: [{agent: a}]}", "routing.time_zone: is no time zone"),
        ("{time_zone: UTC, opening_hours: {monday: '09:00-18:00'}, rules: [{agent: a}]}", "monday: is no day"),
        ("{time_zone: UTC, opening_hours: {mon: '9-18'}, rules: [{agent: a}]}", "mon: has times that cannot be read"),
        ("{time_zone: UTC, opening_hours: {mon: '09:00-25:00'}, rules: [{agent: a}]}", "mon: has times that cannot"),
        ("{time_zone: UTC, opening_hours: {mon: '09:61-12:00'}, rules: [{agent: a}]}", "mon: has times that cannot"),
        ("{time_zone: UTC, opening_hours: {mon: '09:00-09:00'}, rules: [{agent: a}]}", "mon: has times that cannot"),
    ],
)
def test_mistakes(config: ConfigurationDirectory, routing: str, problem: str) -> None:
    """Each names its rule and its key."""
    config.write_whatsapp(routing=routing)

    with pytest.raises(ConfigurationError) as mistaken:
        config.load()

    assert problem in str(mistaken.value)


def test_too_many_words(config: ConfigurationDirectory) -> None:
    """Each message is compared with all of them."""
    words = ", ".join(f"w{number}" for number in range(501))
    config.write_whatsapp(routing=ONE % f"{{words: [{words}], agent: a}}, {{words: [{words}], agent: b}}")

    with pytest.raises(ConfigurationError, match="has more than 1000 words and choices"):
        config.load()


def test_a_rule_names_a_runtime_that_does_not_exist(config: ConfigurationDirectory) -> None:
    """As with the agent of a channel."""
    config.write_service("agents: [{name: main}]\n")
    config.write_whatsapp(routing=ONE % "{words: a, agent: other/a}")

    with pytest.raises(ConfigurationError, match=r"routing\.rules\.1\.agent: names agents that service\.yaml"):
        config.load()


@pytest.mark.parametrize("nothing", ["null", "~"])
def test_none(config: ConfigurationDirectory, nothing: str) -> None:
    """Null is as if it were not written."""
    config.write_whatsapp(routing=nothing)

    assert config.load().channels[0].routing is None
