"""Profit of closed trades: counts, win rate, best and worst symbol, profit factor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from asyncpg import Record

from engine.api.views import ProfitView
from engine.domain.leg import ZERO
from foundation.money import money_context, usd

_HUNDRED = Decimal(100)


def profit_of(days: int | None, trades: Sequence[Record]) -> ProfitView:
    """The summary of closed groups that held a position; a result of exactly 0 wins nothing."""
    results = [trade["realized_pnl_usd"] for trade in trades]
    won = [result for result in results if result > 0]
    lost = [result for result in results if result < 0]
    by_symbol = _by_symbol(trades)
    ranked = sorted(by_symbol, key=lambda symbol: (-by_symbol[symbol], symbol))
    best, worst = (ranked[0], ranked[-1]) if ranked else (None, None)
    with money_context():
        gains, losses = sum(won, ZERO), -sum(lost, ZERO)
        return ProfitView(
            days=days,
            trades=len(results),
            wins=len(won),
            losses=len(lost),
            win_rate_percent=usd(_HUNDRED * len(won) / len(results)) if results else ZERO,
            realized_pnl_usd=usd(gains - losses),
            fees_usd=usd(sum((trade["fees_usd"] for trade in trades), ZERO)),
            best_symbol=best,
            best_pnl_usd=usd(by_symbol[best]) if best is not None else None,
            worst_symbol=worst,
            worst_pnl_usd=usd(by_symbol[worst]) if worst is not None else None,
            average_duration_seconds=_average_seconds(trades),
            profit_factor=usd(gains / losses) if losses > 0 else None,
        )


def _by_symbol(trades: Sequence[Record]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for trade in trades:
        sums[trade["symbol"]] = sums.get(trade["symbol"], ZERO) + trade["realized_pnl_usd"]
    return sums


def _average_seconds(trades: Sequence[Record]) -> int:
    if not trades:
        return 0
    lasted = sum((trade["closed_at"] - trade["created_at"] for trade in trades), timedelta(0))
    return int((lasted / len(trades)).total_seconds())
