"""Canned answers for the trades screen: trades, sums by period."""

from __future__ import annotations

from datetime import timedelta

from fixtures import ACCOUNT, Json, iso, now

ENDED = (
    ("SOL/USDT", "long", "target", "18.42", "0.94", "-1.42", "2.318"),
    ("ETH/USDT", "long", "exit_signal", "-6.1", "-0.31", "-3.9", "0.44"),
    ("1000PEPE/USDT", "short", "stop", "-41.07", "-2.1", "-2.14", "0.12"),
    ("BTC/USDT", "long", "risk_offset", "0", "0", None, None),
    ("XRP/USDT", "long", "manual", "1204.9", "6.02", "-0.4", "6.3"),
)


def trade(at: int) -> Json:
    symbol, side, why, pnl, percent, worst, best = ENDED[at % len(ENDED)]
    closed = now() - timedelta(hours=3 + 11 * at)
    return {
        "id": f"tr{at}", "account_id": ACCOUNT, "venue": "paper",
        "symbol": symbol, "timeframe": 60, "side": side,
        "status": "won" if float(pnl) > 0 else "lost" if float(pnl) < 0 else "even",
        "opened_at": iso(closed - timedelta(minutes=95)), "closed_at": iso(closed),
        "duration_seconds": 5700 + 600 * at, "pyramid_count": 1 + at % 3, "quantity": "12.345",
        "entry_price": "182.413333333333" if at % 2 else "0.011234511", "exit_price": "184.1281" if at % 2 else "0.0115",
        "cost_usd": "1951.22", "fees_usd": "3.9", "realized_pnl_usd": pnl,
        "realized_pnl_percent": percent, "exit_reason": why, "source": "tradingview",
        "strategy": "grid-trend", "strategy_version": "2", "mae_percent": worst,
        "mfe_percent": best, "imported": at % 7 == 4,
    }


def trades(scenario: str, status: str | None) -> list[Json]:
    count = {"empty": 0, "normal": 5, "full": 20}[scenario]
    rows = [trade(at) for at in range(count)]
    return [row for row in rows if status in (None, row["status"])]


def periods(scenario: str, by: str) -> list[Json]:
    step = {"day": 1, "week": 7, "month": 30}[by]
    count = {"empty": 0, "normal": 9, "full": 40}[scenario]
    sums = ("18.42", "-6.1", "41.9", "0", "-22.4", "63.05", "8", "-3.31", "27.7")
    return [
        {
            "begins": iso((now() - timedelta(days=step * at)).replace(hour=0, minute=0)),
            "trades": 3 + at % 5, "wins": 1 + at % 3, "losses": 1,
            "realized_pnl_usd": sums[at % len(sums)], "fees_usd": "1.2", "cost_usd": "900",
            "best_pnl_usd": "12", "worst_pnl_usd": "-8",
        }
        for at in range(count)
    ]
