"""The generator form: a ladder from a step, a scale of the steps and a scale of the sizes.

Deviation of safety order n = step · (1 + scale + … + scaleⁿ⁻¹); its size = safety · volumeⁿ⁻¹.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from engine.domain.choices.ladder import MAX_LEGS, Ladder, LegSettings
from foundation.errors import InvalidInput
from foundation.money import money_context, plain

HUNDRED = Decimal(100)
_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Form:
    """What a person fills in. Percentages of price; sizes in USD (only their ratio matters).

    ``orders`` counts the safety orders after the base order.
    """

    step_percent: Decimal
    step_scale: Decimal
    volume_scale: Decimal
    base_usd: Decimal
    safety_usd: Decimal
    orders: int
    tp_percent: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Generated:
    """The ladder and what it means in the form's own numbers.

    ``deviations_percent`` and ``sizes_usd`` are of the safety orders; ``total_usd`` of all.
    """

    ladder: Ladder
    deviations_percent: tuple[Decimal, ...]
    sizes_usd: tuple[Decimal, ...]
    total_usd: Decimal


def generate(form: Form) -> Generated:
    """The ladder of a form.

    Raises:
        InvalidInput: the ladder would be too long, or would reach a price of zero.
    """
    _possible(form)
    with money_context():
        deviations, sizes = _safety_orders(form)
        if deviations and deviations[-1] >= HUNDRED:
            text = (
                f"safety order {len(deviations)} would stand {plain(deviations[-1])} % from the "
                f"entry; lower step_percent, step_scale or orders"
            )
            raise InvalidInput(text, field="step_scale")
        total = form.base_usd + sum(sizes, Decimal(0))
        weights = _weights((form.base_usd, *sizes), total)
        gaps = (Decimal(0), *(-deviation for deviation in deviations))
        legs = tuple(
            LegSettings(gap_percent=gap, weight_percent=weight, tp_percent=form.tp_percent)
            for gap, weight in zip(gaps, weights, strict=True)
        )
        return Generated(legs, deviations, sizes, total)


def _possible(form: Form) -> None:
    for name in ("step_percent", "step_scale", "volume_scale", "base_usd", "safety_usd"):
        if getattr(form, name) <= 0:
            raise InvalidInput("must be above zero", field=name)
    if not 0 <= form.orders < MAX_LEGS:
        text = f"a ladder has at most {MAX_LEGS} legs: give 0 to {MAX_LEGS - 1} safety orders"
        raise InvalidInput(text, field="orders")


def _safety_orders(form: Form) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
    deviations, sizes = [], []
    deviation, step, size = Decimal(0), form.step_percent, form.safety_usd
    for _ in range(form.orders):
        deviation += step
        deviations.append(deviation.quantize(_PLACES))
        sizes.append(size)
        step, size = step * form.step_scale, size * form.volume_scale
    return tuple(deviations), tuple(sizes)


def _weights(sizes: tuple[Decimal, ...], total: Decimal) -> list[Decimal]:
    """Shares of the total in %, exact to the last place: the first takes what rounding leaves."""
    weights = [(size / total * HUNDRED).quantize(_PLACES, ROUND_DOWN) for size in sizes]
    weights[0] += HUNDRED - sum(weights, Decimal(0))
    return weights
