"""Views for presenters: ordinary ones, and the most extreme that could ever come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.api.endings import EndingView
from engine.api.views import (
    AccountView,
    CandleView,
    GroupDetail,
    GroupView,
    LegView,
    OfferLeg,
    OfferView,
    OrderView,
    PyramidView,
)
from engine.domain.words import TakeProfitExecution

D = Decimal
AT = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def account(**more: Any) -> AccountView:
    capital = D(10000)
    base = AccountView(
        "acc", "paper", "Paper", "USDT", "running", None, capital, 10, 1, AT, "paper"
    )
    return replace(base, **more)


def offer_leg(index: int, price: str, usd: str = "200", gap: str = "0") -> OfferLeg:
    value = D(price)
    return OfferLeg(
        index, "limit", value, D("0.0031"), D(usd), D(gap), D("0.5"), value * D("1.005")
    )


def offer(**more: Any) -> OfferView:
    gaps = ("0", "-0.5", "-1", "-2", "-4")
    legs = tuple(
        offer_leg(n, str((D("64210.5") * (1 + D(g) / 100)).quantize(D("0.1"))), gap=g)
        for n, g in enumerate(gaps)
    )
    base = OfferView(
        id="cffvojrkstnpnjeimtxi427oca",
        account_id="acc",
        signal_id="sig",
        receipt_id="rec",
        version=1,
        status="pending",
        symbol="BTC/USDT",
        timeframe=15,
        side="long",
        entry_price=D("64210.5"),
        market_price=D("64215"),
        legs=legs,
        capital_usd=D(1000),
        capital_percent=D(10),
        size_factor=D(1),
        exposure_before_usd=D(0),
        exposure_after_usd=D(1000),
        average_if_filled=D("63247.3"),
        target_price=D("64852.6"),
        stop_price=D("61000"),
        pyramid_step=1,
        max_pyramids=5,
        place="slot",
        place_text="Takes slot 1 of 10.",
        slots_taken=0,
        slots_total=10,
        reason="breakout retest, funding +0.004 %",
        source="tradingview",
        strategy="Fib RSI",
        created_at=AT,
        expires_at=AT + timedelta(minutes=15),
        decided_by=None,
        decided_channel=None,
        decided_at=None,
        effective_at=None,
        undo_seconds_left=0,
        taken=False,
        group_id=None,
        outcome_code=None,
        outcome_text=None,
    )
    return replace(base, **more)


def extreme_offer() -> OfferView:
    tiny = tuple(offer_leg(n, f"0.0000049{n}18", "123456789.12", "-99.99") for n in range(7))
    return offer(
        symbol="1000000MOGWAIFUCOIN🚀/USDT:USDT-PERPETUAL-251226",
        side="short",
        entry_price=D("0.0000049018"),
        average_if_filled=D("0.00000487654321"),
        target_price=D("0.0000001"),
        stop_price=D("99999.123456789"),
        legs=tiny,
        capital_usd=D("864197523.84"),
        capital_percent=D("100"),
        exposure_before_usd=D("123456789012.34"),
        exposure_after_usd=D("999999999999.99"),
        size_factor=D("0.5"),
        place="refused",
        place_text="слово " * 200,
        reason="𝕊ignal <b>&amp; \n\n" * 300,
        strategy="S" * 500,
        pyramid_step=5,
        timeframe=43200,
    )


def leg(index: int, price: str, filled: str = "0", **more: Any) -> LegView:
    done = D(filled)
    base = LegView(
        pyramid=0,
        index=index,
        order_type="limit",
        price=D(price),
        quantity=D("0.0031"),
        gap_percent=D(0),
        weight_percent=D(20),
        tp_percent=D("0.5"),
        capital_usd=D(200),
        status="filled" if done else "open",
        filled_quantity=done,
        avg_fill_price=D(price) if done else None,
        fee_usd=D("0.2") if done else D(0),
        tp_price=D(price) * D("1.005") if done else None,
        tp_hit=False,
        closed_quantity=D(0),
        realized_pnl_usd=D(0),
        progress_percent=None,
        submitted_at=AT,
        filled_at=AT if done else None,
    )
    return replace(base, **more)


def group(**more: Any) -> GroupView:
    base = GroupView(
        id="grpgrpgrpgrpgrpgrpgrpgrp26",
        account_id="acc",
        venue="paper",
        symbol="BTC/USDT",
        timeframe=15,
        side="long",
        status="partially_filled",
        pyramid_count=1,
        max_pyramids=5,
        legs_filled=2,
        legs_total=5,
        base_entry_price=D("64210.5"),
        weighted_avg_price=D("64050.0333"),
        mark_price=D("64390.2"),
        mark_at=AT,
        invested_usd=D("400"),
        open_quantity=D("0.0062"),
        closed_quantity=D(0),
        unrealized_pnl_usd=D("2.13"),
        unrealized_pnl_percent=D("0.53"),
        realized_pnl_usd=D("-0.4"),
        fees_usd=D("0.4"),
        tp_mode="per_leg",
        tp_aggregate_percent=D(1),
        next_tp_price=D("64531.6"),
        next_entry_price=D("63568.4"),
        source="tradingview",
        strategy="Fib RSI",
        exit_reason=None,
        created_at=AT,
        updated_at=AT,
        closed_at=None,
        board="paper",
        mark_stale=False,
    )
    return replace(base, **more)


def detail(**more: Any) -> GroupDetail:
    legs = (
        leg(0, "64210.5", "0.0031"),
        leg(1, "63889.4", "0.0031"),
        leg(2, "63568.4", "0.001", status="partially_filled"),
        leg(3, "62926.3"),
        leg(4, "61642.1"),
    )
    pyramid = PyramidView(0, D("64210.5"), AT, "sig", "submitted", legs)
    ending = EndingView(TakeProfitExecution.MONITOR, None, None)
    return GroupDetail(group(**more), (pyramid,), (), ending)


def closed_detail(pnl: str = "12.3", **more: Any) -> GroupDetail:
    exit_order = OrderView(
        id="x",
        venue_order_id="1",
        purpose="take_profit",
        side="sell",
        order_type="market",
        price=None,
        quantity=D("0.0072"),
        status="filled",
        filled_quantity=D("0.0072"),
        avg_fill_price=D("64852.6"),
        fee_usd=D("0.4"),
        outcome_unknown=False,
        refusal=None,
        created_at=AT,
    )
    values: dict[str, Any] = {
        "status": "closed",
        "exit_reason": "target",
        "realized_pnl_usd": D(pnl),
        "closed_at": AT + timedelta(hours=5, minutes=7),
        "open_quantity": D(0),
        "unrealized_pnl_usd": None,
        **more,
    }
    return replace(detail(**values), orders=(exit_order,))


def candles(count: int = 60, start: str = "64000", step: str = "7.5") -> tuple[CandleView, ...]:
    """A saw-tooth that climbs."""
    made = []
    price = D(start)
    for n in range(count):
        move = D(step) * (3 if n % 5 else -8)
        close = price + move
        high, low = max(price, close) + D(step), min(price, close) - D(step)
        at = AT - timedelta(minutes=15 * (count - n))
        made.append(CandleView(at, price, high, low, close, D(n % 7 + 1)))
        price = close
    return tuple(made)
