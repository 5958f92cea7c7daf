"""Alerts for a history: readable by the real parsers, at the right moment and price."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from engine.backtest.alerts import by_rule, from_file, secret_of
from engine.domain.words import Intent
from engine.market.candle import Candle
from engine.market.candle_file import read_candles
from engine.signals.port import Parsed, Reader, Refusal
from engine.signals.registry import parse
from engine.signals.symbols import Symbols
from foundation.errors import InvalidInput

D = Decimal
FIXTURES = Path(__file__).parents[2] / "fixtures"
CANDLES = FIXTURES / "candles/BTCUSDT_1m_2024_08_04.csv.gz"
ALERTS = FIXTURES / "alerts/tradingview.jsonl"
BTC = "BTC/USDT"
START = datetime(2024, 8, 4, tzinfo=UTC)


def flat(count: int) -> list[Candle]:
    minute = timedelta(minutes=1)
    return [Candle(START + n * minute, D(9), D(9), D(9), D(9), D(1)) for n in range(count)]


def test_the_rule_buys_dips_leaves_and_ends_flat() -> None:
    alerts = by_rule(read_candles(CANDLES), BTC)
    reader = Reader("h", secret_of(alerts), Symbols([BTC]))
    held = 0
    for alert in alerts:
        parsed = parse(alert.body, alert.at, reader)
        assert isinstance(parsed, Parsed)
        assert parsed.sent_at == alert.at
        if parsed.signal.intent is Intent.ENTER:
            held += 1
            assert held <= 5
        else:
            assert parsed.signal.intent is Intent.EXIT
            assert held > 0
            held = 0
    assert held == 0


@pytest.mark.parametrize("count", [1, 2, 14, 15, 500])
def test_a_calm_or_short_history_still_gets_an_entry_and_an_exit(count: int) -> None:
    alerts = by_rule(flat(count), BTC)
    assert [json.loads(alert.body)["tv"]["action"] for alert in alerts] == ["buy", "sell"]


@pytest.mark.parametrize("count", [1, 14, 500, 5011, 5012])
def test_no_alert_comes_after_the_history(count: int) -> None:
    candles = flat(count)
    end = candles[-1].at + timedelta(minutes=1)
    assert max(alert.at for alert in by_rule(candles, BTC)) <= end


def test_bodies_of_a_file_get_the_moment_the_symbol_and_prices_in_proportion() -> None:
    history = read_candles(CANDLES)
    alerts = from_file(ALERTS, history, BTC)
    assert len(alerts) == len(history) // 180
    short = json.loads(alerts[3].body)
    close = next(c.close for c in history if c.at + timedelta(minutes=1) == alerts[3].at)
    assert short["tv"]["symbol"] == "BTCUSDT"
    assert D(short["tv"]["entry_price"]) == close
    assert D(short["risk"]["stop_loss"]) > close > D(short["risk"]["take_profit"])
    reader = Reader("h", secret_of(alerts), Symbols([BTC]))
    results = [parse(alert.body, alert.at, reader) for alert in alerts[:12]]
    refused = [r.code for r in results if isinstance(r, Refusal)]
    assert len(refused) == 4
    assert {"secret_wrong", "trailing_comma"} <= set(refused)


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "no alerts"), ("{}\n", "line 1"), ('{"body": "x"}\nnonsense\n', "line 2")],
)
def test_a_wrong_alert_file_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "alerts.jsonl"
    file.write_text(text)
    with pytest.raises(InvalidInput, match=says):
        from_file(file, flat(10), BTC)
    with pytest.raises(InvalidInput, match="cannot be read"):
        from_file(tmp_path / "nothing", flat(10), BTC)
