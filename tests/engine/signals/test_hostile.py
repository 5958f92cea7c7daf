"""Whatever strangers send: `parse` answers, never raises, and says what is wrong."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.signals import codec, timeframes
from engine.signals.port import Parsed, Refusal
from engine.signals.symbols import Symbols
from tests.engine.signals.kit import NOW, accepted, moved, nested, raw, read, refused


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_body"),
        (b"  \n ", "empty_body"),
        (b"\xff\xfe{}", "invalid_utf8"),
        (b"null", "not_an_object"),
        (b'"BTCUSDT"', "not_an_object"),
        (b"42", "not_an_object"),
        (b"NaN", "not_an_object"),
        (b"[" * 16_000, "too_deep"),
        (b'{"tv":' * 2_000, "too_deep"),
        (b'{"a":"' + b"[" * 15_000 + b'"}', "unrecognised_format"),
        (b"{}", "unrecognised_format"),
        (b"{", "truncated"),
        (b'{"tv": {"symbol": "BTCUSDT"}', "truncated"),
        (b'{"tv": 1} {"tv": 2}', "not_json"),
        (b'{"tv": 5}', "wrong_type"),
        (b'{"tv": []}', "wrong_type"),
        (b'{"tv": {}, "tv": {}}', "duplicate_key"),
        (b'{"tv": {"symbol": "A", "symbol": "B"}}', "duplicate_key"),
        ('{"tv“: 1}'.encode(), "typographic_quotes"),
        (b'{"tv": {"symbol": {{ticker}}}}', "placeholder"),
        (b"\x00\x01\x02", "unrecognised_text"),
        (b'{"tv": {"symbol": "BTC" "USDT"}}', "not_json"),
        (b"{,}", "trailing_comma"),
        (b"{;}", "not_json"),
    ],
)
def test_bodies(body: bytes, code: str) -> None:
    found = refused(body)
    assert found.code == code, found.message
    assert found.message.isprintable()


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"symbol": "DOGEBTC"}, "unknown_symbol", "tv.symbol"),
        ({"symbol": 5}, "unknown_symbol", "tv.symbol"),
        ({"symbol": True}, "wrong_type", "tv.symbol"),
        ({"symbol": ["BTCUSDT"]}, "wrong_type", "tv.symbol"),
        ({"symbol": ""}, "missing_field", "tv.symbol"),
        ({"timeframe": "30S"}, "unknown_timeframe", "tv.timeframe"),
        ({"timeframe": "0"}, "unknown_timeframe", "tv.timeframe"),
        ({"timeframe": -15}, "unknown_timeframe", "tv.timeframe"),
        ({"timeframe": 15.5}, "unknown_timeframe", "tv.timeframe"),
        ({"timeframe": None}, "missing_field", "tv.timeframe"),
        ({"entry_price": "NaN"}, "not_a_number", "tv.entry_price"),
        ({"entry_price": float("inf")}, "not_a_number", "tv.entry_price"),
        ({"entry_price": "abc"}, "not_a_number", "tv.entry_price"),
        ({"entry_price": "1_000"}, "not_a_number", "tv.entry_price"),
        ({"entry_price": "1e999"}, "not_a_number", "tv.entry_price"),
        ({"entry_price": "٣"}, "not_a_number", "tv.entry_price"),
        ({"entry_price": 10**200}, "not_a_number", "tv.entry_price"),
        ({"entry_price": 0}, "not_positive", "tv.entry_price"),
        ({"close_price": -1}, "not_positive", "tv.close_price"),
        ({"order_size": "-3"}, "not_positive", "tv.order_size"),
        ({"market_position": "up"}, "unknown_value", "tv.market_position"),
        ({"market_position": "{{strategy.market_position}}"}, "placeholder", "tv.market_position"),
        ({"action": {}}, "wrong_type", "tv.action"),
    ],
)
def test_fields(changes: dict[str, Any], code: str, field: str) -> None:
    found = refused(nested(**changes))
    assert (found.code, found.field) == (code, field), found.message
    assert field in found.message


def test_a_digit_monster_is_refused_quickly() -> None:
    body = b'{"tv": {"symbol": "BTCUSDT", "timeframe": 15, "entry_price": ' + b"9" * 15_000 + b"}}"
    assert refused(body).field == "tv.entry_price"


@pytest.mark.parametrize("stamp", ["yesterday", "1", "99999999999999999999", "2026-13-01", -5])
def test_no_time(stamp: object) -> None:
    found = refused(nested() | {"timestamp": stamp})
    assert (found.code, found.field) == ("bad_time", "timestamp")


def test_times() -> None:
    for stamp in ("2026-01-05T12:00:00Z", "2026-01-05T13:00:00+01:00", "2026-01-05T12:00:00"):
        assert accepted(nested() | {"timestamp": stamp}).sent_at == NOW
    epoch = int(NOW.timestamp())
    for number in (epoch, str(epoch), epoch * 1000, str(epoch * 1000)):
        assert accepted(nested() | {"timestamp": number}).sent_at == NOW


def test_the_future_is_refused_beyond_a_minute() -> None:
    assert accepted(nested(NOW + timedelta(seconds=60)))
    found = refused(nested(NOW + timedelta(seconds=61)))
    assert (found.code, found.field) == ("in_future", "timestamp")
    bar = refused(nested(bar_time=(NOW + timedelta(minutes=5)).isoformat()))
    assert (bar.code, bar.field) == ("in_future", "tv.bar_time")


def test_text_of_others_is_cleaned_and_cut() -> None:
    document = nested()
    document["strategy_info"] = {
        "alert_name": "a\x00b\ud800c\nd" + "x" * 500,
        "alert_message": "line one\nline two\u202e" + "y" * 5_000,
    }
    signal = accepted(json.dumps(document).encode()).signal
    assert signal.strategy.startswith("a b c d")
    assert len(signal.strategy) <= 64
    assert signal.reason.startswith("line one line two")
    assert (signal.strategy + signal.reason).isprintable()
    assert codec.decode(codec.encode(signal)) == signal


def test_line_breaks_inside_a_comment_are_let_through() -> None:
    body = raw(nested()).replace(b"words", b"first\nsecond")
    assert accepted(body).signal.reason == "first second"


def test_unknown_symbol_says_what_would_work() -> None:
    assert "BTC/USDT" in refused(nested(symbol="BTCUSD")).message
    assert "BTC/USDT, ETH/USDT" in refused(nested(symbol="FOOBAR")).message


def test_tickers() -> None:
    symbols = Symbols(["BTC/USDT", "1000PEPE/USDT", "XAU/USD"])
    for ticker in ("BTCUSDT", "btcusdt", "BTC/USDT", "BTC-USDT", "BTCUSDT.P", "BTCUSDTPERP"):
        assert symbols.find(ticker) == ("BTC/USDT", None), ticker
    assert symbols.find("BINANCE:1000PEPEUSDT.P") == ("1000PEPE/USDT", "BINANCE")
    assert symbols.find("OANDA:XAUUSD") == ("XAU/USD", "OANDA")
    for ticker in ("BTCUSD", "BTC1!", "", ":", "BTCUSDT241227", "A" * 99, "BTC USDT"):
        assert symbols.find(ticker) is None, ticker


def test_intervals() -> None:
    known = {"15": 15, "240": 240, "D": 1440, "1D": 1440, "W": 10080, "M": 43200, "3M": 129600}
    known |= {"1h": 60, "4H": 240, "15m": 15, "15min": 15, "12M": 518400, "1d": 1440}
    for text, expected in known.items():
        assert timeframes.minutes(text) == expected, text
    for text in ("", "S", "30S", "0", "0D", "1R", "13M", "999999999", "1.5", "15 minutes", "٥"):
        assert timeframes.minutes(text) is None, text


def test_an_explicit_id_is_the_key() -> None:
    document = nested() | {"alert_id": "a-1"}
    assert accepted(document).dedupe_key == "id:a-1"
    assert refused(nested() | {"alert_id": "x" * 129}).field == "alert_id"
    other = accepted(nested(entry_price="1") | {"alert_id": "a-1"})
    assert other.content != accepted(document).content


def test_flat_spellings() -> None:
    spellings: list[dict[str, Any]] = [
        {"ticker": "BTCUSDT", "interval": "15", "action": "buy", "price": 60000},
        {"TICKER": "BTCUSDT", "Interval": "15", "Action": "BUY", "Price": "60000", "key": "x"},
        {
            "data": {
                "ticker": "BTCUSDT",
                "interval": "15",
                "strategy-order-action": "buy",
                "strategy.order.price": 60000,
            }
        },
        {
            "symbol": "BTCUSDT",
            "timeframe": "15m",
            "strategy": {"order_action": "buy", "order_price": 60000},
        },
    ]
    for document in spellings:
        signal = accepted(document).signal
        told = (signal.symbol, signal.timeframe, signal.side, str(signal.entry_price))
        assert told == ("BTC/USDT", 15, "long", "60000"), document


def test_flat_positions_by_sign() -> None:
    document = {
        "ticker": "BTCUSDT",
        "interval": 15,
        "action": "buy",
        "position_size": 0,
        "prev_position_size": -2,
    }
    signal = accepted(document).signal
    assert (signal.intent, signal.side) == ("exit", "short")


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["long", "short", "flat", "buy", "sell", "BTCUSDT", "15", "NaN", "{{x}}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
_TV = st.fixed_dictionaries({}, optional=dict.fromkeys(nested()["tv"], _VALUES))
_DOCUMENT = st.fixed_dictionaries(
    {"tv": _TV},
    optional={
        "timestamp": _VALUES,
        "execution_intent": st.fixed_dictionaries({}, optional={"type": _VALUES, "side": _VALUES}),
        "risk": _VALUES,
        "strategy_info": _VALUES,
        "alert_id": _VALUES,
    },
)


def _whole(found: Parsed | Refusal) -> None:
    """An answer that can be stored and shown."""
    if isinstance(found, Refusal):
        assert found.code
        assert found.message
        assert found.field
        found.message.encode()
        assert "\x00" not in found.message + found.field
        found.field.encode()
        return
    signal = found.signal
    assert codec.decode(codec.encode(signal)) == signal
    assert "\\u0000" not in codec.encode(signal)
    found.dedupe_key.encode()
    assert signal.timeframe > 0
    assert (signal.intent == "reduce") == (signal.reduce_fraction is not None)
    assert signal.reduce_fraction is None or 0 < signal.reduce_fraction <= 1


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes(body: bytes) -> None:
    _whole(read(body))


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text(text: str) -> None:
    _whole(read(text.encode("utf-8", "surrogatepass")))


@given(_DOCUMENT)
@settings(max_examples=500, deadline=None)
def test_any_document(document: dict[str, Any]) -> None:
    _whole(read(document))


@given(st.dictionaries(st.sampled_from(sorted({*nested()["tv"], "ticker", "interval"})), _VALUES))
@settings(max_examples=300, deadline=None)
def test_any_flat_document(document: dict[str, Any]) -> None:
    _whole(read({"ticker": "BTCUSDT", "interval": "15"} | document))


@given(st.integers(0, 600), st.binary(min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_a_good_alert_with_some_bytes_changed(at: int, junk: bytes) -> None:
    body = raw(moved(("long", "2"), ("long", "1"), "sell"))
    _whole(read(body[:at] + junk + body[at + len(junk) :]))
