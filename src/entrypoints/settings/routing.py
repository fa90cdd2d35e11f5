"""Read `routing` of a channel: its rules, and the opening hours that they ask for."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen
from attrs.validators import ge, le
from attrs.validators import optional as optional_validator

from domain.conversations.opening_hours import OpeningHours, OpenSpan
from domain.conversations.routing import SETTLED, Routing, Rule
from domain.conversations.words import pattern_of
from domain.messages.localized_texts import LocalizedText
from entrypoints.settings import validators as check
from entrypoints.settings.errors import ConfigurationError, Problem, collected
from entrypoints.settings.opening_hours import hours_of, read_opening_hours, read_zone
from entrypoints.settings.reading import READER, read_block, texts
from entrypoints.settings.texts import read_text

MAX_RULES = 50
# Words and choices of all rules of a channel, and the characters of one of them.
MAX_WORDS = 1_000
MAX_WORD = 100
ANY = "any"

rule_name = check.matching(r"[^\W_*](?:[\w .:-]{0,59})", "is no name for a rule", fix="use up to 60 letters and digits")


def read_words(value: object) -> tuple[str, ...]:
    """Read one phrase, or a list of them.

    Raises:
        ConfigurationError: one is too long, or has no word in it.
    """
    written = texts(value)
    for phrase in written:
        if len(phrase) > MAX_WORD or not pattern_of(phrase).strip():
            fix = f"write words of up to {MAX_WORD} characters, like invoice, track order or bill*"
            raise ConfigurationError.of("has an entry that is not a word", fix=fix)
    return written


def read_choices(value: object) -> tuple[str, ...]:
    """Read one id of a choice, or a list of them."""
    written = texts(value)
    if not all(each and len(each) <= check.MAX_CHOICE_ID for each in written):
        raise ConfigurationError.of("has an entry that is not the id of a choice", fix="write the ids of your buttons")
    return written


@frozen(kw_only=True)
class RuleSettings:
    """One rule. All conditions that are written must hold, and either `agent` or `text` follows."""

    name: str | None = field(default=None, validator=rule_name)
    words: tuple[str, ...] = field(default=(), metadata={READER: read_words})
    choices: tuple[str, ...] = field(default=(), metadata={READER: read_choices})
    referral: tuple[str, ...] = field(default=(), metadata={READER: read_words})
    language: tuple[str, ...] = ()
    new: bool | None = None
    open: bool | None = None
    percentage: float | None = field(default=None, validator=optional_validator([ge(0), le(100)]))
    agent: str | None = field(default=None, validator=check.agent_name)
    text: LocalizedText | None = field(default=None, metadata={READER: read_text})

    def __attrs_post_init__(self) -> None:
        if (self.agent is None) == (self.text is None):
            raise ConfigurationError.of("needs either agent or text", fix="write one of the two")
        for language in self.language:
            check.language_code(None, None, language)

    @property
    def is_unconditional(self) -> bool:
        conditions = (self.words, self.choices, self.referral, self.language)
        return not any(conditions) and (self.new, self.open, self.percentage) == (None, None, None)

    def rule(self, number: int, hours: OpeningHours | None) -> Rule:
        if self.open is not None and hours is None:
            raise ConfigurationError.of("has open, and there are no opening_hours", fix="write them beside rules")
        return Rule(
            name=self.name or f"rule {number}",
            agent=self.agent or "",
            text=self.text,
            words=self.words,
            choices=frozenset(self.choices),
            any_referral=ANY in self.referral,
            referral=() if ANY in self.referral else self.referral,
            languages=frozenset(self.language),
            is_new=self.new,
            is_open=self.open,
            hours=hours,
            percentage=self.percentage,
        )


def read_rules(value: object) -> tuple[RuleSettings, ...]:
    """Read the list of rules.

    Raises:
        ConfigurationError: with every mistake.
    """
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_RULES:
        raise ConfigurationError.of("is no list of rules", fix=f"write 1 to {MAX_RULES}, each after a dash")
    rules, problems = list[RuleSettings](), list[Problem]()
    for number, entry in enumerate(value, 1):
        with collected(problems, key=number):
            rules.append(read_block(RuleSettings, entry))
    if problems:
        raise ConfigurationError(problems)
    if sum(len(rule.words) + len(rule.choices) + len(rule.referral) for rule in rules) > MAX_WORDS:
        raise ConfigurationError.of(f"has more than {MAX_WORDS} words and choices", fix="remove some of them")
    return tuple(rules)


@frozen(kw_only=True)
class RoutingSettings:
    time_zone: ZoneInfo | None = field(default=None, metadata={READER: read_zone})
    opening_hours: tuple[OpenSpan, ...] = field(default=(), metadata={READER: read_opening_hours})
    rules: tuple[RuleSettings, ...] = field(metadata={READER: read_rules})


def read_routing(value: object) -> Routing | None:
    """Read the block `routing`; null is none.

    Raises:
        ConfigurationError: with what is wrong.
    """
    if value is None:
        return None
    written: RoutingSettings = read_block(RoutingSettings, value)
    hours = hours_of(written.opening_hours, written.time_zone)
    rules, problems = list[Rule](), list[Problem]()
    for number, settings in enumerate(written.rules, 1):
        with collected(problems, key=f"rules.{number}"):
            rules.append(_distinct(settings.rule(number, hours), before=rules))
            if number < len(written.rules) and settings.is_unconditional:
                fix = "write conditions, or make it the last one"
                raise ConfigurationError.of("has no condition, so the rules after it are never reached", fix=fix)
    if problems:
        raise ConfigurationError(problems)
    return Routing(rules=tuple(rules))


def _distinct(rule: Rule, *, before: Sequence[Rule]) -> Rule:
    if rule.name in {other.name for other in before} | {SETTLED}:
        raise ConfigurationError.of("has the name of another rule", fix="give each rule its own name, or none")
    return rule


def in_language(routing: Routing, language: str) -> Routing:
    """The same rules, whose texts are in `language` for people whose own language is not written, if it is there."""

    def defaulting(text: LocalizedText | None) -> LocalizedText | None:
        return evolve(text, default=language) if text and language in text.by_language else text

    return Routing(rules=tuple(evolve(rule, text=defaulting(rule.text)) for rule in routing.rules))
