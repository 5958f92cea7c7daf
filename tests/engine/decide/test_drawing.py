"""What an entry may be: ladders, sizes, instruments, quotes and brackets (spec engine §2)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest

from engine.domain.events import SettingsChanged
from engine.domain.words import GroupStatus, MarketKind, Side
from tests.engine.decide.kit import Desk, instrument


def one_leg(tp: str = "1") -> list[dict[str, str]]:
    return [{"gap_percent": "0", "weight_percent": "100", "tp_percent": tp}]


def with_symbol(desk: Desk, symbol: str, price: str = "100", **rules: Any) -> Desk:
    desk.instruments[symbol] = instrument(symbol, **rules)
    desk.prices[symbol] = D(price)
    return desk


def test_a_market_has_a_ladder_of_its_own_and_a_pyramid_too() -> None:
    ladders = [{"symbol": "BTC/USDT", "ladder": one_leg(), "pyramid_levels": {"1": one_leg("2")}}]
    desk = Desk(market_ladders=ladders)
    desk.enter()
    assert len(desk.new_orders()) == 1
    desk.enter()
    assert [p.legs[0].tp_percent for p in desk.group.pyramids] == [1, 2]


def test_an_entry_of_a_fixed_sum_spends_it() -> None:
    desk = Desk(sizing={"method": "fixed_usd", "fixed_usd": "300"}, ladder=one_leg())
    desk.enter()
    assert desk.new_orders()[0].quantity == D("0.005")


def test_an_entry_of_the_signals_own_size_is_as_large_as_it_says_or_refused() -> None:
    desk = Desk(sizing={"method": "signal_size"}, ladder=one_leg())
    assert desk.enter().code == "no_size"
    desk.enter(size_hint=D("0.02"))
    assert desk.new_orders()[0].quantity == D("0.02")


def test_a_pyramid_that_would_commit_more_than_the_capital_is_refused_with_the_numbers() -> None:
    desk = Desk(sizing={"method": "fixed_usd", "fixed_usd": "6000"})
    desk.enter()
    outcome = desk.enter()
    assert outcome.code == "over_capital"
    assert "of 10000 USD capital" in outcome.text


def test_pyramids_that_share_the_capital_fit_into_one_slot() -> None:
    desk = Desk(max_open_groups=1, sizing={"pyramid_sizing": "shared"})
    for _ in range(5):
        assert desk.enter().status == "done"


def test_pyramids_share_among_as_many_as_their_own_group_may_have() -> None:
    desk = Desk(sizing={"pyramid_sizing": "shared"}, ladder=one_leg())
    desk.enter()
    first = desk.new_orders()[0].quantity
    fewer = desk.account.settings.model_copy(update={"max_pyramids": 1})
    desk.give(SettingsChanged(2, fewer))
    desk.enter()
    assert desk.new_orders()[0].quantity == first, "the group opened for five"


def test_a_ladder_stands_on_its_own_pyramids_entry_price() -> None:
    desk = Desk(total_capital_usd=D(100000))
    desk.enter()
    desk.enter("50000")
    assert [leg.price for leg in desk.group.pyramids[1].legs] == [
        D(price) for price in ("50000", "49750", "49500", "49000", "48000")
    ]


def test_a_first_leg_at_market_buys_at_once_and_so_has_no_gap() -> None:
    shape = [{"gap_percent": "-2", "weight_percent": "50", "tp_percent": "1"}] * 2
    desk = Desk(ladder=shape, orders={"first_leg": "market", "slippage_action": "reject"})
    desk.enter()
    first, second = desk.new_orders()
    assert (first.price, second.price) == (D("60300"), D("58800"))
    assert [leg.gap_percent for leg in desk.group.pyramids[0].legs] == [0, -2]


def test_a_signals_own_stop_is_the_one_that_opened_the_group() -> None:
    desk = Desk(ladder=one_leg(), total_capital_usd=D(100000))
    desk.enter(stop_loss=D(59000), take_profit=D(63000))
    desk.enter("60500", stop_loss=D(57000), take_profit=D(70000))
    assert len(desk.group.pyramids) == 2
    rules = desk.group.rules
    assert (rules.signal_stop, rules.signal_target) == (D(59000), D(63000))


def test_without_rules_the_fallback_is_used_and_warned_of_when_the_owner_will_not_wait() -> None:
    desk = Desk(orders={"block_on_missing_metadata": False})
    desk.instruments.clear()
    assert desk.enter().code == "opened"
    assert "fallback_rules" in desk.told
    assert desk.new_orders()[0].quantity == D("0.003333")
    desk.fill(desk.placed(0))
    assert desk.cross("60600")[0].code == "tp_hit"
    assert len(desk.new_orders()) == 1


def test_a_waiting_group_spends_what_its_signal_was_given() -> None:
    desk = Desk(sizing={"method": "signal_size"}, ladder=one_leg())
    rules = desk.instruments.pop("BTC/USDT")
    desk.enter(size_hint=D("0.02"))
    assert desk.group.status is GroupStatus.WAITING
    desk.instruments["BTC/USDT"] = rules
    desk.wait(5)
    assert desk.new_orders()[0].quantity == D("0.02")
    assert desk.group.rules.capital_usd is None


def test_a_further_entry_without_rules_is_refused() -> None:
    desk = Desk()
    desk.enter()
    desk.instruments.clear()
    assert desk.enter().code == "no_instrument"
    assert len(desk.group.pyramids) == 1


def test_an_instrument_that_is_not_tradable_takes_no_entries_and_still_exits() -> None:
    desk = Desk()
    desk.enter()
    desk.fill(desk.placed(0))
    desk.instruments["BTC/USDT"] = instrument(tradable=False)
    assert desk.enter().code == "not_tradable"
    desk.close()
    assert desk.new_orders()[0].reduce_only


def test_a_perpetual_on_a_spot_account_is_refused() -> None:
    desk = with_symbol(Desk(), "BTC/USDT:USDT")
    assert desk.enter("100", symbol="BTC/USDT:USDT").code == "no_perpetuals"
    desk.account = replace(desk.account, market=MarketKind.LINEAR)
    assert desk.enter("100", symbol="BTC/USDT:USDT").code == "opened"


def test_other_quotes_than_dollars_are_refused() -> None:
    desk = with_symbol(Desk(), "ETH/BTC")
    assert desk.enter("100", symbol="ETH/BTC").code == "quote_not_supported"


@pytest.mark.parametrize("quote", ["USD", "USDT", "USDC"])
def test_dollars_of_every_name_count_one_to_one(quote: str) -> None:
    desk = with_symbol(Desk(ladder=one_leg()), symbol := f"ETH/{quote}")
    assert desk.enter("100", symbol=symbol).code == "opened"
    (order,) = desk.new_orders()
    assert order.quantity * 100 == 1000, "a tenth of 10,000 USD"


def test_one_account_has_one_quote_currency() -> None:
    desk = with_symbol(Desk(), "ETH/USDC")
    desk.enter()
    outcome = desk.enter("100", symbol="ETH/USDC")
    assert outcome.code == "quote_mixed"
    assert "BTC/USDT is open in USDT" in outcome.text


@pytest.mark.parametrize(
    ("stop", "target", "code"),
    [
        ("61000", None, "stop_wrong_side"),
        ("59990", None, "stop_too_close"),
        ("59000", "59500", "target_wrong_side"),
        ("59000", "61000", "reward_too_small"),
    ],
)
def test_a_bracket_that_cannot_hold_is_refused_with_its_numbers(
    stop: str, target: str | None, code: str
) -> None:
    desk = Desk(ladder=one_leg(), brackets={"min_reward_risk": "1.5"})
    outcome = desk.enter(stop_loss=D(stop), take_profit=D(target) if target else None)
    assert outcome.code == code
    assert (target or stop) in outcome.text


def test_a_short_bracket_is_mirrored() -> None:
    desk = Desk(ladder=one_leg(), brackets={"min_reward_risk": "1.5"})
    stop, target = D(61000), D(58000)
    outcome = desk.enter(side=Side.SHORT, stop_loss=stop, take_profit=target)
    assert outcome.code == "opened"
    assert (desk.group.rules.signal_stop, desk.group.rules.signal_target) == (stop, target)


def test_a_signals_stop_and_target_hold_on_a_ladder_only_when_that_is_set() -> None:
    desk = Desk()
    desk.enter(stop_loss=D(61000))
    assert desk.group.rules.signal_stop is None
    desk = Desk(brackets={"use_signal_targets": True})
    assert desk.enter(stop_loss=D(61000)).code == "stop_wrong_side"
    desk.enter(stop_loss=D(50000))
    assert desk.group.rules.signal_stop == D(50000)
