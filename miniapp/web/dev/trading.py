"""Canned answers for the screens of the engine: accounts, queue."""

from __future__ import annotations

from datetime import timedelta

from fixtures import ACCOUNT, Json, account, iso, now

SEATS = (
    ("paper", "Paper account", "spot", "running"),
    ("binance", "Binance main", "spot", "running"),
    ("bybit", "Bybit perpetuals", "linear", "paused"),
    ("binance", "Grid experiments with a long name, test net", "linear", "halted"),
)


def accounts(scenario: str, state: str) -> list[Json]:
    """One account where there is nothing, several elsewhere."""
    count = {"empty": 1, "normal": 3, "full": 12}[scenario]
    found = []
    for at in range(count):
        venue, label, market, own = SEATS[at % len(SEATS)]
        view = account(own if at else state)
        seat = ACCOUNT if at == 0 else f"{ACCOUNT[:-1]}{at + 1:02}"
        found.append({**view, "id": seat, "venue": venue, "label": label, "market": market})
    return found


def queue(scenario: str) -> list[Json]:
    if scenario == "empty":
        return []
    return [
        {
            "signal_id": f"sg{i}", "account_id": ACCOUNT, "symbol": symbol, "timeframe": 60,
            "side": "long", "rank": i + 1, "of": 2,
            "explanation": f"{i + 1} of 2: 3.1 % below its entry, replaced twice, waiting 14 min.",
            "entry_price": entry, "current_loss_percent": "-3.1", "replacement_count": 2,
            "queued_at": iso(now() - timedelta(minutes=14)),
            "expires_at": iso(now() + timedelta(hours=23)),
        }
        for i, (symbol, entry) in enumerate((("NEAR/USDT", "5.412"), ("ARB/USDT", "0.7812")))
    ]
