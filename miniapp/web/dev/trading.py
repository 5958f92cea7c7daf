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


WAITING = (
    ("NEAR/USDT", "5.412", "long", "3.1", 2, "42.18"),
    ("ARB/USDT", "0.7812", "short", "1.24", 0, "18.4"),
    ("1000PEPE/USDT", "0.0112345", "long", "0", 1, "1234.56"),
    ("BTC/USDT", "97412.5", "long", None, 0, "9.02"),
)


def waiting(at: int, of: int, free: bool) -> Json:
    symbol, entry, side, loss, replaced, expected = WAITING[at % len(WAITING)]
    opposite = at % 7 == 5
    full = "All 10 slots are taken; the signal waits."
    other = f"A short position on {symbol} is open; the signal waits for it."
    return {
        "signal_id": f"sg{at}", "account_id": ACCOUNT, "symbol": symbol, "timeframe": 60,
        "side": side, "rank": at + 1, "of": of, "explanation": "", "entry_price": entry,
        "current_loss_percent": loss, "replacement_count": replaced,
        "queued_at": iso(now() - timedelta(minutes=14 + 37 * at)),
        "expires_at": iso(now() + timedelta(hours=23 - at % 20)),
        "continues": at == 0, "expected_profit_usd": expected,
        "blocked_code": None if free else "opposite_side" if opposite else "pool_full",
        "blocked_text": None if free else other if opposite else full,
        "forcible": not free and not opposite,
    }


def queue(scenario: str) -> list[Json]:
    count = {"empty": 0, "normal": 2, "full": 37}[scenario]
    return [waiting(at, count, scenario == "normal") for at in range(count)]


STORY = (
    ("queued", "NEAR/USDT", {"rank": "1"}, "All 10 slots are taken; the signal waits. It is number 1 in the queue."),
    ("group_opened", "SOL/USDT", {}, "Opened."),
    ("dequeued", "SOL/USDT", {"status": "promoted"}, "Promoted by hand over the limit."),
    ("dequeued", "XRP/USDT", {"status": "cancelled"}, "XRP/USDT is 2.31 % away from the entry price 0.52, more than 2 %; it is offered anew."),
    ("replaced", "ARB/USDT", {}, "Took the place of the older ARB/USDT signal in the queue."),
    ("dequeued", "DOGE/USDT", {"status": "expired"}, "It waited too long."),
)


def event(at: int, kind: str, symbol: str | None, data: Json, reason: str) -> Json:
    opened = kind in ("group_opened", "pyramid_added")
    return {
        "id": 900 - at, "account_id": ACCOUNT, "seq": 400 - (1 if kind == "group_opened" else at - 1 if symbol == "SOL/USDT" else at),
        "at": iso(now() - timedelta(minutes=7 * at)), "kind": kind, "reason": reason,
        "group_id": "01jd0000000000000000group1" if opened else None, "symbol": symbol,
        "severity": "info", "data": data, "correlation_id": None,
    }


def recent(scenario: str, kinds: list[str]) -> list[Json]:
    if scenario == "empty":
        return []
    rows = [event(at, *row[:2], row[2], row[3]) for at, row in enumerate(STORY)]
    return [row for row in rows if row["kind"] in kinds]
