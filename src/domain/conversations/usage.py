"""What the run of an agent used: tokens of language models, and what they cost."""

from collections.abc import Iterable

from attrs import frozen


@frozen(kw_only=True)
class ModelUsage:
    """What one model was used for. `cost` is in the currency of the runtime's price list (US dollars for Astromesh)."""

    model: str
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0


@frozen(kw_only=True)
class Usage:
    """What one run of `agent` used, by model. A run may use several."""

    agent: str
    models: tuple[ModelUsage, ...] = ()

    @property
    def total(self) -> ModelUsage:
        """The sum over all models; `model` names them."""
        return ModelUsage(
            model=", ".join(dict.fromkeys(used.model for used in self.models)),
            tokens_in=sum(used.tokens_in for used in self.models),
            tokens_out=sum(used.tokens_out for used in self.models),
            cost=sum(used.cost for used in self.models),
        )


def by_model(used: Iterable[ModelUsage]) -> tuple[ModelUsage, ...]:
    """One value for each model, in the order in which they come first."""
    sums: dict[str, ModelUsage] = {}
    for one in used:
        before = sums.get(one.model, ModelUsage(model=one.model))
        sums[one.model] = ModelUsage(
            model=one.model,
            tokens_in=before.tokens_in + one.tokens_in,
            tokens_out=before.tokens_out + one.tokens_out,
            cost=before.cost + one.cost,
        )
    return tuple(sums.values())
