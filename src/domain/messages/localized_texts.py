"""Our own texts to people, in their language."""

from collections.abc import Mapping

from attrs import field, frozen

from domain.people.person import Person

# Country calling codes whose people mostly read one of the languages we ship texts for.
LANGUAGE_OF_CALLING_CODE: Mapping[str, str] = {
    **dict.fromkeys(("1", "44", "61", "64", "353", "27", "65", "91", "234", "254"), "en"),
    **dict.fromkeys(
        (
            "34",
            "52",
            "54",
            "57",
            "56",
            "51",
            "58",
            "502",
            "503",
            "504",
            "505",
            "506",
            "507",
            "591",
            "593",
            "595",
            "598",
        ),
        "es",
    ),
    **dict.fromkeys(("55", "351", "244", "258"), "pt"),
    **dict.fromkeys(("49", "43"), "de"),
    **dict.fromkeys(("33", "225", "221", "237"), "fr"),
    "39": "it",
}
MAX_CALLING_CODE = 3


def likely_language(phone: str | None) -> str | None:
    """The language that most people with this country code read; None when there is none."""
    if phone is None:
        return None
    prefixes = (phone[:length] for length in range(MAX_CALLING_CODE, 0, -1))
    return next((LANGUAGE_OF_CALLING_CODE[prefix] for prefix in prefixes if prefix in LANGUAGE_OF_CALLING_CODE), None)


def languages_of(person: Person) -> tuple[str, ...]:
    """The codes of the person's own language and of their country's, as far as they are known.

    Of a language with a region, such as "pt-BR", the region makes no difference.
    """
    own = person.language.lower().replace("_", "-").partition("-")[0] if person.language else None
    return tuple(filter(None, (own, likely_language(person.phone))))


@frozen(kw_only=True)
class LocalizedText:
    """One text in several languages, by language code ("en", "pt")."""

    by_language: Mapping[str, str]
    default: str

    def __attrs_post_init__(self) -> None:
        if self.default not in self.by_language:
            raise ValueError(f"no text in the default language {self.default!r}")

    def for_person(self, person: Person) -> str:
        """The text in the person's own language, else in that of their country, else in the default language."""
        languages = (*languages_of(person), self.default)
        return next(self.by_language[one] for one in languages if one in self.by_language)


@frozen(kw_only=True)
class Texts:
    """The texts of a channel.

    `error`: there will be no answer. `please_wait`: too many messages. `unsupported`: the agent cannot read it. `late`:
    it came too late. `new_session`: the agent begins anew. `handed_over`: a human will answer. `file_failed`: a file
    could not be sent. `choose`: the label of the button that opens a list of choices. `confirm`, `decline`: the buttons
    under a question to confirm an action. `welcome`: the person begins to use a bot. `over_budget`: no answer today,
    because a budget is used up. `proposal_done`, `proposal_failed`, `proposal_rejected`: what became of an action that
    had to be approved.
    """

    error: LocalizedText = field()
    please_wait: LocalizedText = field()
    unsupported: LocalizedText = field()
    late: LocalizedText = field()
    new_session: LocalizedText = field()
    handed_over: LocalizedText = field()
    file_failed: LocalizedText = field()
    choose: LocalizedText = field()
    welcome: LocalizedText = field()
    confirm: LocalizedText = field()
    decline: LocalizedText = field()
    over_budget: LocalizedText = field()
    proposal_done: LocalizedText = field()
    proposal_failed: LocalizedText = field()
    proposal_rejected: LocalizedText = field()
