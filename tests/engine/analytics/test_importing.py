"""`countersign import trades` reads CSV or SQLite history, tells what is wrong, and never twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine.analytics.importing import import_trades
from engine.analytics.reading import read_trades
from engine.api.trades import TradeQuery, Trades
from engine.domain.words import ExitReason, Side
from foundation.errors import InvalidInput, NotFound
from tests.engine.api.conftest import House, house

__all__ = ["house"]

D = Decimal
HEAD = "symbol,side,opened_at,closed_at,quantity,entry_price,exit_price"
ROW = "BTC/USDT,long,2026-01-05T12:00:00Z,2026-01-05T13:30:00Z,0.5,60000,61000"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "history.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_csv_names_its_columns(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"{HEAD},fees_usd,exit_reason,timeframe,source,strategy",
        f"{ROW},12.5,target,4h,old bot,Grid",
        "eth-usdt,SELL,1767614400,1767614400000,2,3000,2900,,gone,,,",
        "BTC/USDT,long,2026-01-05T12:00:00Z,,1,1,1,,,,,",
    )
    one, two = read_trades(path, "csv")
    assert (one.symbol, one.side, one.timeframe) == ("BTC/USDT", Side.LONG, 240)
    assert one.opened_at == datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert one.realized_pnl_usd == D("487.5")
    assert (one.exit_reason, one.source, one.strategy) == (ExitReason.TARGET, "old bot", "Grid")
    assert (two.symbol, two.side, two.source) == ("ETH/USDT", Side.SHORT, "csv")
    assert two.opened_at == two.closed_at == datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert (two.realized_pnl_usd, two.exit_reason) == (D(200), None)


def test_sqlite_with_the_names_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "trades.sqlite"
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(
            "create table trades (id integer, pair text, is_short integer, open_date text, "
            "close_date text, amount real, open_rate real, close_rate real, close_profit_abs real)"
        )
        base.execute(
            "insert into trades values (7, 'BTC/USDT:USDT', 1, '2026-01-05 12:00:00', "
            "'2026-01-05 12:05:00', 0.1, 60000, 59000, 99.4)"
        )
        base.execute("insert into trades values (8, 'X/USDT', 0, '2026-01-05', null, 1, 1, 1, 0)")
    [trade] = read_trades(path, "freqtrade")
    assert (trade.key, trade.symbol, trade.side) == ("7", "BTC/USDT:USDT", Side.SHORT)
    assert (trade.quantity, trade.realized_pnl_usd) == (D("0.1"), D("99.4"))
    assert trade.opened_at == datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ("BTCUSDT,long,2026-01-05,2026-01-06,1,1,1", "row 3: symbol must be like BTC/USDT"),
        ("BTC/USDT,up,2026-01-05,2026-01-06,1,1,1", "row 3: side must be long or short"),
        ("BTC/USDT,long,soon,2026-01-06,1,1,1", "row 3: opened_at must be a time like"),
        ("BTC/USDT,long,2026-01-07,2026-01-06,1,1,1", "is before opened_at"),
        ("BTC/USDT,long,2026-01-05,2026-01-06,0,1,1", "quantity must be more than 0, got 0"),
        ("BTC/USDT,long,2026-01-05,2026-01-06,1,1e5x,1", "entry_price: '1e5x' is not a plain"),
        ("BTC/USDT,long,2026-01-05,2026-01-06,1,1,", "exit_price: '' is not a plain"),
    ],
)
def test_the_first_wrong_row_is_named(tmp_path: Path, cells: str, text: str) -> None:
    path = written(tmp_path, HEAD, ROW, cells)
    with pytest.raises(InvalidInput) as caught:
        read_trades(path, "csv")
    assert text in caught.value.text


def test_files_that_are_no_history_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="has no column side"):
        read_trades(written(tmp_path, "symbol,quantity", "BTC/USDT,1"), "csv")
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_trades(tmp_path / "missing.csv", "csv")
    empty = tmp_path / "empty.sqlite"
    with closing(sqlite3.connect(empty)) as base, base:
        base.execute("create table other (x integer)")
    with pytest.raises(InvalidInput, match="table named trades"):
        read_trades(empty, "csv")
    noise = tmp_path / "noise.csv"
    noise.write_bytes(b"symbol,side\xff\xfe\n")
    with pytest.raises(InvalidInput, match="no CSV in UTF-8"):
        read_trades(noise, "csv")


async def test_a_history_is_written_once_and_stands_beside_our_own(
    house: House, tmp_path: Path
) -> None:
    path = written(tmp_path, HEAD, ROW, ROW.replace("BTC", "ETH"))
    trades = read_trades(path, "csv")
    done = await import_trades(house.database, house.account.id, trades)
    assert (done.read, done.written) == (2, 2)
    again = await import_trades(house.database, house.account.id, trades)
    assert (again.read, again.written) == (2, 0)
    page = await Trades(house.database, house.clock).list(house.me, TradeQuery(source="csv"))
    assert {trade.symbol for trade in page.items} == {"BTC/USDT", "ETH/USDT"}
    one = page.items[0]
    assert one.imported
    assert (one.realized_pnl_usd, one.cost_usd, one.status) == (D(500), D(30000), "won")
    with pytest.raises(NotFound):
        await import_trades(house.database, "nobody", trades)
