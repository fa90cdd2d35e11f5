"""What can be wrong with a request beside what the use cases refuse."""

from collections.abc import Mapping, Sequence


class NotReadyError(Exception):
    """The service cannot work because a part it needs is away. `parts` holds the state of each part by its name."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {state}" for name, state in parts.items()))
        self.parts = parts


class InvalidMessagesError(Exception):
    """Messages do not follow docs/answers.md. `problems` has one sentence for each mistake."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class InvalidRecipientError(Exception):
    """No person is named, or two are, or the name is not valid. The message says what to change."""


class MissingIdempotencyKeyError(Exception):
    """The request has no idempotency key: when its answer gets lost, asking again would send the message again."""
