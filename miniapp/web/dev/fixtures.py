"""Canned API answers for looking at the built page: empty, normal and overfull."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

Json = dict[str, Any]
ACCOUNT = "01jd0000000000000000accnt1"
LEG_GAPS = ("0", "-0.5", "-1", "-2", "-4")
CENT = Decimal("0.01")


def iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def now() -> datetime:
    return datetime.now(UTC)  # The fixture pretends to be a living server.


FEED = dict(feed="live", live=True, heartbeat_age=0.8, symbols=["BTC/USDT"], board="paper")


def account(state: str = "running") -> Json:
    return {
        "id": ACCOUNT,
        "market": "spot",
        "venue": "paper",
        "label": "Paper account",
        "quote_currency": "USDT",
        "state": state,
        "halt_reason": None,
        "total_capital_usd": "10000",
        "max_open_groups": 10,
        "settings_version": 1,
        "created_at": iso(now() - timedelta(days=9)),
        "board": "paper",
        "market": "spot",
    }


def receipt(at: datetime, status: str, symbol: str, message: str) -> Json:
    return {
        "id": f"rc-{at.timestamp():.0f}",
        "hook_id": "hk1",
        "account_id": ACCOUNT,
        "status": status,
        "code": status,
        "message": message,
        "field": None,
        "symbol": symbol,
        "timeframe": 15,
        "side": "long",
        "intent": "enter",
        "received_at": iso(at),
        "signal_id": None,
    }


def receipts(full: bool) -> list[Json]:
    at = now()
    rows = [
        receipt(at - timedelta(minutes=2), "accepted", "ETH/USDT", "Enter long, offered to you."),
        receipt(at - timedelta(minutes=19), "duplicate", "BTC/USDT", "The same alert came before."),
        receipt(
            at - timedelta(hours=3),
            "refused",
            "SOL/USDT",
            "tv.entry_price is “{{strategy.order.price}}”: the placeholder was not replaced. "
            "Use a strategy alert, or remove the field.",
        ),
    ]
    return rows * (12 if full else 1)


def home(scenario: str, state: str) -> Json:
    empty = scenario == "empty"
    full = scenario == "full"
    big = "1234567.89" if full else "10842.18"
    return {
        "account": account(state),
        "engine": {
            "running": True,
            "heartbeat_age": 1.2,
            "inbox_waiting": 0,
            "orders_unknown": 1 if full else 0,
        },
        "feed": FEED,
        "equity_usd": "10000" if empty else big,
        "pnl_today_usd": "0" if empty else ("-12345.67" if full else "212.4"),
        "pnl_today_percent": "0" if empty else ("-1.0011" if full else "1.9984"),
        "pnl_total_usd": "0" if empty else ("1224567.89" if full else "842.18"),
        "pnl_total_percent": "0" if empty else ("12245.6789" if full else "8.4218"),
        "realized_pnl_usd": "0" if empty else ("1212345.67" if full else "729.78"),
        "unrealized_pnl_usd": "0" if empty else ("12222.22" if full else "112.4"),
        "deployed_usd": "0" if empty else ("987654.32" if full else "2600"),
        "free_usd": "10000" if empty else ("246913.57" if full else "8242.18"),
        "groups_open": 0 if empty else (10 if full else 3),
        "groups_max": 10,
        "queued": 0 if empty else (37 if full else 2),
        "offers_waiting": 0 if empty else (6 if full else 1),
        "last_alert": None if empty else receipts(False)[0],
        "risk_enabled": True,
    }


def offer_leg(index: int, entry: Decimal, capital: Decimal, side: str) -> Json:
    sign = 1 if side == "long" else -1
    gap = Decimal(LEG_GAPS[index])
    places = Decimal("0.0000000001") if entry < Decimal("0.001") else Decimal("0.000001") if entry < 1 else CENT
    price = (entry * (1 + sign * gap / 100)).quantize(places, ROUND_HALF_EVEN)
    return {
        "index": index,
        "order_type": "limit",
        "price": str(price),
        "quantity": str((capital / price).quantize(Decimal("0.0001"))),
        "capital_usd": str(capital),
        "gap_percent": str(gap),
        "tp_percent": "1",
        "tp_price": str((price * (1 + sign * Decimal("0.01"))).quantize(places)),
    }


def offer(number: int, symbol: str, entry: str, side: str, **changes: Any) -> Json:
    at = now()
    capital = Decimal("1000")
    legs = [offer_leg(i, Decimal(entry), capital / 5, side) for i in range(len(LEG_GAPS))]
    base: Json = {
        "id": f"01jd0000000000000000offer{number}",
        "account_id": ACCOUNT,
        "signal_id": f"sg{number}",
        "receipt_id": "rc1",
        "version": 1,
        "status": "pending",
        "symbol": symbol,
        "timeframe": 15,
        "side": side,
        "entry_price": entry,
        "market_price": entry,
        "legs": legs,
        "capital_usd": "1000",
        "capital_percent": "10",
        "size_factor": "1",
        "exposure_before_usd": "2600",
        "exposure_after_usd": "3600",
        "average_if_filled": legs[2]["price"] + "57422707",
        "target_price": legs[0]["tp_price"],
        "stop_price": None,
        "pyramid_step": 1,
        "max_pyramids": 5,
        "place": "slot",
        "place_text": "Opens slot 4 of 10.",
        "slots_taken": 3,
        "slots_total": 10,
        "reason": "Breakout retest on the 15 minute chart.",
        "source": "tradingview",
        "strategy": "Fib RSI",
        "created_at": iso(at - timedelta(minutes=2)),
        "expires_at": iso(at + timedelta(minutes=12, seconds=31)),
        "decided_by": None,
        "decided_channel": None,
        "decided_at": None,
        "effective_at": None,
        "undo_seconds_left": 0,
        "taken": False,
        "group_id": None,
        "outcome_code": None,
        "outcome_text": None,
    }
    return {**base, **changes}


def offers(scenario: str) -> list[Json]:
    if scenario == "empty":
        return []
    at = now()
    decided = {"decided_by": "you", "decided_at": iso(at - timedelta(hours=2))}
    rows = [
        offer(1, "ETH/USDT", "3421.5", "long"),
        offer(
            8, "BTC/USDT", "94200", "long", status="approved", decided_channel="chat",
            taken=True, group_id="01jd0000000000000000group1", **decided,
        ),
        offer(9, "XRP/USDT", "2.314", "short", status="expired"),
        offer(7, "ADA/USDT", "0.9127", "long", status="rejected", decided_channel="app", **decided),
    ]
    if scenario == "full":
        soon = iso(at + timedelta(seconds=41))
        rows += [
            offer(2, "1000SHIB/USDT", "0.012345", "short", expires_at=soon, pyramid_step=3,
                  place="queue", place_text="All 10 slots are taken: waits in the queue, rank 4 of 38.",
                  capital_usd="123456.78", exposure_after_usd="1234567.89",
                  reason="Lower high below the 200 period average with falling volume; third add "
                  "after the 15 minute close confirmed the break of the previous day’s low."),
            offer(3, "SOL/USDT", "221.34", "short", stop_price="228.1"),
            offer(4, "DOGE/USDT", "0.41234", "long"),
            offer(5, "AVAX/USDT", "41.87", "long"),
            offer(6, "LINK/USDT", "18.221", "long"),
        ]
    return rows


def leg(index: int, entry: Decimal, status: str, side: str, capital: str, **changes: Any) -> Json:
    plan = offer_leg(index, entry, Decimal(capital), side)
    filled = status == "filled"
    partial = str(Decimal(plan["quantity"]) * Decimal("0.4"))
    base: Json = {
        "pyramid": 0,
        "index": index,
        "order_type": "limit",
        "price": plan["price"],
        "quantity": plan["quantity"],
        "gap_percent": plan["gap_percent"],
        "weight_percent": "20",
        "tp_percent": "1",
        "capital_usd": capital,
        "status": status,
        "filled_quantity": plan["quantity"] if filled else (partial if "part" in status else "0"),
        "avg_fill_price": plan["price"] if filled else None,
        "fee_usd": "0.2" if filled else "0",
        "tp_price": plan["tp_price"] if filled else None,
        "tp_hit": False,
        "closed_quantity": "0",
        "realized_pnl_usd": "0",
        "progress_percent": "64.2" if filled else None,
        "submitted_at": iso(now()),
        "filled_at": iso(now()) if filled else None,
    }
    return {**base, **changes}


NORMAL = (
    ("BTC/USDT", "94200", "long", "97412.5", "83.52", "3.4102", "0.026"),
    ("SOL/USDT", "219.1", "short", "221.34", "-22.97", "-1.1201", "4.55"),
    ("PEPE/USDT", "0.0000213", "long", None, None, None, "0"),
)
FULL = (*NORMAL, *((f"{c}/USDT", "41.87", "long", "42.1", "5.4912", "0.5491", "12.1") for c in (
    "AVAX", "LINK", "DOT", "ATOM", "1000SHIB", "RENDER", "INJ")))
STATUSES = {
    "BTC/USDT": ("filled", "filled", "partially_filled", "open", "pending"),
    "PEPE/USDT": ("open", "open", "open", "pending", "failed"),
}


def group(number: int, row: tuple[Any, ...], status: str = "partially_filled") -> Json:
    symbol, entry, side, mark, pnl, percent, quantity = row
    filled = mark is not None
    return {
        "id": f"01jd0000000000000000group{number}",
        "account_id": ACCOUNT,
        "venue": "paper",
        "symbol": symbol,
        "timeframe": 15,
        "side": side,
        "status": status if filled else "live",
        "pyramid_count": 1,
        "max_pyramids": 5,
        "legs_filled": 2 if filled else 0,
        "legs_total": 5,
        "base_entry_price": entry,
        "weighted_avg_price": entry if filled else None,
        "mark_price": mark,
        "mark_at": iso(now() - timedelta(seconds=2)),
        "mark_stale": False,
        "board": "paper",
        "invested_usd": str((Decimal(entry) * Decimal(quantity)).quantize(CENT)),
        "open_quantity": quantity,
        "closed_quantity": "0",
        "unrealized_pnl_usd": pnl,
        "unrealized_pnl_percent": percent,
        "realized_pnl_usd": "3.91" if number == 1 else "0",
        "fees_usd": "0.42",
        "tp_mode": "per_leg",
        "tp_aggregate_percent": "1",
        "next_tp_price": str(Decimal(entry) * Decimal("1.04")) if filled else None,
        "next_entry_price": str(Decimal(entry) * Decimal("0.98")),
        "source": "tradingview",
        "strategy": "Fib RSI",
        "exit_reason": None,
        "created_at": iso(now() - timedelta(hours=5)),
        "updated_at": iso(now() - timedelta(minutes=3)),
        "closed_at": None,
    }


def hooks(scenario: str) -> list[Json]:
    if scenario == "empty":
        return []
    token = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    body = '{\n  "secret": "hk_4f1c",\n  "source": "tradingview",\n  "timestamp": "{{timenow}}",\n'
    return [{
        "id": "hk1", "account_id": ACCOUNT, "label": "My alerts",
        "path": f"/hooks/tradingview/{token}",
        "url": f"https://example.org/hooks/tradingview/{token}", "secret": "hk_4f1c",
        "body_to_paste": body + '  "tv": { "symbol": "{{ticker}}", "timeframe": "{{interval}}" }\n}',
        "created_at": iso(now()), "last_alert_at": iso(now() - timedelta(minutes=2)),
        "alerts_total": 128,
    }]


def groups(scenario: str) -> list[Json]:
    rows = {"empty": (), "normal": NORMAL, "full": FULL}[scenario]
    return [group(i + 1, row) for i, row in enumerate(rows)]


def closed_groups(scenario: str) -> list[Json]:
    if scenario == "empty":
        return []
    found = []
    for i, (pnl, why) in enumerate((("41.2", "target"), ("-18.4", "exit_signal"), ("7", "manual"))):
        row = group(i + 20, NORMAL[i % 2], "closed")
        ended = iso(now() - timedelta(hours=6 + 20 * i))
        found.append({**row, "realized_pnl_usd": pnl, "exit_reason": why, "closed_at": ended})
    return found


def detail(found: Json) -> Json:
    entry = Decimal(found["base_entry_price"])
    default = ("filled", "filled", "open", "open", "pending")
    states = STATUSES.get(found["symbol"], default)
    capitals = ("200", "200", "160", "120", "120")
    legs = [
        leg(i, entry, state, found["side"], capitals[i]) for i, state in enumerate(states)
    ]
    if found["symbol"] == "BTC/USDT":
        legs[0] = {**legs[0], "tp_hit": True, "realized_pnl_usd": "1.9"}
    order = {
        "id": "c0ffee0000000000000000000a", "venue_order_id": "p-1", "purpose": "entry",
        "side": "buy", "order_type": "limit", "price": legs[0]["price"],
        "quantity": legs[0]["quantity"], "status": "filled",
        "filled_quantity": legs[0]["quantity"], "avg_fill_price": legs[0]["price"],
        "fee_usd": "0.2", "outcome_unknown": False, "refusal": None, "created_at": iso(now()),
    }
    pyramid = {
        "index": 0, "entry_price": str(entry), "entry_at": found["created_at"],
        "signal_id": "sg1", "status": "submitted", "legs": legs,
    }
    unsure = {**order, "id": "c0ffee0000000000000000000b", "outcome_unknown": True}
    stop = {
        "price": str((entry * Decimal("0.97")).quantize(CENT)), "where": "engine",
        "quantity": found["open_quantity"], "resting_quantity": "0",
    }
    rules = {
        "loss_percent": "3", "trailing_percent": "2", "break_even_at_percent": "1.5",
        "of_signal": False, "at_break_even": False,
    }
    stopped = found["symbol"] == "BTC/USDT"
    ending = {
        "tp_execution": "monitor", "closes_at": None, "stop_rules": rules if stopped else None,
    }
    return {
        "group": found, "pyramids": [pyramid], "orders": [order, unsure], "ending": ending,
        "stop": stop if stopped else None,
    }


STORY = (
    ("signal_received", "Fib RSI wished to enter long at 94,200 and you approved it in the chat."),
    ("group_opened", "Slot 3 of 10 was free, so the group opened at once with 5 legs."),
    ("order_submitted", "Leg 1 was sent: 200 USD at 94,200, limit."),
    ("leg_filled", "Leg 1 filled at 94,200; its target is 95,142, 1 % above."),
    ("leg_filled", "Leg 2 filled at 93,729 after the price fell 0.5 %."),
    ("tp_hit", "Leg 1 reached its target and was closed with a gain of 1.90 USD."),
)


def story(group_id: str) -> list[Json]:
    return [
        {
            "id": i + 1, "account_id": ACCOUNT, "seq": i + 1,
            "at": iso(now() - timedelta(minutes=50 - 7 * i)), "kind": kind, "reason": reason,
            "group_id": group_id, "symbol": "BTC/USDT", "severity": "info", "data": {},
            "correlation_id": None,
        }
        for i, (kind, reason) in enumerate(STORY)
    ]


def candles(last: str, count: int) -> list[Json]:
    """A repeatable walk that ends at ``last``."""
    seed, rows, price = 7, [], Decimal(last)
    at = now().replace(second=0, microsecond=0)
    places = Decimal("0.00000001") if price < 1 else CENT
    for i in range(count):
        seed = seed * 16807 % 2147483647
        move = price * (Decimal(seed) / 2147483647 - Decimal("0.49")) / 120
        opened = price - move
        wick = abs(move) / 2 + price / 2000
        rows.append({
            "at": iso(at - timedelta(minutes=15 * i)),
            "open": str(opened.quantize(places)),
            "high": str((max(opened, price) + wick).quantize(places)),
            "low": str((min(opened, price) - wick).quantize(places)),
            "close": str(price.quantize(places)),
            "volume": "12",
        })
        price = opened
    return rows[::-1]
