"""Canned answers for the account's own screen: venues, comparisons, webhooks."""

from __future__ import annotations

from datetime import timedelta

from fixtures import ACCOUNT, Json, iso, now


def venues(full: bool) -> Json:
    good = {
        "name": "binance", "reachable": True, "breaker": "closed", "note": "", "latency_ms": 84.2,
        "clock_offset_s": -0.042, "limit_used": 0.31, "rules_age_s": 5400.0, "stream_age_s": 2.0,
    }
    bad = {
        **good, "reachable": False, "breaker": "open", "latency_ms": None, "limit_used": 0.97,
        "note": "6 of 10 calls failed within a minute: no answer within 10 s.", "stream_age_s": 95.0,
    }
    return {"running": not full, "heartbeat_age": 1.0, "venues": [bad if full else good]}


def compared(scenario: str) -> list[Json]:
    if scenario == "empty":
        return []
    base = {
        "account_id": ACCOUNT, "seq": 7, "group_id": None, "severity": "notice",
        "correlation_id": None,
    }
    report = {
        **base, "id": 71, "at": iso(now() - timedelta(minutes=12)), "kind": "reconciled",
        "reason": "2 fills while away, 1 foreign order left alone.", "symbol": None,
        "data": {
            "fill": "2", "foreign_order": "1",
            "details": "BTC/USDT: 0.01 bought at 94200 while away\nBTC/USDT: 0.01 bought at 93729 while away\nETH/USDT: sell 2 at 3500 is not ours",
        },
    }
    external = {
        **base, "id": 70, "at": iso(now() - timedelta(hours=2)), "kind": "external_trade",
        "reason": "binance holds 0.4 SOL less than our fills: traded by hand or elsewhere. It is left alone, and only what is there is closed.",
        "symbol": "SOL/USDT", "data": {"missing": "0.4"},
    }
    return [report, external] if scenario == "full" else [report]


def webhooks(scenario: str) -> list[Json]:
    if scenario == "empty":
        return []
    base = {
        "id": "wh1", "account_id": ACCOUNT, "label": "Ledger", "secret": "…9f3a",
        "url": "https://example.org/hooks/countersign", "created_at": iso(now()), "failures": 0,
        "retry_at": None, "last_at": iso(now() - timedelta(minutes=3)), "last_answer": "200 OK",
        "disabled_at": None,
    }
    failing = {
        **base, "id": "wh2", "label": "Spreadsheet", "failures": 7, "last_answer": "503 Service Unavailable",
        "url": "https://hooks.example.net/a/very/long/address/that/does/not/fit/on/one/line?token=abcdefghijklmnopqrstuvwxyz",
        "retry_at": iso(now() + timedelta(minutes=2)),
    }
    off = {**base, "id": "wh3", "label": "Old bot", "disabled_at": iso(now()), "failures": 20, "last_answer": "404 Not Found"}
    return [base, failing, off] if scenario == "full" else [base]


def deliveries() -> list[Json]:
    rows = (
        ("webhook_test", "A test of the webhook Ledger.", "failing"),
        ("leg_filled", "Leg 2 filled at 93,729.", "delivered"),
        ("group_opened", "Slot 3 of 10 was free, so the group opened at once with 5 legs.", "delivered"),
    )
    return [
        {"event_id": 9 - at, "at": iso(now() - timedelta(minutes=at)), "kind": kind, "reason": reason, "status": status}
        for at, (kind, reason, status) in enumerate(rows)
    ]
