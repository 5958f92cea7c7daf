"""The choice of the risk engine (spec engine §6): which loser, paid for by which winners."""

from __future__ import annotations

from datetime import timedelta

from engine.decide.risk import due_at
from engine.domain.events import CloseCommanded, SettingsChanged
from engine.domain.instrument import Market, Quote
from engine.domain.words import GroupStatus, Side
from engine.policy.risk import Review, projection
from tests.engine.decide.kit import D, Desk
from tests.engine.decide.risks import LOSER, SECOND, WINNER, RiskDesk


def seen(desk: Desk, **older: float) -> Market:
    """The market of the desk, with prices of some bases older by so many seconds."""
    quotes = {
        symbol: Quote(price, desk.now - timedelta(seconds=older.get(symbol[:3], 0)))
        for symbol, price in desk.prices.items()
    }
    return Market(quotes, desk.instruments)


def found(desk: Desk, **older: float) -> Review:
    return projection(desk.account, seen(desk, **older), desk.now)


def test_the_loser_is_the_one_with_the_highest_loss_percent() -> None:
    desk = RiskDesk()
    desk.hold(LOSER)
    desk.hold(SECOND)
    desk.hold(WINNER)
    desk.move(ETH="92", XRP="90", SOL="150")
    review = found(desk)
    assert review.loser is not None
    assert review.loser.group.symbol == SECOND
    assert review.required_usd == 100


def test_then_the_highest_loss_in_usd_then_the_oldest() -> None:
    desk = RiskDesk()
    desk.hold(SECOND)
    desk.enter("100", factor="0.5", symbol=WINNER)
    desk.fill(desk.placed())
    desk.hold(LOSER)
    desk.move(ETH="90", XRP="90", SOL="90")
    review = found(desk)
    assert review.loser is not None
    assert review.loser.group.symbol == SECOND
    desk.move(XRP="100")
    again = found(desk).loser
    assert again is not None
    assert again.group.symbol == LOSER


def test_only_a_loss_at_the_threshold_makes_a_loser() -> None:
    desk = RiskDesk()
    desk.hold(LOSER)
    desk.move(ETH="95.01")
    assert found(desk).code == "no_loser"
    desk.move(ETH="95")
    assert found(desk).loser is not None


def test_a_short_loses_when_the_price_rises() -> None:
    desk = RiskDesk()
    desk.hold(LOSER, Side.SHORT)
    desk.hold(WINNER, Side.SHORT)
    desk.move(ETH="110", SOL="50")
    review = found(desk)
    assert review.ready
    assert review.required_usd == 100
    # 50 USD of profit per unit: two units pay for a loss of 100 USD
    [part] = review.winners
    assert (part.quantity, part.expected_usd, part.whole) == (D(2), D(100), False)


def test_required_is_the_loss_and_the_estimated_closing_fees() -> None:
    desk = RiskDesk(closing_fee_percent="1")
    desk.hold(LOSER)
    desk.hold(WINNER)
    desk.move(ETH="90", SOL="150")
    review = found(desk)
    assert review.required_usd == D(100) + D(9)
    # a unit gives 50 USD less 1 % of 150
    [part] = review.winners
    assert part.quantity == D("2.248")
    assert part.expected_usd == D("2.248") * D("48.5")


def test_a_winners_part_is_rounded_up_to_the_step_so_the_cover_holds() -> None:
    desk = RiskDesk()
    desk.market(WINNER, step=D(1), min_quantity=D(1))
    desk.hold(LOSER)
    desk.hold(WINNER)
    desk.move(ETH="93", SOL="147")
    [part] = found(desk).winners
    assert (part.quantity, part.expected_usd) == (D(2), D(94))


def test_winners_are_combined_by_usd_at_most_as_many_as_set() -> None:
    desk = RiskDesk(max_winners_to_combine=2)
    for symbol in (LOSER, WINNER, SECOND, "BTC/USDT"):
        desk.market(symbol)
        desk.hold(symbol)
    desk.move(ETH="45", SOL="120", XRP="130", BTC="110")
    review = found(desk)
    assert [part.symbol for part in review.winners] == [SECOND, WINNER]
    assert all(part.whole for part in review.winners)
    assert (review.code, review.shortfall_usd) == ("short_of_profit", D(50))


def test_a_symbol_without_a_fresh_price_is_left_out_and_named() -> None:
    desk = RiskDesk()
    for symbol in (LOSER, WINNER, SECOND):
        desk.hold(symbol)
    desk.move(ETH="90", SOL="150", XRP="150")
    review = found(desk, SOL=16)
    assert [part.symbol for part in review.winners] == [SECOND]
    assert review.left_out == (WINNER,)
    assert found(desk, ETH=16).code == "no_loser"
    del desk.prices[SECOND]
    assert found(desk).left_out == (SECOND,)


def test_a_part_below_the_minimum_is_skipped() -> None:
    desk = RiskDesk(min_close_notional_usd="200")
    desk.hold(LOSER)
    desk.hold(WINNER)
    desk.hold(SECOND)
    desk.move(ETH="90", SOL="200", XRP="140")
    # SOL could pay with one unit worth 200 USD; XRP with 2.5 units worth 350 USD
    assert [part.symbol for part in found(desk).winners] == [WINNER]
    desk.move(ETH="91")
    assert [part.symbol for part in found(desk).winners] == [SECOND]


def test_partial_closes_switched_off_takes_only_whole_winners() -> None:
    desk = RiskDesk(partial_close_enabled=False)
    desk.hold(LOSER)
    desk.hold(WINNER)
    desk.move(ETH="90", SOL="150")
    [part] = found(desk).winners
    assert (part.quantity, part.whole, part.expected_usd) == (D(10), True, D(500))


def test_a_rest_that_could_never_be_sold_makes_a_winner_whole() -> None:
    desk = RiskDesk()
    desk.hold(LOSER)
    desk.hold(WINNER)
    desk.move(ETH="90", SOL="110.02")
    [part] = found(desk).winners
    assert (part.quantity, part.whole) == (D(10), True)


def test_too_little_profit_waits_by_default_and_says_what_is_missing() -> None:
    desk = RiskDesk()
    desk.hold(LOSER)
    desk.hold(WINNER)
    desk.move(ETH="90", SOL="106")
    review = found(desk)
    assert (review.code, review.shortfall_usd) == ("short_of_profit", D(40))
    assert review.text == (
        "ETH/USDT needs 100.00 USD; the winners give 60.00 USD, 40.00 USD too little."
    )


def test_too_little_profit_may_close_the_covered_share_of_the_loser() -> None:
    desk = RiskDesk(on_insufficient_profit="partial")
    desk.hold(LOSER)
    desk.hold(WINNER)
    desk.move(ETH="90", SOL="106")
    review = found(desk)
    assert review.ready
    assert (review.loser_quantity, review.fraction) == (D(6), D("0.6"))
    desk.move(SOL="100.1")
    assert found(desk).code == "share_too_small"


def test_only_a_group_with_all_its_pyramids_is_a_loser_unless_switched_off() -> None:
    desk = RiskDesk()
    settings = desk.account.settings.model_copy(update={"max_pyramids": 2})
    desk.give(SettingsChanged(2, settings))
    desk.hold(LOSER)
    desk.move(ETH="80")
    assert found(desk).code == "no_loser"
    risk = settings.risk.model_copy(update={"require_full_pyramids": False})
    desk.give(SettingsChanged(3, settings.model_copy(update={"risk": risk})))
    assert found(desk).loser is not None


def test_a_young_trade_is_no_loser_when_the_age_filter_is_on() -> None:
    desk = RiskDesk(use_trade_age_filter=True, age_threshold_minutes=10)
    group = desk.hold(LOSER)
    desk.move(ETH="80")
    assert found(desk).code == "no_loser"
    assert due_at(desk.account) == group.created_at + timedelta(minutes=10)
    desk.wait(600)
    assert found(desk).loser is not None


def test_a_blocked_group_is_no_loser_and_may_still_pay() -> None:
    desk = RiskDesk()
    loser, winner = desk.hold(LOSER), desk.hold(WINNER)
    desk.move(ETH="80", SOL="150")
    desk.risk("block", winner.id)
    assert found(desk).ready
    desk.risk("block", loser.id)
    assert found(desk).code == "no_loser"
    assert desk.risk("unblock", loser.id).code == "risk_unblock"
    assert found(desk).ready


def test_dust_that_no_order_can_close_is_neither_loser_nor_winner() -> None:
    desk = RiskDesk()
    desk.hold(LOSER)
    desk.hold(WINNER)
    desk.move(ETH="90", SOL="150")
    desk.market(LOSER, min_notional=D(1_000))
    desk.move(ETH="90")
    assert found(desk).code == "no_loser"


def half_filled(desk: RiskDesk, symbol: str) -> None:
    desk.enter("100", symbol=symbol)
    [order] = desk.new_orders()
    desk.fill(order, "100", order.quantity / 2)
    assert desk.of(symbol).status is GroupStatus.PARTIALLY_FILLED


def test_a_partially_filled_group_may_be_the_loser_and_may_pay() -> None:
    desk = RiskDesk(timer_start_condition="after_5_pyramids")
    half_filled(desk, LOSER)
    half_filled(desk, WINNER)
    desk.move(ETH="90", SOL="150")
    review = found(desk)
    assert review.loser is not None
    assert (review.loser.group.symbol, review.loser_quantity) == (LOSER, D(5))
    assert [part.symbol for part in review.winners] == [WINNER]


def test_what_is_closing_or_holds_nothing_is_neither_loser_nor_winner() -> None:
    desk = RiskDesk(timer_start_condition="after_5_pyramids")
    loser = desk.hold(LOSER)
    desk.enter("100", symbol=WINNER)
    desk.move(ETH="90", SOL="150")
    assert found(desk).code == "short_of_profit"
    assert found(desk).winners == ()
    desk.give(CloseCommanded(loser.id, D(1), "user"))
    assert found(desk).code == "no_loser"


def test_a_loser_counts_from_the_moment_its_timer_expires() -> None:
    desk = RiskDesk(post_full_wait_minutes=60)
    expires = desk.hold(LOSER).risk.timer_expires_at
    assert expires is not None
    desk.move(ETH="90")
    desk.now = expires - timedelta(seconds=1)
    assert found(desk).code == "no_loser"
    desk.now = expires
    assert found(desk).loser is not None


def test_the_winner_of_most_usd_pays_first_not_the_one_of_most_percent() -> None:
    desk = RiskDesk(max_winners_to_combine=1)
    desk.hold(LOSER)
    desk.enter("100", factor="0.1", symbol=SECOND)
    desk.fill(desk.placed())
    desk.hold(WINNER)
    desk.move(ETH="90", XRP="190", SOL="115")
    assert [part.symbol for part in found(desk).winners] == [WINNER]


def test_a_part_that_the_venue_would_refuse_is_skipped() -> None:
    desk = RiskDesk(min_close_notional_usd="0")
    desk.hold(LOSER)
    desk.hold(WINNER)
    desk.hold(SECOND)
    desk.market(WINNER, min_notional=D(350))
    desk.move(ETH="90", SOL="150", XRP="140")
    # two units of SOL would pay, but are worth 300 USD
    assert [part.symbol for part in found(desk).winners] == [SECOND]
