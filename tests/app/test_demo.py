"""The demo on real candles: trades come out, and their profit is what the fills say."""

from __future__ import annotations

import gzip
import io
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.demo import run_demo
from foundation.errors import InvalidInput

D = Decimal
FIXTURES = Path(__file__).parents[1] / "fixtures"
CANDLES = FIXTURES / "candles/BTCUSDT_1m_2024_08_04.csv.gz"
ALERTS = FIXTURES / "alerts/tradingview.jsonl"


def told(alerts: Path | None = None) -> dict[str, Any]:
    out = io.StringIO()
    run_demo(CANDLES, alerts, as_json=True, out=out)
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def cash_by_group(document: dict[str, Any]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Own arithmetic over the fills: money in and out, and what is held, by group."""
    cash: dict[str, Decimal] = defaultdict(Decimal)
    held: dict[str, Decimal] = defaultdict(Decimal)
    for fill in document["fills"]:
        sign = 1 if fill["side"] == "buy" else -1
        quantity, price = D(fill["quantity"]), D(fill["price"])
        cash[fill["group_id"]] -= sign * quantity * price + D(fill["fee_usd"])
        held[fill["group_id"]] += sign * quantity
    return cash, held


def test_realised_profit_is_the_money_the_fills_moved() -> None:
    document = told()
    cash, held = cash_by_group(document)
    assert document["trades"]
    assert all(quantity == 0 for quantity in held.values())
    assert sum(cash.values()) == D(document["totals"]["realized_pnl_usd"])
    by_trade = sorted(D(trade["pnl_usd"]) for trade in document["trades"])
    assert by_trade == sorted(cash.values())
    fees = sum(D(fill["fee_usd"]) for fill in document["fills"])
    assert fees == D(document["totals"]["fees_usd"])
    assert fees == sum(D(trade["fees_usd"]) for trade in document["trades"])


def test_what_is_still_open_is_told_apart() -> None:
    document = told(ALERTS)
    cash, held = cash_by_group(document)
    closed = sum(money for group, money in cash.items() if held[group] == 0)
    assert closed == sum(D(trade["pnl_usd"]) for trade in document["trades"])
    # what a group still holds at cost is money that has not come back yet
    invested = sum(
        (1 if one["side"] == "long" else -1) * D(one["invested_usd"])
        for one in document["still_open"]
    )
    assert sum(cash.values()) + invested == D(document["totals"]["realized_pnl_usd"])


def test_every_alert_gets_a_receipt() -> None:
    document = told(ALERTS)
    assert sum(document["receipts"].values()) == document["alerts"]
    assert document["receipts"]["refused"] > 0
    assert document["receipts"]["unauthorised"] > 0
    assert sum(document["refusals"].values()) == (
        document["receipts"]["refused"] + document["receipts"]["unauthorised"]
    )


def test_the_same_history_gives_the_same_trades() -> None:
    assert told() == told()


def test_it_ends_with_a_table_and_shows_progress(capsys: pytest.CaptureFixture[str]) -> None:
    report = run_demo(CANDLES)
    shown = capsys.readouterr()
    assert "2880/2880 candles" in shown.err
    assert shown.out.count("long") == len(report.trades)
    for word in ("Opened", "Entry", "Exit", "Legs", "P&L USD", "Fees USD", "Lasted", "Why"):
        assert word in shown.out
    assert "Realised" in shown.out


@pytest.mark.parametrize("name", ["BTCUSDT_1m.csv", "candles.csv", "ABCDEFUSDT_1m.csv"])
def test_unusable_input_is_named(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text("timestamp,open\n")
    file_name = name.split(".", maxsplit=1)[0]
    with pytest.raises(InvalidInput, match=file_name):
        run_demo(file)
    file.write_bytes(gzip.decompress(CANDLES.read_bytes())[:5000].rpartition(b"\n")[0])
    if not name.startswith("BTC"):
        with pytest.raises(InvalidInput, match=file_name):
            run_demo(file)
    with pytest.raises(InvalidInput, match="no such candle file"):
        run_demo(tmp_path / "BTCUSDT_gone.csv")
