"""The right answer for every line of the sample file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.domain.words import Intent, Side
from engine.signals.port import Parsed, Reader, Refusal
from engine.signals.registry import parse
from engine.signals.symbols import Symbols

SECRET = "whk_7f3a91c2"
SYMBOLS = Symbols(
    ["BTC/USDT", "ETH/USDT", "SOL/USDT", "ADA/USDT", "XRP/USDT", "XAU/USD", "EUR/USD"]
)
_FILE = Path(__file__).parents[2] / "fixtures" / "alerts" / "tradingview_alerts.jsonl"
LINES = {
    line["id"]: line for line in map(json.loads, _FILE.read_text(encoding="utf-8").splitlines())
}
D = Decimal

#: id -> symbol, timeframe, intent, side, fraction, entry price
SIGNALS: dict[str, tuple[str, int, Intent, Side, Decimal | None, Decimal]] = {
    "tv-001": ("BTC/USDT", 15, Intent.ENTER, Side.LONG, None, D("82145.5")),
    "tv-002": ("BTC/USDT", 15, Intent.ENTER, Side.LONG, None, D("81730.0")),
    "tv-003": ("BTC/USDT", 15, Intent.EXIT, Side.LONG, None, D("83010.4")),
    "tv-004": ("ETH/USDT", 60, Intent.ENTER, Side.SHORT, None, D("1888.45")),
    "tv-005": ("XAU/USD", 60, Intent.ENTER, Side.LONG, None, D("2914.87")),
    "tv-006": ("SOL/USDT", 240, Intent.ENTER, Side.LONG, None, D("124.68")),
    "tv-007": ("ADA/USDT", 5, Intent.REDUCE, Side.LONG, D("0.5"), D("0.7412")),
    "tv-008": ("XRP/USDT", 15, Intent.REVERSE, Side.LONG, None, D("2.2145")),
    "tv-010": ("BTC/USDT", 15, Intent.ENTER, Side.LONG, None, D("82145.5")),
    "tv-011": ("BTC/USDT", 60, Intent.ENTER, Side.LONG, None, D("84577.3")),
}
#: id -> code, field
REFUSALS: dict[str, tuple[str, str]] = {
    "tv-009": ("unknown_symbol", "tv.symbol"),
    # neither of the two says on which timeframe it stands
    "tv-012": ("secret_missing", "secret"),
    "tv-013": ("missing_field", "interval"),
    **{f"tv-0{n}": ("unsupported_dialect", "body") for n in range(14, 27)},
    "tv-027": ("placeholder", "timestamp"),
    "tv-028": ("not_a_number", "tv.market_position_size"),
    "tv-029": ("trailing_comma", "body"),
    "tv-030": ("typographic_quotes", "body"),
    "tv-031": ("single_quotes", "body"),
    "tv-032": ("truncated", "body"),
    "tv-033": ("secret_missing", "secret"),
    "tv-034": ("secret_missing", "secret"),
    "tv-035": ("secret_wrong", "secret"),
    "tv-036": ("missing_field", "tv.symbol"),
    "tv-037": ("unknown_action", "tv.action"),
    "tv-038": ("unknown_value", "execution_intent.type"),
    "tv-039": ("not_positive", "tv.entry_price"),
    "tv-040": ("not_positive", "tv.order_size"),
    "tv-041": ("contradiction", "execution_intent.side"),
    "tv-042": ("empty_body", "body"),
    "tv-043": ("not_an_object", "body"),
    "tv-044": ("unrecognised_text", "body"),
}
DIALECTS = {
    "tv-014": "TradersPost",
    "tv-015": "TradersPost",
    "tv-016": "3Commas signal bot",
    "tv-017": "3Commas DCA bot",
    "tv-018": "3Commas DCA bot",
    "tv-019": "PineConnector",
    "tv-020": "PineConnector",
    "tv-021": "Cornix text",
    "tv-022": "Stub",
    "tv-023": "Stub",
    "tv-024": "WunderTrading",
    "tv-025": "TradingView default text",
    "tv-026": "key=value lines",
}


def read(line: dict[str, Any], *, secret: str | None = SECRET) -> Parsed | Refusal:
    body: str = line["body"]
    received = datetime(2025, 4, 2, 9, 0, 2, tzinfo=UTC)
    return parse(body.encode(), received, Reader("hook", secret, SYMBOLS))


def test_every_line_has_an_answer_here() -> None:
    assert sorted([*SIGNALS, *REFUSALS]) == sorted(LINES)


@pytest.mark.parametrize("name", sorted(SIGNALS))
def test_signal(name: str) -> None:
    found = read(LINES[name])
    assert isinstance(found, Parsed), found
    signal = found.signal
    assert SIGNALS[name] == (
        signal.symbol,
        signal.timeframe,
        signal.intent,
        signal.side,
        signal.reduce_fraction,
        signal.entry_price,
    )
    assert signal.source == "tradingview"
    assert signal.signal_time == found.sent_at


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_refusal(name: str) -> None:
    found = read(LINES[name])
    assert isinstance(found, Refusal), found
    assert (found.code, found.field) == REFUSALS[name]
    assert found.unauthorised == found.code.startswith("secret_")
    assert SECRET not in found.message
    # a sentence that names the place
    if found.field != "body":
        assert found.field in found.message


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_a_foreign_dialect_is_refused_by_name(name: str) -> None:
    found = read(LINES[name])
    assert isinstance(found, Refusal)
    assert DIALECTS[name] in found.message


def test_a_hook_without_a_secret_takes_alerts_without_one() -> None:
    found = read(LINES["tv-034"], secret=None)
    assert isinstance(found, Parsed)
    # the line is refused for what it lacks, no longer for the secret
    refused = read(LINES["tv-012"], secret=None)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.field) == ("missing_field", "interval")


def test_details_of_a_full_alert() -> None:
    found = read(LINES["tv-004"])
    assert isinstance(found, Parsed)
    signal = found.signal
    assert signal.raw_symbol == "ETHUSDT.P"
    assert signal.venue_hint == "bybit"
    assert (signal.stop_loss, signal.take_profit) == (D("1931.2"), D("1802.0"))
    assert signal.size_hint == D("1.5")
    assert signal.max_slippage_percent == D("0.2")
    assert signal.strategy == "ETH 1h short"
    assert found.explicit_id is None
    assert found.dedupe_key.startswith("at:")


def test_repeats_have_one_key_and_other_alerts_another() -> None:
    keys = {}
    for name in SIGNALS:
        found = read(LINES[name])
        assert isinstance(found, Parsed)
        keys[name] = found.dedupe_key
        later = parse(
            LINES[name]["body"].encode(),
            datetime(2025, 4, 2, 9, 0, 2, tzinfo=UTC) + timedelta(minutes=3),
            Reader("hook", SECRET, SYMBOLS),
        )
        assert isinstance(later, Parsed)
        assert later.dedupe_key == keys[name]
    # tv-010 is tv-001 with keys nobody knows
    assert keys["tv-001"] == keys["tv-010"]
    assert len(set(keys.values())) == len(keys) - 1
