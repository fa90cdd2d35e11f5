"""Which agent answers: the rules of a channel, and how a conversation keeps its agent.

A rule about the message (its words, its choice, what led the person here) applies whenever it matches. All other rules
are about the circumstances: they apply when they begin to match, so that they do not undo later what an agent or an
operator decided. Example: with the only rule "30 % of people: agent b", a person of those 30 % begins with b. When b
hands over to c, c stays.
"""

import hashlib
from collections.abc import Iterator

from attrs import field, frozen
from attrs.validators import min_len

from domain.conversations.opening_hours import OpeningHours
from domain.conversations.words import pattern_of
from domain.messages.localized_texts import LocalizedText

# After an operator chose the agent: whichever rule about the circumstances matches next, it changes nothing.
SETTLED = "*"


@frozen(kw_only=True)
class RoutingInput:
    """What rules look at. `words` and `origin` are as `words_of` gives them, of the messages and of what led to us.

    `led_by` says whether an advertisement or a link brought the person. `is_new`: the agent has not answered in this
    session yet. `at`: when the latest message reached us, in unix seconds. `person` identifies them.
    """

    words: str = "  "
    choice_ids: frozenset[str] = frozenset()
    led_by: frozenset[str] = frozenset()
    origin: str = "  "
    language: str = ""
    is_new: bool = False
    at: float = 0.0
    person: str = ""


@frozen(kw_only=True)
class Rule:
    """All conditions that are written must hold. Either `agent` answers from now on, or `text` is the answer.

    `referral` are words in the address, the id, the headline or the text of what led the person here; `any_referral`
    takes all.
    `is_open` asks whether it is within `hours`. `percentage`: of all people that the rule sees, always the same ones.
    """

    name: str = field(validator=min_len(1))
    agent: str = ""
    text: LocalizedText | None = None
    words: tuple[str, ...] = ()
    choices: frozenset[str] = frozenset()
    any_referral: bool = False
    referral: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    is_new: bool | None = None
    is_open: bool | None = None
    hours: OpeningHours | None = None
    percentage: float | None = None

    @property
    def is_about_message(self) -> bool:
        return bool(self.words or self.choices or self.referral or self.any_referral)

    def mismatch(self, asked: RoutingInput) -> str:
        """Why the rule does not match, empty when it does."""
        return next(self._mismatches(asked), "")

    def matches(self, asked: RoutingInput) -> bool:
        return not self.mismatch(asked)

    def _mismatches(self, asked: RoutingInput) -> Iterator[str]:
        if self.words and not any(pattern_of(phrase) in asked.words for phrase in self.words):
            yield "none of its words is in the text"
        if self.choices and self.choices.isdisjoint(asked.choice_ids):
            yield "none of its choices was tapped"
        if self.any_referral and not asked.led_by:
            yield "no advertisement or link led the person here"
        if self.referral and not any(pattern_of(phrase) in asked.origin for phrase in self.referral):
            yield "none of its words is in what led the person here"
        if self.languages and asked.language not in self.languages:
            yield f"the person's language is {asked.language}"
        if self.is_new is not None and self.is_new != asked.is_new:
            yield "the conversation is new" if asked.is_new else "the conversation is not new"
        if self.hours and self.is_open is not None and self.is_open != self.hours.include(asked.at):
            yield "it is closed" if self.is_open else "it is open"
        if self.percentage is not None and share_of(asked.person, self.name) >= self.percentage:
            yield f"the person is not among the {self.percentage:g} %"


@frozen(kw_only=True)
class Route:
    """The agent of a conversation, empty for the channel's own, and the rule about the circumstances that matches now.

    `changed_by` is the rule that names the agent with this turn. With a `text` no agent is asked: it is the answer of
    the rule `changed_by`.
    """

    agent: str = ""
    rule: str = ""
    changed_by: str = ""
    text: LocalizedText | None = None


@frozen(kw_only=True)
class Routing:
    """The rules of a channel, in their order: the first that matches decides."""

    rules: tuple[Rule, ...]

    def decide(self, asked: RoutingInput, *, kept: Route) -> Route:
        """The route of a turn of a conversation whose route has been `kept`. It depends on nothing else."""
        first = next((rule for rule in self.rules if rule.matches(asked)), None)
        if first is not None and first.text is not None:
            return Route(agent=kept.agent, rule=kept.rule, changed_by=first.name, text=first.text)
        circumstances = (rule for rule in self.rules if rule.agent and not rule.is_about_message)
        rule = next((each.name for each in circumstances if each.matches(asked)), "")
        applies = first is not None and (first.is_about_message or kept.rule not in (first.name, SETTLED))
        if first is None or not applies:
            return Route(agent=kept.agent, rule=rule)
        return Route(agent=first.agent, rule=rule, changed_by=first.name)


@frozen(kw_only=True)
class Handoff:
    """What an agent says about who answers from the next message on.

    Without a session (`start_session` is false) the conversation is new again, and the channel's rules decide.
    """

    agent: str = ""
    start_session: bool = True


@frozen(kw_only=True)
class Routed:
    """A conversation got another agent. `reason`: why, for operators."""

    agent: str
    reason: str


def share_of(person: str, rule: str) -> float:
    """From 0 to below 100, evenly spread. The same for the same person and rule, on every machine."""
    digest = hashlib.blake2b(f"{rule}\n{person}".encode(errors="surrogatepass"), digest_size=7).digest()
    return 100 * int.from_bytes(digest) / 256**7
