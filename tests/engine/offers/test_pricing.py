"""What an offer says an approval would do: its first target, by mode and by the signal."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from engine.domain.instrument import Market
from engine.domain.instrument import Quote as Price
from engine.domain.words import Side, TakeProfitMode
from engine.offers.offer import Quote
from engine.offers.pricing import Wish, price
from tests.engine.decide.kit import Desk


def quoted(side: Side = Side.LONG, wishes: dict[str, Any] | None = None, **settings: Any) -> Quote:
    desk = Desk(**settings)
    signal = desk.signal(side=side, entry_price=D(60000), **(wishes or {}))
    quotes = {name: Price(value, desk.now) for name, value in desk.prices.items()}
    return price(desk.account, Wish(signal, D(1), Market(quotes, desk.instruments), desk.now))


@pytest.mark.parametrize(
    ("mode", "target"),
    [
        (TakeProfitMode.PER_LEG, "60600"),
        (TakeProfitMode.AGGREGATE, "59678.46"),
        (TakeProfitMode.PYRAMID_AGGREGATE, "59678.46"),
        (TakeProfitMode.HYBRID, "59678.46"),
    ],
)
def test_the_target_of_an_offer_follows_the_mode(mode: TakeProfitMode, target: str) -> None:
    assert abs((quoted(tp_mode=mode).target_price or D(0)) - D(target)) < D(1)


def test_hybrid_shows_the_nearer_target_of_a_short_too() -> None:
    quote = quoted(Side.SHORT, tp_mode=TakeProfitMode.HYBRID)
    whole = quoted(Side.SHORT, tp_mode=TakeProfitMode.AGGREGATE).target_price
    assert quote.target_price == max(whole or D(0), D(59400))


def test_a_signals_own_target_is_the_target_of_its_offer() -> None:
    one = [{"gap_percent": "0", "weight_percent": "100", "tp_percent": "1"}]
    wishes = {"stop_loss": D(59000), "take_profit": D(63000)}
    quote = quoted(wishes=wishes, ladder=one)
    assert quote.target_price == quote.legs[0].tp_price == D(63000)
    assert quoted(wishes=wishes).target_price == D(60600)


def test_a_bracket_that_cannot_hold_is_no_offer() -> None:
    one = [{"gap_percent": "0", "weight_percent": "100", "tp_percent": "1"}]
    quote = quoted(wishes={"stop_loss": D(61000)}, ladder=one)
    assert (quote.place, quote.code) == ("refused", "stop_wrong_side")
