"""What a run used, as its runtime reports it beside the answer.

It is as Astromesh writes it:

    {"tokens_in": 15, "tokens_out": 5, "by_model": [{"model": "large", "tokens_in": 15, "tokens_out": 5, "cost": 0.25}]}

A runtime with one model may name it beside the sums, without `by_model`. What cannot be read is left out: the answer is
worth more than its price.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from domain.conversations.usage import ModelUsage, by_model

MAX_MODELS = 20
MAX_NAME = 100
# Beyond these, a number is no count and no price of one run.
MAX_TOKENS = 10**9
MAX_COST = 10**6
UNKNOWN_MODEL = "unknown"
NOT_IN_NAMES = re.compile(r"[^\x20-\x7e]")


def read_usage(reported: object) -> tuple[ModelUsage, ...]:
    """What the run used, by model; nothing where it used none, or does not say so."""
    if not isinstance(reported, dict):
        return ()
    models = reported.get("by_model")
    listed = [one for one in models if isinstance(one, Mapping)] if isinstance(models, list) else []
    used = by_model(_read(one) for one in listed[:MAX_MODELS] or [reported])
    return tuple(one for one in used if one.tokens_in or one.tokens_out or one.cost)


def _read(reported: Mapping[Any, Any]) -> ModelUsage:
    name = reported.get("model")
    return ModelUsage(
        model=(NOT_IN_NAMES.sub("?", name)[:MAX_NAME] if isinstance(name, str) else "") or UNKNOWN_MODEL,
        tokens_in=int(_number(reported.get("tokens_in"), most=MAX_TOKENS)),
        tokens_out=int(_number(reported.get("tokens_out"), most=MAX_TOKENS)),
        cost=_number(reported.get("cost"), most=MAX_COST),
    )


def _number(value: object, *, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if math.isfinite(value) and 0 <= value <= most else 0.0
