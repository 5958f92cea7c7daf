"""Canned answers of the risk engine: calm, with a plan, overfull and halted by the guard."""

from __future__ import annotations

from datetime import timedelta

from fixtures import ACCOUNT, Json, iso, now

ROWS = (
    ("SOL/USDT", "long", "-120.5", "-8.31", "loser", 5, 0),
    ("BTC/USDT", "long", "84.2", "2.13", "winner", 2, None),
    ("ETH/USDT", "short", "61.05", "1.04", "winner", 1, None),
    ("1000PEPE/USDT", "long", "-9.4", "-1.2", "above_threshold", 5, 0),
    ("ARB/USDT", "short", "-44.1", "-6.6", "timer", 5, 23),
    ("NEAR/USDT", "long", "-31.7", "-5.9", "pyramids", 3, None),
    ("DOGE/USDT", "long", None, None, "no_fresh_price", 1, None),
    ("XRP/USDT", "long", "-80.2", "-7.7", "blocked", 5, 0),
)


def position(at: int, row: tuple[object, ...]) -> Json:
    symbol, side, pnl, percent, code, pyramids, timer = row
    return {
        "group_id": f"01jd0000000000000000group{at + 1}", "symbol": symbol, "timeframe": 15,
        "side": side, "pnl_usd": pnl, "pnl_percent": percent, "code": code, "text": "",
        "timer_expires_at": None if timer is None else iso(now() + timedelta(minutes=int(str(timer)), seconds=20)),
        "blocked": code == "blocked", "skip_once": at == 3, "invested_usd": "1450.2",
        "pyramid_count": pyramids, "max_pyramids": 5,
        "opened_at": iso(now() - timedelta(hours=5 + at)), "aged_at": None,
    }


def winner(at: int, symbol: str, gives: str, whole: bool) -> Json:
    return {
        "group_id": f"w{at}", "symbol": symbol, "quantity": "0.0412", "price": "97412.5",
        "whole": whole, "expected_usd": gives, "realized_usd": gives if at == 0 else "0",
        "done": at == 0,
    }


def risk(scenario: str, state: str) -> Json:
    empty, full, halted = scenario == "empty", scenario == "full", state == "halted"
    short = full
    winners = [] if empty or halted else [
        winner(0, "BTC/USDT", "84.2", True), winner(1, "ETH/USDT", "38.11", False),
        *([winner(2, "1000SHIB/USDT", "11.02", False)] if full else []),
    ]
    need = "302.77" if short else "121.62"
    ready = not empty and not halted and not short
    rows = () if empty or halted else ROWS * 3 if full else ROWS[:5]
    plan = {
        "id": "p1", "status": "winners", "loser_id": "l", "loser_symbol": "AVAX/USDT",
        "loser_price": "31.2", "loser_quantity": "12", "loser_fraction": "1",
        "required_usd": "96.4", "realized_usd": "84.2",
        "winners": [winner(0, "BTC/USDT", "84.2", True), winner(1, "LINK/USDT", "14.1", False)],
        "started_at": iso(now() - timedelta(seconds=12)), "note": "",
    }
    stage = "hard" if halted else "warned" if full else "calm"
    fallen = "20.4" if halted else "15.62" if full else "2.31"
    return {
        "account_id": ACCOUNT, "enabled": True,
        "reviewed_at": None if empty else iso(now() - timedelta(seconds=20)),
        "code": "ready" if ready else "short_of_profit" if short else "no_loser", "text": "",
        "loser_id": None if empty or halted else "l", "loser_symbol": None if empty or halted else "SOL/USDT",
        "loser_quantity": "8.2", "loser_fraction": "1", "loss_usd": "120.5", "loss_percent": "8.31",
        "required_usd": need, "available_usd": "133.33" if full else "122.31",
        "shortfall_usd": "169.44" if short else "0", "winners": winners,
        "left_out": ["DOGE/USDT"] if full else [],
        "positions": [position(at, row) for at, row in enumerate(rows)],
        "plan": plan if full else None, "threshold_percent": "-5", "interval_seconds": 60,
        "guard": {
            "enabled": True, "stage": stage, "equity_usd": "10000" if empty else "8431.2" if halted else "10842.18",
            "peak_usd": "10000" if empty else "11098.55", "drawdown_percent": "0" if empty else fallen,
            "warn_percent": "15", "soft_percent": "10", "max_percent": "20", "min_equity_usd": "0",
        },
        "locks": [
            {"kind": "stop_loss_guard", "symbol": None, "until": iso(now() + timedelta(hours=1)), "text": ""},
            {"kind": "cooldown", "symbol": "SOL/USDT", "until": iso(now() + timedelta(minutes=12)), "text": ""},
        ] if full else [],
        "day_loss_usd": "84.2" if full else "0", "day_loss_max_usd": "250" if full else None,
    }


HISTORY = (
    ("offset_loss", "AVAX/USDT", {"required_usd": "96.4", "realized_usd": "98.3"}, "Closed 100 % of AVAX/USDT with the profit of others: 1.90 USD."),
    ("started", "AVAX/USDT", {"required_usd": "96.4"}, "2 winners pay 96.40 USD for AVAX/USDT."),
    ("waits", "SOL/USDT", {"required_usd": "302.77", "shortfall_usd": "169.44"}, "Too little."),
    ("manual_block", "XRP/USDT", {}, "The risk engine leaves XRP/USDT alone until it is unblocked."),
    ("offset_failed", "LINK/USDT", {"required_usd": "51"}, "LINK/USDT is still closing; that goes on."),
)


def actions(scenario: str) -> list[Json]:
    rows = () if scenario == "empty" else HISTORY * (3 if scenario == "full" else 1)
    return [
        {
            "id": 90 - at, "at": iso(now() - timedelta(minutes=31 * at)), "kind": "risk_action",
            "action": action, "loser": "l", "symbol": symbol, "winners": [], "figures": figures,
            "notes": notes,
        }
        for at, (action, symbol, figures, notes) in enumerate(rows)
    ]


def targets(body: Json) -> Json:
    """What a switch to the wished mode would change."""
    legs = [
        {"pyramid": 1, "leg": at + 1, "quantity": "0.01", "price": str(95142 - 471 * at)}
        for at in range(4)
    ]
    whole = [{"pyramid": None, "leg": None, "quantity": "0.04", "price": "94912.5"}]
    mode = body.get("tp_mode")
    after = {"aggregate": whole, "hybrid": legs + whole}.get(str(mode), legs)
    resting = body.get("tp_execution") == "resting"
    return {
        "before": legs, "after": after, "execution": body.get("tp_execution"),
        "cancels": 0 if resting else 2,
    }
