"""What a runtime says about the tokens and the price of a run."""

import pytest

from application.agent_markup.usage import MAX_MODELS, read_usage
from domain.conversations.usage import ModelUsage


def test_usage_is_read_by_model() -> None:
    """A model that was used in several roles is one."""
    plan = {"provider": "openai", "model": "large", "role": "plan", "tokens_in": 7, "tokens_out": 2, "cost": 0.25}
    reported = {"tokens_in": 15, "tokens_out": 5, "by_model": [plan, plan | {"role": "default"}, {"model": "free"}]}

    assert read_usage(reported) == (ModelUsage(model="large", tokens_in=14, tokens_out=4, cost=0.5),)


def test_usage_without_a_breakdown() -> None:
    """The sums count for the model that is named, if any."""
    assert read_usage({"tokens_in": 1, "tokens_out": 2, "model": "m", "by_model": []}) == (
        ModelUsage(model="m", tokens_in=1, tokens_out=2),
    )
    assert read_usage({"tokens_in": 1}) == (ModelUsage(model="unknown", tokens_in=1),)


@pytest.mark.parametrize(
    "reported",
    [
        None,
        "much",
        [],
        {},
        {"by_model": "none"},
        {"by_model": [None, 5]},
        {"by_model": [{"model": 5, "tokens_in": "7", "tokens_out": True, "cost": float("nan")}]},
        {"by_model": [{"model": "m", "tokens_in": -1, "tokens_out": 10**30, "cost": float("inf")}]},
    ],
)
def test_usage_that_cannot_be_read_is_none(reported: object) -> None:
    """The answer counts more than its price."""
    assert read_usage(reported) == ()


def test_names_and_models_are_bounded() -> None:
    """They become labels and fields."""
    many = [{"model": f"{number}\x1f\n" + "m" * 1000, "tokens_in": 1} for number in range(100)]

    used = read_usage({"by_model": many})

    assert len(used) == MAX_MODELS
    assert all(len(one.model) == 100 and one.model.isprintable() for one in used)
